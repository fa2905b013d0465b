"""BEIR's form (Thakur et al. 2021, arXiv 2104.08663): ``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import QuestionFixture
from qa.sets.data import SetArticle, SetArticles, SetData, suite_of
from qa.sets.rows import Row, digest_of, json_lines, located, text_lines

FORM = (
    'corpus.jsonl ({"_id", "title"?, "text"}), queries.jsonl ({"_id", "text"}) and qrels/test.tsv (query-id, corpus-id '
    "and score between tabs)"
)
_HINT = f"A set in BEIR's form is a folder with {FORM}."
_LONGEST = 4_000
"""Characters of a question; the rest of a longer one is left out."""


def read(folder: Path, part: str) -> SetData:
    """The queries that the split ``part`` (``test`` where it is not named) has judgements for, over the corpus."""
    corpus = located(folder, ["corpus.jsonl"], _HINT)
    queries = located(folder, ["queries.jsonl"], _HINT)
    judged = located(folder, [f"qrels/{part or 'test'}.tsv"], _HINT)
    gains = _gains(judged)
    fixtures, seen, cut = [], set[str](), 0
    for row in json_lines(queries):
        name, text = row.text("_id"), row.text("text")
        if name in seen:
            raise row.wrong(f'"_id" {name!r} stands twice')
        seen.add(name)
        found = gains.get(name, {})
        if any(gain > 0 for gain in found.values()):
            cut += len(text) > _LONGEST
            fixtures.append(
                QuestionFixture(id=name, line=row.line, question=_shortened(text), gains=found, all_days=True)
            )
    if missing := gains.keys() - seen:
        raise FixtureError(f"{judged}: query {min(missing)!r} is not in {queries.name}", _HINT)
    if not fixtures:
        raise FixtureError(f"{judged}: no query has a relevant article", _HINT)
    notes = (f"cut {cut} queries to {_LONGEST:,} characters",) if cut else ()
    articles = SetArticles(digest_of([corpus]), lambda: _articles(corpus))
    return SetData(suite_of(f"beir:{part}" if part else "beir", fixtures), articles, notes)


def _gains(path: Path) -> dict[str, dict[str, float]]:
    """Graded relevance by query and article. Raises FixtureError."""
    gains: dict[str, dict[str, float]] = {}
    for number, line in text_lines(path):
        if not line.strip() or (number == 1 and line.split("\t")[-1].strip() == "score"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        row = Row(path, number, {})
        if len(cells) != 3 or not all(cells):
            raise row.wrong("not three cells between tabs: query-id, corpus-id, score")
        query, article, score = cells
        try:
            gain = float(score)
        except ValueError:
            gain = math.nan
        if not math.isfinite(gain):
            raise row.wrong(f"score {score!r} is no number")
        if gains.setdefault(query, {}).setdefault(article, gain) != gain:
            raise row.wrong(f"article {article!r} has another score for query {query!r} further up")
    return gains


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0]


def _articles(path: Path) -> Iterator[SetArticle]:
    for row in json_lines(path):
        title, text = row.maybe("title"), row.maybe("text")
        if title or text:  # corpora hold some documents that are empty
            yield SetArticle(row.text("_id"), text or title or "", title)
