"""REALSumm (Bhandari et al. 2020, arXiv 2010.07100): articles of CNN/DailyMail with summaries written by people."""

from __future__ import annotations

from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import SummaryFixture
from qa.sets.data import SetData, part_of, suite_of
from qa.sets.rows import Row, json_lines, located

FORM = 'realsumm.articles.jsonl ({"id", "text", "reference_sentences"} or "reference", a sentence a line)'
_HINT = f"REALSumm is a folder with {FORM}."


def read(folder: Path, part: str) -> SetData:
    """Each article with its reference summary."""
    part_of("realsumm", part, [""])
    path = located(folder, ["realsumm.articles.jsonl", "articles.jsonl"], _HINT)
    fixtures = [_fixture(row) for row in json_lines(path)]
    if not fixtures:
        raise FixtureError(f"{path}: holds no articles", _HINT)
    return SetData(suite_of("realsumm", fixtures))


def _fixture(row: Row) -> SummaryFixture:
    reference = row.texts("reference_sentences") or tuple(row.text("reference").splitlines())
    return SummaryFixture(id=row.text("id"), line=row.line, text=row.text("text"), reference=reference)
