"""How articles were grouped by event: a case an article, so that figures are over articles."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluation import Case, Costs
from qa.fixtures.kinds import GroupingFixture
from qa.metrics import b_cubed

_SHOWN = 120
"""Characters of its beginning that an article is known by."""


def grouping_ids(fixture: GroupingFixture) -> tuple[str, ...]:
    """Ids of the cases of a grouping, in the order of its articles."""
    return tuple(f"{fixture.id}/{name}" for name in fixture.texts)


def grouping_cases(
    fixture: GroupingFixture,
    groups: Sequence[Sequence[str]],
    costs: Costs = Costs(),  # noqa: B008 - frozen
) -> tuple[Case, ...]:
    """The articles of a grouping held against their events; ``groups`` are ids, each in one; one in
    none is alone. What grouping took is shared out among them."""
    placed = {name for members in groups for name in members}
    groups = [*groups, *([name] for name in fixture.texts if name not in placed)]
    scored = b_cubed(groups, fixture.events)
    beside = {name: frozenset(members) - {name} for members in groups for name in members}
    each = Costs(costs.seconds / len(scored), costs.cpu_seconds / len(scored))
    return tuple(_case(fixture, name, beside[name], scored[name], each) for name in fixture.texts)


def _case(
    fixture: GroupingFixture, name: str, beside: frozenset[str], scored: tuple[float, float], costs: Costs
) -> Case:
    event = fixture.events[name]
    own = {one for one, of in fixture.events.items() if of == event} - {name}
    wrong, missing = sorted(beside - own), sorted(own - beside)
    failures = [f"together with {', '.join(wrong)}, of another event"] if wrong else []
    failures += [f"apart from {', '.join(missing)}, of its event"] if missing else []
    return Case(
        id=f"{fixture.id}/{name}",
        kind="grouping",
        asked=" ".join(fixture.texts[name][:_SHOWN].split()),
        expected=f"with {', '.join(sorted(own))}" if own else "alone",
        outcome=f"with {', '.join(sorted(beside))}" if beside else "alone",
        scores=dict(zip(("grouping.precision", "grouping.recall"), scored, strict=True)),
        failures=tuple(failures),
        costs=costs,
    )
