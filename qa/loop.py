"""An event loop on a thread of its own, for the asynchronous work of a synchronous program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any


class LoopThread:
    """Runs coroutines that any thread submits. The thread starts with the first and ends with ``close``."""

    def __init__(self, name: str, at_end: Callable[[], Awaitable[None]]) -> None:
        """``at_end`` is awaited on the loop when it closes, after every coroutine was cancelled."""
        self._name = name
        self._at_end = at_end
        self._lock = threading.Lock()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def submit(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Start ``work``; cancelling the future cancels it. Raises RuntimeError after ``close``."""
        with self._lock:
            if self._closed:
                work.close()
                raise RuntimeError(f"the loop {self._name} is closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._serve, args=(self._loop,), name=self._name, daemon=True)
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self, patience_s: float = 5.0) -> None:
        """Cancel what runs and end the thread, waiting ``patience_s`` at most. Any number of times."""
        with self._lock:
            self._closed = True
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(patience_s)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        loop.run_until_complete(self._wind_up())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    async def _wind_up(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._at_end()
