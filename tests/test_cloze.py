"""Questions made of sentences: each with the one answer that its sentence has, and none that leaves something open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.cloze import Cloze, Form, clozes, usable_question
from qa.exchanging import changed, near_misses
from qa.types import Article, Published

DAY = Published("2026-02-04", date(2026, 2, 4))
PEOPLE = (
    "\n\nMayor Ana Dimova said the works were done. Dimova said so. She told Georgi Kolev. Kolev, 52, said nothing."
)


def article(text: str, title: str = "News of Ruse") -> Article:
    return Article("a", "a.txt", 1, title, "Agency", None, DAY, text + PEOPLE, "")


def made(text: str) -> list[tuple[Form, str, tuple[str, ...]]]:
    return [(one.form, one.question, one.answers) for one in clozes(article(text))]


@pytest.mark.parametrize(
    ("text", "form", "question", "answers"),
    [
        (
            "At least 1,200 people were evacuated from the villages along the Danube near Ruse.",
            Form.HOW_MANY,
            "How many people were evacuated from the villages along the Danube near Ruse?",
            ("1,200", "1200"),
        ),
        (
            "Ana Dimova opened the restored railway bridge across the Danube in Ruse.",
            Form.WHO,
            "Who opened the restored railway bridge across the Danube in Ruse?",
            ("Ana Dimova", "Dimova"),
        ),
        (
            "The railway bridge across the Danube will be opened to traffic on Friday.",
            Form.WHEN,
            "When will the railway bridge across the Danube be opened to traffic?",
            ("Friday",),
        ),
        (
            "Police closed the railway bridge across the Danube for seven hours after the storm.",
            Form.NUMBER,
            "What number fills the gap: “Police closed the railway bridge across the Danube for ____ hours after the"
            " storm”?",
            ("seven", "7"),
        ),
        (
            "The works on the railway bridge cost $4.5 million, according to the town council.",
            Form.NUMBER,
            "What number fills the gap: “The works on the railway bridge cost ____, according to the town council”?",
            ("4.5 million", "4500000", "4,500,000"),
        ),
        (
            "The town council of Ruse gave the keys of the bridge to Ana Dimova on the river bank.",
            Form.NAME,
            "Who fills the gap: “The town council of Ruse gave the keys of the bridge to ____ on the river bank”?",
            ("Ana Dimova", "Dimova"),
        ),
        (
            "“The bridge will carry more trains than ever before in its history,” Ana Dimova said in Ruse.",
            Form.WHO_SAID,
            "Who said “The bridge will carry more trains than ever before in its history”?",
            ("Ana Dimova", "Dimova"),
        ),
    ],
)
def test_a_sentence_is_asked_about(text: str, form: Form, question: str, answers: tuple[str, ...]) -> None:
    assert (form, question, answers) in made(text)


@pytest.mark.parametrize(
    "text",
    [
        "They closed the railway bridge across the Danube for seven hours after the storm.",  # who?
        "Police closed this railway bridge across the Danube for seven hours after the storm.",  # which?
        "Police closed the bridge for seven hours and the road for nine hours after the storm.",  # which number?
        "Police closed the railway bridge across the Danube in the summer of 1997 after the storm.",  # a year
        "The council bought a 20-year-old railway carriage for the museum beside the bridge.",  # part of a word
        "Flight 123 flew over the railway bridge across the Danube just before the storm.",  # a name
        "Police closed the railway bridge for seven hours last year after the storm in spring.",  # of other days
        "Police closed it for seven hours.",  # too little
        '"Police closed the railway bridge across the Danube for seven hours,” the newspaper wrote in Ruse.',  # no name
    ],
)
def test_what_leaves_something_open_is_not_asked_about(text: str) -> None:
    assert [one for one in made(text) if "bridge" in one[1] or "closed" in one[1]] == []


def one_of(text: str) -> tuple[Cloze, Article]:
    source = article(text)
    return next(iter(clozes(source))), source


def test_a_near_miss_is_about_another_place_or_year_that_the_article_lacks() -> None:
    cloze, source = one_of("Police in Bulgaria closed the old railway bridge (1954) for seven hours after the storm.")
    found = list(near_misses(cloze, source, {"romania"}))
    assert [(was, now) for _, was, now in found] == [("Bulgaria", "Romania"), ("1954", "1951")]
    assert all(now in question and was not in question for question, was, now in found)
    others = near_misses(cloze, replace(source, text=f"{source.text} Romania and 1951."), {"romania"})
    assert not {"Romania", "1951"} & {now for _, _, now in others}


def test_a_claim_is_changed_where_it_is_asked_about() -> None:
    cloze, source = one_of("Police closed the railway bridge across the Danube for seven hours after the storm.")
    assert changed(cloze, source.text, []) == cloze.claim.replace("seven", "ten")
    cloze, source = one_of("At least 1,200 people were evacuated from the villages along the Danube near Ruse.")
    assert changed(cloze, source.text, []) == cloze.claim.replace("1,200", "1,801")
    cloze, source = one_of("Ana Dimova opened the restored railway bridge across the Danube in Ruse.")
    assert changed(cloze, source.text, ["Georgi Kolev", "Ivan Petrov"]) == cloze.claim.replace(
        "Ana Dimova", "Ivan Petrov"
    )
    assert changed(cloze, source.text, ["Georgi Kolev"]) is None


def test_a_question_of_a_model_is_asked_only_where_it_can_be() -> None:
    cloze, source = one_of("Police closed the railway bridge across the Danube for seven hours after the storm.")
    good = "For how long did police close the railway bridge across the Danube?"
    assert usable_question(f" {good}\n", cloze, source) == good
    for bad in (
        "",
        good[:-1],
        f"Here it is:\n{good}",
        good.replace("?", " for seven hours?"),
        good.replace("?", " for 7 hours?"),
        good.replace("Danube", "Rhine"),
        good.replace("?", " in 2024?"),
        good.replace("police", "they, in this report,"),
        good.replace("the railway bridge", '"the railway bridge"'),
        good.replace("the railway", "the [railway](http://x)"),
        good.replace("?", " last year?"),
        f"{good} {good}",
        "What is the capital of France, and why do so many people go there?",
        " ".join(["For how long", *["and how long"] * 20, "did police close the railway bridge across the Danube?"]),
        "-bridge " + good,
        f"<b>{good}",
    ):
        assert usable_question(bad, cloze, source) is None, bad
