"""``newsdesk search``, ``ask`` and ``chat``: one question, those of a file, or one after another."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.cli import conversations
from qa.cli.output import put_json, say
from qa.cli.session import (
    catch_up,
    ended,
    engine_of,
    prepare,
    put_result,
    result_of,
    say_cost,
    say_what_it_may_cost,
    say_where_articles_go,
)
from qa.engine import Engine
from qa.errors import ExitCode, InputError, NewsdeskError, UsageError
from qa.render import answer_json, answer_text, error_json, retrieved_json, retrieved_text, show_line, turn_json
from qa.types import Answer, Cancel, Query, Retrieved, Status, Turn, Usage

_LONGEST_NUMBER = 9
"""Digits of the number of a conversation."""
_QUESTION_FORM = 'Each line is {"id": …, "question": "…", "as_of": "2026-02-05"?}.'


def search(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Print passages for a question, or for those of a file. Raises NewsdeskError."""
    from qa.search import search

    def found(engine: Engine, query: Query) -> Retrieved:
        events = search(
            engine,
            query,
            k=options.k,
            by=options.by,
            index=options.index,
            words_only=options.words_only,
            cancel=cancel,
        )
        return result_of(events, Retrieved)

    if options.words_only and options.rerank == "llm":
        raise UsageError("--words-only and --rerank llm were both given", "Words alone ask no model: give one.")
    if options.questions:
        return _each(options, cancel, lambda engine, query: retrieved_json(found(engine, query)))
    with engine_of(options) as engine:
        say_where_articles_go(engine, options)
        prepare(engine, options, cancel)
        result = found(engine, _query(engine, options, _typed(options)))
        put_result(options, retrieved_json(result), retrieved_text(result))
        if not options.words_only:
            catch_up(engine, cancel)
    return ExitCode.OK


