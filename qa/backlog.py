"""Passages that wait for their vectors: embedded here, in threads, while others are still read, or by a server.

Vectors of an embedder that is not in use are recorded beside the others; the library changes over when none is missing.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING

from qa.embedserver import EmbedServer, money, sample_of
from qa.engine import Engine
from qa.errors import EndpointError
from qa.library.catalogue import Catalogue
from qa.types import Cancel, Notice, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BATCH = 64
"""Vectors a transaction."""
_PAGE = 1_000
"""Passages read from the record at once."""
_HELD = 64_000_000
"""Bytes of word pieces kept for later, beyond which passages are tokenised again when their turn comes."""
_BESIDE = 250
"""Bytes that keeping a passage's word pieces takes beside them."""


class Backlog:
    """The passages of one ingest that lack a vector. Used by one thread, in which it also writes to the record.

    What an ingest has tokenised is embedded from these word pieces (``add``); what waits from before is tokenised
    again. Newest articles come first.
    """

    def __init__(self, engine: Engine, cancel: Cancel) -> None:
        self.embedded = 0
        """Vectors recorded so far."""
        self._catalogue = engine.library.catalogue
        self._embedder = engine.embedder
        self._fingerprint = engine.embedder.fingerprint
        self._cancel = cancel
        self._ids: dict[bytes, bytes] = {}
        self._held = 0
        self._newest: list[tuple[int, int, bytes]] = []
        self._turn = 0
        self._under_way: deque[tuple[bytes, Future[NDArray[np.float32]]]] = deque()
        self._ready: list[tuple[bytes, bytes]] = []
        if self._catalogue.embedder != self._fingerprint:
            self._catalogue.use(self._fingerprint)  # at once where there is nothing to lose

    def add(self, day: int, passages: Sequence[tuple[bytes, bytes]]) -> None:
        """Take what is now recorded: the digest and word pieces of each passage of an article of this day."""
        lacking = self._catalogue.lacking(self._fingerprint, [digest for digest, _ in passages])
        lacking -= {digest for digest, _ in self._under_way} | {digest for digest, _ in self._ready}
        for digest, ids in passages:
            if digest in lacking and digest not in self._ids and self._held < _HELD:
                self._ids[digest] = ids
                self._held += len(ids) + _BESIDE
                self._turn += 1
                heapq.heappush(self._newest, (-day, self._turn, digest))

    def advance(self) -> None:
        """Keep the threads busy and record what is ready, without waiting for anything."""
        while self._under_way and self._under_way[0][1].done():
            self._take()
        while self._newest and len(self._under_way) < self._ahead:
            _, _, digest = heapq.heappop(self._newest)
            self._submit(digest, self._ids.pop(digest))

    def finish(self) -> Iterator[Progress]:
        """Embed all that lacks a vector, then let go of other embedders' vectors. Ends early when cancelled."""
        waiting = self._catalogue.waiting(self._fingerprint)
        started, begun = time.monotonic(), self.embedded
        for digest, ids in self._passages(waiting):
            while len(self._under_way) >= self._ahead:
                if self._take():
                    yield self._progress(begun, len(waiting), started)
            if self._cancel.cancelled:
                break
            self._submit(digest, ids)
        if self._cancel.cancelled:
            self.abandon()
        while self._under_way:
            if self._take() and not self._cancel.cancelled:
                yield self._progress(begun, len(waiting), started)
        self._store()
        if waiting and not self._cancel.cancelled:
            yield self._progress(begun, len(waiting), started)
        if not self._cancel.cancelled:
            _change_over(self._catalogue, self._fingerprint)

    def abandon(self) -> None:
        """Take back what no thread has begun."""
        for _, future in self._under_way:
            future.cancel()

    @property
    def _ahead(self) -> int:
        return 4 * self._embedder.threads

    def _passages(self, waiting: Sequence[tuple[int, bytes]]) -> Iterator[tuple[bytes, bytes]]:
        """Digest and word pieces of what is not under way yet."""
        busy = {digest for digest, _ in self._under_way} | {digest for digest, _ in self._ready}
        for page in (waiting[i : i + _BATCH] for i in range(0, len(waiting), _BATCH)):
            rest = [(number, digest) for number, digest in page if digest not in busy]
            texts = self._catalogue.passage_texts([number for number, digest in rest if digest not in self._ids])
            for number, digest in rest:
                ids = self._ids.pop(digest, None)
                yield digest, self._embedder.ids_of(texts.get(number, "")) if ids is None else ids

    def _submit(self, digest: bytes, ids: bytes) -> None:
        self._under_way.append((digest, self._embedder.submit(ids)))

    def _take(self) -> bool:
        """Wait for the first passage under way; whether its vector was recorded, with others."""
        digest, future = self._under_way.popleft()
        try:
            self._ready.append((digest, future.result().astype("<f4").tobytes()))
        except CancelledError:
            return False
        if len(self._ready) < _BATCH:
            return False
        self._store()
        return True

    def _store(self) -> None:
        if self._ready:
            self._catalogue.store_vectors(self._fingerprint, self._ready)
            self.embedded += len(self._ready)
            self._ready = []

    def _progress(self, begun: int, total: int, started: float) -> Progress:
        return _progress(min(self.embedded - begun, total), total, started)


