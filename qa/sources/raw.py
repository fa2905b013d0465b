"""What a reader reads: the bytes of a file, a page or standard input, and what is known of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from qa.sources.draft import RefusedError

_NEWLINES = re.compile("\r\n?")
_GZIP = b"\x1f\x8b\x08"
_HEAD = 8_192
MOST_BYTES = 64 << 20
"""Largest file or page that is read whole, unpacked."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that hold articles. Everything about them is the word of whoever made them."""

    place: str
    """Path or URL: what problems name and articles are recorded under."""
    open: Callable[[], IO[bytes]] = field(repr=False)
    """The bytes from their beginning, seekable."""
    url: str | None = None
    """Where it was fetched from; None for a file."""
    charset: str | None = None
    """As the server named it."""
    fetched: datetime | None = None
    name: str = ""
    """The name of the file, empty for what has none."""

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The bytes as they are read, unpacked where they are gzip; of any length."""
        packed = self._is_packed()
        with self.open() as opened:
            if not packed:
                yield opened
                return
            with gzip.GzipFile(fileobj=opened) as unpacked:
                yield unpacked  # type: ignore[misc]  # a reader of bytes, by another name

    def digest(self) -> str:
        """SHA-256 of the bytes as they are."""
        with self.open() as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()  # type: ignore[arg-type]  # every file reads into

    def head(self) -> bytes:
        """The first bytes. Raises RefusedError where they cannot be unpacked."""
        with self._checked() as stream:
            return stream.read(_HEAD)

    def data(self, most: int = MOST_BYTES) -> bytes:
        """All bytes. Raises RefusedError when there are none, or more than ``most``."""
        with self._checked() as stream:
            data = stream.read(most + 1)
            packed = len(data) <= most or self._is_packed()  # what is packed is not unpacked to find out how much it is
            size = f"{len(data) if packed else stream.seek(0, io.SEEK_END):,}"
        if not data:
            raise RefusedError("the file is empty; save it again, or take it away")
        if len(data) > most:
            raise RefusedError(
                f"{size} bytes are more than one article; split it, or make it .jsonl with one article a line"
            )
        return data

    def text(self, most: int) -> str:
        """All of it as UTF-8 (or UTF-16 with its mark), lines ending in a newline. Raises RefusedError."""
        data = self.data(most)
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return _NEWLINES.sub("\n", data.decode("utf-16", "replace"))
        if b"\x00" in data[:_HEAD]:
            raise RefusedError("a binary file, not text; its name may have the wrong ending")
        try:
            return _NEWLINES.sub("\n", data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise RefusedError(
                f"not UTF-8 (byte 0x{data[error.start]:02x} at {error.start}); save it again as UTF-8, or where it is "
                "Latin-1 convert it: iconv -f latin1 -t utf-8"
            ) from None

    def _is_packed(self) -> bool:
        with self.open() as opened:
            return opened.read(len(_GZIP)) == _GZIP

    @contextmanager
    def _checked(self) -> Iterator[IO[bytes]]:
        try:
            with self.stream() as stream:
                yield stream
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise RefusedError(f"it cannot be unpacked ({error}); save it again") from None


def of_file(path: Path) -> Raw:
    """A file."""
    return Raw(str(path), lambda: path.open("rb"), name=path.name)


def of_bytes(
    place: str,
    data: bytes,
    *,
    url: str | None = None,
    charset: str | None = None,
    fetched: datetime | None = None,
) -> Raw:
    """What was fetched, or came by standard input."""
    return Raw(place, lambda: io.BytesIO(data), url, charset, fetched)
