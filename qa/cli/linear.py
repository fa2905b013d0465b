"""The lines that ``newsdesk chat --linear`` is given: typed at a terminal, or from a pipe or a file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from qa.cli.chat import Chat
from qa.cli.output import ended_by_interrupt, put, say
from qa.errors import ExitCode
from qa.render import show_line

PROMPT = "> "


def run(chat: Chat, history: Sequence[str] = ()) -> ExitCode:
    """Give the chat line after line. The exit code is that of the last one; at a terminal, of how it was left."""
    with ended_by_interrupt():
        return _from_terminal(chat, history) if sys.stdin.isatty() else _from_pipe(chat)


def _from_terminal(chat: Chat, history: Sequence[str]) -> ExitCode:
    _edited(history)
    say("Type a question, or /help. Ctrl+D leaves.")
    interrupted = False
    while not chat.over:
        try:
            typed = _typed()
        except EOFError:
            say("")
            break
        except KeyboardInterrupt:
            if interrupted:
                return ExitCode.INTERRUPTED
            interrupted = True
            say("\nCtrl+C again leaves, and so does Ctrl+D.")
            continue
        interrupted = False
        chat.line(typed)
    return ExitCode.OK


def _from_pipe(chat: Chat) -> ExitCode:
    code = ExitCode.OK
    while not chat.over and (given := sys.stdin.buffer.readline()):
        line = given.decode("utf-8", "replace").removeprefix("\ufeff")
        if line.strip() and not line.lstrip().startswith(("/", ":")):
            put(f"Question: {show_line(line.strip())}\n")
        code = chat.line(line)
    return code


def _typed() -> str:
    """A line typed at the terminal. The prompt never gets into a file that stdout goes to."""
    if sys.stdout.isatty():
        return input(PROMPT)
    sys.stderr.write(PROMPT)
    sys.stderr.flush()
    return input()


def _edited(history: Sequence[str]) -> None:
    """Editing and history where the platform has them; nothing but the line is written to the terminal."""
    with suppress(ImportError):
        import readline

        readline.parse_and_bind("set enable-bracketed-paste off")
        readline.set_auto_history(True)
        for question in history:
            readline.add_history(show_line(question))
