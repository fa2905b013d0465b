"""Days of articles: stated ones first, then datelines and addresses, a file's name last and marked; and languages."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language import language_code, language_of
from qa.sources import Draft, read_file
from qa.sources.dated import dated, dateline
from qa.sources.draft import draft
from qa.sources.stamps import read_stamp
from qa.types import DatedBy

BODY = (
    "The council closed the bridge on Tuesday because a ship had struck its middle pillar in the night, and nobody was "
    "hurt. Trains end in Reutin until the fourth of March, the railway said in a statement to this newspaper."
)


def page(tmp_path: Path, head: str, body: str = "", name: str = "page.html") -> Draft:
    path = tmp_path / name
    path.write_text(
        f"<html><head><title>Bridge closed</title>{head}</head><body><article><h1>Bridge closed</h1>{body}<p>{BODY}</p>"
        f"<p>{BODY.replace('Tuesday', 'the same day')}</p></article></body></html>"
    )
    (found,) = read_file(path, ZoneInfo("Europe/Berlin"))
    assert isinstance(found, Draft)
    return found


def told(found: Draft) -> tuple[str | None, str | None, DatedBy | None]:
    day = found.published
    return (day.iso if day else None, day.day.isoformat() if day else None, found.details.dated_by)


def linked(fields: str) -> str:
    return f'<script type="application/ld+json">{fields}</script>'


@pytest.mark.parametrize(
    ("head", "iso", "day"),
    [
        ('<meta property="article:published_time" content="2026-02-04T23:30:00Z">',
         "2026-02-04T23:30:00+00:00", "2026-02-05"),
        ('<meta name="DC.date.issued" content="2026-02-04">', "2026-02-04", "2026-02-04"),
        ('<meta itemprop="datePublished" content="Wed, 04 Feb 2026 10:00:00 GMT">',
         "2026-02-04T10:00:00+00:00", "2026-02-04"),
        (linked('{"@type": "NewsArticle", "datePublished": "2026-02-04T10:00:00+01:00", "dateModified": "2026-02-09"}'),
         "2026-02-04T10:00:00+01:00", "2026-02-04"),
        (linked('{"@graph": [{"@type": "WebPage", "datePublished": "2001-01-01"}, {"@type": ["Article"], '
                '"datePublished": "2026-02-04"}]}'), "2026-02-04", "2026-02-04"),
        (linked('[{"@type": "ReportageNewsArticle", "datePublished": "2026-02-04T10:00"}]'),
         "2026-02-04T10:00:00", "2026-02-04"),
        (linked("{not JSON}") + '<meta name="pubdate" content="20260204">', "2026-02-04", "2026-02-04"),
        ('<meta name="date" content="soon"><meta property="og:article:published_time" content="2026-02-04">',
         "2026-02-04", "2026-02-04"),
        ('<meta property="article:modified_time" content="2026-02-09">'
         '<meta property="article:published_time" content="2026-02-04">', "2026-02-04", "2026-02-04"),
    ],
)  # fmt: skip
def test_a_page_states_its_day(tmp_path: Path, head: str, iso: str, day: str) -> None:
    assert told(page(tmp_path, head, name="2001-01-01.html")) == (iso, day, None)


@pytest.mark.parametrize(
    ("body", "iso"),
    [
        ('<time datetime="2026-02-04T10:00:00+01:00">4 Feb</time>', "2026-02-04T10:00:00+01:00"),
        ('<span itemprop="datePublished" content="2026-02-04">yesterday</span>', "2026-02-04"),
    ],
)
def test_a_page_shows_its_day_to_programs(tmp_path: Path, body: str, iso: str) -> None:
    assert told(page(tmp_path, "", body)) == (iso, "2026-02-04", None)


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="pub_date" content="20260204">',
        '<meta name="published-at" content="February 4, 2026 11:25 AM PST">',
        '<meta property="article:published" content="1770199872">',
        linked('[{"@type": "NewsArticle", "headline": "Older", "datePublished": "2025-01-01"},'
               '{"@type": "NewsArticle", "headline": "Bridge closed", "datePublished": "2026-02-04"}]'),
        linked('{"@type": "NewsArticle", "headline": "Bridge closed", "dateCreated": "2026-02-04"}'),
    ],
)  # fmt: skip
def test_a_page_states_its_day_in_other_ways(tmp_path: Path, head: str) -> None:
    assert told(page(tmp_path, head))[1:] == ("2026-02-04", None)


@pytest.mark.parametrize(
    "line",
    ["Veröffentlicht am 4. Februar 2026, 10:15 Uhr", "Publié le 4 février 2026 à 10h15",
     "Publicado el 4 de febrero de 2026", "04.02.2026", "2026年2月4日", "Published: Feb 4, 2026 10:11 AM PST"],
)  # fmt: skip
def test_datelines_of_other_countries(tmp_path: Path, line: str) -> None:
    assert told(page(tmp_path, "", f"<p>{line}</p>"))[1:] == ("2026-02-04", DatedBy.DATELINE)


def test_when_it_was_changed_is_not_when_it_was_published() -> None:
    day = dateline(["Updated: 9 February 2026", "Published: 4 February 2026"], UTC)
    assert day is not None
    assert day.iso == "2026-02-04"
    alone = dateline(["Updated: 9 February 2026"], UTC)
    assert alone is not None
    assert alone.iso == "2026-02-09"


def test_a_time_outside_the_article_is_not_its_day(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<html><body><aside><time datetime=2001-01-01>old</time></aside><article><p>{BODY}</p><p>{BODY[:150]}</p>"
        "</article></body></html>"
    )
    (found,) = read_file(path, UTC)
    assert isinstance(found, Draft)
    assert found.published is None


@pytest.mark.parametrize(
    ("stamp", "iso"),
    [
        ("2026/02/04", "2026-02-04"),
        ("2026.02.04 10:11", "2026-02-04T10:11:00"),
        ("20260204101112", "2026-02-04T10:11:12"),
        ("2026-02-04 10:11:12 +0000 UTC", "2026-02-04T10:11:12+00:00"),
        ("2026-02-04T10:11:12-05:00[America/New_York]", "2026-02-04T10:11:12-05:00"),
        ("2026-02-04T24:00:00Z", "2026-02-05T00:00:00+00:00"),
        ("Wednesday, February 4, 2026 10:11 AM PST", "2026-02-04T10:11:00-08:00"),
        ("Feb. 4, 2026 at 12:05 a.m. ET", "2026-02-04T00:05:00"),
        ("4 February 2026, 09:30 GMT", "2026-02-04T09:30:00+00:00"),
        ("February 4, 2026 Wednesday", "2026-02-04"),
        ("Wed Feb  4 10:11:12 GMT 2026", "2026-02-04T10:11:12+00:00"),
        ("Wed Feb 04 2026 10:11:12 GMT+0100 (CET)", "2026-02-04T10:11:12+01:00"),
        ("Wed, 04 Feb 26 10:11:12 GMT", "2026-02-04T10:11:12+00:00"),
        ("Mi, 04 Feb 2026 10:11:12 +0100", "2026-02-04T10:11:12+01:00"),
        ("04-Feb-2026", "2026-02-04"),
        ("1770199872", "2026-02-04T10:11:12+00:00"),
        ("1770199872000", "2026-02-04T10:11:12+00:00"),
        ("04.02.2026, 10:15 Uhr", "2026-02-04T10:15:00"),
        ("Mittwoch, 4. Februar 2026", "2026-02-04"),
        ("mercredi 4 février 2026 à 10h15", "2026-02-04T10:15:00"),
        ("4 de marzo de 2026", "2026-03-04"),
        ("4 stycznia 2026", "2026-01-04"),
        ("04 Şubat 2026", "2026-02-04"),
        ("2026年2月4日", "2026-02-04"),
        ("13/02/2026", "2026-02-13"),
        ("2/13/2026 8:27:07 AM", "2026-02-13T08:27:07"),
    ],
)
def test_a_day_as_programs_and_countries_write_it(stamp: str, iso: str) -> None:
    assert read_stamp(stamp, UTC).iso == iso


@pytest.mark.parametrize(
    "stamp",
    ["04/02/2026", "2/4/26", "February 2026", "2026", "2026-02-30", "31 April 2026", "30. Februar 2026", "2026020410",
     "4 Brumaire 2026", "Feb 4, 2026 13:00 PM", "4 Feb 2026 25:00", "4 Feb 2026 ten", "99999999999", "12 months",
     "yesterday", "4 Feb 2026" + " " * 9_000 + "x", "9" * 9_000],
)  # fmt: skip
def test_what_is_no_day_or_can_be_two_is_none(stamp: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever part
        read_stamp(stamp, UTC)


@given(st.text(alphabet="0123456789/-.:, TZabFeJundprFévier+年月日", max_size=40))
def test_any_stamp_is_a_day_or_none(stamp: str) -> None:
    try:
        found = read_stamp(stamp, UTC)
    except (ValueError, OverflowError):
        return
    assert read_stamp(found.iso, UTC) == found


def test_a_date_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    found = page(tmp_path, '<meta property="article:published_time" content="next week">')
    assert found.published is None
    assert "'next week'" in " ".join(found.notes)


@pytest.mark.parametrize(
    "line",
    [
        "Published: 4 February 2026, 09:30 GMT",
        "Published 4 February 2026",
        "Posted on February 4, 2026 at 9:30 am",
        "Wednesday, February 4, 2026",
        "Wed, 4 Feb 2026 | The Courier",
        "By Ada Winter | February 4, 2026",
        "2026-02-04",
        "LINDAU, Feb. 4, 2026 (Harbour News) — The bridge was closed.",
        "NEW YORK, February 4, 2026 - The bridge was closed.",
        "Lindau (Harbour News, 4 February 2026) – The bridge was closed.",
    ],
)
def test_datelines(line: str) -> None:
    found = dateline([line], UTC)
    assert found is not None
    assert found.day == date(2026, 2, 4)


@pytest.mark.parametrize(
    "line",
    [
        "The bridge was closed on 4 February 2026, and the trains with it.",
        "LINDAU, Feb. 4 (Harbour News) — no year is in it.",
        "Published by the council",
        "30 February 2026",
        "4 February 1066",
        "On 4 February 2026 the council met.",
    ],
)
def test_no_datelines(line: str) -> None:
    assert dateline([line], UTC) is None


@pytest.mark.parametrize(
    ("url", "name", "day", "by"),
    [
        ("https://a.example/2026/02/04/bridge", "", "2026-02-04", DatedBy.ADDRESS),
        ("https://a.example/news/2026-2-4-bridge.html", "", "2026-02-04", DatedBy.ADDRESS),
        ("https://a.example/20260204/bridge", "2001-01-01.html", "2026-02-04", DatedBy.ADDRESS),
        ("https://a.example/123456789/x", "2026-02-04 bridge.html", "2026-02-04", DatedBy.FILE_NAME),
        (None, "bridge_20260204.pdf", "2026-02-04", DatedBy.FILE_NAME),
        (None, "2026.02.04.txt", "2026-02-04", DatedBy.FILE_NAME),
        (None, "IMG_20269999.txt", None, None),
        (None, "report-2026-02.txt", None, None),
        (None, "1202602041.txt", None, None),
    ],
)
def test_addresses_and_names_of_files_are_last_and_marked(
    url: str | None, name: str, day: str | None, by: DatedBy | None
) -> None:
    found = dated(draft(text=BODY, zone=UTC, url=url), UTC, name)
    assert (found.published.iso if found.published else None, found.details.dated_by) == (day, by)
    assert bool(found.notes) is (day is not None)


def test_a_stated_day_wins_over_all_others() -> None:
    given = draft(
        text=f"Published: 1 January 2001\n{BODY}", zone=UTC, published="2026-02-04", url="https://a.example/2001/01/01/"
    )
    assert dated(given, UTC, "2001-01-01.txt") == given


@given(st.text(max_size=300))
def test_any_line_is_read(line: str) -> None:
    found = dateline([line], UTC)
    assert found is None or date(1950, 1, 1) <= found.day < date(2100, 1, 1)


# languages

TEXTS = {
    "en": BODY,
    "de": "Die Stadt hat die Brücke am Dienstag gesperrt, weil ein Schiff in der Nacht gegen den Pfeiler "
    "gefahren ist. Es wurde niemand verletzt, und die Züge enden bis zum vierten März auf dem Festland.",
    "fr": "La ville a fermé le pont mardi parce qu’un bateau avait heurté le pilier dans la nuit. Personne n’a "
    "été blessé, et les trains s’arrêtent sur la rive jusqu’au quatre mars.",
    "es": "La ciudad cerró el puente el martes porque un barco había chocado con el pilar por la noche. No hubo"
    " heridos, y los trenes terminan en la orilla hasta el cuatro de marzo.",
    "pt": "A cidade fechou a ponte na terça-feira porque um navio bateu no pilar durante a noite. Não houve "
    "feridos, e os comboios param na margem até ao dia quatro de março.",
    "it": "La città ha chiuso il ponte martedì perché una nave aveva urtato il pilastro nella notte. Non ci "
    "sono feriti, e i treni si fermano sulla riva fino al quattro marzo.",
    "nl": "De stad heeft de brug dinsdag gesloten omdat een schip in de nacht tegen de pijler was gevaren. Er "
    "is niemand gewond, en de treinen stoppen tot vier maart op het vasteland.",
    "sv": "Staden stängde bron på tisdagen för att ett fartyg hade kört på pelaren under natten. Ingen är "
    "skadad, och tågen stannar på fastlandet till den fjärde mars.",
    "pl": "Miasto zamknęło most we wtorek, ponieważ w nocy statek uderzył w filar. Nikt nie został ranny, a "
    "pociągi kończą bieg na lądzie do czwartego marca, jak podaje kolej. To nie jest pierwszy raz, że "
    "most jest zamknięty.",
    "tr": "Belediye köprüyü salı günü kapattı, çünkü gece bir gemi ayağa çarpmıştı. Yaralanan olmadı ve trenler"
    " dört marta kadar kıyıda duracak. Bu köprü için ilk değil, daha önce de bir kaza olmuştu.",
    "ru": "Город закрыл мост во вторник, потому что ночью судно ударило в опору. Никто не пострадал, и поезда "
    "до четвёртого марта останавливаются на берегу, как сообщили в управлении. Это не первый случай за "
    "год.",
    "uk": "Місто закрило міст у вівторок, бо вночі судно вдарило в опору. Ніхто не постраждав, і поїзди до "
    "четвертого березня зупиняються на березі, як повідомили в управлінні. Це не перший випадок за рік.",
    "el": "Η πόλη έκλεισε τη γέφυρα την Τρίτη, επειδή ένα πλοίο χτύπησε τον στύλο τη νύχτα.",
    "ar": "أغلقت المدينة الجسر يوم الثلاثاء بعد أن اصطدمت سفينة بالعمود في الليل، ولم يصب أحد من الركاب في هذا الحادث.",
    "he": "העיר סגרה את הגשר ביום שלישי משום שאונייה פגעה בעמוד בלילה.",
    "ja": "市は火曜日に橋を閉鎖した。夜に船が橋脚に衝突したためである。",
    "zh": "由于夜间一艘船撞上了桥墩，该市于周二关闭了大桥，没有人受伤。列车在岸边停靠。",
    "ko": "시는 밤에 배가 교각을 들이받아 화요일에 다리를 폐쇄했다고 밝혔다.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_the_language_of_a_text(code: str) -> None:
    assert language_of(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "42", "OK", "Lindau", "日", "Zürich Genève Lugano 2026 12 %"])
def test_of_too_little_nothing_is_said(text: str) -> None:
    assert language_of(text) is None


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language_of(text) is None or len(language_of(text) or "") == 2


def test_codes_of_languages() -> None:
    assert [language_code(named) for named in ("en-GB", "pt_BR", "DE", "zh-Hant-TW", "english", "", None, "e")] == [
        "en", "pt", "de", "zh", None, None, None, None
    ]  # fmt: skip
