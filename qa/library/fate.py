"""What became of cited words: whether their article is still here, as it was, and has them yet."""

from __future__ import annotations

from qa.library import removed
from qa.library.catalogue import Catalogue
from qa.types import Article, Citation, Fate


def fate(catalogue: Catalogue, citation: Citation) -> Fate:
    """What became of cited words."""
    now = catalogue.by_id(citation.article_id)
    if now is None:
        taken = bool(removed.found(catalogue.select, "id", citation.article_id))
        return Fate(None, removed=taken, stand=False, kept=False)
    then, after = (
        now if now.version == version else catalogue.version(now.id, version)
        for version in (citation.version, citation.version + 1)
    )
    return Fate(
        now.version,
        changed=after.details.changed if after else None,
        stand=then is not None and stand(then, citation),
        kept=_flat(citation.quote) in _flat(now.title if citation.field == "title" else now.text),
    )


def stand(article: Article, citation: Citation) -> bool:
    """Whether the words of a citation are where it says in an article."""
    words = article.title if citation.field == "title" else article.text
    return words[citation.start : citation.end] == citation.quote


def _flat(text: str) -> str:
    return " ".join(text.split())
