"""Trials: a library is copied, worked on until something ends that, and looked at."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from crashing.server import Ended, Job
from crashing.shim import Plan, compiled, counted, environment
from crashing.steps import CYCLE, newsroom, next_day

_SCRIPTS = Path(__file__).resolve().parent.parent
_FIXTURES = """version: 1
fixtures:
- id: distress-call
  question: When did the Halden Star send a distress call?
  as_of: 2026-01-17
  expect: {status: answered, contains: ["10:40 p.m."]}
- id: cars
  question: How many cars were on board the Halden Star?
  as_of: 2026-01-17
  expect: {status: answered, contains: [41 cars]}
"""
_SETTINGS = ("NEWSDESK_", "OPENAI_", "CHROMA_")
_RANDOM = (("read",), ("read", "index"), ("rebuild",), ("ask",), ("brief", "by hand", "ask"))
"""What random kills fall into: ingest that prunes, with and without the index; rebuild; conversations."""


Point = tuple[str, int]
"""A step of a cycle, and a change it makes, from 1."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run, and what was lost in it."""

    kind: str
    at: str
    """Where it was hit, for a person to read."""
    ended: int
    """Exit code of what was hit; negative: the signal."""
    losses: tuple[str, ...]

    @property
    def was_hit(self) -> bool:
        """Whether it did not just come to its end."""
        return self.ended != 0


