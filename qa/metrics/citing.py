"""Citation recall and precision as ALCE defines them (Gao et al. 2023, arXiv 2305.14627), with any judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

_Text = TypeVar("_Text")
"""What a citation is judged by: a text, or what a judge reads of it."""
Judge = Callable[[Sequence[_Text], str], bool]
"""Whether a sentence is supported by texts that are read together."""


@dataclass(frozen=True, slots=True)
class CitationScore:
    """Of one answer. A mean over answers is ALCE's figure."""

    recall: float
    """Share of its sentences that all of their citations together support."""
    precision: float
    """Share of its citations that are needed or support their sentence alone, of a sentence that is supported."""
    sentences: int
    citations: int


def citation_score(sentences: Sequence[tuple[str, Sequence[_Text]]], judge: Judge[_Text]) -> CitationScore:
    """Score of an answer, each sentence with the texts that it cites. Without sentences, or citations, 0.0."""
    recalled = precise = cited = 0
    for sentence, texts in sentences:
        cited += len(texts)
        if not texts or not judge(texts, sentence):
            continue
        recalled += 1
        precise += 1 if len(texts) == 1 else sum(_counts(texts, n, sentence, judge) for n in range(len(texts)))
    return CitationScore(
        recall=recalled / len(sentences) if sentences else 0.0,
        precision=precise / cited if cited else 0.0,
        sentences=len(sentences),
        citations=cited,
    )


def _counts(texts: Sequence[_Text], n: int, sentence: str, judge: Judge[_Text]) -> bool:
    """Whether a citation supports the sentence alone, or the others do not without it."""
    return judge([texts[n]], sentence) or not judge([*texts[:n], *texts[n + 1 :]], sentence)
