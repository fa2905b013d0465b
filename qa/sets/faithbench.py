"""FaithBench (Bao et al. 2024, arXiv 2410.13210): summaries that detectors disagree on, marked by people.

As it is published (``batch_*.json``), or one ``faithbench.jsonl``. A summary is wrong when anything unwanted is marked
in it; what is merely questionable or benign is not counted, as its authors count it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import VerificationFixture
from qa.sentences import sentence_spans
from qa.sets.data import SetData, part_of, suite_of
from qa.sets.rows import Row, json_lines, json_object, located
from qa.types import Verdict

FORM = (
    'batch_1.json and so on ({"samples": [{"sample_id", "source", "summary", "annotations": [{"label", '
    '"summary_start", "summary_end"}]}]}), or faithbench.jsonl ({"id", "source_text", "response", "labels": [{"label", '
    '"start", "end"}]})'
)
_HINT = f"FaithBench is a folder with {FORM}."
_PARTS = ("summaries", "sentences")
_UNWANTED = "Unwanted"
_NOT_SUPPORTED = (Verdict.WEAK, Verdict.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class _Summary:
    id: str
    line: int
    source: str
    text: str
    unwanted: tuple[tuple[int, int], ...]
    """Where something unwanted is marked."""


def read(folder: Path, part: str) -> SetData:
    """Each summary a claim that counts by its worst sentence; with ``part`` ``sentences`` each sentence a claim."""
    part = part_of("faithbench", part, _PARTS)
    made = _whole if part == "summaries" else _sentences
    fixtures = [fixture for summary in _summaries(folder) for fixture in made(summary)]
    if not fixtures:
        raise FixtureError(f"{folder}: holds no summaries of FaithBench", _HINT)
    return SetData(suite_of(f"faithbench:{part}", fixtures))


def _summaries(folder: Path) -> Iterator[_Summary]:
    batches = sorted(folder.glob("batch_*.json"), key=lambda path: (len(path.name), path.name))
    for path in batches:
        for row in json_object(path).rows("samples"):
            name = f"{path.stem.removeprefix('batch_')}_{row.text('sample_id')}"
            marks = _marks(row, "annotations", "summary_start", "summary_end")
            yield _Summary(f"b{name}", row.line, row.text("source"), row.text("summary"), marks)
    if not batches:
        for row in json_lines(located(folder, ["faithbench.jsonl"], _HINT)):
            marks = _marks(row, "labels", "start", "end")
            yield _Summary(row.text("id"), row.line, row.text("source_text"), row.text("response"), marks)


def _marks(row: Row, name: str, start: str, end: str) -> tuple[tuple[int, int], ...]:
    return tuple(
        (one.place(start), one.place(end))
        for one in row.rows(name)
        if any(label.startswith(_UNWANTED) for label in one.texts("label"))
    )


def _whole(summary: _Summary) -> Iterator[VerificationFixture]:
    parts = tuple(text for text, _ in _cut(summary) if text)
    yield _fixture(summary, summary.id, summary.text.strip(), not summary.unwanted, parts)


def _sentences(summary: _Summary) -> Iterator[VerificationFixture]:
    for n, (claim, right) in enumerate(_cut(summary)):
        if any(map(str.isalnum, claim)):
            yield _fixture(summary, f"{summary.id}/{n}", claim, right, ())


def _cut(summary: _Summary) -> Iterator[tuple[str, bool]]:
    """The sentences, and whether nothing unwanted is marked in each."""
    for span in sentence_spans(summary.text):
        wrong = any(start < span.end and end > span.start for start, end in summary.unwanted)
        yield summary.text[span.start : span.end].strip(), not wrong


def _fixture(summary: _Summary, name: str, claim: str, right: bool, parts: tuple[str, ...]) -> VerificationFixture:
    return VerificationFixture(
        id=name,
        line=summary.line,
        claim=claim,
        evidence=({"text": summary.source},),
        verdicts=(Verdict.SUPPORTED,) if right else _NOT_SUPPORTED,
        parts=parts,
    )
