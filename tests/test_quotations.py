"""Which quotations an article has and who says them: a table of sentences, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.quotations import folded, in_full, is_about, is_by, quotations_of
from qa.quotemarks import marked
from qa.types import Article

NOBODY = ""
FIDAN = "Turkish Foreign Minister Hakan Fidan arrived in Paris. "

TABLE = [
    # beside the words, in all orders
    ("“We agree on this,” said Anna Kovac.", [("We agree on this", "Anna Kovac")]),
    ("“We agree on this,” Anna Kovac said.", [("We agree on this", "Anna Kovac")]),
    ("“We agree on this,” Kovac, the harbour master, said.", [("We agree on this", "Kovac")]),
    ("Anna Kovac said: “We agree on this.”", [("We agree on this", "Anna Kovac")]),
    ("Anna Kovac told reporters, “We agree on this.”", [("We agree on this", "Anna Kovac")]),
    ("Anna Kovac said the port “was never really closed”.", [("was never really closed", "Anna Kovac")]),
    ("The port “was never really closed”, Anna Kovac said.", [("was never really closed", "Anna Kovac")]),
    ("The port “was never really closed” this year, Anna Kovac said.", [("was never really closed", "Anna Kovac")]),
    ("According to Peter Lind, it is “a very bad joke”.", [("a very bad joke", "Peter Lind")]),
    ("It is “a very bad joke”, according to Peter Lind.", [("a very bad joke", "Peter Lind")]),
    ("“Who will pay for it?” asked Peter Lind.", [("Who will pay for it", "Peter Lind")]),
    ("“Never again!” Lind shouted.", [("Never again", "Lind")]),
    ("“No,” said Lind.", [("No", "Lind")]),
    ("“It is over,” tweeted Maria Rossi.", [("It is over", "Maria Rossi")]),
    ("Maria Rossi wrote on Tuesday that “all of it is lost”.", [("all of it is lost", "Maria Rossi")]),
    ("Maria Rossi described the plan as “a gift to the banks”.", [("a gift to the banks", "Maria Rossi")]),
    ("“It is over,” Rossi later added in a statement.", [("It is over", "Rossi")]),
    ("“It is over,” Rossi on Monday told the BBC.", [("It is over", "Rossi")]),
    ("Lind, who heads the union, warned that “nobody will come”.", [("nobody will come", "Lind")]),
    ("Lind met the crews and called the day “a very good start”.", [("a very good start", "Lind")]),
    ("Speaking in Oslo, Peter Lind said: “We wait.”", [("We wait", "Peter Lind")]),
    ("In Oslo on Monday, Lind told them “to go home”.", [("to go home", "Lind")]),
    # kinds of marks
    ('"We agree on this," said Anna Kovac.', [("We agree on this", "Anna Kovac")]),
    ("‘We agree on this,’ said Anna Kovac.", [("We agree on this", "Anna Kovac")]),
    ("'We agree on this,' said Anna Kovac.", [("We agree on this", "Anna Kovac")]),
    ("«We agree on this», said Anna Kovac.", [("We agree on this", "Anna Kovac")]),
    ("„We agree on this“, said Anna Kovac.", [("We agree on this", "Anna Kovac")]),
    ("‘It’s the crews’ right,’ said Anna Kovac.", [("It’s the crews’ right", "Anna Kovac")]),
    ("It’s the teachers’ day and the pupils’ week.", []),
    ("It's the teachers' day and the pupils' week.", []),
    ('He is 6\' 2" tall and the pipe is 3" wide.', []),
    ("In the '90s the 'boys' were young.", []),
    ('The sign was 12" long. "It fell on me," said Anna Kovac.', [("It fell on me", "Anna Kovac")]),
    # split, continued, nested, over paragraphs
    (
        "“We agree,” said Anna Kovac, “and we will sign it.”",
        [("We agree", "Anna Kovac"), ("and we will sign it", "Anna Kovac")],
    ),
    (
        "“We agree,” said Anna Kovac. “We will sign it.”",
        [("We agree", "Anna Kovac"), ("We will sign it", "Anna Kovac")],
    ),
    (
        "“We agree.” Anna Kovac paused. “We will sign it,” said Peter Lind.",
        [("We agree", "Peter Lind"), ("We will sign it", "Peter Lind")],
    ),
    ("“He told me ‘never again’ and left,” said Lind.", [("He told me ‘never again’ and left", "Lind")]),
    ("“He told me “never again” and left,” said Lind.", [("He told me “never again” and left", "Lind")]),
    (
        "“We agree,” said Anna Kovac.\n\n“We will sign it soon.”",
        [("We agree", "Anna Kovac"), ("We will sign it soon", "Anna Kovac")],
    ),
    (
        "“First this.\n\n“Then that.\n\n“Then no more,” said Lind.",
        [("First this.\n\n“Then that.\n\n“Then no more", "Lind")],
    ),
    ("Lind was clear: “First this. Then no more.\n\nThe crews left.", [("First this. Then no more", NOBODY)]),
    (
        "Lind said he was sad. “We tried everything.”\n\nThe crews left.",
        [("We tried everything", "Lind")],
    ),
    ("Lind said this on Monday:\n\n“We tried everything.”", [("We tried everything", "Lind")]),
    # pronouns
    (
        FIDAN + "“We talked for hours,” he said.",
        [("We talked for hours", "Hakan Fidan")],
    ),
    ("Anna Kovac came late. She said that “nothing was ready”.", [("nothing was ready", "Anna Kovac")]),
    (
        "“We agree,” said Anna Kovac. “It is done,” she added.",
        [("We agree", "Anna Kovac"), ("It is done", "Anna Kovac")],
    ),
    ("“Nobody asked us about it,” they said.", [("Nobody asked us about it", NOBODY)]),
    ("“Nobody asked us about it,” he said.", [("Nobody asked us about it", NOBODY)]),
    ("The EU met. “Nobody asked us about it,” he said.", [("Nobody asked us about it", NOBODY)]),
    ("Mr. Lind waited. “Nobody asked us about it,” she said.", [("Nobody asked us about it", NOBODY)]),
    ("Mrs. Kovac waited. “Nobody asked us about it,” she said.", [("Nobody asked us about it", "Kovac")]),
    ("The paper is new. “Masks can help a lot,” it said.", [("Masks can help a lot", NOBODY)]),
    (
        "“It may,” Cohen said. According to Scott Burris, it may not. “Courts will tell us,” he said.",
        [("It may", "Cohen"), ("Courts will tell us", "Scott Burris")],
    ),
    ("Get the Monitor Stories you like. “Nobody asked us about it,” he says.", [("Nobody asked us about it", NOBODY)]),
    ("“We wait,” said a senior official close to the White House.", [("We wait", "a senior official")]),
    ("There is no proof, says Craig Hedberg. “We wait a lot,” he says.", [("We wait a lot", "Craig Hedberg")]),
    ("Coronavirus is here. “We wait a lot,” he says.", [("We wait a lot", NOBODY)]),
    ("One who met Soviet authorities says it “is all over now”.", [("is all over now", NOBODY)]),
    ("It “is over now”, according to his aide Kerri Kupec.", [("is over now", "Kerri Kupec")]),
    ("He felt it “is over now” at last, says Craig Hedberg.", [("is over now", "Craig Hedberg")]),
    (
        "Greg Lind said no. Fellow cruise passenger Rebecca Frasure agrees. “Nobody asked us about it,” she said.",
        [("Nobody asked us about it", "Rebecca Frasure")],
    ),
    ("“We wait,” said Qiagen corporate spokesman Tom Ring.", [("We wait", "Tom Ring")]),
    ("“We wait,” Lind said.“We have waited long.”", [("We wait", "Lind"), ("We have waited long", "Lind")]),
    # names in full, offices, descriptions
    (FIDAN + "“We talked for hours,” Fidan said.", [("We talked for hours", "Hakan Fidan")]),
    (FIDAN + "“We talked for hours,” the ministry said.", [("We talked for hours", "the ministry")]),
    ("Neither Sanders nor Biden was there. “We talked for hours,” Sanders said.", [("We talked for hours", "Sanders")]),
    ("Joe Reed met Ann Reed. “We talked for hours,” Reed said.", [("We talked for hours", "Reed")]),
    ("“We wait,” said Dr. Anthony S. Fauci.", [("We wait", "Anthony S. Fauci")]),
    ("“We wait,” said President Recep Tayyip Erdoğan.", [("We wait", "Recep Tayyip Erdoğan")]),
    ("“We wait,” said Ursula von der Leyen.", [("We wait", "Ursula von der Leyen")]),
    ("“We wait,” said Muqtada al-Sadr.", [("We wait", "Muqtada al-Sadr")]),
    ("“We wait,” said Mayor Bill de Blasio.", [("We wait", "Bill de Blasio")]),
    ("“We wait,” said Harvard law professor Glenn Cohen.", [("We wait", "Glenn Cohen")]),
    ("“We wait,” CDC spokesman Richard Quill said.", [("We wait", "Richard Quill")]),
    ("“We wait,” said a senior White House official.", [("We wait", "a senior White House official")]),
    ("“We wait,” a spokesman for the ministry said.", [("We wait", "a spokesman for the ministry")]),
    ("“We wait,” the White House said.", [("We wait", "the White House")]),
    ("“We wait,” police said.", [("We wait", "police")]),
    ("Officials in Geneva said they “found nothing there”.", [("found nothing there", "Officials in Geneva")]),
    ("“We wait,” says his daughter, Emily Brown.", [("We wait", "Emily Brown")]),
    ("“We wait,” the Ministry of Foreign Affairs said.", [("We wait", "the Ministry of Foreign Affairs")]),
    # the next sentence is not beside
    (
        "It is “getting worse because of this.” Speaker Ann Reed called for calm.",
        [("getting worse because of this", NOBODY)],
    ),
    ("Kovac said it “is over now.” Lind said it was not.", [("is over now", "Kovac")]),
    ("“It is over now.” Lind left the room at once.", [("It is over now", NOBODY)]),
    # somebody who is told says nothing
    ("Lind was told “to go home at once”.", [("to go home at once", NOBODY)]),
    ("Lind was quoted as saying that it “is over now”.", [("is over now", "Lind")]),
    ("Asked by Kovac, Lind said it “is over now”.", [("is over now", "Lind")]),
    # marked words, titles
    ("The “green wave” came late.", []),
    ("They call it the “wet market” there.", []),
    ("He wrote the book “The Long Way Home” in 2004.", []),
    ("The show “Have I Got News” is back, Lind said.", []),
    ("Lind called the plan “a joke”.", []),
    ("It may help “flatten the curve” for now.", []),
    ("The so-called “deep state within the state” is at work.", [("deep state within the state", NOBODY)]),
    ("No quotation here at all.", []),
    ("", []),
]


def article(text: str) -> Article:
    return Article("a-1", "a.txt", 1, "Title", "Source", None, None, text, "d")


def found(text: str) -> list[tuple[str, str]]:
    ones = [in_full(one, text) for one in quotations_of(article(text))]
    return [(text[one.start : one.end], one.speaker) for one in ones if one.kind == "quotation"]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text[:60] for text, _ in TABLE])
def test_every_quotation_with_who_says_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_the_table_is_long_enough() -> None:
    assert len({text for text, _ in TABLE}) >= 80


def test_marked_words_and_titles_are_told_apart() -> None:
    text = "Lind called it “a joke”. He wrote “The Long Way Home” and “we all paid for it,” he said."
    assert [one.kind for one in quotations_of(article(text))] == ["marked", "title", "quotation"]


def test_office_word_and_whether_it_stands_beside() -> None:
    text = "“We talked,” Turkish Foreign Minister Hakan Fidan told reporters. “It went well for us.”"
    first, second = quotations_of(article(text))
    assert (first.speaker, first.role, first.verb, first.beside) == (
        "Hakan Fidan",
        "Turkish Foreign Minister",
        "told",
        True,
    )
    assert (second.speaker, second.verb, second.beside) == ("Hakan Fidan", "", False)


def test_what_is_told_of_a_speaker_between_commas_is_the_role() -> None:
    (one,) = quotations_of(article("“We wait,” said Glenn Cohen, a law professor at Yale, on Monday."))
    assert (one.speaker, one.role) == ("Glenn Cohen", "a law professor at Yale")


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("Fidan", True),
        ("hakan fidan", True),
        ("FİDAN", True),
        ("foreign minister", True),
        ("Barrot", False),
        ("Hakan Barrot", False),
    ],
)
def test_a_speaker_is_found_by_any_part_of_the_name_in_any_spelling(name: str, by: bool) -> None:
    (one,) = quotations_of(article("“We talked for hours,” Foreign Minister Hakan Fidan said."))
    assert is_by(one, folded(name)) is by


def test_countries_are_found_in_each_of_their_spellings() -> None:
    (one,) = quotations_of(article("“We talked for hours,” Türkiye said."))
    assert is_by(one, folded("Turkey"))
    (one,) = quotations_of(article("“We talked for hours,” the United States said."))
    assert is_by(one, folded("US"))


def test_nobody_is_never_the_one_asked_for() -> None:
    (one,) = quotations_of(article("“We talked for hours,” he said."))
    assert (one.speaker, one.as_written) == ("", "he")
    assert not is_by(one, folded("he"))


def test_words_are_looked_for_as_stems_in_the_sentence() -> None:
    text = "“We wait,” said Lind about the taxes. Bridges are old."
    (one,) = quotations_of(article(text))
    assert is_about(one, frozenset({"tax"}), text)
    assert not is_about(one, frozenset({"bridg"}), text)


PIECES = [
    *(word for text, _ in TABLE for word in text.split()),
    "“",
    "”",
    '"',
    "'",
    "‘",
    "’",
    "«",
    "»",
    "„",
    "\n\n",
    "\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=80).map(" ".join))
def test_every_quotation_is_verbatim_at_its_offsets(text: str) -> None:
    at = 0
    for one in quotations_of(article(text)):
        assert at <= one.start < one.end <= len(text)
        assert one.text == text[one.start : one.end]
        assert not one.text[0].isspace()
        assert not one.text[-1].isspace()
        at = one.end
        whole = in_full(one, text)
        assert all(word in text for word in whole.speaker.split())


@given(st.text(alphabet="ab. ,\n“”\"'‘’«»„", max_size=60))
def test_marks_in_any_order_are_in_order(text: str) -> None:
    at = 0
    for one in marked(text):
        assert at <= one.opened <= one.start < one.end <= one.closed <= len(text)
        at = one.closed
