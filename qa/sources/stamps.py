"""An article's date as programs, newsrooms and countries write it: in a meta element, a feed, a field, a line above it.

``qa.dates`` knows the forms that people type. Here are the others that files are found with: months in twelve
languages, times with ``p.m.`` or ``Uhr``, seconds since 1970, days with dots. What can be two days (``04/02/2026``) is
none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

from qa.dates import FOLDED, parse_published
from qa.types import Published

_MONTHS = """
    january february march april may june july august september october november december
    januar februar märz april mai juni juli august september oktober november dezember
    jänner feber marts april maj juni juli august september oktober november december
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
    janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
    januari februari maart april mei juni juli augustus september oktober november december
    januari februari mars april maj juni juli augusti september oktober november december
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
"""
"""Twelve in a row of a language, in the form that stands in a date. Besides them their first three or four letters."""
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2, "eest": 3}
_ZONES |= {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
"""Hours from UTC (RFC 2822, section 4.3, and Europe's). A time in any other zone keeps the day it is written on."""
_WEEKDAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b,?|\A[^\W\d_]{2,12}\.?,\s*(?=\S)|\A(?:montag|dienstag|mittwoch|"
    r"donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|"
    r"jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)\s",
    re.I,
)
_SHORT_WEEKDAY = re.compile(r"\A(?:mon|tue|wed|thu|fri|sat|sun)\.?\s+", re.I)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?\s*"
    r"(?:(?P<half>[ap])\.?\s?m\b\.?|Uhr|h)?"
)
_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?\s?(?P<sign>[+-])(?P<ahead>\d{2}):?(?P<beside>\d{2})|[A-Z]{2,5})?"
_REST = r"(?:\s*\(?[A-Z]{2,5}\)?|\s*\([^()]{1,40}\)|\[[\w/+-]{1,40}\])?"
"""What some add behind the zone: its name."""
_TIME = re.compile(rf"(?:[T,|·–-]|at\b|um\b|à\b|ore\b)*\s*{_CLOCK}\s*{_ZONE}{_REST}", re.I)
_OF = r"(?:\s*(?:de|of|di|del)\s+|[\s./-]+)"
_NAME = r"(?P<name>[^\W\d_]{3,12})"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.]{_DAY}\.?(?!\d)",
        rf"{_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?{_DAY}\s?[日일]",
        rf"{_YEAR}(?P<month>[01]\d)(?P<day>[0-3]\d)(?=\d{{4}}|T|\Z)",
        rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}(?!\d)",
        rf"(?P<day>1[3-9]|2\d|3[01])[/-](?P<month>0?[1-9]|1[0-2])[/-]{_YEAR}(?!\d)",
        rf"(?P<month>0?[1-9]|1[0-2])[/-](?P<day>1[3-9]|2\d|3[01])[/-]{_YEAR}(?!\d)",
        rf"{_DAY}(?:st|nd|rd|th|er|º)?{_OF}{_NAME}\.?,?{_OF}{_YEAR}(?!\d)",
        rf"{_DAY}[\s-]{_NAME}[\s-](?P<year>\d\d)(?=,?\s+\d{{1,2}}:)",
        rf"{_NAME}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}(?!\d)",
    )
)
_LAST_YEAR = re.compile(rf"{_NAME}\s+{_DAY}\s+(?P<clock>\d\d:\d\d:\d\d)\s+(?P<zone>[A-Z]{{2,5}}\s+)?{_YEAR}", re.I)
"""As ``date`` and ``asctime`` print it: "Wed Feb 04 10:11:12 GMT 2026"."""
_PACKED_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)?")
_SINCE_1970 = re.compile(r"(1\d{9})(?:\d{3}|\.\d{1,9})?")
_LONGEST = 100


def read_stamp(text: str, zone: tzinfo | None) -> Published:
    """An article's date as given, a time with its zone as in ``parse_published``. Raises ValueError for what is no
    date, does not exist, or can be two."""
    try:
        return parse_published(text, zone)
    except (ValueError, OverflowError):
        plain = " ".join(text.translate(FOLDED).split())
        if len(plain) > _LONGEST:
            raise
    return parse_published(_iso(plain), zone)


def _iso(text: str) -> str:
    """A date in ISO 8601. Raises ValueError."""
    if seconds := _SINCE_1970.fullmatch(text):
        return datetime.fromtimestamp(int(seconds.group(1)), UTC).isoformat()
    text = _SHORT_WEEKDAY.sub("", " ".join(_WEEKDAY.sub(" ", text).split()).rstrip(","))
    if found := _LAST_YEAR.fullmatch(text):
        text = f"{found['day']} {found['name']} {found['year']} {found['clock']} {found['zone'] or ''}".strip()
    for form in _FORMS:
        if found := form.match(text):
            told = found.groupdict()
            number = told.get("month") or _months().get(told.get("name", "").casefold())
            if number is not None:
                year = int(told["year"]) + (2000 if len(told["year"]) == 2 else 0)
                return _with_time(date(year, int(number), int(told["day"])), text[found.end() :].strip(" ,"))
    raise ValueError(f"{text!r} is not a date; write it as 2026-02-04")


def _with_time(day: date, rest: str) -> str:
    if not rest:
        return day.isoformat()
    if packed := _PACKED_TIME.fullmatch(rest):
        rest = ":".join(part for part in packed.groups() if part)
    found = _TIME.fullmatch(rest)
    if found is None or not (found["minute"] or found["half"]):
        raise ValueError(f"{rest!r} is no time of the day")
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(f"{rest!r} is no time of the day")
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    second = min(int(found["second"] or 0), 59)  # a leap second is the one before
    midnight = datetime(day.year, day.month, day.day, tzinfo=_zone(found))
    if hour == 24 and not int(found["minute"] or 0) + second:
        return (midnight + timedelta(days=1)).isoformat()
    return midnight.replace(hour=hour, minute=int(found["minute"] or 0), second=second).isoformat()


def _zone(found: re.Match[str]) -> tzinfo | None:
    if found["sign"]:
        ahead = timedelta(hours=int(found["ahead"]), minutes=int(found["beside"]))
        return timezone(ahead if found["sign"] == "+" else -ahead)
    hours = _ZONES.get((found["zone"] or "").lower())
    return None if hours is None else timezone(timedelta(hours=hours))


@cache
def _months() -> dict[str, int]:
    """Names of months and what they are cut to, but for what is short for two."""
    names = [(name, n % 12 + 1) for n, name in enumerate(_MONTHS.split())]
    found: dict[str, set[int]] = {}
    for name, number in names:
        for short in {name[:3], name[:4], name}:
            found.setdefault(short, set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}
