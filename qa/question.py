"""A question's wording: its parts, the source it names, and whether its words say what it is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from qa.facts import content_stems, fold, names, stem, tokens
from qa.stopwords import STOP_WORDS

ASKING = frozenset("which what who whom whose where when why how following true false might shall must ought".split())
LIGHT = frozenset(
    """say said tell told talk discuss happen take took place expect expected plan planned according report reported
    news article article's articles many much kind type name called known recent recently new latest week month year
    day today yesterday people person man woman thing give gave make made get got do go went come came hold
    held""".split()
)
_PARTS = re.compile(
    r",?\s+and,?\s+(?=(?:(?:by|in|to|from|at|for|with|on)\s+)?(?:what|which|who|whom|whose|where|when|how|why)\b)"
    r"|,\s+and,?\s+(?=(?:as reported by|according to)\b)|\?\s+(?=\S)|;\s+",
    re.I,
)
_WHO = r"(?P<who>[\w&.'’-]+(?:\s+[\w&.'’-]+){0,4})"
_ITS_REPORT = r"(?:(?:a|an|the|recent|new)\s+)*(?:articles?|reports?|story|stories|coverage)\s+(?:by|from|in|of)\s+"
_ACCORDING = re.compile(
    rf"\b(?P<cue>according to|(?:as )?reported (?:by|in)|(?:as )?per)\s+(?:{_ITS_REPORT})?(?:(?:the|an?)\s+)?{_WHO},?",
    re.I,
)
_IN_REPORT = re.compile(
    r"\b(?P<cue>in|from)\s+(?:the|an?)\s+(?P<who>[\w&.'’-]+(?:\s+[\w&.'’-]+){0,3}?\s+(?:article|report|story|piece)\b),?",
    re.I,
)
_NAME_FOLLOWS = frozenset(("according to", "reported by", "as reported by"))
_REPORT = re.compile(r"(?:article|report|story|piece|coverage)\b", re.I)
_DOMAIN = re.compile(r"^www\.|\.(?:com|org|net|info|eu|(?:co\.|com\.)?[a-z]{2})$")
_SECTION = re.compile(r"\s+[-–—|(/].*$")
_AROUND = re.compile(r"^the\s+|\s+(?:news|agency|news agency|online)$", re.I)
_SOMEBODY = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their)\b", re.I)
_MOST_PARTS = 3


def parts_of(question: str) -> tuple[str, ...]:
    """The parts of a question that clearly has several ("… , and when did …"); none where it has one.

    A part that names nobody takes the names of the part before it along: "he", or the place where "it" happened.
    """
    pieces = [piece.strip(" ,?") for piece in _PARTS.split(question)]
    asks = [bool(re.search(r"\b(?:what|which|who|whom|whose|where|when|how|why)\b", piece, re.I)) for piece in pieces]
    if not 2 <= len(pieces) <= _MOST_PARTS or not all(asks) or not all(content_stems(piece) for piece in pieces):
        return ()
    parts = [pieces[0]]
    for before, piece in pairwise(pieces):
        alone = names("x " + piece) and not _SOMEBODY.search(piece)
        carried = (
            "" if alone else " ".join(name.text for name in names("x " + re.sub(r"^A(?=ccording\b)", "a", before)))
        )
        parts.append(f"{piece} {carried}".strip())
    return tuple(parts)


def attributed(text: str, known: Callable[[], Sequence[str]]) -> tuple[str, tuple[str, ...]]:
    """``text`` without the words that name whose report is asked for ("according to CNN", "in the AFP report"), and the
    sources that they name, as ``known`` (asked only where there are such words) spells them.

    "CNN" names the sources "cnn.com" and "CNN (Web News)", "the BBC" names "BBC News". Words that name no known source
    stay. Some sources are called like ordinary things ("per week", "in time"): a name without a capital counts only
    after words that must be followed by a name.
    """
    found: list[str] = []
    names_of: dict[str, list[str]] = {}

    def without(match: re.Match[str]) -> str:
        if not names_of:
            for name in known():
                for key in _keys(name):
                    names_of.setdefault(key, []).append(name)
        words = match.group("who").split()
        if match.group("cue").casefold() not in _NAME_FOLLOWS and words[0].islower():
            return match.group()
        for count in range(len(words), 0, -1):
            if named := names_of.get(_key(" ".join(words[:count]))):
                found.extend(named)
                after = words[count + 1 :] if count < len(words) and _REPORT.match(words[count]) else words[count:]
                comma = "," if after and match.group().endswith(",") else ""
                return f" {' '.join(after)}{comma} "
        return match.group()

    left = _IN_REPORT.sub(without, _ACCORDING.sub(without, text))
    left = re.sub(r"\s+([,?.;!])(?=\s|$)", r"\1", " ".join(left.split())).lstrip(",; ")
    left = re.sub(r",(?=[?.!]|$)", "", left)
    return (left or text, tuple(dict.fromkeys(found))) if found else (text, ())


def _key(name: str) -> str:
    """A source's name for comparison: letters and digits only, without what stands around it."""
    name = re.sub(r"['’]s$", "", name.casefold().strip(" ,.?!;"))
    return "".join(filter(str.isalnum, _DOMAIN.sub("", name)))


def _keys(name: str) -> set[str]:
    """What a source may be called: also without "The", "News" or "Agency", and without its section."""
    return {_key(name), _key(_AROUND.sub("", name)), _key(_SECTION.sub("", name))} - {""}


def is_about_something(question: str) -> bool:
    """Whether a question has any word that says what it is about ("what happened?" has none)."""
    return any(not is_light(word.folded) and word.folded not in STOP_WORDS | ASKING for word in tokens(question))


def is_light(word: str) -> bool:
    """Whether a word says little about what a question is about."""
    return fold(word) in LIGHT or stem(fold(word)) in LIGHT
