"""What a wheel holds, where the shipped folders are found, and what the locks promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from qa.resources import resource_folder

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("newsdesk-*.whl")
    return path


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_wheel_holds_the_packages_the_data_and_the_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert _files(ROOT / "qa") <= names
    assert _files(ROOT / "tui") <= names
    assert {f"qa/data/{name}" for name in _files(ROOT / "prompts") | _files(ROOT / "seeds")} <= names
    (info,) = {name.split("/")[0] for name in names if ".dist-info/" in name}
    licences = {
        "LICENSE",
        "qa/assets/NOTICE",
        "qa/assets/LICENSE-APACHE-2.0",
        "qa/assets/LICENSE-MIT-tiktoken",
    }
    assert {f"{info}/licenses/{name}" for name in licences} <= names


def test_a_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"qa", "tui"}
    assert not [name for name in names if name.endswith(".pyc") or "/test" in name]


def test_a_wheel_carries_prompts_and_seeds_inside_qa(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from qa.resources import resource_folder\n"
        "for name in ('prompts', 'seeds', 'assets'): print(resource_folder(name))"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", code, str(tmp_path)]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    qa = tmp_path.resolve() / "qa"
    assert said.splitlines() == [str(qa / "data" / "prompts"), str(qa / "data" / "seeds"), str(qa / "assets")]
    for name in ("prompts", "seeds"):
        shipped = {path.name: path.read_bytes() for path in (qa / "data" / name).iterdir()}
        assert shipped
        assert shipped == {path.name: path.read_bytes() for path in (ROOT / name).iterdir()}


def test_a_checkout_has_prompts_and_seeds_at_its_top() -> None:
    assert resource_folder("prompts") == ROOT / "prompts"
    assert resource_folder("seeds") == ROOT / "seeds"


def test_a_missing_folder_says_what_to_do() -> None:
    with pytest.raises(FileNotFoundError, match="install it again"):
        resource_folder("no-such-folder")


def _pinned(lock: str) -> dict[str, list[Requirement]]:
    pinned: dict[str, list[Requirement]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix("\\"))
            pinned.setdefault(_normal(requirement.name), []).append(requirement)
    return pinned


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_version_with_hashes_and_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    for entry in re.split(r"\n(?=\S)", body.strip()):
        first, *hashes = entry.split(" \\\n")
        assert re.search(r"==[^=*]+$", first.split(";")[0].strip()), first
        assert hashes, first
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}", line) for line in hashes), first
    assert "://" not in text
    assert "torch" not in _pinned(lock)


def test_the_dev_lock_holds_the_runtime_lock() -> None:
    tools = _pinned("requirements-dev.lock")
    for name, pins in _pinned("requirements.lock").items():
        assert [str(pin) for pin in pins] == [str(pin) for pin in tools[name]]


def test_the_locks_meet_the_ranges_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    tools = project["project"]["optional-dependencies"]["dev"]
    for lock, requirements in zip(LOCKS, (runtime, runtime + tools), strict=True):
        pinned = _pinned(lock)
        for requirement in map(Requirement, requirements):
            versions = [pin.specifier for pin in pinned.get(_normal(requirement.name), [])]
            assert versions, f"{requirement.name} is not in {lock}; run `make lock`"
            for version in versions:
                assert requirement.specifier.contains(str(version).removeprefix("==")), requirement.name


@pytest.mark.parametrize(
    "name", ["scripts/venv.sh", "scripts/lock.sh", "scripts/audit.sh", "scripts/tested.sh", ".ci/run"]
)
def test_a_script_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_every_dependency_is_accounted_for() -> None:
    from dependencies import named

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in map(named, project["dependencies"]):
        rows = [line for line in told.split("\n") if line.startswith(f"| {name} |")]
        assert len(rows) == 2, f"docs/dependencies.md: what is {name} for, and what does it weigh?"
        assert all(cell.strip() for row in rows for cell in row.split("|")[2:4]), rows
