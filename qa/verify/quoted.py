"""Who says what stands in quotation marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qa.aliases import is_told
from qa.facts import normal_quote, tokens
from qa.quotemarks import Marked, marked, paragraph_spans
from qa.sentences import is_wrapped
from qa.verify.saying import NAMING, VERB, Who, according, before_verb, behind_verb, goes_on, is_passive, opening

_LOOKED_BACK = 4
"""Sentences before a pronoun among which the one is looked for who speaks."""
_ENDS = re.compile(r"[.!?…](?:[\"”’'»)\]]|\[\d+\])*(?:\s+|(?=“))(?=[\"“„‘'«(\[—–-]|[^\Wa-z_])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Drs|Sens?|Reps?|Govs?|Gen|Lt|Col|Capt|Sgt|Adm|Prof|Rev|Hon|St|Jr|Sr|vs|No|Maj|Cmdr|Jan|Feb|Mar|"
    r"Apr|Aug|Sept?|Oct|Nov|Dec|Inc|Corp|Co|Ltd|[A-Z])|\b(?:[A-Z]\.)+[A-Z])\.$"
)
_MANY = frozenset(
    "Democrats Republicans Americans Conservatives Liberals Senators House Senate Congress Pentagon".split()
)
_LINKED = re.compile(r"\b(?:of|for|on|and|the)\b|&")
_FILLER = "·"


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
    role: str = ""
    """What is told of the speaker beside the name, as written."""
    verb: str = ""
    """The word of saying beside the quotation; "" where none is."""
    beside: str = ""
    """The pronoun that stands beside the quotation, where one does."""
    whole: bool = False
    """Whether it is an utterance by itself, not words within a sentence of the article's."""
    near: tuple[int, int] = (0, 0)
    """The sentence it stands in."""


@lru_cache(maxsize=256)
def quoted(text: str) -> tuple[Quoted, ...]:
    """The quotations of a text with their speakers: named beside a verb of saying or behind "according to" in the same
    sentence; where nobody stands there, the one who speaks before or behind it in its paragraph, or at the end of the
    paragraph before; for a pronoun the last who spoke or acted. Nobody where none of these is."""
    return who_says(text)


