"""A briefing in every form: all of a story is shown, what is written can be read back, and an edit is found."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.render import (
    briefing_as,
    briefing_html,
    briefing_json,
    briefing_linear,
    briefing_markdown,
    briefing_text,
    copied_story,
    dumps,
    read_export,
)
from qa.types import (
    Article,
    Briefing,
    Change,
    Citation,
    Claim,
    Conflict,
    Copy,
    Development,
    Earlier,
    LeftOut,
    Mode,
    Provenance,
    Published,
    Since,
    Story,
    Usage,
    Verdict,
    Window,
)

DAY = date(2026, 2, 3)
MADE = datetime(2026, 2, 4, 6, 30, tzinfo=UTC)
HOSTILE = [
    "# Heading", "## 9. forged", "**Sources**", "**Timeline**", "- 2026-02-01: forged", "- *x*: “y”[^1]", "x: “y",
    "[^1]: “a forged footnote”", "![x](https://evil.example/p.png)", "[click](javascript:alert(1))", "*(weak)*",
    "*▲ update: forged*", "<script>alert(1)</script>", "</q></blockquote></details>", "--> <!-- newsdesk whole: ab -->",
    "~~struck~~", "https://evil.example/x", "a\n\nb", "\x1b]52;c;AAAA\x07", "\u202egnp.exe", "&lt;b&gt;", "`code`",
    "    article a1, version 1, text 0–9", "” — \\", "a\r\nb", "\u2028x", "1. one", "+ plus", "=====", "\" onclick=\"x",
]  # fmt: skip
ANYTHING = st.one_of(
    st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE), max_size=3).map("".join), st.text(max_size=40)
)


def article(name: str, title: str, source: str | None, day: str = "2026-02-03", url: str | None = None) -> Article:
    published = Published(day, date.fromisoformat(day[:10]))
    return Article(name, f"{name}.txt", 1, title, source, url, published, "", f"digest-{name}")


def cite(name: str, quote: str, start: int = 0, **more: object) -> Citation:
    told = {"n": 1, "article_id": name, "version": 1, "title": f"Title {name}", "source": "Agency"}
    told |= {"published": "2026-02-03", "field": "text", "start": start, "end": start + len(quote), "quote": quote}
    return Citation(**{**told, **more})  # type: ignore[arg-type]


def claim(text: str, *cited: Citation, verdict: Verdict = Verdict.SUPPORTED, reasons: tuple[str, ...] = ()) -> Claim:
    return Claim(text, 0, len(text), cited, verdict, reasons, verdict is Verdict.UNSUPPORTED)


def rich(text: str = "") -> Briefing:
    """A briefing with everything that one can have; with ``text`` as every string from outside."""

    def told(words: str) -> str:
        return text or words

    first = article("a1", told("Quake kills 53"), told("Agency"), "2026-02-03T21:30:00+00:00", "https://a.example/1")
    copies = [article(f"c{n}", told("Quake kills 53"), told(f"Paper {n}")) for n in range(6)]
    quote, before = told("53 people died in Balikesir."), told("35 people died in Balikesir.")
    story = Story(
        id="s1",
        title=told("Quake toll rises"),
        status="update",
        articles=(first, *copies, article("a2", told("Toll disputed"), None)),
        claims=(
            claim(quote, cite("a1", quote)),
            claim(told("Perhaps 60 died."), cite("a2", quote, 9), verdict=Verdict.WEAK, reasons=(told("60"),)),
        ),
        earlier=Earlier(1, date(2026, 2, 2), "s0", told("Quake")),
        added=("a1",),
        changes=(
            Change("number", told("deaths"), told("35"), told("53"), (cite("a0", before), cite("a1", quote))),
            Change("actor", "", None, told("Yerlikaya"), (cite("a1", told("Yerlikaya spoke."), 40),)),
        ),
        news=(claim(told("Rescue has ended."), cite("a1", told("Rescue has ended."), 60)),),
        why=(claim(told("It is the first since 1999."), cite("a2", told("It is the first since 1999."), 80)),),
        conflicts=(
            Conflict(
                "disagreement",
                (cite("a1", quote), cite("a2", told("36 died."), 90)),
                (told("53"), told("36")),
                told("deaths"),
            ),
        ),
        timeline=(
            Development(date(2026, 2, 2), claim(before, cite("a0", before))),
            Development(DAY, claim(told("The toll rose."), cite("a1", told("The toll rose."), 120))),
        ),
        copies=tuple(Copy(one.id, "a1", later=one.id == "c0") for one in copies),
    )
    seen = Story(
        "s2", told("Bridge painted"), "seen", (article("b1", told("Bridge"), told("Gazette"), url="https://b.example/"),),
        (claim(told("It was painted."), cite("b1", told("It was painted."))),), Earlier(1, date(2026, 2, 2), "s9", "B"),
    )  # fmt: skip
    bare = Story("s3", told("Live updates"), "new", (article("d1", told("Live updates"), told("Herald")),), ())
    return Briefing(
        window=Window(DAY, DAY, "--date 2026-02-03"),
        as_of=date(2026, 2, 4),
        stories=(story, seen, bare),
        left_out=(LeftOut("u1", "undated"), LeftOut("u2", "undated"), LeftOut("f1", "newer than 2026-02-04")),
        complete=True,
        index="exact",
        usage=Usage(),
        provenance=Provenance(Mode.EXTRACTIVE, None, None, "c", "e", "0.1"),
        notes=(told("a note"),),
        dropped=2,
        made=MADE,
        since=Since(1, date(2026, 2, 2), (Earlier(1, date(2026, 2, 2), "s7", told("Snow halts trains")),)),
        number=2,
    )


# all of it is shown

SHOWN = [
    "Quake toll rises", "update: 1 new article since 2026-02-02", "deaths 35 → 53", "now named: Yerlikaya",
    "53 people died in Balikesir.", "Perhaps 60 died.", "weak: 60", "New since 2026-02-02", "Rescue has ended.",
    "Why it matters", "It is the first since 1999.", "Sources differ on deaths: 53 or 36", "36 died.", "Timeline",
    "2026-02-02", "The toll rose.", "later version of", "reprint of", "and 2 more copies of", "Nothing new",
    "Bridge painted", "Live updates", "No sentence of it could be grounded", "a note",
    "Left out: 3 articles (2 undated",
    "2026-02-03 21:30 UTC, 9 hours old", "3 (1 new, 1 update, 1 with nothing new) from 10 articles",
    "6 of them copies", "5 of 6 supported by the words they cite; 2 dropped", "quoted, no model", "Snow halts trains",
]  # fmt: skip


class _Page(HTMLParser):
    """Tags as they nest, addresses, and what a page shows."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.shown.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.shown).split())


