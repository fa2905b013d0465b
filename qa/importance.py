"""Importance: which stories of a window are told, and in which order.

A story weighs more the more independent outlets have it (a copy is no second outlet), the more was written on it, the
newer it is, and when it is on a topic or from a source that the reader named. Every part is a number anyone can work
out from the articles.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qa.copies import copies
from qa.facts import content_stems, fold
from qa.types import Article

STORIES: Mapping[str, int] = {"short": 5, "medium": 12, "long": 25}
"""Stories of a briefing of each length."""
_ARTICLES = 0.25
"""Weight of an article, beside 1 of an outlet: many of one outlet are still one voice."""
_AGED_BY = 2.0
"""Days after which a story has half the weight of being new."""
_NEW = 1.0
_ON_TOPIC = 4.0
"""More than any coverage of a usual day: what the reader named comes first."""
_FROM_SOURCE = 0.5
_OPENING = 600
"""Characters at an article's beginning, after its title, in which a topic is named when the article is about it."""
_PART = re.compile(r"\s+[-–—|(].*|\s*\(.*")
""" "CNN (Web News)" and "Newsmax - Opinion" are parts of an outlet."""


@dataclass(frozen=True, slots=True)
class Importance:
    """What a story's place among others rests on."""

    outlets: int
    """Independent ones: of articles that are no copies. All articles without a source count as one."""
    articles: int
    newest: date | None
    on_topic: float
    """Share of its articles, in [0, 1], that are on a topic of the reader's."""
    from_source: bool
    """Whether an article is from a source of the reader's."""
    value: float


def chosen(
    groups: Sequence[Sequence[Article]],
    *,
    length: str | int = "medium",
    topics: Sequence[str] = (),
    sources: Sequence[str] = (),
    until: date | None = None,
) -> tuple[list[list[Article]], list[list[Article]]]:
    """The stories that fit ``length``, and the others, both with the most important first. ``until`` is the last day
    of the window, from which age counts; the newest article's day where it is not given."""
    days = [article.published.day for members in groups for article in members if article.published]
    seen_from = until or max(days, default=None)
    weighed = [(importance(members, topics=topics, sources=sources, until=seen_from), members) for members in groups]
    ranked = sorted(weighed, key=lambda pair: (-pair[0].value, min(article.id for article in pair[1])))
    ordered = [list(members) for _, members in ranked]
    most = stories_of(length)
    return ordered[:most], ordered[most:]


def stories_of(length: str | int) -> int:
    """How many stories a briefing of this length has."""
    return length if isinstance(length, int) else STORIES[length]


def importance(
    members: Sequence[Article], *, topics: Sequence[str] = (), sources: Sequence[str] = (), until: date | None = None
) -> Importance:
    """What the story of these articles weighs."""
    copied = {copy.article_id for copy in copies(members)}
    outlets = len({outlet(article.source) for article in members if article.id not in copied})
    newest = max((article.published.day for article in members if article.published), default=None)
    wanted = {outlet(source) for source in sources}
    from_source = any(outlet(article.source) in wanted for article in members)
    on_topic = sum(_is_on(article, topics) for article in members) / len(members) if topics else 0.0
    age = max((until - newest).days, 0) if until and newest else 0
    value = (
        math.log2(1 + outlets + _ARTICLES * (len(members) - outlets))
        + _NEW * 0.5 ** (age / _AGED_BY)
        + _ON_TOPIC * on_topic
        + _FROM_SOURCE * from_source
    )
    return Importance(outlets, len(members), newest, on_topic, from_source, round(value, 6))


def outlet(source: str | None) -> str:
    """The name of the outlet that a source is part of, to be compared; "" where it is unknown."""
    return fold(_PART.sub("", " ".join((source or "").split())))


def _is_on(article: Article, topics: Sequence[str]) -> bool:
    """Whether all words of one of the topics stand in the title or the opening."""
    words = set(content_stems(f"{article.title}\n{article.text[:_OPENING]}"))
    return any((named := set(content_stems(topic))) and named <= words for topic in topics)
