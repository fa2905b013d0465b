"""The catalogue's tables. A passage row is immutable: a change of its article replaces it under a new number."""

from __future__ import annotations

VERSION = 4
"""Written into ``PRAGMA user_version``; a library of a newer version is refused."""

_LISTED = """
CREATE TABLE listed (
  no INTEGER PRIMARY KEY REFERENCES articles (no) ON DELETE CASCADE,
  day INTEGER, source TEXT NOT NULL, passages INTEGER NOT NULL, sought TEXT NOT NULL
);
CREATE INDEX listed_by_day ON listed (day);
CREATE INDEX articles_by_source ON articles (source);
"""
"""What lists are sorted and filtered by, apart from the texts. Source and ``sought`` (title, source, day) folded."""

_BY_HAND = """
CREATE TABLE corrections (
  article_id TEXT PRIMARY KEY, fields TEXT NOT NULL, title TEXT NOT NULL, source TEXT, published TEXT, day INTEGER
) WITHOUT ROWID;

CREATE TABLE removed_articles (
  turn INTEGER PRIMARY KEY AUTOINCREMENT, no INTEGER NOT NULL, why TEXT NOT NULL, id TEXT NOT NULL,
  origin TEXT NOT NULL, file TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, source TEXT, url TEXT,
  published TEXT, day INTEGER, digest TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX removed_by_id ON removed_articles (id);
CREATE INDEX removed_by_origin ON removed_articles (origin);
CREATE INDEX removed_by_file ON removed_articles (file);
CREATE INDEX removed_by_digest ON removed_articles (digest);

CREATE TABLE removed_versions (
  turn INTEGER NOT NULL REFERENCES removed_articles (turn) ON DELETE CASCADE, version INTEGER NOT NULL,
  title TEXT NOT NULL, source TEXT, url TEXT, published TEXT, day INTEGER, digest TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (turn, version)
);

CREATE TABLE removed_passages (
  turn INTEGER NOT NULL REFERENCES removed_articles (turn) ON DELETE CASCADE,
  n INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (turn, n)
);
CREATE INDEX removed_passages_by_digest ON removed_passages (digest);
"""
"""What the reader did by hand. ``corrections``: which fields of an article are the reader's, and what its file says.
``removed_articles``: all that is needed to bring a removed article back; its vectors stay with the others."""

_DETAILS = """
CREATE TABLE details (
  article_id TEXT NOT NULL, version INTEGER NOT NULL, told TEXT NOT NULL, PRIMARY KEY (article_id, version)
) WITHOUT ROWID;

CREATE TABLE fetched (
  url TEXT PRIMARY KEY, at TEXT NOT NULL, etag TEXT NOT NULL, modified TEXT NOT NULL, item TEXT NOT NULL
) WITHOUT ROWID;
"""
"""``details``: what is known of an article version beside its words, as JSON. ``fetched``: when an address was last
read, what its server wants to hear to say that nothing changed, and the digest of the feed's item that led there."""

TABLES = (
    """
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
    + _LISTED
    + _BY_HAND
    + _DETAILS
)
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
""",
    2: _LISTED
    + _BY_HAND
    + """
INSERT INTO listed
  SELECT a.no, a.day, folded(ifnull(a.source, '')), (SELECT count(*) FROM passages p WHERE p.article = a.no),
  sought(a.title, a.source, a.day) FROM articles a;
""",
    3: _DETAILS,
}
"""What brings a library of each earlier version to the next one; ``listing.py`` has the functions they call."""
