"""Fixtures: questions with what is expected of their answers, in YAML (a list) or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qa.errors import FixtureError
from qa.types import Status

_FIELDS = {"id", "question", "as_of", "from", "to", "sources", "expect"}
_EXPECT = {"status", "contains_any", "evidence", "articles"}


@dataclass(frozen=True, slots=True)
class Fixture:
    """One question, how it is asked, and what its answer must be."""

    id: str
    question: str
    as_of: str | None
    first: str | None
    last: str | None
    sources: tuple[str, ...]
    status: Status
    contains_any: tuple[str, ...]
    """The answer holds one of these (white space, case and quotation marks aside)."""
    evidence: tuple[str, ...]
    """Sentences, verbatim, that a relevant passage holds one of."""
    articles: tuple[str, ...]
    """Ids, URLs or file names of relevant articles."""
    line: int


def load_fixtures(path: Path) -> list[Fixture]:
    """The fixtures of a file. Raises FixtureError naming file and line of the first mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FixtureError(
            f"{path}: {getattr(error, 'strerror', None) or error}", "Name a UTF-8 file of fixtures."
        ) from None
    lines = _json_lines(path, text) if path.suffix.lower() in {".jsonl", ".ndjson"} else _yaml(path, text)
    found: list[Fixture] = []
    seen: dict[str, int] = {}
    for line, fields in lines:
        fixture = _fixture(path, line, fields)
        if fixture.id in seen:
            raise _wrong(
                path, line, f"id {fixture.id!r} stands already in line {seen[fixture.id]}", "Give each its own id."
            )
        seen[fixture.id] = line
        found.append(fixture)
    if not found:
        raise FixtureError(f"{path}: holds no fixtures", "Write at least one question with what is expected.")
    return found


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise _wrong(path, number, f"not JSON ({error})", "Each line is one JSON object.") from None


def _yaml(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    import yaml

    class Loader(yaml.SafeLoader):
        """Days stay text, so that one that does not exist is named like any other mistake."""

        yaml_implicit_resolvers = {  # noqa: RUF012 - the base class's form
            first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    line = 1
    try:
        loader = Loader(text)
        root = loader.get_single_node()
        if root is None:
            return
        if not isinstance(root, yaml.SequenceNode):
            raise _wrong(path, 1, "not a list", "Begin each fixture with `- id: …`.")
        for node in root.value:
            line = node.start_mark.line + 1
            yield line, loader.construct_document(node)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, line, f"not a value of YAML ({error})", "Correct it.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _wrong(
            path, mark.line + 1 if mark else 1, getattr(error, "problem", None) or "not YAML", "Correct it."
        ) from None


def _fixture(path: Path, line: int, fields: Any) -> Fixture:
    fields = _mapping(path, line, fields, _FIELDS, "a fixture")
    expect = _mapping(path, line, fields.get("expect"), _EXPECT, "expect")
    status = _text(path, line, expect, "status")
    if status not in {s.value for s in Status}:
        raise _wrong(path, line, f"status {status!r} is unknown", "Use answered, partial or insufficient.")
    question, name = _text(path, line, fields, "question"), _text(path, line, fields, "id")
    if not (question and question.strip() and name and name.strip()):
        raise _wrong(path, line, "id and question are required", "Give both, as text.")
    first, last = _day(path, line, fields, "from"), _day(path, line, fields, "to")
    if first and last and last < first:
        raise _wrong(path, line, f"'to' ({last}) is before 'from' ({first})", "Exchange them.")
    return Fixture(
        id=name,
        question=question,
        as_of=_day(path, line, fields, "as_of"),
        first=first,
        last=last,
        sources=_texts(path, line, fields, "sources"),
        status=Status(status),
        contains_any=_texts(path, line, expect, "contains_any"),
        evidence=_texts(path, line, expect, "evidence"),
        articles=_texts(path, line, expect, "articles"),
        line=line,
    )


def _mapping(path: Path, line: int, value: Any, known: set[str], what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(path, line, f"{what} is not a mapping", f"It has the fields {', '.join(sorted(known))}.")
    if unknown := sorted(str(name) for name in value if name not in known):
        raise _wrong(path, line, f"{what} has an unknown field {unknown[0]!r}", f"Known: {', '.join(sorted(known))}.")
    return value


def _text(path: Path, line: int, fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(path, line, f"{name} is not a text", "Put it into quotation marks.")
    return str(value)


def _texts(path: Path, line: int, fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or any(isinstance(v, bool) or not isinstance(v, str | int | float) for v in value):
        raise _wrong(path, line, f"{name} is not a list of texts", 'Write it as a list: ["…"].')
    if any(not str(v).strip() for v in value):
        raise _wrong(path, line, f"{name} holds an empty text", "Leave it out, or write what you mean.")
    return tuple(str(v) for v in value)


def _day(path: Path, line: int, fields: Mapping[str, Any], name: str) -> str | None:
    text = _text(path, line, fields, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _wrong(path, line, f"{name} {text!r} is no day", "Write it as 2026-02-05; the day must exist.") from None


def _wrong(path: Path, line: int, what: str, hint: str) -> FixtureError:
    return FixtureError(f"{path}:{line}: {what}", hint)