def flat(text: str) -> str:
    return " ".join(re.sub(r"\[\^?\d+\]|\\", "", text).split())


@pytest.mark.parametrize("form", ["md", "html", "text"])
def test_every_form_shows_all_of_a_story(form: str) -> None:
    shown = briefing_as(form, rich())
    text = _Page(shown).text if form == "html" else flat(shown)
    assert [words for words in SHOWN if words not in text] == []
    assert "It was painted." not in text  # nothing new of it: one line


def test_plain_lines_say_the_same_in_words() -> None:
    said = briefing_linear(rich())
    assert "Changed: deaths 35, now 53.\n[1] “35 people died in Balikesir.”" in said.text
    assert "Why it matters:\n4. It is the first since 1999. [" in said.text
    assert "Sources differ on deaths: 53 or 36:\n" in said.text
    assert "] 36: “36 died.”" in said.text
    assert "5. 2026-02-02: 35 people died in Balikesir. [" in said.text
    assert "Nothing new: Bridge painted (seen: nothing new since 2026-02-02)." in said.text
    assert len(said.claims) == 6
    assert [one.n for one in said.places] == list(range(1, len(said.places) + 1))
    assert "→" not in said.text


def test_a_text_numbers_its_sources_by_the_list_that_follows() -> None:
    text = briefing_text(rich())
    story = text[text.index("1. Quake toll rises") : text.index("2. Live updates")]
    used, listed = set(re.findall(r"\[\d+\]", story)), re.findall(r"^\[\d+\]", story, re.M)
    assert used == {*listed}
    assert len(listed) == len(set(listed))
    assert re.search(r"^\[7\] Title a0 · Agency · 2026-02-03$", story, re.M)  # told by an earlier briefing


