"""Charts of an evaluation as inline SVG: drawn by code, coloured by the page's style, read aloud by their labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qa.comparison import Compared
from qa.evaluation import Figure, Run
from qa.metrics.selective import RiskPoint, risk_coverage
from qa.render.evaluations.words import gap, metric_of, number, span, unchanged
from qa.render.page import text_html

_BAR, _HIGH = 140, 16
"""Width and height of a bar, in units of the drawing."""
_PLOT, _TALL, _LEFT, _TOP, _BELOW = 540, 240, 64, 12, 40


def bar_svg(figure: Figure, before: Figure | None = None) -> str:
    """A figure from 0 to 1 as a bar with its interval, and a mark where it was before."""
    if figure.value is None:
        return ""
    told = f"{number(figure.value)}{f', interval {span(figure)}' if span(figure) else ''}"
    parts = [f'<rect class="track" width="{_BAR}" height="{_HIGH}"/>', _rect("value", 0, figure.value)]
    if figure.low is not None and figure.high is not None:
        low, high, middle = _x(figure.low), _x(figure.high), _HIGH / 2
        parts.append(f'<path class="span" d="M{low} {middle:g}H{high}M{low} 4V12M{high} 4V12"/>')
    if before is not None and before.value is not None:
        told += f", before {number(before.value)}"
        parts.append(f'<path class="before" d="M{_x(before.value)} 0V{_HIGH}"/>')
    return (
        f'<svg class="bar" viewBox="-1 0 {_BAR + 2} {_HIGH}" width="{_BAR}" height="{_HIGH}" role="img" '
        f'aria-label="{text_html(told)}">{"".join(parts)}</svg>'
    )


def _rect(name: str, start: float, width: float) -> str:
    return f'<rect class="{name}" x="{_x(start)}" y="3" width="{_x(width)}" height="{_HIGH - 6}"/>'


def _x(share: float) -> str:
    return f"{min(1.0, max(0.0, share)) * _BAR:.1f}"


# differences


def differences_svg(figures: Sequence[Compared]) -> str:
    """Each difference with its interval around zero; those that got better lie to the right."""
    shown = [one for one in figures if one.tested is not None and not unchanged(one)]
    if not shown:
        return ""
    reach = max(0.05, *(abs(edge) for one in shown for edge in _edges(one)))
    height = 24 * len(shown) + 26
    rows = "".join(_difference(n, one, reach) for n, one in enumerate(shown))
    foot = f'y="{height - 6}" text-anchor'
    worst = f'<text x="200" {foot}="start">worse by {reach:.2f}</text>'
    ends = f'{worst}<text x="600" {foot}="end">better by {reach:.2f}</text>'
    zero = f'<path class="axis" d="M400 0V{height - 22}"/>'
    return (
        f'<svg class="plot" viewBox="0 0 620 {height}" role="img" aria-label="Differences with their intervals">'
        f"{zero}{rows}{ends}</svg>"
    )


def _edges(one: Compared) -> tuple[float, float, float]:
    """Low end, value and high end of a difference, above 0 where it is better."""
    assert one.tested is not None  # the caller looked
    told = one.tested.difference
    if metric_of(one.metric).lower_is_better:
        return -told.high, -told.value, -told.low
    return told.low, told.value, told.high


def _difference(n: int, one: Compared, reach: float) -> str:
    y = 24 * n + 14
    low, value, high = (400 + 200 * edge / reach for edge in _edges(one))
    assert one.tested is not None  # the caller looked
    kind = ("better" if value > 400 else "worse") if one.tested.evident else "unsure"
    title = f"{one.metric.partition('.')[0]}: {metric_of(one.metric).title}"
    return (
        f'<g class="{kind}"><title>{text_html(f"{title}: {gap(one)}")}</title>'
        f'<text x="190" y="{y + 4}" text-anchor="end">{text_html(title)}</text>'
        f'<path class="span" d="M{low:.1f} {y}H{high:.1f}"/><circle cx="{value:.1f}" cy="{y}" r="4"/></g>'
    )


# risk and coverage


def outcomes(run: Run) -> list[tuple[float, bool]]:
    """How sure each answer was and whether it is right, of the cases that have both."""
    return [
        (case.confidence, case.right) for case in run.cases if case.confidence is not None and case.right is not None
    ]


def risk_svg(run: Run, before: Run | None = None) -> str:
    """The risk that is left when only the surest are answered; dashed, that of another run. Empty without points."""
    points = risk_coverage(outcomes(run))
    if not points:
        return ""
    others = [] if before is None else risk_coverage(outcomes(before))
    most = max(0.1, *(point.risk for point in [*points, *others]))
    lines = _curve("value", points, most) + (_curve("before", others, most) if others else "")
    marks = "".join(_grid(n / 4, most) for n in range(5))
    across = f'<text x="{_LEFT + _PLOT / 2:g}" y="{_TOP + _TALL + 34}" text-anchor="middle">share answered</text>'
    middle = f"{_TOP + _TALL / 2:g}"
    turned = f'transform="rotate(-90 12 {middle})"'
    up = f'<text x="12" y="{middle}" text-anchor="middle" {turned}>share wrong</text>'
    return (
        f'<svg class="plot" viewBox="0 0 {_LEFT + _PLOT + 16} {_TOP + _TALL + _BELOW}" role="img" '
        f'aria-label="Share of wrong answers by the share that is answered">{marks}{across}{up}{lines}</svg>'
    )


def _grid(share: float, most: float) -> str:
    x, y = _LEFT + share * _PLOT, _TOP + (1 - share) * _TALL
    return (
        f'<path class="grid" d="M{_LEFT} {y:.1f}H{_LEFT + _PLOT}M{x:.1f} {_TOP}V{_TOP + _TALL}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * most:.2f}</text>'
        f'<text x="{x:.1f}" y="{_TOP + _TALL + 16}" text-anchor="middle">{share:.2f}</text>'
    )


def _curve(name: str, points: Iterable[RiskPoint], most: float) -> str:
    """Steps: up to each share of coverage the risk is that of its point."""
    path, start = "", 0.0
    for point in points:
        y = _TOP + (1 - point.risk / most) * _TALL
        path += f"{'L' if path else 'M'}{_LEFT + start * _PLOT:.1f} {y:.1f}H{_LEFT + point.coverage * _PLOT:.1f}"
        start = point.coverage
    return f'<path class="curve {name}" d="{path}"/>'
