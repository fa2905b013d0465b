"""Exact search: cosine similarity against the vectors in scope (numpy). Stands behind Chroma, and is its oracle.

The passages lie in order of their days, so that a window is a slice. Of a large library the vectors are turned into
their principal axes (an orthonormal basis changes no scalar product), and the first axes choose the candidates whose
scalar product is then made whole: half the memory is read. What is here can be kept in files that the next process
maps into its memory.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from qa.library.scope import Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TURNED_FROM = 20_000
"""Vectors from which on they are turned into their principal axes."""
KEPT_FROM = 2_000
"""Vectors from which on they are worth files of their own."""
_AXES = 160
"""Axes that choose the candidates: enough of them that next to none of the hundred nearest is lost."""
_CANDIDATES = 500
_LAYOUT = "1"
_STATE = "state.json"
_SAMPLE = 20_000
"""Vectors from which the axes are found, and how many are turned at a time."""

Place = tuple[int, bytes, int | None, str | None]
"""Number, digest of the words, day and source of a passage that has a vector."""
FetchFn = Callable[[Sequence[int]], Iterable[tuple[int, bytes]]]
"""Gives number and vector (little-endian float32) of passages, in order of number."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactIndex:
    """All vectors of a catalogue revision, one an entry, by day (0 for undated) and number."""

    revision: str
    embedder: str
    """Whose vectors they are."""
    numbers: NDArray[np.int64]
    digests: NDArray[np.int64]
    """The first eight bytes of the digest of each passage's words."""
    days: NDArray[np.int32]
    sources: NDArray[np.int32]
    """Index into ``names``."""
    names: tuple[str, ...]
    """The sources, case folded."""
    axes: NDArray[np.float32]
    """Orthonormal, shape (dimensions, dimensions); empty where the vectors are not turned."""
    rows: NDArray[np.float32]
    """The vectors, shape (n, dimensions)."""
    head: NDArray[np.float32]
    """Their first coordinates once more, shape (coordinates, n); empty where they are not turned."""

    @classmethod
    def build(
        cls,
        revision: str,
        embedder: str,
        *,
        places: Sequence[Place],
        fetch: FetchFn,
        dimensions: int,
        before: ExactIndex | None = None,
    ) -> ExactIndex:
        """From the passages that have a vector; the vectors that ``before`` holds are taken from there."""
        import numpy as np

        places = sorted(places, key=lambda place: (place[2] or 0, place[0]))
        sources = [(place[3] or "").casefold() for place in places]
        codes = {name: code for code, name in enumerate(sorted(set(sources)))}
        numbers = np.asarray([place[0] for place in places], dtype=np.int64)
        digests = np.frombuffer(b"".join(place[1][:8] for place in places), dtype="<i8")
        if before is not None and not before._suits(embedder, dimensions, len(numbers)):
            before = None
        rows, axes = _rows(numbers, digests, fetch, dimensions, before)
        return cls(
            revision,
            embedder,
            numbers,
            digests,
            np.asarray([place[2] or 0 for place in places], dtype=np.int32),
            np.asarray([codes[source] for source in sources], dtype=np.int32),
            tuple(codes),
            axes,
            rows,
            np.ascontiguousarray(rows[:, :_AXES].T) if axes.size else np.empty((0, len(rows)), dtype=np.float32),
        )

    def search(
        self, vectors: NDArray[np.float32], scope: Scope, k: int, only: AbstractSet[int] | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each of ``vectors`` (m × dimensions, unit length) the ``k`` nearest passages in ``scope``.

        Each list holds passage numbers (of ``only`` those, where given) and cosine similarities, best first, ties by
        number. The last sum is made row by row, so that equal passages get equal scores wherever they lie.
        """
        import numpy as np

        if not len(self.numbers):
            return [[] for _ in vectors]
        asked = vectors @ self.axes if self.axes.size else vectors
        inside = self._inside(scope, only)
        turned = bool(self.axes.size)
        first = asked[:, : len(self.head)] @ self.head[:, inside] if turned else asked @ self.rows[inside].T
        found = []
        for one, scores in zip(asked, first, strict=True):
            best = _largest(scores, max(_CANDIDATES, 4 * k))
            at = best + inside.start if isinstance(inside, slice) else inside[best]
            similar = (self.rows[at] * one.astype(np.float64)).sum(axis=1)
            numbers = self.numbers[at]
            order = np.lexsort((numbers, -similar))[:k]
            found.append([(int(numbers[i]), round(float(similar[i]), 6)) for i in order])
        return found

    def _inside(self, scope: Scope, only: AbstractSet[int] | None) -> slice | NDArray[np.int64]:
        """Where the passages in scope lie."""
        import numpy as np

        days, window = self.days, scope.window
        undated = int(np.searchsorted(days, 1))
        first = int(np.searchsorted(days, window.start.toordinal())) if window.start else undated
        end = int(np.searchsorted(days, window.end.toordinal(), side="right")) if window.end else len(days)
        dated = slice(first, max(first, end))
        if scope.undated and first == undated:
            dated = slice(0, max(undated, end))
        if not scope.sources and only is None and (not scope.undated or dated.start == 0 or not undated):
            return dated
        kept = np.zeros(len(days), dtype=bool)
        kept[dated] = True
        if scope.undated:
            kept[:undated] = True
        if scope.sources:
            wanted = {source.casefold() for source in scope.sources}
            kept &= np.isin(self.sources, [code for code, name in enumerate(self.names) if name in wanted])
        if only is not None:
            kept &= np.isin(self.numbers, np.fromiter(only, dtype=np.int64, count=len(only)))
        return np.flatnonzero(kept)

    # files

    def keep(self, folder: Path) -> None:
        """Write the files of this index into ``folder``, in place of all that lies there; nothing while another process
        writes its own. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        with _alone_in(folder) as alone:
            if not alone:
                return
            made, kept = folder / "new", kept_at(folder, self.revision)
            shutil.rmtree(made, ignore_errors=True)  # of a process that was killed
            made.mkdir()
            try:
                self._write(made)
                shutil.rmtree(kept, ignore_errors=True)
                made.rename(kept)
            finally:
                shutil.rmtree(made, ignore_errors=True)
            for other in folder.iterdir():
                if other != kept:
                    shutil.rmtree(other, ignore_errors=True)

    def _write(self, folder: Path) -> None:
        import numpy as np

        for name in _ARRAYS:
            with (folder / f"{name}.npy").open("wb") as opened:
                np.save(opened, getattr(self, name))
                opened.flush()
                os.fsync(opened.fileno())
        n = len(self.numbers)
        state = {"revision": self.revision, "embedder": self.embedder, "names": self.names, "n": n}
        (folder / _STATE).write_text(json.dumps(state), encoding="utf-8")

    @classmethod
    def kept(cls, folder: Path, embedder: str, dimensions: int) -> ExactIndex | None:
        """The index whose files lie in ``folder``, mapped into memory; None when there is none of ``embedder``, whose
        vectors have so many ``dimensions``, or the files are not whole."""
        import numpy as np

        for path in sorted(folder.glob(f"{_LAYOUT}-*")):
            with suppress(*_UNREADABLE):
                state: dict[str, Any] = json.loads((path / _STATE).read_text(encoding="utf-8"))
                load = partial(np.load, allow_pickle=False)
                arrays = {name: load(path / f"{name}.npy", mmap_mode=_ARRAYS[name]) for name in _ARRAYS}
                index = cls(state["revision"], state["embedder"], names=tuple(state["names"]), **arrays)
                if index.embedder == embedder and index._is_whole(state["n"], dimensions):
                    return index
        return None

    def _is_whole(self, n: int, dimensions: int) -> bool:
        """Whether the arrays are those of ``n`` vectors."""
        flat = (self.numbers, "<i8"), (self.digests, "<i8"), (self.days, "<i4"), (self.sources, "<i4")
        if any(array.dtype != kind or array.shape != (n,) for array, kind in flat):
            return False
        if any(array.dtype != "<f4" or array.ndim != 2 for array in (self.axes, self.rows, self.head)):
            return False
        axes, head = ((dimensions, dimensions), (_AXES, n)) if self.axes.size else ((0, 0), (0, n))
        return self.rows.shape == (n, dimensions) and self.axes.shape == axes and self.head.shape == head

    def _suits(self, embedder: str, dimensions: int, n: int) -> bool:
        """Whether an index of ``n`` vectors can take over vectors from this one."""
        same = self.embedder == embedder and self.rows.shape[1] == dimensions
        return same and bool(self.axes.size) == (n >= TURNED_FROM and dimensions > _AXES)


def kept_at(folder: Path, revision: str) -> Path:
    """Where the files of a revision lie."""
    return folder / f"{_LAYOUT}-{revision}"


_ARRAYS: dict[str, Any] = {
    "numbers": None, "digests": None, "days": None, "sources": None, "axes": None, "rows": "r", "head": "r",
}  # fmt: skip
"""The arrays of an index, and whether they are mapped ("r") or read."""
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, SyntaxError, TokenError)
"""What reading files raises that were torn or damaged (the last three: numpy, over the header of an array)."""


