"""Windows: the days of publication that the words of a question mean.

A period of a week or longer ("last week", "in January") is a window on the publication date. A named day ("on
Tuesday", "yesterday") is when something happened, so its window is that day and the few after it in which it is
reported. "Since", "after", "until" and "before" open the window on one side, also where they name an event with its
day ("before the talks on Friday"). A date that only tells which event is meant ("the attack in March 2023") begins a
window, which then reaches the as-of date: events are written about later. Where a reading is unsure, none is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from qa.dates import DATE, DAY_NAMES, FOLDED, MONTH_NAMES
from qa.spans import WEEKDAY, Span, pattern_of, span_of
from qa.types import Window

REPORTED_WITHIN = 3
"""Days after a named day in which it is still reported."""
_RECENT = 31
"""Days after which an event with its date ("the attack on 7 October") is told of in retrospect."""
_AHEAD = 180
"""Half a year: "on 10 February", when that lay this long ago, is the next one if the question looks ahead."""

_ANY = pattern_of()
_DAYS = pattern_of("day", "days_of_month", "weekday", "relative")
_MIDST = r"(?P<about>(?:[^\W\d][\w’'-]*\s+){1,7}?)"
_TO = r"\s+(?:to|and|until|till|through)\s+|\s*[-–—]\s*"
_ENDS = r"(?!\w|-\w)"
_OWNS = r"(?P<owns>(?:['’]s)?)"

_FUTURE = re.compile(r"\b(?:will|going to|expected|scheduled|planned|due|upcoming|next|set to|to be held)\b", re.I)
_PAST = re.compile(r"\b(?:did|was|were|had|happened|said|took|met|\w+ed)\b", re.I)
_PRESENT = re.compile(r"\b(?:is|are|happens?|takes? place|begins?|starts?|opens?|meets?)\b", re.I)
_NAMED_BY = re.compile(
    r"\b(?:black|good|super|ash|cyber|easter|palm|holy|bloody|man|girl|giving|casual|shrove|maundy|fat|freaky|usa|"
    r"russia|india|psychology|next|every|each|coming|following)\s+$",
    re.I,
)
"""What makes a weekday, or "today", a name, or a day to come."""
_NAMES_WITH = re.compile(
    r"\s+(?:times|telegraph|mirror|mail|express|herald|independent|post|show|programme|program|addams|league|mass|"
    r"(?:night|morning)\s+(?:football|live|lights))\b",
    re.I,
)
_SOMEBODY = re.compile(
    r"\s+(?:resign|took|take|became|become|left|won|lost|said|say|told|met|went|was|is|has|had|did|does)(?:ed|s|es)?\b",
    re.I,
)
_MONTH_BEFORE = re.compile(r"\b(?:in|since|during|throughout|and|to|until|through|early|late|mid)[\s-]+$", re.I)
"""Words after which "May" is the month."""
_OWN = re.compile(r"\b(?:his|her|their|its|my|our|your|whose|[\w’']+['’]s)\s+$", re.I)
_COUNTED = re.compile(r"\s+(?:people|votes|cases|deaths|seats|jobs|dollars|euros|pounds|\w+ers)\b", re.I)
_AN_EVENT = re.compile(
    r"\b(?:in|at|of|about|during|from|for|by|with|after|since|before|on|under)\s+(?:the|an?|this|that)\s+"
    r"(?:[\w’'-]+\s+){1,2}$",
    re.I,
)
"""What stands before "on 7 October 2023" where it tells which event is meant."""
_VERB = re.compile(r"\b(?:say|tell|meet|happen|announce|ask|decide|discuss|do|report|write|speak|call)\s+$", re.I)


_THE_DAY = re.compile(rf"\b(?:the|an?)\s+(?:{pattern_of('day', 'month_named', 'year_named')})$", re.I)
_NOUN = re.compile(
    r"\s+(?!(?:in|at|on|with|between|about|to|and|or|by|from|of|for|did|was|were|is|has|had|who|that)\b)[^\W\d]", re.I
)


@dataclass(frozen=True, slots=True)
class _Words:
    """The question, and the words of it that a rule reads."""

    match: re.Match[str]
    as_of: date

    @property
    def question(self) -> str:
        return self.match.string

    @property
    def describes(self) -> bool:
        """Whether the days stand before a noun ("Friday's talks", "the 3 February attack"), to tell which is meant."""
        if self.match.groupdict().get("owns"):
            return True
        until, after = self.question[: self.match.end("when")], self.question[self.match.end("when") :]
        return bool(_THE_DAY.search(until[self.match.start() :]) and _NOUN.match(after))

    def span(self, group: str = "when", *, ahead: bool = False) -> Span | None:
        """The days that the group names; ``ahead``: the coming ones where those are nearer than the last."""
        words = self.match.group(group)
        if not words or self._is_name(group):
            return None
        last = span_of(words, self.as_of)
        if last is None or not ahead or re.search(r"\d{4}|ago|last|yesterday|this|past|today", words):
            return last
        coming = _coming(words, last, self.as_of)
        return coming if coming and coming.first - self.as_of < self.as_of - last.last else last

    def _is_name(self, group: str) -> bool:
        """Whether "May", "Sunday", "2025" and the like are, or are part of, something else."""
        words = self.match.group(group)
        before, after = self.question[: self.match.start(group)], self.question[self.match.end(group) :]
        mixed = self.question.upper() != self.question
        first = words.split()[0].lower().rstrip(".")
        if first in {*DAY_NAMES, "today"} and len(words.split()) == 1:
            return bool(_NAMED_BY.search(before) or _NAMES_WITH.match(after)) or (
                mixed and _is_titled(before, words, after)
            )
        if first == "may" and len(words.split()) == 1 and not _MONTH_BEFORE.search(before):
            return True
        if words.lower() in {*MONTH_NAMES, *(name[:3] for name in MONTH_NAMES)}:
            return (mixed and bool(re.match(r"\s+[A-Z]", after))) or bool(_SOMEBODY.match(after))
        if words.isdigit():
            return bool(_COUNTED.match(after))
        return bool(_OWN.search(before)) and first in {"last", "previous", "past"}


def _is_titled(before: str, words: str, after: str) -> bool:
    """Whether a capitalised word beside a bare weekday makes a name of both: Super Tuesday, Wednesday Addams."""
    titled = re.search(r"\S\s+[A-Z][\w’']*\s+$", before) and words[0].isupper()
    follows = re.match(r"\s+[A-Z]", after) and not re.search(r"\bon\s+$", before, re.I)
    return bool(titled or follows)


def _coming(words: str, last: Span, as_of: date) -> Span | None:
    """The same weekday, day or month, the next time it comes."""
    if not re.search(rf"\b(?:{WEEKDAY}|{'|'.join(n[:3] for n in MONTH_NAMES)})", words, re.I):
        return None
    again = re.search(WEEKDAY, words, re.I) and last.first == last.last and not re.search(r"\d", words)
    year = as_of + timedelta(7 if again else 366)
    return span_of(words, year)


_PRESENT_STATE = re.compile(
    r"\b(?:current(?:ly)?|latest|newest|most\s+recent(?:ly)?|still|so\s+far|to\s+date|at\s+(?:present|the\s+moment)|"
    r"nowadays|(?<!until\s)(?<!from\s)now(?!\s+(?:that|on)\b))\b",
    re.I,
)


def asks_present(question: str) -> bool:
    """Whether ``question`` asks how things stand now ("current", "latest", "still"): its newest report answers it."""
    return _PRESENT_STATE.search(question) is not None


_Found = tuple[date | None, date] | None
"""First day (None: open) and last day."""


def days_named(words: str, as_of: date) -> tuple[date, date] | None:
    """First and last of the days that ``words`` name, seen from ``as_of`` ("last Friday", "January 2025"), no day more;
    None when they name none, or have other words in them."""
    span = span_of(words.translate(FOLDED), as_of)
    return (span.first, span.last) if span else None


def window_of(question: str, as_of: date) -> Window | None:
    """The window that the words of ``question`` set, seen from ``as_of``; None when they set none.

    It never ends after ``as_of``. Words that stand alone win over those that describe something ("this year's game").
    Words about the future ("will", "expected") set none: what is to come was reported
    before.
    """
    refused: list[tuple[int, int]] = []
    described: Window | None = None
    for match, rule in _matches(question.translate(FOLDED)):
        if any(start <= match.start() < end for start, end in refused):
            continue
        words = _Words(match, as_of)
        try:
            found = rule(words)
        except (ValueError, OverflowError):  # a day outside the calendar
            continue
        if found is None or (found[0] and found[0] > as_of):
            refused += [match.span()] if rule is _between else []
            continue
        about = match.span("about") if match.groupdict().get("about") else (0, 0)
        why = question[match.start() : match.end()].strip()
        window = Window(found[0], min(found[1], as_of), why, " ".join(question[slice(*about)].split()))
        if rule is not _within or not words.describes:
            return window
        described = described or window
    return described


def _matches(question: str) -> Iterator[tuple[re.Match[str], _Rule]]:
    return ((match, rule) for pattern, rule in _RULES for match in pattern.finditer(question))


def _between(words: _Words) -> _Found:
    last = words.span("b")
    text = words.match.group("a")
    year = re.search(r"\d{4}$", words.match.group("b"))
    if year and not re.search(r"\d{4}", text) and (dated := span_of(f"{text} {year.group()}", words.as_of)):
        first: Span | None = dated
    else:
        first = span_of(text, last.last if last else words.as_of)
    if not first or not last:
        return None
    if first.first > last.last and year:
        first = span_of(text, last.first)
    return (first.first, last.last) if first and first.first <= last.last else None


def _days_joined(words: _Words) -> _Found:
    span = words.span()
    return (span.first, span.last) if span else None


def _since(words: _Words) -> _Found:
    span = words.span()
    return (span.first, words.as_of) if span else None


def _after(words: _Words) -> _Found:
    """After a day itself comes the next one; after an event on a day, that day."""
    span = words.span()
    if span is None:
        return None
    start = span.first if words.match.group("about") or words.describes else span.last + timedelta(1)
    return start, words.as_of


def _until(words: _Words) -> _Found:
    return _up_to(words, "until")


def _before(words: _Words) -> _Found:
    return _up_to(words, "before")


def _up_to(words: _Words, how: str) -> _Found:
    """Up to a day; before an event on a day, that day too, because it was the event's eve for hours."""
    span = words.span(ahead=True)
    if span is None:
        return None
    if span.first > words.as_of:
        dated = re.search(r"\d{4}|\d{4}-", words.match.group("when"))
        return None if dated or (words.match.group("word") or "").lower() in {"by", "through"} else (None, words.as_of)
    event = words.match.group("about") or words.describes
    return None, span.last if how == "until" or event else span.first - timedelta(1)


