"""Brings a library and a shared store together, by the difference of their sets of ids.

Each step can be repeated, and none depends on how far an earlier run came: a kill at any moment loses nothing, and
the next run goes on. ``compare`` decides what goes which way. A removal is kept by its content, in the store as here:
what was taken from the store goes from every library that took it; what a library read from its own files stays
there, and is not shared again until its text changes, or it is removed and read again.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo

from qa.clean import clean_line
from qa.errors import StoreError
from qa.library.catalogue import Catalogue, Entry
from qa.library.child import Record
from qa.library.compare import Plan, Sides, compare
from qa.library.frames import PASSAGES, REMOVED, STORE_BATCH
from qa.library.holdings import Holding, forget, holdings, join_store, note, pages, place_of, removals
from qa.library.marks import Removal, content_of
from qa.library.parcels import ARTICLE, Found, Key, Unfit, key_and_number, pack, unpack
from qa.library.shared import SharedStore
from qa.types import Cancel, Notice, Problem, Progress, RemovedBy, SyncReport

SHARED = "shared"
"""Value of the library: what the store held all of, as ``SharedStore.revision`` writes it."""
_MOST_PROBLEMS = 50
_CONTENT = re.compile(r"[0-9a-f]{16}")

Event = Notice | Progress | SyncReport


@dataclass(slots=True)
class _Run:
    """One synchronisation under way."""

    catalogue: Catalogue
    store: SharedStore
    embedder: str
    dimensions: int
    zone: tzinfo | None
    cancel: Cancel
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    removed: frozenset[str] = frozenset()
    """Contents that were removed, as the store has them."""
    ours: Mapping[str, Holding] = field(default_factory=dict)
    there: dict[Key, set[int]] = field(default_factory=dict)
    """The passages of each article that are in the store."""

    @property
    def sides(self) -> Sides:
        return Sides(self.ours, self.there, self.removed, removals(self.catalogue).keys())

    def tell(self, count: str, article: str, message: str, *, fatal: bool = False) -> None:
        self.counts[count] += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(clean_line(article)[:80], None, message, fatal))

    def report(self, seconds: float) -> SyncReport:
        complete = not self.cancel.cancelled
        told = tuple(self.problems)
        return SyncReport(self.store.address.host, **self.counts, problems=told, complete=complete, seconds=seconds)


def synchronise(
    catalogue: Catalogue, store: SharedStore, *, embedder: str, dimensions: int, zone: tzinfo | None, cancel: Cancel
) -> Iterator[Event]:
    """Send what the store lacks, take what this library lacks; the last event is the SyncReport.

    Cancelled, it ends at once with what it has. Raises StoreError when the store fails; what was done stays done.
    """
    started = time.monotonic()
    run = _Run(catalogue, store, embedder, dimensions, zone, cancel)
    cancel.on_cancel(store.close)
    try:
        yield Progress("reaching the shared store", 0, 0)
        store.open(cancel)
        join_store(catalogue, store.id)
        catalogue.use(embedder)
        _exchange_removals(run)
        yield Progress("comparing with the shared store", 0, 0)
        plan = _compared(run)
        yield from _take(run, plan.take)
        yield from _push(run, plan.push)
        _clear(run, plan)
        _note_whether_all_is_there(run)
    except StoreError:
        if not cancel.cancelled:
            raise
    yield run.report(time.monotonic() - started)


# removals


def _exchange_removals(run: _Run) -> None:
    """Tell the store what was removed here, and remove here what others removed."""
    store, catalogue = run.store, run.catalogue
    there, known = store.ids(REMOVED), removals(catalogue)
    back = {content for content, (state, _) in known.items() if state is Removal.BACK}
    store.delete(REMOVED, back & there)
    forget(catalogue, back)
    untold = [(content, article_id) for content, (state, article_id) in known.items() if state is Removal.UNTOLD]
    store.tell_removed(one for one in untold if one[0] not in there)
    note(catalogue, untold, Removal.TOLD)
    run.counts["told"] += len({article_id for _, article_id in untold})
    told = (content for content, (state, _) in known.items() if state is Removal.TOLD)
    missing = sorted(content for content in told if content not in there)
    withdrawn = set(missing) - store.present(REMOVED, missing)
    forget(catalogue, withdrawn)
    run.removed = frozenset((there - back - withdrawn) | {content for content, _ in untold})
    _remove_here(run, {content for content in there - known.keys() if _CONTENT.fullmatch(content)})


def _remove_here(run: _Run, news: set[str]) -> None:
    """Remove the articles of these contents that came from a store; the others stay and are not shared."""
    ours = holdings(run.catalogue, run.embedder)
    gone = {name for name, held in ours.items() if held.key.content in news and held.is_taken}
    if gone:
        ids = [ours[name].article.id for name in sorted(gone)]
        run.counts["removed"] += run.catalogue.remove(ids, RemovedBy.STORE, Removal.TOLD)
    note(run.catalogue, [(content, "") for content in sorted(news)], Removal.TOLD)
    run.ours = {name: held for name, held in ours.items() if name not in gone}
    for held in run.ours.values():
        if held.key.content in news:
            run.tell("kept", held.article.id, "others removed it; it stays here, where it was read, and is not shared")
        elif held.key.content in run.removed:
            run.counts["kept"] += 1


# comparing


def _compared(run: _Run) -> Plan:
    """List the store, decide what goes which way, and tell what is left as it is."""
    strangers = 0
    for record_id in run.store.ids(PASSAGES):
        if found := key_and_number(record_id):
            run.there.setdefault(found[0], set()).add(found[1])
        else:
            strangers += 1
    plan = compare(run.sides, run.store.heads)
    if strangers:
        run.tell("refused", run.store.address.host, f"{strangers} record(s) there are not of Newsdesk", fatal=True)
    for held in plan.conflicts:
        message = "the store holds another text under this id; each side keeps its own. Give one of them another id"
        run.tell("conflicts", held.article.id, message)
    run.counts |= Counter(copies=len(plan.copies), waiting=plan.waiting, incomplete=plan.incomplete)
    return plan


# taking


def _take(run: _Run, keys: Sequence[Key]) -> Iterator[Event]:
    done, started = 0, time.monotonic()
    for page in pages(keys, STORE_BATCH):
        if run.cancel.cancelled:
            return
        found = run.store.records([one for key in page for one in key.ids()])
        entries = [entry for key in page if (entry := _entry(run, key, found))]
        taken = run.catalogue.adopt(entries, run.embedder)
        updated = sum(entry.article.id in taken for entry, _ in entries if entry.replaces)
        run.counts["updated"] += updated
        run.counts["taken"] += len(taken) - updated
        done += len(page)
        yield Progress("taking", done, len(keys), (time.monotonic() - started) / done * (len(keys) - done))


def _entry(run: _Run, key: Key, found: Mapping[str, Found]) -> tuple[Entry, list[bytes]] | None:
    """What to record for one article of the store; None when it cannot be taken."""
    records = [found[one] for one in key.ids() if one in found]
    if len(records) < key.total:
        run.counts["incomplete"] += 1
        return None
    held = run.ours.get(key.article)
    try:
        parcel = unpack(key, records, run.zone, run.dimensions)
        if held and held.article.id != parcel.article.id:
            raise Unfit("its id is not the one of its passages")
    except Unfit as reason:
        named = records[0].metadata.get(ARTICLE)
        run.tell("refused", named if isinstance(named, str) else key.article, f"not taken: {reason}", fatal=True)
        return None
    article, host = parcel.article, run.store.address.host
    vectors = [vector.astype("<f4").tobytes() for vector in parcel.vectors]
    if held is None:
        place = place_of(host, article.id)
        return Entry(replace(article, origin=place), place.partition("#")[0], parcel.spans, replaces=0), vectors
    known = held.article
    file = run.catalogue.file_of(known.id) or known.origin
    article = replace(article, origin=known.origin, version=max(article.version, known.version + 1))
    return Entry(article, file, parcel.spans, replaces=known.version), vectors


# sending


def _push(run: _Run, held: Sequence[Holding]) -> Iterator[Event]:
    started, done = time.monotonic(), 0
    waiting: list[Record] = []
    under_way: list[Key] = []
    for n, holding in enumerate(held, 1):
        if run.cancel.cancelled:
            return
        records = _records(run, holding)
        if records is not None:
            waiting += [one for one in records if not _is_there(run, one.id)]
            under_way.append(holding.key)
        if len(waiting) >= STORE_BATCH or n == len(held):
            run.store.write(waiting)
            for key in under_way:
                run.there[key] = set(range(key.total))
            run.counts["pushed"] += len(under_way)
            waiting, under_way, done = [], [], n
            yield Progress("sending", done, len(held), (time.monotonic() - started) / done * (len(held) - done))


def _is_there(run: _Run, record_id: str) -> bool:
    found = key_and_number(record_id)
    return found is not None and found[1] in run.there.get(found[0], ())


def _records(run: _Run, holding: Holding) -> list[Record] | None:
    """The records of one of our articles; None when it cannot be sent, or has changed since it was compared."""
    article = run.catalogue.by_id(holding.article.id)
    if article is None or content_of(article) != holding.key.content:
        return None
    passages = run.catalogue.passages_of(article.id)
    vectors = run.catalogue.vectors_of([passage.id for passage in passages])
    if len(vectors) < holding.key.total or len(passages) != holding.key.total:
        return None
    try:
        return pack(article, passages, vectors, holding.earlier)
    except Unfit as reason:
        run.tell("refused", article.id, f"not sent: {reason}", fatal=True)
        return None


def _clear(run: _Run, plan: Plan) -> None:
    """Delete from the store what was removed, and what versions of ours that are there now take the place of."""
    sides = run.sides
    whole = {(key.article, key.content) for key in run.there if sides.is_whole(key)}
    gone = {key for held, key in plan.superseded if (held.key.article, held.key.content) in whole}
    for key in run.there:
        held = run.ours.get(key.article)
        left_over = held and key.content in held.earlier and (key.article, held.key.content) in whole
        if key.content in run.removed or (left_over and not sides.is_whole(key)):
            gone.add(key)
    if not run.cancel.cancelled:
        run.store.delete(PASSAGES, _ids(run, gone))


def _ids(run: _Run, keys: Iterable[Key]) -> Iterator[str]:
    return (key.id(n) for key in keys for n in sorted(run.there[key]))


def _note_whether_all_is_there(run: _Run) -> None:
    """Note the revision of this library all of which the store holds, so that the store may answer for it."""
    catalogue, sides = run.catalogue, run.sides
    revision = catalogue.vector_revision
    there = {key.content for key in run.there if sides.is_whole(key)} - run.removed
    ours = holdings(catalogue, run.embedder).values()
    if not run.cancel.cancelled and all(held.whole and held.key.content in there for held in ours):
        catalogue.set_meta(SHARED, run.store.revision(revision))
