"""What is on the screen as a picture, in the reader's folder for downloads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.export import write_export
from qa.types import Cancel

NAME = "newsdesk-%Y-%m-%dT%H-%M-%S.svg"


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture was written."""

    file: Path


def picture_folder() -> Path:
    """Where what a reader saves from a screen is expected."""
    from platformdirs import user_downloads_path

    return user_downloads_path()


def pictured(svg: str, cancel: Cancel) -> Iterator[Pictured]:
    """A verb: write a picture under the name of this second, never over one that is there. Raises InputError."""
    folder = picture_folder()
    if not folder.is_dir():
        folder = Path.home()
    yield Pictured(write_export(folder / time.strftime(NAME), svg))
