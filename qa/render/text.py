"""Answers, hits, articles and reports as plain text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from qa.clean import show, show_line
from qa.dates import readable
from qa.render.differences import conflict_words
from qa.render.whose import whose
from qa.types import (
    Answer,
    Article,
    Checked,
    Citation,
    Claim,
    Conflict,
    Conversation,
    Correction,
    Details,
    FileProblems,
    Heading,
    Hit,
    How,
    IngestReport,
    Provenance,
    Query,
    Rechecked,
    RecheckReport,
    Rescored,
    Retrieved,
    Status,
    SyncReport,
    Turn,
    Usage,
    Verdict,
)

BADGES = {Verdict.SUPPORTED: "●", Verdict.WEAK: "◐", Verdict.UNSUPPORTED: "✗", Verdict.UNCITED: "○"}
"""A shape for each verdict; the word always stands beside it."""
_WIDTH = 96


def answer_text(answer: Answer) -> str:
    """An answer for a terminal: each sentence with its verdict and numbers, then the exact words behind them."""
    lines = [_scope_line(answer.query, answer.provenance, answer.index) + order_words(answer.rescored)]
    if told := followup_words(answer.query):
        lines += wrapped(f"asked as: {told}")
    lines.append("")
    if answer.status is Status.INSUFFICIENT:
        lines += _insufficient(answer)
    else:
        for claim in answer.claims:
            lines += claim_lines(claim)
        lines += ["", *_sources(answer)]
        lines += _differences(answer.conflicts)
    lines += [f"Note: {show_line(note)}" for note in answer.notes]
    if not answer.complete:
        lines.append("Note: this answer is not complete.")
    return "\n".join(lines).rstrip() + "\n"


def absence(answer: Answer) -> str:
    """What an answer without a sentence says: that nothing is there only when everything was asked to the end."""
    return "Not in your articles" if answer.complete else "Cut short before an answer"


def followup_words(query: Query) -> str:
    """As what a follow-up was asked, and from what; nothing where it was asked as it was typed."""
    if query.followup is None:
        return ""
    by = "" if query.followup.by == "rules" else f", completed by {show_line(query.followup.model or 'the model')}"
    return f"{show_line(query.text)} (from {show_line(query.followup.why)}{by})"


def conversation_text(told: Conversation, turns: Sequence[Turn]) -> str:
    """A conversation for a terminal: each question with its answer."""
    count = f"{len(turns)} question{'s' * (len(turns) != 1)}"
    lines = [f"Conversation {told.id}: {show_line(told.title)} ({count}, begun {told.begun.date().isoformat()})"]
    for turn in turns:
        lines += ["", f"{turn.n}. {show_line(turn.answer.question)}", "", answer_text(turn.answer).rstrip()]
    return "\n".join(lines) + "\n"


def conversations_text(listed: Sequence[Conversation]) -> str:
    """Conversations for a terminal, one a line."""
    lines = [
        f"{one.id:>4}  {one.changed.date().isoformat()}  {one.turns:>2} question{' ' if one.turns == 1 else 's'}  "
        f"{show_line(one.title)}"
        for one in listed
    ]
    return "\n".join([*lines, f"{len(listed)} conversation{'s' * (len(listed) != 1)}"]) + "\n"


def claim_lines(claim: Claim) -> list[str]:
    """One sentence with its badge, markers and, where something is wrong with it, why."""
    numbers = "".join(f"[{n}]" for n in dict.fromkeys(c.n for c in claim.citations))
    said = f"~~{show_line(claim.text)}~~" if claim.struck else show_line(claim.text)
    lines = wrapped(f"{said} {numbers}".strip(), first=f"{BADGES[claim.verdict]} ", rest="  ")
    return [*lines, *verdict_lines(claim)]


def verdict_lines(claim: Claim) -> list[str]:
    """The verdict on a sentence in words, with its reasons."""
    return _verdict_lines(claim.verdict, claim.reasons, "struck out, " if claim.struck else "")


def checked_text(checked: Checked) -> str:
    """A claim of a file with its badge, its line and why it has its verdict."""
    lines = wrapped(f"{checked.line}: {show_line(checked.claim)}", first=f"{BADGES[checked.verdict]} ", rest="  ")
    return "\n".join([*lines, *_verdict_lines(checked.verdict, checked.reasons)]) + "\n"


def _verdict_lines(verdict: Verdict, reasons: Sequence[str], before: str = "") -> list[str]:
    why = f": {show_line('; '.join(reasons))}" if reasons else ""
    return wrapped(f"{before}{verdict.value}{why}", first="  – ", rest="    ")


def _insufficient(answer: Answer) -> list[str]:
    days = window_words(answer.query)
    count = answer.searched
    articles = "" if count is None else f"{count:,} article{'' if count == 1 else 's'}, "
    lines = wrapped(f"{absence(answer)} ({days.replace('searched ', f'searched {articles}', 1)}).")
    if answer.claims:
        lines.append(f"What the model wrote is not supported by {'them' if answer.complete else 'your articles'}:")
        for claim in answer.claims:
            lines += claim_lines(claim)
    if answer.query.window_in_words:
        lines.append("The days are a reading of the question's words; --all-days searches without.")
    if answer.nearest:
        lines += ["", "Closest passages:"]
        for citation in answer.nearest:
            lines += wrapped(f"“{show_line(citation.quote)}”", first="  ", rest="  ")
            outside = " · outside the window" if citation.article_id in answer.beyond else ""
            lines += wrapped(f"— {attribution(citation)}{outside}", first="    ", rest="      ")
    return lines


def _sources(answer: Answer) -> list[str]:
    """Each cited article once, and under it the exact words with their offsets."""
    lines: list[str] = []
    shown = 0
    for citation in sorted({c for claim in answer.claims for c in claim.citations}, key=lambda c: (c.n, c.start)):
        if citation.n != shown:
            shown = citation.n
            told = f"{attribution(citation)} ({show_line(citation.article_id)}){copies_words(citation, answer.hits)}"
            lines += wrapped(told, f"[{shown}] ", "    ")
        place = f"{citation.field} {citation.start}–{citation.end}"
        lines += wrapped(f"{place}: “{show_line(citation.quote)}”", first="    ", rest="      ")
    return lines


def copies_words(citation: Citation, hits: Iterable[Hit]) -> str:
    """ " · 3 outlets, 1 original" where others printed a copy of the passage that is cited; else nothing."""
    for hit in hits:
        if hit.article.id == citation.article_id and hit.passage.start <= citation.start < hit.passage.end:
            return f" · {1 + len(hit.outlets)} outlets, 1 original" if hit.outlets else ""
    return ""


def _differences(conflicts: Iterable[Conflict]) -> list[str]:
    """What the sources do not agree on: both values, each with its quote, source and date."""
    lines: list[str] = []
    for conflict in conflicts:
        lines += ["", *wrapped(show_line(conflict_words(conflict)))]
        for value, side in zip(conflict.values, conflict.sides, strict=True):
            lines += wrapped(f"{show_line(value)}: {attribution(side)}", f"  [{side.n}] ", "      ")
            lines += wrapped(f"{side.field} {side.start}–{side.end}: “{show_line(side.quote)}”", "      ", "        ")
    return lines


def attribution(citation: Citation) -> str:
    """Title, source, date and page of what is cited."""
    return show_line(whose(citation))


def window_words(query: Query) -> str:
    """Which days, sources and articles were searched, and why those days."""
    window = query.window
    if window.is_open:
        days = f"all days up to {query.as_of.isoformat()}"
    else:
        end = (window.end or query.as_of).isoformat()
        days = f"{window.start.isoformat()} to {end}" if window.start else f"all days up to {end}"
        if window.why:
            days += f", from “{show_line(window.why)}”"
    sources = f", only {show_line(', '.join(query.sources))}" if query.sources else ""
    count = len(query.articles)
    articles = f", only {count:,} given article{'' if count == 1 else 's'}" if count else ""
    return f"searched {days}{sources}{articles}"


def _scope_line(query: Query, provenance: Provenance, index: str) -> str:
    mode = "quoted, no model" if provenance.model is None else f"written by {show_line(provenance.model)}"
    return f"{mode} · as of {query.as_of.isoformat()} · {window_words(query)} · index {index}"


def retrieved_text(found: Retrieved) -> str:
    """Hits for a terminal."""
    scope = f"{window_words(found.query)} · as of {found.query.as_of.isoformat()} · index {found.index}"
    lines = [scope + order_words(found.rescored), ""]
    if not found.hits:
        lines.append("No passage found.")
    for rank, hit in enumerate(found.hits, 1):
        published = readable(hit.article.published.iso if hit.article.published else None)
        how = _how_words(hit.how)
        head = f"{show_line(hit.article.title)} · {show_line(hit.article.source or 'unknown source')} · {published}"
        head += "" if found.query.window.holds(hit.article) else " · outside the window"
        lines += wrapped(head, first=f"{rank:>2}. ", rest="    ")
        place = f"{hit.article.id} text {hit.passage.start}–{hit.passage.end}"
        lines.append(f"    {hit.score:.3f} ({how}) · {show_line(place)}")
        shown = " ".join(show_line(hit.passage.text).split())
        lines += wrapped(
            shown if len(shown) <= 320 else shown[:320].rsplit(" ", 1)[0] + " …", first="    ", rest="    "
        )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _how_words(how: How) -> str:
    """Ranks by words and by meaning, and before a model's score."""
    ranks = (("words", how.words), ("meaning", how.meaning), ("before re-scoring", how.before))
    said = [f"{name} #{at}" for name, at in ranks if at]
    return ", ".join(said if how.model_score is None else [*said, f"model {how.model_score:g}"])


