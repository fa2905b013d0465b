"""The preloaded shim: compiled once by the system's compiler, told by the environment what to do."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SOURCE = Path(__file__).with_name("shim.c")
_BYTES = 8

Mode = Literal["count", "kill", "full"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen to the changes below a folder."""

    mode: Mode
    at: int = 0
    """The change that is hit, from 1."""
    torn: bool = False
    """Whether of a write that is hit the first half is written."""


def why_not() -> str:
    """Why no shim can be made here, empty where one can."""
    if sys.platform != "linux":
        return "changes are counted by a preloaded library, as Linux knows it"
    return "" if shutil.which("cc") else "there is no C compiler (cc) to make the counting library with"


def compiled(folder: Path) -> Path:
    """The shim as a library in ``folder``. Raises subprocess.CalledProcessError."""
    made = folder / "shim.so"
    if not made.exists():
        command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", str(made), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)
    return made


def environment(plan: Plan, under: Path, counter: Path) -> Mapping[str, str]:
    """What tells the shim its plan; ``counter`` is set to zero."""
    counter.write_bytes(bytes(_BYTES))
    told = {"CRASH_MODE": plan.mode, "CRASH_AT": str(plan.at), "CRASH_TORN": str(int(plan.torn))}
    return told | {"CRASH_UNDER": os.path.realpath(under), "CRASH_COUNTER": str(counter)}


def counted(counter: Path) -> int:
    """How many changes there were."""
    return int.from_bytes(counter.read_bytes(), sys.byteorder)


def arm(told: Mapping[str, str]) -> None:
    """Have this process, and those it starts, follow a plan from now on; the shim must have been preloaded."""
    os.environ.update(told)
    ctypes.CDLL(None).crash_arm()
