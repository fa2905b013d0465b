"""Two panes: sentences in a list, the words behind the one under the cursor beside it, and the way from one to the
other, also where there is room for one of them only."""

from __future__ import annotations

from tui.screens.desk_screen import DeskScreen
from tui.widgets.quote_pane import QuotePane


class TwoPanesScreen(DeskScreen):
    """A screen with a list of sentences and a QuotePane; where there is room for one, the class ``-quoting`` gives it
    to the quoted words."""

    def action_words(self) -> None:
        """To the quoted words: where there is no room for two panes they take the place of the list."""
        self.add_class("-quoting")
        self.set_focus(self.query_one(QuotePane))

    def action_enter_list(self) -> None:
        """To the list, from the box or from the quoted words."""
        self.remove_class("-quoting")
        super().action_enter_list()

    def action_back(self) -> None:
        """From the quoted words to the list; else as everywhere."""
        if self.query_one(QuotePane).has_focus:
            self.action_enter_list()
        else:
            super().action_back()
