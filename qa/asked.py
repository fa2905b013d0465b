"""What a question asks for, and whether a sentence, where it stands, can answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import dropwhile, takewhile

from qa.amounts import asks_unit, has_amount, is_amount
from qa.deeds import asks_shortly, deed_of, is_general, kin
from qa.facts import IRREGULAR, Name, Token, content_stems, days, names, numbers, stem, tokens
from qa.harms import Harms, counts_any, counts_people, harms_of, tells_of
from qa.lines import Line, Reading
from qa.narrowed import are_told, is_of_those, is_of_year, is_there
from qa.peoples import is_of_a_place
from qa.placed import Place
from qa.places import COUNTRIES, STATES, places_in
from qa.question import ASKING, LIGHT, is_light
from qa.said import ASKED_TO_SAY, SAYING, is_quoted, speaks
from qa.stopwords import STOP_WORDS

WeightFn = Callable[[Sequence[str]], Mapping[str, float]]
"""Gives words (folded) a weight: the rarer in the library, the heavier."""

_ENDS_NOUN = STOP_WORDS | frozenset("will would can could may might should must".split())
_AUXILIARIES = frozenset("did do does have has had were was are is will would can could".split())
_PLACES = "city|cities|country|countries|(?:state|place|town|continent|nation|region|venue|location|island)s?"
_PEOPLE = (
    "actor|actress|singer|president|minister|leader|politician|person|player|author|director|judge|lawyer|coach|captain|"
    "mayor|governor|senator|lawmaker|general|astronaut|athlete|scientist|writer|footballer|golfer|boxer|billionaire|ceo"
)


class Kind(StrEnum):
    """What a question asks for."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    REASON = "reason"
    NAME = "name"
    STATEMENT = "statement"
    OTHER = "other"


