"""The bytes of a page or a feed as text, in the encoding that they are in, whatever they say."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
BOMS_OF_TWO_BYTES = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHARSET = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})",
    re.I,
)
_AS_BROWSERS = {
    "iso-8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso8859-9": "cp1254",
}
"""WHATWG Encoding Standard, section 4.2: what these labels mean on the web."""
_LATIN = ("cp125", "iso8859")


def decoded(data: bytes, named: str | None) -> tuple[str, str, int]:
    """A page as text, the encoding it was read in, and how many characters had to be replaced: by its mark, its
    server, its own word (unless that is an encoding of Latin letters, and it is UTF-8), and where these fail as UTF-8
    or as Windows' Latin-1, in this order."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return text, encoding, text.count("\ufffd")
    meta = _CHARSET.search(data[:65_536])
    own = (meta.group(1) or meta.group(2)).decode("ascii").lower() if meta else None
    if own and own.startswith(("utf-16", "utf-32", "utf-7", "utf_")):  # which could not have been read so far
        own = "utf-8"
    labels: tuple[str | None, ...] = (named, own, "utf-8")
    if (_codec(named) or _codec(own) or "").startswith(_LATIN) and _is_utf8(data):
        labels = ("utf-8", named, own)
    for label in labels:
        if charset := _codec(label):
            with suppress(UnicodeDecodeError):
                return data.decode(charset), charset, 0
    stated = _codec(named) or _codec(own)
    charset = stated if stated and (stated != "utf-8" or _mostly_utf8(data)) else "cp1252"
    text = data.decode(charset, "replace")
    return text, charset, text.count("\ufffd")


def _codec(label: str | None) -> str | None:
    try:
        name = codecs.lookup(label.strip()).name if label else None
    except (LookupError, ValueError):
        return None
    if name and not getattr(codecs.lookup(name), "_is_text_encoding", True):
        return None
    return _AS_BROWSERS.get(name, name) if name else None


def _is_utf8(data: bytes) -> bool:
    """Whether it is UTF-8 and more than ASCII: no text of words in an encoding of Latin letters is that by chance."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _mostly_utf8(data: bytes) -> bool:
    """Whether a page that says it is UTF-8 is so but for a few bytes."""
    return data.decode("utf-8", "replace").count("\ufffd") * 200 <= len(data)
