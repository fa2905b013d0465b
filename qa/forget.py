"""Forget: an article's text erased everywhere, in the library and in what was kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.engine import Engine
from qa.library import forgetting


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased."""

    id: str
    kept: int
    """Kept answers, briefings and cases that quoted it, and now say that it was forgotten."""
    places: tuple[str, ...]
    """The files or addresses it came from, which are untouched: read again, it is back."""
    same: tuple[str, ...]
    """Ids of other articles that say the same, word for word, and stay."""


def forget(engine: Engine, article_id: str) -> Forgotten:
    """Erase one article, as ``forget_all`` does."""
    return forget_all(engine, [article_id])[0]


def forget_all(engine: Engine, article_ids: Sequence[str]) -> list[Forgotten]:
    """Erase articles (removed or not) in all their versions: afterwards no file of the library holds their texts.

    What is kept goes first, so that a kill on the way leaves something that can be forgotten again. Raises
    NotFoundError where one is not there, before anything is erased, and LibraryError where another program has the
    library's index open or keeps it busy.
    """
    library, ids = engine.library, list(dict.fromkeys(article_ids))
    held = {one: forgetting.held(library, one) for one in ids}
    with forgetting.alone(library):
        kept = {one: engine.journal.forget(one, held[one].texts) for one in ids}
        forgetting.erase(library, ids)
    left = {one: tuple(other for other in held[one].same if other not in held) for one in ids}
    return [Forgotten(one, kept[one], held[one].places, left[one]) for one in ids]
