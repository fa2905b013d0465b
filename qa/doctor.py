"""Doctor: what a library stands on, looked at part by part; and with ``repair`` what is derived, made again.

It begins with the files and ends with the servers, so that what cannot be opened is named before anything opens it.
"""

from __future__ import annotations

import shutil
import stat
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa import declared
from qa.backlog import Backlog, embed_by_server
from qa.config import Config
from qa.endpoint import Endpoint
from qa.engine import Clock, Engine, open_engine
from qa.errors import EndpointError, LibraryError, NewsdeskError
from qa.journal import Journal
from qa.library import Library, health
from qa.library.place import file_system, is_far
from qa.library.soundness import sqlite_damage
from qa.room import NO_ROOM, has_no_room
from qa.tokens import count_tokens
from qa.types import Article, Cancel, Check, Examination, Notice, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Looking = Generator[Notice | Progress, None, Check]
_ROOM = 200_000_000
"""Free bytes below which a rebuild may not end."""
_SOME = 500
_KEEP = "Restore that file from a backup, or move it away to begin a new one; your articles are whole."
_RECORD = "Restore the folder from a backup, or move it away and ingest your articles again."
_PARTS = ("words", "vectors", "exact")


def doctor(
    config: Config,
    *,
    repair: bool = False,
    read_data: bool = False,
    clock: Clock | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Notice | Progress | Examination]:
    """Look at everything that ``config`` names; the last event is the Examination.

    ``read_data`` reads and compares every text, vector and quote; ``repair`` makes again what is derived and not fine.
    Raises LibraryError where there is no library at all.
    """
    cancel = cancel or Cancel()
    checks = [_disk(config.library)]
    if unusable := _unusable(config.library):
        checks += [unusable, _journal_file(config.library, thorough=read_data)]
        checks += yield from _servers(config)
        yield Examination(tuple(checks))
        return
    journal = _journal_file(config.library, thorough=read_data)  # before anything opens it
    try:
        engine = open_engine(config, create=False, clock=clock)
    except LibraryError as error:
        if not (config.library / "catalogue.sqlite").exists():
            raise  # there is nothing to look at
        checks += [Check("record", False, error.message, error.hint), journal]
        checks += yield from _servers(config)
        yield Examination(tuple(checks))
        return
    with engine:
        if copy := engine.library.catalogue.backup:
            yield Notice(f"the library was brought up to this version; its record as it was lies in {copy}")
        if wrong := health.contents(engine.library):
            checks += [wrong, journal]
        else:
            checks += yield from _of_the_library(engine, repair, read_data, cancel)
            checks.append((yield from _kept_words(engine, journal, read_data, cancel)))
            checks.append(engine.examine_embedder())
        if store := engine.library.examine_store():
            checks.append(store)
        checks += yield from _servers(config)
    yield Examination(tuple(checks), not cancel.cancelled)


def _of_the_library(engine: Engine, repair: bool, read_data: bool, cancel: Cancel) -> Generator[
    Notice | Progress, None, list[Check]
]:  # fmt: skip
    library = engine.library
    record = yield from health.record(library, read_data, cancel)
    checks = [record, (yield from _vectors(engine, repair and record.fine, read_data, cancel))]
    for part in health.PARTS:
        check = yield from _guarded(part, library, read_data, cancel)
        if not check.fine and repair and record.fine and not cancel.cancelled:
            yield Notice(f"{check.says}: making it again")
            before = check
            failed = yield from _tried(part, library, cancel)
            check = failed or (yield from _guarded(part, library, read_data, cancel))
            check = replace(check, repaired=check.fine, says=_mended(check, before))
        checks.append(check)
    return checks


def _guarded(part: health.Part, library: Library, read_data: bool, cancel: Cancel) -> Looking:
    """What a part looks like; an error of the record on the way is a finding too."""
    try:
        return (yield from part.look(library, read_data, cancel))
    except LibraryError as error:
        return Check(part.name, False, f"cannot be compared: {error.message}", error.hint)


def _tried(part: health.Part, library: Library, cancel: Cancel) -> Generator[Notice | Progress, None, Check | None]:
    """A part made again; why it could not be, where it could not."""
    try:
        yield from part.mend(library, cancel)
    except NewsdeskError as error:
        return Check(part.name, False, f"cannot be made again: {error.message}", error.hint)
    except OSError as error:
        remedy = NO_ROOM if has_no_room(error) else "Check that you may write to the library's folder."
        return Check(part.name, False, f"cannot be made again: {error.strerror}", remedy)
    return None


def _mended(check: Check, before: Check) -> str:
    return f"{check.says}; made again, it was not: {before.says}" if check.fine else check.says


# files


def _disk(library: Path) -> Check:
    """Room, and what kind of file system it is."""
    there = next((path for path in (library, *library.absolute().parents) if path.exists()), Path("/"))
    free, kind = shutil.disk_usage(there).free, file_system(library)
    used = sum(map(_size, library.rglob("*"))) if library.is_dir() else 0
    says = f"{free / 1e6:,.0f} MB free{f' ({kind})' if kind else ''}; the library takes {used / 1e6:,.1f} MB"
    if is_far(kind):
        return Check("disk", False, f"a network file system: {says}", "Keep the library on a disk of this machine.")
    if free < max(_ROOM, used):
        return Check("disk", False, says, "Free some space: an index is made again beside the old one.")
    return Check("disk", True, says)


