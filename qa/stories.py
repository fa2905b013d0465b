"""Stories: which articles of a window tell of one event.

Names, numbers and days tell events apart better than an embedder, which finds the kind of event (two earthquakes look
alike to it). Similarity is a weighted sum of TF-IDF cosine, overlap of names, of numbers and of days; groups come from
average-link clustering (UPGMA; Sokal and Michener 1958).
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.copies import READ, published_first
from qa.facts import content_stems, days, fold, names, numbers, stem, tokens
from qa.stopwords import STOP_WORDS
from qa.types import Article, Copy

SAME_STORY_FROM = 0.25
"""Average similarity from which two groups are one story (``scripts/fit_stories.py`` prints the curve)."""
_WORDS, _NAMES, _NUMBERS, _DAYS = 0.4, 0.4, 0.1, 0.1
_MOST_PAIRS = 200_000
"""Pairs of articles that are compared: all of 600 articles, and of more those that share rare words."""


@dataclass(frozen=True, slots=True)
class _Profile:
    """What an article is compared by: unit TF-IDF vectors of words and of names, sets of numbers and days."""

    words: Mapping[str, float]
    names: Mapping[str, float]
    numbers: frozenset[float]
    days: frozenset[str]


def group(articles: Sequence[Article], same_from: float = SAME_STORY_FROM) -> list[list[Article]]:
    """The articles in groups of one event each, in the order given; every article is in exactly one group."""
    copies: dict[str, list[int]] = defaultdict(list)
    for i, article in enumerate(articles):
        copies[article.text].append(i)
    alike = list(copies.values())
    profiles = _profiles([articles[members[0]] for members in alike])
    clusters = _average_link(_similarities(profiles), len(alike), same_from)
    groups = [sorted(i for number in members for i in alike[number]) for members in clusters]
    return [[articles[i] for i in members] for members in sorted(groups)]


def story_id(articles: Sequence[Article]) -> str:
    """An id that depends on nothing but which articles make the story."""
    return hashlib.blake2b("\x1f".join(sorted(a.id for a in articles)).encode(), digest_size=6).hexdigest()


def central(articles: Sequence[Article]) -> Article:
    """The article that is most like the others; of equals the earliest given."""
    profiles = _profiles(articles)
    total = [sum(_similarity(one, other) for other in profiles) for one in profiles]
    return articles[max(range(len(articles)), key=lambda i: (total[i], -i))]


def main_first(
    articles: Sequence[Article],
    copied: Sequence[Copy] = (),
    is_aside: Callable[[Article], bool] = lambda article: False,
) -> list[Article]:
    """The central article that is no copy, and no aside (an opinion) unless all are; then the other originals as
    published, then the copies as published."""
    ids = {copy.article_id for copy in copied}
    originals = sorted((one for one in articles if one.id not in ids), key=published_first)
    main = central([one for one in originals if not is_aside(one)] or originals)
    rest = [one for one in originals if one.id != main.id]
    return [main, *rest, *sorted((one for one in articles if one.id in ids), key=published_first)]


def continued(
    stories: Sequence[Sequence[Article]],
    earlier: Sequence[Sequence[Article]],
    same_from: float = SAME_STORY_FROM,
) -> list[list[int]]:
    """For each story the places in ``earlier`` of those of its event, told on average as alike as two groups that are
    one story; the most alike first."""
    everything = [article for members in (*stories, *earlier) for article in members]
    profiles = iter(_profiles(everything))
    mine, theirs = ([[next(profiles) for _ in members] for members in part] for part in (stories, earlier))
    found = []
    for own in mine:
        alike = [(_average(own, other), n) for n, other in enumerate(theirs)]
        found.append([n for value, n in sorted(alike, key=lambda pair: (-pair[0], pair[1])) if value >= same_from])
    return found


def _average(own: Sequence[_Profile], other: Sequence[_Profile]) -> float:
    if not own or not other:
        return 0.0
    return sum(_similarity(one, two) for one in own for two in other) / (len(own) * len(other))


def _profiles(articles: Sequence[Article]) -> list[_Profile]:
    texts = [f"{article.title}\n{article.text[:READ]}" for article in articles]
    words = _tf_idf([Counter(_stems(text)) for text in texts])
    named = _tf_idf([Counter(word for name in names(text) for word in name.words) for text in texts])
    return [
        _Profile(
            words[i],
            named[i],
            frozenset(number.value for number in numbers(text) if number.value > 2),
            frozenset(days(text)),
        )
        for i, text in enumerate(texts)
    ]


def _stems(text: str) -> list[str]:
    return [stem(token.folded) for token in tokens(text) if token.folded not in STOP_WORDS]


def _tf_idf(counts: Sequence[Counter[str]]) -> list[dict[str, float]]:
    """Unit vectors of (1 + log tf) × idf, idf smoothed so that a word in every article still counts a little."""
    in_articles = Counter(word for count in counts for word in count)
    total = len(counts)
    vectors = []
    for count in counts:
        vector = {w: (1 + math.log(n)) * math.log((total + 1) / in_articles[w] + 1) for w, n in count.items()}
        norm = math.sqrt(sum(value * value for value in vector.values()))
        vectors.append({w: value / norm for w, value in vector.items()} if norm else {})
    return vectors


def _similarities(profiles: Sequence[_Profile]) -> dict[tuple[int, int], float]:
    """Similarity of each pair (i < j) that shares a name or one of its weightiest words, the rarest words first."""
    pairs: set[tuple[int, int]] = set()
    holders: dict[str, list[int]] = defaultdict(list)
    for i, profile in enumerate(profiles):
        strongest = heapq.nlargest(40, profile.words, key=lambda w: (profile.words[w], w))
        for word in {*profile.names, *strongest}:
            holders[word].append(i)
    for word in sorted(holders, key=lambda w: (len(holders[w]), w)):
        holding = holders[word]
        if len(pairs) + len(holding) * (len(holding) - 1) // 2 > _MOST_PAIRS:
            break
        pairs.update((i, j) for n, i in enumerate(holding) for j in holding[n + 1 :])
    return {(i, j): _similarity(profiles[i], profiles[j]) for i, j in pairs}


def _similarity(one: _Profile, other: _Profile) -> float:
    return (
        _WORDS * _dot(one.words, other.words)
        + _NAMES * _dot(one.names, other.names)
        + _NUMBERS * _overlap(one.numbers, other.numbers)
        + _DAYS * _overlap(one.days, other.days)
    )


def _dot(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(value * other[word] for word, value in one.items() if word in other)


def _overlap(one: frozenset[float] | frozenset[str], other: frozenset[float] | frozenset[str]) -> float:
    smaller = min(len(one), len(other))
    return len(set(one) & set(other)) / smaller if smaller else 0.0


def _average_link(similar: Mapping[tuple[int, int], float], count: int, same_from: float) -> list[list[int]]:
    """Merge the two groups with the highest average similarity while it is at least ``same_from``."""
    members: dict[int, list[int]] = {i: [i] for i in range(count)}
    total: dict[int, dict[int, float]] = defaultdict(dict)
    queue: list[tuple[float, int, int]] = []
    for (i, j), value in similar.items():
        total[i][j] = total[j][i] = value
        queue.append((-value, i, j))
    heapq.heapify(queue)
    following = count
    while queue:
        value, i, j = heapq.heappop(queue)
        if -value < same_from:
            break
        if i not in members or j not in members:
            continue
        merged = members.pop(i) + members.pop(j)
        sums: dict[int, float] = defaultdict(float)
        for old in (i, j):
            for other, part in total.pop(old).items():
                if other in members:
                    sums[other] += part
                    total[other].pop(old, None)
        for other, part in sorted(sums.items()):
            total[following][other] = total[other][following] = part
            heapq.heappush(queue, (-part / (len(merged) * len(members[other])), other, following))
        members[following] = merged
        following += 1
    return list(members.values())


def is_copy(one: str, other: str) -> bool:
    """Whether two sentences say the same in nearly the same words."""
    first, second = set(content_stems(one)), set(content_stems(other))
    return bool(first and second) and len(first & second) >= 0.7 * min(len(first), len(second))


def key(text: str) -> str:
    """A sentence without case, accents and outer space, to find it again."""
    return fold(" ".join(text.split()))
