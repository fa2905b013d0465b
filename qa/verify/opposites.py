"""What says the opposite: a negation on one side only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.facts import stem
from qa.stopwords import STOP_WORDS
from qa.verify.reading import Line, Read, carried

_NEGATION = re.compile(
    r"\b(?:not|never|nobody|nothing|neither|nor|without|cannot|none|hardly|no(?!\.| \d)|\w+n['’]t)\b"
    r"(?!\s+(?:only|just|merely|least|until|necessarily|so much|\.)\b)"
    r"|\b(?P<verb>(?:fail(?:s|ed|ing)?|refus(?:es|ed|ing)|declin(?:es|ed|ing)|unable) to"
    r"|den(?:ies|ied|ying)(?: that)?)\b",
    re.I,
)
"""What negates the words behind it."""
_SAYS_NO = re.compile(
    r"\b(?:(?P<ahead>without|neither|nor|hardly|barely|few|little|never|not|no(?!\.| \d)|none|nobody|nothing|cannot"
    r"|unless|too \w+ to|instead of|rather than|out of|\w+n['’]t)|fail\w*|refus\w+|den(?:y|ies|ied|ying|ials?)"
    r"|reject\w*|lack\w*|unable|prevent\w*|declin\w+|bann(?:ed|ing)|block\w*|avoid\w*|doubt\w*|rul(?:e|ed|ing) out"
    r"|oppose[sd]?|halt\w*|cancel\w*|scrapp\w+|resist\w*|ignor\w+|forb[aio]\w+|impossible|unlikely|unclear|unknown|unchanged|absent|absence|miss(?:ed|es|ing)?|"
    r"stop(?:s|ped|ping)?|los(?:e|es|ing|t)|disput\w+|untrue|false|dismiss\w*|contrary)\b",
    re.I,
)
"""Words that may say in another way what a negation says: of what is behind them alone, or also of what is before."""
_CARRIED = 0.5
"""Weighted share of the claim's words in one sentence from which a "not" that it has, and the claim not, counts."""
_AS_WELL = 0.5
"""Part of the best sentence's share from which another sentence may say the "not"."""
_BEHIND, _BEFORE = 8, 4
"""Words behind and before a word that says no, within the clause, that it may be said of."""
_CLAUSE_END = re.compile(r"[,;:()]|\s[-–—]|\b(?:and|but|while|although|though|because|who|which|after|as)\b", re.I)
_PASSED_OVER = frozenset(
    "whether yet longer ever even been any anything anyone going able also still so too true correct case fact".split()
)


def contested_negation(read: Read) -> str | None:
    """The reason, where the claim negates what the evidence says without a "not", or leaves one out."""
    return _not_added(read) or _not_left_out(read)


@dataclass(frozen=True, slots=True)
class Negated:
    """The word that is negated, the stems of it and of the two content words behind it, and what negates."""

    stem: str
    surface: str
    wide: frozenset[str]
    verb: str
    """The stem of the verb that negates; "" for a "not"."""


def negated_in(line: Line) -> Iterator[Negated]:
    """What each negation of a sentence negates."""
    for match in _NEGATION.finditer(line.text):
        end = _clause_end(line, match.end())
        content = [
            t
            for t in line.words
            if match.end() <= t.start < end
            and t.folded not in STOP_WORDS | _PASSED_OVER
            and not t.folded.endswith("ly")
            and len(t.folded) > 1
        ][:3]
        if content:
            wide = frozenset(stem(t.folded) for t in content)
            yield Negated(
                stem(content[0].folded),
                content[0].surface,
                wide,
                stem(match["verb"].split()[0].lower()) if match["verb"] else "",
            )


def _clause_end(line: Line, at: int) -> int:
    """Where the clause ends in which position ``at`` is, a content word being in it."""
    for match in _CLAUSE_END.finditer(line.text, at):
        if any(at <= t.start < match.start() and t.folded not in STOP_WORDS for t in line.words):
            return match.start()
    return len(line.text)


def _denied(line: Line, but: str = "") -> frozenset[str]:
    """Stems of the words that anything in a sentence, except the word ``but``, says no of: those behind it in its
    clause, and the few before."""
    found: set[str] = set()
    for match in _SAYS_NO.finditer(line.text):
        if stem(match.group().lower()) == but:
            continue
        end = _clause_end(line, match.end())
        about = [t for t in line.words if match.end() <= t.start < end][:_BEHIND]
        if not match["ahead"]:
            about += [t for t in line.words if t.end <= match.start()][-_BEFORE:]
        found |= {stem(t.folded) for t in about if t.folded not in STOP_WORDS}
    return frozenset(found)


def _not_added(read: Read) -> str | None:
    for said in negated_in(read.claim):
        about = [one for one in read.lines() if said.wide & one.stems]
        if said.verb and any(said.verb in one.stems for one in (*read.beside, *about)):
            continue
        if said.stem in read.line.stems:
            near = [one for one in about if carried(read.weights, one.stems) >= _AS_WELL * read.share]
            added = not any(said.stem in _denied(one, said.stem) for one in (*read.beside, *near))
        elif about:
            added = not any(said.wide & _denied(one, said.stem) for one in (*read.beside, *about))
        else:
            added = not _SAYS_NO.search(read.line.text)
        if added:
            return f"says “not {said.surface}”; the article says it without “not”"
    return None


def _not_left_out(read: Read) -> str | None:
    denied = {word for negated in negated_in(read.claim) for word in negated.wide}
    for told in negated_in(read.line):
        said_too = told.wide & read.claim.stems
        if (
            not told.wide & denied
            and told.stem in said_too
            and read.share >= _CARRIED
            and len(said_too) >= min(2, len(told.wide))
        ):
            return f"leaves out a “not”: the article says “not {told.surface}”"
    return None
