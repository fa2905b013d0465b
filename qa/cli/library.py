"""``newsdesk library``: what is done to a library as a whole."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from qa.cli import articles
from qa.cli.output import clear_progress, narrate
from qa.cli.session import catch_up, ended, engine_of, put_result, result_of, settings_of
from qa.config import load_config
from qa.engine import Engine
from qa.errors import ExitCode
from qa.render import show_line, sync_json, sync_text
from qa.types import Cancel, Progress, SyncReport


def library(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Do what ``options.action`` says. Raises NewsdeskError."""
    if options.action in ("export", "import"):
        return _move(options, cancel)
    with engine_of(options, create=options.action == "sync") as engine:
        code = _ACTIONS[options.action](engine, options, cancel)
        if options.action == "forget":
            catch_up(engine, cancel)
        return code


def _move(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Export or import a library as one file; its indexes are made from its record where they are needed next."""
    from qa.moving import export_library, import_library

    library, named = load_config(**settings_of(options)).library, Path(options.file)
    if options.action == "export":
        with engine_of(options) as engine:  # brought up to this version, and known to open
            moved = export_library(library, named, engine.clock())
    else:
        moved = import_library(named, library)
        with engine_of(options) as engine:
            engine.library.update_words()
            catch_up(engine, cancel)
    done = "exported to" if options.action == "export" else "imported to"
    what = f"{moved.articles} article(s) and {moved.conversations} conversation(s)"
    told = {"path": str(moved.path), "articles": moved.articles, "conversations": moved.conversations}
    said = f"{what} {done} {show_line(str(moved.path))} ({moved.size:,} bytes)\n"
    put_result(options, told | {"bytes": moved.size}, said)
    return ExitCode.OK


def _sync(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    report = result_of(engine.library.sync(cancel), SyncReport)
    engine.library.update_words()
    put_result(options, sync_json(report), sync_text(report))
    catch_up(engine, cancel)
    return ended(report.complete)


def _rebuild(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    for done, total in engine.library.rebuild(cancel):
        narrate(Progress("rebuilding", done, total))
    clear_progress()
    stats = engine.library.stats()
    told = {"passages": stats.passages, "waiting": stats.waiting, "chroma": engine.library.chroma_is_current()}
    state = "whole" if told["chroma"] else "not complete: another program may be using it; exact search answers"
    put_result(options, told, f"{stats.passages} passages indexed anew; the Chroma index is {state}\n")
    return ended(not cancel.cancelled, ExitCode.OK if told["chroma"] else ExitCode.LIBRARY)


_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace, Cancel], ExitCode]] = {
    **articles.ACTIONS,
    "rebuild": _rebuild,
    "sync": _sync,
}
