"""Replies from a recording: what is recorded is replayed as it came, and with a server what is not is asked and added.

A replayed reply comes as pieces of text, like one that streams, through everything that a server's goes through.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator

from qa.endpoint import Asked, Endpoint, Event, Finished
from qa.recording import Recorded, Recording, request_hash, short
from qa.types import Cancel, Delta, Notice, Usage

_PIECES = re.compile(r"\S{1,40}\s*|\s+")


class RecordedReplies:
    """Replies of a recording, and of ``server`` where it has none. Any thread may use it; close it when done."""

    def __init__(self, recording: Recording, server: Endpoint | None = None) -> None:
        """Without ``server`` nothing is ever sent; what ``server`` replies is added to ``recording``."""
        self._recording = recording
        self._server = server
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def host(self) -> str:
        """Host of the server; without one, the file that stands for it."""
        return self._server.host if self._server else f"the recording {self._recording.path.name}"

    def anew(self) -> RecordedReplies:
        """The same recording for another run of requests: each is replayed from its first reply on."""
        return RecordedReplies(self._recording, self._server)

    def close(self) -> None:
        """Close server and recording. Any number of times."""
        if self._server:
            self._server.close()
        self._recording.close()

    def reply(self, asked: Asked, cancel: Cancel) -> Iterator[Event]:
        """The recorded reply to ``asked``, each of several in its turn; else that of the server, which is recorded.

        Raises RecordingError where nothing is recorded and there is no server, or the reply cannot be written down; and
        what ``Endpoint.stream`` raises.
        """
        request = request_hash(asked)
        with self._lock:
            self._times[request] += 1
            n = self._times[request]
        if self._server is None:
            recorded = self._recording.nth(request, n)
            if recorded is None:
                raise self._recording.missing(asked, n)
            yield from _replayed(recorded, cancel)
            return
        with self._recording.alone(request, cancel):
            if recorded := self._recording.nth(request, n):
                yield from _replayed(recorded, cancel)
            else:
                yield from self._asked(self._server, asked, request, cancel)

    def _asked(self, server: Endpoint, asked: Asked, request: str, cancel: Cancel) -> Iterator[Event]:
        for event in server.reply(asked, cancel):
            if isinstance(event, Finished):
                if _is_the_models(event):
                    self._recording.add(_to_record(event, asked, request, server))
                elif event.finish != "cancelled":
                    yield Notice(f"not recorded: {event.reason}")
            yield event


def _is_the_models(end: Finished) -> bool:
    """Whether a reply ended as it did because of the model, so that it will again; else the connection failed."""
    return end.finish in {"stop", "length", "refused"} or (end.finish == "broken" and end.reported)


def _to_record(end: Finished, asked: Asked, request: str, server: Endpoint) -> Recorded:
    return Recorded(
        request=request,
        model=asked.model,
        prompt=asked.prompt,
        prompt_hash=asked.prompt_hash,
        about=short(asked.about),
        text=server.hide(end.text),
        finish=end.finish,
        reason=server.nameless(end.reason),
        tokens_in=end.usage.tokens_in,
        tokens_out=end.usage.tokens_out,
        counted=end.reported,
        cost=end.usage.cost,
    )


def _replayed(one: Recorded, cancel: Cancel) -> Iterator[Event]:
    said: list[str] = []
    for piece in _PIECES.findall(one.text):
        if cancel.cancelled:
            yield Finished("".join(said), "cancelled", "The reply was cancelled.", Usage(), replayed=True)
            return
        said.append(piece)
        yield Delta(piece)
    usage = Usage(one.tokens_in, one.tokens_out, one.cost)
    yield Finished(one.text, one.finish, one.reason, usage, reported=one.counted, replayed=True)
