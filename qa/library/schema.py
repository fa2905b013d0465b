"""The catalogue's tables. A passage row is immutable: a change of its article replaces it under a new number."""

from __future__ import annotations

VERSION = 2
"""Written into ``PRAGMA user_version``; a library of a newer version is refused."""

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE files (
  path TEXT PRIMARY KEY, digest TEXT NOT NULL, reader TEXT NOT NULL, articles INTEGER NOT NULL,
  problems TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE articles (
  no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, origin TEXT NOT NULL UNIQUE, file TEXT NOT NULL,
  version INTEGER NOT NULL, title TEXT NOT NULL, source TEXT, url TEXT, published TEXT, day INTEGER,
  digest TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX articles_by_day ON articles (day);
CREATE INDEX articles_by_file ON articles (file);
CREATE INDEX articles_by_digest ON articles (digest);

CREATE TABLE versions (
  article_id TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, source TEXT, url TEXT, published TEXT,
  day INTEGER, digest TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (article_id, version)
);

CREATE TABLE vectors (
  no INTEGER PRIMARY KEY, embedder TEXT NOT NULL, digest BLOB NOT NULL, vector BLOB NOT NULL,
  UNIQUE (embedder, digest)
);

CREATE TABLE passages (
  no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  article INTEGER NOT NULL REFERENCES articles (no) ON DELETE CASCADE,
  n INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  digest BLOB NOT NULL, vector INTEGER REFERENCES vectors (no) ON DELETE SET NULL
);
CREATE INDEX passages_by_article ON passages (article);
CREATE INDEX passages_by_vector ON passages (vector);
CREATE INDEX passages_by_digest ON passages (digest);
"""
"""Vectors of several embedders may stand side by side; a passage refers to the one of the embedder in use, which the
value ``embedder`` of ``meta`` names."""

CHANGES = {
    1: """
INSERT OR IGNORE INTO meta
  SELECT 'embedder', embedder FROM vectors GROUP BY embedder ORDER BY count(*) DESC, embedder LIMIT 1;
UPDATE passages SET vector = NULL
  WHERE vector IN (SELECT no FROM vectors WHERE embedder != (SELECT value FROM meta WHERE name = 'embedder'));
UPDATE passages SET vector = (
  SELECT v.no FROM vectors v JOIN meta m ON m.name = 'embedder' AND m.value = v.embedder
  WHERE v.digest = passages.digest
) WHERE vector IS NULL;
CREATE INDEX passages_by_digest ON passages (digest);
"""
}
"""What brings a library of each earlier version to the next one."""
