"""How a briefing came out: the stories that it must tell, what it says of them, and what it tells again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from qa.evaluation import Case, Costs
from qa.fixtures.kinds import BriefingFixture, StoryExpected
from qa.scoring.citations import ArticleFn, Cites, cites, quoted_text, told
from qa.scoring.repetition import repeated
from qa.scoring.retrieval import called
from qa.scoring.said import listed, says, share_said
from qa.types import Article, Briefing, Change, Claim, Story
from qa.verify import Verifier

_SEEN = "seen"
"""A story with nothing new: its sentences are told to nobody."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A story that must be told, and the one that holds its articles; None where none holds all."""

    expected: StoryExpected
    story: Story | None


def briefing_case(
    fixture: BriefingFixture,
    briefing: Briefing,
    before: Sequence[Briefing],
    *,
    article_of: ArticleFn,
    judge: Verifier,
    costs: Costs = Costs(),  # noqa: B008 - frozen
) -> Case:
    """A briefing held against its fixture; ``before`` are those that were made before it."""
    held = [_Held(one, _holding(one, briefing.stories)) for one in fixture.stories]
    sentences = _told_in(briefing)
    earlier = [claim.text for one in before for claim in _told_in(one)]
    again = repeated([claim.text for claim in sentences], earlier)
    claims = told([claim for story in briefing.stories for claim in story.sentences])
    last = min([briefing.last, *map(date.fromisoformat, filter(None, (fixture.as_of, fixture.day, fixture.last)))])
    found = cites(claims, article_of, lambda article: _is_until(article, last), judge)
    wrong = listed(one for one in fixture.excludes if any(says(_text_of(story), one) for story in briefing.stories))
    failures = [*_failures(fixture, briefing, held, sentences), *([f"says {wrong}"] if wrong else [])]
    failures += found.failures if found else ()
    titled = [_is_titled(story, article_of) for story in briefing.stories]
    changes = [change for story in briefing.stories for change in story.changes]
    stated = [_is_stated(change, article_of) for change in changes]
    failures += [
        f"no article of its own has its title: {s.title}"
        for s, own in zip(briefing.stories, titled, strict=True)
        if not own
    ]
    failures += [
        f"is not stated where it is cited: {_as_told(c)}" for c, is_so in zip(changes, stated, strict=True) if not is_so
    ]
    scores = {"briefings.as_expected": float(not failures)} | _scores(held) | _grounded(found)
    if fixture.excludes:
        scores["briefings.excluded"] = float(bool(wrong))
    shares = {"briefings.titles": titled, "briefings.changes_cited": stated}
    scores |= {name: sum(values) / len(values) for name, values in shares.items() if values}
    if sentences:
        scores["briefings.repetition"] = len(again) / len(sentences)
    return Case(
        id=fixture.id,
        kind="briefing",
        asked=asked_for(fixture),
        expected=_in_words([one.expected.status or "told" for one in held]),
        outcome=_in_words([one.story.status if one.story else "missing" for one in held]),
        scores=scores,
        failures=tuple(failures),
        said="\n".join(_lines(briefing)),
        cited=tuple(dict.fromkeys(c for claim in claims for c in claim.citations)),
        notes=(*briefing.notes, *(f"tells again: {text}" for text in again)),
        costs=costs,
    )


def asked_for(fixture: BriefingFixture) -> str:
    """The days of a briefing, its subject, and the days that are briefed before it."""
    days = fixture.day or (fixture.week and f"the week until {fixture.week}")
    days = days or " to ".join(filter(None, (fixture.first, fixture.last))) or "the newest day"
    after = f", after {', '.join(fixture.after)}" if fixture.after else ""
    return f"{days}{f' on {fixture.topic}' if fixture.topic else ''}{after}"


def _holding(expected: StoryExpected, stories: Sequence[Story]) -> Story | None:
    """The story that has all the articles."""
    wanted = set(expected.articles)
    return next((s for s in stories if wanted <= set().union(*(called(one) for one in s.articles))), None)


def _told_in(briefing: Briefing) -> list[Claim]:
    """The sentences that a reader is told, timelines apart: those tell again by what they are."""
    of = [story for story in briefing.stories if story.status != _SEEN]
    return told([claim for story in of for claim in (*story.claims, *story.news, *story.why)])


