"""Selection: which sentences of a story's articles tell what happened, and why it matters.

A story of one article is told by its lead, which is hard to beat (``scripts/fit_writer.py`` prints by how much). One of
several has the lead of its main article, and of the others what covers most of what they tell together and is not told
yet: a word counts by how many of them, independent of each other, have it, a name or a number more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from qa.significance import significance
from qa.tellable import Tellable, is_opinion, near_copy, tellable, units_of
from qa.types import Article

MOST_SENTENCES = 5
"""Sentences that tell what happened; fewer where there are fewer articles."""
_ALONE, _LEAD = 3, 2
"""Sentences of a story's only article, and of its main one among others."""
_RETOLD = 0.55
"""Share of the shorter of two sentences in the other from which another article tells the same."""
_NEAR = 5
"""Sentences among which an article comes to what its title says."""
_MOST_WORDS = 150
_HEAVY = 1.6
"""How much more a name or a number counts than another word."""
_MATTERS = 0.1
"""What the cues of a sentence, the words it shares with what is told, and its place must come to."""
_NEW = 0.5
"""What a thing is worth that one source alone tells; one that two tell is worth 1 more."""
_ENOUGH = 0.15
"""Share of what the lead covers, word for word, that a further sentence must add to be worth telling."""
_ADDS = 0.5
"""Share of what a sentence tells that must be new for it to be news."""
_REPORTED = 12
"""Sentences in which an article reports its news; what follows is background."""
_SAME_POINT = 0.5
"""Share of a sentence in another from which both make the same point."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A sentence and the place of its article in the story, from 0."""

    article: int
    one: Tellable


def pick(articles: Sequence[Article], room: int = MOST_SENTENCES, told: Collection[str] = ()) -> list[Picked]:
    """The sentences that tell what happened, in the order of their days, those of the main article first in a day."""
    main = [one for one in tellable(articles[0]) if one.text not in told]
    ours = _alone(_from_its_news(main, articles[0].title), _ALONE if len(articles) == 1 else _LEAD)
    chosen = [Picked(0, one) for one in ours[:room]]
    if len(articles) > 1:
        room = min(room, 2 + len(articles))
        others = [
            Picked(at, one)
            for at, article in enumerate(articles)
            if not (is_opinion(article) and at)
            for one in tellable(article)
            if not one.leans and one.text not in told
        ]
        chosen = _covering(chosen, others, weights(articles), room)
    return sorted(chosen, key=lambda one: (_day(articles[one.article]), one.article, one.one.n))


def _from_its_news(found: Sequence[Tellable], title: str) -> Sequence[Tellable]:
    """The sentences from the first on that tells something of the title: among the first few, or plainly so."""
    wanted, _ = units_of(title)
    for at, one in enumerate(found):
        if (one.ahead or not one.leans) and len(one.units & wanted) >= (1 if at < _NEAR else 2):
            return found[at:]
    return found


def _alone(found: Sequence[Tellable], most: int) -> list[Tellable]:
    """The first sentences that can be read one after the other."""
    chosen: list[Tellable] = []
    for one in found:
        if len(chosen) == most:
            break
        if one.leans and not one.ahead and not (chosen and chosen[-1].n == one.n - 1):
            continue
        if not any(near_copy(one.units, other.units) for other in chosen):
            chosen.append(one)
    return chosen


def weights(articles: Sequence[Article]) -> Mapping[str, float]:
    """What each thing told is worth: how many independent sources tell it, the first of them counts least."""
    holding: dict[str, set[str]] = {}
    heavy: set[str] = set()
    for article in articles:
        told = [(one.units, one.heavy) for one in tellable(article)]
        for units, weighty in (*told, units_of(article.title)):
            heavy |= weighty
            for unit in units:
                holding.setdefault(unit, set()).add(article.source or article.id)
    return {
        unit: (_NEW + math.log2(len(sources))) * (_HEAVY if unit in heavy else 1.0) for unit, sources in holding.items()
    }


