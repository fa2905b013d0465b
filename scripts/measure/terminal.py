"""A command in a pseudo-terminal, its screen read with pyte: to type, to wait for words, to see how long that takes."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from fcntl import ioctl

import psutil
import pyte

_PRIVATE = re.compile(rb"\x1b\[[>=<?][0-9;]*[a-zA-Z$]+")
"""Sequences that pyte does not know and would print."""


class Terminal:
    """``command`` with a screen of ``columns`` and ``lines``; use it in a ``with``, which ends what still runs."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int = 80, lines: int = 24
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self.raw = b""
        """All that came out of it."""
        self._stream = pyte.ByteStream(self.screen)
        self._ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=dict(environment), start_new_session=True
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)

    @property
    def text(self) -> str:
        """The words on the screen, whatever the line breaks."""
        return " ".join(" ".join(self.screen.display).split())

    @property
    def cpu(self) -> float:
        """Seconds of CPU of the command so far, of its own process and of the children it waited for."""
        return sum(psutil.Process(self.process.pid).cpu_times()[:4])

    def type(self, keys: str) -> None:
        """Send ``keys``."""
        os.write(self._ours, keys.encode())

    def until(self, holds: Callable[[str], object], patience: float = 60.0) -> float | None:
        """Seconds until ``holds`` of the words on the screen; None when it did not come to that."""
        began = time.monotonic()
        while not holds(self.text):
            if time.monotonic() - began > patience or not self._read():
                return None
        return time.monotonic() - began

    def left(self, patience: float = 60.0) -> float | None:
        """Seconds until the command has ended; None when it did not."""
        began = time.monotonic()
        while self.process.poll() is None:
            if time.monotonic() - began > patience:
                return None
            self._read(0.005)
        return time.monotonic() - began

    def _read(self, seconds: float = 0.02) -> bool:
        if select.select([self._ours], [], [], seconds)[0]:
            try:
                data = os.read(self._ours, 65_536)
            except OSError:  # the other side is closed
                time.sleep(seconds)
                return self.process.poll() is None
            self.raw += data
            self._stream.feed(_PRIVATE.sub(b"", data))
        return True
