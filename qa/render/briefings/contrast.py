"""What a briefing has that another one has not, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qa.clean import show_line
from qa.render.briefings.data import since_json, story_json
from qa.render.standing import changes, days_words, standing_alone
from qa.render.text import attribution, wrapped
from qa.types import Briefing, Story


def contrast_text(before: Briefing, after: Briefing, found: Briefing) -> str:
    """What is new, what changed with both sentences, what is told in both, and what is gone."""
    of = {status: [story for story in found.stories if story.status == status] for status in ("new", "update", "seen")}
    gone = [one.title for one in found.since.over] if found.since else []
    lines = wrapped(f"{_called(after)}, against {_called(before)}")
    lines += _titles("New", [story.title for story in of["new"]])
    lines += ["", f"Changed: {len(of['update'])}"] if of["update"] else []
    for story in of["update"]:
        lines += _changed(story)
    lines += _titles("Told in both", [story.title for story in of["seen"]])
    lines += _titles("Not told again", gone)
    if not (of["new"] or of["update"] or gone):
        lines += ["", "Nothing differs in what they tell."]
    return "\n".join(lines) + "\n"


def contrast_json(before: Briefing, after: Briefing, found: Briefing) -> dict[str, Any]:
    """The same as JSON: each story of the second one with its status against the first."""
    named = {"before": before, "after": after}
    told = {name: {"number": one.number, "revision": one.revision, "last": one.last.isoformat()}
            for name, one in named.items()}  # fmt: skip
    since = since_json(found.since) if found.since else None
    return {**told, "stories": [story_json(story) for story in found.stories], "since": since}


def _called(briefing: Briefing) -> str:
    about = f" on “{briefing.topic}”" if briefing.topic else ""
    return show_line(
        f"briefing {briefing.number}{about} of {days_words(briefing.window)}, revision {briefing.revision}"
    )


def _titles(what: str, titles: Sequence[str]) -> list[str]:
    if not titles:
        return []
    return ["", f"{what}: {len(titles)}", *(line for one in titles for line in wrapped(show_line(one), "  – ", "    "))]


def _changed(story: Story) -> list[str]:
    lines = wrapped(f"{show_line(story.title)} ({show_line(standing_alone(story))})", "  ▲ ", "    ")
    for change, words in zip(story.changes, changes(story), strict=True):
        lines += wrapped(show_line(words), "    ", "      ")
        for side in change.sides:
            lines += wrapped(f"“{show_line(side.quote)}” — {attribution(side)}", "      ", "        ")
    return lines
