"""A model's reply as it grows, from the chunks a server streams to the text that is kept and why it ended.

Nothing here trusts a chunk: fields may be missing, null or of another type, and then count as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qa.types import Usage

Finish = Literal["stop", "length", "broken", "stalled", "cancelled", "refused", "unread"]
"""How a reply ended. Only ``stop`` is a whole reply; ``refused``: by a filter or the model itself; ``unread``: whole,
but made without all of the prompt."""

MOST_CHARACTERS = 200_000
"""A reply longer than this is cut: no answer is, so the model is repeating itself."""

# "stop" is OpenAI's; the others are what text-generation-inference and some gateways say for the same.
_WHOLE = frozenset({"stop", "eos", "eos_token", "end_turn", "stop_sequence"})


@dataclass(frozen=True, slots=True)
class Message:
    """One turn sent to a model."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is made, and what it is made for."""

    messages: tuple[Message, ...]
    model: str
    max_tokens: int | None
    prompt: str
    """Name of the prompt that was filled."""
    prompt_hash: str
    about: str
    """The question, headline or sentence that it is about, for a reader."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a reply: everything that arrived, and whether it is all of it."""

    text: str
    finish: Finish
    reason: str
    """A sentence for the reader; empty when ``finish`` is ``stop``."""
    usage: Usage
    reported: bool = False
    """Whether the server counted the tokens in ``usage`` (else Newsdesk did)."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the request, such as passages that did not fit."""
    replayed: bool = False
    """Whether it comes from a recording: nothing was sent, and nothing spent."""

    @property
    def complete(self) -> bool:
        """Whether the model ended the reply by itself."""
        return self.finish == "stop"


class Draft:
    """Collects one reply from ``host``. Not thread-safe but for reading ``text``."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._pieces: list[str] = []
        self._length = 0
        self._end = ""
        self._declined = ""
        self.tokens: tuple[int, int] | None = None
        """Tokens in and out as the server counted them, if it did."""

    @property
    def text(self) -> str:
        """What arrived so far."""
        return "".join(self._pieces)

    @property
    def ended(self) -> bool:
        """Whether the server said that the reply is over, or it is too long."""
        return bool(self._end) or self.overlong

    @property
    def overlong(self) -> bool:
        """Whether the reply passed ``MOST_CHARACTERS``."""
        return self._length > MOST_CHARACTERS

    def take(self, chunk: object) -> str:
        """Add one chunk (streamed, or a whole completion) and return the text it brought, often none."""
        self._count(_get(chunk, "usage"))
        choices = _get(chunk, "choices")
        if not isinstance(choices, list | tuple) or not choices or _get(choices[0], "index") not in (None, 0):
            return ""
        end = _get(choices[0], "finish_reason")
        if isinstance(end, str):
            self._end = end
        piece = _get(choices[0], "delta") or _get(choices[0], "message")
        declined = _get(piece, "refusal")
        if isinstance(declined, str):
            self._declined += declined
        text = _sound(_text(_get(piece, "content")))[: MOST_CHARACTERS + 1 - self._length]
        if text:
            self._length += len(text)
            self._pieces.append(text)
        return text

    def ending(self) -> tuple[Finish, str]:
        """How a reply ended whose server closed the stream without an error."""
        if self.overlong:
            return "length", f"The reply was cut at {MOST_CHARACTERS:,} characters."
        if self._end == "content_filter":
            return "refused", f"A content filter at {self._host} stopped the reply."
        if self._declined and not self._pieces:
            return "refused", f"The model declined: {' '.join(_sound(self._declined).split())[:200]}"
        if self._end == "length":
            return "length", "The reply was cut off at the model's length limit."
        if not self._pieces:
            return "broken", f"{self._host} sent an empty reply."
        if not self._end:
            return "broken", f"The reply from {self._host} broke off before its end."
        if self._end not in _WHOLE:
            return "broken", f"The reply ended for an unknown reason ({_sound(self._end)[:40]!r})."
        return "stop", ""

    def _count(self, usage: object) -> None:
        counts = _get(usage, "prompt_tokens"), _get(usage, "completion_tokens")
        match counts:
            case int(tokens_in), int(tokens_out) if tokens_in > 0 and tokens_out >= 0:
                self.tokens = tokens_in, tokens_out
            case _:
                pass


def _get(thing: object, name: str) -> object:
    if isinstance(thing, Mapping):
        return thing.get(name)
    return getattr(thing, name, None)


def _text(content: object) -> str:
    """The text of a content field: a string, or (Mistral's reasoning models) a list of typed parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [_get(part, "text") for part in content if _get(part, "type") == "text"]
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def _sound(text: str) -> str:
    """``text`` with lone surrogates, which JSON may carry and no terminal or file can, replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