def _size(path: Path) -> int:
    """Bytes of a file, 0 for what is none, or is gone by now: others may be at work."""
    try:
        told = path.lstat()
    except OSError:
        return 0
    return told.st_size if stat.S_ISREG(told.st_mode) else 0


def _unusable(library: Path) -> Check | None:
    """What is wrong with a record that must not be opened, lest an empty one takes its place."""
    path = library / "catalogue.sqlite"
    others = [name for name in (*_PARTS, "journal.sqlite") if (library / name).exists()]
    if not path.exists() and others:
        return Check("record", False, f"{path.name} is gone, though {', '.join(others)} are there", _RECORD)
    if not path.exists():
        return None
    damage = "it is empty" if not path.stat().st_size and others else None
    damage = damage or (sqlite_damage(path) if path.stat().st_size else None)
    return _damaged("record", path, damage, _RECORD) if damage else None


def _damaged(name: str, path: Path, damage: str, remedy: str) -> Check:
    """What is said of a damaged file, or of one that could not be looked at because another program keeps it."""
    if "locked" in damage:
        says = f"{path.name} cannot be looked at: another program keeps it to itself"
        return Check(name, False, says, "Try again in a moment, or close that program.")
    return Check(name, False, f"{path.name} is damaged: {damage}", remedy)


def _journal_file(library: Path, *, thorough: bool) -> Check:
    path = Journal(library).path
    if not path.exists():
        return Check("journal", True, "none: nothing was kept yet, or the file was deleted")
    damage = "it is empty" if not path.stat().st_size else sqlite_damage(path, thorough=thorough)
    if damage:
        return _damaged("journal", path, damage, _KEEP)
    return Check("journal", True, "whole")


def _kept_words(engine: Engine, file: Check, read_data: bool, cancel: Cancel) -> Looking:
    """The journal, and with ``read_data`` every quote in it against the version of the article it is of."""
    if not file.fine or not engine.journal.path.exists():
        return file
    try:
        check = engine.examine_journal()
        if not check.fine or not read_data:
            return check
        return (yield from _quotes(engine, check, cancel))
    except LibraryError as error:
        return Check("journal", False, error.message, error.hint or _KEEP)


def _quotes(engine: Engine, check: Check, cancel: Cancel) -> Looking:
    known: dict[tuple[str, int], Article | None] = {}
    read = gone = 0
    wrong: list[str] = []
    for where, cited in engine.journal.quotes():
        if cancel.cancelled:
            return Check("journal", False, f"broken off after {read} quotes", "Run it again.")
        key = cited.article_id, cited.version
        if key not in known:
            known[key] = engine.library.catalogue.version(*key)
        article, read = known[key], read + 1
        if article is None:
            gone += 1
        elif (article.title if cited.field == "title" else article.text)[cited.start : cited.end] != cited.quote:
            wrong.append(f"{where} ({cited.article_id})")
        if not read % _SOME:
            yield Progress("comparing quotes", read, 0)
    left = f", {gone} of articles that were removed or forgotten" if gone else ""
    if not wrong:
        return replace(check, says=f"{check.says}; {read} quotes compared{left}")
    remedy = "Ask again: what is kept there is not what the article said."
    return Check("journal", False, f"{len(wrong)} of {read} quotes are not in their articles: {wrong[0]}", remedy)


# vectors


def _vectors(engine: Engine, repair: bool, read_data: bool, cancel: Cancel) -> Looking:
    """The vectors in the record: of the right length, and with ``read_data`` what their words give again."""
    library, used = engine.library, engine.library.embedder
    try:
        lengths = library.catalogue.select(
            "SELECT digest FROM vectors WHERE embedder = ? AND length(vector) != ?", used, 4 * library.dimensions
        )
        wrong = [row[0] for row in lengths]
        if read_data:
            wrong += yield from _compared(engine, set(wrong), cancel)
        waiting = library.stats().waiting
    except LibraryError as error:
        return Check("vectors", False, f"cannot be read: {error.message}", error.hint)
    if cancel.cancelled:
        return Check("vectors", False, "broken off", "Run it again.")
    says = f"{waiting} passages wait: ingest again" if waiting else "every passage has one"
    if read_data:
        says += "; each compared" + (
            "" if used == engine.embedder.fingerprint else " for form (its server was not asked)"
        )
    if not wrong:
        return Check("vectors", True, says)
    damaged = Check(
        "vectors", False, f"{len(wrong)} vectors are damaged", "`newsdesk doctor --repair` embeds them again."
    )
    if not repair:
        return damaged
    yield Notice(f"{damaged.says}: embedding their passages again")
    library.catalogue.drop_vectors(used, wrong)
    yield from _embedded_again(engine, cancel)
    left = library.stats().waiting
    return replace(damaged, fine=not left, repaired=not left, says=f"{len(wrong)} were damaged and are made again")


