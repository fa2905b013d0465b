"""Meaning as vectors: the shipped all-MiniLM-L6-v2 (int8) in onnxruntime, one text a call.

In a batch the vectors of this dynamically quantised model depend on the batch; alone they are the same bits in any
order and after a resume. Source: sentence-transformers/all-MiniLM-L6-v2 (mean pooling, L2 norm).
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from bisect import bisect_left
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qa.resources import resource_folder
from qa.wordpiece import BEGIN, END, Pieces, WordPieces, is_between_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 384
WINDOW = 256
"""Word pieces the model was trained for, its two special ones included."""
LIMIT = WINDOW - 2
"""Word pieces of text that fit."""
MODEL_FILE = "all-MiniLM-L6-v2-int8.onnx"
_KEPT = 10_000
"""Vectors of sentences that are kept, about 16 MB."""
_IDLE: queue.LifoQueue[Any] = queue.LifoQueue()
"""The model's sessions that nobody uses just now: as many as ever embedded at once, kept for all of this process."""


class Embedder:
    """The shipped model. Safe to share between threads; loads on first use (about 0.3 s of CPU)."""

    dimensions = DIMENSIONS
    limit = LIMIT

    def __init__(self, threads: int | None = None) -> None:
        """``threads``: how many passages are embedded at once, one single-threaded session each; else one a core."""
        self.threads = threads or cores()
        self._words = WordPieces()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._fingerprint = ""

    @property
    def fingerprint(self) -> str:
        """Name of model, pooling and window: vectors of two fingerprints are never mixed."""
        if not self._fingerprint:
            size = (resource_folder("assets") / MODEL_FILE).stat().st_size
            digest = hashlib.sha256(f"{MODEL_FILE} {size} mean l2 {WINDOW}".encode()).hexdigest()[:12]
            self._fingerprint = f"all-MiniLM-L6-v2-int8-{digest}"
        return self._fingerprint

    def pieces(self, text: str) -> Pieces:
        """The word pieces of ``text``, without special ones: what it measures, and what of it is embedded."""
        return self._words.of(text)

    def count(self, text: str) -> int:
        """Number of word pieces of ``text``."""
        return len(self._words.of(text))

    def ids(self, text: str, pieces: Pieces, start: int, end: int) -> bytes:
        """The word pieces of the passage ``text[start:end]`` for ``submit``; ``pieces`` are those of ``text``.

        Cut between words it has those of the whole text; a passage cut inside a word is tokenised by itself.
        """
        if is_between_words(text, start) and is_between_words(text, end):
            return pieces.ids[bisect_left(pieces.starts, start) : bisect_left(pieces.starts, end)].tobytes()
        return self.ids_of(text[start:end])

    def ids_of(self, passage: str) -> bytes:
        """The word pieces of a passage for ``submit``: two bytes each, in this machine's order."""
        return self._words.of(passage).ids.tobytes()

    def embed(self, text: str) -> NDArray[np.float32]:
        """Unit vector of one text, shape (384,), float32. What exceeds the window is not seen."""
        return _embedded(self.ids_of(text))

    def embed_sentence(self, text: str) -> NDArray[np.float32]:
        """Unit vector of one sentence, as ``embed`` makes it, read-only and kept: the next question that this process
        answers looks at many of the same sentences."""
        return _kept(self.ids_of(text))

    def embed_pieces(self, text: str) -> NDArray[np.float32]:
        """Unit vectors of a text's word pieces in their context, shape (pieces, 384), float32: what ``embed`` is the
        mean of, without the two special pieces."""
        import numpy as np

        hidden = _hidden(self.ids_of(text))[1:-1]
        norms = np.linalg.norm(hidden, axis=1, keepdims=True)
        return np.asarray(hidden / np.where(norms, norms, 1.0), dtype=np.float32)

    def submit(self, ids: bytes) -> Future[NDArray[np.float32]]:
        """Embed a passage by its word pieces in a thread of lower priority: the same vector as of its text."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="embed", initializer=_be_nice)
            return self._pool.submit(_embedded, ids)

    def close(self) -> None:
        """End the threads; passages that wait are not embedded. Any number of times."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _embedded(ids: bytes) -> NDArray[np.float32]:
    """The mean of a text's word pieces as a unit vector."""
    import numpy as np

    mean = _hidden(ids).mean(axis=0, dtype=np.float32)
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm if norm else mean, dtype=np.float32)


@lru_cache(_KEPT)
def _kept(ids: bytes) -> NDArray[np.float32]:
    vector = _embedded(ids)
    vector.setflags(write=False)
    return vector


def _hidden(ids: bytes) -> NDArray[np.float32]:
    """The model's vector of each word piece, the two special ones first and last."""
    import numpy as np

    pieces = np.frombuffer(ids, dtype=np.uint16)[:LIMIT]
    row = np.empty((1, len(pieces) + 2), dtype=np.int64)
    row[0, 0], row[0, 1:-1], row[0, -1] = BEGIN, pieces, END
    with _session() as session:
        (hidden,) = session.run(
            None, {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        )
    return np.asarray(hidden[0], dtype=np.float32)


@contextmanager
def _session() -> Iterator[Any]:
    """A session that nobody else uses just now; kept for the next one."""
    try:
        session = _IDLE.get_nowait()
    except queue.Empty:
        session = _new_session()
    try:
        yield session
    finally:
        _IDLE.put(session)


def _new_session() -> Any:
    # From 1.29 on onnxruntime reports to its maker, and keeps a device's id in the cache folder, unless it finds this
    # when it is loaded; its own disable_telemetry_events() comes too late (github.com/microsoft/onnxruntime #27379).
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = str(resource_folder("assets") / MODEL_FILE)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def cores() -> int:
    """Number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def _be_nice() -> None:
    """Lower this thread's priority where threads have one of their own (Linux)."""
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
