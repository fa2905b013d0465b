"""Run a command and say what it cost: CPU seconds of it and all its descendants, wall clock, and its peak memory.

CPU is what the kernel adds up when a process is waited for (wait4). On Linux this process adopts the orphans of the
command while it runs (prctl PR_SET_CHILD_SUBREAPER), so that a grandchild whose parent did not wait for it is counted
too; elsewhere such a grandchild is not counted. Memory is sampled: the proportional set size (PSS, in which a shared
page counts once) of every process of the tree where the kernel tells it, else the resident set size (RSS).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY = 0.2
"""Seconds between two looks at the memory."""
_PR_SET_CHILD_SUBREAPER = 36
MEMORY_IS = "PSS" if Path("/proc/self/smaps_rollup").exists() else "RSS"
COUNTS_ORPHANS = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Memory:
    """Peaks in bytes: of the command's own process, of its descendants together, and of all at one moment."""

    parent: int = 0
    children: int = 0
    together: int = 0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed and cost."""

    code: int
    out: str
    err: str
    cpu: float
    """Seconds, user and system, of the process and all its descendants."""
    wall: float
    memory: Memory
    outlived: int = 0
    """Descendants that had to be ended."""


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    grace: float = 10.0,
) -> Ran:
    """Run ``command`` to its end; descendants may go on for ``grace`` seconds after it, and are then ended too.

    Interrupted, it ends the command and all its descendants before it raises.
    """
    others = {child.pid for child in psutil.Process().children()}
    with _adopting(), tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process: subprocess.Popen[bytes] | None = None
        watch: MemoryWatch | None = None
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )
            watch = MemoryWatch(process.pid)
            watch.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - started
            cpu, outlived = _orphans(others, grace)
        except BaseException:
            _end_all(others)  # also a process that was being started
            if process is not None:
                process.returncode = -signal.SIGKILL
            raise
        finally:
            if watch is not None:
                watch.stop()
        out.seek(0)
        err.seek(0)
        return Ran(
            code=process.returncode,
            out=out.read().decode("utf-8", "replace"),
            err=err.read().decode("utf-8", "replace"),
            cpu=usage.ru_utime + usage.ru_stime + cpu,
            wall=wall,
            memory=watch.peak,
            outlived=outlived,
        )


@contextlib.contextmanager
def _adopting() -> Iterator[None]:
    """Orphans of our descendants become our children, where the kernel can do that."""
    if not COUNTS_ORPHANS:
        yield
        return
    prctl = ctypes.CDLL(None).prctl
    prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _orphans(others: set[int], grace: float) -> tuple[float, int]:
    """CPU seconds of the descendants left behind, and how many of them had to be ended."""
    cpu, ended, deadline = 0.0, 0, time.monotonic() + grace
    while left := _left(others):
        for child in left:
            pid, _, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                cpu += usage.ru_utime + usage.ru_stime
            elif time.monotonic() > deadline:
                ended += 1
                cpu += _end(child)
        time.sleep(0.02)
    return cpu, ended


def _left(others: set[int]) -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.pid not in others]


def _end(child: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        child.kill()
    with contextlib.suppress(ChildProcessError):
        usage = os.wait4(child.pid, 0)[2]
        return usage.ru_utime + usage.ru_stime
    return 0.0


def _end_all(others: set[int]) -> None:
    """End every descendant, from the top; those that lose their parent come to us and are ended next."""
    while left := _left(others):
        below = [one for child in left for one in child.children(recursive=True)]
        for child in left:
            _end(child)
        for one in below:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()


class MemoryWatch:
    """Looks at the memory of a process tree until stopped; ``peak`` is the most seen so far."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._known: dict[int, psutil.Process] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)
        self.peak = Memory()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            self.look()
            self._stopped.wait(_EVERY)

    def look(self) -> None:
        """Look once."""
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(self._pid)
            self._known |= {child.pid: child for child in root.children(recursive=True)}
        parent = memory_of(self._pid)
        children = sum(memory_of(pid) for pid, process in self._known.items() if process.is_running())
        peak = self.peak
        self.peak = Memory(
            max(peak.parent, parent), max(peak.children, children), max(peak.together, parent + children)
        )


def memory_of(pid: int) -> int:
    """PSS (else RSS) of a process in bytes; 0 when it is gone."""
    try:
        if MEMORY_IS == "RSS":
            return int(psutil.Process(pid).memory_info().rss)
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (OSError, psutil.Error):
        return 0
    sizes = [line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(sizes[0]) * 1024 if sizes else 0
