"""Reader of ``.txt``: the seed format, `` date 2026-02-04 403`` and then the article, and plain text without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from http import HTTPStatus

from qa.sentences import is_wrapped
from qa.sources.draft import MAX_WHOLE, Draft, draft
from qa.sources.raw import Raw

VERSION = "seed-2"

_HEADER = re.compile(r"\s*date:?[ \t]+(\d{4}-\d{2}-\d{2}\S*)[ \t]*", re.I)
_PHRASES = "|".join(status.phrase for status in HTTPStatus if status >= 400)
_STATUS = re.compile(rf"([45]\d\d)(?:[ \t]+(?:{_PHRASES}))?[ \t]*(?=\n|$)", re.I)
_AGENCY = re.compile(r"\(([A-Z][A-Z0-9&.\- ]{1,24}|[A-Z][\w.]+(?: [A-Z][\w.]+)?)\)[ \t]*[-–—]?[ \t]*")
_HEADLINE = 200
_SENTENCE_END = re.compile(r"[.!?:][\"”’')]*$")


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft]:
    """The one article of a ``.txt`` file; its notes say which parts of the header were dropped."""
    text = raw.text(MAX_WHOLE)
    notes: list[str] = []
    published = None
    if header := _HEADER.match(text):
        published, text = header.group(1), text[header.end() :]
        if status := _STATUS.match(text):
            notes.append(f"dropped {status.group().strip()!r} of a failed fetch after the date")
            text = text[status.end() :]
    text = text.strip()
    title, body = _headline(text)
    source = None
    if agency := _AGENCY.match(body):
        source, body = agency.group(1), body[agency.end() :]
        notes.append(f"took {agency.group().strip()!r} before the first sentence as the source")
    yield draft(text=body, zone=zone, title=title, published=published, source=source, notes=tuple(notes))


def _headline(text: str) -> tuple[str | None, str]:
    """The first line as a title when it looks like one: short, not a sentence, with text below it.

    In a text wrapped by hand, where a line's end means nothing, an empty line stands below a title.
    """
    first, _, rest = text.partition("\n")
    first = first.strip()
    if is_wrapped(text) and _runs_on(rest):
        return None, text
    if first and rest.strip() and len(first) <= _HEADLINE and not re.search(r"[.!:;,][\"”’']?$", first):
        return first, rest.strip()
    return None, text


def _runs_on(rest: str) -> bool:
    """Whether the line above ``rest`` belongs to the paragraph below it, whose lines end in the midst of sentences."""
    paragraph = re.split(r"\n[^\S\n]*(?:\n|$)", "\n" + rest, maxsplit=1)[0].strip().split("\n")
    return any(line.strip() and not _SENTENCE_END.search(line.strip()) for line in paragraph[:-1])
