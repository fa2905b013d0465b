"""What is kept of an article that the reader wants forgotten: quotes of it, and sentences told from it, say so instead.

A kept value is changed as JSON, whatever version kept it. What cites the article goes by its citation; whatever else
repeats its words (a title, a note, what a case said) goes by them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.facts import fold
from qa.journal.cited import is_citation

FORGOTTEN = "[forgotten: its article was erased]"
"""What stands in the place of what was quoted or told."""
_RUN = 8
"""Words in a row that nobody says by accident."""
_FEWEST = 4
"""Words that a text which is wholly in the article must have to be of it."""
_WORD = re.compile(r"\w+")
_NAMING = re.compile(r"[a-z0-9]+")
_IN_A_NAME = 5
"""Words of a title that the name of a drafted fixture has."""


@dataclass(frozen=True, slots=True)
class Telltale:
    """What tells whether a text repeats one of the texts that it was made of."""

    runs: frozenset[tuple[str, ...]]
    texts: tuple[str, ...]
    """The words of each, a space before and after each word."""

    def __call__(self, said: str) -> bool:
        """Whether ``said`` has eight words in a row of one text, or lies in one when it is shorter (four at least)."""
        words = _words(said)
        if len(words) >= _RUN:
            return any(tuple(words[i : i + _RUN]) in self.runs for i in range(len(words) - _RUN + 1))
        return len(words) >= _FEWEST and any(_spaced(words) in text for text in self.texts)

    def heads(self, title: str) -> bool:
        """Whether ``title``, however short, is one of the texts, word for word."""
        return _spaced(_words(title)) in self.texts

    def named(self, name: str) -> bool:
        """Whether the name of something was made of one of the texts: it has its first words (two at least), as a
        drafted fixture has those of a title."""
        said = _spaced(_WORD.findall(fold(name)))
        heads = (_NAMING.findall(fold(text[:200]))[:_IN_A_NAME] for text in self.texts)
        return any(len(words) > 1 and _spaced(words) in said for words in heads)


def telltale_of(texts: Sequence[str]) -> Telltale:
    """What tells whether a text repeats one of ``texts``, titles and whole articles."""
    worded = [words for text in texts if (words := _words(text))]
    runs = frozenset(tuple(words[i : i + _RUN]) for words in worded for i in range(len(words) - _RUN + 1))
    return Telltale(runs, tuple(map(_spaced, worded)))


def without(told: Any, article_id: str, tells: Telltale) -> Any:
    """A kept value without the article: the same value where it has nothing of it."""
    if isinstance(told, list):
        return [without(one, article_id, tells) for one in told if not _sides_with(one, article_id, tells)]
    if isinstance(told, str):
        return FORGOTTEN if tells(told) else told
    if not isinstance(told, dict):
        return told
    if is_citation(told) and (told["article_id"] == article_id or tells(told["quote"])):
        return _blank(told) | {"quote": FORGOTTEN}
    if told.get("id" if "digest" in told else "article_id") == article_id and "title" in told:
        told = _blank(told)
    if not told.keys() & {"article_id", "digest"} and tells.heads(str(told.get("title", ""))):
        told = told | {"title": FORGOTTEN}  # a story goes by the title of one of its articles
    if {"question", "text", "claims"} <= told.keys():
        told = _retold(told, article_id, tells)
    elif _rests_on(told, article_id):
        told = told | {"text": FORGOTTEN, "reasons": []}
    return {name: without(one, article_id, tells) for name, one in told.items()}


def _blank(told: dict[str, Any]) -> dict[str, Any]:
    """A citation or an article without its words: it keeps its id and its place."""
    empty: dict[str, Any] = {"title": FORGOTTEN, "source": None, "url": None, "origin": "", "digest": "", "details": {}}
    return told | {name: value for name, value in empty.items() if name in told}


def _rests_on(told: dict[str, Any], article_id: str) -> bool:
    """Whether a claim cites the article."""
    cited = told.get("citations")
    return isinstance(cited, list) and any(isinstance(c, dict) and c.get("article_id") == article_id for c in cited)


def _sides_with(told: Any, article_id: str, tells: Telltale) -> bool:
    """Whether it is a conflict or a change that one of the article's sentences states: nothing is left of it then."""
    sides = told.get("sides") if isinstance(told, dict) else None
    cited = [one for one in sides if isinstance(one, dict)] if isinstance(sides, list) else []
    return any(one.get("article_id") == article_id or tells(str(one.get("quote"))) for one in cited)


def _retold(answer: dict[str, Any], article_id: str, tells: Telltale) -> dict[str, Any]:
    """An answer's text and claims, each claim at its new place in the text."""
    text, at, pieces, claims = str(answer["text"]), 0, "", []
    for claim in answer["claims"]:
        between = text[at : claim["start"]]
        gone = _rests_on(claim, article_id) or tells(str(claim["text"]))
        said = FORGOTTEN if gone else text[claim["start"] : claim["end"]]
        pieces += " " if tells(between) else between
        changed = {"text": FORGOTTEN, "reasons": []} if gone else {}
        claims.append(claim | changed | {"start": len(pieces), "end": len(pieces) + len(said)})
        pieces, at = pieces + said, claim["end"]
    rest = text[at:]
    return answer | {"text": pieces + ("" if tells(rest) else rest), "claims": claims}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "
