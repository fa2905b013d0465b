"""The Chroma index as the rest of the library sees it: a process behind a pipe that may be missing at any
moment.

Every operation either answers or raises IndexUnavailable before its deadline; the caller then searches
exactly. This module never imports Chroma.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.library import generations
from qa.library.courier import Courier, IndexUnavailable
from qa.library.frames import BATCH, PAGE, Fault, Header
from qa.library.generations import Pointer

__all__ = ["ChromaIndex", "IndexState", "IndexUnavailable", "Record"]

_BATCH_SECONDS = 60.0
_CLOSE_SECONDS = 3.0


class IndexState(StrEnum):
    """What the Chroma index is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    BUILDING = "building"
    """Open, and not known to be complete for any revision of the catalogue."""
    READY = "ready"
    """Open, and complete for ``ChromaIndex.revision``."""
    ELSEWHERE = "elsewhere"
    """Another process has it open."""
    FAILED = "failed"


_OPEN = (IndexState.BUILDING, IndexState.READY)


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A passage as Chroma keeps it; ``metadata`` uses the keys of ``qa.library.frames``."""

    id: str
    vector: npt.NDArray[np.float32]
    """Shape ``(dimensions,)``, finite."""
    document: str
    metadata: Mapping[str, str | int]


class ChromaIndex:
    """The passages' vectors in Chroma, in a child process. Safe to share between threads."""

    def __init__(self, folder: Path, *, dimensions: int, fingerprint: str) -> None:
        """Describe the index in ``folder``; nothing is started or written.

        ``fingerprint`` names the embedder: vectors made by another are never mixed with these.
        """
        self._folder = Path(os.path.realpath(folder))
        self._dimensions = dimensions
        self.fingerprint = fingerprint
        self._changed = threading.Condition(threading.RLock())
        self._courier: Courier | None = None
        self._state = IndexState.STOPPED
        self._reason = ""
        self._end: IndexUnavailable | None = None
        self._generation = ""
        self._wanted = ""
        self._retried = False

    @property
    def state(self) -> IndexState:
        """What the index is doing."""
        courier = self._courier
        if courier is not None:
            courier.notice_death()
        return self._state

    @property
    def reason(self) -> str:
        """Why ``state`` is what it is, in a few words; empty when there is nothing to say."""
        return self._reason

    @property
    def revision(self) -> str | None:
        """Revision of the catalogue that the index holds completely, else ``None``. Needs no child."""
        pointer = self._pointer()
        with self._changed:
            active = self._generation or self._wanted
        if pointer is None or (active and active != pointer.generation):
            return None
        return pointer.revision if generations.looks_whole(self._folder / pointer.generation) else None

    @property
    def pid(self) -> int | None:
        """Process id of the child, ``None`` when there is none."""
        courier = self._courier
        return courier.pid if courier else None

    def looks_whole(self) -> bool:
        """Whether the files look like an index of this embedder that can be opened. Needs no child."""
        pointer = self._pointer()
        return pointer is not None and generations.looks_whole(self._folder / pointer.generation)

    def start(self) -> None:
        """Start the child unless it runs; returns at once. What comes of it is told by ``state``."""
        state = self.state
        with self._changed:
            if self._courier is None and state is self._state:
                self._make_room()
                self._retried = False
                self._launch()

    def _make_room(self) -> None:
        """A file where the folder should be is moved aside; what cannot be moved is found out by the child."""
        if self._folder.exists() and not self._folder.is_dir():
            with contextlib.suppress(OSError):
                self._folder.rename(self._folder.with_name(f"{self._folder.name}.aside-{time.time_ns()}"))

    def wait_ready(self, timeout: float) -> bool:
        """Wait until the child has opened the index, or failed to: whether it is open (building or ready)."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while self._state is IndexState.STARTING and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            return self._state in _OPEN

    def ids(self) -> frozenset[str]:
        """Return the ids of all records. Raises IndexUnavailable."""
        found: set[str] = set()
        offset = 0
        while True:
            page = self._call({"op": "ids", "offset": offset}, timeout=_BATCH_SECONDS)["ids"]
            found.update(page)
            offset += len(page)
            if len(page) < PAGE:
                return frozenset(found)

    def count(self) -> int:
        """Return the number of records. Raises IndexUnavailable."""
        return self._call({"op": "count"}, timeout=_BATCH_SECONDS)["count"]

    def write(self, add: Sequence[Record], delete: Sequence[str]) -> None:
        """Delete, then add or replace, in small batches between which queries are answered.

        Raises IndexUnavailable; what was written by then stays, and writing it again does no harm. Raises
        ValueError on a vector of the wrong shape or with a value that is not finite.
        """
        self._forget_revision()
        for n in range(0, len(delete), BATCH):
            self._write([], delete[n : n + BATCH])
        for n in range(0, len(add), BATCH):
            self._write(add[n : n + BATCH], [])

    def query(
        self,
        vector: npt.NDArray[np.float32],
        k: int,
        *,
        first_day: int | None = None,
        last_day: int | None = None,
        sources: Sequence[str] = (),
        articles: Sequence[str] = (),
        timeout: float = 5.0,
    ) -> list[tuple[str, float]]:
        """Return up to ``k`` ids with their cosine similarity to ``vector``, best first, ties by id.

        ``first_day`` and ``last_day`` are ordinals, both included; either leaves undated records out. Raises
        IndexUnavailable, at the latest after ``timeout`` seconds; ValueError as ``write`` does.
        """
        payload = self._packed(vector[np.newaxis])
        header: Header = {
            "op": "query",
            "k": k,
            "first_day": first_day,
            "last_day": last_day,
            "sources": list(sources),
            "articles": list(articles),
        }
        reply = self._call(header, payload, timeout=timeout, urgent=True)
        return list(zip(reply["ids"], reply["similarities"], strict=True))

    def mark_synced(self, revision: str) -> None:
        """Record that the index now holds exactly what the catalogue holds at ``revision``; drop older
        generations.

        Raises IndexUnavailable, and the index is then not so recorded.
        """
        with self._changed:
            generation = self._generation
        if not (self._folder / generation / generations.DATABASE).exists():
            raise IndexUnavailable("the index's files are gone", Fault.DAMAGED)
        count = self._call({"op": "count"}, timeout=_BATCH_SECONDS)["count"]
        self._point(Pointer(generation, self.fingerprint, self._dimensions, revision, count))
        self._call({"op": "settle"}, timeout=_BATCH_SECONDS)
        with suppress(OSError):
            generations.keep_only(self._folder, generation)
        with self._changed:
            if self._generation == generation and self._state is IndexState.BUILDING:
                self._become(IndexState.READY)

    def discard(self) -> None:
        """Start over in a new generation.

        A whole old one stays, and is what the next process opens, until the new one is marked as synced; a
        damaged one goes at once.
        """
        self.close()
        with self._changed:
            self._wanted = generations.NEW
            self._retried = False
            self._launch()

    def close(self) -> None:
        """End the child: asked first, killed after three seconds. Idempotent."""
        with self._changed:
            courier, self._courier = self._courier, None
            self._generation = ""
            self._become(IndexState.STOPPED)
        if courier is not None:
            courier.close(_CLOSE_SECONDS)

    def _call(self, header: Header, payload: bytes = b"", *, timeout: float, urgent: bool = False) -> Header:
        with self._changed:
            courier = self._courier
            if courier is None or self._state not in _OPEN:
                end = self._end
                raise (IndexUnavailable(end.reason, end.fault) if end else IndexUnavailable(f"it is {self._state}"))
        return courier.call(header, payload, timeout=timeout, urgent=urgent)

    def _write(self, add: Sequence[Record], delete: Sequence[str]) -> None:
        vectors = np.stack([record.vector for record in add]) if add else np.empty((0, self._dimensions))
        header: Header = {
            "op": "write",
            "ids": [record.id for record in add],
            "documents": [record.document for record in add],
            "metadatas": [dict(record.metadata) for record in add],
            "delete": list(delete),
        }
        self._call(header, self._packed(vectors), timeout=_BATCH_SECONDS)

    def _packed(self, vectors: npt.NDArray[np.float32] | npt.NDArray[np.float64]) -> bytes:
        if vectors.shape[1:] != (self._dimensions,) or not np.isfinite(vectors).all():
            raise ValueError(f"vectors of shape {vectors.shape} for an index of {self._dimensions} dimensions")
        return np.ascontiguousarray(vectors, dtype="<f4").tobytes()

    def _pointer(self) -> Pointer | None:
        pointer = generations.read_pointer(self._folder)
        return pointer if pointer and pointer.suits(self.fingerprint, self._dimensions) else None

    def _point(self, pointer: Pointer) -> None:
        try:
            generations.write_pointer(self._folder, pointer)
        except OSError as error:
            raise IndexUnavailable(f"cannot write in the index folder: {error.strerror}") from error

    def _forget_revision(self) -> None:
        """Before a change: the index is no longer exactly what it was at its last revision."""
        with self._changed:
            pointer = self._pointer()
            if self._state in _OPEN and pointer and pointer.generation == self._generation and pointer.revision:
                self._point(replace(pointer, revision=None))
                self._become(IndexState.BUILDING)

    def _launch(self) -> None:
        command = [sys.executable, "-P", "-m", "qa.library.vectors", str(self._folder)]
        command += ["--fingerprint", self.fingerprint, "--dimensions", str(self._dimensions)]
        self._courier = Courier(
            [*command, "--generation", self._wanted],
            torn=self._is_torn,
            on_chosen=self._chosen,
            on_open=self._opened,
            on_end=self._ended,
        )
        self._generation = ""
        self._become(IndexState.STARTING)
        self._courier.start()

    def _chosen(self, courier: Courier, generation: str) -> None:
        with self._changed:
            if courier is self._courier:
                self._generation = self._wanted = generation

    def _opened(self, courier: Courier, count: int) -> None:
        with self._changed:
            if courier is not self._courier:
                return
            pointer = self._pointer()
            complete = pointer and pointer.generation == self._generation and pointer.revision
            if pointer and complete and pointer.count != count:
                complete = None
                with suppress(IndexUnavailable):
                    self._point(replace(pointer, revision=None))
            self._become(IndexState.READY if complete else IndexState.BUILDING)

    def _ended(self, courier: Courier, end: IndexUnavailable) -> None:
        with self._changed:
            if courier is not self._courier:
                return
            opening = self._state is IndexState.STARTING
            if end.damaged and self._generation:
                with suppress(OSError):
                    generations.mark(self._folder / self._generation)
            self._courier = None
            if opening and end.damaged and not self._retried:
                self._retried = True
                self._launch()
                return
            elsewhere = end.fault is Fault.ELSEWHERE
            self._become(IndexState.ELSEWHERE if elsewhere else IndexState.FAILED, end)

    def _is_torn(self) -> bool:
        return bool(self._generation) and generations.is_marked(self._folder / self._generation)

    def _become(self, state: IndexState, end: IndexUnavailable | None = None) -> None:
        with self._changed:
            self._state = state
            self._end = end
            self._reason = end.reason if end else ""
            self._changed.notify_all()
