"""Faults that a careless change could bring, by name. Each must turn the gate red.

A fault changes what one function returns, the least that shows it; none looks at the fixtures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Any

import qa.answer
import qa.cite
import qa.clean
import qa.conflicts
import qa.dates
import qa.developments
import qa.engine
import qa.evidence
import qa.followup
import qa.importance
import qa.leads
import qa.markup
import qa.memory
import qa.question
import qa.quoting
import qa.rank
import qa.retrieve
import qa.review
import qa.stories
import qa.verify
import qa.verify.absent
import qa.verify.conditions
import qa.verify.contests
import qa.verify.directions
import qa.verify.opposites
import qa.verify.speakers
import qa.windows
from planted.planting import Function, changed, everywhere, within
from qa.facts import numbers
from qa.library.store import Library
from qa.sentences import sentence_spans, trimmed
from qa.types import Article, Change, Citation, Claim, Hit, Published, Retrieved, Verdict, Window

_TEN = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault."""

    says: str
    """What a reader would suffer from."""
    plant: Callable[[], None]
    at_ingest: bool = False
    """Whether articles must be read anew for it to show."""
    of_model: bool = False
    """Whether it shows in what a model wrote."""


# retrieval


def _hits(change: Callable[[tuple[Hit, ...]], Sequence[Hit]]) -> None:
    """Other hits wherever something is searched for."""

    def of(found: Retrieved) -> Retrieved:
        return replace(found, hits=tuple(change(found.hits)))

    changed(qa.retrieve.retrieve, of)


def _reversed(hits: tuple[Hit, ...]) -> list[Hit]:
    """The first ten the other way about, with the scores of their new places."""
    order = [*reversed(hits[:_TEN]), *hits[_TEN:]]
    return [replace(hit, score=place.score) for hit, place in zip(order, hits, strict=True)]


def _without_newest(hits: tuple[Hit, ...]) -> list[Hit]:
    dated = [hit.article.published.day for hit in hits if hit.article.published]
    newest = max(dated, default=None)
    return [hit for hit in hits if not (hit.article.published and hit.article.published.day == newest)]


def _scope(**other: Any) -> None:
    """Every question searched in another scope than its own."""

    def of(scope: Function) -> Function:
        return lambda self, query: scope(self, replace(query, **other))

    within(Library, "scope", of)


def _no_words() -> None:
    within(Library, "by_words", lambda _: lambda *_given, **_named: [])


def _no_meaning() -> None:
    meant = qa.engine.Meant((), "")
    within(qa.engine.Engine, "meaning_of", lambda _: lambda *_given, **_named: meant)


def _oldest_first() -> None:
    """Newness counts the wrong way about."""
    everywhere(
        qa.rank.with_priors,
        _aged(qa.rank.with_priors),
    )


def _aged(with_priors: Function) -> Function:
    def turned(fused: Mapping[int, float], origins: Mapping[int, Any], named: Any) -> Any:
        first = date(2024, 1, 1).toordinal()
        days = {n: one if one.day is None else replace(one, day=2 * first - one.day) for n, one in origins.items()}
        return with_priors(fused, days, replace(named, as_of=date.fromordinal(first)))

    return turned


# what is asked


def _a_day_late() -> None:
    """Windows in words lie a day too late."""

    def later(window: Window | None) -> Window | None:
        if window is None:
            return None
        moved = [day + timedelta(days=1) if day else None for day in (window.start, window.end)]
        return replace(window, start=moved[0], end=moved[1])

    changed(qa.windows.window_of, later)


def _one_part() -> None:
    """A question of two parts is taken for one."""
    everywhere(qa.question.parts_of, lambda *_: ())


def _context_lost() -> None:
    everywhere(qa.followup.leans, lambda _: False)


# what is said


def _another_number(text: str) -> str:
    """A text whose first number is another one."""
    for number in numbers(text):
        return f"{text[: number.start]}{int(number.value) + 7}{text[number.end :]}"
    return text


def _invented(sentences: Sequence[Any]) -> list[Any]:
    return [replace(one, text=_another_number(one.text)) for one in sentences]


def _invents_a_number() -> None:
    """The writer writes another number than the article has; everything behind it does its work."""
    checked = qa.answer.checked
    everywhere(checked, lambda sentences, *rest, **named: checked(_invented(sentences), *rest, **named))


def _invents_unseen() -> None:
    """The same, and the verdict is that of the sentence before it was changed."""

    def told(result: tuple[str, tuple[Claim, ...]]) -> tuple[str, tuple[Claim, ...]]:
        text, claims = result
        return text, tuple(replace(claim, text=_another_number(claim.text)) for claim in claims)

    changed(qa.answer.checked, told)


