"""One setting as a person wrote it (in TOML, the environment or an option), read as what it is. Raises ConfigError."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from qa.errors import ConfigError

Read = Callable[[str, str], Any]
"""Name and text of a setting to its value."""


def choice(*known: str) -> Read:
    """One of a few words."""

    def read(name: str, text: str) -> str:
        if text.strip() not in known:
            words = " or ".join(f'{name} = "{word}"' for word in known)
            raise ConfigError(f"{name} {text!r} is unknown", f"Write {words}.")
        return text.strip()

    return read


def switch(name: str, text: str) -> bool:
    """True or false."""
    known = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
    if text.strip().lower() not in known:
        raise ConfigError(f"{name} {text!r} is neither true nor false", f"Write {name} = true or {name} = false.")
    return known[text.strip().lower()]


def dollars(name: str, text: str) -> float:
    """An amount of money, in US dollars."""
    try:
        amount = float(text.strip().removeprefix("$"))
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or amount < 0:
        raise ConfigError(f"{name} {text!r} is not an amount of money", f"Write dollars, such as {name} = 0.50.")
    return amount


def tokens(least: int, most: int = 10_000_000) -> Read:
    """A number of tokens."""

    def read(name: str, text: str) -> int:
        plain = text.strip().replace("_", "")
        if not (plain.isascii() and plain.isdigit() and least <= int(plain) <= most):
            raise ConfigError(f"{name} {text!r} is not a number of tokens from {least} up", f"Write {name} = 8192.")
        return int(plain)

    return read


READ: Mapping[str, Read] = {
    "rerank": choice("off", "llm"),
    "verify": choice("code", "llm"),
    "failed": choice("strike", "drop"),
    "repair": switch,
    "journal": switch,
    "daily_budget": dollars,
    "max_cost": dollars,
    "context_tokens": tokens(1024),
    "reply_tokens": tokens(64),
}
"""The settings that are not plain texts."""
