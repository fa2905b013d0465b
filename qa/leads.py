"""Leads: the sentences that a story is quoted by: what happened, what is new in it, why it matters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from qa.answer import checked, opening
from qa.cite import Place, Sentence
from qa.selection import MOST_SENTENCES, Picked, news, on_same_point, pick, reasons
from qa.tellable import first_words, near_copy, tellable, units_of
from qa.types import Article, Claim, Hit, Passage, Story

_MOST_ARTICLES = 12
"""Articles of a story that are read for sentences, its main one first."""
_MOST_NEWS = 3


def quoted(story: Story, before: Sequence[Article] = (), told: Collection[str] = ()) -> Story:
    """The story with the sentences that it is quoted by. One alone where nothing is new in it. ``before`` are the
    articles by which earlier briefings told of it, ``told`` the sentences that other stories have."""
    articles = independent(story)
    if story.status == "seen":
        return replace(story, claims=claims_of(pick(articles, 1, told), articles) or _any_sentence(articles[0]))
    picked = pick(articles, MOST_SENTENCES, told)
    if not picked:
        return replace(story, claims=_any_sentence(articles[0]))
    added = new_in(story, articles, before, picked)
    kept = [one for one in picked if one not in added] or picked[:1]
    added = [one for one in added if one not in kept]
    why = reasons(articles, [*kept, *added])
    claims = claims_of([*kept, *added, *why], articles)
    places = len(kept), len(kept) + len(added)
    return replace(story, claims=claims[: places[0]], news=claims[places[0] : places[1]], why=claims[places[1] :])


def new_in(
    story: Story, articles: Sequence[Article], before: Sequence[Article], told: Sequence[Picked] = ()
) -> list[Picked]:
    """The sentences that tell what is new in a story that goes on, those among ``told`` in their order."""
    if story.status != "update" or not before:
        return []
    marked = {(change.sides[-1].article_id, change.sides[-1].start) for change in story.changes if change.sides}
    found: list[Picked] = []
    since = story.earlier.day if story.earlier else date.min  # what came out before that day is not new, though added
    added = {one.id for one in articles if one.id in story.added and one.published and one.published.day >= since}
    for one in news(articles, added, before, marked):
        others = [*found, *(other for other in told if other != one)]
        if len(found) < _MOST_NEWS and not any(near_copy(one.one.units, other.one.units) for other in others):
            found.append(one)
    return sorted(found, key=lambda one: (one.article, one.one.n))


def independent(story: Story) -> tuple[Article, ...]:
    """The articles of a story without reprints, so many as are read: what a later version adds is worth telling."""
    copies = {copy.article_id for copy in story.copies if not copy.later}
    originals = [one for one in story.articles if one.id not in copies] or list(story.articles[:1])
    return tuple(originals[:_MOST_ARTICLES])


def instead(claim: Claim, story: Story, told: Sequence[Claim]) -> Claim | None:
    """A quoted sentence that makes the point of one that failed, and is not told yet."""
    articles = independent(story)
    found = on_same_point(claim.text, articles, [units_of(one.text)[0] for one in told])
    return claims_of([found], articles)[0] if found else None


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
    """The first words of an article in which nothing can be told by itself; without any its headline tells of it."""
    text = first_words(article)
    return checked([Sentence(text, (1,))], [opening(article)])[1] if text else ()
