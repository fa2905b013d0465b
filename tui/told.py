"""A briefing put into the items of a list: what there is and what changed, the reader's questions, then each story in
full, and at the end those without news, in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.render import (
    HEADING,
    SHAPES,
    STANDINGS,
    changed_counts,
    changes,
    conflict_words,
    news_words,
    revision_words,
    shortened,
    standing_words,
)
from qa.types import Article, Briefing, Citation, Copy, Standing, Story, Verdict
from tui import wording
from tui.widgets.sentence_list import Heading, Item, Labelled, Side

_COLOURS = {"new": "$text-success", "update": "$text-warning", "seen": "$text-muted"}
"""Of the status of a story; its shape and word stand beside it."""
_NOTES = 4
"""Notes on how a briefing was made that stand at its head."""


@dataclass(frozen=True, slots=True)
class Told:
    """The items of a briefing, and for each the place of the story that it is part of."""

    items: tuple[Item, ...] = ()
    stories: tuple[int | None, ...] = ()

    def story_at(self, index: int | None) -> int | None:
        """The place of the story that an item is part of."""
        return None if index is None or index >= len(self.stories) else self.stories[index]


def told(briefing: Briefing, unasked: Sequence[str] = ()) -> Told:
    """The items of a briefing; ``unasked`` are questions that are kept since it was made."""
    items: list[tuple[Item, int | None]] = [(item, None) for item in _opening(briefing)]
    items += ((item, None) for item in _questions(briefing.standing, unasked))
    compared = briefing.since is not None
    quiet = [n for n, story in enumerate(briefing.stories) if compared and story.status == "seen"]
    for n, story in enumerate(briefing.stories):
        if n not in quiet:
            items += ((item, n) for item in _story(story, compared=compared))
    if not briefing.stories:
        items.append((Heading("No article of these days.", "Type another day or a window above."), None))
    if quiet:
        items.append((Heading(f"Told before, with nothing new ({len(quiet)})"), None))
        items += ((_in_a_line(briefing.stories[n]), n) for n in quiet)
    if briefing.since is not None and briefing.since.over:
        heading = f"Told on {briefing.since.day.isoformat()} and not again"
        items.append((Heading(heading, notes=tuple(one.title for one in briefing.since.over)), None))
    return Told(tuple(item for item, _ in items), tuple(n for _, n in items))


def _opening(briefing: Briefing) -> Iterator[Item]:
    """What there is and how old, how it was made, and what changed since the briefing before: how many stories are new
    and not told again, and each update."""
    if briefing.stories:
        notes = briefing.notes[:_NOTES]
        more = len(briefing.notes) - len(notes)
        cut = () if briefing.complete else ("✗ broken off: what is finished is here, u writes it again",)
        all_notes = (*cut, *(f"· {note}" for note in notes), *((f"· and {more} more",) if more else ()))
        yield Heading(holds(briefing), newest(briefing), notes=all_notes)
    revised = revision_words(briefing)
    if briefing.since is None:
        if revised:
            yield Heading(revised)
        return
    updates = tuple(
        f"▲ {shortened(story.title)}: {standing_words(story).partition(': ')[2]}"
        for story in briefing.stories
        if story.status == "update"
    )
    heading = f"Since the briefing of {briefing.since.day.isoformat()}: {changed_counts(briefing)}"
    yield Heading(heading, revised, notes=updates)


def _questions(standing: Sequence[Standing], unasked: Sequence[str]) -> Iterator[Item]:
    """The reader's questions: those with something new first, the others in a line each."""
    if not standing and not unasked:
        return
    quiet = [f"{SHAPES[one.status]} {one.question} – {news_words(one)}" for one in standing if not one.claims]
    quiet += [f"□ {question} – not asked yet, u writes the briefing again" for question in unasked]
    yield Heading(HEADING, notes=tuple(quiet))
    for one in standing:
        if one.claims:
            yield Heading(one.question, news_words(one), "part", badge=(f"{SHAPES[one.status]} ", "$text-success"))
            yield from one.claims