def who_says(text: str) -> tuple[Quoted, ...]:
    """The same, not kept for the next time it is asked."""
    spans = marked(text)
    return tuple(_Reader(text, spans).all()) if spans else ()


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands beside a quotation: who, and by which word."""

    who: Who
    verb: str


class _Reader:
    """The paragraphs of a text in order, with what the ones before have told of who speaks."""

    def __init__(self, text: str, spans: Sequence[Marked]) -> None:
        self.text = text
        self.spans = spans
        self.masked = _masked(text, spans)
        self.sentences: list[tuple[int, int]] = []
        self.found: list[Quoted] = []

    def all(self) -> list[Quoted]:
        """The quotations of the text."""
        ahead = list(self.spans)
        before: Quoted | None = None
        for start, end in paragraph_spans(self.masked):
            self.sentences += _sentences(self.masked, start, end)
            here = []
            while ahead and ahead[0].opened < end:
                here.append(ahead.pop(0))
            if here:
                told = self._paragraph(start, here, before)
                self.found += told
                before = told[-1]
            elif not self.masked[start:end].rstrip().endswith(":"):
                before = None
        return self.found

    def _paragraph(self, start: int, here: Sequence[Marked], before: Quoted | None) -> list[Quoted]:
        """The quotations of one paragraph; those that nobody stands beside take who speaks around them."""
        told: list[Quoted] = []
        for n, mark in enumerate(here):
            told.append(self._one(mark, here[n - 1].closed if n else start, told))
        for n, one in enumerate(told):
            if one.speaker or one.beside or not one.whole:
                continue
            nearest = next((other for other in reversed(told[:n]) if other.speaker or other.beside), None)
            nearest = (
                nearest or self._leads_up(one, start) or next((o for o in told[n + 1 :] if o.speaker and o.whole), None)
            )
            if nearest is None and before is not None and before.whole and n == 0:
                nearest = before
            if nearest is not None:
                told[n] = replace(
                    one,
                    speaker=nearest.speaker,
                    speaker_start=nearest.speaker_start,
                    role=nearest.role,
                    beside=nearest.beside,
                )
        return told

    def _one(self, mark: Marked, floor: int, told: Sequence[Quoted]) -> Quoted:
        near = next((span for span in reversed(self.sentences) if span[0] <= mark.opened), (0, len(self.text)))
        said = self._beside(mark, near)
        whole = _is_whole(self.text, self.masked, mark, near, said is not None)
        blank = Quoted(mark.start, mark.end, "", 0, False, whole=whole, near=near)
        if said is None:
            return blank
        who, verb = said.who, said.verb
        if who.kind != "pronoun":
            return replace(blank, speaker=who.text, speaker_start=who.start, sure=True, role=who.role, verb=verb)
        meant = self._meant(who, near, told)
        return replace(
            blank, speaker=meant.text, speaker_start=meant.start, role=meant.role, verb=verb, beside=who.text
        )

    def _beside(self, mark: Marked, near: tuple[int, int]) -> _Said | None:
        """Who says a quotation in its own sentence: behind it, before it, or at the sentence's end."""
        text, (start, end) = self.masked, near
        ended = text[mark.closed - 2 : mark.closed + 1]
        stopped = re.search(r"(?<!\.)\.[\"”’'»]?$|\.$", ended.rstrip())
        if not stopped and (found := self._right_behind(mark, end)):
            return found
        for verb in reversed(list(VERB.finditer(text, start, mark.opened))):
            if verb.group() in NAMING and not text[verb.end() : mark.opened].strip(" “\"‘'«„"):
                return None
            if is_passive(text, verb):
                continue
            who = before_verb(text, verb, start) if verb["finite"] else None
            if who is None and re.search(r"[”\"’'»“]\s$", text[start : verb.start()]):
                who = behind_verb(text, verb.end(), mark.opened)
                return _Said(who, verb.group()) if who else None
            if who is None and goes_on(text, verb):
                who = opening(text[start : verb.start()], start)
            return _Said(who, verb.group()) if who else None
        if who := according(text[start:end], start):
            return _Said(who, "according to")
        if match := re.search(r"([^\s,.;:][^,.;:]{1,60}):\s*[\"“„«‘']$", text[start : mark.opened + 1]):
            who = opening(text[start + match.start() : start + match.end(1)], start + match.start())
            if who and who.kind == "name" and who.start + len(who.text) == start + match.end(1):
                return _Said(who, "")
        return self._later(mark, end)

    def _right_behind(self, mark: Marked, end: int) -> _Said | None:
        """“…,” said Anna Kovac; “…,” Kovac, the harbour master, said."""
        text = self.masked
        rest = re.match(r"[\s,—–-]*", text[mark.closed : end])
        at = mark.closed + (rest.end() if rest else 0)
        verb = VERB.search(text, at, end)
        if not verb:
            return None
        if verb.start() == at:
            who = behind_verb(text, verb.end(), end)
            return _Said(who, verb.group()) if who else None
        who = before_verb(text, verb, at) if verb["finite"] else None
        if who is None or is_passive(text, verb):
            return None
        gap = text[at : who.start]
        return _Said(who, verb.group()) if len(gap.split()) <= 8 and not re.search(r"[.,;:”\"]", gap) else None

    def _later(self, mark: Marked, end: int) -> _Said | None:
        """The port “was open” all the time, Anna Kovac said."""
        text = self.masked
        for verb in VERB.finditer(text, mark.closed, end):
            if is_passive(text, verb):
                continue
            who = before_verb(text, verb, mark.closed) if verb["finite"] else None
            if who and text[mark.closed : who.start - len(who.role)].rstrip().endswith(","):
                return _Said(who, verb.group())
            inverted = who is None and text[mark.closed : verb.start()].rstrip().endswith(",")
            if inverted and (who := behind_verb(text, verb.end(), end)):
                return _Said(who, verb.group())
        return None

    def _leads_up(self, one: Quoted, start: int) -> Quoted | None:
        """Who speaks in the sentence before a quotation, as in "Kovac was clear. “…”", if that has a verb of saying."""
        before = [span for span in self.sentences if span[1] <= one.near[0]][-1:]
        for first, end in before:
            if first < start and not self.masked[first:end].rstrip().endswith(":"):
                return None
            for verb in reversed(list(VERB.finditer(self.masked, first, end))):
                who = (
                    before_verb(self.masked, verb, first)
                    if verb["finite"] and not is_passive(self.masked, verb)
                    else None
                )
                if who and who.kind == "pronoun":
                    meant = self._meant(who, (first, end), ())
                    return replace(one, speaker=meant.text, speaker_start=meant.start, role=meant.role, beside=who.text)
                if who:
                    return replace(one, speaker=who.text, speaker_start=who.start, role=who.role)
        return None

    def _meant(self, pronoun: Who, near: tuple[int, int], told: Sequence[Quoted]) -> Who:
        """Whom a pronoun means: the one its sentence begins with, else the last who spoke or with whom one of the
        sentences before begins. Nobody where that is not plain."""
        nobody = Who("", "", 0, "")
        word = pronoun.text.casefold()
        if word in ("i", "we", "you", "it"):
            return nobody
        if word == "who":
            return self._related(pronoun, near[0]) or nobody
        here = opening(self.masked[near[0] : pronoun.start], near[0])
        if here and here.kind == "name" and _fits(here, word):
            return here
        said = next((one for one in reversed([*self.found, *told]) if one.speaker), None)
        before = [span for span in self.sentences if span[0] < near[0]][-_LOOKED_BACK:]
        for first, end in reversed(before):
            if self.masked[first:end].rstrip()[-1:] not in ".!?…”\"’'»:)":
                continue  # a headline or a caption
            if said and said.speaker_start >= first and said.start < pronoun.start:
                who = Who("name", said.speaker, said.speaker_start, said.role)
                return who if _fits(who, word) else nobody
            subject = self._subject(first, end)
            if subject and subject.kind == "name" and _fits(subject, word):
                return subject
            if subject and subject.kind == "noun" and word != "they":
                continue
        return nobody

    def _subject(self, first: int, end: int) -> Who | None:
        """Who speaks in a sentence, else whom it begins with."""
        for verb in reversed(list(VERB.finditer(self.masked, first, end))):
            if verb["finite"] and not is_passive(self.masked, verb):
                who = before_verb(self.masked, verb, first)
                if who is None and self.masked[first : verb.start()].rstrip()[-1:] in (",", "”", '"'):
                    who = behind_verb(self.masked, verb.end(), end)
                if who and who.kind == "name":
                    return who
        who = according(self.masked[first:end], first) or opening(self.masked[first:end], first)
        return who if who is None or who.kind != "name" or self._is_person(who.text) else None

    def _is_person(self, name: str) -> bool:
        """Whether a name of one word stands behind another one, or beside a verb of saying, anywhere in the text."""
        word = re.escape(name.rsplit(maxsplit=1)[-1])
        return (
            " " in name
            or re.search(rf"[A-Z][\w’'-]*\.?\s{word}\b|\b{word}\s(?:said|says|told)\b", self.masked) is not None
        )

    def _related(self, pronoun: Who, start: int) -> Who | None:
        """The name right before ", who said"."""
        before = self.masked[start : pronoun.start].rstrip(" ,")
        return opening(before, start) if re.fullmatch(r"[^,]*", before) else None


