"""Reader of ``.csv`` and ``.tsv``: a row of names, then one article a row, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo

from qa.sources.draft import MAX_TEXT, Draft, RefusedError
from qa.sources.fields import NAMES, article_of, fields_of, plain_name
from qa.sources.raw import MOST_BYTES, Raw
from qa.types import Problem

VERSION = "table-2"
_SEPARATORS = ",;\t|"
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})((?:[ T]\d{1,2}:\d\d.*)?)")
_MARKED = re.compile(r"\A\s*sep=(.)\s*?\n", re.I)


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """The articles of a table, and a Problem for each row that is none. Raises RefusedError when it is none."""
    text, note = _decoded(raw.data(MOST_BYTES))
    text, separator = _separator(text)
    csv.field_size_limit(MAX_TEXT * 2)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = next((row for row in rows if any(cell.strip() for cell in row)), [])
        columns = _columns(names)
        day_first = _day_comes_first(text, separator, columns)
        if note:
            yield Problem(raw.place, None, note, fatal=False)
        begins = rows.line_num + 1
        while (row := next(rows, None)) is not None:
            if any(cell.strip() for cell in row):
                cells = {name: row[at] for at, name in [*enumerate(names)][::-1] if at < len(row)}
                yield _article(raw.place, begins, cells, zone, day_first)
            begins = rows.line_num + 1
    except csv.Error as error:
        yield Problem(raw.place, rows.line_num, f"the table breaks off here ({error}); save it again as CSV")


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and what to tell about it: spreadsheets save CSV in the encoding of Windows unless told otherwise."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace"), ""
    if b"\x00" in data[:8_192]:
        raise RefusedError("a binary file, not a table; save it as CSV")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "not UTF-8; read as Windows-1252, as spreadsheets save it"


def _separator(text: str) -> tuple[str, str]:
    """The text without the line in which Excel names its separator, and the separator."""
    if marked := _MARKED.match(text):
        return text[marked.end() :], marked.group(1)
    header = text.lstrip("\r\n").partition("\n")[0]
    return text, max(_SEPARATORS, key=lambda mark: (header.count(mark), -_SEPARATORS.index(mark)))


def _columns(names: Sequence[str]) -> dict[str, int]:
    plain = [plain_name(name) for name in names]
    found = {
        field: at
        for field, known in NAMES.items()
        if (at := next((plain.index(name) for name in known if name in plain), -1)) >= 0
    }
    if "text" not in found:
        seen = ", ".join(name.strip()[:30] for name in names[:10] if name.strip()) or "nothing"
        raise RefusedError(
            f"no column with the article's text (its first row has: {seen}); call it text, and others title, date, "
            "source, url"
        )
    return found


def _article(
    place: str, line: int, cells: Mapping[str, str], zone: tzinfo | None, day_first: bool | None
) -> Draft | Problem:
    try:
        told = fields_of(cells)
        if told.text is None:
            raise RefusedError("no text in this row; nothing to read")
        text = told.text.replace("\r\n", "\n").replace("\r", "\n")
        published = _iso(told.published, day_first) if told.published else None
        return article_of(replace(told, text=text, published=published), zone, line)
    except RefusedError as reason:
        return Problem(place, line, str(reason))


def _day_comes_first(text: str, separator: str, columns: Mapping[str, int]) -> bool | None:
    """Whether 04/02/2026 is in February, by the days of the column that can only be one; None when none of them tells,
    or they differ."""
    if "published" not in columns:
        return None
    told = set()
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        cell = row[columns["published"]].strip() if columns["published"] < len(row) else ""
        if match := _DAY_FIRST.fullmatch(cell):
            first, second = int(match.group(1)), int(match.group(2))
            if first > 12 >= second or "." in cell[:3]:
                told.add(True)
            elif second > 12 >= first:
                told.add(False)
    return told.pop() if len(told) == 1 else None


def _iso(cell: str, day_first: bool | None) -> str:
    """A day as spreadsheets show it, as ISO 8601 where it is clear which of its numbers is the month."""
    match = _DAY_FIRST.fullmatch(cell.strip())
    if match is None:
        return cell
    first, second, year = (int(part) for part in match.groups()[:3])
    if first != second and day_first is None:
        return cell
    day, month = (first, second) if day_first or first == second else (second, first)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return cell
