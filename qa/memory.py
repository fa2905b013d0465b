"""Memory: what the briefings of the days before told, so that a story is new, an update, or seen.

A story goes on from an earlier one when they share an article or stretches of text, or are of one event
(``qa.continuing``). What earlier briefings told is read from the journal, the articles' words from the library.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, groupby

from qa.cite import numbered_on
from qa.continuing import going_on
from qa.copies import is_reprint
from qa.developments import changes, says_something_new
from qa.engine import Engine
from qa.timeline import Past, timeline
from qa.types import Article, Briefing, Citation, Earlier, Since, Story

LOOKED_BACK = 7
"""Briefings that are remembered, the latest."""
_READ = 2_000
"""Characters of an article in which text that others have is looked for."""
_RUN = 10
"""Words of a run that two texts may have in common."""
_SHARED = 40
"""Runs from which they have text in common: two or three sentences, more than the links a page has among its text."""
_QUOTED, _SENTENCE = 6_000, 60
"""Characters in which sentences that were told are looked for, and of such a sentence at least."""
_SHRED, _REPEATED = 5, 0.5
"""Words of the runs by which it is found, and their share that says the same."""
_WORD = re.compile(r"[^\W_]+")
_EVERYWHERE = 3
"""Stories told from which on a run of words is no sign of any."""
_MOST_BEFORE = 10
"""Articles told before that those added are compared with, the latest."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A story of an earlier briefing, with those of its articles that the library still has."""

    earlier: Earlier
    story: Story
    ids: frozenset[tuple[str, int]]
    """Ids and versions of all its articles."""
    articles: tuple[Article, ...]
    quotes: frozenset[tuple[str | None, frozenset[tuple[str, ...]]]]
    """The sentences on which it rested, as runs of words, with their sources."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the latest briefings before a day told, the latest first."""

    told: tuple[_Told, ...]
    latest: Since | None
    runs: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """In which of ``told`` each run of words stands."""


def memory_of(engine: Engine, day: date, topic: str = "") -> Memory:
    """What is remembered on ``day`` of what was told (of a topic, where it is given). Raises LibraryError where the
    journal cannot be read."""
    if not engine.config.journal:
        return Memory((), None)
    return remembered(engine, list(engine.journal.briefings.before(day, LOOKED_BACK, topic)))


def remembered(engine: Engine, briefings: Sequence[Briefing]) -> Memory:
    """What these briefings told, the latest of which is the first."""
    told = tuple(_told(engine, briefing, story) for briefing in briefings for story in briefing.stories)
    latest = Since(briefings[0].number or 0, briefings[0].last) if briefings else None
    return Memory(told, latest, _runs_of(told))


def _told(engine: Engine, briefing: Briefing, story: Story) -> _Told:
    found = (engine.library.catalogue.version(article.id, article.version) for article in story.articles)
    return _Told(
        Earlier(briefing.number or 0, briefing.last, story.id, story.title),
        story,
        frozenset((article.id, article.version) for article in story.articles),
        tuple(article for article in found if article is not None),
        _quotes(story),
    )


def compared(
    memory: Memory, stories: Sequence[Story], others: Sequence[Sequence[Article]] = ()
) -> tuple[tuple[Story, ...], Since | None]:
    """The stories with their status, what they go on from, their articles that are new, and what changed; and what the
    latest briefing told that neither they nor the articles of ``others`` report on. Stories need not be told yet."""
    groups = [story.articles for story in stories] + [tuple(group) for group in others]
    days = [list(places) for _, places in groupby(range(len(memory.told)), lambda at: memory.told[at].earlier.briefing)]
    alike = going_on(groups, [[memory.told[at].articles for at in day] for day in days])
    made, met = [], set[int]()
    for n, articles in enumerate(groups):
        linked = list(dict.fromkeys([*_sharing(memory, articles), *(days[day][at] for day, at, _ in alike[n])]))
        met.update(linked)
        if n < len(stories):
            made.append(_standing(memory, stories[n], linked))
    return tuple(made), memory.latest and replace(memory.latest, over=tuple(_over(memory, met)))


def told_before(memory: Memory, story: Story) -> tuple[Article, ...]:
    """The articles by which earlier briefings told of a story that goes on, the earliest first."""
    return tuple(article for told in _chain_of(memory, story) for article in told.articles)


def finished(memory: Memory, story: Story) -> Story:
    """A story that was told, with its timeline; the citations of its changes are numbered on from those of what was
    told."""
    claims = (*story.claims, *story.news, *story.why)
    cited = (one for claim in claims for one in claim.citations)
    numbering = {one.article_id: one.n for one in chain(cited, *(conflict.sides for conflict in story.conflicts))}
    renumbered = tuple(
        replace(change, sides=tuple(replace(one, n=numbered_on(numbering, one.article_id)) for one in change.sides))
        for change in story.changes
    )
    story = replace(story, changes=renumbered)
    pasts = [Past(one.articles, *_citations(one.story)) for one in _chain_of(memory, story)]
    told = [claim.text for claim in claims]
    return replace(story, timeline=timeline([*pasts, Past(story.articles, *_citations(story))], told, numbering))


