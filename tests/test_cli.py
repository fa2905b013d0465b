"""The command line: what goes to stdout and what to stderr, JSON shapes, exit codes, and nothing hostile in either."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply
from fixtures.commands import Ran
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.cli import app_options, main
from qa.errors import ExitCode
from qa.render.markdown import escaped
from qa.version import __version__

ROOT = Path(__file__).resolve().parent.parent
ISTANBUL = "Where are the US-Iran talks expected to take place?"
CITATION = [
    "n", "article_id", "version", "title", "source", "published", "field", "start", "end", "quote", "corrected",
    "url", "page",
]  # fmt: skip
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def run(seeds_library: Path, capsys: Capture) -> Any:
    """Runs a command over the seeds' library in this process."""

    def ran(*arguments: str, library: Path | None = seeds_library) -> Ran:
        where = ["--library", str(library)] if library else []
        code = main([*where, *arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return ran


def process(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments], cwd=ROOT, text=True, capture_output=True, check=False, **options
    )


# JSON


def test_ask_prints_an_answer_as_json_with_every_field(run: Any) -> None:
    ran = run("ask", ISTANBUL, "--as-of", "2026-02-05", "--json")
    assert ran.code == 0
    assert ran.out.isascii()
    assert ran.out.count("\n") == 1
    told_ = ran.json
    assert list(told_) == [
        "status", "complete", "mode", "question", "text", "claims", "window", "as_of", "sources", "only_articles",
        "left_out", "searched", "nearest", "conflicts", "notes",
        "index", "rescored", "usage", "provenance", "followup", "conversation",
    ]  # fmt: skip
    assert (told_["status"], told_["complete"], told_["mode"]) == ("answered", True, "extractive")
    assert (told_["question"], told_["as_of"], told_["conflicts"]) == (ISTANBUL, "2026-02-05", [])
    assert told_["window"] == {"from": None, "to": None, "why": ""}
    for claim in told_["claims"]:
        assert list(claim) == ["text", "verdict", "reasons", "citations", "struck"]
        assert claim["verdict"] == "supported"
        for citation in claim["citations"]:
            assert list(citation) == CITATION
            shown = run("library", "show", citation["article_id"], "--json").json
            assert shown["text"][citation["start"] : citation["end"]] == citation["quote"]
            assert citation["published"] == shown["published"] == "2026-02-04"
    assert list(told_["usage"]) == ["tokens_in", "tokens_out", "cost", "seconds"]
    assert list(told_["provenance"]) == [
        "mode", "model", "prompt_hash", "config_hash", "embedder", "version", "rerank_hash",
    ]  # fmt: skip


def test_ask_says_the_window_it_used_and_the_nearest_words(run: Any) -> None:
    ran = run("ask", "Who won the 2026 World Cup last week?", "--as-of", "2026-02-05", "--json")
    assert ran.code == 0
    assert ran.json["status"] == "insufficient"
    assert ran.json["window"] == {"from": "2026-01-26", "to": "2026-02-01", "why": "last week"}
    assert [list(citation) for citation in ran.json["nearest"]] == [[*CITATION, "beyond"]]


def test_the_days_that_words_mean_are_left_by_an_option(run: Any) -> None:
    question = ("Where are the US-Iran talks expected to take place last month?", "--as-of", "2026-02-05")
    refused = run("ask", *question, "--json").json
    assert (refused["status"], refused["window"]["why"]) == ("insufficient", "last month")
    assert "--all-days searches without" in " ".join(run("ask", *question).out.split())
    found = run("ask", *question, "--all-days", "--json").json
    assert found["window"] == {"from": None, "to": None, "why": ""}
    assert {c["published"] for claim in found["claims"] for c in claim["citations"]} == {"2026-02-04"}
    both = run("search", "talks", "--from", "2026-02-01", "--all-days")
    assert (both.code, "--all-days" in both.err) == (2, True)


def test_only_the_given_articles_are_asked_searched_and_quoted(run: Any) -> None:
    older, newer = (row["id"] for row in reversed(run("library", "list", "--json").json["articles"]))
    hits = run("search", "talks", "--article", older, "--json").json
    assert {hit["article_id"] for hit in hits["hits"]} == {older}
    assert hits["only_articles"] == [older]
    both = run("search", "talks", "--article", older, "--article", newer, "--json").json
    assert {hit["article_id"] for hit in both["hits"]} == {older, newer}
    assert "only 1 given article" in run("ask", ISTANBUL, "--article", older).out
    assert run("quotes", "--article", newer, "--json").json["articles"] == 1
    assert run("ask", ISTANBUL, "--article", "gone").code == 2


def test_search_prints_hits_as_json(run: Any) -> None:
    ran = run("search", "talks in Istanbul", "--as-of", "2026-02-05", "--json", "-k", "3")
    assert ran.out.isascii()
    assert list(ran.json) == [
        "hits", "window", "as_of", "sources", "only_articles", "left_out", "index", "rescored",
    ]  # fmt: skip
    assert [hit["rank"] for hit in ran.json["hits"]] == [1, 2, 3]
    for hit in ran.json["hits"]:
        assert list(hit) == [
            "rank", "score", "how", "beyond", "article_id", "title", "published", "source", "url", "start", "end",
            "text",
        ]  # fmt: skip
        assert set(hit["how"]) == {"words", "meaning", "before", "model_score", "cited_before"}
        shown = run("library", "show", hit["article_id"], "--json").json
        assert shown["text"][hit["start"] : hit["end"]] == hit["text"]
    scores = [hit["score"] for hit in ran.json["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_search_by_article_counts_articles_one_hit_each(run: Any) -> None:
    ids = [hit["article_id"] for hit in run("search", "talks", "--by", "article", "-k", "2", "--json").json["hits"]]
    assert len(ids) == len(set(ids)) == 2
    assert len(run("search", "talks", "--by", "article", "-k", "1", "--json").json["hits"]) == 1


def test_brief_prints_json(run: Any) -> None:
    ran = run("brief", "--json", "--as-of", "2026-02-05")
    assert ran.out.isascii()
    assert list(ran.json) == [
        "newsdesk", "form", "title", "newest", "counts", "window", "as_of", "mode", "complete", "stories", "left_out",
        "notes", "index", "usage", "provenance", "number", "revision", "made", "sources", "since", "added", "topic",
        "standing", "checks", "whole",
    ]  # fmt: skip
    assert ran.json["window"]["from"] == ran.json["window"]["to"] == "2026-02-04"
    (story,) = ran.json["stories"]
    assert list(story) == [
        "id", "title", "status", "articles", "claims", "earlier", "added", "changes", "news", "why",
        "conflicts", "timeline", "copies", "sources",
    ]  # fmt: skip
    assert story["status"] == "new"
    assert 2 <= len(story["claims"]) <= 4
    assert {c["article_id"] for claim in story["claims"] for c in claim["citations"]} == set(story["articles"])
    assert run("brief", "--json", "--as-of", "2026-02-05").json["stories"] == ran.json["stories"]


def test_library_list_and_show_print_json(run: Any) -> None:
    listed = run("library", "list", "--json").json
    assert list(listed) == ["articles", "listed", "total"]
    assert listed["total"] == 2
    for article in listed["articles"]:
        assert list(article) == ["id", "version", "title", "source", "published", "url", "passages", "edited"]
        assert article["passages"] >= 1
    assert [article["published"] for article in listed["articles"]] == ["2026-02-04", "2026-01-27"]
    shown = run("library", "show", listed["articles"][0]["id"], "--json").json
    assert {"id", "version", "title", "source", "published", "url", "text"} <= set(shown)
    assert len(run("library", "list", "--limit", "1", "--offset", "1", "--json").json["articles"]) == 1
    assert run("library", "list", "--limit", "0", "--json").json == {"articles": [], "listed": 2, "total": 2}


def test_published_is_a_day_a_time_or_null(run: Any, tmp_path: Path) -> None:
    days = ["2026-02-04", "2026-02-04T10:30:00+03:00", None]
    items = [told(n, f"Title {n}", f"Town number {n} opened a bridge, they said.", day) for n, day in enumerate(days)]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", items))
    listed = run("library", "list", "--json", library=tmp_path / "library").json["articles"]
    assert {article["id"]: article["published"] for article in listed} == {"n0": days[0], "n1": days[1], "n2": None}
    found = run("search", "opened a bridge", "--as-of", "2026-02-05", library=tmp_path / "library")
    assert "· 2026-02-04 10:30 +03:00\n" in found.out
    assert "2026-02-04T10:30" not in found.out
    assert "· 2026-02-04 10:30 +03:00 · n1" in run("library", "show", "n1", library=tmp_path / "library").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", "--json", ""], "usage"),
        (["ask", "--json", "x", "--index", "none"], "usage"),
        (["library", "show", "nope", "--json"], "not_found"),
        (["eval", "none.yaml", "--json"], "fixture"),
        (["ask", "x", "--base-url", "ftp://x", "--json"], "config"),
    ],
)
def test_an_error_is_json_on_stdout_when_json_was_asked_for(run: Any, arguments: list[str], code: str) -> None:
    ran = run(*arguments)
    assert ran.code != 0
    assert list(ran.json) == ["error"]
    assert list(ran.json["error"]) == ["code", "message", "hint"]
    assert ran.json["error"]["code"] == code
    assert all(ran.json["error"].values())


# Questions from a file


def test_questions_are_answered_in_order_each_on_a_line_with_its_id_first(run: Any, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "q1", "question": ISTANBUL, "as_of": "2026-02-05"}),
        "",
        '{"id": 2, "question": ""}',
        "not json",
        '{"id": "q5", "question": 7}',
        '{"id": "q6", "question": "Where?", "as_of": "2026-02-31"}',
        '{"id": null, "question": "Who won the World Cup?"}',
        '{"question": "Who is \\u2028 Fidan?", "as_of": "2026-01-30"}',
    ]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for command in ("ask", "search"):
        ran = run(command, "--questions", str(tmp_path / "q.jsonl"))
        assert ran.code == 0
        assert ran.out.isascii()
        answers = [json.loads(line) for line in ran.out.splitlines()]
        assert [next(iter(one)) for one in answers] == ["id"] * 7
        assert [one["id"] for one in answers] == ["q1", 2, 4, "q5", "q6", None, 8]
        assert [one.get("error", {}).get("code") for one in answers] == [
            None, "usage", "input", "input", "usage", None, None,
        ]  # fmt: skip
        assert answers[0]["as_of"] == "2026-02-05"
        assert answers[-1]["as_of"] == "2026-01-30"
        assert "q.jsonl:4" in answers[2]["error"]["message"]


