"""What a reader does with a library, a step at a time; each says what it was told, in a file that outlives a kill."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from qa.brief import brief
from qa.config import Config
from qa.converse import converse
from qa.engine import Engine, open_engine
from qa.errors import LibraryError
from qa.evaluation import Case, Run
from qa.export import write_export
from qa.fixtures import load_fixtures
from qa.ingest import ingest
from qa.measure import measure
from qa.sources import walk
from qa.types import Briefing, Cancel, Heading, IngestReport, Notice, Progress, Turn

NOW = datetime(2026, 1, 17, 12, 0, tzinfo=UTC)
"""What the clock says: the day after the newest article of the newsroom that is used."""
BY_HAND = "theft-post"
"""The article that is removed, restored and corrected by hand."""
EXPORTS, EXPORTED = ("briefing.md", "answer.md"), "What was found. " * 1_000
"""The reader's files, and what stands in them."""
QUESTIONS = (
    "When did the Halden Star send a distress call?",
    "How many people died?",
    "Why are the nurses on strike?",
    "What was stolen from the museum?",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step works."""

    library: Path
    inbox: Path
    """The folder of articles that is read."""
    fixtures: Path
    told: Path
    """What was acknowledged, a JSON object a line; not in the library."""

    @property
    def exports(self) -> Path:
        """Files of the reader's; below the library, so that the shim counts their changes too."""
        return self.library / "exports"

    def export(self, name: str, *, overwrite: bool) -> None:
        """Write one of the reader's files."""
        self.exports.mkdir(exist_ok=True)
        write_export(self.exports / name, EXPORTED, overwrite=overwrite)

    def tell(self, **what: Any) -> None:
        """Write down, durably, what the reader has been told."""
        handle = os.open(self.told, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, f"{json.dumps(what)}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def heard(self) -> list[Mapping[str, Any]]:
        """What was acknowledged."""
        return [json.loads(line) for line in self.told.read_text().splitlines()] if self.told.exists() else []

    @contextmanager
    def opened(self) -> Iterator[Engine]:
        """The engine over the library."""
        with open_engine(Config(library=self.library, timezone="UTC"), clock=lambda: NOW) as engine:
            yield engine


class _NotKeptError(LibraryError):
    """What was asked was answered, and the answer says that it could not be kept."""

    def __init__(self, notes: Sequence[str]) -> None:
        super().__init__(next(note for note in notes if "not kept" in note), "as the answer says")


StepFn = Callable[[Engine, Place], None]


def _read(engine: Engine, place: Place) -> None:
    """New, changed and vanished files, with their vectors; the Chroma index is left to its own step."""
    files = [path.name for path in walk([place.inbox]).files]
    said = 0
    for event in ingest(engine, [place.inbox], prune=True, yes=True, index=False):
        if isinstance(event, Progress) and event.stage == "reading" and event.total:
            place.tell(read=files[said : event.done])
            said = event.done
        elif isinstance(event, IngestReport):
            assert not event.failed, event.problems
            place.tell(pruned=event.pruned, waiting=event.waiting)


def _ask(engine: Engine, place: Place) -> None:
    """Two conversations, one of them with a follow-up."""
    number: int | None = None
    for n, question in enumerate(QUESTIONS):
        *_, turn = converse(engine, question, conversation=number if n % 2 else None)
        assert isinstance(turn, Turn)
        if turn.conversation is None:
            raise _NotKeptError(turn.answer.notes)
        number = turn.conversation
        place.tell(turn=[turn.conversation, turn.n, turn.answer.question])


def _brief(engine: Engine, place: Place) -> None:
    *_, briefing = brief(engine, day="2026-01-12")
    assert isinstance(briefing, Briefing)
    if not briefing.number:
        raise _NotKeptError(briefing.notes)
    place.tell(briefing=[briefing.number, briefing.revision, [story.title for story in briefing.stories]])
    for name in EXPORTS:
        place.export(name, overwrite=False)
        place.tell(export=name)
        place.export(name, overwrite=True)


def _evaluate(engine: Engine, place: Place) -> None:
    for event in measure(engine, load_fixtures(place.fixtures)):
        if isinstance(event, Notice) and "not kept" in event.text:
            raise _NotKeptError([event.text])
        if isinstance(event, Case):
            place.tell(case=event.id)
        elif isinstance(event, Run):
            if not event.number or any("not kept" in note for note in event.notes):
                raise _NotKeptError(event.notes)
            place.tell(run=event.number)


def _by_hand(engine: Engine, place: Place) -> None:
    library = engine.library
    library.remove([BY_HAND])
    place.tell(removed=BY_HAND)
    library.restore([BY_HAND])
    place.tell(restored=BY_HAND)
    library.correct(BY_HAND, {Heading.TITLE: "What was taken from the museum"})
    place.tell(corrected="What was taken from the museum")


def _index(engine: Engine, place: Place) -> None:
    for _ in engine.library.update_chroma(Cancel()):
        pass
    place.tell(indexed=engine.library.chroma_is_current())


def _rebuild(engine: Engine, place: Place) -> None:
    for _ in engine.library.rebuild(Cancel()):
        pass
    place.tell(indexed=engine.library.chroma_is_current())


STEPS: Mapping[str, StepFn] = {
    "read": _read,
    "ask": _ask,
    "brief": _brief,
    "evaluate": _evaluate,
    "by hand": _by_hand,
    "index": _index,
    "rebuild": _rebuild,
}
CYCLE = ("read", "ask", "brief", "evaluate", "by hand", "index")


def do(place: Place, steps: Sequence[str]) -> None:
    """Do steps one after the other on one engine, as an app does."""
    with place.opened() as engine:
        for step in steps:
            place.tell(step=step)
            STEPS[step](engine, place)
            place.tell(done=step)


def newsroom(articles: Path, inbox: Path, files: int = 14) -> None:
    """The folder of articles as it is when it is read for the first time."""
    inbox.mkdir(parents=True)
    for path in islice(sorted(articles.glob("*.md")), 8, 8 + files):
        (inbox / path.name).write_bytes(path.read_bytes())


def next_day(articles: Path, inbox: Path, files: int = 14) -> None:
    """Change the folder: four files are new, two have changed, two are gone."""
    there = sorted(inbox.glob("*.md"))
    for path in islice(sorted(articles.glob("*.md")), 8 + files, 12 + files):
        (inbox / path.name).write_bytes(path.read_bytes())
    for path in there[1:3]:
        with path.open("a") as opened:
            opened.write("\nThe police said on Saturday that the inquiry goes on, and asked for witnesses.\n")
    for path in there[3:5]:
        path.unlink()
