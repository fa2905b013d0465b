"""What an answer took, and what made it, as names and values. Nothing here is safe to show yet."""

from __future__ import annotations

from collections.abc import Sequence

from qa.render import cost_words, dollars, followup_words, window_words
from qa.types import Answer, Briefing, Exchange, How, Provenance, Retrieved, Status, Usage, Weighed

Facts = tuple[tuple[str, str], ...]

PURPOSES = {
    "answer": "the answer",
    "brief": "the story",
    "repair": "sentences asked for again",
    "opinion": "a second opinion",
    "rerank": "scores of the passages",
    "followup": "the question completed",
    "judge": "whether the answer is right",
}
"""What a request was for, by the name of its prompt."""

_NTH = {1: "st", 2: "nd", 3: "rd"}


def search_scope(found: Retrieved) -> str:
    """How many passages were found, where and how, and what was left out."""
    by_meaning = "by words alone" if found.index == "words" else f"by words and by meaning (index: {found.index})"
    parts = [f"{count(len(found.hits), 'passage')} {by_meaning}", window_words(found.query), *left_out(found)]
    if found.beyond:
        parts.append(f"{found.beyond} from outside the window")
    if found.meaning_share < 1.0:
        parts.append(f"{int(100 * found.meaning_share)}% of the passages have a vector so far")
    parts += [f"no passage holds “{phrase}”: searched word by word" for phrase in found.dropped]
    parts += [found.embedder] if found.embedder else []
    return " · ".join(parts)


def left_out(found: Retrieved) -> list[str]:
    """The articles that were not used, and why."""
    newer, undated = found.left_out, found.undated
    told = [f"left out: {count(newer, 'article')} newer than {found.query.as_of.isoformat()}"] if newer else []
    return told + ([f"left out: {count(undated, 'undated article')}"] if undated else [])


def briefing_scope(briefing: Briefing) -> str:
    """The days of a briefing, and how many articles it left out."""
    days = sorted({day.isoformat() for day in (briefing.window.start, briefing.window.end) if day})
    gone = len(briefing.left_out)
    parts = [f"articles of {' to '.join(days) or 'all days'}", f"as of {briefing.as_of.isoformat()}"]
    return " · ".join([*parts, f"{count(gone, 'article')} left out of the briefing"] if gone else parts)


def kept_scope(answer: Answer) -> str:
    """What an answer from the journal still tells of its search."""
    return f"{window_words(answer.query)} · index: {answer.index}"


def of_answer(answer: Answer, weighed: Sequence[Weighed]) -> Facts:
    """What there is to know about an answer besides its words."""
    query, told = answer.query, answer.rescored
    status = "not in your articles" if answer.status is Status.INSUFFICIENT else str(answer.status)
    facts = [
        ("Question", answer.question),
        ("Asked as", followup_words(query)),
        ("Outcome", status if answer.complete else f"{status}, broken off"),
        ("Searched", window_words(query).removeprefix("searched ")),
        ("As of", f"{query.as_of.isoformat()}{'' if query.as_of_given else ' (today)'}"),
        ("Together", ", ".join(f"“{phrase}”" for phrase in query.phrases)),
        ("Without", ", ".join(query.without)),
        ("Articles", "" if answer.searched is None else f"{answer.searched:,} could have answered"),
        ("Left out", f"{count(answer.left_out, 'article')} newer than the as-of date" if answer.left_out else ""),
        ("Index", str(answer.index)),
        ("Certainty", "; ".join(certainty(one) for one in weighed)),
        ("Re-scored", f"{told.scored} of {told.shown} passages by {told.model} at {told.host}" if told else ""),
        ("", told.why if told else ""),
        *_took(answer.usage),
        *_made(answer.provenance),
        *(("Note", note) for note in answer.notes),
    ]
    return tuple(pair for pair in facts if pair[1])


def of_briefing(briefing: Briefing) -> Facts:
    """What there is to know about the briefing that a story is of."""
    facts = [
        ("Briefing", briefing_scope(briefing)),
        ("Stories", str(len(briefing.stories))),
        ("Outcome", "complete" if briefing.complete else "broken off"),
        *_took(briefing.usage),
        *_made(briefing.provenance),
        *(("Note", note) for note in briefing.notes),
    ]
    return tuple(pair for pair in facts if pair[1])


def of_exchanges(exchanges: Sequence[Exchange]) -> Facts:
    """What each request took."""
    return tuple(("Request", f"{PURPOSES.get(one.prompt, one.prompt)}: {took(one)}") for one in exchanges)


def took(one: Exchange) -> str:
    """Tokens, money and time of a request, and how it ended."""
    said = [cost_words(one.usage) or "nothing counted", f"{one.usage.seconds:.1f} s", one.ended or "a whole reply"]
    return " · ".join(said)


def certainty(weighed: Weighed) -> str:
    """How sure the surest sentence is to answer, and how sure it must be."""
    possible = [one.probability for one in weighed.sentences if one.possible]
    best = f"the surest sentence answers with {max(possible):.0%}" if possible else "no sentence has what is asked for"
    return f"{best}; {weighed.least:.0%} is enough"


def how_words(how: How | None, score: float | None) -> str:
    """How a passage was found, in words."""
    if how is None:
        return ""
    parts = [f"{nth(rank)} by {name}" for rank, name in ((how.words, "words"), (how.meaning, "meaning")) if rank]
    parts += [f"score {score:.3f}"] if score is not None else []
    parts += [f"the model scored it {how.model_score:g}"] if how.model_score is not None else []
    parts += [f"{nth(how.before)} before that"] if how.before else []
    parts += ["cited by the answer before"] if how.cited_before else []
    return " · ".join(parts)


def nth(rank: int) -> str:
    """A rank in words: 1st, 2nd."""
    return f"{rank}{_NTH.get(rank % 10, 'th') if rank % 100 not in (11, 12, 13) else 'th'}"


def count(n: int, noun: str) -> str:
    """A number of things."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _took(usage: Usage) -> list[tuple[str, str]]:
    tokens = f"{usage.tokens_in:,} tokens read, {usage.tokens_out:,} written" if usage.tokens_in else ""
    return [("Tokens", tokens), ("Cost", dollars(usage.cost) if tokens else ""), ("Time", f"{usage.seconds:.1f} s")]


def _made(told: Provenance) -> list[tuple[str, str]]:
    return [
        ("Written by", told.model or "quotation of the articles' own sentences"),
        ("Prompt", told.prompt_hash or ""),
        ("Scored by", (told.rerank_hash and f"prompt {told.rerank_hash}") or ""),
        ("Embedder", told.embedder),
        ("Settings", told.config_hash),
        ("Newsdesk", told.version),
    ]
