"""Changes that harm nobody, by name: the gate must stay green on each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from planted.planting import tremble
from planted.trials import Bench, Outcome

_ROUNDED = 0.0005
"""By how much the cosine of a text's vectors on two kinds of processors may fall short of 1."""


@dataclass(frozen=True, slots=True)
class Harmless:
    """One change."""

    says: str
    trial: Callable[[Bench], Outcome]


def _in_environment(**environment: str) -> Callable[[Bench], Outcome]:
    return lambda bench: bench.tried(bench.library, environment=environment)


def _with(*options: str) -> Callable[[Bench], Outcome]:
    return lambda bench: bench.tried(bench.library, *options)


def _moved(bench: Bench) -> Outcome:
    place = bench.scratch / "another place" / "bibliothèque"
    place.parent.mkdir()
    shutil.copytree(bench.library, place)
    return bench.tried(place)


def _in_two_goes(bench: Bench) -> Outcome:
    files = _files(bench)
    return _stocked(bench, "in-two-goes", [files[1::2], files[::2]])


def _one_by_one_backwards(bench: Bench) -> Outcome:
    files = _files(bench)
    return _stocked(bench, "backwards", [[file] for file in reversed(files[:6])] + [[*reversed(files[6:])]])


def _read_twice(bench: Bench) -> Outcome:
    return _stocked(bench, "read-twice", [[bench.articles], [bench.articles]])


def _elsewhere(bench: Bench) -> Outcome:
    """The articles in another folder, under other names."""
    folder = bench.scratch / "elsewhere"
    folder.mkdir()
    for n, file in enumerate(reversed(_files(bench))):
        shutil.copy(file, folder / f"{n:03}{file.suffix}")
    return _stocked(bench, "from-elsewhere", [[folder]])


def _fixtures_turned(bench: Bench) -> Outcome:
    """The same fixtures with comments and empty lines more."""
    text = bench.fixtures.read_text(encoding="utf-8")
    other = bench.scratch / bench.fixtures.name
    other.write_text("# Somebody's comment.\n" + text.replace("\n- id:", "\n\n# and another\n- id:"), encoding="utf-8")
    return replace(bench, fixtures=other).tried(bench.library)


def _files(bench: Bench) -> list[Path]:
    return sorted(path for path in bench.articles.iterdir() if path.is_file())


def _stocked(bench: Bench, name: str, among: list[list[Path]]) -> Outcome:
    library = bench.scratch / name
    stocked = bench.stocked(library, among=among)
    return bench.tried(library) if stocked.is_green else stocked


def _another_processor(bench: Bench) -> Outcome:
    place = bench.scratch / "another-processor"
    shutil.copytree(bench.library, place, ignore=shutil.ignore_patterns("sentences*"))  # vectors that are kept
    return bench.tried(place, fault="another-processor")


PLANTED: Mapping[str, Callable[[], None]] = {"another-processor": lambda: tremble(_ROUNDED)}
"""What is planted for the changes below."""

HARMLESS: Mapping[str, Harmless] = {
    "again": Harmless("nothing changed", _with()),
    "three-at-once": Harmless("three cases at once", _with("--at-once", "3")),
    "another-time-zone": Harmless("a machine in Auckland", _in_environment(TZ="Pacific/Auckland")),
    "another-locale": Harmless("a plain C locale, narrow", _in_environment(LC_ALL="C", LANG="C", COLUMNS="40")),
    "another-hash-seed": Harmless("sets in another order", _in_environment(PYTHONHASHSEED="7")),
    "another-processor": Harmless("vectors rounded otherwise, in questions and sentences", _another_processor),
    "another-folder": Harmless("the library lies elsewhere", _moved),
    "in-two-goes": Harmless("the articles are read in two goes", _in_two_goes),
    "backwards": Harmless("the articles are read last first, some by themselves", _one_by_one_backwards),
    "read-twice": Harmless("the articles are read twice", _read_twice),
    "from-elsewhere": Harmless("the articles lie in another folder under other names", _elsewhere),
    "fixtures-commented": Harmless("the fixtures have other comments and empty lines", _fixtures_turned),
}
"""All of them, in the order of a run."""
