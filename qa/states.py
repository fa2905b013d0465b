"""States: what a sentence says has become of somebody or something: arrested, then charged; proposed, then signed.

A closed list of state words in ladders. Only what plainly is so is read: no plans, conditions, denials, or states of
another year; and whose state it is must stand beside the word as a name, or as a noun of things that have such states.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qa.facts import content_stems, fold, tokens
from qa.lines import stated
from qa.quotemarks import is_within_quotes
from qa.sentences import Span
from qa.stopwords import STOP_WORDS
from qa.whereabouts import CLAUSE_ENDS, capitals

_LADDERS: dict[str, tuple[tuple[str, str], ...]] = {
    "custody": (
        ("arrested|detained|apprehended|taken into custody", "object"),
        ("charged|indicted|arraigned", "object"),
        ("convicted|found guilty|pleaded guilty|pled guilty|acquitted|found not guilty", "object"),
        ("sentenced", "object"),
        ("released|freed|pardoned|executed|deported|extradited", "object"),
    ),
    "life": (
        ("injured|wounded|hospitali[sz]ed|in critical condition|infected|tested positive|missing|kidnapped", "subject"),
        ("died|found dead|pronounced dead|found alive|rescued|recovered", "subject"),
    ),
    "law": (
        ("proposed|introduced|drafted|unveiled", "object"),
        ("approved|passed|cleared|adopted|ratified|rejected|voted down|blocked", "object"),
        ("signed|vetoed|enacted|took effect|struck down|overturned|repealed", "object"),
    ),
    "event": (
        ("scheduled|set to (?:begin|start|open)|go(?:ing)? ahead|slated|will be held|will take place", "plan"),
        ("postponed|delayed|suspended|put off|rescheduled|moved online", "object"),
        ("cancell?ed|called off|scrapped", "object"),
        ("resumed|reopened|restarted", "object"),
    ),
    "talks": (
        ("began|begun|opened|started|under way|underway|are being held|continued|ongoing", "subject"),
        ("stalled|collapsed|broke down|ended without|failed|suspended", "subject"),
        ("concluded|reached|ended|agreed|took effect", "subject"),
    ),
    "fire": (
        ("burning|spreading|raging|out of control|broke out|uncontained", "subject"),
        ("contained|under control|brought under control", "subject"),
        ("extinguished|put out", "subject"),
    ),
    "office": (
        ("nominated|named|picked|chosen", "object"),
        ("confirmed by|sworn in|took office|inaugurated", "subject"),
        ("resigned|stepped down|dropped out|(?:suspended|ended) (?:his|her) (?:presidential )?campaign", "subject"),
        ("fired|dismissed|ousted|impeached|removed from office", "passive"),
    ),
}
"""States that follow one another, with where the word's bearer stands: before it, or behind it where the verb has one
that acts ("police arrested him")."""
_THINGS = {
    "law": "bill measure legislation resolution act law amendment package treaty deal budget plan ban",
    "event": """festival marathon tournament conference summit primary election referendum season game match race
    concert tour parade trial hearing vote rally exhibition show games ceremony convention strike""",
    "talks": "talks negotiations summit ceasefire truce strike siege",
    "fire": "fire blaze wildfire inferno bushfire",
}
"""Nouns of what may be in such states without having a name."""
_PEOPLE = frozenset({"custody", "life", "office"})
"""Ladders of people, who are known by their names alone."""
_NAMELESS = frozenset({"law", "talks", "fire"})
"""Ladders of things that are known by their noun, with a name before it or without."""
_BE = re.compile(
    r"\b(?P<be>is|are|was|were|been|being|got|gets)\s+(?:\w+ly\s+|also\s+|since\s+|now\s+|then\s+|all\s+)?$", re.I
)
_HAVE = re.compile(r"\b(?:has|have|had)\s+(?:\w+ly\s+|also\s+|since\s+|now\s+|then\s+)?$", re.I)
_NOT_SO = re.compile(
    r"\b(?:will|would|could|(?-i:may)|might|should|must|can|if|unless|whether|not|never|no|without|nobody|none|"
    r"expect\w*|likely|plans?|planned|planning|consider\w*|weigh\w*|threat\w*|want\w*|urg\w+|ask\w*|recommend\w*|"
    r"call(?:s|ed|ing)? (?:for|on)|"
    r"to be|about to|nearly|almost|previous(?:ly)?|former(?:ly)?|earlier|once|originally|"
    r"last\s+(?:week|month|year|fall|summer|winter|spring)|(?:years?|months?|decades?)\s+(?:ago|earlier|before)|"
    r"in\s+(?:\w+\s+)?(?:19|20)\d\d|accus\w+|suspect\w*|alleged\w*|reportedly|rumou?r\w*|denie[sd]|deny\w*|similar|other|another|"
    r"who|whose|which|some|many|several|dozens?|hundreds?|thousands?|most|those|people|anyone)\b|n['’]t\b",
    re.I,
)
"""What makes a state none that surely is, or one of another time or of others."""
_DESCRIBES = re.compile(r"(?:-|\b(?:the|a|an|this|its|his|her|their|of|over|for|by|with|in)\s+(?:\w+ly\s+)?)$", re.I)
"""Before a word that describes something, and tells no news of it: "the delayed aid"."""
_TIMED = re.compile(r"\b(?:before|after|when|as|since|until|because|where)\s*$", re.I)
"""What opens a clause that only says when or why something else is so."""
_NAME = r"(?:(?!The\b|A\b|An\b)[A-ZÀ-Þ][\w’'.-]*(?:\s(?:of|de|van|von|bin|al|el|by|and the)(?=\s[A-ZÀ-Þ]))?)"
_NAMED = rf"{_NAME}(?:\s{_NAME}){{0,5}}"
_BEFORE = re.compile(
    rf"(?P<name>{_NAMED})(?:,\s[^,]{{1,60}},|\s\([^()]{{1,30}}\))?\s*$|\b[Tt](?:he|his|heir)\s(?P<noun>(?:[\w’'-]+\s){{1,5}})$"
)
_JOINS = "and|or|but|of|in|on|at|by|for|from|to|with|that|which|who|over|after|against|his|her|their|its"
"""Words behind which begins something else than what a verb acts on."""
_BEHIND = re.compile(
    rf"\s+(?:(?:the|a|an|its|his|her|their|former|suspect|suspected)\s)?(?:(?!(?:{_JOINS})\b)[a-z][\w’'-]*\s){{0,4}}?(?P<name>{_NAMED})"
    rf"|\s+(?:the|a|an|its|their)\s(?P<noun>(?:(?!(?:{_JOINS})\b)[\w’'$.-]+\s?){{1,5}})"
)
_GOES_ON = re.compile(
    r"\s*(?:$|[,.;:)—–]|(?:in|on|to|of|for|with|after|over|by|from|at|and|as|during|until|today|yesterday|early|late|"
    r"following|amid|because)\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)"
)
"""What may stand behind the name of whom something is done to, and not another noun: "the Trump administration"."""
_NO_SUBJECT = frozenset(
    """police officials authorities court judge jury senate house congress parliament president governor mayor minister
    mr mrs ms dr gov sen rep monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december americans democrats republicans american chinese he she they
    it we i this that these those but and however meanwhile while when after before since in on at so then
    also""".split()
)
_LONGEST = 500
_ENDS = frozenset('.!"”’)')
_SHARED = 3
"""Content words that the sentences about a thing without a name must share; one less where one of them is a name."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of somebody or something, where a sentence tells it."""

    ladder: str
    step: int
    """How far on the ladder."""
    text: str
    """As written: "charged"."""
    of: str
    """Whose it is, as written."""
    key: frozenset[str]
    """Its folded words."""
    is_name: bool
    span: Span
    """The sentence."""
    stems: frozenset[str]
    """The sentence's content words, without those of whom and of the state."""
    names: frozenset[str]
    """Those of them that are written with a capital."""

    @property
    def is_final(self) -> bool:
        """Whether it is news by itself, and not what goes before the news."""
        return self.ladder in {"custody", "office"} or (self.step > 0 and self.ladder != "talks")


