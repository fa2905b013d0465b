"""What commands share: an engine of the options, what is told before and after, and how a result is printed."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any, TypeVar

from qa.cli.output import clear_progress, narrate, put, put_json, say
from qa.config import load_config
from qa.engine import Engine, open_engine
from qa.errors import ExitCode, StoreError
from qa.render import cost_words, dollars, show_line
from qa.types import Cancel, Notice, Progress, Usage

_Result = TypeVar("_Result")


def engine_of(options: argparse.Namespace, *, create: bool = False) -> Engine:
    """Open the engine that the options ask for, and say what the reader should know of it. Raises NewsdeskError."""
    engine = open_engine(load_config(**settings_of(options)), create=create)
    if copy := engine.library.catalogue.backup:
        say(f"the library was brought up to this version; its record as it was lies in {show_line(str(copy))}")
    if engine.config.stray_key:
        say("a key is in the environment but no model is configured: answers are quotations (see `newsdesk config`)")
    return engine


def settings_of(options: argparse.Namespace) -> dict[str, str | None]:
    """The settings given on the command line."""
    names = ("library", "model", "base_url", "rerank", "store", "max_cost", "record", "replay", "judge")
    return {name: getattr(options, name, None) for name in names}


def result_of(events: Iterable[Any], kind: type[_Result]) -> _Result:
    """Narrate the events of a verb and return its result."""
    result: _Result | None = None
    for event in events:
        if isinstance(event, Notice | Progress):
            narrate(event)
        elif isinstance(event, kind):
            result = event
    clear_progress()
    assert result is not None  # a verb ends with its result
    return result


def ended(complete: bool, code: ExitCode = ExitCode.OK) -> ExitCode:
    """How a run ends that may have been interrupted."""
    return code if complete else ExitCode.INTERRUPTED


def put_result(options: argparse.Namespace, value: dict[str, Any] | list[Any], text: str) -> None:
    """Print a result: with ``--json`` its value, else its text."""
    if options.json:
        put_json(value)
    else:
        put(text)


def say_where_articles_go(engine: Engine, options: argparse.Namespace) -> None:
    """Before anything is sent to a model or an embedder elsewhere, what and where."""
    config, asked, server = engine.config, engine.writer or engine.judge, engine.server
    if options.command == "search":
        asked = None if options.words_only else engine.scorer
        server = None if options.words_only else server
    if config.replay:
        say(f"the model's replies are replayed from {show_line(str(config.replay))}: nothing is sent to it")
    elif asked and not config.is_local:
        say(f"passages of your articles are sent to {show_line(config.host)}")
    if config.record:
        say(f"replies of {show_line(' and '.join(config.asked))} are recorded in {show_line(str(config.record))}")
    if server and not server.is_local and engine.library.embedder == server.fingerprint:
        say(f"your question is sent to {show_line(server.host)}, whose embedder the library uses")


def say_cost(engine: Engine, usage: Usage) -> None:
    """After a run that asked a model, what it took and how much of the day's budget is gone."""
    if words := cost_words(usage):
        if engine.config.replay:
            say(f"{words}, as recorded; nothing was spent now")
            return
        daily = engine.budget.daily
        today = "" if daily is None else f"; ${engine.budget.spent_today:.4f} of today's ${daily:g} are spent"
        say(f"{words}{today}")


def say_what_it_may_cost(engine: Engine, questions: int) -> None:
    """Before many questions, the most that they can cost."""
    if engine.writer is not None and questions > 1:
        most = engine.writer.most(questions * engine.requests)
        if most is None or most > 0:
            bound = f"at most {dollars(most)}" if most else dollars(most)
            say(f"{questions} questions, each with up to {engine.requests} request(s): {bound}")


def prepare(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> None:
    """With ``--index chroma``, reach the shared store, else bring the child's index up to date, before asking."""
    if options.index != "chroma":
        return
    if engine.config.store is not None:
        try:
            engine.library.reach_store()
        except StoreError as error:
            say(show_line(f"{error.message}; this library's own index answers. {error.hint}"))
        else:
            return
    update_chroma(engine, cancel)


def catch_up(engine: Engine, cancel: Cancel) -> None:
    """After the answer, bring back a Chroma index that is missing or behind, when that takes a few seconds at most."""
    if engine.library.chroma_is_worth_a_moment():
        update_chroma(engine, cancel)


def update_chroma(engine: Engine, cancel: Cancel) -> None:
    """Bring the Chroma index up to the record, with progress."""
    for done, total in engine.library.update_chroma(cancel):
        narrate(Progress("bringing the Chroma index up to date", done, total))
    clear_progress()
