"""Evidence: passages as a model is shown them, numbered, dated, and fenced as data.

The fence is a random mark made for each request, so that no article can close it or open a passage of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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


def new_fence(items: Sequence[Evidence]) -> str:
    """A random mark of 16 hex digits that occurs in none of ``items``."""
    while any((mark := secrets.token_hex(8)) in _all(item) for item in items):
        pass
    return mark


def _line(text: str) -> str:
    return " ".join(text.split())


def _all(item: Evidence) -> str:
    return f"{item.title} {item.source} {item.text}"
