"""Measure how the app feels: CPU to the first paint, seconds to leave, and how soon a key is answered while it works.

Usage: python scripts/bench_app.py [--starts N] [--keys N] [--articles N] [--json FILE]

The real app runs in a pseudo-terminal of 80x24 over a library made for it: the seeds and an article of 2 MB. Answers
stream from a server on this machine that drips words without end. A key is answered when what it types stands on the
screen, or the article has moved by a line; its time includes that of reading the screen here. The table goes to stdout,
progress to stderr. Times are wall clock, and hold for a machine with nothing else to do; CPU holds for any.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench import ended, say
from measure.terminal import Terminal
from qa import open_engine
from qa.config import Config
from qa.errors import NewsdeskError
from qa.ingest import ingest
from qa.resources import resource_folder

AS_OF = "2026-02-05"
LONG = 2_000_000
"""Characters of the long article."""
_LINE = "The council of town {n} voted on Monday to repair bridge {m} after the spring floods. "


class Dripping(BaseHTTPRequestHandler):
    """A model that answers with one word in ten milliseconds, until nobody listens; "bullets" with one line."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        piece = "- word{n} of a list\n" if asked["model"] == "bullets" else "word{n} "
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for n in range(1_000_000):
                delta = {"content": piece.format(n=n)}
                chunk = json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
                self.wfile.write(f"data: {chunk}\n\n".encode())
                time.sleep(0.01)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> int:
    return ended(lambda: _run(_options().parse_args()))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--starts", type=int, default=5, metavar="N", help="starts to measure (default: 5)")
    parser.add_argument("--keys", type=int, default=50, metavar="N", help="keys of each kind (default: 50)")
    parser.add_argument("--articles", type=int, default=300, metavar="N", help="articles to read in meanwhile")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    return parser


