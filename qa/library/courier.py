"""Carries requests to the process that owns Chroma and brings its replies, in a thread of its own.

One request is under way at a time; queries overtake what else waits. Whoever asks waits until a deadline
and no longer: a reply that comes too late is dropped.
"""

from __future__ import annotations

import itertools
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

from qa.library.frames import Fault, Header, read_frame, write_frame

_STUCK_SECONDS = 5.0
_HUNG_SECONDS = 60.0
_CRASHES = frozenset((signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE))


class IndexUnavailable(Exception):  # noqa: N818 - a state of affairs that callers answer with exact search
    """The Chroma index cannot answer; exact search can. Not shown to people but for its ``reason``."""

    def __init__(self, reason: str, fault: Fault = Fault.UNUSABLE, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late
        """Whether the deadline passed; the child may be waiting still."""
        self.reason = reason
        self.fault = fault

    @property
    def damaged(self) -> bool:
        """Whether the index must be built anew (else trying again later may do)."""
        return self.fault is Fault.DAMAGED


@dataclass(frozen=True, slots=True, order=True)
class _Errand:
    rank: int
    turn: int
    header: Header = field(compare=False)
    payload: bytes = field(compare=False)
    reply: Future[tuple[Header, bytes]] = field(compare=False)


class Courier:
    """One run of the child process, from its start to its end.

    ``torn()`` tells whether the files are in the middle of a change, in which a process that dies leaves
    damage. Calls back from its thread: ``on_chosen(courier, generation)`` when the child owns the folder
    and before it opens Chroma, ``on_open(courier, count)``, and at last, once the process is gone,
    ``on_end(courier, end)``.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        torn: Callable[[], bool],
        on_chosen: Callable[[Courier, str], None],
        on_open: Callable[[Courier, int], None],
        on_end: Callable[[Courier, IndexUnavailable], None],
    ) -> None:
        self._command = list(command)
        self._torn = torn
        self._on_chosen = on_chosen
        self._on_open = on_open
        self._on_end = on_end
        self._waiting: queue.PriorityQueue[_Errand] = queue.PriorityQueue()
        self._turns = itertools.count()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: IndexUnavailable | None = None
        self._opened = False
        self._closing = False
        self._killed = False
        self._since: float | None = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="chroma-courier", daemon=True)

    def start(self) -> None:
        """Start the process; returns at once."""
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """Process id of the child, ``None`` before it has started."""
        return self._process.pid if self._process else None

    def call(self, header: Header, payload: bytes = b"", *, timeout: float, urgent: bool = False) -> Header:
        """Ask, and return the reply's header, as ``exchange`` does."""
        return self.exchange(header, payload, timeout=timeout, urgent=urgent)[0]

    def exchange(
        self, header: Header, payload: bytes = b"", *, timeout: float, urgent: bool = False
    ) -> tuple[Header, bytes]:
        """Ask, and return the reply and its payload. Raises IndexUnavailable, at the latest after ``timeout`` seconds.

        Something urgent goes first, and is refused at once while one request has been under way for long.
        """
        if urgent and self._busy_for() > _STUCK_SECONDS:
            self._end_if_hung()
            raise IndexUnavailable("the index is busy")
        errand = _Errand(0 if urgent else 1, next(self._turns), header, payload, Future())
        with self._lock:
            if self._end is not None:
                raise IndexUnavailable(self._end.reason, self._end.fault)
            self._waiting.put(errand)
        try:
            return errand.reply.result(timeout)
        except TimeoutError:
            errand.reply.cancel()
            self._end_if_hung()
            raise IndexUnavailable("the index did not answer in time", late=True) from None

    def notice_death(self) -> None:
        """Let the thread find out, if it is idle, that its process has died."""
        if self._process is not None and self._since is None and self._process.poll() is not None:
            self._waiting.put(_Errand(-1, next(self._turns), {"op": "close"}, b"", Future()))
            self._thread.join(1.0)

    def close(self, grace: float) -> None:
        """Ask the process to close, wait ``grace`` seconds, then kill it. Idempotent; leaves no zombie."""
        with self._lock:
            self._closing = True
            self._waiting.put(_Errand(-1, next(self._turns), {"op": "close"}, b"", Future()))
        if self._opened:
            self._thread.join(grace)
        if self._thread.is_alive():
            self._kill()
            self._thread.join(grace)

    def _busy_for(self) -> float:
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def _end_if_hung(self) -> None:
        if self._busy_for() > _HUNG_SECONDS:
            self._kill()

    def _kill(self) -> None:
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def _run(self) -> None:
        try:
            end = self._converse()
        except (OSError, EOFError, ValueError, KeyError) as error:
            end = self._post_mortem(error)
        finally:
            self._reap()
        with self._lock:
            self._end = end
        while not self._waiting.empty():
            reply = self._waiting.get().reply
            if reply.set_running_or_notify_cancel():
                reply.set_exception(IndexUnavailable(end.reason, end.fault))
        self._on_end(self, end)

    def _converse(self) -> IndexUnavailable:
        with self._lock:
            if self._closing:
                return IndexUnavailable("the index is closed")
            self._process = subprocess.Popen(  # noqa: S603 - our own module, in our own interpreter
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        opened, _ = self._receive()
        while "generation" in opened:
            self._on_chosen(self, opened["generation"])
            opened, _ = self._receive()
        if "fault" in opened:
            return _unavailable(opened)
        self._opened = True
        self._since = None
        self._on_open(self, opened["count"])
        return self._carry()

    def _carry(self) -> IndexUnavailable:
        """Carry errands until one ends the conversation."""
        while True:
            errand = self._waiting.get()
            if self._process is not None and self._process.poll() is not None:
                self._waiting.put(errand)
                return self._post_mortem(EOFError("the index process ended"))
            if not errand.reply.set_running_or_notify_cancel():
                continue
            self._since = time.monotonic()
            try:
                self._send(errand)
                if errand.header["op"] == "close":
                    errand.reply.set_result(({}, b""))
                    return IndexUnavailable("the index is closed")
                reply, data = self._receive()
            except (OSError, EOFError, ValueError, KeyError) as error:
                end = self._post_mortem(error)
                errand.reply.set_exception(IndexUnavailable(end.reason, end.fault))
                return end
            self._since = None
            if "fault" not in reply:
                errand.reply.set_result((reply, data))
                continue
            end = _unavailable(reply)
            errand.reply.set_exception(IndexUnavailable(end.reason, end.fault))
            if end.fault is not Fault.REFUSED:
                return end

    def _send(self, errand: _Errand) -> None:
        if self._process is None or self._process.stdin is None:
            raise EOFError("no process")
        write_frame(self._process.stdin, errand.header, errand.payload)

    def _receive(self) -> tuple[Header, bytes]:
        if self._process is None or self._process.stdout is None:
            raise EOFError("no process")
        return read_frame(self._process.stdout)

    def _post_mortem(self, error: Exception) -> IndexUnavailable:
        """Say how the process ended. A crash of its own is damage; a kill from outside only amid a change."""
        process = self._process
        if process is None:
            return IndexUnavailable(f"the index process did not start: {error}")
        if isinstance(error, (ValueError, KeyError)):
            process.kill()
        code = process.wait()
        if self._killed and not self._closing:
            return IndexUnavailable("the index process stopped answering", Fault.DAMAGED)
        if -code in _CRASHES:
            return IndexUnavailable(f"the index process crashed (signal {-code})", Fault.DAMAGED)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        fault = Fault.DAMAGED if self._torn() else Fault.UNUSABLE
        return IndexUnavailable(f"the index process ended ({how})", fault)

    def _reap(self) -> None:
        """Close the pipes, which ends the process, and collect it."""
        process = self._process
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()


def _unavailable(reply: Header) -> IndexUnavailable:
    fault = Fault(reply["fault"])
    reason = reply.get("reason", "")
    if fault is Fault.ELSEWHERE:
        reason = f"another Newsdesk has it open (process {reason})" if reason else "another Newsdesk has it open"
    return IndexUnavailable(reason, fault)
