"""The app's stylesheet: what was parsed once is not parsed again, for a dialog opened later or for another theme.

Textual parses all of its CSS anew each time that a screen brings a file of its own, on the event loop.
"""

from __future__ import annotations

from typing import Any

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}
"""Rules by the variables of a theme, then by source; for as long as the process runs."""


class ParsedOnce(Stylesheet):
    """Textual's stylesheet, with the rules of each source kept for each theme."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        """A stylesheet with the variables of a theme."""
        super().__init__(variables=variables)
        self._key = tuple(sorted((variables or {}).items()))

    def set_variables(self, variables: dict[str, str]) -> None:
        """Use the colours of another theme."""
        super().set_variables(variables)
        self._key = tuple(sorted(variables.items()))

    def _parse_rules(self, *args: Any, **named: Any) -> list[RuleSet]:
        key = (self._key, args, tuple(sorted(named.items())))
        if key not in _parsed:
            _parsed[key] = super()._parse_rules(*args, **named)
        return _parsed[key]

    def reparse(self) -> None:
        """Take the rules of all sources, as they are with the variables now. Raises as Textual's does."""
        self.parse()
