"""Answers, briefings, hits and reports as JSON. What goes out is ASCII-escaped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from qa.clean import show
from qa.errors import NewsdeskError
from qa.types import (
    Answer,
    Article,
    Change,
    Checked,
    Citation,
    Claim,
    Conflict,
    Conversation,
    Correction,
    Edition,
    Hit,
    IngestReport,
    Provenance,
    Query,
    Rechecked,
    RecheckReport,
    Rescored,
    Retrieved,
    SyncReport,
    Turn,
    Window,
)


def dumps(value: Any) -> str:
    """JSON, ASCII-escaped, on one line."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as ``ask --json`` prints it."""
    return {
        "status": answer.status.value,
        "complete": answer.complete,
        "mode": answer.provenance.mode.value,
        "question": answer.question,
        "text": answer.text,
        "claims": [claim_json(claim) for claim in answer.claims],
        **scope_json(answer.query),
        "left_out": answer.left_out,
        "searched": answer.searched,
        "nearest": [
            citation_json(citation) | {"beyond": citation.article_id in answer.beyond} for citation in answer.nearest
        ],
        "conflicts": [conflict_json(conflict) for conflict in answer.conflicts],
        "notes": list(answer.notes),
        "index": answer.index,
        "rescored": rescored_json(answer.rescored),
        "usage": asdict(answer.usage),
        "provenance": provenance_json(answer.provenance),
        "followup": followup_json(answer.query),
    }


def followup_json(query: Query) -> dict[str, Any] | None:
    """How a question that leaned on a conversation was completed; null where it was searched as it was typed."""
    if query.followup is None:
        return None
    return {"asked_as": query.text, **{name: told for name, told in asdict(query.followup).items() if name != "typed"}}


def turn_json(turn: Turn) -> dict[str, Any]:
    """An answer as ``ask --json`` prints it: with its place in a conversation, null where it was not kept."""
    kept = None if turn.conversation is None else {"id": turn.conversation, "turn": turn.n}
    return {**answer_json(turn.answer), "conversation": kept}


def conversation_json(told: Conversation, turns: Sequence[Turn] | None = None) -> dict[str, Any]:
    """A conversation as it is listed and, with ``turns``, as it is shown and exported."""
    found: dict[str, Any] = {
        "id": told.id,
        "title": told.title,
        "begun": told.begun.isoformat(),
        "changed": told.changed.isoformat(),
        "deleted": told.deleted.isoformat() if told.deleted else None,
        "questions": told.turns,
    }
    if turns is not None:
        found["turns"] = [
            {"n": turn.n, "asked_at": turn.asked_at.isoformat(), **answer_json(turn.answer)} for turn in turns
        ]
    return found


def claim_json(claim: Claim) -> dict[str, Any]:
    """A sentence with its verdict and citations."""
    return {
        "text": claim.text,
        "verdict": claim.verdict.value,
        "reasons": list(claim.reasons),
        "citations": [citation_json(citation) for citation in claim.citations],
        "struck": claim.struck,
    }


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """Two values that cannot both hold, with the sentences that state them."""
    return {
        "kind": conflict.kind,
        "about": conflict.about,
        "values": list(conflict.values),
        "sides": [citation_json(side) for side in conflict.sides],
    }


def change_json(change: Change) -> dict[str, Any]:
    """What is new against what was told; ``before`` is null where nothing was."""
    told = ("kind", "about", "before", "after")
    return {name: getattr(change, name) for name in told} | {"sides": [citation_json(side) for side in change.sides]}


