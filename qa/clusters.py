"""Clusters: profiles in groups, by average link (UPGMA; Sokal and Michener 1958) with a bar that rises for groups that
are close-knit.

Articles on two earthquakes of one place are more alike than those of one court case, so no single bar fits both. Two
groups whose own articles are much alike are one only when they are nearly as alike between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.profiles import Profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]
    Row = NDArray[np.float64]

RISES = 0.5
"""How much of what the looser of two groups exceeds ``_USUAL`` by is added to the bar."""
_USUAL = 0.185
"""Average similarity inside a story of which little is known."""
_UNKNOWN = 3
"""Pairs of that similarity that every group is given beside its own."""
_COMMON = 8
"""Terms of more than one in so many articles are multiplied as a matrix, the others pair by pair."""
_NEVER = -9.0


def clusters(profiles: Sequence[Profile], same_from: float, rises: float = RISES) -> list[list[int]]:
    """Places of the profiles in groups: the two most alike are joined while their average similarity reaches
    ``same_from`` and what their closeness adds to it (``rises`` 0: plain average link). Takes 4 bytes a pair."""
    if not profiles:
        return []
    grown = _Groups(_similarities(profiles), rises)
    while (pair := grown.closest(same_from)) is not None:
        grown.join(*pair)
    return [grown.members[n] for n in sorted(grown.members)]


def _similarities(profiles: Sequence[Profile]) -> Matrix:
    """The products of all pairs, 0 on the diagonal; summed in an order that depends on the terms alone."""
    import numpy as np

    count = len(profiles)
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for n, profile in enumerate(profiles):
        for term, weight in profile.items():
            holders[term].append((n, weight))
    alike = np.zeros((count, count), dtype=np.float32)
    common = []
    for term in sorted(holders):
        holding = holders[term]
        if len(holding) * _COMMON > count:
            common.append(holding)
        elif len(holding) > 1:
            places, weights = np.array([n for n, _ in holding]), np.array([w for _, w in holding], dtype=np.float32)
            alike[np.ix_(places, places)] += np.outer(weights, weights)
    matrix = np.zeros((count, len(common)), dtype=np.float32)
    for column, holding in enumerate(common):
        matrix[[n for n, _ in holding], column] = [w for _, w in holding]
    alike += matrix @ matrix.T
    np.fill_diagonal(alike, 0.0)
    return alike


@dataclass(slots=True)
class _Groups:
    """Groups that grow by joining; a group is known by its first place."""

    rises: float
    between: Matrix
    """Sum of the similarities between two groups."""
    members: dict[int, list[int]]
    size: Row
    inside: Row
    """Sum of the similarities of the pairs inside a group."""
    closeness: Row
    """Their average, with a few usual ones."""
    best: NDArray[np.intp]
    """The group that each would join, and by how much the two exceed the bar."""
    by: Row

    def __init__(self, alike: Matrix, rises: float) -> None:
        import numpy as np

        count = len(alike)
        self.rises, self.between = rises, alike
        self.members = {n: [n] for n in range(count)}
        self.size, self.inside, self.closeness = np.ones(count), np.zeros(count), np.full(count, _USUAL)
        self.best, self.by = np.zeros(count, dtype=np.intp), np.full(count, _NEVER)
        for n in range(count):
            self._look(n)

    def closest(self, same_from: float) -> tuple[int, int] | None:
        """The two groups to be joined next; None where none are alike enough."""
        one = int(self.by.argmax())
        return (one, int(self.best[one])) if self.by[one] >= same_from else None

    def join(self, one: int, other: int) -> None:
        """Make two groups one, under the name of the first."""
        import numpy as np

        self.inside[one] += self.inside[other] + self.between[one, other]
        self.between[one] += self.between[other]
        self.between[:, one] = self.between[one]
        self.between[other] = self.between[:, other] = self.between[one, one] = 0.0
        self.size[one] += self.size[other]
        self.size[other], self.by[other] = np.inf, _NEVER
        pairs = self.size[one] * (self.size[one] - 1) / 2
        self.closeness[one] = (self.inside[one] + _UNKNOWN * _USUAL) / (pairs + _UNKNOWN)
        self.members[one] += self.members.pop(other)
        self._look(one)
        mine = self._exceed(one)
        changed = (self.best == one) | (self.best == other)
        for n in np.flatnonzero(changed & (self.by > _NEVER)):
            self._look(int(n))
        better = ~changed & (mine > self.by) & (self.by > _NEVER)
        self.best[better], self.by[better] = one, mine[better]

    def _look(self, one: int) -> None:
        exceed = self._exceed(one)
        self.best[one] = exceed.argmax()
        self.by[one] = max(exceed[self.best[one]], _NEVER / 2)

    def _exceed(self, one: int) -> Row:
        """Average similarity of a group with each other, less what their closeness adds to the bar."""
        import numpy as np

        rise = self.rises * np.maximum(np.minimum(self.closeness[one], self.closeness) - _USUAL, 0.0)
        exceed: Row = self.between[one] / (self.size[one] * self.size) - rise
        exceed[np.isinf(self.size)] = _NEVER
        exceed[one] = _NEVER
        return exceed