def cost_words(usage: Usage) -> str:
    """What a run took of a model, in words; empty when it asked none."""
    if not usage.tokens_in and not usage.tokens_out:
        return ""
    return f"{usage.tokens_in:,} tokens read and {usage.tokens_out:,} written, {dollars(usage.cost)}"


def dollars(cost: float | None) -> str:
    """An amount of money, or that nobody knows it."""
    if cost is None:
        return "at a price that is not known (prices.toml in your configuration folder can say it)"
    return "free of charge" if cost == 0 else f"${cost:.4f}" if cost >= 0.0001 else "less than $0.0001"


def order_words(told: Rescored | None) -> str:
    """Who put the passages in their order, to follow a scope; nothing where they are as they were found."""
    return f" · order re-scored by {show_line(told.model)} at {show_line(told.host)}" if told and told.scored else ""


def rechecked_text(one: Rechecked) -> str:
    """A sentence of an export with its verdict now, and what has changed."""
    lines = wrapped(f"{one.question}. {show_line(one.text)}", first=f"{BADGES[one.now]} ", rest="  ")
    lines += _verdict_lines(one.now, one.reasons)
    for change in one.changes:
        lines += wrapped(show_line(change), first="  ! ", rest="    ")
    return "\n".join(lines) + "\n"


def recheck_text(report: RecheckReport) -> str:
    """What a recheck found, in one line."""
    gone = f"; {report.removed} sentence(s) of the export are gone from the file" if report.removed else ""
    state = f"something changed for {report.changed}" if report.changed else "nothing has changed"
    if report.edited:
        state = f"{state + '; ' if report.changed else ''}the file is not as it was written"
    cut = "" if report.complete else " (stopped before the end)"
    return f"{report.checked} sentence(s) checked again: {state}{gone}{cut}\n"


