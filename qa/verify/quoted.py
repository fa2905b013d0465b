"""Who says what stands in quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.facts import names, normal_quote, quotation_spans, tokens
from qa.sentences import sentence_spans
from qa.verify.aliases import is_told

_VERB = (
    r"(?:said|says|say|saying|told|tells|added|adds|noted|notes|stressed|stated|states|announced|warned|warns|claimed|"
    r"claims|argued|argues|wrote|writes|explained|explains|urged|tweeted|posted|insisted|insists|testified|responded|"
    r"replied|quipped|remarked|declared|asserted|acknowledged|admitted|suggested|complained|recalled|asked|continued|"
    r"concluded|emphasi[sz]ed|described|called|observed|joked|pleaded|shouted|vowed|promised|reported|commented)"
)
_LY = r"(?:\w+ly\s|also\s|then\s|later\s|has\s|have\s|had\s)?"
_TITLE = r"(?:(?:[a-z-]+\s){0,4})"
_NAME = r"(?:[A-Z][\w.’'-]*(?:\s(?:(?:de|van|von|bin|al|of|the|for)\s)?[A-Z][\w.’'-]*){0,5})"
_NOUN = (
    r"(?:(?:[Tt]he|[Aa]n?|[Oo]ne|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Aa]nother)"
    rf"(?:\s(?!(?:of|in|on|at|who|from|to|with|as|that|after|for|and|during|when|{_VERB})\b)[\w’'-]+){{1,5}}"
    r"|[Pp]olice|[Oo]fficials|[Aa]uthorities|[Rr]esearchers|[Ss]cientists|[Pp]rosecutors|[Ee]xperts|[Cc]ritics|[Ww]itnesses)"
)
_WHO = rf"(?P<pronoun>\b(?:[Hh]e|[Ss]he|[Tt]hey|I|[Ww]e|[Ii]t|[Ww]ho)\b)|\b(?P<noun>{_NOUN})|{_TITLE}(?P<name>{_NAME})"
_ASIDE = r"(?:,\s[^\"“”,.]{2,90},)?"
_BEHIND = re.compile(
    rf"^[,.!?…]*\s*[\"”»’']*,?\s*(?:(?:{_VERB})\s(?:{_WHO})"
    rf"|(?:{_WHO.replace('?P<', '?P<first_')}){_ASIDE}\s{_LY}{_VERB}\b)"
)
_BEFORE = re.compile(
    rf"(?:{_WHO}){_ASIDE}\s{_LY}{_VERB}\b(?![^\"“”]*\b{_VERB}\b)[^\"“”.!?]{{0,90}}?[,:]?\s*[\"“«„‘']*$"
)
_ACCORDING = re.compile(rf"\b[Aa]ccording to\s(?:the\s)?(?:{_WHO})")
_LOOKED_AT = 250
"""Characters on either side of a quotation that are read."""
_MOST = 1500
"""Characters before a pronoun that are read at most."""
_LOOKED_BACK = 4
"""Sentences before a pronoun among which the one is looked for who speaks."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation of a text, and who says it. Positions are half-open characters of the text."""

    start: int
    end: int
    speaker: str
    """As written where it is named last before or beside the quotation; "" where nobody is."""
    speaker_start: int
    sure: bool
    """Whether the speaker stands beside the quotation; not so when a pronoun, or nothing, stands there."""


@lru_cache(maxsize=256)
def quoted(text: str) -> tuple[Quoted, ...]:
    """The quotations of a text with their speakers: named beside a verb of saying or behind "according to" in the same
    sentence; where nobody stands there, the last who spoke shortly before, and for a pronoun else the last named."""
    sentences = sentence_spans(text)
    starts = [span.start for span in sentences]
    found: list[Quoted] = []
    spans = quotation_spans(text)
    for n, (start, end) in enumerate(spans):
        at = bisect_right(starts, start)
        first = starts[at - 1] if at else 0
        last = sentences[bisect_right(starts, end - 1) - 1].end
        floor = max(first, spans[n - 1][1] if n else 0)
        beside = _beside(text, start, end, floor, last)
        if beside is None or not beside[0]:
            back = starts[max(0, at - _LOOKED_BACK) : at]
            speaker, named_at = _looked_back(text, start, found, back, pronoun=beside is not None)
            found.append(Quoted(start, end, speaker, named_at, False))
        else:
            found.append(Quoted(start, end, *beside, True))
    return tuple(found)


def _beside(text: str, start: int, end: int, floor: int, ceiling: int) -> tuple[str, int] | None:
    """Who stands beside a quotation, and where: ("", 0) for a pronoun, None for nobody."""
    behind = text[end : end + _LOOKED_AT]
    floor = max(floor, start - _LOOKED_AT)
    before = text[floor:start]
    for match, offset in (
        (_BEHIND.match(behind), end),
        (_BEFORE.search(before), floor),
        (_ACCORDING.search(behind[: max(0, ceiling - end)]), end),
        (_ACCORDING.search(before), floor),
    ):
        if not match:
            continue
        groups = match.groupdict()
        for kind in ("name", "first_name", "noun", "first_noun"):
            if groups.get(kind):
                return groups[kind].strip(" ,.’'"), offset + match.start(kind)
        return "", 0
    return None


def _looked_back(text: str, at: int, found: list[Quoted], starts: list[int], pronoun: bool) -> tuple[str, int]:
    """Who spoke last in the sentences before position ``at``; for a pronoun, else who was named last."""
    since = max(starts[0] if starts else 0, at - _MOST)
    if found and found[-1].speaker and found[-1].end >= since:
        return found[-1].speaker, found[-1].speaker_start
    if not pronoun:
        return "", 0
    named = [name for name in names(text[since:at]) if len(name.words) > 1] or list(names(text[since:at]))
    return (named[-1].text, since + named[-1].start) if named else ("", 0)


def contested_quotation(claim: str, passages: Sequence[str]) -> tuple[str, str, str] | None:
    """A quotation of the claim, who says it there, and who in the evidence, where that is surely somebody else."""
    for mine in quoted(claim):
        words = normal_quote(claim[mine.start : mine.end])
        if not mine.sure or not words:
            continue
        speakers = {t.folded for t in tokens(mine.speaker)}
        others = []
        for text in passages:
            for its in quoted(text):
                if words not in normal_quote(text[its.start : its.end]):
                    continue
                near = {t.folded for t in tokens(text[max(0, its.start - 300) : its.end + 120])}
                if not its.sure or not its.speaker or any(is_told(word, near) for word in speakers):
                    return None
                others.append(its.speaker)
        if others and mine.speaker[:1].isupper() and others[0][:1].isupper():
            return claim[mine.start : mine.end], mine.speaker, others[0]
    return None
