"""What workers load of cited words: those around them, their article, and what became of it since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.render import fate_words
from qa.types import Article, Cancel, Citation
from tui.around import Around, around
from tui.widgets.article_text import shown_text

if TYPE_CHECKING:
    from qa.engine import Engine


@dataclass(frozen=True, slots=True)
class Opening:
    """An article as a worker loaded it: where to open it, what else is cited from it, and its text as it is shown."""

    article: Article
    citation: Citation | None = None
    others: tuple[Citation, ...] = ()
    shown: str = ""
    """Empty where it is yet to be made."""
    compared: tuple[Article, Article] | None = None
    """Two versions whose difference can be shown, the earlier first."""
    since: str = ""
    """What became of it since it was cited."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where cited words stand, and what became of their article since; empty where it is as it was."""

    citation: Citation
    around: Around | None
    since: str


def looked_up(engine: Engine, citation: Citation, cancel: Cancel) -> Iterator[Whereabouts]:
    """The words around a quote as they were when it was cited, and what became of its article since."""
    if cancel.cancelled:
        return
    fate = engine.library.fate(citation)
    told = around(engine.library.article(citation.article_id, citation.version), citation) if fate.stand else None
    yield Whereabouts(citation, told, fate_words(fate, citation))


def opened(
    engine: Engine,
    place: tuple[str, int],
    citation: Citation | None,
    others: Sequence[Citation],
    cancel: Cancel,
) -> Iterator[Opening]:
    """A version of an article (its id and number) at a quote, and the one that it is to be compared with: the current
    one, or of the current one the one before."""
    if cancel.cancelled:
        return
    article_id, version = place
    article = engine.library.article(article_id, version)
    *earlier, now = engine.library.versions(article_id)
    compared = (article, now) if article.version != now.version else (earlier[-1], now) if earlier else None
    since = ""
    if citation is not None:
        fate = engine.library.fate(citation)
        since, citation = fate_words(fate, citation), citation if fate.stand else None
        others = others if fate.stand else ()
    yield Opening(article, citation, tuple(others), shown_text(article), compared, since)