def _run(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as made, _model() as url:
        folder = Path(made)
        say("making the library")
        _make(folder / "library", [resource_folder("seeds"), _articles(folder / "long.jsonl", 1, LONG)])
        many = _articles(folder / "many.jsonl", options.articles, 2_000)
        bench = Bench(folder, url, options.keys)
        figures: dict[str, Any] = {"first paint, CPU s": bench.first_paint(options.starts)}
        for name, measured in (
            ("nothing runs", bench.idle()),
            ("an answer streams", bench.streaming()),
            ("three hundred bullets stream", bench.streaming("bullets", 300)),
            ("a 2 MB article is open", bench.reading()),
            (f"{options.articles} articles are read in", bench.ingesting(many)),
            ("another program holds the record", bench.locked()),
        ):
            figures[name] = measured
        if options.json:
            Path(options.json).write_text(json.dumps(figures, indent=1), encoding="utf-8")
        print(_table(figures))


class Bench:
    """Runs the app over the library in ``folder``."""

    def __init__(self, folder: Path, url: str, keys: int) -> None:
        self._folder = folder
        self._url = url
        self._keys = keys

    def app(self, *more: str) -> Terminal:
        command = [sys.executable, "-m", "tui", "--library", str(self._folder / "library"), "--as-of", AS_OF, *more]
        given = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDESK_", "OPENAI_"))}
        own = {name: str(self._folder / name.lower()) for name in ("NEWSDESK_CONFIG_DIR", "NEWSDESK_STATE_DIR")}
        given |= own | {"TERM": "xterm-256color", "NEWSDESK_JOURNAL": "false"}
        return Terminal(command, given)

    def first_paint(self, starts: int) -> dict[str, float]:
        spent = []
        for n in range(starts):
            say(f"start {n + 1} of {starts}")
            with self.app() as app:
                _must(app.until(lambda words: "Ask your articles" in words), app, "the first paint")
                spent.append(app.cpu)
        return {"median": statistics.median(spent), "least": min(spent), "most": max(spent)}

    def idle(self) -> dict[str, float | None]:
        say("keys while nothing runs")
        with self.app() as app:
            _must(app.until(lambda words: "articles, " in words and "extractive" in words), app, "the library")
            return self._typed(app)

    def streaming(self, model: str = "drip", pieces: int = 9) -> dict[str, float | None]:
        say(f"keys while {model} streams")
        with self.app("--model", model, "--base-url", self._url) as app:
            _must(app.until(lambda words: "articles, " in words), app, "the library")
            app.type("Where are the US-Iran talks expected to take place?\r")
            _must(app.until(lambda words: f"word{pieces} " in words), app, "the stream")
            return self._typed(app)

    def locked(self) -> dict[str, float | None]:
        say("keys while another program holds the record, and a change waits for it")
        record = self._folder / "library" / "catalogue.sqlite"
        with closing(sqlite3.connect(record, isolation_level=None)) as other, self.app() as app:
            _must(app.until(lambda words: "articles, " in words), app, "the library")
            app.type("\x1bOS")
            _must(app.until(lambda words: "Passages" in words), app, "the table")
            other.execute("BEGIN IMMEDIATE")
            app.type("x\x1bOQ")
            _must(app.until(lambda words: "Ask your articles" in words), app, "the question box")
            return self._typed(app)

    def ingesting(self, articles: Path) -> dict[str, float | None]:
        say("keys while articles are read in")
        with self.app() as app:
            _must(app.until(lambda words: "articles, " in words), app, "the library")
            app.type("\x1bOS")
            _must(app.until(lambda words: "Passages" in words), app, "the table")
            app.type("a")
            app.until(lambda words: False, patience=0.5)
            app.type(f"{articles}\r")
            _must(app.until(lambda words: "F8" in words), app, "the ingest")
            app.type("\x1bOQ")
            _must(app.until(lambda words: "Ask your articles" in words), app, "the question box")
            return self._typed(app)

    def reading(self) -> dict[str, float | None]:
        say("keys in a long article")
        with self.app() as app:
            _must(app.until(lambda words: "articles, " in words), app, "the library")
            app.type("\x1bOS")
            _must(app.until(lambda words: "Bridges of town 0" in words), app, "the table")
            row = next(n for n, line in enumerate(app.screen.display) if "Bridges of town 0" in line)
            first = 1 + next(n for n, line in enumerate(app.screen.display) if line.startswith("Date"))
            app.type("j" * (row - first) + "\r")
            _must(app.until(lambda words: "The council of town 0" in words), app, "the article")
            taken = []
            for _ in range(self._keys):
                before = app.text
                app.type("j")
                taken.append(_must(app.until(lambda words, before=before: words != before), app, "a line further"))  # type: ignore[misc]
            return _said(taken, self._leave(app))

    def _typed(self, app: Terminal) -> dict[str, float | None]:
        """Type into the question box, a letter at a time."""
        taken = []
        for n in range(self._keys):
            app.type("q")
            taken.append(_must(app.until(lambda words, n=n: "q" * (n + 1) in words), app, f"letter {n + 1}"))  # type: ignore[misc]
        return _said(taken, self._leave(app))

    @staticmethod
    def _leave(app: Terminal) -> float | None:
        app.type("\x11")
        return app.left()


def _said(taken: Sequence[float], left: float | None) -> dict[str, float | None]:
    ordered = sorted(taken)
    return {
        "key median ms": statistics.median(ordered) * 1000,
        "key 95th ms": ordered[int(len(ordered) * 0.95)] * 1000,
        "key worst ms": ordered[-1] * 1000,
        "leave s": left,
    }


def _must(seconds: float | None, app: Terminal, what: str) -> float:
    if seconds is None:
        shown = "\n".join(line.rstrip() for line in app.screen.display)
        raise NewsdeskError(f"waited in vain for {what}; the screen was:\n{shown}", "")
    return seconds


def _table(figures: dict[str, Any]) -> str:
    paint = figures.pop("first paint, CPU s")
    lines = [
        f"First paint: {paint['median']:.2f} s of CPU ({paint['least']:.2f} to {paint['most']:.2f}).",
        "",
        "| while | a key is answered in (median) | 95 % of keys | worst | leaving |",
        "|---|---|---|---|---|",
    ]
    for name, one in figures.items():
        cells = [f"{one[f'key {which} ms']:.0f} ms" for which in ("median", "95th", "worst")]
        left = "not within a minute" if one["leave s"] is None else f"{one['leave s']:.2f} s"
        lines.append(f"| {name} | {' | '.join(cells)} | {left} |")
    return "\n".join(lines)


@contextmanager
def _model() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def _make(folder: Path, paths: Sequence[Path]) -> None:
    with open_engine(Config(library=folder)) as engine:
        for _ in ingest(engine, list(paths), words_only=True):
            pass


def _articles(file: Path, count: int, size: int) -> Path:
    with file.open("w", encoding="utf-8") as out:
        for n in range(count):
            text = "".join(_LINE.format(n=n, m=m) for m in range(size // len(_LINE) + 1))
            out.write(json.dumps({"title": f"Bridges of town {n}", "date": "2026-02-03", "text": text}) + "\n")
    return file


if __name__ == "__main__":
    sys.exit(main())
