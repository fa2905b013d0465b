"""The dialog in which is said what to read: a file, a folder, a pattern, a list of feeds, an address."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.suggester import Suggester
from textual.widgets import DirectoryTree, Input, Static, Tree

from qa.given import given_in, has_reader
from qa.render import show_line
from tui import wording
from tui.screens.leaving import Dialog
from tui.widgets.file_tree import FileTree
from tui.widgets.line_input import LineInput

Given = tuple[str | Path, ...]
"""Addresses as texts, and paths, as ``newsdesk ingest`` takes them."""
_ENTRIES = 5_000
"""Entries of a folder that are looked at to complete a path."""
_LISTS = (".opml", ".xml")


class PathSuggester(Suggester):
    """Completes a path by the first entry that begins with what was typed; reads folders in a thread."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The path completed, None when nothing begins so."""
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """``typed`` completed to the first folder, or file of articles, that begins so; None without one."""
    folder, name = os.path.split(typed)
    if not name:
        return None
    try:
        with os.scandir(Path(folder).expanduser() if folder else Path()) as entries:
            found = [
                (not entry.is_dir(), entry.name)
                for _, entry in zip(range(_ENTRIES), entries, strict=False)
                if entry.name.startswith(name) and (entry.is_dir() or has_reader(entry.name))
            ]
    except (OSError, ValueError, RuntimeError):
        return None
    shown = [(is_file, entry) for is_file, entry in found if entry == show_line(entry)]
    if not shown:
        return None
    is_file, entry = min(shown)
    return os.path.join(folder, entry) + ("" if is_file else os.sep)


def where_it_goes(given: Given) -> str:
    """What Enter has this machine ask others for, before it does. Not yet safe to show."""
    if asked := hosts(given):
        return f"Enter fetches from {asked}, because you typed it; of a feed also the pages that it only begins"
    if any(str(one).lower().endswith(_LISTS) for one in given):
        return "If it is a list of feeds, Enter fetches them, and the pages that they only begin"
    return "Read on this machine: nothing is fetched" if given else "What you add is read; only addresses are fetched"


def hosts(given: Given) -> str:
    """The servers that would be asked, empty where none would. Not yet safe to show."""
    return ", ".join(dict.fromkeys(_host(one) for one in given if isinstance(one, str)))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "nowhere"
    except ValueError:  # it is told when it is read
        return address


class AddFilesScreen(Dialog[Given | None]):
    """A line to type in, with completion, over a tree to walk; what was chosen, None when nothing was."""

    CSS_PATH = "add_files.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="add.back"),
        Binding("ctrl+u", "up", "Folder above", id="add.up"),
    ]
    KEYS: ClassVar[str] = (
        "Enter adds · → completes · ↓ tree: Enter opens a folder, adds a file; A adds either · Esc leaves"
    )

    def __init__(self, start: Path) -> None:
        """Begin in the folder ``start``."""
        super().__init__()
        self._start = start
        self._named: Path | None = None
        """What the path in the line stands for, where its name cannot be shown as it is."""

    def compose(self) -> ComposeResult:
        """Title, line, what it would have fetched, tree, keys."""
        with Vertical(id="add-files"):
            yield Static(Content.styled("Add articles: files, folders, pages, feeds", "bold"), markup=False)
            yield LineInput(
                placeholder="A path, a pattern (news/*.html), an OPML list, or https://…",
                suggester=PathSuggester(),
                id="add",
            )
            yield Static(wording.line(where_it_goes(()), "$text-muted"), markup=False, id="said")
            yield FileTree(self._start, has_reader)
            yield Static(Content.styled(self.KEYS, "$text-muted"), markup=False, id="keys")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(LineInput).focus()

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[object]) -> None:
        """The line names what the cursor of the tree is on."""
        tree = self.query_one(FileTree)
        if tree.has_focus and tree.cursor_node is not None and tree.cursor_node.data is not None:
            self._named = tree.cursor_node.data.path
            self.query_one(LineInput).value = show_line(str(self._named))

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Add a file."""
        event.stop()
        self.dismiss((event.path,))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what would be fetched before it is."""
        given = self._given(event.value)
        style = "$text-warning" if hosts(given) else "$text-muted"
        self.query_one("#said", Static).update(wording.line(where_it_goes(given), style))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add what the line names."""
        event.stop()
        if given := self._given(event.value):
            self.dismiss(given)

    def _given(self, typed: str) -> Given:
        if self._named is not None and typed.strip() == show_line(str(self._named)):
            return (self._named,)
        return given_in(typed)

    def on_key(self, event: Key) -> None:
        """In the tree, A adds the folder or file under the cursor."""
        tree = self.query_one(FileTree)
        if event.key == "a" and tree.has_focus and tree.cursor_node is not None and tree.cursor_node.data is not None:
            event.stop()
            self.dismiss((tree.cursor_node.data.path,))

    def action_enter_list(self) -> None:
        """From the line to the tree."""
        self.query_one(FileTree).focus()

    def action_up(self) -> None:
        """Show the folder above."""
        tree = self.query_one(FileTree)
        tree.path = Path(tree.path).absolute().parent
