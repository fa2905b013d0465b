"""A PDF: the text of each of its pages (pypdf), and what it says of itself."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, PdfReadError

from qa.sources.inside import NothingInItError

_MOST_PAGES = 2_000
_MOST_TEXT = 4_000_000
_BREAK = "\f"
"""Between two pages, until what runs over their border is one again."""
_HYPHEN = re.compile(r"(-?)\b([^\W_]+)([-\u00ad\u2010])([\n\f])([^\W_]+)(?=(-?))")
_SUSPENDED = frozenset("and or und oder et ou y o e to bis nor".split())
""" "Two- and three-year-olds": a hyphen before these ends its word."""
_COMPOUNDS = frozenset(
    "well so self ex non half high low long short left right far mid cross all vice semi quasi full part then post pre "
    "anti pro co two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty "
    "ninety".split()
)
"""Words that mostly keep the hyphen behind them."""
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
"""Letters that were set as one: nobody searches for them so, and no word is quoted so."""
_EDGE = 2
"""Lines at the head and the foot of a page that may be the same on every page, or on every other."""
_FEW = 3
"""Pages below which they must be on all."""
_ENDS = re.compile(r"[.!?:;…][\"”’')\]]*$")
_SHORT = 0.7
"""A line shorter than this share of the page's usual ones ends its paragraph."""


def parse(data: bytes, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The text of each page, in paragraphs, and title, author, date stated and date made."""
    logging.disable(logging.CRITICAL)
    try:
        return _read(data)
    except DependencyError:
        raise NothingInItError(
            "it is protected with AES, which is not read here; save a copy without protection, for example: qpdf "
            "--decrypt IN OUT"
        ) from None


def _read(data: bytes) -> Mapping[str, Any]:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not _unlocked(reader):
        raise NothingInItError("it is locked with a password; save a copy without one")
    number = len(reader.pages)
    if number > _MOST_PAGES:
        raise NothingInItError(f"{number:,} pages are more than an article ({_MOST_PAGES:,}); split it")
    pages, size = [], 0
    for page in reader.pages:
        pages.append(page.extract_text() or "")
        size += len(pages[-1])
        if size > _MOST_TEXT:
            raise NothingInItError(f"more than {_MOST_TEXT:,} characters are more than one article; split it")
    if not any(text.strip() for text in pages):
        raise NothingInItError(
            f"its {number} page(s) are pictures without text (a scan); read them first, for example: ocrmypdf IN OUT"
        )
    known: Mapping[str, Any] = reader.metadata or {}
    xmp = _xmp(reader)
    told = _told(pages)
    return {
        "pages": [text for text, _ in told],
        "runs_on": [runs_on for _, runs_on in told],
        "title": _plain(known.get("/Title")),
        "author": _plain(known.get("/Author")),
        "made": _plain(known.get("/CreationDate")),
        "published": xmp,
        "language": _plain(reader.root_object.get("/Lang")),
    }


def _unlocked(reader: PdfReader) -> bool:
    try:
        return bool(reader.decrypt(""))
    except (PdfReadError, NotImplementedError):
        return False


def _xmp(reader: PdfReader) -> str | None:
    """The day of publication that a publisher states (PRISM); the day a file was made is none."""
    try:
        raw = getattr(reader.root_object["/Metadata"].get_object(), "get_data", bytes)()[: 1 << 20].decode(
            "utf-8", "replace"
        )
    except (KeyError, AttributeError, PdfReadError):
        return None
    found = re.search(r"prism:(?:publicationDate|coverDate)(?:>|\s*=\s*[\"'])\s*([^<\"']{4,40})", raw)
    return found.group(1).strip() if found else None


def _plain(value: Any) -> str | None:
    return str(value)[:2_000] if isinstance(value, str) and value.strip() else None


def _told(pages: Sequence[str]) -> list[tuple[str, bool]]:
    """Each page in paragraphs, and whether its last sentence runs on over the border to the next."""
    plain = [page.translate(_LIGATURES).replace(_BREAK, " ") for page in pages]
    split = _unbroken(_BREAK.join(_without_edges(plain))).split(_BREAK)
    told = [_paragraphs(text) for text in split]
    nexts = [next((text for text, _ in told[n + 1 :] if text), "") for n in range(len(told))]
    return [
        (text, bool(text and after) and not _ENDS.search(text) and (goes_on or after[0].islower()))
        for (text, goes_on), after in zip(told, nexts, strict=True)
    ]


def _unbroken(text: str) -> str:
    """Words that are broken at the end of a line or a page as one; the page then begins behind its word."""
    seen = Counter(re.findall(r"[^\W_]+(?:-[^\W_]+)?", text.casefold()))

    def whole(match: re.Match[str]) -> str:
        chained, first, hyphen, border, second, chain = match.groups()
        behind = _BREAK if border == _BREAK else ""
        if hyphen != "\u00ad" and second.casefold() in _SUSPENDED and not chain:
            return f"{chained}{first}-{border}{second}"
        joined, compound = f"{first}{second}".casefold(), f"{first}-{second}".casefold()
        in_capitals = first.isupper() and second.isupper()
        keeps = first[-1].isdigit() or not (second[0].islower() or in_capitals) or chained or chain
        keeps = keeps or (not seen[joined] and (bool(seen[compound]) or first.casefold() in _COMPOUNDS))
        return f"{chained}{first}{'-' if keeps and hyphen != chr(0xAD) else ''}{second}{behind}"

    return _HYPHEN.sub(whole, text)


def _without_edges(pages: Sequence[str]) -> list[str]:
    """Pages without the lines that most of them have at their head or foot: names, numbers, notices."""
    split = [[line.rstrip() for line in text.split("\n")] for text in pages]
    split = [_trimmed(lines) for lines in split]
    edges = [{_as_edge(line) for line in [*lines[:_EDGE], *lines[-_EDGE:]]} for lines in split]
    seen = Counter(edge for page in edges for edge in page)
    few = len(pages) < _FEW
    often = {
        edge
        for edge, count in seen.items()
        if count > 1 and (count == len(pages) if few else count * 2 >= len(pages) - 1)
    }
    inner = [_inner(lines, often) for lines in split]
    return ["\n".join(lines) for lines in (inner if any(inner) else split)]


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _inner(lines: list[str], often: set[str]) -> list[str]:
    for _ in range(_EDGE):
        if lines and _as_edge(lines[0]) in often:
            lines = _trimmed(lines[1:])
        if lines and _as_edge(lines[-1]) in often:
            lines = _trimmed(lines[:-1])
    return lines


def _as_edge(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _paragraphs(text: str) -> tuple[str, bool]:
    """Lines joined to paragraphs, and whether the last of them is not at its end: one ends at an empty line, and at a
    line that ends a sentence and is short."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    usual = sorted(len(line) for line in lines if line)
    width = usual[int(len(usual) * 0.8)] if usual else 0
    joined: list[str] = []
    goes_on = at_end = False
    for line in lines:
        if line and goes_on:
            joined[-1] += f" {line}"
        elif line:
            joined.append(line)
        short = len(line) < _SHORT * width
        goes_on = bool(line) and not (short and (_ENDS.search(line) or len(joined[-1]) == len(line)))
        at_end = not goes_on if line else at_end
    return "\n".join(joined), not at_end
