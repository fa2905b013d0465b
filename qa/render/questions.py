"""Standing questions in words: which are kept, and what a briefing answers to them, in each of its forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qa.clean import show_line
from qa.render.forms import claim_json, window_json
from qa.types import Claim, Standing, StandingQuestion

HEADING = "Your questions"
SHAPES = {"new": "★", "nothing_new": "▽", "absent": "∅"}
"""A shape for each status of an answer; the words always stand beside it."""


def news_words(one: Standing) -> str:
    """What is to be known of an answer besides its sentences: "new since 2026-02-03", "nothing new since 2026-02-03",
    "nothing in the articles of 2026-02-01 to 2026-02-04"."""
    if one.status == "new":
        return f"new since {one.since.isoformat()}" if one.since else "answered for the first time"
    if one.status == "nothing_new" and one.told:
        return f"nothing new since {one.told.isoformat()}"
    days = [day.isoformat() for day in (one.window.start, one.window.end) if day]
    return f"nothing in the articles of {' to '.join(dict.fromkeys(days)) or 'all days'}"


def asked_markdown(
    asked: Sequence[Standing], sentence: Callable[[Claim], str], escaped: Callable[[str], str]
) -> list[str]:
    """The lines of a block of answers, each of whose sentences ``sentence`` writes; none where nothing was asked."""
    lines = ["", f"## {HEADING}"] if asked else []
    for one in asked:
        if one.claims:
            lines += ["", f"**{escaped(one.question)}** *({escaped(news_words(one))})*", ""]
            lines += [sentence(claim) for claim in one.claims]
    quiet = [one for one in asked if not one.claims]
    return [*lines, *([""] if quiet else []), *(f"- {escaped(f'{one.question} – {news_words(one)}')}" for one in quiet)]


def asked_html(asked: Sequence[Standing], sentence: Callable[[Claim], str], text: Callable[[str], str]) -> str:
    """The same as a section of a page; ``text`` makes words safe to stand in it."""
    if not asked:
        return ""
    parts = [f"<h2>{HEADING}</h2>\n"]
    for one in asked:
        if one.claims:
            parts.append(f'<h3>{text(one.question)}</h3>\n<p class="verdict">{text(news_words(one))}</p>\n')
            parts += [sentence(claim) for claim in one.claims]
    quiet = "".join(f"<li>{text(f'{one.question} – {news_words(one)}')}</li>" for one in asked if not one.claims)
    return f'<section class="asked">{"".join(parts)}{f"<ul>{quiet}</ul>" if quiet else ""}</section>\n'


def asked_linear(asked: Iterable[Standing], say: Callable[[str], None], sentence: Callable[[Claim], None]) -> None:
    """The same as plain lines: ``say`` takes a line, ``sentence`` a sentence."""
    for one in asked:
        say(f"Your question: {show_line(one.question)} ({news_words(one)}).")
        for claim in one.claims:
            sentence(claim)


def asked_text(asked: Sequence[Standing], answer: Callable[[Sequence[Claim]], Sequence[str]]) -> list[str]:
    """The same for a terminal; ``answer`` gives the lines of the sentences of one."""
    lines = ["", HEADING] if asked else []
    for one in asked:
        if one.claims:
            lines += ["", f"{SHAPES[one.status]} {show_line(one.question)} ({news_words(one)})", *answer(one.claims)]
    quiet = [one for one in asked if not one.claims]
    told = (f"{SHAPES[one.status]} {show_line(one.question)} – {news_words(one)}" for one in quiet)
    return [*lines, *([""] if quiet else []), *told]


def standing_json(one: Standing) -> dict[str, Any]:
    """What a briefing answers to a standing question."""
    return {
        "number": one.number,
        "question": one.question,
        "status": one.status,
        "claims": [claim_json(claim) for claim in one.claims],
        "window": window_json(one.window),
        "since": one.since.isoformat() if one.since else None,
        "told": one.told.isoformat() if one.told else None,
    }


def question_json(one: StandingQuestion) -> dict[str, Any]:
    """A standing question as it is listed."""
    return {
        "number": one.number,
        "question": one.question,
        "added": one.added.isoformat(),
        "answered": one.answered.isoformat() if one.answered else None,
        "told": one.told.isoformat() if one.told else None,
        "removed": one.removed.isoformat() if one.removed else None,
    }


def question_words(one: StandingQuestion) -> str:
    """How things stand with a question: "answered for 2026-02-04, something new on 2026-02-03"."""
    if one.answered is None:
        return "not answered yet"
    if one.told == one.answered:
        return f"something new on {one.answered.isoformat()}"
    told = f", something new on {one.told.isoformat()}" if one.told else ", nothing found yet"
    return f"answered for {one.answered.isoformat()}{told}"


def questions_text(listed: Sequence[StandingQuestion]) -> str:
    """Standing questions for a terminal, one a line."""
    lines = [f"{one.number:>4}  {show_line(one.question)}  ({question_words(one)})" for one in listed]
    return "\n".join([*lines, f"{len(listed)} standing question{'s' * (len(listed) != 1)}"]) + "\n"
