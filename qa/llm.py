"""The model's prose: what a model is asked about numbered evidence, and its reply without its thinking.

The prompts are files; what they are filled with is decided here.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from qa.budget import UNLIMITED, Budget, Reservation
from qa.endpoint import Asked, Finished, Message
from qa.endpoint import Event as Received
from qa.errors import EndpointError, UsageError
from qa.evidence import Evidence, case_block, derived_fence, evidence_block, new_fence, talk_block
from qa.prices import FREE, Price
from qa.reasoning import Visible, without_thinking
from qa.scores import HIGHEST
from qa.types import Cancel, Delta, Exchange, Notice, Usage, Window

Event = Received | Exchange
"""What asking a model yields: what is received, and before its end the Exchange as a whole."""

REFUSAL = "NOT IN THE ARTICLES"
"""What a model is told to reply when the evidence does not answer."""

NEVER, ALL = "never", "all"
"""What a prompt is filled with where a story was not told before."""

# Counts are made with one vocabulary for every model: others need up to about a tenth more tokens.
_SAFETY = 0.9
_TOKENS_A_MESSAGE = 8
"""What a chat template adds, at most."""
_READ_AT_LEAST = 0.85
"""Share of our count of a prompt that a server counts too, unless it cut the prompt: other vocabularies need more."""
_TOO_SHORT_TO_TELL = 200
"""Tokens; what a server adds or leaves out of its count weighs more than the vocabulary in a shorter prompt."""


class Template(Protocol):
    """A prompt to fill (``qa.prompts.Prompt`` is one)."""

    @property
    def hash(self) -> str:
        """Short digest of the prompt file."""

    def fill(self, **values: str) -> tuple[str, str]:
        """System and user message."""


class Replies(Protocol):
    """What replies to requests: a server (``qa.endpoint``), or a recording of one (``qa.replaying``)."""

    @property
    def host(self) -> str:
        """Host (and port), or what stands for it."""

    def reply(self, asked: Asked, cancel: Cancel) -> Iterator[Received]:
        """The reply as it comes, with events and errors as for ``Endpoint.stream``."""

    def anew(self) -> Replies:
        """The same for another run of requests: one that was recorded several times is replayed from the first."""

    def close(self) -> None:
        """Stop every request. Any number of times."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent: a filled prompt, with as many of the passages as fit."""

    prompt: str
    prompt_hash: str
    about: str
    system: str
    user: str
    shown: int
    of: int
    notes: tuple[str, ...] = ()


