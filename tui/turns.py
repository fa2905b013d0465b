"""A conversation as a list: each question, its sentences, what sources differ on, or that nothing answers it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.render import conflict_words, followup_words
from qa.types import Answer, Query, Status, Turn
from tui import wording
from tui.widgets.sentence_list import Heading, Item, Side


def listed(turns: Sequence[Turn], hidden: int = 0) -> tuple[list[Item], list[int]]:
    """The items of these turns one after the other, and where each of them begins; above them, that some are not
    shown."""
    more = f"{hidden:,} earlier question{'s' * (hidden != 1)}"
    items: list[Item] = [Heading(more, "o shows more")] if hidden else []
    starts: list[int] = []
    for n, turn in enumerate(turns, 1):
        starts.append(len(items))
        items += items_of(turn.answer, earlier=n < len(turns))
    return items, starts


def items_of(answer: Answer, *, earlier: bool = False) -> list[Item]:
    """One question with its answer; of an ``earlier`` one nothing is offered that a key does for the last."""
    asked = followup_words(answer.query)
    question = Heading(answer.question, f"asked as: {asked}" if asked else "", "question")
    if answer.status is Status.INSUFFICIENT:
        return [question, *_absent(answer, earlier=earlier)]
    cut = [] if answer.complete else [Heading("Broken off: this is what came until then")]
    return [question, *answer.claims, *cut, *_differences(answer)]


def _differences(answer: Answer) -> list[Item]:
    """What the sources do not agree on, each value with its quote, the earlier first."""
    items: list[Item] = []
    for conflict in answer.conflicts:
        explained = (
            "They were published at about the same time; neither is taken for right."
            if conflict.kind == "disagreement"
            else "The later report holds; what the earlier said is out of date."
        )
        items.append(Heading(conflict_words(conflict), kind="conflict", notes=(explained,)))
        when = ("", "") if conflict.kind == "disagreement" else ("earlier: ", "later: ")
        for value, side, order in zip(conflict.values, conflict.sides, when, strict=True):
            items.append(Side(side, f"{order}{value}"))
    return items


def _absent(answer: Answer, *, earlier: bool) -> list[Item]:
    """That the articles do not answer: what was searched, how to search wider, and what came closest."""
    title = "Not in your articles" if answer.complete else "Cut short before an answer"
    notes = (*_searched(answer), *(() if earlier else _wider(answer.query)))
    items: list[Item] = [Heading(title, kind="absent", notes=notes)]
    inside = [one for one in answer.nearest if one.article_id not in answer.beyond]
    outside = [one for one in answer.nearest if one.article_id in answer.beyond]
    if inside:
        items += [Heading("Nearest evidence"), *inside]
    if outside:
        items += [Heading("Nearest evidence, outside the window"), *(Side(one, "outside") for one in outside)]
    if not answer.nearest:
        items.append(Heading("Nothing near it was found"))
    if answer.claims:
        items += [Heading("What the model wrote, which the articles do not support"), *answer.claims]
    return items


def _searched(answer: Answer) -> list[str]:
    query, count = answer.query, answer.searched
    articles = "" if count is None else f"{count:,} article{'' if count == 1 else 's'}, "
    told = [f"Searched: {articles}{wording.window(query.window)}, nothing newer than {query.as_of}"]
    if query.sources:
        told.append("Sources: " + ", ".join(query.sources))
    if count == 0:
        told.append("No article lies in there, so nothing could answer.")
    return told


def _wider(query: Query) -> tuple[str, ...]:
    if query.window_in_words:
        return (f"The words “{query.window.why}” set these days. a asks again over all days.",)
    if not query.window.is_open:
        return ("These days were chosen, not read from the question: change them in the scope above.",)
    return ("No window was set: there is nothing to widen.",)
