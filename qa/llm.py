"""The model's prose: what a model is asked about numbered evidence, and its reply without its thinking.

The prompts are files; what they are filled with is decided here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from qa.endpoint import Endpoint, Event, Finished, Message
from qa.errors import UsageError
from qa.evidence import Evidence, evidence_block, new_fence, talk_block
from qa.reasoning import Visible, without_thinking
from qa.scores import HIGHEST
from qa.types import Cancel, Delta, Notice, Usage, Window

REFUSAL = "NOT IN THE ARTICLES"
"""What a model is told to reply when the evidence does not answer."""

# Counts are made with one vocabulary for every model: others need up to about a tenth more tokens.
_SAFETY = 0.9


class Template(Protocol):
    """A prompt to fill (``qa.prompts.Prompt`` is one)."""

    @property
    def hash(self) -> str:
        """Short digest of the prompt file."""

    def fill(self, **values: str) -> tuple[str, str]:
        """System and user message."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent: a filled prompt, with as many of the passages as fit."""

    system: str
    user: str
    shown: int


class Writer:
    """Asks one model at one endpoint for cited sentences, or for scores of passages."""

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
        """Digest of the prompt file in use for ``answer``, ``brief`` or ``rerank``, for the provenance of a reply."""
        return self._load_prompt(name).hash

    @property
    def host(self) -> str:
        """Host (and port) of the server."""
        return self._endpoint.host

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
        values = {**asked, "as_of": as_of.isoformat(), "window": window_words(window), "refusal": REFUSAL}
        request = self._filled(prompt, values, evidence, fence)
        if left := len(evidence) - request.shown:
            yield Notice(f"{left} of {len(evidence)} passages left out: they do not fit the model's context.")
        yield from self._sent(request, cancel)

    def score(
        self, question: str, evidence: Sequence[Evidence], *, as_of: date, cancel: Cancel
    ) -> tuple[int, Iterator[Event]]:
        """Have ``evidence`` scored from 0 to ``HIGHEST``: how many of the first passages fit and are shown, and the
        reply to come, with events and errors as for ``answer``. Nothing is sent before the first event is asked for.
        """
        values = {"question": question, "as_of": as_of.isoformat(), "highest": str(HIGHEST)}
        request = self._filled("rerank", values, evidence, None)
        return request.shown, self._sent(request, cancel)

    def complete(
        self, question: str, turns: Sequence[tuple[str, str]], *, as_of: date, cancel: Cancel
    ) -> Iterator[Event]:
        """Have ``question`` completed from ``turns`` (question and answer, the latest last), of which the first are
        left out when not all fit; events and errors as for ``answer``."""
        template, mark = self._load_prompt("followup"), new_fence([Evidence(0, q, None, None, a) for q, a in turns])

        def filled(shown: int) -> _Request:
            values = {"question": question, "as_of": as_of.isoformat(), "fence": mark}
            return _Request(*template.fill(**values, conversation=talk_block(turns[-shown:], mark)), shown)

        yield from self._sent(filled(self._fitting(len(turns), filled)), cancel)

    def _filled(self, prompt: str, values: dict[str, str], evidence: Sequence[Evidence], fence: str | None) -> _Request:
        template, mark = self._load_prompt(prompt), new_fence(evidence) if fence is None else fence

        def filled(shown: int) -> _Request:
            block = evidence_block(evidence[:shown], mark)
            return _Request(*template.fill(**values, fence=mark, evidence=block), shown)

        return filled(self._fitting(len(evidence), filled))

    def _sent(self, request: _Request, cancel: Cancel) -> Iterator[Event]:
        events = self._endpoint.stream(
            (Message("system", request.system), Message("user", request.user)),
            model=self.model,
            max_tokens=self._reply_tokens,
            cancel=cancel,
        )
        yield from _shown(events)

    def _fitting(self, most: int, filled: Callable[[int], _Request]) -> int:
        """How many of the first passages fit beside the reply."""
        room = int((self._context_tokens - self._reply_tokens) * _SAFETY)

        def needed(shown: int) -> int:
            request = filled(shown)
            return self._count(request.system) + self._count(request.user)

        if needed(most) <= room:
            return most
        if fitting := bisect_right(range(1, most), room, key=needed):
            return fitting
        raise UsageError(
            f"the question and one passage need about {needed(1)} tokens, and the model's context leaves {room}",
            "Ask a shorter question, or use a model with a larger context.",
        )


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
