"""What the app remembers from one start to the next: a small file of the reader's own, of no worth to anybody else.

It holds names and folders, never a key or a word of an article, and whatever is wrong with it is passed over.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from qa.errors import NewsdeskError
from qa.types import Cancel

_FILE = "app.json"
_LONGEST = 4_096
"""Characters of a name or a path."""
MOST_LIBRARIES = 30


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was chosen, as texts; empty where nothing was."""

    theme: str = ""
    chart: str = ""
    """What a bar of the chart of articles stands for."""
    libraries: tuple[str, ...] = ()
    """Folders of the libraries that were opened, the last one first."""
    without_model: tuple[str, ...] = ()
    """Folders of the libraries that no model may be sent anything of."""

    def opened(self, library: Path) -> Remembered:
        """With ``library`` as the last one opened."""
        others = [folder for folder in self.libraries if folder != str(library)]
        return replace(self, libraries=(str(library), *others)[:MOST_LIBRARIES])

    def allowed(self, library: Path, *, model: bool) -> Remembered:
        """With a ``model`` allowed for ``library``, or not."""
        others = [folder for folder in self.without_model if folder != str(library)]
        return replace(self, without_model=tuple(others) if model else (*others, str(library)))


Change = Callable[[Remembered], Remembered]


def state_folder() -> Path:
    """The platform's folder for what a program remembers (``NEWSDESK_STATE_DIR`` overrides it)."""
    from platformdirs import user_state_path

    override = os.environ.get("NEWSDESK_STATE_DIR")
    return Path(override).expanduser() if override else user_state_path("newsdesk", appauthor=False)


@dataclass(frozen=True, slots=True)
class State:
    """The file in ``folder``, the platform's state folder (``NEWSDESK_STATE_DIR`` overrides it) unless given."""

    folder: Path = field(default_factory=state_folder)

    def read(self) -> Remembered:
        """What the file holds; what is damaged or unknown in it counts as never chosen."""
        try:
            raw = json.loads((self.folder / _FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return Remembered()
        known = raw if isinstance(raw, dict) else {}
        return Remembered(
            theme=_name(known.get("theme")),
            chart=_name(known.get("chart")),
            libraries=_names(known.get("libraries")),
            without_model=_names(known.get("without_model")),
        )

    def keep(self, change: Change, cancel: Cancel) -> Iterator[Remembered]:
        """A verb: change what the file holds by now, in one step that other processes wait for. Cancelled or not, it is
        written. Raises NewsdeskError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _alone_in(self.folder):
                remembered = change(self.read())
                self._write(json.dumps(asdict(remembered), indent=1))
        except OSError as error:
            message = f"what the app remembers cannot be written to {self.folder}: {error.strerror or error}"
            raise NewsdeskError(message, "Set NEWSDESK_STATE_DIR to a folder of yours.") from None
        yield remembered

    def _write(self, text: str) -> None:
        handle, made = tempfile.mkstemp(dir=self.folder, prefix=f".{_FILE}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                opened.write(text + "\n")
                opened.flush()
                os.fsync(opened.fileno())
            Path(made).replace(self.folder / _FILE)
        finally:
            with suppress(FileNotFoundError):
                Path(made).unlink()


def _name(raw: Any) -> str:
    return raw if isinstance(raw, str) and len(raw) <= _LONGEST else ""


def _names(raw: Any) -> tuple[str, ...]:
    return tuple(name for item in raw if (name := _name(item))) if isinstance(raw, list) else ()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """While no other process is; the kernel lets go of the folder however this one ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
