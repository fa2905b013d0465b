"""Grouping: the stories of a window as they are found, told by nobody: which articles are of one event."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from qa.copies import READ, copies, published_first
from qa.engine import Engine
from qa.importance import chosen
from qa.retrieve import known_sources, window_given
from qa.stories import AT_ONCE, group, one_by_one, story_id
from qa.types import Article, Cancel, Grouped, Grouping, Notice, Progress, Query, Window

_PROGRESS_EVERY = 100


def grouping(
    engine: Engine,
    *,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
    undated: bool = False,
    online: bool = False,
    cancel: Cancel | None = None,
) -> Iterator[Notice | Progress | Grouping]:
    """The stories of the window from ``first`` to ``last`` (else of all days), the most important first; of dated
    articles that are not newer than ``as_of``, and of undated ones where they are asked for.

    With ``online`` article by article as they were published, each compared with those before it alone, the stories in
    the order they began. The last event is the Grouping; cancelled, it has the stories of what was grouped so far.
    Raises UsageError for days that cannot be read and for sources that no article has.
    """
    cancel = cancel or Cancel()
    seen_from = engine.seen_from(as_of)
    window = window_given(engine, first, last) or Window()
    query = Query(text="", as_of=seen_from, as_of_given=True, window=window, sources=known_sources(engine, sources))
    scope = replace(engine.library.scope(query), undated=undated)
    total = engine.library.catalogue.count(scope)
    articles: list[Article] = []
    for article in engine.library.articles(scope):
        if cancel.cancelled:
            break
        articles.append(replace(article, text=article.text[:READ]))
        if len(articles) % _PROGRESS_EVERY == 0:
            yield Progress("reading articles", len(articles), total)
    yield from _notices(engine, query, len(articles), undated=undated, online=online)
    groups: list[list[Article]] = []
    if online:
        groups = yield from _grouped_online(articles, cancel)
    elif not cancel.cancelled:
        groups = group(articles)
        config = engine.config
        groups, _ = chosen(
            groups,
            length=len(groups),
            topics=config.briefing_topics,
            sources=config.briefing_sources,
            until=window.last(seen_from),
        )
    stories = tuple(_story(members) for members in groups)
    grouped = sum(len(story.articles) for story in stories)
    yield Grouping(window, seen_from, query.sources, stories, online, not cancel.cancelled and grouped == len(articles))


def _grouped_online(articles: Sequence[Article], cancel: Cancel) -> Generator[Progress, None, list[list[Article]]]:
    groups: list[list[Article]] = []
    for done, stories in enumerate(one_by_one(articles), 1):
        if cancel.cancelled or done == len(articles):
            groups = stories.groups
            break
        if done % _PROGRESS_EVERY == 0:
            yield Progress("articles", done, len(articles))
    return groups


def _notices(engine: Engine, query: Query, count: int, *, undated: bool, online: bool) -> Iterator[Notice]:
    if newer := engine.library.catalogue.newer_than(query.as_of):
        yield Notice(f"left out {newer} article(s) newer than {query.as_of.isoformat()}")
    if not undated and (without := engine.library.stats().undated):
        yield Notice(f"left out {without} undated article(s); --undated takes them in")
    if count > AT_ONCE and not online:
        yield Notice(f"more than {AT_ONCE:,} articles: taken one by one, as with --online")


def _story(members: Sequence[Article]) -> Grouped:
    ordered = sorted(members, key=published_first)
    return Grouped(story_id(members), tuple(replace(article, text="") for article in ordered), copies(members))
