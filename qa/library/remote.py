"""The process that asks a Chroma server: ``python -P -m qa.library.remote``, asked over a pipe itself.

A process of its own for the same reasons as the one that owns the embedded index (``vectors.py``), and for one more:
Chroma's client knows no deadline, and a process can be ended. It ends when its standard input does.

First it sends ``{"count": 0}``; then one reply to each request. ``connect`` (``url``, ``headers``, ``tenant``,
``database``, ``fingerprint``, ``dimensions``) comes first. The others name a ``shelf``, a collection of Chroma:
``ids`` (``offset``), ``fetch`` (``ids``, ``whole``: with documents, and the vectors as payload), ``write`` (``ids``,
``documents``, ``metadatas``, the vectors as payload), ``delete`` (``ids``), ``count``, ``query`` (``k``, the vector as
payload). Every request can be repeated without harm.
"""

from __future__ import annotations

import hashlib
import os
import re
import resource
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qa.library.frames import PASSAGES, REMOVED, STORE_BATCH, STORE_PAGE, Fault, Header, write_frame
from qa.library.knock import Unwelcome, knock
from qa.library.vectors import HNSW, connect_server, pipes, serve, settle_in

KNOCK_SECONDS = 10.0
"""How long a server may take to say that it is there."""
_MEMORY = 8 << 30
"""Address space of this process: a reply without end must not take the machine with it."""
_REMOVED = "newsdesk-removed"
_LAYOUT = 1
"""Version of what records look like; kept with the collection."""


class _Collection(Protocol):
    """What is used of Chroma's collections."""

    id: Any
    metadata: Any
    configuration_json: Any

    def count(self) -> int: ...
    def get(self, **asked: Any) -> Any: ...
    def query(self, **asked: Any) -> Any: ...
    def upsert(self, **given: Any) -> Any: ...
    def delete(self, **given: Any) -> Any: ...


class Remote:
    """The collections of one store on one server: articles' passages, and what was removed."""

    def __init__(self) -> None:
        self._shelves: dict[str, _Collection] = {}
        self._dimensions = 0

    def answer(self, header: Header, payload: bytes) -> tuple[Header, bytes]:
        """Carry out one request. Raises Unwelcome, and whatever Chroma and its HTTP client raise."""
        if header["op"] == "connect":
            return self._connect(header), b""
        shelf = self._shelves[header["shelf"]]
        match header["op"]:
            case "ids":
                page = shelf.get(limit=STORE_PAGE, offset=header["offset"], include=[])
                return {"ids": [str(one) for one in page["ids"]]}, b""
            case "fetch":
                return self._fetch(shelf, header)
            case "write":
                return self._write(shelf, header, payload), b""
            case "delete":
                for some in _batches(header["ids"]):
                    shelf.delete(ids=some)
                return {}, b""
            case "query":
                return self._query(shelf, header, payload), b""
        return {"count": shelf.count()}, b""

    def _connect(self, header: Header) -> Header:
        """Reach the server and open, or make, its collections. Raises Unwelcome."""
        version = knock(header["url"], header["headers"], KNOCK_SECONDS)
        client = connect_server(header["url"], header["headers"], header["tenant"], header["database"])
        self._dimensions = header["dimensions"]
        fingerprint = header["fingerprint"]
        made_for = {"fingerprint": fingerprint, "dimensions": self._dimensions, "layout": _LAYOUT}
        passages = _opened(client, _name(fingerprint), made_for, self._dimensions)
        removed = _opened(client, _REMOVED, {"layout": _LAYOUT}, 1)
        self._shelves = {PASSAGES: passages, REMOVED: removed}
        return {"version": version, "store": str(removed.id)[:64], "count": passages.count()}

    def _fetch(self, shelf: _Collection, header: Header) -> tuple[Header, bytes]:
        include = ["metadatas", "documents", "embeddings"] if header["whole"] else ["metadatas"]
        page = shelf.get(ids=header["ids"], include=include)
        reply: Header = {"ids": [str(one) for one in page["ids"]]}
        reply["metadatas"] = [dict(one or {}) for one in page["metadatas"] or []]
        if not header["whole"]:
            return reply, b""
        reply["documents"] = [one if isinstance(one, str) else "" for one in page["documents"] or []]
        vectors = np.asarray(page["embeddings"], dtype="<f4").reshape(len(reply["ids"]), -1)
        return reply, vectors.tobytes()

    def _write(self, shelf: _Collection, header: Header, payload: bytes) -> Header:
        vectors = np.frombuffer(payload, dtype="<f4").reshape(len(header["ids"]), -1)
        shelf.upsert(
            ids=header["ids"],
            embeddings=vectors,
            documents=header["documents"],
            metadatas=header["metadatas"],
        )
        return {}

    def _query(self, shelf: _Collection, header: Header, payload: bytes) -> Header:
        vector: npt.NDArray[np.float32] = np.frombuffer(payload, dtype="<f4").reshape(1, self._dimensions)
        found = shelf.query(query_embeddings=vector, n_results=header["k"], include=["distances"])
        pairs = zip(found["distances"][0], found["ids"][0], strict=True)
        near = sorted((float(distance), str(one)) for distance, one in pairs if np.isfinite(distance))
        return {"ids": [one for _, one in near], "similarities": [1.0 - distance for distance, _ in near]}


