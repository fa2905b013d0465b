"""The word index (tantivy): BM25 over passages, by the stems of each article's language; title, source and date as one
field. All languages share the fields, so that a name or a number is one word in all of them.

Derived from the catalogue and brought up to date by the difference of the sets of passage numbers. One marker
document, committed together with the passages, says which revision of the catalogue the index is complete for.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryError
from qa.library.scope import Scope
from qa.library.stems import Analysis, Forms, tongue
from qa.room import NO_ROOM, has_no_room
from qa.types import Article, Passage

if TYPE_CHECKING:
    from tantivy import Document, Index, Query, Searcher

_LAYOUT = "3"
"""Part of the folder's name: an index of another layout, or of words analysed otherwise, is made anew."""
_ANALYZER = "newsdesk_en"
_HEAP = 64_000_000
_HEADER_WEIGHT = 0.6
_MARKER = "revision"
_WORD = re.compile(r"\w+")
_KNOWN = 20_000
"""Articles whose languages are in memory."""


class WordIndex:
    """The full-text index in ``folder``; an unreadable one is thrown away and made again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _LAYOUT
        self._index: Index | None = None
        self._analysis = Analysis()
        self._languages: tuple[str, ...] | None = None
        """Those of its articles beside English, once they were looked for."""
        self._tongues: dict[tuple[str, int, str | None], str] = {}
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
        for forms in terms:
            should.append((Occur.Should, self._any("body", forms)))
            should.append((Occur.Should, Query.boost_query(self._any("header", forms), _HEADER_WEIGHT)))
        query = Query.boolean_query([(Occur.Must, Query.boolean_query(should)), *self._filters(scope)])
        searcher = index.searcher()
        found = searcher.search(query, limit=k, count=False).hits
        numbers = searcher.fast_field_values("no", [address for _, address in found])
        scored = [(int(number or 0), float(score)) for number, (score, _) in zip(numbers, found, strict=True)]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def _any(self, field: str, forms: Forms) -> Query:
        """Passages that hold one of the forms of a word; of several the one that tells most counts."""
        from tantivy import Query

        schema = self._opened().schema
        found = [Query.term_query(schema, field, form) for form in forms]
        return found[0] if len(found) == 1 else Query.disjunction_max_query(found)

    def terms(self, text: str) -> list[Forms]:
        """The words of ``text`` that are searched for, each in its forms: without stop words, unless there is nothing
        else; no doubles."""
        return self._analysis.asked(text.encode("utf-8", "replace").decode("utf-8"), self.languages())

    def matching(self, question: str, texts: Iterable[str]) -> frozenset[str]:
        """The words of ``texts``, case folded, that ``question`` searches for in some form of them."""
        sought = {form for forms in self.terms(question) for form in forms}
        words = {word.casefold() for text in texts for word in _WORD.findall(text)}
        return frozenset(word for word in words if any(not sought.isdisjoint(forms) for forms in self._forms(word)))

    def _forms(self, text: str) -> list[Forms]:
        return self._analysis.forms(text, self.languages())

    def languages(self) -> tuple[str, ...]:
        """The languages other than English that articles of the index are in."""
        held = self._languages
        if held is None:
            from tantivy import Query

            index = self._opened()
            searcher = index.searcher()
            named = sorted(code for code, _ in searcher.terms_with_prefix("language", ""))
            of_each = [(code, Query.term_query(index.schema, "language", code)) for code in named]
            self._languages = held = tuple(code for code, query in of_each if searcher.search(query, 1).hits)
        return held

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
        forms = {word: self._forms(word) for word in words}
        found = self.form_frequencies(sorted({one for several in forms.values() for one in several}))
        return {word: max((found[one] for one in several), default=0) for word, several in forms.items()}

    def stems(self, text: str, article: Article) -> list[str]:
        """The words of a text of ``article`` as they are indexed, in order."""
        return self._analysis.stems(text, self._tongue(article) if self.languages() else "en")

    def _tongue(self, article: Article) -> str:
        key = (article.id, article.version, article.details.language)
        if key not in self._tongues:
            if len(self._tongues) >= _KNOWN:
                self._tongues.clear()
            self._tongues[key] = tongue(article)
        return self._tongues[key]

    def form_frequencies(self, words: Sequence[Forms]) -> dict[Forms, int]:
        """In how many passages each word stands, in one of its forms or another."""
        searcher = self._opened().searcher()
        return {forms: sum(searcher.doc_freq("body", form) for form in forms) for forms in words}

    def is_complete_for(self, revision: str) -> bool:
        """Whether the index holds exactly the passages of this revision of the catalogue."""
        from tantivy import Query

        try:
            index = self._opened()
            if self._known != revision:
                self._reload(index)
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
            self._reload(index)  # nobody else writes from here on; what they wrote before counts as present
            present = set(self._numbers(index.searcher()))
            missing = sorted(wanted - present)
            for number in present - wanted:
                with_writer.delete_documents_by_term("no", number)
            for some in (missing[i : i + 500] for i in range(0, len(missing), 500)):
                for number, passage, article in fetch(some):
                    with_writer.add_document(self._document(number, passage, article))
            with_writer.delete_documents_by_term("kind", _MARKER)
            marker = Document()
            marker.add_text("kind", _MARKER)
            marker.add_text("revision", revision)
            with_writer.add_document(marker)
            with_writer.commit()
            with_writer.wait_merging_threads()
        finally:
            del with_writer
        self._reload(index)
        self._drop_earlier()

    def _reload(self, index: Index) -> None:
        index.reload()
        self._languages = None

    @property
    def earlier(self) -> Sequence[Path]:
        """The folders of indexes of earlier layouts, which go when this one has been made."""
        beside = self._folder.parent.glob("*/meta.json")
        return [path.parent for path in beside if path.parent.name.isdigit() and path.parent.name < _LAYOUT]

    def _drop_earlier(self) -> None:
        for folder in self.earlier:
            shutil.rmtree(folder, ignore_errors=True)

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

        schema = self._opened().schema
        in_each = (self._analysis.stems(phrase, language) for language in ("en", *self.languages()))
        told = dict.fromkeys(tuple(words) for words in in_each if words)
        if not told:
            return Query.empty_query()
        either: list[tuple[Any, Query]] = []
        for words, field in product(told, ("body", "header")):
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
            builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
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
            index.register_tokenizer(_ANALYZER, self._analysis.english())
            self._index, self._known, self._languages = index, None, None
        return self._index

    def _document(self, number: int, passage: Passage, article: Article) -> Document:
        from tantivy import Document

        document = Document()
        document.add_integer("no", number)
        header = [article.title, article.source or ""]
        if article.published:
            day = article.published.day
            document.add_integer("day", day.toordinal())
            header.append(day.strftime("%A %-d %B %Y"))
        language = self._tongue(article)
        for field, text in (("body", passage.text), ("header", " ".join(header))):
            if language == "en":
                document.add_text(field, text)
            else:
                document.add_pre_tokenized_text(field, self._analysis.tokens(text, language))
        if language != "en":
            document.add_text("language", language)
        document.add_text("source", (article.source or "").casefold())
        return document
