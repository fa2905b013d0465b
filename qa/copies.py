"""Copies: articles that say what another one says, in its words: reprints, write-throughs, corrections.

Found by runs of four words that two beginnings share (shingles; Broder 1997): an index of a fixed sample of them names
the pairs that are worth comparing, so that hundreds of copies of one text cost no more than a few.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from qa.facts import content_stems, name_words, numbers
from qa.types import Article, Copy

READ = 6_000
"""Characters of an article that are compared: its event is told at its beginning."""
_RUN = 4
"""Words in a row."""
_SHARED = 0.6
"""Share of the runs of the shorter of two that a copy has in common with its original."""
_NO_SHORTER = 0.4
"""Runs of the shorter of two for one of the longer: less is a notice of the other, and the longer one tells more."""
_SAMPLED = 8
"""One run of so many is in the index."""
_COMMON = 40
"""Originals with a run, from which it says nothing: a notice that stands under all articles of an outlet."""
_NAMES_SHARED = 0.7
"""Share of the names of the shorter of two that stand in the other: a form filled anew has others."""
_REPRINTED = 0.9
"""Share of the words of two articles that a reprint shares with its original."""


_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Original:
    article: Article
    runs: frozenset[int]


def copies(articles: Sequence[Article]) -> tuple[Copy, ...]:
    """Those of ``articles`` that are copies, each of the earliest published that it is one of (undated ones last, of
    equals the lowest id), in that order. An original is never itself a copy."""
    if len(articles) < 2:
        return ()
    found: list[Copy] = []
    first: dict[str, str] = {}
    originals: list[_Original] = []
    holders: dict[int, list[int]] = defaultdict(list)
    for article in sorted(articles, key=published_first):
        if same := first.get(article.text):
            found.append(Copy(article.id, same, later=False))
            continue
        one = _Original(article, _runs(article.text[:READ]))
        if (of := _of(one, originals, holders)) is None:
            for run in _sample(one.runs):
                holders[run].append(len(originals))
            originals.append(one)
            first[article.text] = article.id
        else:
            original = originals[of].article
            found.append(Copy(article.id, original.id, later=not is_reprint(original, article)))
            first[article.text] = original.id
    return tuple(found)


def _of(one: _Original, originals: Sequence[_Original], holders: Mapping[int, Sequence[int]]) -> int | None:
    """The place of the original that ``one`` shares most with; of equals the earliest."""
    met = Counter(n for run in _sample(one.runs) for n in holders.get(run, ())[: _COMMON + 1])
    shared = [(-_shared(one, originals[n]), n) for n in met]
    return min((pair for pair in shared if pair[0]), default=(0.0, None))[1]


def _shared(one: _Original, other: _Original) -> float:
    """Share of the runs of the shorter that stand in the longer; 0 where they are no copies."""
    shorter, longer = sorted((one, other), key=lambda read: len(read.runs))
    if not shorter.runs or len(shorter.runs) < _NO_SHORTER * len(longer.runs):
        return 0.0
    share = len(shorter.runs & longer.runs) / len(shorter.runs)
    if share < _SHARED:
        return 0.0
    own, others = (name_words(one.article.text[:READ]) for one in (shorter, longer))
    return share if len(own & others) >= _NAMES_SHARED * len(own) else 0.0


def _runs(text: str) -> frozenset[int]:
    """Its runs of words, as numbers that are the same in every process."""
    words = [word.encode("utf-8", "replace") for word in _WORD.findall(text.casefold())]
    ends = list(accumulate(len(word) + 1 for word in words))
    told = b" ".join(words)
    starts = [0, *ends]
    last = max(1, len(words) - _RUN + 1) if words else 0
    return frozenset(zlib.crc32(told[starts[n] : starts[min(n + _RUN, len(words))] - 1]) for n in range(last))


def _sample(runs: frozenset[int]) -> Iterator[int]:
    """The same part of them for every text, all of a text of a few lines."""
    return (run for run in sorted(runs) if len(runs) <= _SAMPLED**2 or run % _SAMPLED == 0)


def published_first(article: Article) -> tuple[int, float, str]:
    """Sorts articles by their publication, those without a date last, then by id. One of which only the day is known
    comes first on it."""
    if article.published is None:
        return (1 << 31, 0.0, article.id)
    moment = datetime.fromisoformat(article.published.iso) if len(article.published.iso) > len("2026-02-04") else None
    if moment is not None and moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (article.published.day.toordinal(), moment.timestamp() if moment else float("-inf"), article.id)


def is_reprint(one: Article, other: Article) -> bool:
    """Whether two articles say the same: nearly all words of each stand in the other, and their numbers are equal."""
    if one.digest == other.digest:
        return True
    first, second = (set(content_stems(article.text[:READ])) for article in (one, other))
    return len(first & second) >= _REPRINTED * max(len(first), len(second), 1) and _values(one) == _values(other)


def _values(article: Article) -> set[float]:
    return {number.value for number in numbers(article.text[:READ])}