def _never_abstains() -> None:
    everywhere(qa.answer.answering, lambda found, _least: list(found))


def _always_abstains() -> None:
    everywhere(qa.answer.answering, lambda *_: [])


def _bar_of_zero() -> None:
    """Sentences are ruled out as ever, but none has to be sure."""
    everywhere(qa.answer.answers_from, lambda _: 0.0)


def _bar_too_high() -> None:
    everywhere(qa.answer.answers_from, lambda _: 0.6)


def _second_best() -> None:
    """The best sentence is left out, wherever there is another."""
    changed(qa.answer.answering, lambda found: found[1:] or found)


def _conflicts_untold() -> None:
    everywhere(qa.conflicts.conflicts, lambda *_given, **_named: ())


def _superseded_first() -> None:
    """What a later report supersedes is told without it."""
    everywhere(qa.conflicts.later_told, lambda *_given, **_named: [])


# what is cited


def _citations(change: Callable[[Citation, Article], Citation]) -> None:
    citation = qa.cite.citation
    everywhere(
        citation, lambda n, article, span, *rest, **named: change(citation(n, article, span, *rest, **named), article)
    )


def _moved(one: Citation, article: Article, start: int, end: int) -> Citation:
    return replace(one, start=start, end=end, quote=article.text[start:end])


def _off_by_one(one: Citation, _article: Article) -> Citation:
    return replace(one, start=one.start + 1, end=one.end + 1)


def _neighbour(one: Citation, article: Article) -> Citation:
    """The sentence behind the one that carries it, cited exactly."""
    after = [span for span in sentence_spans(article.text) if span.start >= one.end]
    for span in (trimmed(article.text, span) for span in after):
        if span.end > span.start:
            return _moved(one, article, span.start, span.end)
    return one


