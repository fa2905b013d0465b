"""Profiles: what an article is compared with others by, as one sparse vector.

Names, numbers and days tell two events of a kind apart (two earthquakes share most other words); the headline says in
few words what the event is. Each part is a vector of (1 + log tf) × idf, at most of length 1; the parts are weighted,
and the product of two profiles is the weighted sum of their cosines (``scripts/fit_stories.py`` says how good that is).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from qa.copies import READ
from qa.facts import days, names, numbers, stem, tokens
from qa.stopwords import STOP_WORDS
from qa.types import Article

Terms = Mapping[str, Mapping[str, int]]
"""The parts of an article by name: how often each term stands in it."""
Profile = Mapping[str, float]
"""Weight of each term, which has the name of its part before it."""

PARTS: Mapping[str, float] = {
    "word": 0.24,
    "name": 0.28,
    "headline": 0.20,
    "number": 0.15,
    "day": 0.13,
}
"""Weight of each part; together 1."""
_SMOOTHED = {"word": 1, "name": 1, "headline": 1, "number": 0, "day": 0}
"""Added to the share that idf is the logarithm of: a day that all articles name says nothing."""
_LEAST = {"word": 0.0, "name": 2.0, "headline": 2.0, "number": 2.0, "day": 2.0}
"""Added to a part's square length: one name or day that two articles share makes them no more alike than it says."""
_HEADLINE = 200
"""Characters of a first line that are the headline of an article whose title was taken from its text."""
_POINTING = 2
"""Numbers up to this count nothing in particular ("two of them")."""


def terms_of(article: Article) -> Terms:
    """What an article is compared by, read once."""
    body = article.text[:READ].strip()
    derived = body.startswith(article.title.rstrip("…"))
    headline = body.split("\n", maxsplit=1)[0][:_HEADLINE] if derived else article.title
    text = body if derived else f"{headline}\n{body}"
    return {
        "word": Counter(_stems(text)),
        "name": Counter(word for name in names(text) for word in name.words),
        "headline": Counter(_stems(headline)),
        "number": Counter(f"{number.value:g}" for number in numbers(text) if number.value > _POINTING),
        "day": Counter(days(text)),
    }


def _stems(text: str) -> list[str]:
    return [stem(token.folded) for token in tokens(text) if token.folded not in STOP_WORDS]


class Rarity:
    """In how many of the articles seen so far each term stands: the rarer, the more it says."""

    def __init__(self, seen: Iterable[Terms] = ()) -> None:
        self._holding: Counter[str] = Counter()
        self.articles = 0
        for terms in seen:
            self.add(terms)

    def add(self, terms: Terms) -> None:
        """Count one more article."""
        self.articles += 1
        for part, counts in terms.items():
            self._holding.update(f"{part}:{term}" for term in counts)

    def _rarity(self, key: str, smoothed: int) -> float:
        return math.log((self.articles + 1) / max(self._holding[key], 1) + smoothed)

    def profile(self, terms: Terms) -> Profile:
        """The profile of an article, its terms in a fixed order."""
        found: dict[str, float] = {}
        for part, counts in terms.items():
            weighed = {
                key: (1 + math.log(counts[term])) * self._rarity(key, _SMOOTHED[part])
                for key, term in sorted((f"{part}:{term}", term) for term in counts)
            }
            square = sum(value * value for value in weighed.values()) + _LEAST[part]
            norm = math.sqrt(square / PARTS[part])
            found |= {key: value / norm for key, value in weighed.items() if value}
        return found


def profiles(articles: Sequence[Article]) -> list[Profile]:
    """The profiles of ``articles``, which are each other's background."""
    read = [terms_of(article) for article in articles]
    rarity = Rarity(read)
    return [rarity.profile(terms) for terms in read]


def product(one: Profile, other: Profile) -> float:
    """Similarity of two articles, in [0, 1]."""
    if len(other) < len(one):
        one, other = other, one
    return sum(value * other[term] for term, value in one.items() if term in other)
