"""Trials: the real command in child processes, each over a library of its own newsroom, with a fault or with none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.errors import ExitCode

SCRIPT = Path(__file__).resolve().parent.parent / "planted_faults.py"
_NAMED = ("fixture", "recording")
"""Errors that refuse a change before the gate is asked: the fixtures name what is not there any more, or a request was
never recorded."""
_LONGEST = 900
"""Seconds after which a child has hung."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the gate said of a run."""

    exit_code: int
    failed: tuple[str, ...] = ()
    """The conditions that do not hold: code, and what they are of."""
    said: str = ""
    """What the command said, where it gave no result."""
    gated: bool = True
    """Whether a gate said anything."""

    @property
    def is_red(self) -> bool:
        """Whether the change was refused, and why was named: by the gate, or before it by what fixtures or a recording
        hold."""
        return self.exit_code != ExitCode.OK and bool(self.failed)

    @property
    def is_green(self) -> bool:
        """Whether the gate let it pass."""
        return self.exit_code == ExitCode.OK and self.gated and not self.failed


@dataclass(frozen=True, slots=True)
class Bench:
    """Where trials are held, and over what."""

    scratch: Path
    articles: Path
    fixtures: Path
    gate: Path
    model: Path
    """Fixtures of what a model wrote, its replies and its gate, in a folder."""

    @property
    def library(self) -> Path:
        """The library of the articles as they should be read."""
        return self.scratch / "library"

    @property
    def of_model(self) -> Bench:
        """The same for what a model wrote."""
        return replace(self, fixtures=self.model / "fixtures.yaml", gate=self.model / "gate.toml")

    @property
    def replayed(self) -> tuple[str, ...]:
        """The options by which the model's replies are replayed, for its fixtures."""
        is_model = self.fixtures.parent == self.model
        return ("--replay", str(self.model / "replies.jsonl")) if is_model else ()

    def stocked(self, library: Path, *, fault: str = "", among: Sequence[Sequence[Path]] = ()) -> Outcome:
        """The articles read into a library, in so many goes as there are groups of files."""
        for files in among or [[self.articles]]:
            done = self._run(["--library", str(library), "ingest", *map(str, files)], fault)
            if done.returncode != ExitCode.OK:
                return Outcome(done.returncode, said=done.stderr.strip())
        return Outcome(int(ExitCode.OK))

    def tried(
        self, library: Path, *options: str, fault: str = "", environment: Mapping[str, str] | None = None
    ) -> Outcome:
        """The fixtures over a library, held to the gate."""
        command = ["--library", str(library), "eval", str(self.fixtures), "--gate", str(self.gate), "--json"]
        done = self._run([*command, "--no-journal", *self.replayed, *options], fault, environment or {})
        return outcome_of(done.returncode, done.stdout, done.stderr)

    def drafted(self) -> Outcome:
        """Write a gate that the product as it is just passes."""
        command = ["--library", str(self.library), "eval", str(self.fixtures), "--no-journal"]
        done = self._run([*command, "--write-gate", str(self.gate)])
        return Outcome(done.returncode, said=done.stderr.strip())

    def _run(
        self, command: Sequence[str], fault: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        planted = ["--plant", fault] if fault else []
        return subprocess.run(
            [sys.executable, str(SCRIPT), *planted, "--", *command],
            env={**_plain(), "NEWSDESK_CONFIG_DIR": str(self.scratch / "settings"), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )


def outcome_of(exit_code: int, stdout: str, stderr: str = "") -> Outcome:
    """What ``eval --gate --json`` told."""
    try:
        said = json.loads(stdout)
        if "error" in said and said["error"]["code"] in _NAMED:
            return Outcome(exit_code, (f"{said['error']['code']}: {said['error']['message']}",))
        told = said["gate"]["conditions"]
    except (ValueError, KeyError, TypeError):
        return Outcome(exit_code, said=(stderr or stdout).strip(), gated=False)
    failed = tuple(f"{one['code']} {one['about']}".strip() for one in told if not one["held"])
    return Outcome(exit_code, failed)


def _plain() -> dict[str, str]:
    """The environment without settings and keys of this machine."""
    own = ("NEWSDESK_", "OPENAI_", "CHROMA_", "TIKTOKEN_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}
