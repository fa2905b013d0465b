"""Values that sources do not agree on, in words."""

from __future__ import annotations

from qa.types import Conflict


def conflict_words(conflict: Conflict) -> str:
    """What differs, in a line: "Sources differ on deaths: 31,456 or 36,000"."""
    about = f" on {conflict.about}" if conflict.about else ""
    earlier, later = conflict.values
    if conflict.kind == "disagreement":
        return f"Sources differ{about}: {earlier} or {later}"
    return f"A later report{about}: {earlier}, then {later}"
