"""The shared store as the rest of the library sees it: a Chroma server behind a child process, each call under a
deadline.

Every call answers or raises StoreError with what to do about it. This module never imports Chroma.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from qa.config import StoreAddress
from qa.errors import StoreError
from qa.library.child import Record
from qa.library.courier import Courier, IndexUnavailable
from qa.library.frames import PASSAGES, REMOVED, STORE_BATCH, STORE_PAGE, Fault, Header
from qa.library.parcels import Found
from qa.types import Cancel

_T = TypeVar("_T")
_CONNECT_SECONDS = 60.0
_CALL_SECONDS = 60.0
_QUERY_SECONDS = 10.0
_CLOSE_SECONDS = 1.0
_MOST_IDS = 20_000_000

_HINTS = {
    Fault.UNREACHABLE: "Start it (`chroma run --path FOLDER --port 8000`), or correct `store`. Everything recorded "
    "here stays and works; the next `newsdesk library sync` goes on.",
    Fault.FOREIGN: "Name the address of a Chroma server of version 1 (`store`, NEWSDESK_STORE or --store).",
    Fault.DENIED: "Put the server's token, or a header `Name: value`, into a file and name it with store_token_file.",
    Fault.UNFIT: "Use another database of that server (store_database), or a Newsdesk of the version that made it.",
    Fault.REFUSED: "Try again; what was sent before stays.",
}


class SharedStore:
    """A Chroma server that several libraries share. Safe to share between threads; starts its child when first asked.

    ``fingerprint`` names the embedder: vectors made by another are in a collection of their own.
    """

    def __init__(self, address: StoreAddress, *, fingerprint: str, dimensions: int) -> None:
        self.address = address
        self.fingerprint = fingerprint
        self.dimensions = dimensions
        self._lock = threading.RLock()
        self._courier: Courier | None = None
        self.id = ""
        """Names what is stored on the server; another one after it was wiped."""
        self.version = ""
        """The server's version of Chroma's protocol."""

    @property
    def where(self) -> str:
        """Its address, and whether what is sent there leaves this machine, and how."""
        address = self.address
        if address.is_local:
            return f"{address.url} (this machine)"
        return f"{address.url} (another machine, {'encrypted' if address.is_encrypted else 'not encrypted'})"

    @property
    def is_open(self) -> bool:
        """Whether the server was reached and has not failed since."""
        return self._courier is not None and bool(self.id)

    def open(self, cancel: Cancel | None = None) -> int:
        """Reach the server, unless that is done; the number of passages there. Raises StoreError."""
        with self._lock:
            if self.is_open:
                return self.count()
            self.close()
            command = [sys.executable, "-P", "-m", "qa.library.remote"]
            courier = Courier(command, torn=_never, on_chosen=_ignore, on_open=_ignore, on_end=_ignore)
            self._courier = courier
            courier.start()
            if cancel is not None and cancel.cancelled:
                self.close()
            return self._connect()

    def _connect(self) -> int:
        address = self.address
        header: Header = {
            "op": "connect",
            "url": address.url,
            "headers": address.headers,
            "tenant": address.tenant,
            "database": address.database,
            "fingerprint": self.fingerprint,
            "dimensions": self.dimensions,
        }
        reply, _ = self._ask(header, timeout=_CONNECT_SECONDS)
        self.id, self.version = reply["store"], reply["version"]
        return reply["count"]

    def revision(self, of_library: str) -> str:
        """A revision of a library as held by this store."""
        return f"{self.id} {of_library}"

    def close(self) -> None:
        """End the child, whatever it waits for. Idempotent; a call under way ends with StoreError."""
        courier, self._courier, self.id = self._courier, None, ""
        if courier is not None:
            courier.close(_CLOSE_SECONDS)

    def count(self) -> int:
        """The number of passages in the store. Raises StoreError."""
        return self._ask({"op": "count", "shelf": PASSAGES})[0]["count"]

    def ids(self, shelf: str) -> frozenset[str]:
        """The ids of all records of a shelf. Raises StoreError."""
        found: set[str] = set()
        for offset in range(0, _MOST_IDS, STORE_PAGE):
            page = self._ask({"op": "ids", "shelf": shelf, "offset": offset})[0]["ids"]
            found.update(page)
            if len(page) < STORE_PAGE:
                break
        return frozenset(found)

    def present(self, shelf: str, ids: Sequence[str]) -> frozenset[str]:
        """Which of ``ids`` are there now. Raises StoreError."""
        return frozenset(self._fetch(shelf, ids, whole=False))

    def heads(self, ids: Sequence[str]) -> dict[str, Found]:
        """The metadata of records, by id; what is not there is left out. Raises StoreError."""
        return self._fetch(PASSAGES, ids, whole=False)

    def records(self, ids: Sequence[str]) -> dict[str, Found]:
        """Records with documents and vectors, by id; what is not there is left out. Raises StoreError."""
        return self._fetch(PASSAGES, ids, whole=True)

    def write(self, records: Sequence[Record]) -> None:
        """Add or replace records. Raises StoreError; what was written by then stays, and can be written again."""
        for some in _pages(records):
            vectors = np.stack([record.vector for record in some]).astype("<f4")
            header: Header = {
                "op": "write",
                "shelf": PASSAGES,
                "ids": [record.id for record in some],
                "documents": [record.document for record in some],
                "metadatas": [dict(record.metadata) for record in some],
            }
            self._ask(header, vectors.tobytes())

    def delete(self, shelf: str, ids: Iterable[str]) -> None:
        """Delete records; what is not there stays so. Raises StoreError."""
        for some in _pages(sorted(ids)):
            self._ask({"op": "delete", "shelf": shelf, "ids": list(some)})

    def tell_removed(self, removed: Iterable[tuple[str, str]]) -> None:
        """Leave word that these were removed: pairs of content and article id. Raises StoreError."""
        for some in _pages(sorted(removed)):
            header: Header = {
                "op": "write",
                "shelf": REMOVED,
                "ids": [content for content, _ in some],
                "documents": [article_id for _, article_id in some],
                "metadatas": [{"article": article_id} for _, article_id in some],
            }
            # Chroma wants a vector of everything.
            self._ask(header, np.ones((len(some), 1), dtype="<f4").tobytes())

    def query(self, vector: npt.NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """Up to ``k`` record ids with their cosine similarity, best first, ties by id. Raises StoreError."""
        payload = np.ascontiguousarray(vector, dtype="<f4").tobytes()
        asked: Header = {"op": "query", "shelf": PASSAGES, "k": min(k, STORE_BATCH)}
        reply, _ = self._ask(asked, payload, timeout=_QUERY_SECONDS, urgent=True)
        return list(zip(reply["ids"], reply["similarities"], strict=True))

    def _fetch(self, shelf: str, ids: Sequence[str], *, whole: bool) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for some in _pages(ids):
            header: Header = {"op": "fetch", "shelf": shelf, "ids": list(some), "whole": whole}
            reply, payload = self._ask(header)
            metadatas = reply["metadatas"]
            if not whole:
                found.update((one, Found(told)) for one, told in zip(reply["ids"], metadatas, strict=True))
            elif reply["ids"]:
                vectors = np.frombuffer(payload, dtype="<f4").reshape(len(reply["ids"]), -1)
                rows = zip(reply["ids"], metadatas, reply["documents"], vectors, strict=True)
                found.update((one, Found(told, document, vector)) for one, told, document, vector in rows)
        return found

    def _ask(
        self, header: Header, payload: bytes = b"", *, timeout: float = _CALL_SECONDS, urgent: bool = False
    ) -> tuple[Header, bytes]:
        courier = self._courier
        if courier is None:
            raise self._error(Fault.UNREACHABLE, "the connection is closed")
        try:
            return courier.exchange(header, payload, timeout=timeout, urgent=urgent)
        except IndexUnavailable as error:
            if error.fault is not Fault.REFUSED:
                self.close()
            if error.late:
                raise self._error(Fault.UNREACHABLE, f"it did not answer within {timeout:.0f} s") from None
            raise self._error(error.fault, error.reason.replace("the index", "what asks it")) from None

    def _error(self, fault: Fault, reason: str) -> StoreError:
        hint = _HINTS.get(fault, "Everything recorded here stays; the next `newsdesk library sync` goes on.")
        return StoreError(f"the shared store {self.address.url}: {reason}", hint)


def _pages(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (values[n : n + STORE_BATCH] for n in range(0, len(values), STORE_BATCH))


def _never() -> bool:
    return False


def _ignore(*_: object) -> None:
    """Nothing depends on the child's state but the calls themselves."""
