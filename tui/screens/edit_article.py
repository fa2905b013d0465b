"""The dialog in which date, title and source of an article are corrected by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from qa.dates import parse_published
from qa.render import show_line
from qa.types import Article, Correction, Heading
from tui import wording
from tui.screens.leaving import Dialog
from tui.widgets.line_input import LineInput

_LABELS = {
    Heading.DATE: "Date (2026-02-04; empty for none)",
    Heading.TITLE: "Title",
    Heading.SOURCE: "Source (empty for none)",
}
_NO_DATE = frozenset({"", "none", "undated"})


class EditArticleScreen(Dialog[Mapping[Heading, str] | None]):
    """What is in force, to be typed over. Gives what was changed; nothing to change takes every correction back, None
    leaves it as it was."""

    CSS_PATH = "edit_article.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="edit.back"),
        Binding("ctrl+o", "as_filed", "As in its file", id="edit.as_filed"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(self, article: Article, correction: Correction | None) -> None:
        """Correct ``article``; ``correction`` is what was corrected in it before."""
        super().__init__()
        self.article = article
        self.correction = correction
        self._before = {
            Heading.DATE: article.published.iso if article.published else "",
            Heading.TITLE: show_line(article.title),
            Heading.SOURCE: show_line(article.source or ""),
        }

    def compose(self) -> ComposeResult:
        """A line for each, with what its file says; what is wrong; keys."""
        with VerticalScroll(id="edit-article", can_focus=False):
            yield Static(Content.styled("Correct by hand; later ingests keep it", "bold"), markup=False)
            for heading, label in _LABELS.items():
                yield Static(self._label(heading, label), markup=False)
                yield LineInput(self._before[heading], id=f"edit-{heading}")
            yield Static(markup=False, id="wrong")
            back = " · Ctrl+O takes your corrections back" if self.correction else ""
            said = f"Enter keeps it · ↑ ↓ other lines · Esc leaves it as it was{back}"
            yield Static(Content.styled(said, "$text-muted"), markup=False)

    def on_mount(self) -> None:
        """The date is what is wrong most often."""
        self.query_one(f"#edit-{Heading.DATE}").focus()

    def _label(self, heading: Heading, label: str) -> Content:
        if self.correction is None or heading not in self.correction.fields:
            return Content.styled(label, "$text-muted")
        published = self.correction.published
        filed = {
            Heading.DATE: published.iso if published else "no date",
            Heading.TITLE: self.correction.title,
            Heading.SOURCE: self.correction.source or "no source",
        }
        return wording.line(f"{label} ✎ its file says: {filed[heading]}", "$text-muted")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what was typed, or say what is wrong with it."""
        event.stop()
        typed = {heading: self.query_one(f"#edit-{heading}", LineInput).value.strip() for heading in _LABELS}
        if why := _wrong(typed):
            self.query_one("#wrong", Static).update(wording.line(why, "$text-error"))
            return
        changed = {heading: value for heading, value in typed.items() if value != self._before[heading].strip()}
        self.dismiss(changed or None)

    def action_as_filed(self) -> None:
        """Take all corrections back."""
        self.dismiss({} if self.correction else None)


def _wrong(typed: Mapping[Heading, str]) -> str:
    """Why this cannot be kept, in words; empty where it can."""
    if not typed[Heading.TITLE]:
        return "An article cannot be without a title."
    if any(len(value) > 400 for value in typed.values()):
        return "At most 400 characters a line."
    if typed[Heading.DATE].lower() in _NO_DATE:
        return ""
    try:
        parse_published(typed[Heading.DATE], None)
    except (ValueError, OverflowError):
        return f"“{typed[Heading.DATE]}” is not a date; write it as 2026-02-04. The day must exist."
    return ""
