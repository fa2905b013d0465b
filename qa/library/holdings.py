"""What the catalogue has to compare with a shared store, and what it has noted of removals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qa.library.catalogue import Catalogue, passage_id
from qa.library.marks import Removal, content_hash
from qa.library.parcels import Key, key_and_number, key_of
from qa.types import Article, Published

_PLACE = "store:"
"""What the origin of an article from a shared store begins with; that of a file is a path from the root."""


@dataclass(frozen=True, slots=True)
class Holding:
    """An article of this library as the store would hold it."""

    article: Article
    """With empty ``text``."""
    key: Key
    whole: bool
    """Whether every passage has its vector."""
    earlier: tuple[str, ...]
    """The contents it was made from, oldest first."""

    @property
    def is_taken(self) -> bool:
        """Whether it came from a store, and not from a file of this library."""
        return is_taken(self.article.origin)


def place_of(host: str, article_id: str) -> str:
    """The origin of an article that came from the store at ``host``."""
    return f"{_PLACE}{host}#{article_id}"


def is_taken(origin: str) -> bool:
    """Whether an article of this origin came from a shared store."""
    return origin.startswith(_PLACE)


def holdings(catalogue: Catalogue, embedder: str) -> dict[str, Holding]:
    """Every article of the library, by the hash of its id, in the order they were recorded."""
    earlier = _earlier(catalogue)
    rows = catalogue.select(
        "SELECT a.no, a.id, a.origin, a.version, a.title, a.source, a.url, a.published, a.day, a.digest, p.start, "
        'p."end", v.no IS NOT NULL FROM articles a JOIN passages p ON p.article = a.no '
        "LEFT JOIN vectors v ON v.no = p.vector AND v.embedder = ? ORDER BY a.no, p.n",
        embedder,
    )
    found: dict[str, Holding] = {}
    for _, group in groupby(rows, key=lambda row: row[0]):
        passages = list(group)
        row = passages[0]
        published = Published(row[7], date.fromordinal(row[8])) if row[8] is not None else None
        article = Article(row[1], row[2], row[3], row[4], row[5], row[6], published, "", row[9])
        key = key_of(article, [(passage[10], passage[11]) for passage in passages])
        before = tuple(content for content in earlier.get(article.id, ()) if content != key.content)
        found[key.article] = Holding(article, key, all(passage[12] for passage in passages), before)
    return found


def passage_numbers(catalogue: Catalogue, near: Sequence[tuple[str, float]]) -> list[tuple[int, float]] | None:
    """Record ids of a store as row numbers of passages, best first; None when one of them is no passage of ours.

    Found by content, so that an article counts whatever id the library has it under.
    """
    named = [(key_and_number(record_id), score) for record_id, score in near]
    if any(found is None for found, _ in named):
        return None
    wanted = {found[0].content for found, _ in named if found}
    held: dict[tuple[str, str], Article] = {}
    for article_id, *said in catalogue.select("SELECT id, digest, title, source, url, published FROM articles"):
        if (content := content_hash(*said)) in wanted and (article := catalogue.by_id(article_id)):
            spans = [(passage.start, passage.end) for passage in catalogue.passages_of(article_id)]
            held.setdefault((content, key_of(article, spans).layout), article)
    places: list[tuple[str, float]] = []
    for found, score in named:
        if found is None or (ours := held.get((found[0].content, found[0].layout))) is None:
            return None
        places.append((passage_id(ours, found[1]), score))
    numbers = catalogue.passages_by_id([place for place, _ in places])
    if any(place not in numbers for place, _ in places):
        return None
    best: dict[int, float] = {}
    for place, score in places:
        best.setdefault(numbers[place][0], score)
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


def _earlier(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    rows = catalogue.select(
        "SELECT article_id, digest, title, source, url, published FROM versions ORDER BY article_id, version"
    )
    return {
        article_id: tuple(dict.fromkeys(content_hash(*row[1:]) for row in group))
        for article_id, group in groupby(rows, key=lambda row: row[0])
    }


def removals(catalogue: Catalogue) -> dict[str, tuple[Removal, str]]:
    """What is known of each content that was removed, with the id its article had."""
    rows = catalogue.select("SELECT content, state, article_id FROM removed ORDER BY content")
    return {content: (Removal(state), article_id) for content, state, article_id in rows}


def note(catalogue: Catalogue, removed: Iterable[tuple[str, str]], state: Removal) -> None:
    """Note removals: pairs of content and article id."""
    rows = [(content, article_id, int(state)) for content, article_id in removed]
    if rows:
        with catalogue.writing() as db:
            db.executemany("INSERT OR REPLACE INTO removed (content, article_id, state) VALUES (?, ?, ?)", rows)


def forget(catalogue: Catalogue, contents: Iterable[str]) -> None:
    """Forget removals."""
    rows = [(content,) for content in contents]
    if rows:
        with catalogue.writing() as db:
            db.executemany("DELETE FROM removed WHERE content = ?", rows)


def join_store(catalogue: Catalogue, store_id: str) -> None:
    """Remember which store this library shares with; what was removed before it did concerns nobody else."""
    with catalogue.writing() as db:
        known = db.execute("SELECT value FROM meta WHERE name = 'store'").fetchone()
        if known and known[0] == store_id:
            return
        states = (int(Removal.ASIDE), int(Removal.UNTOLD), int(Removal.TOLD))
        db.execute("UPDATE removed SET state = ? WHERE state IN (?, ?)", states)
        db.execute("DELETE FROM removed WHERE state = ?", (int(Removal.BACK),))
        db.execute("INSERT OR REPLACE INTO meta VALUES ('store', ?)", (store_id,))


def pages(keys: Iterable[Key], most: int) -> Iterator[list[Key]]:
    """Keys in groups of at most ``most`` records; one that has more stands alone."""
    page: list[Key] = []
    for key in keys:
        if page and sum(one.total for one in page) + key.total > most:
            yield page
            page = []
        page.append(key)
    if page:
        yield page
