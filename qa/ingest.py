"""Ingest: files and folders into the library. Articles and words first, then vectors, then the Chroma index."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from qa.chunk import passage_spans
from qa.engine import Engine
from qa.library.catalogue import Entry, FileState
from qa.sources import Draft, Found, read_file, reader_version, walk
from qa.types import Article, Cancel, IngestReport, Notice, Problem, Progress

_BATCH = 50
"""Articles a transaction."""
_BATCH_CHARACTERS = 2_000_000
_WORDS_EVERY = 5.0
"""Seconds between updates of the word index while articles are read."""
_VECTOR_BATCH = 64
_SURE = 0.1
"""Share of the articles under the arguments above which --prune needs --yes."""

Event = Notice | Progress | IngestReport


@dataclass(slots=True)
class _Run:
    """One ingest under way: what is collected until the report."""

    engine: Engine
    dry_run: bool
    report: IngestReport = field(default_factory=IngestReport)
    entries: list[Entry] = field(default_factory=list)
    characters: int = 0
    ids: set[str] = field(default_factory=set)
    """Ids of articles waiting in ``entries``."""
    vanished: list[str] = field(default_factory=list)
    words_at: float = field(default_factory=time.monotonic)
    digests: dict[str, str] = field(default_factory=dict)
    """Text digest to id of the articles waiting in ``entries``."""

    def count(self, **more: int) -> None:
        self.report = replace(self.report, **{name: getattr(self.report, name) + n for name, n in more.items()})

    def tell(self, problem: Problem) -> None:
        self.report = replace(self.report, problems=(*self.report.problems, problem))
        if problem.fatal:
            self.count(failed=1)


def ingest(
    engine: Engine,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    yes: bool = False,
    dry_run: bool = False,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Read ``paths`` (files and folders) into the library; the last event is the IngestReport.

    What was read before is read again only when its bytes or its reader changed. ``prune`` removes articles that
    vanished from under ``paths``; above a tenth of those there it needs ``yes``. ``dry_run`` records nothing.
    Cancelled, it ends with what it has: everything recorded stays, and the next run goes on from there.
    """
    cancel = cancel or Cancel()
    started = time.monotonic()
    run = _Run(engine, dry_run)
    found = walk(list(paths))
    for problem in found.problems:
        run.tell(problem)
    if found.skipped:
        yield Notice(f"passed over {found.skipped} file(s) of other types")
    yield from _read_all(run, found, cancel)
    if prune and not cancel.cancelled:
        yield from _prune(run, paths, found, yes)
    if not dry_run:
        engine.library.update_words()
        yield from _embed(run, cancel)
        yield from _index(run, cancel)
    yield replace(
        run.report,
        waiting=engine.library.stats().waiting,
        complete=not cancel.cancelled,
        seconds=time.monotonic() - started,
    )


# reading


def _read_all(run: _Run, found: Found, cancel: Cancel) -> Iterator[Event]:
    started = time.monotonic()
    for done, path in enumerate(found.files):
        if cancel.cancelled:
            break
        left = (time.monotonic() - started) / done * (len(found.files) - done) if done else None
        yield Progress("reading", done, len(found.files), left)
        yield from _read_one(run, path, cancel)
    else:
        yield Progress("reading", len(found.files), len(found.files), 0.0)
    _record(run)


def _read_one(run: _Run, path: Path, cancel: Cancel) -> Iterator[Event]:
    catalogue = run.engine.library.catalogue
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        run.tell(Problem(str(path), None, f"{error.strerror}; check the file and its permissions"))
        return
    reader = reader_version(path)
    known = catalogue.file_state(str(path))
    if known and (known.digest, known.reader) == (digest, reader):
        run.count(unchanged=known.articles)
        for problem in known.problems:
            if problem.fatal:
                run.tell(problem)
        return
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for number, item in enumerate(read_file(path, run.engine.library.zone)):
        if cancel.cancelled:
            return
        if isinstance(item, Draft):
            problems += _take(run, path, item, seen)
        else:
            problems.append(item)
        if number % 200 == 199:
            yield Progress("reading", run.report.new + run.report.changed + run.report.unchanged, 0)
    for problem in problems:
        run.tell(problem)
    if run.dry_run:
        return
    _record(run)
    if seen or not problems:
        run.vanished += [i for i in catalogue.ids_in_file(str(path)) if i not in seen.values()]
    catalogue.record_file(str(path), FileState(digest, reader, len(seen), tuple(problems)))


