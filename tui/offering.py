"""What the palette offers that has no key."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual.app import App, SystemCommand
from textual.screen import Screen

from qa.errors import NewsdeskError
from tui.desk import Desk
from tui.picture import pictured
from tui.screens.desk_screen import DeskScreen
from tui.screens.libraries import LibraryChoice
from tui.screens.library import LibraryScreen
from tui.screens.standing import StandingDialog


class Offering(App[NewsdeskError]):
    """An app over a desk, with a mode "library"."""

    desk: Desk

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What has no key: themes, and deciding again what is sent elsewhere."""
        yield SystemCommand("Theme", "Choose colours, light or dark", self.action_change_theme)
        yield from self._libraries(screen)
        yield SystemCommand("Standing questions", "Questions that each briefing answers", self._standing)
        yield SystemCommand("Followed sources", "Feeds, pages and folders that are read again", self._followed)
        if self.desk.elsewhere:
            what = "Decide again what may be sent to other machines"
            yield SystemCommand("Sending", what, self._decide_again)
        yield SystemCommand("Save a picture", "Write what is on the screen to an SVG file", self._take_picture)

    def _standing(self) -> None:
        if self.desk.engine is not None:
            self.push_screen(StandingDialog(self.desk))

    async def _followed(self) -> None:
        await self.switch_mode("library")
        if isinstance(self.screen, LibraryScreen):
            self.screen.action_followed()
        else:
            self.bell()  # an article lies over it

    def _take_picture(self) -> None:
        self.set_timer(0.1, self._picture)  # once the palette is gone

    def _picture(self) -> None:
        if self.is_web:
            self.deliver_screenshot()  # to whoever reads in a browser
        else:
            self.desk.begin(self, "picture", partial(pictured, self.export_screenshot()))

    def _libraries(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The libraries that the settings name."""
        for name, _ in self.desk.config.libraries:
            turn = DeskScreen.LibraryChosen(LibraryChoice(name))
            yield SystemCommand(f"Library {name}", "Read this one from now on", partial(screen.post_message, turn))

    def _decide_again(self) -> None:
        self.desk.decide_again()
        for screen in self.desk_screens():
            screen.describe()

    def desk_screens(self) -> list[DeskScreen]:
        """The screens that are there."""
        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, DeskScreen) and screen.is_mounted]
