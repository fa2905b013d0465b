"""``newsdesk quotes``: what is asked for, in which order, and as what it is printed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from qa import open_engine
from qa.cli import main
from qa.config import Config
from qa.ingest import ingest
from qa.quotes import quotes
from qa.types import Cancel, QuotesReport

ARTICLES = [
    {
        "id": "wire",
        "title": "Port reopens",
        "source": "Harbour Post",
        "date": "2026-02-03",
        "text": "Mayor Anna Kovac spoke. “The port was never really closed to ships,” Kovac said. A “green wave”.",
    },
    {
        "id": "copy",
        "title": "Port open again",
        "source": "Evening Mail",
        "date": "2026-02-02",
        "text": "“The port was never really closed to ships,” said Mayor Anna Kovac.",
    },
    {
        "id": "old",
        "title": "=1+1",
        "source": "@Source",
        "date": "2026-01-05",
        "text": "“=HYPERLINK is what we all got,” said Peter Lind of the taxes. “Nobody asked us about it,” he said.",
    },
    {"id": "undated", "title": "Notes", "source": "Notes", "text": "“We will see about that,” said Ümit Türk."},
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quotes")
    lines = folder / "articles.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in ARTICLES), encoding="utf-8")
    with open_engine(Config(library=folder / "library", timezone="UTC")) as engine:
        *_, report = ingest(engine, [lines], words_only=True)
        assert report.complete
    return folder / "library"


def asked(library: Path, cancel: Cancel | None = None, **wanted: object) -> QuotesReport:
    with open_engine(Config(library=library)) as engine:
        *_, report = quotes(engine, cancel=cancel, **wanted)  # type: ignore[arg-type]
    assert isinstance(report, QuotesReport)
    return report


def test_newest_first_and_copies_counted_once(library: Path) -> None:
    report = asked(library)
    told = [(one.article_id, one.speaker, one.outlets) for one in report.quotations]
    assert told == [
        ("wire", "Anna Kovac", 2),
        ("old", "Peter Lind", 1),
        ("old", "Peter Lind", 1),
        ("undated", "Ümit Türk", 1),
    ]
    assert (report.total, report.marked, report.articles) == (4, 1, 4)
    assert report.quotations[0].also_in == (("copy", "Evening Mail"),)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"by": "kovac"}, ["wire"]),
        ({"by": "mayor"}, ["wire"]),
        ({"by": "Umit Turk"}, ["undated"]),
        ({"by": "Lind", "about": "tax"}, ["old"]),
        ({"about": "closing ships"}, ["wire"]),
        ({"about": "ships taxes"}, []),
        ({"first": "2026-02-01"}, ["wire"]),
        ({"last": "2026-02-02"}, ["copy", "old", "old"]),
        ({"as_of": "2026-01-31"}, ["old", "old"]),
        ({"sources": ["Evening Mail"]}, ["copy"]),
        ({"k": 1}, ["wire"]),
        ({"everything": True, "by": ""}, ["wire", "wire", "old", "old", "undated"]),
    ],
)
def test_what_is_asked_for_is_found(library: Path, wanted: dict[str, object], ids: list[str]) -> None:
    assert [one.article_id for one in asked(library, **wanted).quotations] == ids


def test_what_is_left_out_is_counted(library: Path) -> None:
    report = asked(library, k=1)
    assert (len(report.quotations), report.total) == (1, 4)


def test_cancelled_it_ends_with_what_was_found(library: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    report = asked(library, cancel=cancel)
    assert (report.quotations, report.complete) == ((), False)


def test_text_for_a_terminal(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--library", str(library), "quotes", "--by", "Kovac"]) == 0
    out = capsys.readouterr().out
    assert "2026-02-03 · Anna Kovac (Mayor)" in out
    assert "“The port was never really closed to ships”" in out
    assert "Harbour Post · 2 outlets · wire text 25–66" in " ".join(out.split())
    assert "newest first" in out


def test_names_that_a_reader_says_mean_the_same(library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "newsdesk"
    folder.mkdir()
    (folder / "names.txt").write_text("Anna Kovac = Harbour Queen\n", encoding="utf-8")
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(folder))
    assert [one.article_id for one in asked(library, by="harbour queen").quotations] == ["wire"]


def test_nothing_found_says_what_was_searched(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--library", str(library), "quotes", "--by", "Nobody", "--about", "ships"]) == 0
    out = capsys.readouterr().out
    assert "4 articles, by “Nobody”, about “ships”" in " ".join(out.split())
    assert "No quotation found." in out


def test_json_has_exact_offsets(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--library", str(library), "quotes", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    texts = {one["id"]: one["text"] for one in ARTICLES}
    assert told["total"] == len(told["quotations"]) == 4
    for one in told["quotations"]:
        assert texts[one["article_id"]][one["start"] : one["end"]] == one["text"]


def test_csv_opens_in_spreadsheets_and_computes_nothing(
    library: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["--library", str(library), "quotes", "--csv"]) == 0
    out = capsysbinary.readouterr().out
    assert out.startswith(b"\xef\xbb\xbfdate,speaker,role,")
    assert out.count(b"\r\n") == 5
    rows = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig"), newline="")))
    assert [row["speaker"] for row in rows] == ["Anna Kovac", "Peter Lind", "Peter Lind", "Ümit Türk"]
    assert rows[1]["quotation"].startswith("'=HYPERLINK")
    assert (rows[1]["title"], rows[1]["source"]) == ("'=1+1", "'@Source")
    assert (rows[0]["start"], rows[0]["end"], rows[0]["outlets"]) == ("25", "66", "2")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--from", "2026-02-04", "--to", "2026-02-01"],
        ["--by", ","],
        ["--about", "the"],
        ["--csv", "--json"],
        ["--source", "Nowhere"],
        ["-k", "0"],
        ["--from", "never"],
    ],
)
def test_what_means_nothing_is_refused_with_a_remedy(
    library: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["--library", str(library), "quotes", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == "" or "error" in json.loads(told.out)
    assert len((told.err + told.out).strip()) > 20


def test_control_characters_never_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = tmp_path / "a.jsonl"
    text = "“Ships \x1b]52;c;eA==\x07and \x1b[2Jports are safe,” said Anna \u202eKovac."
    lines.write_text(json.dumps({"title": "T", "date": "2026-02-01", "text": text}), encoding="utf-8")
    with open_engine(Config(library=tmp_path / "library", timezone="UTC")) as engine:
        list(ingest(engine, [lines], words_only=True))
    for form in ([], ["--csv"], ["--json"]):
        assert main(["--library", str(tmp_path / "library"), "quotes", *form]) == 0
        out = capsys.readouterr().out
        assert "ports are safe" in out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
