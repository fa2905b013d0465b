"""What Ask says before the first question."""

from __future__ import annotations

from tui.desk import Desk
from tui.screens.desk_screen import EMPTY

_WELCOME = (
    "Ask something that your articles report, such as who said what, where, or when.\n\n"
    "Every sentence of the answer leads to the words it rests on:\n"
    "↑ ↓ move along the sentences, Enter opens the article at the quote, Esc comes back.\n\n"
    "In the box: Enter asks, Ctrl+J begins a new line, ↑ brings back earlier questions, Ctrl+R finds one."
)

_STRAY_KEY = (
    "\n\nA key for a model lies in the environment. It is not used, because no model is configured\n"
    "for Newsdesk; NEWSDESK_MODEL or --model would name one."
)


def welcome(desk: Desk) -> str:
    """What can be asked and by which keys, or how the library gets its first articles."""
    words = EMPTY if desk.shelf and not desk.shelf.articles else _WELCOME
    return words + (_STRAY_KEY if desk.config.stray_key else "")
