"""Files of a set, read strictly: JSON lines, JSON arrays and tables, gzipped or not; a mistake is named by its line.

What a set holds was written by others: a file may end in the middle, hold anything, and be large. One line, or one
element of an array, is held at a time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import FixtureError

_MAX_LINE = 16_000_000
_MAX_WHOLE = 1_000_000_000
"""Bytes of a JSON array: it has to be held whole."""
_REMEDY = "Correct the file, or fetch the set again."


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a file, and where it stands."""

    path: Path
    line: int
    fields: dict[str, Any]

    def wrong(self, what: str, hint: str = _REMEDY) -> FixtureError:
        """The error that names file and line."""
        return FixtureError(f"{self.path}:{self.line}: {what}", hint)

    def text(self, *names: str) -> str:
        """The first of ``names`` that is given. Raises FixtureError where none is, or it is blank or no text."""
        found = self.maybe(*names)
        if found is None:
            raise self.wrong(f'no "{names[0]}"' + "".join(f' (or "{name}")' for name in names[1:]))
        return found

    def maybe(self, *names: str) -> str | None:
        """The first of ``names`` that is given and not blank; a number is taken as its text."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
            if value is not None and not isinstance(value, str):
                raise self.wrong(f'"{name}" is not a text')
            if value and value.strip():
                return _whole(value)
        return None

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; none where the field is missing. Blank ones are passed over."""
        values = self.items(name)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(f'"{name}" is not a list of texts')
        return tuple(_whole(value) for value in values if value.strip())

    def rows(self, name: str) -> list[Row]:
        """A list of objects; none where the field is missing."""
        values = self.items(name)
        if not all(isinstance(value, dict) for value in values):
            raise self.wrong(f'"{name}" is not a list of objects')
        return [Row(self.path, self.line, value) for value in values]

    def items(self, name: str) -> list[Any]:
        """A list of anything; none where the field is missing."""
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(f'"{name}" is not a list')
        return value

    def flag(self, name: str) -> bool:
        """A value that is 0 or 1, or false or true. Raises FixtureError for any other."""
        value = self.fields.get(name)
        if value not in (0, 1):
            raise self.wrong(f'"{name}" is neither 0 nor 1')
        return bool(value)

    def place(self, name: str) -> int:
        """A position in a text. Raises FixtureError for what is none."""
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(f'"{name}" is no position')
        return value


def _whole(text: str) -> str:
    """``text`` without halves of characters, which JSON can escape and nothing can write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def located(folder: Path, names: Sequence[str], form: str) -> Path:
    """The first of ``names`` in ``folder``, as it is or gzipped. Raises FixtureError, which tells the ``form``."""
    if not folder.is_dir():
        raise FixtureError(f"{folder} is no folder", form)
    for name in names:
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise FixtureError(f"{folder} holds no {' or '.join(names)} (or the same gzipped)", form)


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 (hex) of files, one after the other. Raises FixtureError where one cannot be read."""
    whole = hashlib.sha256()
    for path in paths:
        try:
            with path.open("rb") as opened:
                whole.update(hashlib.file_digest(opened, "sha256").digest())
        except OSError as error:
            raise _unreadable(path, 0, error) from None
    return whole.hexdigest()


def json_lines(path: Path) -> Iterator[Row]:
    """The objects of a file of JSON lines. Raises FixtureError, which names the line."""
    for number, line in text_lines(path):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise FixtureError(f"{path}:{number}: not JSON ({error})", _REMEDY) from None
            yield _row(path, number, value)


def json_array(path: Path) -> Iterator[Row]:
    """The objects of a file that is one JSON array, element by element. Raises FixtureError, which names the line."""
    text = _whole_text(path)
    decoder, line, counted = json.JSONDecoder(), 1, 0
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise FixtureError(f"{path}:1: not a JSON array", _REMEDY)
    at = _after_space(text, at + 1)
    while text[at : at + 1] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise FixtureError(f"{path}:{getattr(error, 'lineno', line)}: not JSON ({error})", _REMEDY) from None
        yield _row(path, line, value)
        at = _after_space(text, at)
        if text[at : at + 1] == ",":
            at = _after_space(text, at + 1)
        elif text[at : at + 1] != "]":
            raise FixtureError(f"{path}:{line + text.count(chr(10), counted, at)}: the array does not end", _REMEDY)


def json_object(path: Path) -> Row:
    """The object that a file is. Raises FixtureError."""
    try:
        return _row(path, 1, json.loads(_whole_text(path)))
    except (ValueError, RecursionError) as error:
        raise FixtureError(f"{path}:{getattr(error, 'lineno', 1)}: not JSON ({error})", _REMEDY) from None


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, without their ends. Raises FixtureError, which names the line."""
    number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as opened:
            while line := opened.readline(_MAX_LINE + 1):
                number += 1
                if len(line) > _MAX_LINE:
                    raise FixtureError(f"{path}:{number}: a line of more than {_MAX_LINE:,} bytes", _REMEDY)
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(path, number, error) from None


def _whole_text(path: Path) -> str:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as opened:
            data = opened.read(_MAX_WHOLE + 1)
        if len(data) > _MAX_WHOLE:
            raise FixtureError(f"{path} is larger than {_MAX_WHOLE:,} bytes", "Give it as JSON lines.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(path, 0, error) from None


def _unreadable(path: Path, line: int, error: Exception) -> FixtureError:
    if isinstance(error, UnicodeDecodeError):
        return FixtureError(f"{path}:{line or 1}: not UTF-8 (byte {error.start})", _REMEDY)
    said = getattr(error, "strerror", None) or str(error)
    return FixtureError(f"{path}{f' after line {line}' if line else ''}: {said}", _REMEDY)


def _row(path: Path, line: int, value: object) -> Row:
    if not isinstance(value, dict):
        raise FixtureError(f"{path}:{line}: not a JSON object", _REMEDY)
    return Row(path, line, value)


def _after_space(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\n", "\r", "\t"):
        at += 1
    return at
