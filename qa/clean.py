"""The two doors outside text passes: ``clean`` when it enters the library, ``show`` when it is displayed.

Nothing else in Newsdesk strips or escapes. Attacks these doors are built against: escape sequences (ECMA-48),
bidirectional overrides (CVE-2021-42574), invisible tag characters, lone surrogates.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_RUN = 1_000
"""Longest run of one character that is kept; tokenizers fail on longer ones."""
MAX_MARKS = 30
"""Combining marks kept on one letter (Unicode Annex 15, Stream-Safe Text): NFC takes quadratic time on more."""

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI, then OSC and DCS with what they carry
    r"|[\x1b\x9b]?(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x08\x0a-\x1f\x7f-\x9f]{0,100000}(?:\x07|\x1b\\|\x9c)"
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
_NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")
_FORBIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters and marks that show nothing
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_FORBIDDEN}]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SELECTORS = re.compile("[\ufe00-\ufe0f](?<![0-9#*\u1000-\ufdff\ufe10-\U0010ffff][\ufe00-\ufe0f])")
"""Variation selectors but one behind a sign that has variants: any number of them hides a text behind a letter."""
_JOINERS = re.compile("[\u200c\u200d]")
_RUNS = re.compile(rf"(.)\1{{{MAX_RUN},}}", re.DOTALL)
_PERHAPS_MARKS = re.compile("[\u0300-\U0010ffff]{31,}")
_SPACE_RUNS = re.compile(rf"[^\S\n]{{{MAX_RUN + 1},}}")
_SHOWN = re.compile(f"[{_FORBIDDEN}\ud800-\udfff\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text and how many characters were cut from it or replaced in it."""

    text: str
    cut: int = 0
    replaced: int = 0

    @property
    def report(self) -> str:
        """What a person is told, empty when nothing was done."""
        told = []
        if self.cut:
            told.append(f"cut {self.cut} control, invisible or endlessly repeated character(s)")
        if self.replaced:
            told.append(f"replaced {self.replaced} undecodable character(s)")
        return ", ".join(told)


def clean(text: str) -> Cleaned:
    """Text as the library keeps it: NFC, no control or invisible characters, no endless runs. Idempotent."""
    before, replaced = len(text), 0
    if _SHOWN.search(text):
        text = _NEWLINES.sub("\n", text)
        text, replaced = _SURROGATES.subn("\ufffd", text)
        before = len(text)
        text = _ESCAPES.sub("", text)
        text = _INVISIBLE.sub("", text)
    text = _settled(text)
    cut = before - len(text)
    while True:
        settled, spaces, runs = unicodedata.normalize("NFC", text), 0, 0
        if _may_repeat(settled):
            settled, spaces = _SPACE_RUNS.subn(" ", settled)
            settled, runs = _RUNS.subn(lambda m: m.group(1) * MAX_RUN, settled)
        settled = _settled(settled)
        if settled == text:
            return Cleaned(text, cut, replaced)
        cut += max(0, len(text) - len(settled)) if runs or spaces else 0
        text = settled


def _may_repeat(text: str) -> bool:
    """False only where no run longer than MAX_RUN can be: such a run covers one of the stretches of half its length,
    end to end, and looking at these is much cheaper than looking everywhere."""
    half = MAX_RUN // 2
    between = (text[at : at + half + 1] for at in range(0, len(text) - half, half))
    return any((part[0] == part[-1] and part == part[0] * len(part)) or part.isspace() for part in between)


def clean_line(text: str) -> str:
    """A title, source or name: cleaned, on one line, without outer space."""
    return " ".join(clean(text).text.split())


def _settled(text: str) -> str:
    """Without what hides between letters: joiners that join nothing, selectors that select nothing, endless marks."""
    return text if text.isascii() else _few_marks(_lone_joiners(_SELECTORS.sub("", text)))


def _lone_joiners(text: str) -> str:
    """Keep zero-width joiners only where scripts and emoji need them: between two characters that join."""

    def kept(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return match.group() if _joins(before) and _joins(after) else ""

    while "\u200c" in text or "\u200d" in text:
        settled = _JOINERS.sub(kept, text)
        if settled == text:
            return text
        text = settled
    return text


def _few_marks(text: str) -> str:
    """Cut what exceeds MAX_MARKS combining marks in a row."""

    def kept(match: re.Match[str]) -> str:
        letters: list[str] = []
        marks = 0
        for character in match.group():
            marks = marks + 1 if unicodedata.combining(character) else 0
            if marks <= MAX_MARKS:
                letters.append(character)
        return "".join(letters)

    return _PERHAPS_MARKS.sub(kept, text)


def _joins(character: str) -> bool:
    """Whether a zero-width joiner beside this character can mean something (emoji, Arabic, Indic scripts)."""
    if not character:
        return False
    point = ord(character)
    return (
        0x0600 <= point <= 0x0DFF
        or point == 0xFE0F
        or 0x2190 <= point <= 0x2BFF
        or 0x1F000 <= point <= 0x1FAFF
        or 0x1000 <= point <= 0x109F
    )


def show(text: str) -> str:
    """Text safe to display or export, one character for one, so that offsets and highlights hold."""
    return text if text.isascii() and text.isprintable() else _SELECTORS.sub("\ufffd", _SHOWN.sub("\ufffd", text))


def show_line(text: str) -> str:
    """The same on one line: newlines and tabs become spaces, one for one."""
    return show(text).replace("\n", " ").replace("\t", " ")
