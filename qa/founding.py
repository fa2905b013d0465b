"""Founding: whether fixtures are about the articles of the library at hand, said before any of them is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import PurePath

from qa.engine import Engine
from qa.errors import UsageError
from qa.fixtures import Mistake, Suite
from qa.fixtures.founded import Known, unfounded
from qa.retrieve import known_sources
from qa.types import Query


def unfounded_in(engine: Engine, suite: Suite) -> list[Mistake]:
    """What ``suite`` names and the library has not: evidence, articles and sources, each with its line."""
    scope = engine.library.scope(Query(text="", as_of=date.max, as_of_given=False))

    def articles() -> Iterator[Known]:
        for one in engine.library.articles(scope):
            yield one.id, one.url, PurePath(one.origin.split("#")[0]).name, one.text

    def is_source(name: str) -> bool:
        try:
            return bool(known_sources(engine, [name]))
        except UsageError:
            return False

    return unfounded(suite, articles, is_source)
