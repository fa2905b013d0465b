"""A question taken apart: what it asks for, whom it names, what it is about, and whether a sentence can answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, takewhile

from qa.facts import content_stems, days, fold, names, numbers, quotations, stem, tokens
from qa.stopwords import STOP_WORDS

WeightFn = Callable[[Sequence[str]], Mapping[str, float]]
"""Gives words (folded) a weight: the rarer in the library, the heavier."""

_ENDS_NOUN = STOP_WORDS | frozenset("will would can could may might should must".split())
_AUXILIARIES = frozenset("did do does have has had were was are is will would can could".split())
_ASKING = frozenset("which what who whom whose where when why how following true false might shall must ought".split())
_LIGHT = frozenset(
    """say said tell told talk discuss happen take took place expect expected plan planned according report reported
    news article article's articles many much kind type name called known recent recently new latest week month year
    day today yesterday people person man woman thing give gave make made get got do go went come came hold
    held""".split()
)
_PLACES = "city|country|countries|state|place|town|continent|nation|region|venue|location|island"
_PEOPLE = "actor|actress|singer|president|minister|leader|politician|person|player|author|director"
_SAY = "mention|say|said|tell|told|stress|call|discuss|note|add|claim|announce|think|want|express|state|warn|argue"


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
        (r"\b(?:which|what) (?:year|day|date|month|time)\b|\bwhen (?:is|was|did|will|are|were|does|do)\b", Kind.TIME),
        (rf"\bwhere\b|\b(?:which|what) (?:\w+ )?(?:{_PLACES})\b", Kind.PLACE),
        (rf"\bwho(?:m|se)?\b|\b(?:which|what) (?:\w+ )?(?:{_PEOPLE})\b", Kind.PERSON),
        (r"\bwhy\b|\bwhat caused\b", Kind.REASON),
        (rf"\bwhat (?:\w+ )?(?:did|does|do|has|have|was|were) (?P<speaker>.+?) (?:{_SAY})\b", Kind.STATEMENT),
        (r"\bwhich\b|\bwhat (?:is|was|are) the name\b", Kind.NAME),
    )
)
_SAYING = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )\b(?:said|says|say|told|added|adding|noted|stressed|stated|announced|"
    r"underlined|expressed|discuss\w*|called|claimed|warned|according to|responded|emphasi[sz]\w+|insisted|argued|"
    r"wrote|explained|urged|tweeted|posted|concluded|backs|vowed|pledged|acknowledged|suggested|described|hoped)\b",
    re.I,
)
_IN_QUOTES = re.compile(r"^[\"“„]|[\"”]$|\b(?:I|we|We|us|our|my)\b")
_HE_SAYS = re.compile(r"\b(?:he|she|they)\s+(?:\w+\s+)?$", re.I)
_REASON = re.compile(
    r"\b(?:because|due to|owing to|after|as a result|caused|led to|prompted|since|amid|blamed|following|over concerns|"
    r"so that)\b|^(?:\([^)]*\)\W*)?As (?!of\b|for\b|part\b|well\b|an?\b)[^,]+,",
    re.I,
)
_ASKS_WHERE = re.compile(r"\bwhere\b", re.I)
"""Who asks for a country may be told of one that does something, not only of one where something is done."""
_LOCATIVE = re.compile(r"\b(?:in|at|near|to|from|off|outside|across|host\w*)\s+(?:the\s+)?$", re.I)
_SPANS = re.compile(r"\b(?:second|minute|hour|day|week|month|year|decade|century|centurie)s?\b", re.I)
_SPEAKER_WITHIN = 60
"""Characters between a speaker's name and the saying verb."""


_PARTS = re.compile(
    r",?\s+and,?\s+(?=(?:what|which|who|whom|whose|where|when|how|why)\b)"
    r"|,\s+and,?\s+(?=(?:as reported by|according to)\b)|\?\s+(?=\S)|;\s+",
    re.I,
)
_WHO = r"(?P<who>[\w&.'’-]+(?:\s+[\w&.'’-]+){0,4})"
_ITS_REPORT = r"(?:(?:a|an|the|recent|new)\s+)*(?:articles?|reports?|story|stories|coverage)\s+(?:by|from|in|of)\s+"
_ACCORDING = re.compile(
    rf"\b(?P<cue>according to|(?:as )?reported (?:by|in)|(?:as )?per)\s+(?:{_ITS_REPORT})?(?:(?:the|an?)\s+)?{_WHO},?",
    re.I,
)
_IN_REPORT = re.compile(
    r"\b(?P<cue>in|from)\s+(?:the|an?)\s+(?P<who>[\w&.'’-]+(?:\s+[\w&.'’-]+){0,3}?\s+(?:article|report|story|piece)\b),?",
    re.I,
)
_NAME_FOLLOWS = frozenset(("according to", "reported by", "as reported by"))
_REPORT = re.compile(r"(?:article|report|story|piece|coverage)\b", re.I)
_DOMAIN = re.compile(r"^www\.|\.(?:com|org|net|info|eu|(?:co\.|com\.)?[a-z]{2})$")
_SECTION = re.compile(r"\s+[-–—|(/].*$")
_AROUND = re.compile(r"^the\s+|\s+(?:news|agency|news agency|online)$", re.I)
_SOMEBODY = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their)\b", re.I)
_MOST_PARTS = 3


