"""Ingest: files, folders, pages and feeds into the library. Articles and words first, then vectors, then Chroma.

Recorded passages are embedded while later files are read; a passage is tokenised once, to measure it and to embed it.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from qa.backlog import Backlog, embed_by_server
from qa.chunk import passage_spans
from qa.engine import Engine
from qa.errors import FetchError, StoreError
from qa.gathering import Gathering
from qa.given import is_web
from qa.library.catalogue import Entry, FileState, words_digest
from qa.library.corrections import differing, in_force
from qa.library.holdings import is_taken
from qa.library.removed import Kept
from qa.sources import (
    Draft,
    Found,
    Raw,
    RefusedError,
    format_of,
    of_bytes,
    of_file,
    opml,
    place_of,
    read,
    reader_version,
    walk,
)
from qa.types import Article, Cancel, Correction, IngestReport, Notice, Problem, Progress, RemovedBy, SyncReport
from qa.visits import Visits

_BATCH = 50
"""Articles a transaction."""
_BATCH_CHARACTERS = 2_000_000
_WORDS_EVERY = 5.0
"""Seconds between updates of the word index while articles are read."""
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_[ce]id|igshid|ref_src)(?:=|$)", re.I)
MOST_INPUT = 64 << 20
"""Bytes of standard input."""
_SURE = 0.1
"""Share of the articles under the arguments above which --prune needs --yes."""

Event = Notice | Progress | IngestReport


@dataclass(frozen=True, slots=True)
class Input:
    """What came by standard input, and the format it is said to be in (empty: what it looks like)."""

    raw: Raw
    format: str = ""


def of_input(data: bytes, named: str = "") -> Input:
    """What was typed or piped in. It is known again by its bytes."""
    return Input(of_bytes(f"stdin:{hashlib.sha256(data).hexdigest()[:16]}", data), named)


@dataclass(slots=True)
class _Run:
    """One ingest under way: what is collected until the report."""

    engine: Engine
    prune: bool
    again: bool
    dry_run: bool
    backlog: Backlog | None
    """None when no vectors are to be made, or by a server."""
    gathering: Gathering
    names: Mapping[str, str]
    """What the reader calls the sources at some addresses."""
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    would_prune: tuple[str, ...] = ()
    shared: SyncReport | None = None
    entries: list[Entry] = field(default_factory=list)
    """Articles that wait to be recorded in one transaction."""
    pieces: list[tuple[int, tuple[tuple[bytes, bytes], ...]]] = field(default_factory=list)
    """Of each of them its day and its passages: digest of the words, word pieces."""
    characters: int = 0
    waiting: set[str] = field(default_factory=set)
    """Ids, origins and text digests of the articles in ``entries``."""
    met: set[str] = field(default_factory=set)
    """Ids of all articles found in the files read."""
    whole: set[str] = field(default_factory=set)
    """Files read to their end without refusing anything: what is not met in them has vanished."""
    words_at: float = field(default_factory=time.monotonic)

    def tell(self, problem: Problem) -> None:
        self.problems.append(problem)
        if problem.fatal:
            self.counts["failed"] += 1

    def name_of(self, place: str) -> str:
        """What the reader calls the source of a file or an address, empty where nothing."""
        inside = (name for above, name in self.names.items() if place == above or place.startswith(f"{above}/"))
        return next((name for name in inside if name), "") if self.names else ""

    def report(self, waiting: int, complete: bool, seconds: float) -> IngestReport:
        counts: dict[str, Any] = dict(self.counts)
        return IngestReport(
            **counts,
            waiting=waiting,
            problems=tuple(self.problems),
            complete=complete,
            seconds=seconds,
            would_prune=self.would_prune,
            shared=self.shared,
        )


@dataclass(slots=True)
class _File:
    """A file being read: what it is, and the articles found in it so far, text digest by origin."""

    raw: Raw
    named: str
    zone: tzinfo | None
    reread: bool = False
    """Its bytes are known; it is read only to see which articles are in it."""
    seen: dict[str, str] = field(default_factory=dict)
    kept_out: int = 0
    """How many of them the reader removed before."""
    origins: frozenset[str] | None = None

    @property
    def place(self) -> str:
        """Its path or address."""
        return self.raw.place

    def all_origins(self) -> frozenset[str]:
        """Origins of all its articles, also of those further down."""
        if self.origins is None:
            drafts = read(self.raw, self.zone, self.named)
            self.origins = frozenset(_origin(self.place, item) for item in drafts if isinstance(item, Draft))
        return self.origins


def ingest(
    engine: Engine,
    paths: Sequence[Path | str | Input],
    *,
    prune: bool = False,
    yes: bool = False,
    again: bool = False,
    dry_run: bool = False,
    words_only: bool = False,
    index: bool = True,
    followed: Mapping[str, str] = MappingProxyType({}),
    visits: Visits | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Read ``paths`` (files, folders and patterns; addresses of the web as texts) into the library; the last event is
    the IngestReport. Nothing is fetched unless an address or a list of feeds is among them.

    ``followed`` are addresses that the reader follows, with what he calls each source, or an empty name.

    What was read before is read again only when its bytes or its reader changed. ``prune`` removes articles that
    vanished from under ``paths``; above a tenth of those there it needs ``yes``. What the reader removed stays removed
    unless ``again``; what ``prune`` removed is back with its file. ``dry_run`` records nothing; ``words_only`` stops
    before the vectors, which the next ingest makes; without ``index`` the Chroma index is left as it is, for a process
    that has it open.
    Cancelled, it ends with what it has: everything recorded stays, and the next run goes on from there.
    """
    cancel = cancel or Cancel()
    started = time.monotonic()
    no_vectors = dry_run or words_only
    visits = visits or Visits(engine.config.fetch_private, cancel)
    run = _Run(
        engine,
        prune,
        again,
        dry_run,
        None if no_vectors or engine.server else Backlog(engine, cancel),
        Gathering(engine, visits, dry_run),
        dict(followed),
    )
    found = walk([path for path in paths if isinstance(path, Path)])
    for problem in found.problems:
        run.tell(problem)
    if found.skipped:
        yield Notice(f"passed over {found.skipped} file(s) of other types")
    try:
        for given in paths:
            if isinstance(given, Input):
                yield from _read_one(run, given.raw, cancel, given.format)
        yield from _read_all(run, found, cancel)
        pages = [path for path in paths if isinstance(path, str)]
        yield from _fetch_all(run, [*_listed(run, paths), *dict.fromkeys(pages)], cancel)
        if prune and not cancel.cancelled:
            yield from _prune(run, [path for path in paths if isinstance(path, Path)], yes)
        if not dry_run:
            engine.library.update_words()
        if not no_vectors:
            yield from _embed(run, cancel)
            yield from _share(run, cancel)
            if not cancel.cancelled:
                engine.library.keep_exact()
            if index:
                yield from _index(run, cancel)
    finally:
        if run.backlog:
            run.backlog.abandon()
    yield run.report(engine.library.stats().waiting, not cancel.cancelled, time.monotonic() - started)


