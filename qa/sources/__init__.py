"""Readers of what people have: one file a format, one line in a table."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from types import ModuleType

from qa.errors import InputError
from qa.given import ENDINGS, PACKED
from qa.sources import feed, html, jsonfeed, jsonl, markdown, opml, pdf, seed, table
from qa.sources.dated import dated
from qa.sources.draft import Draft, RefusedError
from qa.sources.raw import Raw, of_bytes, of_file
from qa.types import Problem

__all__ = [
    "FORMATS",
    "Draft",
    "Found",
    "Raw",
    "RefusedError",
    "feed_links",
    "format_of",
    "known_types",
    "of_bytes",
    "of_file",
    "opml",
    "place_of",
    "read",
    "read_file",
    "reader_version",
    "walk",
]

_READERS: dict[str, ModuleType] = {
    "txt": seed,
    "md": markdown,
    "html": html,
    "pdf": pdf,
    "jsonl": jsonl,
    "csv": table,
    "feed": feed,
    "json": jsonfeed,
    "opml": opml,
}
"""A format's reader. It has ``VERSION`` and ``read(raw, zone)``."""
FORMATS = {name: (reader, ENDINGS[name]) for name, reader in _READERS.items()}
"""A format's name, its reader, and the endings of its files."""
_BY_SUFFIX = {suffix: name for name, (_, suffixes) in FORMATS.items() for suffix in suffixes}
_MANY_KINDS = {".xml", ".json"}
"""Endings of files of any kind: in a folder only those are read that are seen to be feeds or lists of feeds."""
_NOT_THE_READERS = frozenset({"node_modules", "__MACOSX", "__pycache__"})
"""Folders that programs fill."""
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,300}\?>\s*|<!--.{0,2000}?-->\s*|<\?xml-stylesheet[^>]{0,300}\?>\s*|<!doctype\s[^>\[]{0,300}>\s*)*"
    rb"<(?:[a-z]{1,10}:)?(html|head|body|rss|feed|rdf|opml)[\s>]",
    re.I | re.S,
)
_FORMAT_OF_ROOT = {b"html": "html", b"head": "html", b"body": "html", b"opml": "opml"}
_HTML_TYPE = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)*<!doctype\s+html", re.I | re.S)
_JSON_FEED = re.compile(rb"\s*\{.{0,4000}?\"version\"\s*:\s*\"https://jsonfeed\.org/", re.S)
_ANY = frozenset({"txt", "html", "feed", "opml", ""})
"""Formats whose files are often something else than their name says."""


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, in a stable order, and how many files of other types the folders hold."""

    files: tuple[Path, ...]
    skipped: int
    problems: tuple[Problem, ...]


def known_types() -> str:
    """The file types that can be read, for messages."""
    return ", ".join(sorted(_BY_SUFFIX))


def format_of(raw: Raw, named: str = "") -> str:
    """The name of the format of what is read: as ``named`` or as its ending says, and where that is often wrong as its
    first bytes say; empty when there is no reader for it. Raises RefusedError, OSError."""
    by_name = named or _named(Path(raw.name))
    if by_name not in _ANY:
        return by_name
    head = raw.head().removeprefix(codecs.BOM_UTF8)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if root := _MARKUP.match(head):
        return _FORMAT_OF_ROOT.get(root.group(1).lower(), "feed")
    if _HTML_TYPE.match(head):
        return "html"
    return by_name or _json_of(head)


def _json_of(head: bytes) -> str:
    """ "jsonl" or "json" where first bytes are those of one, else empty."""
    if _JSON_FEED.match(head):
        return "json"
    first, newline, rest = head.strip().partition(b"\n")
    if first[:1] == b"{" and first.rstrip().endswith(b"}") and (not newline or rest.lstrip()[:1] == b"{"):
        return "jsonl"
    return "json" if re.match(rb"[{\[]\s*[{\"\]}]", first + rest[:200]) else ""


def feed_links(raw: Raw) -> list[str]:
    """The feeds that a page names in its head. Raises RefusedError."""
    return html.feed_links(raw)


def reader_version(raw: Raw, named: str = "") -> str:
    """Name and version of the reader of a file: when it changes, the file is parsed again. Raises RefusedError."""
    name = format_of(raw, named)
    return str(FORMATS[name][0].VERSION) if name else ""


def walk(arguments: list[Path]) -> Found:
    """The files under ``arguments`` (files, folders and patterns). A missing one is a Problem; hidden files and what
    browsers put beside a saved page are passed over."""
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    skipped = 0
    for argument in arguments:
        paths = [path] if (path := place_of(argument)) else _matching(argument)
        if not paths:
            problems.append(Problem(str(argument), None, "there is no such file or folder; check the name"))
        for path in paths:
            known, others = _files_in(path) if path.is_dir() else ([path], 0)
            skipped += others
            for file in known:
                if why := _refusal(file):
                    problems.append(Problem(str(argument if file == path and len(paths) == 1 else file), None, why))
                else:
                    files[file] = None
    return Found(tuple(files), skipped, tuple(problems))


def place_of(argument: Path) -> Path | None:
    """The real path of a file or folder, None when there is none."""
    try:
        return argument.expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # a name too long, a loop of links, a home folder that is not known
        return None


def _matching(argument: Path) -> list[Path]:
    """Files and folders that a pattern names (``news/*.html``, ``**/2026-*.md``), in order."""
    try:
        pattern = argument.expanduser()
        parts = pattern.parts
        first = next((n for n, part in enumerate(parts) if re.search(r"[*?\[]", part)), len(parts))
        if first == len(parts):
            return []
        found = Path(*parts[:first]).glob(str(Path(*parts[first:])))
        return [place for path in sorted(found) if (place := place_of(path))]
    except (OSError, RuntimeError, ValueError, NotImplementedError):
        return []


def _files_in(folder: Path) -> tuple[list[Path], int]:
    """The files of a folder that have a reader, and how many others there are."""
    known: list[Path] = []
    skipped = 0
    for inner in sorted(folder.rglob("*")):
        parts = inner.relative_to(folder).parts
        if (
            any(part.startswith(".") or part in _NOT_THE_READERS for part in parts)
            or not inner.is_file()
            or _is_beside_a_page(folder, inner)
        ):
            continue
        if _has_reader(inner):
            known.append(inner.resolve())
        else:
            skipped += 1
    return known, skipped


def _is_beside_a_page(folder: Path, inner: Path) -> bool:
    """Whether a file lies in the folder of pictures and frames that a browser saves beside a page."""
    for above in inner.relative_to(folder).parents:
        page, mark, rest = str(above).rpartition("_files")
        if mark and not rest and any((folder / f"{page}{ending}").is_file() for ending in (".html", ".htm")):
            return True
    return False


def _named(path: Path) -> str:
    """The format that the ending of a name stands for, also before ``.gz``; empty for another."""
    name = path.name.lower()
    return _BY_SUFFIX.get(Path(name.removesuffix(PACKED)).suffix, "")


def _has_reader(path: Path) -> bool:
    name = _named(path)
    if not name or Path(path.name.lower().removesuffix(PACKED)).suffix not in _MANY_KINDS:
        return bool(name)
    try:
        head = of_file(path).head()
    except (OSError, RefusedError):
        return False
    return bool(_MARKUP.match(head.removeprefix(codecs.BOM_UTF8)) or _JSON_FEED.match(head))


def _refusal(path: Path) -> str:
    """Why a file is not read at all, empty when it is."""
    if not _named(path):
        kind = path.suffix or "a file without an ending"
        return f"cannot read {kind}; known types: {known_types()}"
    if not path.is_file():
        return "not a file; name a file or a folder"
    if not str(path).isprintable() and any("\ud800" <= character <= "\udfff" for character in str(path)):
        return "its name is not UTF-8; rename it"
    return ""


def read_file(path: Path, zone: tzinfo | None) -> Iterator[Draft | Problem]:
    """The articles of one file; what cannot be read is a Problem with its remedy, and reading goes on."""
    return read(of_file(path), zone)


def read(raw: Raw, zone: tzinfo | None, named: str = "") -> Iterator[Draft | Problem]:
    """The articles of a file, a page or standard input, as of the format ``named`` or of the one it is."""
    nothing = True
    try:
        name = format_of(raw, named)
        if not name:
            named_by = "" if raw.url else "; where it is one of them, say which with --format"
            raise RefusedError(f"it is nothing that can be read; known types: {', '.join(FORMATS)}{named_by}")
        for item in FORMATS[name][0].read(raw, zone):
            nothing = False
            alone = isinstance(item, Draft) and item.line is None and not item.item
            yield dated(item, zone, raw.name if alone else "") if isinstance(item, Draft) else item
        if nothing:
            raise RefusedError("the file is empty; save it again, or take it away")
    except RefusedError as reason:
        yield Problem(raw.place, None, str(reason))
    except (OSError, InputError) as error:
        yield Problem(
            raw.place, None, f"{getattr(error, 'strerror', None) or error}; check the file and its permissions"
        )
