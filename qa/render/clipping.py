"""A story as plain text for the clipboard: its sentences with their footnotes."""

from __future__ import annotations

from qa.clean import show_line
from qa.render.standing import standing_words
from qa.render.text import attribution
from qa.types import Citation, Claim, Story, Verdict


def copied_story(story: Story) -> str:
    """A story: headline, status, sentences with numbers, and for each number the words, whose they are, the address."""
    cited = [citation for claim in story.claims for citation in claim.citations]
    cited += [side for change in story.changes for side in change.sides]
    lines = [show_line(story.title), *([show_line(standing_words(story))] if story.earlier else []), ""]
    lines += [_said(claim) for claim in story.claims]
    lines += ["", *(_footnote(one) for one in sorted(dict.fromkeys(cited), key=lambda one: (one.n, one.start)))]
    return "\n".join(lines).rstrip() + "\n"


def _said(claim: Claim) -> str:
    numbers = "".join(f"[{n}]" for n in dict.fromkeys(citation.n for citation in claim.citations))
    said = f"{show_line(claim.text)} {numbers}".rstrip()
    if claim.verdict is Verdict.SUPPORTED:
        return said
    why = f": {show_line('; '.join(claim.reasons))}" if claim.reasons else ""
    return f"{said} ({'struck out, ' if claim.struck else ''}{claim.verdict.value}{why})"


def _footnote(one: Citation) -> str:
    link = f" · {show_line(one.url)}" if one.url else ""
    return f"[{one.n}] “{show_line(one.quote)}” — {attribution(one)}{link}"
