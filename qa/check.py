"""Check: claims of anybody's, each against the evidence given with it, by the verifier that answers pass.

It needs no library, no model and no network. A file holds one JSON object a line:
``{"claim": "…", "evidence": [{"text": "…", "title"?: "…", "date"?: "2026-02-04", "source"?: "…"}]}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from qa.cite import header, quote_for
from qa.dates import parse_published
from qa.embed import Embedder
from qa.errors import InputError
from qa.meanings import Meanings
from qa.names import alike, names_in_use
from qa.types import Article, Cancel, Checked, CheckReport, Cited, Passage, Quote
from qa.verify import Verifier

FORM = 'Each line is {"claim": "…", "evidence": [{"text": "…", "title"?: "…", "date"?: "2026-02-04", "source"?: "…"}]}.'


def check(path: Path, *, cancel: Cancel | None = None) -> Iterator[Checked | InputError | CheckReport]:
    """The verdict on the claim of each line of ``path``, in order; an InputError, which names the line, stands in the
    place of one that cannot be read. The last event is the CheckReport. Offsets are positions in the evidence as it was
    given. Raises InputError when the file cannot be read or holds no claims, and
    ConfigError for a wrong table of names."""
    cancel = cancel or Cancel()
    done = wrong = 0
    complete = True
    verifier = Verifier(Meanings(Embedder(threads=1).embed_pieces), alike(names_in_use()))
    for number, line in _lines(path):
        if cancel.cancelled:
            complete = False
            break
        try:
            yield _checked(number, *_claim_of(line), verifier)
            done += 1
        except _WrongLineError as error:
            yield InputError(f"{path}:{number}: {error}", FORM)
            wrong += 1
    yield CheckReport(done, wrong, complete)


def verdict_on(claim: str, evidence: Sequence[Mapping[str, Any]], verifier: Verifier | None = None) -> Checked:
    """The verdict on one claim against evidence in the form of a line's. Raises ValueError when that is wrong."""
    return _checked(0, claim, [_article(n, one) for n, one in enumerate(evidence)], verifier or Verifier())


class _WrongLineError(ValueError):
    """What is wrong with a line."""


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}", "Name a UTF-8 file.") from None
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise InputError(f"{path}: holds no claims", FORM)
    return lines


def _claim_of(line: str) -> tuple[str, list[Article]]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _WrongLineError(f"not JSON ({error})") from None
    if not isinstance(fields, dict) or not isinstance(fields.get("claim"), str) or not fields["claim"].strip():
        raise _WrongLineError("no claim")
    if not isinstance(fields.get("evidence"), list):
        raise _WrongLineError("evidence is not a list")
    return fields["claim"], [_article(n, one) for n, one in enumerate(fields["evidence"])]


def _article(n: int, fields: Any) -> Article:
    """Evidence as an article; its text is kept as given, because offsets point into it."""
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        raise _WrongLineError(f"evidence {n} has no text")
    given = {name: fields.get(name) or "" for name in ("title", "source", "date")}
    for name, value in given.items():
        if not isinstance(value, str):
            raise _WrongLineError(f"the {name} of evidence {n} is not a text")
    try:
        published = parse_published(given["date"], UTC) if given["date"].strip() else None
    except ValueError as error:
        raise _WrongLineError(f"the date of evidence {n}: {error}") from None
    return Article(str(n), str(n), 1, given["title"], given["source"] or None, None, published, fields["text"], "")


def _checked(line: int, claim: str, evidence: list[Article], verifier: Verifier) -> Checked:
    finding = verifier(claim, [_cited(claim, article) for article in evidence])
    quotes = tuple(Quote(one.evidence, one.field, one.start, one.end) for one in finding.carried_by)
    return Checked(line, claim, finding.verdict, finding.reasons, quotes)


def _cited(claim: str, article: Article) -> Cited:
    text = article.text
    quote, near = quote_for(claim, Passage(article.id, article.id, 1, 0, 0, len(text), text))
    words = text[quote.start : quote.end] if quote else ""
    return Cited(words, text[near.start : near.end], text, header(article), article.title)
