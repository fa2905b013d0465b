"""One item of a feed as an article: its words, and whether they are only the beginning of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import tzinfo
from urllib.parse import urljoin

from qa.clean import clean_line
from qa.sources.draft import Draft, RefusedError, draft
from qa.sources.raw import Raw
from qa.types import Details

_SHORT = 1_500
"""Characters below which a summary without a content beside it is taken for an excerpt."""
_GOES_ON = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|\((?:…|more)\)|(?:read|continue|keep) (?:more|reading|on)\b[^\n]{0,80}|weiterlesen|"
    r"lire la suite|leer más|devamı)\s*[→»›]?\s*\Z",
    re.I,
)
_TRAILER = re.compile(r"\n?The post [^\n]{1,300} (?:appeared first on|first appeared on) [^\n]{1,120}\.?\s*\Z", re.I)
"""What WordPress puts under every item."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item as the feed has it, its HTML made plain."""

    number: int
    title: str | None
    link: str | None
    id: str | None
    published: str | None
    author: str | None
    source: str | None
    language: str | None
    content: str | None
    """The whole article, by the feed's own word."""
    summary: str | None


def article(item: Item, raw: Raw, zone: tzinfo | None, site: str | None = None) -> Draft:
    """The article of an item, the headline alone where there are no other words; ``site`` is the address that its feed
    says it is of. Raises RefusedError."""
    text = _TRAILER.sub("", item.content or item.summary or "").strip()
    excerpt = bool(_GOES_ON.search(text)) or (item.content is None and len(text) < _SHORT)
    if not text and not (item.title or "").strip():
        raise RefusedError(f"item {item.number} has neither words nor a title; nothing to read")
    link = _joined(_joined(raw.url or "", site or ""), item.link) if item.link else None
    made = draft(
        text=text or item.title or "",
        zone=zone,
        title=item.title,
        published=item.published,
        source=item.source,
        url=link,
        language=item.language,
        details=Details(
            author=item.author,
            fetched=raw.fetched.isoformat(timespec="seconds") if raw.fetched else None,
            excerpt=excerpt,
        ),
    )
    key = None if made.url else clean_line(item.id or "")[:500] or None
    return replace(made, key=key, item=True)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:  # brackets that are no IPv6 address
        return link
