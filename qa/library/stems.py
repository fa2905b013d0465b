"""The words of a text as they are indexed, by the language it is in: stems where tantivy has a stemmer (Snowball's),
pairs of characters where a script sets no spaces between words, else the words as they stand, in lower case.

A question is short, so that its language can seldom be told: its words are analysed as each language of the library
would, and the forms that come of one word stand for each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from qa.language import language_by_letters, language_of, small_words
from qa.stopwords import STOP_WORDS
from qa.types import Article

if TYPE_CHECKING:
    from tantivy import Filter, PreTokenizedString, TextAnalyzer

Forms = tuple[str, ...]
"""What one word of a question may be indexed as, the English stem first."""

_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_STOPPED = frozenset("da de es fi fr hu it nb nl nn no pt ru sv".split())
"""Those of them whose stop words tantivy has, too (Snowball's lists)."""
_UNSPACED = frozenset("ja km ko lo my th zh".split())
"""Written without spaces between words, or (Korean) with particles that hang on them."""
_RUN = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"  # noqa: E501
"""Thai, Lao, Burmese, Khmer, kana, Han, Hangul."""
_IN_RUN = re.compile(f"[{_RUN}]")
_JOINERS = "\u200c\u200d"
_WORD = rf"[\w&&[^{_JOINERS}]]+"
"""Letters with their marks: tantivy's own words end at a virama."""
_RUN_OR_WORD = rf"[{_RUN}]+|[\w&&[^{_RUN}{_JOINERS}]]+"
_LONGEST, _LONGEST_ENGLISH = 240, 60
"""Bytes from which on a word is none."""
_DOTS = str.maketrans("Iİ", "ıi")
"""Small letters of the Turkish capitals, which differ from those of other languages."""
_DOTTED = frozenset({"az", "tr"})
_AS_THEY_STAND = ""


def tongue(article: Article) -> str:
    """The language by whose rules an article is indexed: as it is recorded, else as its words or letters tell, else
    English."""
    return article.details.language or language_of(article.text) or language_by_letters(article.text) or "en"


def rules(language: str) -> str:
    """What languages that are analysed alike have in common."""
    if language in _UNSPACED:
        return "pairs"
    return _STEMMERS.get(language, "") + ("dotted" if language in _DOTTED else "") if language != "en" else "en"


class Analysis:
    """Analyzers by language, each made when it is first needed."""

    def __init__(self) -> None:
        self._made: dict[str, TextAnalyzer] = {}
        self._stopped: frozenset[str] = frozenset()

    def english(self) -> TextAnalyzer:
        """How English is indexed, and what is in no language that can be told: accents folded, then stemmed."""
        from tantivy import Filter, Tokenizer

        def filters() -> list[Filter]:
            lower = [Filter.remove_long(_LONGEST_ENGLISH), Filter.lowercase()]
            return [*lower, Filter.ascii_fold(), Filter.stemmer("english")]

        return self._kept("en", Tokenizer.simple, filters)

    def stems(self, text: str, language: str = "en") -> list[str]:
        """The words of ``text`` as a text in ``language`` is indexed, in order."""
        if language == "en":
            return list(self.english().analyze(text))
        words = self._of(language).analyze(_lowered(text, language))
        return [part for word in words for part in _pairs(word)] if language in _UNSPACED else list(words)

    def tokens(self, text: str, language: str) -> PreTokenizedString:
        """The same for the index, with their places."""
        from tantivy import PreTokenizedString, Token

        if language not in _UNSPACED:
            return self._of(language).pre_tokenize(_lowered(text, language))
        words = enumerate(self.stems(text, language))
        return PreTokenizedString(text, [Token(word, place, 0, 0) for place, word in words])

    def forms(self, text: str, languages: Sequence[str] = ()) -> list[Forms]:
        """The words of ``text`` in order, each in the forms it has in English and in ``languages``."""
        if not languages:
            return [(stem,) for stem in self.stems(text)]
        return self._forms(self._of(_AS_THEY_STAND).analyze(text), languages)

    def asked(self, text: str, languages: Sequence[str] = ()) -> list[Forms]:
        """The different words that a question in English, or in one of ``languages``, searches for: without the stop
        words of the language that most of them are of, unless there is nothing else."""
        if not languages:
            forms = dict.fromkeys(self.forms(text))
            return [form for form in forms if form[0] not in self._english_stops()] or list(forms)
        words = self._of(_AS_THEY_STAND).analyze(text)
        telling = [[word for word in words if not self._stops(word, language)] for language in ("en", *languages)]
        fewest = min(telling, key=len)
        return list(dict.fromkeys(self._forms(fewest or words, languages)))

    def _forms(self, words: Iterable[str], languages: Sequence[str]) -> list[Forms]:
        alike = {rules(language): language for language in ("en", *languages)}.values()
        several = (zip_longest(*(self.stems(word, language) for language in alike)) for word in words)
        return [tuple(dict.fromkeys(filter(None, forms))) for one in several for forms in one]

    def _english_stops(self) -> frozenset[str]:
        """The stop words of English and their stems."""
        if not self._stopped:
            self._stopped = STOP_WORDS | {stem for word in STOP_WORDS for stem in self.stems(word)}
        return self._stopped

    def _stops(self, word: str, language: str) -> bool:
        """Whether ``word`` is a stop word of ``language``."""
        from tantivy import Filter, Tokenizer

        if language == "en":
            return self._english_stops().issuperset(self.stems(word))
        if language not in _STOPPED or word.lower() in small_words(language):
            return word.lower() in small_words(language)
        name = _STEMMERS[language]
        stop = self._kept(f"stop {name}", Tokenizer.raw, lambda: [Filter.lowercase(), Filter.stopword(name)])
        return not stop.analyze(word)

    def _of(self, language: str) -> TextAnalyzer:
        """The analyzer of another language than English."""
        from tantivy import Filter, Tokenizer

        if language == _AS_THEY_STAND:
            return self._kept("as they stand", lambda: Tokenizer.regex(_WORD), list)
        stemmer = _STEMMERS.get(language)

        def filters() -> list[Filter]:
            stemmed = [Filter.stemmer(stemmer)] if stemmer else []
            long = [] if language in _UNSPACED else [Filter.remove_long(_LONGEST)]
            return [*long, Filter.lowercase(), *stemmed, Filter.ascii_fold()]

        words = _RUN_OR_WORD if language in _UNSPACED else _WORD
        return self._kept(rules(language), lambda: Tokenizer.regex(words), filters)

    def _kept(self, name: str, tokenizer: Callable[[], object], filters: Callable[[], list[Filter]]) -> TextAnalyzer:
        if name not in self._made:
            from tantivy import TextAnalyzerBuilder

            builder = TextAnalyzerBuilder(tokenizer())  # type: ignore[arg-type]
            for one in filters():
                builder = builder.filter(one)
            self._made[name] = builder.build()
        return self._made[name]


def _lowered(text: str, language: str) -> str:
    return text.translate(_DOTS) if language in _DOTTED else text


def _pairs(word: str) -> list[str]:
    """Each two neighbours of a run of characters without spaces; any other word, or one character, as it is."""
    if len(word) < 2 or not _IN_RUN.match(word):
        return [word]
    return [first + second for first, second in pairwise(word)]
