"""A library as one file: moved whole, refused when damaged, foreign or hostile, and never over anything."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import resource
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW

from qa.ask import ask
from qa.cli import main
from qa.doctor import doctor
from qa.engine import Engine
from qa.errors import ExitCode, InputError, LibraryError, NewsdeskError
from qa.forget import forget
from qa.moving import CATALOGUE, JOURNAL, MANIFEST, export_library, import_library
from qa.retrieve import resolve
from qa.types import Examination, Heading

OpenFn = Callable[..., Engine]
QUESTION = "Where are the talks expected?"


@pytest.fixture
def lived_in(own_seeds: Path, opened: OpenFn) -> Engine:
    """A library with an answer, a correction, a removed article and something that is followed."""
    engine = opened(own_seeds)
    *_, answer = ask(engine, resolve(engine, QUESTION))
    engine.journal.keep(answer, engine.clock())
    first, second, *_ = engine.library.list()
    engine.library.correct(first.article.id, {Heading.SOURCE: "My Own Source"})
    engine.library.remove([second.article.id])
    return engine


@pytest.fixture
def packed(lived_in: Engine, tmp_path: Path) -> Path:
    export_library(lived_in.library.path, tmp_path / "moved.newsdesk", NOW)
    return tmp_path / "moved.newsdesk"


def said(engine: Engine) -> Any:
    library = engine.library
    rows = [library.article(row.article.id) for row in library.list()]
    corrected = [library.correction(row.id) for row in rows]
    removed = [one.article.id for one in library.removed()]
    return rows, corrected, removed, engine.journal.turns(1), library.catalogue.embedder, library.stats()


def test_a_library_is_moved_whole_and_answers_at_once(lived_in: Engine, packed: Path, opened: OpenFn) -> None:
    target = packed.parent / "elsewhere" / "library"
    moved = import_library(packed, target)
    assert (moved.articles, moved.conversations) == (lived_in.library.stats().articles, 1)
    assert sorted(os.listdir(target)) == [CATALOGUE, JOURNAL]
    assert {path.stat().st_mode & 0o077 for path in (packed, *target.iterdir())} == {0}
    there = opened(target)
    assert said(there) == said(lived_in)
    *_, before = ask(lived_in, resolve(lived_in, QUESTION))
    *_, after = ask(there, resolve(there, QUESTION))
    assert after.text == before.text
    there.library.restore([one.article.id for one in there.library.removed()])
    there.close()
    *_, found = doctor(there.config, repair=True)
    assert isinstance(found, Examination)
    assert not found.needs_you
    assert [path.name for path in packed.parent.iterdir() if path.name.startswith(".")] == []


def test_what_was_forgotten_does_not_travel(lived_in: Engine, tmp_path: Path) -> None:
    gone = lived_in.library.list()[0].article
    words = lived_in.library.article(gone.id).text[:60].encode()
    forget(lived_in, gone.id)
    export_library(lived_in.library.path, tmp_path / "out.zip", NOW)
    with zipfile.ZipFile(tmp_path / "out.zip") as parts:
        assert all(words not in parts.read(name) for name in parts.namelist())


def test_an_export_is_made_while_another_writes_and_never_overwrites(lived_in: Engine, tmp_path: Path) -> None:
    with lived_in.library.catalogue.writing() as db:
        db.execute("UPDATE articles SET title = 'half done'")
        export_library(lived_in.library.path, tmp_path / "out.zip", NOW)
        db.execute("UPDATE articles SET title = 'half done again'")
    import_library(tmp_path / "out.zip", tmp_path / "there")
    with closing(sqlite3.connect(tmp_path / "there" / CATALOGUE)) as db:
        assert db.execute("SELECT count(*) FROM articles WHERE title LIKE 'half%'").fetchone() == (0,)
    before = (tmp_path / "out.zip").read_bytes()
    with pytest.raises(InputError, match="is there already"):
        export_library(lived_in.library.path, tmp_path / "out.zip", NOW)
    assert (tmp_path / "out.zip").read_bytes() == before
    with pytest.raises(InputError, match="cannot be written"):
        export_library(lived_in.library.path, tmp_path / "no" / "out.zip", NOW)


def test_an_import_adds_to_nothing(packed: Path, own_seeds: Path, tmp_path: Path) -> None:
    before = (own_seeds / CATALOGUE).read_bytes()
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place in (own_seeds, tmp_path / "file", tmp_path / "link"):
        with pytest.raises(LibraryError, match="never adds"):
            import_library(packed, place)
    assert (own_seeds / CATALOGUE).read_bytes() == before
    (tmp_path / "empty").mkdir()
    import_library(packed, tmp_path / "empty")


def repacked(packed: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None], *, seal: bool = True) -> Path:
    """The exported file with other parts; with ``seal`` the manifest is made to agree with them."""
    with zipfile.ZipFile(packed) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    manifest = json.loads(held.pop(MANIFEST))
    change(manifest, held)
    if seal:
        manifest["parts"] = {n: {"bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in held.items()}
    out = packed.with_name("changed.zip")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(MANIFEST, json.dumps(manifest))
        for name, raw in held.items():
            parts.writestr(name, raw)
    return out


def edited(raw: bytes, folder: Path, *statements: str) -> bytes:
    path = folder / "edited.sqlite"
    path.write_bytes(raw)
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
    return path.read_bytes()


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """As on a disk with little room: no file may have more bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refused(source: Path, library: Path, words: str) -> None:
    beside = sorted(os.listdir(library.parent))
    with pytest.raises(NewsdeskError, match=words) as told:
        import_library(source, library)
    assert told.value.hint
    assert sorted(os.listdir(library.parent)) == beside
    assert not library.exists()


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "catalogue.sqlite/../../evil", "vectors/0001/x", "a\\..\\b"])
def test_a_file_with_other_names_in_it_is_refused(packed: Path, tmp_path: Path, name: str) -> None:
    changed = repacked(packed, lambda manifest, held: held.update({name: b"x"}))
    refused(changed, tmp_path / "made", "holds other files")


