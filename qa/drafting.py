"""Drafting: fixtures from the reader's own articles, for a person to read, correct and accept.

Articles are taken in an order that says nothing about them (the digest of their ids), one question of each, so that the
same library gives the same drafts and they are of many articles. Besides questions: some that have no answer, a
briefing of a day with several stories, and claims with the evidence that carries them or does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from datetime import date

from qa.cloze import usable_question
from qa.copies import copies
from qa.drafted import Ids, Looking, Made, claims_of, day_of, heading_of, name_of, question_of
from qa.endpoint import Finished
from qa.engine import Engine, cost_notice
from qa.errors import BudgetError, EndpointError, UsageError
from qa.evidence import Evidence
from qa.exchanging import near_misses
from qa.facts import content_stems, fold, stem, tokens
from qa.fixtures import BriefingFixture, QuestionFixture, StoryExpected
from qa.fixtures.drafts import Draft, Drafts
from qa.places import COUNTRIES, STATES, places_in
from qa.retrieve import known_sources, window_given
from qa.stories import group
from qa.tellable import is_opinion
from qa.types import Article, Cancel, Exchange, Listing, Notice, Progress, Query, Status, Usage, Window

MOST = 1_000
"""Questions that are drafted at once."""
_UNANSWERABLE = 5
"""One question without an answer to so many with one."""
_STORIES = 3
"""Stories that a briefing is expected to have, of two articles or more."""
_DAYS = 8
"""Days with the most articles that a briefing is looked for on."""
_LARGEST_DAY = 400
"""Articles of such a day at most: all are compared with all."""
_FOUND = 20
"""Passages that are looked through for an answer to a question that should have none."""
_TOO_MUCH = 0.6
"""Share of its words beside an exchanged name from which on a passage may answer it."""
_FAILURES = 3
"""Errors of a server, one after the other, after which it is asked no more."""


def draft(
    engine: Engine,
    *,
    number: int = 20,
    first: str | None = None,
    last: str | None = None,
    sources: Sequence[str] = (),
    cancel: Cancel | None = None,
) -> Iterator[Notice | Progress | Exchange | Drafts]:
    """``number`` questions from dated articles of these days and sources, with a briefing and claims; the last event is
    the Drafts. A configured model writes the questions that have an answer; what cannot be used of its replies is asked
    as a cloze. Cancelled, what was drafted so far. Raises UsageError for options that mean nothing."""
    if not 1 <= number <= MOST:
        raise UsageError(f"--number {number} is out of range", f"Ask for 1 to {MOST} questions.")
    cancel = cancel or Cancel()
    chosen = Listing("", window_given(engine, first, last) or Window(), known_sources(engine, sources))
    rows = [row.article for row in engine.library.list(0, -1, chosen) if row.article.published]
    rows.sort(key=lambda one: (hashlib.sha256(one.id.encode("utf-8", "replace")).digest(), one.id))
    wanted = number - number // _UNANSWERABLE
    looked = Looking(wanted)
    for done, row in enumerate(rows):
        if cancel.cancelled or looked.is_done:
            break
        yield Progress("reading articles", done, len(rows))
        looked.into(engine.library.article(row.id))
    looked.fill()
    made = looked.made
    if looked.read and not made:
        yield Notice("no sentence of these articles can be asked about alone: write the fixtures by hand")
    written, usage = (yield from _by_model(engine, made, cancel)) if engine.writer else ({}, Usage())
    ids = Ids()
    drafts = [question_of(one, ids, written.get(n)) for n, one in enumerate(made)]
    drafts += _without_answer(engine, [*made, *looked.spare], number - wanted, ids)
    if not cancel.cancelled:
        drafts += _briefing(engine, chosen, ids)
    drafts += claims_of(made)
    yield Drafts(tuple(drafts), looked.read, len(rows), not cancel.cancelled, usage)


# Questions by a model


def _by_model(
    engine: Engine, made: Sequence[Made], cancel: Cancel
) -> Generator[Notice | Progress | Exchange, None, tuple[dict[int, tuple[str, str]], Usage]]:
    """By the number of a cloze the question that the model made of it, with who wrote it."""
    writer = engine.writer
    assert writer is not None
    written: dict[int, tuple[str, str]] = {}
    usage, failed = Usage(), 0
    if notice := cost_notice(engine, len(made), "questions"):
        yield notice
    by = f"; asked by {writer.model}, prompt {writer.prompt_hash('draft')}"
    for n, one in enumerate(made):
        if cancel.cancelled or failed == _FAILURES:
            break
        yield Progress(f"questions by {writer.model}", n, len(made))
        try:
            for event in writer.draft(_evidence(one), one.cloze.answers[0], cancel=cancel):
                if isinstance(event, Finished):
                    usage += event.usage
                    asked = usable_question(event.text, one.cloze, one.article) if event.complete else None
                    if asked:
                        written[n] = asked, by
                elif isinstance(event, Notice | Exchange):
                    yield event
            failed = 0
        except BudgetError as error:
            yield Notice(f"the other questions are left as clozes: {error.message}")
            break
        except (EndpointError, UsageError) as error:
            failed += 1
            yield Notice(f"left as a cloze: {error.message}")
    if made and not cancel.cancelled:
        yield Notice(f"{len(written)} of {len(made)} questions are the model's; the others are clozes")
    return written, usage


def _evidence(one: Made) -> Evidence:
    published = one.article.published
    return Evidence(1, one.article.title, one.article.source, published.day if published else None, one.cloze.near)


# Questions without an answer


def _without_answer(engine: Engine, made: Sequence[Made], number: int, ids: Ids) -> list[Draft]:
    found: list[Draft] = []
    asked: set[str] = set()
    named = {place for one in made for place in places_in(one.article.text, COUNTRIES | STATES)} if number else set()
    for one in made:
        if len(found) == number:
            break
        if one.article.id in asked:
            continue
        for question, was, now in near_misses(one.cloze, one.article, named):
            if not _may_be_answered(engine, question, now):
                about = f"{heading_of(one.article)}: {was} exchanged for {now}, so that nothing should answer it"
                name = ids.of(one.article.title, "no-answer")
                fixture = QuestionFixture(
                    id=name, draft=True, question=question, as_of=day_of(one.article), status=Status.INSUFFICIENT
                )
                found.append(Draft((fixture,), about))
                asked.add(one.article.id)
                break
    return found


def _may_be_answered(engine: Engine, question: str, name: str) -> bool:
    """Whether a passage has the name that was put in, and much of the rest."""
    library = engine.library
    rest = set(content_stems(question.replace(name, " ")))
    found = library.by_words(question, library.scope(Query(text="", as_of=engine.today)), _FOUND)
    for passage, _ in library.catalogue.passages([number for number, _ in found]).values():
        have = {stem(token.folded) for token in tokens(passage.text)}
        if fold(name) in fold(passage.text) and len(rest & have) >= _TOO_MUCH * len(rest):
            return True
    return False


# A briefing


def _briefing(engine: Engine, chosen: Listing, ids: Ids) -> list[Draft]:
    """The briefing of the day that has the most stories of several sources, none where no day has two."""
    days = [(count, day) for day, count in engine.library.days(chosen) if 1 < count <= _LARGEST_DAY]
    best: list[list[Article]] = []
    day = None
    for _, one in sorted(days, reverse=True)[:_DAYS]:
        stories = _stories(engine, chosen, one)
        if len(stories) > len(best):
            best, day = stories, one
    if day is None or len(best) < 2:
        return []
    fixture = BriefingFixture(
        id=ids.of("briefing", day.isoformat()),
        draft=True,
        day=day.isoformat(),
        sources=chosen.sources,
        as_of=day.isoformat(),
        stories=tuple(StoryExpected(articles=tuple(map(name_of, story[:2]))) for story in best[:_STORIES]),
    )
    told = "; ".join(story[0].title for story in best[:_STORIES])
    return [Draft((fixture,), f"stories that several sources have, each by two of its articles: {told}")]


def _stories(engine: Engine, chosen: Listing, day: date) -> list[list[Article]]:
    """The stories of a day that articles of several sources tell in words of their own, those of most sources first."""
    articles = [one for one in engine.library.catalogue.in_days(day, day) if not is_opinion(one)]
    if chosen.sources:
        articles = [one for one in articles if one.source in chosen.sources]
    found = []
    for story in group(articles):
        copied = {copy.article_id for copy in copies(story)}
        own = list({one.source or one.id: one for one in reversed(story) if one.id not in copied}.values())
        if len(own) > 1:
            found.append(sorted(own, key=lambda one: one.id))
    return sorted(found, key=lambda story: (-len(story), story[0].id))
