"""Which library is read: one that the settings name, one that was opened before, or a folder that is typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.widgets import Input

from tui import wording
from tui.desk import Desk
from tui.screens.dialog import ScopeDialog


@dataclass(frozen=True, slots=True)
class LibraryChoice:
    """A library to open."""

    library: str
    """Its name in the settings, or its folder."""
    create: bool = False
    """Whether it is made where there is none."""


class LibrariesDialog(ScopeDialog[LibraryChoice]):
    """The libraries known so far; a folder that is typed is opened, or made into a library."""

    TITLE_TEXT = "Which library?"
    TYPED = "part of a name, or another folder: ~/news"

    def __init__(self, desk: Desk) -> None:
        """For ``desk``, whose library is open."""
        super().__init__(desk)
        self._known = tuple(_known(desk))
        self._rows: list[tuple[Content, LibraryChoice]] = []

    def on_mount(self) -> None:
        """List what is known."""
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list, or offer the folder that was typed."""
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        typed = typed.strip().strip("'\"")
        words = typed.casefold().split()
        self._rows = [
            (
                _row(name, folder, here=folder == _shown(self.desk)),
                LibraryChoice(name or str(folder)),
            )
            for name, folder in self._known
            if all(word in f"{name} {folder}".casefold() for word in words)
        ]
        if typed and ("/" in typed or typed.startswith("~") or not self._rows):
            self._rows.append((wording.line(f"open the folder {typed}"), LibraryChoice(_folder(typed))))
            self._rows.append(
                (wording.line(f"make a new library in {typed}"), LibraryChoice(_folder(typed), create=True))
            )
        self.offer([row for row, _ in self._rows])
        self.say("" if typed else f"now: {self.desk.name}")

    def entered(self, typed: str) -> None:
        """Take the row under the cursor."""
        if self._rows:
            self.picked(self.choices.highlighted or 0)

    def picked(self, at: int) -> None:
        """Take the row."""
        self.dismiss(self._rows[at][1])


def _folder(typed: str) -> str:
    """A folder as typed; never taken for the name of a library in the settings."""
    return typed if "/" in typed or typed.startswith("~") else f"./{typed}"


def _known(desk: Desk) -> Iterator[tuple[str, Path]]:
    """Name (empty where it has none) and folder of each library, without doubles."""
    named = {folder: name for name, folder in desk.config.libraries}
    folders = [*named, _shown(desk), *(Path(folder) for folder in desk.remembered.libraries)]
    yield from ((named.get(folder, ""), folder) for folder in dict.fromkeys(folders))


def _shown(desk: Desk) -> Path:
    """The folder of the library that is read now, as the settings or what is remembered have it."""
    return desk.config.library if desk.config.name else desk.folder


def _row(name: str, folder: Path, *, here: bool) -> Content:
    mark = "• " if here else "  "
    return Content.assemble(mark, wording.line(name or folder.name, "bold"), "  ", wording.line(str(folder), "dim"))
