"""A page with all that belongs to it in one file, as browsers save it (MHTML, RFC 2557): the page itself."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

_HEAD = re.compile(rb"\A(?:[A-Za-z-]{2,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){1,30}?Content-Type:\s*multipart/related", re.I)
_MOST = 16 << 20
"""Bytes in which the page is looked for; it comes before its pictures."""


def page_of(data: bytes) -> tuple[bytes, Mapping[str, Any]]:
    """The page in an archive, with its encoding, its address and when it was saved; anything else as it is."""
    if not _HEAD.match(data[:8_192]):
        return data, {}
    archive = email.message_from_bytes(data[:_MOST], policy=email.policy.compat32)
    page = next((part for part in archive.walk() if part.get_content_type() == "text/html"), None)
    body = page.get_payload(decode=True) if page is not None else None
    if page is None or not isinstance(body, bytes):
        return b"", {}
    place = archive.get("Snapshot-Content-Location") or page.get("Content-Location")
    return body, {"charset": page.get_content_charset(), "saved_from": place, "saved_at": _moment(archive.get("Date"))}


def _moment(date: str | None) -> str | None:
    try:
        return parsedate_to_datetime(date).isoformat() if date else None
    except ValueError:
        return None
