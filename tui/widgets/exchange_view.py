"""What a model was sent and what it replied, word for word; of an answer that quotes, the sentences it chose among."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from qa.render import show
from qa.types import Exchange
from tui import wording
from tui.facts import PURPOSES, certainty, count, took
from tui.inspection import Inspection
from tui.widgets.article_text import ArticleText
from tui.widgets.weighed_table import WeighedTable


class ExchangeView(Vertical):
    """One request after the other, and what each took."""

    DEFAULT_CSS = """
    ExchangeView > Static { height: auto; max-height: 8; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "step(1)", "Next request", id="inspector.next_request"),
        Binding("left,h", "step(-1)", "Previous request", show=False, id="inspector.previous_request"),
    ]

    def __init__(self, told: Inspection, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        """Show what was said to a model for ``told``, or why nothing was."""
        super().__init__(id=id)
        self._told = told
        self._nth = 0

    def compose(self) -> ComposeResult:
        """What the request was for, and under it the request or the sentences."""
        yield Static(markup=False)

    async def on_mount(self) -> None:
        """Show the first request."""
        await self._fill()

    @property
    def exchange(self) -> Exchange | None:
        """The request that is shown."""
        return self._told.exchanges[self._nth] if self._told.exchanges else None

    def take_focus(self) -> None:
        """Give the focus to what there is to scroll or to choose from."""
        for inner in [*self.query(ArticleText), *self.query(WeighedTable)]:
            inner.focus()

    async def _fill(self) -> None:
        had_focus = any(inner.has_focus for inner in [*self.query(ArticleText), *self.query(WeighedTable)])
        await self.query("ArticleText, WeighedTable").remove()
        if (one := self.exchange) is not None:
            self.query_one(Static).update(_head(one, self._nth, len(self._told.exchanges)))
            await self.mount(ArticleText(show(text_of(one)).replace("\t", " ")))
        else:
            self.query_one(Static).update(_without(self._told))
            if self._told.weighed:
                table = WeighedTable()
                await self.mount(table)
                table.show([one for weighed in self._told.weighed for one in weighed.sentences])
        if had_focus:
            self.take_focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stepping is offered only where there are several requests."""
        return len(self._told.exchanges) > 1 if action == "step" else True

    async def action_step(self, by: int) -> None:
        """Go to another request."""
        self._nth = (self._nth + by) % len(self._told.exchanges)
        await self._fill()


def text_of(one: Exchange) -> str:
    """A request and its reply as they were, each part under its name. Not yet safe to show."""
    reply = one.reply or "(none)"
    parts = (("System message", one.system), ("User message", one.user), ("Reply, as it came", reply))
    return "\n\n".join(f"──── {name} ────\n\n{words}" for name, words in parts)


def _head(one: Exchange, nth: int, of: int) -> Content:
    which = f"Request {nth + 1} of {of} (→ next): " if of > 1 else "One request: "
    left = one.of - one.shown
    what = "question" if one.prompt == "followup" else "passage"
    sent = f"{one.tokens:,} tokens sent, with {count(one.shown, what)}"
    sent += f" ({left} left out: they do not fit the model's context)" if left else ""
    lines = [
        wording.line(f"{which}{PURPOSES.get(one.prompt, one.prompt)}", "bold $text"),
        wording.line(f"{one.model} at {one.host} · {sent} · prompt {one.prompt} {one.prompt_hash}"),
        wording.line(f"{took(one)} · End goes to the reply"),
    ]
    return Content("\n").join(lines)


def _without(told: Inspection) -> Content:
    lines = [told.unsent]
    for one in told.weighed:
        about = f" with “{one.asked}”" if len(told.weighed) > 1 else ""
        lines.append(f"{count(len(one.sentences), 'sentence')} compared{about}: {certainty(one)}. Best first:")
    return Content("\n").join(wording.line(one) for one in lines)
