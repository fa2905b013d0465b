"""Reader of ``.md``: YAML front matter (``title``, ``date``, ``source``, ``url``, ``id``), or a first heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import Any

from qa.sources.draft import Draft, RefusedError, draft

VERSION = "markdown-1"

_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\A\s*#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")


def read(text: str, zone: tzinfo | None) -> Iterator[Draft]:
    """The one article of a Markdown file. Raises RefusedError when its front matter is not YAML."""
    fields: dict[str, Any] = {}
    if front := _FRONT.match(text):
        fields = _front_matter(front.group(1))
        text = text[front.end() :]
    title = _text(fields.get("title"))
    if heading := _HEADING.match(text):
        title = title or heading.group(1)
        text = text[heading.end() :]
    yield draft(
        text=text,
        zone=zone,
        title=title,
        published=_text(_first(fields, "date", "published", "published_at")),
        source=_text(fields.get("source")),
        url=_text(fields.get("url")),
        key=_text(fields.get("id")),
    )


def _front_matter(block: str) -> dict[str, Any]:
    import yaml

    try:
        fields = yaml.safe_load(block)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RefusedError(
            f"its front matter is not YAML ({str(error).splitlines()[0]}); correct the lines between ---"
        ) from None
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise RefusedError("its front matter is not a list of `name: value` lines; correct the lines between ---")
    return {str(name).lower(): value for name, value in fields.items()}


def _first(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _text(value: Any) -> str | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, str | int | float) else None