# reading


def _read_all(run: _Run, found: Found, cancel: Cancel) -> Iterator[Event]:
    started = time.monotonic()
    for done, path in enumerate(found.files):
        if cancel.cancelled:
            break
        left = (time.monotonic() - started) / done * (len(found.files) - done) if done else None
        yield Progress("reading", done, len(found.files), left)
        yield from _read_one(run, of_file(path), cancel)
    else:
        yield Progress("reading", len(found.files), len(found.files), 0.0)
    _record(run)


def _listed(run: _Run, paths: Sequence[Path | str | Input]) -> Iterator[str]:
    """The feeds of the lists (OPML) that were named; those met in a folder fetch nothing."""
    for path in paths:
        place = place_of(path) if isinstance(path, Path) else None
        if place is None or not place.is_file():
            continue
        try:
            raw = of_file(place)
            for feed in opml.feeds(raw) if format_of(raw) == "opml" else ():
                run.names = {feed.url: "", **run.names}
                yield feed.url
        except (OSError, RefusedError):
            continue  # told when it was read


def _fetch_all(run: _Run, urls: Sequence[str], cancel: Cancel) -> Iterator[Event]:
    for done, url in enumerate(urls):
        if cancel.cancelled:
            return
        yield Progress("fetching", done, len(urls), host=_host(url))
        yield from _fetch_one(run, url, cancel)
        _record(run)


