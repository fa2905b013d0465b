"""What ``doctor`` looks at in a library: the record, and each index against it; and how an index is made again.

Looking changes nothing that could not be made again. With ``read_data`` every text, every vector and every record of
every index is read and compared.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.errors import LibraryError
from qa.library import generations
from qa.library.catalogue import words_digest
from qa.library.record import empty
from qa.library.sentences import forget
from qa.library.soundness import contents_damage, sqlite_damage, words_damage
from qa.library.store import CATALOGUE_FILE, EXACT_FOLDER, SENTENCES_FILE, Library
from qa.types import Cancel, Check, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Looking = Generator[Progress, None, Check]
MEND = "`newsdesk doctor --repair` makes it again from the record."
RESTORE = "Restore the folder from a backup, or move it away and ingest your articles again."
_SOME = 200
_NEAR = 0.999
"""Cosine of a vector with itself, as an index or another processor gives it back."""


@dataclass(frozen=True, slots=True)
class Part:
    """A derived part of a library: how it is looked at, and made again."""

    name: str
    look: Callable[[Library, bool, Cancel], Looking]
    mend: Callable[[Library, Cancel], Iterator[Progress]]


# the record


def contents(library: Library) -> Check | None:
    """What the record's tables hold that they cannot hold: nothing else may be read from it then. None when nothing."""
    with closing(empty()) as made:
        damage = contents_damage(library.path / CATALOGUE_FILE, made)
    return Check("record", False, f"{CATALOGUE_FILE} is damaged: {damage}", RESTORE) if damage else None


def record(library: Library, read_data: bool, cancel: Cancel) -> Looking:
    """The catalogue: its file, and with ``read_data`` each article's text and each passage's words."""
    damage = sqlite_damage(library.path / CATALOGUE_FILE, thorough=True)
    if damage:
        return Check("record", False, f"{CATALOGUE_FILE}: {damage}", RESTORE)
    stats, revision = library.stats(), library.catalogue.revision
    says = f"{stats.articles} articles, {stats.passages} passages, whole; revision {revision.partition('-')[0]}"
    if not read_data:
        return Check("record", True, says)
    wrong: list[str] = []
    rows = library.catalogue.select("SELECT id FROM articles ORDER BY no")
    for done, (article_id,) in enumerate(rows, 1):
        if cancel.cancelled:
            return Check("record", False, f"broken off after {done - 1} of {len(rows)} articles", "Run it again.")
        if not _as_recorded(library, article_id):
            wrong.append(article_id)
        yield Progress("reading articles", done, len(rows))
    if not wrong:
        return Check("record", True, f"{says}; every text is as it was recorded")
    named = ", ".join(wrong[:3])
    remedy = "Restore the folder from a backup, or ingest their files again with --again after `library remove`."
    return Check("record", False, f"{len(wrong)} articles are not as they were recorded: {named}", remedy)


def _as_recorded(library: Library, article_id: str) -> bool:
    """Whether the text of an article has the digest it was recorded with, and so have its passages."""
    try:
        article = library.article(article_id)
        held = library.catalogue.select(
            'SELECT p.start, p."end", p.digest FROM passages p JOIN articles a ON a.no = p.article WHERE a.id = ?',
            article_id,
        )
    except LibraryError:  # bytes that are no text any more
        return False
    whole = hashlib.sha256(article.text.encode()).hexdigest() == article.digest
    return whole and all(words_digest(article.text[start:end]) == digest for start, end, digest in held)


# the words


def _words(library: Library, read_data: bool, cancel: Cancel) -> Looking:
    yield from ()
    if not library.words.folder.exists() and library.words.earlier:
        says = "made by an earlier version of Newsdesk, which analysed words otherwise; the next question makes it anew"
        return Check("words", False, f"the word index was {says}", MEND)
    damage = words_damage(library.words.folder)
    if damage:
        return Check("words", False, f"the word index is damaged: {damage}", MEND)
    try:
        behind = len(library.catalogue.passage_numbers() ^ library.words.present())
    except (ValueError, OSError) as error:
        return Check("words", False, f"the word index is damaged: {str(error).splitlines()[0][:120]}", MEND)
    says = "index complete" if not behind else f"{behind} passages differ; the next question mends it"
    return Check("words", behind == 0, says, MEND if behind else "")


def _mend_words(library: Library, cancel: Cancel) -> Iterator[Progress]:
    yield Progress("making the word index", 0, 0)
    for folder in (library.words.folder.parent, library.words.folder):
        if folder.is_file():
            folder.unlink()
    library.words.discard()
    library.update_words()


# the vectors' files


def _exact(library: Library, read_data: bool, cancel: Cancel) -> Looking:
    """The files of exact search, where there are any: a small library has none."""
    from qa.library.exact import ExactIndex

    yield from ()
    folder = library.path / EXACT_FOLDER
    if not folder.is_dir() or not any(folder.iterdir()):
        return Check("exact", True, "read from the record: no files are kept")
    kept = ExactIndex.kept(folder, library.embedder, library.dimensions)
    if kept is None:
        return Check("exact", False, "the files of exact search are damaged, or of another embedder", MEND)
    if kept.revision != library.catalogue.vector_revision:
        return Check("exact", True, "files of an earlier revision: the next question makes them anew")
    if not read_data:
        return Check("exact", True, f"{len(kept.numbers)} vectors in files")
    yield Progress("comparing the files of exact search", 0, 0)
    made = library.exact_anew()
    if _same(kept, made):
        return Check("exact", True, f"{len(kept.numbers)} vectors in files, each as the record has it")
    return Check("exact", False, "the files of exact search differ from the record", MEND)


