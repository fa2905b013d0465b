"""How two versions of an article differ, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff

from qa.types import Article


def differing(before: Article, now: Article) -> Sequence[str]:
    """Lines in the form of ``diff -u``: the headings first, then the text."""
    names = (f"version {before.version}", f"version {now.version}")
    return list(unified_diff(_lines(before), _lines(now), *names, n=1, lineterm=""))


def _lines(article: Article) -> list[str]:
    published = article.published.iso if article.published else ""
    heading = [f"Title: {article.title}", f"Source: {article.source or ''}", f"Date: {published}"]
    return [*heading, "", *article.text.splitlines()]
