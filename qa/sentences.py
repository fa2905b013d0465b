"""Sentences as spans that tile a text: sentencex finds the boundaries, the rules here fill what it leaves open."""

from __future__ import annotations

import re
from typing import NamedTuple

_BREAK = re.compile(r"\n[^\S\n]*(?:\n\s*)+|\n(?=[^\S\n]*(?:[-–—•*·▪]\s|\d{1,2}[.)]\s))")
_LINE_BREAK = re.compile(r"\n\s*")
_WRAPPED_WIDTH = 100
"""A text whose longest line is shorter is taken as wrapped by hand, so a single newline ends nothing in it."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_TITLE_BEFORE = re.compile(
    r"(?:^|[\s(“\"-])(?:Reps?|Sens?|Govs?|Gens?|Lt|Col|Capt|Sgt|Cpl|Adm|Rev|Hon|Mr|Mrs|Ms|Messrs|Dr|Drs|Prof|Pres|Supt)\.\s+$"
)
"""A title before a name ends no sentence, also when a word hangs on it ("then-Sen. Kamala Harris")."""
_GOES_ON_BEFORE = re.compile(
    r"(?:^|[\s(„“«»\"/-])(?:Abs|bspw|bzw|ca|dgl|Dipl|Dr|Doz|etw|evtl|Fa|geb|gest|ggf|Hrn|inkl|Ing|(?<=\d\s)Mio|(?<=\d\s)Mrd|Mrn|Nr|sog"
    r"|Str|Tsd|usf|vgl|zzgl|Mmes?|Mlles?|Mgr|Sra?s?|Srta|Dña|Ud|Uds|EE|núm|pág|Exmo|Exma|dott|dr\.ssa|geom|rag|sig\.ra"
    r"|dhr|mevr|mw|drs|jl|kl|bl\.a|f\.eks|t\.ex|ul|np|tzn|tzw|prof|inż|tj|tzv|např|sv|hl\.m"
    r"|z\.\s?B|d\.\s?h|u\.\s?a|i\.\s?d\.\s?R|p\.\s?ex|av\.\s?J"
    r"|ул|им|(?<!\d\s)г|проф|акад|просп|пл|обл|[А-ЯЁІЇЄ])\.\s+$"
)
"""An abbreviation of another language that a word follows; none of them ends a sentence of English."""
_MONTHS = (
    "Januar Jänner Februar März Mai Juni Juli Oktober Dezember januar januari februar februari marts mars mart maj mai "
    "juni juli august augusti oktober desember december september november april ledna února března dubna května "
    "června července srpna září října listopadu prosince siječnja veljače ožujka travnja svibnja lipnja srpnja "
    "kolovoza rujna listopada studenoga prosinca"
)
_COUNTED = "Jahrhundert Quartal Halbjahr Weltkrieg Lebensjahr Bundesliga Liga Etage Platz Tag Mal"
_MONTH = re.compile(rf"(?:{'|'.join(f'{_MONTHS} {_COUNTED}'.split())}|\w+kuuta)\b")
_GERMAN_MONTH = re.compile(r"(?:April|August|September|November)\b")
_ORDINAL = re.compile(r"(?<![\d.,])\d{1,2}\.\s+$")
_GERMAN_ORDINAL = re.compile(
    r"\b(?:[Aa]b|[Aa]m|[Bb]is|[Dd]em|[Dd]en|[Dd]er|[Ss]eit|[Uu]nd|[Vv]om|[Zz]um)\s\d{1,2}\.\s+$"
)
_SMALL = re.compile("[α-ωά-ώа-яёіїєґ]")
_APART = re.compile(r"[.!?](?<=\s.)(?:\s+[”’»)])*\s+(?!['\"”’»)]\s)(?=\S)")
"""A stop that stands by itself, as in tokenised text, always ends a sentence."""
_CLOSERS = "\"'”’»)]"
_PIECE = 100_000
"""Characters handed to the segmenter at once; a longer paragraph is cut at a space."""


class Span(NamedTuple):
    """Half-open character positions."""

    start: int
    end: int


def sentence_spans(text: str) -> list[Span]:
    """The sentences of ``text``, each with the white space after it; joined they are the text again.

    A blank line, a list item and (unless the text is wrapped by hand) any line break ends a sentence; within a line
    sentencex decides. Source: sentencex, Wikimedia Foundation.
    """
    spans: list[Span] = []
    for start, end in _lines(text):
        spans.extend(_within(text, start, end))
    return _without_blanks(text, spans)


def is_wrapped(text: str) -> bool:
    """Whether the lines of ``text`` were broken by hand, all of them short."""
    return max((len(line) for line in text.split("\n")), default=0) < _WRAPPED_WIDTH and text.count("\n") > 2


_GLUED = re.compile(r"[a-z]{3}[A-Z](?:[a-z]|[A-Z]{2})")


def is_glued(text: str) -> bool:
    """Whether words were run together when the article was saved ("Joe BidenPress:"): links, not a sentence."""
    return _GLUED.search(text) is not None


def trimmed(text: str, span: Span) -> Span:
    """The span without the white space around it."""
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Span(start, max(start, span.start + len(piece.rstrip())))


def _lines(text: str) -> list[Span]:
    wrapped = is_wrapped(text)
    starts = [0]
    starts.extend(match.end() for match in (_BREAK if wrapped else _LINE_BREAK).finditer(text))
    ends = [*starts[1:], len(text)]
    lines = []
    for first, end in zip(starts, ends, strict=True):
        start = first
        while end - start > _PIECE:
            cut = text.rfind(" ", start + 1, start + _PIECE) + 1 or start + _PIECE
            lines.append(Span(start, cut))
            start = cut
        if end > start:
            lines.append(Span(start, end))
    return lines


def _within(text: str, start: int, end: int) -> list[Span]:
    import sentencex

    line = text[start:end]
    line = line if line.isascii() else _SURROGATES.sub("\ufffd", line)
    starts = {0}
    for boundary in sentencex.get_sentence_boundaries("en", line):
        at = int(boundary["start_index"])
        if 0 < at < len(line) and not _goes_on(line, at):
            starts.add(at)
    starts.update(match.end() for match in _APART.finditer(line) if match.end() < len(line))
    ordered = sorted(starts)
    return [Span(start + a, start + b) for a, b in zip(ordered, [*ordered[1:], len(line)], strict=True)]


def _goes_on(line: str, at: int) -> bool:
    """Whether what is taken for a sentence's end before ``at`` is none: a title, an abbreviation, an ordinal number of
    a day, or a full stop before a small letter of Cyrillic or Greek.

    The rules hold whatever the language, so that a sentence taken alone is parted as it is within its article.
    """
    before = max(0, at - 20)
    if not line[before:at].rstrip().endswith("."):
        return False
    if _TITLE_BEFORE.search(line, before, at) or _GOES_ON_BEFORE.search(line, before, at):
        return True
    if _SMALL.match(line, at):
        return True
    if not _ORDINAL.search(line, before, at):
        return False
    german = _GERMAN_MONTH.match(line, at) and _GERMAN_ORDINAL.search(line, before, at)
    return bool(german or _MONTH.match(line, at))


def _without_blanks(text: str, spans: list[Span]) -> list[Span]:
    """Spans of white space, or of closing quotes alone, join the sentence before them."""
    joined: list[Span] = []
    for span in spans:
        piece = text[span.start : span.end].strip()
        if joined and (not piece or all(c in _CLOSERS for c in piece)):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    if len(joined) > 1 and not text[joined[0].start : joined[0].end].strip():
        joined[1] = Span(joined[0].start, joined[1].end)
        joined.pop(0)
    return joined
