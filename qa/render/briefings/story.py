"""What every form of a briefing shows, in its order: the head; of each story the parts, the sources, the copies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from qa.dates import readable
from qa.render.differences import conflict_words
from qa.render.standing import days_words, revision_words
from qa.types import Article, Briefing, Citation, Claim, Conflict, Copy, Story, Verdict

FORM = 1
"""Form of a briefing as JSON and as Markdown; a file of a later one is refused."""
_COPIES_NAMED = 4
"""Copies of an article that are listed one by one; the others are counted."""
_REASONS = 5
"""Reasons for leaving articles out that are counted one by one."""
_HOURS = 48
"""Age of an article up to which it is told in hours, where its hour is known."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a part: a sentence, or the words that state one side of what sources differ on."""

    claim: Claim | None = None
    side: Citation | None = None
    before: str = ""
    """What stands before it: the day of a development, the value of a side. Not yet safe to show."""

    @property
    def cited(self) -> tuple[Citation, ...]:
        """What stands behind it."""
        return self.claim.citations if self.claim else (self.side,) if self.side else ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a story: its lines under a heading."""

    name: Literal["happened", "new", "why", "differ", "timeline"]
    heading: str
    """Empty for what happened. Not yet safe to show."""
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An article of a story, and what it is to another one that it says the same as."""

    article: Article
    copy: Copy | None = None
    of: Article | None = None
    """The original, where it is a copy of an article that is listed."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a briefing holds."""

    stories: int
    new: int
    updates: int
    seen: int
    articles: int
    copies: int
    sentences: int
    """Of the answers to standing questions, and of the stories that are told: of one with nothing new, none is."""
    supported: int
    dropped: int


def parts(story: Story) -> list[Part]:
    """What a story tells: what happened, what is new, why it matters, what sources differ on, its timeline."""
    since = f" since {story.earlier.day.isoformat()}" if story.earlier else ""
    made = [
        Part("happened", "", tuple(map(Said, story.claims))),
        Part("new", f"New{since}", tuple(map(Said, story.news))),
        Part("why", "Why it matters", tuple(map(Said, story.why))),
        *(_differing(conflict) for conflict in story.conflicts),
        Part("timeline", "Timeline", tuple(Said(one.claim, None, one.day.isoformat()) for one in story.timeline)),
    ]
    return [part for part in made if part.lines]


def _differing(conflict: Conflict) -> Part:
    sides = zip(conflict.values, conflict.sides, strict=True)
    return Part("differ", conflict_words(conflict), tuple(Said(None, side, value) for value, side in sides))


def at_length(briefing: Briefing) -> list[Story]:
    """The stories that are told; of the others there is nothing new."""
    return [story for story in briefing.stories if story.status != "seen"]


def in_a_line(briefing: Briefing) -> list[Story]:
    """The stories of which there is nothing new."""
    return [story for story in briefing.stories if story.status == "seen"]


def sources(story: Story) -> tuple[list[Source], list[tuple[Article, int]]]:
    """The articles of a story, copies behind their originals; and originals with more copies than are listed: how many
    more."""
    articles = {article.id: article for article in story.articles}
    copies = {copy.article_id: copy for copy in story.copies if copy.of in articles}
    listed: list[Source] = []
    more: list[tuple[Article, int]] = []
    for article in story.articles:
        if article.id in copies:
            continue
        own = [articles[i] for i, copy in copies.items() if copy.of == article.id and i in articles]
        listed += [Source(article), *(Source(one, copies[one.id], article) for one in own[:_COPIES_NAMED])]
        if len(own) > _COPIES_NAMED:
            more.append((article, len(own) - _COPIES_NAMED))
    return listed, more


def cited(story: Story) -> list[Citation]:
    """All that a story cites: behind its sentences, its changes and what its sources differ on; each once."""
    found = [citation for claim in story.sentences for citation in claim.citations]
    found += [side for change in story.changes for side in change.sides]
    found += [side for conflict in story.conflicts for side in conflict.sides]
    return list(dict.fromkeys(found))


def numbered(story: Story) -> dict[str, int]:
    """Numbers for the articles of a story, as they are listed, then for those that it cites besides."""
    listed = [source.article.id for source in sources(story)[0]]
    named = dict.fromkeys([*listed, *(one.article_id for one in cited(story))])
    return {name: n for n, name in enumerate(named, 1)}


def copy_words(source: Source) -> str:
    """What a copy is: "later version of “Quake kills 35” (Agency)"; nothing for an original. Not yet safe to show."""
    if source.copy is None or source.of is None:
        return ""
    what = "later version of" if source.copy.later else "reprint of"
    return f"{what} “{source.of.title}” ({source.of.source or 'unknown source'})"


def more_words(original: Article, count: int) -> str:
    """Copies that are counted and not listed. Not yet safe to show."""
    return f"and {count} more {'copy' if count == 1 else 'copies'} of “{original.title}”"


