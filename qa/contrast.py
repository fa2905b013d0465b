"""Contrast: what a kept briefing has that another one has not, story by story."""

from __future__ import annotations

from dataclasses import replace

from qa.engine import Engine
from qa.memory import compared, finished, remembered
from qa.types import Article, Briefing


def contrast(engine: Engine, before: Briefing, after: Briefing) -> Briefing:
    """``after`` as if ``before`` were all that had been told: its stories are new, updates with what changed, or seen,
    and ``since`` has those of ``before`` that nothing in it goes on from."""
    memory = remembered(engine, [before])
    stories = [
        replace(story, articles=tuple(_with_text(engine, article) for article in story.articles), changes=())
        for story in after.stories
    ]
    found, since = compared(memory, stories)
    return replace(after, stories=tuple(finished(memory, story) for story in found), since=since)


def _with_text(engine: Engine, article: Article) -> Article:
    """An article as the journal has it, with its text where the library still has that version."""
    found = engine.library.catalogue.version(article.id, article.version)
    return replace(article, text=found.text) if found else article
