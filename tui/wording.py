"""How values are put into words on the screen. Whatever comes from outside becomes a Content here, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from textual.content import Content

from qa.config import Config, Recipient, Role
from qa.dates import age_in_words
from qa.render import followup_words, order_words, show, show_line
from qa.types import Answer, Citation, Claim, FileProblems, IngestReport, Mode, Problem, Progress, Verdict, Window
from tui.desk import Shelf

BADGES = {
    Verdict.SUPPORTED: ("● supported", "$text-success"),
    Verdict.WEAK: ("◐ weak", "$text-warning"),
    Verdict.UNSUPPORTED: ("✗ unsupported", "$text-error"),
    Verdict.UNCITED: ("○ uncited", "$text-warning"),
}
"""Each verdict as shape and word, and its colour."""

_PROBLEMS_SHOWN = 3
_QUOTES = frozenset('"“„«‘')


def text(value: str, style: str = "") -> Content:
    """Outside text of several lines, safe to show."""
    return Content.styled(show(value), style)


def line(value: str, style: str = "") -> Content:
    """Outside text on one line, safe to show."""
    return Content.styled(show_line(value), style)


def badge(verdict: Verdict) -> Content:
    """A verdict as shape, word and colour."""
    return Content.styled(*BADGES[verdict])


def numbers(citations: tuple[Citation, ...]) -> str:
    """The citation numbers of a sentence: ``[1][3]``."""
    return "".join(f"[{n}]" for n in dict.fromkeys(citation.n for citation in citations))


def sentence(claim: Claim) -> Content:
    """A sentence as it stands in a list: words, numbers, verdict, and reasons unless it is supported."""
    said = line(claim.text, "strike dim" if claim.struck else "")
    parts = [said, Content.styled(f" {numbers(claim.citations)}".rstrip(), "bold"), Content("\n")]
    parts.append(badge(claim.verdict))
    parts += [Content.styled(", struck out", BADGES[claim.verdict][1])] if claim.struck else []
    if claim.verdict is not Verdict.SUPPORTED and claim.reasons:
        parts.append(line(" · " + "; ".join(claim.reasons), "dim"))
    return Content("").join(parts)


def quoted(citation: Citation, style: str = "") -> Content:
    """The cited words, in quotation marks unless they bring their own."""
    first, last = ("", "") if citation.quote[:1] in _QUOTES else ("“", "”")
    return Content.assemble(first, text(citation.quote, style), last)


def nearest(citation: Citation) -> Content:
    """A piece of nearest evidence as it stands in a list."""
    return Content("\n").join([quoted(citation), line(f"[{citation.n}] {byline(citation)}", "dim")])


def byline(citation: Citation, as_of: date | None = None) -> str:
    """Title, source and date of what is cited; seen from ``as_of``, also its age. Not yet safe to show."""
    return " · ".join(part for part in (citation.title, citation.source, when(citation.published, as_of)) if part)


def when(published: str | None, as_of: date | None = None) -> str:
    """A date of publication, with its age as seen from ``as_of``."""
    if published is None:
        return "undated"
    day, _, clock = published.partition("T")
    shown = f"{day} {clock[:5]}".rstrip()
    return shown if as_of is None else f"{shown}, {age_in_words(date.fromisoformat(day), as_of)}"


def window(value: Window | None) -> str:
    """A window in words. Not yet safe to show."""
    if value is None or value.is_open:
        return "all days"
    first, last = (day.isoformat() if day else "" for day in (value.start, value.end))
    days = (
        first
        if first == last
        else f"{first} to {last}"
        if first and last
        else f"from {first}"
        if first
        else f"to {last}"
    )
    return f"{days} ({value.why})" if value.why and not value.why.startswith("--") else days


_SENT = {"model": "articles", "embedder": "articles and questions", "store": "all articles"}
"""What a server is sent, by its role."""


def leaving(config: Config, decided: Mapping[Role, bool]) -> tuple[tuple[str, bool], ...]:
    """Who writes, and what is sent to which server; with each, whether nothing leaves this machine by it."""
    elsewhere = [one for one in config.recipients if not one.is_local]
    sent = [f"{_named(one)}: {_SENT[one.role]} are sent there" for one in elsewhere if decided.get(one.role)]
    open_ = [_named(one) for one in elsewhere if one.role not in decided]
    declined = [_named(one) for one in elsewhere if decided.get(one.role) is False]
    here = [f"{_named(one)}: on this machine" for one in config.recipients if one.is_local]
    quoted = config.model is None or (not config.is_local and decided.get("model") is False)
    told = [(part, False) for part in sent]
    told += [(f"asks before sending to {', '.join(open_)}", False)] if open_ else []
    told += [("extractive" if told else "extractive: nothing leaves this machine", True)] if quoted else []
    told += [(part, True) for part in here]
    return (*told, (f"nothing sent to {', '.join(declined)}", True)) if declined else tuple(told)


def _named(one: Recipient) -> str:
    named = one.model if one.role == "model" else f"{one.role} {one.model}".rstrip()
    return f"{named} at {one.host}"


def shelf(value: Shelf) -> str:
    """How many articles there are, and of which days."""
    if not value.articles:
        return "no articles yet"
    days = f", {value.first_day} to {value.last_day}" if value.first_day and value.last_day else ""
    return f"{value.articles:,} article{'s' * (value.articles != 1)}{days}"


def outcome(answer: Answer) -> str:
    """What is to be known about an answer besides its words: status, index, who wrote it, what it cost."""
    state = str(answer.status) if answer.complete else f"{answer.status}, broken off"
    parts = [
        state,
        f"index: {answer.index}{order_words(answer.rescored)}",
        answer.provenance.model or str(Mode.EXTRACTIVE),
    ]
    usage = answer.usage
    if usage.tokens_in or usage.tokens_out:
        cost = ", price unknown" if usage.cost is None else f", ${usage.cost:.4f}" if usage.cost else ""
        parts.append(f"{usage.tokens_in:,} + {usage.tokens_out:,} tokens{cost}")
    followed = [f"asked as: {followup_words(answer.query)}"] if answer.query.followup else []
    return " · ".join([*followed, *parts, f"{usage.seconds:.1f} s", *answer.notes])


def progress(value: Progress) -> str:
    """How far a long run is."""
    left = f", about {value.seconds_left:.0f} s left" if value.seconds_left and value.seconds_left >= 1 else ""
    if not value.total:
        return f"{value.stage} {value.done:,}" if value.done else value.stage
    return f"{value.stage} {value.done:,} of {value.total:,}{left}"


def problems(found: Sequence[Problem]) -> Content:
    """The first few problems of an ingest, what was refused before what was changed."""
    shown = sorted(found, key=lambda problem: not problem.fatal)[:_PROBLEMS_SHOWN]
    lines = []
    for problem in shown:
        where = Path(problem.path).name + (f", line {problem.line}" if problem.line else "")
        lines.append(f"{'✗' if problem.fatal else '·'} {where}: {problem.message}")
    more = len(found) - len(shown)
    lines += [f"… and {more} more" + " · P lists them by file"] if more > 0 else []
    return text("\n".join(lines))


def unread(report: IngestReport) -> tuple[FileProblems, ...]:
    """The files and folders that an ingest could not read at all: the library knows nothing of them."""
    gone = [problem for problem in report.problems if problem.fatal and problem.line is None]
    return tuple(FileProblems(problem.path, 0, (problem,)) for problem in gone)


def ingested(report: IngestReport) -> str:
    """What an ingest did, in one line."""
    counts = [
        (report.new, "new"),
        (report.changed, "changed"),
        (report.unchanged, "unchanged"),
        (report.copies, "copies"),
        (report.undated, "undated"),
        (report.restored, "restored"),
        (report.kept_out, "removed before and left out"),
        (report.failed, "failed"),
    ]
    said = ", ".join(f"{count:,} {name}" for count, name in counts if count) or "nothing found there"
    if shared := report.shared:
        said += f"; {shared.pushed:,} sent to {shared.store}, {shared.taken + shared.updated:,} taken from there"
    return said if report.complete else f"stopped: {said}; what was read is kept"
