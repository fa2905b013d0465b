"""What a library and a shared store lack of each other, decided from their sets of ids alone.

- An article is there when all its passages of one content are there; half of one is ignored, and completed by the
  library that wrote it.
- A newer version takes the place of the one it was made from: every article carries the contents it was made from.
  Of two made from each other (an edit taken back) the higher version wins. Of two where neither was made from the
  other, each library keeps its own and says so; the store keeps the one that came first.
- What was removed is neither sent nor taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from qa.library.holdings import Holding
from qa.library.parcels import Found, Key, earlier_of, version_of

HeadsFn = Callable[[Sequence[str]], Mapping[str, Found]]
"""The metadata of records of the store, by id."""


@dataclass(frozen=True, slots=True)
class Version:
    """One content of an article, and the contents it was made from."""

    content: str
    number: int
    earlier: tuple[str, ...]

    def follows(self, other: Version) -> int:
        """Above zero when this was made from ``other``, below zero when the other way round, zero when neither."""
        forward, back = other.content in self.earlier, self.content in other.earlier
        return self.number - other.number if forward and back else forward - back


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides as they were read."""

    ours: Mapping[str, Holding]
    """Our articles, by the hash of their ids."""
    there: Mapping[Key, AbstractSet[int]]
    """The passages of each article that are in the store."""
    removed: AbstractSet[str]
    """Contents that were removed, as the store has them."""
    unwanted: AbstractSet[str]
    """Contents that were removed, as this library has them."""

    def is_whole(self, key: Key) -> bool:
        """Whether all passages of an article are in the store."""
        return len(self.there.get(key, ())) == key.total


@dataclass(slots=True)
class Plan:
    """What is to be done, and what is left as it is."""

    take: list[Key] = field(default_factory=list)
    push: list[Holding] = field(default_factory=list)
    superseded: list[tuple[Holding, Key]] = field(default_factory=list)
    """What goes from the store once our version is there."""
    conflicts: list[Holding] = field(default_factory=list)
    copies: set[str] = field(default_factory=set)
    """Contents that one side has under another id."""
    waiting: int = 0
    """Articles of ours that lack vectors."""
    incomplete: int = 0
    """Articles of others that are there by half."""


def compare(sides: Sides, heads: HeadsFn) -> Plan:
    """Decide what goes which way; the same for the same sides, whatever happened before."""
    by_article: dict[str, list[Key]] = defaultdict(list)
    contents: set[str] = set()
    for key in sorted(sides.there):
        if sides.is_whole(key) and key.content not in sides.removed:
            by_article[key.article].append(key)
            contents.add(key.content)
    versions = _versions(sides, by_article, heads)
    plan = Plan()
    for name, held in sides.ours.items():
        _decide(sides, plan, held, [(key, versions.get(key)) for key in by_article.get(name, ())], contents)
    _choose_new(sides, plan, by_article, versions)
    going = {held.key for held in plan.push}
    partial = {key for key in sides.there if not sides.is_whole(key) and key.content not in sides.removed}
    plan.incomplete = len({key.article for key in partial - going})
    return plan


def _versions(sides: Sides, by_article: Mapping[str, Sequence[Key]], heads: HeadsFn) -> dict[Key, Version]:
    """What the store says of the contents that must be compared with ours or with each other."""
    wanted: list[Key] = []
    for name, keys in by_article.items():
        held = sides.ours.get(name)
        others = [key for key in keys if held is None or key.content != held.key.content]
        if others and (held is not None or len({key.content for key in keys}) > 1):
            wanted += others
    told = heads([key.id(0) for key in wanted])
    found: dict[Key, Version] = {}
    for key in wanted:
        metadata = told.get(key.id(0), Found({})).metadata
        found[key] = Version(key.content, version_of(metadata), earlier_of(metadata))
    return found


def _decide(
    sides: Sides, plan: Plan, held: Holding, theirs: Sequence[tuple[Key, Version | None]], contents: set[str]
) -> None:
    """What to do with one article of ours; ``contents`` are whole in the store, or about to be."""
    ours = Version(held.key.content, held.article.version, held.earlier)
    others = [(told.follows(ours), told.number, key) for key, told in theirs if told is not None]
    newer = [(number, key) for order, number, key in others if order > 0]
    older = [key for order, _, key in others if order < 0]
    if newer:
        plan.take.append(max(newer)[1])
        return
    plan.superseded += [(held, key) for key in older]
    if len(older) < len(others):
        plan.conflicts.append(held)
    elif held.key.content in sides.removed or any(key.content == held.key.content for key, _ in theirs):
        pass
    elif not held.whole:
        plan.waiting += 1
    elif not older and held.key.content in contents:
        plan.copies.add(held.key.content)
    else:
        plan.push.append(held)
        contents.add(held.key.content)


def _choose_new(
    sides: Sides, plan: Plan, by_article: Mapping[str, Sequence[Key]], versions: Mapping[Key, Version]
) -> None:
    """Articles this library does not have: the newest content of each, and none it removed or has under another id."""
    contents = {held.key.content for held in sides.ours.values()}
    for name, keys in by_article.items():
        if name in sides.ours:
            continue
        free = [key for key in keys if key.content not in sides.unwanted]
        told = [versions[key] for key in free if key in versions]
        best = [key for key in free if not any(one.follows(versions[key]) > 0 for one in told)]
        if not best:
            continue
        chosen = max(best, key=lambda key: (versions[key].number if told else 0, key))
        if chosen.content in contents:
            plan.copies.add(chosen.content)
            continue
        contents.add(chosen.content)
        plan.take.append(chosen)
