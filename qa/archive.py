"""A library's parts as one zip: a manifest that names them with size and SHA-256, and the parts themselves.

What is read is untrusted: it holds the parts that it may hold and no more, of the sizes and digests that its manifest
says, packed as ``pack`` packs them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from qa.errors import InputError
from qa.version import __version__

MANIFEST = "manifest.json"
ANOTHER = "Export the library again with `newsdesk library export`."
_FORM = 1
"""Written into the manifest; a file of a later form is refused."""
_LONGEST_MANIFEST = 100_000
_DENSEST = 200
"""How many times larger than packed a part may be: text and vectors pack a few times, a bomb a thousand times."""
_ANY = 10_000_000
"""Bytes that a part may have however densely it is packed."""
_AT_ONCE = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the manifest has it."""

    size: int
    digest: str


def pack(target: Path, files: Sequence[Path], at: datetime) -> None:
    """Write a new file of ``files``, each under its name, to the disk; its owner alone can read it. Raises OSError."""
    parts = {file.name: {"bytes": file.stat().st_size, "sha256": _digest_of(file)} for file in files}
    manifest = {"newsdesk": __version__, "form": _FORM, "made": at.isoformat(), "parts": parts}
    with os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            packed.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for file in files:
                packed.write(file, file.name)
        out.flush()
        os.fsync(out.fileno())


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(source: Path) -> Iterator[zipfile.ZipFile]:
    """The zip at ``source``. Raises InputError where it cannot be read, or turns out to be damaged."""
    made = "Name a file that `newsdesk library export` made."
    try:
        file = source.open("rb") if source.is_file() or not source.exists() else None
    except FileNotFoundError:
        raise InputError(f"{source} is not there", made) from None
    except OSError as error:
        raise InputError(f"{source} cannot be read: {error.strerror}", made) from None
    if file is None:
        raise InputError(f"{source} is {'a folder' if source.is_dir() else 'no file'}", made)
    with file:
        try:
            with zipfile.ZipFile(file) as packed:
                yield packed
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
            raise InputError(f"{source} is damaged, or no exported library: {error}", ANOTHER) from None


def parts_of(packed: zipfile.ZipFile, source: Path, needed: frozenset[str], known: frozenset[str]) -> dict[str, Part]:
    """The parts as the manifest has them: just those that are there, all ``needed`` ones and none but the ``known``.
    Raises InputError."""
    infos = {info.filename: info for info in packed.infolist()}
    if len(infos) < len(packed.infolist()) or not infos.keys() <= {MANIFEST, *known}:
        raise InputError(f"{source} is no exported library: it holds other files, or one twice", ANOTHER)
    if not {MANIFEST, *needed} <= infos.keys() or infos[MANIFEST].file_size > _LONGEST_MANIFEST:
        raise InputError(f"{source} is no exported library: it lacks {' or '.join([MANIFEST, *needed])}", ANOTHER)
    if any(info.compress_type not in _PACKED or info.flag_bits & _ENCRYPTED for info in infos.values()):
        raise InputError(f"{source} is no exported library: it is packed in another way", ANOTHER)
    with packed.open(MANIFEST) as file:
        parts = _read_manifest(file.read(_LONGEST_MANIFEST + 1), source)
    if parts.keys() != infos.keys() - {MANIFEST}:
        raise InputError(f"{source} is damaged: it does not hold what its manifest names", ANOTHER)
    for name, part in parts.items():
        info = infos[name]
        if info.file_size != part.size or part.size > max(_ANY, _DENSEST * info.compress_size):
            raise InputError(f"{source} is damaged: {name} has another size than its manifest says", ANOTHER)
    return parts


def _read_manifest(raw: bytes, source: Path) -> dict[str, Part]:
    try:
        told: Any = json.loads(raw)
        form, made_by = _count(told["form"]), str(told["newsdesk"])[:40]
        parts = {str(name): Part(_count(one["bytes"]), str(one["sha256"])) for name, one in told["parts"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{source} is damaged: its manifest cannot be read", ANOTHER) from None
    if form > _FORM:
        raise InputError(f"{source} was made by a newer Newsdesk ({made_by})", "Upgrade newsdesk.")
    if not all(_DIGEST.fullmatch(part.digest) for part in parts.values()):
        raise InputError(f"{source} is damaged: its manifest cannot be read", ANOTHER)
    return parts


def _count(told: Any) -> int:
    """A whole number as JSON has it, and nothing that could be taken for one. Raises ValueError."""
    if type(told) is not int or told < 0:
        raise ValueError(f"{told!r:.40} is no count")
    return told


def unpack(packed: zipfile.ZipFile, parts: Mapping[str, Part], folder: Path, source: Path) -> None:
    """Write the parts under names of our own, no byte more than the manifest says, and compare their digests. Raises
    InputError and OSError."""
    for name, part in parts.items():
        with packed.open(name) as file, (folder / name).open("xb") as out:
            os.chmod(out.fileno(), 0o600)
            if _poured(file, out, part.size) != part.digest:
                raise InputError(f"{source} is damaged: {name} is not what was exported", ANOTHER)
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
