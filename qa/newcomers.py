"""Newcomers: people, organisations and places that an article brings into a story in which they were not named before.

Only who says or does something central counts: named with an office in the first sentences, or in a headline, beside a
verb of saying or of doing; and of places those to which an event comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.facts import fold, tokens
from qa.quotemarks import is_within_quotes
from qa.sentences import Span, is_glued, sentence_spans, trimmed
from qa.stopwords import STOP_WORDS
from qa.types import Article
from qa.verify.saying import NAME, VERB, Who, before_verb, behind_verb, is_passive

Kind = Literal["actor", "place"]
_FIRST = 6
"""Sentences of an article in which somebody new is sought."""
_ACTS = 3
"""Sentences of it in which somebody with an office is central, who is not in the headline."""
_READ = 2_500
_LONGEST = 500
_DID = (
    r"signed|ordered|issued|sued|filed|launched|met|visited|endorsed|joined|withdrew|resigned|proposed|introduced|"
    r"approved|rejected|vetoed|imposed|lifted|closed|cancel?led|suspended|banned|unveiled|won|defeated|testified|"
    r"appointed|fired|arrested|charged|sentenced|declared|invoked|pledged|offered|agreed|refused|blocked|ruled"
)
_DOES = re.compile(rf"(?P<name>{NAME})(?:,\s[^,]{{2,60}},)?\s(?:(?:has|have|had|also|\w+ly)\s){{0,2}}(?P<did>{_DID})\b")
_OFFICE = re.compile(
    r"\b(?:president|vice president|minister|premier|chancellor|senators?|sen|representative|rep|governor|gov|mayor|"
    r"general|colonel|judge|justice|secretary|ambassador|envoy|director|leader|(?:police|fire|army) chief|"
    r"chair(?:man|woman)?|chief (?:justice|of)|commander|commissioner|"
    r"attorney general|prosecutor|sheriff|ceo|chief executive|founder|king|queen|prince|"
    r"princess|pope|archbishop|head of|speaker|surgeon general|superintendent)\b",
    re.I,
)
"""What makes a speaker one who matters to the story."""
_SPEAKS_FOR = re.compile(
    r"\bspokes|\b(?:analyst|strategist|adviser|advisor|aide|expert|resident|voter|fellow|"
    r"press secretary|research|institute|university|investments?|capital|associates|campaign|former|late)\b",
    re.I,
)
"""What makes a speaker none who acts."""
_RANKS = re.compile(
    r"^(?:[\w.'’-]+\s+){0,3}?(?:president|minister|premier|chancellor|sen\.?|senators?|rep\.?|representative|gov\.?|governor|"
    r"mayor|gen\.?|general|colonel|col\.?|judge|justice|secretary|ambassador|envoy|director|leader|chief|chairman|"
    r"chairwoman|commissioner|king|queen|prince|princess|pope|archbishop|dr\.?|speaker|sheriff|whip)\s+(?=\S+\s+\S)",
    re.I,
)
"""The office before a name."""
_ABBREVIATED = re.compile(r"(?:rep|sen|gov|dr|mr|mrs|ms|gen|col)\b", re.I)
_REPORTS = frozenset(
    "reported reports read reads wrote writes tweeted tweets posted asked asks described refers".split()
)
"""Verbs of papers, and of whoever merely comments."""
_NO_NEWCOMER = frozenset(
    """times post news journal cnn nbc abc cbs fox bbc npr ap reuters associated press politico guardian bloomberg
    magazine tribune herald today axios vox slate usa msnbc twitter facebook youtube instagram google mr mrs ms
    democrats republicans democrat republican americans american state states united house senate congress white
    washington trump biden officials police court department""".split()
)
"""Words of names that are everywhere, or that only report."""
_COMES = re.compile(
    rf"\b(?P<how>spread(?:s|ing)? (?:in)?to|reach(?:es|ed)|made landfall (?:in|at|near)|"
    rf"struck|moved (?:in)?to|crossed into|evacuated (?:from|to)|"
    rf"first (?:confirmed |known |reported )?(?:cases?|deaths?|fatality|infections?)(?: of [\w\s-]{{1,30}})? in)\s"
    rf"(?:the\s)?(?:(?:cit(?:y|ies)|town|state|province|island|village|port) of\s)?(?P<place>{NAME})"
)
_NOT_SO = re.compile(
    r"\b(?:will|would|could|(?-i:may)|might|should|if|unless|whether|not|never|expect\w*|likely|plans?|to be|"
    r"last (?:week|month|year)|in\s+(?:19|20)\d\d|ago|had|deal|agreement|settlement)\b|n['’]t\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody, or a place, where a sentence brings it in."""

    kind: Kind
    text: str
    """As written."""
    key: frozenset[str]
    span: Span
    """The sentence."""
    weight: int
    """How central: in a headline, with an office, near the beginning."""