def report_text(report: IngestReport, most: int = 20) -> str:
    """What an ingest did, and what it could not take."""
    lines = [
        f"{report.new} new, {report.changed} changed, {report.unchanged} unchanged, {report.copies} copies, "
        f"{report.undated} undated, {report.pruned} removed, {report.failed} failed{_came_back(report)}; "
        f"{report.embedded} passage(s) embedded in {report.seconds:.1f} s"
    ]
    if report.cut or report.replaced:
        lines.append(f"{report.cut:,} character(s) cut, {report.replaced:,} replaced")
    for problem in report.problems[:most]:
        place = show_line(problem.path) + (f":{problem.line}" if problem.line else "")
        lines += wrapped(f"{place}: {show_line(problem.message)}", first="✗ " if problem.fatal else "  ", rest="    ")
    if len(report.problems) > most:
        lines.append(f"  … and {len(report.problems) - most} more (--json lists them all)")
    if report.waiting:
        lines.append(f"{report.waiting} passages still wait to be embedded; ingest again to go on.")
    if not report.complete:
        lines.append("Stopped before the end; what was read is kept, and the next ingest goes on from there.")
    if report.shared:
        lines.append(sync_text(report.shared).rstrip())
    return "\n".join(lines) + "\n"


def _came_back(report: IngestReport) -> str:
    restored = f", {report.restored} restored" if report.restored else ""
    return restored + (f", {report.kept_out} stay removed" if report.kept_out else "")


