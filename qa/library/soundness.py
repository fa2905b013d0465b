"""Files looked at from outside: what is wrong with one, in words, without whoever owns it opening it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing
from datetime import date
from pathlib import Path

_MAGIC = (1337).to_bytes(4, "little")
"""What a file of tantivy ends in, after the length of its footer (tantivy, src/directory/footer.rs)."""
_AT_ONCE = 1 << 20
_KINDS = {"TEXT": "text", "INTEGER": "integer", "BLOB": "blob"}
"""What SQLite calls a value of each declared type; it keeps any value in any column (sqlite.org/datatype3.html)."""


def sqlite_damage(path: Path, *, thorough: bool = False) -> str | None:
    """What SQLite finds wrong with a file that is only read, None when it is whole. ``thorough`` compares the indexes
    with their tables too."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            found = [str(row[0]) for row in db.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}")]
            empty = not db.execute("SELECT 1 FROM sqlite_master").fetchone()
            (page,) = db.execute("PRAGMA page_size").fetchone()
        torn = path.stat().st_size % page  # SQLite takes the rest of its last page for zeros
    except (sqlite3.Error, OSError) as error:
        return str(error)
    if found != ["ok"]:
        return " ".join("; ".join(found[:3]).split())
    return "it holds no tables" if empty else "its end is missing" if torn else None


def contents_damage(path: Path, made: sqlite3.Connection) -> str | None:
    """What in a SQLite file is not as the tables of ``made``, an empty one of this version, declare it: a table or a
    column that is not there, a value of another kind, a day that no calendar has, a row that refers to no other."""
    tables = [row[0] for row in made.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            for table in (name for name in tables if not name.startswith("sqlite_")):
                columns = made.execute(f"PRAGMA table_info({table})").fetchall()
                lacking = {row[1] for row in columns} - {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
                if lacking:
                    return f"its table {table} has no {min(lacking)}"
                as_declared = " AND ".join(_declared(*row[1:4], key=row[5]) for row in columns)
                if db.execute(f"SELECT 1 FROM {table} WHERE NOT ({as_declared}) LIMIT 1").fetchone():
                    return f"its table {table} holds something else than it should"
            dangling = db.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return f"its table {dangling[0]} refers to something that is not there" if dangling else None


def _declared(column: str, kind: str, required: int, *, key: int) -> str:
    """The condition on a value of a column; it is never NULL itself."""
    kinds = [_KINDS[kind]] if required or key else [_KINDS[kind], "null"]
    calendar = f" AND ifnull(day BETWEEN 1 AND {date.max.toordinal()}, 1)" if column == "day" else ""
    return f'(typeof("{column}") IN ({", ".join(map(repr, kinds))}){calendar})'


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
