"""An opened article, scrolled to the words that were cited."""

from __future__ import annotations

import re
from itertools import islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from qa.render import copied_quote, show_line
from qa.types import Citation
from tui import wording
from tui.cited import Opening
from tui.screens.difference import DifferenceScreen
from tui.screens.leaving import Page
from tui.screens.link import LinkScreen, may_open
from tui.widgets.article_text import ArticleText, shown_text
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_input import LineInput
from tui.widgets.status_line import StatusLine
from tui.wrap import Span

_MOST_FOUND = 2_000


class ArticleScreen(Page[None]):
    """One version of an article. Esc goes back to where it was opened from."""

    CSS_PATH = "article.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="article.back"),
        Binding("q", "dismiss", "Back", show=False, id="article.leave"),
        Binding("c", "cited(1)", "To the quote", id="article.quote"),
        Binding("n", "next(1)", "Next", id="article.next"),
        Binding("N", "next(-1)", "Previous", show=False, id="article.previous"),
        Binding("slash", "find", "Find", id="article.find"),
        Binding("y", "copy", "Copy", id="article.copy"),
        Binding("u", "link", "Link", id="article.link"),
        Binding("d", "difference", "Changes", tooltip="What changed in this article", id="article.difference"),
    ]

    def __init__(self, opening: Opening) -> None:
        """Show an article; the citation and the others, when there are any, are of this version of it."""
        super().__init__()
        self.article, citation, others = opening.article, opening.citation, opening.others
        self.citation = citation
        self._shown = opening.shown or shown_text(opening.article)
        self._compared, self._since = opening.compared, opening.since
        cited = {one: None for one in (*others, *((citation,) if citation else ())) if one.field == "text"}
        self._cited: list[Citation] = sorted(cited, key=lambda one: (one.start, one.end))
        self._found: list[Span] = []
        self._at = -1

    def compose(self) -> ComposeResult:
        """The headline with what is known of the article, its text, and a box for words to find."""
        yield Static(self._header(), markup=False, id="headline")
        yield ArticleText(self._shown, _place(self.citation), self._places())
        yield StatusLine()
        yield LineInput(placeholder="Words to find in this article…", id="find")
        yield KeyBar()

    def on_mount(self) -> None:
        """The text has the focus."""
        self.set_focus(self.query_one(ArticleText))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a quote, several places or a link is offered only where they are."""
        if action == "cited":
            return bool(self._cited)
        if action == "next":
            return len(self._found or self._cited) > 1
        if action == "difference":
            return self._compared is not None
        if action == "link":
            return may_open(self.article.url)
        return super().check_action(action, parameters)

    def _places(self) -> list[Span]:
        return self._found or [_place(one) for one in self._cited]

    # going from place to place

    def action_cited(self, by: int) -> None:
        """To the quote; from there, to the next words that the answer cites from this article."""
        at = self._cited.index(self.citation) if self.citation in self._cited else -1
        self.citation = self._cited[(at + by) % len(self._cited) if not self._found else max(at, 0)]
        self._found, self._at = [], -1
        nth = self._cited.index(self.citation) + 1
        self._go(_place(self.citation), f"quote [{self.citation.n}], {nth} of {len(self._cited)} of this answer")

    def action_next(self, by: int) -> None:
        """To the next of the words that were found; where none were, to the next quote."""
        if not self._found:
            self.action_cited(by)
            return
        self._at = (self._at + by) % len(self._found)
        self._go(self._found[self._at], f"{self._at + 1} of {len(self._found):,} found · c back to the quote")

    def _go(self, place: Span, said: str) -> None:
        self.query_one(ArticleText).go_to(place, self._places())
        self.query_one(StatusLine).say(said)
        self.refresh_bindings()

    def action_find(self) -> None:
        """Ask for words to find."""
        self.add_class("-finding")
        self.set_focus(self.query_one("#find"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Find the words, from the top of what is in sight."""
        self.action_back()
        if not (typed := " ".join(event.value.split())):
            return
        words = re.compile(r"\s+".join(map(re.escape, typed.split())), re.IGNORECASE)
        self._found = [match.span() for match in islice(words.finditer(self._shown), _MOST_FOUND)]
        if self._found:
            self._at = -1
            self.action_next(1)
        else:
            self.query_one(StatusLine).fail(f"“{typed}” is not in this article", "Try fewer or other words.")
            self.refresh_bindings()

    def action_back(self) -> None:
        """Leave the box for words; with it closed, the article."""
        if self.has_class("-finding"):
            self.remove_class("-finding")
            self.set_focus(self.query_one(ArticleText))
        else:
            self.dismiss()

    # taking something along

    def action_copy(self) -> None:
        """Put the selected words, or else the quote, on the clipboard with where they stand."""
        words = self.get_selected_text() or (self.citation.quote if self.citation else "")
        status = self.query_one(StatusLine)
        if not words:
            status.fail("there is nothing to copy", "Select words with the mouse first.")
            return
        published = self.article.published.iso if self.article.published else None
        copied = copied_quote(words, self.article.title, self.article.source, published, self.article.url)
        self.app.copy_to_clipboard(copied)
        status.say(wording.on_clipboard("the words with their source", copied))

    def action_link(self) -> None:
        """Show where the link leads, and ask before it is opened."""
        if self.article.url:
            self.app.push_screen(LinkScreen(self.article.url))

    def action_difference(self) -> None:
        """Show what the current version says otherwise."""
        if self._compared is not None:
            self.app.push_screen(DifferenceScreen(*self._compared))

    def _header(self) -> Content:
        article, cited = self.article, self.citation
        title = Content.styled(show_line(article.title), "bold")
        if cited and cited.field == "title":
            title = title.stylize("reverse", cited.start, cited.end)
        published = article.published.iso if article.published else None
        known = [article.source or "source unknown", wording.when(published)]
        known += [article.url] if article.url else []
        known.append(f"version {article.version}" if article.version > 1 else "")
        lines = [title, wording.line(" · ".join(part for part in known if part), "dim")]
        if (said := self._changed()) and self._compared:
            lines.append(Content.assemble(wording.line(said, "$text-warning"), Content.styled(" · d shows how", "dim")))
        elif said:
            lines.append(wording.line(said, "$text-warning"))
        return Content("\n").join(lines)

    def _changed(self) -> str:
        """What became of this version since."""
        if self._since or self._compared is None:
            return self._since
        now = self._compared[1].version
        return "" if now == self.article.version else f"an earlier version: {now} is the current one"


def _place(citation: Citation | None) -> Span:
    return (citation.start, citation.end) if citation and citation.field == "text" else (0, 0)
