"""Words compared as fixtures mean them: white space, case, quotation marks and dashes aside, and as whole words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from qa import facts
from qa.facts import normal_quote
from qa.fixtures.kinds import Wordings


def says(text: str, wording: str) -> bool:
    """Whether ``text`` says ``wording``: "35" is neither in "135" nor in "35,000" or "3.35"."""
    plain = normal_quote(wording)
    return bool(plain) and _pattern(plain).search(normal_quote(text)) is not None


def says_any(text: str, wordings: Wordings) -> bool:
    """Whether ``text`` says a fact in any of its wordings."""
    return any(says(text, wording) for wording in wordings)


def share_said(text: str, facts: Sequence[Wordings]) -> tuple[float, list[str]]:
    """Share of ``facts`` (at least one) that ``text`` says, and the others, each by its first wording."""
    lacking = [wordings[0] for wordings in facts if not says_any(text, wordings)]
    return 1.0 - len(lacking) / len(facts), lacking


def listed(words: Iterable[str]) -> str:
    """Words in quotation marks, as a failure names them."""
    return ", ".join(f"“{word}”" for word in words)


squeezed = lru_cache(maxsize=4096)(facts.squeezed)
"""A text without case, white space and quotation marks, kept: passages are looked through for many sentences."""


@lru_cache(maxsize=4096)
def _pattern(plain: str) -> re.Pattern[str]:
    before = r"(?<!\w)(?<!\d[.,])" if plain[0].isdigit() else r"(?<!\w)" if plain[0].isalnum() else ""
    after = r"(?!\w)(?![.,]\d)" if plain[-1].isdigit() else r"(?!\w)" if plain[-1].isalnum() else ""
    return re.compile(f"{before}{re.escape(plain)}{after}")
