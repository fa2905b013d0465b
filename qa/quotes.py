"""Quotes: every quotation of the library's articles, with who says it, newest first."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from qa.engine import Engine
from qa.errors import UsageError
from qa.facts import IRREGULAR, content_stems, fold, normal_quote
from qa.names import alike, names_in_use
from qa.quotations import AlikeFn, folded, in_full, is_about, is_by, quotations_of
from qa.retrieve import known_articles, known_sources, window_given
from qa.types import Article, Cancel, Notice, Progress, Query, Quotation, QuotesReport, Window

MAX_QUOTES = 100_000
_PROGRESS_EVERY = 250
_SAME_FROM = 5
"""Words from which on the same words of the same speaker in another article are a copy."""


def quotes(
    engine: Engine,
    *,
    by: str = "",
    about: str = "",
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
    articles: Sequence[str] = (),
    k: int | None = None,
    everything: bool = False,
    cancel: Cancel | None = None,
) -> Iterator[Notice | Progress | QuotesReport]:
    """The quotations of those whose name or office has every word of ``by``, which have (or whose sentence has) every
    word of ``about``, newest first: the first ``k`` of them, or all. Words that several articles quote of one speaker
    are one quotation, that of the newest article, with the others noted.

    With ``everything`` also marked words and titles. The last event is the QuotesReport; cancelled, it has what was
    found so far. Raises UsageError for options that mean nothing.
    """
    if k is not None and not 1 <= k <= MAX_QUOTES:
        raise UsageError(f"-k {k} is out of range", f"Ask for 1 to {MAX_QUOTES} quotations, or leave it out.")
    wanted = _Wanted(by, about, k, everything)
    query = replace(
        _query(engine, window_given(engine, first, last), as_of),
        sources=known_sources(engine, sources),
        articles=known_articles(engine, articles),
    )
    scope = engine.library.scope(query)
    total = engine.library.searched(query)
    cancel = cancel or Cancel()
    read = 0
    for article in engine.library.articles(scope):
        if cancel.cancelled:
            break
        wanted.look_into(article)
        read += 1
        if read % _PROGRESS_EVERY == 0:
            yield Progress("reading quotations", read, total)
    newer = engine.library.catalogue.newer_than(query.as_of)
    undated = 0 if scope.undated else engine.library.stats().undated
    yield from _notices(newer, undated, query)
    yield QuotesReport(
        quotations=tuple(wanted.found),
        total=wanted.total,
        articles=read,
        marked=wanted.marked,
        query=query,
        by=by,
        about=about,
        left_out=newer,
        undated=undated,
        complete=not cancel.cancelled,
    )


@dataclass(slots=True)
class _Wanted:
    """What is asked for, and what was found of it so far."""

    by: str
    about: str
    k: int | None
    everything: bool
    found: list[Quotation] = field(default_factory=list)
    total: int = 0
    marked: int = 0
    _seen: dict[bytes, int] = field(default_factory=dict)
    """Digest of speaker and words to the number of the quotation."""
    _names: tuple[str, ...] = ()
    _alike: AlikeFn = str
    _respelled: frozenset[str] = frozenset()
    _stems: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        groups = names_in_use()
        self._alike = alike(groups)
        self._respelled = _RESPELLED | {word for group in groups for name in group for word in folded(name)}
        self._names = folded(self.by, self._alike)
        if self._names == folded(self.by):
            self._names = folded(self.by.title(), self._alike)
        self._stems = frozenset(content_stems(self.about))
        if self.by.strip() and not self._names:
            raise UsageError(f"--by {self.by!r} names nobody", "Give a name or a part of one.")
        if self.about.strip() and not self._stems:
            raise UsageError(f"--about {self.about!r} has no word to look for", "Give a word of what was said.")

    def look_into(self, article: Article) -> None:
        """Add what an article has of it."""
        if not self._may_have(article.text):
            return
        for found in quotations_of(article):
            one = in_full(found, article.text) if self._names else found
            if self._names and not is_by(one, self._names, self._alike):
                continue
            if self._stems and not is_about(one, self._stems, article.text):
                continue
            if one.kind != "quotation" and not self.everything:
                self.marked += 1
            else:
                self._add(one, article.text)

    def _may_have(self, text: str) -> bool:
        """Whether an article may have what is asked for: the words of a name or a stem begin with the same letters in
        every form, but for those that have a form of their own."""
        names = [name[:3] for name in self._names if len(name) > 2 and name not in self._respelled]
        stems = [stem[:4] for stem in self._stems if len(stem) > 3 and stem not in _BASES]
        if not names and not stems:
            return True
        parts, plain = (*names, *stems), text.lower()
        if all(part in plain for part in parts):
            return True
        return _ACCENTED.search(text) is not None and all(part in fold(text) for part in parts)

    def _add(self, one: Quotation, text: str) -> None:
        words = normal_quote(one.text)
        same = words if len(words.split()) >= _SAME_FROM else f"{words}\x1f{one.article_id}"
        speaker = fold(one.speaker).split()[-1:] or [""]
        key = hashlib.blake2b(f"{speaker[0]}\x1f{same}".encode(), digest_size=12).digest()
        at = self._seen.setdefault(key, self.total)
        if at < self.total:
            if at < len(self.found):
                self.found[at] = _with_copy(self.found[at], one)
            return
        self.total += 1
        if self.k is None or len(self.found) < self.k:
            self.found.append(in_full(one, text))


_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")
_RESPELLED = frozenset(
    "us usa america american uk britain british eu european turkiye turkey turkish france french".split()
)
"""Names of which ``aliases`` knows spellings that begin otherwise."""
_BASES = frozenset(IRREGULAR.values())
"""Stems of words that have forms which begin otherwise."""


def _with_copy(one: Quotation, other: Quotation) -> Quotation:
    if other.article_id == one.article_id or any(other.article_id == known for known, _ in one.also_in):
        return one
    return replace(one, also_in=(*one.also_in, (other.article_id, other.source or "")))


def _query(engine: Engine, window: Window | None, as_of: str | None) -> Query:
    """What is searched, by the rules of ``ask``, sources and articles apart. Raises UsageError for a wrong day."""
    seen_from = engine.seen_from(as_of)
    return Query(text="", as_of=seen_from, as_of_given=as_of is not None, window=window or Window())


def _notices(newer: int, undated: int, query: Query) -> Iterator[Notice]:
    if newer:
        yield Notice(f"left out {newer} article(s) newer than {query.as_of.isoformat()}")
    if undated:
        yield Notice(f"left out {undated} undated article(s), because a window or an as-of date is set")
