"""What is followed: feeds, pages, files and folders, each with its last visit; one more to be typed, all to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from qa.given import given_in
from qa.render import followed_notes
from qa.types import Added, Cancel, Followed, Notice
from tui import follow, wording
from tui.desk import Desk
from tui.screens.add_files import hosts
from tui.screens.dialog import ScopeDialog
from tui.work import Work

if TYPE_CHECKING:
    from qa.engine import Engine

_ADDING = "follow"


class FollowedDialog(ScopeDialog[tuple[int, ...]]):
    """What is changed here is in the journal at once. It is left with the numbers of what is to be read, none for all
    of it; None for nothing."""

    TITLE_TEXT = "What you follow"
    TYPED = "one more: the address of a feed or page, a file, a folder, an OPML list"
    KEYS = "Enter follows what is typed, or reads the source · Ctrl+R reads all · Del removes · Esc leaves"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "refresh", "Read all", tooltip="Read all followed sources again", id="followed.refresh"),
        Binding("delete", "remove", "Remove", id="followed.remove"),
    ]

    def __init__(self, desk: Desk) -> None:
        """For the library of ``desk``, which is open."""
        super().__init__(desk)
        self._rows: tuple[tuple[Followed, int], ...] = ()
        self._done: list[str] = []
        """What is to be said of the last change once the list shows it."""

    def on_mount(self) -> None:
        """Read them."""
        self.say("reading…")
        self._do("list", follow.listed)

    def _do(self, what: str, verb: Callable[[Engine, Cancel], Iterator[object]]) -> None:
        engine, self._done = self.desk.permitted, []
        self.desk.begin(self, what if what == _ADDING else f"{what} followed", lambda cancel: verb(engine, cancel))

    # what workers tell

    def on_work_told(self, event: Work.Told) -> None:
        """List them as they are now."""
        match event.event:
            case Notice(text):
                self._done.append(text)
            case Added(new, already):
                self.query_one("#typed", Input).clear()
                self._done += [f"follows {_called(one)}" for one in new]
                self._done += [f"followed already: {_called(one)}" for one in already]
            case follow.Unfollowed(source):
                self._done.append(f"{_called(source)} is not followed any more; its articles stay")
            case follow.Sources(followed):
                self._list(followed)

    def _list(self, followed: tuple[tuple[Followed, int], ...]) -> None:
        at = self.choices.highlighted or 0
        self._rows = followed
        self.offer([_row(one, count) for one, count in followed], at=min(at, len(followed) - 1))
        self.say(" · ".join([*self._done, f"{len(followed):,} source{'s' * (len(followed) != 1)} followed"]))
        self.refresh_bindings()

    def on_work_failed(self, event: Work.Failed) -> None:
        """Say why it could not be done; what was typed stays."""
        self.say(f"{event.message}. {event.hint}".removesuffix(". "), wrong=True)

    # what the reader does

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what would be fetched before it is."""
        if not event.value:
            return
        given = given_in(event.value)
        asked = hosts(given)
        self.say(
            f"Enter fetches it from {asked} to see what it is, because you typed it"
            if asked
            else "Enter follows it: of a list of feeds (OPML) the feeds; nothing is fetched before it is read"
        )

    def entered(self, typed: str) -> None:
        """Follow what was typed; nothing typed, go to the list."""
        if given := given_in(typed):
            self.say("looking what it is… Esc cancels" if hosts(given) else "reading…")
            self._do(_ADDING, lambda engine, cancel: follow.added(engine, given, cancel))
        else:
            self.set_focus(self.choices)

    def picked(self, at: int) -> None:
        """Read one again."""
        self.dismiss((self._rows[at][0].number,))

    def action_refresh(self) -> None:
        """Read all of them again."""
        self.dismiss(())

    async def action_dismiss(self, result: tuple[int, ...] | None = None) -> None:
        """Cancel what is looked at; else leave."""
        if self.desk.stop(_ADDING):
            self.say("cancelled")
        else:
            await super().action_dismiss(result)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is followed can be read or removed."""
        if action == "refresh":
            return bool(self._rows)
        return self._current is not None if action == "remove" else super().check_action(action, parameters)

    @property
    def _current(self) -> Followed | None:
        at = self.choices.highlighted if self.choices.has_focus else None
        return self._rows[at][0] if at is not None and at < len(self._rows) else None

    def action_remove(self) -> None:
        """Follow the source under the cursor no more."""
        if (one := self._current) is not None:
            self._do("remove", lambda engine, cancel: follow.removed(engine, one.number, cancel))


def _called(one: Followed) -> str:
    return f"{one.name} ({one.place})" if one.name else one.place


def _row(one: Followed, articles: int) -> Content:
    visit = f"read {wording.when(one.refreshed.isoformat())}" if one.refreshed else "not read yet"
    told = f"{articles:,} article{'s' * (articles != 1)} · {visit}"
    notes = [wording.line(f"  {note}", "$text-warning") for note in followed_notes(one)]
    return Content("\n").join([wording.line(_called(one), "bold"), wording.line(f"  {told}", "dim"), *notes])
