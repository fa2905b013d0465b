"""A page of the web: its words without menus, advertisements and comments (trafilatura), and what it says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import trafilatura
from lxml import etree
from lxml import html as markup

from qa.sources.inside import NothingInItError
from qa.sources.inside.archive import page_of
from qa.sources.inside.decoding import BOMS_OF_TWO_BYTES, decoded
from qa.sources.inside.fragment import shown_lines

_INLINED = re.compile(rb"data:[\w.+/-]{1,60}(?:;[\w=.-]{1,40}){0,3};base64,[A-Za-z0-9+/=%\s]{64,}")
"""Pictures and fonts that SingleFile and browsers put into a saved page."""
_MOST = 4 << 20
"""Bytes of a page without them."""
_DECLARED = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d{1,6}\)(\S{1,2000})\s*-->", re.I)
_SINGLE_FILE = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(\S{1,2000})\s+saved date:\s*([^\n]{1,80}?)\s*-->", re.I
)
_PUBLISHED = (
    "articlepublishedtime", "ogarticlepublishedtime", "ogpublishedtime", "datepublished", "publisheddate",
    "publishdate", "pubdate", "publicationdate", "publishedat", "publishedtime", "parselypubdate", "sailthrudate",
    "dcdateissued", "dctermsissued", "dcdate", "dctermsdate", "dcdatecreated", "dctermscreated",
    "citationpublicationdate", "citationdate", "prismpublicationdate", "cxenseparserecspublishtime",
    "rnewsdatepublished", "btpubdate", "articlepublished", "originalpublicationdate", "articledateoriginal",
    "articledate", "ptime", "date",
)  # fmt: skip
"""Meta elements by their names, without signs."""
_AUTHOR = ("author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "citation_author", "byl")
_TITLE = ("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title")
_SITE = ("og:site_name", "application-name", "citation_publisher", "dc.publisher", "dcterms.publisher")
_BY = re.compile(r"\Aby:?\s+(?=\S)", re.I)
_NEWS = re.compile(r"(Article|Posting|Report|Review|Story|Blog)$")
_ROWS = re.compile(r"^\|([^\n]*)\|[ \t]*(?:\n|\Z)", re.M)
_FEWEST = 60
"""Characters below which what was found must at least be a sentence: it may be all that is left of a menu."""
_STOP = re.compile(r"[.!?…。।؟][\"”’»)]*\s*\Z")
_FEW_LINES, _LONG, _PARAGRAPH = 3, 400, 60
"""Lines and characters of an extracted text that was laid out in a table, and characters of its paragraphs."""
_DEEPEST = 12
"""Levels of JSON-LD that are looked through."""
_MOST_JSON = 1 << 20
_MOST_FOUND = 2_000


def parse(data: bytes, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Text, title, date, author, site, address and language of a page, each as the page gives it."""
    data, archived = page_of(data)
    data = _INLINED.sub(b"", data)
    if len(data) > _MOST:
        raise NothingInItError(f"{len(data):,} bytes of HTML are more than one article; save the article alone")
    if b"\x00" in data[:1_024] and not data.startswith(BOMS_OF_TWO_BYTES):
        raise NothingInItError("a binary file, not a page; its name may have the wrong ending")
    text, charset, replaced = decoded(data, archived.get("charset") or told.get("charset"))
    tree = _tree(text)
    if told.get("only") == "feeds":
        return {"feeds": _feeds(tree)}
    linked = list(_linked_data(tree))
    found = {**_head(tree, text), **_stated(tree, linked), **archived}
    shown = shown_lines(tree)
    body = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True, as_dict=False)
    words = (getattr(body, "text", None) or "").strip() if body is not None else ""
    if words.count("\n") < _FEW_LINES and len(words) > _LONG:
        words = _from_layout(shown) or words
    if not words or (len(words) < _FEWEST and not _STOP.search(words)):
        raise NothingInItError("no article in the page; open the article itself in a browser and save that page")
    return {
        **found,
        "text": _ROWS.sub(_row, words),
        "charset": charset,
        "replaced": replaced,
        "lines": _near(shown, found),
    }


def _from_layout(shown: Sequence[str]) -> str:
    """The sentences of a page whose article stands in the cells of a layout, where trafilatura makes one line of it."""
    return "\n".join(line for line in shown if len(line) >= _PARAGRAPH)


def _near(shown: Sequence[str], found: Mapping[str, Any]) -> list[str]:
    """Short lines that are shown around the headline: its date may be among them."""
    heads = {found.get("heading"), found.get("title")} - {None}
    at = next((n for n, line in enumerate(shown) if line in heads), 0)
    return [line for line in shown[max(0, at - 5) : at + 15] if len(line) < _PARAGRAPH * 2]


def _tree(text: str) -> Any:
    try:
        return markup.document_fromstring(_DECLARED.sub("", text.replace("\x00", "")))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NothingInItError("no page in it, or one nested too deeply; save it again") from error


def _row(match: re.Match[str]) -> str:
    """A row of a table without the bars that trafilatura draws; nothing of the line under its head."""
    cells = [cell.strip() for cell in match.group(1).split("|")]
    return (
        " | ".join(cell for cell in cells if cell.strip("-: ")) + "\n"
        if any(cell.strip("-: ") for cell in cells)
        else ""
    )


# what the page says of itself


