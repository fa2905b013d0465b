"""Markers: how a writer says which passages a sentence rests on. Their format lives here alone.

A model is asked for ``[2 "carrying words"]``: the number of a passage, and the few words of it that carry the sentence.
Plain numbers do as well (``[1]``, ``[1][3]``, ``[1, 3]``, ``[1-3]``). Models spell all of this in many ways, forget to
close it, or are cut off inside: whatever begins like a marker is read as one, and never shown.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from qa.clean import clean
from qa.markup import without_markup
from qa.sentences import Span, sentence_spans

LONGEST = 600
"""Characters of a marker with its words."""
_OPEN, _CLOSE = r"\\?[\[［【]", r"\\?[\]］】]"
_LABEL = r"(?:(?:passages?|sources?|articles?|refs?)\b[ \t:#]*)?"
_NUMBERS = r"\d{1,3}(?!\d)(?:[ \t\u00a0,;–-]+\d{1,3}(?!\d))*"
_QUOTE = "\"“”„«»‘’'`"
_HEAD = re.compile(rf"{_OPEN}[ \t\u00a0,;–-]*\^?[ \t\u00a0]*{_LABEL}({_NUMBERS})", re.I)
_WORDS_FIRST = re.compile(
    rf"{_OPEN}[ \t]*[{_QUOTE}]{{1,2}}([^\[\]\n]{{1,500}}?)[{_QUOTE}]{{1,2}}[ \t,;:|–—-]*(?P<inner>{_OPEN}[ \t]*)?"
    rf"{_LABEL}({_NUMBERS})[ \t]*{_CLOSE}(?(inner)[ \t]*{_CLOSE})",
    re.I,
)
_CUT_OFF = re.compile(rf"{_OPEN}[ \t]*[{_QUOTE}]?[ \t]*\Z")
_MORE = re.compile(rf"{_LABEL}({_NUMBERS})", re.I)
_GAP = re.compile(r"(?:[ \t\u00a0,;:|†=–—-]|(?<=\d):\d{1,3}(?=†))*")
_STRONG_GAP = re.compile(r"[:|†=–—]")
_CLOSED = re.compile(_CLOSE)
_OPENED = re.compile(_OPEN)
_QUOTE_OPENS = re.compile(rf"[*_]{{0,2}}[{_QUOTE}]{{1,3}}")
_QUOTE_CLOSES = re.compile(
    rf"[{_QUOTE}]{{1,3}}[ \t.,;:!?…*_]*(?={_CLOSE}|{_LABEL}\d{{1,3}}(?!\d)[ \t,;:]*[{_QUOTE}])", re.I
)
_LOOSE_END = re.compile(rf"[\"”»](?=[\s.,;!?]|$)|{_CLOSE}")
_STOP = re.compile(rf"[.!?](?=\s|$)|{_OPEN}")
_TAIL = re.compile(rf"[^\[\]［］【】\n]{{0,60}}{_CLOSE}")
_NEXT = re.compile(rf"{_OPEN}[ \t]*\d{{1,3}}[ \t,;:]*[{_QUOTE}]")
_LEFT_OPEN = re.compile(r"(?=[.!?,;]?(?:\s|$))")
_BEHIND = re.compile(r"[ \t]?\([ \t]*[\"“«]([^\"”»\n]{1,500})[\"”»][ \t]*\)")
_PLAIN = re.compile(rf"{_OPEN}[ \t\u00a0,;–-]*\^?[ \t\u00a0]*{_LABEL}{_NUMBERS}[ \t\u00a0,;–-]*{_CLOSE}", re.I)
_CARRYING = re.compile(
    rf"{_OPEN}[ \t\u00a0,;–-]*\^?[ \t\u00a0]*{_LABEL}{_NUMBERS}[ \t\u00a0,;:|–—-]*"
    rf"(?:[{_QUOTE}][^\[\]［］【】\n]{{0,{LONGEST}}}[{_QUOTE}][ \t.,;:!?…]*|†[^\[\]［］【】\n]{{0,40}}){_CLOSE}",
    re.I,
)
_EMPTY = re.compile(rf"{_OPEN}[ \t\u00a0,;–-]*{_CLOSE}|`{{2,}}")
_BEFORE_STOP = re.compile(r"[ \t\u00a0]+(?=[.!?,;:](?:\s|$))")
_BRACKET = re.compile(rf"{_OPEN}|{_CLOSE}")
_DEEPEST = 4
"""Markers within markers, beyond which brackets are taken out altogether."""
_MAX_RANGE = 20
_FEWEST_BARE_WORDS = 3
"""Words without quotation marks after a number, from which they are taken for carrying words: "[12 people]" is none."""


class Place(NamedTuple):
    """Where a quoted sentence stands: its own positions, and those of the sentences beside it that it rests on."""

    quote: Span
    near: Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, without markers, and the numbers (from 1) of the passages it was marked with."""

    text: str
    refs: tuple[int, ...]
    at: Place | None = None
    """Where in its article's text it stands, when that is known."""
    carried: tuple[tuple[int, str], ...] = ()
    """Words that are said to carry it, each with the number of its passage; nobody has looked for them yet."""


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker as it stands in a text."""

    start: int
    end: int
    items: tuple[tuple[tuple[int, ...], str], ...]
    """Numbers, and the words given with them (often none)."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """All its numbers."""
        return tuple(n for numbers, _ in self.items for n in numbers)


def marker(n: int) -> str:
    """The marker a reader sees."""
    return f"[{n}]"


def sentences_of(reply: str, evidence: str = "") -> list[Sentence]:
    """The sentences of a model's reply with the numbers they are marked with, and the words. A marker belongs to the
    sentence before it, also when it stands after the full stop; one that opens a line belongs to the sentence behind
    it. Addresses that ``evidence`` does not name are taken out."""
    plain, marks = _without_markers(without_markup(clean(reply).text, evidence))
    found: list[Sentence] = []
    for span in sentence_spans(plain):
        text = " ".join(unmarked(" ".join(plain[span.start : span.end].split())).split())
        near = marks[bisect_left(marks, span.start, key=_at) : bisect_right(marks, span.end, key=_at)]
        own = [mark.items for mark in near if (mark.at < span.end if mark.opens else span.start < mark.at)]
        refs = tuple(dict.fromkeys(n for items in own for numbers, _ in items for n in numbers))
        carried = tuple(
            dict.fromkeys((n, words) for items in own for numbers, words in items for n in numbers if words)
        )
        if any(c.isalnum() for c in text):
            found.append(Sentence(text, refs, carried=carried))
        elif found and refs:
            last = found[-1]
            refs = tuple(dict.fromkeys((*last.refs, *refs)))
            found[-1] = Sentence(last.text, refs, carried=tuple(dict.fromkeys((*last.carried, *carried))))
    return found


@dataclass(frozen=True, slots=True)
class _Mark:
    """A marker that was taken out: where it stood in the text without markers, and what it points at."""

    at: int
    items: tuple[tuple[tuple[int, ...], str], ...]
    opens: bool
    """Whether it opens a line, with words behind it."""


def _at(mark: _Mark) -> int:
    return mark.at


def _without_markers(reply: str) -> tuple[str, list[_Mark]]:
    """The reply without markers, and the markers."""
    plain: list[str] = []
    marks: list[_Mark] = []
    at = length = 0
    last = ""

    def add(piece: str) -> None:
        nonlocal length, last
        if piece:
            plain.append(piece)
            length, last = length + len(piece), piece[-1]

    for one in markers_in(reply):
        piece = _joined(last, reply[at : one.start]).rstrip(" \t\u00a0")
        if not piece and plain:
            stripped = plain[-1].rstrip(" \t\u00a0")
            length -= len(plain[-1]) - len(stripped)
            plain[-1] = stripped
        add(piece)
        at = one.end
        opens = (not length or last == "\n") and reply[at : at + 80].lstrip(" \t")[:1] not in {"", "\n", "[", "."}
        while opens and reply[at] in " \t":
            at += 1
        marks.append(_Mark(length, one.items, opens))
    add(_joined(last, reply[at:]))
    return "".join(plain), marks


def _joined(last: str, piece: str) -> str:
    """``piece`` as it follows ``last``, where a marker stood between: no space before a full stop, words kept apart."""
    if last and re.match(r"[ \t\u00a0]+[.!?,;:]", piece):
        return piece.lstrip(" \t\u00a0")
    return f" {piece}" if last.isalnum() and piece[:1].isalnum() else piece


def unmarked(text: str) -> str:
    """Without what looks like a marker once others are gone (``[[9]1]``)."""
    for _ in range(_DEEPEST):
        shorter = _EMPTY.sub("", _cut(text))
        if shorter == text:
            return text
        text = _BEFORE_STOP.sub("", shorter)
    return _BRACKET.sub("", text)


def without_numbers(text: str) -> str:
    """Without an article's own markers: plain numbers in brackets, and numbers with words in quotation marks. Other
    words in brackets are the text's own and stay."""
    while (shorter := _WORDS_FIRST.sub("", _CARRYING.sub("", _PLAIN.sub("", text)))) != text:
        while (without := _EMPTY.sub("", shorter)) != shorter:
            shorter = without
        text = " ".join(_BEFORE_STOP.sub("", shorter).split())
    return text