_WORDS = {
    ladder: tuple((re.compile(rf"\b(?:{words})\b", re.I), voice) for words, voice in steps)
    for ladder, steps in _LADDERS.items()
}
_ANY = re.compile("|".join(rf"\b(?:{words})\b" for steps in _LADDERS.values() for words, _ in steps), re.I)


@lru_cache(maxsize=2048)
def states(text: str, start: int = 0, end: int | None = None) -> tuple[State, ...]:
    """The states told between two positions of ``text``, in order."""
    known, found = capitals(text), list[State]()
    for span, sentence in stated(text, start, end, _LONGEST):
        if sentence[-1:] in _ENDS and _ANY.search(sentence):
            found += [one for one in _of_sentence(sentence, span) if not _opens(sentence, one) or one.key <= known]
    return tuple(found)


def _opens(sentence: str, one: State) -> bool:
    """Whether it is of the first word of the sentence, which has a capital whatever it is."""
    return one.is_name and sentence.lstrip("“\"'").startswith(one.of) and " " not in one.of


def _of_sentence(sentence: str, span: Span) -> Iterator[State]:
    for ladder, steps in _WORDS.items():
        for step, (words, voice) in enumerate(steps):
            for match in words.finditer(sentence):
                if one := _state(span, ladder, step, voice, match):
                    yield one


