"""Pronouns: whether one means something said before, and what."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.facts import content_stems, stem
from qa.followup.patterns import (
    ASKED,
    AUXILIARY,
    BESIDE,
    PARTICIPLE,
    PREPOSITION,
    SUBJECT,
    VERB,
    WH,
    Before,
    Completed,
    capital,
    matter,
)
from qa.mentions import Cast, Mention, Sort

_MAIN_VERBS = frozenset(
    """take begin start happen say go come end hold visit meet attend discuss want need win lose make get cost last mean
    plan expect agree sign support oppose leave arrive call ask tell give use know think help work change rise fall die
    kill cause affect include cover lead move open close vote release respond react""".split()
)
"""Verbs that questions often have: where one stands, a noun phrase has ended."""
_VERB_STEMS = frozenset(stem(verb) for verb in _MAIN_VERBS)
_PRONOUN = re.compile(r"\b(?:he|him|his|she|hers?|they|them|theirs?|its?|this|that|these|those|there)\b", re.I)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|it['’]?s)\s+(?:it\s+)?(?:true|possible|likely|legal|illegal|safe|correct|known|raining|too late)\b"
    r"|\bit\b[^?]*\bto\s+[a-z]+|\bit['’]?s\s+(?:official|time)\b|\btime\s+is\s+it\b|\b(?:has\s+it|it\s+has|it['’]s)\s+been\b|\bit['’]?s?\s+like\b",
    re.I,
)
_EXISTS = re.compile(rf"\b{AUXILIARY}\s+there\b|\bthere\s+{AUXILIARY}\b|\b(?:out|over)\s+there\b", re.I)
_CLAUSE = re.compile(r"\b(?:and|but|that|because|if|when|while|after|before|who|which|where|why|how|what)\b|[,;]", re.I)
_NO_NOUN = r"(?:and|or|that|so|too|very|such|still|now|not|as|than|he|she|it|they|this|these|those|\w+ly)"
_NOUN_PHRASE = re.compile(
    r"\b(?P<det>the|an?|his|her|their|its)\s+"
    rf"(?P<words>(?:(?!(?:{AUXILIARY}|{PREPOSITION}|{_NO_NOUN})\b)[\w’'-]+\s*){{1,4}})",
    re.I,
)
_ASKS_FOR_SOMEBODY = re.compile(
    rf"(?:who|(?:which|what)\s+(?:(?!{AUXILIARY}\b)[\w’'-]+\s+){{1,4}}?)(?!{AUXILIARY}\b)\w+(?:ed|s)\b", re.I
)
_STANDS_ALONE = re.compile(rf"{PREPOSITION}|{AUXILIARY}|mean|happen\w*|true", re.I)
"""What follows "this" and "that" where no noun does."""
_PERSONAL = frozenset("he him his she her hers".split())
_POSSESSIVE = frozenset("his hers their theirs its".split())
_POINTING = frozenset("this that these those".split())
_OBJECTS = frozenset("him them".split())
_OF_SOMEBODY = (_PERSONAL | _POSSESSIVE) - _OBJECTS
_PLURAL = re.compile(r"(?:[^su]s|people)$")
_EVENTS = re.compile(
    r"\b(?:talks|negotiations|elections?|games|protests|riots|attacks|strikes|floods|fires|hearings)\b"
)
"""Plurals that are spoken of as one thing."""
_MUCH = 6
"""Own words from more than which on a question is taken to say itself whom and what it means."""
_FEW = 3
"""Own words from which a question that points at nothing known is left as it is."""


def pointing(text: str) -> list[re.Match[str]]:
    """The pronouns that may mean something said before; none in a question that says much itself."""
    if len(content_stems(text)) > _MUCH:
        return []
    if _EMPTY_IT.search(text):
        return [match for match in _PRONOUN.finditer(text) if match.group().lower() not in {"it", "its", "that"}]
    return [match for match in _PRONOUN.finditer(text) if _points(text, match)]


def _points(text: str, match: re.Match[str]) -> bool:
    word, after = match.group().lower(), text[match.end() :]
    if word == "there":
        return not _EXISTS.search(text)
    if word in {"these", "those"} and re.search(r"\b(?:which|what|who)\s+of\s+$", text[: match.start()], re.I):
        return False  # of what follows
    if word in _POINTING:  # before a clause or a noun it is a conjunction, or points at what it names itself
        following = re.match(r"\s*([\w’']+)", after)
        return following is None or _STANDS_ALONE.fullmatch(following.group(1)) is not None
    return True


def is_internal(text: str, match: re.Match[str]) -> bool:
    """Whether a pronoun can mean something that its own question names before it."""
    word, earlier = match.group().lower(), text[: match.start()]
    following = re.match(r"\s+\w", text[match.end() :])
    if re.fullmatch(rf"(?:{PREPOSITION}\s+)?{WH}(?:\s+[\w’'-]+){{0,3}}?\s+{AUXILIARY}\s+", earlier, re.I):
        return False  # nothing but the question word stands before it
    if word in _OF_SOMEBODY and following and _ASKS_FOR_SOMEBODY.match(text):
        return True  # "Which director withdrew his film?"
    if word == "there":
        candidates = [(one.start, one.end) for one in Cast(()).named_in(earlier)]
    else:
        words = re.finditer(r"\b[\w’'-]{3,}\b", earlier)
        candidates = [one.span() for one in words if content_stems(one.group()) and not _is_verb(one.group())]
    is_object = word in _OBJECTS or (word in {"it", "her", *_POINTING} and not following)
    if is_object:  # in one clause, an object is somebody else than the subject
        candidates = [span for span in candidates if _CLAUSE.search(earlier[span[1] :])]
    return bool(candidates)


def _is_verb(word: str) -> bool:
    return VERB.fullmatch(word) is not None or stem(word.lower()) in _VERB_STEMS


def pointed(text: str, opened: bool, base: str, before: Before, cast: Cast) -> Completed | None:
    """``text`` with what its pronouns mean in their place."""
    own = {one.key for one in cast.named_in(text)}
    made, told, at, lost, ends = "", dict[str, str](), 0, False, False
    for match in pointing(text):
        if is_internal(text, match):
            continue
        word = match.group().lower()
        meant = meant_by(word, base, before, cast, own)
        if meant is None:
            lost = lost or word not in _PERSONAL
            ends = ends or not content_stems(text[match.end() :])
            continue
        possessive = word in _POSSESSIVE or (word == "her" and re.match(r"\s+[a-z]", text[match.end() :]))
        owner = f"{meant}’" if meant.endswith("s") else f"{meant}’s"
        said = f"in {meant}" if word == "there" else owner if possessive else meant
        made, at = made + text[at : match.start()] + said, match.end()
        told[word] = meant
    made = capital((made + text[at:]).rstrip(" ?.!"))
    few = len(content_stems(text)) < _FEW and not own
    if not told and ((opened and few) or (lost and (few or ends))):
        return Completed(f"{made}{BESIDE}{matter(base)}?", "the question before")
    if not told and not opened:
        return None
    taken = ", ".join(f"“{word}” is {meant}" for word, meant in told.items())
    return Completed(f"{made}?", taken or "what was asked before")


def meant_by(word: str, base: str, before: Before, cast: Cast, own: set[str]) -> str | None:
    """Whom or what a pronoun means: looked for in the last question first, then in its answer and what that cites."""
    if word in _POINTING - {"these", "those"}:
        return None  # what is said of the question before, or its answer
    if word in _PERSONAL:
        person = _person(word, base, before, cast, own)
        return cast.full_name(person) if person else None
    named = [one for one in cast.named_in(base) if one.sort is not Sort.PERSON and one.key not in own]
    if word == "there":
        answered = [one for claim in before.claims[:1] for one in cast.named_in(claim) if one.sort is Sort.PLACE]
        asked_where = re.match(r"(?:in\s+)?(?:where|which|what\s+(?:city|country|place))\b", base, re.I)
        places = [one for one in named if one.sort is Sort.PLACE]
        found = (answered or places) if asked_where else (places or answered)
        return found[0].name if found else None
    if word not in {"they", "them", "their", "theirs", "these", "those"}:
        things = [one.name for one in named if "-" not in one.name]
        events = _noun_phrase(base, True)
        one = _noun_phrase(base, False) or next(iter(things), None)
        return one or (events if events and _EVENTS.search(events) else None)
    who = SUBJECT.fullmatch(base)
    if who and who.group("wh").lower() == "who":
        return f"those who {who.group('rest')}"
    people = [one.name for one in cast.named_in(base) if one.sort is Sort.PERSON and one.key not in own]
    pair = " and ".join(people[:2]) if len(people) > 1 else None
    return _noun_phrase(base, True) or pair or (named[0].name if named else None)


def _person(word: str, base: str, before: Before, cast: Cast, own: set[str]) -> Mention | None:
    """The person meant by he or she: of those that articles do not call otherwise, the first that was named."""
    other = "she" if word in {"he", "him", "his"} else "he"
    places: list[Sequence[str]] = [(base,), before.claims, before.read]
    if re.match(r"(?:who|which)\b", base, re.I):
        places = [before.claims, (base,), before.read]
    for texts in places:
        for text in texts:
            found = [one for one in cast.named_in(text) if one.sort is Sort.PERSON]
            fitting = [one for one in found if one.pronoun != other and one.key not in own]
            if texts is before.read:
                fitting = [one for one in fitting if one.pronoun and " " in cast.full_name(one)]
            if fitting:
                return fitting[0]
    return None


def _noun_phrase(base: str, many: bool) -> str | None:
    """The thing or things that a question asks about: its first noun phrase of that number."""
    if (asked_for := _asked_for(base)) and bool(_PLURAL.search(asked_for.split(" that ")[0])) == many:
        return asked_for
    for found in _NOUN_PHRASE.finditer(base):
        words = found.group("words").split()
        verb = next((n for n, word in enumerate(words) if n and word.lower() in _MAIN_VERBS), len(words))
        words = words[:verb]
        while len(words) > 1 and re.search(r"(?:ed|ing)$", words[-1]):
            words.pop()
        if bool(_PLURAL.search(words[-1])) == many:
            whole = re.match(
                r"\s*of(?:\s+the)?(?:\s+[A-Z][\w’'-]*)+", base[found.start("words") + len(" ".join(words)) :]
            )
            return f"the {' '.join(words)}{whole.group() if whole else ''}"
    return None


def _asked_for(base: str) -> str | None:
    """What a question with "which" asks for, where that does something: "the film that won the prize"."""
    if match := SUBJECT.fullmatch(base):
        _, *thing = match.group("wh").split(maxsplit=1)
        return f"the {thing[0].removeprefix('many ')} that {match.group('rest')}" if thing else None
    match = ASKED.fullmatch(base)
    if not match or not (thing_ := match.group("thing").strip()):
        return None
    if PARTICIPLE.match(match.group("rest")):
        return f"the {thing_} that {match.group('verb')} {match.group('rest')}"
    return f"the {thing_}" if _PLURAL.search(thing_) else None