def parts_of(question: str) -> tuple[str, ...]:
    """The parts of a question that clearly has several ("… , and when did …"); none where it has one.

    A part that names nobody takes the names of the part before it along: "he", or the place where "it" happened.
    """
    pieces = [piece.strip(" ,?") for piece in _PARTS.split(question)]
    asks = [bool(re.search(r"\b(?:what|which|who|whom|whose|where|when|how|why)\b", piece, re.I)) for piece in pieces]
    if not 2 <= len(pieces) <= _MOST_PARTS or not all(asks) or not all(content_stems(piece) for piece in pieces):
        return ()
    parts = [pieces[0]]
    for before, piece in pairwise(pieces):
        alone = names("x " + piece) and not _SOMEBODY.search(piece)
        carried = (
            "" if alone else " ".join(name.text for name in names("x " + re.sub(r"^A(?=ccording\b)", "a", before)))
        )
        parts.append(f"{piece} {carried}".strip())
    return tuple(parts)


def attributed(text: str, known: Callable[[], Sequence[str]]) -> tuple[str, tuple[str, ...]]:
    """``text`` without the words that name whose report is asked for ("according to CNN", "in the AFP report"), and the
    sources that they name, as ``known`` (asked only where there are such words) spells them.

    "CNN" names the sources "cnn.com" and "CNN (Web News)", "the BBC" names "BBC News". Words that name no known source
    stay. Some sources are called like ordinary things ("per week", "in time"): a name without a capital counts only
    after words that must be followed by a name.
    """
    found: list[str] = []
    names_of: dict[str, list[str]] = {}

    def without(match: re.Match[str]) -> str:
        if not names_of:
            for name in known():
                for key in _keys(name):
                    names_of.setdefault(key, []).append(name)
        words = match.group("who").split()
        if match.group("cue").casefold() not in _NAME_FOLLOWS and words[0].islower():
            return match.group()
        for count in range(len(words), 0, -1):
            if named := names_of.get(_key(" ".join(words[:count]))):
                found.extend(named)
                after = words[count + 1 :] if count < len(words) and _REPORT.match(words[count]) else words[count:]
                comma = "," if after and match.group().endswith(",") else ""
                return f" {' '.join(after)}{comma} "
        return match.group()

    left = _IN_REPORT.sub(without, _ACCORDING.sub(without, text))
    left = re.sub(r"\s+([,?.;!])(?=\s|$)", r"\1", " ".join(left.split())).lstrip(",; ")
    left = re.sub(r",(?=[?.!]|$)", "", left)
    return (left or text, tuple(dict.fromkeys(found))) if found else (text, ())


def _key(name: str) -> str:
    """A source's name for comparison: letters and digits only, without what stands around it."""
    name = re.sub(r"['’]s$", "", name.casefold().strip(" ,.?!;"))
    return "".join(filter(str.isalnum, _DOMAIN.sub("", name)))


def _keys(name: str) -> set[str]:
    """What a source may be called: also without "The", "News" or "Agency", and without its section."""
    return {_key(name), _key(_AROUND.sub("", name)), _key(_SECTION.sub("", name))} - {""}