def _fetch_one(run: _Run, url: str, cancel: Cancel) -> Iterator[Event]:
    """Read what stands at an address; where nothing has changed, what was read of it before is told."""
    try:
        opened = run.gathering.opened(url, followed=url in run.names)
        if opened is None:
            state = run.engine.library.catalogue.file_state(url)
            run.counts["unchanged"] += state.articles if state else 0
            return
        raw, told = opened
        if format_of(raw) == "opml":
            run.tell(Problem(url, None, "a list of feeds: `newsdesk sources add` follows them", fatal=False))
            return
        if run.gathering.is_page_now(url, raw):
            run.tell(Problem(url, None, run.gathering.instead_of_a_feed(raw)))
            return
        before = run.counts["failed"]
        yield from _read_one(run, raw, cancel)
        if not cancel.cancelled and run.counts["failed"] == before:
            run.gathering.note(url, told)
    except FetchError as error:
        if not cancel.cancelled:
            run.tell(Problem(url, None, f"{error.message.removeprefix(f'{url}: ')}; {error.hint}".rstrip("; ")))
    except RefusedError as reason:
        run.tell(Problem(url, None, str(reason)))


def _read_one(run: _Run, raw: Raw, cancel: Cancel, named: str = "") -> Iterator[Event]:
    catalogue, place = run.engine.library.catalogue, raw.place
    try:
        digest, reader = raw.digest(), _reader(raw, named)
    except OSError as error:
        run.tell(Problem(place, None, f"{error.strerror}; check the file and its permissions"))
        return
    known = catalogue.file_state(place)
    is_known = known is not None and (known.digest, known.reader) == (digest, reader)
    if known and is_known and not run.prune and not (run.again and catalogue.was_removed_in(place)):
        run.counts["unchanged"] += known.articles
        for problem in known.problems:
            if problem.fatal:
                run.tell(problem)
        return
    file = _File(raw, named, run.engine.library.zone, reread=is_known)
    problems: list[Problem] = []
    for number, item in enumerate(read(raw, file.zone, named)):
        if cancel.cancelled:
            return
        if isinstance(item, Draft) and item.url and _is_begun(file, item):
            yield Progress("fetching", number, 0, host=_host(item.url))
        found = _as_followed(run, file, item) if isinstance(item, Draft) else item
        if isinstance(found, Draft):
            problems += _take(run, file, found)
        elif found:
            problems.append(found)
        if run.backlog:
            run.backlog.advance()
        if number % 200 == 199:
            yield Progress("reading", run.counts["new"] + run.counts["changed"] + run.counts["unchanged"], 0)
    for problem in problems:
        run.tell(problem)
    if not any(problem.fatal for problem in problems):
        run.whole.add(place)
    if run.dry_run:
        return
    _record(run)
    catalogue.record_file(place, FileState(digest, reader, len(file.seen) - file.kept_out, tuple(problems)))


def _reader(raw: Raw, named: str) -> str:
    """The version of the reader of a file, empty where none can read it."""
    try:
        return reader_version(raw, named)
    except RefusedError:
        return ""


