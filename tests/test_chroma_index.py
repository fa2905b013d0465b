"""The Chroma index behind its child process: real Chroma, real processes, real damage."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from qa.library import generations, standins
from qa.library.child import ChromaIndex, IndexState, IndexUnavailable, Record
from qa.library.frames import BATCH, DAY, SOURCE, read_frame, write_frame
from qa.library.reconcile import reconcile
from qa.types import Cancel

DIMENSIONS = 64
ROOT = str(Path(__file__).parent.parent)
COUNT = 1100  # more than Chroma's flush threshold of 1000, so that its graph is on disk


def vectors(count: int, seed: int = 7) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)


VECTORS = vectors(COUNT)
UNIT = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)


def name(n: int) -> str:
    return f"p{n:05}"


def record(n: int) -> Record:
    metadata: dict[str, str | int] = {SOURCE: f"source {n % 5}"}
    if n % 4:
        metadata[DAY] = 738_000 + n
    return Record(name(n), VECTORS[n], f"text of passage {n}", metadata)


def records(ids: Sequence[str]) -> list[Record]:
    return [record(int(i[1:])) for i in ids]


ALL = frozenset(name(n) for n in range(COUNT))
SOME = frozenset(name(n) for n in range(30))


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def new_index(folder: Path, fingerprint: str = "model-a") -> ChromaIndex:
    return ChromaIndex(folder, dimensions=DIMENSIONS, fingerprint=fingerprint)


def bring(index: ChromaIndex, wanted: frozenset[str], revision: str) -> list[tuple[int, int]]:
    return list(reconcile(index, lambda: wanted, records, revision, Cancel()))


def place(folder: Path) -> Path:
    return folder / json.loads((folder / "current").read_text())["generation"]


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def claimable(folder: Path) -> bool:
    handle = generations.claim(folder)
    if handle is not None:
        os.close(handle)
    return handle is not None


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaIndex]:
    """A synced index of all records, left as it was by every test that uses it."""
    folder = tmp_path_factory.mktemp("shared") / "vectors"
    made = new_index(folder)
    bring(made, ALL, "r1")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vectors"


@pytest.fixture
def own(folder: Path) -> Iterator[ChromaIndex]:
    made = new_index(folder)
    yield made
    made.close()


def wipe_everything(folder: Path) -> None:
    subprocess.run(["rm", "-r", str(folder)], check=True)


def lose_graph(folder: Path) -> None:
    for path in place(folder).glob("*/"):
        subprocess.run(["rm", "-r", str(path)], check=True)


def empty_graph_names(folder: Path) -> None:
    (path,) = place(folder).glob("*/index_metadata.pickle")
    path.write_bytes(b"")


def empty_database(folder: Path) -> None:
    (place(folder) / "chroma.sqlite3").write_bytes(b"")


def garble_database(folder: Path) -> None:
    (place(folder) / "chroma.sqlite3").write_bytes(b"not a database " * 5000)


DAMAGES = (lose_graph, empty_graph_names, empty_database, garble_database)


@pytest.fixture(scope="module")
def damaged(
    index: ChromaIndex, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Callable[[Path], None], ChromaIndex]]:
    """Copies of the index, each damaged in its way, all starting at the same time."""
    found = {}
    seen = set()
    for damage in DAMAGES:
        folder = tmp_path_factory.mktemp(damage.__name__) / "vectors"
        subprocess.run(["cp", "-r", str(index._folder), str(folder)], check=True)
        found[damage] = new_index(folder)
        assert (found[damage].revision, found[damage].looks_whole()) == ("r1", True)
        damage(folder)
        seen.add((damage, found[damage].looks_whole()))
        found[damage].start()
    # Only Chroma can tell that its graph is missing.
    assert seen == {(damage, damage is lose_graph) for damage in DAMAGES}
    yield found
    for each in found.values():
        each.close()


def test_damage_shows_in_the_files_where_it_can(
    damaged: dict[Callable[[Path], None], ChromaIndex],
) -> None:
    assert len(damaged) == len(DAMAGES)  # they open while the next tests run


def test_importing_the_parent_side_does_not_import_chroma() -> None:
    code = "import sys, qa.library.child; sys.exit('chromadb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_holds_exactly_what_was_wanted(index: ChromaIndex) -> None:
    assert (index.state, index.revision, index.looks_whole()) == (IndexState.READY, "r1", True)
    assert index.ids() == ALL
    assert index.count() == COUNT


def test_recall_against_exact_search(index: ChromaIndex) -> None:
    found = 0
    for query in vectors(50, seed=11):
        exact = {name(n) for n in np.argsort(-(UNIT @ query), kind="stable")[:10]}
        found += len(exact & {i for i, _ in index.query(query, 10)})
    assert found / 500 >= 0.99


def test_similarities_are_cosines_best_first(index: ChromaIndex) -> None:
    query = vectors(1, seed=12)[0]
    answer = index.query(query, 20)
    cosines = UNIT @ (query / np.linalg.norm(query))
    np.testing.assert_allclose([s for _, s in answer], [cosines[int(i[1:])] for i, _ in answer], atol=1e-5)
    assert [s for _, s in answer] == sorted((s for _, s in answer), reverse=True)


@pytest.mark.parametrize(
    ("first", "last", "sources"),
    [(738_100, None, ()), (None, 738_100, ()), (738_100, 738_200, ()), (738_100, 738_300, ("source 1", "source 2"))],
)
def test_filters_by_day_and_source(
    index: ChromaIndex, first: int | None, last: int | None, sources: tuple[str, ...]
) -> None:
    def fits(n: int) -> bool:
        metadata = record(n).metadata
        day = metadata.get(DAY)
        return (
            isinstance(day, int)
            and (first is None or day >= first)
            and (last is None or day <= last)
            and (not sources or metadata[SOURCE] in sources)
        )

    expected = {name(n) for n in range(COUNT) if fits(n)}
    answer = index.query(VECTORS[3], COUNT, first_day=first, last_day=last, sources=sources)
    assert {i for i, _ in answer} <= expected
    assert len(answer) >= 0.99 * len(expected) > 0


def test_one_source_keeps_undated_records(index: ChromaIndex) -> None:
    answer = index.query(VECTORS[0], 1, sources=["source 0"])
    assert answer[0][0] == name(0)
    assert DAY not in record(0).metadata


def test_nothing_inside_a_window_is_an_empty_answer(index: ChromaIndex) -> None:
    assert index.query(VECTORS[0], 5, first_day=1, last_day=2) == []


def test_a_second_opener_is_told_however_it_spells_the_path(index: ChromaIndex, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(index._folder.parent)
    second = new_index(tmp_path / "link" / "." / "vectors")
    second.start()
    assert not second.wait_ready(20)
    assert second.state is IndexState.ELSEWHERE
    assert str(os.getpid()) in second.reason
    assert (second.revision, second.looks_whole()) == ("r1", True)
    with pytest.raises(IndexUnavailable, match="open"):
        second.query(VECTORS[0], 1)
    assert index.query(VECTORS[0], 1)[0][0] == name(0)


def test_replaces_whole_records_and_takes_odd_text(index: ChromaIndex) -> None:
    far = 900_000
    first = Record("x1", VECTORS[1], "text", {SOURCE: "x", DAY: far})
    second = Record("x2", VECTORS[2], "text", {SOURCE: "x", DAY: far + 1})
    index.write([first, first, Record("odd", VECTORS[3], "lone \ud800 and \0", {}), second], [])
    assert (index.revision, index.state) == (None, IndexState.BUILDING)
    assert index.ids() == ALL | {"x1", "x2", "odd"}
    index.write([Record("x1", -VECTORS[5], "", {SOURCE: "other \udfff"})], ["never there"])
    assert index.query(-VECTORS[5], 1) == [("x1", pytest.approx(1.0, abs=1e-5))]
    assert [i for i, _ in index.query(VECTORS[5], 5, first_day=far)] == ["x2"]  # x1 has no day any more
    assert bring(index, ALL, "r1") == [(3, 3)]
    assert (index.ids(), index.revision, index.state) == (ALL, "r1", IndexState.READY)


def test_wrong_vectors_are_refused_before_they_are_sent(index: ChromaIndex) -> None:
    with pytest.raises(ValueError, match="dimensions"):
        index.query(VECTORS[0] * np.float32("nan"), 1)
    with pytest.raises(ValueError, match="dimensions"):
        index.query(VECTORS[0][:3], 1)


def test_a_busy_child_keeps_nobody_beyond_the_deadline(index: ChromaIndex) -> None:
    assert index.pid is not None
    child = psutil.Process(index.pid)
    child.suspend()
    with pytest.raises(IndexUnavailable, match="time"):
        index.query(VECTORS[0], 1, timeout=0.1)
    child.resume()
    assert index.query(VECTORS[1], 1)[0][0] == name(1)  # the late reply is not taken for this one


def test_revision_is_what_it_was_last_complete_for(own: ChromaIndex, folder: Path) -> None:
    cancel = Cancel()
    goal = frozenset(name(n) for n in range(BATCH + 150))
    run = reconcile(own, lambda: goal, records, "r1", cancel)
    assert next(run) == (BATCH, BATCH + 150)
    cancel.cancel()
    assert list(run) == []
    assert own.revision is None
    child = own.pid
    own.close()
    own.close()
    assert own.state is IndexState.STOPPED
    assert child is not None
    assert not psutil.pid_exists(child)

    assert bring(own, goal, "r1") == [(150, 150)]
    child = own.pid
    assert (own.ids(), own.revision, own.state) == (goal, "r1", IndexState.READY)
    own.write([record(BATCH + 200)], [])
    assert (own.revision, own.state) == (None, IndexState.BUILDING)
    assert bring(own, goal - {name(0)}, "r2") == [(2, 2)]
    assert (own.revision, own.state, own.pid) == ("r2", IndexState.READY, child)
    assert own.ids() == goal - {name(0)}
    assert (new_index(folder).revision, new_index(folder).looks_whole()) == ("r2", True)
    assert new_index(folder, "model-b").revision is None


def test_a_killed_child_is_noticed_and_the_index_made_again(own: ChromaIndex, folder: Path) -> None:
    goal = frozenset(name(n) for n in range(250))
    run = reconcile(own, lambda: goal, records, "r1", Cancel())
    next(run)
    assert own.pid is not None
    os.kill(own.pid, signal.SIGKILL)
    assert list(run)[-1] == (250, 250)
    assert (own.ids(), own.revision, own.state) == (goal, "r1", IndexState.READY)
    assert place(folder).name == "0002"
    assert not (folder / "0001").exists()
    pid = own.pid
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: own.state is IndexState.FAILED)
    with pytest.raises(IndexUnavailable, match="signal 9"):
        own.query(VECTORS[0], 1)
    own.start()
    assert own.wait_ready(30)
    assert (own.ids(), own.revision) == (goal, "r1")  # killed at rest, it is as good as before
    assert place(folder).name == "0002"
    assert own.pid is not None
    child = psutil.Process(own.pid)
    child.suspend()
    own.close()
    assert not child.is_running()


@pytest.mark.parametrize("damage", DAMAGES)
def test_comes_back_from_damage(
    damaged: dict[Callable[[Path], None], ChromaIndex], damage: Callable[[Path], None]
) -> None:
    own = damaged[damage]
    bring(own, ALL, "r1")
    assert own.ids() == ALL
    assert (own.revision, own.state, own.looks_whole()) == ("r1", IndexState.READY, True)
    assert [own.query(VECTORS[n], 1)[0][0] for n in (0, 500, COUNT - 1)] == [name(0), name(500), name(COUNT - 1)]
    own.close()


def test_another_embedder_and_a_fresh_start_get_generations_of_their_own(index: ChromaIndex, folder: Path) -> None:
    def there() -> list[str]:
        return [path.name for path in sorted(folder.glob("0*"))]

    subprocess.run(["cp", "-r", str(index._folder), str(folder)], check=True)
    other = new_index(folder, "model-b")
    assert not other.looks_whole()
    other.start()
    assert other.wait_ready(30)
    try:
        assert (other.state, other.ids()) == (IndexState.BUILDING, frozenset())
        assert (there(), new_index(folder).revision) == (["0001", "0002"], "r1")  # until the new one is complete
        bring(other, SOME, "r1")
        assert (there(), other.looks_whole()) == (["0002"], True)
        other.discard()
        assert other.wait_ready(30)
        assert (other.ids(), other.revision) == (frozenset(), None)
        assert (there(), new_index(folder, "model-b").revision) == (["0002", "0003"], "r1")
        bring(other, SOME, "r2")
        assert (there(), other.revision) == (["0003"], "r2")
        wipe_everything(folder)  # while it is open
        bring(other, SOME, "r3")
        assert (other.ids(), other.revision, other.looks_whole()) == (SOME, "r3", True)
    finally:
        other.close()


def test_a_folder_that_cannot_be_used_is_a_reason_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = new_index(tmp_path / "file" / "vectors")
    with pytest.raises(IndexUnavailable):
        bring(made, SOME, "r1")
    assert (made.state, made.revision, made.looks_whole()) == (IndexState.FAILED, None, False)
    assert "NotADirectory" in made.reason


def child_command(folder: Path, *more: str) -> list[str]:
    command = [sys.executable, "-P", "-m", "qa.library.vectors", str(folder)]
    return [*command, "--fingerprint", "model-a", "--dimensions", str(DIMENSIONS), *more]


def test_the_child_outlives_an_interrupt_and_refuses_a_file_beyond_all_measure(folder: Path) -> None:
    with subprocess.Popen(
        child_command(folder, "--file-limit", "1000000"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin
        assert child.stdout
        assert read_frame(child.stdout)[0]["generation"] == "0001"
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGHUP)
        assert read_frame(child.stdout)[0]["count"] == 0
        child.send_signal(signal.SIGINT)
        write_frame(
            child.stdin,
            {"op": "write", "ids": ["a"], "documents": ["x" * 3_000_000], "metadatas": [{}], "delete": []},
            VECTORS[0].tobytes(),
        )
        assert read_frame(child.stdout)[0]["fault"] == "damaged"
        child.stdin.close()
        assert child.wait(20) == 0
    assert generations.is_marked(folder / "0001")


PARENT = """
import sys, time
from pathlib import Path
import numpy as np
from qa.library.child import ChromaIndex, Record
index = ChromaIndex(Path(sys.argv[1]), dimensions=64, fingerprint="model-a")
index.start()
assert index.wait_ready(30), index.reason
index.write([Record("a", np.ones(64, np.float32), "text", {})], [])
assert index.count() == 1
print(index.pid, flush=True)
time.sleep(60)
"""


def test_settings_of_strangers_have_no_effect_and_the_child_ends_with_a_killed_parent(
    folder: Path, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "pwn.py").write_text(f"open({str(trap / 'sprung')!r}, 'w')\nclass X: pass\n")
    hostile = {
        "chroma_product_telemetry_impl": "pwn.X",
        "chroma_api_impl": "chromadb.api.fastapi.FastAPI",
        "chroma_server_host": "127.0.0.1",
        "allow_reset": "true",
        "migrations": "foo",
    }
    (trap / ".env").write_text("".join(f"{key}={value}\n" for key, value in hostile.items()))
    environment = {**os.environ, **{key.upper(): value for key, value in hostile.items()}}
    environment["PYTHONPATH"] = os.pathsep.join([ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, cwd=trap, env=environment
    ) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert psutil.pid_exists(child)
        parent.kill()
    assert eventually(lambda: gone(child))
    assert eventually(lambda: claimable(folder))
    assert (folder / "0001" / "chroma.sqlite3").exists()
    assert not generations.is_marked(folder / "0001")  # it closed its files in order
    assert not (trap / "sprung").exists()


OPENING = """
import sys
from pathlib import Path
from qa.library.vectors import Store
Store(Path(sys.argv[1]), fingerprint="f", dimensions=8, file_limit=1 << 20).close()
assert "chromadb.api.rust" in sys.modules
print(*sys.modules)
"""


def test_what_the_child_never_uses_is_not_loaded(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPENING, str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": ROOT})
    loaded = set(told.stdout.split())
    assert not loaded & {"grpc", "rich.console", "click", "jsonschema.validators", "qa.library.store", "qa.types"}


def test_a_version_of_chroma_that_nobody_looked_through_is_imported_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert version("chromadb") == standins.KNOWN  # else: look through it again
    monkeypatch.setattr("qa.library.standins.KNOWN", "1.4.0")
    before = dict(sys.modules)
    standins.leave_out(schemas=True)
    assert dict(sys.modules) == before
