"""The text of an answer against its sentences: it says each in its place, marked with the numbers that it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.types import Citation, Claim

_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Composed:
    """How the text of an answer agrees with its sentences."""

    share: float
    """Share of the sentences that stand in the text where they say, with the numbers of what they cite behind them."""
    failures: tuple[str, ...] = ()


def composed_as_told(text: str, claims: Sequence[Claim]) -> Composed | None:
    """How ``text`` agrees with ``claims``, all of them; None without any."""
    if not claims:
        return None
    ends = [*(claim.start for claim in claims[1:]), len(text)]
    right = [_is_in_place(text, claim, end) for claim, end in zip(claims, ends, strict=True)]
    right[0] = right[0] and not text[: claims[0].start].strip(" ~")
    cited = {c.n for claim in claims for c in claim.citations}
    named = {int(n) for n in _MARKER.findall(text)}
    wrong = [claim for claim, is_right in zip(claims, right, strict=True) if not is_right]
    twofold = _twofold([c for claim in claims for c in claim.citations])
    return Composed(
        sum(right) / len(right) if not twofold else 0.0,
        (
            *(f"text names [{n}], which nothing cites" for n in sorted(named - cited)),
            *(f"text does not name [{n}], which is cited" for n in sorted(cited - named)),
            *(f"[{n}] is more than one article" for n in twofold),
            *(f"text and sentence are not the same: “{claim.text[:80]}”" for claim in wrong),
        ),
    )


def _is_in_place(text: str, claim: Claim, end: int) -> bool:
    """Whether a sentence stands at its offsets, and between it and ``end`` its numbers alone."""
    behind = text[claim.end : end].replace("~~", "").strip()
    numbers = dict.fromkeys(c.n for c in claim.citations)
    return text[claim.start : claim.end] == claim.text and behind == "".join(f"[{n}]" for n in numbers)


def _twofold(citations: Sequence[Citation]) -> list[int]:
    """The numbers that stand for more than one article."""
    articles: dict[int, set[str]] = {}
    for citation in citations:
        articles.setdefault(citation.n, set()).add(citation.article_id)
    return [n for n, ids in articles.items() if len(ids) > 1]
