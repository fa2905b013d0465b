"""QAGS (Wang, Cho and Lewis 2020, arXiv 2004.04228): sentences of machine-written summaries, judged by three people.

As it is published (``mturk_cnndm.jsonl``, ``mturk_xsum.jsonl``), or one ``qags.jsonl`` with the judgements counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import VerificationFixture
from qa.sets.data import SetData, part_of, suite_of
from qa.sets.rows import Row, json_lines, located
from qa.types import Verdict

FORM = (
    'mturk_cnndm.jsonl and mturk_xsum.jsonl ({"article", "summary_sentences": [{"sentence", "responses": '
    '[{"response": "yes"}]}]}), or qags.jsonl ({"id", "task", "source_text", "sentences": [{"sentence", '
    '"supported"}]})'
)
_HINT = f"QAGS is a folder with {FORM}."
_TASKS = ("cnndm", "xsum")
_NOT_SUPPORTED = (Verdict.WEAK, Verdict.UNSUPPORTED)


def read(folder: Path, part: str) -> SetData:
    """Each sentence a claim against its article; ``part`` is ``cnndm`` or ``xsum``, or empty for both."""
    part = part_of("qags", part, ("", *_TASKS))
    fixtures: list[VerificationFixture] = []
    for task in (part,) if part else _TASKS:
        fixtures += _task(folder, task)
    if not fixtures:
        raise FixtureError(f"{folder}: holds no sentences of QAGS", _HINT)
    return SetData(suite_of(f"qags:{part}" if part else "qags", fixtures))


def _task(folder: Path, task: str) -> Iterator[VerificationFixture]:
    path = located(folder, ["qags.jsonl", f"mturk_{task}.jsonl"], _HINT)
    counted = path.name.startswith("qags.")
    for number, row in enumerate(json_lines(path)):
        if counted and row.text("task").removeprefix("summary_") != task:
            continue
        name = row.maybe("id") or f"{task}_{number}"
        sentences = row.rows("sentences" if counted else "summary_sentences")
        source = row.text("source_text" if counted else "article")
        for n, one in enumerate(sentences):
            claim = one.text("sentence")
            if any(map(str.isalnum, claim)):
                supported = one.flag("supported") if counted else _most_say_yes(one)
                yield VerificationFixture(
                    id=f"{name}/{n}",
                    line=row.line,
                    claim=claim,
                    evidence=({"text": source},),
                    verdicts=(Verdict.SUPPORTED,) if supported else _NOT_SUPPORTED,
                )


def _most_say_yes(sentence: Row) -> bool:
    said = [one.text("response").strip().lower() for one in sentence.rows("responses")]
    if not said or not {"yes", "no"}.issuperset(said):
        raise sentence.wrong('"responses" are not all yes or no')
    return 2 * said.count("yes") > len(said)
