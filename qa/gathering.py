"""What lies on the web, fetched for an ingest: pages, feeds, and the articles that a feed only begins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from qa.engine import Engine
from qa.errors import FetchError
from qa.fetch import Reply
from qa.library.details import Fetched, fetched, note_fetched
from qa.sources import FORMATS, Draft, Raw, feed_links, format_of, of_bytes, read
from qa.visits import Visits

_FEEDS = frozenset({"feed", "json"})
"""Of the names of versions what stands before the number."""
_VERSIONS = frozenset(str(reader.VERSION) for reader, _ in FORMATS.values())


@dataclass(frozen=True, slots=True)
class Gathering:
    """The fetching of one ingest. Methods raise FetchError, and LibraryError."""

    engine: Engine
    visits: Visits
    dry_run: bool = False

    def opened(self, url: str, *, followed: bool = False, again: bool = False) -> tuple[Raw, Fetched] | None:
        """What stands at an address, and what to note once it was read; None where its server says that nothing has
        changed since it was (unless it is to be had ``again``)."""
        catalogue = self.engine.library.catalogue
        before, state = fetched(catalogue.select, url), catalogue.file_state(url)
        if again or before is None or state is None or state.reader not in _VERSIONS or not state.digest:
            before = Fetched("")
        reply = self.visits.get(url, etag=before.etag, modified=before.modified, followed=followed)
        return None if reply.status == 304 else (self._raw(url, reply), self._told(reply))

    def is_page_now(self, url: str, raw: Raw) -> bool:
        """Whether a page stands where a feed was read before: a notice, a log-in, a site made anew; no article."""
        state = self.engine.library.catalogue.file_state(url)
        return state is not None and state.reader.partition("-")[0] in _FEEDS and format_of(raw) == "html"

    def instead_of_a_feed(self, raw: Raw) -> str:
        """What to tell of a page that stands where a feed was. Raises RefusedError."""
        told = "a page stands where the feed was; "
        if links := feed_links(raw):
            return f"{told}it names a feed: `newsdesk sources add {urljoin(raw.url or '', links[0])}`"
        return f"{told}open it in a browser to see why"

    def note(self, url: str, told: Fetched) -> None:
        """Record that an address was read to its end."""
        if not self.dry_run:
            with self.engine.library.catalogue.writing() as db:
                note_fetched(db, url, told)

    def whole(self, draft: Draft, feed: Raw, origin: str) -> Draft | None:
        """The article that an item of ``feed`` only begins, from its page; None where that page was read for this very
        item before. What cannot be had stays an excerpt, and says why."""
        if draft.url is None:
            return draft
        catalogue = self.engine.library.catalogue
        item = _digest(draft)
        before = fetched(catalogue.select, draft.url)
        if before and before.item == item and catalogue.by_origin(origin):
            return None
        try:
            reply = self.visits.get(draft.url)
        except FetchError as error:
            if self.visits.cancel.cancelled:
                raise
            return _excerpt(draft, error.message)
        found = next(iter(read(self._raw(reply.url, reply), self.engine.library.zone)), None)
        if not isinstance(found, Draft):
            return _excerpt(draft, found.message if found else "nothing stands at its address")
        self.note(draft.url, replace(self._told(reply), item=item))
        if len(found.text) <= len(draft.text):
            return _excerpt(draft, "its page holds no more")
        details = replace(
            found.details,
            author=found.details.author or draft.details.author,
            dated_by=None if draft.published else found.details.dated_by,
        )
        return replace(
            draft,
            text=found.text,
            published=draft.published or found.published,
            details=details,
            notes=(*draft.notes, *found.notes),
            cut=draft.cut + found.cut,
            replaced=draft.replaced + found.replaced,
        )

    def _raw(self, url: str, reply: Reply) -> Raw:
        return of_bytes(url, reply.data, url=reply.url, charset=reply.charset, fetched=self.engine.clock())

    def _told(self, reply: Reply) -> Fetched:
        return Fetched(self.engine.clock().isoformat(timespec="seconds"), reply.etag, reply.modified)


def _excerpt(draft: Draft, why: str) -> Draft:
    return replace(draft, notes=(*draft.notes, f"only the excerpt of its feed: {why}"))


def _digest(draft: Draft) -> str:
    """What a feed says of an item, in short: when that changes, its page is fetched again."""
    told = "\x1f".join((draft.title, draft.text, draft.published.iso if draft.published else ""))
    return hashlib.sha256(told.encode()).hexdigest()[:32]
