"""The doctor: every file damaged in every way and told by name, what is derived made again, what servers tell."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fake_llm import FakeLLM

from qa import declared
from qa.ask import ask
from qa.brief import brief
from qa.cli import main
from qa.config import Config
from qa.doctor import doctor
from qa.engine import Engine
from qa.errors import ExitCode, LibraryError
from qa.library import generations
from qa.library.place import file_system, is_far, refuse_far
from qa.library.words import WordIndex
from qa.retrieve import resolve
from qa.types import Cancel, Check, Examination

OpenFn = Callable[..., Engine]
QUESTION = "Where are the talks expected?"


def examined(library: Path, **options: Any) -> Examination:
    *_, found = doctor(Config(library=library, timezone="UTC"), **options)
    assert isinstance(found, Examination)
    return found


def named(found: Examination) -> dict[str, Check]:
    return {check.name: check for check in found.checks}


def unwell(found: Examination) -> list[str]:
    return [check.name for check in found.checks if not check.fine]


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 3)
        file.write(b"\xa5" * max(8, size // 3))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def delete(path: Path) -> None:
    path.unlink()


DAMAGES = pytest.mark.parametrize("damage", [truncate, overwrite, empty, delete])


@pytest.fixture
def whole(own_seeds: Path, opened: OpenFn) -> Path:
    """A library with everything: both indexes, files of exact search, kept sentences, an answer and a briefing."""
    engine = opened(own_seeds)
    *_, answer = ask(engine, resolve(engine, QUESTION))
    engine.journal.keep(answer, engine.clock())
    list(brief(engine))
    engine.library.exact().keep(own_seeds / "exact")
    keeping = engine.keeping_vectors()
    for line in ("Talks are expected.", "Nobody was hurt."):
        keeping.embed(line)
    engine.close()
    return own_seeds


def word_file(library: Path) -> Path:
    return max(WordIndex(library / "words").folder.glob("*.idx"), key=lambda path: path.stat().st_size)


def test_a_whole_library_is_fine_also_when_every_vector_and_quote_is_compared(whole: Path) -> None:
    found = examined(whole)
    assert (unwell(found), found.repaired) == ([], False)
    read = named(examined(whole, read_data=True))
    assert [name for name, check in read.items() if not check.fine] == []
    assert "every text is as it was recorded" in read["record"].says
    assert "each compared" in read["vectors"].says
    assert "found by themselves" in read["chroma"].says
    assert "each as the record has it" in read["exact"].says
    assert int(read["journal"].says.split(" quotes")[0].rpartition(" ")[2]) > 2


@DAMAGES
def test_a_damaged_record_is_named_and_nothing_takes_its_place(whole: Path, damage: Callable[[Path], None]) -> None:
    damage(whole / "catalogue.sqlite")
    before = {path: path.read_bytes() for path in whole.rglob("*") if path.is_file()}
    found = examined(whole, repair=True)
    record = named(found)["record"]
    assert not record.fine
    assert "catalogue.sqlite" in record.says
    assert "backup" in record.remedy
    assert found.needs_you
    assert {path: path.read_bytes() for path in before if path.exists()} == before
    with pytest.raises(LibraryError):
        Engine.close(_open(whole))


def _open(library: Path) -> Engine:
    from qa.engine import open_engine

    engine = open_engine(Config(library=library), create=True)
    try:
        assert engine.library.catalogue.damage() is None
        engine.library.list()
    except AssertionError:
        engine.close()
        raise LibraryError("damaged", "") from None
    return engine


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE articles SET text = x'fffe'", "articles holds something else"),
        ("UPDATE articles SET day = 99999999999", "articles holds something else"),
        ("DROP TABLE details", "details has no"),
        ("DELETE FROM articles", "refers to something that is not there"),
        ("INSERT OR REPLACE INTO meta VALUES ('timezone', 'Nowhere/At')", "a time zone that is not known here"),
    ],
)
def test_a_record_that_holds_what_it_cannot_hold_is_told_and_not_read(
    own_seeds: Path, capsys: pytest.CaptureFixture[str], statement: str, says: str
) -> None:
    with closing(sqlite3.connect(own_seeds / "catalogue.sqlite")) as db, db:
        db.execute(statement)
    assert main(["doctor", "--library", str(own_seeds), "--json"]) == ExitCode.NEEDS_YOU
    record = {one["name"]: one for one in json.loads(capsys.readouterr().out)["checks"]}["record"]
    assert says in record["says"]
    assert record["remedy"]


def test_a_record_whose_last_page_is_torn_is_damaged(own_seeds: Path) -> None:
    record = own_seeds / "catalogue.sqlite"
    record.write_bytes(record.read_bytes()[:-1_000])  # SQLite itself takes what is missing for zeros
    assert "its end is missing" in named(examined(own_seeds))["record"].says


def test_files_and_folders_in_each_others_places_are_made_again(whole: Path) -> None:
    shutil.rmtree(whole / "words")
    (whole / "words").write_text("x")
    (whole / "sentences.sqlite").unlink()
    (whole / "sentences.sqlite").mkdir()
    pointer = json.loads((whole / "vectors" / "current").read_text())
    (whole / "vectors" / "current").write_text(json.dumps(pointer | {"dimensions": 0}).replace(": 0", ": 1e999"))
    assert unwell(examined(whole)) == ["words", "sentences", "chroma"]
    mended = examined(whole, repair=True)
    assert (unwell(mended), mended.repaired) == ([], True)


def test_what_cannot_be_made_again_is_told_and_the_rest_is_looked_at(whole: Path) -> None:
    shutil.rmtree(whole / "words")
    (whole / "words").symlink_to(whole / "nowhere" / "at" / "all")
    found = examined(whole, repair=True)
    assert unwell(found) == ["words"]
    assert "cannot be made again" in named(found)["words"].says
    assert named(found)["words"].remedy
    assert "model" in named(found)


@DAMAGES
def test_a_damaged_word_index_is_made_again(whole: Path, damage: Callable[[Path], None]) -> None:
    damage(word_file(whole))
    assert unwell(examined(whole)) == ["words"]
    mended = examined(whole, repair=True)
    assert (unwell(mended), named(mended)["words"].repaired) == ([], True)
    assert unwell(examined(whole)) == []


@DAMAGES
def test_a_damaged_state_of_exact_search_is_made_again(whole: Path, damage: Callable[[Path], None]) -> None:
    (folder,) = (whole / "exact").iterdir()
    damage(next(folder.glob("*.json")))
    assert unwell(examined(whole)) == ["exact"]
    mended = examined(whole, repair=True, read_data=True)
    assert (unwell(mended), named(mended)["exact"].repaired) == ([], True)
    assert unwell(examined(whole)) == []


@pytest.mark.parametrize("damage", [truncate, overwrite, empty])
def test_damaged_vectors_of_sentences_are_let_go_of(whole: Path, damage: Callable[[Path], None]) -> None:
    damage(whole / "sentences.sqlite")
    assert unwell(examined(whole)) == ["sentences"]
    mended = examined(whole, repair=True)
    assert (unwell(mended), named(mended)["sentences"].says.startswith("none kept")) == ([], True)


@DAMAGES
@pytest.mark.parametrize(("chroma", "exact"), [("current", "rows.npy"), ("chroma.sqlite3", "numbers.npy")])
def test_damaged_files_of_chroma_and_of_exact_search_are_made_again(
    whole: Path, damage: Callable[[Path], None], chroma: str, exact: str
) -> None:
    folder = whole / "vectors"
    pointer = generations.read_pointer(folder)
    assert pointer is not None
    damage(folder / "current" if chroma == "current" else folder / pointer.generation / chroma)
    assert unwell(examined(whole)) == ["chroma"]
    (kept,) = (whole / "exact").iterdir()
    damage(kept / exact)
    assert unwell(examined(whole, read_data=True)) == ["exact", "chroma"]
    mended = examined(whole, repair=True, read_data=True)
    assert (unwell(mended), named(mended)["chroma"].repaired, named(mended)["exact"].repaired) == ([], True, True)
    assert unwell(examined(whole)) == []


def test_files_of_exact_search_that_hold_something_else_are_found_by_reading(whole: Path) -> None:
    (kept,) = (whole / "exact").iterdir()
    overwrite(kept / "rows.npy")
    assert unwell(examined(whole, read_data=True)) == ["exact"]


def test_a_deleted_chroma_folder_is_made_again(whole: Path) -> None:
    shutil.rmtree(whole / "vectors")
    assert unwell(examined(whole)) == ["chroma"]
    assert unwell(examined(whole, repair=True)) == []
    assert unwell(examined(whole, read_data=True)) == []


@pytest.mark.parametrize("damage", [truncate, overwrite, empty])
def test_a_damaged_journal_needs_the_reader(whole: Path, damage: Callable[[Path], None]) -> None:
    damage(whole / "journal.sqlite")
    before = (whole / "journal.sqlite").read_bytes()
    found = examined(whole, repair=True)
    assert unwell(found) == ["journal"]
    assert "backup" in named(found)["journal"].remedy
    assert (whole / "journal.sqlite").read_bytes() == before


def test_a_deleted_journal_is_said_to_be_none(whole: Path) -> None:
    (whole / "journal.sqlite").unlink()
    found = named(examined(whole))["journal"]
    assert (found.fine, "or the file was deleted" in found.says) == (True, True)


def change(library: Path, file: str, sql: str, *values: Any) -> None:
    with closing(sqlite3.connect(library / file)) as db, db:
        assert db.execute(sql, values).rowcount > 0


def test_a_vector_that_is_not_that_of_its_words_is_found_by_reading_and_embedded_again(whole: Path) -> None:
    with closing(sqlite3.connect(whole / "catalogue.sqlite")) as db:
        one, other = (row[0] for row in db.execute("SELECT vector FROM vectors ORDER BY no LIMIT 2"))
    change(whole, "catalogue.sqlite", "UPDATE vectors SET vector = ? WHERE vector = ?", other, one)
    assert "vectors" not in unwell(examined(whole))
    found = examined(whole, read_data=True)
    assert {"vectors", "exact"} <= set(unwell(found))
    assert named(found)["vectors"].says == "1 vectors are damaged"
    mended = examined(whole, read_data=True, repair=True)
    assert (unwell(mended), named(mended)["vectors"].repaired) == ([], True)
    with closing(sqlite3.connect(whole / "catalogue.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM vectors WHERE vector = ?", (one,)).fetchone() == (1,)


def test_a_vector_that_is_cut_short_is_found_at_once(whole: Path) -> None:
    change(whole, "catalogue.sqlite", "UPDATE vectors SET vector = substr(vector, 1, 100) WHERE no = 2")
    assert "vectors" in unwell(examined(whole))
    assert unwell(examined(whole, repair=True)) == []


def test_a_text_that_is_not_as_recorded_is_found_by_reading(whole: Path) -> None:
    change(whole, "catalogue.sqlite", "UPDATE articles SET text = 'x' || substr(text, 2) WHERE no = 1")
    assert "record" not in unwell(examined(whole))
    record = named(examined(whole, read_data=True, repair=True))["record"]
    assert (record.fine, "1 articles are not as they were recorded" in record.says) == (False, True)


def test_a_quote_that_its_article_never_had_is_found_by_reading(whole: Path) -> None:
    change(whole, "journal.sqlite", 'UPDATE turns SET answer = replace(answer, \'"quote": "\', \'"quote": "Never \')')
    assert unwell(examined(whole)) == []
    found = examined(whole, read_data=True)
    assert unwell(found) == ["journal"]
    assert "conversation 1, 1" in named(found)["journal"].says


def test_a_record_of_a_newer_version_is_refused_with_a_sentence(whole: Path) -> None:
    change_version(whole / "catalogue.sqlite", 999)
    record = named(examined(whole))["record"]
    assert (record.fine, "newer Newsdesk" in record.says, "Upgrade" in record.remedy) == (False, True, True)


def change_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version}")


def test_a_journal_of_a_newer_version_or_without_its_tables_has_a_remedy(whole: Path) -> None:
    for statement, says, remedy in (
        ("DROP TABLE turns", "is damaged: no such table", "Move that file away"),
        ("PRAGMA user_version = 99", "newer Newsdesk", "Upgrade"),
    ):
        with closing(sqlite3.connect(whole / "journal.sqlite")) as db, db:
            db.execute(statement)
        journal = named(examined(whole))["journal"]
        assert says in journal.says
        assert remedy in journal.remedy


def test_broken_off_it_says_so(whole: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    assert not examined(whole, read_data=True, cancel=cancel).complete


# the command


def test_its_exit_codes_are_0_then_11_then_10_then_0(whole: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def code(*options: str) -> int:
        return main(["doctor", "--library", str(whole), *options])

    assert code() == ExitCode.OK
    delete(word_file(whole))
    assert code() == ExitCode.NEEDS_YOU
    assert "doctor --repair" in capsys.readouterr().out
    assert code("--repair") == ExitCode.REPAIRED
    assert "new words: " in capsys.readouterr().out
    assert code("--json") == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["fine"], told["repaired"]) == (True, False)
    assert {"settings", "terminal", "disk", "record", "vectors", "words", "exact", "sentences", "chroma"} <= {
        check["name"] for check in told["checks"]
    }


@pytest.mark.parametrize("wrong", ["library = [", "colour = 1", "\x00\xff"])
def test_damaged_settings_need_the_reader(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    (tmp_path / "config.toml").write_text(wrong, encoding="latin-1")
    assert main(["doctor", "--library", str(tmp_path / "none")]) == ExitCode.NEEDS_YOU
    assert "!!  settings: " in capsys.readouterr().out


# servers


class Told:
    """A server of this machine that answers GETs with what it is told to."""

    def __init__(self, **pages: Any) -> None:
        told = {f"/{name.replace('__', '/')}": json.dumps(value).encode() for name, value in pages.items()}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = told.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body or b"{}")))
                self.end_headers()
                self.wfile.write(body or b"{}")

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        self.thread = Thread(target=self.server.serve_forever)

    def __enter__(self) -> Told:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def asked(library: Path, url: str, context: int = 8192) -> Check:
    config = Config(library=library, timezone="UTC", model="news-7b", base_url=url, context_tokens=context)
    *_, found = doctor(config)
    return named(found)["model"]


LISTED = {"data": [{"id": "news-7b", "object": "model"}]}


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        ({"v1__models": {"data": [{"id": "news-7b", "max_model_len": 16384}]}}, "context of 16384 tokens"),
        ({"v1__models": {"data": [{"id": "news-7b", "meta": {"n_ctx": 32768}}]}}, "context of 32768 tokens"),
        ({"v1__models": LISTED, "props": {"default_generation_settings": {"n_ctx": 9000}}}, "context of 9000 tokens"),
        (
            {"v1__models": LISTED, "api__ps": {"models": [{"name": "news-7b", "context_length": 8200}]}},
            "of 8200 tokens",
        ),
        ({"v1__models": LISTED}, "does not tell its context length, 8192 tokens are used"),
        ({"v1__models": {"data": [{"id": "news-7b", "max_model_len": "many"}]}}, "does not tell its context length"),
        ({"v1__models": [1, 2]}, "does not tell which models it has"),
    ],
)
def test_the_real_context_length_is_told_where_the_server_tells_it(own_seeds: Path, pages: Any, says: str) -> None:
    with Told(**pages) as server:
        check = asked(own_seeds, server.url)
    assert check.fine
    assert says in check.says


def test_a_model_with_too_short_a_context_or_that_is_not_there_needs_the_reader(own_seeds: Path) -> None:
    with Told(v1__models=LISTED, api__ps={"models": [{"name": "news-7b", "context_length": 4096}]}) as server:
        check = asked(own_seeds, server.url)
    assert (check.fine, "context of 4096 tokens, set are 8192" in check.says) == (False, True)
    assert "context_tokens to 4096" in check.remedy
    with FakeLLM(models=["other"]) as fake:
        check = asked(own_seeds, fake.url)
    assert (check.fine, "does not list it" in check.says, "other" in check.remedy) == (False, True, True)
    check = asked(own_seeds, "http://127.0.0.1:9/v1")
    assert (check.fine, bool(check.remedy)) == (False, True)


@pytest.mark.parametrize("said", [b"", b"{", b"null", b'{"data": 3}', b'{"data": [null, {"id": 3}]}', b"[" * 100_000])
def test_what_a_server_says_of_itself_is_read_without_trust(said: bytes) -> None:
    assert not declared.models(said)
    assert declared.length_of(said, "m") is declared.length_in_props(said) is declared.length_in_use(said, "m") is None


# where a library may lie


@pytest.mark.parametrize(
    ("kind", "far"),
    [("nfs4", True), ("cifs", True), ("smb3", True), ("fuse.sshfs", True), ("9p", True), ("ext4", False),
     ("btrfs", False), ("fuseblk", False), ("fuse.fuse-overlayfs", False), ("overlay", False), ("", False)],
)  # fmt: skip
def test_a_library_on_a_network_file_system_is_refused(tmp_path: Path, kind: str, far: bool) -> None:
    mounts = tmp_path / "mountinfo"
    place = tmp_path / "my news"
    escaped = str(place).replace(" ", "\\040")
    mounts.write_text(
        f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / {escaped} rw,relatime shared:7 - {kind} there:/news rw\n"
    )
    if kind:
        assert file_system(place / "library", mounts) == kind
        assert file_system(tmp_path, mounts) == "ext4"
    assert is_far(kind) == far
    if far:
        with pytest.raises(LibraryError, match="network file system"):
            refuse_far(place / "library", mounts)
    elif kind:
        refuse_far(place / "library", mounts)


def test_a_sandbox_that_shows_all_its_files_as_9p_is_no_network(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:5 / / rw - 9p none rw\n2 1 0:6 / {tmp_path} rw - 9p none rw\n")
    refuse_far(tmp_path / "library", mounts)
    mounts.write_text(f"1 0 0:5 / / rw - 9p none rw\n2 1 0:6 / {tmp_path} rw - nfs4 there:/news rw\n")
    with pytest.raises(LibraryError, match="nfs4"):
        refuse_far(tmp_path / "library", mounts)


def test_opening_a_library_looks_where_it_lies(tmp_path: Path, opened: OpenFn, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / {tmp_path}/far rw - nfs there:/news rw\n")
    monkeypatch.setattr("qa.library.place.MOUNTS", mounts)
    with pytest.raises(LibraryError, match="nfs"):
        opened(tmp_path / "far" / "library")
    assert not (tmp_path / "far").exists()
    opened(tmp_path / "near")
