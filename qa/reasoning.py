"""Takes what a model thinks aloud (``<think>…</think>``) out of its reply, streaming or whole."""

from __future__ import annotations

import re

_OPEN = re.compile(r"<think(?:ing)?>", re.I)
_CLOSE = re.compile(r"</think(?:ing)?>", re.I)
_LONGEST = len("</thinking>")


class Visible:
    """Passes on what a reader may see of a reply that arrives in pieces cut anywhere."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._began = False

    def feed(self, piece: str) -> str:
        """The visible text that ``piece`` settles; what may yet be a tag is held back."""
        self._held += piece
        shown = ""
        while tag := (_CLOSE if self._thinking else _OPEN).search(self._held):
            shown += "" if self._thinking else self._held[: tag.start()]
            self._held, self._thinking = self._held[tag.end() :], not self._thinking
        keep = _tail(self._held)
        if not self._thinking:
            shown += self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return self._begun(shown)

    def flush(self) -> str:
        """What was held back, at the end of the reply."""
        held, self._held = self._held, ""
        return "" if self._thinking else self._begun(held)

    def _begun(self, text: str) -> str:
        """``text`` without the blank lines that follow a block of thinking at the beginning."""
        text = text if self._began else text.lstrip()
        self._began = self._began or bool(text)
        return text


def without_thinking(text: str) -> str:
    """The visible text of a whole reply, stripped.

    Some servers swallow the opening tag: then everything before a closing one is thinking too.
    """
    visible = Visible()
    shown = visible.feed(text) + visible.flush()
    return _CLOSE.split(shown)[-1].strip()


def _tail(text: str) -> int:
    """Length of the end of ``text`` that may be the beginning of a tag."""
    at = text.rfind("<", -_LONGEST)
    if at < 0:
        return 0
    end = text[at:].lower()
    tags = ("<think>", "<thinking>", "</think>", "</thinking>")
    return len(end) if any(tag.startswith(end) for tag in tags) else 0
