"""Neighbouring passages: found side by side in one article, they are read as the continuous text they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.types import Hit, Passage

MOST_JOINED = 3
"""Passages joined at most: a model's context is shared by all that was found."""


def following(hits: Sequence[Hit]) -> dict[int, int]:
    """For each hit whose passage goes straight on in another hit, the indexes of both: the one, and the next."""
    at = {(hit.article.id, hit.article.version, hit.passage.n): i for i, hit in enumerate(hits)}
    found: dict[int, int] = {}
    for i, hit in enumerate(hits):
        after = at.get((hit.article.id, hit.article.version, hit.passage.n + 1))
        if after is not None and hits[after].passage.start == hit.passage.end:
            found[i] = after
    return found


def joined(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """``hits`` with neighbouring passages of one article version as one, in the place of the best of them.

    From the best hit on, each takes in the better of its neighbours, up to three passages together. The text of a
    joined passage is that of its article from the first character to the last.
    """
    after = following(hits)
    before = {second: first for first, second in after.items()}
    taken: set[int] = set()
    found: list[Hit] = []
    for i in range(len(hits)):
        if i in taken:
            continue
        stretch = [i]
        while len(stretch) < MOST_JOINED:
            first, last = before.get(stretch[0]), after.get(stretch[-1])
            free = [n for n in (first, last) if n is not None and n not in taken]
            if not free:
                break
            stretch = [first, *stretch] if first is not None and min(free) == first else [*stretch, min(free)]
        taken.update(stretch)
        found.append(hits[i] if len(stretch) == 1 else _as_one(hits[i], [hits[n].passage for n in stretch]))
    return tuple(found)


def _as_one(best: Hit, passages: Sequence[Passage]) -> Hit:
    first, last = passages[0], passages[-1]
    text = "".join(passage.text for passage in passages)
    name = "+".join(passage.id for passage in passages)
    return replace(best, passage=replace(first, id=name, end=last.end, text=text))
