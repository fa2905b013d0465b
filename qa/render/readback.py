"""Exports read again: the sentences of a file, what each cites, and whether it is as it was exported.

A file was in a person's hands: nothing in it is taken for granted but its form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qa.codec import decoded
from qa.errors import InputError
from qa.render.briefings.data import digest_of_json
from qa.render.briefings.markdown import SOURCES, TIMELINE
from qa.render.briefings.story import FORM as BRIEFING_FORM
from qa.render.digests import check_of, digest_of
from qa.render.questions import HEADING
from qa.render.transcript import FORM
from qa.types import Citation, Field, Verdict

_OPENING = re.compile(r"<!-- newsdesk (conversation|briefing), form (\d{1,4}) -->")
_SENTENCES = re.compile(r"<!-- newsdesk sentences: ?([0-9a-f ]*)-->")
_WHOLE = re.compile(r"<!-- newsdesk whole: ([0-9a-f]{1,64}) -->")
_QUESTION = re.compile(r"## (\d{1,6})\. ")
_NOTE = re.compile(r"\[\^(\d{1,6})\]: “(.*)”\s*")
_PLACE = re.compile(
    r" {4}article (\S+), version (\d{1,9}), (text|title) (\d{1,9})–(\d{1,9})(?:, citation corrected)?\s*"
)
_WHOSE = re.compile(r" {4}(.*?)\s*")
_MARK = re.compile(r"(?<!\\)((?:\\\\)*)\[\^(\d{1,6})\]")
"""A footnote's mark; a backslash before it that is itself escaped belongs to the sentence."""
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#|~!&$@:.)=+-])")
_VERDICT = re.compile(r"\s\*\((?:struck out, )?(supported|weak|unsupported|uncited)(?:: .*)?\)\*\s*$")
_STANDING = re.compile(r"\*[★▲▽] ")
_OF_A_DAY = re.compile(r"- \d{4}-\d\d-\d\d: ")
_SIDE = re.compile(r"- \*(?:[^*\\]|\\.)*\*: “(.*)”((?:\[\^\d{1,6}\])+)\s*")
_FURTHEST = 999_999_999
"""The largest number of a version or place, as in Markdown."""
_REMEDY = (
    "Export one with `newsdesk conversations export ID -o FILE` or `newsdesk brief --out FILE`, or save what "
    "`newsdesk ask --json` prints."
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an export, or the words that it quotes."""

    question: int
    """Number of the question of a conversation or of the story of a briefing that it belongs to."""
    text: str
    verdict: Verdict | None
    citations: tuple[Citation, ...]
    edited: bool = False
    """Whether it is not as it was exported (or was not exported at all)."""
    quoted: bool = False
    """Whether it is the words of an article and nobody's sentence: it has no verdict then."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export says, how many of its sentences are gone from it, and whether anything in it was edited, as far as
    it has a digest of the whole."""

    sentences: tuple[Sentence, ...]
    removed: int
    edited: bool = False


def read_export(text: str, name: str) -> Exported:
    """The sentences of an exported conversation or briefing (Markdown or JSON), or of an answer as ``ask --json``
    prints it.

    Raises InputError for anything else; ``name`` is the file's.
    """
    if text.lstrip()[:1] == "{":
        return _read_json(text, name)
    opening = _OPENING.match(text.lstrip())
    if opening is None:
        raise InputError(f"{name} is no answer exported by newsdesk", _REMEDY)
    kind, form = opening.groups()
    _check_form(int(form), name, FORM if kind == "conversation" else BRIEFING_FORM)
    return _read_markdown(text) if kind == "conversation" else _read_briefing(text)


def _check_form(form: Any, name: str, known: int) -> None:
    if type(form) is not int or form > known:
        raise InputError(f"{name} was exported by a newer newsdesk (form {form})", "Upgrade newsdesk.")


class _Known:
    """The digests of the sentences that were exported, each good for one sentence."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.removed = 0

    def expect(self, checks: list[str], *, instead: bool = False) -> None:
        """More that were exported; ``instead`` of those that are still open, which are gone from the file."""
        if instead:
            self.removed += len(self.open)
            self.open = []
        self.open = [*self.open, *checks]

    def has(self, text: str) -> bool:
        """Whether ``text`` was exported; it is not expected again then."""
        check = check_of(text)
        known = check in self.open
        if known:
            self.open.remove(check)
        return known

    @property
    def gone(self) -> int:
        """How many are gone from the file."""
        return self.removed + len(self.open)


# Markdown


def _read_markdown(text: str) -> Exported:
    lines = [line for line in text.split("\n") if not line.startswith("# ")]
    notes = _notes(lines)
    question, known = 0, _Known()
    found: list[Sentence] = []
    for line in lines:
        if heading := _QUESTION.match(line):
            question = int(heading.group(1))
            known.expect([], instead=True)
        elif checks := _SENTENCES.fullmatch(line.strip()):
            known.expect(checks.group(1).split())
        elif question and _is_sentence(line):
            plain, verdict, marks = _taken_apart(line)
            if plain:
                found.append(Sentence(question, plain, verdict, _cited(marks, notes), not known.has(plain)))
    return Exported(tuple(found), known.gone)


def _is_sentence(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("- ", "    ", "<!--", "[^", "#"))


def _taken_apart(line: str) -> tuple[str, Verdict | None, list[str]]:
    """A line's sentence, its verdict, and the footnotes it has."""
    told = _VERDICT.search(line)
    line = line[: told.start()] if told else line
    marks = _marks(line)
    text = _MARK.sub(r"\1", line).strip()
    if text.startswith("~~") and text.endswith("~~") and len(text) > 4:
        text = text[2:-2]
    return " ".join(_plain(text).split()), Verdict(told.group(1)) if told else None, marks


def _marks(line: str) -> list[str]:
    return list(dict.fromkeys(number for _, number in _MARK.findall(line)))


def _cited(marks: list[str], notes: Mapping[str, Citation]) -> tuple[Citation, ...]:
    return tuple(notes[mark] for mark in marks if mark in notes)


def _notes(lines: list[str]) -> Mapping[str, Citation]:
    """The citations of the footnotes, by their numbers."""
    found: dict[str, Citation] = {}
    for n, line in enumerate(lines[:-2]):
        note, whose, place = _NOTE.fullmatch(line), _WHOSE.fullmatch(lines[n + 1]), _PLACE.fullmatch(lines[n + 2])
        if not (note and whose and place):
            continue
        title, _, rest = _plain(whose.group(1)).partition(" · ")
        version, start, end = (int(place.group(i)) for i in (2, 4, 5))
        field: Field = "title" if place.group(3) == "title" else "text"
        quote, article = _plain(note.group(2)), _plain(place.group(1))
        found[note.group(1)] = Citation(
            int(note.group(1)), article, version, title, rest or None, None, field, start, end, quote
        )
    return found


def _plain(text: str) -> str:
    """Without the backslashes that ``escaped`` put in."""
    return _ESCAPED.sub(r"\1", text)


# a briefing as Markdown


def _read_briefing(text: str) -> Exported:
    lines = text.rstrip("\n").split("\n")
    notes, known = _notes(lines), _Known()
    for line in lines:
        if checks := _SENTENCES.fullmatch(line.strip()):
            known.expect(checks.group(1).split())
    found = [
        Sentence(story, plain, verdict, cited, not known.has(plain), quoted)
        for story, plain, verdict, cited, quoted in _lines_of_stories(lines, notes)
    ]
    whole = _WHOLE.fullmatch(lines[-1].strip())
    edited = whole is None or whole.group(1) != digest_of("\n".join(lines[:-1]))
    return Exported(tuple(found), known.gone, edited)


_Line = tuple[int, str, Verdict | None, tuple[Citation, ...], bool]
"""Story, words, verdict, what is cited, and whether the words are only quoted."""


def _lines_of_stories(lines: list[str], notes: Mapping[str, Citation]) -> Iterator[_Line]:
    story, part, asked = 0, "", False
    for line in lines:
        if line.startswith("#"):
            heading = _QUESTION.match(line)
            story, part, asked = int(heading.group(1)) if heading else 0, "", line == f"## {HEADING}"
        elif line.startswith("**"):
            part = line.strip()
        elif asked:
            if _is_sentence(line) and not line.startswith("*"):
                yield from _sentence(line, 0, notes)
        elif story and part != SOURCES:
            yield from _lines_of(line, story, part, notes)


def _lines_of(line: str, story: int, part: str, notes: Mapping[str, Citation]) -> Iterator[_Line]:
    """The sentence of a line, or the quotations it points at."""
    if _STANDING.match(line):
        for one in _cited(_marks(line), notes):
            yield story, one.quote, None, (one,), True
    elif part == TIMELINE and (day := _OF_A_DAY.match(line)):
        yield from _sentence(line[day.end() :], story, notes)
    elif part != TIMELINE and (side := _SIDE.fullmatch(line)):
        words = " ".join(_plain(side.group(1)).split())
        yield story, words, None, _cited(_marks(side.group(2)), notes), True
    elif _is_sentence(line) and not line.startswith("*"):
        yield from _sentence(line, story, notes)


def _sentence(line: str, story: int, notes: Mapping[str, Citation]) -> Iterator[_Line]:
    plain, verdict, marks = _taken_apart(line)
    if plain:
        yield story, plain, verdict or Verdict.SUPPORTED, _cited(marks, notes), False


# JSON


def _read_json(text: str, name: str) -> Exported:
    try:
        told = json.loads(text)
        json.dumps(told, ensure_ascii=False).encode()  # half a character, spelt as an escape, is no text
        if "stories" in told:
            _check_form(told.get("form"), name, BRIEFING_FORM)
            return _briefing_json(told)
        if "newsdesk" in told:
            _check_form(told.get("form"), name, FORM)
            turns = told["conversation"]["turns"]
        else:
            turns = [{"n": 1, **told}]
        read = [_turn(turn) for turn in turns]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"[:120]
        raise InputError(f"{name} is no answer exported by newsdesk ({what})", _REMEDY) from None
    return Exported(tuple(one for sentences, _ in read for one in sentences), sum(removed for _, removed in read))


def _turn(turn: Mapping[str, Any]) -> tuple[list[Sentence], int]:
    known = _Known()
    known.expect(list(turn.get("checks", ())))
    number = int(turn["n"])
    sentences = [_claim(claim, number, known if "checks" in turn else None) for claim in turn["claims"]]
    return sentences, known.gone


def _claim(claim: Mapping[str, Any], number: int, known: _Known | None) -> Sentence:
    """A sentence of JSON; without digests nobody knows whether it was edited."""
    text, verdict = claim["text"], Verdict(claim["verdict"])
    if not isinstance(text, str):
        raise TypeError("a sentence is not a text")
    citations = tuple(_citation(citation) for citation in claim["citations"])
    return Sentence(number, text, verdict, citations, known is not None and not known.has(text))


def _citation(raw: Any) -> Citation:
    found = decoded(Citation, raw)
    if any(not 0 <= place <= _FURTHEST for place in (found.n, found.version, found.start, found.end)):
        raise ValueError("a citation points at no place")
    return found


def _briefing_json(told: Mapping[str, Any]) -> Exported:
    known = _Known()
    known.expect(list(told["checks"]))
    answers = (claim for one in told["standing"] for claim in one["claims"])
    found = [_claim(claim, 0, known) for claim in answers]
    found += [one for n, story in enumerate(told["stories"], 1) for one in _story_json(story, n, known)]
    return Exported(tuple(found), known.gone, told["whole"] != digest_of_json(told))


def _story_json(story: Mapping[str, Any], number: int, known: _Known) -> Iterator[Sentence]:
    claims = [*story["claims"], *story["news"], *story["why"], *(one["claim"] for one in story["timeline"])]
    yield from (_claim(claim, number, known) for claim in claims)
    for sides in (one["sides"] for one in (*story["changes"], *story["conflicts"])):
        for one in map(_citation, sides):
            yield Sentence(number, one.quote, None, (one,), not known.has(one.quote), quoted=True)
