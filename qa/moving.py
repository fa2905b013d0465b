"""A library as one file: exported, and made again from it on another machine or by a later version.

The file (``archive.py``) has at most two parts, ``catalogue.sqlite`` and ``journal.sqlite``. Each is a copy as of one
moment, so that nobody has to stop writing, and written anew, so that nothing that was erased travels. Indexes are not
in it: they are made from the record. What is imported is untrusted until its tables, their contents and its version are
what they must be.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qa.archive import ANOTHER, MANIFEST, opened, pack, parts_of, unpack
from qa.errors import InputError, LibraryError
from qa.export import put
from qa.journal import Journal
from qa.journal.file import VERSION as JOURNAL_VERSION
from qa.journal.file import empty as empty_journal
from qa.library.catalogue import Catalogue
from qa.library.generations import sync
from qa.library.place import refuse_far
from qa.library.record import empty as empty_catalogue
from qa.library.schema import VERSION as CATALOGUE_VERSION
from qa.library.soundness import contents_damage, sqlite_damage
from qa.room import NO_ROOM, has_no_room

__all__ = ["CATALOGUE", "JOURNAL", "MANIFEST", "Moved", "export_library", "import_library"]

CATALOGUE, JOURNAL = "catalogue.sqlite", "journal.sqlite"
_SCRATCH = ".newsdesk-moving-"
_NEEDED = {CATALOGUE: {"meta", "articles", "passages", "vectors"}, JOURNAL: {"conversations", "turns"}}
_UNEVEN = (
    "SELECT 1 FROM vectors GROUP BY embedder HAVING min(length(vector)) != max(length(vector)) "
    "OR min(length(vector)) % 4 OR min(length(vector)) = 0"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was exported or imported."""

    path: Path
    """The file, or the library's folder."""
    articles: int
    conversations: int
    size: int
    """Bytes of the file."""


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """A folder in ``parent`` that its owner alone can read, gone afterwards; those that killed processes left there go
    too, because they hold whole libraries. Raises OSError."""
    for left in parent.glob(f"{_SCRATCH}*"):
        with suppress(OSError):
            _swept(left)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=parent, ignore_cleanup_errors=True) as made:
        handle = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)  # tells others that this process lives
            yield Path(made)
        finally:
            os.close(handle)


def _swept(left: Path) -> None:
    handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(handle)


# out


def export_library(library: Path, target: Path, at: datetime) -> Moved:
    """Write a library's record and journal into one new file that its owner alone can read, whole or not at all.

    Others may go on working on it. Raises InputError where ``target`` is there or cannot be written, LibraryError where
    the library is damaged.
    """
    target = target.expanduser()
    if os.path.lexists(target):
        raise InputError(f"{target} is there already", "Name another file: an export never overwrites one.")
    if not (library / CATALOGUE).exists():
        raise LibraryError(f"there is no library at {library}", "Name another with --library.")
    try:
        with _scratch(target.absolute().parent) as folder:
            copies = [_copied(library / name, folder / name) for name in _there(library)]
            counts = _counts(folder)
            pack(folder / "packed", copies, at)
            put(folder / "packed", target, overwrite=False)
    except OSError as error:
        remedy = NO_ROOM if has_no_room(error) else "Name a file in a folder of yours."
        raise InputError(f"{target} cannot be written: {error.strerror}", remedy) from None
    return Moved(target, *counts, target.stat().st_size)


def _there(library: Path) -> list[str]:
    """The parts of a library that are to be exported: an empty journal is none. It comes first, so that what it quotes
    is in the record that follows."""
    journal = library / JOURNAL
    return [*([JOURNAL] if journal.exists() and journal.stat().st_size else []), CATALOGUE]