def outlet_words(article: Article) -> str:
    """Outlet and day of an article: "Agency, 2026-02-04". Not yet safe to show."""
    published = readable(article.published.iso if article.published else None)
    return f"{article.source or 'unknown source'}, {published}"


def counts(briefing: Briefing) -> Counts:
    """What a briefing holds."""
    status = [story.status for story in briefing.stories]
    told = [claim for answer in briefing.standing for claim in answer.claims]
    told += [claim for story in at_length(briefing) for claim in story.sentences]
    return Counts(
        stories=len(status),
        new=status.count("new"),
        updates=status.count("update"),
        seen=status.count("seen"),
        articles=sum(len(story.articles) for story in briefing.stories),
        copies=sum(len(story.copies) for story in briefing.stories),
        sentences=len(told),
        supported=sum(claim.verdict is Verdict.SUPPORTED for claim in told),
        dropped=briefing.dropped,
    )


def head(briefing: Briefing) -> list[tuple[str, str]]:
    """What a briefing opens with, as name and words: its days, its newest article, its counts, who wrote it. Not yet
    safe to show."""
    made = briefing.provenance.model
    told = [("days", _days(briefing))]
    told += [("about", f"“{briefing.topic}”, oldest first")] if briefing.topic else []
    told += [("only from", ", ".join(briefing.sources))] if briefing.sources else []
    told += [("newest article", words)] if (words := newest_words(briefing)) else []
    told += [("stories", _stories_words(briefing)), ("sentences", _sentences_words(briefing))]
    told.append(("mode", f"written by {made}" if made else "quoted, no model"))
    told += [("revision", words.removeprefix("revision "))] if (words := revision_words(briefing)) else []
    return told + ([] if briefing.complete else [("not complete", "it was broken off: stories are missing")])


def title(briefing: Briefing) -> str:
    """What a briefing is called. Not yet safe to show."""
    about = f" on “{briefing.topic}”" if briefing.topic else ""
    return f"Briefing{about}, {days_words(briefing.window)}"


def newest(briefing: Briefing) -> Article | None:
    """The newest article that it tells of."""
    dated = [article for story in briefing.stories for article in story.articles if article.published]
    return max(dated, key=lambda one: (one.published and one.published.day, _moment(one) or _NEVER), default=None)


def newest_words(briefing: Briefing) -> str:
    """When the newest article was published, and how old it was: in hours when the briefing was made, where its hour is
    known and near, else in days on the as-of date."""
    article = newest(briefing)
    if article is None or article.published is None:
        return ""
    days = (briefing.as_of - article.published.day).days
    age = f"{days} day{'s' * (days != 1)} old" if days > 0 else "of the same day"
    moment = _moment(article)
    if moment and briefing.made and timedelta(0) <= briefing.made - moment <= timedelta(hours=_HOURS):
        hours = int((briefing.made - moment).total_seconds() // 3600)
        age = f"{hours} hour{'s' * (hours != 1)} old" if hours else "less than an hour old"
    return f"{readable(article.published.iso)}, {age}"


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _moment(article: Article) -> datetime | None:
    """When an article was published, where its hour is known."""
    iso = article.published.iso if article.published else ""
    try:
        moment = datetime.fromisoformat(iso) if "T" in iso else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _days(briefing: Briefing) -> str:
    why = briefing.window.why
    chosen = f" ({why})" if why and not why.startswith("--") else ""
    return f"{days_words(briefing.window)}{chosen}, as of {briefing.as_of.isoformat()}"


def _stories_words(briefing: Briefing) -> str:
    of = counts(briefing)
    some = [f"{of.new} new", f"{of.updates} update{'s' * (of.updates != 1)}", f"{of.seen} with nothing new"]
    told = f" ({', '.join(some)})" if briefing.since else ""
    copies = f", {of.copies} of them {'copy' if of.copies == 1 else 'copies'}" if of.copies else ""
    return f"{of.stories}{told} from {of.articles} article{'s' * (of.articles != 1)}{copies}"


def _sentences_words(briefing: Briefing) -> str:
    of = counts(briefing)
    dropped = f"; {of.dropped} dropped that {'was' if of.dropped == 1 else 'were'} not" if of.dropped else ""
    return f"{of.supported} of {of.sentences} supported by the words they cite{dropped}"


def left_out_words(briefing: Briefing) -> str:
    """How many articles were left out, and for which reasons. Not yet safe to show."""
    reasons = Counter(one.reason for one in briefing.left_out)
    told = "; ".join(f"{count:,} {reason}" for reason, count in reasons.most_common(_REASONS))
    more = "; others for other reasons" if len(reasons) > _REASONS else ""
    count = len(briefing.left_out)
    return f"Left out: {count:,} article{'s' * (count != 1)} ({told}{more})."
