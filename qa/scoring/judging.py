"""Who judges: a verifier is told from another by what it decides, so that a rewritten one that decides alike is the
same, and one with another rule, word list, weight or border is not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

from qa.evaluation import Judge
from qa.resources import resource_folder
from qa.types import Cited
from qa.verify import SUPPORTED_FROM, WEAK_FROM, Verifier, read_claim
from qa.verify.support import support

NAME = "newsdesk"
_PLACES = 2
"""Decimals of the log odds that tell judges apart: by words alone, which are the same on every machine."""


def judge_of(verifier: Verifier, embedder: str) -> Judge:
    """The judge that ``verifier`` is, with the vectors of ``embedder`` (its fingerprint): its digest is of verdicts,
    by words and with vectors, and of how far from either border it sees the claims of ``judge.jsonl``."""
    told = [_decided(verifier, claim, cited) for claim, cited in _table()]
    return Judge(NAME, hashlib.sha256(json.dumps([embedder, told]).encode()).hexdigest())


def _decided(verifier: Verifier, claim: str, cited: list[Cited]) -> list[str | float | bool]:
    by_words = replace(verifier, meaning=None)
    found, plain = verifier(claim, cited), by_words(claim, cited)
    odds = support(read_claim(claim, cited), None) if cited else 0.0
    apart = [round(odds - border, _PLACES) for border in (SUPPORTED_FROM, WEAK_FROM)]
    return [found.verdict.value, plain.verdict.value, plain.contradicted, *apart]


def _table() -> Iterator[tuple[str, list[Cited]]]:
    for line in (resource_folder("scoring") / "judge.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["claim"], [_cited(**one) for one in row["evidence"]]


def _cited(text: str, title: str = "", date: str = "", source: str = "") -> Cited:
    header = " · ".join(part for part in (title, source, date) if part)
    return Cited(text, text, text, header, title)
