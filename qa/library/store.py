"""One library: the catalogue and the indexes derived from it. Nothing else opens a library's files."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import date, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa.errors import ConfigError, LibraryError, NotFoundError, StoreError
from qa.library import corrections, listing, removed
from qa.library.catalogue import Catalogue, Entry, Stats
from qa.library.fate import fate
from qa.library.frames import ARTICLE, PAGE, STORE_BATCH
from qa.library.listing import Row
from qa.library.place import refuse_far
from qa.library.scope import Scope
from qa.library.sentences import KeptVectors, forget
from qa.room import NO_ROOM, has_no_room
from qa.types import (
    Article,
    Cancel,
    Check,
    Citation,
    Correction,
    Fate,
    FileProblems,
    Heading,
    IndexChoice,
    IndexUsed,
    Listing,
    Notice,
    Passage,
    Progress,
    Query,
    RemovedArticle,
    RemovedBy,
    SyncReport,
    Window,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa.config import StoreAddress
    from qa.library.child import ChromaIndex, Record
    from qa.library.exact import ExactIndex
    from qa.library.shared import SharedStore
    from qa.library.stems import Forms
    from qa.library.words import WordIndex

_T = TypeVar("_T")

CATALOGUE_FILE = "catalogue.sqlite"
EXACT_FOLDER = "exact"
SENTENCES_FILE = "sentences.sqlite"
_INDEXES = ("words", "vectors")
_TRIES = 5
_PATIENCE, _PAUSE = 2.0, 0.1
"""Seconds that a question waits for another process which is writing the word index, and between two looks."""
_A_MOMENT = 3_000
"""Passages that Chroma indexes within a few seconds."""


class Library:
    """A folder of articles with its indexes. Thread-safe; ``close`` ends the index child.

    Raises LibraryError when the folder cannot be used; with ``create=False`` also when there is no library in it.
    """

    def __init__(
        self,
        path: Path,
        *,
        embedder: str,
        dimensions: int,
        timezone: str | None = None,
        store: StoreAddress | None = None,
        create: bool = True,
    ) -> None:
        self.path = path.expanduser().absolute()
        self._embedder = embedder
        self._dimensions = dimensions
        _check_folder(self.path, create)
        self.catalogue = Catalogue(self.path / CATALOGUE_FILE)
        if timezone and self.catalogue.meta("timezone") is None:
            self.catalogue.set_meta("timezone", timezone)
        self._timezone = timezone or self.catalogue.meta("timezone")
        self._check_zone()
        self._lock = threading.RLock()
        self._stats: tuple[str, Stats] | None = None
        self._sources: tuple[str, Sequence[str]] | None = None
        self._exact: ExactIndex | None = None
        self._sentences: KeptVectors | None = None
        self._words: WordIndex | None = None
        self._chroma: ChromaIndex | None = None
        self._address = store
        self._shared: SharedStore | None = None

    def _check_zone(self) -> None:
        try:
            _ = self.zone
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.catalogue.close()
            raise LibraryError(
                f"the library {self.path} keeps the days of {self._timezone!r}, a time zone that is not known here",
                "Install the Python package tzdata, or set timezone to a zone that is known.",
            ) from None

    @property
    def zone(self) -> tzinfo | None:
        """The time zone whose calendar days the library keeps; None is the system's."""
        return ZoneInfo(self._timezone) if self._timezone else None

    @property
    def embedder(self) -> str:
        """Fingerprint of the embedder whose vectors are searched."""
        return self.catalogue.embedder or self._embedder

    @property
    def dimensions(self) -> int:
        """Length of the vectors that are searched."""
        return self.catalogue.dimensions(self.embedder) or self._dimensions

    def close(self) -> None:
        """Close the catalogue and end the index child, if it was started. Idempotent."""
        self.end_chroma()
        if self._shared is not None:
            self._shared.close()
        if self._sentences is not None:
            self._sentences.close()
        self.catalogue.close()

    def end_chroma(self) -> None:
        """End the index child, if one was started; also of a library that has been closed."""
        if self._chroma is not None:
            self._chroma.close()

    def hurry(self) -> None:
        """Wait no longer for other programs that write the record: what is not written by then is a LibraryError."""
        self.catalogue.hurry()

    # reading

    def article(self, article_id: str, version: int | None = None) -> Article:
        """An article with its text, current unless ``version`` is given. Raises NotFoundError."""
        article_id = article_id.encode("utf-8", "replace").decode("utf-8")
        found = self.catalogue.by_id(article_id) if version is None else self.catalogue.version(article_id, version)
        if found is None:
            raise self._not_found(article_id, version)
        return found

    def _not_found(self, article_id: str, version: int | None) -> NotFoundError:
        what = f"article {article_id!r}" + (f", version {version}," if version is not None else "")
        if removed.found(self.catalogue.select, "id", article_id):
            return NotFoundError(
                f"{what} was removed from this library", "`newsdesk library restore ID` brings it back."
            )
        return NotFoundError(f"there is no {what} in this library", "`newsdesk library list` shows what there is.")

    def list(self, offset: int = 0, limit: int = -1, chosen: Listing = Listing()) -> Sequence[Row]:  # noqa: B008 - frozen
        """Articles without their texts, in the order of ``chosen``: newest first, undated last, unless it says else."""
        return self.catalogue.rows(offset, limit, chosen)

    def numbers(self, chosen: Listing) -> Sequence[int]:
        """Row numbers of the articles of a listing, in its order: what ``page`` shows a part of."""
        return listing.numbers(self.catalogue.select, chosen)

    def page(self, numbers: Sequence[int]) -> Sequence[Row]:
        """Articles without their texts by row number, in the order given; what has gone since is passed over."""
        return listing.page(self.catalogue.select, numbers)

    def count(self, chosen: Listing) -> int:
        """How many articles a listing has."""
        return listing.count(self.catalogue.select, chosen)

    def days(self, chosen: Listing = Listing()) -> Sequence[tuple[date, int]]:  # noqa: B008 - frozen
        """How many articles of a listing were published on each day that has any, in order."""
        return listing.days(self.catalogue.select, chosen)

    def sources(self) -> Sequence[tuple[str, int]]:
        """Each source with the number of its articles, those with most first."""
        return listing.sources(self.catalogue.select)

    def problems(self) -> Sequence[FileProblems]:
        """The files in which something was refused or dropped when they were last read."""
        return self.catalogue.problems()

    def stats(self) -> Stats:
        """Counts and range of days."""
        with self._lock:
            revision = self.catalogue.vector_revision
            if self._stats is None or self._stats[0] != revision:
                self._stats = revision, self.catalogue.stats()
            return self._stats[1]

    def source_names(self) -> Sequence[str]:
        """Names of all sources, sorted."""
        with self._lock:
            revision = self.catalogue.revision
            if self._sources is None or self._sources[0] != revision:
                self._sources = revision, self.catalogue.source_names()
            return self._sources[1]

    # changing

    def remove(self, ids: Sequence[str], why: RemovedBy = RemovedBy.READER) -> int:
        """Remove articles; the word index and the files of exact search follow at once, the Chroma index with its next
        update. ``restore`` brings them back."""
        gone = self.catalogue.remove(ids, why)
        if gone:
            self.forget_exact()
            self.forget_sentences()
        self.update_words()
        return gone

    def restore(self, ids: Sequence[str]) -> Sequence[str]:
        """Bring removed articles back with all their versions, corrections and vectors; the ids of those that are back.

        One whose id or file another article has taken since stays removed. The word index follows at once.
        """
        back = self.catalogue.restore(ids)
        if back:
            self.update_words()
        return back

    def removed(self) -> Sequence[RemovedArticle]:
        """Articles that were removed and can be restored, the last removed first."""
        return removed.removed(self.catalogue.select)

    def articles_at(self, place: str) -> int:
        """How many articles came from an address, a file or a folder."""
        return len(self.catalogue.ids_under(place))

    def versions(self, article_id: str) -> Sequence[Article]:
        """The versions of an article with their texts, the earliest first. Raises NotFoundError."""
        current = self.article(article_id)
        return [*self.catalogue.earlier(current.id), current]

    def fate(self, citation: Citation) -> Fate:
        """What became of cited words since they were cited."""
        return fate(self.catalogue, citation)

    def correction(self, article_id: str) -> Correction | None:
        """What of an article the reader corrected by hand, None when nothing."""
        return self.catalogue.correction(article_id)

    def correct(self, article_id: str, changes: Mapping[Heading, str]) -> Article:
        """Correct date, title or source of an article by hand; the article as it is now, a new version unless nothing
        changed. An empty date or source means that there is none; what the file says is no correction any more.

        The word index follows at once. Raises NotFoundError, UsageError, LibraryError.
        """
        return self._corrected(article_id, lambda article: corrections.changed(article, changes, self.zone))

    def as_filed(self, article_id: str) -> Article:
        """Take back all corrections of an article: date, title and source as its file has them."""
        said = corrections.filed(self.article(article_id), self.correction(article_id))
        return self._corrected(
            article_id, lambda one: replace(one, title=said.title, source=said.source, published=said.published)
        )

    def _corrected(self, article_id: str, change: Callable[[Article], Article]) -> Article:
        for _ in range(_TRIES):
            before = self.article(article_id)
            after = change(before)
            said = corrections.filed(before, self.correction(article_id))
            kept = replace(said, fields=corrections.differing(after, said))
            if after == before:
                return before
            after = replace(after, version=before.version + 1, details=replace(after.details, changed=None))
            spans = tuple((passage.start, passage.end) for passage in self.catalogue.passages_of(article_id))
            if self.catalogue.correct(Entry(after, self.catalogue.file_of(article_id) or "", spans), kept):
                self.update_words()
                return after
        raise LibraryError(f"article {article_id!r} is being changed by another program", "Try again in a moment.")

    # scope

    def scope(self, query: Query) -> Scope:
        """What ``query`` may find: its window, sources and articles, nothing newer than its as-of date."""
        newer = self.catalogue.newer_than(query.as_of)
        end = query.window.end
        if query.as_of_given or newer:
            end = min(end, query.as_of) if end else query.as_of
        window = Window(query.window.start, end, query.window.why)
        passages = self.catalogue.passages_in(query.articles) if query.articles else None
        return Scope(
            window, query.sources, query.allows_undated, query.phrases, query.without, query.articles, passages
        )

    def searched(self, query: Query) -> int:
        """Number of articles that ``query`` may find, whatever words it excludes."""
        scope = self.scope(query)
        return self.catalogue.count(scope)

    def articles(self, scope: Scope) -> Iterator[Article]:
        """The articles of a scope (its words apart) with their texts, newest first, undated last, a few in memory."""
        return self.catalogue.stream(scope)

    def rebuild(self, cancel: Cancel) -> Iterator[tuple[int, int]]:
        """Make both indexes again from the catalogue; yields (done, total) passages of the Chroma index."""
        with self._lock:
            self.words.discard()
            self.update_words()
            self._exact = None
            self.forget_exact()
        self.chroma.discard()
        yield from self.update_chroma(cancel)

    def examine_store(self) -> Check | None:
        """Whether the shared store answers; None without one."""
        return self._store_check(self.shared) if self.shared else None

    # words

    @property
    def words(self) -> WordIndex:
        """The word index."""
        with self._lock:
            if self._words is None:
                from qa.library.words import WordIndex

                self._words = WordIndex(self.path / "words")
            return self._words

    def update_words(self) -> bool:
        """Bring the word index up to the catalogue; False when another process is writing it just now."""
        with self._lock:
            revision = self.catalogue.revision
            if self.words.is_complete_for(revision):
                return True
            try:
                self.words.reconcile(self.catalogue.passage_numbers(), self._fetch, revision)
            except BlockingIOError:
                return False
            return True

    def by_words(self, question: str, scope: Scope, k: int) -> Sequence[tuple[int, float]]:
        """Passage numbers and BM25 scores, best first."""
        return self._from_words(lambda words: words.search(question, scope, k))

    def terms(self, text: str) -> dict[Forms, int]:
        """The words of ``text`` that are searched for, each in its forms, and in how many passages each stands."""
        return self._from_words(lambda words: words.form_frequencies(words.terms(text)))

    def matching(self, question: str, texts: Iterable[str]) -> frozenset[str]:
        """The words of ``texts``, case folded, that ``question`` searches for in some form of them: to be marked."""
        read = list(texts)
        return self._from_words(lambda words: words.matching(question, read))

    def _from_words(self, ask: Callable[[WordIndex], _T]) -> _T:
        """What the word index, brought up to date, gives; a damaged one is made again on the way."""
        deadline = time.monotonic() + _PATIENCE
        while not self.update_words() and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        with self._lock:
            try:
                return ask(self.words)
            except (ValueError, OSError):
                self.words.discard()
                self.update_words()
                return ask(self.words)

    def _fetch(self, numbers: Sequence[int]) -> Iterator[tuple[int, Passage, Article]]:
        for number, (passage, article) in self.catalogue.passages(numbers).items():
            yield number, passage, article

    # meaning

    @property
    def chroma(self) -> ChromaIndex:
        """The Chroma index behind its child process; not started by this."""
        with self._lock:
            embedder = self.embedder
            if self._chroma is None or self._chroma.fingerprint != embedder:
                from qa.library.child import ChromaIndex

                if self._chroma is not None:
                    self._chroma.close()
                self._chroma = ChromaIndex(self.path / "vectors", dimensions=self.dimensions, fingerprint=embedder)
            return self._chroma

    def by_meaning(
        self,
        vectors: Sequence[NDArray[np.float32]],
        scope: Scope,
        k: int,
        index: IndexChoice,
        made_by: str | None = None,
    ) -> tuple[Sequence[Sequence[tuple[int, float]]], IndexUsed]:
        """For each vector passage numbers and cosine similarities, best first, and which index gave them.

        Vectors that another embedder made than the one in use by now find nothing.

        ``auto`` asks Chroma when its child is up and nothing is filtered, ``chroma`` whenever it can answer, and the
        shared store before it where that was reached; exact search answers otherwise, and where words decide what may
        be found.
        """
        if made_by not in (None, self.embedder):
            return [() for _ in vectors], "words"
        only = self._in_words(scope) if scope.has_words else scope.passages
        if index == "chroma" and scope.is_everything:
            near = [self._by_store(vector, k) for vector in vectors]
            if all(one is not None for one in near):
                return [one for one in near if one is not None], "store"
        by_chroma = index == "chroma" or (index == "auto" and scope.is_everything)
        if not scope.has_words and by_chroma:
            found = [self._by_chroma(vector, scope, k) for vector in vectors]
            if all(one is not None for one in found):
                return [one for one in found if one is not None], "chroma"
        import numpy as np

        exact = self.exact()
        if made_by not in (None, exact.embedder):  # changed while we looked
            return [() for _ in vectors], "words"
        return exact.search(np.stack(vectors), scope, k, only), "exact"

    def _in_words(self, scope: Scope) -> AbstractSet[int]:
        return self._from_words(lambda words: words.allowed(scope))

    def exact(self) -> ExactIndex:
        """Exact search over the catalogue's vectors, as of now. That of a large library is kept in files, once all of
        its passages have a vector: the next process need not read them from the catalogue again."""
        from qa.library.exact import KEPT_FROM, ExactIndex

        with self._lock:
            if self._exact is None:
                self._exact = ExactIndex.kept(self.path / EXACT_FOLDER, self.embedder, self.dimensions)
            if self._exact is None or self._exact.revision != self.catalogue.vector_revision:
                self._exact = self._exact_now(self._exact)
                if len(self._exact.numbers) < KEPT_FROM:
                    self.forget_exact()
                elif not self.stats().waiting:
                    with suppress(OSError):
                        self._exact.keep(self.path / EXACT_FOLDER)
            return self._exact

    def keep_exact(self) -> None:
        """Make the files of exact search where a large library has none of its present state, and keep nothing of it in
        memory."""
        from qa.library.exact import KEPT_FROM, kept_at

        stats, kept = self.stats(), kept_at(self.path / EXACT_FOLDER, self.catalogue.vector_revision)
        if stats.passages >= KEPT_FROM and not stats.waiting and not kept.is_dir():
            with self._lock:
                self.exact()
                self._exact = None

    def exact_anew(self) -> ExactIndex:
        """Exact search made from the record alone, whatever files there are."""
        return self._exact_now(None)

    def _exact_now(self, before: ExactIndex | None) -> ExactIndex:
        from qa.library.exact import ExactIndex

        catalogue = self.catalogue
        with catalogue.snapshot():
            return ExactIndex.build(
                catalogue.vector_revision,
                self.embedder,
                places=catalogue.vector_places(),
                fetch=catalogue.vectors_at,
                dimensions=self.dimensions,
                before=before,
            )

    def forget_exact(self) -> None:
        """Delete the files of exact search: what was removed must not live on in them."""
        shutil.rmtree(self.path / EXACT_FOLDER, ignore_errors=True)

    def sentences(self) -> KeptVectors:
        """Vectors of sentences that are kept for evaluations."""
        with self._lock:
            if self._sentences is None:
                self._sentences = KeptVectors(self.path / SENTENCES_FILE)
            return self._sentences

    def forget_sentences(self) -> None:
        """Delete the vectors of sentences that are kept: what was removed must not live on in them."""
        with self._lock:
            kept, self._sentences = self._sentences, None
            if kept is not None:
                kept.close()
            forget(self.path / SENTENCES_FILE)

    def chroma_is_current(self) -> bool:
        """Whether the Chroma index on disk holds all of the catalogue, judged without opening it."""
        return self.chroma.looks_whole() and self.chroma.revision == self.catalogue.vector_revision

    def chroma_is_worth_a_moment(self) -> bool:
        """Whether the Chroma index is not current and small enough to be brought back within seconds."""
        return not self.chroma_is_current() and 0 < self.stats().passages <= _A_MOMENT

    def update_chroma(self, cancel: Cancel) -> Iterator[tuple[int, int]]:
        """Bring the Chroma index up to the catalogue through its child; yields (done, total) passages.

        A damaged, missing or foreign index is made again from the catalogue's vectors. Ends silently when another
        process owns the index, which then brings it up to date itself.
        """
        from qa.library.child import IndexUnavailable
        from qa.library.reconcile import reconcile

        if cancel.cancelled:
            return
        revision = self.catalogue.vector_revision
        self.chroma.start()
        try:
            yield from reconcile(
                self.chroma, lambda: self.catalogue.vector_ids(self.embedder), self._records, revision, cancel
            )
        except IndexUnavailable:
            return

    def _by_chroma(self, vector: NDArray[np.float32], scope: Scope, k: int) -> Sequence[tuple[int, float]] | None:
        from qa.library.child import IndexState, IndexUnavailable

        if self._chroma is None or self.chroma.state != IndexState.READY:
            return None
        window = scope.window
        by_day_or_not = scope.undated and not window.is_open  # a filter on days leaves undated articles out
        too_many = max(len(scope.articles), len(scope.sources)) > PAGE  # Chroma fails from 32,767 names on
        if self._chroma.revision != self.catalogue.vector_revision or by_day_or_not or too_many:
            return None
        try:
            found = self._chroma.query(
                vector,
                k,
                first_day=window.start.toordinal() if window.start else None,
                last_day=window.end.toordinal() if window.end else None,
                sources=tuple(source.casefold() for source in scope.sources),
                articles=scope.articles,
            )
        except IndexUnavailable:
            return None
        numbers = self.catalogue.passages_by_id([passage_id for passage_id, _ in found])
        return [(numbers[passage_id][0], score) for passage_id, score in found if passage_id in numbers]

    # the shared store

    @property
    def shared(self) -> SharedStore | None:
        """The store this library shares with others, None without one; not reached by this."""
        with self._lock:
            if self._address is None:
                return None
            embedder = self.embedder
            if self._shared is None or self._shared.fingerprint != embedder:
                from qa.library.shared import SharedStore

                if self._shared is not None:
                    self._shared.close()
                self._shared = SharedStore(self._address, fingerprint=embedder, dimensions=self.dimensions)
            return self._shared

    def sync(self, cancel: Cancel) -> Iterator[Notice | Progress | SyncReport]:
        """Send the shared store what it lacks and take what this library lacks; the last event is the SyncReport.

        The indexes follow with their next update. Raises ConfigError without a store, StoreError when it fails.
        """
        from qa.library.sync import synchronise

        shared = self._store()
        yield Notice(f"articles are shared with {shared.where}")
        for event in synchronise(
            self.catalogue,
            shared,
            embedder=shared.fingerprint,
            dimensions=shared.dimensions,
            zone=self.zone,
            cancel=cancel,
        ):
            if isinstance(event, SyncReport) and event.removed:
                self.forget_exact()
                self.forget_sentences()
            yield event

    def reach_store(self) -> None:
        """Open the shared store, so that ``by_meaning`` can ask it. Raises ConfigError and StoreError as ``sync``."""
        self._store().open()

    def _store(self) -> SharedStore:
        if self.shared is None:
            raise ConfigError("no shared store is configured", "Set store, NEWSDESK_STORE or --store to its address.")
        return self.shared

    def _store_check(self, shared: SharedStore) -> Check:
        try:
            passages = shared.open()
        except StoreError as error:
            return Check("store", False, error.message, error.hint)
        return Check("store", True, f"{shared.where}, Chroma {shared.version}, {passages} passages")

    def _by_store(self, vector: NDArray[np.float32], k: int) -> Sequence[tuple[int, float]] | None:
        """Passages as the shared store finds them; None unless it held all of this library after the last sync, and
        what it finds are passages of this library."""
        shared = self._shared
        if shared is None or not shared.is_open or shared.fingerprint != self.embedder or k > STORE_BATCH:
            return None
        from qa.library.holdings import passage_numbers
        from qa.library.sync import SHARED

        if self.catalogue.meta(SHARED) != shared.revision(self.catalogue.vector_revision):
            return None

        try:
            near = shared.query(vector, k)
        except StoreError:
            return None
        return passage_numbers(self.catalogue, near)

    # inside

    def _records(self, ids: Sequence[str]) -> Sequence[Record]:
        import numpy as np

        from qa.library.child import Record

        vectors = self.catalogue.vectors_of(ids)
        records = []
        for passage_id, (_, passage, article) in self.catalogue.passages_by_id(ids).items():
            metadata: dict[str, str | int] = {
                ARTICLE: article.id,
                "version": article.version,
                "n": passage.n,
                "start": passage.start,
                "end": passage.end,
                "source": (article.source or "").casefold(),
            }
            if article.published:
                metadata["day"] = article.published.day.toordinal()
            vector = np.frombuffer(vectors[passage_id], dtype="<f4")
            records.append(Record(passage_id, vector, passage.text, metadata))
        return records


def _check_folder(path: Path, create: bool) -> None:
    elsewhere = "Name another folder with --library, or set NEWSDESK_LIBRARY."
    if path.exists() and not path.is_dir():
        raise LibraryError(f"the library {path} is a file, not a folder", elsewhere)
    refuse_far(path)
    catalogue = path / CATALOGUE_FILE
    known = catalogue.exists()
    if known and not catalogue.stat().st_size and any((path / name).is_dir() for name in _INDEXES):
        raise LibraryError(f"the library's record {catalogue} is empty", "Run `newsdesk doctor`.")
    if not known and not create:
        raise LibraryError(
            f"there is no library at {path} yet",
            "Make it with `newsdesk ingest FOLDER`, or name another with --library.",
        )
    others = not known and path.is_dir() and any(not entry.name.startswith(".") for entry in path.iterdir())
    if others and not catalogue.exists():  # another process may just have made it
        raise LibraryError(f"the folder {path} holds other files and is no library", elsewhere)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise LibraryError(
            f"the library {path} cannot be written: {error.strerror}", NO_ROOM if has_no_room(error) else elsewhere
        ) from None
