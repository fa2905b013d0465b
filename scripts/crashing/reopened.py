"""What a library holds when it is opened again: whether all that was acknowledged is there once, and the indexes with
it, without anybody mending anything by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crashing.steps import BY_HAND, EXPORTED, EXPORTS, Place
from qa.engine import Engine
from qa.ingest import ingest
from qa.library.scope import Scope
from qa.retrieve import resolve
from qa.search import search
from qa.types import Cancel, IngestReport, Retrieved, Window

_EVERYTHING = Scope(Window(), (), True)
_OWN = ("catalogue.sqlite", "journal.sqlite", "sentences.sqlite")
_FOLDERS = ("words", "exact", "vectors", "exports")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a library holds after the same work was not disturbed."""

    files: Mapping[str, Sequence[str]]
    """By the name of each file the id of its article and the digest of its text."""
    articles: Mapping[str, Sequence[Any]]
    """By id: version, title and digest of the article that was last read."""
    before: Sequence[str]
    """Ids of the articles that were there at the beginning."""


def described(place: Place, before: Sequence[str]) -> dict[str, Any]:
    """What ``Expected`` is made of, from a library in which everything was done."""
    with place.opened() as engine:
        rows = _articles(engine)
        files = {}
        for article_id in rows:
            file = engine.library.catalogue.file_of(article_id) or ""
            files[file.rpartition("/")[2]] = [article_id, rows[article_id][2]]
        return asdict(Expected(files, rows, before))


def losses(place: Place, expected: Expected) -> list[str]:
    """What is wrong with a library that was left at any moment, each in a sentence; then it is used as on the next
    day, and what is wrong afterwards is told as well. None when nothing is."""
    heard = place.heard()
    found: list[str] = []
    with place.opened() as engine:
        found += _damage(engine)
        found += _articles_lost(engine, heard, expected)
        found += _journal_lost(engine, heard)
        found += _files_lost(place, heard)
        found += _not_found(engine)
        found += _next_day(engine, place, expected)
        if any(one.get("step") in ("index", "rebuild") for one in heard):
            found += _chroma(engine)
    found += _left_over(place)
    return found


def _damage(engine: Engine) -> Iterator[str]:
    for name, damage in (("catalogue", engine.library.catalogue.damage()), ("journal", engine.journal.damage())):
        if damage:
            yield f"the {name} is damaged: {damage}"


def _articles(engine: Engine) -> dict[str, tuple[int, str, str]]:
    listed = [row.article for row in engine.library.list()]
    return {one.id: (one.version, one.title, one.digest) for one in listed}


def _articles_lost(engine: Engine, heard: Sequence[Mapping[str, Any]], expected: Expected) -> Iterator[str]:
    """Articles that were told to be read, or were there before, and are not; and any that is not whole."""
    catalogue, rows = engine.library.catalogue, _articles(engine)
    read = [name for one in heard for name in one.get("read", ())]
    by_hand = {BY_HAND} if any("step" in one and one["step"] == "by hand" for one in heard) else set()
    for name in read:
        article_id, digest = expected.files[name]
        if article_id not in by_hand and rows.get(article_id, (0, "", ""))[2] != digest:
            yield f"{name} was read, and {article_id} is not as it says"
    pruned = any("pruned" in one for one in heard)
    for article_id in expected.before:
        if article_id not in rows and article_id in expected.articles and article_id not in by_hand:
            yield f"{article_id} was there before and is not"
        if article_id in rows and article_id not in expected.articles and pruned:
            yield f"{article_id} was pruned and is there"
    gone = [one.article.id for one in engine.library.removed()]
    for article_id in {*rows, *gone}:
        if (article_id in rows) + gone.count(article_id) != 1:
            yield f"{article_id} is there more than once"
    for article_id in rows:
        article = engine.library.article(article_id)
        if "".join(passage.text for passage in catalogue.passages_of(article_id)) != article.text:
            yield f"the passages of {article_id} do not make up its text"
        for version in range(1, article.version):
            if catalogue.version(article_id, version) is None:
                yield f"version {version} of {article_id} is not there"
    yield from _by_hand_lost(heard, rows, gone)


def _by_hand_lost(
    heard: Sequence[Mapping[str, Any]], rows: Mapping[str, tuple[int, str, str]], gone: Sequence[str]
) -> Iterator[str]:
    told = [name for one in heard for name in one if name in {"removed", "restored", "corrected"}]
    if told == ["removed"] and BY_HAND not in rows and BY_HAND not in gone:
        yield "what was removed can be neither read nor restored"
    if "restored" in told and BY_HAND not in rows:
        yield "what was restored is not there"
    if "corrected" in told and rows[BY_HAND][1] != next(one["corrected"] for one in heard if "corrected" in one):
        yield "a correction is lost"


