"""Exchanging: what an article says, said of another place, year, person or number, so that it is not said anywhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence

from qa.cloze import Cloze, Form, is_whole
from qa.facts import fold, numbers
from qa.places import COUNTRIES, STATES
from qa.types import Article

_YEAR = re.compile(r"(?<![\w,.$€£-])(?:19|20)\d\d(?![\w,.%-]*\d)")
_YEARS_OFF = 3
_SHORT = 4
"""Letters of a place below which it is an abbreviation."""
_WITH_THE = re.compile(
    r"united |.*(?:islands|republic|states)$|(?:netherlands|philippines|bahamas|maldives|gambia|vatican)$"
)
"""Places that are not put in the place of another because they have an article before them."""
_SPELLED = "two three four five six seven eight nine ten eleven twelve".split()


def near_misses(cloze: Cloze, article: Article, elsewhere: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Questions like one of an article, about another place or year: the question, what is exchanged and for what.
    Nothing that stands in the article is put in; of places those that other articles name (folded, ``elsewhere``) are
    preferred, because they are found."""
    for question, was, now in _exchanged(cloze, article.text, elsewhere):
        if is_whole(question, cloze.answers, article):
            yield question, was, now


def _exchanged(cloze: Cloze, text: str, elsewhere: Collection[str]) -> Iterator[tuple[str, str, str]]:
    if cloze.form is Form.WHO_SAID:  # words that are not quite somebody's are still nearly so
        return
    for known in (COUNTRIES, STATES):
        for place in _places(cloze.question, known):
            plain = fold(text)
            others = [
                one for one in sorted(known) if len(one) >= _SHORT and one not in plain and not _WITH_THE.match(one)
            ]
            if other := _one_of([one for one in others if one in elsewhere] or others, seed=cloze.question):
                yield _with(cloze.question, place, other), place, other
    for match in _YEAR.finditer(cloze.question):
        other = str(int(match.group()) - _YEARS_OFF)
        if other not in text:
            yield _with(cloze.question, match.group(), other), match.group(), other


def changed(cloze: Cloze, text: str, people: Sequence[str]) -> str | None:
    """The claim of a sentence with another number, or with another of these ``people``; None where it has neither."""
    answer = cloze.answers[0]
    if cloze.form in (Form.NUMBER, Form.HOW_MANY):
        other = _other_number(answer, text)
    elif cloze.form in (Form.NAME, Form.WHO):
        other = next((one for one in people if one.split()[-1] not in text), None)
    else:
        return None
    return None if other is None or answer not in cloze.claim else _with(cloze.claim, answer, other)


def _places(question: str, known: frozenset[str]) -> list[str]:
    """The places that a question names, as written; none that are a part of a longer name."""
    runs = re.finditer(r"(?<![\w’'-])[A-Z][\w’-]*(?: [A-Z][\w’-]*)*(?![\w-]|’s [A-Z])", question)
    return [run.group() for run in runs if fold(run.group()) in known and len(run.group()) >= _SHORT]


def _one_of(places: Sequence[str], seed: str) -> str | None:
    """A place chosen by what is asked, so that not every question is about the same one."""
    at = int.from_bytes(hashlib.sha256(seed.encode("utf-8", "replace")).digest()[:4])
    return places[at % len(places)].title() if places else None


def _other_number(words: str, text: str) -> str | None:
    """Another number, written as ``words`` are, that a text does not have."""
    found = numbers(words)
    if len(found) != 1:
        return None
    have = {number.value for number in numbers(text)}
    for other in _written_alike(words):
        if (value := numbers(other)) and value[0].value not in have:
            return other
    return None


def _written_alike(words: str) -> Iterator[str]:
    if words.lower() in _SPELLED:
        at = _SPELLED.index(words.lower())
        others = [_SPELLED[(at + step) % len(_SPELLED)] for step in (3, 5, 7)]
        yield from (one.capitalize() if words[0].isupper() else one for one in others)
    digits, _, rest = words.partition(" ")
    plain = digits.replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", plain):
        for factor in (1.5, 2.4, 0.4):
            value = float(plain) * factor + 1
            whole = f"{int(value):,}" if "," in digits else str(int(value))
            yield f"{f'{value:.1f}' if '.' in plain else whole} {rest}".strip()


def _with(text: str, old: str, new: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text)