class Writer:
    """Asks one model at one endpoint for cited sentences, or for scores of passages."""

    def __init__(
        self,
        endpoint: Replies,
        load_prompt: Callable[[str], Template],
        model: str,
        *,
        count: Callable[[str], int],
        price: Price | None = FREE,
        budget: Budget | None = None,
        context_tokens: int = 8192,
        reply_tokens: int = 1024,
        repeatable: bool = False,
    ) -> None:
        """``context_tokens`` is what prompt and reply together may take; ``count`` counts tokens; ``budget`` is asked
        before each request, by the ``price`` of the model (None: unknown). Where requests are ``repeatable``, the same
        is asked in the same characters each time: the fence is a digest, not random."""
        self.model = model
        self._endpoint = endpoint
        self._load_prompt = load_prompt
        self._count = count
        self.price = price
        self._budget = budget
        self._context_tokens = context_tokens
        self._reply_tokens = reply_tokens
        self._repeatable = repeatable

    def anew(self) -> Writer:
        """This writer for another case of an evaluation, over the same connection (``Replies.anew``)."""
        other = copy(self)
        other._endpoint = self._endpoint.anew()
        return other

    def close(self) -> None:
        """Close the endpoint. Any number of times."""
        self._endpoint.close()

    def prompt_hash(self, name: str) -> str:
        """Digest of the prompt file in use for ``name`` (``qa.prompts.VARIABLES``), for the provenance of a reply."""
        return self._load_prompt(name).hash

    @property
    def host(self) -> str:
        """Host (and port) of the server."""
        return self._endpoint.host

    def most(self, requests: int) -> float | None:
        """The most dollars that so many requests can cost; None when the price is not known."""
        read = self._context_tokens - self._reply_tokens
        return self.price.cost(read, self._reply_tokens) * requests if self.price else None

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
        """Answer ``question`` from ``evidence``: notices, deltas, the Exchange, and last a Finished, without thinking.

        Raises EndpointError (see ``Endpoint.stream``; after the Exchange, without a reply), ConfigError for a wrong
        prompt file, and UsageError when not even the first passage fits.
        """
        asked = {"question": question}
        return self._write("answer", asked, evidence, as_of=as_of, window=window, cancel=cancel, fence=fence)

    def story(
        self,
        headline: str,
        evidence: Sequence[Evidence],
        *,
        told: date | None = None,
        added: Sequence[int] = (),
        as_of: date,
        window: Window,
        cancel: Cancel,
        fence: str | None = None,
    ) -> Iterator[Event]:
        """Tell the story under ``headline`` from ``evidence``, of which the numbers ``added`` are new since it was
        ``told`` last; events and errors as for ``answer``."""
        new = ", ".join(map(str, added)) if told else ""
        asked = {"headline": headline, "told": told.isoformat() if told else NEVER, "added": new or ALL}
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
        about = next(iter(asked.values()))
        yield from self._told(self._filled(prompt, about, values, evidence, fence), cancel)

    def again(
        self,
        task: str,
        failed: Sequence[tuple[str, Sequence[str]]],
        evidence: Sequence[Evidence],
        *,
        as_of: date,
        cancel: Cancel,
    ) -> Iterator[Event]:
        """Have the sentences ``failed`` (each with what is wrong with it) written again for ``task``, a question or a
        headline: a line each, with its number from 1; events and errors as for ``answer``."""
        lines = (f"{n}: {_line(text)}\n   {_line('; '.join(why))}" for n, (text, why) in enumerate(failed, 1))
        values = {"task": task, "sentences": "\n".join(lines), "as_of": as_of.isoformat(), "refusal": REFUSAL}
        yield from self._told(self._filled("repair", task, values, evidence), cancel)

    def opinion(
        self,
        sentences: Sequence[tuple[str, Sequence[int]]],
        evidence: Sequence[Evidence],
        *,
        as_of: date,
        cancel: Cancel,
    ) -> Iterator[Event]:
        """Ask whether the passages that ``sentences`` cite (by number) say all of each; events as for ``answer``.

        Raises UsageError when not all of ``evidence`` fits: an opinion needs what it is about.
        """
        lines = (
            f"{n}: {_line(text)} (cites {', '.join(map(str, refs))})" for n, (text, refs) in enumerate(sentences, 1)
        )
        values = {"sentences": "\n".join(lines), "as_of": as_of.isoformat()}
        request = self._filled("opinion", sentences[0][0], values, evidence)
        if request.shown < len(evidence):
            raise UsageError("the passages cited do not fit the model's context", "Use one with a larger context.")
        yield from self._sent(request, cancel)

    def draft(self, evidence: Evidence, answer: str, *, cancel: Cancel) -> Iterator[Event]:
        """Have a question written that ``evidence`` answers with the words ``answer``, which are an article's, too;
        events and errors as for ``answer``."""
        asked_for = Evidence(2, "The words to be asked for", None, None, answer)
        request = self._filled("draft", answer, {}, [evidence, asked_for])
        if request.shown < request.of:
            raise UsageError("the passage does not fit the model's context", "Use one with a larger context.")
        yield from self._sent(request, cancel)

    def _told(self, request: _Request, cancel: Cancel) -> Iterator[Event]:
        """Send a request; passages left out of it are told at once, and in the end."""
        if left := request.of - request.shown:
            note = f"{left} of {request.of} passages left out: they do not fit the model's context."
            yield Notice(note)
            request = replace(request, notes=(note,))
        yield from self._sent(request, cancel)

    def score(
        self, question: str, evidence: Sequence[Evidence], *, as_of: date, cancel: Cancel
    ) -> tuple[int, Iterator[Event]]:
        """Have ``evidence`` scored from 0 to ``HIGHEST``: how many of the first passages fit and are shown, and the
        reply to come, with events and errors as for ``answer``. Nothing is sent before the first event is asked for.
        """
        values = {"question": question, "as_of": as_of.isoformat(), "highest": str(HIGHEST)}
        request = self._filled("rerank", question, values, evidence)
        return request.shown, self._sent(request, cancel)

    def complete(
        self, question: str, turns: Sequence[tuple[str, str]], *, as_of: date, cancel: Cancel
    ) -> Iterator[Event]:
        """Have ``question`` completed from ``turns`` (question and answer, the latest last), of which the first are
        left out when not all fit; events and errors as for ``answer``."""
        template, values = self._load_prompt("followup"), {"question": question, "as_of": as_of.isoformat()}
        mark = self._fence("followup", values, [Evidence(0, q, None, None, a) for q, a in turns])

        def filled(shown: int) -> _Request:
            messages = template.fill(**values, fence=mark, conversation=talk_block(turns[-shown:], mark))
            return _Request("followup", template.hash, question, *messages, shown, len(turns))

        yield from self._sent(filled(self._fitting(len(turns), filled)), cancel)

    def judge(
        self, question: str, known: Sequence[str], answer: str, *, as_of: date, cancel: Cancel
    ) -> Iterator[Event]:
        """Ask whether ``answer`` is right by what is ``known``, a line each; events and errors as for ``answer``."""
        template, values = self._load_prompt("judge"), {"as_of": as_of.isoformat()}
        mark = self._fence("judge", values, [Evidence(0, question, None, None, "\n".join((*known, answer)))])
        messages = template.fill(**values, fence=mark, case=case_block(question, known, answer, mark))
        request = _Request("judge", template.hash, question, *messages, 1, 1)
        self._fitting(1, lambda _: request)
        yield from self._sent(request, cancel)

    def _filled(
        self,
        prompt: str,
        about: str,
        values: dict[str, str],
        evidence: Sequence[Evidence],
        fence: str | None = None,
    ) -> _Request:
        template, mark = self._load_prompt(prompt), fence or self._fence(prompt, values, evidence)

        def filled(shown: int) -> _Request:
            block = evidence_block(evidence[:shown], mark)
            messages = template.fill(**values, fence=mark, evidence=block)
            return _Request(prompt, template.hash, about, *messages, shown, len(evidence))

        return filled(self._fitting(len(evidence), filled))

    def _fence(self, prompt: str, values: dict[str, str], evidence: Sequence[Evidence]) -> str:
        if not self._repeatable:
            return new_fence(evidence)
        return derived_fence(evidence, [prompt, *(f"{name}: {value}" for name, value in sorted(values.items()))])

    def _sent(self, request: _Request, cancel: Cancel) -> Iterator[Event]:
        sent = self._count(request.system) + self._count(request.user)
        aside = self._reserved(sent)
        messages = Message("system", request.system), Message("user", request.user)
        asked = Asked(
            messages, self.model, self._reply_tokens, request.prompt, request.prompt_hash, _line(request.about)
        )
        try:
            for event, came in _shown(self._endpoint.reply(asked, cancel)):
                if isinstance(event, Finished):
                    aside.settle(0.0 if event.replayed else event.usage.cost)
                    end = self._read_whole(replace(event, notes=request.notes), sent)
                    yield self._exchange(request, sent, came, end.reason, end.usage)
                    yield end
                else:
                    yield event
        except EndpointError as error:
            aside.settle(0.0)  # a request that was not accepted costs nothing
            yield self._exchange(request, sent, "", error.message, Usage())
            raise

    def _exchange(self, request: _Request, sent: int, reply: str, ended: str, usage: Usage) -> Exchange:
        return Exchange(
            prompt=request.prompt,
            prompt_hash=request.prompt_hash,
            model=self.model,
            host=self.host,
            system=request.system,
            user=request.user,
            tokens=sent,
            shown=request.shown,
            of=request.of,
            reply=reply,
            ended=ended,
            usage=usage,
        )

    def _reserved(self, sent: int) -> Reservation:
        """What the request can cost at most, set aside. Raises BudgetError."""
        budget = self._budget or UNLIMITED
        most = max(math.ceil(sent / _SAFETY), sent + 2 * _TOKENS_A_MESSAGE)
        return budget.reserve(self.price, most, self._reply_tokens, f"{self.model} at {self.host}")

    def _read_whole(self, end: Finished, sent: int) -> Finished:
        """``end``, marked where the server's count says that it cut the prompt (Ollama does, without a word)."""
        read = end.usage.tokens_in
        if not end.reported or sent < _TOO_SHORT_TO_TELL or read >= _READ_AT_LEAST * sent:
            return end
        why = (
            f"{self.host} read only about {read:,} of the {sent:,} tokens it was sent: raise the model's context there "
            "(num_ctx in Ollama), or lower context_tokens here."
        )
        if end.complete:
            return replace(end, finish="unread", reason=why)
        return replace(end, notes=(*end.notes, why))

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


def _line(text: str) -> str:
    return " ".join(text.split())


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


def _shown(events: Iterator[Received]) -> Iterator[tuple[Received, str]]:
    """``events`` without the model's thinking; with the end, the reply as it came."""
    visible = Visible()
    for event in events:
        if isinstance(event, Notice):
            yield event, ""
            continue
        text = visible.feed(event.text) if isinstance(event, Delta) else visible.flush()
        if text:
            yield Delta(text), ""
        if isinstance(event, Finished):
            yield _without_thinking(event), event.text


def _without_thinking(end: Finished) -> Finished:
    text = without_thinking(end.text)
    if end.complete and not text:
        what = "its thinking and no reply" if end.text.strip() else "an empty reply"
        return replace(end, text="", finish="broken", reason=f"The model sent {what}.")
    return replace(end, text=text)
