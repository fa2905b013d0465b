"""The embedder of an OpenAI-compatible server: requests within the limits, what they cost, and questions in a hurry.

Passages stay those of the shipped tokenizer, so that another embedder never cuts articles anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.budget import UNLIMITED, Budget, Reservation
from qa.config import Config
from qa.endpoint import Embedded, Endpoint
from qa.errors import EndpointError
from qa.prices import FREE, Price
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
_SAMPLE = 500
"""Texts that are counted for an estimate."""


class EmbedServer:
    """Vectors from the server and model of ``config.embedding``. Any thread may use it; close it when done."""

    def __init__(
        self, config: Config, *, count: Callable[[str], int], price: Price | None = None, budget: Budget = UNLIMITED
    ) -> None:
        """``count`` counts the tokens of a text where the server does not say them; ``budget`` is asked before each
        request, by ``price`` (None: unknown)."""
        self.model = config.model or ""
        self.host = config.host
        self.is_local = config.is_local
        self._count = count
        self._price = FREE if price is None and config.is_local else price
        self._budget = budget
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
        return self._price.cost(tokens) if self._price else None

    def _set_aside(self, texts: Sequence[str]) -> Reservation:
        """What a request can cost at most. Raises BudgetError."""
        costs = self._budget.is_set or (self._price is not None and self._price != FREE)
        most = sum(map(self._count, texts)) * 10 // 9 if costs else 0
        return self._budget.reserve(self._price, most, 0, f"{self.model} at {self.host}")

    def embed(
        self, passages: Iterable[tuple[bytes, str]], cancel: Cancel
    ) -> Iterator[Notice | tuple[Sequence[bytes], Embedded, int]]:
        """Digests, vectors and tokens of ``passages`` (digest, text), request by request as the replies come.

        Ends early when cancelled. Raises EndpointError and BudgetError; what came before stays good.
        """
        sent: dict[int, tuple[list[bytes], list[str], Reservation]] = {}

        def texts() -> Iterator[Sequence[str]]:
            for number, request in enumerate(_requests(passages)):
                told = [text for _, text in request]
                sent[number] = [digest for digest, _ in request], told, self._set_aside(told)
                yield told

        for event in self._patient.embed(texts(), model=self.model, at_once=_AT_ONCE, cancel=cancel):
            if isinstance(event, Notice):
                yield event
                continue
            digests, told, aside = sent.pop(event.number)
            tokens = sum(map(self._count, told)) if event.tokens is None else event.tokens
            aside.settle(self.cost(tokens))
            yield digests, event, tokens

    def embed_questions(self, questions: Sequence[str]) -> Sequence[NDArray[np.float32]]:
        """Vectors of a few short texts, within seconds. Raises EndpointError and BudgetError."""
        self._set_aside(questions)  # a few hundred tokens: what was set aside is what is counted
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
