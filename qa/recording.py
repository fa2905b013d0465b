"""A recording: replies of a model in a file, by the digest of what was asked, so that they can be replayed.

JSON lines, one a reply. A line holds what was replied and what was asked about; it holds no prompt (so no article), no
key, no host, and a sum over itself, so that an edited one is known. Lines are only ever added: a process that is killed
leaves at most its last line broken off, which the next one that adds takes away.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.codec import decoded, encoded
from qa.errors import RecordingError
from qa.reply import MOST_CHARACTERS, Asked, Finish
from qa.types import Cancel

_FORM = 1
"""Version of the lines: a higher one is of a later Newsdesk."""
_BEGINS = f'{{"recording": {_FORM}, '.encode()
_LONGEST_ABOUT = 200
RECORD = "--record FILE in place of --replay FILE, with the model configured, asks for what is missing and adds it."
_REPAIR = "repair"
_REASONS = (
    " The wording of a check's reason is text of this prompt: where it has changed, `python tests/record_newsroom.py` "
    "records the newsroom's replies anew."
)
"""How a recording comes to hold a reply."""
_RESTORE = "Restore the file, or delete the line and record it again with --record."


@dataclass(frozen=True, slots=True)
class Recorded:
    """One reply as it was recorded."""

    request: str
    """``request_hash`` of what was asked."""
    model: str
    prompt: str
    prompt_hash: str
    about: str
    """The question, headline or sentence that it was about, shortened."""
    text: str
    """As it came, with the model's thinking."""
    finish: Finish
    reason: str
    tokens_in: int
    tokens_out: int
    counted: bool
    """Whether the server counted the tokens."""
    cost: float | None
    """Dollars that it took then."""


def request_hash(asked: Asked) -> str:
    """SHA-256 (hex) of what is sent and decides the reply: model, messages, limit, temperature. The same for any
    server, whatever it is called and whichever optional fields it takes."""
    told = {
        "max_tokens": asked.max_tokens,
        "messages": [{"content": message.content, "role": message.role} for message in asked.messages],
        "model": asked.model,
        "temperature": 0,
    }
    return hashlib.sha256(_canonical(told)).hexdigest()


def short(text: str) -> str:
    """``text`` in one line of at most 200 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_ABOUT else f"{line[: _LONGEST_ABOUT - 1]}…"


class Recording:
    """A file of recorded replies, read whole. Any thread may use it; close it when done."""

    def __init__(self, path: Path, *, adds: bool = False) -> None:
        """With ``adds`` the file is made where there is none, for its owner alone to read, and no other process may add
        to it meanwhile. Raises RecordingError, naming the line, for a file that is damaged, edited or no recording."""
        self.path = path.expanduser()
        self._lock = threading.Lock()
        self._turns = threading.Condition()
        self._under_way: set[str] = set()
        self._handle = _opened(self.path, adds)
        self._adds = adds
        try:
            self._replies = _by_request(self._read())
        except RecordingError:
            os.close(self._handle)
            raise
        if not adds:
            os.close(self._handle)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that wrote its replies, those that only judged apart."""
        all_ = (one for replies in self._replies.values() for one in replies)
        return tuple(dict.fromkeys(one.model for one in all_ if one.prompt != "judge"))

    def nth(self, request: str, n: int) -> Recorded | None:
        """The reply when the request with this hash is made for the ``n``-th time, from 1."""
        with self._lock:
            replies = self._replies.get(request, ())
            return replies[n - 1] if n <= len(replies) else None

    def add(self, one: Recorded) -> None:
        """Add a reply: on the disk when this returns. Raises RecordingError when it cannot be written."""
        line = _line(one)
        with self._lock:
            if not self._adds:
                raise RecordingError(f"{self.path} is not open to record into", "Start the command again.")
            length = os.fstat(self._handle).st_size
            try:
                _write(self._handle, line)
                os.fsync(self._handle)
            except OSError as error:
                with suppress(OSError):
                    os.ftruncate(self._handle, length)
                why = f"{self.path} cannot be written: {error.strerror}"
                raise RecordingError(why, "The replies before it are kept; make room and record again.") from None
            self._replies.setdefault(one.request, []).append(one)

    @contextmanager
    def alone(self, request: str, cancel: Cancel) -> Iterator[None]:
        """Hold a request while its reply is awaited: who makes the same one waits, and then finds it recorded. The wait
        ends when cancelled."""
        mine = self._begin(request, cancel)
        try:
            yield
        finally:
            if mine:
                with self._turns:
                    self._under_way.discard(request)
                    self._turns.notify_all()

    def missing(self, asked: Asked, n: int) -> RecordingError:
        """The error of a request that is not recorded, or not for the ``n``-th time, with what is nearest to it."""
        what = f"the request {request_hash(asked)[:12]} (prompt {asked.prompt}, about “{short(asked.about)}”)"
        hint = RECORD + _REASONS if asked.prompt == _REPAIR else RECORD
        return RecordingError(f"{self.path} has no reply to {what}: {self._nearest(asked, n)}", hint)

    def close(self) -> None:
        """Let other processes add to the file. Any number of times."""
        with self._lock:
            if self._adds:
                self._adds = False
                os.close(self._handle)

    def _begin(self, request: str, cancel: Cancel) -> bool:
        with self._turns:
            if request in self._under_way:
                cancel.on_cancel(self._wake)
            while request in self._under_way and not cancel.cancelled:
                self._turns.wait()
            mine = request not in self._under_way
            self._under_way.add(request)
            return mine

    def _wake(self) -> None:
        with self._turns:
            self._turns.notify_all()

    def _nearest(self, asked: Asked, n: int) -> str:
        """Why a reply is missing, as far as other replies tell."""
        request, about = request_hash(asked), short(asked.about)
        with self._lock:
            if times := len(self._replies.get(request, ())):
                return f"it is recorded {times} time(s), and is asked for the {n}. time"
            replies = [one for replies in self._replies.values() for one in replies]
        alike = [one for one in replies if (one.prompt, one.about) == (asked.prompt, about)]
        if not alike:
            return "it was never recorded"
        if by_it := [one for one in alike if one.model == asked.model]:
            if all(one.prompt_hash != asked.prompt_hash for one in by_it):
                was = by_it[-1].prompt_hash
                return f"the prompt has changed since it was recorded (from {was} to {asked.prompt_hash})"
            return "it is recorded with other passages, days or settings"
        return f"it is recorded of the model {alike[-1].model}, not {asked.model}"

    def _read(self) -> Iterator[Recorded]:
        """The replies of the file. What a kill left of a last line is passed over, and taken away where some are
        added."""
        data = b"".join(iter(lambda: os.read(self._handle, 1 << 20), b""))
        *lines, last = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            yield self._parsed(number, line)
        if not last:
            return
        try:
            whole = self._parsed(len(lines) + 1, last)
        except RecordingError:
            if not (last.startswith(_BEGINS) or _BEGINS.startswith(last)):
                raise
            if self._adds:
                os.ftruncate(self._handle, len(data) - len(last))
            return
        if self._adds:
            _write(self._handle, b"\n")
        yield whole

    def _parsed(self, number: int, line: bytes) -> Recorded:
        try:
            return _recorded(json.loads(line.decode("utf-8")))
        except (ValueError, RecursionError) as error:
            what = "not JSON" if isinstance(error, json.JSONDecodeError | RecursionError) else error
            raise RecordingError(f"{self.path}:{number}: {what}", _RESTORE) from None