def _as_followed(run: _Run, file: _File, draft: Draft) -> Draft | None:
    """A draft under the name that the reader gave its source, whole where its feed was fetched; None where that was
    done before and nothing has changed."""
    if name := run.name_of(file.place):
        draft = replace(draft, source=name)
    if not _is_begun(file, draft):
        return draft
    origin = _origin(file.place, draft)
    whole = run.gathering.whole(draft, file.raw, origin)
    known = None if whole else run.engine.library.catalogue.by_origin(origin)
    if known:
        run.counts["unchanged"] += 1
        run.met.add(known.id)
        file.seen[origin] = known.digest
    return whole


def _changed_now(run: _Run, article: Article) -> Article:
    """A version that takes the place of another, with the time."""
    at = run.engine.clock().isoformat(timespec="seconds")
    return replace(article, details=replace(article.details, changed=at))


def _is_begun(file: _File, draft: Draft) -> bool:
    """Whether a feed that was fetched only begins an article."""
    return bool(draft.item and draft.details.excerpt and file.raw.url)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _take(run: _Run, file: _File, draft: Draft) -> list[Problem]:
    """Compare one draft with what is recorded and queue it when it is new or changed."""
    catalogue, place = run.engine.library.catalogue, file.place
    told = [Problem(place, draft.line, note, fatal=False) for note in draft.notes]
    run.counts["cut"] += draft.cut
    run.counts["replaced"] += draft.replaced

    def note(message: str) -> None:
        told.append(Problem(place, draft.line, message, fatal=False))

    digest = hashlib.sha256(draft.text.encode()).hexdigest()
    placed = _placed(run, file, draft, digest, note)
    if placed is None:
        return told
    origin, draft = placed
    existing, article_id, collided = _existing(run, file, origin, draft, digest)
    if collided:
        note(f"its id is taken by another article; kept as {article_id}")
    file.seen[origin] = digest
    restored = False
    if existing is None:
        existing, article_id = _from_removed(run, file, _Unknown(draft, origin, article_id, digest), note)
        restored = existing is not None
        if not article_id:
            return told
    if existing and not restored and _read_before(run, existing, origin, draft):
        run.counts["copies"] += 1
        note(f"the same address as {existing.id}; kept as it was first read")
        return told
    run.met.add(article_id)
    run.counts["undated"] += draft.published is None
    version = existing.version + 1 if existing else 1
    article = Article(
        article_id,
        origin,
        version,
        draft.title,
        draft.source,
        draft.url,
        draft.published,
        draft.text,
        digest,
        draft.details,
    )
    if existing:
        article = _as_corrected(run, existing, article)
    if existing and (
        _same(existing, article)
        or (file.reread and not restored and _comes_from_elsewhere(run, existing, origin, place))
    ):
        run.counts["unchanged"] += not restored
        ours = is_taken(existing.origin) and _same(existing, article)
        if existing.origin != origin and not run.dry_run and (ours or not _lies_elsewhere(run, existing.id, place)):
            catalogue.move(existing.id, origin, place)
        _refine(run, existing, article, origin)
        return told
    if existing is None and (copy_of := _first_with(run, digest)):
        run.counts["copies"] += 1
        note(f"the same text as {copy_of}; kept beside it")
    run.counts["changed" if existing else "new"] += 1
    _queue(run, _changed_now(run, article) if existing else article, place)
    return told


def _placed(run: _Run, file: _File, draft: Draft, digest: str, note: Callable[[str], None]) -> tuple[str, Draft] | None:
    """Where a draft came from, and the draft, with an id of its own where another of its file has the same; None for
    one that stands earlier in this file."""
    origin, apart = _origin(file.place, draft), f"{_origin(file.place, draft)}~{digest[:8]}"
    if digest in (file.seen.get(origin), file.seen.get(apart)):
        run.counts["copies"] += 1
        note("the same article stands earlier in this file")
        return None
    if origin not in file.seen:
        return origin, draft
    note("its id stands twice in this file; kept as another article")
    return apart, replace(draft, key=f"{draft.key}~{digest[:8]}" if draft.key else None)


