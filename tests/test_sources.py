"""Readers: the seeds byte for byte, Markdown, JSON Lines, and everything that is not what it should be."""

from __future__ import annotations

import json
import os
from datetime import UTC, date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.resources import resource_folder
from qa.sources import Draft, known_types, of_file, read_file, reader_version, walk
from qa.sources.draft import MAX_TEXT
from qa.types import Problem

SEEDS = resource_folder("seeds")


def read(path: Path) -> list[Draft | Problem]:
    return list(read_file(path, UTC))


def only(path: Path) -> Draft:
    (draft,) = read(path)
    assert isinstance(draft, Draft)
    return draft


def refused(path: Path) -> Problem:
    (problem,) = read(path)
    assert isinstance(problem, Problem)
    assert problem.fatal
    return problem


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# the seed format


def test_the_seed_without_a_title_gets_its_first_sentence() -> None:
    path = SEEDS / "000_cc44b59554bf2358.txt"
    draft = only(path)
    assert draft.published is not None
    assert (draft.published.iso, draft.published.day) == ("2026-01-27", date(2026, 1, 27))
    assert draft.text == path.read_text(encoding="utf-8").removeprefix(" date 2026-01-27 ").strip()
    assert draft.title == (
        "Turkish Foreign Minister Hakan Fidan on Tuesday underlined the importance of coming together with France…"
    )
    assert (draft.source, draft.url, draft.key, draft.line, draft.notes) == (None, None, None, None, ())


def test_the_seed_with_a_failed_fetch_says_what_was_dropped() -> None:
    path = SEEDS / "004_575e6e8bb72ff6fb.txt"
    draft = only(path)
    assert draft.published is not None
    assert draft.published.iso == "2026-02-04"
    assert draft.title == "French FM Backs Diplomatic Efforts for Upcoming US-Iran Negotiations"
    assert draft.source == "MENAFN"
    assert draft.text == path.read_text(encoding="utf-8").partition("(MENAFN) ")[2].strip()
    assert draft.notes == (
        "dropped '403' of a failed fetch after the date",
        "took '(MENAFN)' before the first sentence as the source",
    )


LONG = "A sentence of the article that goes on for rather more than a hundred characters, as paragraphs in news do. "


@pytest.mark.parametrize(
    ("text", "title", "body", "day", "source"),
    [
        (f" date 2026-02-04 404 Not Found\nA headline\n{LONG}", "A headline", LONG.strip(), "2026-02-04", None),
        (f"date: 2026-02-04\nA headline\n\n{LONG}", "A headline", LONG.strip(), "2026-02-04", None),
        (f" date 2026-02-04 502\r\nA headline\r\n{LONG}", "A headline", LONG.strip(), "2026-02-04", None),
        (f"A headline\n\n(AP) — {LONG}", "A headline", LONG.strip(), None, "AP"),
        (f" date 2026-02-30 A headline\n{LONG}", "A headline", LONG.strip(), None, None),
        (f" date 2026-02-04T22:30:00Z {LONG}", None, LONG.strip(), "2026-02-04", None),
        (
            f" date 2026-02-04 500 Migrants Rescued Off Crete\n{LONG}",
            "500 Migrants Rescued Off Crete",
            LONG.strip(),
            "2026-02-04",
            None,
        ),
        (
            "The minister said on\nTuesday that the talks would\ngo on. He then left for\nParis, where he lives.",
            "The minister said on Tuesday that the talks would go on.",
            "The minister said on\nTuesday that the talks would\ngo on. He then left for\nParis, where he lives.",
            None,
            None,
        ),
        ("A headline\n\nA short text that\nis wrapped by\nhand, all of it.", "A headline", None, None, None),
        ("A headline\nFirst point.\nSecond point.\nThird point.", "A headline", None, None, None),
        ("One line alone", "One line alone", "One line alone", None, None),
    ],
)
def test_plain_text(
    tmp_path: Path, text: str, title: str | None, body: str | None, day: str | None, source: str | None
) -> None:
    draft = only(written(tmp_path / "a.txt", text))
    assert title is None or draft.title == title
    assert body is None or draft.text == body
    assert (draft.published.day.isoformat() if draft.published else None) == day
    assert draft.source == source


def test_a_date_that_does_not_exist_leaves_the_article_undated_and_is_told(tmp_path: Path) -> None:
    draft = only(written(tmp_path / "a.txt", f" date 2026-02-30 {LONG}"))
    assert draft.published is None
    assert draft.notes == ("the date '2026-02-30' cannot be read or does not exist; kept undated",)


