"""Subject: which articles of a window are about what a reader names, and in which stories.

An article is about it when a passage of it, or its headline, holds the words that were typed; an article of the same
event is told along with it, though it uses other words for the subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa.engine import Engine
from qa.facts import content_stems
from qa.question import is_light
from qa.retrieve import resolve, retrieve
from qa.types import Article, Hit, IndexChoice, IndexUsed, Window

LOOKED_AT = 500
"""Articles that are looked at, those nearest to the subject."""
_ALL_OF = 2
"""Words of a subject up to which an article must hold each of them; of more it may lack a third."""
_HELD = 2 / 3
_MOSTLY = 1 / 3
"""Share of a story's articles that must be about the subject."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of a subject in a window."""

    articles: tuple[Article, ...]
    """Those that are near it: the stories of these are to be found."""
    about: frozenset[str]
    """Ids of those that are about it."""
    index: IndexUsed

    def holds(self, members: Sequence[Article]) -> bool:
        """Whether a story is about it."""
        about = sum(article.id in self.about for article in members)
        return about > 0 and about >= _MOSTLY * len(members)


def subject(
    engine: Engine, typed: str, window: Window, among: Sequence[Article], *, as_of: date, index: IndexChoice = "auto"
) -> Subject:
    """What of ``among``, the articles of ``window``, is near the subject. Raises UsageError where nothing is named."""
    first, last = (day.isoformat() if day else None for day in (window.start, window.end))
    query = resolve(engine, typed, first=first, last=last, as_of=as_of.isoformat(), all_days=first is last is None)
    found = retrieve(engine, query, LOOKED_AT, index, by="article")
    inside = {article.id: article for article in among}
    near = [hit for hit in found.hits if hit.article.id in inside]
    stems = _telling(query.topic)
    about = frozenset(hit.article.id for hit in near if _is_about(stems, hit))
    kept = {hit.article.id for hit in near}
    return Subject(
        tuple(article for article in among if article.id in kept), about if stems else frozenset(kept),
        found.index,
    )  # fmt: skip


def by_day(groups: Sequence[Sequence[Article]]) -> list[Sequence[Article]]:
    """Stories in the order of their first days, the earliest first."""
    return sorted(groups, key=lambda members: min((a.published.day, a.id) for a in members if a.published))


def _telling(topic: str) -> frozenset[str]:
    """Stems of the words that say what the subject is."""
    stems = frozenset(content_stems(topic))
    return frozenset(stem for stem in stems if not is_light(stem)) or stems


def _is_about(stems: frozenset[str], hit: Hit) -> bool:
    held = stems.intersection(content_stems(f"{hit.article.title}\n{hit.passage.text}"))
    return len(held) >= (len(stems) if len(stems) <= _ALL_OF else _HELD * len(stems))
