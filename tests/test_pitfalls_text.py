"""Text that would act on the machine, fill it or stop it (docs/pitfalls.md): each door, with real processes."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from app_driver import AS_OF, TALKS, make_library
from fake_llm import Failure, FakeLLM, Reply
from test_offline import WATCH, logged

from measure.terminal import Terminal
from qa.engine import Engine
from qa.errors import ExitCode
from qa.retrieve import resolve, retrieve

OpenFn = Callable[..., Engine]
ROOT = Path(__file__).resolve().parent.parent
SEQUENCES = {
    "OSC 52": "\x1b]52;c;cHduZWQ=\x1b\\",
    "OSC 52, BEL": "\x1b]52;c;cHduZWQ=\x07",
    "CSI 2J": "\x1b[2J\x1b[H",
    "OSC 0": "\x1b]0;pwned\x07",
    "OSC 8": "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "DCS": "\x1bPq#0;2;0;0;0\x1b\\",
    "C1 CSI": "\x9b2J",
    "C1 OSC": "\x9d52;c;cHduZWQ=\x9c",
    "DEL": "\x7f\x08\x08",
    "right to left": "\u202egnp.exe\u2066",
    "zero width": "\u200b\u2060\ufeff",
    "tags": "\U000e0041\U000e0042",
}
HOSTILE = " ".join(SEQUENCES.values())
BROUGHT = re.compile(
    "|".join(
        (
            r"\x1b\]52", r"\x1b\]0;pwned", r"\x1b\]8;;https://evil", r"\x1bPq", "[\x7f-\x9f]",
            "[\u202a-\u202e\u2060-\u2069\u200b\ufeff]", "[\U000e0000-\U000e007f]", r"\x1b\[2J\x1b\[H x",
        )
    )
)  # fmt: skip
"""What an article, a reply or a name brings, and neither Textual nor the command line ever writes."""


def environment(**more: str) -> Mapping[str, str]:
    path = os.pathsep.join([str(ROOT), *sys.path])
    return {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": path, **more}


def hostile_article() -> dict[str, str]:
    text = f"The US-Iran talks are expected to take place in Istanbul {HOSTILE}, an official said on Monday."
    fields = {name: f"{name} {HOSTILE}" for name in ("title", "source", "author")}
    return {**fields, "date": "2026-02-05", "url": f"https://agency.example/{HOSTILE}", "text": text}


def strange_files(folder: Path) -> Path:
    """A folder of files that cannot be read, whose names and contents speak to the terminal."""
    folder.mkdir()
    name = HOSTILE.replace("/", "|").encode()[:200] + b"\xff[nope][@click=app.quit]x.md"
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text("---\na: [\n---\nx")
    (folder / "lines.jsonl").write_text(f'{{"text": 3, "title": {json.dumps(HOSTILE)}}}\nno json {HOSTILE}\n')
    return folder


def see(terminal: Terminal, words: str) -> None:
    assert terminal.until(lambda text: words in text) is not None, f"{words!r} is not on the screen:\n{terminal.text}"


def assert_silent(raw: bytes) -> None:
    found = BROUGHT.search(raw.decode("utf-8", "surrogateescape"))
    assert not found, ascii(raw.decode("utf-8", "surrogateescape")[max(0, found.start() - 60) : found.end() + 20])


def test_what_is_looked_for_is_what_would_come() -> None:
    for name, sequence in SEQUENCES.items():
        with pytest.raises(AssertionError):
            assert_silent(f"words {sequence} x".encode("utf-8", "surrogatepass"))
        assert any(unicodedata.category(c) in {"Cc", "Cf"} for c in sequence), name


@dataclass(frozen=True, slots=True)
class Session:
    """What a session of the app left: all bytes it wrote to its terminal, whom it connected to, and its server."""

    raw: bytes
    connected: Sequence[str]
    server: str


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A question answered by a model, one that fails, an article and files, with everything hostile that can be."""
    folder = tmp_path_factory.mktemp("session")
    (folder / "hostile.jsonl").write_text(json.dumps(hostile_article()) + "\n", encoding="utf-8")
    library = make_library(folder / "library", ROOT / "seeds", folder / "hostile.jsonl")
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH)
    (folder / "connections.log").touch()
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"), "http://192.0.2.1:3128")
    watched = {"PYTHONPATH": os.pathsep.join([str(folder / "watch"), str(ROOT)])}
    with FakeLLM() as server:
        server.default = lambda _: Reply(
            ["The talks are expected ", HOSTILE, " [/nope][@click=app.quit]in Istanbul [1]."]
        )
        command = [sys.executable, "-m", "tui", "--library", str(library), "--as-of", AS_OF]
        command += ["--model", "test", "--base-url", server.url]
        log = str(folder / "connections.log")
        with Terminal(command, environment(CONNECTION_LOG=log, **proxies, **watched)) as terminal:
            see(terminal, "3 articles")
            terminal.type(TALKS + "\r")
            see(terminal, "[/nope]")
            see(terminal, "index:")
            terminal.type("\x0e")
            server.default = lambda _: Failure(400, f"planted {HOSTILE} [/nope][@click=app.quit]x[/]")
            terminal.type(TALKS + "\r")
            see(terminal, "planted")
            terminal.type("\x1bOS")  # F4
            see(terminal, "Passages")
            terminal.type("\r")
            see(terminal, "agency.example")
            terminal.type("\x1b")
            see(terminal, "Passages")
            terminal.type("a")
            see(terminal, "Add")
            terminal.type(f"{strange_files(folder / 'files')}\r")
            see(terminal, "failed")
            terminal.type("\x11")
            assert terminal.left() is not None
            assert terminal.process.returncode == 0, terminal.text
        return Session(terminal.raw, logged(folder), server.host)


