"""A briefing as Markdown: its stories in checked sentences, the exact words behind each as footnotes.

``readback`` reads it again: a line of a story is a sentence unless it opens with a sign of Markdown, a line of a
timeline is one behind its day, and what two sources say is quoted with its mark. Comments hold what only a machine
needs: a digest of each sentence, and one of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.dates import readable
from qa.render.briefings.story import (
    FORM,
    Part,
    Said,
    Source,
    at_length,
    copy_words,
    head,
    in_a_line,
    left_out_words,
    more_words,
    outlet_words,
    parts,
    sources,
    title,
)
from qa.render.digests import check_of, digest_of
from qa.render.markdown import escaped, footnotes, linked, noted
from qa.render.questions import asked_markdown
from qa.render.standing import STANDINGS, changed, changes, standing_alone
from qa.types import Article, Briefing, Claim, Story, Verdict

BRIEFING = "<!-- newsdesk briefing, form {} -->"
SENTENCES = "<!-- newsdesk sentences: {} -->"
WHOLE = "<!-- newsdesk whole: {} -->"
TIMELINE = "**Timeline**"
SOURCES = "**Sources**"
_LEFT_OUT = 20
"""Articles left out that are listed one by one."""


def briefing_markdown(briefing: Briefing) -> str:
    """A briefing as Markdown."""
    notes: list[str] = []
    checks: list[str] = []
    lines = [BRIEFING.format(FORM), f"# {escaped(title(briefing))}", ""]
    lines += [f"- {name}: {escaped(words)}" for name, words in head(briefing)]
    lines += _since(briefing)
    lines += asked_markdown(briefing.standing, lambda claim: _asked(claim, notes, checks), escaped)
    if not briefing.stories and briefing.complete:
        lines += ["", "*No articles were published in these days. `newsdesk library list` shows which days have some.*"]
    for number, story in enumerate(at_length(briefing), 1):
        lines += _story(number, story, notes, checks, compared=briefing.since is not None)
    lines += _seen(in_a_line(briefing))
    lines += _end(briefing)
    lines += ["", *footnotes(notes)] if notes else []
    text = "\n".join([*lines, "", SENTENCES.format(" ".join(checks))])
    return f"{text}\n{WHOLE.format(digest_of(text))}\n"


def _asked(claim: Claim, notes: list[str], checks: list[str]) -> str:
    """A sentence of an answer to a standing question."""
    checks.append(check_of(claim.text))
    return f"{_claim(claim, notes)}  "


def _since(briefing: Briefing) -> list[str]:
    if briefing.since is None:
        return []
    heading, told = changed(briefing)
    return ["", f"**{escaped(heading)}**", "", *(f"- {escaped(line)}" for line in told)]


def _story(number: int, story: Story, notes: list[str], checks: list[str], *, compared: bool) -> list[str]:
    lines = ["", f"## {number}. {escaped(story.title)}", ""]
    if compared:
        lines += [_standing(story, notes, checks), ""]
    for part in parts(story):
        lines += _part(part, notes, checks)
    if not story.sentences:
        lines += ["*No sentence of it could be grounded in its articles: its headline and links stand for it.*", ""]
    listed, more = sources(story)
    lines += [SOURCES, "", *(f"- {_source(source)}" for source in listed)]
    return lines + [f"- {escaped(more_words(*one))}" for one in more]


def _standing(story: Story, notes: list[str], checks: list[str]) -> str:
    """Shape and words of a status; behind each change the marks of the sentences that state it."""
    shape = STANDINGS[story.status].partition(" ")[0]
    told = [f"{shape} {escaped(standing_alone(story))}"]
    for change, words in zip(story.changes, changes(story), strict=True):
        checks += [check_of(side.quote) for side in change.sides]
        told.append(f"{escaped(words)}{''.join(noted(side, notes, once=True) for side in change.sides)}")
    return f"*{'; '.join(told)}*"


def _part(part: Part, notes: list[str], checks: list[str]) -> list[str]:
    heading = [f"**{escaped(part.heading)}**", ""] if part.heading else []
    return [*heading, *(_said(line, part, notes, checks) for line in part.lines), ""]


def _said(said: Said, part: Part, notes: list[str], checks: list[str]) -> str:
    if said.claim is None:
        assert said.side is not None  # a line is a sentence or a side
        checks.append(check_of(said.side.quote))
        whose = f"{said.before} ({said.side.source or 'unknown source'}, {readable(said.side.published)})"
        mark = noted(said.side, notes, once=True)
        return f"- *{escaped(whose)}*: “{escaped(said.side.quote)}”{mark}"
    checks.append(check_of(said.claim.text))
    sentence = _claim(said.claim, notes)
    return f"- {said.before}: {sentence}" if part.name == "timeline" else f"{sentence}  "


def _claim(claim: Claim, notes: list[str]) -> str:
    marks = "".join(noted(citation, notes, once=True) for citation in claim.citations)
    sentence = f"{f'~~{escaped(claim.text)}~~' if claim.struck else escaped(claim.text)}{marks}"
    if claim.verdict is Verdict.SUPPORTED:
        return sentence
    why = f": {escaped('; '.join(claim.reasons))}" if claim.reasons else ""
    return f"{sentence} *({'struck out, ' * claim.struck}{claim.verdict.value}{why})*"


def _source(source: Source) -> str:
    what = f", {escaped(words)}" if (words := copy_words(source)) else ""
    return f"{escaped(source.article.title)}, {_outlet(source.article)}{what}{_link(source.article)}"


def _outlet(article: Article) -> str:
    return escaped(outlet_words(article))


def _link(article: Article) -> str:
    return f" {linked(article.url)}" if article.url else ""


def _seen(stories: Sequence[Story]) -> list[str]:
    """Stories of which there is nothing new, a line each."""
    if not stories:
        return []
    lines = ["", "## Nothing new", ""]
    for story in stories:
        main, count = story.articles[0], len(story.articles)
        more = f" and {count - 1} more" if count > 1 else ""
        told = f"{STANDINGS['seen'].partition(' ')[0]} {escaped(story.title)}, {escaped(standing_alone(story))}"
        lines.append(f"- {told}: {_outlet(main)}{more}{_link(main)}")
    return lines


def _end(briefing: Briefing) -> list[str]:
    lines = ["", *(f"- *Note: {escaped(note)}*" for note in briefing.notes)] if briefing.notes else []
    if not briefing.complete:
        lines += ["", "*This briefing is not complete.*"]
    if briefing.left_out:
        lines += ["", f"*{escaped(left_out_words(briefing))}*", ""]
        lines += [f"- {escaped(one.article_id)}: {escaped(one.reason)}" for one in briefing.left_out[:_LEFT_OUT]]
        if len(briefing.left_out) > _LEFT_OUT:
            lines.append(f"- … and {len(briefing.left_out) - _LEFT_OUT} more (`--format json` lists them all)")
    return lines
