"""``newsdesk ingest`` and ``newsdesk sources``: addresses, standard input, what is followed, and exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fixtures.commands import Ran
from web_server import Web, serving

from qa.cli import main
from qa.errors import ExitCode

ROOT = Path(__file__).resolve().parent.parent
SAVED = Path(__file__).parent / "fixtures" / "sources"
PAGE = (SAVED / "wget.html").read_bytes()


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as one:
        one.put("/harbour", PAGE)
        yield one


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command over a library of its own, with addresses of this machine allowed."""
    monkeypatch.setenv("NEWSDESK_FETCH_PRIVATE", "true")

    def ran(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(["--library", str(tmp_path / "library"), *arguments])
        return Ran(code, *capsys.readouterr())

    return ran


def test_an_address_is_ingested_and_its_article_shown(run: Any, web: Web) -> None:
    ran = run("ingest", f"{web.url}/harbour", "--words-only", "--json")
    assert ran.code == 0
    assert (ran.json["new"], ran.json["failed"]) == (1, 0)
    (listed,) = run("library", "list", "--json").json["articles"]
    shown = run("library", "show", listed["id"], "--json").json
    assert (shown["author"], shown["language"]) == ("Ada Winter", "en")
    assert shown["fetched"]
    assert "by Ada Winter · language: en · fetched or saved" in run("library", "show", listed["id"]).out


def test_an_answer_cites_the_page_of_a_pdf(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "2026-02-04 special.pdf"
    path.write_bytes((SAVED / "reportlab.pdf").read_bytes())
    assert run("ingest", str(path)).code == 0
    question = ("ask", "Where did divers find a second crack?", "--as-of", "2026-02-05")
    (claim, *_) = run(*question, "--json").json["claims"]
    assert claim["citations"][0]["page"] == 2
    assert "page 2" in run(*question).out
    report = run("ingest", str(path), "--again").out
    assert "unchanged" in report


def test_standard_input_is_ingested(run: Any) -> None:
    assert run("ingest", "-", "--format", "html", "--words-only", "--json", stdin=PAGE).json["new"] == 1
    assert run("ingest", "-", "--words-only", "--json", stdin=PAGE).json["unchanged"] == 1
    ran = run("ingest", "-", stdin=b"")
    assert ran.code == ExitCode.INPUT
    assert "--format" in ran.err
    assert run("ingest", "-", stdin=b"\x00\x01\x02").code == ExitCode.INPUT


def test_a_pipe_feeds_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tui", "--library", str(tmp_path / "l"), "ingest", "-", "--words-only", "--json"]
    ran = subprocess.run(command, cwd=ROOT, input=PAGE, capture_output=True, check=False, env=dict(os.environ))
    assert (ran.returncode, json.loads(ran.stdout)["new"]) == (0, 1), ran.stderr


def test_what_fails_is_told_and_ends_badly_only_where_nothing_could_be_read_or_strict(
    run: Any, web: Web, tmp_path: Path
) -> None:
    gone, here = f"{web.url}/gone", f"{web.url}/harbour"
    ran = run("ingest", gone, "--words-only")
    assert ran.code == ExitCode.INPUT
    assert "✗" in ran.out
    assert "404" in ran.out
    assert run("ingest", here, gone, "--words-only").code == 0
    assert run("ingest", here, gone, "--words-only", "--strict").code == ExitCode.INPUT
    (tmp_path / "a.docx").write_bytes(b"x")
    ran = run("ingest", str(tmp_path / "a.docx"))
    assert ran.code == ExitCode.INPUT
    assert ".html" in ran.out
    assert ".pdf" in ran.out


def test_the_report_counts_what_was_cut_and_replaced(run: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Words\u200b of an\u202e article.".encode())
    ran = run("ingest", str(tmp_path / "a.txt"), "--words-only", "--json")
    assert (ran.json["cut"], ran.json["replaced"], ran.json["undated"]) == (2, 0, 1)
    (tmp_path / "b.txt").write_bytes("Other words\u200b of it.".encode())
    assert "1 character(s) cut, 0 replaced" in run("ingest", str(tmp_path / "b.txt"), "--words-only").out


def test_without_the_setting_nothing_of_this_machine_is_fetched(
    run: Any, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSDESK_FETCH_PRIVATE")
    ran = run("ingest", f"{web.url}/harbour")
    assert ran.code == ExitCode.INPUT
    assert "NEWSDESK_FETCH_PRIVATE" in " ".join(ran.out.split())
    assert web.asked == []


def test_sources_are_added_listed_read_and_removed(run: Any, web: Web) -> None:
    assert run("sources", "list").out == "0 source(s) followed\n"
    ran = run("sources", "refresh")
    assert ran.code == ExitCode.INPUT
    assert "sources add" in ran.err
    feed = web.put("/feed", (SAVED / "ghost.xml").read_bytes(), media="application/rss+xml")
    ran = run("sources", "add", feed, "--name", "Pier")
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"follows 1: Pier <{feed}>")
    assert "already" in run("sources", "add", feed).out
    ran = run("sources", "refresh", "--words-only", "--json")
    assert (ran.code, ran.json["new"]) == (0, 1)
    (listed,) = run("sources", "list", "--json").json["sources"]
    assert (listed["number"], listed["name"], listed["articles"], listed["problem"]) == (1, "Pier", 1, "")
    assert listed["refreshed"]
    assert "1 article(s), read 20" in run("sources", "list").out
    ran = run("sources", "remove", "1")
    assert "its articles stay" in ran.out
    assert run("sources", "remove", "1").code == ExitCode.INPUT
    assert len(run("library", "list", "--json").json["articles"]) == 1


def test_a_list_of_feeds_is_followed(run: Any) -> None:
    ran = run("sources", "add", str(SAVED / "netnewswire.opml"), "--json")
    assert [one["name"] for one in ran.json["added"]] == ["Reutin Notes", "Lake & Letters"]
    assert run("sources", "add", "/no/such/list.opml").code == ExitCode.INPUT


def test_names_of_strangers_reach_no_terminal(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text(
        '<opml><body><outline text="&#x9b;2J\u202eEvil" xmlUrl="https://a.example/&#x202e;feed"/></body></opml>'
    )
    run("sources", "add", str(path))
    assert not {"\x9b", "\u202e", "\x1b"} & set(run("sources", "list").out)
