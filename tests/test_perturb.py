"""The maker of false and faithful claims: what it changes, and that it says so rightly."""

from __future__ import annotations

import random
import re

import pytest

from measure import edits, perturb, rewrites

SENTENCE = "Joe Smith said on Tuesday that 53 ships were larger and 20% left Germany in 2019."
ARTICLE = {
    "id": "1",
    "title": "Ships",
    "date": "2026-02-04",
    "source": "AFP",
    "text": f"{SENTENCE} Smith, who is old, spoke. Then Mary Jones came; Jones said 7 of 40% rose. It was 61 in all.",
}


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("new number", r"said on Tuesday that (?!53\b)\d+ ships|(?<!\d)(?!20%)\d+% left"),
        ("number from elsewhere", r"that (?:7|61) ships|40% left"),
        ("date", r"on (?!Tuesday)\w+day|in 201[0-8]"),
        ("person", r"^Mary Jones said on Tuesday"),
        ("new person", r"^(?!Joe Smith|Mary Jones)\w+ \w+ said"),
        ("place", r"left (?!Germany)[A-Z]\w+ in"),
        ("negated", r"were not larger"),
        ("speaker", r"^Mary Jones said"),
    ],
)
def test_one_thing_is_changed_and_the_article_does_not_say_it(kind: str, pattern: str) -> None:
    made = perturb.CHANGES[kind](SENTENCE, ARTICLE, random.Random(4))
    assert made
    assert re.search(pattern, made)
    assert made not in ARTICLE["text"]


def test_a_direction_is_turned_and_a_negation_taken_out() -> None:
    rng = random.Random(1)
    assert perturb.turned("Prices rose again.", ARTICLE, rng) == "Prices fell again."
    assert perturb.negated("It was not sold.", ARTICLE, rng) == "It was sold."


@pytest.mark.parametrize(
    ("name", "sentence", "expected"),
    [
        ("attribution first", "Rain fell, Joe Smith said.", "According to Joe Smith, rain fell."),
        ("without aside", "The mayor, who is old, spoke.", "The mayor spoke."),
        ("number words", "It has 7 ships and 20%.", "It has seven ships and 20 percent."),
        ("day as date", "He came on Tuesday.", "He came on February 3."),
        ("last names", "Then Joe Smith came.", "Then Smith came."),
        ("other words", "He began because of rain.", "He started since of rain."),
    ],
)
def test_a_rewrite_keeps_what_is_said(name: str, sentence: str, expected: str) -> None:
    assert perturb.REWRITES[name](sentence, ARTICLE, random.Random(1)) == expected


@pytest.mark.parametrize(
    ("kind", "sentence", "pattern"),
    [
        (
            "2 negated: did not",
            "The mayor in Rome announced a plan.",
            r"did not announce|never ann|(failed|refused) to ann",
        ),
        ("2 negated: no longer", "The plan is good.", r"is no longer good|is never good|isn't good"),
        ("2 negated: not taken out", "The plan was not good.", r"^The plan was good\.$"),
        ("2 direction", "Prices slumped again.", r"^Prices (surged|rallied|soared|grew|rebounded)? ?again\.|surge"),
        ("2 unit", "It cost 5 million euros.", "5 billion"),
        ("2 date", "He came on May 5, 2019.", r"on (?!May 5, 2019)[A-Z][a-z]+ \d+, \d{4}"),
        ("2 roles exchanged", "Rome beat Turin, again.", "^Turin beat Rome, again"),
    ],
)
def test_the_second_family_changes_one_thing_too(kind: str, sentence: str, pattern: str) -> None:
    made = edits.CHANGES[kind](sentence, ARTICLE, random.Random(2))
    assert made
    assert made != sentence
    assert re.search(pattern, made)


@pytest.mark.parametrize(
    ("name", "sentence", "expected"),
    [
        ("reported", "The port will open.", "It was reported that the port would open."),
        ("passive", "Rome defeated Turin on Monday.", "Turin was defeated by Rome on Monday."),
        ("according to", "The mayor said that the port is open.", "According to the mayor, the port is open."),
        ("attribution last", "The mayor said that the port is open.", "The port is open, the mayor said."),
        ("clause first", "The port was opened again after the strike of the pilots ended.",
         "After the strike of the pilots ended, the port was opened again."),
        ("spelt out", "It went 50 mph there.", "It went 50 miles per hour there."),
        ("numbers in words", "It has 21 ships.", "It has twenty-one ships."),
        ("turned about", "They like Rome and Turin.", "They like Turin and Rome."),
        ("as noun", "They like Rome's port.", "They like the port of Rome."),
    ],
)  # fmt: skip
def test_a_rewrite_in_a_models_style_keeps_what_is_said(name: str, sentence: str, expected: str) -> None:
    assert rewrites.REWRITES[name](sentence, ARTICLE, random.Random(1)) == expected


def test_the_same_seed_makes_the_same_cases_and_each_names_its_kind() -> None:
    text = " ".join(f"The {w} of Paris was told on Monday that {n} of the ships are not here." for n, w in enumerate(
        "mayor baker teacher doctor farmer lawyer banker driver singer writer painter".split(), 11))  # fmt: skip
    articles = [{**ARTICLE, "text": text}, {**ARTICLE, "text": text.replace("Paris", "Rome")}]
    made = list(perturb.cases(articles, seed=3))
    assert made == list(perturb.cases(articles, seed=3))
    assert {"faithful verbatim", "wrong article", "new number", "date", "negated", "merged"} <= {c.kind for c in made}
    for case in made:
        assert case.faithful is case.kind.startswith("faithful")
        assert case.kind != "faithful verbatim" or case.claim in case.evidence[0]["text"]