def _story(story: Story, *, compared: bool) -> Iterator[Item]:
    """A story in full: what happened, what is new, why it matters, who disagrees, how it came about, who copied it."""
    shape = STANDINGS[story.status].partition(" ")[0]
    badge = (f"{shape} {standing_words(story)} · ", _COLOURS[story.status]) if compared else ("", "")
    yield Heading(story.title, detail(story), "question", badge=badge)
    yield from story.claims
    if not story.claims:
        yield from (_headline(article) for article in story.articles[:1])
    if story.news:
        yield Heading("What is new", kind="part")
        yield from story.news
    yield from _changes(story)
    if story.why:
        yield Heading("Why it matters", kind="part")
        yield from story.why
    for conflict in story.conflicts:
        yield Heading(conflict_words(conflict), kind="conflict")
        yield from (Side(side, value) for value, side in zip(conflict.values, conflict.sides, strict=True))
    if story.timeline:
        yield Heading("How it came about", kind="part")
        yield from (Labelled(one.claim, one.day.isoformat()) for one in story.timeline)
    if story.copies:
        yield Heading("", _copied(story), "part")


def _changes(story: Story) -> Iterator[Item]:
    for change, words in zip(story.changes, changes(story), strict=True):
        outdated = ("The later report holds; what was told is out of date.",) if change.before is not None else ()
        yield Heading(words, kind="conflict", notes=outdated)
        sides = [("told", change.before), ("now", change.after)][-len(change.sides) :] if change.sides else []
        yield from (Side(side, f"{when}: {value}") for (when, value), side in zip(sides, change.sides, strict=True))


def _copied(story: Story) -> str:
    """Who has copies and later versions of which of its articles. Not yet safe to show."""
    known = {article.id: article for article in story.articles}

    def words(copy: Copy) -> str:
        article = known.get(copy.article_id)
        source = article.source if article else None
        day = article.published.day.isoformat() if article and article.published else "undated"
        return f"{source or copy.article_id}, {day}" + (" (a later version)" if copy.later else "")

    count = len(story.copies)
    said = dict.fromkeys(words(copy) for copy in story.copies)
    return f"{count} cop{'y' if count == 1 else 'ies'} counted with the original: {'; '.join(said)}"


def _in_a_line(story: Story) -> Item:
    """A story without news; Enter opens its article."""
    return Labelled(_headline(story.articles[0]), STANDINGS["seen"].partition(" ")[0], f" · {detail(story)}")


def detail(story: Story) -> str:
    """Sources and days of a story. Not yet safe to show."""
    sources = dict.fromkeys(article.source or "source unknown" for article in story.articles)
    days = sorted({article.published.day.isoformat() for article in story.articles if article.published})
    span = days[:1] if len(days) < 2 else [f"{days[0]} to {days[-1]}"]
    return " · ".join([named(tuple(sources)), *span])


def named(sources: Sequence[str]) -> str:
    """The first sources by name, the others counted."""
    more = f" and {len(sources) - 4} more" if len(sources) > 4 else ""
    return ", ".join(sources[:4]) + more


def _headline(article: Article) -> Citation:
    """A headline as what is cited, where no sentence of the article could be."""
    published = article.published.iso if article.published else None
    return Citation(
        1,
        article.id,
        article.version,
        article.title,
        article.source,
        published,
        "title",
        0,
        len(article.title),
        article.title,
        url=article.url,
    )


def holds(briefing: Briefing) -> str:
    """The days of a briefing, and how much it has: stories, articles, sentences that the cited words carry."""
    stories = len(briefing.stories)
    articles = sum(len(story.articles) for story in briefing.stories)
    claims = wording.sentences(briefing)
    supported = sum(claim.verdict is Verdict.SUPPORTED for claim in claims)
    return (
        f"{wording.window(briefing.window).partition(' (')[0]}: {stories} stor{'y' if stories == 1 else 'ies'} from "
        f"{articles:,} article{'s' * (articles != 1)} · {supported} of {len(claims)} sentences supported"
    )


def newest(briefing: Briefing) -> str:
    """The newest article of a briefing, and how old it was on the as-of day."""
    dates = [article.published for story in briefing.stories for article in story.articles if article.published]
    latest = max(dates, key=lambda one: (one.day, one.iso), default=None)
    return f"newest article of {wording.when(latest.iso, briefing.as_of)}" if latest else "no article has a date"
