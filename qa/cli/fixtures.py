"""``newsdesk fixtures``: draft them from the articles, check a file of them, show an example of every kind."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.cli.output import put, put_json
from qa.cli.writing import path_of
from qa.engine import Engine
from qa.errors import ExitCode, InputError, UsageError
from qa.export import write_export
from qa.fixtures import Mistake, Suite, load_fixtures, read_fixtures
from qa.fixtures.digest import digest_of
from qa.fixtures.drafts import Draft, Drafts, as_fields, as_json_lines, as_yaml, counted, joined
from qa.fixtures.reading import Reading
from qa.render import show_line
from qa.resources import resource_folder

_LINES = (".jsonl", ".ndjson")
_HEAD = (
    "Drafts of fixtures, made from {made} of {of} articles. Nobody has accepted them: an evaluation passes them over.",
    "Read each beside its article and correct what is wrong with it; delete the line `draft: true` of those that are",
    "right, and all lines of those that are not worth asking. `newsdesk fixtures check FILE` names every mistake.",
)


def window(options: argparse.Namespace) -> tuple[str | None, str | None]:
    """The days of the articles that are drafted from. Raises UsageError."""
    if options.date and (options.first or options.last):
        raise UsageError("--date and other days were both given", "Give --date, or --from and --to.")
    return (options.date, options.date) if options.date else (options.first, options.last)


def expect(options: argparse.Namespace) -> None:
    """Refuse at once, before anything is drafted, a file that is there already or cannot be. Raises InputError."""
    if options.out is None:
        return
    path = path_of(options.out)
    if os.path.lexists(path):
        raise InputError(f"{path} is there already", "Name another file: drafts never overwrite one.")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder", "Make it first, or name a file in another one.")


def put_drafts(options: argparse.Namespace, made: Drafts) -> ExitCode:
    """Print drafts, or write them to the file of ``--out`` and say so. Raises InputError."""
    if not made.drafts:
        raise InputError(
            f"nothing could be drafted from {made.of} dated article(s)",
            "Take more days or sources, or write fixtures by hand: `newsdesk fixtures example` shows how.",
        )
    told = _told(made)
    if options.out is None:
        if options.json:
            put_json(told)
        else:
            put(_as_yaml(made))
        return ExitCode.OK
    path = path_of(options.out)
    write_export(path, as_json_lines(made.drafts) if path.suffix.lower() in _LINES else _as_yaml(made))
    if options.json:
        put_json(told | {"file": str(path)})
    else:
        counts = _counts(counted(made.fixtures))
        put(f"{counts} drafted in {show_line(str(path))}: read them, then accept those that are right\n")
    return ExitCode.OK


def _as_yaml(made: Drafts) -> str:
    return as_yaml(made.drafts, [line.format(made=made.articles, of=made.of) for line in _HEAD])


def _told(made: Drafts) -> dict[str, Any]:
    fixtures = [{**as_fields(draft.fixtures), "about": draft.about} for draft in made.drafts]
    counts = {"articles": made.articles, "of": made.of, "complete": made.complete, "counts": counted(made.fixtures)}
    return counts | {"fixtures": fixtures}


def check(options: argparse.Namespace, engine: Engine | None) -> ExitCode:
    """All that is wrong with a file, and with ``engine`` what it names and the library has not. Raises FixtureError."""
    path = Path(options.file)
    reading = read_fixtures(path)
    absent: Sequence[Mistake] = ()
    if engine is not None and not reading.mistakes:
        from qa.founding import unfounded_in

        absent = unfounded_in(engine, Suite(name=path.name, digest="", fixtures=reading.fixtures))
    wrong = (*reading.mistakes, *absent)
    if options.json:
        put_json(_checked(reading, absent if engine is not None else None))
    else:
        put("".join(_lines(path, wrong)) + "".join(_summary(reading, absent if engine is not None else None)))
    return ExitCode.INPUT if wrong else ExitCode.OK


def _checked(reading: Reading, absent: Sequence[Mistake] | None) -> dict[str, Any]:
    accepted = [fixture for fixture in reading.fixtures if not fixture.draft]
    told: dict[str, Any] = {"file": str(reading.path), "mistakes": [_mistake(one) for one in reading.mistakes]}
    if not reading.mistakes:
        told |= {"counts": counted(reading.fixtures), "drafts": len(reading.fixtures) - len(accepted)}
        told |= {"digest": digest_of(accepted)}
    return told if absent is None else told | {"unfounded": [_mistake(one) for one in absent]}


def _mistake(one: Mistake) -> dict[str, Any]:
    return {"line": one.line or None, "what": one.what, "hint": one.hint}


def _lines(path: Path, mistakes: Sequence[Mistake]) -> Iterator[str]:
    for one in mistakes:
        yield f"{show_line(one.at(path).message)}\n  {show_line(one.hint)}\n"


def _summary(reading: Reading, absent: Sequence[Mistake] | None) -> Iterator[str]:
    name = show_line(str(reading.path))
    if reading.mistakes:
        yield f"{name}: {len(reading.mistakes)} mistake(s)\n"
        return
    drafts = sum(fixture.draft for fixture in reading.fixtures)
    note = f", {drafts} of them drafts" if drafts else ""
    yield f"{name}: {_counts(counted(reading.fixtures))}{note}\n"
    if absent is not None:
        yield f"{len(absent)} mistake(s)\n" if absent else "the library has everything that they name\n"
    if drafts < len(reading.fixtures):
        yield f"digest {digest_of(one for one in reading.fixtures if not one.draft)}\n"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name if count > 1 else name[:-1]}" for name, count in counts.items() if count)


def example(options: argparse.Namespace) -> ExitCode:
    """Print an example of every kind, about the two articles that ship."""
    path = resource_folder("fixtures") / "example.yaml"
    if options.json or options.format == "jsonl":
        drafts = [Draft(rows, "") for rows in joined(load_fixtures(path, drafts=True).fixtures)]
        if options.json:
            put_json({"fixtures": [as_fields(draft.fixtures) for draft in drafts]})
        else:
            put(as_json_lines(drafts))
    else:
        put(path.read_text(encoding="utf-8"))
    return ExitCode.OK
