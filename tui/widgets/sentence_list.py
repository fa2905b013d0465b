"""Sentences that can be checked: each with its verdict and numbers, each leading to the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

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
    kind: Literal["section", "question", "absent", "conflict", "part"] = "section"
    notes: tuple[str, ...] = ()
    """Lines under it."""
    badge: tuple[str, str] = ("", "")
    """What ``detail`` begins with, and its colour."""


@dataclass(frozen=True, slots=True)
class Side:
    """Quoted words that are no sentence's: one side of a disagreement, or evidence from outside the window."""

    citation: Citation
    label: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence behind a few words: the day of a development, or the status of a story that is told in one line."""

    item: Claim | Citation
    label: str
    detail: str = ""
    """What stands behind a headline on its line."""


Item = Heading | Claim | Citation | Side | Labelled


class SentenceList(SteadyList):
    """A list of claims (or of nearest evidence) under headings."""

    DEFAULT_CSS = """
    SentenceList { height: 1fr; max-height: 100%; min-width: 12; border: none; padding: 0; background: $background; }
    SentenceList:focus { border: none; background-tint: $background 0%; }
    SentenceList > .option-list--option { padding: 0 1 1 1; }
    SentenceList > .option-list--option-disabled { color: $text-accent; text-style: bold; }
    SentenceList > .option-list--option-highlighted,
    SentenceList:focus > .option-list--option-highlighted {
        background: $block-cursor-blurred-background; color: $foreground; text-style: none;
    }
    SentenceList:focus > .option-list--option-highlighted { background: $block-cursor-background; }
    """
    BINDING_GROUP_TITLE = "Sentences"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Next", show=False, id="sentences.next"),
        Binding("k,up", "cursor_up", "Previous", show=False, id="sentences.previous"),
        Binding("enter", "select", "Open", id="sentences.open"),
        Binding("r", "reasons", "Reasons", id="ask.reasons"),
        Binding("right,l", "step(1)", "Source", id="sentences.source"),
        Binding("left,h", "step(-1)", "Previous source", show=False, id="sentences.back"),
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
        self.opened_up: set[int] = set()
        """The sentences whose reasons are told in full."""
        self._shown_from = 0
        self._shown_at: int | None = None
        self.nth = 0

    def show(self, items: Sequence[Item], at: int = 0) -> None:
        """Show ``items`` from the one at ``at`` on, with the cursor at the first after it that can be checked."""
        self.items = tuple(items)
        self.nth = 0
        self.opened_up = set()
        self.set_options(Option(_prompt(item), disabled=isinstance(item, Heading)) for item in self.items)
        open_ = [n for n, item in enumerate(self.items) if not isinstance(item, Heading)]
        self.highlighted = next((n for n in open_ if n >= at), open_[-1] if open_ else None)
        self.scroll_home(animate=False, immediate=True)
        self._shown_from, self._shown_at = at, self.highlighted
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        """Scroll so that what was shown begins at the top; once the cursor was moved, so that it is in sight."""
        if self.highlighted != self._shown_at or self._shown_from not in self._index_to_line:
            self.scroll_to_highlight()
            return
        self.scroll_to(y=self._index_to_line[self._shown_from], animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Keep the place, however the lines break now."""
        self.call_after_refresh(self._place)

    @property
    def current(self) -> Claim | Citation | None:
        """What is under the cursor."""
        at = self.highlighted
        item = self.items[at] if at is not None and at < len(self.items) else None
        return checked(item)

    @property
    def citation(self) -> Citation | None:
        """The citation that the cursor is at."""
        cited = _citations(self.current)
        return cited[self.nth % len(cited)] if cited else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stepping is offered only where a sentence has several citations."""
        if action == "reasons":
            return isinstance(self.current, Claim)
        return len(_citations(self.current)) > 1 if action == "step" else True

    def action_step(self, by: int) -> None:
        """Go to another citation of the sentence under the cursor."""
        item, cited = self.current, _citations(self.current)
        if item is not None and cited:
            self.nth = (self.nth + by) % len(cited)
            self.post_message(self.Moved(self, item, self.nth))

    def action_cursor_up(self) -> None:
        """To the one before; at the first, to what stands above it."""
        before = self.highlighted
        super().action_cursor_up()
        if before is not None and self.highlighted is not None and self.highlighted >= before:
            self.highlighted = before
            self.scroll_home(animate=False)

    def action_cursor_down(self) -> None:
        """To the next; at the last, to what stands below it."""
        before = self.highlighted
        super().action_cursor_down()
        if before is not None and self.highlighted is not None and self.highlighted <= before:
            self.highlighted = before
            self.scroll_end(animate=False)

    def action_reasons(self) -> None:
        """Say under the sentence why it has its verdict, in full; or no longer."""
        at = self.highlighted
        if at is None or not isinstance(checked(self.items[at]), Claim):
            return
        self.opened_up ^= {at}
        self.replace_option_prompt_at_index(at, _prompt(self.items[at], in_full=at in self.opened_up))
        self.call_after_refresh(self.scroll_to_highlight)

    def cited_in(self, article_id: str, version: int) -> tuple[Citation, ...]:
        """All that is cited from one version of an article, in the order of its text."""
        cited = {one for item in self.items for one in _citations(item)}
        of_it = (one for one in cited if (one.article_id, one.version) == (article_id, version))
        return tuple(sorted(of_it, key=lambda one: (one.field == "text", one.start, one.end, one.n)))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor moved: start at the first citation."""
        event.stop()
        self.nth = 0
        self.refresh_bindings()
        if (item := self.current) is not None and event.option_index == self.highlighted:
            self.post_message(self.Moved(self, item, 0))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click on the sentence."""
        event.stop()
        if self.citation is not None:
            self.post_message(self.Opened(self, self.citation))
        else:
            self.app.bell()


def checked(item: Item | None) -> Claim | Citation | None:
    """What of an item can be checked."""
    match item:
        case Side(citation):
            return citation
        case Labelled(inner):
            return inner
        case Claim() | Citation():
            return item
    return None


def _citations(item: Item | None) -> tuple[Citation, ...]:
    match inner := checked(item):
        case Claim():
            return inner.citations
        case Citation():
            return (inner,)
    return ()


_MARKS = {"section": ("", ""), "question": ("▌ ", "$accent"), "absent": ("∅ ", "$text-warning"), "conflict": ("⇄ ", ""),
          "part": ("› ", "$text-secondary")}  # fmt: skip
"""What a heading of each kind begins with, and its colour."""


def _prompt(item: Item, *, in_full: bool = False) -> Content:
    match item:
        case Claim():
            return wording.sentence(item, in_full=in_full)
        case Citation():
            return wording.evidence(item)
        case Side(citation, label):
            bar = Content.styled("│ ", "$text-warning")
            lines = wording.evidence(citation, label).split("\n")
            return Content("\n").join(bar + one for one in lines)
        case Labelled(inner, label, detail):
            if isinstance(inner, Claim):
                said = wording.sentence(inner, in_full=in_full)
                return Content.assemble(wording.line(f"{label}  ", "bold"), said)
            return Content.assemble(wording.line(f"{label} {inner.quote}"), wording.line(detail, "dim"))
        case Heading():
            return _heading(item)


def _heading(item: Heading) -> Content:
    mark, style = _MARKS[item.kind]
    lines = [Content.assemble((mark, style), wording.line(item.title, f"bold {style}"))] if item.title else []
    if item.detail or item.badge[0]:
        said, colour = item.badge
        badge = wording.line(said, f"not bold {colour}")
        lines.append(Content.assemble(badge, wording.line(item.detail, "not bold $text-muted")))
    return Content("\n").join([*lines, *(wording.line(f"  {note}", "not bold $foreground") for note in item.notes)])
