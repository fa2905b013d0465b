"""A briefing as plain lines, for a screen reader or a script: each line says one thing in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.clean import show_line
from qa.render.briefings.story import (
    Part,
    at_length,
    copy_words,
    head,
    in_a_line,
    left_out_words,
    more_words,
    outlet_words,
    parts,
    sources,
)
from qa.render.linear import Linear, made_line, note_lines, quoted_line, sentence_line
from qa.render.questions import asked_linear
from qa.render.standing import changed, changes, standing_alone
from qa.types import Briefing, Citation, Claim, Story

_TO = ", now "
"""Between two values: an arrow is nothing to read aloud."""


class _Numbered:
    """What was said so far: lines, sentences and cited places, numbered through the briefing."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.claims: list[Claim] = []
        self.places: list[Citation] = []

    def sides(self, sides: Sequence[Citation], values: Sequence[str] = ()) -> None:
        """Words that state values, a line each."""
        for n, side in enumerate(sides):
            self.places.append(replace(side, n=len(self.places) + 1))
            value = f"{show_line(values[n])}: " if n < len(values) else ""
            self.lines.append(f"[{len(self.places)}] {value}{quoted_line(side)}")

    def sentence(self, claim: Claim, before: str) -> None:
        """A sentence, and the words that it cites where they are not its own."""
        cited = [replace(one, n=len(self.places) + n) for n, one in enumerate(claim.citations, 1)]
        self.claims.append(replace(claim, citations=tuple(cited)))
        self.places += cited
        shown = replace(self.claims[-1], text=f"{before}{claim.text}")
        self.lines.append(sentence_line(len(self.claims), shown))
        self.lines += [f"[{one.n}] {quoted_line(one)}" for one in cited]


def briefing_linear(briefing: Briefing) -> Linear:
    """A briefing, its sentences and the words they cite numbered through."""
    said = _Numbered()
    said.lines += [f"{name.capitalize()}: {show_line(words)}." for name, words in head(briefing)]
    if briefing.since is not None:
        heading, lines = changed(briefing, _TO)
        said.lines += [f"{show_line(heading)}:", *(f"{show_line(line)}." for line in lines)]
    asked_linear(briefing.standing, said.lines.append, lambda claim: said.sentence(claim, ""))
    for number, story in enumerate(at_length(briefing), 1):
        _story(number, story, said)
    for story in in_a_line(briefing):
        said.lines.append(f"Nothing new: {show_line(story.title)} ({show_line(standing_alone(story))}).")
    said.lines += note_lines(briefing.notes, "briefing", complete=briefing.complete)
    said.lines += [show_line(left_out_words(briefing))] if briefing.left_out else []
    said.lines.append(made_line(briefing.provenance, "from the articles of these days"))
    return Linear(tuple(said.lines), tuple(said.claims), tuple(said.places))


def _story(number: int, story: Story, said: _Numbered) -> None:
    articles = len(story.articles)
    count = f"{articles} article{'s' * (articles != 1)}"
    said.lines.append(f"Story {number}: {show_line(story.title)} ({show_line(standing_alone(story))}, {count}).")
    for change, words in zip(story.changes, changes(story, _TO), strict=True):
        said.lines.append(f"Changed: {show_line(words)}.")
        said.sides(change.sides)
    for part in parts(story):
        _part(part, said)
    if not story.sentences:
        said.lines.append("No sentence of it could be grounded in its articles.")
    listed, more = sources(story)
    for source in listed:
        what = f", {copy_words(source)}" if source.copy else ""
        url = f", {source.article.url}" if source.article.url else ""
        said.lines.append(show_line(f"Source: {source.article.title}, {outlet_words(source.article)}{what}{url}."))
    said.lines += [show_line(f"{more_words(*one)}.") for one in more]


def _part(part: Part, said: _Numbered) -> None:
    if part.heading:
        said.lines.append(f"{show_line(part.heading)}:")
    for line in part.lines:
        if line.claim:
            said.sentence(line.claim, f"{line.before}: " if line.before else "")
        else:
            said.sides(line.cited, (line.before,))
