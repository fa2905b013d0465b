"""A piece of HTML in a feed as plain text, a paragraph a line; what is not shown is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from lxml import html as markup

_MOST = 4_000_000
_LEFT_OUT = frozenset("script style noscript template svg iframe object form button nav".split())
_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol "
    "p pre section table tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def parse(data: bytes, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The texts of a list of pieces of HTML."""
    return {"texts": [{"text": plain(piece)} for piece in json.loads(data)]}


def plain(html: str) -> str:
    """The words of a piece of HTML."""
    if "<" not in html and "&" not in html:
        return html.strip()
    try:
        tree = markup.document_fromstring(f"<div>{html[:_MOST]}</div>".replace("\x00", ""))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^<>]{0,2000}>", " ", html[:_MOST]).strip()
    return "\n".join(shown_lines(tree))


def shown_lines(tree: Any) -> list[str]:
    """The lines that a tree shows."""
    lines = (" ".join(line.split()) for line in "".join(_words(tree)).split("\n"))
    return [line for line in lines if line]


def _words(tree: Any) -> Iterator[str]:
    """What stands in a tree, with a newline around each block."""
    left_out = None
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if left_out is None and event == "start":
            if (
                tag in _LEFT_OUT
                or tag in ("head", "title")
                or _HIDDEN.search(element.get("style") or "")
                or element.get("hidden") is not None
            ):
                left_out = element
            else:
                yield "\n" if tag in _BLOCKS else ""
                yield _spaced(element.text)
        elif event != "start":
            if left_out is element:
                left_out = None
            if left_out is None:
                yield "\n" if tag in _BLOCKS else " " if tag in _CELLS else ""
                yield _spaced(element.tail)


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split("\n"))