_KINDS = tuple(
    (re.compile(pattern, re.I), kind)
    for pattern, kind in (
        (r"\bhow (?:many|much|old|long|far|high|tall|large|big|often)\b", Kind.NUMBER),
        (r"\bwhat (?:percentage|percent|share|number|price|age|amount)\b", Kind.NUMBER),
        (r"\b(?:what|how high) (?:is|was) the (?:[a-z]+ )?(?:death )?toll\b", Kind.NUMBER),
        (r"\b(?:which|what) (?:year|day|date|month|time)\b|\bwhen (?:is|was|did|will|are|were|does|do)\b", Kind.TIME),
        (rf"\bwhere\b|\b(?:which|what) (?:\w+ )?(?:{_PLACES})\b", Kind.PLACE),
        (rf"\bwho(?:m|se)?\b|\b(?:which|what) (?:\w+ )?(?:{_PEOPLE})\b", Kind.PERSON),
        (r"\bwhy\b|\bwhat caused\b", Kind.REASON),
        (rf"\bwhat (?:\w+ )?(?:did|does|do|has|have|was|were) (?P<speaker>.+?) (?:{ASKED_TO_SAY})\b", Kind.STATEMENT),
        (r"\bwhich\b|\bwhat (?:is|was|are) the name\b", Kind.NAME),
    )
)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|after|as a result|caused|led to|prompted|since|amid|blamed|following|over concerns|"
    r"so that)\b|^(?:\([^)]*\)\W*)?As (?!of\b|for\b|part\b|well\b|an?\b)[^,]+,",
    re.I,
)
_WHICH_PERSON = re.compile(rf"\b(?:which|what) (?:{_PEOPLE})\b", re.I)
_NAME_OF = re.compile(r"\bname of (?:the|his|her|their|its)\s+(?P<role>[a-z-]+)(?:\s+who\b|\s*[?.]*$)", re.I)
_OFFICE = re.compile(
    rf"\b(?:did|does|has|have)\s+the\s+(?:[a-z]+\s+)?(?P<office>[a-z]+)\s+(?:of|in|at)\b.*?\b(?:{ASKED_TO_SAY})\b"
)
_WHEN_WILL = re.compile(r"^when\s+(?:will|is|are)\b|\bwill\b.*\bwhen\b", re.I)
_ASKS_WHERE = re.compile(r"\bwhere\b", re.I)
"""Who asks for a country may be told of one that does something, not only of one where something is done."""
_AT = re.compile(r"\b(?:in|at|near|from|of)\s+(?:the\s+)?$", re.I)
_LOCATIVE = re.compile(r"\b(?:in|at|near|to|from|off|outside|across|host\w*)\s+(?:the\s+)?$", re.I)
_PLANNED = frozenset(
    """planned plan plans planning expected will would could may might potential potentially preparing prepare set due
    scheduled upcoming possible next hopes hoped wants""".split()
)
"""Words before a deed that has not been done."""
_OF_COUNTRY = re.compile(r"(?:an|ish|ese|ench|eek|wiss|utch|raqi|aeli|stani|audi|mani|emeni|waiti|atari)$")
_ALSO = {"us": ("american",), "uk": ("british",), "britain": ("british",), "netherlands": ("dutch",)}
"""How countries are called that do not begin alike."""
_SPANS = re.compile(r"\b(?:second|minute|hour|day|week|month|year|decade|century|centurie)s?\b", re.I)
_LENGTHS = re.compile(
    r"^[\s-]*(?:(?:milli|centi|kilo)?met(?:re|er)s?|k?m|kms|miles?|feet|foot|ft|yards?|inch(?:es)?|pages?|words?)\b",
    re.I,
)
"""Units behind the number of how long a thing is."""
_HOW_LONG = re.compile(r"\bhow (?:long|old)\b", re.I)
_THING = re.compile(r"\bhow long (?:is|are|was|were) (?!it\b|there\b)", re.I)
_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:.]\d{2})?\s?(?:a\.?m\b|p\.?m\b)|\b[012]?\d:[0-5]\d\b|\b(?:noon|midnight|o['’]clock)\b", re.I
)
"""A time of day."""


def kind_of(question: str) -> Kind:
    """What ``question`` asks for."""
    return next((kind for pattern, kind in _KINDS if pattern.search(question)), Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart once."""

    text: str
    kind: Kind
    speaker: str
    """Folded last word of the speaker's name, when the question asks what somebody said."""
    office: str
    """What a speaker without a name is, folded: the "owner" of something."""
    topic: frozenset[str]
    """Stems of what somebody is asked to have spoken about."""
    counted: frozenset[str]
    """Stems of what "how many" counts."""
    wanted: frozenset[str]
    """Stems of the thing that "which" or "what" asks for."""
    role: str
    """The office or relation in "who is the …", folded."""
    places: frozenset[str]
    """The countries, or the states, where one of them is asked for."""
    unit: frozenset[str]
    """Units of the number that is asked for."""
    owner: str
    """Whose it is ("of Iran", "Iran's"), folded."""
    deed: str
    """Stem of what somebody is asked to have done in "did …", "when did …", "where did …"."""
    done: frozenset[str]
    """Stems of what the question says was done, in the words that news has for it; empty where it says too little."""
    weights: Mapping[str, float]
    """Stem to weight."""
    harms: Harms
    """What happened to the people whom "how many" counts, each in its words."""
    matter: frozenset[str]
    """Stems of what is asked beside names: neither light words nor any of ``names``."""
    names: tuple[Name, ...]
    words: frozenset[str]
    starts: frozenset[str]
    """How words that could have a stem of the question begin."""

    @classmethod
    def of(cls, question: str, weigh: WeightFn) -> Asked:
        """``question`` taken apart, its words weighted by ``weigh``."""
        by_stem = {stem(token.folded): token.folded for token in tokens(question)}
        stems = [word for word in content_stems(question) if by_stem.get(word, word) not in ASKING]
        rarity = weigh([by_stem.get(word, word) for word in stems])
        light = {word for word in stems if is_light(by_stem.get(word, word)) or is_general(by_stem.get(word, word))}
        weights = {word: (0.3 if word in light else 1.0) * rarity[by_stem.get(word, word)] for word in stems}
        deed = deed_of(question)
        kind = kind_of(question)
        named = {word for name in names(question) for word in name.words}
        return cls(
            question,
            kind,
            _speaker(question) if kind is Kind.STATEMENT else "",
            _office(question) if kind is Kind.STATEMENT else "",
            _topic(question) if kind is Kind.STATEMENT else frozenset(),
            _counted(question),
            _wanted(question),
            (_role(question) if kind is Kind.PERSON else "") or _named_role(question),
            _places(question) if kind is Kind.PLACE else frozenset(),
            _unit(question) if kind is Kind.NUMBER else frozenset(),
            _owner(question) if kind is Kind.PERSON else "",
            _deed(question),
            kin(deed) if deed else frozenset(),
            weights,
            harms_of(question),
            frozenset(word for word in weights if word not in light and by_stem.get(word, word) not in named),
            names(question),
            frozenset(token.folded for token in tokens(question)),
            frozenset(_start(word) for pair in by_stem.items() for word in pair)
            | frozenset(_start(word) for word in (kin(deed) if deed else ())),
        )

    def read(self, reading: Reading) -> list[Place]:
        """Each sentence of an article, with what it holds of the question."""
        known = self._stems(reading.words)
        words = [word for word in known if word in reading.spelled]
        lines = [frozenset([known[word] for word in words if reading.holds(line, word)]) for line in reading.lines]
        title = frozenset([known[word] for word in reading.title_words & known.keys()])
        whole = frozenset(known.values())
        names_all = are_told(self.names, reading.words)
        return [
            Place(reading, n, here, title.union(*lines[max(0, n - 2) : n + 2]), whole, names_all)
            for n, here in enumerate(lines)
        ]

    def _stems(self, words: frozenset[str]) -> dict[str, str]:
        """Those of ``words`` that have a stem of the question, with it; only words that could are stemmed."""
        stems, starts = {stem(word) for word in self.words} | self.done, self.starts
        return {word: root for word in words if _start(word) in starts and (root := stem(word)) in stems}

    def held(self, stems: frozenset[str]) -> float:
        """Weighted share of the question's content words whose stems are among ``stems``."""
        total = sum(self.weights.values())
        return sum(weight for word, weight in self.weights.items() if word in stems) / total if total else 0.0

    def named(self, place: Place) -> float:
        """Share of the question's names in or beside a sentence; a name is there when its last word is."""
        return sum(place.names_near(name.words[-1]) for name in self.names) / len(self.names) if self.names else 1.0

    def new_names(self, place: Place) -> float:
        """Names of a sentence that are not the question's, three or more being 1.0."""
        return min(3, len(self._others(place))) / 3

    def _others(self, place: Place) -> list[Name]:
        return [name for name in names(place.text) if not set(name.words) & self.words]

    def offers(self, place: Place) -> bool:
        """Whether the sentence holds something of the kind asked for that is not already in the question."""
        text = place.text
        new_names = self._others(place)
        if self.kind is Kind.NUMBER:
            return self._counts(place)
        if self.kind is Kind.TIME:
            return bool(days(text) - days(self.text) or _CLOCK.search(text))
        if self.places:
            return bool(places_in(text, self.places) - places_in(self.text, self.places))
        if self.kind is Kind.PLACE and _ASKS_WHERE.search(self.text):
            return any(_LOCATIVE.search(text[: name.start]) for name in new_names)
        if self.kind in {Kind.PLACE, Kind.PERSON, Kind.NAME}:
            return bool(new_names)
        if self.kind is Kind.REASON:
            return bool(_REASON.search(text))
        if self.kind is Kind.STATEMENT:
            return bool(SAYING.search(text) or is_quoted(place))
        return False

    def fits(self, place: Place) -> bool:
        """Whether the sentence is of the right kind: its article names whom the question names,
        it holds a number, day, place or person where one is asked for, and the right person says it."""
        if not self.can_answer(place):
            return False
        if self.kind in {Kind.NUMBER, Kind.TIME, Kind.PLACE, Kind.PERSON} and not self.offers(place):
            return self.kind in {Kind.PLACE, Kind.PERSON} and bool(names(place.text)) and self.held(place.here) > 0.5
        return not self.topic or 2 * len(self.topic & place.here) >= len(self.topic)

    def can_answer(self, place: Place) -> bool:
        """Whether nothing rules the sentence out: no number where one is asked for, no day, another speaker, nobody
        whom the question names in its article, nothing of what it says was done."""
        if not place.names_all or self._is_undone(place) or not self._is_of_the_same(place):
            return False
        if self.kind is Kind.NUMBER:
            return has_amount(self.text, place.text) and self._has_number(place)
        if self.kind is Kind.TIME and not (days(place.text) or numbers(place.text)):
            return False
        if self.matter and not self.matter & place.near:
            return False
        return self._is_of_kind(place) and self._is_by_whom(place)

    def _has_number(self, place: Place) -> bool:
        """Whether a sentence holds a number; where people are counted, one of people to whom the same happened."""
        if self.harms:
            return counts_people(place.text) and tells_of(self.harms, place)
        return counts_any(place.text, self.counted) if self.counted and not self.unit else bool(numbers(place.text))

    def _is_of_kind(self, place: Place) -> bool:
        """Whether a sentence, or its article, has the thing, the country, the person or the office asked for."""
        if self.kind is Kind.NAME and self.wanted and not self.wanted & place.whole:
            return False
        if self.places and not self._holds_place(place.text):
            return False
        if _WHICH_PERSON.search(self.text) and not self._others(place):
            return False
        return not self.role or self._holds_role(place.text)

    def _is_by_whom(self, place: Place) -> bool:
        """Whether the one who is asked about speaks, or acts, in a sentence or beside it."""
        if self.deed and not self._is_done(place):
            return False
        if self.office and not place.names_near(self.office):
            return False
        return not self.speaker or speaks(self.speaker, place)

    def _holds_place(self, text: str) -> bool:
        """Whether a text names one of the countries or states that are asked for, or whose people someone is of."""
        if places_in(text, self.places) - places_in(self.text, self.places):
            return True
        words = (token.folded for token in tokens(text) if token.surface[:1].isupper())
        return self.places is COUNTRIES and any(is_of_a_place(word) for word in words if word not in self.words)

    def _is_of_the_same(self, place: Place) -> bool:
        """Whether a sentence is not of another of several, nor of the same elsewhere."""
        around = "\n".join([place.reading.title, *(line.text for line in place.reading.around(place.n))])
        return is_there(self.text, around) and is_of_those(self.text, around)

    def _is_undone(self, place: Place) -> bool:
        """Whether neither the sentence nor its neighbours nor its title tell what a short question says was done, where
        the thing that is counted or the unit of the amount does not tell it."""
        if not self.done or self.done & place.near or self.kind is Kind.REASON or not asks_shortly(self.text):
            return False
        counted = any(not is_light(word) for word in self.counted & place.here)
        return not (self.kind is Kind.NUMBER and (counted or asks_unit(self.text)))

    def is_of_year(self, place: Place, published: date | None) -> bool:
        """Whether the years that the question names are told in the sentence's title or around it, or are that of its
        publication."""
        around = (line.text for line in place.reading.around(place.n))
        return is_of_year(self.text, " ".join([place.reading.title, *around]), published)

    def tells_deed(self, place: Place) -> bool:
        """Whether the sentence itself tells what the question says was done."""
        return bool(self.done & place.here)

    def _holds_role(self, text: str) -> bool:
        """Whether a name that is not the question's stands within three words of the role, which is not another's."""
        words = tokens(text)
        named = {word for name in names(text) if not _AT.search(text[: name.start]) for word in name.words} - self.words
        for i in (i for i, token in enumerate(words) if token.folded == self.role):
            beside = range(max(0, i - 3), min(len(words), i + 4))
            of_another = self.owner and any(_is_of_another(words[j], self.owner) for j in beside if j < i)
            if not of_another and any(words[j].folded in named for j in beside if j != i):
                return True
        return False

    def _is_done(self, place: Place) -> bool:
        """Whether a sentence or one beside it says that the deed was done, not that it is planned, where everyone whom
        the question names is named."""
        if not all(place.names_near(name.words[-1]) for name in self.names):
            return False
        return any(self._says_deed(line) for line in place.reading.around(place.n, 1, 1))

    def _says_deed(self, line: Line) -> bool:
        words = [token.folded for token in tokens(line.text)]
        at = [i for i, word in enumerate(words) if _start(word) in self.starts and stem(word) == self.deed]
        return any(not _PLANNED & set(words[max(0, i - 4) : i]) for i in at)

    def _counts(self, place: Place) -> bool:
        """Whether a new number stands in a sentence, and with it what is counted."""
        text = place.text
        found = [n for n in numbers(text) if text[n.start : n.end].lower() not in self.words]
        if self.unit:
            found = [n for n in found if n.unit in self.unit or is_amount(self.text, text, n)]
        if not found:
            return False
        if _HOW_LONG.search(self.text):
            behind = [text[n.end : n.end + 12] for n in found]
            is_thing = _THING.search(self.text) and any(map(_LENGTHS.search, behind))
            return bool(is_thing) or any(_SPANS.search(one) or one[:1] == "," for one in behind)
        return not self.counted or bool(self.counted & place.here)


@lru_cache(maxsize=65_536)
def _start(word: str) -> str:
    """How a word begins, whatever its ending: "dying" like "die"."""
    base = IRREGULAR.get(word, word)
    return base[:1] + base[1:2].replace("y", "i")


def _places(question: str) -> frozenset[str]:
    if re.search(r"\b(?:which|what)\b[^.?]{0,25}\b(?:country|countries|nations?)\b", question, re.I):
        return COUNTRIES
    return STATES if re.search(r"\b(?:which|what)\b[^.?]{0,20}\bstates?\b", question, re.I) else frozenset()


def _unit(question: str) -> frozenset[str]:
    if re.search(r"\bpercent(?:age)?\b", question, re.I):
        return frozenset("%")
    money = re.search(
        r"\bwhat price\b|\bhow much (?:money|cash|did .* (?:cost|pay|raise|spend|sell))\b", question, re.I
    )
    return frozenset("$€£¥₺") if money else frozenset()


def _counted(question: str) -> frozenset[str]:
    match = re.search(r"\bhow many\s+((?:[\w’'-]+\s+){1,3})", question + " ", re.I)
    words = [token.folded for token in tokens(match.group(1))] if match else []
    stop = next((i for i, word in enumerate(words) if word in _AUXILIARIES), len(words))
    return frozenset(stem(word) for word in words[:stop] if word not in LIGHT)


def _wanted(question: str) -> frozenset[str]:
    match = re.search(r"\b(?:which|what)\s+((?:[\w’'-]+[\s?]+){1,6})", question + " ", re.I)
    words = [token.folded for token in tokens(match.group(1))] if match else []
    noun = list(takewhile(lambda word: word not in _ENDS_NOUN, words))
    return frozenset(stem(word) for word in noun if word not in LIGHT) if len(noun) <= 2 else frozenset()


def _role(question: str) -> str:
    match = re.search(r"^who (?:is|was|are|were)\s+(?:the\s+)?(.+?)(?:\s+of\b.*|\s+in\b.*)?[?.!]*$", question, re.I)
    words = tokens(match.group(1)) if match else ()
    if any(token.folded == "to" for token in words):
        return ""  # "who is expected to …"
    if words and words[0].folded.endswith(("ing", "ed")):
        return ""  # "who is hosting …"
    last = words[-1] if words else None
    return last.folded if last and last.surface.islower() and len(words) <= 5 else ""


def _named_role(question: str) -> str:
    match = _NAME_OF.search(question)
    return match["role"].lower() if match else ""


def _owner(question: str) -> str:
    match = re.search(r"\b(?:of|in)\s+(?:the\s+)?([A-Z][\w-]+)[^,]*$|\b([A-Z][\w-]+)['’]s\s", question)
    return tokens(match.group(1) or match.group(2))[0].folded if match else ""


def _deed(question: str) -> str:
    match = re.match(r"(?:(?:when|where)\s+)?(?:did|has|have|had)\s+(.+)", question, re.I)
    named = {word for name in names(f"x {match.group(1)}") for word in name.words} if match else set()
    behind = dropwhile(lambda token: token.folded not in named, tokens(match.group(1)) if match else ())
    words = (word.folded for word in behind if word.folded not in named | STOP_WORDS)
    deed = next((word for word in words if not word.endswith("ly")), "")
    return "" if is_light(deed) else stem(deed)


def _is_of_another(word: Token, owner: str) -> bool:
    """Whether a word says of which country something is, and of another than ``owner`` ("Iran", "Iranian")."""
    same = word.folded[:2] == owner[:2] or word.folded in _ALSO.get(owner, ())
    of_one = word.folded in _ALSO or _OF_COUNTRY.search(word.folded)
    return word.surface[:1].isupper() and bool(of_one) and not same


def _topic(question: str) -> frozenset[str]:
    match = re.search(r"\b(?:about|regarding|concerning)\s+(.+)$", question, re.I)
    stems = content_stems(match.group(1)) if match else ()
    return frozenset(word for word in stems if word not in LIGHT)


def asks_newest(question: str) -> bool:
    """Whether the newest of several reports answers: to how many it happened, which grows, or when it will be."""
    return bool(harms_of(question)) or _WHEN_WILL.search(question) is not None


def _office(question: str) -> str:
    match = _OFFICE.search(question)
    return tokens(match["office"])[0].folded if match else ""


def _speaker(question: str) -> str:
    match = next(
        (found for pattern, _ in _KINDS if "speaker" in pattern.groupindex and (found := pattern.search(question))),
        None,
    )
    named = names("x " + match.group("speaker")) if match else ()
    return named[0].words[-1] if named else ""
