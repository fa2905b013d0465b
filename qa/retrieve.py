"""Retrieval: a question becomes a Query, and the Query finds passages by words and by meaning."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from qa.dates import MONTH, impossible_day, parse_day
from qa.engine import Engine, Meant
from qa.errors import UsageError
from qa.operators import Typed, parse_operators
from qa.question import attributed, parts_of
from qa.rank import DEPTH, READ, Named, Origin, coverage, fuse, in_turns, rarity, with_coverage, with_priors
from qa.types import Article, Hit, How, IndexChoice, IndexUsed, Notice, Passage, Query, Retrieved, Window
from qa.windows import window_of

if TYPE_CHECKING:
    from qa.library.scope import Scope

MAX_QUESTION = 4_000
"""Longest question in characters."""
_WRITTEN = re.compile(rf"\d|\b{MONTH}(?!\w)", re.I)
"""What dates an event in an article's own words, too: it is searched for where it sets no window."""
_WORD = re.compile(r"\w+")
_NAMED = 8
"""Sources that a refusal names."""
_COPY = 0.9
"""Share of their words that two copies of a passage have in common at least."""
_TELLING = frozenset(
    "no not never nor none neither without cannot t one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million billion dozen half twice".split()
)
"""Words that a copy cannot lack or add ("t" is what is left of "isn't")."""
_BEYOND = 0.1
"""How much more of the question a passage from outside the window must hold than each within, to be shown."""
_A_DAY = 4
"""Days of the longest window that one named day sets (what happens is reported after it)."""