def _around(words: _Words) -> _Found:
    span = words.span()
    return (span.first - timedelta(REPORTED_WITHIN), span.last + timedelta(REPORTED_WITHIN)) if span else None


def _within(words: _Words) -> _Found:
    """In a period, on a day: the day's reports follow it, those of a long past event any time."""
    span = words.span()
    if span is None:
        return None
    if words.match.groupdict().get("and"):
        second = words.span("and")
        if second and second.last >= span.first:
            span = Span(span.first, second.last, span.is_day)
    if (
        span.first > words.as_of
        and words.match.group("when").lower() == "this weekend"
        and _PAST.search(words.question)
    ):
        span = Span(span.first - timedelta(7), span.last - timedelta(7), True)
    if span.is_day and (_FUTURE.search(words.question) or _looks_ahead(words, span)):
        return None
    dated = bool(re.search(r"\d{4}", words.match.group("when")))
    described = words.describes and (dated or span.is_day or words.match.group("owns"))
    if (described or (_is_event(words) and (dated or span.is_day))) and (words.as_of - span.last).days > _RECENT:
        return None if words.describes and span.is_day and not dated else (span.first, words.as_of)
    if span.is_day or words.describes:
        return span.first, min(span.last, date.max - timedelta(REPORTED_WITHIN)) + timedelta(REPORTED_WITHIN)
    return span.first, span.last


