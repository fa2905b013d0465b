"""Every command, over a library of articles that speak to the machine, in a real terminal: words come out, no more.

The commands run one after the other in one process of their own, under a pseudo-terminal; which there are is read from
the parser, so that a new one fails here until it has a line. Files that they write are read by a real reader of each
form.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import stat
import sys
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from app_driver import make_library
from fake_llm import Failure, FakeLLM, Reply
from fixtures.hostile import CASES
from fixtures.newsroom import jsonl
from test_hostile_articles import INVISIBLE, flat, markdown_reader
from web_server import Web, serving

from measure.terminal import Terminal
from qa.clean import clean_line
from qa.cli.parser import build_parser
from qa.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
MARKUP = (
    "[@click=app.quit]x[/] [/nope] [[[ <img src=x onerror=alert(1)> --> ]]> & \" ' ![k](https://evil.example/p.png)"
)
SEQUENCES = (
    "\x1b]52;c;cHduZWQ=\x1b\\ \x1b[2J\x1b[H\x1b]0;pwned\x07 \x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\ "
    "\x1bPq#0\x1b\\ \x9b2J \x9d52;c;cHduZWQ=\x9c \x7f\x08 \u202egnp.exe\u2066 "
    "\u200b\u2060\ufeff \U000e0041 \ufffe\uffff\x01\x0b\x0c"
)
TRICK = f"{MARKUP} {SEQUENCES} end"
NAME = "\x1b[2J\u202e[nope] <b>&\"'"
"""As a name on the command line and of a file: what an argument can hold."""
PLAIN = "[nope] <b>&\"'"
"""As an id of a fixture, which can have no such characters."""
TOO_LONG = {"long word", "long sentence", "many lines", "many brackets", "title without end", "address without end"}
"""Their size is the matter of other tests; a terminal that is read here by the character would take minutes."""
CHOSEN = [case for case in CASES if case.name not in TOO_LONG]
DRIVER = """
import io, json, os, sys
from tui.__main__ import main
for n, (arguments, given) in enumerate(json.load(open(sys.argv[1]))):
    terminal, sys.stdin = sys.stdin, open(given) if given else sys.stdin
    print(f"=== {n} begins ===", flush=True)
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    sys.stderr.flush()
    print(f"=== {n} ended with {code} ===", flush=True)
    sys.stdin = terminal
"""


def leaves(parser: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of a parser, with its actions."""
    inner = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not inner:
        yield before
    for name, command in (item for one in inner for item in one.choices.items()):
        yield from leaves(command, (*before, name))


@dataclass(frozen=True, slots=True)
class Place:
    """The files of the commands."""

    folder: Path
    web: Web
    server: FakeLLM

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


class Wrong(tuple[str, ...]):
    """A command that ends with an error, whose words are what counts."""


def wrong(*words: str) -> Wrong:
    return Wrong(words)


