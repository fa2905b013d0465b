"""A scripted OpenAI-compatible server on loopback: real HTTP, real sockets, no patches.

    with FakeLLM() as server:
        server.queue(Reply(["Talks are ", "in Istanbul [1]."]))      # streamed, usage and [DONE] at the end
        server.queue(Failure(429, retry_after="0"), Reply(["ok"]))   # first a refusal, then a reply
        config = Config(model="test", base_url=server.url)           # server.url ends in /v1
        ...
        assert server.bodies[0]["messages"][1]["content"]            # what was asked, in order
        assert server.requests[0].headers["authorization"] == "Bearer none"

Each POST takes the next scripted item. When the queue is empty, ``server.default`` answers: a Reply, or a
function from the request's body to one, for tests that must cite what they were shown:

        server.default = lambda body: Reply(["The talks are in Istanbul [1]."])

What a Reply can do besides: ``finish`` (None: none is sent), ``usage`` (None: never sent; unless it is given, a third
of the prompt's characters, as no tokenizer counts fewer), ``done=False`` (no
[DONE]), ``stall_after=n`` (silence after n events until the client hangs up: ``server.hung_up`` is then set),
``break_at=n`` (the connection is cut after n bytes of the body), ``drip=True`` (the last chunk repeated until
the client hangs up). A text chunk is one event; the finish, the usage and [DONE] are events too.
``Raw(body, content_type)`` sends any bytes with status 200: HTML, ``{}``, malformed events.

``server.unknown_fields`` names the fields that this server answers with 400. Without ``"stream": true``
the reply comes as one JSON body. POST /v1/embeddings takes the next item too, else it answers with ``Vectors()``:
the same unit vector for the same text, whatever the request; ``Vectors(change=...)`` spoils the body on its way
out, ``Vectors(dimensions=n)`` sends longer ones. GET /v1/models lists ``server.models``; asking for another
model gets 404.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

JSON = "application/json"
EVENTS = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Reply:
    """A chat completion: pieces of text (or whole ``delta`` dictionaries), and how it ends."""

    chunks: Sequence[str | dict[str, Any]] = ("ok",)
    finish: str | None = "stop"
    usage: tuple[int, int] | Literal["counted"] | None = "counted"
    done: bool = True
    stall_after: int | None = None
    break_at: int | None = None
    drip: bool = False

    def events(self, with_usage: bool, read: int = 0) -> Iterator[bytes]:
        """The reply as server-sent events, to a prompt of ``read`` tokens."""
        for piece in self.chunks:
            delta = {"content": piece} if isinstance(piece, str) else piece
            yield event({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        if self.finish is not None:
            yield event({"choices": [{"index": 0, "delta": {}, "finish_reason": self.finish}]})
        if with_usage and self.usage is not None:
            yield event({"choices": [], "usage": self._usage(read)})
        if self.done:
            yield b"data: [DONE]\n\n"

    def whole(self, read: int = 0) -> dict[str, Any]:
        """The reply as one completion, to a prompt of ``read`` tokens."""
        message = {"role": "assistant", "content": "".join(c for c in self.chunks if isinstance(c, str))}
        choice = {"index": 0, "message": message, "finish_reason": self.finish}
        return {"object": "chat.completion", "choices": [choice], "usage": self._usage(read)}

    def _usage(self, read: int) -> dict[str, int] | None:
        if self.usage is None:
            return None
        tokens_in, tokens_out = (read, 7) if self.usage == "counted" else self.usage
        return {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """An HTTP error in OpenAI's form; ``headers`` for what else, such as a redirect's Location."""

    status: int
    message: str = "scripted failure"
    code: str | None = None
    param: str | None = None
    retry_after: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raw:
    """Any body with status 200."""

    body: bytes
    content_type: str = EVENTS


@dataclass(frozen=True, slots=True)
class Vectors:
    """A reply to an embeddings request, one vector a text; ``change`` edits the JSON body before it is sent."""

    dimensions: int = 8
    change: Callable[[dict[str, Any]], object] | None = None

    def body(self, texts: Sequence[str]) -> dict[str, Any]:
        """The reply as JSON."""
        data = [
            {"object": "embedding", "index": n, "embedding": vector_of(text, self.dimensions)}
            for n, text in enumerate(texts)
        ]
        tokens = sum(len(text.split()) for text in texts)
        body: dict[str, Any] = {"object": "list", "data": data, "usage": {"prompt_tokens": tokens}}
        if self.change:
            self.change(body)
        return body


def vector_of(text: str, dimensions: int = 8) -> list[float]:
    """What the server makes of a text: a vector in which each word has a part, of length 2."""
    vector = [0.001] * dimensions
    for word in text.casefold().split():
        vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % dimensions] += 1.0
    norm = sum(value * value for value in vector) ** 0.5
    return [2 * value / norm for value in vector]


Scripted = Reply | Failure | Raw | Vectors


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived; header names are in small letters."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def tokens_read(body: dict[str, Any]) -> int:
    """Tokens that the server says it read: as many as any tokenizer needs."""
    return max(11, sum(len(message["content"]) for message in body.get("messages", ())) // 3)


def event(data: object) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(data)}\n\n".encode()


class FakeLLM:
    """The server; a context manager. See the module's docstring."""

    def __init__(self, *script: Scripted, models: Sequence[str] = ("test",)) -> None:
        self.models = tuple(models)
        self.default: Reply | Callable[[dict[str, Any]], Scripted] = Reply()
        self.vectors: Scripted | Callable[[dict[str, Any]], Scripted] = Vectors()
        self.unknown_fields: frozenset[str] = frozenset()
        self.requests: list[Request] = []
        self.stalled = threading.Event()
        """Set when a reply has begun to stall or drip."""
        self.hung_up = threading.Event()
        """Set when a client left a reply that stalled or dripped."""
        self.closing = threading.Event()
        self._script: deque[Scripted] = deque(script)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.fake = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base URL, ending in /v1."""
        return f"http://{self.host}/v1"

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The bodies of the requests so far."""
        return [request.body for request in self.requests]

    def queue(self, *items: Scripted) -> None:
        """Script the next replies."""
        self._script.extend(items)

    def next_for(self, body: dict[str, Any]) -> Scripted:
        """What answers a request with this body."""
        if unknown := sorted(self.unknown_fields & body.keys()):
            name = unknown[0]
            return Failure(400, f"Unsupported parameter: '{name}'", code="unsupported_parameter", param=name)
        if body.get("model") not in self.models:
            return Failure(404, f"The model `{body.get('model')}` does not exist", code="model_not_found")
        if self._script:
            return self._script.popleft()
        if "input" in body:
            return self.vectors(body) if callable(self.vectors) else self.vectors
        return self.default(body) if callable(self.default) else self.default


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "FakeLLM"
    disable_nagle_algorithm = True

    @property
    def fake(self) -> FakeLLM:
        return self.server.fake  # type: ignore[attr-defined,no-any-return]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: tests read ``requests``."""

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            models = [{"id": name, "object": "model"} for name in self.fake.models]
            self._json(200, {"object": "list", "data": models})
        else:
            self._json(404, {"error": {"message": "no such address"}})

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:
            return  # the client hung up before it had asked
        body = json.loads(raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.fake.requests.append(Request(self.path, headers, body))
        if self.path not in ("/v1/chat/completions", "/v1/embeddings"):
            self._json(404, {"error": {"message": "no such address"}})
            return
        item = self.fake.next_for(body)
        if isinstance(item, Failure):
            error = {"message": item.message, "code": item.code, "param": item.param, "type": "error"}
            retry = {} if item.retry_after is None else {"Retry-After": item.retry_after}
            self._json(item.status, {"error": error}, {**retry, **item.headers})
        elif isinstance(item, Raw):
            self._send(200, item.content_type, item.body)
        elif isinstance(item, Vectors):
            self._json(200, item.body(body["input"]))
        elif not body.get("stream"):
            self._json(200, item.whole(tokens_read(body)))
        else:
            with contextlib.suppress(OSError):  # a client that leaves is what some tests are about
                self._stream(item, bool((body.get("stream_options") or {}).get("include_usage")), tokens_read(body))

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, JSON, json.dumps(body).encode(), headers)

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, reply: Reply, with_usage: bool, read: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", EVENTS)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        for number, data in enumerate(reply.events(with_usage, read)):
            if number == reply.stall_after:
                self._wait_for_hang_up()
                return
            if reply.break_at is not None and sent + len(data) > reply.break_at:
                self._chunk(data[: reply.break_at - sent])
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self._chunk(data)
            sent += len(data)
            if reply.drip and number == len(reply.chunks) - 1:
                self._wait_for_hang_up(again=data)
                return
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

    def _wait_for_hang_up(self, again: bytes = b"") -> None:
        self.close_connection = True
        self.fake.stalled.set()
        while not self.fake.closing.is_set():
            try:
                readable, _, _ = select.select([self.connection], [], [], 0.02)
                gone = bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
                self._chunk(b"" if gone else again)
            except OSError:  # the client closed with something unread: a reset
                gone = True
            if gone:
                self.fake.hung_up.set()
                return
