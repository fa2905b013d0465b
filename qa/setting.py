"""One setting as a person wrote it (in TOML, the environment or an option), read as what it is. Raises ConfigError."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from qa.errors import ConfigError

Read = Callable[[str, str], Any]
"""Name and text of a setting to its value."""
LENGTHS = ("short", "medium", "long")
"""Lengths of a briefing that have a name."""
_MOST_STORIES = 500


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


def at_most(most: int) -> Read:
    """A whole number from 1 to ``most``."""

    def read(name: str, text: str) -> int:
        plain = text.strip()
        if not (plain.isascii() and plain.isdigit() and 1 <= int(plain) <= most):
            raise ConfigError(f"{name} {text!r} is not a whole number from 1 to {most}", f"Write {name} = 4.")
        return int(plain)

    return read


def table(where: str, value: object) -> dict[str, str]:
    """A table of names with a key or several (a list, or with commas between)."""
    example = 'Write [keys] and below it, for example, "ask.copy" = "y,ctrl+y".'
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: keys must be a table", example)
    read: dict[str, str] = {}
    for name, given in _flat(value):
        keys = [key.strip() for key in (given if isinstance(given, list) else [given]) if isinstance(key, str)]
        if not all(keys) or len(keys) != (len(given) if isinstance(given, list) else 1) or not keys:
            raise ConfigError(f"{where}: the key of {name} must be a text that is not empty", example)
        read[name] = ",".join(keys)
    return read


def _flat(value: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    """``ask.copy = "y"`` without quotation marks is a table in a table, and means the same."""
    for name, given in value.items():
        if isinstance(given, dict):
            yield from _flat(given, f"{before}{name}.")
        else:
            yield f"{before}{name}", given


def length(name: str, text: str) -> str | int:
    """How long a briefing is: a word, or a number of stories."""
    plain = text.strip().lower()
    if plain in LENGTHS:
        return plain
    if not (plain.isascii() and plain.isdigit() and 1 <= int(plain[:9]) <= _MOST_STORIES):
        raise ConfigError(
            f"{name} {text!r} is no length of a briefing",
            f"Write {', '.join(LENGTHS)}, or a number of stories from 1 to {_MOST_STORIES}.",
        )
    return int(plain)


def briefing(where: str, value: object) -> dict[str, Any]:
    """The table of what a reader wants in a briefing, as settings ``briefing_topics``, ``_sources`` and ``_length``."""
    example = 'Write [briefing] and below it, for example, topics = ["customs union"], sources = [], length = "medium".'
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: briefing must be a table", example)
    if unknown := sorted(value.keys() - {"topics", "sources", "length"}):
        raise ConfigError(f"{where}: [briefing]: unknown setting {unknown[0]!r}", example)
    read: dict[str, Any] = {}
    for name, given in value.items():
        if name == "length":
            plain = isinstance(given, str | int) and not isinstance(given, bool)
            read["briefing_length"] = length(f"{where}: [briefing]: length", str(given) if plain else "")
            continue
        if not (isinstance(given, list) and all(isinstance(one, str) and one.strip() for one in given)):
            raise ConfigError(f"{where}: [briefing]: {name} must be a list of texts that are not empty", example)
        read[f"briefing_{name}"] = tuple(dict.fromkeys(" ".join(one.split()) for one in given))
    return read


READ: Mapping[str, Read] = {
    "rerank": choice("off", "llm"),
    "verify": choice("code", "llm"),
    "failed": choice("strike", "drop"),
    "repair": switch,
    "fetch_private": switch,
    "journal": switch,
    "daily_budget": dollars,
    "max_cost": dollars,
    "context_tokens": tokens(1024),
    "reply_tokens": tokens(64),
    "stories_at_once": at_most(32),
    "cases_at_once": at_most(32),
}
"""The settings that are not plain texts."""
