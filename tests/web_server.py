"""A web server on loopback that says what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What stands at a path."""

    body: bytes = b""
    media: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    act: Callable[[Any], None] | None = None
    """Writes the reply itself, instead."""


@dataclass
class Web:
    """A server, its pages and what it was asked for."""

    url: str
    pages: dict[str, Page]
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def put(self, path: str, body: str | bytes, media: str = "text/html; charset=utf-8", **told: Any) -> str:
        """Put a page at a path; its address."""
        self.pages[path] = Page(body.encode() if isinstance(body, str) else body, media, **told)
        return self.url + path

    def taken(self) -> list[str]:
        """The paths that were asked for since this was last called, robots.txt apart."""
        asked, self.asked[:] = [path for path in self.asked if path != "/robots.txt"], []
        return asked


@contextmanager
def serving() -> Iterator[Web]:
    """A server for as long as the block lasts."""
    pages: dict[str, Page] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append(self.path)
            web.headers.append(dict(self.headers))
            page = pages.get(self.path) or Page(b"gone", status=404)
            if page.act:
                page.act(self)
                return
            unchanged = bool(page.etag) and self.headers.get("If-None-Match") == page.etag
            self.send_response(304 if unchanged else page.status)
            told = {"Content-Type": page.media, "ETag": page.etag, **page.headers}
            body = b"" if unchanged else page.body
            for name, value in {"Content-Length": str(len(body)), **told}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server gives it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    web = Web(f"http://127.0.0.1:{server.server_port}", pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
