"""An evaluation for a terminal: the figures, what is different, which cases flipped and why, the gate, costs."""

from __future__ import annotations

from collections.abc import Sequence

from qa.clean import show, show_line
from qa.comparison import Compared, Contrast, Flip
from qa.evaluation import Case, Figure, KeptRun, Run
from qa.gate import Condition, Gated
from qa.render.evaluations import words
from qa.render.text import attribution, wrapped

SHOWN = 20
"""Cases that are listed unless all are asked for."""
_WIDTH = 80
_TOLD = ("library", "judge", "written by", "settings", "made")
"""What is told of a run's origin; its page and its JSON have the rest."""


def run_text(run: Run, contrast: Contrast | None = None, gated: Gated | None = None) -> str:
    """A run with its figures, held against another and against a gate where these are given."""
    lines = [*_head(run), *([] if contrast is None else ["", *_against(contrast)])]
    compared = {} if contrast is None else {one.metric: one for one in contrast.figures}
    for group, figures in words.by_group(run):
        lines += ["", show_line(group)]
        for figure in figures:
            lines += _figure(figure, compared.get(figure.metric))
    gone = [one for one in compared.values() if one.now is None or one.now.value is None]
    lines += _gone(gone)
    if run.figures:
        lines += ["", *_wrapped(words.TESTS)]
    lines += ["", *(_wrong(run) if contrast is None else _flips(contrast))]
    lines += [] if gated is None else ["", *gate_lines(gated)]
    lines += ["", *(line for told in words.costs_words(run) for line in _wrapped(told))]
    lines += [line for note in run.notes for line in _wrapped(f"Note: {show_line(note)}")]
    lines += [] if run.complete else ["Note: stopped before the end."]
    return "\n".join(lines).rstrip() + "\n"


def runs_text(listed: Sequence[KeptRun]) -> str:
    """Kept runs for a terminal, one a line."""
    lines = []
    for one in listed:
        cut = "" if one.complete else f" of {one.of}, broken off"
        model = f", written by {show_line(one.model)}" if one.model else ""
        told = f"{show_line(one.suite)}: {one.passed} as expected of {one.done}{cut}{model}"
        lines += _wrapped(
            f"{told}, newsdesk {show_line(one.version)}", f"{one.number:>4}  {words.moment(one)}  ", " " * 6
        )
    return "\n".join([*lines, f"{len(listed)} run{'s' * (len(listed) != 1)}"]) + "\n"


def case_text(case: Case, before: Case | None = None) -> str:
    """One case with everything that is known of it, and what it was in another run."""
    lines = _case(case)
    if before is not None:
        lines += ["  in the other run:", *(f"  {line}" for line in _outcome(before))]
    return "\n".join(lines) + "\n"


def cases_text(run: Run, contrast: Contrast | None = None) -> str:
    """Every case of a run, those that are not as expected first."""
    was = {} if contrast is None else {case.id: case for case in contrast.before.cases}
    ordered = sorted(run.cases, key=lambda case: case.passed)
    return "\n".join(case_text(case, was.get(case.id)) for case in ordered)


def gate_lines(gated: Gated) -> list[str]:
    """What a gate says: each condition that fails, by its name."""
    lines = _wrapped(show_line(words.gate_words(gated)))
    for condition in gated.failures:
        lines += _wrapped(show_line(_condition(condition)), "✗ ", "    ")
    return lines


def _condition(one: Condition) -> str:
    return f"{one.code}{f' {one.about}' if one.about else ''}: {one.says}"


def _head(run: Run) -> list[str]:
    name = show_line(run.suite) + (f" · run {run.number}" if run.number else "")
    lines = _wrapped(f"{name} · {words.counts(run)}")
    told = {what: value for what, value in words.origin(run) if what in _TOLD}
    lines += [line for what, value in told.items() for line in _wrapped(show_line(value), f"  {what:<12}", " " * 14)]
    return lines


def _against(contrast: Contrast) -> list[str]:
    before = contrast.before
    told = ", ".join(part for part in (words.counts(before), words.moment(before)) if part)
    lines = _wrapped(f"Against {show_line(words.name_of(before))} ({told})")
    for one in contrast.differences:
        lines += _wrapped(f"{show_line(one.what)}: {show_line(one.before)}, now {show_line(one.now)}", "  ! ", "    ")
    return lines


