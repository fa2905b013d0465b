"""Screens that leave once: what Textual's own do twice when keys come faster than they can go."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.events import Event, Mount
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.worker import Worker

Result = TypeVar("Result")
if TYPE_CHECKING:
    _Base = Screen[Any]
else:
    _Base = object  # a second DOM class would keep Textual from the other base's styles


class LeavesOnce(_Base):
    """A screen that goes only while it is the one in sight; to be named before the screen's own base.

    Textual's ``dismiss`` takes away whatever screen is on top, so that a second Esc or Enter, typed before the first
    has done its work, takes away the one beneath, or the last one there is, which ends the app.
    """

    _left = False

    async def on_event(self, event: Event) -> None:
        """Without its widgets it is not told that it is mounted: Textual makes none in a screen that is taken away, or
        in an app that ends, while it is composed, and tells it all the same; what looks for them then fails."""
        if not isinstance(event, Mount) or self.children:
            await super().on_event(event)

    @property
    def has_left(self) -> bool:
        """Whether it is going, or gone."""
        return self._left

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Leave with ``result``; nothing where it has left, or is covered by another screen."""
        if self._left or not self.is_active:
            return AwaitComplete()
        self._left = True
        return super().dismiss(result)

    def check_message_enabled(self, message: Message) -> bool:
        """What its widgets still had to tell is not heard any more: they go before their screen does. Textual's own
        messages are: without them the screen is never quite gone."""
        kept = isinstance(message, Event) or type(message).__module__ == "textual.messages"
        return (kept or not self._left) and super().check_message_enabled(message)


class Page(LeavesOnce, Screen[Result]):
    """A whole screen that is gone back from."""


class Dialog(LeavesOnce, ModalScreen[Result]):
    """A question over a screen that stays in sight."""


class Palette(LeavesOnce, CommandPalette):
    """The command palette; a search that outlives it ends without a word."""

    def run_worker(self, *work: Any, **options: Any) -> Worker[Any]:
        """The search, which fails when the palette has gone meanwhile."""
        return super().run_worker(*work, **(options | {"exit_on_error": False}))

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a page key where the list has no room, as in SteadyList
            super()._action_command_list(action)
