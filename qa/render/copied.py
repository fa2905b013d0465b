"""An answer, a story, or quoted words, as plain text for the clipboard: each sentence with its footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from qa.clean import show_line
from qa.dates import readable
from qa.render.briefings.story import Said, cited, numbered, parts
from qa.render.differences import conflict_words
from qa.render.standing import changes, standing_alone
from qa.render.text import absence, attribution, followup_words, window_words
from qa.types import Answer, Briefing, Citation, Claim, Provenance, Status, Story, Verdict


def copied_answer(answer: Answer) -> str:
    """An answer with its footnotes: sentences that failed their check say so, each number has its words below."""
    lines = [show_line(answer.question)]
    if told := followup_words(answer.query):
        lines.append(f"(asked as: {told})")
    lines.append("")
    cited = [citation for claim in answer.claims for citation in claim.citations]
    if answer.status is Status.INSUFFICIENT:
        lines += [f"{absence(answer)} ({window_words(answer.query)}).", ""]
        cited += answer.nearest
    lines += [_said(claim) for claim in answer.claims]
    for conflict in answer.conflicts:
        lines.append(f"{show_line(conflict_words(conflict))} {_numbers(conflict.sides)}")
        cited += conflict.sides
    lines += ["", *_footnotes(cited), "", _made(answer)]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def copied_story(story: Story, briefing: Briefing) -> str:
    """A story of a briefing, whole, with its footnotes, and its status where the briefing was compared with another."""
    numbers = numbered(story)
    behind = [replace(one, n=numbers[one.article_id]) for one in cited(story)]
    lines = [show_line(story.title), *([show_line(standing_alone(story))] if briefing.since else [])]
    for change, words in zip(story.changes, changes(story), strict=True):
        lines.append(f"{show_line(words)} {_numbers(_renumbered(change.sides, numbers))}")
    for part in parts(story):
        lines += ["", *([show_line(part.heading)] if part.heading else [])]
        lines += [_line(line, numbers) for line in part.lines]
    return "\n".join([*lines, "", *_footnotes(behind), "", _made_by(briefing.provenance, briefing.as_of)])


def _line(line: Said, numbers: Mapping[str, int]) -> str:
    """A sentence with its numbers, or the value of a side with its words."""
    before = f"{show_line(line.before)}: " if line.before else ""
    if line.claim:
        return before + _said(replace(line.claim, citations=tuple(_renumbered(line.claim.citations, numbers))))
    return before + " ".join(f"“{show_line(one.quote)}” [{numbers[one.article_id]}]" for one in line.cited)


def _renumbered(some: Iterable[Citation], numbers: Mapping[str, int]) -> list[Citation]:
    return [replace(one, n=numbers[one.article_id]) for one in some]


def copied_quote(words: str, title: str, source: str | None, published: str | None, url: str | None) -> str:
    """Words of an article with where they stand."""
    told = (title, source or "unknown source", readable(published), url)
    return f"“{show_line(words)}”\n— " + show_line(", ".join(part for part in told if part)) + "\n"


def _said(claim: Claim) -> str:
    """A sentence with its numbers; one that is not supported with its verdict and what is wrong with it."""
    said = f"{show_line(claim.text)} {_numbers(claim.citations)}".rstrip()
    if claim.verdict is Verdict.SUPPORTED:
        return said
    why = f": {show_line('; '.join(claim.reasons))}" if claim.reasons else ""
    return f"{said} ({'struck out, ' if claim.struck else ''}{claim.verdict.value}{why})"


def _numbers(citations: Iterable[Citation]) -> str:
    return "".join(f"[{n}]" for n in dict.fromkeys(citation.n for citation in citations))


def _footnotes(cited: Iterable[Citation]) -> list[str]:
    """Each cited article once, with all the words that are cited from it and its address."""
    of_number: dict[int, list[Citation]] = {}
    for citation in dict.fromkeys(cited):
        of_number.setdefault(citation.n, []).append(citation)
    lines = []
    for n, citations in sorted(of_number.items()):
        quotes = dict.fromkeys(f"“{show_line(one.quote)}”" for one in citations)
        first = citations[0]
        where = f"{attribution(first)}{f' · {show_line(first.url)}' if first.url else ''}"
        lines.append(f"[{n}] {' … '.join(quotes)} — {where}")
    return lines


def _made(answer: Answer) -> str:
    """Who wrote it, seen from which day, and that it may not be whole."""
    return _made_by(answer.provenance, answer.query.as_of, complete=answer.complete)


def _made_by(provenance: Provenance, as_of: date, *, complete: bool = True) -> str:
    model = provenance.model
    told = [f"written by {show_line(model)}" if model else "quoted, no model", f"as of {as_of}"]
    told += [] if complete else ["broken off, not complete"]
    return f"Newsdesk: {', '.join(told)}\n"
