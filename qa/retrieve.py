"""Retrieval: a question becomes a Query, and the Query finds passages by words and by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Literal

from qa.dates import impossible_day, parse_day, window_of
from qa.engine import Engine, Meant
from qa.errors import UsageError
from qa.operators import Typed, parse_operators
from qa.question import parts_of
from qa.types import Hit, How, IndexChoice, IndexUsed, Notice, Query, Retrieved, Window

MAX_QUESTION = 4_000
"""Longest question in characters."""
_DEPTH = 100
"""Candidates taken from each index."""
_WORD = re.compile(r"\w+")
_COPY = 0.9
"""Share of their words that two copies of a passage have in common at least."""
_MEANING = 0.5
"""Weight of meaning against words in the fused score."""


def resolve(
    engine: Engine,
    text: str,
    *,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
) -> Query:
    """A Query from what a person typed, with the operators of ``qa.operators`` in it.

    ``first`` and ``last`` (days) win over ``after:`` and ``before:``, and those over a window in the words of ``text``.

    Raises UsageError for an empty or endless question, a day that does not exist, a window that ends before it
    begins, or a source that no article has.
    """
    text = " ".join(text.split())
    if len(text) > MAX_QUESTION:
        raise UsageError(
            f"the question has {len(text):,} characters",
            f"Ask in at most {MAX_QUESTION:,}; put articles in with ingest.",
        )
    typed = parse_operators(text)
    if not typed.text:
        raise UsageError("the question is empty", "Type a question about your articles.")
    if impossible := impossible_day(typed.text):
        raise UsageError(f"there is no {impossible}", "Correct the day, or leave it out of the question.")
    today = engine.today
    seen_from = parse_day(as_of, today, "--as-of") if as_of else today
    window = window_given(engine, first, last) or _window_typed(engine, typed) or window_of(typed.text, seen_from)
    return Query(
        text=typed.text,
        as_of=seen_from,
        as_of_given=as_of is not None,
        window=window or Window(),
        sources=known_sources(engine, (*sources, *typed.sources)),
        phrases=typed.phrases,
        without=typed.without,
    )


def _window_typed(engine: Engine, typed: Typed) -> Window | None:
    """The window of ``after:`` and ``before:``, which name the days just outside it."""
    if not typed.after and not typed.before:
        return None
    after = parse_day(typed.after, engine.today, "after") if typed.after else None
    before = parse_day(typed.before, engine.today, "before") if typed.before else None
    start = after + timedelta(days=1) if after and after < date.max else after
    end = before - timedelta(days=1) if before and before > date.min else before
    if start and end and start > end:
        raise UsageError(f"no day is after {after} and before {before}", "Exchange after: and before:.")
    why = " ".join(part for part in (f"after:{after}" if after else "", f"before:{before}" if before else "") if part)
    return Window(start, end, why)


def window_given(engine: Engine, first: str | None, last: str | None) -> Window | None:
    """The window of ``--from`` and ``--to``; None when neither is given. Raises UsageError."""
    if not first and not last:
        return None
    start: date | None = parse_day(first, engine.today, "--from") if first else None
    end: date | None = parse_day(last, engine.today, "--to") if last else None
    if start and end and start > end:
        raise UsageError(f"the window ends ({end}) before it begins ({start})", "Exchange --from and --to.")
    why = " ".join(part for part in (f"--from {start}" if start else "", f"--to {end}" if end else "") if part)
    return Window(start, end, why)


def known_sources(engine: Engine, sources: Sequence[str]) -> tuple[str, ...]:
    """The sources as the library spells them, sorted. Raises UsageError for one that no article has."""
    if not sources:
        return ()
    known = {name.casefold(): name for name in engine.library.catalogue.source_names()}
    unknown = [source for source in sources if source.casefold() not in known]
    if unknown:
        some = ", ".join(list(known.values())[:8]) or "none yet"
        raise UsageError(f"no article is from {unknown[0]!r}", f"Sources in this library: {some}.")
    return tuple(sorted(known[source.casefold()] for source in sources))


def retrieve(
    engine: Engine,
    query: Query,
    k: int,
    index: IndexChoice = "auto",
    *,
    by: Literal["passage", "article"] = "passage",
    words_only: bool = False,
) -> Retrieved:
    """The ``k`` best passages for ``query``, or the best passage of each of the ``k`` best articles.

    Identical passages count once. A question of several clear parts is searched whole and by part, and the parts take
    turns. ``words_only`` asks the word index alone, and loads no embedder. More candidates are asked for until ``k``
    are found. Score: min-max normalised BM25 and cosine similarity, half and half (convex combination; Bruch, Gai and
    Ingber 2023, arXiv 2210.11934).
    """
    library = engine.library
    scope = library.scope(query)
    wordings = [query.topic, *parts_of(query.topic)]
    depth = max(_DEPTH, 2 * k)
    used: IndexUsed = "words"
    meant = Meant((), "") if words_only else engine.meaning_of(wordings)
    while True:
        by_meaning: Sequence[Sequence[tuple[int, float]]] = [() for _ in wordings]
        if meant.vectors:
            by_meaning, used = library.by_meaning(meant.vectors, scope, depth, index, meant.embedder)
        found = [
            _Found(library.by_words(wording, scope, depth), scored)
            for wording, scored in zip(wordings, by_meaning, strict=True)
        ]
        hits = _distinct(engine, found, k, by)
        if len(hits) == k or max(len(one.by_words) + len(one.by_meaning) for one in found) < depth:
            break
        depth *= 4
    if not hits and query.phrases:
        without = replace(query, phrases=())
        return replace(retrieve(engine, without, k, index, by=by, words_only=words_only), dropped=query.phrases)
    stats = library.stats()
    return Retrieved(
        query=query,
        hits=tuple(hits),
        left_out=library.catalogue.newer_than(query.as_of),
        index=used,
        undated=0 if query.allows_undated else stats.undated,
        meaning_share=1.0 - stats.waiting / stats.passages if stats.passages else 1.0,
        embedder=meant.notice,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What both indexes found for one wording: passage numbers and scores, best first."""

    by_words: Sequence[tuple[int, float]]
    by_meaning: Sequence[tuple[int, float]]


