"""``newsdesk chat --linear``: question after question in plain lines, for a screen reader or a script.

Nothing is drawn, moved, blinked or coloured. stdout has what was asked for, a line a sentence; stderr the narration, in
whole lines. A line that begins with ``/`` or ``:`` is a command, every other one a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from qa.cli import conversations
from qa.cli.output import fail, interruptible, put, say, say_fates
from qa.engine import Engine
from qa.errors import ExitCode, NewsdeskError, UsageError
from qa.period import Period, parse_period
from qa.render import (
    Linear,
    answer_linear,
    briefing_linear,
    conversations_linear,
    cost_words,
    hits_linear,
    opened_linear,
    show_line,
    turn_linear,
    why_linear,
)
from qa.types import Cancel, Notice, Query, Retrieved, Turn, Usage

_COMMAND = re.compile(r"[/:]\s*([A-Za-z-]*)\s*(.*)", re.S)
_NUMBER = re.compile(r"[0-9]{1,9}")
_KEPT = 3
"""Turns that a follow-up can lean on."""
_HELP = {
    "help": ("", "say what there is"),
    "open": ("N", "the words behind number N in their passage, marked >>> so <<<"),
    "why": ("N", "why sentence N has its verdict"),
    "as-typed": ("", "ask the last question again, as it was typed"),
    "all-days": ("", "ask the last question again, without a window of days"),
    "window": ("[DAYS]", "only articles of these days: a day, DAY to DAY, last week; without DAYS, all days"),
    "as-of": ("[DAY]", "use nothing published after DAY; without DAY, up to today"),
    "sources": ("[NAME, NAME]", "only these sources; all: no choice; without NAME, list them"),
    "brief": ("[DAYS]", "the briefing of a day or a window; without DAYS, of the newest day"),
    "search": ("WORDS", "passages, without an answer"),
    "new": ("", "begin a new conversation"),
    "conversations": ("", "list the conversations"),
    "resume": ("ID", "go on with a conversation"),
    "export": ("md|html|json FILE", "write the conversation to a new file"),
    "quit": ("", "leave (so does Ctrl+D; Ctrl+C cancels what runs)"),
}
_Result = TypeVar("_Result")


class Chat:
    """What the reader has asked, seen and chosen so far. ``line`` takes a line and prints what it leads to."""

    def __init__(self, engine: Engine, as_of: str | None = None) -> None:
        """A chat over the library of ``engine``, seen from ``as_of`` (a day as typed) or from today."""
        self._engine = engine
        self._as_of = as_of
        self._period = Period()
        self._sources: tuple[str, ...] = ()
        self._conversation: int | None = None
        self._turns: tuple[Turn, ...] = ()
        self._asked = ""
        self._said = Linear(())
        self._rescoped = False
        """Whether the reader set the scope since the last question."""
        self.over = False
        """Whether the reader has asked to leave."""

    def line(self, typed: str) -> ExitCode:
        """Answer a question or do a command; what is wrong is said, and the chat goes on."""
        typed = typed.strip()
        if not typed:
            return ExitCode.OK
        try:
            if command := _COMMAND.fullmatch(typed):
                return self._command(*command.groups())
            return self._ask(typed)
        except NewsdeskError as error:
            fail(error, as_json=False)
            return error.exit_code

    def resume(self, number: int) -> ExitCode:
        """Go on with a conversation: its last answer is said again."""
        found, turns = self._engine.journal.conversation(number), self._engine.journal.turns(number)
        self._conversation, self._turns = found.id, turns[-_KEPT:]
        self._asked = turns[-1].answer.question if turns else ""
        query = turns[-1].answer.query if turns else None
        if self._as_of is None and query and query.as_of_given:
            self._as_of = query.as_of.isoformat()
        say(f"conversation {found.id}, {len(turns)} question{'s' * (len(turns) != 1)}: {show_line(found.title)}")
        self._tell(*(turn_linear(turn) for turn in turns[-1:]))
        say_fates(self._engine.library.fate, self._said.places)
        return ExitCode.OK

    # asking

    def _ask(self, question: str, *, complete: bool = True, all_days: bool = False) -> ExitCode:
        from qa.converse import converse

        self._asked = question
        turn = self._run(
            lambda cancel: converse(
                self._engine,
                question,
                conversation=self._conversation,
                before=self._turns,
                complete=complete,
                take_along=not self._rescoped,
                first=None if all_days else self._period.first or self._period.day,
                last=None if all_days else self._period.last or self._period.day,
                as_of=self._as_of,
                sources=self._sources,
                all_days=all_days,
                cancel=cancel,
            ),
            Turn,
        )
        self._rescoped = False
        self._conversation = turn.conversation or self._conversation
        self._turns = (*self._turns, replace(turn, answer=replace(turn.answer, hits=())))[-_KEPT:]
        self._tell(answer_linear(turn.answer))
        self._say_cost(turn.answer.usage)
        return ExitCode.OK if turn.answer.complete else ExitCode.INTERRUPTED

    def _run(self, verb: Callable[[Cancel], Iterable[Any]], kind: type[_Result]) -> _Result:
        """The result of a verb; meanwhile its notices are said, and Ctrl+C cancels it."""
        cancel, result = Cancel(), None
        with interruptible(cancel):
            for event in verb(cancel):
                if isinstance(event, Notice):
                    say(show_line(event.text))
                elif isinstance(event, kind):
                    result = event
                elif isinstance(event, Retrieved) and self._engine.writer:
                    say(f"{len(event.hits)} passages found, writing…")
        assert result is not None  # a verb ends with its result
        return result

    def _tell(self, *told: Linear) -> None:
        """Print, and remember what can be opened and asked about."""
        for self._said in told:
            put(self._said.text)

    def _say_cost(self, usage: Usage) -> None:
        if words := cost_words(usage):
            say(words)

    # commands

    def _command(self, name: str, words: str) -> ExitCode:
        known = {one for one in _HELP if one == name} or {one for one in _HELP if name and one.startswith(name)}
        if len(known) != 1:
            meant = f"/{name} could be {' or '.join(f'/{one}' for one in sorted(known))}"
            raise UsageError(meant if known else f"there is no command /{name}", "/help lists the commands.")
        (name,) = known
        act: Callable[[str], ExitCode | None] = getattr(self, f"_do_{name.replace('-', '_')}")
        if words and not _HELP[name][0]:
            raise UsageError(f"/{name} takes nothing after it", "Type it alone, or put a question on its own line.")
        return act(words) or ExitCode.OK

    def _do_help(self, words: str) -> None:
        lines = [f"/{name}{f' {takes}' if takes else ''}: {what}" for name, (takes, what) in _HELP.items()]
        put("".join(f"{line}\n" for line in ["Type a question, or one of these commands:", *lines]))

    def _do_quit(self, words: str) -> None:
        self.over = True

    def _do_new(self, words: str) -> None:
        self._conversation, self._turns, self._asked, self._said = None, (), "", Linear(())
        say("a new conversation")

    def _do_all_days(self, words: str) -> ExitCode:
        return self._again(all_days=True)

    def _do_as_typed(self, words: str) -> ExitCode:
        return self._again(complete=False)

    def _again(self, **how: bool) -> ExitCode:
        if not self._asked:
            raise UsageError("nothing was asked yet", "Type a question first.")
        put(f"Question: {show_line(self._asked)}\n")
        return self._ask(self._asked, **how)

    def _do_window(self, words: str) -> None:
        query = self._scoped(period=parse_period(words, self._scoped().as_of))
        first, last = (day.isoformat() if day else "" for day in (query.window.start, query.window.end))
        say(f"from now on: articles of {first} to {last}" if first else "from now on: all days")

    def _do_as_of(self, words: str) -> None:
        say(f"as of {self._scoped(as_of=words or None).as_of.isoformat()}")

    def _do_sources(self, words: str) -> None:
        if not words:
            names = self._engine.library.catalogue.source_names()
            put("".join(f"{show_line(name)}\n" for name in names))
            say(f"{len(names)} source{'s' * (len(names) != 1)}; {self._chosen()}")
            return
        chosen = () if words.casefold() == "all" else tuple(one.strip() for one in words.split(",") if one.strip())
        self._scoped(sources=chosen)
        say(self._chosen())

    def _chosen(self) -> str:
        return f"only {show_line(', '.join(self._sources))}" if self._sources else "all are in use"

    def _scoped(
        self, *, period: Period | None = None, as_of: str | None = "", sources: tuple[str, ...] | None = None
    ) -> Query:
        """Choose a window, a day or sources, unless they are wrong (UsageError); a query in the scope as it is then."""
        from qa.retrieve import resolve

        given = period is not None or as_of != "" or sources is not None
        period = self._period if period is None else period
        as_of = self._as_of if as_of == "" else as_of
        sources = self._sources if sources is None else sources
        first, last = period.first or period.day, period.last or period.day
        query = resolve(self._engine, "news", first=first, last=last, as_of=as_of, sources=sources)
        self._rescoped = self._rescoped or given
        self._period, self._as_of, self._sources = period, as_of and query.as_of.isoformat(), sources
        return query

    def _do_brief(self, words: str) -> ExitCode:
        from qa.brief import brief
        from qa.types import Briefing

        query = self._scoped()
        period = parse_period(words, query.as_of) if words else self._period
        briefing = self._run(
            lambda cancel: brief(
                self._engine,
                day=period.day,
                first=period.first,
                last=period.last,
                as_of=self._as_of,
                sources=self._sources,
                cancel=cancel,
            ),
            Briefing,
        )
        self._tell(briefing_linear(briefing))
        self._say_cost(briefing.usage)
        return ExitCode.OK if briefing.complete else ExitCode.INTERRUPTED

    def _do_search(self, words: str) -> None:
        from qa.retrieve import resolve
        from qa.search import search

        first, last = self._period.first or self._period.day, self._period.last or self._period.day
        query = resolve(self._engine, words, first=first, last=last, as_of=self._as_of, sources=self._sources)
        self._tell(hits_linear(self._run(lambda cancel: search(self._engine, query, cancel=cancel), Retrieved)))

    def _do_open(self, words: str) -> None:
        number = _number(words, "/open", "a number in square brackets")
        cited = [one for one in dict.fromkeys(self._said.places) if one.n == number]
        if not cited:
            raise UsageError(f"nothing has the number {number}", _numbers(one.n for one in self._said.places))
        for (article_id, version), places in groupby(cited, lambda one: (one.article_id, one.version)):
            cited_here = list(places)
            article = self._engine.library.article(article_id, version)
            say_fates(self._engine.library.fate, cited_here)
            put(opened_linear(number, cited_here, article).text)

    def _do_why(self, words: str) -> None:
        number = _number(words, "/why", "the number of a sentence")
        if not 1 <= number <= len(self._said.claims):
            raise UsageError(f"there is no sentence {number}", _numbers(range(1, len(self._said.claims) + 1)))
        put(why_linear(number, self._said.claims[number - 1]).text)

    def _do_conversations(self, words: str) -> None:
        put(conversations_linear(self._engine.journal.conversations(), self._conversation).text)

    def _do_resume(self, words: str) -> ExitCode:
        return self.resume(_number(words, "/resume", "the number of a conversation"))

    def _do_export(self, words: str) -> None:
        form, _, file = words.partition(" ")
        if not file.strip():
            raise UsageError("/export needs a format and a file", "Such as: /export md talks.md")
        if self._conversation is None:
            raise UsageError("there is no conversation to export yet", "Ask something first, or /resume one.")
        path = Path(file.strip())
        found = conversations.export(self._engine, self._conversation, form, path)
        say(f"conversation {found.id} written to {show_line(str(path))}")


def _number(words: str, command: str, what: str) -> int:
    bare = words.strip("[] ")
    if not _NUMBER.fullmatch(bare):
        raise UsageError(f"{command} needs {what}", f"Such as: {command} 1")
    return int(bare)


def _numbers(known: Iterable[int]) -> str:
    there: Sequence[int] = sorted(set(known))
    return f"There are {there[0]} to {there[-1]}." if there else "Ask something first."