def test_when_no_question_of_a_file_can_be_asked_the_exit_code_says_so(run: Any, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"question": ""}\n{"question": 1}\n', encoding="utf-8")
    assert run("ask", "--questions", str(tmp_path / "q.jsonl")).code == ExitCode.USAGE
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    assert run("ask", "--questions", str(tmp_path / "empty.jsonl")).code == ExitCode.INPUT
    assert run("ask", "--questions", str(tmp_path / "q.jsonl"), "and", "typed").code == ExitCode.USAGE


def test_library_list_is_sorted_and_narrowed(run: Any) -> None:
    titles = [one["title"] for one in run("library", "list", "--sort", "title", "--json").json["articles"]]
    assert titles == sorted(titles, key=str.casefold)
    down = [one["title"] for one in run("library", "list", "--sort", "title", "--down", "--json").json["articles"]]
    assert down == titles[::-1]
    found = run("library", "list", "2026-02", "--json").json
    assert (len(found["articles"]), found["listed"], found["total"]) == (1, 1, 2)
    assert run("library", "list", "--to", "2026-01-31").out.endswith("1 of 2 article(s)\n")
    assert run("library", "list", "--source", "menafn", "--json").json["listed"] == 1


def test_library_edit_remove_and_restore(run: Any, own_seeds: Path) -> None:
    one = run("library", "list", "--json", library=own_seeds).json["articles"][0]
    ran = run("library", "edit", one["id"], "--date", "2026-02-30", library=own_seeds)
    assert (ran.code, "is not a date" in ran.err, "2026-02-04" in ran.err) == (ExitCode.USAGE, True, True)
    edited = run("library", "edit", one["id"], "--date", "2026-02-01", "--json", library=own_seeds).json
    assert (edited["published"], edited["version"]) == ("2026-02-01", 2)
    assert edited["corrected"] == {
        "fields": ["date"],
        "in_file": {"title": one["title"], "source": one["source"], "published": one["published"]},
    }
    shown = run("library", "show", one["id"], library=own_seeds).out
    assert f"corrected by you: date (in its file: {one['published']})" in shown
    assert "(corrected by you)" in run("library", "list", library=own_seeds).out
    back = run("library", "edit", one["id"], "--as-in-file", library=own_seeds).out
    assert "as in its file" in back
    assert "nothing changed" in run("library", "edit", one["id"], "--as-in-file", library=own_seeds).out
    assert "library restore" in run("library", "remove", one["id"], library=own_seeds).out
    assert run("library", "list", "--json", library=own_seeds).json["total"] == 1
    (gone,) = run("library", "list", "--removed", "--json", library=own_seeds).json["removed"]
    assert (gone["id"], gone["removed_by"]) == (one["id"], "reader")
    ran = run("library", "show", one["id"], library=own_seeds)
    assert (ran.code, "library restore" in ran.err) == (ExitCode.INPUT, True)
    assert run("library", "restore", one["id"], library=own_seeds).out == "1 article(s) restored\n"
    assert run("library", "restore", one["id"], library=own_seeds).code == ExitCode.INPUT
    assert run("library", "list", "--json", library=own_seeds).json["total"] == 2


