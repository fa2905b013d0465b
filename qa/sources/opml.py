"""Reader of ``.opml``: a list of feeds, as newsreaders export what they follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from qa.clean import clean_line
from qa.given import is_web
from qa.sources.confined import listed, parsed, words
from qa.sources.draft import Draft, RefusedError
from qa.sources.raw import Raw
from qa.types import Problem

VERSION = "opml-1"


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed of a list."""

    url: str
    name: str


def feeds(raw: Raw) -> list[Listed]:
    """The feeds of a list, each once. Raises RefusedError where there are none."""
    told = parsed("opml", raw.data(), charset=raw.charset)
    found = {
        url: Listed(url, clean_line(words(one, "name") or "")[:200])
        for one in listed(told, "feeds")
        if is_web(url := clean_line(words(one, "url") or "").replace("feed://", "https://", 1))
    }
    if not found:
        raise RefusedError("there is no feed in the list; export it again")
    return list(found.values())


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """No articles: a list met among files is told, and fetches nothing."""
    count = len(feeds(raw))
    yield Problem(
        raw.place,
        None,
        f"a list of {count} feed(s), not an article: `newsdesk sources add FILE` follows them",
        fatal=False,
    )
