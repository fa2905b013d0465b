"""Sentences that can be checked: each with its verdict and numbers, each leading to the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from qa.types import Citation, Claim
from tui import wording
from tui.widgets.steady_list import SteadyList


@dataclass(frozen=True, slots=True)
class Heading:
    """A line between sentences, such as a story's title and its sources. The cursor passes over it."""

    title: str
    detail: str = ""


Item = Heading | Claim | Citation


class SentenceList(SteadyList):
    """A list of claims (or of nearest evidence) under headings."""

    DEFAULT_CSS = """
    SentenceList { height: 1fr; max-height: 100%; min-width: 12; border: none; padding: 0; background: $background; }
    SentenceList:focus { border: none; background-tint: $background 0%; }
    SentenceList > .option-list--option { padding: 0 1 1 1; }
    SentenceList > .option-list--option-disabled { color: $text-accent; text-style: bold; }
    SentenceList > .option-list--option-highlighted,
    SentenceList:focus > .option-list--option-highlighted {
        background: $surface-lighten-2; color: $foreground; text-style: none;
    }
    SentenceList:focus > .option-list--option-highlighted { background: $primary 35%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Next", show=False),
        Binding("k,up", "cursor_up", "Previous", show=False),
        Binding("enter", "select", "Open"),
        Binding("right,l", "step(1)", "Source"),
        Binding("left,h", "step(-1)", "Previous source", show=False),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is at ``item``, at its ``nth`` citation (from 0)."""

        sentences: SentenceList
        item: Claim | Citation
        nth: int

        @property
        def control(self) -> SentenceList:
            """The list."""
            return self.sentences

    @dataclass
    class Opened(Message):
        """The reader wants to see ``citation`` in its article."""

        sentences: SentenceList
        citation: Citation

        @property
        def control(self) -> SentenceList:
            """The list."""
            return self.sentences

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, markup=False)
        self.items: tuple[Item, ...] = ()
        self.nth = 0

    def show(self, items: Sequence[Item]) -> None:
        """Show ``items`` with the cursor at the first that can be checked."""
        self.items = tuple(items)
        self.nth = 0
        self.set_options(Option(_prompt(item), disabled=isinstance(item, Heading)) for item in self.items)
        first = next((n for n, item in enumerate(self.items) if not isinstance(item, Heading)), None)
        self.highlighted = first
        self.scroll_home(animate=False)

    @property
    def current(self) -> Claim | Citation | None:
        """The item under the cursor."""
        item = self.items[self.highlighted] if self.highlighted is not None else None
        return None if isinstance(item, Heading) else item

    @property
    def citation(self) -> Citation | None:
        """The citation that the cursor is at."""
        cited = _citations(self.current)
        return cited[self.nth % len(cited)] if cited else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stepping is offered only where a sentence has several citations."""
        return len(_citations(self.current)) > 1 if action == "step" else True

    def action_step(self, by: int) -> None:
        """Go to another citation of the sentence under the cursor."""
        item, cited = self.current, _citations(self.current)
        if item is not None and cited:
            self.nth = (self.nth + by) % len(cited)
            self.post_message(self.Moved(self, item, self.nth))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor moved: start at the first citation."""
        event.stop()
        self.nth = 0
        self.refresh_bindings()
        item = self.items[event.option_index] if event.option_index < len(self.items) else None
        if item is not None and not isinstance(item, Heading):
            self.post_message(self.Moved(self, item, 0))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on the sentence."""
        event.stop()
        if self.citation is not None:
            self.post_message(self.Opened(self, self.citation))
        else:
            self.app.bell()


def _citations(item: Claim | Citation | None) -> tuple[Citation, ...]:
    if item is None:
        return ()
    return item.citations if isinstance(item, Claim) else (item,)


def _prompt(item: Item) -> Content:
    if isinstance(item, Heading):
        parts = [wording.line(item.title, "bold")]
        return Content("\n").join([*parts, wording.line(item.detail, "not bold dim")] if item.detail else parts)
    return wording.sentence(item) if isinstance(item, Claim) else wording.nearest(item)