def _masked(text: str, spans: Sequence[Marked]) -> str:
    """The text, of the same length, with every quotation's words blotted out: what is told, not what is said."""
    parts, at = [], 0
    for span in spans:
        parts += [text[at : span.start], _FILLER * (span.end - span.start)]
        at = span.end
    parts.append(text[at:])
    return re.sub(r"(?<!\n)\n(?!\s*\n)", " ", "".join(parts)) if "\n" in text and is_wrapped(text) else "".join(parts)


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences between two positions; "“Never!” Lind shouted" is one."""
    found, first = [], start
    for match in _ENDS.finditer(text, start, end):
        if text[match.start()] == "." and _ABBREVIATION.search(
            text[max(first, match.start() - 12) : match.start() + 1]
        ):
            continue
        if text[match.start()] in "!?" and len(match.group().rstrip()) > 1 and _is_said(text, match.end(), end):
            continue
        found.append((first, match.end()))
        first = match.end()
    return [*found, (first, end)] if first < end else found


def _is_said(text: str, at: int, end: int) -> bool:
    """Whether "Lind shouted" stands at a position."""
    verb = VERB.search(text, at, min(end, at + 80))
    who = before_verb(text, verb, at) if verb and verb["finite"] else None
    return who is not None and not re.search(r"[.,;:”\"]", text[at : who.start])


def _is_whole(text: str, masked: str, mark: Marked, near: tuple[int, int], said: bool) -> bool:
    """Whether a quotation is an utterance: it opens its sentence, or stands behind "said", and ends as a sentence does
    or stops for "he said"."""
    ended, before = text[mark.end : mark.closed + 1], masked[near[0] : mark.opened].rstrip()
    stops = (
        any(sign in ended for sign in ".,!?…") or mark.closed == mark.end or not masked[mark.closed : near[1]].strip()
    )
    spoken = said and (
        before[-1:] in (",", ":") or VERB.search(before[-20:] + " ", max(0, len(before[-20:]) - 12)) is not None
    )
    return stops and (
        not before.strip(" —–-") or (spoken and (text[mark.start].isupper() or before[-1:] in (",", ":")))
    )


def _fits(who: Who, pronoun: str) -> bool:
    """Whether a name can be that of one person, or for "they" of anybody; an acronym is not a person."""
    last = who.text.split()[-1]
    one = not (last.isupper() and len(last) > 1) and not _LINKED.search(who.text) and last not in _MANY
    if re.match(r"(?:Mr|Sir)\b", who.text) and pronoun == "she":
        return False
    return pronoun == "they" or (one and not (re.match(r"(?:Mrs|Ms)\b", who.text) and pronoun == "he"))


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
