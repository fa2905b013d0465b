"""``newsdesk serve``: the app in a browser on this machine, for one visitor at a time, through textual-serve.

There is no login. What keeps others out: the server listens on loopback only; the address has a random part, made anew
each time, without which nothing is found; a request must name this server as its host (a page elsewhere whose name was
bound to 127.0.0.1 does not) and a WebSocket must come from this server's own page; and the pages load nothing from
anywhere else, which the browser is told to hold them to.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import shlex
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from string import Template
from urllib.parse import quote

import textual_serve
from aiohttp import WSCloseCode, web
from textual_serve.download_manager import DownloadManager

from qa.errors import ExitCode, NewsdeskError, UsageError
from qa.render import show
from tui.browser import DRIVER
from tui.visitor import LEAVING, MOST_CELLS, VisitorsApp, relay, within

_PAGES = Path(__file__).parent / "pages"
_STATIC = Path(textual_serve.__file__).parent / "static"
_FONT = 16
_TAIL = 4000
"""Characters shown of what an app wrote to its standard error."""
_HERE = ("127.0.0.1", "localhost", "[::1]")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(options: Mapping[str, str | None], host: str, port: int) -> int:
    """Serve the app with these settings until Ctrl+C; return the exit code. Raises NewsdeskError."""
    return asyncio.run(_served(options, _loopback(host), port))


def _loopback(host: str) -> str:
    """The address to listen on. Raises UsageError for one that others could reach."""
    address = "127.0.0.1" if host.lower() == "localhost" else host.strip("[]")
    with suppress(ValueError):
        if ipaddress.ip_address(address).is_loopback:
            return address
    raise UsageError(
        f"newsdesk serve listens on this machine only, not on {host}",
        "It has no login: who reaches it reads your articles and spends your key. To read on another machine, forward "
        "the port to it: ssh -L 8765:127.0.0.1:8765 THIS-MACHINE",
    )


async def _served(options: Mapping[str, str | None], host: str, port: int) -> int:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(ending, over.set)
    desk = FrontDesk(app_command(options))
    runner = web.AppRunner(desk.application(), access_log=None, shutdown_timeout=LEAVING)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise _unusable(host, port, error) from None
        desk.port = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        print(f"http://{shown}:{desk.port}/{desk.token}/", flush=True)  # noqa: T201 - this is the command's answer
        _say("Open this address in a browser on this machine; one window at a time. Ctrl+C ends it.")
        await over.wait()
        _say("ending…")
    finally:
        await runner.cleanup()
    return ExitCode.OK


def _unusable(host: str, port: int, error: OSError) -> NewsdeskError:
    why = (error.strerror or str(error)).partition(": ")[2] or error.strerror or str(error)
    return UsageError(f"port {port} of {host} cannot be used: {why}", "Name another one with --port.")


def app_command(options: Mapping[str, str | None]) -> str:
    """The shell command of the app with these settings; its process is the app, without a shell in between."""
    given = [word for name, value in options.items() if value for word in (f"--{name.replace('_', '-')}", value)]
    app = [sys.executable, "-P", "-m", "tui", *given]
    return f"exec env TEXTUAL_DRIVER={shlex.quote(DRIVER)} {shlex.join(app)}"


class FrontDesk:
    """The pages, and the WebSocket that drives the app of the one visitor."""

    def __init__(self, command: str) -> None:
        """A desk that runs ``command`` for a visitor."""
        self.token = secrets.token_urlsafe(24)
        self.port = 0
        self._command = command
        self._free = asyncio.Event()
        self._free.set()
        self._socket: web.WebSocketResponse | None = None
        self._downloads = DownloadManager()

    def application(self) -> web.Application:
        """The web application."""
        application = web.Application(middlewares=[self._guarded])
        application.add_routes(
            [
                web.get(f"/{self.token}/", self._page),
                web.get(f"/{self.token}/ws", self._visit),
                web.get(f"/{self.token}/typing.js", self._script),
                web.static(f"/{self.token}/static", _STATIC),
                web.get("/download/{key}", self._download),  # the path that textual-serve's script opens
            ]
        )
        application.on_shutdown.append(self._send_away)
        return application

    # who may come in

    @web.middleware
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Only requests to this server by its own name, and to its own addresses; with each answer, what a browser is
        to hold the pages to."""
        if request.host not in self._names():
            return self._safe(web.Response(status=403, text="This is not the name of this server.\n"), request)
        try:
            response = await handler(request)
        except web.HTTPNotFound:
            response = _html("elsewhere", 404)
        except web.HTTPException as refused:
            response = web.Response(status=refused.status, text=f"{refused.reason}\n")
        return response if response.prepared else self._safe(response, request)

    def _names(self) -> set[str]:
        names = {f"{name}:{self.port}" for name in _HERE}
        return names | set(_HERE) if self.port == 80 else names

    def _safe(self, response: web.StreamResponse, request: web.Request) -> web.StreamResponse:
        itself = f"'self' ws://{request.host}" if request.host in self._names() else "'none'"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
            f"img-src 'self' data:; connect-src {itself}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    # what there is

    async def _page(self, request: web.Request) -> web.Response:
        if not await self._is_free():
            return _html("taken", 409)
        size = _number(request.query.get("fontsize"), _FONT, 64)
        return _html("reading", 200, websocket=f"ws://{request.host}/{self.token}/ws", size=str(size))

    async def _script(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(_PAGES / "typing.js")

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        """Run the app for the visitor for as long as the WebSocket is open."""
        if request.headers.get("Origin") not in {f"http://{name}" for name in self._names()}:
            raise web.HTTPForbidden(reason="Newsdesk opens in its own page only")
        if not self._free.is_set():
            raise web.HTTPConflict(reason="Newsdesk is open in another window")
        self._free.clear()
        try:
            return await self._run(request)
        finally:
            self._socket = None
            self._free.set()

    async def _is_free(self) -> bool:
        """Whether nobody reads; a visitor who has just left is waited for."""
        if self._socket is not None and self._socket.closed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._free.wait(), LEAVING)
        return self._free.is_set()

    async def _run(self, request: web.Request) -> web.StreamResponse:
        self._socket = socket = web.WebSocketResponse(heartbeat=15)
        with tempfile.NamedTemporaryFile(prefix="newsdesk-", suffix=".log") as said:
            try:
                await socket.prepare(request)
                visitor = VisitorsApp(f"{self._command} 2>{shlex.quote(said.name)}", socket, self._downloads)
                width, height = (_number(request.query.get(n), size) for n, size in (("width", 80), ("height", 24)))
                await visitor.start(width, height)
                try:
                    await relay(socket, visitor)
                finally:
                    await visitor.leave()
            finally:
                _tell(Path(said.name))
        return socket

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file that the app hands to its visitor, once."""
        key = request.match_info["key"]
        try:
            name = (await self._downloads.get_download_metadata(key)).file_name
        except KeyError:
            raise web.HTTPNotFound from None
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        self._safe(response, request)
        await response.prepare(request)
        async for chunk in self._downloads.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response

    async def _send_away(self, application: web.Application) -> None:
        if self._socket is not None:
            await self._socket.close(code=WSCloseCode.GOING_AWAY, message=b"newsdesk serve has ended")


def _number(given: str | None, default: int, most: int = MOST_CELLS) -> int:
    known = given is not None and given.isascii() and given.isdigit() and len(given) < 6
    return within(int(given or 0), most) if known else default


def _html(name: str, status: int, **values: str) -> web.Response:
    page = Template((_PAGES / f"{name}.html").read_text(encoding="utf-8")).substitute(values)
    return web.Response(status=status, text=page, content_type="text/html", charset="utf-8")


def _tell(said: Path) -> None:
    """What an app wrote to its standard error: why it ended, if it ended badly."""
    if words := said.read_text(encoding="utf-8", errors="replace").strip():
        _say(show(words[-_TAIL:]))


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
