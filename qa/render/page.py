"""A conversation as one page of HTML: every string escaped, nothing loaded from anywhere, links only to articles."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qa.clean import show
from qa.render.markdown import web_address
from qa.render.text import absence
from qa.render.transcript import facts
from qa.render.whose import whose
from qa.types import Answer, Citation, Claim, Conversation, Status, Turn, Verdict
from qa.version import __version__

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a page may load: nothing but its own style."""
_STYLE = (
    "body{font:1rem/1.5 serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "dl{font-size:.85rem;color:#555;display:grid;grid-template-columns:auto 1fr;gap:0 1rem}dd{margin:0}"
    "blockquote{margin:0}.verdict{font-size:.85rem;color:#555}.unsupported .verdict,.uncited .verdict{color:#a00}"
    "ol{font-size:.9rem}"
)


def exported_html(told: Conversation, turns: Sequence[Turn]) -> str:
    """A conversation as a page that stands by itself."""
    notes: list[str] = []
    body = "".join(_turn(turn, notes) for turn in turns)
    return page(told.title, f"Conversation {told.id}, begun {told.begun.isoformat()}", body, notes)


def page(title: str, about: str, body: str, notes: Sequence[str]) -> str:
    """A page that stands by itself: ``title`` and ``about`` are outside text, ``body`` and ``notes`` HTML."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="referrer" content="no-referrer">'
        f"<title>{text_html(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{text_html(title)}</h1>\n"
        f"<p>{text_html(about)}, exported by newsdesk {text_html(__version__)}</p>\n"
        f"{body}<ol>\n{''.join(notes)}</ol>\n</body></html>\n"
    )


def _turn(turn: Turn, notes: list[str]) -> str:
    known = "".join(f"<dt>{text_html(name)}</dt><dd>{text_html(value)}</dd>" for name, value in facts(turn))
    heading = f"<h2>{turn.n}. {text_html(turn.answer.question)}</h2>"
    return f"<section>{heading}\n<dl>{known}</dl>\n{_answer(turn.answer, notes)}</section>\n"


def _answer(answer: Answer, notes: list[str]) -> str:
    parts = [f"<p>{absence(answer)}.</p>\n"] if answer.status is Status.INSUFFICIENT else []
    parts += [claim_html(claim, notes) for claim in answer.claims]
    for citation in answer.nearest:
        outside = ", outside the window" if citation.article_id in answer.beyond else ""
        parts.append(f"<p>Closest{outside}: <q>{text_html(citation.quote)}</q>{mark_html(citation, notes)}</p>\n")
    for conflict in answer.conflicts:
        sides = " against ".join(f"<q>{text_html(side.quote)}</q>{mark_html(side, notes)}" for side in conflict.sides)
        parts.append(f"<p>{conflict.kind.capitalize()}: {sides}</p>\n")
    return "".join(parts)


def claim_html(claim: Claim, notes: list[str]) -> str:
    """A sentence with its marks and its verdict; its footnotes join ``notes``."""
    marks = "".join(mark_html(citation, notes) for citation in claim.citations)
    text = f"<s>{text_html(claim.text)}</s>" if claim.verdict is Verdict.UNSUPPORTED else text_html(claim.text)
    why = f": {text_html('; '.join(claim.reasons))}" if claim.reasons else ""
    verdict = f'<span class="verdict">({claim.verdict.value}{why})</span>'
    return f'<p class="{claim.verdict.value}">{text}{marks} {verdict}</p>\n'


def mark_html(citation: Citation, notes: list[str]) -> str:
    """A mark; its footnote joins ``notes``."""
    number = len(notes) + 1
    place = (
        f"article {citation.article_id}, version {citation.version}, {citation.field} {citation.start}–{citation.end}"
    )
    corrected = ", citation corrected" if citation.corrected else ""
    notes.append(
        f'<li id="note{number}"><blockquote>“{text_html(citation.quote)}”</blockquote>'
        f"{text_html(whose(citation))}{link_html(citation.url)}<br>{text_html(place)}{corrected}</li>\n"
    )
    return f'<sup><a href="#note{number}">{number}</a></sup>'


def link_html(url: str | None) -> str:
    """An address behind a dot: a link where it is one of the web, nothing where there is none."""
    if not url:
        return ""
    address = web_address(url)
    if address is None:
        return f" · {text_html(url)}"
    return f' · <a href="{escape(address)}" rel="noopener noreferrer nofollow">{text_html(address)}</a>'


def text_html(value: str) -> str:
    """Outside text in HTML, where none of its characters mean anything."""
    return escape(" ".join(show(value).split()))
