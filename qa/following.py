"""What the reader follows: feeds, pages, files and folders, added once and read again by ``refresh``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

from qa.clean import clean_line
from qa.dates import readable
from qa.engine import Engine
from qa.errors import FetchError, InputError, NotFoundError
from qa.gathering import Gathering
from qa.given import is_web
from qa.ingest import ingest
from qa.sources import RefusedError, feed_links, format_of, of_file, opml, place_of
from qa.types import Added, Cancel, Followed, IngestReport, Notice, Progress
from qa.visits import Visits, server_of

Event = Notice | Progress | IngestReport
_LONGEST_NAME = 200


def add(
    engine: Engine, what: str, name: str = "", *, visits: Visits | None = None, cancel: Cancel | None = None
) -> Iterator[Notice | Added]:
    """Follow a feed, a page, a list of feeds (OPML), a file or a folder; the last event is Added. ``name`` is what its
    source is called in every article.

    An address is fetched to see what it is: of a page that names its feed, the feed is followed. Raises FetchError,
    InputError.
    """
    called = clean_line(name)[:_LONGEST_NAME]
    if is_web(what):
        visits = visits or Visits(engine.config.fetch_private, cancel or Cancel())
        places, told = _of_address(engine, clean_line(what), called, visits)
        if told:
            yield Notice(told)
    else:
        places = _of_file(what, called)
    new, already = engine.journal.followed.add(places, engine.clock())
    yield Added(tuple(new), tuple(already))


def refresh(
    engine: Engine,
    numbers: Sequence[int] = (),
    *,
    words_only: bool = False,
    index: bool = True,
    visits: Visits | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Read what is followed again (or those of these ``numbers``); the last event is the IngestReport. Without
    ``index`` the Chroma index is left as it is, as by ``ingest``.

    A server is asked only for what has changed since. Raises NotFoundError for a number that is not followed.
    """
    cancel = cancel or Cancel()
    journal = engine.journal.followed
    visits = visits or Visits(engine.config.fetch_private, cancel)
    followed = [journal.source(number) for number in dict.fromkeys(numbers)] or journal.sources()
    if not followed:
        raise NotFoundError("nothing is followed", "`newsdesk sources add URL` follows a feed or a page.")
    chosen = []
    for one in followed:
        if why := _left_alone(one, engine, by_number=bool(numbers)):
            yield Notice(f"{one.place}: {why}")
        else:
            chosen.append(one)
    visits.moved |= {one.place: one.moved for one in chosen if one.moved}
    paths = [one.place if is_web(one.place) else Path(one.place) for one in chosen]
    names = {one.place: one.name for one in chosen}
    for event in ingest(
        engine, paths, followed=names, words_only=words_only, index=index, visits=visits, cancel=cancel
    ):
        if isinstance(event, IngestReport) and event.complete:
            after = [_after(one, event, visits, engine) for one in chosen]
            for before, now in zip(chosen, after, strict=True):
                if now.moved and now.moved != before.moved:
                    yield Notice(f"{now.place} has moved for good to {now.moved}, and is asked for there from now on")
            journal.refreshed(after, engine.clock())
        yield event


def _left_alone(one: Followed, engine: Engine, *, by_number: bool) -> str:
    """Why a source is not asked for, empty where it is."""
    if one.gone and not by_number:
        return (
            f"its server said that it is gone for good, so it is not asked for: `newsdesk sources remove {one.number}`"
        )
    if one.rests and one.rests > engine.clock():
        return f"its server wants to be left alone until {readable(one.rests.isoformat())}"
    return ""


def _after(one: Followed, report: IngestReport, visits: Visits, engine: Engine) -> Followed:
    """A source as it is known once it was read. It has moved only where what was found there could be read."""
    wrong = _wrong(one, report)
    moved = visits.moved.get(one.place, "")
    rest = visits.rests.get(server_of(moved or one.place), 0.0) if is_web(one.place) else 0.0
    return replace(
        one,
        problem=wrong,
        moved=(one.moved if moved else "") if wrong else moved,
        gone=one.place in visits.gone,
        rests=engine.clock() + timedelta(seconds=rest) if rest else None,
    )


def _of_address(engine: Engine, url: str, name: str, visits: Visits) -> tuple[list[tuple[str, str]], str]:
    """Places to follow for an address, and what to tell the reader about them."""
    opened = Gathering(engine, visits, dry_run=True).opened(url, followed=True, again=True)
    if opened is None:
        raise FetchError(f"{url}: its server sent nothing", "Try again later.")
    raw, _ = opened
    try:
        kind = format_of(raw)
        if kind == "opml":
            return [(feed.url, feed.name) for feed in opml.feeds(raw)], ""
        if kind == "html" and (links := feed_links(raw)):
            feed = urljoin(raw.url or url, links[0])
            more = f"; it names {len(links) - 1} more" if len(links) > 1 else ""
            return [(feed, name)], f"follows {feed}, the feed that this page names{more}"
    except RefusedError as reason:
        raise InputError(f"{url}: {reason}", "Give the address of a feed or of an article.") from None
    if not kind:
        raise InputError(f"{url} is nothing that can be read", "Give the address of a feed or of a page.")
    told = "a page, not a feed: refreshing reads this one page again" if kind == "html" else ""
    return [(url, name)], told


def _of_file(what: str, name: str) -> list[tuple[str, str]]:
    place = place_of(Path(what))
    if place is None:
        raise InputError(
            f"{what}: there is no such file or folder", "Give a feed's address, an OPML file, or a folder."
        )
    if place.is_dir():
        return [(str(place), name)]
    try:
        raw = of_file(place)
        if format_of(raw) == "opml":
            return [(feed.url, name or feed.name) for feed in opml.feeds(raw)]
    except (RefusedError, OSError) as reason:
        raise InputError(f"{what}: {reason}", "Export the list again.") from None
    return [(str(place), name)]


def _wrong(one: Followed, report: IngestReport) -> str:
    """The first thing that failed at a source, empty where nothing did."""
    failed = (
        problem.message
        for problem in report.problems
        if problem.fatal and (problem.path == one.place or problem.path.startswith(f"{one.place}/"))
    )
    return next(failed, "")