def resolve(
    engine: Engine,
    text: str,
    *,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
    articles: Sequence[str] = (),
    all_days: bool = False,
) -> Query:
    """A Query from what a person typed, with the operators of ``qa.operators`` in it.

    ``first`` and ``last`` (days) win over ``after:`` and ``before:``, and those over a window in the words of ``text``;
    with ``all_days`` the words set none. With ids of ``articles``, nothing but these is used.

    Raises UsageError for an empty or endless question, a day that does not exist, a window that ends before it
    begins, one beside ``all_days``, a source that no article has, or ids of which no article is there.
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
    window = window_given(engine, first, last) or _window_typed(engine, typed)
    if all_days and window:
        raise UsageError(f"--all-days and {window.why} were both given", "Leave one of them out.")
    meant = None if window else _window_meant(engine, typed, seen_from)
    left = meant if all_days and meant and not _WRITTEN.search(meant.why) else None
    window = window if all_days or window else meant
    return Query(
        text=typed.text,
        as_of=seen_from,
        as_of_given=as_of is not None,
        window=window or Window(),
        sources=known_sources(engine, (*sources, *typed.sources)),
        articles=known_articles(engine, articles),
        phrases=typed.phrases,
        without=typed.without,
        left=left or Window(),
    )


def _window_meant(engine: Engine, typed: Typed, seen_from: date) -> Window | None:
    """The window that the words set. A year before all articles ("held in 1924") is that of an event told later."""
    window, first = window_of(typed.text, seen_from), engine.library.stats().first_day
    whole_year = window and window.start and window.end and (window.end - window.start).days > 360
    return None if whole_year and first and window and window.end and window.end < first else window


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
    """The sources as the library spells them, sorted: "CNN" also means "CNN (Web News)" where none is called just so.

    Raises UsageError for one that no article has.
    """
    if not sources:
        return ()
    known, meant = engine.library.source_names(), set[str]()
    for source in sources:
        called = _called(source, known)
        if not called:
            more = f" and {len(known) - _NAMED} more (`newsdesk library list`)" if len(known) > _NAMED else ""
            some = ", ".join(known[:_NAMED]) or "none yet"
            raise UsageError(f"no article is from {source!r}", f"Sources in this library: {some}{more}.")
        meant.update(called)
    return tuple(sorted(meant))


def known_articles(engine: Engine, ids: Sequence[str]) -> tuple[str, ...]:
    """Those of ``ids`` that are in the library. Raises UsageError where none is: no id at all means all articles."""
    if not ids:
        return ()
    plain = [article_id.encode("utf-8", "replace").decode("utf-8") for article_id in ids]
    known = engine.library.catalogue.known(plain)
    if not known:
        what = (
            f"there is no article {plain[0]!r}" if len(plain) == 1 else f"none of these {len(plain)} articles is there"
        )
        raise UsageError(f"{what} (any more)", "`newsdesk library list` shows what there is.")
    return tuple(known)


def _called(wanted: str, known: Sequence[str]) -> list[str]:
    """The sources of this name; where there is none, those in whose names its words stand side by side."""
    words = f" {' '.join(_WORD.findall(wanted.casefold()))} "
    same = [name for name in known if name.casefold() == wanted.casefold()]
    return same or [
        name for name in known if words.strip() and words in f" {' '.join(_WORD.findall(name.casefold()))} "
    ]


By = Literal["passage", "article"]


@dataclass(frozen=True, slots=True)
class _Wording:
    """The question, or a part of it, made ready to be searched."""

    text: str
    """Without the words that name its source."""
    sources: frozenset[str]
    """Case folded names of the sources it names."""
    weights: dict[str, float]
    """Rarity of each word, by the first of its forms."""
    first: dict[str, str]
    """The first of its forms, by each other one."""


def retrieve(
    engine: Engine,
    query: Query,
    k: int,
    index: IndexChoice = "auto",
    *,
    by: By = "passage",
    words_only: bool = False,
    beyond: bool = False,
) -> Retrieved:
    """The ``k`` best passages for ``query``, or the best passage of each of the ``k`` best articles.

    Copies count once. A question of several clear parts is searched by part, and the parts take turns. ``words_only``
    asks the word index alone, and loads no embedder. More candidates are asked for until ``k`` are found. Of a window
    that words of the question set, ``beyond`` lets passages from outside come first that hold markedly more of the
    question than all within.
    """
    library = engine.library
    stats = library.stats()
    wordings = _wordings(engine, query.topic, stats.passages)
    meant = Meant((), "") if words_only else engine.meaning_of([wording.text for wording in wordings])
    search = _Search(engine, query, wordings, meant, k, index, by)
    hits = search.hits(library.scope(query))
    if beyond and query.window_in_words:
        hits = _with_those_beyond(search, hits)
    if not hits and query.phrases:
        without = replace(query, phrases=())
        found = retrieve(engine, without, k, index, by=by, words_only=words_only, beyond=beyond)
        return replace(found, dropped=query.phrases)
    return Retrieved(
        query=query,
        hits=_descending(hits),
        left_out=library.catalogue.newer_than(query.as_of),
        index=search.used,
        undated=0 if query.allows_undated else stats.undated,
        meaning_share=1.0 - stats.waiting / stats.passages if stats.passages else 1.0,
        embedder=meant.notice,
    )


def _wordings(engine: Engine, topic: str, passages: int) -> list[_Wording]:
    """The parts of the question, or the question as it is, asked of so many ``passages``."""
    library, made = engine.library, []
    for wording in parts_of(topic) or (topic,):
        text, sources = attributed(wording, library.source_names)
        terms = library.terms(text)
        weights = rarity({forms[0]: count for forms, count in terms.items()}, passages)
        others = {form: forms[0] for forms in terms for form in forms[1:] if form not in weights}
        made.append(_Wording(text, frozenset(name.casefold() for name in sources), weights, others))
    return made


@dataclass(slots=True)
class _Search:
    """One question being searched, in one scope or another."""

    engine: Engine
    query: Query
    wordings: Sequence[_Wording]
    meant: Meant
    k: int
    index: IndexChoice
    by: By
    used: IndexUsed = "words"
    """Which index answered by meaning."""

    def hits(self, scope: Scope) -> list[Hit]:
        """The best in ``scope``."""
        depth = max(DEPTH, 2 * self.k)
        while True:
            found = self._candidates(scope, depth)
            hits = self._distinct(found)
            if len(hits) == self.k or max(len(one.by_words) + len(one.by_meaning) for one in found) < depth:
                return hits
            depth *= 4

    def covered(self, hit: Hit) -> float:
        """Weighted share of the question's words that a hit holds, with its header."""
        weights = {stem: weight for wording in self.wordings for stem, weight in wording.weights.items()}
        first = {form: stem for wording in self.wordings for form, stem in wording.first.items()}
        return self._held(weights, first, hit.passage, hit.article)[0]

    def _candidates(self, scope: Scope, depth: int) -> list[_Found]:
        library = self.engine.library
        by_meaning: Sequence[Sequence[tuple[int, float]]] = [() for _ in self.wordings]
        if self.meant.vectors:
            vectors, embedder = self.meant.vectors, self.meant.embedder
            by_meaning, self.used = library.by_meaning(vectors, scope, depth, self.index, embedder)
        return [
            _Found(wording, library.by_words(wording.text, scope, depth), scored)
            for wording, scored in zip(self.wordings, by_meaning, strict=True)
        ]

    def _ranked(self, found: Sequence[_Found], read: dict[int, tuple[Passage, Article]]) -> dict[int, float]:
        """All candidates with their scores, in order. What is read on the way is put into ``read``."""
        catalogue = self.engine.library.catalogue
        numbers = list(
            dict.fromkeys(n for one in found for scored in (one.by_words, one.by_meaning) for n, _ in scored)
        )
        origins = {n: Origin(day, source.casefold()) for n, day, source in catalogue.origins(numbers)}
        orders = []
        for one in found:
            named = Named(self.query.as_of, one.wording.sources, _named_day(self.query.window))
            scores = with_priors(fuse(one.by_words, one.by_meaning), origins, named)
            first = list(scores)[:READ]
            read.update(catalogue.passages([number for number in first if number not in read]))
            orders.append(with_coverage(scores, {n: self._coverage(one.wording, read[n]) for n in first if n in read}))
        return in_turns(orders)

    def _coverage(self, wording: _Wording, held: tuple[Passage, Article]) -> tuple[float, float]:
        return self._held(wording.weights, wording.first, *held)

    def _held(
        self, weights: Mapping[str, float], first: Mapping[str, str], passage: Passage, article: Article
    ) -> tuple[float, float]:
        header, words = (self.engine.library.words.stems(text, article) for text in (article.title, passage.text))
        return coverage(weights, [first.get(word, word) for word in header], [first.get(word, word) for word in words])

    def _distinct(self, found: Sequence[_Found]) -> list[Hit]:
        """The first ``k`` different passages, or passages of different articles.

        A copy of a passage (the same words, or nearly, and the same numbers) gives way, and its article is remembered
        with the hit.
        """
        read: dict[int, tuple[Passage, Article]] = {}
        scores = self._ranked(found, read)
        ranked, page = list(scores), 2 * self.k
        word_rank, meaning_rank = _ranks(one.by_words for one in found), _ranks(one.by_meaning for one in found)
        hits: list[Hit] = []
        kept: list[_Words] = []
        for at, number in enumerate(ranked):
            if at % page == 0:
                missing = [n for n in ranked[at : at + page] if n not in read]
                read.update(self.engine.library.catalogue.passages(missing) if missing else {})
            if number not in read:
                continue
            passage, article = read[number]
            words = _Words(frozenset({article.id})) if self.by == "article" else _Words.of(passage.text)
            copy = next((n for n, other in enumerate(kept) if _are_copies(words, other)), None)
            if copy is not None:
                hits[copy] = _with_copy(hits[copy], article)
                continue
            kept.append(words)
            how = How(word_rank.get(number), meaning_rank.get(number))
            hits.append(Hit(passage, article, round(scores[number], 6), how))
            if len(hits) == self.k:
                break
        return hits


