"""Reader of ``.pdf``: its text page by page; where each page begins is kept, so that a citation can name it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import zip_longest

from qa.clean import clean
from qa.sources.confined import parsed, words
from qa.sources.draft import Draft, RefusedError, draft
from qa.sources.raw import Raw
from qa.types import Details

VERSION = "pdf-2"
_BETWEEN, _WITHIN = "\n\n", " "
_MADE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-]\d\d)'?(\d\d)?'?)?")
_UNTITLED = re.compile(
    r"(?i)untitled\b.*|microsoft word\b.*|document\d*|.*\.(docx?|odt|indd|pdf|tmp|html?)|about:blank"
)
"""What programs write for a title when nobody gave one."""
_HEADLINE = 200


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft]:
    """The one article of a PDF. Raises RefusedError, also for a scan without text."""
    told = parsed("pdf", raw.data())
    given = told.get("pages")
    pages = [page for page in given if isinstance(page, str)] if isinstance(given, list) else []
    cleaned = [clean(page) for page in pages]
    cut, replaced = sum(page.cut for page in cleaned), sum(page.replaced for page in cleaned)
    title = words(told, "title")
    if title and _UNTITLED.fullmatch(title.strip()):
        title = None
    runs_on = told.get("runs_on")
    flags = [one is True for one in runs_on] if isinstance(runs_on, list) else []
    text, starts = _joined([page.text.strip() for page in cleaned], flags)
    found = draft(
        text=text,
        zone=zone,
        title=title or _headline(text),
        published=words(told, "published"),
        language=words(told, "language"),
        replaced=replaced,
        details=Details(author=words(told, "author"), fetched=_made(words(told, "made"))),
    )
    if found.text == text:
        found = replace(found, details=replace(found.details, pages=starts))
    else:
        found = replace(found, notes=(*found.notes, "its pages could not be told apart"))
    found = replace(found, cut=found.cut + cut)
    if cut:
        found = replace(found, notes=(*found.notes, f"cut {cut} control, invisible or endlessly repeated character(s)"))
    yield found


def _joined(pages: Sequence[str], runs_on: Sequence[bool]) -> tuple[str, tuple[int, ...]]:
    """The pages as one text, a sentence that runs over a border on one line, and where each of them begins in it; an
    empty one where the next begins."""
    starts: list[int] = []
    text = between = ""
    for page, goes_on in zip_longest(pages, runs_on[: len(pages)], fillvalue=False):
        starts.append(len(text) + (len(between) if page else 0))
        if page:
            text += between + str(page)
            between = _WITHIN if goes_on else _BETWEEN
    if not text:
        raise RefusedError("no text in it; read its pictures first, for example: ocrmypdf IN OUT")
    return text, tuple(starts)


def _headline(text: str) -> str | None:
    """The first line where it is no sentence."""
    first = text.partition("\n")[0].strip()
    return first if 0 < len(first) <= _HEADLINE and not re.search(r"[.!?:;,][\"”’']?$", first) else None


def _made(stamp: str | None) -> str | None:
    """When the file was made (PDF 32000-1, section 7.9.4), as ISO 8601: that of a printed page is when it was saved."""
    match = _MADE.match(stamp or "")
    if not match:
        return None
    year, month, day, hour, minute, second, ahead, beside = match.groups()
    zone = "" if ahead is None and "Z" not in match.group() else f"{ahead or '+00'}:{beside or '00'}"
    return f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"
