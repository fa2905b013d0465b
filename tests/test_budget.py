"""Budgets: no request is made that could cost more than is allowed, whichever process spent it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fake_llm import FakeLLM, Reply, tokens_read
from fixtures.newsroom import AS_OF, answered, engine_at, jsonl, passages_of, take_in, told

from qa.budget import Budget
from qa.cli import main
from qa.errors import BudgetError, ExitCode
from qa.prices import Price
from qa.types import Status

DAY = date(2026, 2, 5)
PRICE = Price(1.0, 2.0)
WHERE = "Where are the US-Iran talks expected to take place?"
MILLION = 1_000_000


def budget(folder: Path, run: float | None = None, daily: float | None = None, day: date = DAY) -> Budget:
    return Budget(run, daily, folder / "deep" / "spending.sqlite", lambda: day)


def test_what_was_set_aside_becomes_what_was_spent(tmp_path: Path) -> None:
    purse = budget(tmp_path, daily=5.0)
    assert purse.spent_today == 0.0
    aside = purse.reserve(PRICE, MILLION, MILLION, "m at h")
    assert purse.spent_today == pytest.approx(3.0)
    aside.settle(0.25)
    assert purse.spent_today == pytest.approx(0.25)


def test_a_request_that_could_cost_too_much_is_not_made(tmp_path: Path) -> None:
    for purse in (budget(tmp_path, run=2.9), budget(tmp_path, daily=2.9)):
        with pytest.raises(BudgetError) as caught:
            purse.reserve(PRICE, MILLION, MILLION, "m at h")
        assert "could cost $3.0000" in caught.value.message
        assert caught.value.hint
        assert caught.value.exit_code is ExitCode.BUDGET
        assert purse.spent_today == 0.0
        purse.reserve(PRICE, MILLION // 2, 0, "m at h").settle(0.5)
        with pytest.raises(BudgetError, match=r"\$0\.5000 of"):
            purse.reserve(PRICE, MILLION, MILLION, "m at h")
        (tmp_path / "deep" / "spending.sqlite").unlink()


def test_of_a_process_that_died_the_most_stays_counted_and_a_new_day_begins_with_nothing(tmp_path: Path) -> None:
    budget(tmp_path, daily=5.0).reserve(PRICE, MILLION, MILLION, "m at h")  # never settled
    with pytest.raises(BudgetError):
        budget(tmp_path, daily=5.0).reserve(PRICE, MILLION, MILLION, "m at h")
    tomorrow = budget(tmp_path, daily=5.0, day=date(2026, 2, 6))
    tomorrow.reserve(PRICE, MILLION, MILLION, "m at h")


def test_a_price_nobody_knows_stops_a_run_with_a_budget_and_no_other(tmp_path: Path) -> None:
    for purse in (budget(tmp_path, run=1.0), budget(tmp_path, daily=1.0)):
        with pytest.raises(BudgetError, match="the price of m at h is not known") as caught:
            purse.reserve(None, 1, 1, "m at h")
        assert "prices.toml" in caught.value.hint
    free = budget(tmp_path)
    free.reserve(None, 1, 1, "m at h").settle(None)
    assert free.spent_today == 0.0


def test_what_costs_nothing_is_always_allowed_and_leaves_no_file(tmp_path: Path) -> None:
    budget(tmp_path, run=0.0, daily=0.0).reserve(Price(0.0), MILLION, MILLION, "m at h").settle(0.0)
    assert not (tmp_path / "deep").exists()


def test_what_cannot_be_counted_is_not_spent(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "spending.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(BudgetError, match="cannot be counted"):
        budget(tmp_path, daily=1.0).reserve(PRICE, 1, 1, "m at h")
    budget(tmp_path, run=1.0).reserve(PRICE, 1, 1, "m at h").settle(0.0)  # the run is counted without it


def test_many_threads_never_spend_more_than_the_day_allows(tmp_path: Path) -> None:
    made: list[bool] = []

    def spend() -> None:
        try:
            budget(tmp_path, daily=0.0105).reserve(PRICE, 1_000, 0, "m at h").settle(0.001)
        except BudgetError:
            made.append(False)
        else:
            made.append(True)

    threads = [threading.Thread(target=spend) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.count(True) == 10
    assert budget(tmp_path).spent_today == pytest.approx(0.010)


# Through the command


RunFn = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def server(desk: Path) -> Any:
    with FakeLLM() as fake:
        text = f'["{fake.host}"]\n"test" = {{ input = 10, output = 20 }}\n'
        (desk / "prices.toml").write_text(text)
        fake.default = lambda _: Reply(["The talks are expected in Istanbul [1]."])
        yield fake


@pytest.fixture
def run(server: FakeLLM, own_seeds: Path, capsys: pytest.CaptureFixture[str]) -> RunFn:
    def ran(*arguments: str, url: str = server.url, library: Path = own_seeds) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*arguments, "--library", str(library), "--model", "test", "--base-url", url])
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


def test_a_question_that_could_cost_too_much_is_not_sent(run: RunFn, server: FakeLLM) -> None:
    code, out, err = run("ask", WHERE, "--max-cost", "0.001")
    assert (code, out) == (ExitCode.BUDGET, "")
    assert "could cost" in err
    assert "--max-cost" in err
    assert not server.requests
    code, out, err = run("ask", WHERE, "--max-cost", "0.001", "--json")
    assert json.loads(out)["error"]["code"] == "budget"


def test_what_a_question_cost_is_told_and_counted_for_the_day(run: RunFn, server: FakeLLM, desk: Path) -> None:
    (desk / "config.toml").write_text("daily_budget = 0.5\nrepair = false\n")
    code, _, err = run("ask", WHERE, "--max-cost", "0.4")
    assert code == 0
    read = tokens_read(server.bodies[0])
    cost = (10 * read + 20 * 7) / 1e6
    assert f"{read:,} tokens read and 7 written, ${cost:.4f}; ${cost:.4f} of today's $0.5 are spent" in err
    code, out, _ = run("ask", WHERE, "--json")
    assert json.loads(out)["usage"]["cost"] == pytest.approx(cost, rel=0.02)  # the fence differs


def test_a_days_budget_is_shared_by_processes(run: RunFn, server: FakeLLM, desk: Path, own_seeds: Path) -> None:
    (desk / "config.toml").write_text("daily_budget = 0.045\nrepair = false\n")
    environ = os.environ | {"NEWSDESK_CONFIG_DIR": str(desk)}
    command = [sys.executable, "-c", "import sys; from qa.cli import main; sys.exit(main(sys.argv[1:]))"]
    ask = ["ask", WHERE, "--library", str(own_seeds), "--model", "test", "--base-url", server.url]
    assert subprocess.run([*command, *ask], env=environ, capture_output=True, check=False).returncode == 0
    code, _, err = run("ask", WHERE)
    assert code == ExitCode.BUDGET
    assert "today's budget of $0.045" in err
    assert len(server.requests) == 1


def test_an_unknown_price_is_said_and_stops_a_run_with_a_budget(run: RunFn, server: FakeLLM) -> None:
    elsewhere = server.url.replace("127.0.0.1", "127.1")  # this machine, but not known as such
    code, _, err = run("ask", WHERE, url=elsewhere)
    assert code == 0
    assert "at a price that is not known" in err
    sent = len(server.requests)
    code, out, err = run("ask", WHERE, "--max-cost", "5", url=elsewhere)
    assert (code, out) == (ExitCode.BUDGET, "")
    assert f"the price of test at {elsewhere.split('/')[2]} is not known" in err
    assert '"model" = { input = 0.15, output = 0.60 }' in err
    assert len(server.requests) == sent


def test_a_long_run_tells_the_most_it_can_cost_and_stops_in_time(run: RunFn, server: FakeLLM, desk: Path) -> None:
    (desk / "config.toml").write_text("repair = false\n")
    questions = [{"id": str(n), "question": WHERE, "expect": {"status": "answered"}} for n in range(6)]
    path = str(jsonl(desk / "fixtures.jsonl", questions))
    code, out, err = run("eval", path, "--max-cost", "0.1", "--json")
    assert code == ExitCode.INTERRUPTED
    report = json.loads(out)
    assert not report["complete"]
    assert 0 < report["costs"]["dollars"] <= 0.1
    assert len(report["cases"]) == len(server.requests) < 6
    most = 6 * (10 * 7168 + 20 * 1024) / 1e6
    assert f"6 answers and stories for test at {server.host}: at most ${most:.4f}, and it stops before $0.1" in err
    assert "stopped after" in err


def test_a_briefing_goes_on_by_quotation_where_the_money_ends(server: FakeLLM, tmp_path: Path, run: RunFn) -> None:
    events = (
        "The mayor of Varna opened a bridge",
        "Snow closed all schools in Oslo",
        "A strike stopped trains in Lyon",
    )
    articles = [told(n, text, f"{text} on Tuesday, officials said.") for n, text in enumerate(events)]
    library = tmp_path / "other"
    take_in(library, jsonl(tmp_path / "a.jsonl", articles))
    server.default = lambda body: Reply([f"{passages_of(body)[1].removesuffix('.')} [1]."], usage=(3_000, 30))
    code, out, err = run("brief", "--date", "2026-02-04", "--max-cost", "0.05", "--json", library=library)
    assert code == 0
    briefing = json.loads(out)
    assert len(briefing["stories"]) == 3
    assert all(story["claims"] for story in briefing["stories"])
    assert len(server.requests) == 1
    (note,) = briefing["notes"]
    assert note.startswith(f"quoted from “{briefing['stories'][1]['title']}” on: the next request could cost $")
    assert "3 stories for test" in err
    code, out, _ = run("brief", "--date", "2026-02-04", "--max-cost", "0.001", library=library)
    assert (code, out) == (ExitCode.BUDGET, "")


def test_the_budget_stops_the_repair_and_keeps_the_first_reply(server: FakeLLM, own_seeds: Path, desk: Path) -> None:
    server.default = lambda _: Reply(["The talks are expected in Geneva [1]."], usage=(4_000, 40))
    with engine_at(own_seeds, url=server.url, max_cost=0.06) as engine:
        answer = answered(engine, WHERE, as_of=AS_OF)
    assert answer.status is Status.INSUFFICIENT
    assert len(server.requests) == 1
    assert any("could not be asked for again: the next request could cost" in note for note in answer.notes)