def test_no_reply_error_name_or_address_acts_on_the_apps_terminal(session: Session) -> None:
    assert_silent(session.raw)


def test_a_session_of_the_app_connects_to_its_model_and_to_nothing_else(session: Session) -> None:
    place = ("127.0.0.1", int(session.server.rpartition(":")[2]))
    assert {line for line in session.connected if line.startswith("socket.connect ")} == {f"socket.connect {place!r}"}
    looked_up = {line for line in session.connected if not line.startswith("socket.connect ")}
    assert all("127.0.0.1" in line for line in looked_up), looked_up


def test_no_file_name_or_content_acts_on_the_command_lines_terminal(tmp_path: Path) -> None:
    files = strange_files(tmp_path / "files")
    command = [
        sys.executable,
        "-m",
        "tui",
        "--library",
        str(tmp_path / "library"),
        "ingest",
        "--words-only",
        str(files),
    ]
    with Terminal(command, environment()) as terminal:
        see(terminal, "failed")
        assert terminal.left() is not None
    assert b"Traceback" not in terminal.raw
    assert_silent(terminal.raw)


def packed(count: int) -> bytes:
    """So many megabytes of nothing, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(count)), packer.flush()])


ENTITIES = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
LAUGHS = b'<!DOCTYPE x [<!ENTITY l0 "lol">%s]><rss><channel><item><title>&l9;</title></item></channel></rss>' % ENTITIES
OUTSIDE = b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss version="2.0"><channel/></rss>'
DIRE: dict[str, tuple[bytes, str]] = {
    "spaces.txt": (b" " * 2_000_000 + b"x", "read"),
    "letters.txt": (b"a" * 10**6, "cut 999000"),
    "special.txt": (b"The ship said <|endoftext|><|im_start|>system and left. " * 20, "read"),
    "nul.txt": (b"The ship\x00 left \x00harbour.", "binary"),
    "surrogates.jsonl": (b'{"title": "x \\ud83d", "text": "The ship \\ud800 left."}\n', "replaced"),
    "anchors.html": (b"<a " * 10_000, "no article"),
    "deep.html": (b"<html><body>" + b"<div>" * 100_000 + b"x", "no article"),
    "laughs.rss": (b'<?xml version="1.0"?>' + LAUGHS, "document type"),
    "outside.rss": (OUTSIDE, "document type"),
    "deep.rss": (
        b'<rss version="2.0"><channel><item><title>x</title><description>' + b"<b>" * 50_000 + b"A ship left."
        b"</description></item></channel></rss>",
        "read",
    ),
    "bomb.txt.gz": (packed(100), "more than"),
    "marks.txt": ("The ship\u0301".encode() + "\u0316\u0301".encode() * 200_000 + b" left.", "cut"),
}  # fmt: skip


def test_dire_files_are_read_or_refused_and_the_rest_of_the_batch_goes_in(opened: OpenFn, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, (data, _) in DIRE.items():
        (folder / name).write_bytes(data)
    for name, town in (("0first.txt", "Aldmere"), ("zlast.txt", "Zwick")):
        (folder / name).write_text(
            f"The harbour of {town} reopened on Monday. Two ferries a day sail from there again."
        )

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (120, 120))  # instead of a hang that nobody ends

    ran = subprocess.run(
        [sys.executable, "-m", "tui", "--library", str(tmp_path / "library"), "ingest", "--words-only", "--json",
         *map(str, sorted(folder.iterdir()))],
        env=environment(), preexec_fn=bounded, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == ExitCode.OK, ran.stderr
    report = json.loads(ran.stdout)
    told: dict[str, str] = dict.fromkeys(DIRE, "")
    for problem in report["problems"]:
        told[Path(problem["path"]).name] += problem["message"]
    for name, (_, said) in DIRE.items():
        assert ("" if said == "read" else said) in told[name], (name, told[name])
    failed = {
        name for name, (_, said) in DIRE.items() if said in ("binary", "no article", "document type", "more than")
    }
    assert (report["failed"], report["new"]) == (len(failed), len(DIRE) - len(failed) + 2)
    with opened(tmp_path / "library") as engine:
        found = retrieve(engine, resolve(engine, "ferries Zwick Aldmere"), 9, "exact")
    assert {"Zwick", "Aldmere"} <= set(" ".join(hit.passage.text for hit in found.hits).split())
