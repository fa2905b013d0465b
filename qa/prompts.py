"""Prompts: Markdown files that ship in ``prompts/``, or the reader's own in the configuration folder.

A file is two templates (``string.Template``: ``$name``, ``$$`` for a dollar sign). The first line that is
``---`` and nothing else ends the system part; the rest of the file is the user part.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from qa.config import config_folder
from qa.errors import ConfigError
from qa.resources import resource_folder

_COMMON = frozenset({"as_of", "evidence", "fence"})
VARIABLES = {
    "answer": _COMMON | {"question", "refusal", "window"},
    "brief": _COMMON | {"added", "headline", "refusal", "told", "window"},
    "repair": _COMMON | {"refusal", "sentences", "task"},
    "opinion": _COMMON | {"sentences"},
    "rerank": _COMMON | {"highest", "question"},
    "draft": frozenset({"evidence", "fence"}),
    "followup": frozenset({"as_of", "conversation", "fence", "question"}),
    "judge": frozenset({"as_of", "case", "fence"}),
}
"""The prompts there are, and what each is filled with."""
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_SEPARATOR = re.compile(r"^---[ \t]*\n", re.M)
_HINT = "Correct the file, or delete it to use the prompt that ships with Newsdesk."


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file, read and checked."""

    name: str
    path: Path
    system: str
    user: str
    hash: str
    """First 12 hex digits of the SHA-256 of the file."""

    @property
    def variables(self) -> frozenset[str]:
        """The names that ``fill`` must be given."""
        return frozenset(Template(self.system).get_identifiers() + Template(self.user).get_identifiers())

    def fill(self, **values: str) -> tuple[str, str]:
        """System and user message with every variable replaced, once: ``$`` in a value stays as it is.

        Raises ConfigError naming a variable that the file uses and ``values`` lacks, or the other way round.
        """
        if unknown := sorted(self.variables - values.keys()):
            known = ", ".join(f"${name}" for name in sorted(values))
            raise ConfigError(f"{self.path}: unknown variable ${unknown[0]}", f"It may use {known}. {_HINT}")
        if unused := sorted(values.keys() - self.variables):
            raise ConfigError(f"{self.path}: the variable ${unused[0]} is not used", _HINT)
        return Template(self.system).substitute(values), Template(self.user).substitute(values)


def load_prompt(name: str) -> Prompt:
    """The prompt ``name``: ``prompts/NAME.md`` in the configuration folder, else the one that ships.

    Raises ConfigError when there is none, or when the file cannot be read or is not a prompt.
    """
    path, _ = prompt_path(name)
    return _read(name, path)


def prompt_path(name: str) -> tuple[Path, bool]:
    """The file of the prompt ``name``, and whether it is the reader's own. Raises ConfigError when there is none."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is not the name of a prompt", "Names are small letters, digits and hyphens.")
    own = config_folder() / "prompts" / f"{name}.md"
    return (own, True) if own.exists() else (_shipped(name), False)


def examine_prompt(name: str) -> Prompt:
    """The prompt ``name``, filled to see whether it can be: raises ConfigError as ``load_prompt`` and ``fill`` do."""
    prompt = load_prompt(name)
    prompt.fill(**dict.fromkeys(VARIABLES[name], ""))
    return prompt


def _shipped(name: str) -> Path:
    try:
        path = resource_folder("prompts") / f"{name}.md"
    except FileNotFoundError as error:
        raise ConfigError(str(error), "Install newsdesk again.") from None
    if not path.is_file():
        raise ConfigError(f"there is no prompt {name!r}", "Install newsdesk again.")
    return path


def _read(name: str, path: Path) -> Prompt:
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", _HINT) from None
    system, user = _parts(path, text)
    for part in (system, user):
        if not Template(part).is_valid():
            raise ConfigError(f"{path}: a $ that begins no variable", f"Write $$ for a dollar sign. {_HINT}")
    return Prompt(name, path, system, user, hashlib.sha256(raw).hexdigest()[:12])


def _parts(path: Path, text: str) -> tuple[str, str]:
    parts = _SEPARATOR.split(text, maxsplit=1)
    if len(parts) != 2:
        raise ConfigError(f"{path}: no line '---' between the system part and the user part", _HINT)
    system, user = (part.strip() for part in parts)
    if not system or not user:
        raise ConfigError(f"{path}: the part {'after' if system else 'before'} the line '---' is empty", _HINT)
    return system, user
