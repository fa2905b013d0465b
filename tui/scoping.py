"""The scope in words: the parts of the scope line, the longer forms first."""

from __future__ import annotations

from collections.abc import Iterator

from qa.types import Window
from tui import wording
from tui.desk import Desk
from tui.scope import Scope
from tui.widgets.scope_line import Part

_LEAVES = "bold $text-warning"
_STAYS = "$text-success"


def parts(desk: Desk, scope: Scope, window: Window | None, *, in_words: Window | None) -> list[Part]:
    """What is in scope and what leaves this machine; what leaves it comes first. ``window`` is that of the last
    question; ``in_words`` is it where words of that question set it."""
    leaving = wording.leaving(desk.in_force, desk.decided)
    told = [Part("mode", (said,), _LEAVES, leaves=True) for said, safe in leaving if not safe]
    told += [Part("library", (desk.name,), "bold"), *_held(desk, scope, window, in_words)]
    return [*told, *(Part("mode", (said, _short(said)), _STAYS) for said, safe in leaving if safe)]


def _held(desk: Desk, scope: Scope, window: Window | None, in_words: Window | None) -> Iterator[Part]:
    shelf = desk.shelf
    if shelf is None:
        yield Part("library", ("opening…",))
        return
    count = f"{shelf.articles:,} article{'s' * (shelf.articles != 1)}"
    yield Part("library", (wording.shelf(shelf), count if shelf.articles else "no articles"))
    days = wording.window(window or scope.period.window)
    marked = "$text-accent" if in_words else "" if days == "all days" else "bold"
    yield Part("window", (f"window: {days}", days), marked)
    seen = f"as of {shelf.as_of}"
    yield Part("as_of", (seen if shelf.as_of_given else f"{seen} (today)", seen), "bold" if shelf.as_of_given else "")
    if scope.sources:
        few = f"{len(scope.sources):,} source{'s' * (len(scope.sources) != 1)}"
        yield Part("sources", (f"only {', '.join(scope.sources)}", few), "bold")
    else:
        yield Part("sources", ("all sources",))
    if scope.articles:
        yield Part("story", (f"story: {scope.about}", f"story: {scope.about[:20]}", "one story"), "bold")


def _short(said: str) -> str:
    return "extractive, nothing sent" if said == wording.QUOTED else said
