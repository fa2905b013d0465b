"""A server's reply to an embeddings request, read with suspicion: count, order, dimensions, finite numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The vectors of one request."""

    number: int
    """Which request, from 0."""
    vectors: NDArray[np.float32]
    """Unit vectors in the order of the texts, shape (texts, dimensions)."""
    tokens: int | None
    """What the server says it read."""


def read_vectors(body: bytes, number: int, texts: int) -> Embedded:
    """The vectors in ``body``, one for each of ``texts`` texts, ordered by ``index`` and made unit length.

    Raises ValueError, saying what is wrong with them.
    """
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if not isinstance(reply, dict) or not isinstance(reply.get("data"), list):
        raise ValueError("no list of vectors")
    rows = _ordered(reply["data"], texts)
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or 0 in lengths:
        raise ValueError("vectors of different lengths")
    return Embedded(number, _unit(rows), _tokens(reply.get("usage")))


def _ordered(data: list[Any], texts: int) -> list[list[Any]]:
    if len(data) != texts:
        raise ValueError(f"{len(data)} vectors for {texts} texts")
    found: dict[int, list[Any]] = {}
    for item in data:
        place, row = (item.get("index"), item.get("embedding")) if isinstance(item, dict) else (None, None)
        if isinstance(row, str):
            raise ValueError("vectors as text (base64), although numbers were asked for")
        if not isinstance(row, list) or not isinstance(place, int) or not 0 <= place < texts or place in found:
            raise ValueError("vectors that do not say which text they are of")
        found[place] = row
    return [found[place] for place in range(texts)]


def _unit(rows: list[list[Any]]) -> NDArray[np.float32]:
    import numpy as np

    if not all(type(value) in (int, float) for row in rows for value in row):
        raise ValueError("vectors of something other than numbers")
    try:
        made = np.asarray(rows, dtype=np.float64)
    except OverflowError:
        raise ValueError("vectors that are not finite") from None
    with np.errstate(over="ignore"):
        norms = np.linalg.norm(made, axis=1, keepdims=True)
    if not np.isfinite(made).all() or not np.isfinite(norms).all():
        raise ValueError("vectors that are not finite")
    if not norms.all():
        raise ValueError("a vector of zeros")
    return np.asarray(made / norms, dtype=np.float32)


def _tokens(usage: object) -> int | None:
    told = usage.get("prompt_tokens", usage.get("total_tokens")) if isinstance(usage, dict) else None
    return told if type(told) is int and told >= 0 else None
