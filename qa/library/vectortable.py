"""Vectors of passages in the record: one for equal words, and one embedder in use at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from qa.library.record import RecordFile, bump

_LACKS_VECTOR = "NOT EXISTS (SELECT 1 FROM vectors v WHERE v.embedder = ? AND v.digest = p.digest)"


class VectorTable(RecordFile):
    """What the record knows of vectors. A vector is the bytes of little-endian float32."""

    @property
    def embedder(self) -> str | None:
        """Fingerprint of the embedder in use, None before the first."""
        return self.meta("embedder")

    def dimensions(self, embedder: str) -> int | None:
        """Length of the vectors of ``embedder``, None when there are none."""
        row = self._one("SELECT length(vector) / 4 FROM vectors WHERE embedder = ? LIMIT 1", embedder)
        return int(row[0]) if row else None

    def waiting(self, embedder: str) -> list[tuple[int, bytes]]:
        """Number and words' digest of each different passage that lacks a vector of ``embedder``, newest articles
        first."""
        return self._all(
            "SELECT min(p.no), p.digest FROM passages p JOIN articles a ON a.no = p.article "
            f"WHERE {_LACKS_VECTOR} GROUP BY p.digest ORDER BY max(ifnull(a.day, 0)) DESC, min(p.no)",
            embedder,
        )

    def share_embedded(self, embedder: str) -> float:
        """Share of the passages that have a vector of ``embedder``."""
        row = self._one(
            f"SELECT count(*), ifnull(sum({_LACKS_VECTOR}), 0) FROM passages p",
            embedder,
        )
        return 1.0 - row[1] / row[0] if row[0] else 1.0

    def lacking(self, embedder: str, digests: Sequence[bytes]) -> set[bytes]:
        """Those of ``digests`` (of passages' words) for which there is no vector of ``embedder``."""
        found: set[bytes] = set()
        for some in pages(digests):
            marks = ",".join("?" * len(some))
            sql = f"SELECT digest FROM vectors WHERE embedder = ? AND digest IN ({marks})"
            found.update(row[0] for row in self._all(sql, embedder, *some))
        return set(digests) - found

    def store_vectors(self, embedder: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Record vectors (digest of the passage's words, little-endian float32).

        Those of the embedder in use are given to their passages at once; those of another one wait for ``use``. A
        vector whose passages have gone meanwhile is not kept.
        """
        rows = [(embedder, digest, vector) for digest, vector in vectors]
        with self._writing() as db:
            db.executemany(
                "INSERT OR IGNORE INTO vectors (embedder, digest, vector) SELECT ?1, ?2, ?3 "
                "WHERE EXISTS (SELECT 1 FROM passages WHERE digest = ?2)",
                rows,
            )
            if embedder_of(db) == embedder:
                db.executemany(
                    "UPDATE passages SET vector = (SELECT no FROM vectors WHERE embedder = ?1 AND digest = ?2) "
                    "WHERE digest = ?2 AND vector IS NULL",
                    [row[:2] for row in rows],
                )
                bump(db, "vectors")

    def drop_vectors(self, embedder: str, digests: Sequence[bytes]) -> None:
        """Let go of vectors that are damaged: their passages wait for new ones."""
        with self._writing() as db:
            db.executemany(
                "DELETE FROM vectors WHERE embedder = ? AND digest = ?", [(embedder, one) for one in digests]
            )
            bump(db, "vectors")

    def use(self, embedder: str) -> bool:
        """Make ``embedder`` the one in use, unless a passage lacks its vector and the one in use has any: whether it is
        now. One transaction: a search sees vectors of one embedder only."""
        with self._writing() as db:
            known = embedder_of(db)
            if known == embedder:
                return True
            started = db.execute("SELECT 1 FROM vectors WHERE embedder = ? LIMIT 1", (known,)).fetchone()
            lacks = db.execute(f"SELECT 1 FROM passages p WHERE {_LACKS_VECTOR} LIMIT 1", (embedder,)).fetchone()
            if started and lacks:
                return False
            db.execute("INSERT OR REPLACE INTO meta VALUES ('embedder', ?), ('leftovers', '1')", (embedder,))
            db.execute(
                "UPDATE passages SET vector = "
                "(SELECT no FROM vectors v WHERE v.embedder = ? AND v.digest = passages.digest)",
                (embedder,),
            )
            bump(db, "vectors")
        return True

    def drop_leftovers(self, some: int = 2_000) -> bool:
        """After a change of embedder, delete up to ``some`` vectors of others: whether there may be more.

        What another embedder has made without having come into use yet is kept: it goes on there.
        """
        if self.meta("leftovers") is None:
            return False
        with self._writing() as db:
            gone = db.execute(
                "DELETE FROM vectors WHERE no IN (SELECT no FROM vectors WHERE embedder != ? LIMIT ?)",
                (embedder_of(db), some),
            ).rowcount
            if gone < some:
                db.execute("DELETE FROM meta WHERE name = 'leftovers'")
        return gone == some

    def vector_places(self) -> list[tuple[int, bytes, int | None, str | None]]:
        """Row number, words' digest, day and source of each passage that has a vector."""
        return self._all(
            "SELECT p.no, p.digest, a.day, a.source FROM passages p JOIN articles a ON a.no = p.article "
            "WHERE p.vector IS NOT NULL"
        )

    def vectors_at(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Row number and vector (little-endian float32) of passages that have one, in the order of ``numbers``, which
        ascend."""
        for some in pages(numbers):
            marks = ",".join("?" * len(some))
            yield from self._all(
                f"SELECT p.no, v.vector FROM passages p JOIN vectors v ON v.no = p.vector WHERE p.no IN ({marks}) "
                "ORDER BY p.no",
                *some,
            )

    def vectors_of(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Vectors (little-endian float32) of passages by passage id."""
        found: dict[str, bytes] = {}
        for some in pages(list(ids)):
            marks = ",".join("?" * len(some))
            found.update(
                (row[0], row[1])
                for row in self._all(
                    f"SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.no = p.vector WHERE p.id IN ({marks})",
                    *some,
                )
            )
        return found

    def vector_ids(self, embedder: str) -> frozenset[str]:
        """Ids of all passages that have a vector of ``embedder``: what the Chroma index must hold."""
        rows = self._all("SELECT p.id FROM passages p JOIN vectors v ON v.no = p.vector WHERE v.embedder = ?", embedder)
        return frozenset(row[0] for row in rows)


def embedder_of(db: sqlite3.Connection) -> str | None:
    """The embedder in use; None before there is one."""
    row = db.execute("SELECT value FROM meta WHERE name = 'embedder'").fetchone()
    return row[0] if row else None


def pages(values: Sequence[Any], size: int = 5_000) -> Iterator[Sequence[Any]]:
    """Values in portions that one statement takes."""
    return (values[i : i + size] for i in range(0, len(values), size))
