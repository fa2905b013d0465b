"""Where the Chroma index lies on disk: generations side by side, a pointer to the one in use, and who owns
them.

``<folder>/0001/`` is a generation (Chroma's files), ``<folder>/current`` the pointer, ``<folder>/lock`` the
lock. A generation that holds ``unsettled`` is in the middle of a change: Chroma writes its files in place
and unsynced, so that after a kill or a power cut at the wrong moment it can look fine and be broken. One
found like that is not opened again but replaced: the catalogue has everything that is in it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NEW = "new"
"""Asks ``choose`` for a generation beside the ones there are."""
DATABASE = "chroma.sqlite3"

_POINTER = "current"
_LOCK = "lock"
_MARK = "unsettled"
_NAME = re.compile(r"\d{4,9}")
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is in use, what it was made for, and how far it is complete."""

    generation: str
    fingerprint: str
    dimensions: int
    revision: str | None
    """Revision of the catalogue that it holds completely; ``None`` when it is not known to."""
    count: int
    """Records it held at that revision."""

    def suits(self, fingerprint: str, dimensions: int) -> bool:
        """Whether the generation holds vectors of this embedder."""
        return self.fingerprint == fingerprint and self.dimensions == dimensions


def read_pointer(folder: Path) -> Pointer | None:
    """Return the pointer of ``folder``, ``None`` where there is none that can be read."""
    try:
        raw = json.loads((folder / _POINTER).read_text("ascii"))
        revision = raw["revision"]
        pointer = Pointer(
            str(raw["generation"]),
            str(raw["fingerprint"]),
            int(raw["dimensions"]),
            None if revision is None else str(revision),
            int(raw["count"]),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return pointer if _NAME.fullmatch(pointer.generation) else None


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Replace the pointer of ``folder`` in one step that survives a crash. Raises OSError."""
    values = {name: getattr(pointer, name) for name in Pointer.__slots__}
    draft = folder / f"{_POINTER}.new"
    with draft.open("w", encoding="ascii") as file:
        json.dump(values, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / _POINTER)
    sync(folder)


def mark(place: Path) -> None:
    """Note, durably, that the generation at ``place`` is being changed. Raises OSError."""
    (place / _MARK).touch()
    sync(place)


def is_marked(place: Path) -> bool:
    """Whether the generation at ``place`` is, or was left, in the middle of a change."""
    return (place / _MARK).exists()


def settle(place: Path) -> None:
    """Bring every file of the generation at ``place`` to the disk, then unmark it. Raises OSError."""
    if not is_marked(place):
        return
    for path in place.rglob("*"):
        if path.is_file():
            sync(path)
    (place / _MARK).unlink()
    sync(place)


def sync(path: Path) -> None:
    """Bring a file, or a folder's list of names, to the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def looks_whole(place: Path) -> bool:
    """Whether the files at ``place`` look like a settled generation, without asking Chroma."""
    try:
        with (place / DATABASE).open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                return False
        return not is_marked(place) and all(path.stat().st_size for path in place.glob("*/index_metadata.pickle"))
    except OSError:
        return False


def claim(folder: Path, owner: int | None = None) -> int | None:
    """Lock ``folder`` for this process, and name its ``owner`` (the process that started this one, unless given): an
    open descriptor to keep, or ``None`` when another one holds it.

    The kernel releases the lock with the descriptor, however the process ends. Raises OSError.
    """
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(owner or os.getppid()).encode(), 0)
    return handle


def release(handle: int) -> None:
    """Let go of what ``claim`` gave."""
    os.close(handle)


def owner(folder: Path) -> str:
    """Return the id of the process that last locked ``folder``, for a person to read; empty when unknown."""
    with suppress(OSError):
        return (folder / _LOCK).read_text("ascii", "replace").strip()[:12]
    return ""


def choose(folder: Path, fingerprint: str, dimensions: int, wanted: str) -> str:
    """Return the generation to open, making its folder; call it with the lock held. Raises OSError.

    ``wanted`` is a generation's name, ``NEW``, or empty: the one in use, else one that was being built when
    a process ended, else a new one. Generations left in the middle of a change are deleted.
    """
    names = _generations(folder)
    pointer = read_pointer(folder)
    number = 1 + max([int(name) for name in names] + ([int(pointer.generation)] if pointer else []), default=0)
    for name in [name for name in names if is_marked(folder / name)]:
        _remove(folder, name)
        names.remove(name)
    if wanted in names:
        return wanted
    if wanted != NEW:
        if pointer and pointer.suits(fingerprint, dimensions) and pointer.generation in names:
            return pointer.generation
        unfinished = [name for name in names if not pointer or int(name) > int(pointer.generation)]
        if unfinished:
            return unfinished[-1]
    fresh = f"{number:04d}"
    (folder / fresh).mkdir()
    sync(folder)
    return fresh


def keep_only(folder: Path, generation: str) -> None:
    """Delete every other generation, and what is left of deleted ones. Raises OSError."""
    for name in _generations(folder):
        if name != generation:
            _remove(folder, name)
    for left in folder.glob("*.gone"):
        shutil.rmtree(left, ignore_errors=True)


def _generations(folder: Path) -> list[str]:
    names = (path.name for path in folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))
    return sorted(names, key=int)


def _remove(folder: Path, name: str) -> None:
    """Delete a generation. Renamed first, so that half of one is never taken for a whole one."""
    gone = folder / f"{name}.gone"
    shutil.rmtree(gone, ignore_errors=True)
    (folder / name).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
