"""A planted key is searched for in everything that a session says and leaves behind (docs/pitfalls.md)."""

from __future__ import annotations

import base64
import gzip
import os
import re
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from fake_llm import EVENTS, Failure, FakeLLM, Raw, Reply, event
from fixtures.commands import command
from fixtures.newsroom import jsonl, told

from measure.terminal import Terminal
from qa.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-planted/7Q4xVb2ZpL9w+Kd3"
STRAY = "sk-lying-about-5Tg8Hn1Mc6Ry"
TALKS = "Where are the US-Iran talks expected to take place?"
SAID = "The talks are expected to take place in Istanbul [1]."


def spellings(key: str) -> Iterator[bytes]:
    """The key as it would lie in a file: plain, wide, escaped, or inside a header in base64, wherever that begins."""
    yield from (key.encode(), key.encode("utf-16-le"), quote(key, safe="").encode(), key.replace("/", "\\/").encode())
    for before in range(3):
        yield base64.b64encode(b"x" * before + key.encode())[2 * (before > 0) + 2 : -4]


def unpacked(data: bytes) -> Iterator[bytes]:
    """A file's bytes, and what is packed by zlib or gzip anywhere inside them, also in what a zip holds."""
    yield data
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(BytesIO(data)) as whole:
        for name in whole.namelist():
            yield from unpacked(whole.read(name))
    for start, window in ((b"\x1f\x8b\x08", 31), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        at = data.find(start)
        while at >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(window).decompress(data[at : at + (1 << 20)])
            at = data.find(start, at + 1)


def assert_without_keys(data: bytes, where: object) -> None:
    for content in unpacked(data):
        for key in (KEY, STRAY):
            for spelling in spellings(key):
                assert spelling not in content, where


def zipped(data: bytes) -> bytes:
    with BytesIO() as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as whole:
            whole.writestr("journal.sqlite", data * 9)
        return packed.getvalue()


def test_the_search_finds_a_key_however_it_is_written() -> None:
    for hidden in (
        KEY.encode(),
        f"Bearer {KEY}".encode("utf-16-le"),
        base64.b64encode(f"Bearer {KEY}".encode()),
        base64.b64encode(f"ab{KEY}cd".encode()),
        b"PAGE" + zlib.compress(f'{{"headers": "{KEY}"}}'.encode() * 9) + b"rest",
        gzip.compress(STRAY.encode()),
        zipped(KEY.encode()),
        zipped(b"PAGE" + zlib.compress(STRAY.encode())),
    ):
        with pytest.raises(AssertionError):
            assert_without_keys(b"before " + hidden + b" after", "nowhere")
    assert_without_keys(b"nothing of it", "nowhere")


REFUSALS = (
    Failure(401, f"Incorrect API key provided: {KEY}"),
    Failure(400, f"bad {KEY}", headers={"X-Key": KEY}),
    Failure(403, f"{KEY} may not"),
    Failure(429, f"{KEY} is over", code="insufficient_quota"),
    Failure(307, headers={"Location": f"http://127.0.0.2:9/v1?key={quote(KEY, safe='')}"}),
    Raw(f"<html>proxy: Authorization: Bearer {KEY}</html>".encode(), "text/html"),
    Raw(event({"error": {"message": f"about {KEY}"}}), EVENTS),
    Raw(b'data: {"choices": [{"delta": {"content": "' + KEY.encode() + b"\n\n", EVENTS),
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every folder that Newsdesk writes to, and where it would put temporary files, under one that is searched."""
    for name in ("CONFIG", "STATE", "CACHE", "DATA", "LOG"):
        monkeypatch.setenv(f"NEWSDESK_{name}_DIR", str(tmp_path / name.lower()))
    for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
        (tmp_path / name.lower()).mkdir()
    monkeypatch.setenv("NEWSDESK_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", STRAY)
    monkeypatch.setenv("OPENAI_LOG", "debug")
    return tmp_path


def test_a_key_is_in_no_output_and_no_file_of_a_session(place: Path, seeds_library: Path) -> None:
    library = shutil.copytree(seeds_library, place / "library", ignore=shutil.ignore_patterns("journal.sqlite*"))
    more = jsonl(place / "more.jsonl", [told(1, "Ship", "Ship 1 left harbour 1 on Monday.")])
    fixtures = place / "fixtures.yaml"
    fixtures.write_text(
        f"- id: talks\n  question: {TALKS}\n  as_of: 2026-02-05\n  expect: {{status: answered, contains: [Istanbul]}}\n"
    )
    sent = 0
    with FakeLLM() as server:
        server.default = lambda _: Reply([SAID])
        model = ("--model", "test", "--base-url", server.url)

        def ran(*arguments: str, over: Path = library, code: int | None = 0, **environment: str) -> None:
            done = command(over, *arguments, **environment)
            assert code is None or done.returncode == code, (arguments, done.stderr)
            assert_without_keys((done.stdout + done.stderr).encode("utf-8", "surrogatepass"), arguments)

        def ingested(code: int) -> None:
            url = {"NEWSDESK_EMBEDDER": "test", "NEWSDESK_EMBEDDER_URL": server.url}
            ran("ingest", str(more), over=place / "embedded", code=code, **url)

        ingested(ExitCode.OK)
        ran("ask", TALKS, *model, "--record", str(place / "replies.jsonl"))
        ran("ask", TALKS, *model, "--json")
        ran("brief", *model, "--out", str(place / "briefing.html"))
        ran("brief", *model, "--json")
        files = [(f"--{form}", str(place / f"run.{form}")) for form in ("html", "junit", "out", "run-file")]
        ran("eval", str(fixtures), *model, *(word for one in files for word in one), "--json", code=None)
        ran("eval", "--show", "last", "--cases")
        ran("fixtures", "new", "--number", "2", *model, "--out", str(place / "drafts.yaml"), code=None)
        ran("conversations", "export", "1", "-o", str(place / "talk.html"))
        ran("library", "export", str(place / "library.zip"), *model)
        ran("config", *model)
        ran("config", *model, "--json")
        ran("doctor", *model, code=None)
        ran("doctor", *model, "--json", code=None)
        sent = sum(KEY in request.headers["authorization"] for request in server.requests)
        for refusal in REFUSALS:
            server.default = lambda _, refusal=refusal: refusal  # type: ignore[misc]
            server.vectors = refusal
            ran("ask", TALKS, *model, code=None)
            ran("ask", TALKS, *model, "--json", code=None)
            ran("brief", *model)
            more.write_text(more.read_text().replace("left", "left again"))
            ingested(ExitCode.ENDPOINT)
    assert sent >= 5
    searched = [path for path in place.rglob("*") if path.is_file()]
    made = {"replies.jsonl", "briefing.html", "run.html", "run.junit", "drafts.yaml", "talk.html", "library.zip"}
    assert made | {"journal.sqlite"} <= {path.name for path in searched}
    assert not (place / "log").exists()  # no refusal of a server is a fault of ours
    for path in searched:
        assert_without_keys(path.read_bytes(), path)


CRASHING = """
import sys
from tui.__main__ import main
from tui.app import NewsdeskApp

def on_key(self, event):
    if event.key == "f12":
        config, desk, engine, writer = self.desk.config, self.desk, self.desk.engine, self.desk.engine.writer
        told = f"{config!r} {vars(writer)} {config.api_key.reveal()}"  # what a screen of all variables would show
        raise RuntimeError("planted")

NewsdeskApp.on_key = on_key
sys.exit(main(["--library", sys.argv[1], "--model", "test", "--base-url", sys.argv[2], "--as-of", "2026-02-05"]))
"""


def test_a_key_is_not_on_the_screen_that_a_crash_leaves(place: Path, seeds_library: Path) -> None:
    library = shutil.copytree(seeds_library, place / "library", ignore=shutil.ignore_patterns("journal.sqlite*"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "COLUMNS": "200"}
    with FakeLLM() as server:
        server.default = lambda _: Reply([SAID])
        (place / "crashing.py").write_text(CRASHING)
        command_line = [sys.executable, str(place / "crashing.py"), str(library), server.url]
        with Terminal(command_line, environment, columns=160, lines=60) as terminal:
            assert terminal.until(lambda text: "2 articles" in text) is not None, terminal.text
            terminal.type(TALKS + "\r")
            assert terminal.until(lambda text: "index:" in text and "Istanbul" in text) is not None, terminal.text
            terminal.type("\x1b[24~")  # F12
            assert terminal.left() is not None, terminal.text
        assert any(KEY in request.headers["authorization"] for request in server.requests)
    assert b"planted" in terminal.raw
    assert b"Traceback" not in terminal.raw
    written = (place / "log" / "faults.log").read_text()
    assert f"{place / 'log' / 'faults.log'}" in terminal.text.replace(" ", "")
    assert "RuntimeError\n" in written
    assert 'crashing.py:10 in on_key: raise RuntimeError("planted")' in written
    assert "planted" not in written.replace('RuntimeError("planted")', "")
    assert_without_keys(terminal.raw, "the crash screen")
    assert_without_keys(
        re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|[\s│]", "", terminal.raw.decode("utf-8", "replace")).encode(), "lines"
    )
    for path in place.rglob("*"):
        if path.is_file():
            assert_without_keys(path.read_bytes(), path)
    assert terminal.process.returncode == ExitCode.INTERNAL
