"""The quotes in what is kept: found in kept answers, briefings and cases whatever version of Newsdesk kept them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OF_A_QUOTE = {"article_id", "version", "field", "start", "end", "quote"}


def citations(told: Any) -> Iterator[dict[str, Any]]:
    """Every citation in a kept value, as JSON, each as often as it stands there."""
    if isinstance(told, dict):
        if is_citation(told):
            yield told
        told = list(told.values())
    if isinstance(told, list):
        for one in told:
            yield from citations(one)


def is_citation(told: dict[str, Any]) -> bool:
    """Whether an object of a kept value is a citation."""
    return told.keys() >= _OF_A_QUOTE and isinstance(told["quote"], str)
