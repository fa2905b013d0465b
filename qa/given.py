"""What a reader names to be read: addresses of the web, files, folders, patterns."""

from __future__ import annotations

from pathlib import Path

ENDINGS = {
    "txt": (".txt",),
    "md": (".md", ".markdown"),
    "html": (".html", ".htm", ".xhtml", ".mhtml", ".mht"),
    "pdf": (".pdf",),
    "jsonl": (".jsonl", ".ndjson"),
    "csv": (".csv", ".tsv"),
    "feed": (".rss", ".atom", ".rdf", ".xml"),
    "json": (".json",),
    "opml": (".opml",),
}
"""The formats that have a reader, and the endings of their files."""
PACKED = ".gz"


def is_web(place: str) -> bool:
    """Whether a place is an address of the web."""
    return place[:8].lower().startswith(("http://", "https://"))


def given(argument: str) -> str | Path:
    """An argument: an address as a text, anything else as a path."""
    return argument if is_web(argument) else Path(argument)


def given_in(line: str) -> tuple[str | Path, ...]:
    """What a line names: one path, which may have spaces, in quotes or not; or addresses with spaces between them."""
    typed = line.strip().strip("'\"").strip()
    several = typed.split()
    if several and all(map(is_web, several)):
        return tuple(dict.fromkeys(several))
    return (given(typed),) if typed else ()


def has_reader(name: str) -> bool:
    """Whether files of this name can be read, by its ending."""
    ending = Path(name.lower().removesuffix(PACKED)).suffix
    return any(ending in some for some in ENDINGS.values())
