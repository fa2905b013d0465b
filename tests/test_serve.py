"""The app in a browser: who is let in, what a page may load, one visitor at a time, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from html.parser import HTMLParser
from pathlib import Path

import psutil
import pyte
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError, web

from qa.errors import ExitCode
from qa.errors import UsageError as Refused
from tui.__main__ import main
from tui.serve import FrontDesk, app_command, serve

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
ESC = "\x1b"


class Site:
    """A running ``newsdesk serve`` as its visitor knows it."""

    def __init__(self, address: str, process: subprocess.Popen[str]) -> None:
        self.address, self.process = address, process
        self.origin = "/".join(address.split("/")[:3])
        self.socket = f"{address.replace('http', 'ws', 1)}ws"

    def apps(self) -> list[psutil.Process]:
        """The apps that run for visitors."""
        return [one for one in psutil.Process(self.process.pid).children() if one.status() != psutil.STATUS_ZOMBIE]


@contextmanager
def served(library: Path) -> Iterator[Site]:
    command = [sys.executable, "-P", "-m", "tui", "--library", str(library), "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--as-of", "2026-02-05"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Site(process.stdout.readline().strip(), process)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


class Window:
    """A browser's window: what is on the terminal in it."""

    def __init__(self, opened: ClientWebSocketResponse) -> None:
        self.opened = opened
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._screen.display).split())

    async def shows(self, words: str) -> None:
        """Read frames until these words are on the screen."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.words:
                message = await self.opened.receive()
                assert message.type is WSMsgType.BINARY, (message, self.words)
                self._stream.feed(message.data)

    async def types(self, text: str) -> None:
        await self.opened.send_json(["stdin", text])

    async def closes(self) -> None:
        """Read until the server closes."""
        async with asyncio.timeout(PATIENCE):
            while (await self.opened.receive()).type not in {WSMsgType.CLOSED, WSMsgType.CLOSE}:
                pass


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        await asyncio.sleep(0.05)


async def answer(session: ClientSession, address: str, **headers: str) -> tuple[int, str]:
    async with session.get(address, headers=headers) as response:
        return response.status, await response.text()


async def refused(session: ClientSession, address: str, **headers: str) -> int:
    """The status with which a WebSocket is refused."""
    with pytest.raises(WSServerHandshakeError) as caught:
        await session.ws_connect(address, headers=headers)
    return caught.value.status


def test_a_visitor_asks_in_a_browser_and_a_second_one_is_told_why_not(own_seeds: Path) -> None:
    library = own_seeds.rename(own_seeds.with_name("lib'; touch $(pwned) \"&"))

    async def test(site: Site) -> None:
        async with ClientSession() as session:
            status, page = await answer(session, site.address)
            assert (status, f'"{site.socket}"' in page) == (200, True)
            async with session.ws_connect(f"{site.socket}?width=80&height=24", headers={"Origin": site.origin}) as ws:
                window = Window(ws)
                await window.shows("2 articles")
                status, page = await answer(session, site.address)
                assert (status, "open in another window" in page, "one owner" in page) == (409, True, True)
                assert await refused(session, site.socket, Origin=site.origin) == 409
                assert len(site.apps()) == 1
                for nonsense in ("{", "[]", "7", '["resize", {"width": "x"}]', '["stdin", 7]', '["none"]', "[" * 9999):
                    await ws.send_str(nonsense)
                await window.types("Where are the US-Iran talks expected to take place?\r")
                await window.shows("Istanbul")
                await window.shows("supported")
                assert 'touch $(pwned) "&' in window.words
                await window.types("\x11")
                await window.closes()
            status, _ = await answer(session, site.address)
            assert (status, site.apps()) == (200, [])
            async with session.ws_connect(site.socket, headers={"Origin": site.origin}) as ws:
                await Window(ws).shows("2 articles")

            async def free() -> bool:
                return (await answer(session, site.address))[0] == 200

            await until(free, "the closed window's app has left")
            assert site.apps() == []

    with served(library) as site:
        asyncio.run(test(site))
    assert site.process.returncode == ExitCode.OK
    assert not list(ROOT.glob("pwned"))


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_however_the_server_ends_no_app_stays(seeds_library: Path, ending: signal.Signals, code: int) -> None:
    async def test(site: Site) -> None:
        async with (
            ClientSession() as session,
            session.ws_connect(site.socket, headers={"Origin": site.origin}) as ws,
        ):
            window = Window(ws)
            await window.shows("2 articles")
            (app,) = site.apps()
            site.process.send_signal(ending)
            await window.closes()

            async def gone() -> bool:
                return not app.is_running() or app.status() == psutil.STATUS_ZOMBIE

            await until(gone, "the app has left")
            assert site.process.wait(PATIENCE) == code

    with served(seeds_library) as site:
        asyncio.run(test(site))


# without the app: a front desk in this process, and scripted apps


@asynccontextmanager
async def desk(command: str = "exit 0") -> AsyncIterator[tuple[FrontDesk, str, ClientSession]]:
    """A front desk, the address of its page, and a visitor."""
    front = FrontDesk(command)
    runner = web.AppRunner(front.application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    front.port = runner.addresses[0][1]
    try:
        async with ClientSession() as session:
            yield front, f"http://127.0.0.1:{front.port}/{front.token}/", session
    finally:
        await runner.cleanup()


def script(tmp_path: Path, *lines: str) -> str:
    """The command of an app of these lines, which can ``say`` packets."""
    file = tmp_path / "app.py"
    opening = (
        "import json, sys\n"
        "def say(kind, data):\n"
        "    sys.stdout.buffer.write(kind + len(data).to_bytes(4, 'big') + data)\n"
        "    sys.stdout.buffer.flush()\n"
        "def ask(**what): say(b'M', json.dumps(what).encode())\n"
        "def start(): sys.stdout.buffer.write(b'__GANGLION__\\n')\n"
    )
    file.write_text(opening + "\n".join(lines) + "\n", encoding="utf-8")
    return f"exec {shlex.join([sys.executable, '-I', str(file)])}"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}"]
)
def test_a_request_that_names_another_host_is_refused(host: str) -> None:
    async def test() -> None:
        async with desk() as (front, address, session):
            for path in ("", "ws", "static/js/textual.js"):
                status, said = await answer(session, address + path, Host=host.format(port=front.port))
                assert (status, front.token in said) == (403, False)
            status, _ = await answer(session, address, Host=f"localhost:{front.port}")
            assert status == 200

    asyncio.run(test())


def test_a_socket_is_opened_by_our_own_page_only() -> None:
    async def test() -> None:
        async with desk() as (front, address, session):
            for origin in ("http://evil.example", "null", "http://127.0.0.1:1", f"https://127.0.0.1:{front.port}"):
                assert await refused(session, f"{address}ws", Origin=origin) == 403
            assert await refused(session, f"{address}ws") == 403

    asyncio.run(test())


def test_nothing_is_found_without_the_token() -> None:
    async def test() -> None:
        async with desk() as (front, _, session):
            base = f"http://127.0.0.1:{front.port}"
            origin = {"Origin": base}
            for path in (
                "/",
                "/ws",
                "/static/js/textual.js",
                f"/{front.token[:-1]}/",
                f"/{front.token}/static/",
                "/download/x",
            ):
                status, said = await answer(session, base + path, **origin)
                assert status in {403, 404}, path
                assert front.token not in said
            assert "newsdesk serve" in (await answer(session, base + "/"))[1]
            assert await refused(session, f"{base}/ws", **origin) == 404
            assert FrontDesk("exit 0").token != front.token

    asyncio.run(test())


class _Addresses(HTMLParser):
    """Every address that a page names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = re.findall(r"url\(\s*[\"']?([^\"')]*)", page)
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {"src", "href", "action", "data", "data-session-websocket-url"}
        self.found += [value or "" for name, value in attrs if name in named]


