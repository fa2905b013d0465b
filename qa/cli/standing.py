"""What ``newsdesk standing`` does with the questions that every briefing answers: add, list, remove, restore."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from qa.cli.session import put_result
from qa.engine import Engine
from qa.render import question_json, questions_text, show_line
from qa.standing import add


def act(engine: Engine, options: argparse.Namespace) -> None:
    """Do what ``options.action`` says. Raises NewsdeskError."""
    _ACTIONS[options.action](engine, options)


def _add(engine: Engine, options: argparse.Namespace) -> None:
    made = add(engine, " ".join(options.question))
    put_result(options, question_json(made), f"standing question {made.number}: {show_line(made.question)}\n")


def _list(engine: Engine, options: argparse.Namespace) -> None:
    listed = engine.journal.standing.questions(removed=options.removed)
    put_result(options, {"questions": [question_json(one) for one in listed]}, questions_text(listed))


def _remove(engine: Engine, options: argparse.Namespace) -> None:
    if options.for_good:
        found = engine.journal.standing.erase(options.number)
        put_result(
            options, {**question_json(found), "erased": True}, f"standing question {found.number} is erased for good\n"
        )
        return
    found = engine.journal.standing.remove(options.number, engine.clock())
    undo = f"`newsdesk standing restore {found.number}` brings it back"
    put_result(options, question_json(found), f"standing question {found.number} is removed; {undo}\n")


def _restore(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.standing.restore(options.number)
    put_result(
        options, question_json(found), f"standing question {found.number} is back: {show_line(found.question)}\n"
    )


_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace], None]] = {
    "add": _add,
    "list": _list,
    "remove": _remove,
    "restore": _restore,
}
