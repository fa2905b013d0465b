"""What the reader follows, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa.clean import show_line
from qa.dates import readable
from qa.types import Added, Followed


def added_text(added: Added) -> str:
    """What is followed from now on, and what was before."""
    lines = [f"follows {one.number}: {_called(one)}" for one in added.new]
    lines += [f"followed already as {one.number}: {_called(one)}" for one in added.already]
    return "\n".join([*lines, "`newsdesk sources refresh` reads it."]) + "\n"


def added_json(added: Added) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "added": [followed_json(one) for one in added.new],
        "already": [followed_json(one) for one in added.already],
    }


def followed_text(listed: Sequence[tuple[Followed, int]]) -> str:
    """What is followed, with how many articles came of it, when it was last read, and what was wrong then."""
    lines = []
    for one, articles in listed:
        read = f"read {readable(one.refreshed.isoformat())}" if one.refreshed else "not read yet"
        lines.append(f"{one.number:>4}  {_called(one)}  ({articles} article(s), {read})")
        lines += [f"      {show_line(note)}" for note in followed_notes(one)]
    return "\n".join([*lines, f"{len(listed)} source(s) followed"]) + "\n"


def followed_notes(one: Followed) -> list[str]:
    """What is to be known of a source besides: what was wrong, whether it is gone, moved, or left alone. Not yet safe
    to show."""
    told = [f"✗ {one.problem}"] if one.problem else []
    told += ["gone for good, by its server's word: it is asked for by its number alone"] if one.gone else []
    told += [f"moved for good to {one.moved}"] if one.moved else []
    return told + ([f"left alone until {readable(one.rests.isoformat())}, as its server wants"] if one.rests else [])


def followed_json(one: Followed, articles: int | None = None) -> dict[str, Any]:
    """A followed source."""
    told: dict[str, Any] = {
        "number": one.number,
        "place": one.place,
        "name": one.name,
        "added": one.added.isoformat(),
        "refreshed": one.refreshed.isoformat() if one.refreshed else None,
        "problem": one.problem,
        "moved": one.moved or None,
        "gone": one.gone,
        "rests": one.rests.isoformat() if one.rests else None,
    }
    return told if articles is None else {**told, "articles": articles}


def _called(one: Followed) -> str:
    return show_line(f"{one.name} <{one.place}>" if one.name else one.place)