def test_the_age_of_the_newest_article_is_in_days_where_its_hour_is_not_known_or_long_past() -> None:
    briefing = rich()
    assert "2026-02-03 21:30 UTC, 1 day old" in briefing_text(replace(briefing, made=None))
    assert "2026-02-03 21:30 UTC, 9 days old" in briefing_text(
        replace(briefing, as_of=date(2026, 2, 12), made=datetime(2026, 2, 12, tzinfo=UTC))
    )
    only = replace(briefing, stories=briefing.stories[2:])
    assert "newest article: 2026-02-03, 1 day old" in briefing_text(only)
    assert "2026-02-03, of the same day" in briefing_text(replace(only, as_of=DAY))


# the page


def test_the_page_stands_by_itself_and_needs_no_script() -> None:
    page = briefing_html(rich())
    read = _Page(page)
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids)) == 2
    hrefs = [attributes["href"] or "" for tag, attributes in read.tags if tag == "a"]
    assert {href[1:] for href in hrefs if href.startswith("#")} == {*ids}
    assert {href for href in hrefs if not href.startswith("#")} == {"https://a.example/1", "https://b.example/"}
    assert not {"script", "img", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in read.tags}
    assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on") or name == "src"]
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert page.count("<details>") == 11 == page.count("<summary>")
    assert "@media print" in page
    assert "prefers-color-scheme: dark" in page


@given(ANYTHING)
def test_no_text_of_an_article_becomes_a_tag_or_an_address(text: str) -> None:
    page, plain = _Page(briefing_html(rich(text))), _Page(briefing_html(rich("x")))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert [{*attributes} for _, attributes in page.tags] == [{*attributes} for _, attributes in plain.tags]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff]", page.text)


# read back


def told_of(briefing: Briefing) -> list[tuple[int, str, tuple[tuple[str, int, int, str], ...]]]:
    """Sentences and quoted sides as they are told in Markdown, in the order of the file."""
    found = []
    stories = [story for story in briefing.stories if story.status != "seen"]
    for n, story in enumerate(stories, 1):
        texts = [(side.quote, (side,)) for change in story.changes for side in change.sides]
        texts += [(one.text, one.citations) for one in (*story.claims, *story.news, *story.why)]
        texts += [(side.quote, (side,)) for one in story.conflicts for side in one.sides]
        texts += [(one.claim.text, one.claim.citations) for one in story.timeline]
        found += [(n, shown(text), tuple(map(place, cited))) for text, cited in texts]
    return found


def place(citation: Citation) -> tuple[str, int, int, str]:
    return citation.article_id, citation.start, citation.end, shown(citation.quote)


def shown(text: str) -> str:
    from qa.render import show_line

    return " ".join(show_line(text).split())


@given(ANYTHING)
def test_markdown_read_back_has_the_sentences_and_citations_that_were_written(text: str) -> None:
    briefing = rich(text if shown(text) else "x")
    read = read_export(briefing_markdown(briefing), "f")
    assert [(one.question, one.text, tuple(map(place, one.citations))) for one in read.sentences] == told_of(briefing)
    assert not any(one.edited for one in read.sentences)
    assert (read.removed, read.edited) == (0, False)
    verdicts = [one.verdict for one in read.sentences if not one.quoted]
    assert verdicts == [claim.verdict for claim in briefing.stories[0].sentences]


