"""Forget: an article's text erased everywhere, in the library and in what was kept of it."""

from __future__ import annotations

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
    """Erase an article (removed or not) in all its versions: afterwards no file of the library holds its text.

    What is kept goes first, so that a kill on the way leaves something that can be forgotten again. Raises
    NotFoundError, and LibraryError where another program has the library's index open or keeps it busy.
    """
    library = engine.library
    held = forgetting.held(library, article_id)
    with forgetting.alone(library):
        kept = engine.journal.forget(article_id, held.texts)
        forgetting.erase(library, article_id)
    return Forgotten(article_id, kept, held.places, held.same)
