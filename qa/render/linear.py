"""Answers and hits as plain lines, for a screen reader or a script: each line says one thing in words.

Nothing is told by place, shape or colour, and no line is broken for width. What is numbered can be opened and asked
about by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from qa.clean import show_line
from qa.render.differences import conflict_words
from qa.render.passages import AROUND, passages
from qa.render.text import absence, attribution, copies_words, followup_words, order_words, window_words
from qa.types import (
    Answer,
    Article,
    Citation,
    Claim,
    Conversation,
    Hit,
    Provenance,
    Query,
    Retrieved,
    Status,
    Turn,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Linear:
    """What was said: the lines, the sentences by their number from 1, and by theirs what can be opened."""

    lines: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    places: tuple[Citation, ...] = ()

    @property
    def text(self) -> str:
        """The lines as they are printed."""
        return "".join(f"{line}\n" for line in self.lines)


def answer_linear(answer: Answer) -> Linear:
    """An answer: its sentences, then the words behind them, then what its sources do not agree on."""
    lines = [f"Asked as: {told}" for told in [followup_words(answer.query)] if told]
    claims = answer.claims
    places = [citation for claim in claims for citation in claim.citations]
    if answer.status is Status.INSUFFICIENT:
        lines += _absent(answer)
        places += answer.nearest
    else:
        lines += [sentence_line(n, claim) for n, claim in enumerate(claims, 1)]
    lines += _footnotes(answer, places)
    for conflict in answer.conflicts:
        lines.append(f"{show_line(conflict_words(conflict))}.")
        lines += [f"[{side.n}] {show_line(value)}: {quoted_line(side)}"
                  for value, side in zip(conflict.values, conflict.sides, strict=True)]  # fmt: skip
        places += conflict.sides
    lines += note_lines(answer.notes, "answer", complete=answer.complete)
    days = "" if answer.status is Status.INSUFFICIENT else f"{_days(answer.query)}, "
    scope = f"{days}as of {answer.query.as_of.isoformat()}{order_words(answer.rescored)}"
    lines.append(made_line(answer.provenance, scope))
    return Linear(tuple(lines), claims, tuple(places))


def hits_linear(found: Retrieved) -> Linear:
    """Passages that were found, the best first."""
    if not found.hits:
        return Linear((f"No passage found ({_days(found.query)}).",))
    places = tuple(_place(n, hit) for n, hit in enumerate(found.hits, 1))
    lines = [f"[{place.n}] {attribution(place)}: {_beginning(place.quote)}" for place in places]
    return Linear((*lines, f"{len(places)} passages, {_days(found.query)}."), (), places)


def opened_linear(number: int, cited: Sequence[Citation], article: Article) -> Linear:
    """The cited words of one article in their passages, a line each, the words between >>> and <<<."""
    first = cited[0]
    lines = [f"[{number}] {attribution(first)}{f', {show_line(first.url)}' if first.url else ''}"]
    for where in dict.fromkeys(citation.field for citation in cited):
        spans = [(citation.start, citation.end) for citation in cited if citation.field == where]
        lines += passages(article.title if where == "title" else article.text, spans)
    return Linear(tuple(lines))


def why_linear(number: int, claim: Claim) -> Linear:
    """Why a sentence has its verdict, and the words it rests on."""
    lines = [f"Sentence {number} is {_verdict(claim)}."]
    if claim.verdict is Verdict.SUPPORTED and not claim.reasons:
        lines.append("The words cited for it carry it, and none of the checks contradicts it.")
    lines += [f"[{citation.n}] {quoted_line(citation)}" for citation in claim.citations]
    lines += [] if claim.citations else ["It cites nothing."]
    return Linear(tuple(lines))


def conversations_linear(listed: Sequence[Conversation], current: int | None) -> Linear:
    """Conversations, the latest first."""
    lines = [
        f"{one.id}: {show_line(one.title)} ({one.turns} question{'s' * (one.turns != 1)}, "
        f"{one.changed.date().isoformat()}{', this one' if one.id == current else ''})"
        for one in listed
    ]
    return Linear((*lines, f"{len(listed)} conversation{'s' * (len(listed) != 1)}."))


def turn_linear(turn: Turn) -> Linear:
    """A question with its answer."""
    said = answer_linear(turn.answer)
    return Linear((f"Question {turn.n}: {show_line(turn.answer.question)}", *said.lines), said.claims, said.places)


def sentence_line(number: int, claim: Claim) -> str:
    """A sentence with its number, the numbers of what it cites, and its verdict in words."""
    marks = "".join(f" [{n}]" for n in dict.fromkeys(citation.n for citation in claim.citations))
    return f"{number}. {show_line(claim.text)}{marks} ({_verdict(claim)})"


def _verdict(claim: Claim) -> str:
    why = f": {show_line('; '.join(claim.reasons))}" if claim.reasons else ""
    return f"{'struck out, ' * claim.struck}{claim.verdict.value}{why}"


def _absent(answer: Answer) -> list[str]:
    days = _days(answer.query)
    count = answer.searched
    articles = "" if count is None else f"{count:,} article{'s' * (count != 1)}, "
    lines = [f"{absence(answer)} ({days.replace('searched ', f'searched {articles}', 1)})."]
    if answer.claims:
        lines.append("What the model wrote is not supported by your articles:")
        lines += [sentence_line(n, claim) for n, claim in enumerate(answer.claims, 1)]
    if answer.query.window_in_words:
        lines.append("The days are a reading of the question's words; /all-days asks without.")
    return lines


def _footnotes(answer: Answer, places: Iterable[Citation]) -> list[str]:
    """Each cited article once, saying which sentences are its words, and under it the words of the others."""
    nearest = set(answer.nearest)
    cited = sorted(dict.fromkeys(one for one in places if one not in nearest), key=lambda one: (one.n, one.start))
    lines = []
    for (n, _), group in groupby(cited, lambda one: (one.n, one.article_id)):
        found = list(group)
        whose = f"[{n}] {attribution(found[0])}{copies_words(found[0], answer.hits)}"
        verbatim = [at for at, claim in enumerate(answer.claims, 1) if claim.text in {one.quote for one in found}]
        lines.append(f"{whose}{_word_for_word(verbatim)}")
        texts = {claim.text for claim in answer.claims}
        lines += [f"[{n}] “{show_line(one.quote)}”" for one in found if one.quote not in texts]
    for one in answer.nearest:
        outside = ", outside the window" if one.article_id in answer.beyond else ""
        lines.append(f"[{one.n}] Closest passage{outside}: {quoted_line(one)}")
    return lines


def _word_for_word(sentences: Sequence[int]) -> str:
    if not sentences:
        return ""
    *most, last = map(str, sentences)
    return f" (sentences {', '.join(most)} and {last} are its words)" if most else f" (sentence {last} is its words)"


def _days(query: Query) -> str:
    """Which days were searched; options of a command line that chose them are nothing to read aloud."""
    chosen = query.window.why.startswith("--")
    return window_words(replace(query, window=replace(query.window, why="")) if chosen else query)


def quoted_line(citation: Citation) -> str:
    """Cited words and whose they are."""
    return f"“{show_line(citation.quote)}” {attribution(citation)}"


def note_lines(notes: Iterable[str], what: str, *, complete: bool) -> list[str]:
    """What is to be known of how it was made, and that it is not complete."""
    return [f"Note: {show_line(note)}" for note in notes] + (
        [] if complete else [f"Note: this {what} is not complete."]
    )


def made_line(provenance: Provenance, scope: str) -> str:
    """Who wrote it, and from what."""
    mode = "Quoted, no model" if provenance.model is None else f"Written by {show_line(provenance.model)}"
    return f"{mode}; {scope}."


def _beginning(text: str) -> str:
    plain = " ".join(show_line(text).split())
    return plain if len(plain) <= AROUND else f"{plain[:AROUND].rsplit(' ', 1)[0]} …"


def _place(number: int, hit: Hit) -> Citation:
    article, passage = hit.article, hit.passage
    published = article.published.iso if article.published else None
    return Citation(
        number, article.id, article.version, article.title, article.source, published, "text",
        passage.start, passage.end, passage.text, url=article.url, page=article.details.page_of(passage.start),
    )  # fmt: skip
