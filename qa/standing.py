"""Standing questions: kept by the reader, answered anew by each briefing, which says what is new since the last time.

An answer is made as ``ask`` makes it, from the articles of the briefing's days and of those since the question was
last answered. What earlier briefings told is left out of it: their answers are read from the journal, those of days
before the briefing's last, so that a day made again, or a past day, comes out the same.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from qa.answer import checked, composed
from qa.ask import PASSAGES, REACH, ask
from qa.clean import show_line
from qa.engine import Engine, cost_notice
from qa.errors import BudgetError, EndpointError, LibraryError, UsageError
from qa.facts import content_stems, days, name_words, numbers
from qa.journal import Kept, same
from qa.quoting import chosen, quoted
from qa.retrieve import resolve, retrieve
from qa.review import GOOD, dropped
from qa.stories import is_copy
from qa.topical import leans, names_nothing, reporting, subject_of
from qa.types import (
    Answer,
    Cancel,
    Claim,
    Exchange,
    Hit,
    Notice,
    Progress,
    Query,
    Standing,
    StandingQuestion,
    Usage,
    Weighed,
    Window,
)

LONGEST = 300
"""Characters of a standing question."""
LOOKED_BACK = timedelta(days=31)
"""How long before a briefing's days a question that was not answered meanwhile is asked about, at most."""
_SURE_FROM = 0.5
"""Probability of answering from which a sentence is quoted. ``ask`` takes less, and its reader, who has just asked,
sees that it is none; asked anew every day, what only resembles an answer would be taken for news."""
_NEW_FROM = 0.4
"""Share of a sentence's words that nothing told before holds, from which it is new where it names nothing new."""

Asked = Notice | Progress | Exchange