def test_a_page_loads_nothing_from_anywhere_else() -> None:
    async def test() -> None:
        async with desk() as (front, address, session):
            async with session.get(address) as response:
                page, headers = await response.text(), response.headers
            found = _Addresses(page).found
            assert len(found) > 5
            for one in found:
                ours = {"", "data:,", "typing.js", f"{address}ws".replace("http", "ws", 1)}
                assert one.startswith("static/") or one in ours
                if one.endswith((".js", ".css", ".ttf")):
                    status, _ = await session.get(address + one), None
                    assert status.status == 200
            css = (await answer(session, f"{address}static/css/xterm.css"))[1]
            assert "@import" not in css
            assert "url(" not in css
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert f"connect-src 'self' ws://127.0.0.1:{front.port};" in policy
            assert "frame-ancestors 'none'" in policy
            assert "http" not in policy
            assert headers["Referrer-Policy"] == "no-referrer"

    asyncio.run(test())


def test_only_pages_of_the_web_are_opened_and_always_beside_the_app(tmp_path: Path) -> None:
    addresses = [
        "javascript:alert(1)",
        "file:///etc/passwd",
        " http://x.example",
        "data:text/html,x",
        "https://ok.example/",
    ]
    opened = [f"ask(type='open_url', url={one!r}, new_tab=False)" for one in addresses]
    command = script(tmp_path, "start()", *opened, "ask(type='exit')")

    async def test() -> None:
        async with desk(command) as (front, address, session):
            origin = {"Origin": f"http://127.0.0.1:{front.port}"}
            async with session.ws_connect(f"{address}ws", headers=origin) as ws:
                heard = [json.loads(message.data) async for message in ws if message.type is WSMsgType.TEXT]
        assert heard == [["open_url", {"url": "https://ok.example/", "new_tab": True}]]

    asyncio.run(test())


