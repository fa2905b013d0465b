"""One visitor of ``newsdesk serve``: the app that runs for who sits at the browser, and what goes to and fro."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

MOST_CELLS = 1000
"""Columns or lines of a screen."""
LEAVING = 5.0
"""Seconds that an app has to leave by itself before it is ended."""


class VisitorsApp(AppService):
    """The app of one visitor. It leaves when the WebSocket closes, and the WebSocket closes when it leaves."""

    def __init__(self, command: str, socket: web.WebSocketResponse, downloads: DownloadManager) -> None:
        """An app that ``command`` starts, for who is at the other end of ``socket``."""
        super().__init__(
            command,
            write_bytes=self._show,
            write_str=self._ask,
            close=self._close,
            download_manager=downloads,
        )
        self._socket = socket

    async def _show(self, data: bytes) -> None:
        with suppress(ConnectionError):  # the visitor has gone; what the app still writes is read to its end
            await self._socket.send_bytes(data)

    async def _ask(self, text: str) -> None:
        with suppress(ConnectionError):
            await self._socket.send_str(text)

    async def _close(self) -> None:
        await self._socket.close()

    async def run(self) -> None:
        """Pass on what the app shows; however that ends, the visitor is not left before a dead screen."""
        try:
            await super().run()
        finally:
            await self._close()

    async def on_meta(self, data: bytes) -> None:
        """Do what the app asks of the browser, which opens pages of the web and nothing else, each in its own tab."""
        asked = json.loads(data)
        if asked.get("type") == "open_url":
            if not str(asked.get("url")).lower().startswith(("http://", "https://")):
                return
            data = json.dumps({**asked, "new_tab": True}).encode()
        await super().on_meta(data)

    async def leave(self) -> None:
        """Have the app leave, and end it when it does not."""
        process = self._process
        assert process is not None
        with suppress(TimeoutError, ConnectionError):
            await asyncio.wait_for(self.stop(), LEAVING)
        try:
            await asyncio.wait_for(process.wait(), LEAVING)
        except TimeoutError:
            process.kill()
            await process.wait()


async def relay(socket: web.WebSocketResponse, visitor: VisitorsApp) -> None:
    """Pass on what the visitor types, until the WebSocket closes. What is no message of the page is passed over."""
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            kind, *values = message.json()
        except (ValueError, TypeError, RecursionError):
            continue
        value = values[0] if values else None
        match kind, value:
            case "stdin", str():
                await visitor.send_bytes(value.encode("utf-8", "replace"))
            case "resize", {"width": int() as width, "height": int() as height}:
                await visitor.set_terminal_size(within(width), within(height))
            case "ping", str() | None:
                await socket.send_json(["pong", value])
            case "blur", _:
                await visitor.blur()
            case "focus", _:
                await visitor.focus()


def within(value: int, most: int = MOST_CELLS) -> int:
    """``value``, from 1 to ``most``."""
    return min(max(value, 1), most)
