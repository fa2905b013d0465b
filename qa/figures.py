"""Figures: the numbers of a text with what they measure, of whom or where, and how exactly they are meant.

Only what can be compared is read: a count of a known kind ("53 people were killed"), a person's age, and other numbers
by their unit and the word behind them. What is a part of another count, an increase, a forecast, a rate or the count of
a day is left out, because another number beside it contradicts nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from qa.facts import Number, content_stems, days, numbers, stem, tokens
from qa.lines import stated
from qa.sentences import Span
from qa.stopwords import STOP_WORDS
from qa.whereabouts import CLAUSE_ENDS, capitals, places

_KINDS = {
    "deaths": "dead died death deaths fatalities killed killing kills perished lives",
    "injured": "injured injuring injuries wounded wounding hurt",
    "cases": "cases infected infecting infections positive diagnosed contracted",
    "hospitalized": "hospitalized hospitalised hospitalizations hospitalisations",
    "recovered": "recovered recoveries",
    "arrests": "arrested arrests detained",
    "evacuated": "evacuated displaced evacuees",
    "missing": "missing",
    "hostages": "hostages",
    "prisoners": "prisoners",
    "votes": "votes ballots",
    "seats": "seats",
    "delegates": "delegates",
    "tests": "tests tested",
    "troops": "troops soldiers",
    "missiles": "missiles rockets",
    "passengers": "passengers",
    "homes": "homes houses",
    "acres": "acres hectares",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
GROWING = frozenset("deaths injured cases hospitalized recovered arrests evacuated tests homes acres".split())
"""Counts that grow while an event goes on."""
_VERBS = frozenset("killed killing infected infecting injured injuring wounded wounding claimed".split())
_EVERYBODY = frozenset(
    """people persons person individuals patients residents citizens victims americans total confirmed reported known
    official officially has have had been are were was be being now already so far also since then at least all told the
    a an of that which from due to coronavirus covid 19 related novel virus recorded there for tested human lost
    laboratory lab""".split()
)
"""Words between a number and its kind that do not narrow it."""
_OPENS = r"(?:at\s+least|more\s+than|over|above|past|well\s+over|greater\s+than|upwards?\s+of|north\s+of)"
_NEARS = r"(?:near(?:ed|ing|s|ly)?|about|around|roughly|approximately|some|almost|close\s+to|just\s+under|approach\w*)"
_LOW = re.compile(rf"\b(?:{_OPENS}|exceed\w*|topp\w+|surpass\w+|pass(?:ed|es|ing))\s+(?:\$\s*)?$", re.I)
_ABOUT = re.compile(rf"\b{_NEARS}\s+(?:\$\s*)?$", re.I)
_STANDS_AT = re.compile(
    r"\b(?P<kind>cases|infections|deaths|fatalities|toll|hospitalizations|arrests|tests)\b[^,;:()]{0,60}?\b"
    r"(?:to|at|is|was|of|reached|hit|topped|surpassed|passed|exceeded|past|topping|surpassing|neared|approached)\s+"
    rf"(?:{_OPENS}\s+|{_NEARS}\s+)?$",
    re.I,
)
_PARTIAL = re.compile(
    r"\b(?:another|additional|more(?!\s+than)|others?|further|includ(?:e|es|ed|ing)|among|new|newly|extra|daily|each|"
    r"every|per|average|remaining|fewer|half|first|suspected|possible|probable|presumptive|active|"
    r"of\s+(?:them|those|whom|which|the|these|its|their))\b",
    re.I,
)
"""What makes a count one of a part."""
_UNSURE = re.compile(
    r"\b(?:could|would|may|might|should|if|project(?:s|ed|ions?|ing)?|forecasts?|predict(?:s|ed|ions?)?|models?|estimat\w+|"
    r"expect\w*|potential(?:ly)?|likely|possibl[ey]|as\s+many\s+as|up\s+to|no\s+more\s+than|goal|target|aims?|"
    r"capacity|until|unless|suppose|imagine|worst|scenario|hopes?|range|ranging|between|every|each|per|average|daily|"
    r"annual(?:ly)?|typical(?:ly)?|usually|compar\w+|think|thinks|thought|believ\w+|actual(?:ly)?|true|real|suggest\w*|"
    r"that\s+of|eclips\w+|not|never|fewer|less|under|below|no|(?<!more\s)(?<!greater\s)than)\b|n['’]t\b",
    re.I,
)
"""What makes a number no statement of how things are."""
_LATER = re.compile(r"\b(?:will|only|just)\b", re.I)
"""What makes a growing count one of another time."""
_CAUSES = re.compile(
    r"\b(?:flu|influenza|sars|mers|h1n1|ebola|swine|polio|hiv|aids|vietnam|korean\s+war|world\s+war|9/11|katrina|"
    r"overdoses?|opioids?)\b",
    re.I,
)
"""Other events that counts are compared with."""
_PERIOD = re.compile(
    r"\b(?:(?:single|one|each|per|a|past|last|previous|next|first|second|third|this|every|same)\s+(?:\w+\s+)?"
    r"(?:day|days|24|hours?|weeks?|months?|years?|weekend|night|quarter)|24[\s-]hours?|overnight|yesterday|today|daily|"
    r"since\s+\w+|over\s+the|in\s+the\s+(?:past|last)|within|during|day\s+(?:earlier|before)|earlier|ago|previous(?:ly)?|"
    r"back\s+in|at\s+(?:one|that)\s+(?:point|time)|by\s+(?:the\s+end|late|early|mid|[JFMASOND][a-z]{2,8}))\b",
    re.I,
)
"""What bounds a count to a time that need not be that of another."""
_FROM = re.compile(r"\bfrom\s+(?:\w+\s+){0,3}$", re.I)
_JOINED = re.compile(rf"\b(?:and|or)\s+(?:{_OPENS}\s+|{_NEARS}\s+)?$", re.I)
_LONGEST = 700
_MOST_NUMBERS = 6
_ENDS_WHOM = frozenset("in at on by from during near after across and who".split())
WantedFn = Callable[[Iterable[str], Span], bool]
"""Whether a sentence is wanted, by its content words and its place: the others need not be read further."""
_WITHIN = 7
"""Words behind a number among which its kind stands."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that can be compared with others."""

    kind: str
    """What is counted: a known kind, "age" with a name, or "=" with a unit and a word."""
    value: float
    low: float
    high: float
    """From what to what it may lie: a last written digit may be rounded, "at least" opens it above."""
    span: Span
    """Position of the number in the text."""
    sentence: Span
    scope: frozenset[str]
    """Of where or whom, folded; empty where the sentence does not say."""
    told: frozenset[str]
    """Days that the sentence names, as ``facts.days`` gives them."""
    stems: frozenset[str]
    """Content words of the sentence."""
    group: frozenset[str]
    """Words that narrow what is counted."""
    names: frozenset[str]
    """Folded words of the sentence with a capital."""
    others: frozenset[float]
    """The other numbers of the sentence."""
    periods: frozenset[str]
    """Words for a time that bounds it: "last week", "third quarter"."""

    @property
    def grows(self) -> bool:
        """Whether a later count of the same is larger as a rule."""
        return self.kind in GROWING


