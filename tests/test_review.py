"""A model's sentences reviewed: asked for again, struck out or dropped, doubted by the model, whatever comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Raw, Reply, Scripted, tokens_read
from fixtures.newsroom import AS_OF, answered, engine_at, passages_of
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import composed
from qa.ask import ask
from qa.engine import Engine
from qa.opinion import read_opinion
from qa.render import answer_json, answer_text
from qa.repair import lines_of
from qa.retrieve import resolve
from qa.review import dropped, struck
from qa.types import Answer, Cancel, Claim, Delta, Notice, Status, Verdict

WHERE = "Where are the US-Iran talks expected to take place?"
GOOD = "The talks are expected to take place in Istanbul"
BAD = "The talks are expected to take place in Geneva with 40 envoys"


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as fake:
        yield fake


EngineFn = Callable[..., Engine]


@pytest.fixture
def engine(seeds_library: Path, server: FakeLLM) -> Iterator[EngineFn]:
    made: list[Engine] = []

    def open_(**settings: Any) -> Engine:
        made.append(engine_at(seeds_library, url=server.url, **settings))
        return made[-1]

    yield open_
    for one in made:
        one.close()


def place(body: dict[str, Any]) -> int:
    return next(n for n, text in passages_of(body).items() if "reportedly expected to take place in Istanbul" in text)


def in_turn(server: FakeLLM, *replies: Callable[[int], Scripted]) -> None:
    """One reply after the other, each made from the number of the passage that answers; then the last."""
    left = list(replies)

    def next_one(body: dict[str, Any]) -> Scripted:
        make = left.pop(0) if len(left) > 1 else left[0]
        return make(place(body))

    server.default = next_one


def test_carrying_words_are_the_quote_and_the_reader_never_sees_them_in_the_text(
    server: FakeLLM, engine: EngineFn
) -> None:
    in_turn(
        server,
        lambda n: Reply([GOOD, f" [{n} ", '"expected to take', ' place in Istanbul"', "]. Th", "at is all [9]."]),
    )
    made = engine(repair=False)
    events = list(ask(made, resolve(made, WHERE, as_of=AS_OF)))
    answer = events[-1]
    assert isinstance(answer, Answer)
    first = answer.claims[0]
    assert [c.quote for c in first.citations] == ["expected to take place in Istanbul"]
    (article,) = {hit.article for hit in answer.hits if hit.article.id == first.citations[0].article_id}
    assert article.text[first.citations[0].start : first.citations[0].end] == first.citations[0].quote
    assert first.verdict is Verdict.SUPPORTED
    shown = "".join(event.text for event in events if isinstance(event, Delta))
    assert shown == f"{GOOD} [1]. That is all."
    assert "expected to take place in Istanbul" in answer_text(answer)


def test_words_that_stand_nowhere_are_noted(server: FakeLLM, engine: EngineFn) -> None:
    in_turn(
        server,
        lambda n: Reply([f'{GOOD} [{n} "will surely be held there"]. The US talks [{n} "or so they say"].']),
    )
    answer = answered(engine(repair=False), WHERE)
    assert any("none of the words the model gave as evidence" in note for note in answer.notes)
    assert all(c.quote for claim in answer.claims for c in claim.citations)


def test_a_failed_sentence_is_asked_for_again_with_its_reasons_and_put_in_its_place(
    server: FakeLLM, engine: EngineFn
) -> None:
    in_turn(
        server,
        lambda n: Reply([f"{BAD} [{n}]. {GOOD} [{n}]."]),
        lambda n: Reply([f'1: The talks are reportedly expected in Istanbul [{n} "take place in Istanbul"].']),
    )
    made = engine()
    events = list(ask(made, resolve(made, WHERE, as_of=AS_OF)))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert [claim.text for claim in answer.claims] == ["The talks are reportedly expected in Istanbul.", f"{GOOD}."]
    assert [claim.verdict for claim in answer.claims] == [Verdict.SUPPORTED] * 2
    assert answer.status is Status.ANSWERED
    assert answer.notes == ("1 sentence was written again, because the articles did not support it",)
    first, second = server.bodies
    assert f"1: {BAD}" in second["messages"][1]["content"]
    assert "the name Geneva is not in what it cites" in second["messages"][1]["content"]
    assert GOOD + "." not in second["messages"][1]["content"].split("passages end ===")[1]
    assert answer.usage.tokens_in == tokens_read(first) + tokens_read(second)
    assert answer.usage.tokens_out == 14
    assert [e.text for e in events if isinstance(e, Notice)] == [
        "asked test once more for 1 sentence(s) that the articles do not support"
    ]


@pytest.mark.parametrize(
    "again",
    [
        Reply(["1: The talks will be in Vienna with 50 envoys [1]."]),
        Reply(["1: NOT IN THE ARTICLES"]),
        Reply(["2: Something else [1]."]),
        Reply([""]),
        Reply(["1: " + "[" * 5_000]),
        Reply(["1: cut off"], finish=None, done=False),
        Failure(500, retry_after="0"),
        Failure(429, code="insufficient_quota"),
        Failure(400, "maximum context length"),
        Raw(b"<html>", "text/html"),
    ],
)
def test_what_still_fails_is_struck_out_with_the_word_whatever_the_server_does(
    server: FakeLLM, engine: EngineFn, again: Scripted
) -> None:
    in_turn(server, lambda n: Reply([f"{GOOD} [{n}]. {BAD} [{n}]."]), lambda _: again)
    answer = answered(engine(), WHERE)
    good, bad = answer.claims
    assert (good.struck, bad.struck) == (False, True)
    assert (good.verdict, bad.verdict) == (Verdict.SUPPORTED, Verdict.UNSUPPORTED)
    assert answer.text == f"{GOOD}. [1] ~~{BAD}.~~ [1]"
    assert all(answer.text[claim.start : claim.end] == claim.text for claim in answer.claims)
    assert answer.status is Status.PARTIAL
    assert answer.complete
    shown = " ".join(answer_text(answer).split())
    assert f"✗ ~~{BAD}.~~ [1] – struck out, unsupported: " in shown
    assert [claim["struck"] for claim in answer_json(answer)["claims"]] == [False, True]
    failed = not isinstance(again, Reply) or again.finish is None or again.chunks == [""]
    assert any("could not be asked for again" in note for note in answer.notes) == failed


def test_what_still_fails_is_dropped_and_counted_by_setting(server: FakeLLM, engine: EngineFn) -> None:
    in_turn(server, lambda n: Reply([f"{BAD} [{n}]. {GOOD} [{n}]. Nobody cites this."]), lambda _: Reply(["1: no"]))
    answer = answered(engine(failed="drop"), WHERE)
    assert [claim.text for claim in answer.claims] == [f"{GOOD}."]
    assert answer.text == f"{GOOD}. [1]"
    assert answer.notes == ("dropped 2 sentence(s) the articles do not support",)
    assert answer.status is Status.PARTIAL


def test_repair_can_be_switched_off(server: FakeLLM, engine: EngineFn) -> None:
    in_turn(server, lambda n: Reply([f"{BAD} [{n}]."]))
    answer = answered(engine(repair=False), WHERE)
    assert len(server.bodies) == 1
    assert [claim.struck for claim in answer.claims] == [True]
    assert answer.status is Status.INSUFFICIENT


def test_cancelled_while_it_is_asked_again_the_first_reply_is_kept(server: FakeLLM, engine: EngineFn) -> None:
    in_turn(server, lambda n: Reply([f"{GOOD} [{n}]. {BAD} [{n}]."]), lambda _: Reply(["1: The"], stall_after=0))
    made, cancel, answer = engine(), Cancel(), None
    for event in ask(made, resolve(made, WHERE, as_of=AS_OF), cancel=cancel):
        if isinstance(event, Notice) and event.text.startswith("asked test once more"):
            cancel.cancel()
        answer = event
    assert isinstance(answer, Answer)
    assert not answer.complete
    assert [claim.text for claim in answer.claims] == [f"{GOOD}.", f"{BAD}."]
    assert [claim.struck for claim in answer.claims] == [False, True]


# A second opinion


def test_a_second_opinion_lowers_and_says_who_doubts(server: FakeLLM, engine: EngineFn) -> None:
    in_turn(server, lambda n: Reply([f"{GOOD} [{n}]. {BAD} [{n}]."]), lambda _: Reply(["1: no"]))
    answer = answered(engine(repair=False, verify="llm"), WHERE)
    good, bad = answer.claims
    assert (good.verdict, bad.verdict) == (Verdict.WEAK, Verdict.UNSUPPORTED)
    assert good.reasons == ("the checks found it supported, but test, asked for a second opinion, does not",)
    asked = server.bodies[-1]["messages"][1]["content"]
    assert GOOD in asked
    assert "Geneva" not in asked.split("passages end ===")[1]  # nothing there could be lowered
    assert len(passages_of(server.bodies[-1])) == 1
    assert answer.usage.tokens_in == sum(map(tokens_read, server.bodies))


def test_a_second_opinion_never_raises_a_verdict(server: FakeLLM, engine: EngineFn) -> None:
    in_turn(server, lambda n: Reply([f"{GOOD} [{n}]. {BAD} [{n}]."]), lambda _: Reply(["1: yes"]))
    answer = answered(engine(repair=False, verify="llm"), WHERE)
    assert [claim.verdict for claim in answer.claims] == [Verdict.SUPPORTED, Verdict.UNSUPPORTED]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(["1: no, because it is not there"]), "something else than yes or no"),
        (Reply(["Sure! Here you go:\n1: no"]), "something else than yes or no"),
        (Reply(["1: no\n1: no"]), "twice"),
        (Reply(["2: no"]), "something else than yes or no"),
        (Reply(["\n"]), "empty reply"),
        (Reply(["1: n"], finish="length"), "length limit"),
        (Failure(400, "no"), "no"),
        (Failure(401), "does not accept the key"),
    ],
)
def test_an_opinion_that_cannot_be_read_changes_nothing_and_is_noted(
    server: FakeLLM, engine: EngineFn, reply: Scripted, why: str
) -> None:
    in_turn(server, lambda n: Reply([f"{GOOD} [{n}]."]), lambda _: reply)
    answer = answered(engine(verify="llm", key="sk-1234567890abcdef"), WHERE)
    assert [claim.verdict for claim in answer.claims] == [Verdict.SUPPORTED]
    (note,) = answer.notes
    assert note.startswith("no second opinion: ")
    assert why in note


@given(st.text(alphabet="12: .\nyesno[])", max_size=40), st.integers(1, 3))
def test_an_opinion_is_whole_or_refused(reply: str, most: int) -> None:
    with suppress(ValueError):
        assert sorted(read_opinion(reply, most)) == list(range(1, most + 1))


@given(st.text(alphabet="12:.) \n*-[]sentence a", max_size=60), st.integers(1, 3))
def test_lines_count_for_the_numbers_that_were_asked_for(reply: str, most: int) -> None:
    assert set(lines_of(reply, most)) <= set(range(1, most + 1))


@pytest.mark.parametrize(
    ("reply", "most", "lines"),
    [
        ("1: A [1].\n2: B [2].", 2, {1: "A [1].", 2: "B [2]."}),
        ("1. A\n\n2) B\nand more", 2, {1: "A", 2: "B\nand more"}),
        ("**Sentence 1**: A", 1, {}),
        ("- 1: A\n9: C\nof nine\n1: again", 2, {1: "A"}),
        ("It is in Istanbul [2].", 1, {1: "It is in Istanbul [2]."}),
        ("It is in Istanbul [2].", 2, {}),
    ],
)
def test_lines_are_read_by_their_numbers(reply: str, most: int, lines: dict[int, str]) -> None:
    found = lines_of(reply, most)
    assert found == (lines or ({1: reply} if most == 1 else {}))


# What becomes of failed sentences


def claim(text: str, verdict: Verdict) -> Claim:
    return Claim(text, 0, 0, (), verdict)


CLAIMS = (claim("A.", Verdict.SUPPORTED), claim("B.", Verdict.UNSUPPORTED), claim("C.", Verdict.UNCITED),
          claim("D.", Verdict.WEAK))  # fmt: skip


def test_unsupported_and_uncited_sentences_are_struck_out_and_weak_ones_are_not() -> None:
    text, claims = composed(struck(CLAIMS))
    assert text == "A. ~~B.~~ ~~C.~~ D."
    assert [text[one.start : one.end] for one in claims] == ["A.", "B.", "C.", "D."]


def test_dropped_sentences_are_counted() -> None:
    kept, notes = dropped(CLAIMS)
    assert [one.text for one in kept] == ["A.", "D."]
    assert notes == ("dropped 2 sentence(s) the articles do not support",)
    assert dropped(kept) == (kept, ())