def _head(tree: Any, text: str) -> dict[str, Any]:
    """Language, address, and where and when the page was saved."""
    root = tree.getroottree().getroot()
    found: dict[str, Any] = {"language": root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")}
    canonical = next(
        (one.get("href") for one in _all(tree, "link") if "canonical" in (one.get("rel") or "").lower()), None
    )
    start = text[:200_000]
    if single := _SINGLE_FILE.search(start):
        found |= {"saved_from": single.group(1), "saved": single.group(2)}
    elif saved := _SAVED_FROM.search(start):
        found["saved_from"] = saved.group(1)
    return {**found, "canonical": canonical}


def _feeds(tree: Any) -> list[dict[str, str]]:
    """The feeds that a page names in its head."""
    links = [one for one in _all(tree, "link") if "alternate" in (one.get("rel") or "").lower()]
    kinds = ("application/rss+xml", "application/atom+xml", "application/feed+json")
    return [{"url": one.get("href") or ""} for one in links if (one.get("type") or "").lower().strip() in kinds][:20]


def _stated(tree: Any, linked: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Headline, date, author and publisher: JSON-LD of an article first, then meta elements, then visible ones."""
    meta = _meta(tree)
    heading = next((_content(one) for one in _all(tree, "h1") if _content(one)), None)
    news = _of_this_page([one for one in linked if _is_news(one)], {heading, meta.get("og:title"), meta.get("og:url")})
    by_name = {re.sub(r"[\W_]+", "", name): value for name, value in reversed(meta.items())}
    stated = [_plain(news.get("datePublished")), *(by_name.get(name) for name in _PUBLISHED), *_times(tree)]
    dates = [*stated, _plain(news.get("dateCreated"))]
    title = _plain(news.get("headline")) or next((meta[name] for name in _TITLE if meta.get(name)), None) or heading
    own = next((_content(one) for one in _all(tree, "title") if _content(one)), None)
    author = _names(news.get("author")) or next((meta[name] for name in _AUTHOR if _is_name(meta.get(name))), None)
    site = next((meta[name] for name in _SITE if meta.get(name)), None) or _names(news.get("publisher"))
    return {
        "title": title or own,
        "heading": heading,
        "dates": [date for date in dates if date][:20],
        "author": _BY.sub("", author) if author else None,
        "site": site,
        "address": meta.get("og:url") or _plain(news.get("url")),
        "locale": meta.get("og:locale") or _plain(news.get("inLanguage")),
    }


def _of_this_page(news: Sequence[Mapping[str, Any]], known: set[str | None]) -> Mapping[str, Any]:
    """Of a page's articles in JSON-LD the one with its headline or address, else the first: others are related ones."""
    for one in news:
        if known & {_plain(one.get("headline")), _plain(one.get("url")), _plain(one.get("@id"))} - {None}:
            return one
    return news[0] if news else {}


def _meta(tree: Any) -> dict[str, str]:
    """Meta elements by what they are called, in lower case; of several the first that says something."""
    found: dict[str, str] = {}
    for one in _all(tree, "meta"):
        value = (one.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (one.get(attribute) or "").strip().lower()
            if name and value and name not in found and len(value) <= 2_000:
                found[name] = value
    return found


def _times(tree: Any) -> Iterator[str | None]:
    """Moments in the page: first those marked as publication, then the first ``time`` that stands in an article."""
    marked = [one for one in _all(tree, "*") if (one.get("itemprop") or "").lower() == "datepublished"]
    marked += [
        one for one in _all(tree, "time") if one.get("pubdate") is not None or "publish" in (one.get("class") or "")
    ]
    for one in [*marked, *_all(tree, "time")]:
        inside = any(above.tag in ("article", "main", "header") for above in one.iterancestors())
        if one in marked or inside:
            yield one.get("datetime") or one.get("content") or _content(one)


def _linked_data(tree: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of the page's JSON-LD, however they are nested."""
    for script in _all(tree, "script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        said = script.text_content()[:_MOST_JSON].strip()
        try:
            value = json.loads(re.sub(r"\A<!--|-->\Z|\A//<!\[CDATA\[|//\]\]>\Z", "", said).strip(), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(value, _DEEPEST)


def _objects(value: Any, deep: int) -> Iterator[Mapping[str, Any]]:
    if deep and isinstance(value, dict):
        yield value
        for inner in (value.get("@graph"), value.get("mainEntity"), value.get("mainEntityOfPage")):
            yield from _objects(inner, deep - 1)
    elif deep and isinstance(value, list):
        for inner in value[:200]:
            yield from _objects(inner, deep - 1)


def _is_news(one: Mapping[str, Any]) -> bool:
    kinds = one.get("@type")
    return any(isinstance(kind, str) and _NEWS.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _names(value: Any) -> str | None:
    """Names of people or an organisation, as text, an object or a list of either."""
    some = value if isinstance(value, list) else [value]
    names = [_plain(one.get("name") if isinstance(one, dict) else one) for one in some[:5]]
    return ", ".join(name for name in names if _is_name(name) and name) or None


def _is_name(text: str | None) -> bool:
    return bool(text) and "://" not in str(text) and len(str(text)) <= 200


def _plain(value: Any) -> str | None:
    return value.strip()[:_MOST_FOUND] or None if isinstance(value, str) else None


def _content(element: Any) -> str | None:
    return " ".join(element.text_content().split())[:_MOST_FOUND] or None


def _all(tree: Any, tag: str) -> list[Any]:
    return [one for one in tree.iter(tag if tag != "*" else etree.Element) if isinstance(one.tag, str)]
