"""What became of cited words, as a reader is told it."""

from __future__ import annotations

from collections.abc import Mapping

from qa.clean import show_line
from qa.dates import readable
from qa.render.briefings.story import cited
from qa.types import Answer, Briefing, Citation, Fate


def quotes_in(kept: Answer | Briefing) -> list[Citation]:
    """All words that an answer or a briefing quotes."""
    if isinstance(kept, Answer):
        sides = [side for conflict in kept.conflicts for side in conflict.sides]
        return [*(one for claim in kept.claims for one in claim.citations), *sides, *kept.nearest]
    told = [one for story in kept.stories for one in cited(story)]
    return told + [one for answer in kept.standing for claim in answer.claims for one in claim.citations]


def fate_words(fate: Fate, citation: Citation) -> str:
    """What a reader must know of an article since it was cited, empty where it is as it was."""
    if fate.version is None:
        return "its article was removed from this library" if fate.removed else "its article is not in this library"
    if not fate.stand:
        return "its article is another one now: the quoted words do not stand there"
    if fate.version == citation.version:
        return ""
    when = f" ({readable(fate.changed)})" if fate.changed else ""
    return f"its article has changed since{when}: the quoted words are {'still in it' if fate.kept else 'gone from it'}"


def fates_text(fates: Mapping[Citation, Fate]) -> str:
    """A line for each cited article that is not as it was, by a quote that is gone where one is."""
    told: dict[tuple[str, int], str] = {}
    for citation, fate in sorted(fates.items(), key=lambda one: one[1].kept):
        if said := fate_words(fate, citation):
            line = f"“{show_line(citation.title)}”: {said}{_remedy(fate, citation)}"
            told.setdefault((citation.article_id, citation.version), line)
    return "\n".join(told.values())


def _remedy(fate: Fate, citation: Citation) -> str:
    name = show_line(citation.article_id)
    if fate.removed:
        return f"; `newsdesk library restore {name}` brings it back"
    return f"; `newsdesk library show {name} --diff --version {citation.version}` says how" if fate.stand else ""
