"""Reader of ``.md``: YAML front matter (``title``, ``date``, ``source``, ``url``, ``id``), or a first heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from qa.clean import clean
from qa.sources.draft import Draft, RefusedError, draft

VERSION = "markdown-2"
_NOTHING = {"", "~", "null", "Null", "NULL"}

_FRONT = re.compile(r"\A\s*---[ \t]*\n(?:(.*?)\n)??(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\A\s*#{1,2}[ \t]([^\n]*)(?:\n|\Z)")


def read(text: str, zone: tzinfo | None) -> Iterator[Draft]:
    """The one article of a Markdown file. Raises RefusedError when its front matter is not YAML."""
    fields: dict[str, Any] = {}
    if front := _FRONT.match(text):
        fields = _front_matter(front.group(1) or "")
        text = text[front.end() :]
    title = _text(fields.get("title"))
    if (heading := _HEADING.match(text)) and (words := heading.group(1).strip().rstrip("#").rstrip()):
        title = title or words
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