@lru_cache(maxsize=512)
def words_of(text: str) -> frozenset[str]:
    """The folded words of a text."""
    return frozenset(token.folded for token in tokens(text))


def newcomers(article: Article, known: frozenset[str], sources: frozenset[str]) -> list[Newcomer]:
    """Whom and where the beginning of an article brings in: none of the words of their names is ``known``. ``sources``
    are the folded names of papers, which are nobody."""
    found: dict[frozenset[str], Newcomer] = {}
    text, title = article.text[:_READ], words_of(article.title)
    for n, span in enumerate(_sentences(text)[:_FIRST]):
        sentence = text[span.start : span.end]
        for kind, written, beside in (*_actors(sentence), *_places(sentence)):
            role, name = f"{beside} {written}", _RANKS.sub("", written)
            key = frozenset(token.folded for token in tokens(name)) - STOP_WORDS
            if _ABBREVIATED.match(name):
                continue
            last = fold(name.split()[-1]).strip(".,’'")
            if not key or key & known or last in known or key & _NO_NEWCOMER or fold(name) in sources:
                continue
            titled = last in title
            has_office = bool(_OFFICE.search(role)) and not _SPEAKS_FOR.search(role)
            if kind == "actor" and (len(name.split()) < 2 or not (titled or (has_office and n < _ACTS))):
                continue
            found.setdefault(key, Newcomer(kind, name, key, span, 4 * titled + 2 * has_office + (n < 2)))
    return sorted(found.values(), key=lambda one: (-one.weight, one.span.start))


def _sentences(text: str) -> list[Span]:
    spans = [trimmed(text, span) for span in sentence_spans(text)]
    whole = [span for span in spans if 25 <= span.end - span.start <= _LONGEST]
    return [span for span in whole if text[span.end - 1] in '.!”"’)' and not is_glued(text[span.start : span.end])]


def _actors(sentence: str) -> Iterator[tuple[Kind, str, str]]:
    """Who says or does something in a sentence: the name, and the office beside it."""
    for verb in VERB.finditer(sentence):
        if verb.group() in _REPORTS or is_passive(sentence, verb):
            continue
        who: Who | None = before_verb(sentence, verb) or behind_verb(sentence, verb.end(), len(sentence))
        if who and who.kind == "name" and not is_within_quotes(sentence, who.start):
            yield "actor", who.text, "" if ":" in who.role else who.role
    for match in _DOES.finditer(sentence):
        stated = not _NOT_SO.search(sentence[match.end("name") : match.end()])
        if stated and not is_within_quotes(sentence, match.start()):
            yield "actor", match["name"], sentence[match.end("name") : match.start("did")]


def _places(sentence: str) -> Iterator[tuple[Kind, str, str]]:
    for match in _COMES.finditer(sentence):
        if not _NOT_SO.search(sentence[: match.end()]):
            yield "place", match["place"].rstrip(" ,."), ""


def brought_in(before: Sequence[Article], added: Sequence[Article]) -> Iterator[tuple[Article, Newcomer]]:
    """The newcomers of the articles added that none of those before names, the most central first."""
    known = frozenset[str]().union(*(words_of(article.text) | words_of(article.title) for article in before))
    sources = frozenset(fold(article.source) for article in (*before, *added) if article.source)
    found = [(article, one) for article in added for one in newcomers(article, known, sources)]
    named = {one.key: sum(one.key <= words_of(other.text) for other in added) for _, one in found}
    found.sort(key=lambda pair: -(pair[1].weight + 2 * min(named[pair[1].key], 3)))
    told: set[frozenset[str]] = set()
    for article, one in found:
        if not any(one.key & other for other in told):
            told.add(one.key)
            yield article, one
