"""Print what Newsdesk depends on, as docs/dependencies.md has it: version, licence, size, what each brings along.

Sizes are those of the files that the installed packages list as theirs, in MB (10^6 bytes), without what Python makes.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def named(requirement: str) -> str:
    """The name in a requirement, as PEP 503 writes it."""
    found = _NAME.match(requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def needed(name: str) -> set[str]:
    """The packages that one asks for itself, extras apart, as far as they are installed here."""
    told = installed(name)
    wanted = {named(one) for one in (told.requires if told else None) or () if "extra ==" not in one}
    return {one for one in wanted if installed(one)}


def brought(names: set[str]) -> set[str]:
    """All that these packages need, themselves included."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        found |= waiting
        waiting = {inner for name in waiting for inner in needed(name)} - found
    return found


def installed(name: str) -> Distribution | None:
    """An installed package."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def size(name: str) -> float:
    """Megabytes of a package's files."""
    told = installed(name)
    files = [Path(str(one.locate())) for one in (told.files if told else None) or () if "__pycache__" not in str(one)]
    return sum(path.stat().st_size for path in files if path.is_file()) / 1e6


def licence(name: str) -> str:
    """A package's licence by its own word."""
    told = installed(name)
    if told is None:
        return "not installed"
    stated = (told.metadata["License-Expression"] or told.metadata["License"] or "").strip().partition("\n")[0]
    classified = [one.rpartition(" :: ")[2] for one in told.metadata.get_all("Classifier") or () if "License ::" in one]
    return stated or ", ".join(classified)


def main() -> None:
    """Print the table."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = sorted(named(one) for one in project["dependencies"])
    print("| package | version | licence | MB | brings with it alone |\n|---|---|---|---|---|")
    for name in direct:
        others = brought({one for one in direct if one != name})
        alone = sorted(brought({name}) - others - {name})
        told = installed(name)
        with_it = f"{', '.join(alone)} ({sum(map(size, alone)):.1f} MB)" if alone else ""
        print(f"| {name} | {told.version if told else '-'} | {licence(name)} | {size(name):.1f} | {with_it} |")
    everything = brought(set(direct))
    print(f"\n{len(everything)} packages, {sum(map(size, everything)):.0f} MB")


if __name__ == "__main__":
    main()
