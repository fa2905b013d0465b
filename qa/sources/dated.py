"""The day of an article that does not state it as such: from its dateline, its address, and last the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, tzinfo
from urllib.parse import urlsplit

from qa.dates import DATE
from qa.sources.draft import Draft
from qa.sources.stamps import read_stamp
from qa.types import DatedBy, Published

_HEAD = 1_500
"""Characters of the text in which a dateline is looked for."""
_LINES = 8
_FIRST, _LAST = date(1950, 1, 1), date(2100, 1, 1)
_LEAD = (
    r"(?:(?:first\s+|last\s+)?(?:published|posted|updated|released|issued|date|dated)(?:\s+(?:on|at))?\s*:?\s*)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+|(?:mon|tue|wed|thu|fri|sat|sun)\.?,?\s+)?"
)
_TIME = r"(?:[,\s]*(?:at\s+|[|·–-]\s*)?\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?(?:\s*\(?[A-Z]{2,5}\)?)?)?"
_LINE = re.compile(
    rf"(?:by\s+[^\n|·•]{{2,60}}[|·•,–—-]\s*)?{_LEAD}({DATE}){_TIME}(?:\s*[|·•–—-]\s*[^\n]{{0,60}})?\s*\.?", re.I
)
"""A line that holds a date and little else: "Published: 4 February 2026, 09:30 GMT"."""
_PLACE = re.compile(
    r"(?:[A-ZÀ-Þ][\w.’'-]*[ ,/]{1,2}){1,6}\(?(?:[A-Z][\w ]{1,24},\s*)?"
    rf"({DATE})\)?\s*(?:\([^)\n]{{2,40}}\)\s*)?[-–—:]",
    re.I,
)
"""A dateline: "LINDAU, Feb. 4, 2026 (Harbour News) —"."""
_CHANGED = re.compile(r"(?:last\s+)?(?:updated|modified)|aktualisiert|mis à jour|actualizado|aggiornato", re.I)
_ABROAD = re.compile(
    r"(?:(?:published|posted|date|veröffentlicht|erschienen|stand|publié|paru|publicado|pubblicato|geplaatst|gepubliceerd|"
    r"publicerad|opublikowano|yayınlanma)\s*(?:on|am|vom|le|el|em|il|op)?\s*:?\s*)?"
    r"((?=[^\n]{0,40}(?:19|20)\d\d(?!\d))(?=[^\n]*[^\d\s])[^\W_][^\n]{6,44})",
    re.I,
)
"""A line that holds a date as other countries write it: "Veröffentlicht am 4. Februar 2026, 10:15 Uhr"."""
_IN_ADDRESS = re.compile(
    r"(?<!\d)(19[5-9]\d|20\d\d)[/-](?:[A-Za-z_-]{2,20}/)?(\d{1,2})[/-](\d{1,2})(?!\d)|"
    r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)"
)
_IN_NAME = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)([-_. ]?)([01]\d)\2([0-3]\d)(?!\d)")


def dated(draft: Draft, zone: tzinfo | None, name: str = "") -> Draft:
    """``draft`` with a day, where it has none and one can be found; ``name`` is the file's.

    Only days with a year count. A day that is not the article's own word is noted.
    """
    if draft.published is not None:
        return draft
    lines = [line.strip() for line in draft.text[:_HEAD].split("\n") if line.strip()][:_LINES]
    if day := dateline(lines, zone):
        return _with(draft, day, DatedBy.DATELINE, "")
    if draft.url and (day := _written(_IN_ADDRESS, urlsplit(draft.url).path)):
        return _with(draft, day, DatedBy.ADDRESS, "dated by its address")
    if day := _written(_IN_NAME, name):
        return _with(draft, day, DatedBy.FILE_NAME, "dated by the name of its file, for want of anything better")
    return draft


def _with(draft: Draft, day: Published, by: DatedBy, note: str) -> Draft:
    notes = (*draft.notes, f"{note} ({day.iso})") if note else draft.notes
    return replace(draft, published=day, notes=notes, details=replace(draft.details, dated_by=by))


def dateline(lines: Iterable[str], zone: tzinfo | None) -> Published | None:
    """The day that one of the lines above an article, or the place and day it opens with, tells with its year; when
    it was last changed only where nothing else is told."""
    for line in sorted(lines, key=lambda line: bool(_CHANGED.match(line))):
        match = _LINE.fullmatch(line) or _PLACE.match(line)
        if match and (day := _plausible(match.group(1), zone)):
            return day
        if (told := _ABROAD.fullmatch(line)) and (day := _plausible(told.group(1), zone)):
            return day
    return None


def _plausible(words: str, zone: tzinfo | None) -> Published | None:
    try:
        day = read_stamp(words, zone)
    except ValueError:
        return None
    return day if _FIRST <= day.day < _LAST else None


def _written(pattern: re.Pattern[str], text: str) -> Published | None:
    for match in pattern.finditer(text):
        year, month, day = (int(part) for part in match.groups() if part and part.isdigit())
        try:
            return Published(date(year, month, day).isoformat(), date(year, month, day))
        except ValueError:
            continue
    return None