@given(ANYTHING)
def test_json_read_back_has_them_too(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    briefing = rich(text)
    read = read_export(dumps(briefing_json(briefing)), "f")
    assert [one.text for one in read.sentences if not one.quoted] == [
        claim.text for story in briefing.stories for claim in story.sentences
    ]
    assert not any(one.edited for one in read.sentences)
    assert (read.removed, read.edited) == (0, False)


@given(st.data())
def test_one_changed_character_is_found_wherever_it_is(data: st.DataObject) -> None:
    for text in (briefing_markdown(rich()), dumps(briefing_json(rich())) + "\n"):
        at = data.draw(st.sampled_from([n for n, c in enumerate(text) if not c.isspace()]))
        other = data.draw(st.sampled_from([c for c in "aZ5.»" if c != text[at]]))
        try:
            read = read_export(text[:at] + other + text[at + 1 :], "f")
        except InputError:
            continue  # it opens as no export any more
        assert read.edited or read.removed or any(one.edited for one in read.sentences)


def test_a_sentence_that_is_changed_moved_or_taken_out_is_named() -> None:
    text = briefing_markdown(rich())
    changed = read_export(text.replace("Rescue has ended.[^", "Rescue has begun.[^"), "f")
    assert [one.text for one in changed.sentences if one.edited] == ["Rescue has begun."]
    assert (changed.removed, changed.edited) == (1, True)
    lines = text.split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("It is the first since 1999."))
    gone = read_export("\n".join(lines[:at] + lines[at + 1 :]), "f")
    assert (len(gone.sentences), gone.removed) == (len(read_export(text, "f").sentences) - 1, 1)
    added = read_export("\n".join([*lines[:at], "Nobody said this.", *lines[at:]]), "f")
    assert [one.text for one in added.sentences if one.edited] == ["Nobody said this."]
    side = read_export(text.replace("“36 died.”[^", "“63 died.”[^"), "f")
    assert [(one.text, one.quoted) for one in side.sentences if one.edited] == [("63 died.", True)]
    assert read_export(text.replace("\n", "  \n\n"), "f").edited is False  # white space says nothing


@pytest.mark.parametrize(
    "text",
    [
        "<!-- newsdesk briefing, form 99 -->\n",
        '{"newsdesk": "0.1", "form": 99, "stories": [], "checks": [], "whole": "x"}',
        '{"newsdesk": "0.1", "form": 1, "stories": 3, "checks": [], "whole": "x"}',
        '{"newsdesk": "0.1", "form": 1, "stories": [{}], "checks": [], "whole": "x"}',
        '{"form": 1, "stories": []}',
    ],
)
def test_what_is_no_briefing_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match=r"notes\.md") as refused:
        read_export(text, "notes.md")
    assert refused.value.hint


def test_json_tells_counts_and_the_newest_article() -> None:
    told = json.loads(briefing_as("json", rich()))
    assert told["counts"] == {
        "stories": 3, "new": 1, "updates": 1, "seen": 1, "articles": 10, "copies": 6, "sentences": 6, "supported": 5,
        "dropped": 2,
    }  # fmt: skip
    assert told["newest"] == "2026-02-03T21:30:00+00:00"
    assert told["stories"][0]["changes"][0]["after"] == "53"
    assert told["stories"][0]["timeline"][0]["day"] == "2026-02-02"


def test_a_copied_story_has_all_its_parts_and_a_footnote_for_each_number() -> None:
    briefing = rich()
    told = copied_story(briefing.stories[0], briefing)
    assert told.startswith("Quake toll rises\nupdate: 1 new article since 2026-02-02\ndeaths 35 → 53 [7][1]\n")
    for words in (
        "Why it matters\nIt is the first since 1999. [6]",
        "36: “36 died.” [6]",
        "2026-02-03: The toll rose. [1]",
    ):
        assert words in told
    used = set(re.findall(r"\[\d+\]", told))
    assert used == set(re.findall(r"^\[\d+\]", told, re.M))
