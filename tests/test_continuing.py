"""A story goes on from one of its event, whatever else fills the pages; its timeline tells each day once."""

from __future__ import annotations

from datetime import date

from qa.continuing import going_on
from qa.timeline import MOST, Past, timeline
from qa.types import Article, Citation, Published, Verdict

QUAKE = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye, and 35 people were killed, the agency AFAD said. "
    "Rescue teams from Izmir reached the town of Sindirgi, where the stadium was opened to families."
)
GREW = (
    "Rescue teams from Izmir searched Sindirgi for a second day after the earthquake that struck Balikesir. AFAD said "
    "that 53 people were killed, and that the stadium of Sindirgi shelters families."
)
OTHER_QUAKE = (
    "A magnitude 5.4 earthquake shook Ishikawa in central Japan, injuring 11 people, officials said. Governor Hiroshi "
    "Hase said that trains between Kanazawa and Toyama were halted by the earthquake."
)
EVERYWHERE = "The virus fills the hospitals, and the minister Dana Kovar spoke about the virus in Prague. "
FILLED = [
    EVERYWHERE + "The cinema of Brno shows old films from a lorry, and people watch them from their cars.",
    EVERYWHERE + "Beekeepers in Moravia lost a third of their hives in the winter, their union counted.",
    EVERYWHERE + "The brewery of Plzen bottles hand cleaner, for which it has changed two of its lines.",
    EVERYWHERE + "A court in Ostrava hears the case of the bankrupt steelworks by telephone from now on.",
]


def article(n: int, text: str, day: int = 2, title: str = "News") -> Article:
    published = Published(f"2026-02-{day:02}", date(2026, 2, day))
    return Article(f"n{n}", f"n{n}", 1, title, "Agency", None, published, text, f"d{n}")


def test_a_story_goes_on_from_its_event_and_not_from_another_of_its_kind() -> None:
    yesterday = [[article(1, QUAKE)], [article(2, OTHER_QUAKE)]]
    ((first, *others),) = going_on([[article(3, GREW, 3)]], [yesterday])
    assert first[:2] == (0, 0)
    assert others == []


def test_what_fills_every_page_joins_nothing() -> None:
    told = [[article(n, text)] for n, text in enumerate(FILLED)]
    again = EVERYWHERE + "The ferries of Melnik run every hour again, since the river has fallen by a metre."
    assert going_on([[article(9, again, 3)]], [told]) == [[]]
    more = EVERYWHERE + "Beekeepers in Moravia ask for help, since a third of their hives was lost in the winter."
    ((found,),) = going_on([[article(9, more, 3)]], [told])
    assert found[:2] == (0, 1)


def test_a_story_of_a_week_is_still_found_though_every_day_told_it() -> None:
    days = [[[article(10 * n, QUAKE)], [article(10 * n + 1, text)]] for n, text in enumerate(FILLED)]
    (found,) = going_on([[article(99, GREW, 6)]], days)
    assert [one[:2] for one in sorted(found)] == [(0, 0), (1, 0), (2, 0), (3, 0)]


def test_opinions_go_on_from_nothing() -> None:
    opinion = article(3, f"I believe that we must rebuild. {GREW}", 3, title="Opinion: Rebuild Sindirgi | Opinion")
    assert going_on([[opinion]], [[[article(1, QUAKE)]]]) == [[]]


def cited(one: Article) -> Citation:
    """Its first sentence."""
    end = one.text.index(".", 40) + 1
    return Citation(
        1,
        one.id,
        1,
        one.title,
        one.source,
        one.published.iso if one.published else None,
        "text",
        0,
        end,
        one.text[:end],
    )


WORDS = "bakers smiths weavers potters dyers tanners coopers millers masons saddlers".split()


def told_on(day: int) -> Article:
    word = WORDS[day % len(WORDS)]
    return article(
        day, f"The {word} of Sindirgi opened {day + 20} shops in the old market on the hill. More opens.", day
    )


def test_a_timeline_tells_each_day_once_the_earliest_first() -> None:
    pasts = [Past((told_on(day),), told=(cited(told_on(day)),)) for day in (4, 2, 3)]
    numbering: dict[str, int] = {"n3": 7}
    found = timeline(pasts, [], numbering)
    assert [one.day.day for one in found] == [2, 3, 4]
    for one in found:
        assert one.claim.verdict is Verdict.SUPPORTED
        (citation,) = one.claim.citations
        source = told_on(one.day.day)
        assert source.text[citation.start : citation.end] == citation.quote
        assert citation.n == numbering[source.id]
    assert numbering["n3"] == 7
    assert len(set(numbering.values())) == 3


def test_a_timeline_leaves_out_what_is_told_and_needs_two_days() -> None:
    first, second = told_on(2), told_on(3)
    pasts = [Past((one,), told=(cited(one),)) for one in (first, second)]
    assert [one.day.day for one in timeline(pasts, [cited(second).quote], {})] == [2]
    assert timeline(pasts[:1], [], {}) == ()


def test_of_a_long_timeline_the_first_the_latest_and_the_changes_are_kept() -> None:
    pasts = [
        Past((told_on(day),), changed=(cited(told_on(day)),) if day in {3, 4} else (), told=(cited(told_on(day)),))
        for day in range(2, 12)
    ]
    days = [one.day.day for one in timeline(pasts, [], {})]
    assert len(days) == MOST
    assert {2, 3, 4, 11} <= set(days)


def test_a_day_is_not_told_by_a_sentence_that_needs_another() -> None:
    hanging = article(3, "He said that they would come back to it later on in the year. The market opened again.", 3)
    found = timeline([Past((told_on(2),)), Past((hanging,), told=(cited(hanging),)), Past((told_on(4),))], [], {})
    assert [one.day.day for one in found] == [2, 4]
