"""Articles in the fields of others: news services, crawlers, content systems, archives and spreadsheets."""

from __future__ import annotations

import json
from datetime import UTC, date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.sources import Draft, of_bytes, read
from qa.sources.draft import RefusedError
from qa.sources.fields import fields_of, in_list
from qa.types import Problem

TEXT = "The old harbour of Lindau opened again. “We have put in 340 new piles,” said Jonas Keller."
URL = "https://courier.example/2025/01/01/harbour"
SERVICES: dict[str, Any] = {
    "NewsAPI": {
        "status": "ok",
        "totalResults": 1,
        "articles": [{
            "source": {"id": None, "name": "Courier"}, "author": "Ada Winter", "title": "Harbour opens",
            "description": "Short.", "url": URL, "urlToImage": None, "publishedAt": "2026-02-04T10:00:00Z",
            "content": f"{TEXT}… [+2134 chars]",
        }],
    },
    "Guardian": {"response": {"status": "ok", "results": [{
        "id": "world/2026/feb/04/harbour", "webTitle": "Harbour", "webPublicationDate": "2026-02-04T10:00:00Z",
        "webUrl": URL, "fields": {"headline": "Harbour opens", "bodyText": TEXT, "byline": "Ada Winter",
                                  "publication": "Courier"},
    }]}},
    "WordPress": [{
        "id": 7, "date": "2026-02-04T10:00:00", "modified": "2026-02-06T09:00:00", "link": URL, "author": 3,
        "title": {"rendered": "Harbour opens"}, "content": {"rendered": f"<p>{TEXT}</p>", "protected": False},
        "byline": "by Ada Winter", "site_name": "Courier",
    }],
    "news-please": {
        "authors": ["Ada Winter"], "date_download": "2026-03-05 10:00:00", "date_modify": "2026-03-01 10:00:00",
        "date_publish": "2026-02-04 10:00:00", "description": "Short.", "maintext": TEXT, "source_domain": "Courier",
        "title": "Harbour opens", "url": URL, "language": "en",
    },
    "webz.io": {
        "uuid": "abc", "url": URL, "thread": {"site": "elsewhere.example"}, "author": "Ada Winter", "site": "Courier",
        "published": "2026-02-04T10:00:00.000+02:00", "crawled": "2026-03-05T10:00:00.000+02:00",
        "title": "Harbour opens", "text": TEXT, "language": "english",
    },
    "trafilatura": {
        "title": "Harbour opens", "author": "Ada Winter", "hostname": "courier.example", "date": "2026-02-04",
        "id": None, "comments": "", "raw_text": "x", "text": TEXT, "source": URL, "source-hostname": "Courier",
        "filedate": "2026-03-05",
    },
    "mongoexport": {
        "_id": {"$oid": "5f1"}, "headline": "Harbour opens", "body": TEXT, "url": URL, "publisher": "Courier",
        "date": {"$date": {"$numberLong": "1770199872000"}}, "author": [{"name": "Ada Winter", "id": 3}],
    },
    "JSON-LD": {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": "Harbour opens", "url": URL,
        "datePublished": "2026-02-04T10:00:00Z", "dateModified": "2026-03-05", "articleBody": TEXT,
        "author": [{"@type": "Person", "name": "Ada Winter"}],
        "publisher": {"@type": "Organization", "name": "Courier"},
    },
    "Elasticsearch": {"took": 3, "hits": {"total": 1, "hits": [{"_id": "1", "_source": {
        "headline": {"main": "Harbour opens"}, "paragraphs": [TEXT], "byline": {"original": "By Ada Winter"},
        "pub_date": "2026-02-04T10:00:00+0000", "web_url": URL, "source": "Courier",
    }}]}},
    "a crawl": {
        "headline": "Harbour opens", "content": TEXT, "created_utc": 1770199872, "permalink": URL,
        "creator": "Ada Winter", "domain": "Courier",
    },
}  # fmt: skip