def commands(at: Place) -> Sequence[tuple[str, ...]]:
    """What is run, in this order; each leaf of the parser is in it."""
    model = ("--model", f"test{NAME}", "--base-url", at.server.url)
    cases = at[f"cases{NAME}.jsonl"]
    run = [(option, at[f"run.{option[2:]}"]) for option in ("--html", "--junit", "--run-file", "--write-gate", "--out")]
    aldmere = "When did the harbour of Aldmere reopen?"
    return [
        ("ingest", "--words-only", at["strange"], at["second.jsonl"]),
        wrong("ingest", "--words-only", f"{at.web.url}/refusing", f"{at.web.url}/packed"),
        ("ingest", "--words-only", "--json", f"{at.web.url}/feed", at["strange"]),
        wrong("ingest", "--words-only", NAME),
        ("search", "--words-only", "harbour", "reopened", NAME, "-k", str(len(CHOSEN)), "--by", "article"),
        ("search", "--words-only", "--json", "harbour"),
        wrong("search", "harbour", "--source", NAME),
        ("ask", aldmere, *model),
        ("ask", aldmere, "--model", "test", "--base-url", at.server.url, "--record", at["replies.jsonl"]),
        ("ask", aldmere, "--replay", at["replies.jsonl"]),
        wrong("ask", aldmere, "--replay", at["forged.jsonl"]),
        wrong("ask", aldmere, "--model", "failing", "--base-url", at.server.url),
        ("ask", f"What of Brenmere {NAME}?", "--json"),
        ("quotes", "-k", "100"),
        ("quotes", "--csv", "--all"),
        ("quotes", "--by", NAME),
        ("brief", "--date", "2026-02-04", "--length", "9"),
        *(("brief", "--show", "1", "--out", at[f"briefing.{form}"]) for form in ("md", "html", "json", "txt")),
        ("brief", "--list"),
        ("brief", "--topic", f"harbour {NAME}", "--length", "2"),
        wrong("brief", "--out", at[f"no{NAME}/x.md"]),
        ("stories", "--from", "2026-02-04"),
        wrong("schedule", "--topic", NAME, "--out", at[f"two\nlines {NAME} {{day}}.md"]),
        ("schedule", "--topic", "[/nope] <b>", "--out", at["% $(x) `x` {day}.md"]),
        wrong("verify", at["claims.jsonl"]),
        ("eval", cases, "--cases", *(word for option in run for word in option)),
        ("eval", cases, "--no-journal", "--gate", at["run.write-gate"], "--junit", at["gated.xml"], "--json"),
        wrong("eval", cases, "--gate", at["hostile.toml"]),
        wrong("eval", cases, "--case", f"{NAME} 4"),
        ("eval", "--show", at["run.out"], "--cases"),
        wrong("eval", "--show", at["forged.json"]),
        ("eval", "--list"),
        wrong("eval", "--set", NAME, at["strange"]),
        ("fixtures", "new", "--number", "6", "--out", at["drafts.yaml"]),
        ("fixtures", "new", "--number", "3"),
        ("fixtures", "check", cases, "--founded"),
        wrong("fixtures", "check", at["wrong.jsonl"]),
        wrong("fixtures", "check", at["wrong.yaml"]),
        ("fixtures", "example"),
        ("library", "list"),
        ("library", "list", "--json"),
        *(("library", "show", clean_line(case.fields.get("id", case.name))) for case in CHOSEN[::6]),
        ("library", "show", "plain marker", "--json"),
        ("library", "show", "plain marker", "--versions"),
        ("library", "show", "plain marker", "--diff"),
        wrong("library", "show", NAME),
        ("library", "edit", "plain marker", "--title", TRICK, "--source", NAME),
        ("library", "remove", "nuls and a byte order mark"),
        ("library", "list", "--removed"),
        wrong("library", "restore", "nuls and a byte order mark", NAME),
        ("library", "restore", "nuls and a byte order mark"),
        ("library", "stats"),
        ("library", "problems"),
        ("library", "forget", "colours"),
        ("library", "export", at[f"whole{NAME}.zip"]),
        ("--library", at[f"moved{NAME}"], "library", "import", at[f"whole{NAME}.zip"]),
        wrong("--library", at[f"none{NAME}"], "library", "rebuild"),
        wrong("library", "sync", "--store", f"http://127.0.0.1:9/{NAME}"),
        ("sources", "add", at["strange"], "--name", NAME),
        ("sources", "add", f"{at.web.url}/feed"),
        ("sources", "list"),
        ("sources", "refresh", "--words-only"),
        ("sources", "remove", "1"),
        ("standing", "add", f"harbours {NAME}?"),
        ("standing", "list"),
        ("standing", "remove", "1"),
        ("standing", "restore", "1"),
        ("conversations", "rename", "1", TRICK),
        ("conversations", "list"),
        ("conversations", "show", "1"),
        ("conversations", "export", "1", "-o", at["talk.md"]),
        ("conversations", "export", "1", "--format", "html", "-o", at["talk.html"]),
        ("conversations", "export", "1", "--format", "json", "-o", at["talk.json"]),
        ("conversations", "export", "1"),
        ("conversations", "delete", "1"),
        ("conversations", "restore", "1"),
        ("recheck", at["talk.md"]),
        wrong("recheck", at["forged.md"]),
        ("chat", "--linear"),
        wrong("serve", "--host", NAME),
        ("doctor", *model),
        ("doctor", "--json"),
        ("config", *model),
        ("keys",),
        wrong(NAME),
        wrong("library", NAME),
    ]  # fmt: skip


