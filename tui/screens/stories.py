"""Reading a briefing: its stories as one list, the quoted words beside it, and what can be done with a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, Input

from qa.render import copied_story
from qa.types import Article, Briefing, Exchange, Story
from tui import editions, wording
from tui.desk import Desk
from tui.inspection import of_story
from tui.screens.desk_screen import DeskScreen, focus_is_free
from tui.screens.export import Destination, ExportScreen
from tui.screens.inspector import InspectorScreen
from tui.screens.story_sources import StorySourcesScreen
from tui.screens.two_panes import TwoPanesScreen
from tui.told import Told, told
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList, checked

_ON_A_STORY = {"follow_up", "copy_story", "sources", "words", "inspect"}


class StoriesScreen(TwoPanesScreen):
    """A screen with a ContentSwitcher (one of its views the SentenceList ``#stories``) and a QuotePane."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "follow_up", "Follow up", id="briefing.follow_up"),
        Binding("o", "sources", "Sources", id="briefing.sources"),
        Binding("i", "inspect", "Inspect", id="briefing.inspect"),
        Binding("y", "copy_story", "Copy", id="briefing.copy"),
        Binding("x", "export", "Export", id="briefing.export"),
        Binding("v", "words", "Quote", id="briefing.quote"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.briefing: Briefing | None = None
        """The one that is shown."""
        self._told = Told()
        self.exchanges: list[Exchange] = []
        """What was said to a model and by it while the one that is shown was written."""

    @property
    def stories(self) -> SentenceList:
        """The list of the stories."""
        return self.query_one("#stories", SentenceList)

    @property
    def story(self) -> Story | None:
        """The story under the cursor."""
        at = self._told.story_at(self.stories.highlighted)
        return None if at is None or self.briefing is None else self.briefing.stories[at]

    def show(self, briefing: Briefing, how: str = "", unasked: Sequence[str] = ()) -> None:
        """Show a briefing; ``how`` is what is to be known about where it comes from, ``unasked`` the standing questions
        that it does not answer."""
        self.briefing, self.window, self._moved = briefing, briefing.window, None
        self._told = told(briefing, unasked)
        self.describe()
        self.status.say(wording.briefed(briefing, how), keep=True)
        self.query_one(QuotePane).clear()
        self.query_one(ContentSwitcher).current = "stories"
        self.remove_class("-quoting")
        self.stories.show(self._told.items)
        self.refresh_bindings()
        if focus_is_free(self) and briefing.stories:
            self.set_focus(self.stories)

    def show_unasked(self, unasked: Sequence[str]) -> None:
        """The standing questions are others than they were: the cursor stays at its sentence."""
        if self.briefing is None:
            return
        at = self.stories.current
        self._told = told(self.briefing, unasked)
        self.stories.show(self._told.items)
        self.stories.highlighted = next(
            (n for n, item in enumerate(self._told.items) if at is not None and checked(item) is at),
            self.stories.highlighted,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A story's keys need a story; and letters are letters where they are typed."""
        if action in _ON_A_STORY | {"export"}:
            if self.briefing is None or isinstance(self.focused, Input):
                return False
            return bool(self.briefing.stories) or action == "export"
        return super().check_action(action, parameters)

    def on_descendant_focus(self) -> None:
        """What can be done depends on where the reader is."""
        self.refresh_bindings()

    # a story

    def action_follow_up(self) -> None:
        """Ask about the story under the cursor: Ask, limited to its articles."""
        if story := self.story:
            scope = self.desk.scope.on_story(story.title, tuple(article.id for article in story.articles))
            self.app.switch_mode("ask")
            self.app.post_message(DeskScreen.Rescoped(scope))

    def action_sources(self) -> None:
        """See the articles of the story under the cursor, and open one."""
        if story := self.story:
            compared = self.briefing is not None and self.briefing.since is not None
            screen = StorySourcesScreen(story.title, story.articles, story.added if compared else ())
            self.app.push_screen(screen, self._open_source)

    def _open_source(self, article: Article | None) -> None:
        if article is not None:
            self.open_article(article.id, article.version)

    def action_inspect(self) -> None:
        """See how the story under the cursor came about."""
        if self.briefing is not None and (story := self.story):
            self.app.push_screen(InspectorScreen(self.desk, of_story(story, self.briefing, self.exchanges)))

    def action_copy_story(self) -> None:
        """Put the story under the cursor on the clipboard, with its footnotes."""
        if (story := self.story) and self.briefing:
            copied = copied_story(story, self.briefing)
            self.app.copy_to_clipboard(copied)
            self.status.say(wording.on_clipboard("the story with its footnotes", copied))

    def action_export(self) -> None:
        """Ask where to, and write the briefing there."""
        if (briefing := self.briefing) is None:
            return

        def chosen(to: Destination | None) -> None:
            if to is not None:
                self.desk.begin(self, "export", lambda cancel: editions.exported(briefing, to))

        days = wording.window(briefing.window).partition(" (")[0]
        self.app.push_screen(ExportScreen(f"briefing-{days.replace(' ', '-')}", what=f"the briefing of {days}"), chosen)
