"""A library as one file: exported, and made again from it on another machine or by a later version.

The file is a zip of at most three parts: ``manifest.json`` (which version made it, and size and SHA-256 of the others),
``catalogue.sqlite`` and ``journal.sqlite``. Both are copies made by SQLite's backup, so that nobody has to stop
writing, and written anew, so that nothing that was erased travels. Indexes are not in it: they are made from the
record. What is imported is untrusted until its sizes, digests, tables and version are what they must be.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from qa.errors import InputError, LibraryError
from qa.library.place import refuse_far
from qa.library.schema import VERSION as CATALOGUE_VERSION
from qa.library.soundness import sqlite_damage
from qa.version import __version__

CATALOGUE, JOURNAL, MANIFEST = "catalogue.sqlite", "journal.sqlite", "manifest.json"
_FORM = 1
"""Written into the manifest; a file of a later form is refused."""
_LONGEST_MANIFEST = 100_000
_DENSEST = 200
"""How many times larger than packed a part may be: text and vectors pack a few times, a bomb a thousand times."""
_ANY = 10_000_000
"""Bytes that a part may have however densely it is packed."""
_AT_ONCE = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ANOTHER = "Export the library again with `newsdesk library export`."


@dataclass(frozen=True, slots=True)
class Moved:
    """What was exported or imported."""

    path: Path
    """The file, or the library's folder."""
    articles: int
    conversations: int
    size: int
    """Bytes of the file."""


@dataclass(frozen=True, slots=True)
class _Part:
    size: int
    digest: str


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
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(prefix=".newsdesk-", dir=target.absolute().parent) as folder:
            copies = [_copied(library / name, Path(folder) / name) for name in _there(library)]
            counts = _counts(Path(folder))
            _pack(beside, copies, at)
        os.link(beside, target)  # fails where another program has made it meanwhile
    except FileExistsError:
        raise InputError(f"{target} is there already", "Name another file: an export never overwrites one.") from None
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror}", "Name a file in a folder of yours.") from None
    finally:
        beside.unlink(missing_ok=True)
    _sync(target.absolute().parent)
    return Moved(target, *counts, target.stat().st_size)


def _there(library: Path) -> list[str]:
    """The parts of a library that are to be exported: an empty journal is none."""
    journal = library / JOURNAL
    return [CATALOGUE, *([JOURNAL] if journal.exists() and journal.stat().st_size else [])]


def _copied(source: Path, copy: Path) -> Path:
    """A copy of a SQLite file as of now, without its free pages, as a single file. Raises LibraryError."""
    try:
        read = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        with closing(read) as db, closing(sqlite3.connect(copy)) as other:
            os.chmod(copy, 0o600)
            db.backup(other, pages=1_000)
            other.execute("PRAGMA journal_mode = DELETE")
            other.execute("VACUUM")
    except sqlite3.Error as error:
        raise LibraryError(f"{source} cannot be copied: {error}", "Run `newsdesk doctor`.") from None
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


def _pack(beside: Path, copies: list[Path], at: datetime) -> None:
    parts = {copy.name: {"bytes": copy.stat().st_size, "sha256": _digest_of(copy)} for copy in copies}
    manifest = {"newsdesk": __version__, "form": _FORM, "made": at.isoformat(), "parts": parts}
    with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            packed.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for copy in copies:
                packed.write(copy, copy.name)
        file.flush()
        os.fsync(file.fileno())


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# in


def import_library(source: Path, library: Path) -> Moved:
    """Make the library in an exported file at ``library``, which must not be there, or be an empty folder.

    It appears whole or not at all. Raises InputError for a file that is damaged, foreign or of a later version,
    LibraryError where something is in its place.
    """
    source, library = source.expanduser(), library.expanduser().absolute()
    _check_place(library)
    try:
        library.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".newsdesk-", dir=library.parent) as folder:
            made = Path(folder) / "library"
            made.mkdir(mode=0o700)
            with _opened(source) as packed:
                _unpack(packed, _parts(packed, source), made, source)
            for name in _there(made):
                _check_part(made / name, source)
            counts = _counts(made)
            if library.is_dir():
                library.rmdir()  # fails unless it is empty
            made.rename(library)
    except OSError as error:
        hint = "Name another folder with --library."
        raise LibraryError(f"the library {library} cannot be made: {error.strerror}", hint) from None
    _sync(library.parent)
    return Moved(library, *counts, source.stat().st_size)