def prepared(folder: Path, web: Web) -> None:
    """What the commands are given, each with everything hostile that its form can hold."""
    strange = folder / "strange"
    strange.mkdir()
    (strange / f"{NAME.replace('/', '|')}.md").write_text("---\na: [\n---\nx", encoding="utf-8")
    (strange / "lines.jsonl").write_text(f'{{"text": 3, {json.dumps(TRICK)}: 1}}\nno json {TRICK}\n', encoding="utf-8")
    (strange / "x.csv").write_text(f"title,text\n{TRICK}\n", encoding="utf-8")
    opml = '<opml version="2.0"><body><outline text="[/nope] &lt;b&gt;" xmlUrl="javascript:alert(1)"/></body></opml>'
    (strange / "feeds.opml").write_text(opml)
    changed = next(case for case in CHOSEN if case.name == "plain marker").line
    jsonl(folder / "second.jsonl", [changed | {"text": f"{changed['text']} {TRICK} It is another text now."}])
    claim = {"claim": f"The harbour reopened on Monday {TRICK}", "evidence": [{"text": f"The harbour {TRICK}"}]}
    jsonl(folder / "claims.jsonl", [claim, {TRICK: TRICK}, {"claim": 3}])
    status = {"status": "answered"}
    asked = [
        {"id": PLAIN, "question": f"When did the harbour of Aldmere reopen {MARKUP}?", "as_of": "2026-02-05",
         "expect": status | {"contains": [f"never {MARKUP}"]}},
        {"id": f"{PLAIN} 2", "question": "Who was pwned?", "as_of": "2026-02-05", "expect": {"status": "insufficient"}},
        {"id": f"{PLAIN} 3", "question": f"Did it {MARKUP}?", "as_of": "2026-02-05", "expect": status},
    ]  # fmt: skip
    jsonl(folder / f"cases{NAME}.jsonl", asked)
    jsonl(folder / "wrong.jsonl", [{TRICK: 1}, {TRICK: TRICK, "id": TRICK}, asked[0] | {"id": NAME}])
    (folder / "wrong.yaml").write_text('"\\e[2J\\u202e[/nope]": "\\x9b2J"\nid: [\n')
    (folder / "hostile.toml").write_text('"\\u001b[2J\\u202e[/nope]" = "\\u009b2J"\n')
    forged = {"version": 1, "model": TRICK, "key": TRICK, "reply": TRICK}
    jsonl(folder / "forged.jsonl", [forged])
    (folder / "forged.json").write_text(json.dumps({"suite": TRICK, "cases": [{"id": TRICK, TRICK: TRICK}]}))
    (folder / "forged.md").write_text(f"# {TRICK}\n\n{TRICK} [^1]\n\n[^1]: “{TRICK}”\n", encoding="utf-8")
    (folder / "chat.txt").write_text(
        f"When did the harbour of Aldmere reopen {TRICK}?\n/{TRICK}\n/sources {TRICK}\n/quit\n"
    )

    def refusing(handler: Any) -> None:
        handler.wfile.write(f"HTTP/1.1 500 {TRICK}\r\nX: {TRICK}\r\n\r\n{TRICK}".encode())
        handler.close_connection = True

    web.put("/refusing", "", act=refusing)
    web.put("/packed", TRICK, media=f"text/html; charset={NAME}", headers={"Content-Encoding": "\x1b[2J[/nope]"})
    item = "<item><title>[/nope] &amp;#27;[2J &lt;script&gt;</title><link>javascript:alert(1)</link></item>"
    web.put("/feed", f'<rss version="2.0"><channel><title>[/nope] &lt;b&gt;</title>{item}</channel></rss>',
            media="application/rss+xml")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ran:
    """What each command wrote to its terminal and ended with, and where its files are."""

    said: Mapping[tuple[str, ...], tuple[str, int]]
    place: Place
    library: Path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("commands")
    lines = jsonl(folder / "news.jsonl", [case.line for case in CHOSEN])
    library = make_library(folder / "library", lines, words_only=True)
    with FakeLLM() as server, serving() as web:
        server.models = [f"test{NAME}", "failing", "test"]

        def reply(body: dict[str, Any]) -> Reply | Failure:
            if body["model"] == "failing":
                return Failure(400, f"planted {TRICK}")
            return Reply(["The harbour of Aldmere reopened on Monday [1]. ", TRICK, " It said [1]."])

        server.default = reply  # type: ignore[assignment]
        prepared(folder, web)
        place = Place(folder, web, server)
        yield Ran(in_a_terminal(place, library), place, library)


