"""The words behind a sentence: the exact quote in its passage, where it stands, and why the verdict is what it is."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from qa.types import Citation, Claim
from tui import wording
from tui.cited import Whereabouts
from tui.wrap import wrapped


class QuotePane(VerticalScroll, can_focus=True):
    """Shows one citation of one sentence, or a piece of nearest evidence."""

    DEFAULT_CSS = """
    QuotePane { padding: 0 1; min-width: 12; background: $surface; }
    QuotePane:focus { background-tint: $foreground 4%; }
    QuotePane > Static { height: auto; }
    QuotePane > #known { dock: top; max-height: 8; background: $surface; }
    """
    BINDING_GROUP_TITLE = "Quote"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False, id="quote.down"),
        Binding("k", "scroll_up", "Up", show=False, id="quote.up"),
        Binding("space", "page_down", "Page", show=False, id="quote.page"),
        Binding("enter", "screen.open_cited", "Open", id="quote.open"),
        Binding("v,left,h", "screen.enter_list", "To the answer", id="quote.back"),
    ]

    def compose(self) -> ComposeResult:
        """What is known of the quote, then the quote."""
        yield Static(markup=False, id="known")
        yield Static(markup=False, id="quoted")

    def clear(self) -> None:
        """Show nothing."""
        for part in self.query(Static):
            part.update()

    def show(self, item: Claim | Citation, nth: int, as_of: date | None, told: Whereabouts | None = None) -> None:
        """Show the ``nth`` citation (from 0) of ``item``, its age seen from ``as_of``, in its passage if known."""
        cited = item.citations if isinstance(item, Claim) else (item,)
        known: list[Content] = []
        if isinstance(item, Claim):
            known.append(Content.styled(" ", "").join([wording.badge(item.verdict), _position(nth, len(cited))]))
            known += [wording.line(f"– {reason}") for reason in item.reasons]
        citation = cited[nth % len(cited)] if cited else None
        known += _source(citation, as_of) if citation else [Content("No article is cited for this sentence.")]
        known += [wording.line(told.since, "$text-warning")] if told and told.since else []
        around = told.around if told else None
        self.query_one("#known", Static).update(Content("\n").join(known))
        self.query_one("#quoted", Static).update(wording.quoted_in(citation, around) if citation else "")
        self.scroll_home(animate=False)
        if around is not None:
            self.call_after_refresh(self._to_quote, len(wrapped(around.before, self._width)) - 1)

    @property
    def _width(self) -> int:
        return max(1, self.scrollable_content_region.width)

    def _to_quote(self, lines_before: int) -> None:
        """Scroll as far as needed for the first of the cited words to be in sight, with a line before them."""
        room = self.size.height - self.query_one("#known").size.height
        if lines_before + 2 > room:
            self.scroll_to(y=lines_before - min(1, room // 3), animate=False, force=True)


def _position(nth: int, count: int) -> Content:
    return Content.styled(f"citation {nth % count + 1} of {count} (→ next)" if count > 1 else "", "dim")


def _source(citation: Citation, as_of: date | None) -> list[Content]:
    told = (citation.source or "source unknown", wording.when(citation.published, as_of), wording.on_page(citation))
    where = " · ".join(part for part in told if part)
    lines = [wording.line(f"[{citation.n}] {citation.title}", "bold"), wording.line(where, "dim")]
    if citation.field == "title":
        lines.append(Content.styled("in the headline", "dim"))
    if citation.corrected:
        lines.append(Content.styled("Newsdesk moved this citation to the words that carry the sentence", "dim"))
    return lines
