"""A sentence where it stands, with what it, its neighbours and its article hold of a question."""

from __future__ import annotations

from dataclasses import dataclass

from qa.lines import Line, Reading


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence where it stands."""

    reading: Reading
    n: int
    """Which sentence of the article."""
    here: frozenset[str]
    """Stems of the question in the sentence itself."""
    near: frozenset[str]
    """Those in its title, the two sentences before it, the one after it, and itself."""
    whole: frozenset[str]
    """Those in all of its article."""
    names_all: bool
    """Whether its article names everyone and every place that the question names."""

    @property
    def line(self) -> Line:
        """The sentence."""
        return self.reading.lines[self.n]

    @property
    def text(self) -> str:
        """Its text."""
        return self.line.text

    @property
    def before(self) -> str:
        """The two sentences before it."""
        return " ".join(line.text for line in self.reading.lines[max(0, self.n - 2) : self.n])

    def names_near(self, word: str) -> bool:
        """Whether a folded word stands in it, beside it, or in the title."""
        read = self.reading
        return word in read.title_words or (
            word in read.spelled and any(read.holds(line, word) for line in read.around(self.n))
        )
