"""Readers of what people have: one file a format, one line in a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from qa.errors import InputError
from qa.sources import jsonl, markdown, seed
from qa.sources.draft import MAX_TEXT, Draft, RefusedError
from qa.types import Problem

__all__ = ["Draft", "Found", "known_types", "place_of", "read_file", "reader_version", "walk"]

_WHOLE = {".txt": seed, ".md": markdown, ".markdown": markdown}
_LINES = {".jsonl": jsonl, ".ndjson": jsonl}
_NEWLINES = re.compile("\r\n?")
_MAX_WHOLE = 4 * MAX_TEXT + 65_536
"""Largest file in bytes that can hold one article."""


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, in a stable order, and how many files of other types the folders hold."""

    files: tuple[Path, ...]
    skipped: int
    problems: tuple[Problem, ...]


def known_types() -> str:
    """The file types that can be read, for messages."""
    return ", ".join(sorted({*_WHOLE, *_LINES}))


def reader_version(path: Path) -> str:
    """Name and version of the reader of a file: when it changes, the file is parsed again."""
    reader = _WHOLE.get(path.suffix.lower()) or _LINES[path.suffix.lower()]
    return str(reader.VERSION)


def walk(arguments: list[Path]) -> Found:
    """The files under ``arguments`` (files and folders). A missing one is a Problem; hidden files are passed over."""
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    skipped = 0
    for argument in arguments:
        path = place_of(argument)
        if path is None:
            problems.append(Problem(str(argument), None, "there is no such file or folder; check the name"))
            continue
        known, others = _files_in(path) if path.is_dir() else ([path], 0)
        skipped += others
        for file in known:
            if why := _refusal(file):
                problems.append(Problem(str(argument if file == path else file), None, why))
            else:
                files[file] = None
    return Found(tuple(files), skipped, tuple(problems))


def place_of(argument: Path) -> Path | None:
    """The real path of a file or folder, None when there is none."""
    try:
        return argument.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # a name too long, a loop of links, a home folder that is not known
        return None


def _files_in(folder: Path) -> tuple[list[Path], int]:
    """The files of a folder that have a reader, and how many others there are."""
    known: list[Path] = []
    skipped = 0
    for inner in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in inner.relative_to(folder).parts) or not inner.is_file():
            continue
        if _has_reader(inner):
            known.append(inner.resolve())
        else:
            skipped += 1
    return known, skipped


def _has_reader(path: Path) -> bool:
    return path.suffix.lower() in _WHOLE or path.suffix.lower() in _LINES


def _refusal(path: Path) -> str:
    """Why a file is not read at all, empty when it is."""
    if not _has_reader(path):
        kind = path.suffix or "a file without an ending"
        return f"cannot read {kind}; known types: {known_types()}"
    if not path.is_file():
        return "not a file; name a file or a folder"
    if not str(path).isprintable() and any("\ud800" <= character <= "\udfff" for character in str(path)):
        return "its name is not UTF-8; rename it"
    return ""


def read_file(path: Path, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """The articles of one file; what cannot be read is a Problem with its remedy, and reading goes on."""
    suffix = path.suffix.lower()
    try:
        if suffix in _LINES:
            with path.open("rb") as lines:
                yield from _or_empty(jsonl.read(lines, path, zone), path)
        else:
            yield from _WHOLE[suffix].read(_decoded(path), zone)
    except RefusedError as reason:
        yield Problem(str(path), None, str(reason))
    except (OSError, InputError) as error:
        yield Problem(
            str(path), None, f"{getattr(error, 'strerror', None) or error}; check the file and its permissions"
        )


def _or_empty(items: Iterator[Draft | Problem], path: Path) -> Iterator[Draft | Problem]:
    nothing = True
    for item in items:
        nothing = False
        yield item
    if nothing:
        yield Problem(str(path), None, "the file is empty; save it again, or take it away")


def _decoded(path: Path) -> str:
    size = path.stat().st_size
    if size == 0:
        raise RefusedError("the file is empty; save it again, or take it away")
    if size > _MAX_WHOLE:
        raise RefusedError(
            f"{size:,} bytes are more than one article; split it, or make it .jsonl with one article a line"
        )
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _NEWLINES.sub("\n", data.decode("utf-16", "replace"))
    if b"\x00" in data[:8_192]:
        raise RefusedError(f"a binary file, not text; known types: {known_types()}")
    try:
        return _NEWLINES.sub("\n", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"not UTF-8 (byte 0x{data[error.start]:02x} at {error.start}); save it again as UTF-8, or where it is "
            "Latin-1 convert it: iconv -f latin1 -t utf-8"
        ) from None
