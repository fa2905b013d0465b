"""What ``newsdesk conversations`` does with the journal: list, show, rename, delete, restore, export."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from qa.cli.output import say_fates
from qa.cli.session import put_result
from qa.engine import Engine
from qa.errors import LibraryError, UsageError
from qa.export import write_export
from qa.render import (
    EXPORTS,
    conversation_json,
    conversation_text,
    conversations_text,
    exported,
    exported_json,
    quotes_in,
    show_line,
)
from qa.types import Conversation


def act(engine: Engine, options: argparse.Namespace) -> None:
    """Do what ``options.action`` says. Raises NewsdeskError."""
    _ACTIONS[options.action](engine, options)


def last(engine: Engine) -> int:
    """Number of the conversation that was last added to. Raises UsageError where there is none."""
    if (found := engine.journal.last()) is None:
        raise UsageError("there is no conversation to continue", "Ask without --continue to begin one.")
    return found.id


def questions(engine: Engine) -> list[str]:
    """What was asked in the last conversation; nothing where the journal cannot be read now."""
    try:
        found = engine.journal.last()
        return [turn.answer.question for turn in engine.journal.turns(found.id)] if found else []
    except LibraryError:
        return []


def _list(engine: Engine, options: argparse.Namespace) -> None:
    listed = engine.journal.conversations(deleted=options.deleted)
    put_result(options, {"conversations": [conversation_json(one) for one in listed]}, conversations_text(listed))


def _show(engine: Engine, options: argparse.Namespace) -> None:
    found, turns = engine.journal.conversation(options.id), engine.journal.turns(options.id)
    put_result(options, conversation_json(found, turns), conversation_text(found, turns))
    say_fates(engine.library.fate, [one for turn in turns for one in quotes_in(turn.answer)])


def _rename(engine: Engine, options: argparse.Namespace) -> None:
    title = " ".join(" ".join(options.title).split())
    if not title:
        raise UsageError("the title is empty", "Give the conversation a name.")
    found = engine.journal.rename(options.id, title)
    put_result(options, conversation_json(found), f"conversation {found.id} is now “{show_line(found.title)}”\n")


def _delete(engine: Engine, options: argparse.Namespace) -> None:
    if options.for_good:
        found = engine.journal.erase(options.id)
        put_result(
            options, {**conversation_json(found), "erased": True}, f"conversation {found.id} is erased for good\n"
        )
        return
    found = engine.journal.delete(options.id, engine.clock())
    undo = f"`newsdesk conversations restore {found.id}` brings it back"
    put_result(options, conversation_json(found), f"conversation {found.id} is deleted; {undo}\n")


def _restore(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.restore(options.id)
    put_result(options, conversation_json(found), f"conversation {found.id} is back: {show_line(found.title)}\n")


def _export(engine: Engine, options: argparse.Namespace) -> None:
    found, turns = engine.journal.conversation(options.id), engine.journal.turns(options.id)
    form = "json" if options.json else options.format
    text = exported(form, found, turns)
    if options.output is None:
        put_result(options, exported_json(found, turns), text)
        return
    path = Path(options.output)
    write_export(path, text, overwrite=options.force)
    told = {"id": found.id, "format": form, "file": str(path), "characters": len(text)}
    put_result(options, told, f"conversation {found.id} written to {show_line(str(path))}\n")


def export(engine: Engine, number: int, form: str, path: Path) -> Conversation:
    """Write a conversation to a new file in one of ``EXPORTS``. Raises NewsdeskError."""
    if form not in EXPORTS:
        raise UsageError(f"{form or 'nothing'} is no format of an export", f"Name one of {', '.join(EXPORTS)}.")
    found = engine.journal.conversation(number)
    write_export(path, exported(form, found, engine.journal.turns(number)))
    return found


_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace], None]] = {
    "list": _list,
    "show": _show,
    "rename": _rename,
    "delete": _delete,
    "restore": _restore,
    "export": _export,
}
