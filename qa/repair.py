"""Repair: sentences that failed their check are asked for once more, with what is wrong with them.

The reply is untrusted: a line counts for the sentence whose number it has, the first time only; what it says goes
through the same check as any sentence, and where it fails, or there is none, the first one stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from qa.cite import Sentence, sentences_of
from qa.endpoint import Finished
from qa.errors import BudgetError, EndpointError, UsageError
from qa.evidence import evidence
from qa.llm import Writer, is_refusal
from qa.types import Cancel, Claim, Exchange, Hit, Notice, Usage

MOST = 12
"""Sentences that are asked for again; a reply with more failures is not worth it."""
_LINE = re.compile(r"[ \t]*(?:[-*•][ \t]+)?(?:sentence[ \t]+)?\*{0,2}\[?(\d{1,2})\]?\*{0,2}[ \t]*[:.)][ \t]*(.*)", re.I)


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of asking again."""

    sentences: Mapping[int, Sequence[Sentence]] = field(default_factory=dict)
    """By the position of the sentence that failed; yet to be checked."""
    usage: Usage = field(default_factory=Usage)
    why: str = ""
    """Why nothing came."""


def asked_again(
    writer: Writer, task: str, failed: Mapping[int, Claim], hits: Sequence[Hit], *, as_of: date, cancel: Cancel
) -> Generator[Notice | Exchange, None, Repaired]:
    """Have ``failed`` (by position) written again from ``hits``; one request. Raises ConfigError for a wrong prompt
    file, and nothing for what a server does: the first reply is there already."""
    places = list(failed)[:MOST]
    yield Notice(f"asked {writer.model} once more for {len(places)} sentence(s) that the articles do not support")
    sent = [(failed[place].text, failed[place].reasons) for place in places]
    try:
        for event in writer.again(task, sent, evidence(hits), as_of=as_of, cancel=cancel):
            if isinstance(event, Notice | Exchange):
                yield event
            elif isinstance(event, Finished):
                return _read(event, places)
    except (EndpointError, BudgetError, UsageError) as error:
        return Repaired(why=f"{error.message}.")
    return Repaired()


def _read(end: Finished, places: Sequence[int]) -> Repaired:
    if not end.complete:
        return Repaired(usage=end.usage, why=end.reason)
    found: dict[int, list[Sentence]] = {}
    for number, text in lines_of(end.text, len(places)).items():
        if not is_refusal(text) and (sentences := sentences_of(text)):
            found[places[number - 1]] = sentences[:2]
    return Repaired(found, end.usage)


def lines_of(reply: str, most: int) -> dict[int, str]:
    """The text behind each number from 1 to ``most``, with the lines that go on from it; a reply without numbers is the
    text of the one sentence that was asked for."""
    found: dict[int, str] = {}
    at = None
    for line in reply.splitlines():
        if match := _LINE.fullmatch(line):
            number = int(match[1])
            at = number if 1 <= number <= most and number not in found else None
            if at is not None:
                found[at] = match[2]
        elif at is not None and line.strip():
            found[at] += f"\n{line}"
    return found or ({1: reply} if most == 1 else {})
