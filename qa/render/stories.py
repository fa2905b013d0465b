"""The articles of a window by story, as text and JSON."""

from __future__ import annotations

from typing import Any

from qa.clean import show_line
from qa.render.text import wrapped
from qa.types import Article, Copy, Grouped, Grouping

_INDENT = "    "


def grouping_json(found: Grouping) -> list[dict[str, Any]]:
    """Each story with the ids of its articles, as they were published."""
    return [{"story": story.id, "articles": [article.id for article in story.articles]} for story in found.stories]


def grouping_text(found: Grouping) -> str:
    """The stories for a terminal: those of several articles with each, then those of one a line each."""
    count = sum(len(story.articles) for story in found.stories)
    lines = wrapped(f"{_days(found)}: {_counted(count, 'article')}, {_counted(len(found.stories), 'story', 'stories')}")
    several = [story for story in found.stories if len(story.articles) > 1]
    for story in several:
        lines += ["", *_story_lines(story)]
    alone = [story.articles[0] for story in found.stories if len(story.articles) == 1]
    if alone:
        lines += ["", "Of one article each:" if several else "Each of one article:"]
        lines += [line for article in alone for line in _article_lines(article, None)]
    if not found.complete:
        lines += ["", "Note: stopped before all articles were grouped."]
    return "\n".join(lines) + "\n"


def _days(found: Grouping) -> str:
    end = found.window.last(found.as_of).isoformat()
    days = f"{found.window.start.isoformat()} to {end}" if found.window.start else f"all days up to {end}"
    one_by_one = ", one by one as they were published" if found.online else ""
    sources = f", only {show_line(', '.join(found.sources))}" if found.sources else ""
    return f"{days}{sources}{one_by_one}"


def _story_lines(story: Grouped) -> list[str]:
    copied = {copy.article_id: copy for copy in story.copies}
    original = next(article for article in story.articles if article.id not in copied)
    sources = {article.source for article in story.articles if article.source}
    told = f"{_counted(len(story.articles), 'article')} of {_counted(len(sources), 'source')}"
    lines = wrapped(f"{show_line(original.title)} · {told} · story {story.id}", "", _INDENT)
    return lines + [line for article in story.articles for line in _article_lines(article, copied.get(article.id))]


def _article_lines(article: Article, copy: Copy | None) -> list[str]:
    day = article.published.day.isoformat() if article.published else "undated"
    kind = "" if copy is None else f" · {'later version' if copy.later else 'copy'} of {copy.of}"
    source = f" · {show_line(article.source)}" if article.source else ""
    return wrapped(f"{day}{source} · {show_line(article.title)} · {article.id}{kind}", _INDENT, _INDENT * 2)


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"
