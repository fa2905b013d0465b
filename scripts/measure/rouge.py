"""ROUGE-1, ROUGE-2 and ROUGE-Lsum as F1 (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries").

Words are lower-cased runs of a to z and digits, stemmed by Porter's algorithm where they are longer than three letters,
as in the package ``rouge-score``. Lsum: for each sentence of the reference the union of its longest common subsequences
with the sentences of the summary; each word of the summary counts once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Rouge:
    """The three figures of one summary, each in [0, 1]."""

    one: float
    two: float
    lsum: float


def rouge(summary: Sequence[str], reference: Sequence[str]) -> Rouge:
    """How much of the ``reference`` a ``summary`` has, and the other way round; both are lists of sentences."""
    told, wanted = [_words(text) for text in summary], [_words(text) for text in reference]
    flat, flat_wanted = ([word for words in part for word in words] for part in (told, wanted))
    return Rouge(_overlap(flat, flat_wanted, 1), _overlap(flat, flat_wanted, 2), _lsum(told, wanted))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


@cache
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word)) if len(word) > 3 else word


def _words(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.lower())]


def _f1(common: int, told: int, wanted: int) -> float:
    return 2 * common / (told + wanted) if common else 0.0


def _overlap(told: Sequence[str], wanted: Sequence[str], n: int) -> float:
    own, others = (Counter(zip(*(words[k:] for k in range(n)), strict=False)) for words in (told, wanted))
    return _f1((own & others).total(), own.total(), others.total())


def _lsum(told: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    left, left_wanted = (Counter(word for words in part for word in words) for part in (told, wanted))
    total, total_wanted = left.total(), left_wanted.total()
    common = 0
    for words in wanted:
        for at in sorted({at for own in told for at in _subsequence(words, own)}):
            if left[words[at]] > 0 and left_wanted[words[at]] > 0:
                left[words[at]] -= 1
                left_wanted[words[at]] -= 1
                common += 1
    return _f1(common, total, total_wanted)


def _subsequence(one: Sequence[str], other: Sequence[str]) -> list[int]:
    """Places in ``one`` of a longest common subsequence with ``other``."""
    length = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, word in enumerate(one, 1):
        for j, its in enumerate(other, 1):
            length[i][j] = length[i - 1][j - 1] + 1 if word == its else max(length[i - 1][j], length[i][j - 1])
    places, i, j = [], len(one), len(other)
    while i and j:
        if one[i - 1] == other[j - 1]:
            places.append(i - 1)
            i, j = i - 1, j - 1
        elif length[i][j - 1] > length[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return places
