"""What questions, briefings and quotations are limited to: set by the reader, and always in sight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from qa.period import Period


@dataclass(frozen=True, slots=True)
class Scope:
    """The as-of day, the window, the sources and the story; what is left out does not limit."""

    as_of: str | None = None
    """A day as it was typed; None is today."""
    period: Period = field(default_factory=Period)
    sources: tuple[str, ...] = ()
    """Their names, as the library spells them."""
    articles: tuple[str, ...] = ()
    """Ids of the articles of one story."""
    about: str = ""
    """The title of that story."""

    @property
    def first(self) -> str | None:
        """The first day of publication."""
        return self.period.day or self.period.first

    @property
    def last(self) -> str | None:
        """The last day of publication."""
        return self.period.day or self.period.last

    def on_story(self, title: str, articles: tuple[str, ...]) -> Scope:
        """This scope within one story; with no articles, the story is left."""
        return replace(self, articles=articles, about=title if articles else "")