def _opened(client: Any, name: str, made_for: Mapping[str, object], dimensions: int) -> _Collection:
    """A collection, made when it is missing, and checked: Chroma hands out one of another kind without a word."""
    collection: _Collection = client.get_or_create_collection(
        name, embedding_function=None, metadata=dict(made_for), configuration={"hnsw": HNSW}
    )
    known = collection.metadata or {}
    if any(known.get(key) != value for key, value in made_for.items()):
        raise Unwelcome(Fault.UNFIT, f"its collection {name} was not made by this version of Newsdesk")
    kinds = collection.configuration_json
    space = ((kinds.get("hnsw") or kinds.get("spann") or {}) if isinstance(kinds, dict) else {}).get("space")
    if space != HNSW["space"]:
        raise Unwelcome(Fault.UNFIT, f"its collection {name} measures distance by {space}, not by cosine")
    first = collection.get(limit=1, include=["embeddings"])["embeddings"]
    if len(first) and len(first[0]) != dimensions:
        raise Unwelcome(Fault.UNFIT, f"its collection {name} has {len(first[0])} dimensions, not {dimensions}")
    return collection


def _name(fingerprint: str) -> str:
    """The collection of an embedder; Chroma allows letters, digits, dots, dashes and underscores."""
    digest = hashlib.blake2b(fingerprint.encode(), digest_size=4).hexdigest()
    return f"newsdesk-{re.sub(r'[^A-Za-z0-9.-]', '-', fingerprint)[:60]}-{digest}"


def _batches(ids: list[str]) -> list[list[str]]:
    return [ids[n : n + STORE_BATCH] for n in range(0, len(ids), STORE_BATCH)]


def _excuse(error: BaseException) -> Header:
    """Say what went wrong and whose fault it is."""
    if isinstance(error, Unwelcome):
        return {"fault": error.fault.value, "reason": error.reason[:300]}
    kind, module = type(error).__name__, type(error).__module__
    fault = Fault.UNUSABLE
    if module.startswith(("httpx", "httpcore")) or isinstance(error, OSError):
        fault = Fault.UNREACHABLE
    elif kind in ("ChromaAuthError", "AuthorizationError"):
        fault = Fault.DENIED
    elif kind == "NotFoundError":
        fault = Fault.UNFIT
    elif kind == "InvalidArgumentError":
        fault = Fault.REFUSED
    return {"fault": fault.value, "reason": f"{kind}: {' '.join(str(error).split())[:300]}"}


def _twice(remote: Remote, header: Header, payload: bytes) -> tuple[Header, bytes]:
    """Once more when the server closed the connection meanwhile, or another client made the collections just now."""
    try:
        return remote.answer(header, payload)
    except Exception as error:
        lost = type(error).__module__.startswith(("httpx", "httpcore"))
        at_once = header["op"] == "connect" and not isinstance(error, Unwelcome)
        if not lost and not at_once:
            raise
        return remote.answer(header, payload)


def main() -> None:
    """Run the child: see the module's docstring."""
    settle_in()
    requests, replies = pipes()
    os.chdir(Path(__file__).parent)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with suppress(OSError):
        remote = Remote()
        write_frame(replies, {"count": 0})
        serve(requests, replies, lambda header, payload: _twice(remote, header, payload), _excuse)
    os._exit(0)


if __name__ == "__main__":
    main()
