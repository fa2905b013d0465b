"""The app's end of ``newsdesk serve``: the driver that speaks to the server instead of a terminal."""

from __future__ import annotations

from textual import messages
from textual.drivers.web_driver import WebDriver

DRIVER = f"{__name__}:BrowserDriver"
"""The driver as ``TEXTUAL_DRIVER`` names it."""


class BrowserDriver(WebDriver):
    """Textual's driver for a browser; when the server is gone, the app ends too."""

    def run_input_thread(self) -> None:
        """Read what the server sends; at its end there is nobody left to show anything to."""
        super().run_input_thread()
        self._app.post_message(messages.ExitApp())
