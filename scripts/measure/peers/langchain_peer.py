"""LangChain as its documentation sets it up: a text splitter, Chroma on disk, similarity search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from trial import TOP, trial
from weights import ShippedModel

BATCH = 1_000


class _Weights(Embeddings):
    def __init__(self, model: ShippedModel) -> None:
        self._model = model

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(value) for value in self._model.embed(text)]


def _store(model: ShippedModel, index: Path) -> Chroma:
    return Chroma("articles", _Weights(model), str(index), collection_metadata={"hnsw:space": "cosine"})


def ingest(texts: Sequence[str], model: ShippedModel, index: Path) -> None:
    store = _store(model, index)
    for start in range(0, len(texts), BATCH):
        store.add_texts(list(texts[start : start + BATCH]))


def split(articles: Sequence[str]) -> list[str]:
    """The splitter and the sizes of LangChain's tutorial on retrieval."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return [part for article in articles for part in splitter.split_text(article)]


def open_index(model: ShippedModel, index: Path) -> Callable[[str], list[str]]:
    store = _store(model, index)
    return lambda question: [found.page_content for found in store.similarity_search(question, k=TOP)]


if __name__ == "__main__":
    trial(ingest, split, open_index)