def test_problems_are_kept_by_file(run: Any, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "news.jsonl", [{"title": "A", "text": "Some words."}, {"title": "No text"}])
    run("ingest", str(file), "--words-only", library=tmp_path / "library")
    out = run("library", "problems", library=tmp_path / "library").out
    assert f"{file}: 1 article(s), 1 refused" in " ".join(out.split())
    (told,) = run("library", "problems", "--json", library=tmp_path / "library").json["files"]
    assert any(problem["fatal"] and problem["line"] == 2 for problem in told["problems"])


# Exit codes and messages


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", "Who won the 2026 World Cup?"], ExitCode.OK),
        (["ask", "Who won the 2026 World Cup?", "--strict"], ExitCode.STRICT),
        (["ask", ISTANBUL, "--strict"], ExitCode.OK),
        (["ask"], ExitCode.USAGE),
        (["ask", "x" * 20_000], ExitCode.USAGE),
        (["ask", "x", "--from", "2026-02-30"], ExitCode.USAGE),
        (["ask", "x", "--from", "2026-02-03", "--to", "2026-02-01"], ExitCode.USAGE),
        (["ask", "x", "--source", "Nobody"], ExitCode.USAGE),
        (["ask", "x", "-k", "0"], ExitCode.USAGE),
        (["ask", "x", "-k", "many"], ExitCode.USAGE),
        (["search", "x", "-k", "-1"], ExitCode.USAGE),
        (["search", "x", "--by", "word"], ExitCode.USAGE),
        (["eval", "x.yaml", "-k", "0"], ExitCode.USAGE),
        (["brief", "--date", "2026-02-04", "--from", "2026-02-01"], ExitCode.USAGE),
        (["brief", "--list", "--date", "2026-02-04"], ExitCode.USAGE),
        (["brief", "--list", "--show", "1"], ExitCode.USAGE),
        (["brief", "--list", "some"], ExitCode.USAGE),
        (["brief", "--show", "yesteryear"], ExitCode.USAGE),
        (["brief", "--show", "1999-01-01"], ExitCode.INPUT),
        (["brief", "--show", "999999999"], ExitCode.INPUT),
        (["brief", "--delete", "1999-01-01"], ExitCode.INPUT),
        (["brief", "--restore", "999999999"], ExitCode.INPUT),
        (["brief", "--restore", "-1"], ExitCode.USAGE),
        (["library"], ExitCode.USAGE),
        (["library", "list", "--limit", "-5"], ExitCode.USAGE),
        (["nonsense"], ExitCode.USAGE),
        (["ask", "--nonsense"], ExitCode.USAGE),
        (["library", "show", "nope"], ExitCode.INPUT),
        (["library", "remove", "nope"], ExitCode.INPUT),
        (["library", "restore", "nope"], ExitCode.INPUT),
        (["library", "edit", "nope", "--date", "2026-02-04"], ExitCode.INPUT),
        (["library", "edit", "nope"], ExitCode.USAGE),
        (["library", "edit", "nope", "--date", "2026-02-04", "--as-in-file"], ExitCode.USAGE),
        (["library", "list", "--from", "2026-02-30"], ExitCode.USAGE),
        (["library", "list", "--from", "2026-02-03", "--to", "2026-02-01"], ExitCode.USAGE),
        (["library", "list", "--up", "--down"], ExitCode.USAGE),
        (["ask", "--questions", "none.jsonl"], ExitCode.INPUT),
        (["eval", "none.yaml"], ExitCode.INPUT),
        (["ask", "x", "--base-url", "not an address"], ExitCode.CONFIG),
        (["doctor"], ExitCode.OK),
        (["config"], ExitCode.OK),
    ],
)
def test_every_command_ends_with_its_code_and_one_message(run: Any, arguments: list[str], code: ExitCode) -> None:
    ran = run(*arguments)
    assert ran.code == code
    assert "Traceback" not in ran.out + ran.err
    if code in {ExitCode.OK, ExitCode.STRICT}:
        assert ran.out
    else:
        assert ran.out == ""
        message, *hint = ran.err.splitlines()
        assert re.match(r"newsdesk: \S", message)
        assert len(hint) == 1
        assert hint[0].startswith("  ")


