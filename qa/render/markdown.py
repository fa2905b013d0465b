"""Markdown in which no character of an article means anything but itself, and the words that marks point at."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.clean import show_line
from qa.render.whose import whose
from qa.types import Citation

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!&$@])|(?<=[a-zA-Z])(?=://)|(?<=www)(?=\.)")
_WEB = re.compile(r"https?://[^\s<>\"'`\\(){}|^\[\]]+", re.I)
_BLOCK = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
"""What begins a list or underlines a heading when it opens a line."""


def noted(citation: Citation, notes: list[str], *, once: bool = False) -> str:
    """A mark; its footnote (the quote, whose it is, and where it stands, each on a line of its own) joins ``notes``:
    with ``once`` where it is not there yet."""
    corrected = ", citation corrected" if citation.corrected else ""
    body = (
        f"“{escaped(citation.quote)}”  \n"
        f"    {escaped(whose(citation))}{f' · {linked(citation.url)}' if citation.url else ''}  \n"
        f"    article {escaped(citation.article_id)}, version {citation.version}, {citation.field} "
        f"{citation.start}–{citation.end}{corrected}"
    )
    if once and body in notes:
        return f"[^{notes.index(body) + 1}]"
    notes.append(body)
    return f"[^{len(notes)}]"


def footnotes(notes: Sequence[str]) -> list[str]:
    """The footnotes that marks point at."""
    return [f"[^{number}]: {body}" for number, body in enumerate(notes, 1)]


def web_address(url: str) -> str | None:
    """An address that may be linked to: http or https, without a character that could end a link."""
    return url if _WEB.fullmatch(url) and show_line(url) == url else None


def linked(url: str) -> str:
    """An address as a link of Markdown; as plain text where it is none of the web."""
    address = web_address(url)
    return f"<{address}>" if address else escaped(url)


def escaped(text: str) -> str:
    """Outside text on one line of Markdown, where none of its characters mean anything."""
    plain = _MARKDOWN.sub(lambda match: f"\\{match.group()}", " ".join(show_line(text).split()))
    return _BLOCK.sub(lambda m: f"{m.group()}\\" if m.group().isdigit() else f"\\{m.group()}", plain)
