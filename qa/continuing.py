"""Continuing: which stories of earlier days a story goes on from.

Within weeks one subject fills every page, and its words join what has nothing else in common. So a word or a name
counts by the share of the stories of one day that have it, where that is largest: what stands in half of a day's
stories tells no event, what stands in one of them on each of several days does. Opinions go on from nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from qa.facts import names, stem, tokens
from qa.profiles import product
from qa.stopwords import STOP_WORDS
from qa.tellable import is_opinion
from qa.types import Article

LEAST = (0.23, 0.18, 0.2)
"""Mean of the cosines of words and of names, and each of both, from which two stories are of one event
(``scripts/fit_memory.py --pairs`` prints the pairs around it)."""
_READ = 2_000
"""Characters of an article that are compared."""
_MOST = 3
"""Articles of a story that are compared, its main one first."""
_FEWEST = 8
"""Stories of a day from which a share of them says something; of fewer it counts as so many."""
_COMMON = 0.3
"""Taken off the weight of each word: what stands in three of four stories weighs nothing."""

Stories = Sequence[Sequence[Article]]
_Vectors = tuple[Mapping[str, float], Mapping[str, float]]


def going_on(
    stories: Stories, earlier: Sequence[Stories], least: tuple[float, float, float] = LEAST
) -> list[list[tuple[int, int, float]]]:
    """For each story those of the days ``earlier`` that it goes on from: day, place in the day and how alike, the most
    alike first."""
    days = [[_compared(group) for group in day] for day in (stories, *earlier)]
    share = _share(days, 0), _share(days, 1)
    vectors = [[[_vectors(article, share) for article in group] for group in day] for day in days]
    found = []
    for own in vectors[0]:
        alike = [
            (day, place, value)
            for day, groups in enumerate(vectors[1:])
            for place, other in enumerate(groups)
            if (value := _alike(own, other, least))
        ]
        found.append(sorted(alike, key=lambda one: (-one[2], one[0], one[1])))
    return found


def _compared(group: Sequence[Article]) -> list[Article]:
    """The articles by which a story is compared; none of one that is opinion alone."""
    return [article for article in group[:_MOST] if not is_opinion(article)]


def _alike(own: Sequence[_Vectors], other: Sequence[_Vectors], least: tuple[float, float, float]) -> float:
    """How alike two stories are; 0.0 where they are not of one event."""
    if not own or not other:
        return 0.0
    words, named = _cosine(own, other, 0), _cosine(own, other, 1)
    value = (words + named) / 2
    return value if value >= least[0] and words >= least[1] and named >= least[2] else 0.0


def _cosine(own: Sequence[_Vectors], other: Sequence[_Vectors], which: int) -> float:
    return sum(product(one[which], two[which]) for one in own for two in other) / (len(own) * len(other))


@lru_cache(maxsize=2048)
def _counts(title: str, text: str) -> tuple[Counter[str], Counter[str]]:
    """How often each stem stands in a text, and each word of a name."""
    whole = f"{title}\n{text}"
    stems = Counter(stem(token.folded) for token in tokens(whole) if token.folded not in STOP_WORDS)
    return stems, Counter(word for name in names(whole) for word in name.words)


def _counted(article: Article) -> tuple[Counter[str], Counter[str]]:
    return _counts(article.title, article.text[:_READ])


def _share(days: Sequence[Stories], which: int) -> Mapping[str, float]:
    """The largest share of the stories of one day that have each word, or name."""
    share: dict[str, float] = {}
    for day in days:
        for word, count in Counter(_in_stories(day, which)).items():
            share[word] = max(share.get(word, 0.0), count / max(len(day), _FEWEST))
    return share


def _in_stories(day: Stories, which: int) -> Iterator[str]:
    for group in day:
        yield from {word for article in group for word in _counted(article)[which]}


def _vectors(article: Article, share: tuple[Mapping[str, float], Mapping[str, float]]) -> _Vectors:
    stems, named = _counted(article)
    return _unit(stems, share[0]), _unit(named, share[1])


def _unit(counts: Counter[str], share: Mapping[str, float]) -> Mapping[str, float]:
    vector = {
        word: (1 + math.log(n)) * weight
        for word, n in counts.items()
        if (weight := -math.log(share[word]) - _COMMON) > 0
    }
    norm = math.sqrt(sum(value * value for value in vector.values()))
    return {word: value / norm for word, value in vector.items()} if norm else {}
