"""The model's prose: what a model is asked about numbered evidence, and its reply without its thinking.

The prompts are files; what they are filled with is decided here. The evidence is fenced as data by a random
mark made for each request, so that no article can close the fence or open a passage of its own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from qa.endpoint import Endpoint, Event, Finished, Message
from qa.errors import UsageError
from qa.reasoning import Visible, without_thinking
from qa.types import Cancel, Delta, Notice, Usage, Window

REFUSAL = "NOT IN THE ARTICLES"
"""What a model is told to reply when the evidence does not answer."""

# Counts are made with one vocabulary for every model: others need up to about a tenth more tokens.
_SAFETY = 0.9


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage as a model is shown it."""

    n: int
    """The number that markers cite."""
    title: str
    source: str | None
    published: date | None
    text: str


class Template(Protocol):
    """A prompt to fill (``qa.prompts.Prompt`` is one)."""

    @property
    def hash(self) -> str:
        """Short digest of the prompt file."""

    def fill(self, **values: str) -> tuple[str, str]:
        """System and user message."""


class Writer:
    """Asks one model at one endpoint for cited sentences."""

    def __init__(
        self,
        endpoint: Endpoint,
        load_prompt: Callable[[str], Template],
        model: str,
        *,
        count: Callable[[str], int],
        context_tokens: int = 8192,
        reply_tokens: int = 1024,
    ) -> None:
        """``context_tokens`` is what prompt and reply together may take; ``count`` counts tokens."""
        self.model = model
        self._endpoint = endpoint
        self._load_prompt = load_prompt
        self._count = count
        self._context_tokens = context_tokens
        self._reply_tokens = reply_tokens

    def close(self) -> None:
        """Close the endpoint. Any number of times."""
        self._endpoint.close()

    def prompt_hash(self, name: str) -> str:
        """Digest of the prompt file in use for ``answer`` or ``brief``, for the provenance of a reply."""
        return self._load_prompt(name).hash

    def answer(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        as_of: date,
        window: Window,
        cancel: Cancel,
        fence: str | None = None,
    ) -> Iterator[Event]:
        """Answer ``question`` from ``evidence``: notices, deltas, and last a Finished, without thinking.

        Raises EndpointError (see ``Endpoint.stream``), ConfigError for a wrong prompt file, and UsageError
        when not even the first passage fits.
        """
        asked = {"question": question}
        return self._write("answer", asked, evidence, as_of=as_of, window=window, cancel=cancel, fence=fence)

    def story(
        self,
        headline: str,
        evidence: Sequence[Evidence],
        *,
        as_of: date,
        window: Window,
        cancel: Cancel,
        fence: str | None = None,
    ) -> Iterator[Event]:
        """Tell the story under ``headline`` from ``evidence``; events and errors as for ``answer``."""
        asked = {"headline": headline}
        return self._write("brief", asked, evidence, as_of=as_of, window=window, cancel=cancel, fence=fence)

    def _write(
        self,
        prompt: str,
        asked: dict[str, str],
        evidence: Sequence[Evidence],
        *,
        as_of: date,
        window: Window,
        cancel: Cancel,
        fence: str | None,
    ) -> Iterator[Event]:
        if not evidence:
            yield Finished(REFUSAL, "stop", "", Usage())  # nothing to read: no request, no cost
            return
        template, mark = self._load_prompt(prompt), new_fence(evidence) if fence is None else fence
        values = {
            **asked,
            "as_of": as_of.isoformat(),
            "window": window_words(window),
            "fence": mark,
            "refusal": REFUSAL,
        }

        def filled(items: Sequence[Evidence]) -> tuple[str, str]:
            return template.fill(**values, evidence=evidence_block(items, mark))

        used = self._fitting(evidence, filled)
        if left := len(evidence) - len(used):
            yield Notice(f"{left} of {len(evidence)} passages left out: they do not fit the model's context.")
        system, user = filled(used)
        events = self._endpoint.stream(
            (Message("system", system), Message("user", user)),
            model=self.model,
            max_tokens=self._reply_tokens,
            cancel=cancel,
        )
        yield from _shown(events)

    def _fitting(
        self, evidence: Sequence[Evidence], filled: Callable[[Sequence[Evidence]], tuple[str, str]]
    ) -> Sequence[Evidence]:
        """As many of the first passages as fit beside the reply."""
        room = int((self._context_tokens - self._reply_tokens) * _SAFETY)
        needed = 0
        for kept in range(len(evidence), 0, -1):
            needed = sum(self._count(part) for part in filled(evidence[:kept]))
            if needed <= room:
                return evidence[:kept]
        raise UsageError(
            f"the question and one passage need about {needed} tokens, and the model's context leaves {room}",
            "Ask a shorter question, or use a model with a larger context.",
        )


def evidence_block(items: Sequence[Evidence], fence: str) -> str:
    """``items`` numbered, dated and attributed between lines that carry ``fence``.

    Raises ValueError when ``fence`` occurs in an item: it must be one that no article can know.
    """
    if any(fence in _all(item) for item in items):
        raise ValueError("the fence occurs in the evidence")
    blocks = [f"=== {fence} passages begin ==="]
    for item in items:
        published = "on an unknown day" if item.published is None else item.published.isoformat()
        blocks.append(
            f"=== {fence} passage [{item.n}] ===\n"
            f"Title: {_line(item.title)}\n"
            f"Source: {_line(item.source or 'unknown')}\n"
            f"Published: {published}\n\n"
            f"{item.text.strip()}"
        )
    blocks.append(f"=== {fence} passages end ===")
    return "\n\n".join(blocks)


def new_fence(items: Sequence[Evidence]) -> str:
    """A random mark of 16 hex digits that occurs in none of ``items``."""
    while any((mark := secrets.token_hex(8)) in _all(item) for item in items):
        pass
    return mark


def window_words(window: Window) -> str:
    """``window`` as a model is told it."""
    match window.start, window.end:
        case None, None:
            return "on any day"
        case None, end:
            return f"until {end}"
        case start, None:
            return f"from {start} on"
        case start, end:
            return f"on {start}" if start == end else f"from {start} to {end}"


def is_refusal(text: str) -> bool:
    """Whether a reply is the refusal: the phrase alone, or in capitals before an explanation."""
    plain = " ".join(re.sub(r"\[[\d, ]*\]|[^\w\s]", " ", without_thinking(text)).split())
    return plain.upper() == REFUSAL or re.match(rf"{REFUSAL}\b", plain) is not None


def _shown(events: Iterator[Event]) -> Iterator[Event]:
    """``events`` without the model's thinking."""
    visible = Visible()
    for event in events:
        if isinstance(event, Notice):
            yield event
            continue
        text = visible.feed(event.text) if isinstance(event, Delta) else visible.flush()
        if text:
            yield Delta(text)
        if isinstance(event, Finished):
            yield _without_thinking(event)


def _without_thinking(end: Finished) -> Finished:
    text = without_thinking(end.text)
    if end.complete and not text:
        return replace(end, text="", finish="broken", reason="The model sent its thinking and no reply.")
    return replace(end, text=text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _all(item: Evidence) -> str:
    return f"{item.title} {item.source} {item.text}"