def in_a_terminal(place: Place, library: Path) -> dict[tuple[str, ...], tuple[str, int]]:
    listed = commands(place)
    given = [([] if one[0] == "--library" else ["--library", str(library)]) + list(one) for one in listed]
    lines = [(one, place["chat.txt"] if "chat" in one else None) for one in given]
    (place.folder / "commands.json").write_text(json.dumps(lines))
    (place.folder / "driver.py").write_text(DRIVER)
    environment = {
        **os.environ, "TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
        "NEWSDESK_FETCH_PRIVATE": "true", "NEWSDESK_TIMEZONE": "UTC", "PYTHONUTF8": "1",
    }  # fmt: skip
    command = [sys.executable, place["driver.py"], place["commands.json"]]
    with Terminal(command, environment, columns=200) as terminal:
        assert terminal.left(patience=500) is not None, terminal.text
    whole = terminal.raw.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    parts = re.split(r"=== (\d+) begins ===\n", whole)
    assert len(parts) == 2 * len(listed) + 1, whole[-3_000:]
    told: dict[tuple[str, ...], tuple[str, int]] = {}
    for one, said in zip(listed, parts[2::2], strict=True):
        words, _, ended = said.rpartition("=== ")
        told[one] = (words, int(re.findall(r"ended with (\d+)", ended)[0]))
    return told


