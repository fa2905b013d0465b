"""A briefing put into the items of a list: what changed on top, then each story with its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.render import STANDINGS, changed_counts, changes, revision_words, shortened, standing_words
from qa.types import Article, Briefing, Citation, Story
from tui.widgets.sentence_list import Heading, Item, Side

_COLOURS = {"new": "$text-success", "update": "$text-warning", "seen": "$text-muted"}
"""Of the status of a story; its shape and word stand beside it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The items of a briefing, and where each of its stories begins among them."""

    items: tuple[Item, ...]
    begins: tuple[int, ...]

    def story_at(self, index: int | None) -> int | None:
        """The place of the story that an item is part of."""
        if index is None:
            return None
        return next((n for n in reversed(range(len(self.begins))) if self.begins[n] <= index), None)


def told(briefing: Briefing) -> Told:
    """The items of a briefing."""
    items: list[Item] = _opening(briefing)
    begins = []
    for story in briefing.stories:
        begins.append(len(items))
        items += _story(story, compared=briefing.since is not None)
    if not briefing.stories:
        items = [Heading("No article of these days.", "Type another day or a window above.")]
    if briefing.since is not None and briefing.since.over:
        heading = f"Told on {briefing.since.day.isoformat()} and not again"
        items.append(Heading(heading, notes=tuple(one.title for one in briefing.since.over)))
    return Told(tuple(items), tuple(begins))


def _opening(briefing: Briefing) -> list[Item]:
    """What changed since the briefing before: how many are new and not told again, and each update."""
    revised = revision_words(briefing)
    if briefing.since is None:
        return [Heading(revised)] if revised else []
    updates = tuple(
        f"▲ {shortened(story.title)}: {standing_words(story).partition(': ')[2]}"
        for story in briefing.stories
        if story.status == "update"
    )
    heading = f"Since the briefing of {briefing.since.day.isoformat()}: {changed_counts(briefing)}"
    return [Heading(heading, revised, notes=updates)]


def _story(story: Story, *, compared: bool) -> list[Item]:
    shape = STANDINGS[story.status].partition(" ")[0]
    badge = (f"{shape} {standing_words(story)} · ", _COLOURS[story.status]) if compared else ("", "")
    items: list[Item] = [Heading(story.title, detail(story), "question", badge=badge), *story.claims]
    if not story.claims:
        items += (_headline(article) for article in story.articles[:1])
    for change, words in zip(story.changes, changes(story), strict=True):
        items.append(Heading(words, kind="conflict", notes=("The later report holds; what was told is out of date.",)))
        told = [("told", change.before), ("now", change.after)][-len(change.sides) :]
        items += (Side(side, f"{when}: {value}") for (when, value), side in zip(told, change.sides, strict=True))
    return items


def detail(story: Story) -> str:
    """Sources and days of a story. Not yet safe to show."""
    sources = dict.fromkeys(article.source or "source unknown" for article in story.articles)
    days = sorted({article.published.day.isoformat() for article in story.articles if article.published})
    span = days[:1] if len(days) < 2 else [f"{days[0]} to {days[-1]}"]
    return " · ".join([named(tuple(sources)), *span])


def named(sources: Sequence[str]) -> str:
    """The first sources by name, the others counted."""
    more = f" and {len(sources) - 4} more" if len(sources) > 4 else ""
    return ", ".join(sources[:4]) + more


def _headline(article: Article) -> Citation:
    """A headline as what is cited, where no sentence of the article could be."""
    published = article.published.iso if article.published else None
    return Citation(
        1,
        article.id,
        article.version,
        article.title,
        article.source,
        published,
        "title",
        0,
        len(article.title),
        article.title,
        url=article.url,
    )
