"""Words against references: containment, exact match and token F1 of answers; ROUGE of summaries.

Answers are normalised as SQuAD does (Rajpurkar et al. 2016): no case, punctuation or English articles; but dashes and
dots that join words ("Istanbul—the largest city"), which SQuAD leaves in, separate them. ROUGE-1, -2, -L and -Lsum
(Lin 2004) are F-measures over lower-case runs of letters and digits, as they stand or by Porter's stems, and agree with
Google's rouge-score.
"""

from __future__ import annotations

import re
import string
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’„«»") | dict.fromkeys(map(ord, "–—…"), " ")
_WORDS = re.compile(r"[a-z0-9]+")
_SHORT = 3
_ONE_AT_A_TIME = threading.Lock()
"""Held while a word is stemmed: the stemmer keeps the word it works on."""


def normalised(text: str) -> str:
    """``text`` as answers are compared: no case, punctuation, English articles or spare white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def contains(text: str, answers: Sequence[str]) -> bool:
    """Whether ``text`` holds one of ``answers`` as whole words, both normalised; an empty one, never."""
    said = f" {normalised(text)} "
    return any(f" {answer} " in said for answer in map(normalised, answers) if answer)


def exact_match(text: str, answers: Sequence[str]) -> bool:
    """Whether ``text`` is one of ``answers``, both normalised."""
    return normalised(text) in {normalised(answer) for answer in answers}


def token_f1(text: str, answers: Sequence[str]) -> float:
    """The best F1, over ``answers``, of the words that both have, each as often as it stands in both."""
    return max((_overlap(normalised(text).split(), normalised(answer).split()) for answer in answers), default=0.0)


@dataclass(frozen=True, slots=True)
class Rouge:
    """F-measures of one summary, each in [0, 1]."""

    rouge1: float
    rouge2: float
    rouge_l: float
    rouge_lsum: float


def rouge(summary: Sequence[str], reference: Sequence[str], *, stem: Callable[[str], str] = str) -> Rouge:
    """ROUGE of a summary against its reference, each as its sentences in order (only Lsum needs them)."""
    said, wanted = (
        [[stem(word) for word in _WORDS.findall(sentence.lower())] for sentence in sentences]
        for sentences in (summary, reference)
    )
    one, other = ([word for words in sentences for word in words] for sentences in (said, wanted))
    return Rouge(
        _overlap(one, other),
        _overlap(list(pairwise(one)), list(pairwise(other))),
        _f1(len(_common(one, other)), len(one), len(other)),
        _f1(_union_common(said, wanted), len(one), len(other)),
    )


@lru_cache(maxsize=65_536)
def porter(word: str) -> str:
    """The stem of a word by Porter's algorithm (1980), of three letters or fewer the word: as rouge-score has it."""
    if len(word) <= _SHORT:
        return word
    with _ONE_AT_A_TIME:
        return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("porter")


def _overlap(one: Sequence[object], other: Sequence[object]) -> float:
    return _f1(sum((Counter(one) & Counter(other)).values()), len(one), len(other))


def _f1(shared: int, one: int, other: int) -> float:
    return 2 * shared / (one + other) if shared else 0.0


def _common(one: Sequence[str], other: Sequence[str]) -> list[int]:
    """Places in ``one`` of a longest common subsequence with ``other``."""
    lengths = [[0] * (len(other) + 1)]
    for word in one:
        above, row = lengths[-1], [0]
        for j, word_there in enumerate(other):
            row.append(above[j] + 1 if word == word_there else max(above[j + 1], row[j]))
        lengths.append(row)
    places, i, j = [], len(one), len(other)
    while i and j:
        if one[i - 1] == other[j - 1]:
            places.append(i - 1)
            i, j = i - 1, j - 1
        elif lengths[i][j - 1] > lengths[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return places[::-1]


def _union_common(said: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> int:
    """Words of the reference that a common subsequence with any sentence of the summary holds; a word of the summary or
    of the reference is spent once."""
    left, needed = (Counter(word for words in sentences for word in words) for sentences in (said, wanted))
    count = 0
    for sentence in wanted:
        for place in sorted({place for words in said for place in _common(sentence, words)}):
            word = sentence[place]
            if left[word] and needed[word]:
                left[word] -= 1
                needed[word] -= 1
                count += 1
    return count
