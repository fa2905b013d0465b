"""Where quotations stand in a text: marks of every kind, nested ones, and paragraphs that each open anew."""

from __future__ import annotations

import re
from typing import NamedTuple

from qa.sentences import is_wrapped

_OPENERS = {"“": "”", "„": "“”", "«": "»", "‹": "›", "「": "」"}
_MARKS = re.compile(r"[“”„«»‹›「」\"‘']|\n\s*")
_SINGLE_ENDS = re.compile(r"(?<=\S)[’'](?![\w])")
_MOST = 8_000
"""Characters of the longest quotation; a mark that closes none within them opened none."""
_MOST_OPEN = 2_000
"""Characters of the longest quotation that is never closed."""
_TRIMMED = ",.;:!?… "


class Marked(NamedTuple):
    """Half-open character positions of what stands between two marks, without space and punctuation at its ends."""

    start: int
    end: int
    opened: int
    """Position of the opening mark; that of the text where the quotation began before it."""
    closed: int
    """Position behind the closing mark."""


def marked(text: str) -> list[Marked]:
    """The quotations of ``text`` in order, none inside another. One whose closing mark is missing goes on through the
    paragraphs that begin with an opening mark again, else ends with its paragraph."""
    return _Scan(text).all()


def is_within_quotes(sentence: str, at: int) -> bool:
    """Whether what stands at position ``at`` of a sentence is inside quotation marks that it opens."""
    return sentence[:at].count("“") > sentence[:at].count("”") or sentence[:at].count('"') % 2 == 1


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    """The paragraphs of ``text``, half-open: its lines, or between blank lines where lines were broken by hand."""
    breaks = re.compile(r"\n[^\S\n]*\n\s*" if is_wrapped(text) else r"\n\s*")
    starts = [0, *(match.end() for match in breaks.finditer(text))]
    ends = [*(match.start() for match in breaks.finditer(text)), len(text)]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


class _Scan:
    """One pass over the marks of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.wrapped = is_wrapped(text)
        self.found: list[Marked] = []
        self.mark = ""
        self.opened = 0
        self.depth = 0
        self.inner = False
        """Whether a mark of another kind opened inside."""
        self.skip_to = 0

    def all(self) -> list[Marked]:
        """The quotations of the text."""
        first = True
        for match in _MARKS.finditer(self.text):
            if match.start() < self.skip_to:
                continue
            sign, at = match.group(), match.start()
            if sign[0] == "\n":
                self._paragraph_ends(match)
            elif self.mark:
                self._inside(sign, at)
            else:
                self._outside(sign, at, first)
            first = first and sign[0] in "\n‘'"
        if self.mark:
            self._left_open(len(self.text))
        return self.found

    def _outside(self, sign: str, at: int, first: bool) -> None:
        if sign in _OPENERS or (sign == '"' and self._opens(at)):
            self._open(sign, at)
        elif sign in "‘'":
            self._single(sign, at)
        elif (
            first
            and not self.found
            and sign in '”"»'
            and at < _MOST_OPEN
            and "\n\n" not in self.text[:at]
            and self._ends_words(at)
        ):
            self._keep(0, 0, at, at + 1)

    def _inside(self, sign: str, at: int) -> None:
        if sign == '"' and self.mark == '"':
            if self._closes(at) or not self._opens(at):
                self._close(at)
            elif not self._begins_paragraph(at):
                self._open(sign, at)
        elif sign == self.mark and sign in _OPENERS:
            self.depth += not self._begins_paragraph(at)
        elif self.mark in _OPENERS and sign in _OPENERS[self.mark]:
            if self.depth:
                self.depth -= 1
            else:
                self._close(at)
        elif sign in '“"' and self._opens(at) and not self._closes(at):
            self.inner = True
        elif sign in '”"' and self._closes(at):
            if not self.inner and self.mark in '“"':
                self._close(at)
            self.inner = False

    def _open(self, sign: str, at: int) -> None:
        self.mark, self.opened, self.depth, self.inner = sign, at, 0, False

    def _close(self, at: int) -> None:
        if at - self.opened <= _MOST:
            self._keep(self.opened, self.opened + 1, at, at + 1)
        self.mark = ""

    def _single(self, sign: str, at: int) -> None:
        """A quotation in single marks ends in its paragraph, at a mark that is no apostrophe."""
        text = self.text
        if not self._opens(at) or (sign == "'" and not text[at + 1 : at + 2].isalnum()):
            return
        stop = text.find("\n\n" if self.wrapped else "\n", at)
        stop = len(text) if stop < 0 else stop
        again = re.compile(r"(?<!\w)‘" if sign == "‘" else r"(?<![\w,.!?])'(?=\w)").search(text, at + 1, stop)
        ends = [match.start() for match in _SINGLE_ENDS.finditer(text, at + 2, again.start() if again else stop)]
        if ends:
            end = next((one for one in ends if text[one - 1] in ",.!?"), None)
            end = next((one for one in ends if text[one - 1] != "s"), ends[-1]) if end is None else end
            self._keep(at, at + 1, end, end + 1)
            self.skip_to = end + 1

    def _paragraph_ends(self, match: re.Match[str]) -> None:
        if not self.mark or (self.wrapped and match.group().count("\n") < 2):
            return
        if self.text[match.end() : match.end() + 1] != self.mark:
            self._left_open(match.start())

    def _left_open(self, at: int) -> None:
        begins = self.text[self.opened + 1 : at].lstrip()[:1]
        if at - self.opened <= _MOST_OPEN and begins.isupper() and self.text[at - 1] in ".!?…":
            self._keep(self.opened, self.opened + 1, at, at)
        self.mark = ""

    def _keep(self, opened: int, start: int, end: int, closed: int) -> None:
        text = self.text
        while start < end and (text[end - 1].isspace() or text[end - 1] in _TRIMMED):
            end -= 1
        while start < end and (text[start].isspace() or text[start] in _TRIMMED):
            start += 1
        if start < end:
            self.found.append(Marked(start, end, opened, closed))

    def _opens(self, at: int) -> bool:
        before, after = self.text[at - 1 : at], self.text[at + 1 : at + 2]
        return bool(after) and not after.isspace() and not (before.isalnum() or before in ("’", ")", "%"))

    def _closes(self, at: int) -> bool:
        before, after = self.text[at - 1 : at], self.text[at + 1 : at + 2]
        return not before.isspace() and not after.isalnum() and not (before in "([—" and after.strip() != "")

    def _ends_words(self, at: int) -> bool:
        return self._closes(at) and not self.text[at - 1 : at].isdigit()

    def _begins_paragraph(self, at: int) -> bool:
        return at == 0 or self.text[at - 1] == "\n" or self.text[max(0, at - 9) : at].rstrip(" ").endswith("\n")
