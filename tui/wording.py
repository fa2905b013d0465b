"""How values are put into words on the screen. Whatever comes from outside becomes a Content here, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from textual.content import Content

from qa.config import Config, Recipient, Role
from qa.dates import age_in_words, readable
from qa.given import is_web
from qa.render import cost_words, followup_words, order_words, show, show_line
from qa.types import (
    Answer,
    Briefing,
    Citation,
    Claim,
    FileProblems,
    IngestReport,
    Mode,
    Problem,
    Progress,
    Status,
    Verdict,
    Window,
)
from tui.around import Around
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


def sentence(claim: Claim, *, in_full: bool = False) -> Content:
    """A sentence as it stands in a list: words, numbers, verdict, and why it has it.

    Of a sentence that is not supported the first reason stands there; ``in_full`` says all that is known.
    """
    said = line(claim.text, "strike dim" if claim.struck else "")
    parts = [said, Content.styled(f" {numbers(claim.citations)}".rstrip(), "bold"), Content("\n")]
    parts.append(badge(claim.verdict))
    parts += [Content.styled(", struck out", BADGES[claim.verdict][1])] if claim.struck else []
    if in_full:
        return Content("\n").join([Content("").join(parts), *(line(f"  – {why}") for why in grounds(claim))])
    if claim.verdict is not Verdict.SUPPORTED and claim.reasons:
        more = f" (r: {len(claim.reasons) - 1} more)" if len(claim.reasons) > 1 else ""
        parts.append(line(f" · {claim.reasons[0]}{more}", "dim"))
    return Content("").join(parts)


_MEANT = {
    Verdict.SUPPORTED: "the cited words carry it",
    Verdict.WEAK: "the cited words carry it in part, or in other words",
    Verdict.UNSUPPORTED: "the cited words do not say it",
    Verdict.UNCITED: "it cites no words of an article",
}


def grounds(claim: Claim) -> list[str]:
    """Why a sentence has its verdict: what was found wrong with it, and the words it rests on. Not yet safe to show."""
    told = list(claim.reasons) or [_MEANT[claim.verdict]]
    if claim.struck:
        told.append("struck out: it was written by a model and failed its check")
    return [*told, *(f"[{one.n}] says “{one.quote}” ({byline(one)})" for one in dict.fromkeys(claim.citations))]


def quoted(citation: Citation, style: str = "") -> Content:
    """The cited words, in quotation marks unless they bring their own."""
    first, last = ("", "") if citation.quote[:1] in _QUOTES else ("“", "”")
    return Content.assemble(first, text(citation.quote, style), last)


def quoted_in(citation: Citation, told: Around | None) -> Content:
    """The cited words, marked in those around them where these are known."""
    if told is None:
        return quoted(citation, "$text-accent")
    before, after = "… " * told.cut_before, " …" * told.cut_after
    return Content.assemble(
        text(f"{before}{told.before}", "dim"),
        text(told.quote, "bold $text-accent on $accent 20%"),
        text(f"{told.after}{after}", "dim"),
    )


def evidence(citation: Citation, label: str = "") -> Content:
    """Quoted words as they stand in a list; ``label`` says what they are."""
    said = Content.assemble(line(label, "bold"), "  ", quoted(citation)) if label else quoted(citation)
    return Content("\n").join([said, line(f"[{citation.n}] {byline(citation)}", "dim")])


def byline(citation: Citation, as_of: date | None = None) -> str:
    """Title, source, date and page of what is cited; seen from ``as_of``, also its age. Not yet safe to show."""
    told = (citation.title, citation.source, when(citation.published, as_of), on_page(citation))
    return " · ".join(part for part in told if part)


def on_page(citation: Citation) -> str:
    """The page of what is cited, empty where there are no pages."""
    return f"page {citation.page}" if citation.page else ""


def when(published: str | None, as_of: date | None = None) -> str:
    """A date of publication, with its age as seen from ``as_of``."""
    shown = readable(published)
    if published is None or as_of is None:
        return shown
    return f"{shown}, {age_in_words(date.fromisoformat(published.partition('T')[0]), as_of)}"


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


QUOTED = "extractive: nothing leaves this machine"


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
    told += [("extractive" if told else QUOTED, True)] if quoted else []
    told += [(part, True) for part in here]
    return (*told, (f"nothing sent to {', '.join(declined)}", True)) if declined else tuple(told)


def _named(one: Recipient) -> str:
    named = one.model if one.role == "model" else f"{one.role} {one.model}".rstrip()
    return f"{named} at {one.host}"


def shelf(value: Shelf) -> str:
    """How many articles there are, and of which days."""
    if not value.articles:
        return "no articles yet"
    first, last = value.first_day, value.last_day
    days = "" if not first or not last else f", {first}" if first == last else f", {first} to {last}"
    return f"{value.articles:,} article{'s' * (value.articles != 1)}{days}"


def outcome(answer: Answer) -> str:
    """What is to be known about an answer besides its words: status, index, who wrote it, what it cost."""
    state = "not in your articles" if answer.status is Status.INSUFFICIENT else str(answer.status)
    state += "" if answer.complete else ", broken off"
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


def on_clipboard(what: str, copied: str) -> str:
    """What was put on the clipboard, and by which way, because not every terminal goes it."""
    return f"copied {what}, {len(copied):,} characters (by OSC 52, which your terminal must allow)"


def sentences(briefing: Briefing) -> list[Claim]:
    """Every sentence of a briefing."""
    answers = [claim for answer in briefing.standing for claim in answer.claims]
    return answers + [claim for story in briefing.stories for claim in story.sentences]


def briefed(briefing: Briefing, how: str = "") -> str:
    """What is to be known about a briefing besides its words: stories, verdicts, who wrote it, what it cost."""
    count = len(briefing.stories)
    claims = sentences(briefing)
    supported = sum(claim.verdict is Verdict.SUPPORTED for claim in claims)
    parts = [f"{count} stor{'y' if count == 1 else 'ies'}", f"{supported} of {len(claims)} sentences supported"]
    parts += [f"{len(briefing.left_out)} article(s) left out"] if briefing.left_out else []
    parts += [f"only {', '.join(briefing.sources)}"] if briefing.sources else []
    parts += [f"index: {briefing.index}", briefing.provenance.model or str(briefing.provenance.mode)]
    parts += [told] if (told := cost_words(briefing.usage)) else []
    parts += [] if briefing.complete else ["broken off: what is finished is here"]
    return " · ".join([*parts, *([how] if how else []), *briefing.notes])


def progress(value: Progress) -> str:
    """How far a long run is."""
    left = f", about {value.seconds_left:.0f} s left" if value.seconds_left and value.seconds_left >= 1 else ""
    stage = f"{value.stage} from {value.host}" if value.host else value.stage
    if not value.total:
        return f"{stage}, {value.done:,} article(s) so far" if value.done else stage
    if value.stage == "reading":
        return f"reading, {value.done:,} of {value.total:,} file(s) done{left}"
    return f"{stage} {value.done:,} of {value.total:,}{left}"


def problems(found: Sequence[Problem]) -> Content:
    """The first few problems of an ingest, what was refused before what was changed."""
    shown = sorted(found, key=lambda problem: not problem.fatal)[:_PROBLEMS_SHOWN]
    lines = []
    for problem in shown:
        where = named(problem.path) + (f", line {problem.line}" if problem.line else "")
        lines.append(f"{'✗' if problem.fatal else '·'} {where}: {problem.message}")
    more = len(found) - len(shown)
    lines += [f"… and {more} more" + " · P lists them by file"] if more > 0 else []
    return text("\n".join(lines))


def named(place: str) -> str:
    """An address whole, a file by its name. Not yet safe to show."""
    return place if is_web(place) else Path(place).name


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
        (report.cut, "characters cut"),
        (report.replaced, "characters replaced"),
        (report.failed, "failed"),
    ]
    said = ", ".join(f"{count:,} {name}" for count, name in counts if count) or "nothing found there"
    if shared := report.shared:
        said += f"; {shared.pushed:,} sent to {shared.store}, {shared.taken + shared.updated:,} taken from there"
    return said if report.complete else f"stopped: {said}; what was read is kept"
