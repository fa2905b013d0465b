"""A model's reply as plain prose: no lists, headings, code fences, HTML, links or images, whatever it was asked for.

The address of a link is dropped, and one in the text is kept only where the evidence names it too: a reply leads to no
place that the articles do not.
"""

from __future__ import annotations

import re

LINK_REMOVED = "(link removed)"

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$", re.M)
_BULLET = re.compile(r"^[ \t]*(?:[-*•·>]|\d{1,2}[.)]|#{1,6})[ \t]+", re.M)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,1000}?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\((?!\s*[\"“«])(?=[^()\n]{0,500}[/.:#])[^()\n]{0,500}\)")
_DEFINITION = re.compile(r"^[ \t]*\[[^\[\]\n]{1,60}\]:[ \t]*\S+.*$", re.M)
"""Where a reference-style link says its address."""
_TAG = re.compile(r"</?[a-z][a-z0-9-]*(?=[\s/>])[^<>\n]{0,500}>|<!--[^\n]{0,500}?-->|<\|[^<>|\n]{1,40}\|>", re.I)
_ADDRESS = re.compile(r"<?(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:|javascript:)[^\s<>\"“”\[\]]+>?", re.I)


def without_markup(text: str, evidence: str = "") -> str:
    """``text`` with its words alone, and of its addresses those that ``evidence`` names."""
    text = _EMPHASIS.sub(r"\2", _BULLET.sub("\n", _FENCE.sub("", text)))
    return without_links(text, evidence)


def without_links(text: str, evidence: str = "") -> str:
    """``text`` without HTML and links (their words stay), and without addresses that ``evidence`` does not name."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "](" in text:
        text = _LINK.sub(_words, text)
    if "]:" in text:
        text = _DEFINITION.sub(lambda match: "" if _ADDRESS.search(match.group()) else match.group(), text)
    return _ADDRESS.sub(lambda match: _named(match.group(), evidence), text)


def _words(link: re.Match[str]) -> str:
    """What a link shows; a number stays the marker it was meant to be."""
    inside = link.group(1)
    return f"[{inside}]" if inside.strip().isdigit() else inside


def _named(address: str, evidence: str) -> str:
    bare = address.removeprefix("<").removesuffix(">").rstrip(".,;:!?'’*_")
    bare = bare if "(" in bare else bare.rstrip(").,;:!?'’*_")
    if bare in evidence:
        return address
    return LINK_REMOVED + ("" if address.endswith(">") else address.removeprefix("<")[len(bare) :])
