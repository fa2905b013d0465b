"""RealTimeQA (Kasai et al. 2022, arXiv 2207.13332) with articles: dated news-quiz questions, asked as of their day.

Parts: ``queries`` (all; some link the article that holds the answer), ``linked`` (those alone), ``evidence`` (questions
with their verbatim gold sentences).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import QuestionFixture
from qa.sets.data import SetArticle, SetArticles, SetData, part_of, suite_of
from qa.sets.rows import Row, digest_of, json_lines, located

FORM = (
    'articles.jsonl ({"id", "title", "date", "source", "url", "text"}) and queries.jsonl, linked.jsonl or '
    'evidence.jsonl ({"id", "question", "date", "answers", "evidence": [{"article_id", "fact"}]}), each also called '
    "realtimeqa.….jsonl"
)
_HINT = f"RealTimeQA is a folder with {FORM}."
_PARTS = ("queries", "linked", "evidence")


def read(folder: Path, part: str) -> SetData:
    """The questions of ``part`` (``queries`` where it is not named) over all articles."""
    part = part_of("realtimeqa", part, _PARTS)
    corpus = located(folder, ["realtimeqa.articles.jsonl", "articles.jsonl"], _HINT)
    asked = located(folder, [f"realtimeqa.{part}.jsonl", f"{part}.jsonl"], _HINT)
    fixtures = [_fixture(row, verbatim=part == "evidence") for row in json_lines(asked)]
    if not fixtures:
        raise FixtureError(f"{asked}: holds no questions", _HINT)
    articles = SetArticles(digest_of([corpus]), lambda: _articles(corpus))
    return SetData(suite_of(f"realtimeqa:{part}", fixtures), articles)


def _fixture(row: Row, *, verbatim: bool) -> QuestionFixture:
    """A question. The ``fact`` of a quiz is its publisher's note, and no sentence of an article unless ``verbatim``."""
    evidence = row.rows("evidence")
    single = row.maybe("answer")
    return QuestionFixture(
        id=row.text("id"),
        line=row.line,
        question=row.text("question"),
        as_of=_day(row),
        answers=row.texts("answers") or ((single,) if single else ()),
        evidence=tuple(dict.fromkeys(one.text("fact") for one in evidence)) if verbatim else (),
        articles=tuple(dict.fromkeys(name for one in evidence if (name := one.maybe("article_id")))),
    )


def _day(row: Row) -> str | None:
    given = row.maybe("date")
    if given is None:
        return None
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise row.wrong(f"date {given!r} is no day", "Write it as 2026-02-05; the day must exist.") from None


def _articles(path: Path) -> Iterator[SetArticle]:
    for row in json_lines(path):
        yield SetArticle(
            row.text("id"),
            row.text("text", "body"),
            row.maybe("title"),
            row.maybe("date"),
            row.maybe("source"),
            row.maybe("url"),
        )