def only(data: bytes, named: str) -> Draft:
    (found,) = read(of_bytes("stdin", data), UTC, named)
    assert isinstance(found, Draft)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_articles_of_news_services_and_archives(service: str) -> None:
    found = only(json.dumps(SERVICES[service]).encode(), "json")
    assert (found.title, found.text, found.url) == ("Harbour opens", TEXT, URL)
    assert (found.source, found.details.author) == ("Courier", "Ada Winter")
    assert found.published is not None
    assert found.published.day == date(2026, 2, 4)


def test_what_a_service_left_out_is_told() -> None:
    found = only(json.dumps(SERVICES["NewsAPI"]).encode(), "json")
    assert found.details.excerpt
    assert found.notes == ("only its beginning: 2134 characters were left out",)


def test_words_of_content_systems_are_made_plain_in_lines_too() -> None:
    line = {
        "title": "Caf&eacute; opens &#8211; at last",
        "content": "<p>One &amp; two.</p><script>x()</script><p>Three.</p>",
    }
    found = only(json.dumps(line).encode(), "jsonl")
    assert (found.title, found.text) == ("Café opens – at last", "One & two.\nThree.")


@pytest.mark.parametrize("text", ["5 < 6 and a > b & c; so it is.", "AT&T said: 1 <2>.", "&lt;p&gt; is a tag."])
def test_words_that_are_no_html_stay_as_they_are(text: str) -> None:
    assert only(json.dumps({"text": text}).encode(), "jsonl").text == text


@pytest.mark.parametrize(
    ("table", "source", "day"),
    [
        (",id,title,publication,author,date,year,month,url,content\n"
         f'0,17283,T,Courier,Ada,2026-02-04,2026.0,2.0,{URL},"{TEXT}"\n', "Courier", date(2026, 2, 4)),
        ("\ufeffsep=;\r\nHeadline;Source;Publication Date;Byline;Body\r\n"
         f'T;Courier;February 4, 2026 Wednesday;By Ada;"{TEXT}"\r\n', "Courier", date(2026, 2, 4)),
        ("source,author,title,description,url,urlToImage,publishedAt,content\n"
         f'Courier,Ada,T,d,{URL},,2026-02-04T10:00:00Z,"{TEXT}"\n', "Courier", date(2026, 2, 4)),
        ("title\tmaintext\tdate_publish\tdomain\tauthors\n"
         f'T\t"{TEXT}"\t2026-02-04 10:00:00\tcourier.example\tAda\n', "courier.example", date(2026, 2, 4)),
        ("Title,Full text,Pub date,Source,Author\n"
         f'T,"{TEXT}","Feb 4, 2026",{URL},Ada\n', "courier.example", date(2026, 2, 4)),
    ],
    ids=["All the News", "LexisNexis", "NewsAPI", "pandas", "a source that is an address"],
)  # fmt: skip
def test_tables_of_archives(table: str, source: str, day: date) -> None:
    found = only(table.encode(), "csv")
    assert (found.title, found.text, found.source, found.details.author) == ("T", TEXT, source, "Ada")
    assert found.published is not None
    assert found.published.day == day


def test_what_is_listed_is_found_and_an_article_is_no_list() -> None:
    assert in_list({"data": {"items": [{"text": "a"}, {"text": "b"}]}}) == [{"text": "a"}, {"text": "b"}]
    assert in_list({"text": "a", "items": [{"text": "b"}]}) == [{"text": "a", "items": [{"text": "b"}]}]
    assert in_list("text") == ["text"]


def test_an_answer_without_texts_is_refused_item_by_item() -> None:
    answer = {"articles": [{"url": URL, "title": "T", "seendate": "20260204T101500Z"}, "T"]}
    found = list(read(of_bytes("stdin", json.dumps(answer).encode()), UTC, "json"))
    assert [(item.line, item.message.partition(";")[0]) for item in found if isinstance(item, Problem)] == [
        (1, 'no "text" (or "body", "content")'),
        (2, "not a JSON object"),
    ]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "$date", "main", "x", "rendered", "data"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["text", "headline", "source", "url", "id", "author", "pubDate", "fields"]), _JSON)
)
def test_whatever_stands_in_the_fields_they_are_words_or_refused(row: dict[str, Any]) -> None:
    try:
        told = fields_of(row)
    except RefusedError:
        return
    assert all(isinstance(getattr(told, name), str | None) for name in ("text", "title", "source", "url", "key"))
