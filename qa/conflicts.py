"""Conflicts: two sources that give different values for the same thing, of about the same time or one later.

Numbers, a person's age, the day of an event, and whether something is so: each pair that ``qa.sides`` or
``qa.statements`` finds to differ is shown with both quotes. Pure: it reads hits, and knows no model. A briefing asks
for all conflicts among the articles of one story, an answer for those that matter to its question or its quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from qa.cite import citation, numbered_on
from qa.facts import content_stems
from qa.figures import Figure
from qa.language import another
from qa.sentences import Span
from qa.sides import SOON, Kind, differ, same_thing, sides, titled
from qa.statements import opposed, wanted_statements
from qa.types import Article, Citation, Conflict, Hit

MOST = 3
"""Conflicts shown with an answer."""


def conflicts(hits: Sequence[Hit], asked: str = "", cited: Sequence[Citation] = ()) -> tuple[Conflict, ...]:
    """The conflicts among ``hits`` that matter to the question ``asked`` or to the quotes ``cited`` in its answer; all
    of them where nothing is asked, as among the articles of one story.

    One for each thing that is counted: the latest value against the one that is cited, else against the latest other.
    """
    hits = [hit for hit in hits if not another(hit.passage.text)]  # whose rules read English alone
    wanted = frozenset(content_stems(asked))
    read = [side for hit in hits for side in sides(hit, partial(_is_relevant, hit.article, wanted, cited))]
    read = sorted(read, key=lambda side: side.day)[::-1]
    numbering = {one.article_id: one.n for one in cited}
    found = _opposed(hits, wanted, cited, numbering)
    settled: list[Figure] = []
    for later in read:
        if len(found) == MOST or any(same_thing(later.figure, one) for one in settled):
            continue
        others = [(one, kind) for one in read if one.day <= later.day and (kind := differ(one, later))]
        if others:
            earlier, kind = max(
                others, key=lambda pair: (_is_cited(pair[0].article, pair[0].figure.sentence, cited), pair[0].day)
            )
            settled.append(later.figure)
            pair = _cited((earlier.article, earlier.figure.sentence), (later.article, later.figure.sentence), numbering)
            found.append(Conflict(kind, pair, (earlier.text, later.text), thing(later.figure)))
    return tuple(found)


def later_told(hits: Sequence[Hit], asked: str, cited: Sequence[Citation]) -> list[tuple[Citation, int]]:
    """The sentences of later reports that supersede a value of the quotes ``cited``, each with its hit, from 1."""
    found = []
    for conflict in conflicts(hits, asked, cited):
        earlier, later = conflict.sides
        if conflict.kind == "superseded" and _is_quoted(earlier, cited):
            found.append((later, next(n for n, hit in enumerate(hits, 1) if _holds(hit, later))))
    return found


def outdated(found: Sequence[Conflict], cited: Sequence[Citation]) -> tuple[str, ...]:
    """Notes on the values of the quotes ``cited`` that later reports supersede."""
    return tuple(
        f"{conflict.values[0]} is of {_day(conflict.sides[0])}; the later report of {_day(conflict.sides[1])} says "
        f"{conflict.values[1]}"
        for conflict in found
        if conflict.kind == "superseded" and _is_quoted(conflict.sides[0], cited)
    )


def _day(one: Citation) -> str:
    return (one.published or "")[:10]


def _is_quoted(side: Citation, cited: Sequence[Citation]) -> bool:
    return any(one.article_id == side.article_id and one.start < side.end and side.start < one.end for one in cited)


def _holds(hit: Hit, one: Citation) -> bool:
    return hit.article.id == one.article_id and hit.passage.start <= one.start < hit.passage.end


def _opposed(
    hits: Sequence[Hit], wanted: frozenset[str], cited: Sequence[Citation], numbering: dict[str, int]
) -> list[Conflict]:
    """The conflicts in the day of an event, or in whether it is so."""
    read = [
        (hit.article, one)
        for hit in hits
        if hit.article.published
        for one in wanted_statements(
            hit.article.text, hit.passage.start, hit.passage.end, partial(_is_relevant, hit.article, wanted, cited)
        )
    ]
    read.sort(key=lambda pair: _day_of(pair[0]))
    found: list[Conflict] = []
    for at, (article, one) in enumerate(read):
        for later, other in read[at + 1 :]:
            if article.id == later.id or len(found) == MOST or not article.published or not later.published:
                continue
            if values := opposed(one, other, article.published.day, later.published.day):
                kind: Kind = "superseded" if _day_of(later) - _day_of(article) > SOON else "disagreement"
                found.append(Conflict(kind, _cited((article, one.span), (later, other.span), numbering), values))
    return found


def _is_relevant(
    article: Article, wanted: frozenset[str], cited: Sequence[Citation], stems: Iterable[str], sentence: Span
) -> bool:
    """Whether a sentence is quoted in the answer, or nothing is asked, or it holds, with its title, a third of the
    question's words."""
    have = titled(article.title).union(stems)
    return _is_cited(article, sentence, cited) or 3 * len(wanted & have) >= len(wanted)


def _is_cited(article: Article, sentence: Span, cited: Sequence[Citation]) -> bool:
    return any(one.article_id == article.id and one.start < sentence.end and sentence.start < one.end for one in cited)


def _day_of(article: Article) -> int:
    return article.published.day.toordinal() if article.published else 0


def _cited(
    one: tuple[Article, Span], other: tuple[Article, Span], numbering: dict[str, int]
) -> tuple[Citation, Citation]:
    """Both sentences as citations, numbered on from those of the answer."""
    numbers = [numbered_on(numbering, article.id) for article, _ in (one, other)]
    return citation(numbers[0], *one), citation(numbers[1], *other)


def thing(figure: Figure) -> str:
    """What a figure counts, in words: "deaths", "age of Tony Smith"; empty where it has no name."""
    if figure.kind.startswith("age "):
        return f"age of {figure.kind[4:].title()}"
    return "" if figure.kind.startswith("=") else figure.kind