def _ranked(found: Sequence[_Found]) -> dict[int, float]:
    """Candidates with their scores, best first; ties by number. ``found`` is of the whole question, then of its parts.

    With parts, they take turns: the best for the first part, the best for the second, and so on, so that each gets its
    share of the hits; the score is then the mean of the part's and the whole's.
    """
    whole, *parts = (fuse(one.by_words, one.by_meaning) for one in found)
    if not parts:
        return dict(sorted(whole.items(), key=lambda pair: (-pair[1], pair[0])))
    turns = []
    for part in parts:
        scores = {number: (score + whole.get(number, 0.0)) / 2 for number, score in part.items()}
        turns.append(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))
    ranked: dict[int, float] = {}
    for turn in zip_longest(*turns):
        for pair in turn:
            if pair is not None:
                ranked.setdefault(*pair)
    return ranked


def _distinct(engine: Engine, found: Sequence[_Found], k: int, by: Literal["passage", "article"]) -> list[Hit]:
    """The first ``k`` different passages, or passages of different articles.

    A copy of a passage (the same words, or nearly, and the same numbers) gives way, and its article is remembered with
    the hit.
    """
    scores = _ranked(found)
    ranked = list(scores)
    word_rank, meaning_rank = _ranks(one.by_words for one in found), _ranks(one.by_meaning for one in found)
    hits: list[Hit] = []
    kept: list[frozenset[str]] = []
    for page in (ranked[i : i + 2 * k] for i in range(0, len(ranked), 2 * k)):
        passages = engine.library.catalogue.passages(page)
        for number in page:
            if number not in passages:
                continue
            passage, article = passages[number]
            words = frozenset((article.id,) if by == "article" else _WORD.findall(passage.text.casefold()))
            copy = next((n for n, other in enumerate(kept) if _are_copies(words, other)), None)
            if copy is not None:
                hits[copy] = _with_copy(hits[copy], article.id)
                continue
            kept.append(words)
            how = How(word_rank.get(number), meaning_rank.get(number))
            hits.append(Hit(passage, article, round(scores[number], 6), how))
            if len(hits) == k:
                return hits
    return hits


def _are_copies(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two passages hold nearly the same words, and no number that the other lacks (Jaccard similarity)."""
    shared = len(one & other)
    if shared < _COPY * (len(one) + len(other) - shared):
        return False
    return not any(character.isdigit() for word in one ^ other for character in word)


def _with_copy(hit: Hit, article_id: str) -> Hit:
    if article_id == hit.article.id or article_id in hit.copies:
        return hit
    return replace(hit, copies=(*hit.copies, article_id))


def notices(found: Retrieved) -> Iterator[Notice]:
    """What a reader should know about a search."""
    if found.left_out:
        yield Notice(f"left out {found.left_out} article(s) newer than {found.query.as_of.isoformat()}")
    if found.undated:
        yield Notice(f"left out {found.undated} undated article(s), because a window or an as-of date is set")
    for phrase in found.dropped:
        yield Notice(f"no passage in scope holds “{phrase}”; searched for its words one by one")
    if found.embedder:
        yield Notice(found.embedder)
    if found.meaning_share < 1.0:
        yield Notice(f"searched by words everywhere, by meaning in {found.meaning_share:.0%} of the passages so far")


def _ranks(lists: Iterable[Sequence[tuple[int, float]]]) -> dict[int, int]:
    """The best rank of each passage in any of the lists, from 1."""
    best: dict[int, int] = {}
    for scored in lists:
        for rank, (number, _) in enumerate(scored, 1):
            best[number] = min(rank, best.get(number, rank))
    return best


def fuse(by_words: Sequence[tuple[int, float]], by_meaning: Sequence[tuple[int, float]]) -> dict[int, float]:
    """Fused score in [0, 1] of every candidate of either list."""
    fused: dict[int, float] = {}
    for weight, scored in ((1.0 - _MEANING, by_words), (_MEANING, by_meaning)):
        for number, score in _min_max(scored):
            fused[number] = fused.get(number, 0.0) + weight * score
    return fused


def _min_max(scored: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Scores in [0, 1], by the range of the first candidates, so that asking for more changes nothing before them."""
    if not scored:
        return []
    first = [score for _, score in scored[:_DEPTH]]
    low, high = min(first), max(first)
    spread = high - low
    return [(number, max(0.0, (score - low) / spread) if spread > 0 else 1.0) for number, score in scored]
