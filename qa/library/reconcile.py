"""Brings the Chroma index to exactly what the catalogue holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from qa.library.courier import IndexUnavailable
from qa.library.frames import BATCH, Fault
from qa.types import Cancel

if TYPE_CHECKING:
    from qa.library.child import ChromaIndex, Record

_OPEN_SECONDS = 60.0


def reconcile(
    index: ChromaIndex,
    wanted: Callable[[], frozenset[str]],
    records: Callable[[Sequence[str]], Sequence[Record]],
    revision: str,
    cancel: Cancel,
) -> Iterator[tuple[int, int]]:
    """Delete from the index what the catalogue does not have, add what is missing, then mark it as synced.

    It goes by the difference of the two sets of ids, never by how far it got before. ``wanted()`` gives the
    ids the catalogue has at ``revision``, ``records(ids)`` the records of a batch of them (fewer
    when some have gone since: the index is then left unmarked, for the next run). Starts the index when it
    is not running; when it fails or turns out damaged, starts over once. Yields ``(done, total)`` after
    each batch. Ends early when cancelled. Raises IndexUnavailable when it cannot be done now.
    """
    try:
        yield from _bring(index, wanted, records, revision, cancel)
    except IndexUnavailable as error:
        if cancel.cancelled or error.fault is Fault.ELSEWHERE:
            raise
        if error.damaged:
            index.discard()
        yield from _bring(index, wanted, records, revision, cancel)


def _bring(
    index: ChromaIndex,
    wanted: Callable[[], frozenset[str]],
    records: Callable[[Sequence[str]], Sequence[Record]],
    revision: str,
    cancel: Cancel,
) -> Iterator[tuple[int, int]]:
    index.start()
    index.wait_ready(_OPEN_SECONDS)
    there, goal = index.ids(), wanted()
    extra, missing = sorted(there - goal), sorted(goal - there)
    total, done, complete = len(extra) + len(missing), 0, True
    for ids, add in [*((ids, False) for ids in _batches(extra)), *((ids, True) for ids in _batches(missing))]:
        if cancel.cancelled:
            return
        found = records(ids) if add else ()
        complete = complete and (not add or {record.id for record in found} == set(ids))
        index.write(found, () if add else ids)
        done += len(ids)
        yield done, total
    if complete and not cancel.cancelled:
        index.mark_synced(revision)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[n : n + BATCH] for n in range(0, len(ids), BATCH))
