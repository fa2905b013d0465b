"""Reading into the library: what is typed or picked, and what is followed, one after the other, with its report."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.widgets import ProgressBar, Static

from qa.types import Cancel, FileProblems, IngestReport, Notice, Progress
from tui import wording
from tui.desk import Desk
from tui.screens.add_files import AddFilesScreen, Given
from tui.screens.articles import ArticlesScreen
from tui.screens.export import here
from tui.screens.followed import FollowedDialog
from tui.work import Verb, Work

if TYPE_CHECKING:
    from tui.app import NewsdeskApp


@dataclass(frozen=True, slots=True)
class Reading:
    """Something to be read: what it is called, and how it is read."""

    what: str
    verb: Verb


class AddingScreen(ArticlesScreen):
    """An ArticlesScreen that reads articles: what is added while something is read has its turn after it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", id="library.add"),
        Binding("f", "followed", "Followed", tooltip="Followed sources", id="library.followed"),
        Binding("f8", "stop_ingest", "Stop", show=False, id="library.stop"),  # the status line names it
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.unread: tuple[FileProblems, ...] = ()
        """What the last reading could not read at all."""
        self._to_read: deque[Reading] = deque()
        """What waits until what is read now is read."""
        self._left_unread = 0

    # what is to be read

    def action_add(self) -> None:
        """Type or pick what to read."""
        if self._is_open():
            self.app.push_screen(AddFilesScreen(here()), self._add)

    def action_followed(self) -> None:
        """See what is followed, and have it read again."""
        if self._is_open():
            self.app.push_screen(FollowedDialog(self.desk), self._refresh)

    def _is_open(self) -> bool:
        if self.desk.engine is None:
            self.status.fail("the library is still being opened", "Try again in a moment.")
        return self.desk.engine is not None

    def _add(self, given: Given | None) -> None:
        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.apart import ingest_apart

            yield from ingest_apart(self.desk.config, given or (), withheld=self.engine.withheld, cancel=cancel)

        if given:
            self._read_consented(Reading(", ".join(map(str, given)), verb))

    def _refresh(self, numbers: tuple[int, ...] | None) -> None:
        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.apart import refresh_apart

            yield from refresh_apart(self.desk.config, numbers or (), withheld=self.engine.withheld, cancel=cancel)

        if numbers is not None:
            which = f"followed source {', '.join(map(str, numbers))}" if numbers else "what is followed"
            self._read_consented(Reading(which, verb))

    def _read_consented(self, reading: Reading) -> None:
        self.after_consent(("embedder", "store"), lambda: self._read_in_turn(reading))

    def _read_in_turn(self, reading: Reading) -> None:
        """Read it once what is read now is read: nothing that was added is dropped for what is added after it."""
        if self.desk.running("ingest") is not None:
            self._to_read.append(reading)
            self.status.say(f"{reading.what} is read after what is read now{self._more} · F8 stops", keep=True)
        else:
            self.unread = ()
            self.query_one("#problems", Static).update()
            self._read(reading)

    @property
    def _more(self) -> str:
        """What waits to be read, in words."""
        return f" · then {len(self._to_read):,} more to read" if self._to_read else ""

    def _read(self, reading: Reading) -> None:
        self.status.say(f"reading {reading.what}{self._more} · F8 stops")
        self.read(reading.verb)

    def read(self, verb: Verb) -> None:
        """Run ``verb``, which reads articles, and show how far it is."""
        bar = self.query_one(ProgressBar)
        bar.update(total=None, progress=0)
        bar.display = True
        self.desk.begin(self, "ingest", verb)
        self.refresh_bindings()

    # how far it is

    def on_work_told(self, event: Work.Told) -> None:
        """Show how far the reading is, and at last its report."""
        if event.work.kind != "ingest" or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)}{self._more} · F8 stops", keep=True)
                self.query_one(ProgressBar).update(total=progress.total or None, progress=progress.done)
            case IngestReport() as report:
                self._report(report)

    def _report(self, report: IngestReport) -> None:
        self.status.say(f"{wording.ingested(report)} · {report.seconds:.1f} s", keep=True)
        self.unread = (*self.unread, *wording.unread(report))
        told = (*(one for file in self.unread for one in file.problems), *report.problems)
        self.query_one("#problems", Static).update(wording.problems(tuple(dict.fromkeys(told))))

    def on_work_ended(self, event: Work.Ended) -> None:
        """A reading is over, however it ended: what waits has its turn."""
        if event.work.kind != "ingest" or not self.awaits(event.work):
            return
        self.query_one(ProgressBar).display = False
        self.refresh_bindings()
        cast("NewsdeskApp", self.app).library_changed()
        if self._left_unread:
            self.status.add(f"{self._left_unread:,} more that waited: not read, add them again")
            self._left_unread = 0
        if self._to_read:
            self._read(self._to_read.popleft())

    def failed(self, work: Work) -> None:
        """What made reading fail would make what waits fail, too: it is not read."""
        if work.kind == "ingest":
            self._left_unread = len(self._to_read)
            self._to_read.clear()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is offered only while something is read."""
        return self.desk.running("ingest") is not None if action == "stop_ingest" else True

    def action_stop_ingest(self) -> None:
        """Stop reading, also what waits for its turn; what was read is kept."""
        self._to_read.clear()
        if self.desk.stop("ingest"):
            self.status.say("stopping…", keep=True)
