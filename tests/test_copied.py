"""What goes to the clipboard: sentences with their numbers, and under them the words they rest on."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from test_exports import answer, citation, claim

from qa.render import copied_answer, copied_quote
from qa.types import Conflict, Status, Verdict


def test_each_number_has_its_words_title_source_day_and_address() -> None:
    first = replace(citation("He said so."), url="https://news.example/a")
    second = replace(citation("Twice."), start=40, end=46, url="https://news.example/a")
    other = replace(citation("They left."), n=2, article_id="b", title="Leaving", url=None)
    told = answer(
        claim("He said it twice.", Verdict.SUPPORTED, first, second),
        claim("They left for 40 days.", Verdict.UNSUPPORTED, other, reasons=("the number 40 is not in what it cites",)),
    )
    lines = copied_answer(told).splitlines()
    assert lines[0] == told.question
    assert "He said it twice. [1]" in lines
    assert "They left for 40 days. [2] (unsupported: the number 40 is not in what it cites)" in lines
    whose = f"{first.title} · {first.source} · {first.published} · https://news.example/a"
    assert f"[1] “He said so.” … “Twice.” — {whose}" in lines
    assert any(line.startswith("[2] “They left.” — Leaving · ") for line in lines)


def test_what_is_broken_off_refused_or_disputed_says_so() -> None:
    near = citation("Near it.")
    refused = copied_answer(replace(answer(), status=Status.INSUFFICIENT, nearest=(near,)))
    assert "Not in your articles (searched" in refused
    assert "[1] “Near it.”" in refused
    assert "broken off, not complete" in copied_answer(replace(answer(claim("A.")), complete=False))
    sides = (replace(near, n=1, quote="35 died"), replace(near, n=2, quote="53 died", start=9))
    disputed = copied_answer(
        replace(answer(claim("A.")), conflicts=(Conflict("disagreement", sides, ("35", "53"), "deaths"),))
    )
    assert "Sources differ on deaths: 35 or 53 [1][2]" in disputed
    assert "[2] “53 died”" in disputed


@given(st.text(max_size=60))
def test_nothing_in_it_commands_a_terminal(text: str) -> None:
    cited = replace(citation(text), title=text, source=text, url=text)
    told = replace(answer(claim(text, Verdict.WEAK, cited, reasons=(text,))), question=text)
    for copied in (copied_answer(told), copied_quote(text, text, text, text, text)):
        assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in copied.replace("\n", ""))
        assert not set(copied) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
