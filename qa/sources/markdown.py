"""Reader of ``.md``: front matter in YAML or TOML (``title``, ``date``, ``source``, ``url``, ``id``, ``author``) as
people and Obsidian's clipper, Hugo and Zotero write it, or a first heading.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from qa.clean import clean
from qa.sources.draft import MAX_WHOLE, Draft, RefusedError, draft
from qa.sources.raw import Raw
from qa.types import Details

VERSION = "markdown-4"
_SOURCES = ("source", "publication", "publisher", "site", "website", "publicationtitle")
_NOTHING = {"", "~", "null", "Null", "NULL"}

_FRONT = re.compile(r"\A\s*---[ \t]*\n(?:(.*?)\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(?:(.*?)\n)??\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_LINKED = re.compile(r"\[\[(?:[^\[\]|\n]{0,200}\|)?([^\[\]|\n]{1,200})\]\]")
"""A link of Obsidian: ``[[Ada Winter]]``, ``[[people/ada|Ada Winter]]``."""
_WEB = re.compile(r"https?://\S+", re.I)
_HEADING = re.compile(r"\A\s*#{1,2}[ \t]([^\n]*)(?:\n|\Z)")


def read(raw: Raw, zone: tzinfo | None) -> Iterator[Draft]:
    """The one article of a Markdown file. Raises RefusedError when its front matter is not YAML."""
    text = raw.text(MAX_WHOLE)
    fields: dict[str, Any] = {}
    if front := _FRONT.match(text):
        fields = _front_matter(front.group(1) or "")
        text = text[front.end() :]
    elif toml := _TOML.match(text):
        fields = _toml(toml.group(1) or "")
        text = text[toml.end() :]
    title = _text(fields.get("title"))
    if (heading := _HEADING.match(text)) and (words := heading.group(1).strip().rstrip("#").rstrip()):
        title = title or words
        text = text[heading.end() :]
    yield draft(
        text=text,
        zone=zone,
        title=title,
        published=_text(_first(fields, "date", "published", "published_at", "publishdate")),
        source=next((name for name in _named(fields, *_SOURCES) if not _WEB.fullmatch(name)), None),
        url=next((name for name in _named(fields, "url", "link", *_SOURCES) if _WEB.fullmatch(name)), None)
        or _text(fields.get("url")),
        key=_text(fields.get("id")),
        language=_text(_first(fields, "language", "lang")),
        details=Details(author=_people(_value(fields, "author", "authors", "creator"))),
    )


def _named(fields: dict[str, Any], *names: str) -> list[str]:
    return [_plain(words) for name in names if (words := _text(fields.get(name)))]


def _value(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name)), None)


def _people(value: Any) -> str | None:
    """Names, one or a list."""
    names = [_plain(one) for one in (value if isinstance(value, list) else [value]) if _text(one)]
    return ", ".join(names) or None


def _plain(words: str) -> str:
    return _LINKED.sub(r"\1", words).strip()


def _toml(block: str) -> dict[str, Any]:
    try:
        fields = tomllib.loads(clean(block).text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RefusedError(f"its front matter is not TOML ({error}); correct the lines between +++") from None
    return {name.lower(): value if isinstance(value, list) else str(value) for name, value in fields.items()}


def _front_matter(block: str) -> dict[str, Any]:
    import yaml

    try:
        # BaseLoader makes texts of everything: a day that does not exist, an id such as 007, a title such as "No".
        fields = yaml.load(clean(block).text, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RefusedError(
            f"its front matter is not YAML ({str(error).splitlines()[0]}); correct the lines between ---"
        ) from None
    if fields is None or fields == "":
        return {}
    if not isinstance(fields, dict):
        raise RefusedError("its front matter is not a list of `name: value` lines; correct the lines between ---")
    return {str(name).lower(): value for name, value in fields.items()}


def _first(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if _text(fields.get(name))), None)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value not in _NOTHING else None
