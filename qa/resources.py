"""Where the files that ship with Newsdesk are: one function for a checkout and for an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_folder(name: str) -> Path:
    """The folder ``name`` (``prompts``, ``seeds``, ``assets``) of this installation.

    In a wheel it lies inside ``qa/``; in a checkout ``prompts/`` and ``seeds/`` lie at the top level.
    Raises FileNotFoundError when the installation is incomplete.
    """
    for folder in (_PACKAGE / name, _PACKAGE / "data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is missing from this installation of newsdesk; install it again")
