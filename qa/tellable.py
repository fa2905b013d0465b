"""Tellable: which sentences of an article can tell news by themselves, and which only beside the one before them.

What stands in a page around its report is passed over, and so is what its author says in the first person. A sentence
leans when its reader needs another one: it points back, or gives a last name alone that was introduced before.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from qa.boilerplate import around, is_notice
from qa.facts import Name, days, fold, names, numbers, stem, tokens
from qa.leaning import leans, points_ahead, without_quotations
from qa.lines import Reading, is_sentence, reading, without_dateline
from qa.pronouns import hangs, is_person, resolved
from qa.sentences import Span, is_glued
from qa.stopwords import STOP_WORDS
from qa.types import Article

READ = 40
"""Sentences of an article that are read: what it reports stands at its beginning."""
_CHARACTERS = 12_000
"""More than these hold, save in a text without sentences."""
_FEWEST, _LONGEST = 6, 600
"""Words of a sentence at least, and characters at most."""
_ALIKE = 0.65
_SPEAKS = re.compile(
    r"\b(?:I|I['’](?:m|ve|d|ll)|[Mm]y|[Mm]e|[Ww]e|[Ww]e['’](?:re|ve|d|ll)|[Oo]urs?|(?<!the )us|[Yy]ou|[Yy]our"
    r"|[Yy]ou['’]\w+|[Ll]et['’]s)\b"
)
"""The author, or a reader that is spoken to."""
_FRAGMENT = re.compile(
    r"(?:after|before|since|while|when|although|though|if|because|despite|unless|whether)\b[^,]*$", re.I
)
"""A clause without the sentence that it belongs to."""
_STRAY = re.compile(r"(?<=[.!?]) [“\"]$")
"""A mark that opens the quotation of the next sentence."""
_ITEM = re.compile(r"[—–•*·▪-]\s|“\s|…|\.\.\.")
"""What an item of a list, a quotation set apart, or half a sentence begins with."""
_OPINION = re.compile(r"\b(?:opinions?|editorials?|commentary|columns?|columnists?|op-?ed|perspective)\b", re.I)
_OPINION_PLACE = re.compile(
    r"/(?:opinions?|editorials?|commentary|columns?|columnists?|op-?eds?|blogs?|voices|perspectives?)/", re.I
)


@dataclass(frozen=True, slots=True)
class Tellable:
    """A sentence that can be told."""

    n: int
    """Its place among the article's sentences, without what stands around them."""
    text: str
    """As it is told: on one line, without its dateline, with a name in brackets where it needs one and has it."""
    quote: Span
    near: Span
    plain: str
    """The same without that name."""
    leans: bool
    """Whether it needs the one before it."""
    ahead: bool
    """Whether it is the first of its article, so that a pronoun means somebody it names."""
    words: int
    units: frozenset[str]
    """What it tells: stems of its content words, values of its numbers, days."""
    heavy: frozenset[str]
    """Those of them that are names and numbers."""


def is_opinion(article: Article) -> bool:
    """Whether an article says, in its source, address, title or first lines, that it gives an opinion."""
    if _OPINION.search(article.source or "") or _OPINION_PLACE.search(article.url or ""):
        return True
    return _OPINION.match(article.title) is not None or "pinion contributor" in article.text[:300]


@lru_cache(maxsize=512)
def tellable(article: Article) -> tuple[Tellable, ...]:
    """The sentences of an article that can be told, in order."""
    read = reading(article.title, _beginning(article.text))
    apart, title = around(article.text, read.lines), fold(" ".join(article.title.split())).rstrip(".")
    named_in_title = {token.folded for token in tokens(article.title)}
    found, introduced, prose = list[Tellable](), set[str](), 0
    for at, line in enumerate(read.lines[:READ]):
        text = _STRAY.sub("", " ".join(without_dateline(line.text).split()))
        if at in apart or is_notice(text) or fold(text).rstrip(".") == title:
            continue
        prose += 1
        full, short = _names(text)
        known = any(is_person(name, read) for name in short if name.words[0] in introduced - named_in_title)
        introduced |= full
        if not _can_be_told(text):
            continue
        named = resolved(read, at)
        ahead = prose == 1 and points_ahead(text)
        leaning = known or (named is None and (hangs(line) or leans(text)))
        plain, text = text, " ".join(without_dateline(named.text).split()) if named else text
        back = named.back if named else 0  # what is cited has the name as well
        near = read.around(at, max(1, back), 1)
        quote = Span(read.lines[at - back].span.start, line.span.end)
        place = quote, Span(near[0].span.start, near[-1].span.end)
        units, heavy = units_of(text)
        heavy -= frozenset(map(stem, _ordinary_first(text, read)))
        found.append(Tellable(prose, text, *place, plain, leaning, ahead, len(text.split()), units, heavy))
    return tuple(found)


def first_words(article: Article) -> str | None:
    """The first words of an article in which nothing can be told by itself: a line that is no notice, no question and
    no greeting, and does not speak of its author; None where there is none."""
    read = reading(article.title, _beginning(article.text))
    apart = around(article.text, read.lines)
    for at, line in enumerate(read.lines[:READ]):
        text = " ".join(without_dateline(line.text).split())
        plain = without_quotations(text)
        if at in apart or is_notice(text) or len(text) > _LONGEST or is_glued(text) or _SPEAKS.search(plain):
            continue
        if not text.endswith(("!", "?")):
            return text
    return None


def _beginning(text: str) -> str:
    if len(text) <= _CHARACTERS:
        return text
    return text[: text.rfind("\n", 0, _CHARACTERS) + 1 or _CHARACTERS]


def _can_be_told(text: str) -> bool:
    if len(text.split()) < _FEWEST or len(text) > _LONGEST or text[-1] not in '.!"”’)' or not is_sentence(text):
        return False
    if _FRAGMENT.match(text) or _ITEM.match(text):
        return False
    return not _SPEAKS.search(without_quotations(text))


def _names(text: str) -> tuple[set[str], list[Name]]:
    """Last words of the names of two words and more, and names of one word that are not also given in full."""
    found = names(f"x {text}")
    full = {word for name in found if len(name.words) > 1 for word in name.words}
    short = [name for name in found if len(name.words) == 1 and name.words[0] not in full]
    return {name.words[-1] for name in found if len(name.words) > 1}, short


def _ordinary_first(text: str, read: Reading) -> set[str]:
    """The first word of a sentence, where its article also has it in lower case."""
    first = next(iter(tokens(text)), None)
    if first is None or not first.surface.istitle():
        return set()
    lower = first.surface.lower()
    return (
        {first.folded} if any(f" {lower}" in line.text for line in read.lines if first.folded in line.words) else set()
    )


@lru_cache(maxsize=8192)
def units_of(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a sentence tells, and those of it that are names and numbers."""
    stems = {stem(token.folded) for token in tokens(text) if token.folded not in STOP_WORDS and len(token.folded) > 1}
    named = {stem(word) for name in names(f"x {text}") for word in name.words}
    counted = {f"#{number.value:g}" for number in numbers(text)} | {f"@{day}" for day in days(text)}
    told = {one for one in stems if not one[0].isdigit()} | counted
    return frozenset(told), frozenset((named & told) | counted)


def near_copy(one: Collection[str], other: Collection[str], alike: float = _ALIKE) -> bool:
    """Whether two sentences, by what they tell, are the same: so much of the shorter one stands in the other."""
    smaller = min(len(one), len(other))
    return smaller > 0 and len(set(one) & set(other)) >= alike * smaller
