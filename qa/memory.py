"""Memory: what the briefings of the days before told, so that a story is new, an update, or seen.

A story goes on from an earlier one when they share an article, or when their articles are as alike as those of one
story. What earlier briefings told is read from the journal, the articles' words from the library.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.answer import opening
from qa.conflicts import conflicts
from qa.engine import Engine
from qa.stories import continued, is_reprint
from qa.types import Article, Briefing, Change, Citation, Earlier, Since, Story

LOOKED_BACK = 7
"""Briefings that are remembered, the latest."""
_COMPARED = 3
"""Articles of a story that are compared with those of another, its main one first."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A story of an earlier briefing, with those of its articles that the library still has."""

    earlier: Earlier
    ids: frozenset[tuple[str, int]]
    """Ids and versions of all its articles."""
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the latest briefings before a day told."""

    told: tuple[_Told, ...]
    latest: Since | None


def memory_of(engine: Engine, day: date, topic: str = "") -> Memory:
    """What is remembered on ``day`` of what was told (of a topic, where it is given). Raises LibraryError where the
    journal cannot be read."""
    if not engine.config.journal:
        return Memory((), None)
    briefings = list(engine.journal.briefings.before(day, LOOKED_BACK, topic))
    told = tuple(_told(engine, briefing, story) for briefing in briefings for story in briefing.stories)
    latest = Since(briefings[0].number or 0, briefings[0].last) if briefings else None
    return Memory(told, latest)


def _told(engine: Engine, briefing: Briefing, story: Story) -> _Told:
    found = (engine.library.catalogue.version(article.id, article.version) for article in story.articles)
    return _Told(
        Earlier(briefing.number or 0, briefing.last, story.id, story.title),
        frozenset((article.id, article.version) for article in story.articles),
        tuple(article for article in found if article is not None),
    )


def compared(
    memory: Memory, stories: Sequence[Story], others: Sequence[Sequence[Article]] = ()
) -> tuple[tuple[Story, ...], Since | None]:
    """The stories with their status, and what the latest briefing told that neither they nor the articles of ``others``
    report on."""
    groups = [story.articles[:_COMPARED] for story in stories] + [tuple(group[:1]) for group in others]
    alike = continued(groups, [told.articles[:_COMPARED] for told in memory.told])
    known = {key for told in memory.told for key in told.ids}
    made, met = [], set[int]()
    for n, places in enumerate(alike):
        articles = stories[n].articles if n < len(stories) else others[n - len(stories)]
        keys = {(article.id, article.version) for article in articles}
        linked = sorted({*places, *(at for at, told in enumerate(memory.told) if told.ids & keys)})
        met.update(linked)
        if n < len(stories):
            made.append(_standing(stories[n], [memory.told[at] for at in linked], known))
    return tuple(made), memory.latest and replace(memory.latest, over=tuple(_over(memory, met)))


def _standing(story: Story, linked: Sequence[_Told], known: set[tuple[str, int]]) -> Story:
    """The story with its status, going on from ``linked``, the latest first."""
    if not linked:
        return replace(story, added=tuple(article.id for article in story.articles))
    before = [article for told in linked for article in told.articles]
    added = [
        article
        for article in story.articles
        if (article.id, article.version) not in known and not any(is_reprint(article, other) for other in before)
    ]
    cited = [citation for claim in story.claims for citation in claim.citations]
    return replace(
        story,
        status="update" if added else "seen",
        earlier=linked[0].earlier,
        added=tuple(article.id for article in added),
        changes=tuple(_changes(before, added, cited)),
    )


def _changes(before: Sequence[Article], added: Sequence[Article], cited: Sequence[Citation]) -> Iterator[Change]:
    """Values of articles told before that those added supersede; both sentences are numbered on from those cited."""
    new = {article.id for article in added}
    hits = [opening(article) for article in (*before, *added)]
    for conflict in conflicts(hits, cited=cited) if added else ():
        earlier, later = conflict.sides
        if conflict.kind == "superseded" and later.article_id in new and earlier.article_id not in new:
            yield Change("number", conflict.about, *conflict.values, conflict.sides)


def _over(memory: Memory, met: set[int]) -> Iterator[Earlier]:
    """The stories of the latest briefing that nothing goes on from."""
    for at, told in enumerate(memory.told):
        if memory.latest and told.earlier.briefing == memory.latest.briefing and at not in met:
            yield told.earlier
