"""Leads: the sentences that a story is quoted by.

A story of one article is told by its lead, which is hard to beat (``scripts/fit_writer.py`` prints by how much). One of
several has the lead of its main article, and of the others what covers most of what they tell together and is not told
yet: a word counts by how many of them, independent of each other, have it, a name or a number more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qa.answer import checked, opening
from qa.cite import Place, Sentence
from qa.sentences import sentence_spans, trimmed
from qa.significance import significance
from qa.tellable import Tellable, is_opinion, near_copy, tellable, units_of
from qa.types import Article, Claim, Hit, Passage, Story

MOST_SENTENCES = 5
"""Sentences that tell what happened; fewer where there are fewer articles."""
_ALONE, _LEAD = 3, 2
"""Sentences of a story's only article, and of its main one among others."""
_RETOLD = 0.55
"""Share of the shorter of two sentences in the other from which another article tells the same."""
_NEAR = 5
"""Sentences among which an article comes to what its title says."""
_MOST_WORDS = 150
_MOST_ARTICLES = 12
"""Articles of a story that are read for sentences, its main one first."""
_HEAVY = 1.6
"""How much more a name or a number counts than another word."""
_MATTERS = 0.1
"""What the cues of a sentence, the words it shares with what is told, and its place must come to."""
_NEW = 0.5
"""What a thing is worth that one source alone tells; one that two tell is worth 1 more."""
_ENOUGH = 0.15
"""Share of what the lead covers, word for word, that a further sentence must add to be worth telling."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A sentence and the place of its article in the story, from 0."""

    article: int
    one: Tellable


def quoted(story: Story, told: Collection[str] = ()) -> Story:
    """The story with the sentences that it is quoted by: what happened, and why it matters. One alone where nothing is
    new in it. ``told`` are sentences that other stories have."""
    articles = independent(story)
    room = 1 if story.status == "seen" else MOST_SENTENCES
    picked = pick(articles, room, told)
    why = [] if story.status == "seen" else reasons(articles, picked)
    if not picked:
        return replace(story, claims=_any_sentence(articles[0]))
    claims = claims_of([*picked, *why], articles)
    return replace(story, claims=claims[: len(picked)], why=claims[len(picked) :])


def independent(story: Story) -> tuple[Article, ...]:
    """The articles of a story without copies, so many as are read."""
    copies = {copy.article_id for copy in story.copies}
    return tuple(one for one in story.articles if one.id not in copies)[:_MOST_ARTICLES] or story.articles[:1]


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
    """What each thing told is worth: how many independent sources tell it, the the first of them counts least."""
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


def claims_of(picked: Iterable[Picked], articles: Sequence[Article]) -> tuple[Claim, ...]:
    """The sentences as claims, cited to their exact words and checked."""
    hits = [_read(article) for article in articles]
    sentences, before = [], None
    for one in picked:
        follows = before == (one.article, one.one.n - 1)  # whose sentence says who "he" is
        place = Place(one.one.quote, one.one.near)
        sentences.append(Sentence(one.one.plain if follows else one.one.text, (one.article + 1,), place))
        before = (one.article, one.one.n)
    return checked(sentences, hits)[1]


def _read(article: Article) -> Hit:
    """As much of an article as its sentences are taken from."""
    hit, last = opening(article), max((one.near.end for one in tellable(article)), default=0)
    if last <= hit.passage.end:
        return hit
    passage = Passage(hit.passage.id, article.id, article.version, 0, 0, last, article.text[:last])
    return replace(hit, passage=passage)


def _any_sentence(article: Article) -> tuple[Claim, ...]:
    """The first words of an article in which nothing can be told by itself."""
    hit = opening(article)
    spans = (trimmed(hit.passage.text, span) for span in sentence_spans(hit.passage.text))
    found = (" ".join(hit.passage.text[span.start : span.end].split()) for span in spans)
    first = [text for text in found if any(c.isalnum() for c in text)][:1]
    return checked([Sentence(text, (1,)) for text in first], [hit])[1]
