"""Briefings as Markdown, where no character of an article means anything but itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from qa.clean import show_line
from qa.render.standing import changed, days_words, revision_words, standing_words
from qa.render.text import attribution
from qa.types import Article, Briefing, Citation, Claim, Story, Verdict

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!&$@])|(?<=[a-zA-Z])(?=://)|(?<=www)(?=\.)")
_WEB = re.compile(r"https?://[^\s<>\"'`\\(){}|^\[\]]+", re.I)
_BLOCK = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))")
"""What begins a list or underlines a heading when it opens a line."""


def briefing_markdown(briefing: Briefing) -> str:
    """A briefing as Markdown: stories, their checked sentences, and the exact words behind each as footnotes."""
    claims = [claim for story in briefing.stories for claim in story.sentences]
    supported = sum(claim.verdict is Verdict.SUPPORTED for claim in claims)
    articles = sum(len(story.articles) for story in briefing.stories)
    model = briefing.provenance.model
    mode = f"written by {escaped(model)}" if model else "quoted, no model"
    lines = [
        f"# Briefing, {days_words(briefing.window)}",
        "",
        f"{len(briefing.stories)} {_plural('story', briefing.stories)} from {articles} article(s), {mode}, as of "
        f"{briefing.as_of.isoformat()}; {supported} of {len(claims)} sentences supported by the cited words.",
    ]
    lines += _changed_markdown(briefing)
    if not briefing.stories and briefing.complete:
        lines += ["", "No articles were published in these days. `newsdesk library list` shows which days have some."]
    notes: list[str] = []
    for story in briefing.stories:
        lines += _story_markdown(story, notes, compared=briefing.since is not None)
    lines += ["", *(f"- *Note: {escaped(note)}*" for note in briefing.notes)] if briefing.notes else []
    if not briefing.complete:
        lines += ["", "*This briefing is not complete.*"]
    if briefing.left_out:
        lines += ["", f"*Left out: {len(briefing.left_out)} article(s).*", ""]
        lines += [f"- {escaped(one.article_id)}: {escaped(one.reason)}" for one in briefing.left_out[:20]]
        if len(briefing.left_out) > 20:
            lines.append(f"- … and {len(briefing.left_out) - 20} more (`--json` lists them all)")
    return "\n".join([*lines, "", *notes]).rstrip() + "\n"


def _changed_markdown(briefing: Briefing) -> list[str]:
    revised = [f"*{revision_words(briefing).capitalize()}.*"] if briefing.revision > 1 else []
    heading, told = changed(briefing)
    if briefing.since is None:
        return ["", *revised] if revised else []
    return ["", *revised, *([""] if revised else []), f"**{heading}**", "", *(f"- {escaped(line)}" for line in told)]


def _story_markdown(story: Story, notes: list[str], *, compared: bool) -> list[str]:
    lines = ["", f"## {escaped(story.title)}", ""]
    if compared:
        sides = [side for change in story.changes for side in change.sides]
        lines += [f"*{escaped(standing_words(story))}*{''.join(_note(side, notes) for side in sides)}", ""]
    lines += [_claim_markdown(claim, notes) for claim in story.claims]
    return [*lines, "", *(f"- {_source_markdown(article)}" for article in story.articles)]


def _note(citation: Citation, notes: list[str]) -> str:
    """A mark; its footnote joins ``notes``."""
    notes.append(
        f"[^{len(notes) + 1}]: {escaped(attribution(citation))}, {citation.field} {citation.start}–{citation.end}: "
        f"“{escaped(citation.quote)}”"
    )
    return f"[^{len(notes)}]"


def _claim_markdown(claim: Claim, notes: list[str]) -> str:
    marks = "".join(_note(citation, notes) for citation in claim.citations)
    sentence = f"{f'~~{escaped(claim.text)}~~' if claim.struck else escaped(claim.text)}{marks}"
    if claim.verdict is Verdict.SUPPORTED:
        return f"{sentence}  "
    why = f": {escaped('; '.join(claim.reasons))}" if claim.reasons else ""
    return f"{sentence} *({'struck out, ' * claim.struck}{claim.verdict.value}{why})*  "


def _source_markdown(article: Article) -> str:
    published = article.published.iso if article.published else "undated"
    link = f" {linked(article.url)}" if article.url else ""
    return f"{escaped(article.title)}, {escaped(article.source or 'unknown source')}, {published}{link}"


def web_address(url: str) -> str | None:
    """An address that may be linked to: http or https, without a character that could end a link."""
    return url if _WEB.fullmatch(url) and show_line(url) == url else None


def linked(url: str) -> str:
    """An address as a link of Markdown; as plain text where it is none of the web."""
    address = web_address(url)
    return f"<{address}>" if address else escaped(url)


def escaped(text: str) -> str:
    """Outside text on one line of Markdown, where none of its characters mean anything."""
    plain = _MARKDOWN.sub(lambda match: f"\\{match.group()}", " ".join(show_line(text).split()))
    return _BLOCK.sub(lambda m: f"{m.group()}\\" if m.group().isdigit() else f"\\{m.group()}", plain)


def _plural(noun: str, things: Sequence[Any]) -> str:
    return noun if len(things) == 1 else f"{noun[:-1]}ies"
