"""Another value in the same place: a number, day or name of the claim where the evidence has a different one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from qa.aliases import is_told
from qa.facts import Number, Token, days, like_numbers, numbers, stem
from qa.stopwords import STOP_WORDS
from qa.verify.reading import Line, Read, carried

_AROUND = 5
"""Words on either side of a number that tell what it counts."""
_FITS = 0.4
"""Share of those words that must stand around another number before it contests the claim's."""
_BETTER = 0.25
"""How much larger that share must be than around the claim's own number."""
_LINE = 1.0
"""What the whole sentence, as far as it carries the claim, adds to that share."""
_SLOT_FROM = 0.55
"""Share of the claim's words that must stand in one sentence, in order, before a name in their midst is contested."""
_WORD_FOR_WORD = 0.75
"""Share from which a name of the sentences beside it does not stand for one in it."""
_CARRIED = 0.5
_TITLES = frozenset(
    """mr mrs ms dr sir president minister prime chancellor senator governor king queen prince princess pope general
    judge justice secretary foreign professor prof lord lady sen gov rep vice former the a""".split()
)


def contested_numbers(read: Read) -> Iterator[tuple[Number, str]]:
    """Each number of the claim that fits worse than another of its kind, with the other as written."""
    stated = numbers(read.claim.text)
    values = {(number.value, number.unit) for number in stated}
    broken = {one.value for text in read.broken for one in numbers(text)}
    shares = [(line, carried(read.weights, line.stems)) for line in read.lines()]
    for number in stated:
        context = _context(read.claim, number, stated, _AROUND)
        likely = like_numbers(number, read.claim.text)
        if not context or number.value in broken:
            continue
        same, other, words = 0.0, 0.0, ""
        for line, share in shares:
            told = numbers(line.text)
            for one in told:
                fit = _fit(context, _context(line, one, told, _AROUND + 3), read)
                if one.value in likely:
                    same = max(same, fit + _LINE * share)
                elif one.unit != number.unit or (one.value, one.unit) in values or fit < _FITS:
                    continue
                elif fit + _LINE * share > other:
                    other, words = fit + _LINE * share, line.text[one.start : one.end]
        if other and other >= same + _BETTER:
            yield number, words


_Context = dict[str, float]
"""Stems around a number, each with its weight."""


def _context(line: Line, number: Number, stated: Sequence[Number], within: int) -> _Context:
    """Stems around a number, without other numbers; the word counted, right behind it, counts twice."""
    at = next((n for n, t in enumerate(line.words) if t.start >= number.start), len(line.words))
    after = next((n for n, t in enumerate(line.words) if t.start >= number.end), len(line.words))
    spans = [(one.start, one.end) for one in stated]
    found: _Context = {}
    for n in (*range(max(0, at - within), at), *range(after, min(len(line.words), after + within))):
        token = line.words[n]
        if token.folded in STOP_WORDS or any(a <= token.start < b for a, b in spans):
            continue
        word = stem(token.folded)
        found[word] = max(found.get(word, 0.0), 2.0 if n == after else 1.0)
    return found


def _fit(context: _Context, other: _Context, read: Read) -> float:
    """Weighted share of ``context`` that is in ``other``."""
    weighed = {word: weight * read.weights.get(word, 1.0) for word, weight in context.items()}
    return sum(weight for word, weight in weighed.items() if word in other) / (sum(weighed.values()) or 1.0)


_FIELDS = (
    re.compile(r"mon|tue|wed|thu|fri|sat|sun"),
    re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"),
    re.compile(r"\d{4}"),
    re.compile(r"\d{1,2} \w{3}"),
)


def contested_day(read: Read, told: set[str]) -> tuple[str, str] | None:
    """A weekday, month, year or day of the claim where the sentence that carries it has another; ``told`` are the days
    that sentence and its neighbours tell, resolved."""
    if read.share < _CARRIED:
        return None
    said, line = days(read.claim.text), days(read.line.text)
    for field in _FIELDS:
        mine, its = ({day for day in some if field.fullmatch(day)} for some in (said, line))
        if mine and its and not mine & told:
            return min(mine), min(its)
    return None


def contested_name(read: Read) -> tuple[str, str] | None:
    """A name of the claim in whose place, among the same words, the sentence that carries it best has another."""
    claim, line = read.claim.words, read.line.words
    matcher = SequenceMatcher(None, [stem(t.folded) for t in claim], [stem(t.folded) for t in line], autojunk=False)
    blocks = matcher.get_matching_blocks()
    same = sum(block.size for block in blocks)
    if not claim or same < _SLOT_FROM * len(claim):
        return None
    near = {
        t.folded for one in (read.beside if same < _WORD_FOR_WORD * len(claim) else (read.line,)) for t in one.words
    }
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "replace" or b - a > 6 or d - c > 6:
            continue
        mine = [t for t in claim[a:b] if _is_name(t, read.claim, read)]
        its = [t for t in line[c:d] if _is_name(t, read.line, read)]
        if mine and its and not any(is_told(t.folded, near) for t in mine) and mine[-1].folded != its[-1].folded:
            return _words(read.claim, mine), _words(read.line, its)
    return None


def _is_name(token: Token, line: Line, read: Read) -> bool:
    if token.folded in _TITLES or token.folded in STOP_WORDS or not token.surface[:1].isalpha():
        return False
    if days(token.surface):
        return False
    return read.is_name(token, line.text)


def _words(line: Line, words: Sequence[Token]) -> str:
    return line.text[words[0].start : words[-1].end]