def sync_text(report: SyncReport) -> str:
    """What a synchronisation with the shared store did, and what went neither way."""
    lines = [
        f"{show_line(report.store)}: {report.pushed} sent, {report.taken} taken, {report.updated} newer versions "
        f"taken, {report.removed} removed here, {report.told} removals told in {report.seconds:.1f} s"
    ]
    left = {
        "in conflict": report.conflicts,
        "refused": report.refused,
        "not whole there yet": report.incomplete,
        "waiting for vectors": report.waiting,
        "the same under another id": report.copies,
        "kept though others removed them": report.kept,
    }
    if some := [f"{count} {what}" for what, count in left.items() if count]:
        lines += wrapped(f"Neither sent nor taken: {', '.join(some)}.")
    for problem in report.problems:
        told = f"{show_line(problem.path)}: {show_line(problem.message)}"
        lines += wrapped(told, first="✗ " if problem.fatal else "  ", rest="    ")
    if not report.complete:
        lines.append("Stopped before the end; the next sync goes on from there.")
    return "\n".join(lines) + "\n"


def article_text(article: Article, correction: Correction | None = None) -> str:
    """An article for a terminal, with what the reader corrected in it."""
    published = readable(article.published.iso if article.published else None)
    head = [
        show_line(article.title),
        show_line(f"{article.source or 'unknown source'} · {published} · {article.id} (version {article.version})"),
        *([show_line(article.url)] if article.url else []),
        show_line(article.origin),
        *([show_line(known)] if (known := _details(article.details)) else []),
        *([show_line(correction_words(correction))] if correction else []),
    ]
    body = [line for paragraph in show(article.text).split("\n") for line in wrapped(paragraph) or [""]]
    return "\n".join([*head, "", *body]) + "\n"


def _details(details: Details) -> str:
    """What is known of an article beside its words, empty when nothing is."""
    told = {
        "by {}": details.author,
        "language: {}": details.language,
        "dated by its {}": details.dated_by,
        "fetched or saved {}": readable(details.fetched) if details.fetched else None,
        "changed {}": readable(details.changed) if details.changed else None,
        "{} page(s)": len(details.pages),
    }
    known = [words.format(value) for words, value in told.items() if value]
    return " · ".join([*known, *(["only an excerpt"] if details.excerpt else [])])


def correction_words(correction: Correction) -> str:
    """What the reader corrected in an article, and what its file says there. Not yet safe to show."""
    published = correction.published
    said = {
        Heading.DATE: f"date (in its file: {readable(published.iso) if published else 'none'})",
        Heading.SOURCE: f"source (in its file: {correction.source or 'none'})",
        Heading.TITLE: f"title (in its file: {correction.title})",
    }
    return "corrected by you: " + ", ".join(said[heading] for heading in Heading if heading in correction.fields)


def problems_text(files: Sequence[FileProblems]) -> str:
    """What was refused or dropped of each file when it was last read."""
    lines = []
    for file in files:
        refused = sum(problem.fatal for problem in file.problems)
        noted = len(file.problems) - refused
        lines.append(f"{show_line(file.path)}: {file.articles} article(s), {refused} refused, {noted} noted")
        for problem in file.problems:
            where = f"line {problem.line}: " if problem.line else ""
            lines += wrapped(f"{where}{show_line(problem.message)}", first="✗ " if problem.fatal else "  ", rest="    ")
    return "\n".join([*lines, f"{len(files)} file(s) with something to tell"]) + "\n"


def wrapped(text: str, first: str = "", rest: str = "", width: int = _WIDTH) -> list[str]:
    """A text in lines as wide as answers are, the first one begun with ``first``, the others with ``rest``."""
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