@dataclass(frozen=True, slots=True)
class _Found:
    """What both indexes found for one wording: passage numbers and scores, best first."""

    wording: _Wording
    by_words: Sequence[tuple[int, float]]
    by_meaning: Sequence[tuple[int, float]]


def _with_those_beyond(search: _Search, hits: list[Hit]) -> list[Hit]:
    """``hits`` behind those from outside the window that hold markedly more of the question than any of them."""
    query = search.query
    enough = max((search.covered(hit) for hit in hits), default=0.0) + _BEYOND
    if enough > 1.0:
        return hits  # no passage holds more than all of the question
    open_scope = search.engine.library.scope(replace(query, text=query.topic, window=Window()))
    found = search.hits(open_scope)
    outside = [hit for hit in found if not query.window.holds(hit.article) and search.covered(hit) >= enough]
    return [*outside, *hits][: search.k]


def _descending(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """``hits`` with scores that never rise: where parts of a question took turns, or passages from outside the window
    came first, a hit scores at least what those after it do."""
    best, raised = 0.0, []
    for hit in reversed(hits):
        best = max(best, hit.score)
        raised.append(hit if hit.score == best else replace(hit, score=best))
    return tuple(reversed(raised))


def _named_day(window: Window) -> date | None:
    """The day that the question names, where its window is that of one day."""
    short = window.start and window.end and (window.end - window.start).days < _A_DAY
    return window.start if short else None


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a passage, in small letters."""

    all: frozenset[str]
    text: str = ""

    @classmethod
    def of(cls, text: str) -> _Words:
        return cls(frozenset(map(str.casefold, _WORD.findall(text))), text)

    @property
    def names(self) -> frozenset[str]:
        """Those of them that are written with a capital letter."""
        return frozenset(word.casefold() for word in _WORD.findall(self.text) if word[0].isupper())


def _are_copies(one: _Words, other: _Words) -> bool:
    """Whether two passages hold nearly the same words (Jaccard similarity), no number or negation that the other
    lacks, and no name in another's place."""
    if min(len(one.all), len(other.all)) < _COPY * max(len(one.all), len(other.all)):
        return False  # they cannot share enough
    shared = len(one.all & other.all)
    if shared < _COPY * (len(one.all) + len(other.all) - shared):
        return False
    if any(word in _TELLING or any(map(str.isdigit, word)) for word in one.all ^ other.all):
        return False
    return not (one.names - other.all and other.names - one.all)


def _with_copy(hit: Hit, article: Article) -> Hit:
    if article.id == hit.article.id or article.id in hit.copies:
        return hit
    known = {None, hit.article.source, *hit.outlets}
    outlets = hit.outlets if article.source in known else (*hit.outlets, article.source or "")
    return replace(hit, copies=(*hit.copies, article.id), outlets=outlets)


def notices(found: Retrieved) -> Iterator[Notice]:
    """What a reader should know about a search."""
    if found.left_out:
        yield Notice(f"left out {found.left_out} article(s) newer than {found.query.as_of.isoformat()}")
    if found.undated:
        yield Notice(f"left out {found.undated} undated article(s), because a window or an as-of date is set")
    if found.beyond:
        yield Notice(
            f"nothing from “{found.query.window.why}” ({_days(found.query.window)}) holds as much of the question as "
            f"{found.beyond} passage(s) marked as outside the window"
        )
    for phrase in found.dropped:
        yield Notice(f"no passage in scope holds “{phrase}”; searched for its words one by one")
    if found.embedder:
        yield Notice(found.embedder)
    if found.meaning_share < 1.0:
        share = math.floor(100 * found.meaning_share)  # 100% would be said of what is not all
        yield Notice(f"searched by words everywhere, by meaning in {share}% of the passages so far")


def _ranks(lists: Iterable[Sequence[tuple[int, float]]]) -> dict[int, int]:
    """The best rank of each passage in any of the lists, from 1."""
    best: dict[int, int] = {}
    for scored in lists:
        for rank, (number, _) in enumerate(scored, 1):
            best[number] = min(rank, best.get(number, rank))
    return best


def _days(window: Window) -> str:
    return " to ".join(day.isoformat() for day in (window.start, window.end) if day)
