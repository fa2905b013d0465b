"""What a reader of one format hands on: an article as found, not yet in the library."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from urllib.parse import urlsplit

from qa.clean import clean, clean_line
from qa.language import language_code, language_of
from qa.sentences import sentence_spans, trimmed
from qa.sources.stamps import read_stamp
from qa.types import Details, Published

MAX_TEXT = 2_000_000
"""Longest article in characters; a longer one is a file of many articles, or not an article."""
MAX_WHOLE = 4 * MAX_TEXT + 65_536
"""Largest text file in bytes that can hold one article."""
_TWICE = re.compile(r"(?:Ã[\u0080-\u00bf\u2018-\u203a\u20ac\u2122]|â€[\u0153\u2018-\u203a\u2122¦]?|Â[\u00a0-\u00bf])")
"""UTF-8 that was read as Latin letters: "CafÃ©", "donâ€™t"."""
_DERIVED_TITLE = 110
_GIVEN_TITLE = 400


class RefusedError(ValueError):
    """This item cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One article as a reader found it, cleaned. ``notes`` say what was dropped or changed on the way in."""

    key: str | None
    """The source's own id, when it gives one."""
    title: str
    source: str | None
    url: str | None
    published: Published | None
    text: str
    line: int | None = None
    notes: tuple[str, ...] = ()
    details: Details = field(default_factory=Details)
    item: bool = False
    """Whether it is one of several in its file, though not on a line of its own."""
    cut: int = 0
    replaced: int = 0
    """Characters that were cut from the text, and replaced in it, on the way in."""


def draft(
    *,
    text: str,
    zone: tzinfo | None,
    title: str | None = None,
    published: str | None = None,
    source: str | None = None,
    url: str | None = None,
    key: str | None = None,
    line: int | None = None,
    notes: tuple[str, ...] = (),
    details: Details = Details(),  # noqa: B008 - frozen
    language: str | None = None,
    replaced: int = 0,
) -> Draft:
    """A Draft of outside strings: cleaned, its date read, a missing title taken from its first sentence, its language
    told by its words where ``language`` names none.

    A date that cannot be read leaves the article undated and is noted. Raises RefusedError when nothing is left of the
    text, or when it is longer than MAX_TEXT.
    """
    if len(text) > MAX_TEXT:
        raise RefusedError(f"{len(text):,} characters are more than one article ({MAX_TEXT:,}); split it")
    cleaned = clean(text)
    body = cleaned.text.strip()
    if not body:
        raise RefusedError("no text in it; check how it was saved")
    whole = replace(cleaned, replaced=cleaned.replaced + replaced)
    told = [*notes, *([whole.report] if whole.report else [])]
    if twice := _TWICE.search(body):
        words = body[max(0, twice.start() - 8) : twice.end() + 8].split()
        example = next((word for word in words if _TWICE.search(word)), twice.group())
        told.append(f"its letters look as if they had been encoded twice ({example!r}); its words are kept as they are")
    day, problem = _dated(published, zone)
    if problem:
        told.append(problem)
    link = clean_line(url or "") or None
    if link and not _is_web_link(link):
        told.append("dropped a link that is no http or https address")
        link = None
    return Draft(
        key=clean_line(key or "")[:500] or None,
        title=_cut(clean_line(title or ""), _GIVEN_TITLE) or _cut(_first_sentence(body), _DERIVED_TITLE),
        source=clean_line(source or "") or _site(link),
        url=link,
        published=day,
        text=body,
        line=line,
        notes=tuple(told),
        details=replace(
            details,
            language=language_code(language) or language_of(body),
            author=_cut(clean_line(details.author or ""), _GIVEN_TITLE) or None,
        ),
        cut=whole.cut,
        replaced=whole.replaced,
    )


def _dated(text: str | None, zone: tzinfo | None) -> tuple[Published | None, str]:
    if not text or not text.strip():
        return None, ""
    try:
        return read_stamp(text, zone), ""
    except (ValueError, OverflowError):
        return None, f"the date {clean_line(text)[:40]!r} cannot be read or does not exist; kept undated"


def _first_sentence(body: str) -> str:
    head = body[:2_000]
    span = trimmed(head, sentence_spans(head)[0])
    return clean_line(head[span.start : span.end])


def _cut(title: str, length: int) -> str:
    """A title of at most ``length`` characters, cut between words and marked with an ellipsis."""
    if len(title) <= length:
        return title
    return title[:length].rsplit(" ", 1)[0].rstrip(",;:–-\"'“‘(") + "…"


def _is_web_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return False


def _site(url: str | None) -> str | None:
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None
