"""The words around a quote: what a reader must see to judge whether it says what it is cited for."""

from __future__ import annotations

from dataclasses import dataclass

from qa.types import Article, Citation

_BEFORE = 400
_AFTER = 600
"""Characters shown before and after the cited words, at most."""
_MOST_QUOTED = 4_000


@dataclass(frozen=True, slots=True)
class Around:
    """The cited words with those before and after them; ``cut_before`` and ``cut_after`` say that there are more."""

    before: str
    quote: str
    after: str
    cut_before: bool
    cut_after: bool


def around(article: Article, citation: Citation) -> Around | None:
    """What stands around ``citation`` in ``article``, broken at words; None for a headline, which stands alone."""
    if citation.field == "title":
        return None
    text, start, end = article.text, citation.start, min(citation.end, citation.start + _MOST_QUOTED)
    first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    if first:
        paragraph, blank = text.rfind("\n\n", first, start), text.find(" ", first, start)
        first = paragraph + 2 if paragraph >= 0 else blank + 1 if blank >= 0 else first
    if last < len(text):
        paragraph, blank = text.find("\n\n", end, last), text.rfind(" ", end, last)
        last = paragraph if paragraph >= 0 else blank if blank >= 0 else last
    return Around(text[first:start], text[start:end], text[end:last], first > 0, last < len(text))
