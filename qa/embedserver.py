"""The embedder of an OpenAI-compatible server: requests within the limits, what they cost, and questions in a hurry.

Passages stay those of the shipped tokenizer, so that another embedder never cuts articles anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.config import Config
from qa.endpoint import Embedded, Endpoint
from qa.errors import EndpointError
from qa.types import Cancel, Notice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# OpenAI takes 2,048 texts and 300,000 tokens a request, 8,192 tokens a text
# (https://platform.openai.com/docs/api-reference/embeddings/create). A token is a byte at least, so that bytes keep
# these limits whatever the vocabulary; smaller requests lose less when one fails.
_TEXTS = 256
_BYTES = 300_000
_LONGEST = 8_000
_AT_ONCE = 4
_PRICES = {"text-embedding-3-small": 0.02, "text-embedding-3-large": 0.13, "text-embedding-ada-002": 0.10}
"""Dollars a million tokens at api.openai.com, as published on https://openai.com/api/pricing."""
_PRICED_HOST = "api.openai.com"
_SAMPLE = 500
"""Texts that are counted for an estimate."""


class EmbedServer:
    """Vectors from the server and model of ``config.embedding``. Any thread may use it; close it when done."""

    def __init__(self, config: Config, *, count: Callable[[str], int]) -> None:
        """``count`` counts the tokens of a text where the server does not say them."""
        self.model = config.model or ""
        self.host = config.host
        self.is_local = config.is_local
        self._count = count
        self._patient = Endpoint(config, count=count)
        self._hasty = Endpoint(config, count=count, connect=2.0, first=5.0, total=8.0, longest_wait=1.0)

    @property
    def fingerprint(self) -> str:
        """Model and server: vectors of two fingerprints are never mixed."""
        return f"{self.model}@{self.host}"

    def close(self) -> None:
        """Stop every request. Any number of times."""
        self._patient.close()
        self._hasty.close()

    def estimate(self, texts: Sequence[str], of: int) -> int:
        """About how many tokens ``of`` texts have, of which ``texts`` are a sample."""
        return round(sum(map(self._count, texts)) / len(texts) * of) if texts else 0

    def cost(self, tokens: int) -> float | None:
        """Dollars for so many tokens; None when the price is not known."""
        if self.is_local:
            return 0.0
        price = _PRICES.get(self.model) if self.host == _PRICED_HOST else None
        return None if price is None else price * tokens / 1e6

    def embed(
        self, passages: Iterable[tuple[bytes, str]], cancel: Cancel
    ) -> Iterator[Notice | tuple[Sequence[bytes], Embedded, int]]:
        """Digests, vectors and tokens of ``passages`` (digest, text), request by request as the replies come.

        Ends early when cancelled. Raises EndpointError; what came before stays good.
        """
        sent: dict[int, tuple[list[bytes], list[str]]] = {}

        def texts() -> Iterator[Sequence[str]]:
            for number, request in enumerate(_requests(passages)):
                sent[number] = [digest for digest, _ in request], [text for _, text in request]
                yield sent[number][1]

        for event in self._patient.embed(texts(), model=self.model, at_once=_AT_ONCE, cancel=cancel):
            if isinstance(event, Notice):
                yield event
                continue
            digests, told = sent.pop(event.number)
            tokens = sum(map(self._count, told)) if event.tokens is None else event.tokens
            yield digests, event, tokens

    def embed_questions(self, questions: Sequence[str]) -> Sequence[NDArray[np.float32]]:
        """Vectors of a few short texts, within seconds. Raises EndpointError."""
        for event in self._hasty.embed(
            [[_fitting(q) for q in questions]], model=self.model, at_once=1, cancel=Cancel()
        ):
            if isinstance(event, Embedded):
                return list(event.vectors)
        raise EndpointError(f"{self.host} sent no vectors", "Try again later.")


def sample_of(numbers: Sequence[int]) -> Sequence[int]:
    """Some of ``numbers``, evenly spread, to estimate from."""
    return numbers[:: max(1, -(-len(numbers) // _SAMPLE))]


def money(cost: float | None) -> str:
    """A cost as a person reads it, with its comma; empty when it is nothing or not known."""
    return f", ${cost:.2f}" if cost and cost >= 0.01 else ", less than $0.01" if cost else ""


def _requests(passages: Iterable[tuple[bytes, str]]) -> Iterator[list[tuple[bytes, str]]]:
    request: list[tuple[bytes, str]] = []
    size = 0
    for digest, whole in passages:
        text = _fitting(whole)
        length = len(text.encode("utf-8", "replace"))
        if request and (len(request) == _TEXTS or size + length > _BYTES):
            yield request
            request, size = [], 0
        request.append((digest, text))
        size += length
    if request:
        yield request


def _fitting(text: str) -> str:
    """What a server takes of a text: not empty, and short enough; the rest is not seen."""
    return text.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore") if text.strip() else "."
