"""What the screens share: settings, the engine once it is open, the reader's consent, and what is at work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qa.config import Config, Recipient, Role
from qa.types import Cancel
from tui.scope import Scope
from tui.spending import Spending
from tui.state import Change, Remembered, State
from tui.work import Owner, Verb, Work, end_child, warm

if TYPE_CHECKING:
    from qa.engine import Engine


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library holds, and the day it is seen from."""

    articles: int
    first_day: date | None
    last_day: date | None
    waiting: int
    """Passages without a vector."""
    as_of: date
    as_of_given: bool
    by_server: bool
    """Whether questions are embedded by the configured server, because the library's vectors are its."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Another library, open beside the one that is shown."""

    config: Config
    engine: Engine
    folder: Path

    def close(self, cancel: Cancel) -> Iterator[object]:
        """A verb: close it again."""
        self.engine.close()
        yield from ()


class Desk:
    """Shared by the screens of one app. Only its verbs run outside the event loop."""

    def __init__(self, config: Config, as_of: str | None = None) -> None:
        self.config = config
        self.folder = config.library.expanduser().resolve()
        """The library's folder as it is remembered, however it was written."""
        self.given: Mapping[str, str | None] = {}
        """Settings of the command line, which hold for every library that is opened."""
        self.extractive: bool | None = None
        """Whether to do without the model; None: as is remembered for the library."""
        self.scope = Scope(as_of=as_of)
        """What the reader limits questions to; replaced as a whole, by ``rescope``."""
        self.state = State()
        self.remembered = self.state.read()
        """What the app remembers, as it was read when the app started and changed since."""
        self.engine: Engine | None = None
        self.shelf: Shelf | None = None
        self.decided: dict[Role, bool] = {}
        """Whether the reader agreed, in this session, to send anything to these servers."""
        self.spending = Spending()
        self._lock = threading.Lock()
        self._closed = False
        self._works: dict[str, Work] = {}
        self._choices: deque[Change] = deque()
        """What is to be remembered yet."""

    # what leaves this machine

    @property
    def never_model(self) -> bool:
        """Whether the reader wants no model for this library, from one start to the next; a model that was named on the
        command line is wanted all the same."""
        asked_for = self.config.origins.get("model") == "--model"
        return str(self.folder) in self.remembered.without_model and not asked_for

    @property
    def quoting(self) -> bool:
        """Whether a model is configured that the reader does without."""
        return bool(self.config.model) and (self.never_model if self.extractive is None else self.extractive)

    @property
    def in_force(self) -> Config:
        """The settings, without a model that the reader does without."""
        return replace(self.config, model=None, rerank="off", verify="code") if self.quoting else self.config

    @property
    def elsewhere(self) -> tuple[Recipient, ...]:
        """The servers in use that are not this machine."""
        return tuple(one for one in self.in_force.recipients if not one.is_local)

    def undecided(self, roles: Collection[Role]) -> list[Recipient]:
        """Those of these servers elsewhere about which the reader is yet to be asked."""
        return [one for one in self.elsewhere if one.role in roles and one.role not in self.decided]

    def kept_back(self, *roles: Role) -> list[Recipient]:
        """Those of these servers elsewhere that the reader has not agreed to."""
        return [one for one in self.elsewhere if one.role in roles and not self.decided.get(one.role)]

    @property
    def permitted(self) -> Engine:
        """The open engine, sending nothing where the reader has not agreed to it."""
        assert self.engine is not None
        declined: set[Role] = {one.role for one in self.kept_back("model", "embedder", "store")}
        return self.engine.without(declined | {"model"} if self.quoting else declined)

    def decide_again(self) -> None:
        """Forget what the reader agreed to or declined, and let go of a store that was reached."""
        self.decided.clear()
        if self.engine is not None and self.engine.library.shared is not None:
            self.engine.library.shared.close()

    # which library is read

    @property
    def name(self) -> str:
        """What the library is called: in the settings, else its folder."""
        return self.config.name or self.config.library.name or str(self.config.library)

    def another(self, library: str, cancel: Cancel, *, create: bool) -> Iterator[Opened]:
        """A verb: open another library, by its name in the settings or its folder, beside this one. The model of the
        command line was named for this one, and breaks no promise of another. Raises NewsdeskError."""
        from qa.config import load_config
        from qa.engine import open_engine

        given = {**self.given, "library": library}
        config = load_config(**{**given, "model": None})
        config = config if config.model_refused else load_config(**given)
        engine = open_engine(config, create=create, spare_a_core=True)
        if cancel.cancelled:
            engine.close()
        else:
            yield Opened(config, engine, config.library.expanduser().resolve())

    def turn_to(self, opened: Opened) -> Callable[[Cancel], Iterator[object]]:
        """Have the other library from now on; what is at work is cancelled. Returns the verb that closes this one, once
        nothing works with it any more."""
        before, busy = self.engine, [work for kind in list(self._works) if (work := self.running(kind))]
        for work in busy:
            work.cancel.cancel()
        self.config, self.engine, self.shelf = opened.config, opened.engine, None
        self.folder = opened.folder
        self.scope = Scope(as_of=self.scope.as_of)
        self.extractive = None
        self.decided.clear()

        def close(cancel: Cancel) -> Iterator[object]:
            if before is not None:
                end_child(before, busy)
                before.close()
            yield from ()

        return close

    # what is asked

    def rescope(self, scope: Scope) -> None:
        """Limit what is asked from now on. Raises UsageError for an as-of date that is no day, and changes nothing."""
        if self.engine is not None and self.shelf is not None:
            as_of = self._as_of(self.engine, scope)
            self.shelf = replace(self.shelf, as_of=as_of, as_of_given=scope.as_of is not None)
        self.scope = scope

    def _as_of(self, engine: Engine, scope: Scope) -> date:
        from qa.dates import parse_day

        return parse_day(scope.as_of, engine.today, "--as-of") if scope.as_of else engine.today

    # what is remembered

    def remember(self, owner: Owner, change: Change) -> None:
        """Remember a choice from one start to the next; it is written by a worker."""
        self.remembered = change(self.remembered)
        self._choices.append(change)
        self.begin(owner, "remember", lambda cancel: self.state.keep(self._chosen, cancel))

    def _chosen(self, was: Remembered) -> Remembered:
        """``was`` with all choices that are not written yet, in their order, whichever worker comes first."""
        while self._choices:
            was = self._choices.popleft()(was)
        return was

    def choose_mode(self, owner: Owner, choice: Literal["model", "quote", "never"]) -> None:
        """Have the model write, or nobody until the app is left, or nobody in this library from now on."""
        self.extractive = choice != "model"
        refused = str(self.folder) in self.remembered.without_model
        if refused != (choice == "never"):
            folder, model = self.folder, choice != "never"
            self.remember(owner, lambda was: was.allowed(folder, model=model))

    # what is at work

    def begin(self, owner: Owner, kind: str, verb: Verb) -> Work:
        """Start ``verb``; one of the same kind that still runs is cancelled first."""
        self.stop(kind)
        work = self._works[kind] = Work(owner, kind, verb)
        work.start()
        return work

    def running(self, kind: str) -> Work | None:
        """The work of this kind, if it still runs."""
        work = self._works.get(kind)
        return None if work is None or work.over else work

    def current(self, work: Work) -> bool:
        """Whether ``work`` is the latest of its kind."""
        return self._works.get(work.kind) is work

    def stop(self, kind: str) -> bool:
        """Cancel the work of this kind; whether there was any."""
        work = self.running(kind)
        if work is not None:
            work.cancel.cancel()
        return work is not None

    def drop(self, kind: str) -> None:
        """Cancel the work of this kind, and let nobody wait for what it still tells."""
        self.stop(kind)
        if (work := self._works.pop(kind, None)) is not None:
            self._works[f"{kind}, dropped"] = work

    def leave(self) -> None:
        """Cancel everything: the app is about to leave, and waits for what still runs."""
        busy = [work for kind in list(self._works) if (work := self.running(kind)) is not None]
        for work in busy:
            work.cancel.cancel()
        if busy and self.engine is not None:
            threading.Thread(target=end_child, args=(self.engine, busy), daemon=True).start()

    # verbs of the desk itself, run by workers

    def open(self, cancel: Cancel) -> Iterator[Shelf]:
        """Open the engine and load what the first question needs. Raises NewsdeskError."""
        from qa.engine import open_engine

        engine = open_engine(self.config, spare_a_core=True)
        with self._lock:
            if self._closed:
                engine.close()
                return
            self.engine = engine
        yield self._shelf(engine)
        if not cancel.cancelled:
            warm(engine)

    def look(self, cancel: Cancel) -> Iterator[Shelf]:
        """What the library holds now."""
        if self.engine is not None and not cancel.cancelled:
            yield self._shelf(self.engine)

    def index(self, cancel: Cancel) -> Iterator[tuple[int, int]]:
        """Bring the Chroma index up to the library; (done, total) passages on the way."""
        if self.engine is None:
            return
        yield from self.engine.library.update_chroma(cancel)

    def close(self) -> None:
        """Close the engine, or see to it that one being opened is closed. Any number of times."""
        self.leave()
        with self._lock:
            self._closed = True
            engine, self.engine = self.engine, None
        if engine is not None:
            engine.close()

    def _shelf(self, engine: Engine) -> Shelf:
        stats, scope = engine.library.stats(), self.scope
        return Shelf(
            stats.articles,
            stats.first_day,
            stats.last_day,
            stats.waiting,
            self._as_of(engine, scope),
            as_of_given=scope.as_of is not None,
            by_server=engine.server is not None and engine.library.embedder == engine.server.fingerprint,
        )
