"""Visits to servers as a polite reader makes them: by robots.txt, and with time between two of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from qa import robots
from qa.errors import FetchError
from qa.fetch import Reply, fetch
from qa.robots import Rules
from qa.types import Cancel

DELAY = 1.0
"""Seconds between two requests to one server, unless its robots.txt wants more."""
_NAME = "Newsdesk"
_GONE = 410
_LONGEST_REST = 7 * 86_400.0
"""Seconds for which a server is left alone at its word."""


@dataclass(slots=True)
class Visits:
    """The visits of one run. Used by one thread."""

    private: bool = False
    """Whether addresses of this machine and its network may be visited."""
    cancel: Cancel = field(default_factory=Cancel)
    delay: float = DELAY
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    moved: dict[str, str] = field(default_factory=dict)
    """Where what the reader follows is asked for instead: as its server said before, and as it says in this run."""
    gone: set[str] = field(default_factory=set)
    """What the reader follows and its server says is gone for good (410)."""
    rests: dict[str, float] = field(default_factory=dict)
    """Servers that want to be left alone, with the seconds that they named."""
    _last: dict[str, float] = field(default_factory=dict)
    """When each server was last asked."""
    _rules: dict[str, Rules] = field(default_factory=dict)
    _closed: dict[str, str] = field(default_factory=dict)
    """Servers that want to be left alone, with what they said."""

    def get(self, url: str, *, etag: str = "", modified: str = "", followed: bool = False) -> Reply:
        """What stands at an address. What the reader follows (``followed``: a feed, made to be fetched by programs) is
        fetched whatever robots.txt says. Raises FetchError."""
        if not followed:
            return self._visited(url, None, etag=etag, modified=modified)
        place = self.moved.get(url, url)
        try:
            reply = self._visited(place, robots.EVERYTHING_ALLOWED, etag=etag, modified=modified)
        except FetchError as error:
            if place != url:  # the next run asks for it where it was
                self.moved.pop(url)
            if error.status == _GONE:
                self.gone.add(url)
            raise
        if reply.moved and not (place.lower().startswith("https:") and not reply.moved.lower().startswith("https:")):
            self.moved[url] = reply.moved
        return reply

    def _visited(self, url: str, rules: Rules | None, *, etag: str, modified: str) -> Reply:
        parts = urlsplit(url)
        server = server_of(url)
        if server in self._closed:
            raise FetchError(f"{url}: {self._closed[server]}", "Try again later.")
        rules = rules or self._rules_of(server)
        if not rules.allows(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"):
            raise FetchError(
                f"{url}: its robots.txt asks programs not to fetch it",
                "Open it in a browser, save the page, and ingest the file.",
            )
        return self._asked(url, server, max(self.delay, rules.delay), etag=etag, modified=modified)

    def _asked(self, url: str, server: str, delay: float, *, etag: str = "", modified: str = "") -> Reply:
        self._wait(server, delay)
        try:
            return fetch(url, private=self.private, etag=etag, modified=modified, cancel=self.cancel)
        except FetchError as error:
            if error.status in (429, 503):
                self._closed[server] = f"the server answered {error.status} and wants to be left alone for now"
                self.rests[server] = min(max(error.retry_after or 0.0, 0.0), _LONGEST_REST)
            raise
        finally:
            self._last[server] = self.now()

    def _wait(self, server: str, delay: float) -> None:
        """Give a server the time it wants; a cancelled run waits no more."""
        until = self._last.get(server, -delay) + delay if server in self._last else self.now()
        while (left := until - self.now()) > 0 and not self.cancel.cancelled:
            self.sleep(min(left, 0.2))
        if self.cancel.cancelled:
            raise FetchError("stopped", "")

    def _rules_of(self, server: str) -> Rules:
        """What a server's robots.txt says; all is allowed where there is none, and nothing while it fails
        (RFC 9309, section 2.3.1)."""
        if server not in self._rules:
            try:
                reply = self._asked(f"{server}/robots.txt", server, self.delay)
                text = reply.data[: robots.MOST_BYTES].decode("utf-8-sig", "replace").replace("\r", "\n")
                self._rules[server] = robots.parse(text, _NAME)
            except FetchError as error:
                if error.status is None:
                    raise
                gone = 400 <= error.status < 500 and error.status != 429
                self._rules[server] = robots.EVERYTHING_ALLOWED if gone else robots.NOTHING_ALLOWED
        return self._rules[server]


def server_of(url: str) -> str:
    """The server of an address, with its scheme and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