@dataclass(slots=True)
class Bench:
    """A prepared library, the same after undisturbed work, and the process that holds trials. Close it."""

    scratch: Path
    articles: Path
    _server: subprocess.Popen[str] | None = None
    _expected: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    """By step of a cycle, how many changes it makes to files of the library."""

    def __enter__(self) -> Bench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            assert self._server.stdin is not None
            self._server.stdin.close()
            self._server.wait()

    @property
    def prepared(self) -> Path:
        """The library of the first day, complete."""
        return self.scratch / "prepared"

    @property
    def finished(self) -> Path:
        """The library after a cycle that nothing disturbed."""
        return self.scratch / "finished"

    def prepare(self) -> None:
        """Make the libraries, one as it is before each step of a cycle, and count the changes of each step."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        newsroom(self.articles, self.scratch / "inbox")
        (self.scratch / "fixtures.yaml").write_text(_FIXTURES)
        self._whole(self.prepared, ("read", "index"))
        before = sorted(self._sound(self._job(self.prepared, describe=())).said["articles"])
        next_day(self.articles, self.scratch / "inbox")
        (self.scratch / "prepared.told").unlink()
        shutil.copytree(self.prepared, self.finished)
        for step in CYCLE:
            self.copied(self.finished, self._before(step))
            self._whole(self.finished, [step], Plan("count"))
            self.changes[step] = counted(self._counter)
        self._expected = self._sound(self._job(self.finished, describe=tuple(before))).said

    @property
    def points(self) -> list[Point]:
        """Every change of a cycle: its step, and its number there."""
        return [(step, at) for step, changes in self.changes.items() for at in range(1, changes + 1)]

    def kills(self, points: Sequence[Point]) -> Iterator[Trial]:
        """A kill at each of these changes; every other one in the middle of its write."""
        for step, at in points:
            plan = Plan("kill", at, torn=at % 2 == 0)
            yield self._tried("kill", f"{step}, change {at}", self._before(step), [step], plan=plan)

    def full_disks(self, points: Sequence[Point]) -> Iterator[Trial]:
        """A disk that is full from each of these changes on, until the step ends."""
        for step, at in points:
            plan = Plan("full", at, torn=at % 2 == 0)
            yield self._tried("full disk", f"{step}, change {at}", self._before(step), [step], plan=plan)

    def short_files(self, sizes: Sequence[int]) -> Iterator[Trial]:
        """A limit on the size of a file (``ulimit -f``) during a cycle."""
        for size in sizes:
            yield self._tried("ulimit -f", f"{size} bytes", self.prepared, CYCLE, largest=size)

    def random_kills(self, seed: int, runs: int) -> Iterator[Trial]:
        """Kills at random moments of each kind of work in turn; ``seed`` decides the moments."""
        chance, lasts = random.Random(seed), dict[tuple[str, ...], float]()
        for n in range(runs):
            steps = _RANDOM[n % len(_RANDOM)]
            library = self._before(steps[0]) if steps[0] in CYCLE else self.finished
            if steps not in lasts:
                lasts[steps] = self._lasting(library, steps)
            after = chance.random() * lasts[steps]
            yield self._tried("random kill", f"{'+'.join(steps)} {after:.3f} s", library, steps, kill_after=after)

    def losses(self, library: Path) -> Sequence[str]:
        """What is wrong with a library, against what was acknowledged of it; it is used for that."""
        looked = self._ask(self._job(library, expected=self._expected))
        if looked.exit_code != 0:
            return [f"cannot be opened again: {looked.exit_code} {looked.said}"]
        return list(looked.said)

    def copied(self, library: Path, to: Path | None = None) -> Path:
        """A copy of a library, with what was acknowledged of it."""
        copy = to or self.scratch / "trial"
        shutil.rmtree(copy, ignore_errors=True)
        _told(copy).unlink(missing_ok=True)
        if _told(library).exists():
            shutil.copyfile(_told(library), _told(copy))
        return Path(shutil.copytree(library, copy))

    def _lasting(self, library: Path, steps: Sequence[str]) -> float:
        copy = self.copied(library)
        return self._sound(self._job(copy, steps=tuple(steps))).seconds

    def _tried(
        self,
        kind: str,
        at: str,
        library: Path,
        steps: Sequence[str],
        *,
        plan: Plan | None = None,
        kill_after: float | None = None,
        largest: int | None = None,
    ) -> Trial:
        copy = self.copied(library)
        told = dict(environment(plan, copy, self._counter)) if plan else {}
        job = self._job(copy, steps=tuple(steps), shim=told, kill_after=kill_after, largest=largest)
        ended = self._ask(job)
        lost = [f"no error that a person can read: {ended.said}"] if ended.exit_code == 4 else []
        lost += ["it hung"] if ended.hung else []
        return Trial(kind, at, ended.exit_code, (*lost, *self.losses(copy)))

    def _before(self, step: str) -> Path:
        return self.scratch / f"before {step}"

    @property
    def _counter(self) -> Path:
        return self.scratch / "counter"

    def _whole(self, library: Path, steps: Sequence[str], plan: Plan | None = None) -> None:
        library.mkdir(exist_ok=True)
        told = dict(environment(plan, library, self._counter)) if plan else {}
        self._sound(self._job(library, steps=tuple(steps), shim=told))

    def _sound(self, job: Job) -> Ended:
        """What came of a job that nothing disturbs. Raises RuntimeError when it failed."""
        ended = self._ask(job)
        if ended.exit_code != 0:
            raise RuntimeError(f"without any disturbance: {ended.exit_code} {ended.said}")
        return ended

    def _job(self, library: Path, **more: Any) -> Job:
        scratch = self.scratch
        fixtures = scratch / "fixtures.yaml"
        return Job(str(library), str(scratch / "inbox"), str(fixtures), str(_told(library)), **more)

    def _ask(self, job: Job) -> Ended:
        server = self._started()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(f"{json.dumps(asdict(job))}\n")
        server.stdin.flush()
        answer = server.stdout.readline()
        if not answer:
            raise RuntimeError("the process that holds trials has ended")
        return Ended(**json.loads(answer))

    def _started(self) -> subprocess.Popen[str]:
        if self._server is None:
            own = {"LD_PRELOAD": str(compiled(self.scratch)), "NEWSDESK_CONFIG_DIR": str(self.scratch / "config")}
            kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
            paths = os.pathsep.join([str(_SCRIPTS), str(_SCRIPTS.parent)])
            self._server = subprocess.Popen(
                [sys.executable, "-m", "crashing.server"],
                env=kept | own | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._server


def _told(library: Path) -> Path:
    """Where what was acknowledged of a library is written down."""
    return library.with_name(f"{library.name}.told")
