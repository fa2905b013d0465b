"""MultiHop-RAG (Tang and Yang 2024, arXiv 2401.15391) as it is published: ``MultiHopRAG.json`` and ``corpus.json``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import QuestionFixture
from qa.sets.data import SetArticle, SetArticles, SetData, part_of, suite_of
from qa.sets.rows import Row, digest_of, json_array, located
from qa.types import Status

FORM = (
    'MultiHopRAG.json (an array of {"query", "answer", "question_type", "evidence_list": [{"fact", "url"}]}) and '
    'corpus.json (an array of {"title", "source", "published_at", "url", "body"})'
)
_HINT = f"MultiHop-RAG is a folder with {FORM}."
_UNANSWERABLE = "null_query"
_PARTS = ("", "comparison", "inference", "null", "temporal")


def read(folder: Path, part: str) -> SetData:
    """All questions, or those of the type ``part``; a null query is one that the articles do not answer."""
    part = part_of("multihop", part, _PARTS)
    asked = located(folder, ["MultiHopRAG.json"], _HINT)
    corpus = located(folder, ["corpus.json"], _HINT)
    fixtures = [
        _fixture(number, row)
        for number, row in enumerate(json_array(asked))
        if not part or row.text("question_type") == f"{part}_query"
    ]
    if not fixtures:
        raise FixtureError(f"{asked}: holds no questions", _HINT)
    articles = SetArticles(digest_of([corpus]), lambda: _articles(corpus))
    return SetData(suite_of(f"multihop:{part}" if part else "multihop", fixtures), articles)


def _fixture(number: int, row: Row) -> QuestionFixture:
    kind, answer, evidence = row.text("question_type"), row.text("answer"), row.rows("evidence_list")
    unanswerable = kind == _UNANSWERABLE
    if not unanswerable and not evidence:
        raise row.wrong('no "evidence_list", and it is no null_query')
    return QuestionFixture(
        id=f"{number:04d}-{kind.removesuffix('_query')}",
        line=row.line,
        question=row.text("query"),
        status=Status.INSUFFICIENT if unanswerable else Status.ANSWERED,
        answers=() if unanswerable else (answer,),
        evidence=tuple(dict.fromkeys(one.text("fact") for one in evidence)),
        articles=tuple(dict.fromkeys(one.text("url") for one in evidence)),
    )


def _articles(path: Path) -> Iterator[SetArticle]:
    for row in json_array(path):
        url = row.text("url")
        yield SetArticle(url, row.text("body"), row.maybe("title"), row.maybe("published_at"), row.maybe("source"), url)
