"""The journal: what is kept is kept, whoever else writes and whatever is killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fixtures.newsroom import answered

from qa.engine import Engine
from qa.errors import LibraryError, NotFoundError
from qa.journal import JOURNAL_FILE, Journal
from qa.types import Answer, Mode, Provenance, Query, Status, Usage

AT = datetime(2026, 2, 5, 12, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from qa.journal import Journal
from test_journal import plain
journal = Journal(Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    turn = journal.keep(plain(f"{sys.argv[2]} {n}"), datetime.now(UTC))
    print(turn.conversation, sys.argv[2], n, flush=True)
"""


def plain(question: str) -> Answer:
    """An answer without anything in it."""
    made = Provenance(Mode.EXTRACTIVE, None, None, "c", "e", "1")
    query = Query(question, AT.date())
    return Answer(question, "", (), (), Status.INSUFFICIENT, True, query, (), 0, "exact", Usage(), made)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["tests", *sys.path])}
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        cwd=Path(__file__).resolve().parent.parent,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_an_answer_comes_back_whole_but_for_what_was_only_found(journal: Journal, seeds_engine: Engine) -> None:
    answer = answered(seeds_engine, "What did Fidan discuss with Barrot last week?")
    assert answer.hits
    turn = journal.keep(answer, AT)
    assert (turn.conversation, turn.n, turn.answer) == (1, 1, answer)
    (kept,) = journal.turns(1)
    assert kept.answer == replace(answer, hits=())
    assert kept.asked_at == AT


def test_turns_go_on_and_conversations_are_listed_the_latest_first(journal: Journal) -> None:
    assert journal.conversations() == []
    assert journal.last() is None
    journal.keep(plain("one"), AT)
    journal.keep(plain("two"), AT + timedelta(minutes=1))
    assert journal.keep(plain("three"), AT + timedelta(hours=1), 1).n == 2
    assert [(one.id, one.title, one.turns) for one in journal.conversations()] == [(2, "two", 1), (1, "one", 2)]
    last = journal.last()
    assert last is not None
    assert (last.id, last.changed) == (1, AT + timedelta(hours=1))
    assert [turn.answer.question for turn in journal.turns(1)] == ["one", "three"]


def test_questions_come_back_the_newest_first_each_once_and_without_deleted_ones(journal: Journal) -> None:
    assert journal.questions() == ()
    first = journal.keep(plain("Who won?"), AT)
    journal.keep(plain("Who lost?"), AT + timedelta(minutes=1), first.conversation)
    gone = journal.keep(plain("Who cheated?"), AT + timedelta(minutes=2))
    journal.keep(plain("Who won?"), AT + timedelta(minutes=3))
    assert journal.questions() == ("Who won?", "Who cheated?", "Who lost?")
    assert journal.questions(most=1) == ("Who won?",)
    assert gone.conversation is not None
    journal.delete(gone.conversation, AT)
    assert journal.questions() == ("Who won?", "Who lost?")
    with sqlite3.connect(journal.path) as db:
        db.execute("UPDATE turns SET answer = 'no json' WHERE n = 2")
    assert journal.questions() == ("Who won?",)


def test_reading_makes_no_file_and_only_its_owner_reads_it(journal: Journal) -> None:
    assert journal.conversations() == []
    assert journal.damage() is None
    assert not journal.path.exists()
    journal.keep(plain("mine"), AT)
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_a_deleted_conversation_can_be_restored_and_an_erased_one_leaves_no_word(journal: Journal) -> None:
    journal.keep(plain("the harbour of Aydintepe"), AT)
    journal.keep(plain("another"), AT)
    assert journal.delete(1, AT).deleted == AT
    assert [one.id for one in journal.conversations()] == [2]
    assert [one.id for one in journal.conversations(deleted=True)] == [1]
    with pytest.raises(NotFoundError, match="deleted") as refused:
        journal.conversation(1)
    assert "restore 1" in refused.value.hint
    assert journal.restore(1).deleted is None
    assert journal.turns(1)
    journal.delete(1, AT)
    journal.erase(1)
    with pytest.raises(NotFoundError):
        journal.restore(1)
    for file in journal.path.parent.iterdir():
        assert b"Aydintepe" not in file.read_bytes()


def test_what_was_erased_or_deleted_meanwhile_begins_a_new_conversation(journal: Journal) -> None:
    journal.keep(plain("one"), AT)
    journal.erase(1)
    turn = journal.keep(plain("two"), AT, 1)
    assert (turn.conversation, turn.n) == (2, 1)
    journal.delete(2, AT)
    turn = journal.keep(plain("three"), AT, 2)
    assert (turn.conversation, turn.n) == (3, 1)