@contextmanager
def _alone_in(folder: Path) -> Iterator[bool]:
    """Whether no other process writes to ``folder``; the kernel lets go of it however this one ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        alone = True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            alone = False
        yield alone
    finally:
        os.close(handle)


def _rows(
    numbers: NDArray[np.int64],
    digests: NDArray[np.int64],
    fetch: FetchFn,
    dimensions: int,
    before: ExactIndex | None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The vectors of ``numbers``, turned, and the axes they are turned into (empty: they are as they were)."""
    import numpy as np

    rows = np.empty((len(numbers), dimensions), dtype=np.float32)
    missing = np.ones(len(numbers), dtype=bool)
    if before is not None and len(before.numbers):
        order = np.argsort(before.numbers)
        at = np.minimum(np.searchsorted(before.numbers[order], numbers), len(order) - 1)
        missing = (before.numbers[order][at] != numbers) | (before.digests[order][at] != digests)
        rows[~missing] = before.rows[order[at][~missing]]
    wanted = np.flatnonzero(missing)
    by_number = wanted[np.argsort(numbers[wanted])]
    for place, (_, raw) in zip(by_number, fetch([int(n) for n in numbers[by_number]]), strict=True):
        rows[place] = np.frombuffer(raw, dtype="<f4")
    if before is not None and before.axes.size:
        rows[wanted] = rows[wanted] @ before.axes
        return rows, before.axes
    if len(numbers) < TURNED_FROM or dimensions <= _AXES:
        return rows, np.empty((0, 0), dtype=np.float32)
    axes = _principal_axes(rows[:: max(1, len(rows) // _SAMPLE)])
    for start in range(0, len(rows), _SAMPLE):
        rows[start : start + _SAMPLE] = rows[start : start + _SAMPLE] @ axes
    return rows, axes


def _principal_axes(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Orthonormal axes in order of how much of ``rows`` lies along them (principal component analysis, not centred)."""
    import numpy as np

    _, axes = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    return np.ascontiguousarray(axes[:, ::-1], dtype=np.float32)


def _largest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Where the ``k`` largest lie, and all that equal the last of them."""
    import numpy as np

    if len(scores) <= k:
        return np.arange(len(scores))
    edge = np.partition(scores, len(scores) - k)[len(scores) - k]
    return np.flatnonzero(scores >= edge)
