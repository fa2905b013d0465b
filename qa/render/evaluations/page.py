"""An evaluation as one page of HTML that stands by itself: charts are drawn in it, cases open without a script, nothing
is loaded from anywhere, and it prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.comparison import Compared, Contrast, Flip
from qa.dates import readable
from qa.evaluation import Case, Figure, Run
from qa.gate import Gated
from qa.metrics.named import METRICS
from qa.render.evaluations import words
from qa.render.evaluations.charts import bar_svg, differences_svg, risk_svg
from qa.render.evaluations.style import EVALUATION_STYLE
from qa.render.page import POLICY, link_html, text_html
from qa.types import Citation
from qa.version import __version__


def run_html(run: Run, contrast: Contrast | None = None, gated: Gated | None = None) -> str:
    """A run as a page, held against another and against a gate where these are given."""
    title = text_html(f"Evaluation: {run.suite}")
    body = "".join(
        (
            f"<header>\n<h1>{title}</h1>\n{_summary(run, contrast, gated)}</header>\n<main>\n",
            "" if gated is None else _gate(gated),
            _figures(run, contrast),
            "" if contrast is None else _differences(contrast),
            _risk(run, contrast),
            "" if contrast is None else _flips(contrast),
            _cases(run, contrast),
            "</main>\n",
            _end(run),
        )
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>\n{EVALUATION_STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _summary(run: Run, contrast: Contrast | None, gated: Gated | None) -> str:
    lines = [f'<p class="big">{text_html(words.counts(run))}</p>\n']
    if gated is not None:
        kind = "held" if gated.passed else "failed"
        lines.append(f'<p class="big {kind}">{text_html(words.gate_words(gated))}</p>\n')
    if contrast is not None:
        before = ", ".join(part for part in (words.counts(contrast.before), words.moment(contrast.before)) if part)
        lines.append(f"<p>Against {text_html(words.name_of(contrast.before))} ({text_html(before)})</p>\n")
        lines.append(_list(f"{one.what}: {one.before}, now {one.now}" for one in contrast.differences))
    lines += [f'<p class="worse">Note: {text_html(note)}</p>\n' for note in run.notes]
    lines += [] if run.complete else ['<p class="worse">This run is not complete.</p>\n']
    return "".join(lines)


def _gate(gated: Gated) -> str:
    if gated.passed:
        return ""
    rows = (
        f'<tr><th scope="row" class="failed">{text_html(one.code)}</th><td>{text_html(one.about)}</td>'
        f'<td class="why">{text_html(one.says)}</td></tr>\n'
        for one in gated.failures
    )
    head = '<tr><th scope="col">condition</th><th scope="col">of</th><th scope="col">found</th></tr>\n'
    return f"<section>\n<h2>What the gate refuses</h2>\n{_table(head, rows)}</section>\n"


# figures


def _figures(run: Run, contrast: Contrast | None) -> str:
    if not run.figures:
        return ""
    compared = {} if contrast is None else {one.metric: one for one in contrast.figures}
    columns = ["metric", "value", "interval", "", "cases", *(["before", "difference", ""] if contrast else [])]
    numbers = {"value", "cases", "before"}
    head = "".join(
        f'<th scope="col"{_class("n" if name in numbers else "bar" if n == 3 else "")}>{name}</th>'
        for n, name in enumerate(columns)
    )
    rows = []
    for group, figures in words.by_group(run):
        rows.append(f'<tr><th scope="rowgroup" colspan="{len(columns)}">{text_html(group)}</th></tr>\n')
        rows += [_figure(figure, compared.get(figure.metric)) for figure in figures]
    told = f'<p class="soft">{text_html(words.TESTS)}</p>\n'
    return f"<section>\n<h2>Figures</h2>\n{_table(f'<tr>{head}</tr>', rows)}{told}</section>\n"


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _figure(figure: Figure, compared: Compared | None) -> str:
    metric = words.metric_of(figure.metric)
    cells = [
        f'<th scope="row" title="{text_html(metric.says)}">{text_html(words.title_of(figure.metric))}</th>',
        f'<td class="n">{words.number(figure.value)}</td><td class="i">{words.span(figure)}</td>',
        f'<td class="bar">{bar_svg(figure, compared.before if compared else None)}</td><td class="n">{figure.n}</td>',
    ]
    if compared is not None:
        value = compared.before.value if compared.before else None
        told = "as before" if words.unchanged(compared) else words.judgement(compared)
        gap = "" if words.unchanged(compared) else words.gap(compared)
        kind = compared.verdict or "soft"
        cells.append(f'<td class="n">{words.number(value)}</td><td class="i">{gap}</td>')
        cells.append(f'<td class="why {kind}">{text_html(told)}</td>')
    return f"<tr>{''.join(cells)}</tr>\n"


def _table(head: str, rows: Iterable[str]) -> str:
    return f'<div class="scroll"><table>\n<thead>{head}</thead>\n<tbody>\n{"".join(rows)}</tbody></table></div>\n'


def _differences(contrast: Contrast) -> str:
    drawn = differences_svg(contrast.figures)
    if not drawn:
        return ""
    caption = "Differences over the cases that both runs have, with their intervals; grey: no evidence of a difference."
    return f"<figure>\n<h2>What changed</h2>\n{drawn}<figcaption>{caption}</figcaption></figure>\n"


def _risk(run: Run, contrast: Contrast | None) -> str:
    drawn = risk_svg(run, None if contrast is None else contrast.before)
    if not drawn:
        return ""
    area = next((figure.value for figure in run.figures if figure.metric == "abstention.risk_area"), None)
    told = "" if area is None else f" The area under it is {words.number(area)}; less is better."
    dashed = "" if contrast is None else " Dashed: the other run."
    caption = f"When only the surest answers were given, so many of them would be wrong.{told}{dashed}"
    return f"<figure>\n<h2>Risk and coverage</h2>\n{drawn}<figcaption>{caption}</figcaption></figure>\n"


# cases


def _flips(contrast: Contrast) -> str:
    flips = "".join(_flip(flip) for flip in contrast.flips)
    return f"<section>\n<h2>Cases that flipped</h2>\n<p>{text_html(words.flipped(contrast))}</p>\n{flips}</section>\n"


def _flip(flip: Flip) -> str:
    kind, word = ("worse", "fails now") if flip.worse else ("better", "passes now")
    inside = f"{_outcome(flip.now)}<h3>Before</h3>\n{_outcome(flip.before)}"
    return _details(flip.now, f'<span class="{kind}">{word}</span>', inside)


def _cases(run: Run, contrast: Contrast | None) -> str:
    was = {} if contrast is None else {case.id: case for case in contrast.before.cases}
    told = []
    for kind in dict.fromkeys(case.kind for case in run.cases):
        of_kind = [case for case in run.cases if case.kind == kind]
        told.append(f"<h3>{text_html(kind)}: {len(of_kind)}</h3>\n")
        told += [_case(case, was.get(case.id)) for case in sorted(of_kind, key=lambda case: case.passed)]
    return f"<section>\n<h2>Cases</h2>\n{''.join(told) or '<p>None.</p>'}</section>\n"


def _case(case: Case, before: Case | None) -> str:
    state = '<span class="held">●</span>' if case.passed else '<span class="failed">✗</span>'
    inside = _outcome(case)
    if before is not None and before.said != case.said:
        inside += f'<h3>Said before</h3>\n<p dir="auto">{text_html(before.said) or "–"}</p>\n'
    return _details(case, state, inside)


def _details(case: Case, state: str, inside: str) -> str:
    why = f' <span class="why">{text_html("; ".join(case.failures))}</span>' if case.failures else ""
    asked = f'<b>{text_html(case.id)}</b> <span dir="auto">{text_html(case.asked)}</span>'
    return f"<details><summary>{state} {asked}{why}</summary>\n<div>{inside}</div></details>\n"


def _outcome(case: Case) -> str:
    facts = [("expected", text_html(case.expected)), ("came out", text_html(case.outcome))]
    facts += [("wrong", text_html(one)) for one in case.failures]
    facts += [("said", "<br>".join(map(text_html, case.said.split("\n"))))]
    facts += [("confidence", words.number(case.confidence))] if case.confidence is not None else []
    facts += [("scores", text_html(", ".join(f"{_metric(name)} {value:.3f}" for name, value in case.scores.items())))]
    facts += [("note", text_html(note)) for note in case.notes]
    listed = "".join(f'<dt>{name}</dt><dd dir="auto">{told}</dd>\n' for name, told in facts if told)
    return f"<dl>\n{listed}</dl>\n{''.join(map(_quote, case.cited))}"


def _metric(name: str) -> str:
    return METRICS[name].title if name in METRICS else name


def _quote(citation: Citation) -> str:
    whose = f"{citation.title} · {citation.source or 'unknown source'} · {readable(citation.published)}"
    place = f"{citation.article_id}, version {citation.version}, {citation.field} {citation.start}–{citation.end}"
    return (
        f'<blockquote dir="auto"><p>“{text_html(citation.quote)}”</p><footer>{text_html(whose)}'
        f"{link_html(citation.url)} · {text_html(place)}</footer></blockquote>\n"
    )


def _end(run: Run) -> str:
    facts = "".join(f"<dt>{text_html(name)}</dt><dd>{text_html(value)}</dd>\n" for name, value in words.origin(run))
    digests = {"fixtures": run.fixtures, "library": run.over.digest, "judge": run.judge.digest}
    facts += "".join(f"<dt>digest of the {name}</dt><dd>{text_html(value)}</dd>\n" for name, value in digests.items())
    took = "".join(f"<p>{text_html(line)}</p>\n" for line in words.costs_words(run))
    return f"<footer>\n<dl>\n{facts}</dl>\n{took}<p>Made by newsdesk {text_html(__version__)}.</p>\n</footer>\n"


def _list(lines: Iterable[str]) -> str:
    told: Sequence[str] = [f"<li>{text_html(line)}</li>\n" for line in lines]
    return f"<ul>\n{''.join(told)}</ul>\n" if told else ""
