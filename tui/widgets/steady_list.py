"""Textual's OptionList, without the crash of its page keys where the list has no room at all."""

from __future__ import annotations

from textual.widgets import OptionList


class SteadyList(OptionList):
    """An OptionList that stays where it is when it is told to page and has no lines (Textual 8.2 raises KeyError)."""

    @property
    def _has_room(self) -> bool:
        return self.scrollable_content_region.height > 0

    def action_page_down(self) -> None:
        """A page on, where there is one."""
        if self._has_room:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def action_page_up(self) -> None:
        """A page back, where there is one."""
        if self._has_room:
            super().action_page_up()  # type: ignore[no-untyped-call]
