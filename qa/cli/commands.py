"""One function a command: it opens the engine, iterates the verb's events, and prints the result."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from qa.cli import articles, briefings, conversations, fixtures, writing
from qa.cli.output import clear_progress, fail, narrate, put, put_json, put_utf8, say
from qa.cli.parser import SHOWN
from qa.config import Config, load_config
from qa.engine import Engine, open_engine
from qa.errors import ExitCode, InputError, NewsdeskError, StoreError, UsageError
from qa.in_use import settings_files
from qa.render import (
    answer_json,
    answer_text,
    checked_json,
    checked_text,
    cost_words,
    dollars,
    error_json,
    grouping_json,
    grouping_text,
    quotes_csv,
    quotes_json,
    quotes_text,
    recheck_json,
    recheck_text,
    rechecked_text,
    report_json,
    report_text,
    retrieved_json,
    retrieved_text,
    show_line,
    sync_json,
    sync_text,
    timetable_json,
    timetable_text,
    turn_json,
)
from qa.types import (
    Answer,
    Cancel,
    Checked,
    CheckReport,
    Grouping,
    IngestReport,
    Notice,
    Progress,
    Query,
    QuotesReport,
    Rechecked,
    Retrieved,
    Status,
    SyncReport,
    Turn,
    Usage,
)

_Result = TypeVar("_Result")
_LONGEST_NUMBER = 9
"""Digits of the number of a conversation."""


def run(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Run the command of ``options``. Raises NewsdeskError."""
    if options.command is None:
        raise UsageError("no command was given", "See `newsdesk --help`.")
    return _COMMANDS[options.command](options, cancel)


def _engine(options: argparse.Namespace, *, create: bool = False) -> Engine:
    engine = open_engine(load_config(**_settings(options)), create=create)
    if copy := engine.library.catalogue.backup:
        say(f"the library was brought up to this version; its record as it was lies in {show_line(str(copy))}")
    if engine.config.stray_key:
        say("a key is in the environment but no model is configured: answers are quotations (see `newsdesk config`)")
    return engine


def _settings(options: argparse.Namespace) -> dict[str, str | None]:
    """The settings given on the command line."""
    names = ("library", "model", "base_url", "rerank", "store", "max_cost", "record", "replay", "judge")
    return {name: getattr(options, name, None) for name in names}


def _last(events: Iterable[Any], kind: type[_Result]) -> _Result:
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


def _ended(complete: bool, code: ExitCode = ExitCode.OK) -> ExitCode:
    return code if complete else ExitCode.INTERRUPTED


# ingest, brief, verify, eval


