"""The process that owns Chroma: ``python -P -m qa.library.vectors FOLDER ...``, asked over a pipe.

Nothing else imports ``chromadb``. It runs in a process of its own because it holds the interpreter's lock
while it writes, can crash the interpreter when its files are damaged, and tolerates one opener of its files
only. The process ends when its standard input does, so it never outlives the one that started it.

First it sends ``{"generation"}`` (or a fault: the folder is owned elsewhere), again when that one turns out
to be damaged and it makes a new one, then, once Chroma has opened, ``{"count"}`` (or a fault), then one
reply to each request: ``ids`` (``offset``), ``write`` (``ids``, ``documents``, ``metadatas``, the vectors
as payload, ``delete``), ``query`` (the vector as payload, ``k``, ``first_day``, ``last_day``, ``sources``,
``articles``),
``count``, ``settle``, ``close``.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from qa.library import generations
from qa.library.frames import ARTICLE, BATCH, DAY, PAGE, SOURCE, Fault, Header, read_frame, write_frame
from qa.library.standins import leave_out

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_COLLECTION = "passages"
_FINGERPRINT = "fingerprint"
_DIMENSIONS = "dimensions"
HNSW: Any = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 24}
"""How a collection is indexed: the graph's parameters were chosen for a recall of 0.99."""
_PROBE = 20
_ROOM = 16 << 20
_FILE_LIMIT = 2 << 30
_KEPT = ("HOME", "LANG", "PATH", "TMPDIR", "TZ", "USER")
_KEPT_STARTS = ("DYLD_", "LC_", "LD_", "PYTHON")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class Unfit(Exception):  # noqa: N818 - it names what the files are
    """The files at hand are not an index of ours, or not a whole one."""