# Markdown


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: Talks begin\ndate: 2026-02-04\nsource: AFP\nurl: https://www.example.com/a\nid: "007"\n---\nText.',
        "---\r\nTitle: Talks begin\r\nDate: 2026-02-04\r\nSource: AFP\r\nurl: https://www.example.com/a\r\n"
        "id: 007\r\n---\r\nText.",
        "\ufeff---\ntitle: Talks begin\npublished: 4 February 2026\nsource: AFP\nurl: https://www.example.com/a\n"
        "id: 007\n...\n\nText.\n",
        "---\npublished_at: 2026-02-04\nsource: AFP\nurl: https://www.example.com/a\nid: 007\n---\n"
        "# Talks begin #\nText.",
        "---\ntitle:\ndate: null\npublished: February 4, 2026\nsource: AFP\nurl: https://www.example.com/a\n"
        "id: 007\n---\n\n## Talks begin\n\nText.",
    ],
    ids=["plain", "CRLF", "BOM", "heading", "empty fields"],
)
def test_markdown_with_front_matter(tmp_path: Path, text: str) -> None:
    draft = only(written(tmp_path / "a.md", text))
    assert draft.published is not None
    assert draft.published.day == date(2026, 2, 4)
    assert (draft.title, draft.text, draft.source) == ("Talks begin", "Text.", "AFP")
    assert (draft.url, draft.key) == ("https://www.example.com/a", "007")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# Talks begin\n\nText.", "Talks begin", "Text."),
        ("Text without anything.", "Text without anything.", "Text without anything."),
        ("---\n---\nText.\n\n---\n\nMore.", "Text.", "Text.\n\n---\n\nMore."),
        ("---\ntitle: No\n---\nText.", "No", "Text."),
        ("#\nText.", "#", "#\nText."),
        ("# " + "a " * 5_000 + "\t" * 5_000 + "x\nText.", None, "Text."),
    ],
)
def test_markdown_titles(tmp_path: Path, text: str, title: str | None, body: str) -> None:
    draft = only(written(tmp_path / "a.md", text))
    assert title is None or draft.title == title
    assert draft.text == body
    assert len(draft.title) <= 401
    assert draft.published is None


def test_markdown_with_a_date_that_does_not_exist_is_kept_undated(tmp_path: Path) -> None:
    draft = only(written(tmp_path / "a.md", "---\ntitle: Talks\ndate: 2026-02-30\n---\nText."))
    assert (draft.title, draft.published) == ("Talks", None)
    assert "2026-02-30" in draft.notes[0]


@pytest.mark.parametrize(
    "front", ["title: [unclosed", "- a\n- list", "just words", "a: *nothing", "title: " + "[" * 5_000]
)
def test_front_matter_that_is_none_is_refused_with_a_remedy(tmp_path: Path, front: str) -> None:
    problem = refused(written(tmp_path / "a.md", f"---\n{front}\n---\nText."))
    assert "front matter" in problem.message
    assert "correct the lines between ---" in problem.message
    assert "\n" not in problem.message


def test_escape_sequences_in_front_matter_are_cut(tmp_path: Path) -> None:
    assert only(written(tmp_path / "a.md", "---\ntitle: Ta\x1b[31mlks\x07\n---\nText.")).title == "Talks"


# JSON Lines


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "2026-02-04", "text": "Text."},
        {"published": "2026-02-04T10:00:00Z", "body": "Text."},
        {"published_at": "Wed, 04 Feb 2026 10:00:00 GMT", "text": "", "body": "Text."},
        {"date": "", "published": "4 February 2026", "text": "Text.", "body": "unused"},
        {"date": 20260204, "text": " Text.\n"},
    ],
)
def test_json_lines_with_any_of_the_field_names(tmp_path: Path, fields: dict[str, object]) -> None:
    line = {"id": 7, "title": "Talks", "source": "AFP", "url": "http://example.com/a"} | fields
    draft = only(written(tmp_path / "a.jsonl", json.dumps(line)))
    assert draft.published is not None
    assert draft.published.day == date(2026, 2, 4)
    assert (draft.key, draft.title, draft.source, draft.text, draft.line) == ("7", "Talks", "AFP", "Text.", 1)


def test_what_is_missing_in_json_is_worked_out_or_left_empty(tmp_path: Path) -> None:
    draft = only(written(tmp_path / "a.jsonl", '{"url": "https://www.bbc.co.uk/x", "text": "He left. She stayed."}'))
    assert (draft.title, draft.source, draft.key, draft.published) == ("He left.", "bbc.co.uk", None, None)