def _take(run: _Run, path: Path, draft: Draft, seen: dict[str, str]) -> list[Problem]:
    """Compare one draft with what is recorded and queue it when it is new or changed. ``seen``: origin to id."""
    catalogue = run.engine.library.catalogue
    told = [Problem(str(path), draft.line, note, fatal=False) for note in draft.notes]
    digest = hashlib.sha256(draft.text.encode()).hexdigest()
    origin = _origin(path, draft)
    if origin in seen:
        if draft.line is not None and (again := catalogue.by_id(seen[origin])) and again.digest == digest:
            run.count(copies=1)
            return [*told, Problem(str(path), draft.line, "the same article stands earlier in this file", fatal=False)]
        origin += "~" + digest[:8]
        draft = replace(
            draft, key=f"{draft.key}~{digest[:8]}" if draft.key else None, url=None if draft.key is None else draft.url
        )
        told.append(
            Problem(str(path), draft.line, "its id stands twice in this file; kept as another article", fatal=False)
        )
    existing, wanted, collided = _existing(run, origin, path, draft, digest)
    if collided:
        told.append(
            Problem(str(path), draft.line, f"its id is taken by another article; kept as {wanted}", fatal=False)
        )
    seen[origin] = existing.id if existing else wanted
    if draft.published is None:
        run.count(undated=1)
    article = Article(
        existing.id if existing else wanted,
        origin,
        existing.version + 1 if existing else 1,
        draft.title,
        draft.source,
        draft.url,
        draft.published,
        draft.text,
        digest,
    )
    if existing and _same(existing, article):
        run.count(unchanged=1)
        if existing.origin != origin and not run.dry_run:
            catalogue.move(existing.id, origin, str(path))
        return told
    if existing is None and (copy_of := run.digests.get(digest) or _first_with(run, digest)):
        run.count(copies=1)
        told.append(Problem(str(path), draft.line, f"the same text as {copy_of}; kept beside it", fatal=False))
    run.count(**{"changed" if existing else "new": 1})
    _queue(run, article, path)
    return told


def _queue(run: _Run, article: Article, path: Path) -> None:
    if run.dry_run:
        return
    if article.id in run.ids or len(run.entries) >= _BATCH or run.characters > _BATCH_CHARACTERS:
        _record(run)
    embedder = run.engine.embedder
    spans = passage_spans(article.text, embedder.offsets, embedder.limit)
    run.entries.append(Entry(article, str(path), tuple((span.start, span.end) for span in spans)))
    run.ids.add(article.id)
    run.digests[article.digest] = article.id
    run.characters += len(article.text)


def _record(run: _Run) -> None:
    """Write the waiting articles in one transaction; now and then bring the word index up to date."""
    if not run.entries:
        return
    run.engine.library.catalogue.record(run.entries, run.engine.embedder.fingerprint)
    run.entries, run.characters, run.ids, run.digests = [], 0, set(), {}
    if time.monotonic() - run.words_at > _WORDS_EVERY:
        run.engine.library.update_words()
        run.words_at = time.monotonic()


def _origin(path: Path, draft: Draft) -> str:
    """Where an article came from; in a file of many, by its own id, its URL, or its title and day: never its line."""
    if draft.line is None:
        return str(path)
    beside = f"{draft.title}\x1f{draft.published.iso if draft.published else ''}"
    return f"{path}#{draft.key or draft.url or _short(beside)}"


