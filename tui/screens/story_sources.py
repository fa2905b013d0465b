"""The articles of one story: outlet, date, link; Enter opens one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from qa.types import Article
from tui import wording
from tui.screens.leaving import Dialog
from tui.widgets.steady_list import SteadyList


class StorySourcesScreen(Dialog[Article | None]):
    """Gives back the article that the reader wants to open; None when none."""

    CSS_PATH = "story_sources.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="sources.leave"),
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    def __init__(self, title: str, articles: Sequence[Article], added: Sequence[str] = ()) -> None:
        """The ``articles`` of the story ``title``; those in ``added`` (ids) no earlier briefing told."""
        super().__init__()
        self._story = title
        self._articles = tuple(articles)
        self._added = frozenset(added)

    def compose(self) -> ComposeResult:
        """The story, and its articles."""
        with Vertical(id="sources"):
            yield Static(wording.line(self._story, "bold"), markup=False)
            yield SteadyList(*(Option(self._prompt(article)) for article in self._articles), markup=False)
            yield Static(wording.line("Enter opens the article, Esc goes back", "dim"), markup=False)

    def on_mount(self) -> None:
        """The first article is under the cursor."""
        self.query_one(SteadyList).focus()

    def _prompt(self, article: Article) -> Content:
        when = wording.when(article.published.iso if article.published else None)
        new = "★ new · " if article.id in self._added else ""
        lines = [
            wording.line(f"{article.source or 'unknown source'} · {when}", "bold"),
            wording.line(f"{new}{article.title}"),
        ]
        return Content("\n").join([*lines, wording.line(article.url, "dim")] if article.url else lines)

    def on_option_list_option_selected(self, event: SteadyList.OptionSelected) -> None:
        """Enter or a click."""
        event.stop()
        self.dismiss(self._articles[event.option_index])

    def action_cursor(self, by: int) -> None:
        """Move the cursor."""
        listed = self.query_one(SteadyList)
        if by > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def action_leave(self) -> None:
        """Open none."""
        self.dismiss(None)
