"""A briefing as one page of HTML that stands by itself: quotes open beside their sentence without a script, nothing is
loaded from anywhere, and it prints."""

from __future__ import annotations

from collections.abc import Sequence

from qa.dates import readable
from qa.render.briefings.story import (
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
from qa.render.briefings.style import BRIEFING_STYLE
from qa.render.page import POLICY, link_html, text_html
from qa.render.questions import asked_html
from qa.render.standing import STANDINGS, changed, changes, standing_alone
from qa.types import Briefing, Citation, Claim, Story, Verdict
from qa.version import __version__


def briefing_html(briefing: Briefing) -> str:
    """A briefing as a page."""
    name = text_html(title(briefing))
    stories = at_length(briefing)
    body = "".join(
        (
            f"<header>\n<h1>{name}</h1>\n{_head(briefing)}{_since(briefing)}{_contents(stories)}</header>\n<main>\n",
            asked_html(briefing.standing, _answer, text_html),
            *(_story(n, story, compared=briefing.since is not None) for n, story in enumerate(stories, 1)),
            "" if briefing.stories or not briefing.complete else "<p>No articles were published in these days.</p>\n",
            _seen(in_a_line(briefing)),
            "</main>\n",
            _end(briefing),
        )
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{name}</title>\n<style>\n{BRIEFING_STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _head(briefing: Briefing) -> str:
    facts = "".join(f"<dt>{text_html(name)}</dt><dd>{text_html(words)}</dd>\n" for name, words in head(briefing))
    return f"<dl>\n{facts}</dl>\n"


def _since(briefing: Briefing) -> str:
    if briefing.since is None:
        return ""
    heading, lines = changed(briefing)
    return f"<h2>{text_html(heading)}</h2>\n{_list('changed', [text_html(line) for line in lines])}"


def _contents(stories: Sequence[Story]) -> str:
    if len(stories) < 2:
        return ""
    links = [f'<a href="#story{n}">{text_html(story.title)}</a>' for n, story in enumerate(stories, 1)]
    return f'<nav aria-label="Stories">\n{_list("contents", links, "ol")}</nav>\n'


def _story(number: int, story: Story, *, compared: bool) -> str:
    told = [f'<h2 dir="auto">{text_html(story.title)}</h2>\n', _standing(story) if compared else ""]
    told += [_part(part) for part in parts(story)]
    if not story.sentences:
        told.append('<p class="note">No sentence of it could be grounded in its articles.</p>\n')
    listed, more = sources(story)
    lines = [*(_source(source) for source in listed), *(text_html(more_words(*one)) for one in more)]
    told.append(f'<section class="sources">\n<h3>Sources</h3>\n{_list("", lines)}</section>\n')
    return f'<article id="story{number}">\n{"".join(told)}</article>\n'


def _answer(claim: Claim) -> str:
    """A sentence of an answer to a standing question."""
    return f'<div class="said {claim.verdict.value}">{_claim(claim)}</div>\n'


def _standing(story: Story) -> str:
    """Shape and words of a status, and a line for each change with the sentences that state it."""
    shape = STANDINGS[story.status].partition(" ")[0]
    lines = [f"<p><span>{shape} {text_html(standing_alone(story))}</span></p>\n"]
    for change, words in zip(story.changes, changes(story), strict=True):
        lines.append(f"<div><strong>{text_html(words)}</strong>{''.join(map(_quote, change.sides))}</div>\n")
    return f'<div class="standing {story.status}">\n{"".join(lines)}</div>\n'


def _part(part: Part) -> str:
    lines = "".join(_said(line, part) for line in part.lines)
    if not part.heading:
        return f'<section class="{part.name}">\n{lines}</section>\n'
    return f'<section class="{part.name}">\n<h3>{text_html(part.heading)}</h3>\n{lines}</section>\n'


def _said(said: Said, part: Part) -> str:
    """A sentence, or a side in the words of its article, with what stands behind it."""
    before = text_html(said.before)
    if said.claim is None:
        assert said.side is not None  # a line is a sentence or a side
        words = f'<b>{before}:</b> <q dir="auto">{text_html(said.side.quote)}</q>'
        return f'<div class="said">{words}{_quote(said.side)}</div>\n'
    day = f'<time datetime="{before}">{before}</time> ' if part.name == "timeline" else ""
    return f'<div class="said {said.claim.verdict.value}">{day}{_claim(said.claim)}</div>\n'


def _claim(claim: Claim) -> str:
    text = text_html(claim.text)
    sentence = f'<span dir="auto">{f"<s>{text}</s>" if claim.struck else text}</span>'
    if claim.verdict is not Verdict.SUPPORTED:
        why = f": {text_html('; '.join(claim.reasons))}" if claim.reasons else ""
        sentence += f' <em class="verdict">({"struck out, " * claim.struck}{claim.verdict.value}{why})</em>'
    return sentence + "".join(map(_quote, claim.citations))


def _quote(citation: Citation) -> str:
    """Outlet and day of what is cited; opened, the exact words and where they stand."""
    outlet = text_html(f"{citation.source or 'unknown source'}, {readable(citation.published)}")
    place = (
        f"article {citation.article_id}, version {citation.version}, {citation.field} {citation.start}–{citation.end}"
        f"{', citation corrected' if citation.corrected else ''}"
    )
    return (
        f'\n<details><summary>{outlet}</summary><blockquote dir="auto"><p>“{text_html(citation.quote)}”</p>'
        f"<footer>{text_html(citation.title)}{link_html(citation.url)}<br><small>{text_html(place)}</small></footer>"
        "</blockquote></details>"
    )


def _source(source: Source) -> str:
    what = f", {text_html(words)}" if (words := copy_words(source)) else ""
    article = source.article
    told = f'<span dir="auto">{text_html(article.title)}</span>, {text_html(outlet_words(article))}'
    return f"{told}{what}{link_html(article.url)}"


def _seen(stories: Sequence[Story]) -> str:
    """Stories of which there is nothing new, a line each."""
    if not stories:
        return ""
    lines = []
    for story in stories:
        main, count = story.articles[0], len(story.articles)
        words = f"{standing_alone(story)}: {outlet_words(main)}{f' and {count - 1} more' if count > 1 else ''}"
        shape = STANDINGS["seen"].partition(" ")[0]
        lines.append(
            f'{shape} <span dir="auto">{text_html(story.title)}</span>, {text_html(words)}{link_html(main.url)}'
        )
    return f'<section class="seen">\n<h2>Nothing new</h2>\n{_list("", lines)}</section>\n'


def _end(briefing: Briefing) -> str:
    lines = [f"<p>Note: {text_html(note)}</p>\n" for note in briefing.notes]
    lines += [] if briefing.complete else ["<p>This briefing is not complete.</p>\n"]
    lines += [f"<p>{text_html(left_out_words(briefing))}</p>\n"] if briefing.left_out else []
    return f"<footer>\n{''.join(lines)}<p>Made by newsdesk {text_html(__version__)}.</p>\n</footer>\n"


def _list(name: str, lines: Sequence[str], kind: str = "ul") -> str:
    """A list of lines of HTML."""
    of = f' class="{name}"' if name else ""
    return f"<{kind}{of}>\n{''.join(f'<li>{line}</li>{chr(10)}' for line in lines)}</{kind}>\n" if lines else ""
