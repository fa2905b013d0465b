"""Converse: a question asked in a conversation. It is completed from what was said before, answered, and kept."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from qa.ask import PASSAGES, ask
from qa.ask import Event as AskEvent
from qa.endpoint import Finished
from qa.engine import Engine
from qa.errors import BudgetError, EndpointError, LibraryError, UsageError
from qa.followup import Before, completed, leans, usable
from qa.retrieve import resolve
from qa.types import (
    Answer,
    Cancel,
    Citation,
    Delta,
    FollowUp,
    IndexChoice,
    Notice,
    Query,
    Turn,
    Usage,
    Verdict,
    Window,
)

Event = AskEvent | Turn
_LOOKED_BACK = 3
"""Turns that a model is shown."""
_ABOUT_IT = 5
"""Passages that the words of a follow-up find, from which its names are known."""


def converse(
    engine: Engine,
    text: str,
    *,
    conversation: int | None = None,
    before: Sequence[Turn] | None = None,
    complete: bool = True,
    take_along: bool = True,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
    articles: Sequence[str] = (),
    all_days: bool = False,
    k: int = PASSAGES,
    index: IndexChoice = "auto",
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Answer what was typed, as the next turn of ``conversation`` or as the first of a new one; events as for ``ask``,
    and last the Turn, which is on the disk by then (unless the settings keep no journal, or it cannot be written: the
    answer says so then). Who has the turns so far gives them as ``before``, and the journal is not asked.

    A follow-up is completed to a question that stands on its own, unless ``complete`` is false, and takes along the
    window, the sources, the articles and the passages cited by the answer before; an as-of date that was given holds
    for the whole conversation. With ``take_along`` false (the reader set another scope since) days, sources and
    articles are those given here. Raises NotFoundError for a conversation that is not there, and what ``resolve`` and
    ``ask`` raise.
    """
    cancel = cancel or Cancel()
    asked_at = engine.clock()
    if before is None:
        before, notice = _turns(engine, conversation)
        if notice:
            yield notice
    before = before[-_LOOKED_BACK:]
    if take_along and before and as_of is None and before[-1].answer.query.as_of_given:
        as_of = before[-1].answer.query.as_of.isoformat()
    query = resolve(
        engine, text, first=first, last=last, as_of=as_of, sources=sources, articles=articles, all_days=all_days
    )
    usage, cited = Usage(), tuple[Citation, ...]()
    if before and complete and leans(query.text):
        query, usage = yield from _completed(engine, query, before, cancel, all_days=all_days, take_along=take_along)
        cited = _cited(before[-1].answer) if query.followup else ()
    for event in ask(engine, query, k=k, index=index, cancel=cancel, cited=cited):
        if isinstance(event, Answer):
            yield _kept(engine, replace(event, usage=event.usage + usage), asked_at, conversation)
        else:
            yield event


def _turns(engine: Engine, conversation: int | None) -> tuple[Sequence[Turn], Notice | None]:
    """The turns of a conversation; none, and why, when the journal cannot be read now."""
    if conversation is None:
        return (), None
    try:
        engine.journal.conversation(conversation)
        return engine.journal.turns(conversation), None
    except LibraryError as error:
        return (), Notice(f"asked without what was said before: {error.message}. {error.hint}")


def _completed(
    engine: Engine, query: Query, before: Sequence[Turn], cancel: Cancel, *, all_days: bool, take_along: bool
) -> Generator[AskEvent, None, tuple[Query, Usage]]:
    """The query as it stands on its own, and what a model took for that; as it is where nobody can complete it. It
    takes the scope of the question before along, or only its words; with ``all_days`` no window."""
    said = _before(engine, query, before[-1].answer)
    own_words = query.window.why if query.window_in_words else ""
    by_rules = completed(query.text, own_words, said)
    text, usage = (yield from _by_model(engine, query, before, said, cancel)) if engine.writer else ("", Usage())
    if text and engine.writer:
        model = engine.writer
        how = FollowUp(query.text, "model", "the conversation", model.model, model.prompt_hash("followup"))
    elif by_rules and by_rules.text != query.text:
        text, how = by_rules.text, FollowUp(query.text, "rules", by_rules.why)
    else:
        return query, usage
    last = before[-1].answer.query
    query = replace(query, text=text, followup=how)
    if not take_along:
        return query, usage
    query = replace(query, sources=query.sources or last.sources, articles=query.articles or last.articles)
    if query.window != Window() or query.left != Window():
        return query, usage
    carried = _carried(last.window, text)
    if all_days:
        return replace(query, left=carried if carried.why in text else Window()), usage
    return replace(query, window=carried), usage


def _by_model(
    engine: Engine, query: Query, before: Sequence[Turn], said: Before, cancel: Cancel
) -> Generator[AskEvent, None, tuple[str, Usage]]:
    """The question as the model completes it, empty where its reply is of no use; and what that took."""
    assert engine.writer is not None
    turns = [(turn.answer.query.text, _told(turn.answer)) for turn in before]
    text, usage = "", Usage()
    try:
        for event in engine.writer.complete(query.text, turns, as_of=query.as_of, cancel=cancel):
            if isinstance(event, Finished):
                usage = replace(event.usage, seconds=0.0)  # it is part of the time that the answer took
                text = (usable(event.text, query.text, said) or "") if event.complete else ""
            elif not isinstance(event, Delta):
                yield event
    except (EndpointError, BudgetError, UsageError) as error:
        yield Notice(f"the question was not completed by the model: {error.message}")
    return text, usage


def _before(engine: Engine, query: Query, answer: Answer) -> Before:
    """What a follow-up can lean on, and what the library has about its own words."""
    library = engine.library
    ids = dict.fromkeys(citation.article_id for citation in _cited(answer) or answer.nearest)
    articles = [article for name in ids if (article := library.catalogue.by_id(name))]
    found = library.by_words(query.topic, library.scope(replace(query, window=Window())), _ABOUT_IT)
    passages = library.catalogue.passages([number for number, _ in found]).values()
    read = [f"{one.title}\n{one.text}" for one in articles]
    read += [f"{article.title}\n{passage.text}" for passage, article in passages if article.id not in ids]
    asked = answer.query
    claims = tuple(claim.text for claim in answer.claims)
    return Before(asked.text, asked.window.why if asked.window_in_words else "", claims, tuple(read))


def _cited(answer: Answer) -> tuple[Citation, ...]:
    """What the sentences that hold rest on, in their order."""
    good = (claim for claim in answer.claims if claim.verdict in {Verdict.SUPPORTED, Verdict.WEAK})
    return tuple(dict.fromkeys(citation for claim in good for citation in claim.citations))


def _told(answer: Answer) -> str:
    """An answer as a model is reminded of it."""
    return " ".join(claim.text for claim in answer.claims) or "The articles do not answer this."


def _carried(window: Window, text: str) -> Window:
    """The window of the question before: in its words where they are in the new one, else as given."""
    if window == Window() or (window.why and window.why in text):
        return window
    why = window.why.removeprefix("as before: ")
    return replace(window, why=f"as before: {why}" if why else "as before")


def _kept(engine: Engine, answer: Answer, asked_at: datetime, conversation: int | None) -> Turn:
    """The answer as a turn, on the disk; or as it is, saying why it could not be kept."""
    if not engine.config.journal:
        return Turn(None, 1, asked_at, answer)
    try:
        return engine.journal.keep(answer, asked_at, conversation)
    except LibraryError as error:
        note = f"this answer was not kept: {error.message}. {error.hint}"
        return Turn(None, 1, asked_at, replace(answer, notes=(*answer.notes, note)))
