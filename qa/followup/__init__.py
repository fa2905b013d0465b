"""Follow-ups: what was typed in a conversation, completed by rules to a question that stands on its own.

Pronouns take a person, place or thing of the last question and answer; "why?", "and in January?", "what about Iran?"
take the last question, with the word exchanged that they bring. What stands on its own is left as it is: silence
matters more than coverage.
"""

from __future__ import annotations

import re

from qa.facts import content_stems
from qa.followup.ellipsis import asked_further, asked_openly, asked_otherwise, exchanged
from qa.followup.patterns import AUXILIARY, BESIDE, FRAGMENT, VERB, Before, Completed, capital, matter
from qa.followup.pronouns import is_internal, meant_by, pointed, pointing
from qa.followup.replies import LONGEST_REPLY, usable
from qa.mentions import Cast

__all__ = ["LONGEST_REPLY", "Before", "Completed", "completed", "leans", "usable"]

_OPENER = re.compile(r"(?:(?:and|but|so|also|then|plus|ok|okay|well)\b[\s,]*)+", re.I)
_WHAT_ABOUT = re.compile(r"(?:what|how)\s+about\s+", re.I)
_BARE = re.compile(
    r"(?P<wh>why|how come|where|when|since when|until when|how long|how)(?:\s+(?:not|exactly|so|that|precisely)"
    r"|\s+(?:is|was)\s+(?:that|this|it)|\s+(?P<there>there))?[\s?!.]*",
    re.I,
)
_ELSE = re.compile(
    r"(?P<wh>who|what|where|when)\s+else(?:\s+(?:did|do|does|was|were|is|are)\s+(?:he|she|they|it))?[\s?!.]*", re.I
)
_ELSE_DID = re.compile(r"(?P<wh>who|what|where|when)\s+else\s+(?P<rest>.+)", re.I)
_OPEN = re.compile(
    r"(?P<wh>how many|how much|who|whom|which|which ones?|by whom|with whom|for whom|what for)"
    r"(?:\s+of\s+(?:them|these|those))?[\s?!.]*",
    re.I,
)
_YES_OR_NO = re.compile(rf"(?P<verb>{AUXILIARY})\s+(?P<rest>.+)", re.I)
_DENIED = {"will": "won’t", "can": "can’t", "may": "may not"}
_FURTHER = re.compile(r"\b(who|what|where|when) else\b", re.I)
_LONGEST_FRAGMENT = 6


def leans(typed: str) -> bool:
    """Whether a question shows a sign that it leans on what was said before."""
    text, opened = _unopened(typed)
    if opened or _WHAT_ABOUT.match(text) or any(p.fullmatch(text) for p in (_BARE, _ELSE, _ELSE_DID, _OPEN)):
        return True
    return _is_fragment(text) or any(not is_internal(text, match) for match in pointing(text))


def completed(typed: str, window_words: str, before: Before) -> Completed | None:
    """What was typed as a question that stands on its own; None where it does already, or the rules do not know how.

    ``window_words`` are those of ``typed`` that set its window.
    """
    if not leans(typed):
        return None
    text, opened = _unopened(typed)
    base = before.question
    if window_words:
        base = " ".join(base.replace(before.window_words, " ", 1).split()) if before.window_words else base
    base, _, beside = re.sub(r"\s+([?.!,])", r"\1", base).rstrip(" ?.!").partition(BESIDE)
    cast = Cast((*before.read, *before.claims))
    unasked = opened and not VERB.search(text)
    if asked := _from_question(text, base, window_words, before, cast, unasked=unasked):
        asked = capital(f"{asked.rstrip('?')}{BESIDE}{beside}?" if beside else asked)
        return Completed(asked, "the question before")
    return pointed(text, opened, beside or base, before, cast)


def _from_question(text: str, base: str, window_words: str, before: Before, cast: Cast, *, unasked: bool) -> str | None:
    """The question before, changed by the few words that were typed; None where they are a question themselves.
    ``unasked`` says that they are none, though nothing in them shows it ("and Iran?")."""
    if match := _BARE.fullmatch(text):
        place = meant_by("there", base, before, cast, set()) if match.group("there") else None
        if re.search(r"\bnot\b", text, re.I) and (yes_or_no := _YES_OR_NO.fullmatch(base)):
            verb = yes_or_no.group("verb").lower()
            denied = _DENIED.get(verb, f"{verb}n’t")
            return f"{capital(match.group('wh'))} {denied} {yes_or_no.group('rest')}?"
        asked = asked_otherwise(base, match.group("wh"), before, cast).rstrip("?")
        return f"{asked} in {place}?" if place else f"{asked}?"
    base = _FURTHER.sub(r"\1", base)
    if match := _ELSE.fullmatch(text):
        return asked_further(base, match.group("wh"))
    if (match := _ELSE_DID.fullmatch(text)) and not pointing(text):
        same = set(content_stems(match.group("rest"))) <= set(content_stems(base))
        asked = asked_further(base, match.group("wh"))
        return asked if same and BESIDE not in asked else f"{capital(text.rstrip(' ?.!'))}{BESIDE}{matter(base)}?"
    if match := _OPEN.fullmatch(text):
        return asked_openly(base, text, match.group("wh"))
    if about := _WHAT_ABOUT.match(text):
        text = text[about.end() :]
    if about or unasked or _is_fragment(text):
        return exchanged(base, text.rstrip(" ?.!"), window_words, cast)
    return None


def _unopened(typed: str) -> tuple[str, bool]:
    """Without "and", "but", "so" before a question, and whether there was one."""
    typed = typed.strip()
    opener = _OPENER.match(typed)
    text = typed[opener.end() :] if opener else ""
    return (text, True) if any(c.isalnum() for c in text) else (typed, False)


def _is_fragment(text: str) -> bool:
    """Whether it is a few words after a preposition, without a verb: "in January?", "with Barrot?"."""
    return bool(FRAGMENT.match(text)) and len(text.split()) <= _LONGEST_FRAGMENT and not VERB.search(text)
