"""Whose words are cited: title, source, date, and the page where there are pages."""

from __future__ import annotations

from qa.dates import readable
from qa.types import Citation


def whose(citation: Citation) -> str:
    """Title, source, date and page of what is cited. Not yet safe to show."""
    parts = [citation.title, citation.source or "unknown source", readable(citation.published)]
    return " · ".join([*parts, *([f"page {citation.page}"] if citation.page else [])])
