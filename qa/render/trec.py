"""A run as TREC's tools read it: what was found for each question, in order."""

from __future__ import annotations

from qa.evaluation import Run

TAG = "newsdesk"


def run_file(run: Run) -> str:
    """One line an article found: ``question Q0 article rank score tag``, the score falling with the rank, so that tools
    that order by score keep the order. White space in an id, which the format cannot hold, becomes an underscore."""
    lines = (
        f"{_plain(case.id)} Q0 {_plain(name)} {rank} {len(case.ranked) - rank + 1} {TAG}"
        for case in run.cases
        for rank, name in enumerate(case.ranked, 1)
    )
    return "".join(f"{line}\n" for line in lines)


def _plain(name: str) -> str:
    return "_".join(name.split()) or "_"
