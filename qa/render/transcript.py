"""A conversation as Markdown: its answers, the words behind each sentence as footnotes. ``readback`` reads it again.

No character of an article, a question or a model means anything but itself. Lines that begin with "- " are facts about
an answer, every other line of an answer is one of its sentences; comments hold what only a machine needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.render.digests import check_of
from qa.render.forms import conversation_json
from qa.render.markdown import escaped, footnotes, noted
from qa.render.text import absence, followup_words, order_words, window_words
from qa.types import Answer, Claim, Conversation, Status, Turn, Verdict
from qa.version import __version__

FORM = 1
"""Form of the exports; a file of a later one is refused."""
OPENING = "<!-- newsdesk conversation, form {} -->"
SENTENCES = "<!-- newsdesk sentences: {} -->"


def exported_markdown(told: Conversation, turns: Sequence[Turn]) -> str:
    """A conversation as Markdown."""
    lines = [
        OPENING.format(FORM),
        f"# {escaped(told.title)}",
        "",
        f"- conversation: {told.id}, begun {told.begun.isoformat()}",
        f"- exported by: newsdesk {__version__}",
    ]
    notes: list[str] = []
    for turn in turns:
        lines += ["", f"## {turn.n}. {escaped(turn.answer.question)}", ""]
        lines += [f"- {name}: {escaped(value)}" for name, value in facts(turn)]
        lines += _answer_lines(turn.answer, notes)
    return "\n".join([*lines, "", *footnotes(notes)]).rstrip() + "\n"


def facts(turn: Turn) -> list[tuple[str, str]]:
    """What is to be known about an answer besides its sentences, as name and words. Not yet safe to show."""
    answer, made = turn.answer, turn.answer.provenance
    state = str(answer.status) if answer.complete else f"{answer.status}, not complete"
    told = [("asked", turn.asked_at.isoformat(timespec="seconds"))]
    if asked_as := followup_words(answer.query):
        told.append(("asked as", asked_as))
    told += [
        ("answer", f"{state}; {'quoted, no model' if made.model is None else f'written by {made.model}'}"),
        ("searched", window_words(answer.query).removeprefix("searched ") + order_words(answer.rescored)),
        ("as of", answer.query.as_of.isoformat()),
        ("index", answer.index),
        ("made by", _made_by(answer)),
    ]
    return [*told, *(("note", note) for note in answer.notes)]


def _made_by(answer: Answer) -> str:
    made = answer.provenance
    hashes = (("prompt", made.prompt_hash), ("re-scoring prompt", made.rerank_hash), ("settings", made.config_hash))
    return "; ".join([f"newsdesk {made.version}", made.embedder, *(f"{name} {h}" for name, h in hashes if h)])


def _answer_lines(answer: Answer, notes: list[str]) -> list[str]:
    lines = [SENTENCES.format(" ".join(check_of(claim.text) for claim in answer.claims)), ""]
    if answer.status is Status.INSUFFICIENT:
        wrote = " The model wrote what your articles do not support:" if answer.claims else ""
        lines += [f"- {absence(answer)}.{wrote}", ""]
    for claim in answer.claims:
        lines += [_claim_line(claim, notes), ""]
    for citation in answer.nearest:
        outside = ", outside the window" if citation.article_id in answer.beyond else ""
        lines.append(f"- closest{outside}: “{escaped(citation.quote)}”{noted(citation, notes)}")
    for conflict in answer.conflicts:
        sides = " against ".join(f"“{escaped(side.quote)}”{noted(side, notes)}" for side in conflict.sides)
        lines.append(f"- {conflict.kind}: {sides}")
    return lines


def _claim_line(claim: Claim, notes: list[str]) -> str:
    marks = "".join(noted(citation, notes) for citation in claim.citations)
    text = escaped(claim.text)
    struck = f"~~{text}~~" if claim.verdict is Verdict.UNSUPPORTED else text
    why = f": {escaped('; '.join(claim.reasons))}" if claim.reasons else ""
    return f"{struck}{marks} *({claim.verdict.value}{why})*"


def exported_json(told: Conversation, turns: Sequence[Turn]) -> dict[str, object]:
    """A conversation as JSON: all that is kept of it, and a digest of each sentence."""
    listed = conversation_json(told, turns)
    for turn, shown in zip(turns, listed["turns"], strict=True):
        shown["checks"] = [check_of(claim.text) for claim in turn.answer.claims]
    return {"newsdesk": __version__, "form": FORM, "conversation": listed}
