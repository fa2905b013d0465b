"""``newsdesk doctor``: what was found, part by part, and what to do about it."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from datetime import UTC, datetime
from typing import Any

from qa.cli.output import clear_progress, narrate, put, put_json
from qa.config import Config, load_config
from qa.doctor import doctor
from qa.errors import ConfigError, ExitCode
from qa.faultlog import log_file
from qa.in_use import settings_files
from qa.render import show_line
from qa.types import Cancel, Check, Examination


def run(options: argparse.Namespace, settings: dict[str, str | None], cancel: Cancel) -> ExitCode:
    """Look at everything, tell it, and say by the exit code whether something is left to do."""
    try:
        config = load_config(**settings)
    except ConfigError as error:
        found = Examination((Check("settings", False, error.message, error.hint), _terminal(), _faults()))
        return _told(options, found, repair=False)
    before = (_settings(config), _terminal(), _faults())
    found = Examination(before)
    for event in doctor(config, repair=options.repair, read_data=options.read_data, cancel=cancel):
        if isinstance(event, Examination):
            found = Examination((*before, *event.checks), event.complete)
        else:
            narrate(event)
    clear_progress()
    return _told(options, found, repair=options.repair)


def _settings(config: Config) -> Check:
    wrong = next((one.wrong for one in settings_files() if one.wrong), None)
    if wrong:
        return Check("settings", False, wrong.message, wrong.hint)
    return Check("settings", True, f"{sum(1 for origin in config.origins.values() if origin != 'default')} set by you")


def _terminal() -> Check:
    """What the app would have: told, and never wrong, because commands need none."""
    size, encoding = shutil.get_terminal_size(), sys.stdout.encoding or "ascii"
    kind = os.environ.get("TERM") or "none"
    if not sys.stdout.isatty():
        return Check("terminal", True, f"not a terminal (TERM {kind}, {encoding}): commands work, the app does not")
    colour = ", no colour (NO_COLOR)" if os.environ.get("NO_COLOR") else ""
    plain = "; the app needs another TERM" if kind == "dumb" else ""
    return Check("terminal", True, f"{kind}, {size.columns} by {size.lines}, {encoding}{colour}{plain}")


def _faults() -> Check:
    """Where faults of Newsdesk itself are written down: told, and never wrong, because they are over."""
    path = log_file()
    if not path.is_file():
        return Check("faults", True, f"none was written down in {path.parent}")
    last = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    return Check("faults", True, f"the last one on {last}; {path} says where in the code, and quotes nothing of yours")


def _told(options: argparse.Namespace, found: Examination, *, repair: bool) -> ExitCode:
    if options.json:
        put_json(_json(found))
    else:
        put("".join(_line(check) for check in found.checks) + _summary(found, repair))
    if not found.complete:
        return ExitCode.INTERRUPTED
    if found.needs_you:
        return ExitCode.NEEDS_YOU
    return ExitCode.REPAIRED if found.repaired else ExitCode.OK


def _line(check: Check) -> str:
    mark = "!! " if not check.fine else "new" if check.repaired else "ok "
    remedy = f"     {show_line(check.remedy)}\n" if check.remedy and not check.fine else ""
    return f"{mark} {check.name}: {show_line(check.says)}\n{remedy}"


def _summary(found: Examination, repair: bool) -> str:
    wrong = [check.name for check in found.checks if not check.fine]
    if not wrong:
        return "repaired: everything is fine now\n" if found.repaired else ""
    return f"not fine: {', '.join(wrong)}\n"


def _json(found: Examination) -> dict[str, Any]:
    checks = [
        {"name": one.name, "fine": one.fine, "repaired": one.repaired, "says": one.says, "remedy": one.remedy}
        for one in found.checks
    ]
    return {"fine": not found.needs_you, "repaired": found.repaired, "complete": found.complete, "checks": checks}