def _same(kept: object, made: object) -> bool:
    """Whether two exact indexes hold the same, whatever axes they are turned into."""
    import numpy as np

    def plain(index: object) -> NDArray[np.float32]:
        rows, axes = np.asarray(index.rows), index.axes  # type: ignore[attr-defined]
        return np.asarray(rows @ axes.T if axes.size else rows)

    arrays = ("numbers", "digests", "days", "sources")
    if any(not np.array_equal(getattr(kept, name), getattr(made, name)) for name in arrays):
        return False
    return bool(np.allclose(plain(kept), plain(made), atol=1e-4)) and kept.names == made.names  # type: ignore[attr-defined]


def _mend_exact(library: Library, cancel: Cancel) -> Iterator[Progress]:
    yield Progress("making the files of exact search", 0, 0)
    library.forget_exact()
    library.keep_exact()


def _sentences(library: Library, read_data: bool, cancel: Cancel) -> Looking:
    yield from ()
    path = library.path / SENTENCES_FILE
    if not path.exists():
        return Check("sentences", True, "none kept")
    damage = sqlite_damage(path, thorough=read_data)
    if damage:
        return Check("sentences", False, f"the kept vectors of sentences are damaged: {damage}", MEND)
    return Check("sentences", True, "kept vectors whole")


def _mend_sentences(library: Library, cancel: Cancel) -> Iterator[Progress]:
    yield Progress("letting go of the vectors of sentences", 0, 0)
    path = library.path / SENTENCES_FILE
    if path.is_dir():
        shutil.rmtree(path)
    library.forget_sentences()
    forget(path)


# Chroma


def _chroma(library: Library, read_data: bool, cancel: Cancel) -> Looking:
    damage = _chroma_damage(library)
    if damage:
        return Check("chroma", False, f"{damage}; exact search answers meanwhile", MEND)
    if generations.read_pointer(library.path / "vectors") is None and not library.stats().passages:
        return Check("chroma", True, "nothing to index yet")
    if not library.chroma_is_current():
        says = "missing or behind; exact search answers, and `newsdesk library rebuild` or the app brings it back"
        return Check("chroma", False, says, MEND)
    return (yield from _asked(library, cancel)) if read_data else Check("chroma", True, "index complete")


def _chroma_damage(library: Library) -> str | None:
    folder = library.path / "vectors"
    if not folder.is_dir():
        return None if not folder.exists() else "a file lies where the Chroma index should be"
    pointer = generations.read_pointer(folder)
    if pointer is None:
        begun = any(path.name != "lock" for path in folder.iterdir())
        return "the Chroma index cannot be used: its pointer cannot be read" if begun else None
    place = folder / pointer.generation
    if not (place / generations.DATABASE).exists() or not generations.looks_whole(place):
        return "the Chroma index is damaged: files are missing, empty or unsettled"
    damage = sqlite_damage(place / generations.DATABASE)
    locked = damage is not None and "locked" in damage
    return f"the Chroma index is damaged: {damage}" if damage and not locked else None


def _asked(library: Library, cancel: Cancel) -> Looking:
    """Every record of the Chroma index: its id, and that its own vector finds it."""
    import numpy as np

    from qa.library.child import IndexUnavailable

    chroma, lost, done = library.chroma, 0, 0
    ids = sorted(library.catalogue.vector_ids(library.embedder))
    ran = chroma.pid is not None
    try:
        chroma.start()
        chroma.wait_ready(60)
        if chroma.ids() != frozenset(ids):
            return Check("chroma", False, "the Chroma index holds other passages than the record", MEND)
        for some in (ids[i : i + _SOME] for i in range(0, len(ids), _SOME)):
            for raw in library.catalogue.vectors_of(some).values():
                near = chroma.query(np.frombuffer(raw, dtype="<f4"), 1)
                lost += not near or near[0][1] < _NEAR
            done += len(some)
            yield Progress("asking Chroma for every vector", done, len(ids))
            if cancel.cancelled:
                return Check("chroma", False, f"broken off after {done} of {len(ids)} vectors", "Run it again.")
    except IndexUnavailable as error:
        return Check("chroma", False, f"the Chroma index does not answer: {error.reason}", MEND)
    finally:
        if not ran:
            chroma.close()
    if lost:
        return Check("chroma", False, f"{lost} of {len(ids)} vectors are not found by themselves", MEND)
    return Check("chroma", True, f"index complete, {len(ids)} vectors found by themselves")


def _mend_chroma(library: Library, cancel: Cancel) -> Iterator[Progress]:
    folder = library.path / "vectors"
    if folder.exists() and not folder.is_dir():
        with suppress(OSError):
            folder.unlink()
    if generations.read_pointer(folder) is None:
        _clear(library)
    library.chroma.discard()
    for done, total in library.update_chroma(cancel):
        yield Progress("making the Chroma index", done, total)


def _clear(library: Library) -> None:
    """Delete the folder of an index that nothing points to, unless another process has it open."""
    folder = library.path / "vectors"
    folder.mkdir(exist_ok=True)
    library.chroma.close()
    lock = generations.claim(folder, os.getpid())
    if lock is None:
        return
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
    generations.release(lock)


PARTS = (
    Part("words", _words, _mend_words),
    Part("exact", _exact, _mend_exact),
    Part("sentences", _sentences, _mend_sentences),
    Part("chroma", _chroma, _mend_chroma),
)
"""What can be made again from the record alone."""