def test_briefings_are_listed_shown_deleted_and_restored(run: Any, own_seeds: Path) -> None:
    assert run("brief", "--list", library=own_seeds).out == "0 briefings\n"
    made = run("brief", "--as-of", "2026-02-05", library=own_seeds)
    assert made.err.endswith("kept as briefing 1\n")
    run("brief", "--as-of", "2026-02-05", library=own_seeds)
    listed = run("brief", "--list", library=own_seeds)
    assert listed.out.startswith("   1  2026-02-04  1 story, 1 article  made ")
    assert listed.out.endswith("\n1 briefing\n")
    (edition,) = run("brief", "--list", "--json", library=own_seeds).json["briefings"]
    assert (edition["number"], edition["from"], edition["to"]) == (1, "2026-02-04", "2026-02-04")
    for which in ("1", "2026-02-04"):
        assert run("brief", "--show", which, library=own_seeds).out == made.out
    assert run("brief", "--show", "1", "--json", library=own_seeds).json["number"] == 1
    deleted = run("brief", "--delete", "2026-02-04", library=own_seeds)
    assert deleted.out == "briefing 1 of 2026-02-04 is deleted; `newsdesk brief --restore 1` brings it back\n"
    assert run("brief", "--list", library=own_seeds).out == "0 briefings\n"
    assert run("brief", "--list", "deleted", library=own_seeds).out.endswith("1 briefing\n")
    gone = run("brief", "--show", "1", library=own_seeds)
    assert (gone.code, gone.out) == (ExitCode.INPUT, "")
    assert "--restore 1" in gone.err
    assert run("brief", "--restore", "1", library=own_seeds).out == "briefing 1 of 2026-02-04 is back\n"
    assert run("brief", "--show", "1", library=own_seeds).out == made.out


