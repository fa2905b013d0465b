"""Token counts for OpenAI-style models, from the shipped ``o200k_base`` vocabulary; nothing is ever downloaded."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from qa.resources import resource_folder

if TYPE_CHECKING:
    from tiktoken import Encoding

# Pattern and digest of o200k_base: tiktoken, tiktoken_ext/openai_public.py. Its own loader would download, or copy
# the file into a cache folder.
_HASH = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_PATTERN = "|".join(
    [
        rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_SUFFIX}",
        rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_SUFFIX}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)
# tiktoken panics on about a million spaces before a letter (tiktoken#15); counting in pieces is exact enough there.
_LONG_SPACE = re.compile(r"(\s{1000})(?=\s)")


_LOADING = Lock()
"""Loading takes half a second of CPU: threads that need the vocabulary first at the same time load it once."""


def _encoding() -> Encoding:
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Encoding:
    from tiktoken import Encoding

    return Encoding(
        name="o200k_base",
        pat_str=_PATTERN,
        mergeable_ranks=_ranks((resource_folder("assets") / "o200k_base.tiktoken").read_bytes()),
        special_tokens={"<|endoftext|>": 199_999, "<|endofprompt|>": 200_018},
    )


def _ranks(vocabulary: bytes) -> dict[bytes, int]:
    """Token to rank. Raises ValueError when the file is not the one that ships."""
    if hashlib.sha256(vocabulary).hexdigest() != _HASH:
        raise ValueError("o200k_base.tiktoken is damaged; install newsdesk again")
    return {base64.b64decode(token): int(rank) for token, rank in map(bytes.split, vocabulary.splitlines())}


def count_tokens(text: str) -> int:
    """Number of ``o200k_base`` tokens of ``text``; text that looks like a special token counts as ordinary text."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return sum(len(_encoding().encode_ordinary(piece)) for piece in _LONG_SPACE.split(text) if piece)
