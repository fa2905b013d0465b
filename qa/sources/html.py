"""Reader of ``.html``: a page saved by a browser, wget or SingleFile, or fetched; boilerplate left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urljoin, urlsplit

from qa.clean import clean_line
from qa.sources.confined import listed, parsed, words
from qa.sources.dated import dateline
from qa.sources.draft import Draft, draft
from qa.sources.raw import Raw
from qa.sources.stamps import read_stamp
from qa.types import DatedBy, Details

VERSION = "html-2"


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft]:
    """The one article of a page. Raises RefusedError."""
    yield from page(raw, zone, parsed("html", raw.data(), charset=raw.charset))


def feed_links(raw: Raw) -> list[str]:
    """The feeds that a page names in its head; it need not hold an article."""
    told = parsed("html", raw.data(), charset=raw.charset, only="feeds")
    return [url for one in listed(told, "feeds") if (url := words(one, "url"))]


def page(raw: Raw, zone: tzinfo | None, told: Mapping[str, Any]) -> Iterator[Draft]:
    """The article of a page that was parsed."""
    address = raw.url or words(told, "saved_from")
    named = (words(told, "canonical"), words(told, "address"))
    url = next((one for one in (_canonical(one, address) for one in named) if one and one != address), address)
    title = words(told, "title")
    replaced = told.get("replaced")
    notes = []
    if (charset := words(told, "charset")) and isinstance(replaced, int) and replaced:
        notes.append(f"read as {charset}, which not all of it is")
    found = draft(
        text=_without_title(words(told, "text") or "", (title, words(told, "heading"))),
        zone=zone,
        title=_without_site(title, words(told, "site"), words(told, "heading")),
        published=_date(told.get("dates"), zone),
        source=words(told, "site"),
        url=url,
        notes=tuple(notes),
        replaced=replaced if isinstance(replaced, int) else 0,
        language=words(told, "language") or words(told, "locale"),
        details=Details(
            author=words(told, "author"), fetched=_fetched(raw, words(told, "saved"), words(told, "saved_at"))
        ),
    )
    if found.published is None and (day := dateline(_lines(told.get("lines")), zone)):
        found = replace(found, published=day, details=replace(found.details, dated_by=DatedBy.DATELINE))
    yield found


def _lines(lines: object) -> list[str]:
    return [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []


def _date(dates: object, zone: tzinfo | None) -> str | None:
    """The first of a page's dates that can be read; else the first, to be told."""
    given = [one for one in dates if isinstance(one, str)] if isinstance(dates, list) else []
    for one in given:
        try:
            read_stamp(one, zone)
        except (ValueError, OverflowError):
            continue
        return one
    return given[0] if given else None


def _canonical(named: str | None, address: str | None) -> str | None:
    """The page's own address where it names one of its site, else where it was found."""
    if address is None:
        return named if named and urlsplit(named).netloc else None
    if not named:
        return address
    try:
        whole = urljoin(address, named)
        same = _site(whole) == _site(address) and bool(urlsplit(whole).path.strip("/") or urlsplit(whole).query)
    except ValueError:
        return address
    return whole if same else address


def _site(address: str) -> str:
    """The last two labels of a host: a page may name the address of its site's other host, no one else's."""
    return ".".join((urlsplit(address).hostname or "").split(".")[-2:])


def _without_title(text: str, titles: tuple[str | None, ...]) -> str:
    """The text without its headline, which stands above it."""
    first, _, rest = text.partition("\n")
    same = {" ".join((title or "").casefold().split()) for title in titles}
    return rest if rest.strip() and " ".join(first.casefold().split()) in same else text


def _without_site(title: str | None, site: str | None, heading: str | None) -> str | None:
    """ "Talks begin | The Harbour News" without what stands behind it: the name of the site, or anything where the rest
    is the page's heading."""
    for mark in (" | ", " - ", " – ", " — ", " · "):
        head, found, tail = (title or "").rpartition(mark)
        same = site and clean_line(tail).casefold() == clean_line(site).casefold()
        if found and head.strip() and (same or clean_line(head) == clean_line(heading or "")):
            return head
    return title


def _fetched(raw: Raw, saved: str | None, saved_at: str | None) -> str | None:
    """When the page was taken: fetched by us, or saved as an archive says, or SingleFile ("Wed Feb 04 2026 10:11:12
    GMT+0100")."""
    if raw.fetched:
        return raw.fetched.isoformat(timespec="seconds")
    if saved_at:
        return clean_line(saved_at)[:40]
    try:
        return datetime.strptime((saved or "").partition(" (")[0].strip(), "%a %b %d %Y %H:%M:%S GMT%z").isoformat()
    except ValueError:
        return None
