"""Readers over files as real tools write them: browsers, wget, SingleFile, newsreaders, spreadsheets, note takers."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date
from pathlib import Path

import pytest

from qa.sources import Draft, format_of, of_bytes, read, read_file, walk
from qa.sources.opml import Listed, feeds
from qa.sources.raw import of_file
from qa.types import DatedBy, Problem

SAVED = Path(__file__).parent / "fixtures" / "sources"


def drafts(name: str) -> list[Draft]:
    return [item for item in read_file(SAVED / name, UTC) if isinstance(item, Draft)]


def only(name: str) -> Draft:
    (draft,) = drafts(name)
    return draft


def refused(path: Path) -> Problem:
    (problem,) = read_file(path, UTC)
    assert isinstance(problem, Problem)
    assert problem.fatal
    return problem


HARBOUR = "https://courier.example/2026/02/04/harbour-reopens"


# pages


@pytest.mark.parametrize("name", ["chromium.html", "wget.html"])
def test_a_saved_page_is_its_article_and_nothing_around_it(name: str) -> None:
    draft = only(name)
    assert (draft.title, draft.source, draft.url) == (
        "Harbour reopens after storm repairs",
        "The Lindau Courier",
        HARBOUR,
    )
    assert draft.published is not None
    assert (draft.published.iso, draft.published.day) == ("2026-02-04T23:30:00+01:00", date(2026, 2, 4))
    assert (draft.details.author, draft.details.language, draft.details.dated_by) == ("Ada Winter", "en", None)
    assert draft.text.startswith("The old harbour of Lindau opened again on Wednesday")
    assert "“We have put in 340 new piles, and none of them will move,” the harbour master" in draft.text
    assert "East | 200" in draft.text
    for around in ("Subscribe", "Cookie", "Ten soups", "reader42", "Ignore previous", "By Ada Winter", "---"):
        assert around not in draft.text


def test_a_page_of_singlefile_is_dated_by_its_article_and_keeps_when_it_was_saved() -> None:
    draft = only("singlefile.html")
    assert (draft.title, draft.source, draft.url) == (
        "Fähre fährt wieder",
        "Seeblatt",
        "https://seeblatt.example/politik/faehre",
    )
    assert draft.published is not None
    assert draft.published.iso == "2026-02-03T18:05:00+01:00"
    assert draft.details.fetched == "2026-02-05T10:11:12+01:00"
    assert draft.details.language == "de"
    assert "base64" not in draft.text


def test_an_archive_of_a_browser_is_its_page() -> None:
    draft = only("chromium.mhtml")
    assert (draft.title, draft.url) == ("Harbour reopens after storm repairs", HARBOUR)
    assert "the harbour master, Jonas Keller, told the council" in draft.text
    assert "“We have put in 340 new piles" in draft.text
    assert draft.details.fetched == "2026-11-22T16:49:20+00:00"
    assert draft.published is not None
    assert draft.published.day == date(2026, 2, 4)


def test_an_old_page_in_tables_and_in_the_encoding_of_windows() -> None:
    draft = only("tables-1252.html")
    assert draft.title == "Bridge closed for a month"
    assert draft.published is not None
    assert draft.published.day == date(2026, 2, 4)
    assert draft.details.dated_by is DatedBy.DATELINE
    assert "“Nobody was hurt, and that is what counts,” said the mayor’s office" in draft.text
    assert "€900,000" in draft.text
    assert draft.replaced == 0


def test_a_title_without_what_a_site_adds_and_an_address_that_is_whole() -> None:
    page = (SAVED / "wget.html").read_text(encoding="utf-8")
    assert "<h1" in page
    added = re.sub(r"<title>[^<]*</title>|<meta[^>]*(?:og|twitter):title[^>]*>", "", page)
    added = re.sub(r'<script type="application/ld.json">.*?</script>', "", added, flags=re.S)
    added = added.replace("</head>", "<title>Harbour reopens after storm repairs - Courier Online</title></head>")
    added = re.sub(r'<link rel="canonical"[^>]*>', '<link rel="canonical" href="/relative">', added)
    added = re.sub(r'<meta name="author"[^>]*>', '<meta name="author" content="By Ada Winter">', added)
    added = added.replace("</head>", '<meta property="og:url" content="https://courier.example/whole"></head>')
    (found,) = read(of_bytes("stdin", added.encode()), UTC, "html")
    assert isinstance(found, Draft)
    assert found.title == "Harbour reopens after storm repairs"
    assert (found.url or "").startswith("https://courier.example/")
    assert not (found.details.author or "").startswith("By")


def test_a_page_packed_with_gzip_is_unpacked(tmp_path: Path) -> None:
    for name in ("page.html.gz", "page.html"):
        path = tmp_path / name
        path.write_bytes(gzip.compress((SAVED / "wget.html").read_bytes()))
        (draft,) = read_file(path, UTC)
        assert isinstance(draft, Draft)
        assert draft.url == HARBOUR


def test_a_page_called_txt_is_read_as_a_page(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes((SAVED / "wget.html").read_bytes())
    (draft,) = read_file(path, UTC)
    assert isinstance(draft, Draft)
    assert draft.source == "The Lindau Courier"
    assert "<p>" not in draft.text


def test_what_a_browser_saves_beside_a_page_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Harbour_files").mkdir()
    for name in ("Harbour.html", "Harbour_files/frame.html", "Harbour_files/ads.txt", "other_files.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in walk([tmp_path]).files] == ["Harbour.html", "other_files.txt"]


# documents


def test_a_pdf_keeps_its_pages() -> None:
    draft = only("reportlab.pdf")
    assert (draft.title, draft.details.author) == ("Harbour special: what the storm left", "Ada Winter")
    assert len(draft.details.pages) == 3
    for number, words in enumerate(["storm came over", "second crack", "Ferries to Bregenz"], 1):
        assert draft.details.page_of(draft.text.index(words)) == number
    assert "Lindau Courier" not in draft.text  # the same at the foot of each page
    assert draft.published is None  # when the file was made is no date of its words
    assert draft.details.fetched is not None


def test_a_page_printed_by_a_browser_is_told_in_paragraphs() -> None:
    draft = only("chromium.pdf")
    assert (
        "after eleven weeks of repairs to the pier that the November storm had broken.\n“We have put in" in draft.text
    )
    assert draft.details.page_of(0) == 1


def test_a_scan_without_text_says_so() -> None:
    problem = refused(SAVED / "scan.pdf")
    assert "2 page(s) are pictures" in problem.message
    assert "ocrmypdf" in problem.message


# tables


def test_a_table_of_excel_with_semicolons_in_the_encoding_of_windows() -> None:
    note, fog, cafe = read_file(SAVED / "excel-semicolon.csv", UTC)
    assert isinstance(note, Problem)
    assert "Windows-1252" in note.message
    assert not note.fatal
    assert isinstance(fog, Draft)
    assert isinstance(cafe, Draft)
    assert fog.published is not None
    assert (fog.title, fog.published.day, fog.url) == (
        "Fog over the lake",
        date(2026, 2, 4),
        "https://seeblatt.example/fog",
    )
    assert fog.text == "Fog kept the ferries in; all of them.\n“We saw nothing,” a captain said."
    assert (cafe.title, fog.line, cafe.line) == ("Café opens again", 2, 4)


def test_a_table_tells_by_one_of_its_days_which_number_is_the_month() -> None:
    fog, bridge = drafts("excel-bom.csv")
    assert fog.published is not None
    assert bridge.published is not None
    assert (fog.published.iso, bridge.published.iso) == ("2026-02-13", "2026-02-04")
    assert bridge.text == 'A ship struck the "middle" pillar in the night.'


def test_a_day_that_can_be_two_leaves_its_row_undated(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,date\nOne.,04/02/2026\n")
    (draft,) = read_file(path, UTC)
    assert isinstance(draft, Draft)
    assert draft.published is None
    assert "04/02/2026" in draft.notes[0]


def test_a_table_as_excel_saves_unicode_text() -> None:
    draft = only("excel-unicode.tsv")
    assert draft.published is not None
    assert (draft.title, draft.published.iso) == ("Fog over the lake", "2026-02-04")


def test_a_table_without_texts_is_refused_with_the_names_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Title,Price\nA,3\n")
    assert "Title, Price" in refused(path).message
    path.write_text("text,title\n,Empty\n")
    assert refused(path).line == 2


# notes


@pytest.mark.parametrize(
    ("name", "title", "iso", "source", "url", "author"),
    [
        (
            "obsidian.md",
            "Harbour reopens after storm repairs",
            "2026-02-04",
            "courier.example",
            HARBOUR,
            "Ada Winter, Jonas Keller",
        ),
        ("hugo.md", "Two new ferries", "2026-02-04T10:00:00+01:00", None, None, "Jonas Keller"),
        (
            "zotero.md",
            "What the divers found",
            "2026-02-03",
            "Lake Letters",
            "https://lakeletters.example/p/what-the-divers-found",
            "Ada Winter",
        ),
    ],
)
def test_front_matter_of_note_takers(
    name: str, title: str, iso: str, source: str | None, url: str | None, author: str
) -> None:
    draft = only(name)
    assert draft.published is not None
    assert (draft.title, draft.published.iso, draft.source, draft.url, draft.details.author) == (
        title,
        iso,
        source,
        url,
        author,
    )
    assert "---" not in draft.text
    assert "+++" not in draft.text


# feeds


@pytest.mark.parametrize(
    ("name", "title", "source", "author", "words", "not_words"),
    [
        (
            "wordpress.xml",
            "Ferry & fog: boats stay in",
            "The Lindau Courier",
            "Ada Winter",
            "“We saw nothing,” said a captain.",
            "appeared first",
        ),
        ("substack.xml", "What the divers found", "Lake Letters", "Ada Winter", "a third more", "<p>"),
        ("ghost.xml", "Two new ferries for the lake", "Pier Post", "Jonas Keller", "19 million euros", "tracking"),
        ("github.atom", "Ferrytimes 2.0", "Release notes from ferrytimes", "adawinter", "harbour's own table", "&lt;"),
        ("feed.json", "Buses instead of trains", "Reutin Notes", "Mira Brandt", "They take bicycles", "<p>"),
    ],
)
def test_feeds(name: str, title: str, source: str, author: str, words: str, not_words: str) -> None:
    draft = drafts(name)[0]
    assert (draft.title, draft.source, draft.details.author, draft.details.excerpt) == (title, source, author, False)
    assert words in draft.text
    assert not_words not in draft.text
    assert draft.published is not None
    assert draft.published.day == date(2026, 2, 4)
    assert draft.item


def test_an_item_that_holds_only_the_beginning_says_so() -> None:
    _, beginning = drafts("wordpress.xml")
    assert beginning.details.excerpt
    assert beginning.text == "It began […]"


def test_lists_of_feeds() -> None:
    assert feeds(of_file(SAVED / "feedly.opml")) == [
        Listed("https://courier.example/feed/", "The Lindau Courier"),
        Listed("https://pierpost.example/rss/", "Pier Post"),
    ]
    assert feeds(of_file(SAVED / "netnewswire.opml")) == [
        Listed("https://reutin.example/feed.json", "Reutin Notes"),
        Listed("https://lakeletters.example/feed", "Lake & Letters"),
    ]
    (told,) = read_file(SAVED / "feedly.opml", UTC)
    assert isinstance(told, Problem)
    assert not told.fatal


def test_in_a_folder_only_feeds_are_read_of_files_of_any_kind(tmp_path: Path) -> None:
    for name, words in {"a.xml": "<rss version='2.0'></rss>", "b.xml": "<project/>", "c.json": '{"name": 1}'}.items():
        (tmp_path / name).write_text(words)
    (tmp_path / "d.json").write_bytes((SAVED / "feed.json").read_bytes())
    found = walk([tmp_path])
    assert [path.name for path in found.files] == ["a.xml", "d.json"]
    assert found.skipped == 2


# what comes without a name


def test_standard_input_is_read_as_the_format_that_is_named_or_seen() -> None:
    page = (SAVED / "wget.html").read_bytes()
    for named in ("html", "", "txt"):
        (draft,) = read(of_bytes("stdin", page), UTC, named)
        assert isinstance(draft, Draft)
        assert draft.source == "The Lindau Courier"
    (problem,) = read(of_bytes("stdin", b"\x00\x01\x02"), UTC)
    assert isinstance(problem, Problem)
    assert "nothing that can be read" in problem.message


@pytest.mark.parametrize(
    ("data", "kind"),
    [('{"text": "One."}\n{"text": "Two."}\n', "jsonl"), ('{"text": "One."}', "jsonl"), ('[{"text": "One."}]', "json"),
     ('{\n "articles": [\n{"text": "One."}]}', "json"), ("{ no JSON at all", ""), ("One. Two.", "")],
)  # fmt: skip
def test_json_is_seen_where_nothing_names_it(data: str, kind: str) -> None:
    raw = of_bytes("stdin", data.encode())
    assert format_of(raw) == kind
    found = list(read(raw, UTC))
    assert isinstance(found[0], Draft) == bool(kind)
    if not kind:
        assert isinstance(found[0], Problem)
        assert "say which with --format" in found[0].message


def test_folders_that_programs_fill_are_passed_over(tmp_path: Path) -> None:
    for name in ("node_modules/package", "__MACOSX", "news"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "README.md").write_text("# Words\n\nOf somebody.")
    assert [path.parent.name for path in walk([tmp_path]).files] == ["news"]


def test_patterns_name_files(tmp_path: Path) -> None:
    for name in ("a.html", "b.html", "c.txt", "sub/d.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [path.name for path in walk([tmp_path / "*.html"]).files] == ["a.html", "b.html"]
    assert [path.name for path in walk([tmp_path / "**" / "*.html"]).files] == ["a.html", "b.html", "d.html"]
    assert "no such file" in walk([tmp_path / "*.pdf"]).problems[0].message
