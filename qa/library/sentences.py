"""Vectors of sentences, kept in a file: what an evaluation embeds once it need not embed again.

Derived, like the indexes: a file that is damaged, locked or not writable is done without, and the vectors are made. A
vector lies under a digest of its text and of what made it, so that no text is in the file, and bits come back as made.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qa.database import write_ahead

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    EmbedFn = Callable[[str], NDArray[np.float32]]

MOST = 400_000_000
"""Bytes of a file, about a quarter of a million sentences. When it has grown beyond, what is new is not kept."""
_AT_ONCE = 256
"""New vectors that are written together."""
_TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


class KeptVectors:
    """The file of one library. Safe to share between threads, and between processes."""

    def __init__(self, path: Path, most: int = MOST) -> None:
        self.path = path
        self._most = most
        self._new: dict[bytes, bytes] = {}
        self._lock = threading.Lock()
        self._db = self._opened()

    def by(self, maker: str, embed: EmbedFn, form: Literal["<f4", "<f2"] = "<f4") -> EmbedFn:
        """``embed``, kept, in the ``form`` of its numbers. ``maker`` names it and what it makes: the same name must
        always make the same."""
        import numpy as np

        def kept(text: str) -> NDArray[np.float32]:
            key = hashlib.sha256(f"{maker}\n{form}\n{text}".encode("utf-8", "surrogatepass")).digest()[:16]
            raw = self._found(key)
            if raw is not None:
                width = int.from_bytes(raw[:4], "big")
                vector = np.frombuffer(raw, dtype=form, offset=4)
                return np.array(vector.reshape(-1, width) if width else vector, dtype=np.float32)
            made = np.ascontiguousarray(embed(text), dtype=form)
            width = made.shape[1] if made.ndim == 2 else 0
            self._keep(key, width.to_bytes(4, "big") + made.tobytes())
            return made.astype(np.float32)

        return kept

    def flush(self) -> None:
        """Write what is new."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """Write what is new, and close the file. Any number of times."""
        with self._lock:
            self._write()
            db, self._db = self._db, None
            if db is not None:
                db.close()

    def _opened(self) -> sqlite3.Connection | None:
        for _ in range(2):  # a damaged file is made anew once
            try:
                db = sqlite3.connect(self.path, timeout=2, isolation_level=None, check_same_thread=False)
                write_ahead(db, 2)
                db.execute("PRAGMA synchronous = OFF")
                db.execute(_TABLE)
            except sqlite3.OperationalError:
                return None
            except sqlite3.DatabaseError:
                forget(self.path)
            else:
                return db
        return None

    def _found(self, key: bytes) -> bytes | None:
        with self._lock:
            if key in self._new or self._db is None:
                return self._new.get(key)
            with suppress(sqlite3.Error):
                row = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
                return bytes(row[0]) if row else None
        return None

    def _keep(self, key: bytes, raw: bytes) -> None:
        with self._lock:
            if self._db is None:
                return
            self._new[key] = raw
            if len(self._new) >= _AT_ONCE:
                self._write()

    def _write(self) -> None:
        new, self._new = self._new, {}
        if not new or self._db is None:
            return
        with suppress(sqlite3.Error):
            (pages,), (size,) = (self._db.execute(f"PRAGMA {one}").fetchone() for one in ("page_count", "page_size"))
            if pages * size < self._most:
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", new.items())
                self._db.execute("COMMIT")
        if self._db.in_transaction:  # a disk that is full; nobody else is to wait for what was not written
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")


def forget(path: Path) -> None:
    """Delete the file."""
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + ending).unlink()
