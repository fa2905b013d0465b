"""What the process that owns Chroma and the one that asks it say to each other: frames on a pipe.

A frame is four bytes (big-endian length of the header), the header (JSON, ASCII), and the payload whose
length the header gives (raw little-endian float32). The metadata keys of the embedded index are named here and
nowhere else (those of a shared store in ``parcels.py``).
"""

from __future__ import annotations

import json
import struct
from enum import StrEnum
from typing import IO, TypedDict

DAY = "day"
"""Metadata key: day of publication as a proleptic ordinal (``date.toordinal``); absent where undated."""
SOURCE = "source"
"""Metadata key: the article's source; absent where unknown."""
ARTICLE = "article"
"""Metadata key: id of the passage's article."""

BATCH = 300
"""Records in one write: larger ones cost Chroma less each, and one of this size is over within half a second, which is
how long a request to stop waits. Queries do not wait: while the index is written, exact search answers them."""
STORE_BATCH = 300
"""Records in one request to a server: the most that Chroma's hosted service takes (its quotas and limits)."""
STORE_PAGE = 1000
"""Ids in one page of a server's list."""
PASSAGES, REMOVED = "passages", "removed"
"""The shelves of a shared store: the articles' passages, and the marks of what was removed."""
PAGE = 5000
"""Ids in one page: Chroma turns each into an SQL variable and fails above some 30,000."""

_LENGTH = struct.Struct(">I")
_LONGEST = 1 << 28


class Fault(StrEnum):
    """Why the child does not do what it was asked."""

    ELSEWHERE = "elsewhere"
    """Another process has the index open."""
    DAMAGED = "damaged"
    """Chroma cannot work with these files, or they are not ours: build a new generation."""
    UNUSABLE = "unusable"
    """The machine is in the way: no room, no permission, no Chroma. The files may be fine."""
    REFUSED = "refused"
    """The request was wrong; the index is as it was."""
    UNREACHABLE = "unreachable"
    """The server does not answer."""
    FOREIGN = "foreign"
    """What answers is no Chroma server, or one of another version."""
    DENIED = "denied"
    """The server wants another token, or one at all."""
    UNFIT = "unfit"
    """The server's collection, tenant or database is missing or of another kind."""


class Header(TypedDict, total=False):
    """The JSON part of a frame. A reply with ``fault`` carries a ``reason`` and nothing else of use."""

    payload: int
    op: str
    ids: list[str]
    documents: list[str]
    metadatas: list[dict[str, str | int]]
    delete: list[str]
    offset: int
    k: int
    first_day: int | None
    last_day: int | None
    sources: list[str]
    articles: list[str]
    fault: str
    reason: str
    generation: str
    count: int
    similarities: list[float]
    url: str
    headers: dict[str, str]
    tenant: str
    database: str
    fingerprint: str
    dimensions: int
    shelf: str
    whole: bool
    version: str
    store: str


def write_frame(stream: IO[bytes], header: Header, payload: bytes = b"") -> None:
    """Send one frame and flush. Raises OSError when the other side is gone."""
    text = json.dumps({**header, "payload": len(payload)}, ensure_ascii=True).encode("ascii")
    stream.write(_LENGTH.pack(len(text)) + text)
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[Header, bytes]:
    """Receive one frame. Raises EOFError when the other side is gone, ValueError when it is no frame."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > _LONGEST:
        raise ValueError(f"a frame header of {length} bytes")
    header: Header = json.loads(_exactly(stream, length))
    return header, _exactly(stream, header["payload"])


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("the other end of the pipe is closed")
    return data
