"""The quotations of an article: who says what, in full, where, and which of them are only marked words or titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

from qa.aliases import is_told, short
from qa.facts import content_stems, fold, tokens
from qa.stopwords import STOP_WORDS
from qa.types import Article, Quotation
from qa.verify.quoted import Quoted, who_says
from qa.verify.saying import NAME, NOT_NAMES

_FEW = 2
"""Words in marks up to which they are taken as marked words, unless they are all that is said."""
_FEW_OF_NOBODY = 3
"""The same where nobody says them."""
_OFFICES = frozenset(
    """mr mrs ms miss dr sir lord lady dame president minister chancellor senator sen rep representative governor gov
    mayor general gen colonel col lt lieutenant captain capt sgt sergeant admiral adm judge justice secretary ambassador
    envoy spokesman spokeswoman spokesperson director leader chief chair chairman chairwoman commander professor prof
    speaker king queen prince princess pope cardinal bishop archbishop ayatollah imam sheikh pastor rev reverend
    attorney commissioner ceo cfo officer congressman congresswoman whip premier detective sheriff coach inspector
    superintendent analyst economist adviser advisor democrat democratic republican candidate nominee deputy
    prosecutor counsel rabbi major brigadier marshal emir sultan crown father sister brother mom dad""".split()
)
_LONGER = re.compile(rf"(?<![\w’'-]){NAME}$")
_LINKED = re.compile(r"\b(?:of|for|on|and|the|&)\b")
_MOST_BEFORE = 70
"""Characters before a name in which the rest of it stands."""
_WORD = re.compile(r"[^\W_][\w’'.-]*")


AlikeFn = Callable[[str], str]
"""Writes names that mean the same in one form (``names.alike``)."""


def quotations_of(article: Article) -> list[Quotation]:
    """All quotations of the text of ``article``, in order; ``text[start:end]`` is each one's words. Their speakers are
    called as they are where they stand: ``in_full`` calls one by the full name."""
    return [_quotation(article, one, article.text[one.start : one.end]) for one in who_says(article.text)]


def _quotation(article: Article, one: Quoted, words: str) -> Quotation:
    office, name = _apart(one.speaker)
    return Quotation(
        article_id=article.id,
        version=article.version,
        title=article.title,
        source=article.source,
        url=article.url,
        published=article.published,
        start=one.start,
        end=one.end,
        text=words,
        speaker=name,
        as_written=one.beside or one.speaker,
        role=one.role or office,
        verb=one.verb,
        beside=one.sure,
        kind=_kind(one, words),
        sentence=(min(one.near[0], one.start), max(one.near[1], one.end)),
    )


def is_by(one: Quotation, wanted: tuple[str, ...], alike: AlikeFn = str) -> bool:
    """Whether every one of these folded words is part of the speaker's name or office, in any spelling."""
    have = set(folded(f"{one.speaker} {one.role}", alike))
    if one.speaker and one.as_written != one.speaker:
        have |= set(folded(one.as_written, alike))
    return bool(one.speaker) and all(is_told(word, have) for word in wanted)


def is_about(one: Quotation, wanted: frozenset[str], text: str) -> bool:
    """Whether every one of these stems is in the quotation or in the sentence that it stands in."""
    return wanted <= set(content_stems(text[one.sentence[0] : one.sentence[1]]))


def folded(name: str, alike: AlikeFn = str) -> tuple[str, ...]:
    """The words by which a name is compared, long names in their short form; the first of a possessive."""
    words = [token.folded for token in tokens(short(alike(name)))]
    return tuple(word for word in words if word not in STOP_WORDS) or tuple(words)


def in_full(one: Quotation, text: str) -> Quotation:
    """The quotation with the full name that its article has of the speaker, and the office before it there; as it is
    where the article has none, or two."""
    name = one.speaker
    if not name or not name[0].isupper() or " " in name or (name.isupper() and len(name) > 1):
        return one
    seen: Counter[str] = Counter()
    offices: dict[str, str] = {}
    for at in _places(name, text):
        named = _LONGER.search(text[max(0, at - _MOST_BEFORE) : at + len(name)])
        before, full = _apart(_without_openers(named.group())) if named else ("", "")
        if " " in full and full.split().count(name) == 1 and full.endswith(name) and not _LINKED.search(full):
            seen[full] += 1
            offices.setdefault(full, before)
    if not seen:
        return one
    (most, _), *others = sorted(seen.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))
    if any(not _same_person(most, other) for other, _ in others):
        return one
    return replace(one, speaker=most, role=one.role or offices[most])


def _places(name: str, text: str) -> Iterator[int]:
    """Where a name stands in a text with a word right before it that begins with a capital."""
    at = text.find(f" {name}")
    while at >= 0:
        before = text.rfind(" ", max(0, at - _MOST_BEFORE), at) + 1
        if text[before : before + 1].isupper() or "\n" in text[before:at]:
            yield at + 1
        at = text.find(f" {name}", at + 1)


def _same_person(one: str, other: str) -> bool:
    """Anthony S. Fauci and Anthony Fauci."""
    first, second = fold(one).split(), fold(other).split()
    return first[0] == second[0] or first[-2:] == second[-2:]


def _apart(name: str) -> tuple[str, str]:
    """The office before a name, and the name: "Foreign Minister", "Hakan Fidan"."""
    words = name.split()
    last = max((n for n, word in enumerate(words) if fold(word).strip(".") in _OFFICES), default=-1)
    if last < 0 or last == len(words) - 1 or not words[0][:1].isupper() or words[last + 1][:1].islower():
        return "", name
    return " ".join(words[: last + 1]), " ".join(words[last + 1 :])


def _without_openers(name: str) -> str:
    words = name.split()
    while len(words) > 1 and fold(words[0]) in NOT_NAMES:
        words = words[1:]
    return " ".join(words)


def _kind(one: Quoted, words: str) -> Literal["quotation", "marked", "title"]:
    """What stands between marks: somebody's words, words that are only marked, or the title of a work."""
    count = len(_WORD.findall(words))
    if one.whole and (one.verb or one.speaker) and one.verb not in ("called", "calls", "named", "dubbed"):
        return "quotation" if count > 1 or one.sure or one.beside else "marked"
    if _is_title(words, count):
        return "title"
    return "marked" if count <= (_FEW if one.speaker else _FEW_OF_NOBODY) else "quotation"


def _is_title(words: str, count: int) -> bool:
    """Whether all longer words begin with a capital, as those of a title do."""
    longer = [word for word in _WORD.findall(words) if len(word) > 3]
    return (
        2 <= count <= 12
        and len(longer) >= 1
        and all(word[0].isupper() or word[0].isdigit() for word in longer)
        and words[:1].isupper()
    )
