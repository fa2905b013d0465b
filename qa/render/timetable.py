"""A command that is to run at a time of day, as a line of a crontab and as a systemd service with its timer.

Quoting follows crontab(5) (an unescaped % ends the command), the shell's rules (POSIX 2.2), systemd.exec(5),
systemd.service(5) ("Command lines") and systemd.time(7).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from qa.clean import show, show_line

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNIT = "newsdesk-brief"
_PLAIN = re.compile(r"[\w@+=:,./-]+", re.ASCII)
_PROGRAM = re.compile(r"[\w@+=:,./ %-]+")
"""A path that systemd takes for a program; others it is given as a word of another one."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """What is to run, when, and with which environment."""

    command: tuple[str, ...]
    """Words of the command; the first is an absolute path."""
    environment: Mapping[str, str]
    at: time
    on: int | None
    """The day of the week, from 0 for Monday; every day where there is none."""
    timezone: str | None
    """The zone that ``at`` is of, where it is not the machine's."""
    remarks: tuple[str, ...] = ()
    """What a reader should know, a line each. Not yet safe to show."""

    @property
    def when(self) -> str:
        """The time in words: "07:00 every day", "07:00 on Monday, Europe/Istanbul"."""
        days = "every day" if self.on is None else f"on {WEEKDAYS[self.on].capitalize()}"
        zone = f", {self.timezone}" if self.timezone else ""
        return f"{self.at:%H:%M} {days}{zone}"


def crontab(table: Timetable) -> str:
    """Lines for ``crontab -e``."""
    assigned = [f"{name}={shlex.quote(value)}" for name, value in table.environment.items()]
    words = " ".join([*assigned, *map(shlex.quote, table.command)]).replace("%", "\\%")
    day = "*" if table.on is None else str((table.on + 1) % 7)
    zone = f"CRON_TZ={table.timezone}\n" if table.timezone else ""
    return f"{zone}{table.at.minute} {table.at.hour} * * {day} {words}\n"


def service(table: Timetable) -> str:
    """The systemd service that runs the command once."""
    settings = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in table.environment.items())
    program, *words = table.command if _PROGRAM.fullmatch(table.command[0]) else ("/usr/bin/env", *table.command)
    line = " ".join([_quoted(program), *(_quoted(word).replace("$", "$$") for word in words)])
    return f"[Unit]\nDescription=Newsdesk briefing\n\n[Service]\nType=oneshot\n{settings}ExecStart={line}\n"


def timer(table: Timetable) -> str:
    """The systemd timer that starts the service; missed while the machine was off, it is made up for."""
    day = "" if table.on is None else f"{WEEKDAYS[table.on][:3].capitalize()} "
    zone = f" {table.timezone}" if table.timezone else ""
    return (
        f"[Unit]\nDescription=Newsdesk briefing, {table.when}\n\n[Timer]\n"
        f"OnCalendar={day}*-*-* {table.at:%H:%M}:00{zone}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )


def _quoted(word: str) -> str:
    """A word of a unit file, where %, quotation marks and white space mean themselves."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return plain if _PLAIN.fullmatch(word) else f'"{plain}"'


def timetable_text(table: Timetable) -> str:
    """Both ways to run a command at its time, with how to install them as comments: the reader does that."""
    lines = [f"# A briefing at {table.when}. Nothing has been installed: take one of the two ways.", *_remarks(table)]
    lines += ["", "# 1. cron: `crontab -e`, and add at the end", *_about_zone(table), crontab(table)]
    folder = "~/.config/systemd/user"
    lines += [
        "# 2. systemd: save the two parts as the files named above them, then",
        "#    systemctl --user daemon-reload",
    ]
    lines += [f"#    systemctl --user enable --now {UNIT}.timer"]
    lines += ["#    loginctl enable-linger    (so that it runs while you are not logged in)", ""]
    lines += [f"# {folder}/{UNIT}.service", service(table), f"# {folder}/{UNIT}.timer", timer(table)]
    return show("\n".join(lines))


def timetable_json(table: Timetable) -> dict[str, object]:
    """The same as JSON."""
    return {
        "command": list(table.command),
        "environment": dict(table.environment),
        "at": f"{table.at:%H:%M}",
        "on": None if table.on is None else WEEKDAYS[table.on],
        "timezone": table.timezone,
        "crontab": crontab(table),
        "service": service(table),
        "timer": timer(table),
        "remarks": list(table.remarks),
    }


def _remarks(table: Timetable) -> Sequence[str]:
    return [f"# {show_line(remark)}" for remark in table.remarks]


def _about_zone(table: Timetable) -> list[str]:
    if not table.timezone:
        return []
    return [
        "#    (CRON_TZ is read by cronie, and holds for all lines below it; a cron without it, as Debian's, takes the",
        "#    machine's time zone: write the hour of that there)",
    ]
