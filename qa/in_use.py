"""The files besides config.toml that change what Newsdesk does: which are in use, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qa.errors import ConfigError
from qa.names import SHIPPED as SHIPPED_NAMES
from qa.names import names_file, read_names
from qa.prices import SHIPPED, prices_file, read_prices
from qa.prompts import VARIABLES, examine_prompt, prompt_path

_Named = TypeVar("_Named")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A file besides config.toml that changes what Newsdesk does: a prompt, or the table of prices or of names."""

    name: str
    path: Path
    own: bool
    """Whether it is the reader's; else the one that ships."""
    wrong: ConfigError | None = None

    @property
    def says(self) -> str:
        """Whose it is, and what is wrong with it."""
        return self.wrong.message if self.wrong else "yours" if self.own else "default"


def settings_files() -> list[SettingsFile]:
    """The prompt files and the prices in use, each read and checked."""
    found = []
    for name in VARIABLES:
        path, own = prompt_path(name)
        found.append(SettingsFile(f"prompt {name}", path, own, _wrong(examine_prompt, name)))
    own_prices = prices_file().exists()
    wrong = _wrong(read_prices, prices_file())
    found.append(SettingsFile("prices", prices_file() if own_prices else SHIPPED, own_prices, wrong))
    own_names = names_file().exists()
    path = names_file() if own_names else SHIPPED_NAMES
    return [*found, SettingsFile("names", path, own_names, _wrong(read_names, names_file()))]


def _wrong(read: Callable[[_Named], object], named: _Named) -> ConfigError | None:
    try:
        read(named)
    except ConfigError as error:
        return error
    return None
