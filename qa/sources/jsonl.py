"""Reader of ``.jsonl``: one article a line, ``{"id"?, "title", "date", "source", "url", "text", "author"?,
"language"?}``, or what others call these (``fields``). A bad line is a Problem with its number; the others are read
all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import IO, Any

from qa.sources.draft import MAX_TEXT, Draft, RefusedError
from qa.sources.fields import article_of, fields_of
from qa.sources.raw import Raw
from qa.types import Problem

VERSION = "jsonl-3"
_MAX_LINE = 8 * MAX_TEXT
"""Longest line in bytes: one article with every character escaped."""


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """The articles of a JSON Lines file, and a Problem for each line that is none.

    Raises RefusedError when it is no text at all.
    """
    if b"\x00" in raw.head():
        raise RefusedError("a binary file or UTF-16, not UTF-8 text; convert it, for example: iconv -f utf-16 -t utf-8")
    with raw.stream() as file:
        yield from _lines(file, raw.place, zone)


def _lines(file: IO[bytes], place: str, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    number = 0
    while line := file.readline(_MAX_LINE + 1):
        number += 1
        if not line.strip():
            continue
        try:
            if len(line) > _MAX_LINE:
                size = len(line) + _skip_line(file)
                raise RefusedError(f"a line of {size:,} bytes is more than one article; put one article on each line")
            yield article_of(fields_of(_object(line, number)), zone, number)
        except RefusedError as reason:
            yield Problem(place, number, str(reason))


def _skip_line(file: IO[bytes]) -> int:
    """Read to the end of the line, keeping nothing; how many bytes that were."""
    size = 0
    while part := file.readline(1 << 20):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError as error:
        raise RefusedError(f"not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not JSON ({error}); each line is one JSON object") from None
    if not isinstance(fields, dict):
        raise RefusedError("not a JSON object; each line is one article {…}")
    return fields
