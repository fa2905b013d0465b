"""An article as records of a shared store, and back: every passage with its vector and all that the article needs.

A record's id names the article, its content, its layout (where its passages end), the passage and how many there
are; so the ids alone tell which articles are there whole. What comes out of a store is untrusted: an article is
rebuilt only from records that agree with each other, tile a text, and hash to the ids they were found under.
The metadata keys of a store's records are named here and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from qa.chunk import MAX_CHARACTERS
from qa.clean import clean, clean_line
from qa.dates import parse_published
from qa.language import language_code
from qa.library.child import Record
from qa.library.marks import article_hash, content_of
from qa.types import Article, Details, Passage, Published

ARTICLE, VERSION, DIGEST, PASSAGES, EARLIER = "article", "version", "digest", "passages", "earlier"
TITLE, SOURCE, URL, PUBLISHED, DAY = "title", "source", "url", "published", "day"
_BESIDE = LANGUAGE, AUTHOR, PAGES = "language", "author", "pages"
N, START, END = "n", "start", "end"
_OF_ARTICLE = (ARTICLE, VERSION, DIGEST, PASSAGES, EARLIER, TITLE, SOURCE, URL, PUBLISHED)
"""What every record of an article says alike; the day beside it is the sender's, for other readers of the store."""

MAX_TEXT = 2_000_000
"""Longest article in characters, as for articles read from files."""
_MAX_ID, _MAX_TITLE, _MAX_AUTHOR = 520, 500, 400
_MAX_BYTES = 4_000
"""Longest source or link in bytes (hosted Chroma takes metadata values of 4,096)."""
_MAX_EARLIER = 100
_MAX_PAGES = 500
"""Pages whose beginnings are told."""
_NORM = 1e-3
"""How far a vector's length may be from one."""
_RECORD = re.compile(r"([0-9a-f]{16}\.[0-9a-f]{16}\.[0-9a-f]{8})\.(\d{1,7})\.(\d{1,7})")


class Unfit(Exception):  # noqa: N818 - it names what the records are
    """These records are no article of ours, or this article cannot be a record; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One article in one content and layout."""

    article: str
    content: str
    layout: str
    total: int

    def ids(self) -> list[str]:
        """The ids of its records, in order."""
        return [self.id(n) for n in range(self.total)]

    def id(self, n: int) -> str:
        """The id of one record."""
        return f"{self.article}.{self.content}.{self.layout}.{n}.{self.total}"


@dataclass(frozen=True, slots=True)
class Found:
    """A record as a store gave it, unchecked."""

    metadata: Mapping[str, Any]
    document: str = ""
    vector: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """An article that came out of a store, checked."""

    article: Article
    """With an empty origin."""
    spans: tuple[tuple[int, int], ...]
    vectors: npt.NDArray[np.float32]
    """Shape ``(passages, dimensions)``."""


def key_of(article: Article, spans: Iterable[tuple[int, int]]) -> Key:
    """The key of an article with these passages."""
    ends = [end for _, end in spans]
    layout = hashlib.blake2b(",".join(map(str, ends)).encode(), digest_size=4).hexdigest()
    return Key(article_hash(article.id), content_of(article), layout, len(ends))


def key_and_number(record_id: str) -> tuple[Key, int] | None:
    """The key and the passage that a record's id names; None when it is no id of ours."""
    match = _RECORD.fullmatch(record_id)
    if match is None:
        return None
    article, content, layout = match.group(1).split(".")
    n, total = int(match.group(2)), int(match.group(3))
    key = Key(article, content, layout, total)
    return (key, n) if n < total and key.id(n) == record_id else None


def pack(
    article: Article, passages: Sequence[Passage], vectors: Mapping[str, bytes], earlier: Sequence[str]
) -> list[Record]:
    """The records of an article; ``vectors`` by passage id, ``earlier`` the contents it was made from, oldest first.

    Raises Unfit when a store could not hold it, or nobody could take it out again.
    """
    metadata = _head(article, len(passages), earlier)
    key = key_of(article, [(passage.start, passage.end) for passage in passages])
    if reason := _unfit_article(article):
        raise Unfit(reason)
    return [
        Record(
            key.id(passage.n),
            _unit(np.frombuffer(vectors[passage.id], dtype="<f4")),
            passage.text,
            {**metadata, N: passage.n, START: passage.start, END: passage.end},
        )
        for passage in passages
    ]


