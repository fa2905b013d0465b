"""What ``newsdesk sources`` does with what the reader follows: add, list, remove, refresh."""

from __future__ import annotations

import argparse

from qa.cli.session import put_result, result_of
from qa.engine import Engine
from qa.following import add, refresh
from qa.render import added_json, added_text, followed_json, followed_text, show_line
from qa.types import Added, Cancel, IngestReport


def act(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> IngestReport | None:
    """Do what ``options.action`` says; the report of what was read, where something was. Raises NewsdeskError."""
    followed = engine.journal.followed
    if options.action == "add":
        added: Added = result_of(add(engine, options.what, options.name or "", cancel=cancel), Added)
        put_result(options, added_json(added), added_text(added))
    elif options.action == "list":
        listed = [(one, engine.library.articles_at(one.place)) for one in followed.sources()]
        put_result(options, {"sources": [followed_json(one, count) for one, count in listed]}, followed_text(listed))
    elif options.action == "remove":
        found = followed.remove(options.number, engine.clock())
        told = f"{show_line(found.place)} is not followed any more; its articles stay\n"
        put_result(options, followed_json(found, engine.library.articles_at(found.place)), told)
    else:
        report: IngestReport = result_of(
            refresh(engine, options.numbers, words_only=options.words_only, cancel=cancel), IngestReport
        )
        return report
    return None