def _read_before(run: _Run, existing: Article, origin: str, draft: Draft) -> bool:
    """Whether an article came from another address of the web, which still has it: two feeds that have one article, or
    a feed and a saved page, each with words of its own, would else change it by turns."""
    file = run.engine.library.catalogue.file_of(existing.id) or ""
    same = bool(existing.url and draft.url and _canonical(existing.url) == _canonical(draft.url))
    better = existing.details.excerpt and not draft.details.excerpt
    return existing.origin != origin and is_web(file) and same and not better


def _refine(run: _Run, existing: Article, article: Article, origin: str) -> None:
    """Take over what a better reader finds beside the same words; when they were fetched first stays."""
    before = existing.details
    details = replace(article.details, fetched=before.fetched or article.details.fetched, changed=before.changed)
    if existing.origin == origin and details != existing.details and _same(existing, article) and not run.dry_run:
        run.engine.library.catalogue.keep_details(replace(existing, details=details))


def _queue(run: _Run, article: Article, place: str) -> None:
    if run.dry_run:
        return
    if len(run.entries) >= _BATCH or run.characters > _BATCH_CHARACTERS:
        _record(run)
    embedder, text = run.engine.embedder, article.text
    pieces = embedder.pieces(text)
    spans = tuple((s.start, s.end) for s in passage_spans(text, pieces.starts, embedder.count, embedder.limit))
    run.entries.append(Entry(article, place, spans))
    if run.backlog:
        day = article.published.day.toordinal() if article.published else 0
        passages = ((words_digest(text[a:b]), embedder.ids(text, pieces, a, b)) for a, b in spans)
        run.pieces.append((day, tuple(passages)))
    run.waiting |= {article.id, article.origin, article.digest}
    run.characters += len(article.text)


def _record(run: _Run) -> None:
    """Write the waiting articles in one transaction; now and then bring the word index up to date."""
    catalogue = run.engine.library.catalogue
    entries: Sequence[Entry] = run.entries
    if not entries:
        return
    while entries:
        late = catalogue.record(entries)
        entries = [again for entry in late if (again := _compared_again(run, entry))]
    if run.backlog:
        for day, passages in run.pieces:
            run.backlog.add(day, passages)
    run.entries, run.pieces, run.characters, run.waiting = [], [], 0, set()
    if time.monotonic() - run.words_at > _WORDS_EVERY:
        run.engine.library.update_words()
        run.words_at = time.monotonic()


def _compared_again(run: _Run, entry: Entry) -> Entry | None:
    """An entry that another process overtook, as it is to be recorded now; None when that process recorded the same."""
    catalogue, article = run.engine.library.catalogue, entry.article
    known = catalogue.by_origin(article.origin)
    if known is None and (other := catalogue.by_id(article.id)):
        if other.digest == article.digest:
            known = other
        else:
            article = replace(article, id=_unique(article.id, article.origin))
            known = catalogue.by_id(article.id)
    if known and _same(known, article):
        return None
    if known:
        article = replace(article, id=known.id)
    run.met.add(article.id)
    return replace(entry, article=replace(article, version=known.version + 1 if known else 1))


def _origin(place: str, draft: Draft) -> str:
    """Where an article came from; in a file of many, by its own id, its URL, or its title and day: never its line."""
    if draft.line is None and not draft.item:
        return place
    beside = f"{draft.title}\x1f{draft.published.iso if draft.published else ''}"
    return f"{place}#{draft.key or draft.url or _short(beside)}"