def test_damaged_files_are_refused_by_name(packed: Path, tmp_path: Path) -> None:
    raw = packed.read_bytes()
    for spoiled in (b"", b"PK", raw[: len(raw) // 2], b"x" * 100, raw[:-30]):
        (tmp_path / "spoiled.zip").write_bytes(spoiled)
        refused(tmp_path / "spoiled.zip", tmp_path / "made", "spoiled.zip is damaged")
    middle = len(raw) // 2
    for spoilt in (b"\xa5", b"\xff"):  # the second is no deflated data at all
        for at in (middle // 2, middle, len(raw) - 2_000):
            (tmp_path / "spoiled.zip").write_bytes(raw[:at] + spoilt * 64 + raw[at + 64 :])
            refused(tmp_path / "spoiled.zip", tmp_path / "made", "damaged")
    with zipfile.ZipFile(packed) as parts, zipfile.ZipFile(tmp_path / "lzma.zip", "w", zipfile.ZIP_LZMA) as other:
        for name in parts.namelist():
            other.writestr(name, parts.read(name))
    refused(tmp_path / "lzma.zip", tmp_path / "made", "packed in another way")
    refused(tmp_path / "none.zip", tmp_path / "made", "is not there")
    refused(tmp_path, tmp_path / "made", "is a folder")
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as foreign:
        foreign.writestr("readme.txt", "hello")
    refused(tmp_path / "foreign.zip", tmp_path / "made", "no exported library")


def test_a_part_that_is_not_what_was_exported_is_refused(packed: Path, tmp_path: Path) -> None:
    def swap(manifest: dict[str, Any], held: dict[str, bytes]) -> None:
        held[CATALOGUE] = held[CATALOGUE][:-1] + b"\x01"

    refused(repacked(packed, swap, seal=False), tmp_path / "made", "catalogue.sqlite is not what was exported")
    torn = repacked(packed, lambda manifest, held: held.update({CATALOGUE: held[CATALOGUE][:9_000]}))
    refused(torn, tmp_path / "made", "is damaged: catalogue.sqlite")
    lacking = repacked(packed, lambda manifest, held: held.pop(JOURNAL) and None, seal=False)
    refused(lacking, tmp_path / "made", "what its manifest names")


@pytest.mark.parametrize(
    "manifest", ["{", "[]", '{"form": 1}', '{"form": "x", "newsdesk": "1", "parts": {}}', "[" * 9_999]
)
def test_a_manifest_that_says_nothing_is_refused(packed: Path, tmp_path: Path, manifest: str) -> None:
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as out:
        out.writestr(MANIFEST, manifest)
        out.writestr(CATALOGUE, b"x")
    refused(tmp_path / "odd.zip", tmp_path / "made", "manifest cannot be read")


@pytest.mark.parametrize("count", ["1e999", "-1", "NaN", "1.5", '"1"', "true", "null", "[1]", "9" * 5_000])
def test_a_manifest_of_odd_numbers_is_refused(tmp_path: Path, count: str) -> None:
    one = f'{{"{CATALOGUE}": {{"bytes": {count}, "sha256": "{"0" * 64}"}}}}'
    for manifest in (
        f'{{"form": {count}, "newsdesk": "1", "parts": {{}}}}',
        f'{{"form": 1, "newsdesk": "1", "parts": {one}}}',
    ):
        with zipfile.ZipFile(tmp_path / "odd.zip", "w") as out:
            out.writestr(MANIFEST, manifest)
            out.writestr(CATALOGUE, b"x")
        refused(tmp_path / "odd.zip", tmp_path / "made", "manifest cannot be read")


def test_tables_that_hold_what_they_cannot_hold_are_refused(packed: Path, tmp_path: Path) -> None:
    for name, statement, words in (
        (CATALOGUE, "UPDATE articles SET text = x'fffe'", "articles holds something else"),
        (CATALOGUE, "UPDATE articles SET day = 99999999", "articles holds something else"),
        (CATALOGUE, "ALTER TABLE articles DROP COLUMN url", "articles has no url"),
        (CATALOGUE, "DELETE FROM articles", "refers to something that is not there"),
        (CATALOGUE, "UPDATE vectors SET vector = x'000000'", "not of one length"),
        (CATALOGUE, "PRAGMA user_version = 1", "cannot be opened"),
        (JOURNAL, "UPDATE turns SET answer = x'00'", "turns holds something else"),
    ):

        def change(manifest: dict[str, Any], held: dict[str, bytes], of: str = name, how: str = statement) -> None:
            held[of] = edited(held[of], tmp_path, how)

        refused(repacked(packed, change), tmp_path / "made", words)


def test_what_a_killed_process_left_goes_and_what_a_living_one_has_stays(packed: Path, tmp_path: Path) -> None:
    left, living = (tmp_path / f".newsdesk-moving-{name}" for name in ("left", "living"))
    for folder in (left, living):
        folder.mkdir()
        (folder / CATALOGUE).write_bytes(b"a whole library")
    handle = os.open(living, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        import_library(packed, tmp_path / "made")
        assert (left.exists(), living.exists()) == (False, True)
    finally:
        os.close(handle)


def test_an_export_to_a_full_disk_or_one_without_hard_links(
    lived_in: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_files(20_000), pytest.raises(LibraryError, match="cannot be copied") as told:
        export_library(lived_in.library.path, tmp_path / "a.zip", NOW)
    assert "free some space" in told.value.hint
    assert [path.name for path in tmp_path.iterdir() if "moving" in path.name or path.suffix == ".zip"] == []

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    export_library(lived_in.library.path, tmp_path / "a.zip", NOW)
    import_library(tmp_path / "a.zip", tmp_path / "made")
    with pytest.raises(InputError, match="is there already"):
        export_library(lived_in.library.path, tmp_path / "a.zip", NOW)


def test_a_bomb_is_refused_before_it_is_unpacked(packed: Path, tmp_path: Path) -> None:
    bomb = repacked(packed, lambda manifest, held: held.update({CATALOGUE: b"\0" * 60_000_000}))
    assert bomb.stat().st_size < 1_000_000
    refused(bomb, tmp_path / "made", "has another size")

    def lie(manifest: dict[str, Any], held: dict[str, bytes]) -> None:
        manifest["parts"][CATALOGUE]["bytes"] = 10

    refused(repacked(packed, lie, seal=False), tmp_path / "made", "has another size")


def test_tables_that_act_are_refused(packed: Path, tmp_path: Path) -> None:
    for acting in (
        "CREATE TRIGGER t AFTER INSERT ON articles BEGIN DELETE FROM articles; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "DROP TABLE passages",
    ):

        def change(manifest: dict[str, Any], held: dict[str, bytes], acting: str = acting) -> None:
            held[CATALOGUE] = edited(held[CATALOGUE], tmp_path, acting)

        refused(repacked(packed, change), tmp_path / "made", "has other tables")


def test_files_of_newer_versions_are_refused_with_a_sentence(packed: Path, tmp_path: Path) -> None:
    def newer(name: str) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
        return lambda manifest, held: held.update({name: edited(held[name], tmp_path, "PRAGMA user_version = 99")})

    for name in (CATALOGUE, JOURNAL):
        refused(repacked(packed, newer(name)), tmp_path / "made", "newer Newsdesk")
    later = repacked(packed, lambda manifest, held: manifest.update(form=2, newsdesk="9.0"))
    refused(later, tmp_path / "made", r"newer Newsdesk \(9\.0\)")


def test_a_library_of_an_earlier_version_is_brought_up_with_a_copy_beside_it(
    own_seeds: Path, opened: OpenFn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(own_seeds, earlier)
    with closing(sqlite3.connect(earlier / CATALOGUE)) as db:
        db.execute("DROP TABLE details")
        db.execute("DROP TABLE fetched")
        db.execute("PRAGMA user_version = 3")
    with small_files(40_000):
        assert main(["library", "stats", "--library", str(earlier)]) == ExitCode.LIBRARY
    assert "free some space" in capsys.readouterr().err
    assert list((earlier / "backups").iterdir()) == []
    assert main(["library", "stats", "--library", str(earlier)]) == ExitCode.OK
    copy = earlier / "backups" / "catalogue-3.sqlite"
    assert f"its record as it was lies in {copy}" in capsys.readouterr().err
    assert (copy.stat().st_mode & 0o077, len(list(copy.parent.iterdir()))) == (0, 1)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)
        (articles,) = db.execute("SELECT count(*) FROM articles").fetchone()
    engine = opened(earlier)
    assert engine.library.catalogue.backup is None
    assert engine.library.stats().articles == articles
    forget(engine, engine.library.list()[0].article.id)
    assert not copy.parent.exists()


def test_the_commands_move_a_library(lived_in: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, there, file = str(lived_in.library.path), str(tmp_path / "there"), str(tmp_path / "news.zip")
    lived_in.close()
    assert main(["library", "export", file, "--library", here]) == ExitCode.OK
    assert f"conversation(s) exported to {file}" in capsys.readouterr().out
    assert main(["library", "export", file, "--library", here]) == ExitCode.INPUT
    assert main(["library", "import", file, "--library", there, "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["conversations"]) == (there, 1)
    assert main(["library", "import", file, "--library", there]) == ExitCode.LIBRARY
    assert main(["library", "export", file, "--library", str(tmp_path / "none")]) == ExitCode.LIBRARY
    assert main(["conversations", "list", "--library", there]) == ExitCode.OK
    assert QUESTION in capsys.readouterr().out
