"""The embedder alone: the shipped model in one single-threaded session, one text a call, word pieces ready.

Usage: python -m measure.raw FILE    (JSON: a list of lists of ids, special ones included)

Prints {"pieces", "cpu"}: word pieces of text (without special ones) and CPU seconds for all of them.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime

from qa.resources import resource_folder


def main() -> None:
    (model,) = resource_folder("assets").glob("*.onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    feeds = [_feed(ids) for ids in json.loads(Path(sys.argv[1]).read_text(encoding="ascii"))]
    for feed in feeds[:3]:
        session.run(None, feed)
    started = time.process_time()
    for feed in feeds:
        session.run(None, feed)
    cpu = time.process_time() - started
    print(json.dumps({"pieces": sum(feed["input_ids"].size - 2 for feed in feeds), "cpu": cpu}))


def _feed(ids: list[int]) -> dict[str, np.ndarray]:
    array = np.asarray([ids], dtype=np.int64)
    return {"input_ids": array, "attention_mask": np.ones_like(array), "token_type_ids": np.zeros_like(array)}


if __name__ == "__main__":
    main()