def _opened(path: Path, adds: bool) -> int:
    """The open file, locked where it is added to."""
    try:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT if adds else os.O_RDONLY
        handle = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except (OSError, ValueError) as error:
        hint = "Name a file in a folder of yours." if adds else "Record one first: the same command with --record FILE."
        why = error.strerror if isinstance(error, OSError) else error
        raise RecordingError(f"the recording {path} cannot be opened: {why}", hint) from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise RecordingError(f"{path} is no file", "Name a file of recorded replies.")
        if adds:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise RecordingError(f"another process records into {path}", "Wait until it has ended.") from None
    except OSError as error:
        os.close(handle)
        raise RecordingError(f"{path} cannot be locked: {error.strerror}", "Record on a local disk.") from None
    except RecordingError:
        os.close(handle)
        raise
    return handle


def _by_request(replies: Iterator[Recorded]) -> dict[str, list[Recorded]]:
    found: dict[str, list[Recorded]] = {}
    for one in replies:
        found.setdefault(one.request, []).append(one)
    return found


def _recorded(raw: Any) -> Recorded:
    """The reply of a line. Raises ValueError, with the reason for a reader, where it holds none."""
    if not isinstance(raw, dict) or "recording" not in raw:
        raise ValueError("not a recorded reply")
    if raw["recording"] != _FORM:
        raise ValueError("recorded by a later version of Newsdesk")
    if raw.get("sum") != _sum(raw):
        raise ValueError("the line was edited or damaged: its sum does not fit")
    one = decoded(Recorded, raw)
    if len(one.text) > MOST_CHARACTERS + 1 or one.tokens_in < 0 or one.tokens_out < 0:
        raise ValueError("no reply is like this")
    if not one.model.strip() or not one.model.isprintable():
        raise ValueError("no model is called like this")
    return one


def _line(one: Recorded) -> bytes:
    fields = {"recording": _FORM, **encoded(one)}
    text = json.dumps({**fields, "sum": _sum(fields)}, ensure_ascii=False, allow_nan=False)
    # Nothing in the file may steer a terminal that shows it, or turn the order of what is read.
    return ("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n").encode()


def _sum(fields: Mapping[str, Any]) -> str:
    told = {name: value for name, value in fields.items() if name != "sum"}
    return hashlib.sha256(_canonical(told)).hexdigest()[:16]


def _canonical(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
