"""A passage as it was found: how, by whom it is cited, what gave way to it, and its words, the matching ones marked."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from qa.render import show
from tui import wording
from tui.facts import count, how_words
from tui.inspection import Row

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?][\"”’)]*(?=\s)|(?=\n)|$)")
_LONGEST = 6_000
"""Characters shown of a text; the article has the rest."""


class PassagePane(VerticalScroll, can_focus=False):
    """One row of the table of passages in full."""

    DEFAULT_CSS = """
    PassagePane { padding: 0 1; min-width: 12; background: $surface; }
    PassagePane > Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(markup=False)

    def clear(self) -> None:
        """Show nothing."""
        self.query_one(Static).update()

    def show(self, row: Row, words: Collection[str], as_of: date | None) -> None:
        """Show ``row``, its age seen from ``as_of``, with ``words`` (case folded) marked."""
        lines = [wording.line(row.title, "bold"), wording.line(_known(row, as_of), "dim")]
        lines += [wording.line(said) for said in _told(row) if said]
        self.query_one(Static).update(Content("\n").join([*lines, Content(""), marked(row, words)]))
        self.scroll_home(animate=False)


def _known(row: Row, as_of: date | None) -> str:
    parts = [row.source or "source unknown", wording.when(row.published, as_of)]
    return " · ".join([*parts, "outside the window"] if row.outside else parts)


def _told(row: Row) -> list[str]:
    cited = f"cited by sentence {', '.join(map(str, row.cited_by))}" if row.cited_by else ""
    copies = ""
    if row.copies:
        outlets = f" ({', '.join(row.outlets)})" if row.outlets else ""
        copies = f"{count(len(row.copies), 'article')} with a copy of it gave way{outlets}"
    copy = f"holds a copy of passage {row.n}, and gave way to it" if row.kind == "copy" else ""
    headline = "cited for its headline" if row.in_title else ""
    return [how_words(row.how, row.score), cited, copies, copy, headline]


def marked(row: Row, words: Collection[str]) -> Content:
    """The words of a row: those that are cited stand out, and those that match the question are underlined."""
    text = show(row.text)[:_LONGEST]
    told = Content(text)
    for word in _WORD.finditer(text) if words else ():
        if word.group().casefold() in words:
            told = told.stylize("underline $text-warning", *word.span())
    for one in row.quotes:
        start, end = one.start - row.start, one.end - row.start
        if one.field == "text" and 0 <= start < end and not row.in_title:
            told = told.stylize("reverse", start, min(end, len(text)))
    return told + "\n[…]" if len(row.text) > _LONGEST else told


def telling(text: str, words: Collection[str]) -> tuple[int, int]:
    """The sentence of ``text`` with most of ``words`` in it; its beginning where none has any."""
    spans = [match.span() for match in _SENTENCE.finditer(text) if match.group().strip()]

    def held(span: tuple[int, int]) -> int:
        return len({word.casefold() for word in _WORD.findall(text[span[0] : span[1]])} & set(words))

    if not spans:
        return (0, 0)
    start, end = max(spans, key=held)
    lead = len(text[start:end]) - len(text[start:end].lstrip())
    return (start + lead, end)
