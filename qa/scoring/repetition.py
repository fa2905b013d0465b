"""Which of the sentences told say what was told before: by their words, names and numbers, and by no rule that a
briefing is written by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.facts import content_stems, name_words, numbers

_MOSTLY = 0.75
"""Share of its words that one sentence told before must hold, for another to say it again."""


@dataclass(frozen=True, slots=True)
class _Read:
    stems: frozenset[str]
    values: frozenset[float]
    names: frozenset[str]

    @classmethod
    def of(cls, text: str) -> _Read:
        values = frozenset(number.value for number in numbers(text))
        return cls(frozenset(content_stems(text)), values, name_words(text))

    def repeats(self, other: _Read) -> bool:
        """Whether this says nothing that ``other`` does not: no number, no name, and few words."""
        if not self.stems or self.values - other.values or self.names - other.names - other.stems:
            return False
        return len(self.stems & other.stems) >= _MOSTLY * len(self.stems)


def repeated(told: Sequence[str], before: Iterable[str] = ()) -> list[str]:
    """The sentences of ``told`` that say what one of those ``before``, or of themselves further up, says."""
    known = [_Read.of(text) for text in before]
    again = []
    for text in told:
        read = _Read.of(text)
        if any(read.repeats(one) for one in known):
            again.append(text)
        known.append(read)
    return again
