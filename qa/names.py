"""Names that mean the same: a table that ships, with the reader's own ``names.txt`` in the configuration folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from qa.config import config_folder
from qa.errors import ConfigError

FORM = "Türkiye = Turkey"
SHIPPED = Path(__file__).with_name("names.txt")
Group = tuple[str, ...]


def names_file() -> Path:
    """Where the reader's own names are, if there are any."""
    return config_folder() / "names.txt"


def names_in_use() -> tuple[Group, ...]:
    """All groups of names, the reader's first. Raises ConfigError for a wrong file."""
    return (*read_names(names_file()), *read_names(SHIPPED))


def read_names(path: Path) -> tuple[Group, ...]:
    """The groups of names of a file, in order; none where there is no such file. Raises ConfigError, which tells the
    line, for a wrong one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", f"It is UTF-8 text with lines such as: {FORM}") from None
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if plain := line.partition("#")[0].strip():
            group = tuple(" ".join(name.split()) for name in plain.split("="))
            if len(group) < 2 or not all(any(c.isalnum() for c in name) for name in group):
                raise ConfigError(f"{path}:{number}: {plain[:60]!r} is no group of names", f"Write it as: {FORM}")
            found.append(group)
    return tuple(found)


@lru_cache(maxsize=8)
def alike(groups: Sequence[Group]) -> Callable[[str], str]:
    """A function that writes each name of ``groups`` in the shortest form of its group, in a text of the same length
    (filled up with spaces), so that positions hold. Names count as written, capitals and accents too."""
    shortest: dict[str, str] = {}
    for group in groups:
        brief = min(group, key=len)
        shortest.update({name: brief for name in group if name != brief and name not in shortest})
    if not shortest:
        return str
    names = sorted(shortest, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    return lambda text: pattern.sub(lambda match: shortest[match.group()].ljust(len(match.group())), text)