def _embedded_again(engine: Engine, cancel: Cancel) -> Iterator[Notice | Progress]:
    if engine.server and engine.library.embedder == engine.server.fingerprint:
        yield from embed_by_server(engine, engine.server, cancel)
    elif engine.library.embedder == engine.embedder.fingerprint:
        yield from Backlog(engine, cancel).finish()


def _compared(engine: Engine, known: set[bytes], cancel: Cancel) -> Generator[Notice | Progress, None, list[bytes]]:
    """Digests of the passages whose vectors are no unit vectors, or not those of their words."""
    catalogue, ours = engine.library.catalogue, engine.library.embedder == engine.embedder.fingerprint
    rows = catalogue.select("SELECT min(no), digest FROM passages WHERE vector IS NOT NULL GROUP BY digest ORDER BY 1")
    rows = [row for row in rows if row[1] not in known]
    wrong: list[bytes] = []
    done = 0
    at_once = 4 * engine.embedder.threads
    for some in (rows[i : i + at_once] for i in range(0, len(rows), at_once)):
        if cancel.cancelled:
            break
        numbers = [row[0] for row in some]
        kept = dict(catalogue.vectors_at(numbers))
        made = _made_again(engine, catalogue.passage_texts(numbers), numbers) if ours else {}
        wrong += [digest for number, digest in some if not _is_right(kept.get(number), made.get(number))]
        done += len(some)
        yield Progress("embedding every passage again" if ours else "reading vectors", done, len(rows))
    return wrong


def _made_again(engine: Engine, texts: dict[int, str], numbers: Sequence[int]) -> dict[int, NDArray[np.float32]]:
    under_way: deque[tuple[int, Future[NDArray[np.float32]]]] = deque()
    for number in numbers:
        if number in texts:
            under_way.append((number, engine.embedder.submit(engine.embedder.ids_of(texts[number]))))
    return {number: future.result() for number, future in under_way}


def _is_right(raw: bytes | None, made: NDArray[np.float32] | None) -> bool:
    """Whether a kept vector is a unit vector, and near to the one that was made again (bits differ by processor)."""
    import numpy as np

    if raw is None:
        return True  # removed meanwhile
    vector = np.frombuffer(raw, dtype="<f4")
    norm = float(np.linalg.norm(vector)) if np.isfinite(vector).all() else 0.0
    if made is None:
        return norm > 0.0
    return abs(norm - 1.0) < 1e-3 and float(vector @ made) > 0.999


# servers


def _servers(config: Config) -> Generator[Notice | Progress, None, list[Check]]:
    """The model's server, and the key it is asked with."""
    yield from ()
    if config.model is None:
        leaves = any(not one.is_local for one in config.recipients)
        says = "none configured; answers are quotations" + ("" if leaves else " and nothing leaves this machine")
        stray = "; a key in the environment is not used" if config.stray_key else ""
        return [Check("model", True, says), Check("key", True, f"none needed{stray}")]
    if config.replay:
        return [Check("model", True, f"{config.model}, replayed from a recording; no server is asked")]
    yield Notice(f"asking {config.host} what it serves")
    endpoint = Endpoint(config, count=count_tokens)
    try:
        model = _served(endpoint, config)
    finally:
        endpoint.close()
    where = config.origins.get("api_key") or ("a file" if config.api_key_file else "the environment")
    key = f"set, from {where}" if config.api_key else "none is sent" + (" (a local server)" if config.is_local else "")
    return [model, Check("key", True, key)]


def _served(endpoint: Endpoint, config: Config) -> Check:
    model, where = config.model or "", f"{config.model} at {config.host}"
    try:
        said = endpoint.tells("/models")
    except EndpointError as error:
        return Check("model", False, f"{where}: {error.message}", error.hint)
    names = declared.models(said)
    if names is None:
        return Check("model", True, f"{where}; the server does not tell which models it has, nor their context length")
    if model not in names and f"{model}:latest" not in names:
        some = ", ".join(names[:5]) or "none"
        return Check(
            "model", False, f"{where}: the server does not list it", f"It lists {some}: set model to one of them."
        )
    length = declared.length_of(said, model) or _told_elsewhere(endpoint, config, model)
    if length is None:
        says = f"{where}; the server does not tell its context length, {config.context_tokens} tokens are used"
        return Check("model", True, says)
    if length < config.context_tokens:
        remedy = f"Set context_tokens to {length}, or load the model with a longer context: prompts would be cut."
        return Check("model", False, f"{where}: context of {length} tokens, set are {config.context_tokens}", remedy)
    return Check("model", True, f"{where}; context of {length} tokens, {config.context_tokens} are used")


def _told_elsewhere(endpoint: Endpoint, config: Config, model: str) -> int | None:
    """What servers of this machine tell beside the list of models: llama.cpp and Ollama."""
    if not config.is_local:
        return None
    for path, read in (
        ("//props", declared.length_in_props),
        ("//api/ps", lambda raw: declared.length_in_use(raw, model)),
    ):
        try:
            length = read(endpoint.tells(path))
        except NewsdeskError:
            continue
        if length:
            return length
    return None
