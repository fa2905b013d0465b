"""How many it happened to: people who died are none of those injured, infected, vaccinated or arrested."""

from __future__ import annotations

import re

from qa.facts import Number, numbers, stem, tokens
from qa.placed import Place

Harms = tuple[re.Pattern[str], ...]
"""What happened to people who are counted, each in its words."""
_HARM = tuple(
    re.compile(rf"\b(?:{words})\b", re.I)
    for words in (
        r"kill\w*|die[sd]?|dying|dead|deaths?|deadly|drown\w*|tolls?|lives|fatal\w*|perish\w*|casualt\w+|victims?|bod(?:y|ies)"
        r"|murder\w*|slain|shot",
        r"injur\w*|wound\w*|hurt|hospitali[sz]ed|casualt\w+|burn(?:ed|s|t)",
        r"infect\w*|cases?|positive|sick\w*|ill|contract\w*|caught",
        r"vaccinat\w*|inoculat\w*|shots?|jabs?|doses?",
        r"arrest\w*|detain\w*|custody|held",
    )
)
"""What can have happened to people who are counted: a number of one is not that of another."""
_OF_NONE = re.compile(
    r"[\s-]*(?:percent|per cent|points?|feet|"
    r"(?:year|month|week|day|hour|mile|(?:kilo)?met(?:er|re)|degree|ton(?:ne)?)s?)\b",
    re.I,
)
"""What follows a number that is not of people."""
_NO_COUNT = re.compile(
    r"(?:[^\W\d][-–]|\b(?:ages?|aged)(?: of)? |\b(?:people|those|adults|persons|men|women) (?:over|under|above) )$",
    re.I,
)
"""What stands before a number that counts nothing: "COVID-", "under the age of"."""
_ONE_PERSON = re.compile(
    r" (?:more |other )?(?:(?:[a-z]+ )?(?:person|man|woman|boy|girl|child|patient|victim|passenger|worker|soldier|"
    r"officer|student|resident|fatality|death|case)|dead|died|killed|injured|was|is|has|had)\b",
    re.I,
)
_AMOUNTS = frozenset(
    map(stem, "million billion trillion thousand dollar euro pound cent yen yuan rouble percent point".split())
)
"""What "how many" counts in units of its own."""
_BEHIND, _NOUN_WITHIN = 60, 3
"""Characters and words behind "one" among which stands what it counts."""
_HOW_MANY = re.compile(
    r"\bhow many\b(?P<counted>.*)|\b(?:what|how high) (?:is|was) the (?P<toll>(?:[a-z]+ )?(?:death )?toll\b)", re.I
)


def harms_of(question: str) -> Harms:
    """What happened to the people whom "how many" counts; nothing where it counts none."""
    found = _HOW_MANY.search(question)
    counted = (found["counted"] or found["toll"] or "") if found else ""
    return tuple(harm for harm in _HARM if harm.search(counted))


def tells_of(harms: Harms, place: Place) -> bool:
    """Whether a sentence speaks of one of these, or says nothing of the kind itself and its neighbours or title do."""
    if own := [harm for harm in _HARM if harm.search(place.text)]:
        return any(harm in harms for harm in own)
    said = " ".join([place.reading.title, *(line.text for line in place.reading.around(place.n))])
    return any(harm.search(said) for harm in harms)


def counts_people(text: str) -> bool:
    """Whether a number can be of people: no share, age or time, and part of no name."""
    return any(_can_be_of_people(text, number) for number in numbers(text))


def counts_any(text: str, counted: frozenset[str]) -> bool:
    """Whether a number can be of what is ``counted`` (stems): no sum or share, and no "one" but "one" of them."""
    if counted & _AMOUNTS:
        return bool(numbers(text))
    return any(not number.unit and not _is_one_other(text, number, counted) for number in numbers(text))


def _is_one_other(text: str, number: Number, counted: frozenset[str]) -> bool:
    behind = tokens(text[number.end : number.end + _BEHIND])[:_NOUN_WITHIN]
    return text[number.start : number.end].lower() == "one" and not any(stem(word.folded) in counted for word in behind)


def _can_be_of_people(text: str, number: Number) -> bool:
    before, behind = text[: number.start], text[number.end :]
    if number.unit or not number.value.is_integer() or _OF_NONE.match(behind) or _NO_COUNT.search(before):
        return False
    return text[number.start : number.end].lower() != "one" or _ONE_PERSON.match(behind) is not None