def assert_words(text: str, what: object) -> None:
    """No control, format or invisible character but newlines, and what clears the line of progress."""
    text = text.replace("\r\x1b[K", "").replace("\t", " ")
    for n, c in enumerate(text):
        if c != "\n" and (unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"} or INVISIBLE.match(c)):
            raise AssertionError(f"{what}: {c!r} in {text[max(0, n - 60) : n + 20]!r}")


def test_every_command_of_the_parser_is_run(ran: Ran) -> None:
    run = {tuple(word for word in one if not word.startswith("-")) for one in ran.said}
    missing = [leaf for leaf in leaves(build_parser()) if not any(one[: len(leaf)] == leaf for one in run)
               and not any(leaf == one[1 : 1 + len(leaf)] for one in run)]  # fmt: skip
    assert missing == []
    assert len(CHOSEN) >= 60


def test_what_they_say_is_words(ran: Ran) -> None:
    for one, (said, _) in ran.said.items():
        assert_words(said.replace("\r\n", "\n").replace("\ufeff", "", 1) if "--csv" in one else said, one)
        assert "Traceback" not in said, one
        assert "something went wrong that should not" not in said, (one, said)


def test_json_is_ascii_on_a_line_of_its_own(ran: Ran) -> None:
    asked = [(one, said) for one, (said, _) in ran.said.items() if "--json" in one]
    assert len(asked) >= 6
    for one, said in asked:
        (line,) = [line for line in said.replace("\r\x1b[K", "\n").splitlines() if line.startswith("{")]
        assert line.isascii(), one
        assert json.loads(line)


def test_they_did_what_they_were_for(ran: Ran) -> None:
    """Words that came out are of no worth where a command only failed."""
    fine = (ExitCode.OK, ExitCode.CHANGED, ExitCode.NEEDS_YOU)
    for one, (said, code) in ran.said.items():
        assert (code not in fine) is isinstance(one, Wrong), (one, code, said[-1_000:])
    said = "".join(said for said, _ in ran.said.values())
    assert said.count("[@click=app.quit]x[/] [/nope]") > 20
    found = next(said for one, (said, _) in ran.said.items() if one[0] == "search")
    dated = [case for case in CHOSEN if case.fields.get("date", "2026-02-04") == "2026-02-04"]
    assert len(dated) > 60
    assert [case.town for case in dated if case.town not in found] == []


# What they wrote


def test_their_files_are_their_owners_and_lie_where_they_were_told_to(ran: Ran) -> None:
    """Names of the commands and of what was given to them, and no other: no title and no id became one."""
    told = {Path(word) for one in ran.said for word in one if word.startswith(str(ran.place.folder))}
    made = [path for path in ran.place.folder.iterdir() if path.is_file() and path in told]
    assert len(made) >= 15
    ours = {"news.jsonl", "commands.json", "driver.py", "chat.txt", "library"}
    assert {path.name for path in ran.place.folder.iterdir()} <= {path.name for path in told} | ours
    given = {"second.jsonl", "claims.jsonl", "wrong.jsonl", "wrong.yaml", "hostile.toml", f"cases{NAME}.jsonl"}
    for path in made:
        if path.name not in given and not path.name.startswith("forged"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    with zipfile.ZipFile(ran.place[f"whole{NAME}.zip"]) as whole:
        assert all(re.fullmatch(r"[a-z.]+", name) for name in whole.namelist())


def addresses(ran: Ran) -> set[str]:
    """Those that articles give."""
    return {case.fields["url"] for case in CHOSEN if "url" in case.fields}


@pytest.mark.parametrize("name", ["talk.md", "briefing.md"])
def test_markdown_has_nothing_from_outside_but_words(ran: Ran, name: str) -> None:
    text = (ran.place.folder / name).read_text(encoding="utf-8")
    assert_words(text, name)
    reader = markdown_reader()
    tokens = list(flat(reader.parse(text)))
    kinds = [token.type for token in tokens]
    assert not {"image", "html_inline", "table_open", "fence", "code_block", "blockquote_open"} & {*kinds}
    assert {token.content for token in tokens if token.type == "code_inline"} <= {"--format json"}
    assert all(re.fullmatch(r"(?:<!-- newsdesk [^<>]*-->\n?)+", t.content) for t in tokens if t.type == "html_block")
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert links <= {reader.normalizeLink(url) for url in addresses(ran)}
    assert kinds.count("footnote_ref") == kinds.count("footnote_open") > 0
    assert "javascript:" not in "".join(links)


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", ["talk.html", "briefing.html", "run.html"])
def test_a_page_has_no_tag_attribute_or_address_from_outside(ran: Ran, name: str) -> None:
    text = (ran.place.folder / name).read_text(encoding="utf-8")
    assert_words(text, name)
    page = Tags()
    page.feed(text)
    page.close()
    assert not {"script", "img", "iframe", "base", "form", "object", "embed", "link"} & {tag for tag, _ in page.found}
    for tag, told in page.found:
        assert not [one for one in told if one.startswith("on") or one in {"src", "srcset", "action", "style"}], tag
        if address := told.get("href") or told.get("xlink:href"):
            assert address.startswith("#") or address in addresses(ran), address
    policy = next(told["content"] or "" for tag, told in page.found if told.get("http-equiv") and tag == "meta")
    assert "default-src 'none'" in policy


def test_junit_is_xml_with_every_name_as_it_was_shown(ran: Ran) -> None:
    for name, tests in (("run.junit", 3), ("gated.xml", 4)):
        text = (ran.place.folder / name).read_text(encoding="utf-8")
        assert_words(text, name)
        found = [one.get("name") for one in ElementTree.fromstring(text).iter("testcase")]
        assert len(found) >= tests
        assert sum("[nope] <b>&\"'" in str(one) for one in found) >= 3


def test_tables_and_files_of_settings_are_read_as_they_were_meant(ran: Ran) -> None:
    drafted = yaml.safe_load((ran.place.folder / "drafts.yaml").read_text(encoding="utf-8"))
    assert all(one["draft"] is True for one in drafted["fixtures"])
    gate = tomllib.loads((ran.place.folder / "run.write-gate").read_text(encoding="utf-8"))
    assert gate["version"] == 1
    found = (ran.place.folder / "run.run-file").read_text(encoding="utf-8").splitlines()
    assert found
    assert all(len(line.split()) == 6 and line.split()[1] == "Q0" for line in found)
    said = next(said for one, (said, _) in ran.said.items() if "--csv" in one)
    table = said[said.index("\ufeff") + 1 :].replace("\r\n", "\n").strip()
    rows = list(csv.DictReader(table.splitlines()))
    assert len(rows) > 2
    assert not [cell for row in rows for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_a_crontab_and_a_unit_hold_one_command_each(ran: Ran) -> None:
    said = next(said for one, (said, code) in ran.said.items() if one[0] == "schedule" and code == 0)
    lines = [line for line in said.splitlines() if line and not line.startswith("#")]
    assert sum("brief" in line and re.match(r"[0-9*]+ [0-9*]+ ", line) is not None for line in lines) == 1
    (service,) = [line for line in lines if line.startswith("ExecStart=")]
    assert "%" not in re.sub("%%", "", service)
    assert "\\% $(x) `x` {day}.md'" in said