def _state(span: Span, ladder: str, step: int, voice: str, match: re.Match[str]) -> State | None:
    sentence = match.string
    start, end = _clause(sentence, match)
    before, behind = sentence[start : match.start()], sentence[match.end() : end]
    doubtful = _NOT_SO.search(before) or (voice != "plan" and _NOT_SO.search(behind[:60]))
    if (doubtful and voice != "plan") or is_within_quotes(sentence, match.start()):
        return None
    passive = _BE.search(before)
    if (voice == "passive" and not passive) or _DESCRIBES.search(before) or _TIMED.search(sentence[:start]):
        return None
    if passive or voice != "object" or match.group().lower() in {"pleaded guilty", "pled guilty", "took effect"}:
        lead = (_HAVE.sub("", before[: passive.start()]) if passive else _HAVE.sub("", before)).rstrip() + " "
        found = _BEFORE.search(re.sub(r"\b(?:will|has|have|had|to)\s$", "", lead))
    else:
        found = _BEHIND.match(behind)
        if found and found["name"] and not _GOES_ON.match(behind[found.end() :]):
            return None
    if not found:
        return None
    whom = _whose(found, ladder)
    if not whom:
        return None
    name, key, is_name = whom
    stems = frozenset(content_stems(sentence)) - set(content_stems(name)) - set(content_stems(match.group()))
    capital = " ".join(token.surface for token in tokens(sentence)[1:] if token.surface[:1].isupper())
    return State(ladder, step, match.group(), name, key, is_name, span, stems, stems & set(content_stems(capital)))


def _whose(found: re.Match[str], ladder: str) -> tuple[str, frozenset[str], bool] | None:
    """Whose state it is: as written, its folded words, and whether it is a name."""
    if name := found["name"]:
        if re.search(r"['’]s?$", name):
            return None
        if ladder in _NAMELESS and not any(word in _THINGS[ladder].split() for word in fold(name).split()):
            return None
        name = name.rstrip(" .,")
        key = frozenset(token.folded for token in tokens(name)) - STOP_WORDS - _NO_SUBJECT
        is_word = len(key) == 1 and len(next(iter(key))) < 3
        return (name, key, True) if key and not is_word else None
    if ladder in _PEOPLE or ladder not in _THINGS:
        return None
    nouns = _THINGS[ladder].split()
    words = [token.folded for token in tokens(found["noun"])]
    head = next((n for n, word in enumerate(words) if word in nouns), None)
    if head is None:
        return None
    text = " ".join(found["noun"].split()[: head + 1])
    return text, frozenset(words[: head + 1]) - STOP_WORDS, False


def _clause(sentence: str, match: re.Match[str]) -> tuple[int, int]:
    """The stretch of the sentence that states one thing, apart from what stands between two commas in it."""
    start, end = 0, len(sentence)
    for cut in CLAUSE_ENDS.finditer(sentence):
        if cut.end() <= match.start() and cut.group() != ",":
            start = cut.end()
        elif cut.start() >= match.end():
            return start, cut.start()
    return start, end


def same_bearer(one: State, other: State) -> bool:
    """Whether two states are of the same: the shorter name is within the longer, and they end alike; of things without
    a name, their sentences share words, too."""
    if one.ladder != other.ladder or not (one.key <= other.key or other.key <= one.key):
        return False
    if one.is_name and other.is_name:
        last = [fold(state.of.split()[-1]).rstrip(".") for state in (one, other)]
        return last[0] == last[1]
    return len(one.stems & other.stems) >= _SHARED - bool(one.names & other.names)
