"""A briefing as plain text for a terminal or a mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qa.clean import show_line
from qa.render.briefings.story import (
    Part,
    at_length,
    cited,
    copy_words,
    head,
    in_a_line,
    left_out_words,
    more_words,
    numbered,
    outlet_words,
    parts,
    sources,
    title,
)
from qa.render.questions import asked_text
from qa.render.standing import STANDINGS, changed, changes, standing_alone
from qa.render.text import BADGES, attribution, verdict_lines, wrapped
from qa.types import Article, Briefing, Citation, Claim, Story, Verdict

_SIGNS = ", ".join(
    f"{badge} {verdict}" for verdict, badge in BADGES.items() if verdict in {Verdict.SUPPORTED, Verdict.WEAK}
)


def briefing_text(briefing: Briefing) -> str:
    """A briefing for a terminal: each sentence with its verdict and the numbers of its sources, which follow it."""
    lines = [show_line(title(briefing)), ""]
    for name, words in [*head(briefing), ("signs", _SIGNS)]:
        lines += wrapped(f"{name}: {show_line(words)}", "  ", "    ")
    if briefing.since is not None:
        heading, told = changed(briefing)
        lines += ["", show_line(heading)]
        lines += (one for line in told for one in wrapped(show_line(line), "  – ", "    "))
    lines += asked_text(briefing.standing, _answer)
    if not briefing.stories and briefing.complete:
        lines += ["", "No articles were published in these days."]
    for number, story in enumerate(at_length(briefing), 1):
        lines += _story(number, story, compared=briefing.since is not None)
    lines += _seen(in_a_line(briefing))
    lines += _end(briefing)
    return "\n".join(lines).rstrip() + "\n"


def _answer(claims: Sequence[Claim]) -> list[str]:
    """The sentences of an answer to a standing question, then whose they are, and the words behind them where they are
    others."""
    cited = list(dict.fromkeys(one for claim in claims for one in claim.citations))
    numbers = {one.article_id: one.n for one in cited}
    lines = [line for claim in claims for line in _sentence(claim, "", numbers)]
    said = {claim.text for claim in claims}
    for name, n in numbers.items():
        own = [one for one in cited if one.article_id == name]
        lines += wrapped(attribution(own[0]), f"  [{n}] ", "      ")
        lines += _quotes([one for one in own if one.quote not in said])
    return lines


def _story(number: int, story: Story, *, compared: bool) -> list[str]:
    numbers = numbered(story)
    lines = ["", *wrapped(show_line(story.title), f"{number}. ", "   ")]
    if compared:
        shape = STANDINGS[story.status].partition(" ")[0]
        lines += wrapped(f"{shape} {show_line(standing_alone(story))}", "   ", "   ")
        for change, words in zip(story.changes, changes(story), strict=True):
            lines += wrapped(f"{show_line(words)} {_marks(change.sides, numbers)}", "   – ", "     ")
    lines.append("")
    for part in parts(story):
        lines += _part(part, numbers)
    if not story.sentences:
        lines.append("No sentence of it could be grounded in its articles.")
    return [*lines, *_sources(story, numbers)]


def _part(part: Part, numbers: Mapping[str, int]) -> list[str]:
    lines = ["", *wrapped(show_line(part.heading), "  ", "  ")] if part.heading else []
    for line in part.lines:
        if line.claim:
            lines += _sentence(line.claim, line.before, numbers)
        else:
            words = "".join(f"“{show_line(side.quote)}” {_marks((side,), numbers)}" for side in line.cited)
            lines += wrapped(f"{show_line(line.before)}: {words}", "  ⇄ ", "    ")
    return lines


def _sentence(claim: Claim, before: str, numbers: Mapping[str, int]) -> list[str]:
    """A sentence with its badge and the numbers of its sources; its verdict in words where something is wrong."""
    text = show_line(f"{before}: {claim.text}" if before else claim.text)
    said = f"{f'~~{text}~~' if claim.struck else text} {_marks(claim.citations, numbers)}".strip()
    lines = wrapped(said, f"{BADGES[claim.verdict]} ", "  ")
    return lines if claim.verdict is Verdict.SUPPORTED else [*lines, *verdict_lines(claim)]


def _marks(behind: Iterable[Citation], numbers: Mapping[str, int]) -> str:
    return "".join(f"[{n}]" for n in dict.fromkeys(numbers[one.article_id] for one in behind))


def _sources(story: Story, numbers: Mapping[str, int]) -> list[str]:
    """The articles, under each the words that are cited from it and are not a sentence's own."""
    listed, more = sources(story)
    shown = {claim.text for claim in story.sentences} | {side.quote for one in story.conflicts for side in one.sides}
    lines, known = [""], set[str]()
    for source in listed:
        known.add(source.article.id)
        what = f", {copy_words(source)}" if source.copy else ""
        lines += _source(numbers[source.article.id], source.article, what)
        lines += _quotes(
            [one for one in cited(story) if one.article_id == source.article.id and one.quote not in shown]
        )
    for one in more:
        lines += wrapped(show_line(more_words(*one)), "    ", "    ")
    for name in (name for name in numbers if name not in known):
        besides = [one for one in cited(story) if one.article_id == name]
        lines += wrapped(attribution(besides[0]), f"[{numbers[name]}] ", "    ")
        lines += _quotes([one for one in besides if one.quote not in shown])
    return lines


def _source(number: int, article: Article, what: str) -> list[str]:
    url = f" <{article.url}>" if article.url else ""
    return wrapped(show_line(f"{article.title}, {outlet_words(article)}{what}{url}"), f"[{number}] ", "    ")


def _quotes(behind: Iterable[Citation]) -> list[str]:
    quotes = (f"{one.field} {one.start}–{one.end}: “{show_line(one.quote)}”" for one in behind)
    return [line for quote in quotes for line in wrapped(quote, "    ", "      ")]


def _seen(stories: list[Story]) -> list[str]:
    lines = ["", "Nothing new", ""] if stories else []
    for story in stories:
        main, count = story.articles[0], len(story.articles)
        more = f" and {count - 1} more" if count > 1 else ""
        words = f"{story.title}, {standing_alone(story)}: {outlet_words(main)}{more}"
        lines += wrapped(show_line(words), "▽ ", "  ")
    return lines


def _end(briefing: Briefing) -> list[str]:
    lines = [""]
    for note in briefing.notes:
        lines += wrapped(f"Note: {show_line(note)}", "", "  ")
    lines += [] if briefing.complete else ["This briefing is not complete."]
    return lines + (wrapped(show_line(left_out_words(briefing))) if briefing.left_out else [])
