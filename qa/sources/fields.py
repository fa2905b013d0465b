"""The parts of an article in the fields of an object or a row: what programs, services and archives call them.

News APIs, crawlers, content systems and spreadsheets name the same eight things in a hundred ways, and wrap them in
objects of their own: ``{"source": {"name": …}}``, ``{"headline": {"main": …}}``, ``{"$date": …}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from qa.sources.confined import listed, parsed, words
from qa.sources.draft import Draft, RefusedError, draft
from qa.types import Details

NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "body", "fulltext", "maintext", "articletext", "articlebody", "bodytext", "contenttext", "content",
        "article", "story", "plaintext", "paragraphs", "contenthtml",
    ),
    "title": ("title", "headline", "heading", "webtitle", "subject"),
    "published": (
        "date", "published", "publishedat", "datepublished", "datepublish", "publisheddate", "publishdate",
        "publicationdate", "webpublicationdate", "firstpublicationdate", "pubdate", "publishedon", "publishtime",
        "publishedtime", "publicationtime", "articledate", "day", "created", "createdat", "createdutc", "seendate",
        "timestamp",
    ),
    "source": (
        "source", "publisher", "publication", "publicationtitle", "outlet", "sourcename", "sourcehostname", "site",
        "sitename", "newspaper", "website", "sourcedomain", "domain",
    ),
    "url": ("url", "link", "weburl", "address", "permalink", "href", "canonicalurl", "source"),
    "key": ("id", "guid", "key", "articleid", "uuid"),
    "author": ("author", "authors", "byline", "creator", "writer"),
    "language": ("language", "lang", "inlanguage"),
}  # fmt: skip
"""What each part is called, in the order in which it is looked for; capital letters and signs apart."""
LISTS = ("articles", "results", "docs", "items", "posts", "stories", "news", "data", "documents", "hits", "response")
"""What the list of articles is called in the answer of a service."""
_INSIDE = ("name", "main", "rendered", "title", "original", "value", "$date", "$oid", "$numberlong", "_value", "#text")
"""What the words are called in an object that is given for them."""
_ADDRESS = re.compile(r"https?://\S+", re.I)
_BY = re.compile(r"\Aby:?\s+(?=\S)", re.I)
_MARKED_UP = re.compile(r"</(?:p|div|a|span|li|h[1-6]|strong|em|b|i|blockquote)\s*>|<(?:br|p)\s*/?>", re.I)
_LEFT_OUT = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+(\d{1,7}) chars\]\s*\Z")
"""How NewsAPI ends the beginning of an article."""
_END = 60
"""Characters in which that stands."""
_MOST_PEOPLE = 20
_NEEDED = frozenset({"text", "key"})


@dataclass(frozen=True, slots=True)
class Fields:
    """The parts of one article, as they were given; what is None was not."""

    text: str | None = None
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    key: str | None = None
    author: str | None = None
    language: str | None = None


def plain_name(name: str) -> str:
    """A name without capital letters and signs: ``published_at`` and ``publishedAt`` are one."""
    return re.sub(r"[\W_]+", "", name).lower()


def fields_of(given: Mapping[str, Any]) -> Fields:
    """The parts of an article in a JSON object. Raises RefusedError where one is neither words nor holds any."""
    flat = {plain_name(name): (name, value) for name, value in [*given.items()][::-1]}
    inner = given.get("fields")  # the Guardian's
    if isinstance(inner, Mapping):
        flat |= {plain_name(name): (name, value) for name, value in [*inner.items()][::-1] if value}
    found = {part: next(_told(flat, part, names), None) for part, names in NAMES.items()}
    return Fields(**found)


def in_list(value: Any) -> list[Any]:
    """The articles in what a service answered: a list, or the one that an object holds, also a level further in; else
    the object itself."""
    for _ in LISTS:
        if isinstance(value, list):
            return [_unwrapped(one) for one in value]
        if not isinstance(value, dict):
            break
        inner = next((value[name] for name in LISTS if isinstance(value.get(name), list | dict)), None)
        is_article = any(isinstance(value[name], str) and plain_name(name) in NAMES["text"] for name in value)
        if inner is None or is_article:
            break
        value = inner
    return [value]


def article_of(fields: Fields, zone: tzinfo | None, line: int) -> Draft:
    """The article that fields tell, marked-up words made plain. Raises RefusedError where there is no text."""
    text, title = _plain(fields.text or "", fields.title or "")
    if not text.strip():
        raise RefusedError('no "text" (or "body", "content"); nothing to read')
    left_out = _LEFT_OUT.search(text, max(0, len(text) - _END))
    made = draft(
        text=text[: left_out.start()] if left_out else text,
        zone=zone,
        title=title or None,
        published=fields.published,
        source=fields.source,
        url=fields.url,
        key=fields.key,
        language=fields.language,
        line=line,
        details=Details(author=_BY.sub("", fields.author) if fields.author else None, excerpt=bool(left_out)),
    )
    if left_out:
        made = replace(made, notes=(*made.notes, f"only its beginning: {left_out.group(1)} characters were left out"))
    return made


def _told(flat: Mapping[str, tuple[str, Any]], part: str, names: Sequence[str]) -> Iterator[str]:
    """What is given for a part, in order. A source that is an address is the article's, and no source."""
    for name in names:
        spelt, value = flat.get(name, (name, None))
        if (said := _words(value, spelt, part)) is not None and said.strip():
            is_address = bool(_ADDRESS.fullmatch(said.strip()))
            if not (part == "source" and is_address) and not (part == "url" and name == "source" and not is_address):
                yield said


def _words(value: Any, name: str, part: str) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, Mapping):
        inner = {key.lower(): one for key, one in value.items()}
        known = [inner[key] for key in _INSIDE if key in inner]
        if not known and part in _NEEDED:
            raise RefusedError(f'"{name}" is not a text')
        return next((said for one in known if (said := _words(one, name, part))), None)
    if isinstance(value, list):
        told = [said for one in value if (said := _words(one, name, part))]
        return "\n".join(told) if part == "text" else ", ".join(told[:_MOST_PEOPLE]) or None
    if isinstance(value, bool):
        raise RefusedError(f'"{name}" is not a text')
    return None if part == "author" else str(value)  # a number of an author names nobody


def _plain(text: str, title: str) -> tuple[str, str]:
    """Text and title, without the HTML that content systems keep them in."""
    marked = bool(_MARKED_UP.search(text))
    if not marked and not ("&" in title and ";" in title):
        return text, title
    pieces = json.dumps([text if marked else "", title]).encode()
    told = [words(one, "text") or "" for one in listed(parsed("fragments", pieces), "texts")]
    return (told[0] if marked else text), " ".join(told[1].split())


def _unwrapped(one: Any) -> Any:
    """An article without what a search engine puts around it."""
    inner = one.get("_source") if isinstance(one, Mapping) else None
    return inner if isinstance(inner, Mapping) else one
