"""Digests by which what was edited in an export is known."""

from __future__ import annotations

import hashlib

from qa.clean import show_line


def check_of(sentence: str) -> str:
    """A short digest of a sentence, white space and characters that cannot be shown aside."""
    return _digest(" ".join(show_line(sentence).split()))


def digest_of(text: str) -> str:
    """A short digest of a text, blank lines and white space at the ends of lines aside."""
    return _digest("\n".join(line for line in (line.strip() for line in text.split("\n")) if line))


def _digest(plain: str) -> str:
    return hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=5).hexdigest()
