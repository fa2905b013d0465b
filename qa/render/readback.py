"""Exported answers read again: the sentences of a file, what each cites, and whether it is as it was exported.

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
from qa.render.transcript import FORM, check_of
from qa.types import Citation, Field, Verdict

_OPENING = re.compile(r"<!-- newsdesk conversation, form (\d{1,4}) -->")
_SENTENCES = re.compile(r"<!-- newsdesk sentences: ?([0-9a-f ]*)-->")
_QUESTION = re.compile(r"## (\d{1,6})\. ")
_NOTE = re.compile(r"\[\^(\d{1,6})\]: “(.*)”\s*")
_PLACE = re.compile(
    r" {4}article (\S+), version (\d{1,9}), (text|title) (\d{1,9})–(\d{1,9})(?:, citation corrected)?\s*"
)
_WHOSE = re.compile(r" {4}(.*?)\s*")
_MARK = re.compile(r"(?<!\\)((?:\\\\)*)\[\^(\d{1,6})\]")
"""A footnote's mark; a backslash before it that is itself escaped belongs to the sentence."""
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>#|~!&$@:.)=+-])")
_VERDICT = re.compile(r"\s\*\((supported|weak|unsupported|uncited)(?:: .*)?\)\*\s*$")
_FURTHEST = 999_999_999
"""The largest number of a version or place, as in Markdown."""
_REMEDY = "Export one with `newsdesk conversations export ID -o FILE`, or save what `newsdesk ask --json` prints."


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an export."""

    question: int
    text: str
    verdict: Verdict | None
    citations: tuple[Citation, ...]
    edited: bool = False
    """Whether it is not as it was exported (or was not exported at all)."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export says, and how many of its sentences are gone from it."""

    sentences: tuple[Sentence, ...]
    removed: int


def read_export(text: str, name: str) -> Exported:
    """The sentences of an exported conversation (Markdown or JSON) or of an answer as ``ask --json`` prints it.

    Raises InputError for anything else; ``name`` is the file's.
    """
    if text.lstrip()[:1] == "{":
        return _read_json(text, name)
    opening = _OPENING.match(text.lstrip())
    if opening is None:
        raise InputError(f"{name} is no answer exported by newsdesk", _REMEDY)
    _check_form(int(opening.group(1)), name)
    return _read_markdown(text)


def _check_form(form: Any, name: str) -> None:
    if type(form) is not int or form > FORM:
        raise InputError(f"{name} was exported by a newer newsdesk (form {form})", "Upgrade newsdesk.")


# Markdown


def _read_markdown(text: str) -> Exported:
    lines = [line for line in text.split("\n") if not line.startswith("# ")]
    notes = _notes(lines)
    question, known, used = 0, list[str](), list[str]()
    found: list[Sentence] = []
    expected = 0
    for line in lines:
        if heading := _QUESTION.match(line):
            question, known = int(heading.group(1)), []
        elif checks := _SENTENCES.fullmatch(line.strip()):
            known = checks.group(1).split()
            expected += len(known)
        elif question and _is_sentence(line):
            plain, verdict, marks = _taken_apart(line)
            if not plain:
                continue
            check = check_of(plain)
            edited = check not in known
            if not edited:
                known.remove(check)
                used.append(check)
            cited = tuple(notes[mark] for mark in marks if mark in notes)
            found.append(Sentence(question, plain, verdict, cited, edited))
    return Exported(tuple(found), expected - len(used))


def _is_sentence(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("- ", "    ", "<!--", "[^", "#"))


def _taken_apart(line: str) -> tuple[str, Verdict | None, list[str]]:
    """A line's sentence, its verdict, and the footnotes it has."""
    told = _VERDICT.search(line)
    line = line[: told.start()] if told else line
    marks = [number for _, number in _MARK.findall(line)]
    text = _MARK.sub(r"\1", line).strip()
    if text.startswith("~~") and text.endswith("~~") and len(text) > 4:
        text = text[2:-2]
    return " ".join(_plain(text).split()), Verdict(told.group(1)) if told else None, list(dict.fromkeys(marks))


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


# JSON


def _read_json(text: str, name: str) -> Exported:
    try:
        told = json.loads(text)
        json.dumps(told, ensure_ascii=False).encode()  # half a character, spelt as an escape, is no text
        if "newsdesk" in told:
            _check_form(told.get("form"), name)
            turns = told["conversation"]["turns"]
        else:
            turns = [{"n": 1, **told}]
        read = [_turn(turn) for turn in turns]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}"[:120]
        raise InputError(f"{name} is no answer exported by newsdesk ({what})", _REMEDY) from None
    return Exported(tuple(one for sentences, _ in read for one in sentences), sum(removed for _, removed in read))


def _turn(turn: Mapping[str, Any]) -> tuple[list[Sentence], int]:
    checks = list(turn["checks"]) if "checks" in turn else None
    sentences = list(_claims(turn, checks))
    return sentences, len(checks or ())


def _claims(turn: Mapping[str, Any], checks: list[str] | None) -> Iterator[Sentence]:
    for claim in turn["claims"]:
        text, verdict = claim["text"], Verdict(claim["verdict"])
        if not isinstance(text, str):
            raise TypeError("a sentence is not a text")
        edited = checks is not None and check_of(text) not in checks
        if checks is not None and not edited:
            checks.remove(check_of(text))
        citations = tuple(decoded(Citation, citation) for citation in claim["citations"])
        if any(not 0 <= place <= _FURTHEST for one in citations for place in (one.n, one.version, one.start, one.end)):
            raise ValueError("a citation points at no place")
        yield Sentence(int(turn["n"]), text, verdict, citations, edited)
