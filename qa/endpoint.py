"""The model's server, over the openai package (imported here only): requests, retries, limits, cancelling.

The client is asynchronous and runs on a loop in a thread of its own, because a blocked synchronous stream
cannot be cancelled; callers see a plain generator. The SDK's own retries are off: it retries even an
exhausted quota, and waits without a word. openai is imported on first use, in that thread: it takes a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from qa.config import Config
from qa.dialect import Dialect, dialect_of
from qa.errors import EndpointError
from qa.loop import LoopThread
from qa.prices import FREE, Price
from qa.rejection import Rejection, rejection_of, safe
from qa.reply import Asked, Draft, Finish, Finished, Message
from qa.types import Cancel, Delta, Notice, Usage
from qa.vectorreply import Embedded, read_vectors
from qa.version import __version__

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

    _Stream = AsyncStream[ChatCompletionChunk]

__all__ = ["Asked", "Embedded", "Endpoint", "Event", "Finished", "Message"]

Event = Delta | Notice | Finished
_Told = Event | EndpointError
_Tell = Callable[[_Told], None]
_Got = TypeVar("_Got")

_NO_KEY = "none"  # local servers want some key and ignore which
_MOST_BYTES = 128 << 20
"""Of a reply: MOST_CHARACTERS, each in an event of its own, and as much thinking before them."""
_MORE_OF_VECTORS = 2
"""Times that: 2,048 vectors of 4,096 numbers, written out in full, are 200 MB."""
_PACKING = 1_032
"""What deflate makes of one byte, at most."""
_RETRIES = 2
_GRACE_S = 2.0  # for the usage chunk, which follows the end of the reply
_LONGEST_TOLD = 4_000_000
_TOKENS_A_MESSAGE = 4  # what chat templates add, about


@dataclass(frozen=True, slots=True)
class _Request:
    messages: tuple[Message, ...]
    model: str
    max_tokens: int | None
    started: float


class Endpoint:
    """One OpenAI-compatible server, as ``config`` names it. Any thread may use it; close it when done."""

    def __init__(
        self,
        config: Config,
        *,
        count: Callable[[str], int],
        price: Price | None = None,
        connect: float = 5.0,
        first: float = 120.0,
        idle: float = 30.0,
        total: float = 300.0,
        longest_wait: float = 60.0,
        most: int = _MOST_BYTES,
    ) -> None:
        """``count`` counts the tokens of a text where the server does not; ``price`` is the model's, None when nobody
        knows it. Limits, in seconds:

        ``connect``; ``first``, until the first chunk (a local model may have to be loaded); ``idle``, between
        chunks; ``total``, for a request with its retries; ``longest_wait``, for the ``Retry-After`` obeyed. ``most`` is
        how many bytes a reply may have.
        """
        self.host = config.host
        self._config = config
        self._count = count
        self._price = FREE if price is None and config.is_local else price
        self._connect, self._first, self._idle, self._total = connect, first, idle, total
        self._longest_wait = longest_wait
        self._most = most
        self._loop = LoopThread("endpoint", self._disconnect)
        self._sdk: AsyncOpenAI | None = None
        self._dialects: dict[str, Dialect] = {}

    def __repr__(self) -> str:
        return f"Endpoint({self.host})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop every request (its last event says cancelled) and the thread. Any number of times."""
        self._loop.close()

    def reply(self, asked: Asked, cancel: Cancel) -> Iterator[Event]:
        """The reply to ``asked``, as ``stream`` yields it."""
        return self.stream(asked.messages, model=asked.model, max_tokens=asked.max_tokens, cancel=cancel)

    def anew(self) -> Self:
        """Itself: it remembers no request."""
        return self

    def nameless(self, text: str) -> str:
        """``text`` without the key and the host's name."""
        return self.hide(text).replace(self.host, "the server")

    def stream(
        self, messages: Sequence[Message], *, model: str, max_tokens: int | None, cancel: Cancel
    ) -> Iterator[Event]:
        """Ask ``model`` and yield its reply as it comes; the last event is always a Finished.

        Raises EndpointError when the server cannot be reached or does not take the request. Once it has
        accepted (HTTP 200), nothing raises: what arrived is kept and the Finished says why there is no more.
        """
        request = _Request(tuple(messages), model, max_tokens, time.monotonic())
        draft = Draft(self.host)
        inbox: SimpleQueue[_Told | None] = SimpleQueue()
        if cancel.cancelled:
            yield Finished("", "cancelled", "The reply was cancelled.", Usage())
            return
        future = self._begin(request, draft, inbox)
        cancel.on_cancel(lambda: _stop(inbox, future))
        try:
            while (event := inbox.get()) is not None and not cancel.cancelled:
                if isinstance(event, EndpointError):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            future.cancel()
        yield self._finished(request, draft, "cancelled", "The reply was cancelled.")

    def embed(
        self, requests: Iterable[Sequence[str]], *, model: str, at_once: int, cancel: Cancel
    ) -> Iterator[Notice | Embedded]:
        """Vectors of the texts of each request, as they come, ``at_once`` requests at most under way.

        Ends early, and at once, when cancelled. Raises EndpointError when the server cannot be reached, does not take
        a request, or replies with anything but one finite vector for each text.
        """
        inbox: SimpleQueue[Notice | Embedded | EndpointError | None] = SimpleQueue()
        cancel.on_cancel(lambda: inbox.put(None))
        waiting, under_way = enumerate(requests), dict[int, Future[None]]()
        try:
            while not cancel.cancelled:
                while len(under_way) < at_once and (item := next(waiting, None)) is not None:
                    under_way[item[0]] = self._submit(self._vectors(*item, model, inbox.put))
                if not under_way:
                    return
                event = inbox.get()
                if isinstance(event, EndpointError):
                    raise event
                if event is None or cancel.cancelled:
                    return
                if isinstance(event, Embedded):
                    del under_way[event.number]
                yield event
        finally:
            for future in under_way.values():
                future.cancel()

    async def _vectors(
        self, number: int, texts: Sequence[str], model: str, tell: Callable[[Notice | Embedded | EndpointError], None]
    ) -> None:
        """One embeddings request; its errors are told as values, as in ``_talk``."""
        said: bytes | EndpointError
        try:
            client = self._client()
            async with asyncio.timeout(self._total):
                said = await self._tried(lambda: _ask_vectors(client, texts, model), model, tell)
            tell(said if isinstance(said, EndpointError) else read_vectors(said, number, len(texts)))
        except TimeoutError:
            tell(_no_answer(f"{self.host} took longer than {self._total:g} s."))
        except TooMuchError as error:
            tell(_no_answer(f"{self.host} sent {error}."))
        except ValueError as error:
            hint = "Set embedder to an embedding model of that server, and embedder_url to its address."
            tell(EndpointError(f"what {self.host} sent cannot be used as vectors: {error}", hint))
        except Exception as error:  # noqa: BLE001 - the SDK lets through whatever its parsing stumbles over
            tell(_no_answer(f"what {self.host} sent cannot be read ({type(error).__name__})"))

    def tells(self, path: str, seconds: float = 10.0) -> bytes:
        """What the server says at ``path`` (below ``base_url``, or of its root where it begins with ``//``).

        Nothing is retried. Raises EndpointError when it cannot be reached, or says something longer than 4 MB.
        """
        inbox: SimpleQueue[bytes | EndpointError] = SimpleQueue()
        self._submit(self._told(path, seconds, inbox.put))
        said = inbox.get()
        if isinstance(said, EndpointError):
            raise said
        return said

    async def _told(self, path: str, seconds: float, tell: Callable[[bytes | EndpointError], None]) -> None:
        import openai

        root = self._config.endpoint.split("/", 3)
        where = "/".join(root[:3]) + path[1:] if path.startswith("//") else path
        try:
            async with asyncio.timeout(seconds):
                tell(await _read_at(self._client(), where))
        except TimeoutError:
            tell(_no_answer(f"{self.host} did not answer within {seconds:g} s."))
        except openai.APIError as error:
            rejection = rejection_of(error, self.hide)
            tell(rejection.error(self.host, self._config.model or "", self._config.api_key is not None))
        except Exception as error:  # noqa: BLE001 - the SDK lets through whatever its parsing stumbles over
            tell(_no_answer(f"what {self.host} sent cannot be read ({type(error).__name__})"))

    def _submit(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        try:
            return self._loop.submit(work)
        except RuntimeError:
            raise EndpointError(f"the connection to {self.host} is closed", "Start newsdesk again.") from None

    def _begin(self, request: _Request, draft: Draft, inbox: SimpleQueue[_Told | None]) -> Future[None]:
        future = self._submit(self._talk(request, draft, inbox.put))
        future.add_done_callback(lambda _: inbox.put(None))
        return future

    def _client(self) -> AsyncOpenAI:
        if self._sdk is None:
            import openai

            for name in ("openai", "httpx2"):  # OPENAI_LOG would write articles over the screen
                logging.getLogger(name).setLevel(logging.WARNING)
            self._sdk = openai.AsyncOpenAI(
                api_key=_NO_KEY,
                base_url=self._config.endpoint,
                max_retries=0,
                timeout=openai.Timeout(None, connect=self._connect),
                http_client=openai.DefaultAsyncHttpxClient(
                    # A proxy named in the environment must not see what goes to this machine.
                    trust_env=not self._config.is_local,
                    verify=_trust(self._config),
                    follow_redirects=False,
                    event_hooks={"request": [self._address], "response": [self._bound]},
                ),
            )
        return self._sdk

    async def _disconnect(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()

    async def _address(self, request: httpx2.Request) -> None:
        """Give ``request`` our headers alone: the SDK's tell the platform and what OPENAI_* variables say."""
        key = self._config.api_key
        request.headers.clear()
        request.headers.update(
            {
                "Host": request.url.netloc.decode("ascii"),
                "Authorization": f"Bearer {_NO_KEY if key is None else key.reveal()}",
                "Accept": "text/event-stream, application/json",
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                "Content-Length": str(len(request.content)),
                "User-Agent": f"newsdesk/{__version__}",
            }
        )

    async def _bound(self, response: httpx2.Response) -> None:
        """Let ``response`` bring no more than a reply can have: one line without end would fill the memory."""
        most = self._most * (_MORE_OF_VECTORS if response.request.url.path.endswith("/embeddings") else 1)
        packed = response.headers.get("content-encoding", "identity") != "identity"  # which nobody asked for
        stream = cast("httpx2.AsyncByteStream", response.stream)
        response.stream = _at_most(most // _PACKING if packed else most, stream, packed)

    async def _talk(self, request: _Request, draft: Draft, tell: _Tell) -> None:
        """One request, from the first try to the last chunk.

        An error is told as a value, never raised across threads: so none carries frames of the SDK, where the
        key is, into a traceback.
        """
        stream: _Stream | EndpointError | None = None
        end: tuple[Finish, str]
        try:
            client = self._client()
            async with asyncio.timeout(self._total):
                stream = await self._open(client, request, tell)
                if isinstance(stream, EndpointError):
                    tell(stream)
                    return
                end = await self._read(stream, draft, tell)
        except TimeoutError:
            slow = f"The reply from {self.host} took longer than {self._total:g} s."
            end = draft.ending() if draft.ended else ("stalled", slow)
        except TooMuchError as error:
            end = "broken", f"{self.host} sent {error}."
        except Exception as error:  # noqa: BLE001 - the SDK lets through whatever its parsing stumbles over
            end = "broken", f"What {self.host} sent cannot be read as a reply ({type(error).__name__})."
        tell(self._finished(request, draft, *end) if stream is not None else _no_answer(end[1]))

    async def _open(self, client: AsyncOpenAI, request: _Request, tell: _Tell) -> _Stream | EndpointError:
        """The accepted stream, after fewer fields and retries as needed, or why there is none."""
        dialect = self._dialects.get(request.model) or dialect_of(self.host)

        def adapt(rejection: Rejection) -> bool:
            nonlocal dialect
            smaller = dialect.without(rejection)
            dialect = smaller or dialect
            return smaller is not None

        stream = await self._tried(lambda: _create(client, request, dialect), request.model, tell, adapt)
        if not isinstance(stream, EndpointError):
            self._dialects[request.model] = dialect
        return stream

    async def _tried(
        self,
        attempt: Callable[[], Awaitable[_Got]],
        model: str,
        tell: Callable[[Notice], None],
        adapt: Callable[[Rejection], bool] = lambda _: False,
    ) -> _Got | EndpointError:
        """What ``attempt`` gives, after retries as needed, or why it gives nothing; ``adapt`` may change the request
        after a rejection, which then does not count."""
        import openai

        failures = 0
        while True:
            try:
                async with asyncio.timeout(self._first):
                    return await attempt()
            except TimeoutError:
                return _no_answer(f"{self.host} did not answer within {self._first:g} s.")
            except openai.APIError as error:
                rejection = rejection_of(error, self.hide)
            if adapt(rejection):
                continue
            wait = rejection.wait_s(failures, self._longest_wait)
            failures += 1
            if wait is None or failures > _RETRIES:
                return rejection.error(self.host, model, self._config.api_key is not None)
            again = f"trying again in {wait:g} s ({failures} of {_RETRIES})"
            tell(Notice(f"{rejection.why(self.host)}; {again}."))
            await asyncio.sleep(wait)

    async def _read(self, stream: _Stream, draft: Draft, tell: _Tell) -> tuple[Finish, str]:
        """Pass on the text of ``stream``; how it ended."""
        import openai

        wait = self._first
        try:
            kind = stream.response.headers.get("content-type", "")
            if "json" in kind or "html" in kind:
                async with asyncio.timeout(wait):
                    return self._whole(kind, await stream.response.aread(), draft, tell)
            while not draft.overlong:
                async with asyncio.timeout(wait):
                    chunk = await anext(stream)
                if text := draft.take(chunk):
                    tell(Delta(text))
                wait = min(_GRACE_S, self._idle) if draft.ended else self._idle
        except StopAsyncIteration:
            pass
        except TimeoutError:
            if not draft.ended:
                return "stalled", f"{self.host} sent nothing for {wait:g} s."
        except openai.APIConnectionError:
            if not draft.ended:
                return "broken", f"The connection to {self.host} broke off."
        except openai.APIError as error:
            return "broken", f"{self.host} reported an error: {rejection_of(error, self.hide).said}"
        finally:
            await stream.close()
        return draft.ending()

    def _whole(self, kind: str, body: bytes, draft: Draft, tell: _Tell) -> tuple[Finish, str]:
        """A body that is no stream: a whole completion (for servers that ignore ``stream``), or an error."""
        if "json" not in kind:
            return "broken", f"{self.host} sent a web page instead of a reply; base_url usually ends in /v1."
        data = json.loads(body)
        if isinstance(data, dict) and data.get("error"):
            return "broken", f"{self.host} reported an error: {safe(data['error'], self.hide)}"
        if text := draft.take(data):
            tell(Delta(text))
        return draft.ending()

    def hide(self, text: str) -> str:
        """``text`` without the key."""
        key = self._config.api_key
        return text if key is None else text.replace(key.reveal(), "***")

    def _finished(self, request: _Request, draft: Draft, finish: Finish, reason: str) -> Finished:
        text = draft.text
        tokens_in, tokens_out = draft.tokens or (
            sum(self._count(message.content) + _TOKENS_A_MESSAGE for message in request.messages),
            self._count(text),
        )
        cost = self._price.cost(tokens_in, tokens_out) if self._price else None
        usage = Usage(tokens_in, tokens_out, cost, seconds=time.monotonic() - request.started)
        return Finished(text, finish, reason, usage, reported=draft.tokens is not None)


class TooMuchError(Exception):
    """A server sends more than any reply has; says how much, in words."""


def _at_most(most: int, stream: httpx2.AsyncByteStream, packed: bool) -> httpx2.AsyncByteStream:
    """``stream``, which ends in TooMuchError where it brings more than ``most`` bytes."""
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            sent = 0
            async for data in stream:
                sent += len(data)
                if sent > most:
                    raise TooMuchError(f"more than {most:,} {'packed ' * packed}bytes, which no reply has")
                yield data

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()


async def _create(client: AsyncOpenAI, request: _Request, dialect: Dialect) -> _Stream:
    messages = [
        {"role": message.role, "content": message.content.encode("utf-8", "replace").decode("utf-8")}
        for message in request.messages
    ]
    return await client.chat.completions.create(
        messages=cast("Any", messages),
        model=request.model,
        stream=True,
        extra_body=dialect.fields(request.max_tokens),
    )


async def _ask_vectors(client: AsyncOpenAI, texts: Sequence[str], model: str) -> bytes:
    """The reply's bytes: the SDK's own method decodes base64 and checks nothing."""
    import httpx2

    told = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    body = {"input": told, "model": model, "encoding_format": "float"}
    reply = await client.post("/embeddings", cast_to=httpx2.Response, body=body)
    return reply.content


async def _read_at(client: AsyncOpenAI, where: str) -> bytes:
    import httpx2

    said = (await client.get(where, cast_to=httpx2.Response)).content
    if len(said) > _LONGEST_TOLD:
        raise ValueError("longer than anything a server says of itself")
    return said


def _trust(config: Config) -> ssl.SSLContext | bool:
    """The certificates to trust: the system's, which take a while to load, or none where no TLS is spoken."""
    plain = config.is_local and config.endpoint.startswith("http:")
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True


def _no_answer(why: str) -> EndpointError:
    return EndpointError(why.rstrip("."), "Is the model loaded, and base_url right? Try again later.")


def _stop(inbox: SimpleQueue[_Told | None], future: Future[None]) -> None:
    inbox.put(None)  # the reader ends now, whatever the connection does
    future.cancel()
