"""Claims in other languages than English, for which there are no rules of negation, roles, days or opposites.

Such a claim is supported where whole sentences say it word for word, and nowhere else. Otherwise its numbers and words
are looked for: one whose numbers are not there, or most of whose words are not, is unsupported; any other is weak.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from qa.language import ANOTHER_SCRIPT, another
from qa.types import Cited

_NUMBER = re.compile(r"\d+(?:[.,:\u00a0\u202f]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_SPELLED = 20
"""Numbers up to here may be written in words."""
_SAME = 0.6
"""Share of a word from its beginning (and four letters at least) in which its forms agree."""
_HELD = 0.5
"""Share of a claim's words of four letters and more that must be in what it cites."""
_MOST_TOLD = 4


def foreign(claim: str, cited: Sequence[Cited]) -> str:
    """The language that a claim has to be checked in, where that is not English: its own, or that of what it cites."""
    own, theirs = another(claim), [another(one.passage) for one in cited]
    if not own and not all(theirs):
        return ""
    return min((own, *theirs), key=lambda told: (told in {"", ANOTHER_SCRIPT}, not told))


def absent_numbers(claim: str, evidence: str) -> list[str]:
    """The numbers of ``claim``, as written there, that ``evidence`` does not have in figures, and must."""
    have = {_figures(number) for number in _NUMBER.findall(evidence)}
    missing = [number for number in _NUMBER.findall(claim) if _figures(number) not in have]
    return [number for number in dict.fromkeys(missing) if not number.isdigit() or int(number) > _SPELLED]


def absent_words(claim: str, evidence: str) -> tuple[list[str], bool]:
    """Words of ``claim`` that ``evidence`` has in no form, and whether they are too many for it to be told there."""
    begun = {word[:length] for word in _words(evidence) for length in range(2, len(word) + 1)}
    long = {word: surface for word, surface in _words(claim).items() if len(word) > 3 or _UNSPACED.match(word)}
    lacking = [surface for word, surface in long.items() if word[: max(4, round(_SAME * len(word)))] not in begun]
    return lacking[:_MOST_TOLD], len(lacking) > (1 - _HELD) * len(long)


def _figures(number: str) -> str:
    """A number without its separators, which differ from language to language, in plain digits."""
    return "".join(str(unicodedata.digit(digit)) for digit in number if digit.isdigit())


def _words(text: str) -> dict[str, str]:
    """Words, folded, as they are written; each two neighbours where no spaces are set."""
    found: dict[str, str] = {}
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        parts = (one + other for one, other in pairwise(word)) if len(word) > 1 and _UNSPACED.match(word) else (word,)
        for part in parts:
            found.setdefault(part.casefold(), part)
    return found