def _existing(run: _Run, origin: str, path: Path, draft: Draft, digest: str) -> tuple[Article | None, str, bool]:
    """The recorded article that this draft is, else the id it gets, and whether its own id was taken."""
    catalogue = run.engine.library.catalogue
    _record_if_waiting(run, origin, draft)
    if known := catalogue.by_origin(origin):
        return known, known.id, False
    wanted = draft.key or ("u-" + _short(_canonical(draft.url)) if draft.url else "o-" + _short(origin))
    other = catalogue.by_id(wanted)
    if other is None:
        for same, file in catalogue.by_digest(digest):
            if not Path(file).exists() and draft.key is None:
                return catalogue.by_id(same.id), same.id, False
        return None, wanted, False
    same_article = other.digest == digest or (other.url and other.url == draft.url) or other.title == draft.title
    if same_article or not Path(catalogue.file_of(other.id) or "").exists():
        return other, other.id, False
    unique = f"{wanted}~{_short(origin)[:8]}"
    return catalogue.by_id(unique), unique, True


def _record_if_waiting(run: _Run, origin: str, draft: Draft) -> None:
    if any(entry.article.origin == origin or entry.article.id == draft.key for entry in run.entries) or draft.url:
        _record(run)


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
    """A URL without fragment, default port and trailing slash, host in lower case (RFC 3986, section 6.2)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    return urlunsplit((parts.scheme.lower(), host + port, parts.path.rstrip("/"), parts.query, ""))


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


# pruning


def _prune(run: _Run, paths: Sequence[Path], found: Found, yes: bool) -> Iterator[Event]:
    catalogue = run.engine.library.catalogue
    files = {str(path) for path in found.files}
    under: dict[str, str] = {}
    for path in paths:
        if path.expanduser().exists():
            under |= catalogue.ids_under(str(path.expanduser().resolve()))
    gone = [article_id for article_id, file in under.items() if file not in files and not Path(file).exists()]
    gone += [article_id for article_id in run.vanished if article_id in under]
    gone = list(dict.fromkeys(gone))
    if not gone:
        return
    if run.dry_run or (len(gone) > _SURE * len(under) and not yes):
        run.report = replace(run.report, would_prune=tuple(gone))
        why = "" if run.dry_run else "; that is more than a tenth of what is there: repeat with --yes"
        yield Notice(f"--prune would remove {len(gone)} of {len(under)} article(s){why}")
        return
    run.count(pruned=run.engine.library.remove(gone))


# meaning


def _embed(run: _Run, cancel: Cancel) -> Iterator[Event]:
    """Give every passage without one its vector, newest articles first."""
    engine, catalogue = run.engine, run.engine.library.catalogue
    if catalogue.has_vectors_of_others(engine.embedder.fingerprint):
        catalogue.drop_vectors_of_others(engine.embedder.fingerprint)
    waiting = catalogue.waiting()
    if not waiting or cancel.cancelled:
        return
    started = time.monotonic()

    def texts() -> Iterator[str]:
        for page in (waiting[i : i + _VECTOR_BATCH] for i in range(0, len(waiting), _VECTOR_BATCH)):
            words = catalogue.passage_texts([number for number, _ in page])
            for number, _ in page:
                if cancel.cancelled:
                    return
                yield words.get(number, "")

    batch: list[tuple[bytes, bytes]] = []
    for done, ((_, digest), vector) in enumerate(zip(waiting, engine.embedder.embed_many(texts()), strict=False), 1):
        batch.append((digest, vector.astype("<f4").tobytes()))
        if len(batch) >= _VECTOR_BATCH or done == len(waiting):
            catalogue.store_vectors(engine.embedder.fingerprint, batch)
            run.count(embedded=len(batch))
            batch = []
            left = (time.monotonic() - started) / done * (len(waiting) - done)
            yield Progress("embedding", done, len(waiting), left)
    if batch:
        catalogue.store_vectors(engine.embedder.fingerprint, batch)
        run.count(embedded=len(batch))


def _index(run: _Run, cancel: Cancel) -> Iterator[Event]:
    library = run.engine.library
    if cancel.cancelled or library.chroma_is_current():
        return
    started = time.monotonic()
    for done, total in library.update_chroma(cancel):
        left = (time.monotonic() - started) / done * (total - done) if done else None
        yield Progress("indexing", done, total, left)
