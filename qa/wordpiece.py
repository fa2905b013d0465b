"""Word pieces: what the shipped embedding model reads instead of words. Each distinct word is looked up once.

The model's tokenizer (BERT: Devlin and others 2019, arXiv 1810.04805) cuts at white space before anything else, so a
text's pieces are those of its words, one after the other. News repeats its words: with a table of those met lately
tokenising costs half of what handing over whole texts does, and gives the same pieces. Text that looks like a special
piece ("[SEP]") is text.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from qa.resources import resource_folder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BEGIN, END = 101, 102
"""Ids of the special pieces [CLS] and [SEP], which stand around every text."""
_SPACES = "\t\n\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What the tokenizer takes for white space; other control characters it drops, so that what is beside them joins."""
_MARKS = "!-/:-@\\[-`{-~"
"""ASCII punctuation: each is a word of its own to the tokenizer."""
_WORD = re.compile(f"[{_MARKS}]|[^{_SPACES}{_MARKS}]+")
_SPACE = re.compile(f"[{_SPACES}]")
_SURROGATES = re.compile("[\ud800-\udfff]")
"""Bytes of a command line that are no text arrive as lone surrogates, which the tokenizer does not take."""
_TABLE = 50_000
"""Words kept in the table, about 15 MB."""
_LONGEST = 40
"""Characters of a word that is kept."""

_Known = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of a text, without special ones: their ids, and the characters at which they start."""

    ids: array[int]
    """Unsigned, two bytes each."""
    starts: Sequence[int]

    def __len__(self) -> int:
        return len(self.ids)


class WordPieces:
    """The shipped tokenizer with its table of words. Safe to share between threads; loads on first use."""

    def __init__(self) -> None:
        self._table: dict[str, _Known] = {}

    def of(self, text: str) -> Pieces:
        """The word pieces of ``text``."""
        text = _SURROGATES.sub("\ufffd", text)
        ids, starts = array("H"), array("I")
        known = self._table.get
        for match in _WORD.finditer(text):
            word, at = match.group(), match.start()
            pieces, places = known(word) or self._look_up(word)
            ids.extend(pieces)
            if places == _AT_ONCE:
                starts.append(at)
            else:
                starts.extend([at + place for place in places])
        return Pieces(ids, starts)

    def _look_up(self, word: str) -> _Known:
        encoding = _tokenizer().encode(word, add_special_tokens=False)
        found = tuple(encoding.ids), tuple(start for start, _ in encoding.offsets)
        if len(word) <= _LONGEST:
            if len(self._table) >= _TABLE:
                self._table.clear()
            self._table[word] = found
        return found


_AT_ONCE = (0,)


def is_between_words(text: str, at: int) -> bool:
    """Whether a cut at ``at`` leaves the word pieces on both sides as they are in the whole text."""
    return at in (0, len(text)) or _SPACE.match(text, at - 1) is not None


@cache
def _tokenizer() -> Tokenizer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(resource_folder("assets") / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
