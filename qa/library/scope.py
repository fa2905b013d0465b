"""What a search may find."""

from __future__ import annotations

from dataclasses import dataclass

from qa.types import Window


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be found: days (both ends included), sources, articles, and whether undated articles count."""

    window: Window
    sources: tuple[str, ...] = ()
    undated: bool = True
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Ids of the only ones that may be found."""
    passages: frozenset[int] | None = None
    """The numbers of their passages; None where ``articles`` does not limit."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered."""
        unnamed = not self.sources and self.passages is None
        return self.window.is_open and unnamed and self.undated and not self.has_words

    @property
    def has_words(self) -> bool:
        """Whether words decide what may be found."""
        return bool(self.phrases or self.without)