def _ingest(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.ingest import ingest

    given = [_given(one, options.format) for one in options.paths]
    with _engine(options, create=True) as engine:
        events = ingest(
            engine,
            given,
            prune=options.prune,
            yes=options.yes,
            again=options.again,
            dry_run=options.dry_run,
            words_only=options.words_only,
            cancel=cancel,
        )
        report = _last(events, IngestReport)
    return _told(options, report)


def _given(argument: str, named: str | None) -> Any:
    """An argument of ``ingest``: an address of the web, standard input (``-``), or a path."""
    from qa.ingest import MOST_INPUT, of_input

    if argument[:8].lower().startswith(("http://", "https://")):
        return argument
    if argument != "-":
        return Path(argument)
    data = sys.stdin.buffer.read(MOST_INPUT + 1)
    if len(data) > MOST_INPUT:
        raise InputError(f"standard input holds more than {MOST_INPUT:,} bytes", "Save it as a file and ingest that.")
    if not data:
        raise InputError("standard input is empty", "Pipe an article into it: newsdesk ingest - --format md < FILE")
    return of_input(data, named or "")


def _told(options: argparse.Namespace, report: IngestReport) -> ExitCode:
    """Print what was read, and how it ended: badly where nothing could be, or with --strict something could not."""
    _put(options, report_json(report), report_text(report))
    read = report.new + report.changed + report.unchanged + report.copies + report.restored + report.kept_out
    if report.failed and (options.strict or not read):
        return ExitCode.INPUT
    if report.would_prune and not options.dry_run:
        return ExitCode.USAGE
    return _ended(report.complete)


def _sources(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import sources

    with _engine(options, create=True) as engine:
        report = sources.act(engine, options, lambda value, text: _put(options, value, text), _last, cancel)
    return ExitCode.OK if report is None else _told(options, report)


def _brief(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.brief import brief
    from qa.period import parse_length
    from qa.types import Briefing

    form = writing.expect(options)
    with _engine(options) as engine:
        if engine.config.replay or engine.config.record:
            _say_where_articles_go(engine, options)
        if briefings.act(engine, options, lambda value, text: _put(options, value, text)):
            return ExitCode.OK
        events = brief(
            engine,
            day=options.date,
            first=options.first,
            last=options.last,
            as_of=options.as_of,
            sources=options.source,
            week=options.week,
            since_last=options.since_last,
            length=parse_length(options.length) if options.length is not None else None,
            topic=writing.topic_of(options),
            index=options.index,
            standing=not options.no_standing,
            cancel=cancel,
        )
        briefing = _last(events, Briefing)
        if briefing.number:
            revision = f", revision {briefing.revision}" if briefing.revision > 1 else ""
            say(f"kept as briefing {briefing.number}{revision}")
        _say_cost(engine, briefing.usage)
    writing.put(options, briefing, form, lambda value, text: _put(options, value, text))
    return _ended(briefing.complete)


def _stories(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.grouping import grouping

    with _engine(options) as engine:
        events = grouping(
            engine,
            first=options.first,
            last=options.last,
            as_of=options.as_of,
            sources=options.source,
            undated=options.undated,
            online=options.online,
            cancel=cancel,
        )
        found = _last(events, Grouping)
    _put(options, grouping_json(found), grouping_text(found))
    return _ended(found.complete)


def _schedule(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli.schedule import timetable

    with _engine(options) as engine:
        table = timetable(engine, options)
    _put(options, timetable_json(table), timetable_text(table))
    return ExitCode.OK


def _verify(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.check import check

    code, complete = ExitCode.OK, True
    for event in check(Path(options.file), cancel=cancel):
        if isinstance(event, Checked):
            _put(options, checked_json(event), checked_text(event))
        elif isinstance(event, CheckReport):
            complete = event.complete
        else:
            fail(event, as_json=options.json)
            code = event.exit_code
    return _ended(complete, code)


def _eval(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import evaluating, sets
    from qa.evaluation import Run
    from qa.fixtures import Suite, load_fixtures
    from qa.measure import measure

    gate = evaluating.expect(options)

    def evaluated(engine: Engine, suite: Suite) -> Run:
        _say_where_articles_go(engine, options)
        run = _last(
            measure(
                engine,
                suite,
                resume=options.resume,
                keep=not options.no_journal,
                at_once=options.at_once,
                k=options.k,
                index=options.index,
                retrieval_only=options.retrieval_only,
                founded=options.set is None,
                cancel=cancel,
            ),
            Run,
        )
        _say_cost(engine, Usage(run.costs.prompt_tokens, run.costs.completion_tokens, run.costs.dollars))
        return run

    if options.set is not None:
        with sets.opened_set(options, _settings(options), _last, cancel) as (engine, stocked):
            if not stocked.complete:
                return ExitCode.INTERRUPTED
            code = evaluating.act(engine, options, gate, stocked.suite, evaluated)
        return _ended(not cancel.cancelled, code)
    suite = load_fixtures(Path(options.file), drafts=options.drafts) if options.file is not None else None
    with _engine(options) as engine:
        code = evaluating.act(engine, options, gate, suite, evaluated)
    return _ended(not cancel.cancelled, code)


def _fixtures(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    if options.action == "example":
        return fixtures.example(options)
    if options.action == "check" and not (options.founded or options.library):
        return fixtures.check(options, None)
    if options.action == "check":
        with _engine(options) as engine:
            return fixtures.check(options, engine)
    return _draft(options, cancel)


def _draft(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.drafting import draft
    from qa.fixtures.drafts import Drafts

    first, last = fixtures.window(options)
    fixtures.expect(options)
    with _engine(options) as engine:
        _say_where_articles_go(engine, options)
        events = draft(engine, number=options.number, first=first, last=last, sources=options.source, cancel=cancel)
        made = _last(events, Drafts)
        _say_cost(engine, made.usage)
    return _ended(made.complete, fixtures.put_drafts(options, made))


# search and ask


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question of the command line or of a file of questions."""

    id: Any
    question: str
    as_of: str | None
    wrong: NewsdeskError | None = None
    """What is wrong with its line, if anything."""


_QUESTION_FORM = 'Each line is {"id": …, "question": "…", "as_of": "2026-02-05"?}.'


def _search(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
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
        return _last(events, Retrieved)

    if options.words_only and options.rerank == "llm":
        raise UsageError("--words-only and --rerank llm were both given", "Words alone ask no model: give one.")
    if options.questions:
        return _each(options, cancel, lambda engine, query: retrieved_json(found(engine, query)))
    with _engine(options) as engine:
        _say_where_articles_go(engine, options)
        _prepare(engine, options, cancel)
        result = found(engine, _query(engine, options, _typed(options)))
        _put(options, retrieved_json(result), retrieved_text(result))
        if not options.words_only:
            _catch_up(engine, cancel)
    return ExitCode.OK


def _ask(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.ask import ask
    from qa.converse import converse

    statuses: list[Status] = []
    spent: list[Usage] = []

    def answered(engine: Engine, query: Query) -> Answer:
        answer = _last(ask(engine, query, k=options.k, index=options.index, cancel=cancel), Answer)
        statuses.append(answer.status)
        spent.append(answer.usage)
        return answer

    def code(complete: bool) -> ExitCode:
        unanswered = options.strict and any(status is Status.INSUFFICIENT for status in statuses)
        return _ended(complete, ExitCode.STRICT if unanswered else ExitCode.OK)

    _with_words_of_continue(options)
    if options.questions:
        if options.continued is not None:
            raise UsageError("--questions and --continue were both given", "Questions of a file are asked each alone.")
        ended = _each(options, cancel, lambda engine, query: answer_json(answered(engine, query)), spent)
        return code(True) if ended is ExitCode.OK else ended
    with _engine(options) as engine:
        _say_where_articles_go(engine, options)
        _prepare(engine, options, cancel)
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
        turn = _last(events, Turn)
        statuses.append(turn.answer.status)
        _put(options, turn_json(turn), answer_text(turn.answer))
        if turn.conversation:
            say(f"kept as question {turn.n} of conversation {turn.conversation}")
        _say_cost(engine, turn.answer.usage)
        _catch_up(engine, cancel)
    return code(not cancel.cancelled)


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


def _chat(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import linear
    from qa.cli.chat import Chat

    if not options.linear:
        raise UsageError(
            "--continue and --max-cost of chat go with --linear", "In the app, F6 lists the conversations."
        )
    if options.json:
        raise UsageError("chat prints no JSON", "`newsdesk ask --json` does, and --questions asks many.")
    _with_words_of_continue(options)
    with _engine(options) as engine:
        _say_where_articles_go(engine, options)
        count = engine.library.stats().articles
        say(f"{count:,} article{'s' * (count != 1)}; model: {_model_line(engine)}")
        chat = Chat(engine, options.as_of)
        if (number := _continued(engine, options)) is not None:
            chat.resume(number)
        return linear.run(chat, conversations.questions(engine))


def _conversations(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    with _engine(options) as engine:
        conversations.act(engine, options, lambda value, text: _put(options, value, text))
    return ExitCode.OK


def _standing(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import standing

    with _engine(options) as engine:
        standing.act(engine, options, lambda value, text: _put(options, value, text))
    return ExitCode.OK


def _recheck(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.recheck import recheck

    found: list[Rechecked] = []
    with _engine(options) as engine:
        for event in recheck(engine, Path(options.file), cancel=cancel):
            if isinstance(event, Rechecked):
                found.append(event)
                if event.changes and not options.json:
                    put(rechecked_text(event))
            else:
                report = event
    _put(options, recheck_json(report, found), recheck_text(report))
    return _ended(report.complete, ExitCode.CHANGED if report.changed or report.edited else ExitCode.OK)


def _quotes(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.quotes import quotes

    if options.csv and options.json:
        raise UsageError("--csv and --json were both given", "Give one of them.")
    some = None if options.csv or options.json else SHOWN
    with _engine(options) as engine:
        events = quotes(
            engine,
            by=options.by,
            about=options.about,
            first=options.first,
            last=options.last,
            as_of=options.as_of,
            sources=options.source,
            articles=options.article,
            k=some if options.k is None else options.k,
            everything=options.all,
            cancel=cancel,
        )
        report = _last(events, QuotesReport)
    if options.csv:
        put_utf8(quotes_csv(report))
    else:
        _put(options, quotes_json(report), quotes_text(report))
    return _ended(report.complete)


def _say_where_articles_go(engine: Engine, options: argparse.Namespace) -> None:
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


def _say_cost(engine: Engine, usage: Usage) -> None:
    """After a run that asked a model, what it took and how much of the day's budget is gone."""
    if words := cost_words(usage):
        if engine.config.replay:
            say(f"{words}, as recorded; nothing was spent now")
            return
        daily = engine.budget.daily
        today = "" if daily is None else f"; ${engine.budget.spent_today:.4f} of today's ${daily:g} are spent"
        say(f"{words}{today}")


def _say_what_it_may_cost(engine: Engine, questions: int) -> None:
    """Before many questions, the most that they can cost."""
    if engine.writer is not None and questions > 1:
        most = engine.writer.most(questions * engine.requests)
        if most is None or most > 0:
            bound = f"at most {dollars(most)}" if most else dollars(most)
            say(f"{questions} questions, each with up to {engine.requests} request(s): {bound}")


def _put(options: argparse.Namespace, value: dict[str, Any] | list[Any], text: str) -> None:
    if options.json:
        put_json(value)
    else:
        put(text)


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
    with _engine(options) as engine:
        _say_where_articles_go(engine, options)
        _prepare(engine, options, cancel)
        if options.command == "ask":
            _say_what_it_may_cost(engine, len(questions))
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
        _say_cost(engine, sum(spent, Usage()))
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


def _prepare(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> None:
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
    _update_chroma(engine, cancel)


def _catch_up(engine: Engine, cancel: Cancel) -> None:
    """After the answer, bring back a Chroma index that is missing or behind, when that takes a few seconds at most."""
    if engine.library.chroma_is_worth_a_moment():
        _update_chroma(engine, cancel)


def _update_chroma(engine: Engine, cancel: Cancel) -> None:
    for done, total in engine.library.update_chroma(cancel):
        narrate(Progress("bringing the Chroma index up to date", done, total))
    clear_progress()


# library, doctor, config


def _library(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    if options.action in ("export", "import"):
        return _move(options)
    with _engine(options, create=options.action == "sync") as engine:
        code = _ACTIONS[options.action](engine, options, cancel)
        if options.action == "forget":
            _catch_up(engine, cancel)
        return code


def _move(options: argparse.Namespace) -> ExitCode:
    """Export or import a library as one file; its indexes are made from its record where they are needed next."""
    from qa.moving import export_library, import_library

    library, named = load_config(**_settings(options)).library, Path(options.file)
    if options.action == "export":
        with _engine(options) as engine:  # brought up to this version, and known to open
            moved = export_library(library, named, engine.clock())
    else:
        moved = import_library(named, library)
        with _engine(options) as engine:
            engine.library.update_words()
    done = "exported to" if options.action == "export" else "imported to"
    what = f"{moved.articles} article(s) and {moved.conversations} conversation(s)"
    told = {"path": str(moved.path), "articles": moved.articles, "conversations": moved.conversations}
    _put(options, told | {"bytes": moved.size}, f"{what} {done} {show_line(str(moved.path))} ({moved.size:,} bytes)\n")
    return ExitCode.OK


def _sync(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    report = _last(engine.library.sync(cancel), SyncReport)
    engine.library.update_words()
    _put(options, sync_json(report), sync_text(report))
    _catch_up(engine, cancel)
    return _ended(report.complete)


def _rebuild(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    for done, total in engine.library.rebuild(cancel):
        narrate(Progress("rebuilding", done, total))
    clear_progress()
    stats = engine.library.stats()
    told = {"passages": stats.passages, "waiting": stats.waiting, "chroma": engine.library.chroma_is_current()}
    state = "whole" if told["chroma"] else "not complete: another program may be using it; exact search answers"
    _put(options, told, f"{stats.passages} passages indexed anew; the Chroma index is {state}\n")
    return _ended(not cancel.cancelled, ExitCode.OK if told["chroma"] else ExitCode.LIBRARY)


def _doctor(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import doctor

    return doctor.run(options, _settings(options), cancel)


def _model_line(engine: Engine) -> str:
    if engine.writer is None:
        leaves = any(not recipient.is_local for recipient in engine.config.recipients)
        where = "" if leaves else " and nothing leaves this machine"
        return f"none configured; answers are quotations{where}"
    return f"{show_line(engine.config.model or '')} at {show_line(engine.config.host)}"


def _config(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    config = load_config(**_settings(options))
    values = {
        "library": str(config.library),
        "model": config.model,
        "base_url": config.base_url,
        "api_key_file": str(config.api_key_file) if config.api_key_file else None,
        "api_key": "set (not shown)" if config.api_key else None,
        "timezone": config.timezone,
        "rerank": config.rerank,
        "verify": config.verify,
        "repair": str(config.repair).lower(),
        "failed": config.failed,
        "daily_budget": None if config.daily_budget is None else f"{config.daily_budget:g}",
        "context_tokens": str(config.context_tokens),
        "reply_tokens": str(config.reply_tokens),
        "stories_at_once": str(config.stories_at_once),
        "cases_at_once": str(config.cases_at_once),
        "embedder": config.embedder,
        "embedder_url": config.embedder_url,
        "store": config.store,
        "store_token_file": str(config.store_token_file) if config.store_token_file else None,
        "store_token": "set (not shown)" if config.store_token else None,
        "store_tenant": config.store_tenant,
        "store_database": config.store_database,
        "journal": str(config.journal).lower(),
        "briefing_topics": ", ".join(config.briefing_topics) or None,
        "briefing_sources": ", ".join(config.briefing_sources) or None,
        "briefing_length": str(config.briefing_length),
    }
    values["keys"] = ", ".join(f"{name} = {key}" for name, key in config.keys.items()) or None
    told = {name: {"value": value, "from": config.origins.get(name, "default")} for name, value in values.items()}
    lines = (
        f"{name:>16}  {show_line(value or '–')}  ({show_line(told[name]['from'] or '')})\n"
        for name, value in values.items()
    )
    told["libraries"] = {name: str(folder) for name, folder in config.libraries}
    named = "".join(
        f"{'[libraries]':>16}  {name}: {show_line(str(folder))}{' (this one)' * (name == config.name)}\n"
        for name, folder in config.libraries
    )
    files = {one.name: one for one in settings_files()}
    told |= {name: {"value": str(one.path), "from": "yours" if one.own else "default"} for name, one in files.items()}
    listed = "".join(f"{one.name:>16}  {show_line(str(one.path))}  ({one.says})\n" for one in files.values())
    _put(options, told, "".join(lines) + named + listed + _where_articles_go(config))
    wrong = next((one.wrong for one in files.values() if one.wrong), None)
    if wrong:
        raise wrong
    return ExitCode.OK


def _where_articles_go(config: Config) -> str:
    """What leaves this machine with these settings, a line for each place."""
    sent = {
        "embedder": ("all your articles", "when you ingest, and each of your questions"),
        "model": ("passages of your articles", "when it writes"),
        "store": ("all your articles", "when you ingest or sync"),
    }
    lines = []
    for one in config.recipients:
        if not one.is_local:
            (what, when), how = sent[one.role], "encrypted" if one.is_encrypted else "not encrypted"
            lines.append(f"{what} are sent to {one.host} ({how}) {when}")
    return "".join(f"{show_line(line)}\n" for line in lines or ["nothing leaves this machine"])


_COMMANDS: dict[str, Callable[[argparse.Namespace, Cancel], ExitCode]] = {
    "ingest": _ingest,
    "search": _search,
    "ask": _ask,
    "brief": _brief,
    "stories": _stories,
    "schedule": _schedule,
    "verify": _verify,
    "chat": _chat,
    "conversations": _conversations,
    "sources": _sources,
    "standing": _standing,
    "recheck": _recheck,
    "quotes": _quotes,
    "eval": _eval,
    "fixtures": _fixtures,
    "library": _library,
    "doctor": _doctor,
    "config": _config,
}
_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace, Cancel], ExitCode]] = {
    **articles.ACTIONS,
    "rebuild": _rebuild,
    "sync": _sync,
}
