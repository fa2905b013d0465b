"""Exact search: cosine similarity against every vector in scope (numpy). Stands behind Chroma, and is its oracle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.library.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ExactIndex:
    """All vectors of a catalogue revision, in memory.

    ``numbers``, ``days`` (0 for undated) and ``sources`` have one entry a passage; ``rows`` says which row of
    ``matrix`` (n × 384, float32, unit length) is its vector: identical passages share one.
    """

    revision: str
    matrix: NDArray[np.float32]
    rows: NDArray[np.int64]
    numbers: NDArray[np.int64]
    days: NDArray[np.int32]
    sources: tuple[str, ...]

    @classmethod
    def build(
        cls,
        revision: str,
        vectors: Iterable[tuple[int, bytes]],
        passages: Sequence[tuple[int, int, int | None, str | None]],
        dimensions: int,
    ) -> ExactIndex:
        """From (number, bytes) of each vector and (number, vector number, day, source) of each passage."""
        import numpy as np

        known: list[int] = []
        data = bytearray()
        for number, raw in vectors:
            known.append(number)
            data += raw
        matrix = np.frombuffer(bytes(data), dtype="<f4").reshape(-1, dimensions)
        inside = set(known)
        kept = [row for row in passages if row[1] in inside]
        rows = np.searchsorted(np.asarray(known, dtype=np.int64), np.asarray([r[1] for r in kept], dtype=np.int64))
        return cls(
            revision,
            matrix,
            rows.astype(np.int64),
            np.asarray([r[0] for r in kept], dtype=np.int64),
            np.asarray([r[2] or 0 for r in kept], dtype=np.int32),
            tuple((r[3] or "").casefold() for r in kept),
        )

    def search(
        self, vector: NDArray[np.float32], scope: Scope, k: int, only: set[int] | None = None
    ) -> list[tuple[int, float]]:
        """Passage numbers (of ``only`` those, where given) and cosine similarities, best first, ties by number."""
        import numpy as np

        if not len(self.numbers):
            return []
        inside = self._mask(scope)
        if only is not None:
            chosen = np.isin(self.numbers, np.fromiter(only, dtype=np.int64, count=len(only)))
            inside = chosen if inside is None else inside & chosen
        if inside is None:
            scores = (self.matrix @ vector)[self.rows]
            numbers = self.numbers
        else:
            # Each vector once: equal passages get the same bits, however many rows are multiplied beside them.
            needed, places = np.unique(self.rows[inside], return_inverse=True)
            scores = (self.matrix[needed] @ vector)[places]
            numbers = self.numbers[inside]
        if len(scores) > k:
            edge = np.partition(scores, len(scores) - k)[len(scores) - k]
            best = np.flatnonzero(scores >= edge)
        else:
            best = np.arange(len(scores))
        ordered = best[np.lexsort((numbers[best], -scores[best]))][:k]
        return [(int(numbers[i]), float(scores[i])) for i in ordered]

    def _mask(self, scope: Scope) -> NDArray[np.bool_] | None:
        import numpy as np

        if scope.is_everything:
            return None
        inside = np.ones(len(self.numbers), dtype=bool)
        if not scope.undated:
            inside &= self.days > 0
        if scope.window.start:
            inside &= (self.days >= scope.window.start.toordinal()) | (self.days == 0)
        if scope.window.end:
            inside &= self.days <= scope.window.end.toordinal()
        if scope.sources:
            wanted = {source.casefold() for source in scope.sources}
            inside &= np.fromiter((source in wanted for source in self.sources), dtype=bool, count=len(self.sources))
        return inside
