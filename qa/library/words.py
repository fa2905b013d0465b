"""The word index (tantivy): BM25 over passages, English stems, accents folded; title, source and date as one field.

Derived from the catalogue and brought up to date by the difference of the sets of passage numbers. One marker
document, committed together with the passages, says which revision of the catalogue the index is complete for.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryError
from qa.library.scope import Scope
from qa.room import NO_ROOM, has_no_room
from qa.stopwords import STOP_WORDS
from qa.types import Article, Passage

if TYPE_CHECKING:
    from tantivy import Document, Index, Query, Searcher, TextAnalyzer

_LAYOUT = "2"
"""Part of the folder's name: an index of another layout is made anew."""
_ANALYZER = "newsdesk_en"
_HEAP = 64_000_000
_HEADER_WEIGHT = 0.6
_MARKER = "revision"
_WORD = re.compile(r"\w+")


class WordIndex:
    """The full-text index in ``folder``; an unreadable one is thrown away and made again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _LAYOUT
        self._index: Index | None = None
        self._analyzer: TextAnalyzer | None = None
        self._stopped: frozenset[str] = frozenset()
        self._known: str | None = None
        """The catalogue's revision that the segments now open are complete for."""

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self._folder

    def search(self, question: str, scope: Scope, k: int) -> list[tuple[int, float]]:
        """Passage numbers and BM25 scores (Robertson and Zaragoza 2009), best first, ties by number."""
        from tantivy import Occur, Query

        terms = self.terms(question)
        if not terms:
            return []
        index = self._opened()
        should: list[tuple[Any, Query]] = []
        for term in terms:
            should.append((Occur.Should, Query.term_query(index.schema, "body", term)))
            header = Query.term_query(index.schema, "header", term)
            should.append((Occur.Should, Query.boost_query(header, _HEADER_WEIGHT)))
        query = Query.boolean_query([(Occur.Must, Query.boolean_query(should)), *self._filters(scope)])
        searcher = index.searcher()
        found = searcher.search(query, limit=k, count=False).hits
        numbers = searcher.fast_field_values("no", [address for _, address in found])
        scored = [(int(number or 0), float(score)) for number, (score, _) in zip(numbers, found, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def terms(self, text: str) -> list[str]:
        """The stems of ``text`` that are searched for: without stop words, unless there is nothing else; no doubles."""
        words = dict.fromkeys(self.stems(text.encode("utf-8", "replace").decode("utf-8")))
        return [word for word in words if word not in self._stop()] or list(words)

    def matching(self, question: str, texts: Iterable[str]) -> frozenset[str]:
        """The words of ``texts``, case folded, that ``question`` searches for in some form of them."""
        sought = frozenset(self.terms(question))
        words = {word.casefold() for text in texts for word in _WORD.findall(text)}
        return frozenset(word for word in words if not sought.isdisjoint(self.stems(word)))

    def _stop(self) -> frozenset[str]:
        """The stop words and their stems."""
        if not self._stopped:
            self._stopped = STOP_WORDS | {stem for word in STOP_WORDS for stem in self.stems(word)}
        return self._stopped

    def allowed(self, scope: Scope) -> set[int]:
        """The numbers of all passages in ``scope``."""
        from tantivy import Occur, Query

        searcher = self._opened().searcher()
        query = Query.boolean_query([(Occur.Must, Query.all_query()), *self._filters(scope)])
        return set(self._numbers(searcher, query))

    def present(self) -> set[int]:
        """The passage numbers in the index."""
        return set(self._numbers(self._opened().searcher()))

    def frequencies(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages each word (folded, not stemmed) stands, by its stem."""
        stems = {word: self.stems(word) for word in words}
        found = self.stem_frequencies(sorted({stem for several in stems.values() for stem in several}))
        return {word: max((found[stem] for stem in several), default=0) for word, several in stems.items()}

    def stems(self, text: str) -> list[str]:
        """The words of ``text`` as they are indexed, in order: in lower case, accents folded, stemmed."""
        return list(self._analysis().analyze(text))

    def stem_frequencies(self, stems: Sequence[str]) -> dict[str, int]:
        """In how many passages each stem stands."""
        searcher = self._opened().searcher()
        return {stem: searcher.doc_freq("body", stem) for stem in stems}

    def is_complete_for(self, revision: str) -> bool:
        """Whether the index holds exactly the passages of this revision of the catalogue."""
        from tantivy import Query

        try:
            index = self._opened()
            if self._known != revision:
                index.reload()
                searcher = index.searcher()
                found = searcher.search(Query.term_query(index.schema, "kind", _MARKER), limit=1).hits
                self._known = str(searcher.doc(found[0][1])["revision"][0]) if found else None
        except (ValueError, OSError, KeyError, IndexError):
            self._known = None
        return self._known == revision

    def reconcile(
        self,
        wanted: set[int],
        fetch: Callable[[Sequence[int]], Iterable[tuple[int, Passage, Article]]],
        revision: str,
    ) -> None:
        """Bring the index to exactly the ``wanted`` passage numbers and mark it complete for ``revision``.

        Raises BlockingIOError when another process is writing to it, LibraryError when it cannot be written.
        """
        try:
            self._bring_up_to_date(wanted, fetch, revision)
        except (ValueError, OSError) as error:
            if "LockBusy" in str(error) or "Failed to acquire" in str(error):
                raise BlockingIOError("the word index is being written by another process") from None
            if has_no_room(error):
                raise self._unwritable(error) from None
            self.discard()
            try:
                self._bring_up_to_date(wanted, fetch, revision)
            except (ValueError, OSError) as again:
                raise self._unwritable(again) from None

    def _unwritable(self, error: ValueError | OSError) -> LibraryError:
        remedy = NO_ROOM if has_no_room(error) else "Check that you may write to the library's folder."
        why = error.strerror if isinstance(error, OSError) else str(error)
        return LibraryError(f"the word index {self._folder} cannot be written: {why}", remedy)

    def discard(self) -> None:
        """Throw the index away; the next use makes it again."""
        self._index = self._known = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _bring_up_to_date(
        self,
        wanted: set[int],
        fetch: Callable[[Sequence[int]], Iterable[tuple[int, Passage, Article]]],
        revision: str,
    ) -> None:
        from tantivy import Document

        index, self._known = self._opened(), None
        with_writer = index.writer(heap_size=_HEAP, num_threads=1)
        try:
            index.reload()  # nobody else writes from here on; what they wrote before counts as present
            present = set(self._numbers(index.searcher()))
            missing = sorted(wanted - present)
            for number in present - wanted:
                with_writer.delete_documents_by_term("no", number)
            for some in (missing[i : i + 500] for i in range(0, len(missing), 500)):
                for number, passage, article in fetch(some):
                    with_writer.add_document(_document(number, passage, article))
            with_writer.delete_documents_by_term("kind", _MARKER)
            marker = Document()
            marker.add_text("kind", _MARKER)
            marker.add_text("revision", revision)
            with_writer.add_document(marker)
            with_writer.commit()
            with_writer.wait_merging_threads()
        finally:
            del with_writer
        index.reload()

    def _numbers(self, searcher: Searcher, query: Query | None = None) -> Iterator[int]:
        from tantivy import Query

        found = searcher.search(query or Query.all_query(), limit=max(1, searcher.num_docs)).hits
        for number in searcher.fast_field_values("no", [address for _, address in found]):
            if number is not None:
                yield int(number)

    def _filters(self, scope: Scope) -> list[tuple[Any, Query]]:
        from tantivy import FieldType, Occur, Query

        schema = self._opened().schema
        window = scope.window
        filters: list[tuple[Any, Query]] = []
        if not scope.undated:
            first = window.start.toordinal() if window.start else 1
            last = window.end.toordinal() if window.end else date.max.toordinal()
            days = Query.range_query(schema, "day", FieldType.Integer, first, last)
            filters.append((Occur.Must, Query.const_score_query(days, 0.0)))
        elif window.end:
            later = Query.range_query(
                schema, "day", FieldType.Integer, window.end.toordinal() + 1, date.max.toordinal()
            )
            filters.append((Occur.MustNot, later))
        if scope.sources:
            sources = Query.term_set_query(schema, "source", [source.casefold() for source in scope.sources])
            filters.append((Occur.Must, Query.const_score_query(sources, 0.0)))
        if scope.passages is not None:
            passages = Query.term_set_query(schema, "no", sorted(scope.passages))
            filters.append((Occur.Must, Query.const_score_query(passages, 0.0)))
        for phrase in scope.phrases:
            filters.append((Occur.Must, Query.const_score_query(self._together(phrase), 0.0)))
        for word in scope.without:
            filters.append((Occur.MustNot, self._together(word)))
        return filters

    def _together(self, phrase: str) -> Query:
        """Passages whose text, or whose title, source or date, holds the words of ``phrase`` side by side."""
        from tantivy import Occur, Query

        schema, words = self._opened().schema, self._analysis().analyze(phrase)
        if not words:
            return Query.empty_query()
        either: list[tuple[Any, Query]] = []
        for field in ("body", "header"):
            single = len(words) == 1
            found = Query.term_query(schema, field, words[0]) if single else Query.phrase_query(schema, field, [*words])
            either.append((Occur.Should, found))
        return Query.boolean_query(either)

    def _opened(self) -> Index:
        if self._index is None or not (self._folder / "meta.json").exists():
            from tantivy import Index, SchemaBuilder

            builder = SchemaBuilder()
            builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
            builder.add_text_field("revision", stored=True, tokenizer_name="raw", index_option="basic")
            builder.add_integer_field("no", indexed=True, fast=True)
            builder.add_integer_field("day", indexed=True, fast=True)
            builder.add_text_field("source", tokenizer_name="raw", index_option="basic")
            builder.add_text_field("header", tokenizer_name=_ANALYZER)
            builder.add_text_field("body", tokenizer_name=_ANALYZER)
            schema = builder.build()
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                index = Index(schema, path=str(self._folder))
            except ValueError:
                self.discard()
                self._folder.mkdir(parents=True, exist_ok=True)
                index = Index(schema, path=str(self._folder))
            index.register_tokenizer(_ANALYZER, self._analysis())
            self._index, self._known = index, None
        return self._index

    def _analysis(self) -> TextAnalyzer:
        if self._analyzer is None:
            from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

            self._analyzer = (
                TextAnalyzerBuilder(Tokenizer.simple())
                .filter(Filter.remove_long(60))
                .filter(Filter.lowercase())
                .filter(Filter.ascii_fold())
                .filter(Filter.stemmer("english"))
                .build()
            )
        return self._analyzer


def _document(number: int, passage: Passage, article: Article) -> Document:
    from tantivy import Document

    document = Document()
    document.add_integer("no", number)
    document.add_text("body", passage.text)
    header = [article.title, article.source or ""]
    if article.published:
        day = article.published.day
        document.add_integer("day", day.toordinal())
        header.append(day.strftime("%A %-d %B %Y"))
    document.add_text("header", " ".join(header))
    document.add_text("source", (article.source or "").casefold())
    return document