def _citations(story: Story) -> tuple[tuple[Citation, ...], tuple[Citation, ...]]:
    """The citations of what had changed in a story, and of what was told, new things first."""
    changed = tuple(change.sides[-1] for change in story.changes if change.kind in {"number", "status", "date"})
    return changed, tuple(one for claim in (*story.news, *story.claims) for one in claim.citations)


# what a story goes on from


def _sharing(memory: Memory, articles: Sequence[Article]) -> list[int]:
    """The places in memory of stories that have an article, a stretch of text or a sentence told in common with
    ``articles``."""
    keys = {(article.id, article.version) for article in articles}
    found = {at for at, told in enumerate(memory.told) if told.ids & keys}
    for article in articles:
        shared: Counter[int] = Counter()
        for run in _runs(article):
            shared.update(_telling(memory, run))
        found.update(at for at, count in shared.items() if count >= _SHARED)
        text = _shreds(article.text[:_QUOTED])
        found.update(
            at
            for at, told in enumerate(memory.told)
            if any(
                source != article.source and len(quote & text) >= _REPEATED * len(quote)
                for source, quote in told.quotes
            )
        )
    return sorted(found)


def _shreds(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of a few words of a text, whatever its marks are."""
    words = _WORD.findall(text.casefold())
    return frozenset(zip(*(words[n:] for n in range(_SHRED)), strict=False))


def _quotes(story: Story) -> frozenset[tuple[str | None, frozenset[tuple[str, ...]]]]:
    """The words on which a story rested, where they are as long as a sentence, with their source: what one source
    repeats may be a notice of its pages."""
    cited = ((one.source, one.quote) for claim in story.sentences for one in claim.citations)
    return frozenset((source, _shreds(quote)) for source, quote in cited if len(quote) >= _SENTENCE)


def _telling(memory: Memory, run: str) -> frozenset[int]:
    """The stories in which a run of words stands; none where it stands in several of one briefing, as notices do."""
    places = memory.runs.get(run, frozenset())
    of_one = Counter(memory.told[at].earlier.briefing for at in places) if len(places) >= _EVERYWHERE else {}
    return frozenset() if any(count >= _EVERYWHERE for count in of_one.values()) else places


def _runs_of(told: Sequence[_Told]) -> dict[str, frozenset[int]]:
    """In which of ``told`` each run of words stands."""
    where: dict[str, set[int]] = defaultdict(set)
    for at, one in enumerate(told):
        for article in one.articles:
            for run in _runs(article):
                where[run].add(at)
    return {run: frozenset(places) for run, places in where.items()}


def _runs(article: Article) -> set[str]:
    words = article.text[:_READ].casefold().split()
    return {" ".join(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1)}


def _chain(memory: Memory, linked: Sequence[int]) -> list[_Told]:
    """What a story goes on from, the latest first: one story of a briefing at most, each the one before of the next."""
    by_key = {(told.earlier.briefing, told.earlier.story): told for told in memory.told}
    found: list[_Told] = []
    rank = {at: n for n, at in enumerate(linked)}
    order = {number: n for n, number in enumerate(dict.fromkeys(told.earlier.briefing for told in memory.told))}
    rest = sorted(linked, key=lambda at: (order[memory.told[at].earlier.briefing], rank[at]))
    while rest:
        found.append(memory.told[rest[0]])
        while (before := found[-1].story.earlier) and (told := by_key.get((before.briefing, before.story))):
            found.append(told)
        last = order[found[-1].earlier.briefing]
        rest = [at for at in rest if order[memory.told[at].earlier.briefing] > last]
    return found


def _chain_of(memory: Memory, story: Story) -> list[_Told]:
    """The same for a story whose ``earlier`` is known, the earliest first."""
    if story.earlier is None:
        return []
    at = (n for n, told in enumerate(memory.told) if told.earlier == story.earlier)
    return _chain(memory, list(at))[::-1]


# what it adds


def _standing(memory: Memory, story: Story, linked: Sequence[int]) -> Story:
    """The story with its status, going on from ``linked``, the most alike first."""
    if not linked:
        return replace(story, status="new", added=tuple(article.id for article in story.articles))
    told = _chain(memory, linked)
    known = {key for one in memory.told for key in one.ids}
    everything = [article for at in linked for article in memory.told[at].articles]
    others = [article for article in story.articles if (article.id, article.version) not in known]
    added = [article for article in others if _is_news(article, everything)]
    before = [article for one in told for article in one.articles][:_MOST_BEFORE]
    return replace(
        story,
        status="update" if added else "seen",
        earlier=told[0].earlier,
        added=tuple(article.id for article in added),
        changes=changes(before, added),
    )


def _is_news(article: Article, told: Sequence[Article]) -> bool:
    """Whether an article is no reprint of one that was told, and says something that none of them says."""
    return not any(is_reprint(article, other) for other in told) and says_something_new(article, told)


def _over(memory: Memory, met: set[int]) -> Iterator[Earlier]:
    """The stories of the latest briefing that nothing goes on from."""
    for at, told in enumerate(memory.told):
        if memory.latest and told.earlier.briefing == memory.latest.briefing and at not in met:
            yield told.earlier