def test_a_library_that_is_missing_a_file_or_foreign_is_told_with_a_remedy(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "catalogue.sqlite").write_bytes(b"no database" * 100)
    for library in (tmp_path / "none", tmp_path / "file", tmp_path / "foreign"):
        for arguments in (["ask", "x"], ["search", "x"], ["brief"], ["library", "list"], ["doctor"]):
            ran = run(*arguments, library=library)
            if arguments == ["doctor"] and library.name == "foreign":
                assert (ran.code, "!!  record: catalogue.sqlite is damaged" in ran.out) == (ExitCode.NEEDS_YOU, True)
                continue
            assert (ran.code, ran.out) == (ExitCode.LIBRARY, ""), (library, arguments)
            assert str(library) in ran.err
            assert len(ran.err.splitlines()) == 2
    assert not (tmp_path / "none").exists()


def test_ingest_is_what_makes_a_library(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    ran = run("ingest", str(tmp_path / "empty.txt"), str(tmp_path / "none"), library=tmp_path / "library")
    assert ran.code == ExitCode.INPUT
    assert "none" in ran.out
    ran = run("ask", "Where?", library=tmp_path / "library")
    assert ran.code == ExitCode.OK
    assert "Not in your articles" in ran.out


def test_the_answer_is_on_stdout_and_the_narration_on_stderr(run: Any) -> None:
    ran = run("ask", ISTANBUL, "--as-of", "2026-02-03")
    left_out, kept = ran.err.splitlines()
    assert left_out == "left out 1 article(s) newer than 2026-02-03"
    assert re.fullmatch(r"kept as question 1 of conversation \d+", kept)
    assert "left out" not in ran.out
    ran = run("brief", "--as-of", "2026-02-05")
    said, kept = ran.err.splitlines()
    assert said == "briefing on 2026-02-04, the newest day that has articles"
    assert re.fullmatch(r"kept as briefing \d+(, revision \d+)?", kept)
    assert "\n# Briefing, 2026-02-04\n" in ran.out


def test_settings_stand_before_and_after_the_command(run: Any, seeds_library: Path) -> None:
    one = run("--as-of", "2026-02-05", "--json", "ask", ISTANBUL).json
    two = run("ask", "--library", str(seeds_library), ISTANBUL, "--json", "--as-of", "2026-02-05", library=None).json
    assert two["conversation"]["id"] > one["conversation"]["id"]
    assert {**one, "usage": None, "conversation": None} == {**two, "usage": None, "conversation": None}
    assert run("library", "--json", "stats").json == run("--json", "library", "stats").json
    assert run("ask", *ISTANBUL.split(), "--as-of", "2026-02-05", "--json").json["question"] == ISTANBUL


def test_the_library_comes_from_the_environment_too(
    run: Any, seeds_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSDESK_LIBRARY", str(seeds_library))
    assert run("library", "stats", "--json", library=None).json["articles"] == 2
    assert run("config", "--json", library=None).json["library"]["from"] == "NEWSDESK_LIBRARY"


def test_a_library_is_named_in_the_settings(
    run: Any, seeds_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text(f'[libraries.seeds]\npath = "{seeds_library}"\nmodel = "none"\n')
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSDESK_MODEL", "m")
    assert run("library", "stats", "--library", "seeds", "--json", library=None).json["articles"] == 2
    told = run("config", "--library", "seeds", "--json", library=None).json
    assert told["model"] == {"value": None, "from": f"{tmp_path / 'config.toml'} [libraries.seeds]"}
    assert told["libraries"] == {"seeds": str(seeds_library)}
    shown = run("config", "--library", str(seeds_library), library=None).out
    assert f"seeds: {seeds_library} (this one)" in shown
    assert "nothing leaves this machine" in shown


@pytest.mark.parametrize(
    ("arguments", "app"),
    [([], True), (["--library", "x"], True), (["--as-of", "2026-02-05"], True), (["ask", "x"], False),
     (["--help"], False), (["ask", "--help"], False), (["--nonsense"], False)],
)  # fmt: skip
def test_the_app_opens_only_where_no_command_is_given(arguments: list[str], app: bool) -> None:
    assert (app_options(arguments) is not None) is app


def test_what_goes_wrong_unexpectedly_is_a_message_too(run: Any, own_seeds: Path) -> None:
    import sqlite3

    with sqlite3.connect(own_seeds / "catalogue.sqlite") as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table.startswith("article"):
                database.execute(f"ALTER TABLE {table} RENAME TO lost_{table}")
    ran = run("library", "list", library=own_seeds)
    assert ran.code in {ExitCode.INTERNAL, ExitCode.LIBRARY}
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 2


# Keys and models


def test_a_key_in_the_environment_without_a_model_is_a_hint_and_no_connection(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeLLM() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-stray-123456")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = run("ask", ISTANBUL, "--as-of", "2026-02-05", "--json")
        assert ran.json["mode"] == "extractive"
        assert run("brief", "--json").json["mode"] == "extractive"
        assert server.requests == []
    assert "no model is configured" in ran.err
    assert "sk-stray" not in ran.out + ran.err


def test_with_a_model_the_key_is_in_no_output(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-secret-0a1b2c3d4e"
    monkeypatch.setenv("NEWSDESK_API_KEY", key)
    with FakeLLM() as server:
        server.default = lambda _: Reply(["The talks are expected in Istanbul [1]."])
        with_model = ["--model", "test", "--base-url", server.url]
        ran = run("ask", ISTANBUL, "--as-of", "2026-02-05", "--json", *with_model)
        assert ran.json["mode"] == "llm"
        assert ran.json["provenance"]["model"] == "test"
        assert server.requests[0].headers["authorization"] == f"Bearer {key}"
        for arguments in (["config"], ["config", "--json"], ["doctor"], ["ask", ISTANBUL]):
            one = run(*arguments, *with_model)
            assert key not in one.out + one.err
        server.default = lambda _: Failure(401, f"Incorrect API key provided: {key}")
        for form in ([], ["--json"]):
            refused = run("ask", ISTANBUL, *with_model, *form)
            assert refused.code == ExitCode.ENDPOINT
            assert key not in refused.out + refused.err
    assert key not in ran.out + ran.err


def test_a_server_that_is_not_there_is_an_endpoint_error(run: Any) -> None:
    with socket.socket() as taken:  # bound and not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        ran = run("ask", ISTANBUL, "--model", "test", "--base-url", url, "--json")
    assert ran.code == ExitCode.ENDPOINT
    assert ran.json["error"]["code"] == "endpoint"


def test_evaluation_and_briefing_say_which_model_wrote(run: Any, tmp_path: Path) -> None:
    fixture = {"id": "a", "question": ISTANBUL, "as_of": "2026-02-05", "expect": {"status": "answered"}}
    with FakeLLM() as server:
        server.default = lambda _: Reply(["The talks are expected in Istanbul [1]."])
        with_model = ["--model", "test", "--base-url", server.url]
        ran = run("eval", str(jsonl(tmp_path / "f.jsonl", [fixture])), "--json", *with_model)
        assert ran.json["provenance"]["model"] == "test"
        assert "written by test" in run("brief", "--as-of", "2026-02-05", *with_model).out


# Hostile text

HOSTILE = {
    "id": "../../x\x1b[2J",
    "title": "Evil \x1b]52;c;aGk=\x07 [/red] <b>bold</b> ![i](http://evil.example/i.png) \u202eback\u202c | # *x*",
    "date": "2026-02-04",
    "source": "Paper\x1b[31m [link](http://evil.example)",
    "url": "javascript:alert(1)",
    "text": "The port of Burgas \x1b[2Jreopened\x9b31m on \u202eTuesday\u2066, said ![x](http://evil.example/p.png) "
    "the <script>alert(1)</script> captain [ref]: http://evil.example www.evil.example and `code` in \u200bBurgas.",
}
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    take_in(folder / "library", jsonl(folder / "news.jsonl", [HOSTILE]))
    return folder / "library"


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "Who said the port of Burgas reopened?"],
        ["ask", "Who won the \x1b[31mWorld\u202e Cup?"],
        ["search", "port of Burgas"],
        ["brief"],
        ["library", "list"],
        ["library", "show", "\x1b[31mnope\u202e"],
        ["ask", "x", "--source", "\x1b[31mnope\u202e"],
        ["ask", "x", "--from", "\x1b[31mnope\u202e"],
        ["ask", "x", "--index", "\x1b[31mnope\u202e"],
        ["eval", "\x1b[31mnope\u202e"],
        ["ask", "x", "--base-url", "http://\x1b[31mnope\u202e"],
        ["ingest", "\x1b[31mnope\u202e"],
    ],
)
def test_nothing_hostile_reaches_the_terminal(run: Any, hostile: Path, arguments: list[str]) -> None:
    ran = run(*arguments, library=hostile)
    assert not BAD.search(ran.out.replace("\n", ""))
    assert not BAD.search(ran.err.replace("\n", ""))
    as_json = run(*arguments, "--json", library=hostile)
    assert as_json.out.isascii()
    json.loads(as_json.out)


def test_a_hostile_article_is_plain_words_in_markdown(run: Any, hostile: Path) -> None:
    shown = run("brief", library=hostile).out
    assert "Burgas" in shown
    assert not re.search(r"(?<!\\)!\[|(?<!\\)<(?:script|b)\b|(?<!\\)\]\(", shown)
    assert not re.search(r"(?m)^\[ref\]:", shown)
    assert "javascript:" not in shown
    assert "http://" not in shown
    assert "www." not in shown
    links = re.findall(r"(?<!\\)<[^>\\]+>", shown)
    assert [link for link in links if not re.fullmatch(r"<!-- newsdesk [a-z]+(?:,|:) [0-9a-z ]+-->", link)] == []


@pytest.mark.parametrize(
    "text", ["- a b", "+ a b", "1. a b", "12) a b", "=== a", "# a", "> a", "&lt;b&gt; a", "a $x$ b"]
)
def test_words_that_mean_something_to_markdown_are_escaped_and_kept(text: str) -> None:
    shown = escaped(text)
    assert shown.replace("\\", "") == text
    assert re.match(r"\\|\d+\\|a ", shown)


def test_a_library_shows_an_article_by_its_id_whatever_it_is(run: Any, hostile: Path) -> None:
    (listed,) = run("library", "list", "--json", library=hostile).json["articles"]
    shown = run("library", "show", listed["id"], library=hostile)
    assert shown.code == 0
    assert not BAD.search(shown.out.replace("\n", ""))


# As processes


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_help_and_version_go_to_stdout(option: str) -> None:
    ran = process(option)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert __version__ in ran.stdout if option == "--version" else "ask" in ran.stdout


def test_a_reader_that_leaves_is_no_error(seeds_library: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # nobody reads
    with os.fdopen(writing, "w") as out:
        ran = subprocess.run(
            [sys.executable, "-m", "tui", "--library", str(seeds_library), "library", "list"],
            cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert ran.stderr == ""
    assert ran.returncode == 0


def test_arguments_that_are_no_utf_8_are_answered(seeds_library: Path) -> None:
    ran = subprocess.run(
        [os.fsencode(sys.executable), b"-m", b"tui", b"--library", os.fsencode(seeds_library), b"ask", b"Wh\xff\xfe?"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert b"Traceback" not in ran.stderr
    assert ran.returncode == 0
    assert b"Not in your articles" in ran.stdout


def test_ctrl_c_ends_an_answer_with_130(seeds_library: Path) -> None:
    with FakeLLM() as server:
        server.default = lambda _: Reply(["The talks ", "never"], stall_after=1)
        command = [
            "--library",
            str(seeds_library),
            "ask",
            ISTANBUL,
            "--model",
            "test",
            "--base-url",
            server.url,
            "--json",
        ]
        running = subprocess.Popen(
            [sys.executable, "-m", "tui", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert server.stalled.wait(60)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == ExitCode.INTERRUPTED, err
    assert json.loads(out)["complete"] is False
    assert "Traceback" not in err


def test_the_clock_of_the_library_is_its_own(seeds_library: Path) -> None:
    with engine_at(seeds_library) as engine:
        assert engine.today.isoformat() == "2026-02-05"


# re-scoring


def scored(body: dict[str, Any]) -> Reply:
    """Scores that turn the first three around."""
    asks = "Score every passage" in body["messages"][1]["content"]
    return Reply(["1: 1\n2: 2\n3: 3"] if asks else ["The talks are expected in Istanbul [1]."])


def test_search_asks_a_model_only_where_it_is_told_to(run: Any) -> None:
    with FakeLLM() as server:
        server.default = scored
        model = ("--model", "test", "--base-url", server.url, "--json")
        plain = run("search", ISTANBUL, *model)
        assert plain.json["rescored"] is None
        assert not server.requests
        assert "sent to" not in plain.err
        turned = run("search", ISTANBUL, *model, "--rerank", "llm")
        assert (turned.code, len(server.requests)) == (0, 1)
        assert (turned.json["rescored"]["model"], turned.json["rescored"]["host"]) == ("test", server.host)
        assert [hit["how"]["before"] for hit in turned.json["hits"][:4]] == [3, 2, 1, 4]
        assert [hit["text"] for hit in turned.json["hits"][:3]] == [h["text"] for h in plain.json["hits"][2::-1]]
        assert "to score" in turned.err
        words = run("search", ISTANBUL, *model, "--words-only")
        assert words.json["hits"]
        assert len(server.requests) == 1


def test_ask_and_eval_re_score_too_and_each_of_several_questions(run: Any, tmp_path: Path) -> None:
    with FakeLLM() as server:
        server.default = scored
        model = ("--model", "test", "--base-url", server.url, "--json", "--rerank", "llm")
        asked = run("ask", ISTANBUL, *model)
        assert asked.json["rescored"]["scored"] == 3
        assert asked.json["provenance"]["rerank_hash"] == asked.json["rescored"]["prompt_hash"]
        assert len(server.requests) == 2
        questions = jsonl(tmp_path / "questions.jsonl", [{"question": ISTANBUL}, {"question": "Who is Barrot?"}])
        several = run("search", "--questions", str(questions), *model)
        assert [json.loads(line)["rescored"]["scored"] for line in several.out.splitlines()] == [3, 3]
        fixture = {"id": "a", "question": ISTANBUL, "expect": {"status": "answered"}}
        assert run("eval", str(jsonl(tmp_path / "f.jsonl", [fixture])), *model).code == 0
        assert len(server.requests) == 6


def test_a_reader_is_told_before_passages_leave_this_machine(run: Any) -> None:
    with FakeLLM() as server:
        elsewhere = server.url.replace("127.0.0.1", "127.1")  # this machine, but not known as such
        model = ("--model", "test", "--base-url", elsewhere)
        line = f"passages of your articles are sent to {elsewhere.split('/')[2]}"
        assert line not in run("search", ISTANBUL, *model).err
        assert not server.requests
        told_ = run("search", ISTANBUL, *model, "--rerank", "llm").err.splitlines()
        assert told_[0] == line


def test_re_scoring_needs_a_model_and_more_than_words(run: Any) -> None:
    without = run("search", ISTANBUL, "--rerank", "llm")
    assert without.code == ExitCode.CONFIG
    assert "needs a model" in without.err
    assert "--model" in without.err
    both = run("search", ISTANBUL, "--rerank", "llm", "--words-only", "--model", "test")
    assert both.code == ExitCode.USAGE
    assert run("search", ISTANBUL, "--rerank", "on").code == ExitCode.USAGE


def test_config_and_the_app_take_the_setting(run: Any) -> None:
    shown = run("config", "--model", "test", "--json").json
    assert shown["rerank"] == {"value": "off", "from": "default"}
    options = app_options(["--model", "test", "--rerank", "llm"])
    assert options is not None
    assert options["rerank"] == "llm"