def kind_of(question: str) -> Kind:
    """What ``question`` asks for."""
    return next((kind for pattern, kind in _KINDS if pattern.search(question)), Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, folded, and their stems."""

    folded: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Words:
        """The words of ``text``."""
        folded = frozenset(token.folded for token in tokens(text))
        return cls(folded, frozenset(stem(word) for word in folded))


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence where it stands."""

    title: str
    text: str
    before: str
    """The two sentences before it in its passage, or at the end of the passage before, when that was found too."""
    after: str
    article: Words
    """All words of its article."""

    @property
    def around(self) -> str:
        """Title, neighbours and the sentence itself."""
        return f"{self.title}\n{self.before}{self.text}{self.after}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart once."""

    text: str
    kind: Kind
    speaker: str
    """Folded last word of the speaker's name, when the question asks what somebody said."""
    topic: frozenset[str]
    """Stems of what somebody is asked to have spoken about."""
    counted: frozenset[str]
    """Stems of what "how many" counts."""
    wanted: frozenset[str]
    """Stems of the thing that "which" or "what" asks for, where it is not a person, a place or a time."""
    role: str
    """Stem of the office or relation in "who is the …"."""
    weights: Mapping[str, float]
    """Stem to weight."""
    matter: frozenset[str]
    """Stems of what is asked beside names: neither light words nor any of ``names``."""
    names: tuple[tuple[str, ...], ...]
    words: frozenset[str]

    @classmethod
    def of(cls, question: str, weigh: WeightFn) -> Asked:
        """``question`` taken apart, its words weighted by ``weigh``."""
        by_stem = {stem(token.folded): token.folded for token in tokens(question)}
        stems = [word for word in content_stems(question) if by_stem.get(word, word) not in _ASKING]
        rarity = weigh([by_stem.get(word, word) for word in stems])
        weights = {
            word: (0.3 if is_light(by_stem.get(word, word)) else 1.0) * rarity[by_stem.get(word, word)]
            for word in stems
        }
        kind = kind_of(question)
        named = {word for name in names(question) for word in name.words}
        return cls(
            question,
            kind,
            _speaker(question) if kind is Kind.STATEMENT else "",
            _topic(question) if kind is Kind.STATEMENT else frozenset(),
            _counted(question),
            _wanted(question) if kind is Kind.NAME else frozenset(),
            _role(question) if kind is Kind.PERSON else "",
            weights,
            frozenset(
                word
                for word in weights
                if not is_light(by_stem.get(word, word)) and by_stem.get(word, word) not in named
            ),
            tuple(name.words for name in names(question)),
            frozenset(token.folded for token in tokens(question)),
        )

    def share(self, text: str) -> float:
        """Weighted share of the question's content words that ``text`` holds."""
        total = sum(self.weights.values())
        have = set(content_stems(text))
        return sum(weight for word, weight in self.weights.items() if word in have) / total if total else 0.0

    def named(self, text: str) -> float:
        """Share of the question's names in ``text``; a name is there when its last word is."""
        have = {token.folded for token in tokens(text)}
        return sum(name[-1] in have for name in self.names) / len(self.names) if self.names else 1.0

    def offers(self, place: Place) -> bool:
        """Whether the sentence holds something of the kind asked for that is not already in the question."""
        text = place.text
        new_names = [name for name in names(text) if not set(name.words) & self.words]
        if self.kind is Kind.NUMBER:
            return self._counts(text)
        if self.kind is Kind.TIME:
            return bool(days(text) - days(self.text))
        if self.kind is Kind.PLACE and _ASKS_WHERE.search(self.text):
            return any(_LOCATIVE.search(text[: name.start]) for name in new_names)
        if self.kind in {Kind.PLACE, Kind.PERSON, Kind.NAME}:
            return bool(new_names)
        if self.kind is Kind.REASON:
            return bool(_REASON.search(text))
        if self.kind is Kind.STATEMENT:
            return bool(_SAYING.search(text) or _is_quoted(place))
        return False

    def fits(self, place: Place) -> bool:
        """Whether the sentence is of the right kind: its article names whom the question names,
        it holds a number, day, place or person where one is asked for, and the right person says it."""
        if not self.can_answer(place) or not self._names_everyone(place):
            return False
        if self.kind in {Kind.NUMBER, Kind.TIME, Kind.PLACE, Kind.PERSON} and not self.offers(place):
            return self.kind in {Kind.PLACE, Kind.PERSON} and bool(names(place.text)) and self.share(place.text) > 0.5
        return not self.topic or 2 * len(self.topic & set(content_stems(place.text))) >= len(self.topic)

    def can_answer(self, place: Place) -> bool:
        """Whether nothing rules the sentence out: no number where one is asked for, no day, another speaker."""
        if self.kind is Kind.NUMBER:
            return bool(numbers(place.text))
        if self.kind is Kind.TIME:
            return bool(days(place.text) or numbers(place.text))
        if self.wanted and not self.wanted & place.article.stems:
            return False
        if self.matter and not self.matter & set(content_stems(place.around)):
            return False
        if self.kind in {Kind.PLACE, Kind.STATEMENT, Kind.OTHER} and not self._names_everyone(place):
            return False
        if self.role and not _holds_role(self.role, place.text):
            return False
        return not self.speaker or _speaks(self.speaker, place)

    def _names_everyone(self, place: Place) -> bool:
        """Whether the sentence's article names everyone whom the question names."""
        return all(name[-1] in place.article.folded for name in self.names)

    def _counts(self, text: str) -> bool:
        """Whether a new number stands in ``text``, and with it what is counted."""
        found = [n for n in numbers(text) if text[n.start : n.end].lower() not in self.words]
        if not found:
            return False
        if re.search(r"\bhow (?:long|old)\b", self.text, re.I):
            return any(_SPANS.search(text[n.end : n.end + 12]) or text[n.end : n.end + 1] == "," for n in found)
        return not self.counted or bool(self.counted & set(content_stems(text)))


def _counted(question: str) -> frozenset[str]:
    match = re.search(r"\bhow many\s+((?:[\w’'-]+\s+){1,3})", question + " ", re.I)
    words = [token.folded for token in tokens(match.group(1))] if match else []
    stop = next((i for i, word in enumerate(words) if word in _AUXILIARIES), len(words))
    return frozenset(stem(word) for word in words[:stop] if word not in _LIGHT)


def _wanted(question: str) -> frozenset[str]:
    match = re.search(r"\b(?:which|what)\s+((?:[\w’'-]+[\s?]+){1,6})", question + " ", re.I)
    words = [token.folded for token in tokens(match.group(1))] if match else []
    noun = list(takewhile(lambda word: word not in _ENDS_NOUN, words))
    return frozenset(stem(word) for word in noun if word not in _LIGHT) if len(noun) <= 2 else frozenset()


def _role(question: str) -> str:
    match = re.search(r"^who (?:is|was|are|were)\s+(?:the\s+)?(.+?)(?:\s+of\b.*|\s+in\b.*)?[?.!]*$", question, re.I)
    words = tokens(match.group(1)) if match else ()
    if any(token.folded == "to" for token in words):
        return ""  # "who is expected to …"
    if words and words[0].folded.endswith(("ing", "ed")):
        return ""  # "who is hosting …"
    last = words[-1] if words else None
    return stem(last.folded) if last and last.surface.islower() and len(words) <= 5 else ""


def _holds_role(role: str, text: str) -> bool:
    """Whether a name stands within three words of ``role``."""
    words = tokens(text)
    named = {word for name in names(text) for word in name.words}
    at = [i for i, token in enumerate(words) if stem(token.folded) == role]
    return any(words[j].folded in named for i in at for j in range(max(0, i - 3), min(len(words), i + 4)) if j != i)


def _topic(question: str) -> frozenset[str]:
    match = re.search(r"\b(?:about|regarding|concerning)\s+(.+)$", question, re.I)
    stems = content_stems(match.group(1)) if match else ()
    return frozenset(word for word in stems if word not in _LIGHT)


def _speaker(question: str) -> str:
    match = next(
        (found for pattern, _ in _KINDS if "speaker" in pattern.groupindex and (found := pattern.search(question))),
        None,
    )
    named = names("x " + match.group("speaker")) if match else ()
    return named[0].words[-1] if named else ""


def _speaks(speaker: str, place: Place) -> bool:
    """Whether ``speaker`` is the subject of a verb of saying in the sentence, or its "he" from the sentences before.

    A sentence of a quotation that runs on has no such verb; who spoke last goes on speaking.
    """
    text = place.text
    verbs = list(_SAYING.finditer(text))
    for verb in verbs:
        if _HE_SAYS.search(text[: verb.start()]):
            if speaker == _last_speaker(place):
                return True
        elif speaker in _subject(text, verb):
            return True
    return not verbs and _is_quoted(place) and speaker == _last_speaker(place)


def _is_quoted(place: Place) -> bool:
    """Whether the sentence is, or stands in, a quotation."""
    opened = place.before.count('"') % 2 == 1 or place.before.count("“") > place.before.count("”")
    return opened or bool(quotations(place.text) or _IN_QUOTES.search(place.text))


def _subject(text: str, verb: re.Match[str]) -> list[str]:
    """The name before a verb of saying, and the one right behind it ("said Barrot"), folded."""
    before = _capitals(text[max(0, verb.start() - _SPEAKER_WITHIN) : verb.start()])
    behind = re.match(r"(?:\s+\S+){1,4}", text[verb.end() :])
    after = _capitals(behind.group()) if behind else []
    return before[-1:] + ([] if before else after)


def _last_speaker(place: Place) -> str:
    """Folded last word of who spoke last before the sentence; the first person of its title where nobody did."""
    last = ""
    for verb in _SAYING.finditer(place.before):
        if not _HE_SAYS.search(place.before[: verb.start()]):
            last = (_subject(place.before, verb) or [last])[0]
    titled = names("x " + place.title)
    return last or (titled[0].words[-1] if titled else "")


def _capitals(text: str) -> list[str]:
    """Folded words of ``text`` that begin with a capital, also where they open a sentence."""
    return [t.folded for t in tokens(text) if t.surface[:1].isupper() and t.folded not in STOP_WORDS]


def is_about_something(question: str) -> bool:
    """Whether a question has any word that says what it is about ("what happened?" has none)."""
    return any(not is_light(word.folded) and word.folded not in STOP_WORDS | _ASKING for word in tokens(question))


def is_light(word: str) -> bool:
    """Whether a word says little about what a question is about."""
    return fold(word) in _LIGHT or stem(fold(word)) in _LIGHT
