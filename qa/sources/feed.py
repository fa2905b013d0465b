"""Reader of RSS and Atom: each item an article; one that holds only the beginning of its article says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from qa.sources.confined import listed, parsed, words
from qa.sources.draft import Draft, RefusedError
from qa.sources.entry import Item, article
from qa.sources.raw import Raw
from qa.types import Problem

VERSION = "feed-2"


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """The articles of a feed, and a Problem for each item that is none. Raises RefusedError when it is no feed."""
    told = parsed("feed", raw.data(), charset=raw.charset)
    items = list(listed(told, "items"))
    if not items:
        raise RefusedError("the feed has no items; try again later")
    for number, one in enumerate(items, 1):
        item = Item(
            number=number,
            title=words(one, "title"),
            link=words(one, "link"),
            id=words(one, "id"),
            published=words(one, "published") or words(one, "updated"),
            author=words(one, "author"),
            source=words(one, "source") or words(told, "title"),
            language=words(one, "language") or words(told, "language"),
            content=words(one, "content"),
            summary=words(one, "summary"),
        )
        try:
            yield article(item, raw, zone, words(told, "link"))
        except RefusedError as reason:
            yield Problem(raw.place, None, str(reason))
    if left_out := told.get("left_out"):
        yield Problem(
            raw.place, None, f"its last {left_out} items were left out: one feed holds 2,000 at most", fatal=False
        )