@lru_cache(maxsize=2048)
def figures(text: str, start: int = 0, end: int | None = None) -> tuple[Figure, ...]:
    """The figures between two positions of ``text``, in order."""
    return tuple(wanted_figures(text, start, end, lambda *_: True))


def wanted_figures(text: str, start: int, end: int | None, is_wanted: WantedFn) -> Iterator[Figure]:
    """The same of the sentences that are wanted."""
    for span, sentence in stated(text, start, end, _LONGEST):
        if is_wanted(content_stems(sentence), span):
            yield from _within(sentence, span, text)


@lru_cache(maxsize=4096)
def _within(sentence: str, span: Span, text: str) -> tuple[Figure, ...]:
    """The figures of a sentence of ``text``."""
    told = numbers(sentence)
    if sentence.endswith("?") or len(told) > _MOST_NUMBERS:
        return ()
    own = [figure for n in range(len(told)) if (figure := _Reading(sentence, span, told, n, text).figure())]
    kinds = [figure.kind for figure in own]
    return tuple(figure for figure in own if kinds.count(figure.kind) == 1)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One number of a sentence being read."""

    sentence: str
    span: Span
    stated: tuple[Number, ...]
    n: int
    whole: str
    """The text that the sentence stands in."""

    def figure(self) -> Figure | None:
        """The figure, None where the number cannot be compared."""
        sentence, number = self.sentence, self.stated[self.n]
        beside = sentence[max(0, number.start - 1) : number.start], sentence[number.end : number.end + 1]
        if beside[0] in {"-", "–", "/", "+", "#", ":"} or beside[1] in {"-", "/", "°", ":"} or number.value < 2:
            return None
        if not number.unit and (person := _aged(sentence[: number.start], sentence[number.end :])):
            return self._made(f"age {person}", frozenset(), frozenset())
        start, end = self._clause()
        clause, before = sentence[start:end], sentence[start : number.start]
        if _UNSURE.search(clause) or _CAUSES.search(sentence) or _FROM.search(before):
            return None
        read = None if number.unit else self._counted(start, end)
        kind, group = read or self._worded(start, end) or ("", frozenset())
        if kind in GROWING and (_PERIOD.search(clause) or _LATER.search(clause)):
            return None
        return self._made(kind, places(sentence, start, end, capitals(self.whole)), group) if kind else None

    def _clause(self) -> tuple[int, int]:
        number, start, end = self.stated[self.n], 0, len(self.sentence)
        for cut in CLAUSE_ENDS.finditer(self.sentence):
            if cut.end() <= number.start:
                start = cut.end()
            elif cut.start() >= number.end:
                return start, cut.start()
        return start, end

    def _around(self, start: int, end: int) -> tuple[str, str]:
        """The clause before and behind the number, up to the numbers beside it."""
        number = self.stated[self.n]
        if self.n:
            start = max(start, self.stated[self.n - 1].end)
        if self.n + 1 < len(self.stated):
            end = max(number.end, min(end, self.stated[self.n + 1].start))
        return self.sentence[start : number.start], self.sentence[number.end : end]

    def _counted(self, start: int, end: int) -> tuple[str, frozenset[str]] | None:
        """What a number counts: a word of a kind behind it, else a verb or a word such as "toll" before it."""
        before, after = self._around(start, end)
        group: list[str] = []
        for token in tokens(after)[:_WITHIN]:
            if token.folded in {"and", "or"}:
                break
            if token.folded == "tested" and (sign := re.match(r"\s+(positive|negative)", after[token.end :])):
                return _whole("cases", group, f"{before[-40:]} {after}") if sign.group(1) == "positive" else None
            if kind := _KIND_OF.get(token.folded):
                return _whole(kind, group, f"{before[-40:]} {after[: token.end]}")
            if token.folded not in _EVERYBODY:
                group.append(token.folded)
        if _JOINED.search(before):
            return None
        if stands := _STANDS_AT.search(before):
            return _whole(
                _KIND_OF.get(stands.group("kind").lower(), "deaths"),
                [],
                before[max(0, stands.start() - 25) : stands.end("kind")],
            )
        verb = next((t.folded for t in reversed(tokens(before)[-6:]) if t.folded in _VERBS), "")
        if not verb or (verb == "claimed" and "lives" not in after):
            return None
        whom = takewhile(lambda token: token.folded not in _ENDS_WHOM, tokens(after)[:4])
        group = [token.folded for token in whom if token.folded not in _EVERYBODY]
        return _whole(_KIND_OF.get(verb, "deaths"), group, f"{before[-40:]} {after[:30]}")

    def _worded(self, start: int, end: int) -> tuple[str, frozenset[str]] | None:
        """A number by its unit and the word behind it, where no kind is known."""
        before, after = self._around(start, end)
        words = [
            t for t in tokens(after)[:5] if t.folded not in STOP_WORDS | {"percent", "cent", "per", "%", "dollars"}
        ]
        if not words or _PARTIAL.search(before[-20:] + after[:20]):
            return None
        return f"={self.stated[self.n].unit} {stem(words[0].folded)}", frozenset()

    def _made(self, kind: str, scope: frozenset[str], group: frozenset[str]) -> Figure:
        number, start = self.stated[self.n], self.span.start
        return Figure(
            kind=kind,
            value=number.value,
            **_range(number, self.sentence),
            span=Span(start + number.start, start + number.end),
            sentence=self.span,
            scope=scope,
            told=frozenset(days(self.sentence)),
            stems=frozenset(content_stems(self.sentence)),
            group=group,
            names=frozenset(t.folded for t in tokens(self.sentence) if t.start and t.surface[:1].isupper()),
            others=frozenset(one.value for one in self.stated if one is not number),
            periods=frozenset(match.group().lower() for match in _PERIOD.finditer(self.sentence)),
        )


def _whole(kind: str, group: list[str], around: str) -> tuple[str, frozenset[str]] | None:
    """The kind and what narrows it, unless the words around say that it is a part."""
    return None if _PARTIAL.search(around) else (kind, frozenset(word for word in group if word not in STOP_WORDS))


def _aged(before: str, after: str) -> str:
    """The last two words of the name in "Tony Smith, 34, said"; empty for another number."""
    name = re.search(r"(?:^|\s)(?P<name>(?:[A-Z][\w.’'-]+\s+){1,3}[A-Z][\w’'-]+),\s*$", before)
    words = tokens(name.group("name"))[-2:] if name else ()
    if not re.match(r",|\.?$", after) or len(words) < 2 or any(days(word.surface) for word in words):
        return ""
    return " ".join(word.folded for word in words)


def _range(number: Number, sentence: str) -> dict[str, float]:
    value, before = number.value, sentence[: number.start]
    half = _last_digit(number, sentence[number.start : number.end]) / 2
    if _LOW.search(before):
        return {"low": value - half, "high": math.inf}
    slack = max(half, 0.1 * value) if _ABOUT.search(before) else half
    return {"low": value - slack, "high": value + slack}


def _last_digit(number: Number, written: str) -> float:
    """The size of the last digit that is written, where the number may be rounded there; 0.0 where it is not."""
    decimals = re.search(r"\d\.(\d+)", written)
    scale = next(
        (
            s
            for word, s in (("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12))
            if word in written.lower()
        ),
        1.0,
    )
    if decimals:
        return scale * 10.0 ** -len(decimals.group(1))
    if scale > 1 or number.unit == "%":
        return scale
    unit = 1.0
    while number.value % (unit * 10) == 0:
        unit *= 10
    return unit if unit > 1 else 0.0