def _cut(text: str) -> str:
    pieces, at = [], 0
    for one in markers_in(text):
        pieces.append(text[at : one.start])
        at = one.end
    return "".join([*pieces, text[at:]])


def markers_in(text: str) -> Iterator[Marker]:
    """The markers of ``text``, in order; they do not overlap."""
    at = 0
    while opened := _OPENED.search(text, at):
        one = _marker_at(text, opened.start())
        if one is not None:
            yield one
        at = one.end if one else opened.end()


_Items = list[tuple[tuple[int, ...], str]]


def _marker_at(text: str, at: int) -> Marker | None:
    """The marker that begins at ``at``, if one does."""
    head = _HEAD.match(text, at)
    if head is None and _CUT_OFF.match(text, at):
        return Marker(at, len(text), ())
    if head is None:
        first = _WORDS_FIRST.match(text, at)
        return Marker(at, first.end(), ((_numbers(first[3]), first[1].strip()),)) if first else None
    items: _Items = [(_numbers(head[1]), "")]
    end, quoted = head.end(), False
    while True:
        gap = _GAP.match(text, end)
        after = gap.end() if gap else end
        if closed := _CLOSED.match(text, after):
            end = closed.end()
            break
        if opens := _QUOTE_OPENS.match(text, after):
            words, end, whole = _quoted(text, opens.end(), _limit(text, after))
            items[-1], quoted = (items[-1][0], words), True
            if whole:
                continue
            return Marker(at, end, tuple(items))
        if (after > end or quoted) and (more := _MORE.match(text, after)):
            items.append((_numbers(more[1]), ""))
            end, quoted = more.end(), False
            continue
        return Marker(at, end, tuple(items)) if quoted else _bare(text, at, end, items)
    if not items[-1][1] and (behind := _BEHIND.match(text, end)):
        items[-1] = items[-1][0], behind[1].strip()
        end = behind.end()
    return Marker(at, end, tuple(items))


