"""The process in which markup and documents of strangers are parsed, as the readers see it.

HTML, PDF and feeds are parsed by libraries that a hostile file can keep busy, fill the memory with or bring down. So
one child (``qa.sources.inside``) does it under limits of the kernel: processor time for each document, memory, no file
written, no key in its environment. It is kept for the next document, and killed and replaced when it goes too far. What
it answers is JSON, and as untrusted as the document.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import IO, Any

from qa.sources.draft import RefusedError

_LENGTH = struct.Struct(">Q")
_MOST_ANSWER = 64 << 20
_PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""Of the environment, what an interpreter needs; no key among it."""
CPU_SECONDS = {"html": 5, "feed": 5, "fragments": 5, "opml": 5, "pdf": 60}
"""Processor time for one document of each kind. An ordinary page takes a
tenth of one, a page of a PDF about as long."""
_WALL = 6
"""How many times as long as its processor time a document may take by the clock: others use the machine too."""


class Confined:
    """One child, started when it is first asked. Safe to share between threads: documents are read one by one."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, kind: str, data: bytes, **told: str | None) -> Mapping[str, Any]:
        """What the parser of ``kind`` makes of a document. Raises RefusedError with the reason and a remedy."""
        head = json.dumps({"kind": kind, "size": len(data), "cpu": CPU_SECONDS[kind], **told}).encode() + b"\n"
        with self._lock:
            child = self._running()
            assert child.stdin is not None
            assert child.stdout is not None
            answer: bytes | None = None
            try:
                deadline = time.monotonic() + _WALL * CPU_SECONDS[kind]
                with suppress(BrokenPipeError):
                    child.stdin.write(head + data)
                    child.stdin.flush()
                answer = _read(child.stdout, deadline)
            finally:
                if answer is None:
                    self._child = None
            if answer is None:
                raise RefusedError(_end(child, kind))
            answered = _answered(answer)
            if answered.get("last"):
                self._child = None
                _kill(child)
        if refused := words(answered, "refused"):
            raise RefusedError(refused)
        return answered

    def close(self) -> None:
        """End the child; the next question starts another."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            _kill(child)

    @property
    def pid(self) -> int | None:
        """Process id of the child, None when there is none."""
        return self._child.pid if self._child else None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        if self._child is not None:
            _kill(self._child)
        self._child = subprocess.Popen(  # the interpreter that runs this, and a module of ours
            [sys.executable, "-P", "-m", "qa.sources.inside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            start_new_session=True,  # Ctrl+C is the front end's to answer
        )
        return self._child


_shared = Confined()
atexit.register(_shared.close)


def parsed(kind: str, data: bytes, **told: str | None) -> Mapping[str, Any]:
    """What the one child of this process makes of a document (``Confined.ask``)."""
    return _shared.ask(kind, data, **told)


def words(answer: Mapping[str, Any], name: str) -> str | None:
    """A text of an answer; None where there is none."""
    value = answer.get(name)
    return value if isinstance(value, str) and value.strip() else None


def listed(answer: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    """The objects of a list in an answer."""
    value = answer.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _read(pipe: IO[bytes], deadline: float) -> bytes | None:
    """One answer; None when the child died, was too slow, or says more than any document holds."""
    head = _exactly(pipe, _LENGTH.size, deadline)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    return _exactly(pipe, length, deadline) if length <= _MOST_ANSWER else None


def _exactly(pipe: IO[bytes], length: int, deadline: float) -> bytes | None:
    read = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while len(read) < length:
            if not waiting.select(max(0.0, deadline - time.monotonic())):
                return None
            part = os.read(pipe.fileno(), min(length - len(read), 1 << 20))
            if not part:
                return None
            read += part
    return bytes(read)


def _end(child: subprocess.Popen[bytes], kind: str) -> str:
    """Why a child gave no answer, in words; it is gone afterwards."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(0.5)
    code = child.poll()
    _kill(child)
    if code is None or code in (-signal.SIGXCPU, -signal.SIGKILL):
        return (
            f"its {kind.upper()} kept the reader busy for more than {CPU_SECONDS[kind]} s of processor time, as "
            "hostile or damaged files do; save the article as text"
        )
    how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return f"the reader of {kind.upper()} died of it ({how}), as it does of damaged files; save the article as text"


def _kill(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        with suppress(OSError, ValueError):
            if pipe:
                pipe.close()


def _answered(answer: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        raise RefusedError("what its reader made of it cannot be read; save the article as text") from None
    if not isinstance(told, dict):
        raise RefusedError("what its reader made of it cannot be read; save the article as text")
    return told
