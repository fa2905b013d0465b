"""A feed, RSS or Atom (feedparser): what it says of itself, and its items with their words as plain text."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from typing import Any

import feedparser

from qa.sources.inside import NothingInItError
from qa.sources.inside.decoding import decoded
from qa.sources.inside.fragment import plain

_MOST = 10 << 20
_MOST_ITEMS = 2_000
_DECLARED = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>")
_TAGS = re.compile(r"</(?:p|div|a|span|li|h[1-6]|strong|em|b|i|blockquote)\s*>", re.I)
"""What is left of HTML that was escaped twice, once it is made plain."""
_PROLOG = re.compile(r"\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*)*", re.S)


def parse(data: bytes, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Title, language and address of a feed, and its items, as they stand in it."""
    text = xml_text(data, told.get("charset"))
    feed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not feed.get("version"):
        raise NothingInItError("no feed: neither RSS nor Atom; give the address of the feed itself")
    about = feed.feed
    return {
        "title": _text(about.get("title_detail") or {"value": about.get("title")}),
        "language": about.get("language"),
        "link": about.get("link"),
        "items": [_item(entry) for entry in feed.entries[:_MOST_ITEMS]],
        "left_out": max(0, len(feed.entries) - _MOST_ITEMS),
    }


def xml_text(data: bytes, charset: str | None) -> str:
    """XML as text without its declaration. Raises NothingInItError where it has a document type: entities may hide."""
    if len(data) > _MOST:
        raise NothingInItError(f"{len(data):,} bytes are more than a feed ({_MOST:,})")
    text = _DECLARED.sub("", decoded(data, charset)[0].replace("\x00", ""))
    start = _PROLOG.match(text)
    if start and text[start.end() : start.end() + 9].upper().startswith(("<!DOCTYPE", "<!ENTITY")):
        raise NothingInItError(
            "XML with a document type (<!DOCTYPE …>) is not read: entities in it can harm; remove it"
        )
    return text


def _item(entry: Any) -> dict[str, Any]:
    contents = [one for one in entry.get("content") or [] if isinstance(one.get("value"), str)]
    best = max(contents, key=lambda one: len(one["value"]), default=None)
    summary = entry.get("summary_detail") or {"value": entry.get("summary")}
    return {
        "title": _text(entry.get("title_detail") or {"value": entry.get("title")}),
        "link": entry.get("link"),
        "id": entry.get("id"),
        "published": entry.get("published") or _moment(entry.get("published_parsed")),
        "updated": entry.get("updated") or _moment(entry.get("updated_parsed")),
        "author": _people(entry),
        "source": (entry.get("source") or {}).get("title"),
        "language": (best or {}).get("language") or entry.get("language"),
        "content": _text(best) if best else None,
        "summary": _text(summary),
    }


def _text(detail: Mapping[str, Any]) -> str | None:
    """A construct of a feed as plain text: its type often says plain where there is HTML."""
    value = detail.get("value")
    if not isinstance(value, str) or not value.strip():
        return None
    text = plain(value)
    twice = "&lt;/" in value and "</" not in value and _TAGS.search(text)
    return plain(text) if twice else text


def _people(entry: Any) -> str | None:
    """The authors of an item; where it has one without a name, as it stands."""
    names = [one.get("name") for one in entry.get("authors") or []]
    return ", ".join(dict.fromkeys(name for name in names if name)) or entry.get("author")


def _moment(parsed: time.struct_time | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed) if parsed else None
