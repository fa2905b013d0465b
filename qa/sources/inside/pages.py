"""A PDF: the text of each of its pages (pypdf), and what it says of itself."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PdfReadError

from qa.sources.inside import NothingInItError

_MOST_PAGES = 2_000
_MOST_TEXT = 4_000_000
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad\u2010]\n(?=[a-zà-ÿ])")
_EDGE = 2
"""Lines at the head and the foot of a page that may be the same on every page."""
_ENDS = re.compile(r"[.!?:;…][\"”’')\]]*$")
_SHORT = 0.7
"""A line shorter than this share of the page's usual ones ends its paragraph."""


def parse(data: bytes, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The text of each page, in paragraphs, and title, author, date stated and date made."""
    logging.disable(logging.CRITICAL)
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
    return {
        "pages": [_paragraphs(text) for text in _without_edges(pages)],
        "title": _plain(known.get("/Title")),
        "author": _plain(known.get("/Author")),
        "made": _plain(known.get("/CreationDate")),
        "published": xmp,
        "language": _plain(reader.root_object.get("/Lang")),
    }


def _unlocked(reader: PdfReader) -> bool:
    try:
        return bool(reader.decrypt(""))
    except (PdfReadError, NotImplementedError, ImportError):
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


def _without_edges(pages: Sequence[str]) -> list[str]:
    """Pages without the lines that most of them have at their head or foot: names, numbers, notices."""
    split = [[line.rstrip() for line in text.split("\n")] for text in pages]
    split = [_trimmed(lines) for lines in split]
    edges = [{_as_edge(line) for line in [*lines[:_EDGE], *lines[-_EDGE:]]} for lines in split]
    seen = Counter(edge for page in edges for edge in page)
    often = {edge for edge, count in seen.items() if len(pages) >= 3 and count * 2 > len(pages)}
    return ["\n".join(_inner(lines, often)) for lines in split]


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


def _paragraphs(text: str) -> str:
    """Lines joined to paragraphs: one ends at an empty line, and at a line that ends a sentence and is short."""
    lines = [" ".join(line.split()) for line in _HYPHEN.sub("", text).split("\n")]
    usual = sorted(len(line) for line in lines if line)
    width = usual[int(len(usual) * 0.8)] if usual else 0
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if line and goes_on:
            joined[-1] += f" {line}"
        elif line:
            joined.append(line)
        short = len(line) < _SHORT * width
        goes_on = bool(line) and not (short and (_ENDS.search(line) or len(joined[-1]) == len(line)))
    return "\n".join(joined)
