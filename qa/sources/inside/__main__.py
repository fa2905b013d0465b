"""The child: a line of JSON and the document's bytes come in, eight bytes of length and JSON go out."""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from qa.sources.inside import NothingInItError

_LENGTH = struct.Struct(">Q")
_MEMORY = 384 << 20
"""Address space in bytes, the interpreter and its libraries included."""
_FULL = 192 << 20
"""Bytes in memory above which this process ends after its answer, for a fresh one."""
_MOST_DOCUMENTS = 2_000
"""After so many it ends in any case: libraries keep more and more."""
_KINDS = {"html": "page", "pdf": "pages", "feed": "items", "opml": "outline", "fragments": "fragment"}
Answer = Mapping[str, Any]


def _main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_AS, _MEMORY)
    parsers: dict[str, Callable[[bytes, Mapping[str, Any]], Answer]] = {}
    for number in range(1, _MOST_DOCUMENTS + 1):
        if not (line := sys.stdin.buffer.readline()):
            return
        asked = json.loads(line)
        data = _exactly(sys.stdin.buffer, asked["size"])
        answer, whole = _answer(parsers, data, asked)
        last = not whole or number == _MOST_DOCUMENTS or _in_memory() > _FULL
        said = json.dumps({**answer, "last": last}).encode()
        out.write(_LENGTH.pack(len(said)) + said)
        out.flush()
        if last:  # the parent knows, and asks another
            return


def _in_memory() -> int:
    """Bytes of this process in memory, 0 where the system does not say. Not what it used at most, which a process
    inherits from the one that starts it."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _answer(parsers: dict[str, Any], data: bytes, asked: Mapping[str, Any]) -> tuple[Answer, bool]:
    """What is answered, and whether this process is fit for another document."""
    kind = asked["kind"]
    try:
        if kind not in parsers:
            parsers[kind] = import_module(f"qa.sources.inside.{_KINDS[kind]}").parse
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + int(asked["cpu"]))
        return parsers[kind](data, asked), True
    except MemoryError:
        return {"refused": f"its {kind.upper()} needs more memory than any article; save the article as text"}, False
    except RecursionError:
        return {"refused": f"its {kind.upper()} is nested too deeply; save the article as text"}, False
    except NothingInItError as error:
        return {"refused": str(error)}, True
    except Exception as error:  # noqa: BLE001 - the last edge: a parser may raise anything at all
        told = f"{type(error).__name__}: {error}".strip()[:200]
        return {"refused": f"damaged, or no {kind.upper()} ({told}); save it again"}, True


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        sys.exit(0)
    return data


if __name__ == "__main__":
    _main()
