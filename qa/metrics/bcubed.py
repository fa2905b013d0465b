"""B-cubed precision and recall of a grouping, article by article (Bagga and Baldwin 1998)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence


def b_cubed(groups: Sequence[Sequence[str]], event: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Precision and recall of each item of ``groups`` (each in one), by the ``event`` that it is of."""
    of_event = Counter(event[one] for members in groups for one in members)
    found: dict[str, tuple[float, float]] = {}
    for members in groups:
        in_group = Counter(event[one] for one in members)
        for one in members:
            same = in_group[event[one]]
            found[one] = (same / len(members), same / of_event[event[one]])
    return found
