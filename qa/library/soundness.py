"""Files looked at from outside: what is wrong with one, in words, without whoever owns it opening it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

_MAGIC = (1337).to_bytes(4, "little")
"""What a file of tantivy ends in, after the length of its footer (tantivy, src/directory/footer.rs)."""
_AT_ONCE = 1 << 20


def sqlite_damage(path: Path, *, thorough: bool = False) -> str | None:
    """What SQLite finds wrong with a file that is only read, None when it is whole. ``thorough`` compares the indexes
    with their tables too."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            found = [str(row[0]) for row in db.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}")]
            empty = not db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if found != ["ok"]:
        return "; ".join(found[:3])
    return "it holds no tables" if empty else None


def words_damage(folder: Path) -> str | None:
    """What is wrong with the files of a word index: those that its list of segments names must be there, and their
    checksums (CRC-32, in the footer of each) must be right."""
    try:
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        for name in (str(one["segment_id"]).replace("-", "") for one in segments):
            files = sorted(folder.glob(f"{name}.*"))
            lacking = {"term", "idx", "store", "fast"} - {path.suffix[1:] for path in files}
            if lacking:
                return f"{name}.{min(lacking)} is missing"
            torn = next((path.name for path in files if not _sealed(path)), None)
            if torn:
                return f"{torn} is not as it was written"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"its list of files cannot be read ({type(error).__name__})"
    return None


def _sealed(path: Path) -> bool:
    """Whether a file of tantivy has the checksum that its footer names."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        ending = file.read(8)
        length = int.from_bytes(ending[:4], "little")
        body = size - 8 - length
        if ending[4:] != _MAGIC or body < 0:
            return False
        file.seek(body)
        footer = json.loads(file.read(length))
        file.seek(0)
        crc = 0
        while body > 0 and (some := file.read(min(_AT_ONCE, body))):
            crc, body = zlib.crc32(some, crc), body - len(some)
    return bool(footer["crc"] == crc)
