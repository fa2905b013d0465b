"""The library's list: sorted, filtered and counted in SQL, the same as sorting and filtering in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.facts import fold
from qa.library.catalogue import Catalogue, Entry
from qa.library.listing import Row, count, days, numbers, page, sources
from qa.types import Article, Listing, Published, SortBy, Window

FIRST = date(2026, 1, 1)
TITLES = ("Ärger in Zürich", "zebra at large", "Apples", "Élection à São Paulo", "The 100% rise_of", "apples again")
SOURCES = ("Reuters", "AFP", None, "reuters")


def article(n: int) -> Article:
    day = FIRST + timedelta(days=n * 7 % 20)
    published = None if n % 6 == 5 else Published(day.isoformat(), day)
    title, source, text = f"{TITLES[n % len(TITLES)]} {n // 6}", SOURCES[n % len(SOURCES)], "One. " * (1 + n % 3)
    return Article(f"n{n}", f"/news#{n}", 1, title, source, None, published, text, f"digest {n}")


def entry(made: Article) -> Entry:
    return Entry(made, "/news", tuple((at, at + 5) for at in range(0, len(made.text), 5)))


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path / "catalogue.sqlite")
    made.record([entry(article(n)) for n in range(40)])
    yield made
    made.close()


def titles(catalogue: Catalogue, chosen: Listing) -> list[str]:
    return [row.article.title for row in catalogue.rows(chosen=chosen)]


def matches(row: Row, chosen: Listing) -> bool:
    published = row.article.published
    day = published.day.isoformat() if published else "undated"
    said = [fold(row.article.title), fold(row.article.source or ""), day]
    inside = chosen.window.is_open or (published is not None and chosen.window.holds(row.article))
    named = not chosen.sources or fold(row.article.source or "") in {fold(name) for name in chosen.sources}
    return inside and named and all(any(word in one for one in said) for word in fold(chosen.words).split())


def key(row: Row, by: SortBy) -> object:
    day = row.article.published.day.toordinal() if row.article.published else 0
    source = fold(row.article.source or "")
    keys = {
        SortBy.DATE: day,
        SortBy.TITLE: fold(row.article.title),
        SortBy.SOURCE: source,
        SortBy.PASSAGES: row.passages,
    }
    return keys[by]


WORDS = st.sampled_from(
    ["", "zurich", "ZÜRICH", "apples", "100%", "_", "2026-01", "undated", "reut apples", "no such", "'"]
)
DAYS = st.none() | st.dates(FIRST, FIRST + timedelta(days=25))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    WORDS,
    st.builds(Window, DAYS, DAYS),
    st.sets(st.sampled_from(["Reuters", "afp"])),
    st.sampled_from(SortBy),
    st.booleans(),
)
def test_it_lists_what_matches_in_order(
    catalogue: Catalogue, words: str, window: Window, named: set[str], by: SortBy, down: bool
) -> None:
    chosen = Listing(words, window, tuple(sorted(named)), by, down)
    found = catalogue.rows(chosen=chosen)
    wanted = [row for row in catalogue.rows() if matches(row, chosen)]
    assert {row.article.id for row in found} == {row.article.id for row in wanted}
    assert count(catalogue.select, chosen) == len(wanted)
    known = [row for row in found if key(row, by)]
    assert [key(row, by) for row in known] == sorted((key(row, by) for row in known), reverse=down)  # type: ignore[type-var]
    assert found[: len(known)] == known  # undated and unknown last, whichever way
    counted = dict(days(catalogue.select, chosen))
    assert sum(counted.values()) == sum(row.article.published is not None for row in wanted)


def test_pages_are_parts_of_the_whole_and_pass_over_what_has_gone(catalogue: Catalogue) -> None:
    chosen = Listing(by=SortBy.TITLE, descending=False)
    order = numbers(catalogue.select, chosen)
    whole = catalogue.rows(chosen=chosen)
    assert [row for at in range(0, 40, 7) for row in page(catalogue.select, order[at : at + 7])] == whole
    assert catalogue.rows(5, 3, chosen) == whole[5:8]
    catalogue.remove([whole[1].article.id])
    assert page(catalogue.select, order[:3]) == [whole[0], whole[2]]


def test_what_changes_is_listed_anew(catalogue: Catalogue) -> None:
    catalogue.record([entry(replace(article(2), title="Bananas", version=2))])
    assert titles(catalogue, Listing(words="bananas")) == ["Bananas"]
    assert "Apples 0" not in titles(catalogue, Listing())
    assert len(titles(catalogue, Listing())) == 40


def test_sources_are_counted_most_first(catalogue: Catalogue) -> None:
    assert sources(catalogue.select) == [("AFP", 10), ("Reuters", 10), ("reuters", 10)]
