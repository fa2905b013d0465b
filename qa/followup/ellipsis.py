"""The last question asked otherwise: "why?", "who else?", "how many of them?", "what about Iran?", "in January?"."""

from __future__ import annotations

import re

from qa.facts import content_stems
from qa.followup.patterns import ASKED, BESIDE, FRAGMENT, PARTICIPLE, SUBJECT, VERB, Before, capital, matter
from qa.mentions import Cast, Sort

_TAKES_OBJECT = re.compile(
    r"\b(?:say|do|announce|claim|want|mean|decide|propose|demand|promise|mention|discuss|deny|suggest|offer|expect)\b"
    r"(?!\s+(?:the|an?|this|that)\b)",
    re.I,
)
_PEOPLE = {"who": "people", "whom": "people"}


def asked_otherwise(base: str, wh: str, before: Before, cast: Cast) -> str:
    """ "Why?" after "Where are the talks?": why are the talks?"""
    wh = capital(wh)
    if match := ASKED.fullmatch(base):
        rest = match.group("rest")
        subject = f"{_subject(match, before, cast)} " if PARTICIPLE.match(rest) else ""
        if match.group("wh").lower() == "what":
            rest = _TAKES_OBJECT.sub(r"\g<0> this", rest, count=1)
        return f"{wh} {match.group('verb')} {subject}{rest}?"
    if match := SUBJECT.fullmatch(base):
        return f"{wh} was it that {_subject(match, before, cast)} {match.group('rest')}?"
    return f"{wh} {base[:1].lower() + base[1:] if VERB.match(base) else base}?"


def _subject(asked: re.Match[str], before: Before, cast: Cast) -> str:
    """Who or what a question asked for, as its answer has it: "the prisoners", "Jean-Noel Barrot", "this"."""
    wh, *thing = asked.group("wh").split(maxsplit=1)
    if thing:
        return f"the {thing[-1].removeprefix('many ')}"
    who = next((m for claim in before.claims for m in cast.named_in(claim) if m.sort is Sort.PERSON), None)
    return cast.full_name(who) if who and wh.lower() == "who" else "this"


def asked_further(base: str, wh: str) -> str:
    """ "Who else?" after "Who attends the talks?": who else attends the talks?"""
    if re.match(rf"{wh}\b", base, re.I):
        return f"{capital(wh)} else{base[len(wh) :]}?"
    return f"{capital(wh)} else{BESIDE}{matter(base)}?"


def asked_openly(base: str, text: str, wh: str) -> str:
    """ "How many?" after "Which prisoners were released?": how many prisoners were released?"""
    match = ASKED.fullmatch(base)
    counts = wh.lower().startswith("how m")
    if counts and match and (thing := match.group("thing").strip() or _PEOPLE.get(match.group("wh").lower(), "")):
        return f"{capital(wh)} {thing} {match.group('verb')} {match.group('rest')}?"
    if counts and (subject := SUBJECT.fullmatch(base)):
        thing = subject.group("wh").split()[-1]
        return f"{capital(wh)} {'people' if thing.lower() == 'who' else thing} {subject.group('rest')}?"
    return f"{capital(text.rstrip(' ?.!'))}{BESIDE}{matter(base)}?"


def exchanged(base: str, new: str, window_words: str, cast: Cast) -> str:
    """The last question with ``new`` in the place of what is like it, or behind it."""
    if window_words and not content_stems(new.replace(window_words, " ")):
        return f"{base} {window_words}?"
    fragment = FRAGMENT.fullmatch(new)
    preposition, thing = (fragment.group("preposition"), fragment.group("rest")) if fragment else ("", new)
    named = cast.named_in(base)
    meant = next(iter(cast.named_in(thing)), None)
    person = meant is not None and meant.sort is Sort.PERSON
    like = [one for one in named if (one.sort is Sort.PERSON) == person and one.key != (meant.key if meant else "")]
    if preposition:
        after = re.search(rf"\b{preposition}\s+", base, re.I)
        like = [one for one in like if after and one.start >= after.end()]
    if like and meant is not None:
        old = like[0] if person else like[-1]
        ahead = base[: old.start].removesuffix("the ") if thing[:1].isupper() else base[: old.start]
        return f"{ahead}{thing}{base[old.end :]}?"
    topic = re.search(r"\b(?:about|on)\s+(?P<topic>.+)$", base)
    if topic and not person and preposition in {"", "about", "on"}:
        return f"{base[: topic.start('topic')]}{thing}?"
    return f"{base} {preposition or 'about'} {thing}?"