def _check_place(library: Path) -> None:
    refuse_far(library)
    if os.path.lexists(library) and not (library.is_dir() and not library.is_symlink() and not any(library.iterdir())):
        raise LibraryError(
            f"something is at {library} already: an import never adds to a library, nor overwrites one",
            "Name a new folder with --library.",
        )


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as packed:
            yield packed
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise InputError(f"{source} is damaged, or no exported library: {error}", _ANOTHER) from None
    except FileNotFoundError:
        raise InputError(f"{source} is not there", "Name a file that `newsdesk library export` made.") from None
    except IsADirectoryError:
        raise InputError(f"{source} is a folder", "Name a file that `newsdesk library export` made.") from None


def _parts(packed: zipfile.ZipFile, source: Path) -> dict[str, _Part]:
    """The parts as the manifest has them, which must be just those that are there. Raises InputError."""
    infos = {info.filename: info for info in packed.infolist()}
    if len(infos) < len(packed.infolist()) or not infos.keys() <= {MANIFEST, CATALOGUE, JOURNAL}:
        raise InputError(f"{source} is no exported library: it holds other files, or one twice", _ANOTHER)
    if not {MANIFEST, CATALOGUE} <= infos.keys() or infos[MANIFEST].file_size > _LONGEST_MANIFEST:
        raise InputError(f"{source} is no exported library: it lacks {MANIFEST} or {CATALOGUE}", _ANOTHER)
    with packed.open(MANIFEST) as file:
        parts = _read_manifest(file.read(_LONGEST_MANIFEST + 1), source)
    if parts.keys() != infos.keys() - {MANIFEST}:
        raise InputError(f"{source} is damaged: it does not hold what its manifest names", _ANOTHER)
    for name, part in parts.items():
        info = infos[name]
        if info.file_size != part.size or part.size > max(_ANY, _DENSEST * info.compress_size):
            raise InputError(f"{source} is damaged: {name} has another size than its manifest says", _ANOTHER)
    return parts


def _read_manifest(raw: bytes, source: Path) -> dict[str, _Part]:
    try:
        told: Any = json.loads(raw)
        form, made_by = int(told["form"]), str(told["newsdesk"])[:40]
        parts = {str(name): _Part(int(one["bytes"]), str(one["sha256"])) for name, one in told["parts"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{source} is damaged: its manifest cannot be read", _ANOTHER) from None
    if form > _FORM:
        raise InputError(f"{source} was made by a newer Newsdesk ({made_by})", "Upgrade newsdesk.")
    if any(part.size < 0 or not _DIGEST.fullmatch(part.digest) for part in parts.values()):
        raise InputError(f"{source} is damaged: its manifest cannot be read", _ANOTHER)
    return parts


def _unpack(packed: zipfile.ZipFile, parts: dict[str, _Part], folder: Path, source: Path) -> None:
    """Write the parts under names of our own, no byte more than the manifest says, and compare their digests."""
    needed, free = sum(part.size for part in parts.values()), shutil.disk_usage(folder).free
    if needed > free:
        raise LibraryError(f"{source} needs {needed:,} bytes, and {free:,} are free", "Free some space.")
    for name, part in parts.items():
        with packed.open(name) as file, (folder / name).open("xb") as out:
            os.chmod(out.fileno(), 0o600)
            if _poured(file, out, part.size) != part.digest:
                raise InputError(f"{source} is damaged: {name} is not what was exported", _ANOTHER)
            out.flush()
            os.fsync(out.fileno())


def _poured(file: IO[bytes], out: IO[bytes], most: int) -> str:
    """SHA-256 of what was written: ``most`` bytes at most, and one more is as good as damage."""
    digest, left = hashlib.sha256(), most + 1
    while left and (some := file.read(min(_AT_ONCE, left))):
        digest.update(some)
        out.write(some)
        left -= len(some)
    return digest.hexdigest() if left else ""


def _check_part(path: Path, source: Path) -> None:
    """A part must be a whole database of this version or an earlier one, of plain tables: no program is in it."""
    from qa.journal.file import VERSION as JOURNAL_VERSION

    if damage := sqlite_damage(path, thorough=True):
        raise InputError(f"{source} is damaged: {path.name}: {damage}", _ANOTHER)
    with closing(sqlite3.connect(path)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        rows = db.execute("SELECT type, name, ifnull(sql, '') FROM sqlite_master").fetchall()
    known = CATALOGUE_VERSION if path.name == CATALOGUE else JOURNAL_VERSION
    if version > known:
        raise InputError(f"{source} was made by a newer Newsdesk", "Upgrade newsdesk.")
    needed = {"meta", "articles", "passages", "vectors"} if path.name == CATALOGUE else {"conversations", "turns"}
    plain = all(kind in {"table", "index"} and "VIRTUAL" not in sql.upper().split()[:3] for kind, _, sql in rows)
    if version < 1 or not plain or not needed <= {name for _, name, _ in rows}:
        raise InputError(f"{source} is no exported library: {path.name} has other tables", _ANOTHER)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
