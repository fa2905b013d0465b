"""The extractive writer: which sentences of the hits answer, by what is asked for, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.asked import Kind, kind_of
from qa.extract import CERTAINTY, EMBEDDED, FEATURES, FIRST, WEIGHTS, Candidate, candidates
from qa.types import Article, Hit, How, Passage, Published

TEXT = (
    "The bridge of Ruse opened to traffic on Monday, the mayor Ana Dimova said. It cost 40 million euros and took "
    "three years. Dimova thanked the engineers.\n\nWork on it began in 2021. The old bridge was closed because its "
    "pillars had cracked. Yes."
)


def hit(text: str = TEXT, day: str = "2026-02-04", start: int = 0, name: str = "a") -> Hit:
    published = Published(day, date.fromisoformat(day))
    article = Article(name, name, 1, "A bridge for Ruse", "Agency", None, published, text, name)
    return Hit(Passage(f"{name}-0", name, 1, 0, start, len(text), text[start:]), article, 0.9, How(1, 1))


def embed(text: str) -> NDArray[np.float32]:
    """A small real embedding: counts of letters, of length one."""
    counts = np.array([text.lower().count(c) for c in "abcdefghijklmnopqrstuvwxyz"], dtype=np.float32)
    norm = float(np.linalg.norm(counts))
    return counts / np.float32(norm) if norm else counts


def weigh(words: Sequence[str]) -> Mapping[str, float]:
    return dict.fromkeys(words, 1.0)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who opened the bridge?", Kind.PERSON),
        ("Where did it open?", Kind.PLACE),
        ("Which city has a bridge?", Kind.PLACE),
        ("When did it open?", Kind.TIME),
        ("What year did work begin?", Kind.TIME),
        ("How many years did it take?", Kind.NUMBER),
        ("How much did it cost?", Kind.NUMBER),
        ("Why was the old bridge closed?", Kind.REASON),
        ("What did Dimova say about it?", Kind.STATEMENT),
        ("Tell me about bridges", Kind.OTHER),
    ],
)
def test_a_question_asks_for_a_kind_of_thing(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Who said the bridge of Ruse opened to traffic?", "The bridge of Ruse opened"),
        ("How many million euros did the bridge of Ruse cost?", "It cost 40 million"),
        ("Why was the old bridge closed?", "The old bridge was closed because"),
        ("When did the bridge of Ruse open to traffic?", "The bridge of Ruse opened to traffic on Monday"),
    ],
)
def test_the_sentence_that_answers_comes_first(question: str, begins: str) -> None:
    best = candidates(question, [hit()], embed, weigh, None)[0]
    assert best.text.startswith(begins)
    assert best.possible


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("As its pillars had cracked, the old bridge was closed.", True),
        ("(Agency) As its pillars had cracked, the old bridge was closed.", True),
        ("Cracks in its pillars led to the old bridge being closed.", True),
        ("As of Monday, the old bridge was closed.", False),
        ("As part of the works, the old bridge was closed.", False),
        ("As a museum, the old bridge was closed.", False),
        ("The old bridge was closed, the mayor Ana Dimova said.", False),
    ],
)
def test_a_reason_is_told_by_a_word_for_it_or_by_a_sentence_that_opens_with_as(sentence: str, tells: bool) -> None:
    (found,) = candidates("Why was the old bridge closed?", [hit(sentence)], embed, weigh, None)
    assert found.features[FEATURES.index("kind")] == float(tells)


@pytest.mark.parametrize(
    ("question", "sentence", "tells"),
    [
        ("Which country opened the bridge?", "On Monday Bulgaria opened the bridge.", True),
        ("Which country opened the bridge?", "On Monday they opened the bridge in Bulgaria.", True),
        ("Which country opened the bridge?", "On Monday they opened the bridge at last.", False),
        ("Which country did Bulgaria join?", "On Monday Bulgaria opened the bridge.", False),
        ("Where was the bridge opened?", "On Monday Bulgaria opened the bridge.", False),
        ("Where was the bridge opened?", "On Monday they opened the bridge in Bulgaria.", True),
    ],
)
def test_a_country_asked_for_may_do_something_and_a_place_is_where_something_is_done(
    question: str, sentence: str, tells: bool
) -> None:
    (found,) = candidates(question, [hit(sentence)], embed, weigh, None)
    assert found.features[FEATURES.index("kind")] == float(tells)


def test_a_sentence_without_a_number_or_a_day_cannot_say_how_many_or_when() -> None:
    found = {one.text: one for one in candidates("How many euros did the bridge cost?", [hit()], embed, weigh, None)}
    assert not found["Dimova thanked the engineers."].possible
    assert found["It cost 40 million euros and took three years."].possible


def test_another_speakers_sentence_does_not_say_what_somebody_said() -> None:
    text = "Ana Dimova said that the bridge is safe. Georgi Kolev said that the bridge is late."
    found = {
        one.text: one for one in candidates("What did Kolev say about the bridge?", [hit(text)], embed, weigh, None)
    }
    assert found["Georgi Kolev said that the bridge is late."].possible
    assert not found["Ana Dimova said that the bridge is safe."].possible


def test_of_two_equal_sentences_the_fresher_article_comes_first_where_recency_counts() -> None:
    hits = [hit(TEXT, "2026-01-01", name="old"), hit(TEXT.replace("on Monday", "on Friday"), "2026-02-04", name="new")]
    question = "Who said the bridge of Ruse opened to traffic?"
    assert candidates(question, hits, embed, weigh, date(2026, 2, 5))[0].hit == 1


def test_the_same_sentence_is_considered_once() -> None:
    found = candidates("Who opened the bridge?", [hit(), hit(name="b")], embed, weigh, None)
    assert len({one.text for one in found}) == len(found)


def test_all_sentences_of_a_found_article_are_read_whatever_passage_was_found() -> None:
    start = TEXT.index("Work on it")
    found = candidates("When did work begin?", [hit(start=start)], embed, weigh, None)
    assert all(TEXT[slice(*one.span)] == one.text for one in found)
    passage = FEATURES.index("passage")
    scores = {one.text: one.features[passage] for one in found}
    assert scores["Work on it began in 2021."] == 0.9
    assert scores["It cost 40 million euros and took three years."] == 0.0


def test_no_more_sentences_are_embedded_than_the_best_by_their_words() -> None:
    text = " ".join(f"The road number {n} was opened again." for n in range(100))
    text += " Ana Dimova said that the bridge of Ruse was opened to traffic."
    asked: list[str] = []

    def counted(text: str) -> NDArray[np.float32]:
        asked.append(text)
        return embed(text)

    question = "Who said that the bridge of Ruse was opened to traffic?"
    found = candidates(question, [hit(text)], counted, weigh, None)
    assert len(asked) == EMBEDDED + 1
    assert len(found) == EMBEDDED
    assert found[0].text.startswith("Ana Dimova")


SPEECH = "Ana Dimova said the new bridge of Ruse is open. She thanked the engineers. She said that the ferries will go."


def test_who_speaks_is_told_by_the_sentences_before_also_when_they_stand_in_a_passage_that_was_not_found() -> None:
    start = SPEECH.index("She said")
    found = candidates("What did Dimova say about the ferries?", [hit(SPEECH, start=start)], embed, weigh, None)
    assert next(one for one in found if "ferries" in one.text).possible


@pytest.mark.parametrize(
    ("question", "text", "possible"),
    [
        ("Did Dimova visit Sofia?", "Ana Dimova visited Sofia on Monday with her staff.", True),
        ("Did Dimova visit Sofia?", "Ana Dimova thanked the engineers for the visit to Ruse.", False),
        ("Did Dimova visit Sofia?", "Ana Dimova is expected to visit Sofia on Monday, she said.", False),
        ("When did Dimova become mayor?", "The mayor Ana Dimova opened the bridge on Monday.", False),
        ("When did Dimova become mayor?", "Ana Dimova became mayor of Ruse in 2023 after a long race.", True),
        ("Where did Dimova meet Kolev?", "The planned meeting of Dimova and Kolev is to be in Sofia.", False),
        ("Where did Dimova meet Kolev?", "The meeting of Dimova and Kolev took place in Sofia.", True),
        ("Who is the president of Romania?", "The Bulgarian president Rumen Radev came to the bridge.", False),
        ("Who is the president of Romania?", "The Romanian president Klaus Iohannis came to the bridge.", True),
        ("Who is Bulgaria's representative?", "Some representatives from Bulgaria came to see it.", False),
        ("Who is Bulgaria's representative?", "The representative of Bulgaria, Ana Dimova, came to see it.", True),
    ],
)
def test_a_thing_that_was_asked_for_is_not_told_by_what_only_resembles_it(
    question: str, text: str, possible: bool
) -> None:
    (found,) = candidates(question, [hit(text)], embed, weigh, None)
    assert found.possible is possible


def test_there_is_a_weight_for_each_feature() -> None:
    assert len(FEATURES) == len(FIRST) == len(WEIGHTS) == len(CERTAINTY) - 1


def test_no_hits_have_no_candidates() -> None:
    assert candidates("Who opened the bridge?", [], embed, weigh, None) == []


@given(question=st.text(max_size=120), text=st.text(min_size=1, max_size=400))
def test_any_question_and_any_text_give_exact_ordered_candidates_and_the_same_again(question: str, text: str) -> None:
    found = candidates(question, [hit(text), hit()], embed, weigh, date(2026, 2, 5))
    assert found == candidates(question, [hit(text), hit()], embed, weigh, date(2026, 2, 5))
    assert [one.rank for one in found] == sorted((one.rank for one in found), reverse=True)
    for one in found:
        assert (text, TEXT)[one.hit][one.span.start : one.span.end] == one.text
        assert 0.0 <= one.probability <= 1.0
        assert len(one.features) == len(FEATURES)


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        (
            "What did Holm say about the sea?",
            'Rescuers worked all night. "The sea was seven metres high. Every minute counted," said Commander Astrid '
            "Holm, who leads the rescue. Kolev said that the sea was calm by then.",
            "seven metres",
        ),
        (
            "What did Whitlow say about the money of the city?",
            "Mayor Anselm Rook said nothing about money. Dana Whitlow, a spokeswoman for Rook, said that the city "
            "had no money for more.",
            "no money for more",
        ),
        (
            "What did Holm say about tests?",
            "Kolev spoke of tests. Dr. Astrid Holm, disease chief at the National Institutes of Health, said more "
            "tests would come.",
            "would come",
        ),
        (
            "What did Aune say about the storm?",
            "Kolev waited. Peter Aune, whose parents were on the ship, came by car. He said that the harbour office "
            "had warned of the storm.",
            "had warned",
        ),
    ],
)
def test_who_speaks_is_found_around_what_is_said(question: str, text: str, told: str) -> None:
    possible = [one.text for one in candidates(question, [hit(text)], embed, weigh, None) if one.possible]
    assert len(possible) == 1
    assert told in possible[0]


def test_no_sentence_that_could_come_first_is_passed_over() -> None:
    """Of one article of at most forty sentences nothing is passed over, so all together must name the same."""
    names = [f"{name} {role}" for name in ("Ana Dimova", "Georgi Kolev", "Mira Lind") for role in ("Mayor", "Engineer")]
    hits = [
        hit(
            " ".join(
                f"{name} opened bridge {n + 40 * of} of {'Ruse' if n % 3 else 'Varna'}{' for 5 euros' * (n % 5 == 1)}."
                for n, name in enumerate(names * 6)
            ).replace("bridge 7", "old bridge 7 because it had cracked"),
            name=f"a{of}",
            day=f"2026-02-0{1 + of}",
        )
        for of in range(6)
    ]
    hits = [replace(one, score=0.9 - of / 10) for of, one in enumerate(hits)]
    for question in ("How many bridges did Mira Lind open in Ruse?", "Why was the bridge of Varna opened?", "Who?"):
        alone = [found for one in hits for found in candidates(question, [one], embed, weigh, date(2026, 2, 6))]
        scores = sorted((_first_score(found) for found in alone), reverse=True)
        assert len(scores) > 3 * EMBEDDED
        together = candidates(question, hits, embed, weigh, date(2026, 2, 6))
        assert sorted((_first_score(found) for found in together), reverse=True) == scores[:EMBEDDED]


def _first_score(found: Candidate) -> float:
    return sum(weight * value for weight, value in zip(FIRST, found.features, strict=True))