def ask(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Print the answer to a question, or to those of a file. Raises NewsdeskError."""
    from qa.ask import ask
    from qa.converse import converse

    statuses: list[Status] = []
    spent: list[Usage] = []

    def answered(engine: Engine, query: Query) -> Answer:
        answer = result_of(ask(engine, query, k=options.k, index=options.index, cancel=cancel), Answer)
        statuses.append(answer.status)
        spent.append(answer.usage)
        return answer

    def code(complete: bool) -> ExitCode:
        unanswered = options.strict and any(status is Status.INSUFFICIENT for status in statuses)
        return ended(complete, ExitCode.STRICT if unanswered else ExitCode.OK)

    _with_words_of_continue(options)
    if options.questions:
        if options.continued is not None:
            raise UsageError("--questions and --continue were both given", "Questions of a file are asked each alone.")
        code_of_all = _each(options, cancel, lambda engine, query: answer_json(answered(engine, query)), spent)
        return code(True) if code_of_all is ExitCode.OK else code_of_all
    with engine_of(options) as engine:
        say_where_articles_go(engine, options)
        prepare(engine, options, cancel)
        events = converse(
            engine,
            _typed(options).question,
            conversation=_continued(engine, options),
            complete=not options.no_followup,
            first=options.first,
            last=options.last,
            as_of=options.as_of,
            sources=options.source,
            articles=options.article,
            all_days=options.all_days,
            k=options.k,
            index=options.index,
            cancel=cancel,
        )
        turn = result_of(events, Turn)
        statuses.append(turn.answer.status)
        put_result(options, turn_json(turn), answer_text(turn.answer))
        if turn.conversation:
            say(f"kept as question {turn.n} of conversation {turn.conversation}")
        say_cost(engine, turn.answer.usage)
        catch_up(engine, cancel)
    return code(not cancel.cancelled)


def chat(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Talk line by line, without the app's screens. Raises NewsdeskError."""
    from qa.cli import linear
    from qa.cli.chat import Chat

    if not options.linear:
        raise UsageError(
            "--continue and --max-cost of chat go with --linear", "In the app, F6 lists the conversations."
        )
    if options.json:
        raise UsageError("chat prints no JSON", "`newsdesk ask --json` does, and --questions asks many.")
    _with_words_of_continue(options)
    with engine_of(options) as engine:
        say_where_articles_go(engine, options)
        count = engine.library.stats().articles
        say(f"{count:,} article{'s' * (count != 1)}; model: {_model_line(engine)}")
        chat = Chat(engine, options.as_of)
        if (number := _continued(engine, options)) is not None:
            chat.resume(number)
        return linear.run(chat, conversations.questions(engine))


def _model_line(engine: Engine) -> str:
    if engine.writer is None:
        leaves = any(not recipient.is_local for recipient in engine.config.recipients)
        where = "" if leaves else " and nothing leaves this machine"
        return f"none configured; answers are quotations{where}"
    return f"{show_line(engine.config.model or '')} at {show_line(engine.config.host)}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question of the command line or of a file of questions."""

    id: Any
    question: str
    as_of: str | None
    wrong: NewsdeskError | None = None
    """What is wrong with its line, if anything."""


def _typed(options: argparse.Namespace) -> _Asked:
    return _Asked(None, " ".join(options.question), options.as_of)


def _query(engine: Engine, options: argparse.Namespace, asked: _Asked) -> Query:
    from qa.retrieve import resolve

    return resolve(
        engine,
        asked.question,
        first=options.first,
        last=options.last,
        as_of=asked.as_of or options.as_of,
        sources=options.source,
        articles=options.article,
        all_days=options.all_days,
    )


def _each(
    options: argparse.Namespace,
    cancel: Cancel,
    answer: Callable[[Engine, Query], dict[str, Any]],
    spent: Sequence[Usage] = (),
) -> ExitCode:
    """One JSON line for each question of ``--questions``, its id first; a question that fails has an error there."""
    if options.question:
        raise UsageError("a question and --questions were both given", "Give one of them.")
    questions = list(_questions(Path(options.questions)))
    failures: list[NewsdeskError] = []
    with engine_of(options) as engine:
        say_where_articles_go(engine, options)
        prepare(engine, options, cancel)
        if options.command == "ask":
            say_what_it_may_cost(engine, len(questions))
        for asked in questions:
            if cancel.cancelled:
                return ExitCode.INTERRUPTED
            try:
                if asked.wrong:
                    raise asked.wrong
                told = answer(engine, _query(engine, options, asked))
            except NewsdeskError as error:
                told = error_json(error)
                failures.append(error)
            put_json({"id": asked.id, **told})
        say_cost(engine, sum(spent, Usage()))
    return failures[0].exit_code if len(failures) == len(questions) else ExitCode.OK


def _questions(path: Path) -> Iterator[_Asked]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}", "Name a UTF-8 file.") from None
    if not any(line.strip() for line in lines):
        raise InputError(f"{path}: holds no questions", _QUESTION_FORM)
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _question_of(path, number, line)


def _question_of(path: Path, number: int, line: str) -> _Asked:
    """The question of a line; one that is wrong keeps its place, and its id where it has one."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _Asked(number, "", None, InputError(f"{path}:{number}: not JSON ({error})", _QUESTION_FORM))
    known = fields if isinstance(fields, dict) else {}
    name, as_of = known.get("id", number), known.get("as_of")
    if not isinstance(known.get("question"), str):
        return _Asked(name, "", None, InputError(f"{path}:{number}: no question", _QUESTION_FORM))
    if as_of is not None and not isinstance(as_of, str):
        return _Asked(name, "", None, InputError(f"{path}:{number}: as_of is not a text", _QUESTION_FORM))
    return _Asked(name, known["question"], as_of)


def _continued(engine: Engine, options: argparse.Namespace) -> int | None:
    """The conversation to go on with: the one named, or with a bare ``--continue`` the last one."""
    if options.continued is None:
        return None
    if len(options.continued) > _LONGEST_NUMBER:
        raise UsageError(f"{options.continued[:20]}… is no conversation", "`newsdesk conversations list` shows them.")
    if options.continued:
        return int(options.continued)
    return conversations.last(engine)


def _with_words_of_continue(options: argparse.Namespace) -> None:
    """What follows ``--continue`` and is no number is the first word of the question."""
    if options.continued and not (options.continued.isascii() and options.continued.isdigit()):
        options.question, options.continued = [options.continued, *options.question], ""
