"""Articles as records of a shared store, and back; whatever is not exactly an article is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.clean import clean, clean_line
from qa.library.child import Record
from qa.library.parcels import Found, Key, Unfit, key_and_number, key_of, pack, unpack
from qa.types import Article, Details, Passage, Published

DIMENSIONS = 8
UTC = ZoneInfo("UTC")


def article_of(text: str, **fields: object) -> Article:
    made = Article(
        id="n1", origin="/news/a.txt", version=1, title="A title", source="Agency", url="https://news.example/1",
        published=Published("2026-02-04T23:30:00+00:00", date(2026, 2, 4)), text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    return replace(made, **fields)  # type: ignore[arg-type]


def passages_of(article: Article, size: int = 10) -> list[Passage]:
    spans = [(start, min(start + size, len(article.text))) for start in range(0, len(article.text), size)]
    return [
        Passage(f"p{n}", article.id, article.version, n, start, end, article.text[start:end])
        for n, (start, end) in enumerate(spans)
    ]


def vectors_of(passages: list[Passage]) -> dict[str, bytes]:
    made = np.random.default_rng(7).standard_normal((len(passages), DIMENSIONS)).astype("<f4")
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return {passage.id: vector.tobytes() for passage, vector in zip(passages, made, strict=True)}


def packed(article: Article, size: int = 10) -> list[Record]:
    passages = passages_of(article, size)
    return pack(article, passages, vectors_of(passages), ("a" * 16, "b" * 16))


def found(records: list[Record]) -> list[Found]:
    return [Found(dict(record.metadata), record.document, record.vector) for record in records]


def key(records: list[Record]) -> Key:
    named = key_and_number(records[0].id)
    assert named is not None
    return named[0]


ARTICLE = article_of("Talks were held in Muscat. They go on.")


@given(st.text(min_size=1).map(lambda text: clean(text).text.strip()).filter(bool), st.integers(1, 50))
def test_what_is_packed_comes_out_the_same(text: str, size: int) -> None:
    records = packed(article_of(clean(text).text), size)
    back = unpack(key(records), found(records), UTC, DIMENSIONS)
    assert replace(back.article, origin="/news/a.txt") == article_of(clean(text).text)
    assert [record.id for record in records] == key(records).ids()
    assert np.array_equal(back.vectors, np.stack([record.vector for record in records]))


def test_the_day_is_that_of_the_library_that_takes_it() -> None:
    records = packed(ARTICLE)
    back = unpack(key(records), found(records), ZoneInfo("Asia/Tokyo"), DIMENSIONS)
    assert back.article.published == Published("2026-02-04T23:30:00+00:00", date(2026, 2, 5))


def test_language_author_and_pages_go_along_and_are_not_believed_blindly() -> None:
    details = Details(language="de", author="Anna Keller", pages=(0, 20), fetched="2026-02-04T10:00:00+00:00")
    records = packed(replace(ARTICLE, details=details))
    assert key(records) == key(packed(ARTICLE))
    taken = unpack(key(records), found(records), UTC, DIMENSIONS).article
    assert taken.details == replace(details, fetched=None)
    told = {"language": "not a language", "author": "\u202eevil\x1b[2J", "pages": "0,900"}
    hostile = with_(-1, **told)(found(records))
    assert unpack(key(records), hostile, UTC, DIMENSIONS).article.details == Details(author=clean_line(told["author"]))
    odd = with_(0, language=7, author=["a"], pages="20,0")(found(records))
    assert unpack(key(records), odd, UTC, DIMENSIONS).article.details == Details()


def test_ids_and_what_they_name() -> None:
    records = packed(ARTICLE)
    assert [key_and_number(record.id) for record in records] == [(key(records), n) for n in range(4)]
    assert key(records) == key_of(ARTICLE, [(p.start, p.end) for p in passages_of(ARTICLE)])
    assert key(packed(replace(ARTICLE, version=7))) == key(records)  # what it says, not how often it changed
    for change in ({"title": "B"}, {"source": None}, {"url": None}, {"published": None}):
        assert key(packed(replace(ARTICLE, **change))).content != key(records).content
    for wrong in ("", "x", records[0].id + " ", records[0].id.replace(".0.4", ".4.4"), records[0].id + "0.1"):
        assert key_and_number(wrong) is None
    assert key_and_number(records[0].id.replace(".0.4", ".00.4")) is None


Change = Callable[[list[Found]], list[Found]]


def with_(at_: int, /, **metadata: object) -> Change:
    def change(all_: list[Found]) -> list[Found]:
        return [
            replace(one, metadata={**one.metadata, **metadata}) if at_ in (at, -1) else one
            for at, one in enumerate(all_)
        ]

    return change


def document(n: int, text: str) -> Change:
    return lambda all_: [replace(one, document=text) if at == n else one for at, one in enumerate(all_)]


def vector(*values: float) -> Change:
    return lambda all_: [replace(all_[0], vector=np.array(values, dtype="f4")), *all_[1:]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_(1, title="Another title"), "do not agree"),
        (with_(-1, title="Another title"), "not what its ids say"),
        (with_(-1, id="n2"), ""),
        (with_(-1, article="n2"), "not what its ids say"),
        (with_(-1, article="n1\x1b]52;c;aGk=\x07"), "its id is"),
        (with_(-1, article=5), "no text"),
        (with_(-1, title="\u202etitle"), "title is"),
        (with_(-1, title="x" * 501), "title is"),
        (with_(-1, title=None), "no text"),
        (with_(-1, source=""), "source or link"),
        (with_(-1, url="javascript:alert(1)"), "no http or https"),
        (with_(-1, published="last Tuesday"), "date cannot be read"),
        (with_(-1, published="4 February 2026"), "not written as ISO"),
        (with_(-1, version=0), "digest"),
        (with_(-1, version=True), "digest"),
        (with_(-1, version="1"), "digest"),
        (with_(-1, digest="0" * 64), "digest"),
        (with_(2, n=1), "do not tile"),
        (with_(2, start=0), "do not tile"),
        (with_(2, end=10**12), "do not tile"),
        (with_(2, end="30"), "do not tile"),
        (document(1, ""), "do not tile"),
        (document(3, "They lie."), "do not tile"),
        (document(3, "go away."), "digest"),
        (document(0, "x" * 3_000_000), "longer than"),
        (vector(1.0, 0.0), "8 dimensions"),
        (vector(*[float("nan")] * 8), "length one"),
        (vector(*[float("inf")] * 8), "length one"),
        (vector(*[0.0] * 8), "length one"),
        (vector(*[1.0] * 8), "length one"),
        (lambda all_: [replace(all_[0], vector=None), *all_[1:]], "8 dimensions"),
        (lambda all_: [all_[1], all_[0], *all_[2:]], "do not tile"),
    ],
)
def test_what_is_not_exactly_an_article_is_refused(change: Change, reason: str) -> None:
    records = packed(ARTICLE)
    changed = change(found(records))
    if not reason:  # a key that means nothing to us changes nothing
        assert unpack(key(records), changed, UTC, DIMENSIONS).article.text == ARTICLE.text
        return
    with pytest.raises(Unfit, match=reason):
        unpack(key(records), changed, UTC, DIMENSIONS)


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\u202eb", "a\x00b", "x" * 2_000_001, ""])
def test_a_text_that_no_library_keeps_is_refused_however_well_it_is_wrapped(text: str) -> None:
    """Its digest, its ids and its offsets are all right."""
    article = article_of(text)
    records = [
        Found(
            {
                "article": article.id, "version": 1, "digest": article.digest, "passages": 1, "title": article.title,
                "source": article.source, "url": article.url, "published": article.published.iso,  # type: ignore[union-attr]
                "n": n, "start": start, "end": min(start + 4000, len(text)),
            },
            text[start : start + 4000],
            np.eye(1, DIMENSIONS, dtype="f4")[0],
        )
        for n, start in enumerate(range(0, max(1, len(text)), 4000))
    ]  # fmt: skip
    spans = [(one.metadata["start"], one.metadata["end"]) for one in records]
    with pytest.raises(Unfit, match=r"text is empty|longer than|do not tile"):
        unpack(key_of(article, spans), records, UTC, DIMENSIONS)


def test_vectors_are_sent_with_a_length_of_one() -> None:
    passages = passages_of(ARTICLE)
    made = {name: (3 * np.frombuffer(raw, "<f4")).tobytes() for name, raw in vectors_of(passages).items()}
    records = pack(ARTICLE, passages, made, ())
    back = unpack(key(records), found(records), UTC, DIMENSIONS)
    np.testing.assert_allclose(back.vectors, np.stack([record.vector for record in packed(ARTICLE)]), atol=1e-6)
    with pytest.raises(Unfit, match="no direction"):
        pack(ARTICLE, passages, {**made, "p1": bytes(4 * DIMENSIONS)}, ())


def test_what_a_server_could_not_hold_is_not_sent() -> None:
    with pytest.raises(Unfit, match="its source or link"):
        packed(replace(ARTICLE, source="界" * 1_400))
    with pytest.raises(Unfit, match="its source or link"):
        packed(replace(ARTICLE, url="https://news.example/" + "ab" * 2_000))
    assert packed(replace(ARTICLE, url="https://news.example/" + "ab" * 1_500))