def _copied(source: Path, copy: Path) -> Path:
    """A copy of a SQLite file as of one moment, without its free pages, as a single file. Raises LibraryError."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        remedy = NO_ROOM if has_no_room(error) else "Run `newsdesk doctor`."
        raise LibraryError(f"{source} cannot be copied: {error}", remedy) from None
    if damage := sqlite_damage(copy):
        raise LibraryError(f"{source} is damaged: {damage}", "Run `newsdesk doctor`.")
    return copy


def _counts(folder: Path) -> tuple[int, int]:
    """How many articles and conversations there are in the parts in ``folder``."""
    articles, conversations = "SELECT count(*) FROM articles", "SELECT count(*) FROM conversations"
    return _count(folder / CATALOGUE, articles), _count(folder / JOURNAL, conversations)


def _count(path: Path, sql: str) -> int:
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute(sql).fetchone()[0])


# in


def import_library(source: Path, library: Path) -> Moved:
    """Make the library in an exported file at ``library``, which must not be there, or be an empty folder.

    It appears whole or not at all. Raises InputError for a file that is damaged, foreign or of a later version,
    LibraryError where something is in its place or there is no room.
    """
    source, library = source.expanduser(), library.expanduser().absolute()
    _check_place(library)
    try:
        with opened(source) as packed:
            parts = parts_of(packed, source, frozenset({CATALOGUE}), frozenset({CATALOGUE, JOURNAL}))
            library.parent.mkdir(parents=True, exist_ok=True)
            with _scratch(library.parent) as folder:
                made = folder / "library"
                made.mkdir(mode=0o700)
                needed, free = sum(part.size for part in parts.values()), shutil.disk_usage(made).free
                if needed > free:
                    raise LibraryError(f"{source} needs {needed:,} bytes, and {free:,} are free", "Free some space.")
                unpack(packed, parts, made, source)
                _check(made, source)
                counts = _counts(made)
                sync(made)
                if library.is_dir():
                    library.rmdir()  # fails unless it is empty
                made.rename(library)
        sync(library.parent)
    except OSError as error:
        hint = NO_ROOM if has_no_room(error) else "Name another folder with --library."
        raise LibraryError(f"the library {library} cannot be made: {error.strerror or error}", hint) from None
    return Moved(library, *counts, source.stat().st_size)


def _check_place(library: Path) -> None:
    refuse_far(library)
    if os.path.lexists(library) and not (library.is_dir() and not library.is_symlink() and not any(library.iterdir())):
        raise LibraryError(
            f"something is at {library} already: an import never adds to a library, nor overwrites one",
            "Name a new folder with --library.",
        )


def _check(made: Path, source: Path) -> None:
    """The parts must be whole, of plain tables, of this version or brought up to it, and hold what such tables hold.
    Raises InputError, and LibraryError where there is no room."""
    for name in _there(made):
        _check_part(made / name, source)
    try:
        Catalogue(made / CATALOGUE).close()
        Journal(made).conversations()
        with closing(empty_catalogue()) as catalogue, closing(empty_journal()) as journal:
            models = {CATALOGUE: catalogue, JOURNAL: journal}
            found = {name: contents_damage(made / name, models[name]) for name in _there(made)}
        with closing(sqlite3.connect(made / CATALOGUE)) as db:
            if db.execute(_UNEVEN).fetchone():
                found[CATALOGUE] = "its vectors are not of one length"
    except LibraryError as error:
        if error.hint == NO_ROOM:
            raise
        raise InputError(f"{source} is damaged: it cannot be opened by this version", ANOTHER) from None
    for name, damage in found.items():
        if damage:
            raise InputError(f"{source} is damaged: {name}: {damage}", ANOTHER)


def _check_part(path: Path, source: Path) -> None:
    """A part must be a whole database of this version or an earlier one, of plain tables: no program is in it."""
    if damage := sqlite_damage(path, thorough=True):
        raise InputError(f"{source} is damaged: {path.name}: {damage}", ANOTHER)
    with closing(sqlite3.connect(path)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        rows = db.execute("SELECT type, name, ifnull(sql, '') FROM sqlite_master").fetchall()
    plain = all(kind in {"table", "index"} and "VIRTUAL" not in sql.upper().split()[:3] for kind, _, sql in rows)
    if version < 1 or not plain or not _NEEDED[path.name] <= {name for _, name, _ in rows}:
        raise InputError(f"{source} is no exported library: {path.name} has other tables", ANOTHER)
    if version > (CATALOGUE_VERSION if path.name == CATALOGUE else JOURNAL_VERSION):
        raise InputError(f"{source} was made by a newer Newsdesk", "Upgrade newsdesk.")
