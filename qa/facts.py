"""What a sentence states that can be checked by reading: words, numbers with units, names, days, quotations.

Everything is normalised so that spellings of one thing are equal: accents and possessives folded, "35 percent" and
"35 %", "thirty-five" and "35", "$1.2 billion" and "1,200 million dollars".
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from qa.stopwords import STOP_WORDS

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

_TOKEN = re.compile(
    r"\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)|[^\W_]+(?:[.,](?=\d)\d+)*(?:[’'](?!s\b|t\b)[^\W\d_]+)*|%|[$€£₺¥]",
    re.UNICODE,
)
_ASCII_TOKEN = re.compile(r"[0-9A-Za-z]+(?:[.,](?=[0-9])[0-9]+)*(?:'(?!s\b|t\b)[A-Za-z]+)*|[%$]")
"""What ``_TOKEN`` finds in a text of ASCII alone, in half the time."""
_POSSESSIVE = re.compile(r"[’']s?$")
_QUOTED = re.compile(
    r"“([^”]{2,600})(?:”|$)|(?<!\w)\"(?=\S)([^\"]{2,600})(?:\"|$)|«([^»]{2,600})(?:»|$)|„([^“”]{2,600})(?:[“”]|$)"
    r"|‹([^›]{2,600})›|「([^」]{2,600})」"
    r"|(?<!\w)[‘'](?=[^\W\d])(.{2,600}?[^\W\d_][,.!?]?)[’'](?!\w)"
)
_CLOSED_ONLY = re.compile(r"^([^“”„]{2,600})”|^([^\"]{2,600}?)(?<=[^\s\d])\"(?=\s|$)|^([^«»]{2,600})»")
"""The end of a quotation that began in a sentence before."""
_ABBREVIATED = re.compile(r"[A-Z](?<!\w[A-Z])\.(?:[A-Z]\.)+")

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}
_SHORT_SCALES = {"k": 1_000, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_UNITS = {
    "%": "%", "percent": "%", "pct": "%", "pc": "%", "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€",
    "euro": "€", "euros": "€", "eur": "€", "£": "£", "pound": "£", "pounds": "£", "¥": "¥", "yen": "¥", "₺": "₺",
    "lira": "₺",
}  # fmt: skip
_WRITTEN_ON = frozenset(
    """st nd rd th s k m mn bn tn b km kg cm mm mi ft lb lbs oz mph kmh kph am pm p c f pc g w kw mw gw gb mb tb ml l ha
    x h hr hrs min yr yrs yo""".split()
)
"""What may stand behind digits without a space."""
_SIGNS = frozenset("$€£¥₺")
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri
    sat sun""".split()
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ISO_DAY = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b")
_YEARS = re.compile(r"\b(?:(19|20)\d\d)\s?(?:[-–—/]{1,2}|to)\s?(\d\d)\b(?![,.:-]?\d)")
"""2007-08: the second year has the century of the first."""
_RANGE = re.compile(r"\s*(?:%|percent)?\s*(?:-|–|—|to|and|or)\s*[$€£¥₺]?\s*")
_TURNS = frozenset(
    """yesterday today tomorrow earlier later meanwhile separately recently however still instead afterwards overall
    according speaking despite although though since once last next following""".split()
)
"""Words that often open a sentence right before a name."""
_SAYS = frozenset("said says told added stressed noted stated warned expressed called argued claimed insisted".split())
_TITLES = frozenset(
    """mr mrs ms dr sir president minister prime chancellor senator governor king queen prince princess pope general
    judge secretary foreign professor prof lord lady""".split()
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


_token: Callable[[tuple[str, int, int, str]], Token] = partial(tuple.__new__, Token)
"""A Token of its fields: there are more of them than of anything else."""


def fold(text: str) -> str:
    """Case and accents folded (NFKD without marks); ı and ø and their like become plain letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return plain.replace("ı", "i").replace("ø", "o").replace("đ", "d").replace("ł", "l").replace("’", "'")


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of ``text``, with "U.S." as one word "us" and possessives removed."""
    placed = [(start, end, text[start:end]) for start, end in spans_of_words(text)]
    return tuple([_token((folded_word(word), start, end, word)) for start, end, word in placed])


def spans_of_words(text: str) -> list[tuple[int, int]]:
    """Where the words of ``text`` stand: half-open character positions."""
    found, masked = _abbreviations(text)
    spans = [match.span() for match in (_ASCII_TOKEN if text.isascii() else _TOKEN).finditer(masked)]
    return sorted([*found, *spans]) if found else spans


def spellings(texts: Iterable[str]) -> dict[str, list[str]]:
    """The words of some texts, folded, each with the ways it is written there."""
    written: set[str] = set()
    for text in texts:
        found, masked = _abbreviations(text)
        written.update(text[start:end] for start, end in found)
        written.update((_ASCII_TOKEN if text.isascii() else _TOKEN).findall(masked))
    words: dict[str, list[str]] = {}
    for word in written:
        words.setdefault(folded_word(word), []).append(word)
    return words


def _abbreviations(text: str) -> tuple[list[tuple[int, int]], str]:
    """Where abbreviations such as "U.S." stand, and the text with blanks in their place."""
    if text.count(".") < 2 or not (found := [match.span() for match in _ABBREVIATED.finditer(text)]):
        return [], text
    return found, _ABBREVIATED.sub(lambda match: " " * len(match.group()), text)


@lru_cache(maxsize=65_536)
def folded_word(word: str) -> str:
    """A word as it stands in a text, folded, without its possessive; an abbreviation without its stops."""
    if word[-1] == ".":
        return fold(word.replace(".", ""))
    bare = _POSSESSIVE.sub("", word) if "'" in word or "’" in word else word
    return fold(bare) or word


class _Own(threading.local):
    """A stemmer for each thread: one keeps the word it works on in itself."""

    def __init__(self) -> None:
        import snowballstemmer

        self.stemmer: BaseStemmer = snowballstemmer.stemmer("english")


@cache
def _own() -> _Own:
    return _Own()


IRREGULAR = dict(
    pair.split("/")
    for pair in """met/meet said/say began/begin begun/begin held/hold won/win went/go gone/go took/take taken/take
    made/make gave/give given/give bought/buy sold/sell lost/lose led/lead sent/send told/tell
    spoke/speak spoken/speak fell/fall fallen/fall rose/rise risen/rise wrote/write written/write
    broke/break broken/break chose/choose chosen/choose became/become came/come built/build found/find
    got/get paid/pay ran/run seen/see shot/shoot stood/stand struck/strike taught/teach thought/think
    threw/throw thrown/throw wore/wear stole/steal stolen/steal sank/sink grew/grow grown/grow flew/fly
    drove/drive driven/drive fought/fight drew/draw drawn/draw felt/feel kept/keep knew/know known/know
    brought/bring caught/catch""".split()
)
"""Forms that no suffix rule brings together with their verb."""


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a folded word (Porter 2), common irregular verbs first brought to their base."""
    return str(_own().stemmer.stemWord(IRREGULAR.get(word, word)))


@lru_cache(maxsize=16_384)
def content_stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry content, in order, without doubles."""
    words = (token.folded for token in tokens(text))
    return tuple(dict.fromkeys(stem(word) for word in words if word not in STOP_WORDS))


def quotations(text: str) -> list[str]:
    """What stands in quotation marks, trimmed of outer space and punctuation; also where a mark is missing because the
    quotation began in a sentence before, or goes on in the next."""
    return [text[start:end] for start, end in quotation_spans(text)]


def quotation_spans(text: str) -> list[tuple[int, int]]:
    """Where ``quotations`` stand: half-open character positions of what is between the marks."""
    closed = _CLOSED_ONLY.match(text)
    matches = [*([closed] if closed else []), *_QUOTED.finditer(text, closed.end() if closed else 0)]
    found = []
    for match in matches:
        group = next(n for n, inside in enumerate(match.groups(), 1) if inside is not None)
        start, end = match.span(group)
        while start < end and (text[end - 1].isspace() or text[end - 1] in ",.;:!?…"):
            end -= 1
        while start < end and (text[start].isspace() or text[start] in ",.;:!?…"):
            start += 1
        if start < end:
            found.append((start, end))
    return found


def normal_quote(text: str) -> str:
    """A text for verbatim comparison: quotation marks, dashes, case and white space made alike."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[“”„«»\"‘’'`]", "", text)
    text = re.sub(r"[‐-―]", "-", text)
    return " ".join(text.split())


def squeezed(text: str) -> str:
    """The same without any white space: how gold sentences are looked for."""
    return "".join(normal_quote(text).split())


_NUMBER_WORDS = frozenset({"half", "dozen", "a", "an"} | _SMALL.keys())
"""Words that begin a number."""


@lru_cache(maxsize=8192)
def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of ``text`` in digits or words, without those that are part of a date or of a word (G20), and
    without "one" and "the two" where they only point at something."""
    words = tokens(text)
    begin = [n for n, word in enumerate(words) if word.folded in _NUMBER_WORDS or word.folded[0].isdecimal()]
    if not begin:
        return ()
    dates = [match.span() for pattern in (_ISO_DAY, _YEARS) for match in pattern.finditer(text) if _has_years(text)]
    found: list[Number] = []
    at = 0
    while (at := next((n for n in begin if n >= at), len(words))) < len(words):
        value, after = _number_at(words, at)
        if value is None or any(start <= words[at].start < end for start, end in dates):
            at += 1
            continue
        if not (_is_part_of_date(words, at, after) or _only_points(words, at, after)):
            found.append(Number(value, _unit(words, at, after), words[at].start, words[after - 1].end))
        at = after
    return tuple(_with_range_units(text, found))


_ORDINALS = {
    word: float(n)
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
} | {"once": 1.0, "single": 1.0, "twice": 2.0, "both": 2.0, "couple": 2.0, "pair": 2.0, "double": 2.0, "doubled": 2.0,
     "twins": 2.0, "duo": 2.0, "trio": 3.0, "triple": 3.0, "tripled": 3.0, "thrice": 3.0, "quarter": 4.0,
     "dozens": 12.0, "decade": 10.0, "century": 100.0, "fortnight": 14.0}  # fmt: skip


@lru_cache(maxsize=512)
def ordinals(text: str) -> frozenset[float]:
    """The numbers that a text tells without stating them: of "the seventh", "twice", "a couple", "a decade"."""
    return frozenset(_ORDINALS[token.folded] for token in tokens(text) if token.folded in _ORDINALS)


def like_numbers(number: Number, text: str) -> set[float]:
    """The values that a number of ``text`` may stand for: its own; for "5.68m", which may be metres, 5.68; for a half,
    50 percent."""
    values = {number.value}
    if re.fullmatch(r"[\d.,]+m", text[number.start : number.end]) and not number.unit:
        values.add(number.value / 10**6)
    return values


def _has_years(text: str) -> bool:
    """Whether a year may stand in ``text``, of 1900 or later."""
    return "19" in text or "20" in text


def _unit(words: tuple[Token, ...], at: int, after: int) -> str:
    before = words[at - 1].folded if at else ""
    following = words[after].folded if after < len(words) else ""
    if following == "per" and after + 1 < len(words) and words[after + 1].folded == "cent":
        following = "percent"
    if following in _SIGNS and after + 1 < len(words) and words[after + 1].start == words[after].end:
        following = ""  # the sign belongs to the number behind it
    if words[at].folded.endswith("pc"):
        following = "percent"
    return (_UNITS.get(before, "") if before in _SIGNS else "") or _UNITS.get(following, "")


def _with_range_units(text: str, found: list[Number]) -> list[Number]:
    """Both ends of "35 to 40 percent", "$5-10" and "5 to 10 million" have the unit and scale that is written once."""
    for n in range(len(found) - 1):
        one, two = found[n], found[n + 1]
        between = text[one.end : two.start]
        if not _RANGE.fullmatch(between):
            continue
        joined = not re.search(r"and|or", between)
        scales = [_SCALES[t.folded] for t in tokens(text[two.start : two.end]) if t.folded in _SCALES]
        if joined and scales and text[one.start : one.end].isdigit() and one.value < two.value / scales[-1]:
            one = one._replace(value=one.value * scales[-1])
        if not one.unit and (two.unit == "%" or joined):
            one = one._replace(unit=two.unit)
        elif one.unit and not two.unit:
            two = two._replace(unit=one.unit)
        found[n : n + 2] = one, two
    return found


def _number_at(words: tuple[Token, ...], at: int) -> tuple[float | None, int]:
    """Value of the number that begins at word ``at``, and the word after it."""
    first = words[at].folded
    value = _digits(first)
    if value is None:
        return _spelled(words, at)
    at += 1
    while at < len(words) and (scale := _scale(words, at)):
        value, at = value * scale, at + 1
    return value, at


def _scale(words: tuple[Token, ...], at: int) -> int | None:
    """What the word multiplies the number before it by; "m" and "k" only when they touch it ("3 m" is a length)."""
    word = words[at].folded
    if word in {"m", "k"} and words[at].start > words[at - 1].end:
        return None
    return _SCALES.get(word) or _SHORT_SCALES.get(word)


def _spelled(words: tuple[Token, ...], at: int) -> tuple[float | None, int]:
    """ "two hundred and fifty", "a million", "half a dozen", "two thirds": the value, and the word after it."""
    following = [word.folded for word in words[at : at + 3]] + ["", ""]
    first = following[0]
    if first == "half" and following[1] == "a" and following[2] in _SCALES:
        return 0.5 * _SCALES[following[2]], at + 3
    if first in _SMALL and following[1] in _PARTS:
        return _SMALL[first] / _PARTS[following[1]], at + 2
    if first == "dozen":
        return 12.0, at + 1
    if not (first in _SMALL or (first in {"a", "an"} and following[1] in _SCALES)):
        return None, at + 1
    total, current, last = 0.0, float(_SMALL.get(first, 1)), first
    at += 1
    while at < len(words):
        word = words[at].folded
        if word in _SMALL and _joins(last, word):
            current += _SMALL[word]
        elif word in {"hundred", "dozen"} and current:
            current *= _SCALES[word]
        elif word in _SCALES and current:
            total, current = total + current * _SCALES[word], 0.0
        elif word != "and" or last not in _SCALES or at + 1 >= len(words) or words[at + 1].folded not in _SMALL:
            break
        last, at = word if word != "and" else last, at + 1
    return total + current, at


def _joins(last: str, word: str) -> bool:
    """Whether a small number goes on after another word of a number: twenty one, hundred (and) fifty."""
    if last in _SMALL:
        return _SMALL[last] >= 20 and _SMALL[last] % 10 == 0 and 0 < _SMALL[word] < 10
    return last in _SCALES and last != "dozen"


def _digits(word: str) -> float | None:
    """The value of digits, with what is written on to them: 1,200; 4.5; 6,5; 5th; 3m; 35pc; 10km; not 1990s."""
    if not word[0].isdecimal():
        return None
    match = re.fullmatch(r"(\d{1,3}(?:[,\s]\d{3})+|\d+)([.]\d+|,\d{1,2})?([a-z]{0,3})", word)
    if match and match.group(3) and match.group(3) not in _WRITTEN_ON:
        return None
    if not match or (match.group(3) == "s" and match.group(1).endswith("0")):
        return None
    value = float(re.sub(r"[,\s]", "", match.group(1)) + (match.group(2) or "").replace(",", "."))
    return value * _SHORT_SCALES.get(match.group(3), 1)


def _is_part_of_date(words: tuple[Token, ...], at: int, after: int) -> bool:
    word = words[at].surface
    if after != at + 1 or not word[0].isdigit():
        return False
    return _day_of_month(words, at) is not None or bool(re.fullmatch(r"(?:19|20)\d\d", word))


def _day_of_month(words: tuple[Token, ...], at: int) -> str | None:
    """ "4 feb" for the 4 of 4 February, of February 4th and of the 4th of February; None for another number."""
    if not words[at].folded[0].isdecimal():
        return None
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", words[at].folded)
    if not match or not 1 <= int(match.group(1)) <= 31:
        return None
    beside = [words[at - 1]] if at else []
    beside += words[at + 1 : at + 2]
    if words[at + 1 : at + 2] and words[at + 1].folded == "of":
        beside += words[at + 2 : at + 3]
    month = next((m for word in beside if (m := _month(word))), None)
    return f"{int(match.group(1))} {month}" if month else None


def _month(word: Token) -> str | None:
    known = word.folded in _CALENDAR and word.folded[:3] in _MONTHS and word.surface[:1].isupper()
    return word.folded[:3] if known else None


def _only_points(words: tuple[Token, ...], at: int, after: int) -> bool:
    """Whether a spelled "one" or "two" states no number: "one of them", "the two ministers", "no one"."""
    before = words[at - 1].folded if at else ""
    following = words[after].folded if after < len(words) else ""
    if after != at + 1 or following in _UNITS:
        return False
    if words[at].folded == "one":
        return following in {"", "of", "another", "that", "who", "which", "day", "side", "hand", "thing"} or before in {
            "no", "any", "every", "each", "this", "that", "the", "which", "some", "only"
        }  # fmt: skip
    return words[at].folded == "two" and before in {"the", "these", "those", "both", "other", "our", "their"}


@lru_cache(maxsize=8192)
def names(text: str) -> tuple[Name, ...]:
    """Runs of capitalised words that are not merely the first of a sentence; months and weekdays are not names."""
    words = tokens(text)
    found: list[Name] = []
    run: list[Token] = []
    for token in words:
        if not token.surface[0].isupper():
            if run:
                _end_run(text, run, found)
                run = []
            continue
        capital = (
            text[token.end : token.end + 1] not in _SIGNS
            and token.folded not in STOP_WORDS
            and token.folded not in _CALENDAR
        )
        joined = bool(run) and text[run[-1].end : token.start].strip(" ’'-–.s") == ""
        if capital and (joined or not run):
            run.append(token)
            continue
        _end_run(text, run, found)
        run = [token] if capital else []
    _end_run(text, run, found)
    return tuple(found)


def name_words(text: str) -> frozenset[str]:
    """The folded words of the names in ``text``."""
    return frozenset(word for name in names(text) for word in name.words)


def _end_run(text: str, run: list[Token], found: list[Name]) -> None:
    if not run:
        return
    first = run[0]
    opens = _opens_sentence(text, first.start)
    if opens and first.folded in _TURNS and len(run) > 1:
        run = run[1:]
        first, opens = run[0], False
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


def opening_name(text: str) -> str | None:
    """The sentence's first word where it is surely a name: one word that says something, or that owns something."""
    words = [token for token in tokens(text) if token.folded not in {"s", "re", "t"}]
    if len(words) < 2 or not words[0].surface[:1].isupper() or words[0].folded in STOP_WORDS | _CALENDAR | _TURNS:
        return None
    first = words[0]
    owns = text[first.end : first.end + 2] in {"'s", "’s"}
    ordinary = first.folded.endswith("s") or first.folded in {"police", "people"}
    return first.surface if owns or (words[1].folded in _SAYS and not ordinary) else None


def is_of_calendar(word: Token) -> bool:
    """Whether a word is the name of a month or of a day of the week."""
    return word.folded in _CALENDAR and word.surface[0].isupper()


@lru_cache(maxsize=8192)
def days(text: str) -> frozenset[str]:
    """What dates are made of: month and weekday names in three letters, years, and days of months ("4 feb")."""
    found: set[str] = set()
    words = tokens(text)
    for at, token in enumerate(words):
        word = token.folded
        if word in _CALENDAR and token.surface[0].isupper():
            found.add(word[:3])
        elif not word[0].isdecimal():
            continue
        elif re.fullmatch(r"(?:19|20)\d\ds?", word):
            found.add(word)
        elif day := _day_of_month(words, at):
            found.add(day)
    if not _has_years(text):
        return frozenset(found)
    found |= {f"{match[1]}{match[2]}" for match in _YEARS.finditer(text)}
    for match in _ISO_DAY.finditer(text):
        year, month, day_number = (int(part) for part in match.groups())
        if 1 <= month <= 12:
            found |= {str(year), _MONTHS[month - 1], f"{day_number} {_MONTHS[month - 1]}"}
    return frozenset(found)
