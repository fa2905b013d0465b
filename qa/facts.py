"""What a sentence states that can be checked by reading: words, numbers with units, names, days, quotations.

Everything is normalised so that spellings of one thing are equal: accents and possessives folded, "35 percent" and
"35 %", "thirty-five" and "35", "$1.2 billion" and "1,200 million dollars".
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from qa.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

_TOKEN = re.compile(r"[^\W_]+(?:[.,](?=\d)\d+)*(?:[’'](?!s\b|t\b)[^\W\d_]+)*|%|[$€£₺¥]", re.UNICODE)
_POSSESSIVE = re.compile(r"[’']s?$")
_QUOTED = re.compile(r"“([^”]{2,600})”|\"([^\"]{2,600})\"|«([^»]{2,600})»|„([^“”]{2,600})[“”]")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]\.){2,}")

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SHORT_SCALES = {"k": 1_000, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_UNITS = {
    "%": "%", "percent": "%", "pct": "%", "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€",
    "euros": "€", "eur": "€", "£": "£", "pound": "£", "pounds": "£", "¥": "¥", "yen": "¥", "₺": "₺", "lira": "₺",
}  # fmt: skip
_SIGNS = frozenset("$€£¥₺")
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri
    sat sun""".split()
)
_TITLES = frozenset(
    """mr mrs ms dr sir president minister prime chancellor senator governor king queen prince princess pope general
    judge justice secretary foreign professor prof lord lady""".split()
)


class Token(NamedTuple):
    """A word of a text: its folded form and its half-open character positions."""

    folded: str
    start: int
    end: int
    surface: str


class Number(NamedTuple):
    """A number: value with scale applied, unit ("%", a currency sign, or ""), and its position."""

    value: float
    unit: str
    start: int
    end: int


class Name(NamedTuple):
    """A run of capitalised words, as written, with their folded forms."""

    text: str
    words: tuple[str, ...]
    start: int


def fold(text: str) -> str:
    """Case and accents folded (NFKD without marks); ı and ø and their like become plain letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.replace("ı", "i").replace("ø", "o").replace("đ", "d").replace("ł", "l").replace("’", "'")


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of ``text``, with "U.S." as one word "us" and possessives removed."""
    text_without_dots = _ABBREVIATED.sub(lambda m: m.group().replace(".", "\u2060"), text)
    found = []
    for match in re.finditer(r"(?:[A-Z]\u2060){2,}", text_without_dots):
        found.append(Token(fold(match.group().replace("\u2060", "")), match.start(), match.end(), match.group()))
    masked = re.sub(r"(?:[A-Z]\u2060){2,}", lambda m: " " * len(m.group()), text_without_dots)
    for match in _TOKEN.finditer(masked):
        surface = match.group()
        found.append(Token(fold(_POSSESSIVE.sub("", surface)) or surface, match.start(), match.end(), surface))
    return tuple(sorted(found, key=lambda token: token.start))


@cache
def _stemmer() -> BaseStemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a folded word (Porter 2)."""
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=16_384)
def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, in order, without doubles."""
    words = (token.folded for token in tokens(text))
    return tuple(dict.fromkeys(stem(word) for word in words if word not in STOP_WORDS))


def quotations(text: str) -> list[str]:
    """What stands in double quotation marks, trimmed of outer space and punctuation."""
    found = (next(group for group in match.groups() if group is not None) for match in _QUOTED.finditer(text))
    return [quoted for raw in found if (quoted := raw.strip().strip(",.;:!?…").strip())]


def normal_quote(text: str) -> str:
    """A text for verbatim comparison: quotation marks, dashes, case and white space made alike."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[“”„«»\"‘’'`]", "", text)
    text = re.sub(r"[‐-―]", "-", text)
    return " ".join(text.split())


@lru_cache(maxsize=8192)
def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of ``text`` in digits or words, without those that are part of a date or of a word (G20)."""
    words = tokens(text)
    found: list[Number] = []
    at = 0
    while at < len(words):
        value, after = _number_at(words, at)
        if value is None:
            at += 1
            continue
        before = words[at - 1].folded if at else ""
        following = words[after].folded if after < len(words) else ""
        if following == "per" and after + 1 < len(words) and words[after + 1].folded == "cent":
            following = "percent"
        if following in _SIGNS and after + 1 < len(words) and words[after + 1].start == words[after].end:
            following = ""  # the sign belongs to the number behind it
        unit = (_UNITS.get(before, "") if before in _SIGNS else "") or _UNITS.get(following, "")
        if not _is_part_of_date(words, at, after):
            found.append(Number(value, unit, words[at].start, words[after - 1].end))
        at = after
    return tuple(found)