def embed_by_server(engine: Engine, server: EmbedServer, cancel: Cancel) -> Iterator[Notice | Progress]:
    """Have all that lacks a vector embedded by ``server``, newest articles first; tells the cost before and after.

    Ends early when cancelled. Raises EndpointError; what was recorded by then stays, and the next run goes on.
    """
    catalogue, fingerprint = engine.library.catalogue, server.fingerprint
    if catalogue.embedder != fingerprint:
        catalogue.use(fingerprint)
    waiting = catalogue.waiting(fingerprint)
    if waiting and not cancel.cancelled:
        yield from _sent(catalogue, server, waiting, cancel)
    if not cancel.cancelled:
        _change_over(catalogue, fingerprint)


def _sent(
    catalogue: Catalogue, server: EmbedServer, waiting: Sequence[tuple[int, bytes]], cancel: Cancel
) -> Iterator[Notice | Progress]:
    sample = catalogue.passage_texts(sample_of([number for number, _ in waiting]))
    tokens = server.estimate(list(sample.values()), len(waiting))
    cost = money(server.cost(tokens))
    yield Notice(f"{len(waiting)} passages go to {server.host} ({server.model}): about {tokens:,} tokens{cost}")
    started, done, spent = time.monotonic(), 0, 0
    length = catalogue.dimensions(server.fingerprint)

    def passages() -> Iterator[tuple[bytes, str]]:
        for page in (waiting[i : i + _PAGE] for i in range(0, len(waiting), _PAGE)):
            texts = catalogue.passage_texts([number for number, _ in page])
            yield from ((digest, texts[number]) for number, digest in page if number in texts)

    for event in server.embed(passages(), cancel):
        if isinstance(event, Notice):
            yield event
            continue
        digests, embedded, read = event
        length = length or embedded.vectors.shape[1]
        if embedded.vectors.shape[1] != length:
            raise EndpointError(
                f"{server.host} sent vectors of {embedded.vectors.shape[1]} numbers; earlier ones have {length}",
                "Is the same model still behind it? Name the embedder anew, or use another --library.",
            )
        rows = [vector.astype("<f4").tobytes() for vector in embedded.vectors]
        catalogue.store_vectors(server.fingerprint, zip(digests, rows, strict=True))
        done, spent = done + len(rows), spent + read
        yield _progress(done, len(waiting), started)
    if done:
        yield Notice(f"{server.host} embedded {done} passages: {spent:,} tokens{money(server.cost(spent))}")


def _change_over(catalogue: Catalogue, fingerprint: str) -> None:
    """Use this embedder's vectors if none is missing, and then let go of all others."""
    if catalogue.embedder == fingerprint or catalogue.use(fingerprint):
        while catalogue.drop_leftovers():
            pass


def _progress(done: int, total: int, started: float) -> Progress:
    left = (time.monotonic() - started) / done * (total - done) if done else None
    return Progress("embedding", done, total, left)
