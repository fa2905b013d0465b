"""What a briefing says of the one before, in words: which stories are new, what an update adds, what is over."""

from __future__ import annotations

from collections.abc import Sequence

from qa.clean import show_line
from qa.types import Briefing, Change, Edition, Story, Window

STANDINGS = {"new": "★ new", "update": "▲ update", "seen": "▽ seen"}
"""A shape and a word for each status of a story."""
_FIRST = {"number": "now", "date": "now dated", "actor": "now named", "place": "now also at", "status": "now"}
"""What is said of a value that was not told before, by its kind."""
_REPORTED = {"number": "number", "date": "day", "actor": "actor", "place": "place", "status": "status:"}
_NAMED, _LONGEST = 3, 60
"""Titles that are named where there are many, and their characters."""


def standing_words(story: Story, to: str = " → ") -> str:
    """What is to be known of a story's status: "update: 1 new article since 2026-02-03; deaths 35 → 53". Not yet safe
    to show."""
    return "; ".join([standing_alone(story), *changes(story, to)])


def standing_alone(story: Story) -> str:
    """A story's status without what changed. Not yet safe to show."""
    if story.earlier is None:
        return story.status
    day = story.earlier.day.isoformat()
    if story.status == "seen":
        return f"seen: nothing new since {day}"
    dates = [one.published for one in story.articles if one.id in story.added]
    newer = all(published and published.day > story.earlier.day for published in dates)
    count = len(story.added)
    added = f"{_count(count, 'new article')} since {day}" if newer else f"{_count(count, 'article')} not told on {day}"
    return f"{story.status}: {added}"


def changes(story: Story, to: str = " → ") -> list[str]:
    """What changed in a story: "deaths 35 → 53", "now named: Fidan". Not yet safe to show."""
    return [_changed_words(change, to) for change in story.changes]


def _changed_words(change: Change, to: str) -> str:
    if change.before is None:
        return f"{_FIRST[change.kind]}{f' ({change.about})' if change.about else ''}: {change.after}"
    return f"{change.about or _REPORTED[change.kind]} {change.before}{to}{change.after}"


def changed(briefing: Briefing, to: str = " → ") -> tuple[str, tuple[str, ...]]:
    """What changed since the briefing before: a heading, and a line for what is new, for each update, for what is seen
    and for what was told then and is not told again. Not yet safe to show."""
    if briefing.since is None:
        return "No briefing of earlier days is kept: nothing is compared", ()
    of = {status: [story for story in briefing.stories if story.status == status] for status in STANDINGS}
    lines = [
        _listed("new", [story.title for story in of["new"]]),
        *(f"update: {story.title}, {standing_words(story, to).partition(': ')[2]}" for story in of["update"]),
        _listed("nothing new", [story.title for story in of["seen"]]),
        _listed("not told again", [one.title for one in briefing.since.over]),
    ]
    return f"Since the briefing of {briefing.since.day.isoformat()}", tuple(filter(None, lines))


def changed_counts(briefing: Briefing) -> str:
    """How many stories are new, updates, seen, and not told again."""
    assert briefing.since is not None  # the caller looked
    of = [story.status for story in briefing.stories]
    told = [f"{of.count('new')} new", f"{_count(of.count('update'), 'update')}", f"{of.count('seen')} seen"]
    return ", ".join([*told, f"{len(briefing.since.over)} not told again"])


def _listed(what: str, titles: Sequence[str]) -> str:
    """How many there are, and the first of their titles."""
    if not titles:
        return ""
    more = f"; and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    return f"{len(titles)} {what}: {'; '.join(shortened(title) for title in titles[:_NAMED])}{more}"


def shortened(title: str) -> str:
    """A title, cut between words where it is long."""
    return title if len(title) <= _LONGEST else title[:_LONGEST].rpartition(" ")[0].rstrip(",;:.–-") + "…"


def revision_words(briefing: Briefing) -> str:
    """Which revision it is and what that adds; nothing for the first."""
    if briefing.revision == 1:
        return ""
    adds = f"adds {_count(len(briefing.added), 'article')}" if briefing.added else "no article more"
    return f"revision {briefing.revision}, {adds}"


def days_words(window: Window) -> str:
    """The days of a window: one, two with "to" between them, those since or up to one, or all."""
    if window.start and window.end and window.start != window.end:
        return f"{window.start.isoformat()} to {window.end.isoformat()}"
    if window.start is None:
        return f"all days up to {window.end.isoformat()}" if window.end else "all days"
    return window.start.isoformat() if window.end else f"since {window.start.isoformat()}"


def edition_days(edition: Edition) -> str:
    """The days of a kept briefing."""
    first = edition.first.isoformat() if edition.first else "the beginning"
    last = edition.last.isoformat()
    return last if first == last else f"{first} to {last}"


def edition_words(edition: Edition) -> str:
    """What a kept briefing holds: "5 stories (1 update, 1 seen), 12 articles"."""
    told = [f"{edition.updates} update{'s' * (edition.updates != 1)}"] if edition.updates else []
    told += [f"{edition.seen} seen"] if edition.seen else []
    stories = f"{edition.stories} stor{'y' if edition.stories == 1 else 'ies'}"
    stories += f" ({', '.join(told)})" if told else ""
    parts = [stories, _count(edition.articles, "article")]
    parts += [f"revision {edition.revision}"] if edition.revision > 1 else []
    parts += [f"on “{edition.topic}”"] if edition.topic else []
    parts += [f"only {', '.join(edition.sources)}"] if edition.sources else []
    return ", ".join(parts + ([] if edition.complete else ["broken off"]))


def editions_text(listed: Sequence[Edition]) -> str:
    """Kept briefings for a terminal, one a line."""
    lines = [
        f"{one.number:>4}  {edition_days(one)}  {show_line(edition_words(one))}  made "
        f"{one.made.isoformat(sep=' ', timespec='minutes')[:16]} UTC"
        for one in listed
    ]
    return "\n".join([*lines, _count(len(listed), "briefing")]) + "\n"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' * (n != 1)}"
