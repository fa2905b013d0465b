"""Where the files that ship with Newsdesk are: one function for a checkout and for an installed wheel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_DECIDING = frozenset({".py", ".txt", ".toml", ".jsonl"})
"""Ends of the names of the package's files that results come from, beside prompts; the model that embeds has a
fingerprint of its own."""


def resource_folder(name: str) -> Path:
    """The folder ``name`` (``prompts``, ``seeds``, ``assets``) of this installation.

    In a wheel it lies inside ``qa/``; in a checkout ``prompts/`` and ``seeds/`` lie at the top level.
    Raises FileNotFoundError when the installation is incomplete.
    """
    for folder in (_PACKAGE / name, _PACKAGE / "data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation of newsdesk; install it again")


@cache
def code_digest() -> str:
    """SHA-256 (hex) of the code that decides a result, with its tables and the prompts that ship: the same in a
    checkout and in a wheel, whatever its version says."""
    digest = hashlib.sha256()
    for name, path in sorted(_deciding()):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()


def _deciding() -> Iterator[tuple[str, Path]]:
    """Each file of it, by a name that is the same in any installation."""
    for path in _PACKAGE.rglob("*"):
        inside = path.relative_to(_PACKAGE)
        if path.suffix in _DECIDING and inside.parts[0] != "data" and path.is_file():
            yield inside.as_posix(), path
    for path in resource_folder("prompts").glob("*.md"):
        yield f"prompts/{path.name}", path
