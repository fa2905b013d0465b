"""The folders and files of this machine, without hidden ones and without files that cannot be read as articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rich.text import Text, TextType
from textual.widgets import DirectoryTree
from textual.widgets.directory_tree import DirEntry
from textual.widgets.tree import TreeNode

from qa.render import show_line

MOST = 1_000
"""Entries of one folder that are shown; a path can name any other."""


class FileTree(DirectoryTree):
    """Loads a folder when it is opened, in a worker; a folder that cannot be read is empty."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def __init__(self, path: Path, shown: Callable[[str], bool]) -> None:
        """A tree of what lies under ``path``; files with such names are shown."""
        self._shown = shown
        self._folders: set[Path] = set()
        super().__init__(path)

    def process_label(self, label: TextType) -> Text:
        """A file's name, safe to show; never markup."""
        return Text(show_line(str(label)), no_wrap=True)

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """What is shown of a folder; called by the worker that reads it."""
        kept: list[Path] = []
        for path in paths:
            if path.name.startswith("."):
                continue
            if self._safe_is_dir(path):
                self._folders.add(path)
                kept.append(path)
            elif self._shown(path.name):
                kept.append(path)
        return sorted(kept, key=lambda path: (path not in self._folders, path.name.casefold()))[:MOST]

    def _populate_node(self, node: TreeNode[DirEntry], content: Iterable[Path]) -> None:
        """As in Textual, without asking the file system again: this runs on the event loop."""
        node.remove_children()
        for path in content:
            node.add(path.name, data=DirEntry(path), allow_expand=path in self._folders)
        node.expand()