def _cut(one: Citation, article: Article) -> Citation:
    """The first third of the words."""
    return _moved(one, article, one.start, one.start + max(1, (one.end - one.start) // 3))


def _another_article() -> None:
    """Each sentence is cited, exactly, to the beginning of another article that was found."""
    checked = qa.answer.checked

    def told(sentences: Sequence[Any], hits: Sequence[Hit], *rest: Any, **named: Any) -> Any:
        text, claims = checked(sentences, hits, *rest, **named)
        articles = {hit.article.id: hit.article for hit in hits}
        return text, tuple(_cited_to_others(claim, articles) for claim in claims)

    everywhere(checked, told)


def _cited_to_others(claim: Claim, articles: Mapping[str, Article]) -> Claim:
    own = {one.article_id for one in claim.citations}
    other = next((article for article in articles.values() if article.id not in own), None)
    if other is None:
        return claim
    first = trimmed(other.text, sentence_spans(other.text)[0])
    return replace(claim, citations=tuple(qa.cite.citation(one.n, other, first) for one in claim.citations))


def _under(**other: Any) -> None:
    """Citations of the right words, under another heading than their article's."""
    _citations(lambda one, _article: replace(one, **other))


def _composed(change: Callable[[str, tuple[Claim, ...]], tuple[str, tuple[Claim, ...]]]) -> None:
    """Another text and other sentences than the sentences of an answer make."""
    changed(qa.answer.composed, lambda result: change(*result))


def _renumbered(text: str, claims: tuple[Claim, ...]) -> tuple[str, tuple[Claim, ...]]:
    return re.sub(r"\[(\d+)\]", lambda marker: f"[{int(marker[1]) + 1}]", text), claims


def _twice() -> None:
    """Every sentence is said again at the end."""
    composed = qa.answer.composed
    everywhere(composed, lambda claims: composed([*claims, *claims]))


def _said_in_full() -> None:
    """Every sentence that nothing rules out is said."""
    everywhere(qa.quoting.chosen, lambda ranked, *_given, **_named: list(ranked)[:_TEN])


def _swapped(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Each side of a change is cited for the other."""
    return tuple(replace(one, sides=one.sides[::-1]) for one in changes)


def _title_of_nobody() -> None:
    changed(qa.leads.quoted, lambda story: replace(story, title="News"))


# verdicts


def _says_yes() -> None:
    everywhere(qa.verify.verify, lambda *_given, **_named: qa.verify.Finding(Verdict.SUPPORTED))


def _rule_off(rule: Function, nothing: object) -> Callable[[], None]:
    return lambda: everywhere(rule, lambda *_given, **_named: nothing)


def _weak_is_supported() -> None:
    def raised(finding: Any) -> Any:
        return replace(finding, verdict=Verdict.SUPPORTED) if finding.verdict is Verdict.WEAK else finding

    changed(qa.verify.verify, raised)


# briefings


def _repeats_itself() -> None:
    """Its first sentence is told again at the end of each story."""

    def again(story: Any) -> Any:
        return replace(story, claims=(*story.claims, *story.claims[:1]))

    changed(qa.leads.quoted, again)


def _forgets() -> None:
    """Nothing is remembered of earlier briefings."""
    everywhere(qa.memory.memory_of, lambda *_given, **_named: qa.memory.Memory((), None))


def _tells_old_news() -> None:
    """A story that goes on is told from its beginning again."""
    everywhere(qa.memory.told_before, lambda *_: ())


def _merged() -> None:
    """Two stories are taken for one."""

    def joined(groups: list[list[Article]]) -> list[list[Article]]:
        pairs = [groups[n : n + 2] for n in range(0, len(groups), 2)]
        return [list(chain.from_iterable(pair)) for pair in pairs]

    changed(qa.stories.group, joined)


def _split() -> None:
    """Every article is a story of its own."""
    changed(qa.stories.group, lambda groups: [[article] for group in groups for article in group])


def _no_changes() -> None:
    everywhere(qa.developments.changes, lambda *_given, **_named: ())


def _half_told() -> None:
    """Every second story is left out."""
    chosen = qa.importance.chosen

    def fewer(*given: Any, **named: Any) -> Any:
        told_of, others = chosen(*given, **named)
        return told_of[::2], [*others, *told_of[1::2]]

    everywhere(chosen, fewer)


def _future() -> None:
    """A briefing takes articles newer than its as-of day."""
    within(
        qa.engine.Engine,
        "seen_from",
        lambda seen_from: lambda self, as_of=None: max(seen_from(self, as_of), date(2026, 1, 17)),
    )


# at ingest


def _dated_a_day_late() -> None:
    def later(published: Published) -> Published:
        day = published.day + timedelta(days=1)
        return Published(day.isoformat(), day)

    changed(qa.dates.parse_published, later)


def _ends_lost() -> None:
    """What stands behind the first sixty words of an article is not read."""

    def beginning(cleaned: Any) -> Any:
        return replace(cleaned, text=" ".join(cleaned.text.split(" ")[:60]))

    changed(qa.clean.clean, beginning)


def _no_accents() -> None:
    """Letters with accents fall out of the text."""

    def plain(cleaned: Any) -> Any:
        return replace(cleaned, text=cleaned.text.encode("ascii", "ignore").decode())

    changed(qa.clean.clean, plain)


# what a model wrote


def _struck_shown() -> None:
    everywhere(qa.review.struck, lambda claims: (*claims,))


def _markup_kept() -> None:
    for function in (qa.markup.without_markup, qa.markup.without_links):
        everywhere(function, lambda text, *_: text)


def _days_unsent() -> None:
    """The model is not told when a passage was published."""
    changed(qa.evidence.evidence, lambda items: [replace(one, published=None) for one in items])


FAULTS: Mapping[str, Fault] = {
    "best-hit-dropped": Fault("the retriever drops the best hit", lambda: _hits(lambda hits: hits[1:])),
    "ranks-reversed": Fault("the first ten hits come the other way about", lambda: _hits(_reversed)),
    "newest-dropped": Fault("the newest articles are not found", lambda: _hits(_without_newest)),
    "one-hit-only": Fault("a single passage is found", lambda: _hits(lambda hits: hits[:1])),
    "no-word-search": Fault("nothing is found by its words", _no_words),
    "no-meaning-search": Fault("nothing is found by its meaning", _no_meaning),
    "newness-turned": Fault("old articles come before new ones", _oldest_first),
    "as-of-ignored": Fault(
        "articles newer than the as-of date are used", lambda: _scope(as_of=date(2030, 1, 1), as_of_given=True)
    ),
    "window-ignored": Fault("articles outside the days that were asked for are used", lambda: _scope(window=Window())),
    "sources-ignored": Fault("articles of other sources than those asked for are used", lambda: _scope(sources=())),
    "a-day-late": Fault("“yesterday” is read a day too late", _a_day_late),
    "one-part-answered": Fault("a question of two parts is taken for one", _one_part),
    "context-lost": Fault("a follow-up is asked without what was said before", _context_lost),
    "number-invented": Fault("the writer invents a number", _invents_a_number),
    "number-invented-unseen": Fault("the writer invents a number behind the verifier's back", _invents_unseen),
    "never-abstains": Fault("whatever is found is told as an answer", _never_abstains),
    "always-abstains": Fault("nothing is ever answered", _always_abstains),
    "bar-of-zero": Fault("an answer need not be sure", _bar_of_zero),
    "bar-too-high": Fault("an answer must be surer than any is", _bar_too_high),
    "second-best-quoted": Fault("the best sentence is left out", _second_best),
    "conflicts-untold": Fault("what sources do not agree on is not told", _conflicts_untold),
    "superseded-told": Fault("a value that is out of date is told without the later one", _superseded_first),
    "off-by-one": Fault("citations stand a character too far on", lambda: _citations(_off_by_one)),
    "neighbour-cited": Fault("the sentence behind the right one is cited", lambda: _citations(_neighbour)),
    "quotes-cut": Fault("a third of each quote is left", lambda: _citations(_cut)),
    "another-article-cited": Fault("sentences are cited to another passage", _another_article),
    "sources-misnamed": Fault("citations name another source", lambda: _under(source="Another Source")),
    "days-misnamed": Fault("citations name another day", lambda: _under(published="2020-01-01")),
    "addresses-misnamed": Fault("citations lead elsewhere", lambda: _under(url="https://example.org/other")),
    "titles-misnamed": Fault("citations name another title", lambda: _under(title="Another title")),
    "markers-renumbered": Fault("the text is marked with other numbers", lambda: _composed(_renumbered)),
    "text-cut": Fault(
        "the text ends before its sentences do", lambda: _composed(lambda text, claims: (text[:-9], claims))
    ),
    "said-twice": Fault("an answer says all of it twice", _twice),
    "said-in-full": Fault("an answer quotes whatever may answer", _said_in_full),
    "nearest-unshown": Fault(
        "a refusal shows nothing that comes near", lambda: everywhere(qa.answer.nearest, lambda *_given, **_named: ())
    ),
    "story-titles-lost": Fault("stories have the title of no article", _title_of_nobody),
    "sides-swapped": Fault(
        "what was told, and what holds now, are cited for each other",
        lambda: changed(qa.developments.changes, _swapped),
    ),
    "verifier-says-yes": Fault("everything is supported", _says_yes),
    "weak-is-supported": Fault("what is half carried is called supported", _weak_is_supported),
    "numbers-unchecked": Fault(
        "another number is no contradiction", _rule_off(qa.verify.contests.contested_numbers, ())
    ),
    "absent-unchecked": Fault("numbers and names need not be there", _rule_off(qa.verify.absent.missing, [])),
    "negations-unchecked": Fault("a “not” changes nothing", _rule_off(qa.verify.opposites.contested_negation, None)),
    "directions-unchecked": Fault(
        "a rise and a fall are the same", _rule_off(qa.verify.directions.contested_direction, None)
    ),
    "speakers-unchecked": Fault("anybody may have said it", _rule_off(qa.verify.speakers.contested_speaker, None)),
    "quotations-unchecked": Fault("a quotation need not be one", _rule_off(qa.verify.absent.misquoted, [])),
    "conditions-unchecked": Fault("what may be is told as what is", _rule_off(qa.verify.conditions.condition, "")),
    "repeats-itself": Fault("a briefing tells a sentence twice", _repeats_itself),
    "forgets": Fault("a briefing knows nothing of the ones before", _forgets),
    "old-news-told": Fault("a story that goes on is told from its beginning", _tells_old_news),
    "stories-merged": Fault("two stories are told as one", _merged),
    "stories-split": Fault("each article is a story of its own", _split),
    "changes-unnamed": Fault("nothing is said to have changed", _no_changes),
    "half-told": Fault("every second story is left out", _half_told),
    "future-told": Fault("a briefing tells what came after its day", _future),
    "struck-shown": Fault("what failed its check is told like the rest", _struck_shown, of_model=True),
    "markup-kept": Fault("links and HTML of a model are shown", _markup_kept, of_model=True),
    "days-unsent": Fault("a model does not learn the days of its passages", _days_unsent, of_model=True),
    "dated-a-day-late": Fault("articles are dated a day too late", _dated_a_day_late, at_ingest=True),
    "ends-lost": Fault("only the beginning of an article is read", _ends_lost, at_ingest=True),
    "accents-lost": Fault("letters with accents are lost", _no_accents, at_ingest=True),
}
"""All of them, in the order of a run."""
