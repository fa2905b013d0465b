"""What a set is once it is read: fixtures, and the articles that they ask about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.errors import UsageError
from qa.fixtures import Fixture, QuestionFixture, Suite
from qa.fixtures.digest import digest_of


@dataclass(frozen=True, slots=True)
class SetArticle:
    """An article as a set has it, in the fields that ingest reads from JSON lines."""

    id: str
    text: str
    title: str | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SetArticles:
    """The articles of a set, read anew each time they are asked for: a large corpus is never held whole."""

    digest: str
    """SHA-256 (hex) of the files they come from, and of how they were sampled."""
    read: Callable[[], Iterator[SetArticle]]
    """One after the other. Raises FixtureError at the first that is not in the set's form."""


@dataclass(frozen=True, slots=True)
class SetData:
    """A set: what is asked, over which articles."""

    suite: Suite
    articles: SetArticles | None = None
    """None where the fixtures bring their own texts."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""


def part_of(name: str, part: str, parts: Sequence[str]) -> str:
    """``part`` of the set ``name``, the first of its ``parts`` where it is empty. Raises UsageError for another."""
    if part and part not in parts:
        known = ", ".join(f"{name}:{one}" for one in parts if one)
        raise UsageError(f"{name} has no part {part!r}", f"Its parts: {known}." if known else "It has none.")
    return part or parts[0]


def suite_of(name: str, fixtures: Sequence[Fixture]) -> Suite:
    """The suite of a set."""
    return Suite(name=name, digest=digest_of(fixtures), fixtures=tuple(fixtures))


def sampled(data: SetData, size: int) -> SetData:
    """At most ``size`` fixtures, and as many articles: those the fixtures name, all of them, then others.

    Which ones, hashes of their ids decide: a larger sample holds every smaller one's fixtures.
    """
    kept = {fixture.id for fixture in sorted(data.suite.fixtures, key=lambda one: _order(one.id))[:size]}
    fixtures = [fixture for fixture in data.suite.fixtures if fixture.id in kept]
    suite = suite_of(f"{data.suite.name} ({size:,} sampled)", fixtures)
    if data.articles is None:
        return replace(data, suite=suite)
    named = sorted({name for fixture in fixtures for name in needed(fixture)})
    return replace(data, suite=suite, articles=_sampled(data.articles, named, size))


def _sampled(articles: SetArticles, named: Sequence[str], size: int) -> SetArticles:
    wanted = set(named)

    def read() -> Iterator[SetArticle]:
        ids = sorted((article.id for article in articles.read()), key=lambda name: (name not in wanted, _order(name)))
        chosen = set(ids[: max(size, len(wanted))])
        return (article for article in articles.read() if article.id in chosen)

    key = "\n".join((articles.digest, str(size), *named))
    return SetArticles(hashlib.sha256(key.encode()).hexdigest(), read)


def needed(fixture: Fixture) -> Iterable[str]:
    """Ids of the articles without which a question cannot be scored."""
    return (*fixture.articles, *relevant(fixture)) if isinstance(fixture, QuestionFixture) else ()


def relevant(fixture: Fixture) -> Iterable[str]:
    """Ids of the articles that judgements call relevant."""
    gains = fixture.gains if isinstance(fixture, QuestionFixture) else {}
    return (name for name, gain in gains.items() if gain > 0)


def asked_as_of(suite: Suite, day: str | None) -> Suite:
    """``suite`` with questions that have no day of their own asked as of ``day``, so that they are asked as of the same
    day whenever they are, and of all days: nobody knows which week "this week" was. Where ``day`` is None, as they are.
    """
    asked = [_as_of(one, day) for one in suite.fixtures]
    return suite if day is None or asked == list(suite.fixtures) else suite_of(suite.name, asked)


def _as_of(fixture: Fixture, day: str | None) -> Fixture:
    if not isinstance(fixture, QuestionFixture) or fixture.as_of is not None:
        return fixture
    return replace(fixture, as_of=day, all_days=True)


def _order(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