def _limit(text: str, start: int) -> int:
    """Where a marker whose words begin at ``start`` has ended: with the bracket that closes it, or the line, or where
    the next one begins."""
    line = text.find("\n", start, start + LONGEST)
    limit = min(start + LONGEST, len(text)) if line < 0 else line
    other = _NEXT.search(text, start, limit)
    limit = other.start() if other else limit
    deep = 0
    for bracket in _BRACKET.finditer(text, start, limit):
        deep += 1 if bracket.group()[-1] in "[［【" else -1
        if deep < 0:
            return bracket.end()
    return limit


def _quoted(text: str, start: int, limit: int) -> tuple[str, int, bool]:
    """The words that stand in quotation marks from ``start`` on, where they end, and whether the marker may go on; a
    mark or bracket that was forgotten ends them with the sentence."""
    if closes := _QUOTE_CLOSES.search(text, start, limit):
        return text[start : closes.start()].strip(), closes.end(), True
    loose, stop = _LOOSE_END.search(text, start, limit), _STOP.search(text, start, limit)
    if loose and (stop is None or loose.start() < stop.start()):
        tail = None if text[loose.end() - 1] in "]］】" else _TAIL.match(text, loose.end(), limit)
        return text[start : loose.start()].strip(), (tail or loose).end(), False
    end = stop.start() if stop else limit
    return text[start:end].strip(), end, False


def _bare(text: str, at: int, end: int, items: _Items) -> Marker | None:
    """A marker whose words have no quotation marks, or which nobody closed; None where brackets mean something else."""
    gap = _GAP.match(text, end)
    after = gap.end() if gap else end
    if after == len(text):
        return Marker(at, after, ())  # cut off: 1 may have been the beginning of 12
    if not text[after].isalnum():
        return Marker(at, end, tuple(items)) if _LEFT_OPEN.match(text, end) else None
    limit = _limit(text, end)
    closed, opened = _CLOSED.search(text, after, limit), _OPENED.search(text, after, limit)
    if closed and after > end and (opened is None or closed.start() < opened.start()):
        words = text[after : closed.start()].strip()
        if _STRONG_GAP.search(text, end, after) or len(words.split()) >= _FEWEST_BARE_WORDS:
            return Marker(at, closed.end(), (*items[:-1], (items[-1][0], words)))
    cut_off = closed is None and opened is None and limit == len(text) and after > end
    return Marker(at, limit, ()) if cut_off else None


def _numbers(inside: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[,;]|\s+(?![-–])(?<![-–]\s)", inside):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + _MAX_RANGE:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return tuple(found)
