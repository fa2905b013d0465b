"""Who "he" or "she" is in a quoted sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lines import reading
from qa.pronouns import hangs, resolved


def last(text: str) -> str | None:
    """The last sentence of a text with its name."""
    read = reading("A bridge for Ruse", text)
    found = resolved(read, len(read.lines) - 1)
    return found.text if found else None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Mayor Ana Dimova opened the bridge. She thanked the engineers.", "She [Ana Dimova] thanked the engineers."),
        ("Dimova said it is open. But she wants a tunnel too.", "But she [Dimova] wants a tunnel too."),
        (
            "Georgi Kolev, 51, built the bridge in Ruse. “It is safe, and will be for years,” he said.",
            "“It is safe, and will be for years,” he [Georgi Kolev] said.",
        ),
        ("Dimova said it is open. In 2019, she closed the old one.", "In 2019, she [Dimova] closed the old one."),
        (
            "Dimova said it is open. She also spoke of ferries. She said that they are slow.",
            "She [Dimova] said that they are slow.",
        ),
    ],
)
def test_a_pronoun_gets_the_name_of_the_sentence_before(text: str, named: str) -> None:
    assert last(text) == named


@pytest.mark.parametrize(
    "text",
    [
        "Ana Dimova said that Georgi Kolev told her so. He thanked the engineers.",  # "her": not the one who is "he"
        "Dimova said that Kolev said it is open. She thanked the engineers.",  # two people
        "The Danube Commission said it is open. He thanked the engineers.",  # no person
        "In Ruse, it rained on the bridge. He thanked the engineers.",  # no name
        "Dimova said it is open. When she left, it rained on everyone.",  # "she" is not the subject
        "Dimova said it is open. Kolev thanked the engineers, and he left.",  # the name stands in the sentence
        "She thanked the engineers.",
        "She met Dimova in Ruse. She said that it is open. Dimova said so. It rained.",
        "He knew Ana Dimova, 51, well. He thanked the engineers.",
    ],
)
def test_where_no_name_is_sure_there_is_none(text: str) -> None:
    assert last(text) is None


@pytest.mark.parametrize(
    ("text", "hanging"),
    [
        ("He added that the bridge is open.", True),
        ("“The bridge is open,” she said.", True),
        ("But they left the bridge at noon.", True),
        ("The two met on the bridge at noon.", True),
        ("Dimova said that she opened the bridge.", False),
        ("The bridge was opened at noon, the mayor said.", False),
        ("“He opened the bridge,” Dimova said.", False),
    ],
)
def test_a_sentence_hangs_on_the_one_before_when_it_names_nobody(text: str, hanging: bool) -> None:
    assert hangs(reading("", text).lines[0]) is hanging


@given(st.text(alphabet='Ana Dimova said. He\n“”"she,Mr.the [Kolev]', max_size=200))
def test_only_a_bracket_is_put_in_and_what_it_holds_stands_before(text: str) -> None:
    read = reading("A title", text)
    for n, line in enumerate(read.lines):
        found = resolved(read, n)
        if found:
            before = read.lines[n - found.back].text
            inserted = re.fullmatch(re.escape(line.text).replace("e", r"e(?: \[(.*)\])?"), found.text, re.S)
            assert inserted
            assert any(name and name in before for name in inserted.groups())