def _head(article: Article, passages: int, earlier: Sequence[str]) -> dict[str, str | int]:
    published = article.published
    told: dict[str, str | int | None] = {
        ARTICLE: article.id,
        VERSION: article.version,
        DIGEST: article.digest,
        PASSAGES: passages,
        EARLIER: ",".join(earlier[-_MAX_EARLIER:]) or None,
        TITLE: article.title,
        SOURCE: article.source,
        URL: article.url,
        PUBLISHED: published.iso if published else None,
        DAY: published.day.toordinal() if published else None,
        LANGUAGE: article.details.language,
        AUTHOR: article.details.author,
        PAGES: ",".join(map(str, article.details.pages[:_MAX_PAGES])) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _unit(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A vector of length one: a server need not embed so, and Chroma's cosine does not see the difference."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or not length:
        raise Unfit("a vector of it has no direction")
    return vector if abs(length - 1.0) <= _NORM else np.asarray(vector / length, dtype=np.float32)


def earlier_of(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """The contents that a record's article was made from, oldest first, as far as they can be read."""
    told = metadata.get(EARLIER)
    return tuple(re.findall(r"[0-9a-f]{16}", told)[:_MAX_EARLIER]) if isinstance(told, str) else ()


def version_of(metadata: Mapping[str, Any]) -> int:
    """The version a record says its article has; 0 when it says none that can be."""
    told = metadata.get(VERSION)
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 < told < 1_000_000 else 0


def unpack(key: Key, records: Sequence[Found], zone: tzinfo | None, dimensions: int) -> Parcel:
    """The article of all records of ``key``, in the order of its ids. Raises Unfit.

    Days are worked out anew in ``zone``, as for any article that is read.
    """
    head = records[0].metadata
    told = {name: head.get(name) for name in _OF_ARTICLE}
    if any({name: record.metadata.get(name) for name in _OF_ARTICLE} != told for record in records):
        raise Unfit("its passages do not agree on what they belong to")
    if sum(len(record.document) for record in records) > MAX_TEXT:
        raise Unfit(f"it is longer than {MAX_TEXT:,} characters")
    text = "".join(record.document for record in records)
    article = Article(
        id=_text(told, ARTICLE),
        origin="",
        version=version_of(head),
        title=_text(told, TITLE),
        source=_text(told, SOURCE) if told[SOURCE] is not None else None,
        url=_text(told, URL) if told[URL] is not None else None,
        published=_published(told, zone),
        text=text,
        digest=_text(told, DIGEST),
        details=_details(head, len(text)),
    )
    spans = _spans(records)
    if reason := _unfit_article(article) or ("" if key_of(article, spans) == key else "it is not what its ids say"):
        raise Unfit(reason)
    return Parcel(article, spans, _vectors(records, dimensions))


def _details(told: Mapping[str, Any], length: int) -> Details:
    """What the first record tells beside the words, as far as it can be believed: an earlier version sends none of it,
    and nothing is refused for it."""
    language, author, pages = (said if isinstance(said := told.get(name), str) else "" for name in _BESIDE)
    starts = tuple(int(start) for start in re.findall(r"\d{1,7}", pages)[:_MAX_PAGES])
    in_order = all(one < other for one, other in pairwise((*starts, length)))
    return Details(
        language=language_code(language),
        author=clean_line(author)[:_MAX_AUTHOR] or None,
        pages=starts if in_order else (),
    )


def _spans(records: Sequence[Found]) -> tuple[tuple[int, int], ...]:
    """Where the passages stand, from their texts alone; the records must say the same."""
    spans: list[tuple[int, int]] = []
    at = 0
    for n, record in enumerate(records):
        start, at = at, at + len(record.document)
        said = tuple(record.metadata.get(name) for name in (N, START, END))
        if said != (n, start, at) or not 0 < at - start <= MAX_CHARACTERS:
            raise Unfit("its passages do not tile its text")
        spans.append((start, at))
    return tuple(spans)


def _vectors(records: Sequence[Found], dimensions: int) -> npt.NDArray[np.float32]:
    found = [record.vector for record in records if record.vector is not None and record.vector.shape == (dimensions,)]
    if len(found) < len(records):
        raise Unfit(f"its vectors do not have {dimensions} dimensions")
    vectors = np.stack(found)
    if not np.isfinite(vectors).all() or (np.abs(np.linalg.norm(vectors, axis=1) - 1.0) > _NORM).any():
        raise Unfit("its vectors are not of length one")
    return vectors


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told[name]
    if not isinstance(value, str):
        raise Unfit(f"its {name} is missing or no text")
    return value


def _published(told: Mapping[str, Any], zone: tzinfo | None) -> Published | None:
    if told[PUBLISHED] is None:
        return None
    given = _text(told, PUBLISHED)
    try:
        published = parse_published(given[:64], zone)
    except (ValueError, OverflowError):
        raise Unfit("its date cannot be read") from None
    if published.iso != given:
        raise Unfit("its date is not written as ISO 8601")
    return published


def _unfit_article(article: Article) -> str:
    """Why an article is none that a library keeps; empty when it is one."""
    if not 0 < len(article.id) <= _MAX_ID or clean_line(article.id) != article.id:
        return "its id is empty, too long or not clean"
    if not 0 < len(article.title) <= _MAX_TITLE or clean_line(article.title) != article.title:
        return "its title is empty, too long or not clean"
    for name in (article.source, article.url):
        if name is not None and (clean_line(name) != name or not 0 < len(name.encode()) <= _MAX_BYTES):
            return "its source or link is empty, too long or not clean"
    if article.url is not None and not _is_web_link(article.url):
        return "its link is no http or https address"
    if not article.text or len(article.text) > MAX_TEXT or clean(article.text).text != article.text:
        return "its text is empty, too long, or holds characters that no library keeps"
    if not article.version or hashlib.sha256(article.text.encode()).hexdigest() != article.digest:
        return "its text is not the one its digest was made from"
    return ""


def _is_web_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return False