def _journal_lost(engine: Engine, heard: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    journal = engine.journal
    kept = [
        (turn.conversation, turn.n, turn.answer.question)
        for one in journal.conversations()
        for turn in journal.turns(one.id)
    ]
    told = [tuple(one["turn"]) for one in heard if "turn" in one]
    for turn in told:
        if kept.count(turn) != 1:
            yield f"the turn {turn} is there {kept.count(turn)} times"
    begun = 1 if any(one.get("step") == "ask" for one in heard) else 0
    if len(kept) > len(told) + begun:
        yield f"{len(kept)} turns are kept, {len(told)} were told"
    editions = [(one.number, one.revision) for one in journal.briefings.editions()]
    for number, revision, titles in (one["briefing"] for one in heard if "briefing" in one):
        if editions.count((number, revision)) != 1:
            yield f"briefing {number} is there {editions.count((number, revision))} times"
        elif [story.title for story in journal.briefings.get(number, revision).stories] != titles:
            yield f"briefing {number} says something else"
    cases = Counter(one["case"] for one in heard if "case" in one)
    if cases:
        runs = journal.runs.listed()
        run = journal.runs.get(runs[0].number) if runs else None
        there = Counter(case.id for case in run.cases) if run else Counter[str]()
        if any(there[name] != 1 for name in cases):
            yield f"of {len(cases)} cases that were told {sum(there.values())} are kept"
        if any("run" in one for one in heard) and not (run and run.complete):
            yield "the run was told to be complete and is not"


def _files_lost(place: Place, heard: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    told = {one["export"] for one in heard if "export" in one}
    there = {path.name: path.read_text() for path in place.exports.glob("*.md")}
    for name in sorted(told - there.keys()):
        yield f"the export {name} is not there"
    for name, text in there.items():
        if text != EXPORTED:
            yield f"the export {name} is not whole"
    for name in EXPORTS:
        place.export(name, overwrite=True)


def _not_found(engine: Engine) -> Iterator[str]:
    """Whether words and exact search follow the catalogue by themselves, at the first question."""
    library = engine.library
    *_, found = search(engine, resolve(engine, "When did the Halden Star send a distress call?"), words_only=True)
    if isinstance(found, Retrieved) and not found.hits and library.stats().articles:
        yield "nothing is found"
    if library.words.present() != library.catalogue.passage_numbers():
        yield "the word index differs from the catalogue after a question"
    exact = library.exact()
    if set(exact.numbers.tolist()) != {place[0] for place in library.catalogue.vector_places()}:
        yield "exact search differs from the catalogue"


def _next_day(engine: Engine, place: Place, expected: Expected) -> Iterator[str]:
    """Read the same folder again: everything is as if nothing had happened."""
    *_, report = ingest(engine, [place.inbox], prune=True, yes=True, index=False)
    assert isinstance(report, IngestReport)
    if report.failed or report.waiting:
        yield f"reading again: {report.failed} failed, {report.waiting} passages wait"
    rows = _articles(engine)
    for article_id in {*rows, *expected.articles} - {BY_HAND}:
        if rows.get(article_id) != tuple(expected.articles.get(article_id, ())):
            yield f"reading again: {article_id} is {rows.get(article_id)}, not {expected.articles.get(article_id)}"
    if engine.library.words.present() != engine.library.catalogue.passage_numbers():
        yield "reading again: the word index differs from the catalogue"


def _chroma(engine: Engine) -> Iterator[str]:
    library = engine.library
    for _ in library.update_chroma(Cancel()):
        pass
    if not library.chroma_is_current():
        yield f"the Chroma index was not brought up: {library.chroma.reason or library.chroma.state}"
        return
    ((_, raw),) = library.catalogue.vectors_at([min(library.catalogue.passage_numbers())])
    vector = np.frombuffer(raw, dtype="<f4")
    (by_chroma,), used = library.by_meaning([vector], _EVERYTHING, 5, "chroma")
    (exact,), _ = library.by_meaning([vector], _EVERYTHING, 5, "exact")
    if used != "chroma" or [number for number, _ in by_chroma] != [number for number, _ in exact]:
        yield f"Chroma ({used}) finds {by_chroma}, exact search {exact}"
    if not np.allclose([score for _, score in by_chroma], [score for _, score in exact], atol=1e-3):
        yield "Chroma's similarities are others than those of exact search"
    generations = [path.name for path in (library.path / "vectors").iterdir() if path.is_dir()]
    if len(generations) != 1:
        yield f"generations of the Chroma index were left: {generations}"


def _left_over(place: Place) -> Iterator[str]:
    """Files that nobody would ever delete."""
    for path in place.library.iterdir():
        known = path.name.startswith(_OWN) if path.is_file() else path.name in _FOLDERS
        if not known:
            yield f"{path.name} was left in the library"
    for path in place.exports.glob(".*"):
        yield f"{path.name} was left beside an export"
