"""A briefing as one page of HTML that stands by itself, as checkable as on the screen."""

from __future__ import annotations

from qa.render.page import claim_html, link_html, mark_html, page, text_html
from qa.render.standing import STANDINGS, changed, days_words, revision_words, standing_words
from qa.types import Article, Briefing, Story


def briefing_html(briefing: Briefing) -> str:
    """A briefing as a page."""
    notes: list[str] = []
    made = briefing.provenance.model
    about = [
        f"{len(briefing.stories)} stor{'y' if len(briefing.stories) == 1 else 'ies'}",
        f"written by {made}" if made else "quoted, no model",
        f"as of {briefing.as_of.isoformat()}",
        *([f"from {', '.join(briefing.sources)}"] if briefing.sources else []),
        *([words] if (words := revision_words(briefing)) else []),
        *([] if briefing.complete else ["not complete"]),
    ]
    body = _changed(briefing)
    body += "".join(_story(story, notes, compared=briefing.since is not None) for story in briefing.stories)
    body += "".join(f"<p>Note: {text_html(note)}</p>\n" for note in briefing.notes)
    body += f"<p>{len(briefing.left_out)} article(s) left out.</p>\n" if briefing.left_out else ""
    return page(f"Briefing, {days_words(briefing.window)}", ", ".join(about), body, notes)


def _changed(briefing: Briefing) -> str:
    if briefing.since is None:
        return ""
    heading, lines = changed(briefing)
    return f"<h2>{text_html(heading)}</h2>\n<ul>{''.join(f'<li>{text_html(line)}</li>' for line in lines)}</ul>\n"


def _story(story: Story, notes: list[str], *, compared: bool) -> str:
    parts = [f"<h2>{text_html(story.title)}</h2>\n"]
    if compared:
        sides = "".join(mark_html(side, notes) for change in story.changes for side in change.sides)
        shape = STANDINGS[story.status].partition(" ")[0]
        parts.append(f'<p class="verdict">{shape} {text_html(standing_words(story))}{sides}</p>\n')
    parts += [claim_html(claim, notes) for claim in story.claims]
    parts.append(f"<ul>{''.join(f'<li>{_source(article)}</li>' for article in story.articles)}</ul>\n")
    return f"<section>{''.join(parts)}</section>\n"


def _source(article: Article) -> str:
    published = article.published.iso if article.published else "undated"
    told = f"{article.title}, {article.source or 'unknown source'}, {published}"
    return f"{text_html(told)}{link_html(article.url)}"