class Store:
    """One generation of the index, opened: the only place where Chroma is called."""

    def __init__(self, place: Path, *, fingerprint: str, dimensions: int, file_limit: int) -> None:
        """Open, or make, the generation at ``place``. Raises Unfit, and whatever Chroma raises."""
        self.place = place
        self._dimensions = dimensions
        self._file_limit = file_limit
        self._torn = False
        self._marked = False
        empty = not any(place.iterdir())
        self._client = _connect(place)
        try:
            self._collection = _collection(self._client, fingerprint, dimensions, may_create=empty)
            self._check(fingerprint)
        except BaseException:
            self._client.close()
            raise
        self._limit_files()

    def _check(self, fingerprint: str) -> None:
        """Refuse another embedder's index, another metric, and records whose vectors are lost."""
        metadata = self._collection.metadata or {}
        if metadata.get(_FINGERPRINT) != fingerprint or metadata.get(_DIMENSIONS) != self._dimensions:
            raise Unfit("the index was made with another embedding model")
        if self._collection.configuration_json["hnsw"]["space"] != HNSW["space"]:
            raise Unfit("the index was made with another measure of distance")
        count = self._collection.count()
        for offset in sorted({0, max(0, count // 2 - _PROBE), max(0, count - _PROBE)}):
            self._collection.get(limit=_PROBE, offset=offset, include=["embeddings"])

    def _limit_files(self) -> None:
        """Cap the size of a file: a damaged graph has been seen to grow to hundreds of gigabytes."""
        expected = self._collection.count() * (4 * self._dimensions + 4096)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        soft = max(self._file_limit, 8 * expected)
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def answer(self, header: Header, payload: bytes) -> Header:
        """Carry out one request. Raises whatever Chroma raises."""
        match header["op"]:
            case "query":
                return self._query(header, payload)
            case "write":
                return self._write(header, payload)
            case "ids":
                page = self._collection.get(limit=PAGE, offset=header["offset"], include=[])
                return {"ids": list(page["ids"])}
            case "settle":
                return self._settle()
        return {"count": self._collection.count()}

    def _query(self, header: Header, payload: bytes) -> Header:
        vector = np.frombuffer(payload, dtype="<f4").reshape(1, self._dimensions)
        where = _where(header)
        found = self._collection.query(
            query_embeddings=vector, n_results=header["k"], where=where, include=["distances"]
        )
        distances = (found["distances"] or [[]])[0]
        pairs = [(-1.0 + float(d), i) for i, d in zip(found["ids"][0], distances, strict=True) if np.isfinite(d)]
        pairs.sort()
        return {"ids": [i for _, i in pairs], "similarities": [-minus for minus, _ in pairs]}

    def _write(self, header: Header, payload: bytes) -> Header:
        vectors = np.frombuffer(payload, dtype="<f4").reshape(len(header["ids"]), self._dimensions)
        rows = zip(header["ids"], vectors, header["documents"], header["metadatas"], strict=True)
        latest = {row[0]: row for row in rows}
        if not self._marked:
            generations.mark(self.place)
            self._marked = True
        try:
            for ids in _batches(header["delete"]):
                self._collection.delete(ids=ids)
            for ids in _batches(list(latest)):
                self._upsert([latest[i] for i in ids])
            self._limit_files()
        except BaseException as error:
            # Chroma looks at a request before it touches a file.
            self._torn = self._torn or _blame(error, self.place.parent, self.place) is not Fault.REFUSED
            raise
        return {}

    def _upsert(self, rows: list[tuple[str, npt.NDArray[np.float32], str, dict[str, str | int]]]) -> None:
        """Write rows whole. Chroma merges metadata, so keys a record no longer has are set to ``None``."""
        known = self._collection.get(ids=[row[0] for row in rows], include=["metadatas"])
        olds = dict(zip(known["ids"], known["metadatas"] or [], strict=True))
        metadatas: list[Any] = []
        for identity, _, _, metadata in rows:
            new = {key: _storable(value) if isinstance(value, str) else value for key, value in metadata.items()}
            metadatas.append({**dict.fromkeys(olds.get(identity) or {}), **new} or None)
        self._collection.upsert(
            ids=[row[0] for row in rows],
            embeddings=np.stack([row[1] for row in rows]),
            documents=[_storable(row[2]) for row in rows],
            metadatas=metadatas,
        )

    def _settle(self) -> Header:
        """Make what was written last, and say how much there is."""
        count = self._collection.count()
        if self._marked and not self._torn:
            generations.settle(self.place)
            self._marked = False
        return {"count": count}

    def close(self) -> None:
        """Let go of the files, settled unless a write failed half-way."""
        self._client.close()
        if self._marked and not self._torn:
            generations.settle(self.place)


def _connect(place: Path) -> Client:
    """Start Chroma on ``place``. Its settings come from here, not from ``.env`` or the environment."""
    _shut_out(place, _KEPT)
    leave_out(schemas=True)
    import chromadb
    from chromadb.config import Settings

    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        chroma_product_telemetry_impl="chromadb.telemetry.product.posthog.Posthog",
        anonymized_telemetry=False,
        allow_reset=False,
        migrations="apply",
    )
    return cast("Client", chromadb.PersistentClient(path=place, settings=settings))


def connect_server(url: str, headers: dict[str, str], tenant: str, database: str) -> Client:
    """A client of the Chroma server at ``url``: no settings but these, no proxy, no telemetry, no redirect."""
    _shut_out(Path(__file__).parent, (*_KEPT, *_CERTIFICATES))
    leave_out(schemas=False)
    import chromadb
    from chromadb.config import Settings

    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        chroma_product_telemetry_impl="chromadb.telemetry.product.posthog.Posthog",
        anonymized_telemetry=False,
    )
    parts = urlsplit(url)
    encrypted = parts.scheme == "https"
    client = chromadb.HttpClient(
        host=url,
        port=parts.port or (443 if encrypted else 80),
        ssl=encrypted,
        headers=dict(headers),
        settings=settings,
        tenant=tenant,
        database=database,
    )
    return cast("Client", client)


def _shut_out(place: Path, kept: tuple[str, ...]) -> None:
    """chromadb reads ./.env and the environment while it is imported, before anything can be passed to it."""
    os.chdir(place)
    for name in list(os.environ):
        if name not in kept and not name.startswith(_KEPT_STARTS):
            del os.environ[name]


def _collection(client: Client, fingerprint: str, dimensions: int, *, may_create: bool) -> Collection:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(_COLLECTION, embedding_function=None)
    except NotFoundError:
        if not may_create:
            raise Unfit("the index lost its records") from None
    return client.create_collection(
        _COLLECTION,
        embedding_function=None,
        metadata={_FINGERPRINT: fingerprint, _DIMENSIONS: dimensions},
        configuration={"hnsw": HNSW},
    )


def _where(header: Header) -> Any:
    """Return Chroma's filter for a query, ``None`` without one: it refuses an empty or one-armed ``$and``."""
    clauses: list[dict[str, dict[str, Any]]] = []
    first, last, sources = header.get("first_day"), header.get("last_day"), header.get("sources")
    if first is not None:
        clauses.append({DAY: {"$gte": first}})
    if last is not None:
        clauses.append({DAY: {"$lte": last}})
    if sources:
        clauses.append({SOURCE: {"$in": [_storable(source) for source in sources]}})
    if articles := header.get("articles"):
        clauses.append({ARTICLE: {"$in": [_storable(article) for article in articles]}})
    return {"$and": clauses} if len(clauses) > 1 else clauses[0] if clauses else None


def _batches(items: list[str]) -> Iterator[list[str]]:
    return (items[n : n + BATCH] for n in range(0, len(items), BATCH))


def _storable(text: str) -> str:
    """Replace lone surrogates: one of them would fail the whole batch."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _blame(error: BaseException, folder: Path, place: Path | None) -> Fault:
    """Tell damage from what the machine does to us and from a wrong request."""
    if place is not None and not place.is_dir():
        return Fault.DAMAGED
    if isinstance(error, (OSError, ImportError, MemoryError)):
        return Fault.UNUSABLE
    with suppress(OSError):
        if shutil.disk_usage(folder).free < _ROOM:
            return Fault.UNUSABLE
    if place is not None and not (place / generations.DATABASE).exists():
        return Fault.DAMAGED
    said = str(error).lower()
    if "disk is full" in said or "readonly" in said:
        return Fault.UNUSABLE
    if isinstance(error, (ValueError, TypeError, KeyError)) or type(error).__name__ == "InvalidArgumentError":
        return Fault.REFUSED
    return Fault.DAMAGED


def serve(
    requests: IO[bytes],
    replies: IO[bytes],
    answer: Callable[[Header, bytes], tuple[Header, bytes]],
    excuse: Callable[[BaseException], Header],
) -> None:
    """Answer requests until asked to close, or until the one who asks is gone; ``excuse`` says what went wrong."""
    while True:
        try:
            header, payload = read_frame(requests)
        except (EOFError, ValueError):
            return
        if header["op"] == "close":
            return
        try:
            reply, data = answer(header, payload)
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - a panic in Chroma's Rust is a BaseException
            reply, data = excuse(error), b""
        write_frame(replies, reply, data)


def _excuse(error: BaseException, fault: Fault, place: Path | None) -> Header:
    """Say what went wrong, and mark a damaged generation so that nobody opens it again."""
    if fault is Fault.DAMAGED and place is not None:
        with suppress(OSError):
            generations.mark(place)
    return {"fault": fault.value, "reason": f"{type(error).__name__}: {str(error)[:300]}"}


def _own(arguments: argparse.Namespace, requests: IO[bytes], replies: IO[bytes]) -> None:
    """Take the folder, open the index, serve it, close it."""
    folder: Path = arguments.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = generations.claim(folder)
    except OSError as error:
        write_frame(replies, _excuse(error, Fault.UNUSABLE, None))
        return
    if handle is None:
        write_frame(replies, {"fault": Fault.ELSEWHERE.value, "reason": generations.owner(folder)})
        return
    store = _open(arguments, replies)
    if store is None:
        return
    try:
        write_frame(replies, store.answer({"op": "count"}, b""))
        serve(
            requests,
            replies,
            lambda header, payload: (store.answer(header, payload), b""),
            lambda error: _excuse(error, _blame(error, folder, store.place), store.place),
        )
    finally:
        store.close()


def _open(arguments: argparse.Namespace, replies: IO[bytes]) -> Store | None:
    """Open the index, in a new generation when the one there is damaged; ``None`` after telling why not."""
    folder: Path = arguments.folder
    reply: Header = {}
    for _ in range(2):
        place = None
        try:
            name = generations.choose(folder, arguments.fingerprint, arguments.dimensions, arguments.generation)
            write_frame(replies, {"generation": name})
            place = folder / name
            return Store(
                place,
                fingerprint=arguments.fingerprint,
                dimensions=arguments.dimensions,
                file_limit=arguments.file_limit,
            )
        except SystemExit:
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            blame = _blame(error, folder, place)
            fault = Fault.DAMAGED if blame is Fault.REFUSED else blame
            reply = _excuse(error, fault, place)
        if fault is not Fault.DAMAGED:
            break
    write_frame(replies, reply)
    return None


def settle_in() -> None:
    """Be a quiet child: deaf to the terminal's signals, polite to others, without core dumps."""
    for name in ("SIGINT", "SIGHUP", "SIGQUIT"):
        # The terminal sends these to every process in it; the app decides when this one ends.
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(OSError):
        os.nice(5)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return the request and reply streams, out of reach of anything that reads input or prints."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb")


def main() -> None:
    """Run the child: see the module's docstring."""
    settle_in()
    requests, replies = pipes()
    parser = argparse.ArgumentParser(prog="qa.library.vectors", allow_abbrev=False)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fingerprint", required=True)
    parser.add_argument("--dimensions", type=int, required=True)
    parser.add_argument("--generation", default="")
    parser.add_argument("--file-limit", type=int, default=_FILE_LIMIT, metavar="BYTES")
    with suppress(OSError):
        _own(parser.parse_args(), requests, replies)
    # Everything is closed and on disk; taking the interpreter down in order would only keep the lock longer.
    os._exit(0)


if __name__ == "__main__":
    main()
