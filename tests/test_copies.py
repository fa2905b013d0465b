"""Copies: the original is the earliest, a later version says so, and what only looks alike is no copy."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from qa.copies import copies, is_reprint
from qa.dates import parse_published
from qa.types import Article, Copy

REPORT = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Sunday, killing 3 people, the AFAD agency said. "
    "Interior Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi, where two houses "
    "and the minaret of a mosque had come down. Schools in the province stay closed until Wednesday, he said. "
    "The quake was felt in Izmir and in parts of Istanbul, more than 200 kilometres away."
)
WRITE_THROUGH = REPORT.replace("killing 3 people", "killing 11 people") + (
    " Hospitals in Balikesir treated 48 people, the governor's office said in a statement late on Sunday."
)
OTHER = (
    "The European Central Bank left its deposit rate at 2 percent, President Christine Lagarde said in Frankfurt, and "
    "gave no hint of a cut before the summer. Markets had expected nothing else."
)


def article(name: str, text: str, published: str | None = "2026-02-01", source: str = "Agency") -> Article:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(
        name, name, 1, name, source, None, parse_published(published, None) if published else None, text, digest
    )


def test_a_reprint_and_a_write_through_are_copies_of_the_earliest() -> None:
    found = copies(
        [
            article("b", WRITE_THROUGH, "2026-02-01T18:30:00+00:00"),
            article("c", REPORT + " Photograph: AFAD.", "2026-02-02", "Gazette"),
            article("d", OTHER),
            article("a", REPORT, "2026-02-01T09:00:00+00:00"),
        ]
    )
    assert found == (Copy("b", "a", later=True), Copy("c", "a", later=False))


def test_a_correction_of_one_number_is_a_later_version() -> None:
    corrected = REPORT.replace("magnitude 6.1", "magnitude 5.9")
    assert copies([article("a", REPORT), article("b", corrected, "2026-02-02")]) == (Copy("b", "a", later=True),)


def test_of_one_day_the_lowest_id_is_the_original_and_undated_ones_come_last() -> None:
    given_ = [article("0", REPORT, None), article("2", REPORT), article("1", REPORT)]
    assert copies(given_) == (Copy("2", "1", later=False), Copy("0", "1", later=False))


def test_moments_of_several_time_zones_are_compared_as_moments() -> None:
    early, late = "2026-02-01T09:00:00+03:00", "2026-02-01T08:00:00+00:00"
    assert copies([article("a", REPORT, late), article("b", REPORT, early)]) == (Copy("a", "b", later=False),)


def test_a_form_filled_with_other_names_is_no_copy() -> None:
    form = (
        "A magnitude {} earthquake struck {} at a depth of ten kilometres, the survey said. There was no immediate "
        "report of damage or of casualties, and no tsunami warning was given. The survey said people in {} felt it."
    )
    assert not copies(
        [article("a", form.format(5.1, "Honshu", "Sendai")), article("b", form.format(4.9, "Java", "Bali"))]
    )


def test_a_longer_report_that_has_a_notice_in_it_is_no_copy_of_it() -> None:
    notice = REPORT.split(". ", maxsplit=1)[0] + "."
    assert not copies([article("a", notice), article("b", WRITE_THROUGH)])


def test_articles_under_one_notice_of_their_outlet_are_no_copies() -> None:
    notice = " Sign up for our morning newsletter to get the news of the day in your inbox before breakfast."
    assert not copies([article("a", REPORT + notice), article("b", OTHER + notice)])


def test_three_hundred_copies_and_as_many_editions_have_one_original() -> None:
    same = [article(f"a{n:03}", REPORT) for n in range(300)]
    assert {copy.of for copy in copies(same)} == {"a000"}
    editions = [article(f"a{n:03}", f"{REPORT} This is edition {n + 10}.") for n in range(300)]
    assert len(copies(editions)) == 299


@given(
    st.lists(st.sampled_from([REPORT, WRITE_THROUGH, OTHER, "", "Snow.", "…", "雪が降った。"]), max_size=8),
    st.randoms(),
)
def test_every_copy_has_an_original_that_is_none_and_the_order_does_not_matter(texts, random) -> None:  # type: ignore[no-untyped-def]
    given_ = [article(f"a{n}", text) for n, text in enumerate(texts)]
    found = copies(given_)
    copied = {copy.article_id for copy in found}
    assert len(copied) == len(found)
    assert not copied & {copy.of for copy in found}
    random.shuffle(given_)
    assert copies(given_) == found


def test_a_reprint_has_the_same_numbers() -> None:
    assert is_reprint(article("a", REPORT), article("b", REPORT + " More soon."))
    assert not is_reprint(article("a", REPORT), article("b", REPORT.replace("3 people", "4 people")))
