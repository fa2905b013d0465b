"""Reader of ``.json``: a JSON Feed (jsonfeed.org, version 1.1), or a list of articles with the names of ``.jsonl``, as
news services answer and content systems export.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from qa.sources.confined import listed, parsed, words
from qa.sources.draft import Draft, RefusedError
from qa.sources.entry import Item, article
from qa.sources.fields import article_of, fields_of, in_list
from qa.sources.raw import MOST_BYTES, Raw
from qa.types import Problem

VERSION = "json-2"
_FEED = "https://jsonfeed.org/version/"


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """The articles of a feed or a list, and a Problem for each item that is none. Raises RefusedError."""
    whole = _value(raw.text(MOST_BYTES))
    if isinstance(whole, dict) and str(whole.get("version", "")).startswith(_FEED):
        yield from _feed(whole, raw, zone)
        return
    for number, one in enumerate(in_list(whole), 1):
        try:
            if not isinstance(one, dict):
                raise RefusedError("not a JSON object; each article is one {…}")
            yield article_of(fields_of(one), zone, number)
        except RefusedError as reason:
            yield Problem(raw.place, number, str(reason))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"not JSON ({error}); one object a line is .jsonl") from None


def _feed(feed: Mapping[str, Any], raw: Raw, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    items = list(listed(feed, "items"))
    if not items:
        raise RefusedError("the feed has no items; try again later")
    pieces = [words(one, "content_html") or "" for one in items]
    plain = [words(one, "text") for one in listed(parsed("fragments", json.dumps(pieces).encode()), "texts")]
    for number, (one, content) in enumerate(zip(items, plain, strict=False), 1):
        item = Item(
            number=number,
            title=words(one, "title"),
            link=words(one, "url") or words(one, "external_url"),
            id=str(one.get("id") or "") or None,
            published=words(one, "date_published") or words(one, "date_modified"),
            author=_authors(one) or _authors(feed),
            source=words(feed, "title"),
            language=words(one, "language") or words(feed, "language"),
            content=content or words(one, "content_text"),
            summary=words(one, "summary"),
        )
        try:
            yield article(item, raw, zone, words(feed, "home_page_url"))
        except RefusedError as reason:
            yield Problem(raw.place, None, str(reason))


def _authors(one: Mapping[str, Any]) -> str | None:
    people: Sequence[Mapping[str, Any]] = list(listed(one, "authors"))
    if not people and isinstance(one.get("author"), dict):
        people = [one["author"]]
    return ", ".join(name for person in people if (name := words(person, "name"))) or None
