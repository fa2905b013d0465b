"""A model's reply as a reader sees it while it arrives: plain prose with the numbers of articles, and nothing raw.

Carrying words, broken markers, links and HTML are withheld: what may yet become one of these waits for the pieces that
settle it. So a reader never sees the inside of a marker, also when the stream breaks there.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from qa.clean import clean
from qa.markers import LONGEST, marker, markers_in, unmarked
from qa.markup import without_links

_HEAD = 60
"""Characters that may stand before the words of a marker."""
_LONGEST_HELD = 4_000
"""Characters held back at most: a reply without white space is no prose."""
_TURN = re.compile(
    r"(?P<line>\n)|(?P<open>[\[［【(]|<(?=[a-z/!|]))|(?P<close>[\]］】)>])"
    r"|(?P<space>(?<=\s)(?=[^\s(\[［【<`\\.!?,;:]))",
    re.I,
)
_PAIRS = {"]": "[", "］": "［", "】": "【", ")": "(", ">": "<"}
_SPACE_BEFORE_STOP = re.compile(r"[ \t]+(?=[.!?,;:](?:\s|$))")
_NUMBER = re.compile("[\ue000-\uf8ff]")
"""Private characters stand in for the numbers that stay, so that nothing around them reads like a marker."""
_FIRST = 0xE000
_MOST = 0xF8FF - _FIRST


class Prose:
    """Passes on what a reader may see of a reply that arrives in pieces cut anywhere."""

    def __init__(self, number: Callable[[int], int | None], evidence: str = "") -> None:
        """``number`` gives the number shown for a passage's, or None; ``evidence`` names the addresses allowed."""
        self._number = number
        self._evidence = evidence
        self._held = ""
        self._read = self._cut = 0
        self._opened: deque[tuple[int, str]] = deque()
        """Brackets that are open at ``_read``, and how much of what is held nothing that follows can change."""

    def feed(self, piece: str) -> str:
        """The prose that ``piece`` settles."""
        self._held += piece
        self._settle()
        if len(self._held) - self._cut > _LONGEST_HELD:
            self._cut = self._read = len(self._held)
            self._opened.clear()
        ready, self._held = self._held[: self._cut], self._held[self._cut :]
        self._opened = deque((at - self._cut, bracket) for at, bracket in self._opened)
        self._read, self._cut = self._read - self._cut, 0
        return self._shown(ready)

    def flush(self) -> str:
        """What was held back, at the end of the reply."""
        held, self._held = self._held, ""
        return self._shown(held)

    def _settle(self) -> None:
        """Read what was not read yet: all up to the last white space outside brackets is settled."""
        for match in _TURN.finditer(self._held, self._read):
            at, bracket = match.start(), match.group()
            while self._opened and at - self._opened[0][0] > LONGEST + _HEAD:
                self._opened.popleft()
            if match.lastgroup == "space":
                self._cut = self._cut if self._opened else at
            elif match.lastgroup == "line":
                self._opened.clear()
            elif match.lastgroup == "open":
                self._opened.append((at, bracket))
            elif self._opened and self._opened[-1][1] == _PAIRS[bracket]:
                self._opened.pop()
        self._read = len(self._held) - self._held.endswith("<")

    def _shown(self, text: str) -> str:
        if not text:
            return ""
        text = without_links(_NUMBER.sub("", clean(text).text), self._evidence)
        pieces, at = [], 0
        for one in markers_in(text):
            kept = [n for n in dict.fromkeys(map(self._number, one.numbers)) if n is not None and n < _MOST]
            pieces += [text[at : one.start], *(chr(_FIRST + n) for n in kept)]
            at = one.end
        plain = _SPACE_BEFORE_STOP.sub("", unmarked("".join([*pieces, text[at:]])))
        return _NUMBER.sub(lambda match: marker(ord(match.group()) - _FIRST), plain)