def _number_at(words: tuple[Token, ...], at: int) -> tuple[float | None, int]:
    """Value of the number that begins at word ``at``, and the word after it."""
    first = words[at].folded
    value = _digits(first)
    if value is None and first not in _SMALL and first != "dozen":
        return None, at + 1
    if value is None:
        value, at = _spelled(words, at)
    else:
        at += 1
    while at < len(words):
        scale = _SCALES.get(words[at].folded) or _SHORT_SCALES.get(words[at].folded)
        if words[at].folded in {"dozen"}:
            scale = 12
        if scale is None or (words[at].folded == "m" and words[at].start > words[at - 1].end + 1):
            break
        value, at = value * scale, at + 1
    return value, at


def _spelled(words: tuple[Token, ...], at: int) -> tuple[float, int]:
    if words[at].folded == "dozen":
        return 12.0, at + 1
    value = float(_SMALL[words[at].folded])
    at += 1
    while (
        at < len(words)
        and words[at].folded in _SMALL
        and value >= 20
        and value % 10 == 0
        and _SMALL[words[at].folded] < 10
    ):
        value, at = value + _SMALL[words[at].folded], at + 1
    return value, at


def _digits(word: str) -> float | None:
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(st|nd|rd|th|k|m|mn|bn|tn)?", word)
    if not match:
        return None
    value = float(match.group(1).replace(",", "") + (match.group(2) or ""))
    return value * _SHORT_SCALES.get(match.group(3) or "", 1)


def _is_part_of_date(words: tuple[Token, ...], at: int, after: int) -> bool:
    before = words[at - 1].folded if at else ""
    following = words[after].folded if after < len(words) else ""
    return after == at + 1 and (
        (before in _CALENDAR and before != "may") or (following in _CALENDAR and following != "may")
        or (words[at].surface.isdigit() and len(words[at].surface) == 4 and 1900 <= int(words[at].surface) <= 2100)
    )  # fmt: skip


@lru_cache(maxsize=8192)
def names(text: str) -> tuple[Name, ...]:
    """Runs of capitalised words that are not merely the first of a sentence; months and weekdays are not names."""
    words = tokens(text)
    found: list[Name] = []
    run: list[Token] = []
    for n, token in enumerate(words):
        capital = token.surface[:1].isupper() and token.folded not in STOP_WORDS and token.folded not in _CALENDAR
        joined = bool(run) and text[run[-1].end : token.start].strip(" ’'-–.s") == ""
        if capital and (joined or not run):
            run.append(token)
            continue
        _end_run(text, run, found)
        run = [token] if capital else []
        if n + 1 == len(words):
            break
    _end_run(text, run, found)
    return tuple(found)


def _end_run(text: str, run: list[Token], found: list[Name]) -> None:
    if not run:
        return
    first = run[0]
    opens = _opens_sentence(text, first.start)
    if opens and len(run) == 1 and not (first.surface.isupper() and len(first.surface) > 1):
        return
    kept = [token for token in run if token.folded not in _TITLES] or run
    if opens and len(kept) > 1 and kept[0] is first and not _is_known(first, kept):
        kept = kept[1:]
    found.append(Name(text[kept[0].start : kept[-1].end], tuple(t.folded for t in kept), kept[0].start))


def _is_known(first: Token, kept: list[Token]) -> bool:
    """A sentence's first word counts as part of the name behind it unless it is an ordinary word."""
    return stem(first.folded) == first.folded or len(kept) == 2


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \n\t\"'“‘«(—–-")
    return not before or before[-1] in ".!?:…"


def days(text: str) -> set[str]:
    """Month and weekday names and years of ``text``, shortened to three letters: what a date is made of."""
    found: set[str] = set()
    for token in tokens(text):
        if token.folded in _CALENDAR and token.surface[:1].isupper():
            found.add(token.folded[:3])
        elif re.fullmatch(r"(?:19|20)\d\d", token.folded):
            found.add(token.folded)
    return found
