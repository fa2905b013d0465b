"""Evidence: passages as a model is shown them, numbered, dated, and fenced as data.

The fence is a random mark made for each request, so that no article can close it or open a passage of its own. Where
a request must be the same whenever it is made, because its reply is recorded, the mark is a digest of the request.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from qa.types import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage as a model is shown it."""

    n: int
    """The number that markers cite."""
    title: str
    source: str | None
    published: date | None
    text: str


def evidence(hits: Sequence[Hit]) -> list[Evidence]:
    """The hits as a model is shown them, numbered from 1."""
    return [
        Evidence(
            n,
            hit.article.title,
            hit.article.source,
            hit.article.published.day if hit.article.published else None,
            hit.passage.text,
        )
        for n, hit in enumerate(hits, 1)
    ]


def evidence_block(items: Sequence[Evidence], fence: str) -> str:
    """``items`` numbered, dated and attributed between lines that carry ``fence``.

    Raises ValueError when ``fence`` occurs in an item: it must be one that no article can know.
    """
    if any(fence in _all(item) for item in items):
        raise ValueError("the fence occurs in the evidence")
    blocks = [f"=== {fence} passages begin ==="]
    for item in items:
        published = "on an unknown day" if item.published is None else item.published.isoformat()
        blocks.append(
            f"=== {fence} passage [{item.n}] ===\n"
            f"Title: {_line(item.title)}\n"
            f"Source: {_line(item.source or 'unknown')}\n"
            f"Published: {published}\n\n"
            f"{item.text.strip()}"
        )
    blocks.append(f"=== {fence} passages end ===")
    return "\n\n".join(blocks)


def talk_block(turns: Sequence[tuple[str, str]], fence: str) -> str:
    """Questions and answers of a conversation between lines that carry ``fence``."""
    said = [f"=== {fence} question ===\n{_line(q)}\n\n=== {fence} answer ===\n{_line(a)}" for q, a in turns]
    return "\n\n".join([f"=== {fence} conversation begins ===", *said, f"=== {fence} conversation ends ==="])


def case_block(question: str, known: Sequence[str], answer: str, fence: str) -> str:
    """A question, what is known to be right, and an answer to it, between lines that carry ``fence``."""
    parts = [("question", _line(question)), ("known", "\n".join(map(_line, known))), ("answer", _line(answer))]
    said = [f"=== {fence} {name} ===\n{text}" for name, text in parts]
    return "\n\n".join([f"=== {fence} case begins ===", *said, f"=== {fence} case ends ==="])


def new_fence(items: Sequence[Evidence]) -> str:
    """A random mark of 16 hex digits that occurs in none of ``items``."""
    while any((mark := secrets.token_hex(8)) in _all(item) for item in items):
        pass
    return mark


def derived_fence(items: Sequence[Evidence], of: Sequence[str]) -> str:
    """A mark of 32 hex digits that occurs in none of ``items``, always the same for the same items and ``of`` (what
    else the request says): SHA-256 over all of it. An article that held it would have to hold a digest of itself.
    """
    said = [[item.n, item.title, item.source, str(item.published), item.text] for item in items]
    for attempt in count():
        told = json.dumps([attempt, list(of), said])
        mark = hashlib.sha256(told.encode()).hexdigest()[:32]
        if not any(mark in _all(item) for item in items):
            return mark
    raise AssertionError  # pragma: no cover - count() has no end


def _line(text: str) -> str:
    return " ".join(text.split())


def _all(item: Evidence) -> str:
    return f"{item.title} {item.source} {item.text}"