def _covering(chosen: list[Picked], others: Sequence[Picked], worth: Mapping[str, float], room: int) -> list[Picked]:
    """``chosen`` and of ``others`` those that add most to them, one after the other, while they add enough."""
    chosen, told = list(chosen), {unit for one in chosen for unit in one.one.units}
    least = _ENOUGH * max((_gain(one.one, set(), worth) for one in chosen), default=0.0)
    used = Counter(one.article for one in chosen)
    while len(chosen) < room and sum(one.one.words for one in chosen) < _MOST_WORDS:
        about = {unit for one in chosen for unit in one.one.heavy}
        open_to = (
            one
            for one in others
            if used[one.article] < _LEAD
            and one.one.heavy & about
            and not any(near_copy(one.one.units, other.one.units, _RETOLD) for other in chosen)
        )
        best = max(open_to, key=lambda one: (_gain(one.one, told, worth), -one.article, -one.one.n), default=None)
        if best is None or _gain(best.one, told, worth) < least:
            break
        chosen.append(best)
        used[best.article] += 1
        told |= best.one.units
    return chosen


def _gain(one: Tellable, told: Collection[str], worth: Mapping[str, float]) -> float:
    """What a sentence adds to what is told, for its length, less the later it stands."""
    new = sum(worth.get(unit, 0.0) for unit in one.units - set(told))
    return new / (10 + one.words) / (1 + 0.05 * one.n)


def _day(article: Article) -> int:
    return article.published.day.toordinal() if article.published else 0


def reasons(articles: Sequence[Article], told: Sequence[Picked]) -> list[Picked]:
    """The sentence that says best why the story matters, where one does and is not told."""
    title, _ = units_of(articles[0].title)
    about = title.union(*(one.one.heavy for one in told), *(one.one.units for one in told[:1]))
    found = [
        (
            significance(one.text) * (len(one.units & about) - 1) / (8 + one.words) / (1 + 0.05 * one.n),
            -at,
            -one.n,
            picked,
        )
        for at, article in enumerate(articles)
        if not is_opinion(article)
        for one in tellable(article)
        if not one.leans and not any(near_copy(one.units, other.one.units) for other in told)
        for picked in [Picked(at, one)]
    ]
    best = max(found, key=lambda scored: scored[:3], default=None)
    return [best[3]] if best and best[0] >= _MATTERS else []


def news(
    articles: Sequence[Article], added: Collection[str], before: Sequence[Article], marked: Collection[tuple[str, int]]
) -> list[Picked]:
    """The sentences of the articles ``added`` (by id) that tell what none of ``before`` does, the likeliest first:
    those in which a change stands (``marked``: ids and positions), then those with the most names and numbers."""
    old = [one for article in before for one in tellable(article)]
    known = {unit for one in old for unit in one.units}.union(*(units_of(article.title)[0] for article in before))
    found = []
    for at, article in enumerate(articles):
        for one in tellable(article) if article.id in added and not is_opinion(article) else ():
            fresh = one.units - known
            holds = any(id_ == article.id and one.quote.start <= start < one.quote.end for id_, start in marked)
            if one.leans or one.n > _REPORTED or _is_past(one, article):
                continue
            if any(near_copy(one.units, other.units) for other in old):
                continue
            if holds or (fresh & one.heavy and len(fresh) >= _ADDS * len(one.units)):
                found.append((not holds, -len(fresh & one.heavy) / (1 + 0.05 * one.n), at, one.n, Picked(at, one)))
    return [scored[4] for scored in sorted(found, key=lambda scored: scored[:4])]


def _is_past(one: Tellable, article: Article) -> bool:
    """Whether a sentence names a year before that of its article, and is background."""
    years = [int(unit[1:5]) for unit in one.units if unit[0] == "@" and unit[1:5].isdigit()]
    return bool(years) and article.published is not None and min(years) < article.published.day.year


def on_same_point(text: str, articles: Sequence[Article], told: Sequence[Collection[str]]) -> Picked | None:
    """The sentence that makes most nearly the point of ``text`` and is not among those ``told`` (by their units)."""
    wanted, heavy = units_of(text)
    found = [
        (len(one.units & wanted) / max(1, len(wanted)), -at, -one.n, Picked(at, one))
        for at, article in enumerate(articles)
        for one in tellable(article)
        if not one.leans and one.heavy & heavy and not any(near_copy(one.units, other) for other in told)
    ]
    best = max(found, key=lambda scored: scored[:3], default=None)
    return best[3] if best and best[0] >= _SAME_POINT else None