def _rolling(words: _Words) -> _Found:
    """ "Over the last week": the seven days up to now, not the calendar's."""
    span = span_of(f"past {words.match.group('unit')}", words.as_of)
    return (span.first, span.last) if span else None


def _is_event(words: _Words) -> bool:
    """Whether the days stand behind a noun: "in the attack on 7 October 2023"."""
    before = words.question[: words.match.start()]
    return bool(_AN_EVENT.search(before) and not _VERB.search(before))


def _looks_ahead(words: _Words, span: Span) -> bool:
    """Whether "on 10 February" is the coming one: the last lies far back, and the question is not in the past tense."""
    dated = re.search(r"\d{4}|yesterday|ago|last", words.match.group("when"))
    ahead = _PRESENT.search(words.question) and not _PAST.search(words.question)
    return bool(ahead and not dated and (words.as_of - span.last).days > _AHEAD)


_Rule = Callable[[_Words], _Found]
_AT = r"(?:(?:on|in|at|during|over|from|of)\s+)?(?:the\s+)?"
_BEFORE = r"(?<!day\s)(?P<word>before|prior\s+to|ahead\s+of|in\s+the\s+run-up\s+to)"
_UNTIL = r"(?P<word>until|till|up\s+to|through)"
_ON = r"(?:on|in|of)\s+(?:the\s+)?"
_DATED = pattern_of("day", "days_of_month", "weekday", "relative", "month_named", "year_named")
_WHEN = rf"(?P<when>{_ANY}){_OWNS}{_ENDS}"
_AND = rf"(?:(?:{_TO})(?P<and>{_ANY}))?"
_PERIODS = pattern_of("named_unit", "past", "ago", "before_last", "week_of", "part_of_month")
_DATED_MONTH = rf"{pattern_of('month_named')}(?<=\d{{4}})"
_STANDS_ALONE = r"(?=\s*[?.!,]|\s*$|\s+(?:in|at|with|between|about)\b)"
_MONTHS_WHOLE = "|".join(name for name in MONTH_NAMES if name != "may")
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = tuple(
    (re.compile(pattern, re.I), rule)
    for pattern, rule in (
        (rf"\b(?:between|from)\s+(?P<when>{pattern_of('days_of_month')}){_ENDS}", _days_joined),
        (rf"\b(?:between|from)\s+(?P<a>{_ANY})(?:{_TO})(?P<b>{_ANY}){_ENDS}", _between),
        (rf"\b(?P<a>{WEEKDAY})(?:{_TO})(?P<b>{WEEKDAY}){_ENDS}", _between),
        (rf"\bsince\s+{_WHEN}", _since),
        (rf"\bsince\s+{_MIDST}{_AT}{_WHEN}", _since),
        (rf"\b(?P<about>)after\s+{_WHEN}", _after),
        (rf"\b(?P<about>){_UNTIL}\s+{_WHEN}", _until),
        (rf"\b(?P<about>)(?P<word>by|as\s+of)\s+(?P<when>{_DAYS}){_OWNS}{_ENDS}", _until),
        (rf"\b(?P<about>){_BEFORE}\s+{_WHEN}", _before),
        (rf"\b(?P<when>this\s+(?:week|month|year)){_OWNS}{_ENDS}(?!\s+of\b)", _within),
        (rf"\bafter\s+{_MIDST}{_AT}{_WHEN}", _after),
        (rf"\b(?:{_BEFORE}|until|till|up\s+to)\s+{_MIDST}{_ON}(?P<when>{_DATED}){_OWNS}{_ENDS}", _before),
        (rf"\baround\s+(?:the\s+)?(?P<when>{DATE}){_ENDS}", _around),
        (rf"\b(?:over|in|during|within)\s+the\s+last\s+(?P<unit>week|month|year){_ENDS}", _rolling),
        (
            rf"\b(?:over|in|during|within|on|at|throughout)\s+(?:the\s+)?(?P<when>{_ANY}){_OWNS}{_AND}{_ENDS}",
            _within,
        ),
        (rf"\b(?P<when>{_PERIODS}){_OWNS}{_ENDS}(?!\s+of\b)", _within),
        (  # "of May" and "for Jan Lipavský" may be people; a year, or nothing but a month's whole name, says it is not
            rf"\b(?:for|of)\s+(?:early\s+|late\s+|mid-?)?(?P<when>{_DATED_MONTH}|{_MONTHS_WHOLE}){_ENDS}(?!\s*\d)",
            _within,
        ),
        (rf"(?<![\w-])(?P<when>{pattern_of('days_of_month')}){_ENDS}{_STANDS_ALONE}", _days_joined),
        (
            rf"(?<![\w-])(?<!ending\s)(?<!ended\s)(?<!to\s)(?<!of\s)(?P<when>(?!the\b){pattern_of('day')}|{_DATED_MONTH}){_ENDS}{_STANDS_ALONE}",
            _within,
        ),
        (rf"\b(?P<when>{pattern_of('weekday', 'relative')}){_OWNS}{_ENDS}", _within),
    )
)
