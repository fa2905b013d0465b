"""Reader of ``.jsonl``: one article a line, ``{"id"?, "title", "date"|"published"|"published_at", "source", "url",
"text"|"body", "author"?, "language"?}``. A bad line is a Problem with its number; the others are read all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from typing import IO, Any

from qa.sources.draft import MAX_TEXT, Draft, RefusedError, draft
from qa.sources.raw import Raw
from qa.types import Details, Problem

VERSION = "jsonl-2"
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
            yield article(_object(line, number), zone, number)
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


def article(fields: dict[str, Any], zone: tzinfo | None, number: int) -> Draft:
    """The article of a JSON object, the ``number``th of its file. Raises RefusedError."""
    text = _field(fields, "text", "body")
    if not text:
        raise RefusedError('no "text" (or "body"); nothing to read')
    return draft(
        text=text,
        zone=zone,
        title=_field(fields, "title"),
        published=_field(fields, "date", "published", "published_at"),
        source=_field(fields, "source"),
        url=_field(fields, "url"),
        key=_field(fields, "id"),
        line=number,
        language=_field(fields, "language", "lang"),
        details=Details(author=_field(fields, "author")),
    )


def _field(fields: dict[str, Any], *names: str) -> str | None:
    """The first of ``names`` that is given; a number is taken as its text. Raises RefusedError for other types."""
    for name in names:
        value = fields.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise RefusedError(f'"{name}" is not a text')
        return str(value)
    return None
