"""The words behind a sentence: the exact quote, where it stands, and why the verdict is what it is."""

from __future__ import annotations

from datetime import date

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from qa.types import Citation, Claim
from tui import wording


class QuotePane(VerticalScroll, can_focus=False):
    """Shows one citation of one sentence, or a piece of nearest evidence."""

    DEFAULT_CSS = """
    QuotePane { padding: 0 1; min-width: 12; background: $surface; }
    QuotePane > Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(markup=False)

    def clear(self) -> None:
        """Show nothing."""
        self.query_one(Static).update()

    def show(self, item: Claim | Citation, nth: int, as_of: date | None) -> None:
        """Show the ``nth`` citation (from 0) of ``item``, its age seen from ``as_of``."""
        cited = item.citations if isinstance(item, Claim) else (item,)
        lines: list[Content] = []
        if isinstance(item, Claim):
            lines.append(Content.styled(" ", "").join([wording.badge(item.verdict), _position(nth, len(cited))]))
            lines += [wording.line(f"– {reason}") for reason in item.reasons]
        if cited:
            lines += _source(cited[nth % len(cited)], as_of)
        else:
            lines.append(Content("No article is cited for this sentence."))
        self.query_one(Static).update(Content("\n").join(lines))
        self.scroll_home(animate=False)


def _position(nth: int, count: int) -> Content:
    return Content.styled(f"citation {nth + 1} of {count} (→ next)" if count > 1 else "", "dim")


def _source(citation: Citation, as_of: date | None) -> list[Content]:
    where = " · ".join(
        part for part in (citation.source or "source unknown", wording.when(citation.published, as_of)) if part
    )
    lines = [
        wording.line(f"[{citation.n}] {citation.title}", "bold"),
        wording.line(where, "dim"),
        wording.quoted(citation, "$text-accent"),
    ]
    if citation.field == "title":
        lines.append(Content.styled("in the headline", "dim"))
    return lines