@dataclass(frozen=True, slots=True)
class Answered:
    """What a briefing answers to the standing questions, what that took, and what a reader should know about it."""

    standing: tuple[Standing, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()


# which questions there are


def add(engine: Engine, typed: str) -> StandingQuestion:
    """Keep a question for every briefing to answer. Raises UsageError for one that cannot be asked, that is kept
    already, or that is one too many, and where no journal is kept."""
    question = show_line(" ".join(typed.split()))
    if not engine.config.journal:
        raise UsageError(
            "no journal is kept, and standing questions are kept in it", "Set journal = true (see `newsdesk config`)."
        )
    if len(question) > LONGEST:
        raise UsageError(
            f"the question has {len(question):,} characters", f"A standing question has at most {LONGEST}; shorten it."
        )
    query = resolve(engine, question, all_days=True)
    if names_nothing(question) or names_nothing(query.topic):
        raise UsageError(
            "the question names nothing to look for",
            'Name a person, a place or a thing: "the customs union: anything new?"',
        )
    return engine.journal.standing.add(question, same(question), engine.clock())


# what a briefing answers


def answered(
    engine: Engine, window: Window, *, as_of: date, until: date, sources: Sequence[str], cancel: Cancel
) -> Generator[Asked, None, Answered]:
    """The standing questions, answered from the articles of ``window`` and of the days since they were answered last
    by a briefing that ends before ``until``.

    Where the model cannot be asked, or may cost no more, articles are quoted. Cancelled, those answered so far.
    """
    if not engine.config.journal:
        return Answered()
    last = window.last(as_of)
    try:
        questions = engine.journal.standing.questions()
        before = engine.journal.standing.answers(until) if questions else {}
    except LibraryError as error:
        return Answered(notes=(f"standing questions were not answered: {error.message}. {error.hint}",))
    if notice := cost_notice(engine, len(questions), "standing questions"):
        yield notice
    found, usage, notes = list[Standing](), Usage(), list[str]()
    for done, question in enumerate(questions):
        if cancel.cancelled:
            break
        yield Progress("your questions", done, len(questions))
        asking = _asking(engine, question, before.get(question.number, ()), Window(window.start, last), sources)
        made = yield from _answered(replace(asking, as_of=as_of, cancel=cancel))
        if not cancel.cancelled:  # half an answer would count as one tomorrow
            found += made.standing
        usage += made.usage
        notes += made.notes
        engine = engine.without({"model"}) if made.notes and engine.writer else engine
    return Answered(tuple(found), usage, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question as a briefing asks it: of which days and sources, and what was told before."""

    engine: Engine
    question: StandingQuestion
    window: Window
    sources: tuple[str, ...]
    claims: tuple[Claim, ...]
    """What earlier briefings told."""
    since: date | None
    told: date | None
    as_of: date = date.max
    cancel: Cancel = field(default_factory=Cancel)

    @property
    def subject(self) -> str | None:
        return subject_of(self.question.question)

    def standing(self, claims: Sequence[Claim]) -> Standing:
        """The answer whose sentences, as far as they are new, are ``claims``."""
        status: Literal["new", "nothing_new", "absent"] = "nothing_new" if self.told else "absent"
        return Standing(
            self.question.number,
            self.question.question,
            "new" if claims else status,
            tuple(claims),
            self.window,
            self.since,
            self.told,
        )


def _asking(
    engine: Engine, question: StandingQuestion, answers: Iterable[Kept], window: Window, sources: Sequence[str]
) -> _Asking:
    """The days to be asked about are those after the latest briefing that answered the question from these sources, or
    from all, and the window's."""
    known = list(answers)
    covering = [day for day, of, _ in known if not of or set(sources) == set(of)]
    start = window.start
    if start and covering:
        earliest = start - LOOKED_BACK if start - date.min > LOOKED_BACK else date.min
        start = min(start, max(covering[0] + timedelta(days=1), earliest))
    claims = tuple(claim for _, _, one in known for claim in one.claims)
    told = next((day for day, _, one in known if one.status == "new"), None)
    since = known[0][0] if known else None
    return _Asking(engine, question, Window(start, window.end), tuple(sources), claims, since, told)


def _answered(asking: _Asking) -> Generator[Asked, None, Answered]:
    """One question, by the model, or by quotation where that is to be done or the model cannot be asked."""
    notes: tuple[str, ...] = ()
    claims, usage = tuple[Claim, ...](), Usage()
    try:
        claims, usage = yield from _claims(asking)
    except (EndpointError, BudgetError) as error:
        notes = (f"quoted from the question “{asking.question.question}” on: {error.message}",)
        yield Notice(notes[0])
        claims, _ = yield from _claims(replace(asking, engine=asking.engine.without({"model"})))
    except UsageError as error:  # its words were read otherwise when it was added: a source is gone
        notes = (f"“{asking.question.question}” could not be asked: {error.message}",)
    _, new = composed(dropped(list(_those(claims, lambda claim: is_new(claim, asking.claims))))[0])
    return Answered((asking.standing(new),), usage, notes)


def _claims(asking: _Asking) -> Generator[Asked, None, tuple[tuple[Claim, ...], Usage]]:
    """The sentences of the answer, those that failed their check left out."""
    engine, subject = asking.engine, asking.subject
    words = f"What is new about {subject}?" if subject and engine.writer else subject or asking.question.question
    query = resolve(engine, words, as_of=asking.as_of.isoformat(), all_days=True)
    wanted = tuple(one for one in asking.sources if not query.sources or one in query.sources)
    if asking.sources and not wanted:
        return (), Usage()
    query = replace(query, window=asking.window, sources=wanted or query.sources)
    if subject and engine.writer is None:
        return _reported(engine, query, subject, asking.claims), Usage()
    answer: Answer | None = None
    weighed: list[Weighed] = []
    for event in ask(engine, query, cancel=asking.cancel):
        if isinstance(event, Exchange):
            yield event
        elif isinstance(event, Weighed):
            weighed.append(event)
        elif isinstance(event, Answer):
            answer = event
    assert answer is not None  # ask ends with its answer

    def holds(claim: Claim) -> bool:
        return claim.verdict in GOOD and bool(claim.citations) and (not weighed or _is_sure(claim, weighed))

    return tuple(_those(answer.claims, holds)), answer.usage


def _those(claims: Iterable[Claim], wanted: Callable[[Claim], bool]) -> Iterator[Claim]:
    """The claims that are ``wanted``, but for those that cannot be read without one that is not."""
    before = True
    for claim in claims:
        before = wanted(claim) and (before or not leans(claim.text))
        if before:
            yield claim


def _is_sure(claim: Claim, weighed: Sequence[Weighed]) -> bool:
    """Whether a quoted sentence is by itself sure enough to answer, not only near one that is."""
    places = {(one.article_id, one.start, one.end) for one in claim.citations}
    return any(
        (one.citation.article_id, one.citation.start, one.citation.end) in places and one.probability >= _SURE_FROM
        for told in weighed
        for one in told.sentences
    )


def _reported(engine: Engine, query: Query, subject: str, told: Sequence[Claim]) -> tuple[Claim, ...]:
    """What the articles report on a subject, quoted: a few sentences that were not told before."""
    hits = retrieve(engine, query, REACH).hits

    def is_news(text: str, hit: Hit) -> bool:
        return says_new(text, {(hit.article.id, hit.article.version)}, told)

    said = quoted(chosen(reporting(subject, hits, is_news), hits), hits, PASSAGES, engine.library.catalogue.passages_of)
    _, claims = checked(said.sentences, said.hits, engine.verifier)
    return tuple(claim for claim in claims if claim.verdict in GOOD)


# what is new


def is_new(claim: Claim, told: Sequence[Claim]) -> bool:
    """Whether a sentence says something that ``told`` does not."""
    return says_new(claim.text, {(one.article_id, one.version) for one in claim.citations}, told)


def says_new(text: str, cited: set[tuple[str, int]], told: Sequence[Claim]) -> bool:
    """Whether words of the articles ``cited`` (ids and versions) say something that ``told`` does not: from an article
    that was not cited yet, in other words or with another number or day, and with a name, a number or a day that was
    not told, or mostly in words that were not."""
    if cited <= {(one.article_id, one.version) for claim in told for one in claim.citations}:
        return False
    before = [words for claim in told for words in (claim.text, *(one.quote for one in claim.citations))]
    values = _values(text)
    if any(is_copy(text, words) and values <= _values(words) for words in before):
        return False
    known = frozenset[object]().union(*(_values(words) | name_words(words) for words in before))
    if (values | name_words(text)) - known:
        return True
    stems, held = set(content_stems(text)), {stem for words in before for stem in content_stems(words)}
    return len(stems - held) >= _NEW_FROM * len(stems) if stems else False


def _values(text: str) -> frozenset[object]:
    """Numbers and days of a text."""
    return frozenset[object]({number.value for number in numbers(text)}) | days(text)