def _figure(figure: Figure, compared: Compared | None) -> list[str]:
    title = show_line(words.title_of(figure.metric))
    same = "   as before" if compared and words.unchanged(compared) else ""
    line = f"  {title:<22} {words.number(figure.value):>6}  {words.span(figure):<15} n {figure.n:>4}{same}".rstrip()
    if compared is None or same:
        return [line]
    was = words.number(compared.before.value if compared.before else None)
    gap = f", {told}" if (told := words.gap(compared)) else ""
    return [line, *_wrapped(f"was {was}{gap}: {words.judgement(compared)}", "    ", "      ")]


def _gone(gone: Sequence[Compared]) -> list[str]:
    """Figures that the other run alone has."""
    if not gone:
        return []
    lines = ["", "in the other run alone"]
    for one in gone:
        value = words.number(one.before.value if one.before else None)
        lines.append(f"  {show_line(one.metric):<29} {value:>6}")
    return lines


def _wrong(run: Run) -> list[str]:
    """The cases that are not as expected, as many as are listed."""
    wrong = [case for case in run.cases if not case.passed]
    lines = []
    for case in wrong[:SHOWN]:
        lines += [*_asked(case), *_wrapped(show_line("; ".join(case.failures)), "    ", "    ")]
    return [*(lines or ["All cases as expected."] if run.cases else []), *_more(len(wrong))]


def _more(count: int) -> list[str]:
    return [f"… and {count - SHOWN} more (--cases shows them all)"] if count > SHOWN else []


def _flips(contrast: Contrast) -> list[str]:
    """The cases that flipped, each with what was wrong and what was said, then and now."""
    lines = _wrapped(f"Cases: {words.flipped(contrast)}")
    for flip in contrast.flips[:SHOWN]:
        lines += _flip(flip)
    return [*lines, *_more(len(contrast.flips))]


def _flip(flip: Flip) -> list[str]:
    lines = _asked(flip.now)
    for when, case in (("before", flip.before), ("now", flip.now)):
        why = show_line("; ".join(case.failures)) or "as expected"
        said = f" – “{_short(show_line(case.said))}”" if case.said else ""
        lines += _wrapped(f"{when}: {why}{said}", "    ", "      ")
    return lines


def _short(text: str, most: int = 300) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + " …"


def _asked(case: Case) -> list[str]:
    shape = "●" if case.passed else "✗"
    return _wrapped(f"{show_line(case.id)}: {_short(show_line(case.asked))}", f"{shape} ", "  ")


def _case(case: Case) -> list[str]:
    asked = _wrapped(f"{show_line(case.id)}: {show_line(case.asked)}", f"{'●' if case.passed else '✗'} ", "  ")
    return [*asked, *(f"  {line}" for line in _outcome(case))]


def _outcome(case: Case) -> list[str]:
    lines = _within(f"expected {show_line(case.expected)}; came out {show_line(case.outcome)}")
    lines += [line for one in case.failures for line in _within(show_line(one), "✗ ", "  ")]
    if case.said:
        first, *others = show(case.said).split("\n")
        lines += _within(f"said: {show_line(first)}", "", "  ")
        lines += [line for one in others for line in _within(show_line(one), "  ", "  ")]
    for citation in case.cited:
        place = f"{citation.article_id}, version {citation.version}, {citation.field} {citation.start}–{citation.end}"
        lines += _within(f"[{citation.n}] {attribution(citation)} ({show_line(place)})", "  ", "      ")
        lines += _within(f"“{show_line(citation.quote)}”", "      ", "      ")
    scores = [f"{show_line(name)} {value:.3f}" for name, value in case.scores.items()]
    sure = [] if case.confidence is None else [f"confidence {case.confidence:.3f}"]
    if scores or sure:
        lines += _within(", ".join([*scores, *sure]), "scores: ", "  ")
    lines += [line for note in case.notes for line in _within(f"note: {show_line(note)}", "", "  ")]
    return lines


def _within(text: str, first: str = "", rest: str = "") -> list[str]:
    """Lines of what is indented twice at most."""
    return wrapped(text, first, rest, width=_WIDTH - 4)


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return wrapped(text, first, rest, width=_WIDTH)
