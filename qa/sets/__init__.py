"""Public sets that a reader may hold, each read into fixtures and articles: ``newsdesk eval --set NAME FOLDER``.

A set's form is strict: what is missing or wrong is named with its file and line. None of them ships with Newsdesk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qa.errors import FixtureError, UsageError
from qa.sets import beir, ecbplus, faithbench, multihop, qags, realsumm, realtimeqa
from qa.sets.data import SetArticle, SetArticles, SetData, asked_as_of, relevant, sampled, suite_of

__all__ = ["SETS", "SetArticle", "SetArticles", "SetData", "asked_as_of", "read_set", "relevant", "sampled", "suite_of"]


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A set that can be read."""

    read: Callable[[Path, str], SetData]
    """Of the folder it lies in, and the part of it that is asked for (empty where none is named)."""
    form: str
    """The files and fields it consists of."""


SETS = {
    "beir": KnownSet(beir.read, beir.FORM),
    "ecbplus": KnownSet(ecbplus.read, ecbplus.FORM),
    "faithbench": KnownSet(faithbench.read, faithbench.FORM),
    "multihop": KnownSet(multihop.read, multihop.FORM),
    "qags": KnownSet(qags.read, qags.FORM),
    "realsumm": KnownSet(realsumm.read, realsumm.FORM),
    "realtimeqa": KnownSet(realtimeqa.read, realtimeqa.FORM),
}
"""By the name on the command line."""


def read_set(name: str, folder: Path) -> SetData:
    """The set ``NAME`` or ``NAME:PART`` in ``folder``.

    Raises UsageError for a name that is unknown, and FixtureError, which names file and line, for a file that is
    missing or not in the set's form.
    """
    known, _, part = name.partition(":")
    if known not in SETS:
        raise UsageError(f"there is no set {known!r}", f"Known sets: {', '.join(SETS)}.")
    data = SETS[known].read(folder.expanduser(), part)
    twice = [name for name, count in Counter(one.id for one in data.suite.fixtures).items() if count > 1]
    if twice:
        second = [one.line for one in data.suite.fixtures if one.id == twice[0]][1]
        raise FixtureError(f"{folder}: id {twice[0]!r} stands twice, again in line {second}", "Give each its own id.")
    return data