def _existing(run: _Run, file: _File, origin: str, draft: Draft, digest: str) -> tuple[Article | None, str, bool]:
    """The recorded article that this draft is, the id it has or gets, and whether its own id was taken."""
    catalogue = run.engine.library.catalogue
    wanted = draft.key or ("u-" + _short(_canonical(draft.url)) if draft.url else "o-" + _short(origin))
    if run.waiting & {wanted, origin, digest}:
        _record(run)
    if known := catalogue.by_origin(origin):
        return known, known.id, False
    other = catalogue.by_id(wanted)
    if other is None:
        for same, place in catalogue.by_digest(digest) if draft.key is None else ():
            corrected = place == file.place and same.origin not in file.all_origins()
            if same.id not in run.met and (corrected or not _is_there(place)):
                return catalogue.by_id(same.id), same.id, False
        return None, wanted, False
    same_article = other.digest == digest or (other.url and other.url == draft.url) or other.title == draft.title
    second = other.id in run.met and catalogue.file_of(other.id) == file.place
    if not second and (same_article or not _lies_elsewhere(run, other.id, file.place)):
        return other, other.id, False
    unique = _unique(wanted, origin)
    return catalogue.by_id(unique), unique, True


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A draft that is no article of the library; ``id`` is the one it would get."""

    draft: Draft
    origin: str
    id: str
    digest: str


def _from_removed(run: _Run, file: _File, one: _Unknown, note: Callable[[str], None]) -> tuple[Article | None, str]:
    """An article that was removed before, restored, and the id of the draft; an empty id when it stays removed.

    What the reader removed stays so unless this is to read it ``again``. Another article under the id of a removed one
    gets an id of its own.
    """
    catalogue = run.engine.library.catalogue
    gone = _removed_before(run, file, one)
    if gone is None:
        if not catalogue.removed("id", one.id):
            return None, one.id
        unique = _unique(one.id, one.origin)
        note(f"its id is that of a removed article; kept as {unique}")
        return catalogue.by_id(unique), unique
    if gone.why is RemovedBy.READER and not run.again:
        run.counts["kept_out"] += 1
        file.kept_out += 1
        note(f"removed before, and stays so: `newsdesk library restore {gone.article.id}` brings it back")
        return None, ""
    run.counts["restored"] += 1
    if run.dry_run:
        return None, ""
    catalogue.restore([gone.article.id])
    return catalogue.by_id(gone.article.id), gone.article.id


def _removed_before(run: _Run, file: _File, one: _Unknown) -> Kept | None:
    """The removed article that a draft is: of its place, of its id and more, or of its text in a file that moved."""
    removed, draft, path = run.engine.library.catalogue.removed, one.draft, file.place
    if at_its_place := removed("origin", one.origin):
        return at_its_place[0]
    for kept in removed("id", one.id):
        known, same_url = kept.article, kept.article.url is not None and kept.article.url == draft.url
        if path == kept.file or same_url or (one.digest == known.digest) or (draft.title == known.title):
            return kept
    for kept in removed("digest", one.digest) if draft.key is None else ():
        here = path == kept.file
        vanished = kept.article.origin not in file.all_origins() if here else not _is_there(kept.file)
        if vanished and kept.article.id not in run.met:
            return kept
    return None


def _as_corrected(run: _Run, existing: Article, filed: Article) -> Article:
    """An article as its file has it, with what the reader corrected by hand; what the file says now is noted."""
    catalogue = run.engine.library.catalogue
    correction = catalogue.correction(existing.id)
    if correction is None:
        return filed
    article = in_force(filed, existing, correction)
    said = Correction(correction.fields & differing(article, filed), filed.title, filed.source, filed.published)
    if said != correction and not run.dry_run:
        catalogue.keep_correction(existing.id, said)
    return article


def _lies_elsewhere(run: _Run, article_id: str, place: str) -> bool:
    """Whether a recorded article belongs to another file that is still there, or to the shared store."""
    file = run.engine.library.catalogue.file_of(article_id) or place
    return file != place and (is_taken(file) or _is_there(file))


def _is_there(place: str) -> bool:
    """Whether what was read at ``place`` can be read there again: addresses are taken to stay."""
    return is_web(place) or Path(place).exists()


def _comes_from_elsewhere(run: _Run, existing: Article, origin: str, place: str) -> bool:
    """Whether another text than that of these known bytes was recorded: from another file, or by the shared store."""
    return existing.origin == origin or _lies_elsewhere(run, existing.id, place)


def _unique(article_id: str, origin: str) -> str:
    return f"{article_id}~{_short(origin)[:8]}"


def _first_with(run: _Run, digest: str) -> str | None:
    same = run.engine.library.catalogue.by_digest(digest)
    return same[0][0].id if same else None


def _same(known: Article, found: Article) -> bool:
    return (known.title, known.source, known.url, known.published, known.digest) == (
        found.title,
        found.source,
        found.url,
        found.published,
        found.digest,
    )


def _canonical(url: str) -> str:
    """A URL without fragment, default port, trailing slash and what only tells who sent the reader, host in lower case
    (RFC 3986, section 6.2)."""
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if not _TRACKING.match(part))
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return urlunsplit((parts.scheme.lower(), host + port, parts.path.rstrip("/"), query, ""))


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


# pruning


def _prune(run: _Run, paths: Sequence[Path], yes: bool) -> Iterator[Event]:
    """Remove the articles under ``paths`` whose file has gone, or that no longer stand in it."""
    catalogue = run.engine.library.catalogue
    under: dict[str, str] = {}
    for path in paths:
        if place := place_of(path):
            under |= catalogue.ids_under(str(place))
    gone = [
        article_id
        for article_id, file in under.items()
        if article_id not in run.met and (file in run.whole or not Path(file).exists())
    ]
    if not gone:
        return
    if run.dry_run or (len(gone) > _SURE * len(under) and not yes):
        run.would_prune = tuple(gone)
        why = "" if run.dry_run else "; that is more than a tenth of what is there: repeat with --yes"
        yield Notice(f"--prune would remove {len(gone)} of {len(under)} article(s){why}")
        return
    run.counts["pruned"] += run.engine.library.remove(gone, RemovedBy.PRUNE)


# meaning


def _embed(run: _Run, cancel: Cancel) -> Iterator[Event]:
    """Give every passage without one its vector: what was not embedded while files were read."""
    if run.backlog:
        yield from run.backlog.finish()
        run.counts["embedded"] = run.backlog.embedded
    elif run.engine.server and "embedder" in run.engine.withheld:
        if waiting := run.engine.library.stats().waiting:
            yield Notice(f"{waiting} passage(s) are found by words alone: nothing is sent to {run.engine.server.host}")
    elif run.engine.server:
        for event in embed_by_server(run.engine, run.engine.server, cancel):
            if isinstance(event, Progress):
                run.counts["embedded"] = event.done
            yield event


def _share(run: _Run, cancel: Cancel) -> Iterator[Event]:
    """Bring the library and its shared store together; a store that fails stops nothing here."""
    library = run.engine.library
    if library.shared is None or cancel.cancelled:
        return
    if "store" in run.engine.withheld:
        yield Notice(f"not shared: nothing is sent to {library.shared.address.host}, or taken from there")
        return
    try:
        for event in library.sync(cancel):
            if isinstance(event, SyncReport):
                run.shared = event
            else:
                yield event
    except StoreError as error:
        yield Notice(f"{error.message}; nothing here depends on it. {error.hint}")
    library.update_words()


def _index(run: _Run, cancel: Cancel) -> Iterator[Event]:
    library = run.engine.library
    passages = library.stats().passages
    nothing = not passages and not library.chroma.looks_whole()
    if cancel.cancelled or nothing or library.chroma_is_current():
        return
    yield Progress("indexing", 0, passages)  # Chroma takes a moment to start
    started = time.monotonic()
    for done, total in library.update_chroma(cancel):
        left = (time.monotonic() - started) / done * (total - done) if done else None
        yield Progress("indexing", done, total, left)
