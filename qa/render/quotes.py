"""Quotations as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from qa.clean import show, show_line
from qa.facts import fold
from qa.render.forms import scope_json
from qa.render.text import window_words, wrapped
from qa.types import Quotation, QuotesReport

COLUMNS = (
    "date", "speaker", "role", "said", "named", "quotation", "source", "title", "url", "article_id", "version", "start",
    "end", "kind", "outlets",
)  # fmt: skip
_LONGEST = 600
"""Characters of a quotation that are shown in a terminal."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is computed by spreadsheets (OWASP, CSV injection)."""
UNKNOWN = "unknown speaker"


def quotes_text(report: QuotesReport) -> str:
    """Quotations for a terminal, newest first; what was searched stands above them, what was left out below."""
    count = f"{report.articles:,} article{'' if report.articles == 1 else 's'}"
    lines = wrapped(f"{window_words(report.query)}: {count}{_wanted(report)} · newest first")
    lines.append("")
    if not report.quotations:
        lines.append("No quotation found." + ("" if report.complete else " It was not read to the end."))
    for one in report.quotations:
        lines += [*_quotation_lines(one), ""]
    shown = len(report.quotations)
    if shown and shown < report.total:
        lines.append(f"{shown:,} of {report.total:,} quotations shown; -k {report.total} shows all.")
    elif shown:
        lines.append(f"{shown:,} quotation{'' if shown == 1 else 's'}.")
    if report.marked:
        lines.append(f"{report.marked:,} marked words and titles left out; --all shows them.")
    if not report.complete:
        lines.append("Note: stopped before all articles were read.")
    return "\n".join(lines).rstrip() + "\n"


def speaker_words(one: Quotation) -> str:
    """Who speaks: the name with the office, or that it is not known."""
    if not one.speaker:
        return UNKNOWN
    return show_line(f"{one.speaker} ({one.role})" if one.role else one.speaker)


def plain_words(text: str) -> str:
    """A text as filters compare it: case and accents folded."""
    return fold(text)


def _wanted(report: QuotesReport) -> str:
    by = f", by “{show_line(report.by)}”" if report.by.strip() else ""
    return by + (f", about “{show_line(report.about)}”" if report.about.strip() else "")


def _quotation_lines(one: Quotation) -> list[str]:
    published = one.published.day.isoformat() if one.published else "undated"
    kind = {"marked": " · marked words", "title": " · a title"}.get(one.kind, "")
    how = "" if one.beside or not one.speaker else " · from the sentences around"
    lines = wrapped(f"{published} · {speaker_words(one)}{how}{kind}")
    words = " ".join(show_line(one.text).split())
    cut = words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"
    lines += wrapped(f"“{cut}”", first="  ", rest="  ")
    outlets = f" · {one.outlets} outlets" if one.outlets > 1 else ""
    place = f"{one.article_id} text {one.start}–{one.end}"
    told = f"{one.title} · {one.source or 'unknown source'}{outlets} · {place}"
    return [*lines, *wrapped(f"— {show_line(told)}", first="    ", rest="      ")]


def quotes_json(report: QuotesReport) -> dict[str, Any]:
    """Quotations as ``quotes --json`` prints them."""
    return {
        "quotations": [quotation_json(one) for one in report.quotations],
        "total": report.total,
        "marked_left_out": report.marked,
        "articles": report.articles,
        "by": report.by or None,
        "about": report.about or None,
        **scope_json(report.query),
        "left_out": report.left_out,
        "undated": report.undated,
        "complete": report.complete,
    }


def quotation_json(one: Quotation) -> dict[str, Any]:
    """One quotation; ``text`` is ``text[start:end]`` of that article version, ``speaker`` null where the article does
    not say plainly who speaks, ``beside`` false where that is known from the sentences around."""
    return {
        "speaker": one.speaker or None,
        "as_written": one.as_written or None,
        "role": one.role or None,
        "said": one.verb or None,
        "beside": one.beside,
        "kind": one.kind,
        "text": one.text,
        "published": one.published.iso if one.published else None,
        "source": one.source,
        "title": one.title,
        "url": one.url,
        "article_id": one.article_id,
        "version": one.version,
        "start": one.start,
        "end": one.end,
        "outlets": one.outlets,
        "also_in": [{"article_id": article, "source": source or None} for article, source in one.also_in],
    }


def quotes_csv(report: QuotesReport) -> str:
    """Quotations as a table for spreadsheets: RFC 4180 with a header, behind the mark by which they know UTF-8. A cell
    that would be computed begins with an apostrophe."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for one in report.quotations:
        published = one.published.day.isoformat() if one.published else ""
        named = "beside" if one.beside else "around" if one.speaker else "unknown"
        words = (published, one.speaker, one.role, one.verb, named, one.text)
        where = (one.source or "", one.title, one.url or "", one.article_id)
        rows.writerow([*map(_cell, words + where), one.version, one.start, one.end, one.kind, one.outlets])
    return "\ufeff" + out.getvalue()


def _cell(text: str) -> str:
    safe = show(text)
    return f"'{safe}" if safe.lstrip(" ").startswith(_FORMULA) else safe