def _text_of(story: Story) -> str:
    """All that a reader is told of a story: its sentences, what changed, and what its sources do not agree on."""
    changed = [f"{change.before or ''} {change.after}" for change in story.changes]
    sides = [citation.quote for conflict in story.conflicts for citation in conflict.sides]
    return "\n".join([*(claim.text for claim in told(story.sentences)), *changed, *sides])


def _is_titled(story: Story, article_of: ArticleFn) -> bool:
    """Whether the library has an article of the story under the story's title."""
    read = [article_of(article.id, article.version) for article in story.articles]
    return any(article is not None and article.title == story.title for article in read)


def _is_stated(change: Change, article_of: ArticleFn) -> bool:
    """Whether what was told, and what holds now, each stand in the words that the library has where they are cited."""
    values = [change.after] if change.before is None else [change.before, change.after]
    if len(change.sides) < len(values):
        return False
    sides = change.sides if len(values) > 1 else change.sides[-1:]
    quotes = [quoted_text(c, article_of(c.article_id, c.version)) for c in sides]
    return all(says(quote, value) for quote, value in zip(quotes, values, strict=True))


def _as_told(change: Change) -> str:
    return f"{change.kind} {change.about}: {change.before or 'none'} to {change.after}"


def _failures(
    fixture: BriefingFixture, briefing: Briefing, held: Sequence[_Held], sentences: Sequence[Claim]
) -> Iterator[str]:
    for one in held:
        yield from _story_failures(one, briefing)
    texts = [claim.text for claim in sentences]
    for wording in fixture.must_not_repeat:
        if any(says(text, wording) for text in texts) or repeated(texts, [wording]) != repeated(texts):
            yield f"tells again {listed([wording])}"
    if not briefing.complete:
        yield "the briefing broke off"


def _story_failures(one: _Held, briefing: Briefing) -> Iterator[str]:
    expected, story = one.expected, one.story
    names = ", ".join(expected.articles)
    if story is None:
        apart = any(called(article) & set(expected.articles) for s in briefing.stories for article in s.articles)
        yield f"no story holds {names}{' together' if apart and len(expected.articles) > 1 else ''}"
        return
    if expected.contains and (lacking := share_said(_text_of(story), expected.contains)[1]):
        yield f"the story of {names} does not say {listed(lacking)}"
    if expected.status and story.status != expected.status:
        yield f"the story of {names} is {story.status}, expected {expected.status}"
    if missing := [kind for kind in expected.changes if kind not in {change.kind for change in story.changes}]:
        yield f"the story of {names} names no change of {', '.join(missing)}"


def _scores(held: Sequence[_Held]) -> dict[str, float]:
    facts = [
        float(one.story is not None and not share_said(_text_of(one.story), [fact])[1])
        for one in held
        for fact in one.expected.contains
    ]
    statuses = [
        float(one.story is not None and one.story.status == one.expected.status) for one in held if one.expected.status
    ]
    changes = [
        float(one.story is not None and kind in {change.kind for change in one.story.changes})
        for one in held
        for kind in one.expected.changes
    ]
    parts: Mapping[str, Sequence[float]] = {
        "briefings.coverage": [float(one.story is not None) for one in held],
        "briefings.facts": facts,
        "briefings.statuses": statuses,
        "briefings.changes": changes,
    }
    return {name: sum(values) / len(values) for name, values in parts.items() if values}


def _grounded(found: Cites | None) -> dict[str, float]:
    if found is None:
        return {}
    scores = {"briefings.grounding": found.alce.recall}
    return scores if found.exact is None else scores | {"briefings.exact": found.exact}


def _is_until(article: Article, last: date) -> bool:
    return article.published is not None and article.published.day <= last


def _in_words(each: Sequence[str]) -> str:
    """How many stories are what: "2 new, 1 update"."""
    return ", ".join(f"{each.count(one)} {one}" for one in dict.fromkeys(each))


def _lines(briefing: Briefing) -> Iterator[str]:
    for story in briefing.stories:
        yield f"{story.title} ({story.status}): {' '.join(claim.text for claim in told(story.sentences))}"
