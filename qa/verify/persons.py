"""Another person: a name of the claim of whom the evidence does not say this, while it says it of somebody else."""

from __future__ import annotations

import re

from qa.aliases import is_told
from qa.facts import Name, names
from qa.peoples import is_of_a_place, of_one_place
from qa.stopwords import STOP_WORDS
from qa.verify.reading import Line, Read

_AND_BEFORE = re.compile(r"[A-Z][\w.’'-]*,?\s+(?:and|or)\s+(?:[a-z]+\s+)?$")
_AND_BEHIND = re.compile(r",?\s+(?:and|or)\s+(?:[a-z]+\s+)?[A-Z]")
_AROUND = 4
"""Content words on either side of a name that tell what is said of it."""
_FITS = 0.4
"""Weighted share of those that must stand in a sentence that names somebody else."""
_BETTER = 0.2
"""How much larger that share must be than in any sentence about the claim's own name."""
_GOES_ON = 2
"""Sentences behind one that names somebody in which a pronoun may still stand for the name."""


def contested_person(read: Read) -> tuple[str, str] | None:
    """A name of the claim, and the other one that stands among the words it has there, when it does not itself."""
    told = [[(line, names(line.text)) for line in lines] for lines in read.passages]
    full = {word for lines in told for _, some in lines for name in some if len(name.words) > 1 for word in name.words}
    stated = names(read.claim.text)
    mine = {word for name in stated for word in name.words}
    for name in stated:
        context = _around(read.claim, name, set(name.words))
        if len(context) < 2 or not _is_somebody(name) or not set(name.words) & full or _is_one_of_several(read, name):
            continue
        own, other, words = 0.0, 0.0, ""
        for lines in told:
            for n, (line, some) in enumerate(lines):
                fit = _share(read, context, line)
                if any(_has(one, of, name) for one, of in lines[max(0, n - _GOES_ON) : n + 1]):
                    own = max(own, fit)
                elif fit > other and (others := [o for o in some if _is_somebody(o) and not set(o.words) & mine]):
                    other, words = fit, others[0].text
        if other >= _FITS and other >= own + _BETTER:
            return name.text, words
    return None


def _is_one_of_several(read: Read, name: Name) -> bool:
    """Whether a claim says the same of others too: each may stand in a sentence of its own."""
    text, end = read.claim.text, name.start + len(name.text)
    return bool(_AND_BEFORE.search(text[: name.start]) or _AND_BEHIND.match(text[end:]))


def _is_somebody(name: Name) -> bool:
    """Whether a name may be a person's: no abbreviation, no name of a people or a point of the compass."""
    return not (
        len(name.words) == 1 and (name.text.isupper() or name.text[1:2].isupper() or is_of_a_place(name.words[0]))
    )


def _has(line: Line, some: tuple[Name, ...], name: Name) -> bool:
    """Whether a sentence names somebody, in any form."""
    if any(token.folded in name.words for token in line.words):
        return True
    return any(
        is_told(word, have) or of_one_place(word, have) for word in name.words for one in some if (have := {*one.words})
    )


def _share(read: Read, context: frozenset[str], line: Line) -> float:
    weight = sum(read.weights.get(one, 1.0) for one in context)
    return sum(read.weights.get(one, 1.0) for one in context & line.stems) / (weight or 1.0)


def _around(claim: Line, name: Name, mine: set[str]) -> frozenset[str]:
    """Stems of the words on either side of a name that are no part of any."""
    end = name.start + len(name.text)
    content = [n for n, t in enumerate(claim.words) if t.folded not in STOP_WORDS | mine]
    before = [n for n in content if claim.words[n].end <= name.start][-_AROUND:]
    behind = [n for n in content if claim.words[n].start >= end][:_AROUND]
    return frozenset(claim.stemmed[n] for n in (*before, *behind))
