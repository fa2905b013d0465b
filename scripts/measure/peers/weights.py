"""The shipped weights for a peer: same tokenisation, mean pooling, unit length, one text a call, one thread.

Runs in the peers' environments, which hold nothing of Newsdesk.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

WINDOW = 256


class ShippedModel:
    """all-MiniLM-L6-v2 (int8) from a folder that holds one ``.onnx`` file and ``tokenizer.json``."""

    def __init__(self, assets: Path) -> None:
        (model,) = assets.glob("*.onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(assets / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def embed(self, text: str) -> np.ndarray:
        """Unit vector, shape (384,), float32."""
        ids = self._tokenizer.encode(text).ids
        ids = ids if len(ids) <= WINDOW else [*ids[: WINDOW - 1], ids[-1]]
        array = np.asarray([ids], dtype=np.int64)
        feed = {"input_ids": array, "attention_mask": np.ones_like(array), "token_type_ids": np.zeros_like(array)}
        mean = self._session.run(None, feed)[0][0].mean(axis=0, dtype=np.float32)
        norm = float(np.linalg.norm(mean))
        return np.asarray(mean / norm if norm else mean, dtype=np.float32)