def test_a_title_is_shown_safe_and_renamed(journal: Journal) -> None:
    journal.keep(plain("a\x1b]52;c;x\x07\ud800b"), AT)
    assert journal.conversation(1).title == "a\ufffd]52;c;x\ufffd\ufffdb"
    assert journal.rename(1, "Talks").title == "Talks"
    with pytest.raises(NotFoundError, match="no conversation 9"):
        journal.rename(9, "x")


def test_a_field_that_is_new_or_gone_does_not_lose_a_turn(journal: Journal) -> None:
    journal.keep(plain("old"), AT)
    with sqlite3.connect(journal.path) as db:
        told = json.loads(db.execute("SELECT answer FROM turns").fetchone()[0])
        del told["notes"]
        told["mood"] = "curious"
        db.execute("UPDATE turns SET answer = ?", (json.dumps(told),))
    assert journal.turns(1)[0].answer == plain("old")
    with sqlite3.connect(journal.path) as db:
        db.execute("UPDATE turns SET answer = ?", (json.dumps({**told, "status": "hopeful"}),))
    with pytest.raises(LibraryError, match="turn 1 of conversation 1 cannot be read"):
        journal.turns(1)


def test_a_journal_of_a_newer_version_is_left_alone(journal: Journal) -> None:
    with sqlite3.connect(journal.path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="newer Newsdesk"):
        journal.keep(plain("x"), AT)


def test_a_damaged_journal_is_an_error_with_a_remedy(journal: Journal) -> None:
    journal.path.write_bytes(b"this is no database, " * 500)
    with pytest.raises(LibraryError, match="damaged") as refused:
        journal.keep(plain("x"), AT)
    assert "your articles are whole" in refused.value.hint
    assert "damaged" in str(journal.damage())


def test_a_locked_journal_is_an_error_and_not_a_wait_for_ever(tmp_path: Path) -> None:
    journal = Journal(tmp_path, busy_seconds=0.1)
    journal.keep(plain("one"), AT)
    other = sqlite3.connect(journal.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LibraryError, match="locked") as refused:
        journal.keep(plain("two"), AT)
    assert "Another program" in refused.value.hint
    assert [one.title for one in journal.conversations()] == ["one"]  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    journal.keep(plain("two"), AT)


def test_processes_and_threads_keep_at_once_and_nothing_is_lost(journal: Journal) -> None:
    processes = [writer(journal.path.parent, f"p{n}", 10) for n in range(3)]

    def keep(name: str) -> None:
        for n in range(10):
            journal.keep(plain(f"{name} {n}"), AT)

    threads = [threading.Thread(target=keep, args=(f"t{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0, 0]
    titles = {one.title for one in journal.conversations()}
    assert titles == {f"{kind}{who} {n}" for kind in "pt" for who in range(3) for n in range(10)}
    assert journal.damage() is None


def test_turns_of_one_conversation_are_numbered_by_whoever_comes_first(journal: Journal) -> None:
    journal.keep(plain("begun"), AT)
    threads = [threading.Thread(target=lambda: [journal.keep(plain("x"), AT, 1) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [turn.n for turn in journal.turns(1)] == list(range(1, 42))


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_in_the_middle_loses_nothing_that_was_acknowledged(journal: Journal, seed: int) -> None:
    process = writer(journal.path.parent, "k", 100_000)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(random.Random(seed).uniform(0.0, 0.4))
    process.send_signal(signal.SIGKILL)
    told = [first, *process.stdout.read().splitlines()]
    process.wait()
    acknowledged = {int(line.split()[0]): " ".join(line.split()[1:]) for line in told if len(line.split()) == 3}
    titles = {one.id: one.title for one in journal.conversations()}
    assert acknowledged.items() <= titles.items()
    assert len(titles) <= len(acknowledged) + 1
    assert all(len(journal.turns(number)) == 1 for number in titles)
    assert journal.damage() is None
    assert journal.keep(plain("afterwards"), AT).conversation == len(titles) + 1


def test_the_journal_is_made_by_several_at_once(tmp_path: Path) -> None:
    barrier = multiprocessing.get_context("spawn").Barrier(3)
    made = [
        multiprocessing.get_context("spawn").Process(target=_keep_at_once, args=(tmp_path, barrier)) for _ in range(3)
    ]
    for process in made:
        process.start()
    for process in made:
        process.join()
    assert [process.exitcode for process in made] == [0, 0, 0]
    assert len(Journal(tmp_path).conversations()) == 3
    assert (tmp_path / JOURNAL_FILE).exists()


def _keep_at_once(folder: Path, barrier: threading.Barrier) -> None:
    barrier.wait()
    Journal(folder).keep(plain("at once"), AT)