def test_a_file_is_handed_out_once_as_a_file(tmp_path: Path) -> None:
    name = "/tmp/a\r\nX: y; é.html"
    told = {"key": "k", "path": name, "open_method": "browser", "mime_type": "text/html", "encoding": ""}
    command = script(
        tmp_path,
        "start()",
        f"ask(type='deliver_file_start', **{told!r})",
        "from textual._binary_encode import dump",
        "data = sys.stdin.buffer.read(5)",
        "for chunk in (b'<script>', b''):",
        "    say(b'P', dump(('deliver_chunk', 'k', chunk)))",
        "sys.stdin.buffer.read()",
    ).replace(" -I ", " ")

    async def test() -> None:
        async with desk(command) as (front, address, session):
            origin = f"http://127.0.0.1:{front.port}"
            async with session.ws_connect(f"{address}ws", headers={"Origin": origin}) as ws:
                assert (await ws.receive_json()) == ["deliver_file_start", "k"]
                async with session.get(f"{origin}/download/k") as response:
                    assert await response.read() == b"<script>"
                    assert response.headers["Content-Type"] == "application/octet-stream"
                    assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''a%0D%0AX")
                    assert "X" not in response.headers
                assert (await answer(session, f"{origin}/download/k"))[0] == 404

    asyncio.run(test())


def test_an_app_that_cannot_start_says_why_in_the_terminal_and_closes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = script(tmp_path, r"sys.stderr.write('newsdesk: no\x1b]52;c;eA==\x07 library\n')", "sys.exit(5)")

    async def test() -> None:
        async with desk(command) as (front, address, session):
            origin = {"Origin": f"http://127.0.0.1:{front.port}"}
            async with session.ws_connect(f"{address}ws", headers=origin) as ws:
                await Window(ws).closes()
            assert (await answer(session, address))[0] == 200

    asyncio.run(test())
    out, err = capsys.readouterr()
    assert err.count("newsdesk: no") == 1
    assert ESC not in out + err


# the command


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
def test_other_machines_are_not_served(host: str, capsys: pytest.CaptureFixture[str], seeds_library: Path) -> None:
    assert main(["--library", str(seeds_library), "serve", "--host", host, "--port", "0"]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert (out, "this machine only" in err, "no login" in err) == ("", True, True)


def test_a_port_in_use_is_an_error_with_a_remedy(seeds_library: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Refused) as caught:
        serve({"library": str(seeds_library)}, "localhost", taken.getsockname()[1])
    assert "in use" in caught.value.message
    assert "--port" in caught.value.hint


def test_wrong_settings_are_said_before_anybody_visits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base-url", "nonsense", "--model", "m", "serve"]) == ExitCode.CONFIG
    assert "newsdesk: " in capsys.readouterr().err


def test_the_app_gets_its_settings_as_arguments_whatever_is_in_them() -> None:
    hostile = "x'; rm -rf ~ #$(id)`id`"
    words = shlex.split(
        app_command({"library": hostile, "base_url": "http://h/v1", "model": None, "as_of": "2026-02-05"})
    )
    assert words[:2] == ["exec", "env"]
    assert words[-6:] == ["--library", hostile, "--base-url", "http://h/v1", "--as-of", "2026-02-05"]
    assert "--model" not in words
