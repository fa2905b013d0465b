"""Recheck: the sentences of an exported answer or briefing, verified again against the library as it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa import cite
from qa.answer import checked
from qa.clean import show_line
from qa.engine import Engine
from qa.errors import InputError
from qa.render import Sentence, read_export
from qa.types import Article, Cancel, Citation, Claim, Hit, How, Passage, Rechecked, RecheckReport, Verdict

LARGEST = 20_000_000
"""Bytes of a file that is read."""
_WIDTHS = (1, 3, 0)
"""Passages around a quote that are read as its evidence: an answer may have had neighbours joined, or only one."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Where what a sentence cites stands now."""

    article: Article
    """The current version."""
    start: int
    """Of the quoted words in its text, or of what was there before where they are gone."""
    changes: tuple[str, ...]


def recheck(engine: Engine, path: Path, *, cancel: Cancel | None = None) -> Iterator[Rechecked | RecheckReport]:
    """Verify an exported conversation, answer or briefing again, sentence by sentence, and the words that a briefing
    quotes; the last event is the RecheckReport.

    Raises InputError when the file cannot be read or is no export.
    """
    cancel = cancel or Cancel()
    exported = read_export(_text(path), show_line(str(path)))
    done = changed = 0
    for sentence in exported.sentences:
        if cancel.cancelled:
            break
        told = _rechecked(engine, sentence)
        done, changed = done + 1, changed + bool(told.changes)
        yield told
    complete = done == len(exported.sentences)
    yield RecheckReport(done, changed + exported.removed, exported.removed, complete, exported.edited)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than any export", "Name an exported conversation, answer or briefing.")
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}", "Name a UTF-8 file.") from None


def _rechecked(engine: Engine, sentence: Sentence) -> Rechecked:
    places = [_place(engine, citation) for citation in sentence.citations]
    found = [place for place in places if isinstance(place, _Found)]
    changes = [change for place in places for change in (place.changes if isinstance(place, _Found) else (place,))]
    if sentence.edited:
        changes.insert(0, "this sentence is not as it was exported")
    if sentence.quoted:
        return _requoted(sentence, changes)
    claim = _verified(engine, sentence, found)
    if sentence.verdict is None:
        changes.append(f"it had no verdict; it is {claim.verdict.value}")
    elif claim.verdict is not sentence.verdict:
        changes.append(f"it was {sentence.verdict.value} and is {claim.verdict.value} now")
    return Rechecked(
        sentence.question, sentence.text, sentence.verdict, claim.verdict, claim.reasons, tuple(dict.fromkeys(changes))
    )


def _requoted(sentence: Sentence, changes: Sequence[str]) -> Rechecked:
    """Words that are only quoted: they stand where they are said to, or they do not."""
    now = Verdict.UNCITED if not sentence.citations else Verdict.UNSUPPORTED if changes else Verdict.SUPPORTED
    return Rechecked(sentence.question, sentence.text, None, now, (), tuple(dict.fromkeys(changes)))


def _verified(engine: Engine, sentence: Sentence, found: Sequence[_Found]) -> Claim:
    """The sentence as a claim, with the verdict on what stands in the library now.

    How much of an article an answer was written from is not exported; of the widths that are possible, the first that
    gives the exported verdict counts, so that a sentence changes only where no reading of the evidence bears it out.
    """
    claims: list[Claim] = []
    for width in _WIDTHS:
        hits = [_hit(engine, place, width) for place in found]
        _, (claim, *_) = checked([cite.Sentence(sentence.text, tuple(range(1, len(hits) + 1)))], hits, engine.verifier)
        if claim.verdict is sentence.verdict and not sentence.edited:
            return claim
        claims.append(claim)
    return claims[0]


def _hit(engine: Engine, found: _Found, width: int) -> Hit:
    """The passages at a place as one hit: the one with the quote, and ``width`` on both sides."""
    article = found.article
    passages = engine.library.catalogue.passages_of(article.id)
    at = next((n for n, one in enumerate(passages) if one.start <= found.start < one.end), 0)
    some = passages[max(0, at - width) : at + width + 1]
    start, end = (some[0].start, some[-1].end) if some else (0, len(article.text))
    text = article.text[start:end]
    return Hit(
        Passage(f"{article.id}+{at}", article.id, article.version, at, start, end, text), article, 1.0, How(1, 1)
    )


def _place(engine: Engine, citation: Citation) -> _Found | str:
    """Where cited words stand now; or, where their article is gone, a sentence that says so."""
    catalogue, whose = engine.library.catalogue, f"“{citation.title}”"
    now = catalogue.by_id(citation.article_id)
    if now is None:
        return f"the article {whose} ({citation.article_id}) is not in the library any more"
    then = catalogue.version(citation.article_id, citation.version)
    changes = []
    if then is None or not _holds(_words(then, citation), citation):
        changes.append(_misquoted(then, citation))
    place = _located(now, citation)
    if now.version != citation.version:
        changes.append(_newer(now, place, citation))
    return _Found(now, min(place if place is not None else citation.start, max(0, len(now.text) - 1)), tuple(changes))


def _misquoted(then: Article | None, citation: Citation) -> str:
    """What is to be said of a quote that does not stand where it is said to."""
    whose = f"“{citation.title}”"
    if then is None:
        return f"version {citation.version} of {whose} is not in the library"
    place = _located(then, citation)
    where = f"{citation.field} {citation.start}–{citation.end}"
    if place is None:
        return f"the quoted words are not in {whose} (version {citation.version}, {where})"
    return f"the quoted words are not at {where} of {whose} but at {citation.field} {place}"


def _newer(now: Article, place: int | None, citation: Citation) -> str:
    titled = f", now “{now.title}”" if now.title != citation.title else ""
    kept = f"the quoted words are still there, at {place}" if place is not None else "the quoted words are gone from it"
    return f"“{citation.title}” has a newer version ({now.version} after {citation.version}{titled}): {kept}"


def _words(article: Article, citation: Citation) -> str:
    return (article.title if citation.field == "title" else article.text)[citation.start : citation.end]


def _holds(words: str, citation: Citation) -> bool:
    """Whether words are the quoted ones, as exports show them (on one line, invisible characters replaced)."""
    return _flat(words) == _flat(citation.quote)


def _flat(text: str) -> str:
    return " ".join(show_line(text).split())


def _located(article: Article, citation: Citation) -> int | None:
    """Where the quoted words stand in an article, white space aside: where they are said to, else the first place."""
    if _holds(_words(article, citation), citation):
        return citation.start
    quoted = citation.quote.split()
    if not quoted:
        return None
    pattern = r"\s+".join(re.escape(word) for word in quoted)
    match = re.search(pattern, show_line(article.title if citation.field == "title" else article.text))
    return match.start() if match else None
