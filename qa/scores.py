"""A model's scores of numbered passages: read from a reply that nobody vouches for.

Two forms are understood: lines of ``number: score``, and JSON, an object of number to score or a list of objects with
``passage`` and ``score``. What else a reply says is passed over; a score outside the scale spoils all of it, because
the model then counted on another scale.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

HIGHEST = 10
"""The best score of a passage; the worst is 0."""
_SCORE = r"[+-]?(?:\d{1,9}(?:\.\d{0,30})?(?:e[+-]?\d{1,3})?|nan|inf(?:inity)?)"
_LINE = re.compile(
    r"(?:[-*•]\s+)?(?:passage\s+)?\[?(?P<n>\d{1,4})\]?\s*[:=]\s*"
    rf"(?P<score>{_SCORE})(?:\s*/\s*{HIGHEST})?\s*[.,;]?",
    re.I | re.A,
)
_DIGITS = re.compile(r"\d{1,4}", re.A)
_IN_FENCES = re.compile(r"```\w*\s*\n(.*?)\n\s*```", re.S)


def read_scores(reply: str, most: int) -> dict[int, float]:
    """The score of each passage from 1 to ``most`` that ``reply`` gives one; other numbers are passed over.

    Raises ValueError, with the reason for a reader, when it gives none, gives one passage two, or leaves the scale.
    """
    inside = _IN_FENCES.fullmatch(reply.strip())
    text = inside.group(1).strip() if inside else reply.strip()
    pairs = _from_json(text)
    found: dict[int, float] = {}
    for number, score in _from_lines(text) if pairs is None else pairs:
        if not 0 <= score <= HIGHEST:  # neither is what is not a number
            raise ValueError(f"its scores are not from 0 to {HIGHEST}")
        if 1 <= number <= most and found.setdefault(number, float(score)) != score:
            raise ValueError(f"it gives passage {number} two scores")
    if not found:
        raise ValueError("it scores no passage in a form that can be read")
    return found


def _from_lines(text: str) -> Iterator[tuple[int, float]]:
    for line in text.splitlines():
        if match := _LINE.fullmatch(line.strip()):
            yield int(match["n"]), float(match["score"])


def _from_json(text: str) -> list[tuple[int, float]] | None:
    """The pairs of number and score of a JSON text; None when ``text`` is not JSON. Raises ValueError."""
    if not text.startswith(("{", "[")):
        return None
    try:
        data = json.loads(text, object_pairs_hook=tuple)  # an object as pairs: a name may stand in it twice
    except (ValueError, RecursionError):  # "[1]: 7" begins like JSON
        return None
    if isinstance(data, tuple) and len(data) == 1 and isinstance(data[0][1], list | tuple):
        data = data[0][1]  # {"scores": …}
    if isinstance(data, list):
        objects = [dict(one) for one in data if isinstance(one, tuple)]
        data = tuple((one.get("passage"), one.get("score")) for one in objects)
    pairs = data if isinstance(data, tuple) else ()
    return [(int(number), _number(score)) for number, score in pairs if _DIGITS.fullmatch(str(number))]


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError("its scores are not numbers")
