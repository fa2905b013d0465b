"""txtai as its documentation sets up hybrid search: BM25 and vectors, content stored beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from trial import TOP, trial
from txtai import Embeddings
from txtai.pipeline import Segmentation
from weights import ShippedModel


def _embeddings(model: ShippedModel) -> Embeddings:
    def transform(texts: Sequence[str]) -> np.ndarray:
        return np.stack([model.embed(text) for text in texts])

    return Embeddings({"method": "external", "transform": transform, "hybrid": True, "content": True})


def ingest(texts: Sequence[str], model: ShippedModel, index: Path) -> None:
    embeddings = _embeddings(model)
    embeddings.index(enumerate(texts))
    embeddings.config.pop("transform")  # a function cannot be written down; it is given again on opening
    embeddings.save(str(index))


def split(articles: Sequence[str]) -> list[str]:
    """Paragraphs, which txtai's own segmentation cuts without further packages."""
    return [part for paragraphs in Segmentation(paragraphs=True)(list(articles)) for part in paragraphs]


def open_index(model: ShippedModel, index: Path) -> Callable[[str], list[str]]:
    embeddings = _embeddings(model)
    embeddings.load(str(index), config={"transform": embeddings.config["transform"]})
    return lambda question: [found["text"] for found in embeddings.search(question, TOP)]


if __name__ == "__main__":
    trial(ingest, split, open_index)