BAD_LINES = [
    ("{broken", "not JSON"),
    ('["a list"]', "not a JSON object"),
    ('"a text"', "not a JSON object"),
    ('{"title": "no text"}', 'no "text"'),
    ('{"text": {"an": "object"}}', '"text" is not a text'),
    ('{"text": [[{"an": "object"}]]}', '"text" is not a text'),
    ('{"text": true}', '"text" is not a text'),
    ('{"text": "x", "id": {"a": 1}}', '"id" is not a text'),
    ('{"text": " \\u200b\\n "}', "no text in it"),
    ("[" * 100_000, "not JSON"),
    ('{"text": 1' + "0" * 5_000 + "}", "not JSON"),
    (json.dumps({"text": "long " * (MAX_TEXT // 5 + 1)}), "split it"),
    (b'{"text": "caf\xe9"}', "not UTF-8"),
]


@pytest.mark.parametrize(
    ("line", "message"), BAD_LINES, ids=[message + str(n) for n, (_, message) in enumerate(BAD_LINES)]
)
def test_a_bad_line_is_named_by_its_number_and_the_others_are_read(
    tmp_path: Path, line: str | bytes, message: str
) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    good = [b'{"id": "%d", "text": "Good."}' % n for n in (1, 2)]
    first, bad, last = read(written(tmp_path / "a.jsonl", b"\n".join([good[0], b"", raw, good[1]])))
    assert isinstance(first, Draft)
    assert isinstance(last, Draft)
    assert isinstance(bad, Problem)
    assert (first.key, bad.line, last.key, last.line) == ("1", 3, "2", 4)
    assert message in bad.message


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://example.com:99999/",
        "https://example.com:port/",
        "javascript:alert(1)",
        "file:///a",
        "//x",
        "http://",
    ],
)
def test_a_link_that_is_none_is_dropped_and_told(tmp_path: Path, url: str) -> None:
    draft = only(written(tmp_path / "a.jsonl", json.dumps({"url": url, "text": "Text."})))
    assert (draft.url, draft.source) == (None, None)
    assert draft.notes == ("dropped a link that is no http or https address",)


def test_hostile_fields_are_cleaned(tmp_path: Path) -> None:
    nasty = "A\x1b[2J\u202e\x00 b\ud800\n c"
    draft = only(
        written(tmp_path / "a.jsonl", json.dumps(dict.fromkeys(("title", "source", "id", "text", "date"), nasty)))
    )
    assert draft.title == draft.source == draft.key == "A b\ufffd c"
    assert draft.text == "A b\ufffd\n c"
    assert draft.published is None
    assert any("cannot be read" in note and "\x1b" not in note for note in draft.notes)


def test_a_title_without_end_is_cut_between_words(tmp_path: Path) -> None:
    title = only(written(tmp_path / "a.jsonl", json.dumps({"title": "word " * 200, "text": "x"}))).title
    assert title.endswith("word…")
    assert len(title) <= 401


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
FIELDS = st.sampled_from("id title date published published_at source url text body".split())


@given(st.lists(st.dictionaries(FIELDS, JSON, max_size=6), max_size=5))
def test_whatever_the_lines_hold_each_is_an_article_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    found = read(written(path, "\n".join(map(json.dumps, rows)) or " "))
    assert [item.line for item in found] == (list(range(1, len(rows) + 1)) or [None])


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_whatever_the_bytes_are_reading_ends_in_articles_or_problems(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    for suffix in (".txt", ".md", ".jsonl"):
        for item in read(written(tmp_path_factory.getbasetemp() / f"any{suffix}", data)):
            assert isinstance(item, Problem) or item.text


# files that are not what they should be


@pytest.mark.parametrize("suffix", [".txt", ".md", ".jsonl"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\x7fELF\x00\x01\x02" * 100, "binary"),
        ("Müller said no.\n".encode("latin-1"), "not UTF-8"),
        (b"good \xff\xfe bad\n", "not UTF-8"),
    ],
    ids=["empty", "binary", "Latin-1", "broken UTF-8"],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, suffix: str, data: bytes, message: str) -> None:
    problem = refused(written(tmp_path / f"a{suffix}", data))
    assert message in problem.message
    assert problem.path == str(tmp_path / f"a{suffix}")


def test_white_space_alone_is_no_article(tmp_path: Path) -> None:
    assert "no text" in refused(written(tmp_path / "a.txt", " \n\n")).message
    assert "empty" in refused(written(tmp_path / "a.jsonl", "\n \n")).message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_byte_order_mark_is_understood(tmp_path: Path, encoding: str) -> None:
    data = f"Überschrift\r\n\r\n{LONG}".encode(encoding)
    draft = only(written(tmp_path / "a.txt", data))
    assert (draft.title, draft.text) == ("Überschrift", LONG.strip())
    assert only(written(tmp_path / "a.jsonl", '{"text": "é"}'.encode("utf-8-sig"))).text == "é"


def test_utf_16_json_lines_are_refused_with_a_remedy(tmp_path: Path) -> None:
    assert "iconv" in refused(written(tmp_path / "a.jsonl", '{"text": "é"}\n'.encode("utf-16"))).message


@pytest.mark.parametrize("suffix", [".txt", ".md", ".jsonl"])
def test_a_line_of_fifty_megabytes_is_refused(tmp_path: Path, suffix: str) -> None:
    problem = refused(written(tmp_path / f"a{suffix}", b"x" * 50_000_000))
    assert "50,000,000 bytes" in problem.message


def test_after_an_endless_line_the_next_one_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", b"x" * 20_000_000 + b'\n{"text": "Good."}')
    problem, draft = read(path)
    assert isinstance(problem, Problem)
    assert isinstance(draft, Draft)
    assert (problem.line, draft.line, draft.text) == (1, 2, "Good.")


def test_a_file_that_vanished_is_a_problem(tmp_path: Path) -> None:
    for suffix in (".txt", ".jsonl"):
        assert "No such file" in refused(tmp_path / f"gone{suffix}").message


# folders


def test_walking_takes_known_files_in_order_and_passes_over_the_rest(tmp_path: Path) -> None:
    for name in ("b.txt", "a.MD", "c.jsonl", ".hidden.txt", "d.docx", "e", "sub/f.txt", ".git/g.txt", "sub/.h/i.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        written(tmp_path / name, "x")
    found = walk([tmp_path, tmp_path / "b.txt", tmp_path / "sub"])
    assert [str(path.relative_to(tmp_path)) for path in found.files] == ["a.MD", "b.txt", "c.jsonl", "sub/f.txt"]
    assert (found.skipped, found.problems) == (2, ())


def test_a_hidden_folder_named_by_its_reader_is_read(tmp_path: Path) -> None:
    (tmp_path / ".news").mkdir()
    path = written(tmp_path / ".news" / "a.txt", "x")
    assert walk([tmp_path / ".news"]).files == (path,)


def test_links_are_followed_once_and_loops_end(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "x")
    (tmp_path / "again.txt").symlink_to(path)
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "broken.txt").symlink_to(tmp_path / "nowhere")
    assert walk([tmp_path]).files == (path,)
    (problem,) = walk([tmp_path / "loop.txt"]).problems
    assert "no such file" in problem.message


@pytest.mark.parametrize("name", ["missing.txt", "a" * 5_000, "~nobody-of-this-name/a.txt", "nul\0.txt", ""])
def test_an_argument_that_is_nowhere_is_a_problem(tmp_path: Path, name: str) -> None:
    argument = Path(name) if name.startswith("~") else tmp_path / "nowhere" / name
    (problem,) = walk([argument]).problems
    assert "no such file or folder" in problem.message
    assert problem.fatal


def test_an_unknown_type_is_named_with_the_known_ones(tmp_path: Path) -> None:
    (problem,) = walk([written(tmp_path / "a.docx", "x")]).problems
    assert ".docx" in problem.message
    assert {".txt", ".md", ".html", ".pdf", ".jsonl", ".csv", ".opml", ".rss"} <= set(known_types().split(", "))
    assert known_types() in problem.message
    assert "without an ending" in walk([written(tmp_path / "README", "x")]).problems[0].message


def test_a_pipe_is_no_article(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert walk([tmp_path]).files == ()
    assert "not a file" in walk([tmp_path / "pipe.txt"]).problems[0].message


def test_a_name_that_is_not_utf_8_is_a_problem(tmp_path: Path) -> None:
    try:
        written(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")), "x")
    except OSError:
        pytest.skip("this file system takes no such name")
    found = walk([tmp_path])
    assert found.files == ()
    assert "not UTF-8; rename it" in found.problems[0].message


def test_each_reader_says_its_version(tmp_path: Path) -> None:
    names = [f"a{suffix}" for suffix in (".txt", ".md", ".markdown", ".jsonl", ".NDJSON")]
    versions = [reader_version(of_file(written(tmp_path / name, "x"))) for name in names]
    assert versions[1] == versions[2] != versions[0]
    assert versions[3] == versions[4]


def test_a_time_falls_on_its_day_in_the_librarys_zone(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"date": "2026-02-04T22:30:00Z", "text": "x"}')
    (draft,) = read_file(path, ZoneInfo("Europe/Istanbul"))
    assert isinstance(draft, Draft)
    assert draft.published is not None
    assert draft.published.day == date(2026, 2, 5)
