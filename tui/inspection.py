"""How an answer came about, as the inspector shows it: put together from the events of its verb, frozen.

Of an answer that comes from the journal only what it cites is known; its passages can be searched for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qa.types import (
    Answer,
    Article,
    Briefing,
    Citation,
    Claim,
    Exchange,
    Hit,
    How,
    Query,
    Retrieved,
    Story,
    Turn,
    Weighed,
)
from tui import facts

MOST = 30
"""Answers of a session whose passages and requests are kept in memory."""

_QUOTED = "Nothing was sent to a model: what is said quotes the articles' own sentences."
_NOTHING_FOUND = "Nothing was sent to a model: no passage was found that it could have answered from."
_NOT_KEPT = "What the model was sent is not kept with {}. To see it, have it written again: {}."
_NONE_YET = "No request to a model is over yet."

Kind = Literal["hit", "cited", "article", "copy"]


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as the table of passages has it."""

    kind: Kind
    n: int
    """Its rank, from 1; of a copy, that of the passage it gave way to."""
    article_id: str
    version: int
    title: str
    source: str | None
    published: str | None
    text: str
    start: int = 0
    """Where ``text`` begins in its article."""
    in_title: bool = False
    how: How | None = None
    score: float | None = None
    cited_by: tuple[int, ...] = ()
    """Numbers of the sentences that rest on it."""
    quotes: tuple[Citation, ...] = ()
    outside: bool = False
    copies: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known of how an answer or a story came about."""

    title: str
    rows: tuple[Row, ...] = ()
    source: Literal["found", "articles", "kept", "again"] = "found"
    """What the rows are: passages found, a story's articles, what an answer from the journal cites, found again."""
    scope: str = ""
    """Where and how it was searched, and what was left out. Not yet safe to show."""
    query: Query | None = None
    exchanges: tuple[Exchange, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    unsent: str = ""
    """Why there is no request to show, where there is none."""
    facts: tuple[tuple[str, str], ...] = ()
    """Names and values: what it took, and what made it. Not yet safe to show."""


class Collected:
    """The events of the verbs of a session, put together to inspections, the last of them."""

    def __init__(self) -> None:
        self._done: list[tuple[Answer, Inspection]] = []
        self._title = ""
        self._found: Retrieved | None = None
        self._exchanges: list[Exchange] = []
        self._weighed: list[Weighed] = []

    @property
    def asked(self) -> str:
        """What was asked last."""
        return self._title

    def begin(self, title: str) -> None:
        """A question is asked: what comes now is about it."""
        self._title, self._found = title, None
        self._exchanges, self._weighed = [], []

    def take(self, event: object) -> None:
        """An event of its verb."""
        match event:
            case Retrieved():
                self._found = event
            case Exchange():
                self._exchanges.append(event)
            case Weighed():
                self._weighed.append(event)
            case Turn(answer=answer) | (Answer() as answer):
                self._done = [*self._done, (kept(answer), self._inspection(answer))][-MOST:]

    def of(self, answer: Answer) -> Inspection:
        """How ``answer`` came about: all of it where it was made in this session."""
        sought = kept(answer)
        return next((told for one, told in reversed(self._done) if one == sought), _restored(answer))

    @property
    def unfinished(self) -> Inspection:
        """What is known of the question that was asked last, while or although there is no answer."""
        return self._inspection(None)

    def _inspection(self, answer: Answer | None) -> Inspection:
        found = self._found
        hits = answer.hits if answer else found.hits if found else ()
        query = answer.query if answer else found.query if found else None
        return Inspection(
            title=answer.question if answer else self._title,
            rows=rows_of(hits, answer.claims if answer else (), query),
            scope=facts.search_scope(found) if found else "",
            query=query,
            exchanges=tuple(self._exchanges),
            weighed=tuple(self._weighed),
            unsent=_NONE_YET if answer is None else _NOTHING_FOUND if answer.provenance.model else _QUOTED,
            facts=facts.of_answer(answer, self._weighed) if answer else (),
        )


def kept(answer: Answer) -> Answer:
    """``answer`` as a conversation keeps it: what was cited, not all that was found."""
    return replace(answer, hits=())


def of_story(story: Story, briefing: Briefing, exchanges: Sequence[Exchange]) -> Inspection:
    """How a story of a briefing came about; ``exchanges`` are those of all its stories."""
    own = tuple(one for one in exchanges if one.story == story.id)
    return Inspection(
        title=story.title,
        rows=tuple(_article_row(n, article, story.claims) for n, article in enumerate(story.articles, 1)),
        source="articles",
        scope=facts.briefing_scope(briefing),
        exchanges=own,
        unsent=_NOT_KEPT.format("a briefing", "u on the briefing") if briefing.provenance.model else _QUOTED,
        facts=facts.of_briefing(briefing),
    )


def found_again(told: Inspection, found: Retrieved, claims: Sequence[Claim]) -> Inspection:
    """``told`` with the passages that its query finds now."""
    rows = rows_of(found.hits, claims, found.query)
    return replace(told, rows=rows, source="again", scope=facts.search_scope(found))


def _restored(answer: Answer) -> Inspection:
    return Inspection(
        title=answer.question,
        rows=_cited_rows(answer),
        source="kept",
        scope=facts.kept_scope(answer),
        query=answer.query,
        unsent=_NOT_KEPT.format("a conversation", "ask again") if answer.provenance.model else _QUOTED,
        facts=facts.of_answer(answer, ()),
    )


# rows


def rows_of(hits: Sequence[Hit], claims: Sequence[Claim], query: Query | None) -> tuple[Row, ...]:
    """The hits in their order, each with the sentences that cite it."""
    return tuple(_hit_row(n, hit, claims, query) for n, hit in enumerate(hits, 1))


def _hit_row(n: int, hit: Hit, claims: Sequence[Claim], query: Query | None) -> Row:
    passage, row = hit.passage, _article_row(n, hit.article, ())
    cited = [(at, c) for at, claim in enumerate(claims, 1) for c in claim.citations if _rests_on(c, hit)]
    return replace(
        row,
        kind="hit",
        text=passage.text,
        start=passage.start,
        how=hit.how,
        score=hit.score,
        cited_by=tuple(dict.fromkeys(at for at, _ in cited)),
        quotes=tuple(dict.fromkeys(citation for _, citation in cited)),
        outside=query is not None and not query.window.holds(hit.article),
        copies=hit.copies,
        outlets=hit.outlets,
    )


def _rests_on(citation: Citation, hit: Hit) -> bool:
    """Whether a citation lies in the passage of a hit (of a headline: in that of the article's beginning)."""
    if (citation.article_id, citation.version) != (hit.article.id, hit.article.version):
        return False
    at = 0 if citation.field == "title" else citation.start
    return hit.passage.start <= at < hit.passage.end


def _article_row(n: int, article: Article, claims: Sequence[Claim]) -> Row:
    published = article.published.iso if article.published else None
    cited = [(at, c) for at, claim in enumerate(claims, 1) for c in claim.citations if c.article_id == article.id]
    return Row(
        "article",
        n,
        article.id,
        article.version,
        article.title,
        article.source,
        published,
        article.text,
        cited_by=tuple(dict.fromkeys(at for at, _ in cited)),
        quotes=tuple(dict.fromkeys(citation for _, citation in cited)),
    )


def copy_row(of: Row, article: Article) -> Row:
    """An article that holds a copy of the passage of ``of``, which it gave way to."""
    return replace(_article_row(of.n, article, ()), kind="copy")


def with_text(row: Row, article: Article | None) -> Row:
    """A row without a text with that of its article, where it is known."""
    return replace(row, text=article.text) if article else row


def _cited_rows(answer: Answer) -> tuple[Row, ...]:
    """What the sentences cite, each place once; where there is none, the nearest evidence."""
    places: dict[Citation, list[int]] = {}
    for at, claim in enumerate(answer.claims, 1):
        for citation in claim.citations:
            places.setdefault(citation, []).append(at)
    cited = places or {citation: [] for citation in answer.nearest}
    return tuple(_cited_row(n, citation, tuple(at)) for n, (citation, at) in enumerate(cited.items(), 1))


def _cited_row(n: int, citation: Citation, cited_by: tuple[int, ...]) -> Row:
    return Row(
        "cited",
        n,
        citation.article_id,
        citation.version,
        citation.title,
        citation.source,
        citation.published,
        citation.quote,
        start=citation.start,
        in_title=citation.field == "title",
        cited_by=cited_by,
        quotes=(citation,),
    )
