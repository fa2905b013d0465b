"""Boilerplate: what stands in a page around its report: captions and their credits, notices, lines about the author."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.lines import Line

_AGENCIES = r"(?:AP|Reuters|REUTERS|AFP|EPA|UPI|Getty|Shutterstock|Bloomberg|Pool|USA TODAY)"
_CREDIT = re.compile(
    rf"\([^()]{{0,80}}(?:/|\bvia )\s?{_AGENCIES}[^()]{{0,30}}\)\W*$|\bREUTERS/|\b(?:AP|EPA|AFP) Photo\b"
    rf"|\b{_AGENCIES} Images\b|^(?:©|\(?(?:Photo|Image|Picture|Photograph|Credit|Caption)s?(?:\s+by\b|\s+courtesy\b|:))"
    r"|\b(?:toggle|hide) caption\b|\bFILE\s+[-–—]|\(Photos? by\b"
    r"|^\(?[A-Z][\w.]+(?: [A-Z][\w.]+){0,3}\s?/\s?[A-Z][\w .]{2,40}\)?$",
    re.M,
)
"""Who took a picture: what stands in the paragraph with it, or in the one before, is its caption."""
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CAPTION = re.compile(
    r"^(?:in )?this\b.{0,60}\b(?:file |handout |undated )?(?:photo|image|photograph|picture|frame|illustration)\b"
    rf"|,?\s(?:[a-z]+day,\s)?(?:{_MONTHS})[a-z]*\.?\s\d{{1,2}},\s(?:19|20)\d\d\.?$"
    r"|^(?:pictured|above|left|right|seen here|shown here)\b|\b(?:is|are) (?:pictured|seen here|shown here)\b"
    r"|\(\s?(?:left|right|centre|center|pictured|above|top|bottom)\s?\)|^[\w '’,]{3,40} : ",
    re.I,
)
_CREDIT_WORDS = 12
"""Words of a paragraph that is a mere credit, fewer than."""
_CAPTION_LINES = 5
"""Sentences of a caption at most."""
_NOTICE = re.compile(
    r"^(?:updated?\b.{0,40}\b(?:[ap]\.?m|ET|GMT|EST|EDT)\b|dear reader|editor['’]s note|advertisement|opinion\b"
    r"|get the latest|scroll down|join (?:us|townhall|our)\b|support (?:our|us)\b|view more\b|reporting on the\b"
    r"|welcome to\b"
    r"|the (?:transcript|interview|conversation|following|views|opinions)\b.{0,60}\b(?:edited|expressed|condensed"
    r"|excerpt|transcript)\b|here(?:['’]s| is| are)\b|stay (?:up|tuned|informed)\b|for more\b|i['’]m \w+ \w+,)"
    r"|\b(?:sign(?:ing)? up (?:for|to)|subscri(?:be|ption) (?:to|now|today)|promo code|newsletters?|nonprofit newsroom"
    r"|ad blocker|enable javascript|all rights reserved|terms of (?:use|service)|our journalism|listen to the"
    r"|this (?:story|article|post|piece) (?:was|is|has)|this (?:episode|podcast)|follow (?:us|me|him|her|them) on"
    r"|opinions? expressed|to read more|full disclosure|click here|read more:)\b|^From The New York Times"
    r"|^(?:Series|Watch|Listen|More|Related|See also):",
    re.I,
)
_LINKS = re.compile(r"\bMORE\b(?= (?:[a-z(]|[A-Z][a-z]+['’]s))")
"""The end of links that were run into a sentence."""
_AUTHOR = re.compile(
    r"^(?:Dr\. )?(?:[A-Z][\w.'’-]+ ){2,4}(?:\(.{1,30}\) )?(?:is|was|writes|covers|served)\b.{0,120}\b(?:columnists?"
    r"|contributors?|analyst|professor|author|fellow|editor|writer|commentator|correspondent|director|founder|host"
    r"|scholar|reporter|journalist|attorney|economist|book)\b"
)
_EDGE = 3
"""Sentences at either end of an article among which a line about its author stands."""


def is_notice(text: str) -> bool:
    """Whether a sentence is about the page or a picture, or says nothing."""
    about_page = any(pattern.search(text) for pattern in (_NOTICE, _CAPTION, _LINKS))
    return about_page or not any(c.isalnum() for c in text)


def around(text: str, lines: Sequence[Line]) -> set[int]:
    """Places of the ``lines`` of a text that are captions, credits, or about its author."""
    return _captions(_paragraphs(text, lines), lines) | _about_author(lines)


def _paragraphs(text: str, lines: Sequence[Line]) -> list[list[int]]:
    found: list[list[int]] = []
    for at, line in enumerate(lines):
        if not at or "\n" in text[lines[at - 1].span.end : line.span.start]:
            found.append([])
        found[-1].append(at)
    return found


def _captions(paragraphs: Sequence[Sequence[int]], lines: Sequence[Line]) -> set[int]:
    """Those of a paragraph with a credit or that begins as a caption, and of a short one before a mere credit."""
    found: set[int] = set()
    for n, own in enumerate(paragraphs):
        credited = [at for at in own if _CREDIT.search(lines[at].text)]
        found |= set(credited)
        if len(own) <= _CAPTION_LINES and len(paragraphs) > 1 and (credited or _CAPTION.search(lines[own[0]].text)):
            found |= set(own)
        mere = credited and len(own) == 1 and len(lines[own[0]].text.split()) < _CREDIT_WORDS
        if n and mere and len(paragraphs[n - 1]) <= 3:
            found |= set(paragraphs[n - 1])
    return found


def _about_author(lines: Sequence[Line]) -> set[int]:
    edges = {*range(min(_EDGE, len(lines))), *range(max(0, len(lines) - _EDGE), len(lines))}
    return {at for at in edges if _AUTHOR.match(lines[at].text)}