def checked_json(checked: Checked) -> dict[str, Any]:
    """A verdict as ``verify --json`` prints it."""
    return {
        "verdict": checked.verdict.value,
        "reasons": [show(reason) for reason in checked.reasons],
        "quotes": [asdict(quote) for quote in checked.quotes],
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation; ``quote`` is ``text[start:end]`` of that version of the article."""
    return asdict(citation)


def window_json(window: Window) -> dict[str, Any]:
    """A window; an open end is null."""
    return {
        "from": window.start.isoformat() if window.start else None,
        "to": window.end.isoformat() if window.end else None,
        "why": window.why,
    }


def scope_json(query: Query) -> dict[str, Any]:
    """What a search was limited to: days, sources and ids of articles (none: all of them)."""
    return {
        "window": window_json(query.window),
        "as_of": query.as_of.isoformat(),
        "sources": list(query.sources),
        "only_articles": list(query.articles),
    }


def provenance_json(provenance: Provenance) -> dict[str, Any]:
    """What made an answer."""
    return {**asdict(provenance), "mode": provenance.mode.value}


def retrieved_json(found: Retrieved) -> dict[str, Any]:
    """Hits as ``search --json`` prints them."""
    return {
        "hits": [hit_json(rank, hit, found.query.window) for rank, hit in enumerate(found.hits, 1)],
        **scope_json(found.query),
        "left_out": found.left_out,
        "index": found.index,
        "rescored": rescored_json(found.rescored),
    }


def rescored_json(told: Rescored | None) -> dict[str, Any] | None:
    """Who re-scored the first passages and what that took, null where nobody was asked; ``scored`` is 0, and ``why``
    says why, where the order is as it was found."""
    return asdict(told) if told else None


def hit_json(rank: int, hit: Hit, window: Window) -> dict[str, Any]:
    """One hit; ``how`` gives its rank by words and by meaning, null where it was not found that way, and its rank
    before a model re-scored the first ones, with the model's score, null where none did. ``beyond`` says that it lies
    outside the window that words of the question set."""
    return {
        "rank": rank,
        "score": hit.score,
        "how": asdict(hit.how),
        "beyond": not window.holds(hit.article),
        "article_id": hit.article.id,
        "title": hit.article.title,
        "published": hit.article.published.iso if hit.article.published else None,
        "source": hit.article.source,
        "url": hit.article.url,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
    }


def edition_json(edition: Edition) -> dict[str, Any]:
    """A kept briefing as it is listed."""
    days = {name: one.isoformat() if one else None for name, one in (("from", edition.first), ("to", edition.last))}
    moments = {
        name: one.isoformat() if one else None for name, one in (("made", edition.made), ("deleted", edition.deleted))
    }
    counts = ("number", "revision", "complete", "stories", "updates", "seen", "articles")
    of = {"sources": list(edition.sources), "topic": edition.topic}
    return {**{name: getattr(edition, name) for name in counts}, **days, **moments, **of}


def article_json(
    article: Article,
    passages: int | None = None,
    *,
    text: bool = False,
    edited: bool | None = None,
    correction: Correction | None = None,
) -> dict[str, Any]:
    """An article for ``library list`` and, with its text, ``library show``; with what the reader corrected in it."""
    told: dict[str, Any] = {
        "id": article.id,
        "version": article.version,
        "title": article.title,
        "source": article.source,
        "published": article.published.iso if article.published else None,
        "url": article.url,
    }
    if passages is not None:
        told["passages"] = passages
    if edited is not None:
        told["edited"] = edited
    if correction:
        published = correction.published.iso if correction.published else None
        filed = {"title": correction.title, "source": correction.source, "published": published}
        told["corrected"] = {"fields": sorted(correction.fields), "in_file": filed}
    if text:
        told |= {"origin": article.origin, "digest": article.digest, "text": article.text}
        told |= {name: value for name, value in asdict(article.details).items() if value}
    return told


def recheck_json(report: RecheckReport, found: Sequence[Rechecked]) -> dict[str, Any]:
    """What a recheck found, sentence by sentence; ``was`` is null for a sentence without a verdict in the file."""
    sentences = [
        {
            "question": one.question,
            "text": show(one.text),
            "was": one.was.value if one.was else None,
            "now": one.now.value,
            "reasons": [show(reason) for reason in one.reasons],
            "changes": [show(change) for change in one.changes],
        }
        for one in found
    ]
    return {**asdict(report), "sentences": sentences}


def report_json(report: IngestReport) -> dict[str, Any]:
    """What an ingest did."""
    return asdict(report)


def sync_json(report: SyncReport) -> dict[str, Any]:
    """What a synchronisation with the shared store did."""
    return asdict(report)


def error_json(error: NewsdeskError) -> dict[str, Any]:
    """An error as every command prints it with ``--json``."""
    return {"error": {"code": error.code, "message": show(error.message), "hint": show(error.hint)}}
