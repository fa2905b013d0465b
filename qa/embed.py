"""Meaning as vectors: the shipped all-MiniLM-L6-v2 (int8) in onnxruntime, one text a call.

In a batch the vectors of this dynamically quantised model depend on the batch; alone they are the same bits in any
order and after a resume. Source: sentence-transformers/all-MiniLM-L6-v2 (mean pooling, L2 norm).
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from qa.resources import resource_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

DIMENSIONS = 384
WINDOW = 256
"""Word pieces the model was trained for, its two special ones included."""
LIMIT = WINDOW - 2
"""Word pieces of text that fit."""
_SURROGATES = re.compile("[\ud800-\udfff]")
"""Bytes of a command line that are no text arrive as lone surrogates, which the tokenizer does not take."""
MODEL_FILE = "all-MiniLM-L6-v2-int8.onnx"


class Embedder:
    """The shipped model; thread-safe. Loads on first use (about 0.3 s of CPU)."""

    dimensions = DIMENSIONS
    limit = LIMIT

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or _cores()
        self._lock = threading.Lock()
        self._tokenizer: Tokenizer | None = None
        self._local = threading.local()
        self._fingerprint = ""

    @property
    def fingerprint(self) -> str:
        """Name of model, pooling and window: vectors of two fingerprints are never mixed."""
        if not self._fingerprint:
            size = (resource_folder("assets") / MODEL_FILE).stat().st_size
            digest = hashlib.sha256(f"{MODEL_FILE} {size} mean l2 {WINDOW}".encode()).hexdigest()[:12]
            self._fingerprint = f"all-MiniLM-L6-v2-int8-{digest}"
        return self._fingerprint

    def offsets(self, text: str) -> Sequence[tuple[int, int]]:
        """Character offsets (start, end) of the word pieces of ``text``, without special ones."""
        text = _SURROGATES.sub("\ufffd", text)
        offsets: list[tuple[int, int]] = self._load_tokenizer().encode(text, add_special_tokens=False).offsets
        return offsets

    def embed(self, text: str) -> NDArray[np.float32]:
        """Unit vector of one text, shape (384,), float32. What exceeds the window is not seen."""
        import numpy as np

        encoded = self._load_tokenizer().encode(_SURROGATES.sub("\ufffd", text))
        ids = np.asarray([_clipped(encoded.ids)], dtype=np.int64)
        session = self._session()
        hidden = session.run(
            None,
            {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)},
        )[0][0]
        mean = hidden.mean(axis=0, dtype=np.float32)
        norm = float(np.linalg.norm(mean))
        return np.asarray(mean / norm if norm else mean, dtype=np.float32)

    def embed_many(self, texts: Iterable[str]) -> Iterator[NDArray[np.float32]]:
        """Vectors of ``texts`` in order, each embedded alone, one thread a core, a few ahead of the reader."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="embed", initializer=_be_nice) as pool:
            ahead: deque[Future[Any]] = deque()
            for text in texts:
                ahead.append(pool.submit(self.embed, text))
                if len(ahead) >= 4 * self.threads:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def _load_tokenizer(self) -> Tokenizer:
        with self._lock:
            if self._tokenizer is None:
                os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(resource_folder("assets") / "tokenizer.json"))
                tokenizer.no_padding()
                tokenizer.no_truncation()
                self._tokenizer = tokenizer
        return self._tokenizer

    def _session(self) -> Any:
        session = getattr(self._local, "session", None)
        if session is None:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            session = onnxruntime.InferenceSession(
                str(resource_folder("assets") / MODEL_FILE), options, providers=["CPUExecutionProvider"]
            )
            self._local.session = session
        return session


def _clipped(ids: Sequence[int]) -> Sequence[int]:
    return ids if len(ids) <= WINDOW else [*ids[: WINDOW - 1], ids[-1]]


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def _be_nice() -> None:
    """Lower this thread's priority where threads have one of their own (Linux)."""
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
