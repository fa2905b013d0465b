"""Pages and feeds of a real web server on loopback, into a real library: whole, politely, and only what changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from web_server import Web, serving

from qa.config import Config
from qa.engine import Engine, open_engine
from qa.errors import InputError, NotFoundError
from qa.following import add, refresh
from qa.ingest import ingest, of_input
from qa.journal import Journal
from qa.types import Added, Article, Cancel, IngestReport, Notice
from qa.visits import Visits

SAVED = Path(__file__).parent / "fixtures" / "sources"
NOW = datetime(2026, 2, 5, 12, 0, tzinfo=UTC)
PAGE = (SAVED / "wget.html").read_text(encoding="utf-8")
WHOLE = "The old harbour of Lindau opened again on Wednesday after eleven weeks of repairs"


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as one:
        yield one


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    config = Config(library=tmp_path / "library", timezone="UTC", fetch_private=True)
    with open_engine(config, clock=lambda: NOW) as one:
        yield one


def visits(**told: object) -> Visits:
    return Visits(private=True, delay=0, **told)  # type: ignore[arg-type]


def run(engine: Engine, *given: object, **options: object) -> IngestReport:
    made = options.pop("visits", None) or visits()
    *_, report = ingest(engine, given, words_only=True, visits=made, **options)  # type: ignore[arg-type]
    assert isinstance(report, IngestReport)
    return report


def read_again(engine: Engine, *numbers: int) -> IngestReport:
    *_, report = refresh(engine, numbers, words_only=True, visits=visits())
    assert isinstance(report, IngestReport)
    return report


def follow(engine: Engine, what: str, name: str = "") -> Added:
    *_, added = add(engine, what, name, visits=visits())
    assert isinstance(added, Added)
    return added


def articles(engine: Engine) -> list[Article]:
    found = [engine.library.article(row.article.id) for row in engine.library.catalogue.rows()]
    return sorted(found, key=lambda article: article.title)


def words(report: IngestReport) -> str:
    return "\n".join(problem.message for problem in report.problems)


def rss(web: Web, *items: str, title: str = "The Lindau Courier") -> str:
    body = "".join(items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{body}</channel></rss>'


def item(link: str, title: str = "Harbour reopens", words: str = "It reopens […]", day: str = "04") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>Wed, {day} Feb 2026 22:30:00 GMT</pubDate><description>{words}</description></item>"
    )


# pages


def test_a_page_is_dated_by_itself_and_says_when_it_was_fetched(engine: Engine, web: Web) -> None:
    address = web.put("/2026/harbour", PAGE)
    assert run(engine, address).new == 1
    (article,) = articles(engine)
    assert article.text.startswith(WHOLE)
    assert article.published is not None
    assert article.published.iso == "2026-02-04T23:30:00+01:00"
    assert (article.url, article.origin) == (address, address)  # another site's canonical address is not believed
    assert article.details.fetched == "2026-02-05T12:00:00+00:00"


def test_what_has_not_changed_is_not_sent_again(engine: Engine, web: Web) -> None:
    address = web.put("/a", PAGE, etag='"1"')
    run(engine, address)
    before = articles(engine)
    assert run(engine, address).unchanged == 1
    assert web.headers[-1]["If-None-Match"] == '"1"'
    web.put("/a", PAGE.replace("340 new piles", "341 new piles"), etag='"2"')
    assert run(engine, address).changed == 1
    (after,) = articles(engine)
    assert (after.id, after.version) == (before[0].id, 2)


def test_robots_txt_is_obeyed(engine: Engine, web: Web) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /private/", media="text/plain")
    address = web.put("/private/a", PAGE)
    report = run(engine, address)
    assert (report.failed, report.new) == (1, 0)
    assert "robots.txt" in words(report)
    assert web.taken() == []
    assert run(engine, web.put("/public/a", PAGE)).new == 1


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False)])
def test_no_robots_txt_allows_all_and_a_failing_one_nothing(
    engine: Engine, web: Web, status: int, allowed: bool
) -> None:
    web.put("/robots.txt", "", status=status)
    assert run(engine, web.put("/a", PAGE)).new == allowed


def test_a_server_is_given_time_between_two_pages(engine: Engine, web: Web) -> None:
    web.put("/robots.txt", "User-agent: newsdesk\nCrawl-delay: 4", media="text/plain")
    addresses = [web.put(f"/{n}", PAGE.replace("340", str(n))) for n in range(3)]
    clock = [0.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    made = Visits(private=True, delay=1.0, now=lambda: clock[0], sleep=sleep)
    assert run(engine, *addresses, visits=made).new == 3
    assert clock[0] == pytest.approx(4.0 * 3)  # robots.txt, then three pages


def test_a_server_that_is_overworked_is_left_alone(engine: Engine, web: Web) -> None:
    addresses = [web.put(f"/{n}", "", status=503) for n in range(3)]
    report = run(engine, *addresses)
    assert report.failed == 3
    assert web.taken() == ["/0"]


def test_an_address_of_the_own_network_needs_the_setting(tmp_path: Path, web: Web) -> None:
    with open_engine(Config(library=tmp_path / "l", timezone="UTC"), clock=lambda: NOW) as engine:
        address = web.put("/a", PAGE)
        report = run(engine, address, visits=Visits(delay=0))
        assert report.failed == 1
        assert "fetch_private" in words(report)
        assert web.taken() == []


def test_what_is_no_article_fails_and_the_others_are_read(engine: Engine, web: Web) -> None:
    report = run(
        engine,
        web.put("/picture", b"\x89PNG\r\n\x1a\n\x00", media="image/png"),
        f"{web.url}/gone",
        web.put("/hostile", "<a " * 10_000),
        web.put("/a", PAGE),
        web.put("/b.pdf", (SAVED / "reportlab.pdf").read_bytes(), media="application/pdf"),
    )
    assert (report.new, report.failed) == (2, 3)
    assert {article.details.pages != () for article in articles(engine)} == {True, False}


# feeds


def test_an_item_that_holds_only_an_excerpt_is_fetched_whole_and_once(engine: Engine, web: Web) -> None:
    page = web.put("/harbour", PAGE)
    feed = web.put("/feed", rss(web, item(page)), media="application/rss+xml")
    assert run(engine, feed).new == 1
    (article,) = articles(engine)
    assert article.text.startswith(WHOLE)
    assert article.published is not None
    assert (article.source, article.published.iso, article.details.author) == (
        "The Lindau Courier",
        "2026-02-04T22:30:00+00:00",
        "Ada Winter",
    )
    assert web.taken() == ["/feed", "/harbour"]
    web.put("/feed", rss(web, item(page), "<!-- another hour -->"), media="application/rss+xml")
    report = run(engine, feed)
    assert (report.unchanged, report.changed, report.new) == (1, 0, 0)
    assert web.taken() == ["/feed"]
    web.put("/harbour", PAGE.replace("340", "350"))
    web.put("/feed", rss(web, item(page, words="Corrected […]")), media="application/rss+xml")
    assert run(engine, feed).changed == 1
    assert web.taken() == ["/feed", "/harbour"]


def test_a_whole_item_fetches_no_page(engine: Engine, web: Web) -> None:
    feed = web.put("/feed.json", (SAVED / "feed.json").read_bytes(), media="application/feed+json")
    assert run(engine, feed).new == 2
    assert web.taken() == ["/feed.json"]


def test_an_excerpt_whose_page_may_not_be_fetched_is_kept_and_says_so(engine: Engine, web: Web) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /locked", media="text/plain")
    feed = web.put("/feed", rss(web, item(f"{web.url}/locked/a"), item(f"{web.url}/gone", "Gone")))
    report = run(engine, feed)
    assert (report.new, report.failed) == (2, 0)
    assert "only the excerpt of its feed" in words(report)
    assert "robots.txt" in words(report)
    assert [article.details.excerpt for article in articles(engine)] == [True, True]


def test_one_article_of_two_feeds_is_one_article(engine: Engine, web: Web) -> None:
    page = web.put("/harbour", PAGE)
    first = web.put("/first", rss(web, item(f"{page}?utm_source=rss", words="One view of it. " * 200)))
    second = web.put("/second", rss(web, item(page, words="Another view of it. " * 200), title="Aggregated"))
    assert run(engine, first).new == 1
    report = run(engine, second, first)
    assert (report.new, report.changed) == (0, 0)
    assert len(articles(engine)) == 1


def test_a_saved_feed_fetches_nothing(engine: Engine, web: Web, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss(web, item(web.put("/harbour", PAGE))))
    assert run(engine, path).new == 1
    assert web.asked == []


def test_a_cancelled_run_keeps_what_it_has(engine: Engine, web: Web) -> None:
    cancel = Cancel()
    first = web.put("/a", PAGE)
    made = visits(cancel=cancel)
    events = ingest(engine, [first, f"{web.url}/b"], words_only=True, visits=made, cancel=cancel)
    report = None
    for event in events:
        report = event
        if web.taken() == ["/a"]:
            cancel.cancel()
    assert isinstance(report, IngestReport)
    assert not report.complete
    assert len(articles(engine)) <= 1
    assert run(engine, first).failed == 0


# standard input


def test_standard_input(engine: Engine) -> None:
    report = run(engine, of_input(PAGE.encode(), "html"))
    assert report.new == 1
    assert run(engine, of_input(PAGE.encode())).unchanged == 1
    assert run(engine, of_input(b"\x00\x01")).failed == 1
    lines = b'{"id": "1", "text": "One."}\n{"id": "2", "text": "Two."}\n'
    assert run(engine, of_input(lines, "jsonl")).new == 2


# what is followed


def test_what_is_followed_is_read_again_and_survives_a_rebuild(engine: Engine, web: Web) -> None:
    page = web.put("/harbour", PAGE)
    feed = web.put("/feed", rss(web, item(page)), etag='"f"')
    added = follow(engine, feed, "Lindau")
    assert [(one.number, one.place, one.name) for one in added.new] == [(1, feed, "Lindau")]
    assert read_again(engine).new == 1
    assert articles(engine)[0].source == "Lindau"
    list(engine.library.rebuild(Cancel()))
    assert read_again(engine).unchanged == 1
    (one,) = engine.journal.followed.sources()
    assert (one.refreshed, one.problem) == (NOW, "")
    assert follow(engine, feed).already == (one,)


def test_a_page_that_names_its_feed_is_followed_by_it(engine: Engine, web: Web) -> None:
    feed = web.put("/rss", rss(web, item(web.put("/harbour", PAGE))))
    web.put(
        "/", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body>x</body></html>'
    )
    assert [one.place for one in follow(engine, f"{web.url}/").new] == [feed]


def test_a_list_of_feeds_is_followed_feed_by_feed(engine: Engine) -> None:
    added = follow(engine, str(SAVED / "feedly.opml"))
    assert [(one.place, one.name) for one in added.new] == [
        ("https://courier.example/feed/", "The Lindau Courier"),
        ("https://pierpost.example/rss/", "Pier Post"),
    ]
    assert follow(engine, str(SAVED / "feedly.opml")).new == ()


def test_a_folder_is_followed(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text(" date 2026-02-04 Words of an article.")
    follow(engine, str(tmp_path / "news"), "Notes")
    assert read_again(engine, 1).new == 1
    (article,) = articles(engine)
    assert article.source == "Notes"
    assert article.published is not None
    assert article.published.day == date(2026, 2, 4)


def test_a_source_that_fails_says_so_and_the_others_are_read(engine: Engine, web: Web) -> None:
    follow(engine, web.put("/a", PAGE))
    follow(engine, web.put("/b", rss(web, item(f"{web.url}/a", words="Whole words of it. " * 100))))
    del web.pages["/a"]
    report = read_again(engine)
    assert (report.failed, report.new) == (1, 1)
    first, second = engine.journal.followed.sources()
    assert "404" in first.problem
    assert second.problem == ""


def test_what_is_removed_is_not_read_and_comes_back_under_its_number(engine: Engine, web: Web) -> None:
    feed = web.put("/feed", rss(web, item(web.put("/harbour", PAGE))))
    follow(engine, feed)
    engine.journal.followed.remove(1, NOW)
    with pytest.raises(NotFoundError, match="nothing is followed"):
        read_again(engine)
    with pytest.raises(NotFoundError):
        read_again(engine, 1)
    assert [one.number for one in follow(engine, feed).new] == [1]


def test_what_cannot_be_followed_is_refused(engine: Engine, web: Web, tmp_path: Path) -> None:
    for what in (
        str(tmp_path / "nowhere"),
        f"{web.url}/gone",
        web.put("/picture", b"\x89PNG\x00", media="image/png"),
    ):
        with pytest.raises(InputError) as refused:
            follow(engine, what)
        assert refused.value.hint
    assert Journal(engine.config.library).followed.sources() == []


def test_a_feed_that_moved_for_good_is_asked_for_there_and_its_articles_stay(engine: Engine, web: Web) -> None:
    page = web.put("/harbour", PAGE)
    old = web.put("/old", rss(web, item(page)), etag='"f"')
    follow(engine, old)
    assert read_again(engine).new == 1
    web.put("/old", "", status=301, headers={"Location": "/new"})
    new = web.put("/new", rss(web, item(page), item(f"{page}2", "Second", "Whole words of it. " * 100)), etag='"n"')
    *told, report = refresh(engine, words_only=True, visits=visits())
    assert isinstance(report, IngestReport)
    assert (report.new, report.unchanged, report.failed) == (1, 1, 0)
    assert any(isinstance(one, Notice) and f"moved for good to {new}" in one.text for one in told)
    assert engine.journal.followed.source(1).moved == new
    web.taken()
    assert read_again(engine).unchanged == 2
    assert web.taken() == ["/new"]
    del web.pages["/new"]  # and it is asked for where it was, should it come back
    assert read_again(engine).failed == 1
    web.put("/old", rss(web, item(page)))
    assert read_again(engine).unchanged == 1
    assert web.taken() == ["/new", "/old"]


@pytest.mark.parametrize("statuses", [(302, 301), (307, 307)])
def test_a_feed_that_is_elsewhere_for_now_is_asked_for_where_it_was(
    engine: Engine, web: Web, statuses: tuple[int, int]
) -> None:
    follow(engine, web.put("/old", rss(web, item(f"{web.url}/x", words="Whole words of it. " * 100))))
    web.put("/new", web.pages["/old"].body, "application/rss+xml")
    web.put("/old", "", status=statuses[0], headers={"Location": "/between"})
    web.put("/between", "", status=statuses[1], headers={"Location": "/new"})
    assert read_again(engine).new == 1
    assert engine.journal.followed.source(1).moved == ""


def test_a_feed_that_is_gone_for_good_is_asked_for_by_its_number_alone(engine: Engine, web: Web) -> None:
    feed = web.put("/feed", rss(web, item(f"{web.url}/x", words="Whole words of it. " * 100)))
    follow(engine, feed)
    web.put("/feed", "", status=410)
    assert read_again(engine).failed == 1
    web.taken()
    *told, report = refresh(engine, words_only=True, visits=visits())
    assert isinstance(report, IngestReport)
    assert (report.failed, web.taken()) == (0, [])
    assert any(isinstance(one, Notice) and "newsdesk sources remove 1" in one.text for one in told)
    web.put("/feed", rss(web, item(f"{web.url}/x", words="Whole words of it. " * 100)))
    assert read_again(engine, 1).new == 1
    assert read_again(engine).unchanged == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "3600"},
        {"Retry-After": "Thu, 05 Feb 2026 13:00:00 GMT", "Date": "Thu, 05 Feb 2026 12:00:00 GMT"},
    ],
)
def test_a_server_that_names_a_time_is_left_alone_until_then(tmp_path: Path, web: Web, headers: dict[str, str]) -> None:
    at = [NOW]
    config = Config(library=tmp_path / "library", timezone="UTC", fetch_private=True)
    with open_engine(config, clock=lambda: at[0]) as engine:
        feed = rss(web, item(f"{web.url}/x", words="Whole words of it. " * 100))
        follow(engine, web.put("/feed", feed))
        web.put("/feed", "", status=429, headers=headers, act=_answered_with(429, headers))
        assert read_again(engine).failed == 1
        web.taken()
        web.put("/feed", feed)
        for minutes, asked in ((59, []), (61, ["/feed"])):
            at[0] = NOW + timedelta(minutes=minutes)
            read_again(engine, 1)
            assert web.taken() == asked
        assert engine.journal.followed.source(1).rests is None


def _answered_with(status: int, headers: dict[str, str]) -> Callable[[Any], None]:
    """A reply with no other headers than these."""

    def act(handler: Any) -> None:
        handler.send_response_only(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()

    return act


def test_a_page_in_the_place_of_a_feed_is_no_article(engine: Engine, web: Web) -> None:
    follow(engine, web.put("/feed", rss(web, item(f"{web.url}/x", words="Whole words of it. " * 100))))
    assert read_again(engine).new == 1
    feed = '<link rel="alternate" type="application/atom+xml" href="/atom">'
    web.put("/feed", PAGE.replace("<head>", f"<head>{feed}"))
    assert words(read_again(engine)) == (
        f"a page stands where the feed was; it names a feed: `newsdesk sources add {web.url}/atom`"
    )
    web.put("/feed", PAGE)
    assert "open it in a browser" in words(read_again(engine))
    assert len(articles(engine)) == 1


def test_what_is_followed_in_a_journal_of_an_earlier_version_is_read(engine: Engine, web: Web) -> None:
    follow(engine, web.put("/feed", rss(web, item(f"{web.url}/x", words="Whole words of it. " * 100))))
    with closing(sqlite3.connect(engine.journal.followed.path)) as db:
        for column in ("moved", "gone", "rests"):
            db.execute(f"ALTER TABLE followed DROP COLUMN {column}")
        db.execute("PRAGMA user_version = 6")
        db.commit()
    assert read_again(engine).new == 1
    assert engine.journal.followed.source(1).refreshed == NOW
