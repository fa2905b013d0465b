"""One function a command: it opens the engine, iterates the verb's events, and prints the result."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from qa.cli import asking, briefings, conversations, fixtures, library, reading, settings, writing
from qa.cli.output import fail, put, put_utf8, say
from qa.cli.parser import SHOWN
from qa.cli.session import ended, engine_of, put_result, result_of, say_cost, say_where_articles_go, settings_of
from qa.engine import Engine
from qa.errors import ExitCode, UsageError
from qa.render import (
    checked_json,
    checked_text,
    grouping_json,
    grouping_text,
    quotes_csv,
    quotes_json,
    quotes_text,
    recheck_json,
    recheck_text,
    rechecked_text,
    timetable_json,
    timetable_text,
)
from qa.types import Cancel, Checked, CheckReport, Grouping, QuotesReport, Rechecked, Usage


def run(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Run the command of ``options``. Raises NewsdeskError."""
    if options.command is None:
        raise UsageError("no command was given", "See `newsdesk --help`.")
    return _COMMANDS[options.command](options, cancel)


def _brief(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.brief import brief
    from qa.period import parse_length
    from qa.types import Briefing

    form = writing.expect(options)
    with engine_of(options) as engine:
        if engine.config.replay or engine.config.record:
            say_where_articles_go(engine, options)
        if briefings.act(engine, options):
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
        briefing = result_of(events, Briefing)
        if briefing.number:
            revision = f", revision {briefing.revision}" if briefing.revision > 1 else ""
            say(f"kept as briefing {briefing.number}{revision}")
        say_cost(engine, briefing.usage)
    writing.put(options, briefing, form)
    return ended(briefing.complete)


def _stories(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.grouping import grouping

    with engine_of(options) as engine:
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
        found = result_of(events, Grouping)
    put_result(options, grouping_json(found), grouping_text(found))
    return ended(found.complete)


def _schedule(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli.schedule import timetable

    with engine_of(options) as engine:
        table = timetable(engine, options)
    put_result(options, timetable_json(table), timetable_text(table))
    return ExitCode.OK


def _verify(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.check import check

    code, complete = ExitCode.OK, True
    for event in check(Path(options.file), cancel=cancel):
        if isinstance(event, Checked):
            put_result(options, checked_json(event), checked_text(event))
        elif isinstance(event, CheckReport):
            complete = event.complete
        else:
            fail(event, as_json=options.json)
            code = event.exit_code
    return ended(complete, code)


def _eval(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import evaluating, sets
    from qa.evaluation import Run
    from qa.fixtures import Suite, load_fixtures
    from qa.measure import measure

    gate = evaluating.expect(options)

    def evaluated(engine: Engine, suite: Suite) -> Run:
        say_where_articles_go(engine, options)
        run = result_of(
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
        say_cost(engine, Usage(run.costs.prompt_tokens, run.costs.completion_tokens, run.costs.dollars))
        return run

    if options.set is not None:
        with sets.opened_set(options, cancel) as (engine, stocked):
            if not stocked.complete:
                return ExitCode.INTERRUPTED
            code = evaluating.act(engine, options, gate, stocked.suite, evaluated)
        return ended(not cancel.cancelled, code)
    suite = load_fixtures(Path(options.file), drafts=options.drafts) if options.file is not None else None
    with engine_of(options) as engine:
        code = evaluating.act(engine, options, gate, suite, evaluated)
    return ended(not cancel.cancelled, code)


def _fixtures(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    if options.action == "example":
        return fixtures.example(options)
    if options.action == "check" and not (options.founded or options.library):
        return fixtures.check(options, None)
    if options.action == "check":
        with engine_of(options) as engine:
            return fixtures.check(options, engine)
    return _draft(options, cancel)


def _draft(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.drafting import draft
    from qa.fixtures.drafts import Drafts

    first, last = fixtures.window(options)
    fixtures.expect(options)
    with engine_of(options) as engine:
        say_where_articles_go(engine, options)
        events = draft(engine, number=options.number, first=first, last=last, sources=options.source, cancel=cancel)
        made = result_of(events, Drafts)
        say_cost(engine, made.usage)
    return ended(made.complete, fixtures.put_drafts(options, made))


def _conversations(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    with engine_of(options) as engine:
        conversations.act(engine, options)
    return ExitCode.OK


def _standing(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import standing

    with engine_of(options) as engine:
        standing.act(engine, options)
    return ExitCode.OK


def _recheck(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.recheck import recheck

    found: list[Rechecked] = []
    with engine_of(options) as engine:
        for event in recheck(engine, Path(options.file), cancel=cancel):
            if isinstance(event, Rechecked):
                found.append(event)
                if event.changes and not options.json:
                    put(rechecked_text(event))
            else:
                report = event
    put_result(options, recheck_json(report, found), recheck_text(report))
    return ended(report.complete, ExitCode.CHANGED if report.changed or report.edited else ExitCode.OK)


def _quotes(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.quotes import quotes

    if options.csv and options.json:
        raise UsageError("--csv and --json were both given", "Give one of them.")
    some = None if options.csv or options.json else SHOWN
    with engine_of(options) as engine:
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
        report = result_of(events, QuotesReport)
    if options.csv:
        put_utf8(quotes_csv(report))
    else:
        put_result(options, quotes_json(report), quotes_text(report))
    return ended(report.complete)


def _doctor(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    from qa.cli import doctor

    return doctor.run(options, settings_of(options), cancel)


_COMMANDS: dict[str, Callable[[argparse.Namespace, Cancel], ExitCode]] = {
    "ingest": reading.ingest,
    "search": asking.search,
    "ask": asking.ask,
    "brief": _brief,
    "stories": _stories,
    "schedule": _schedule,
    "verify": _verify,
    "chat": asking.chat,
    "conversations": _conversations,
    "sources": reading.sources,
    "standing": _standing,
    "recheck": _recheck,
    "quotes": _quotes,
    "eval": _eval,
    "fixtures": _fixtures,
    "library": library.library,
    "doctor": _doctor,
    "config": settings.config,
}
