"""Without a model nothing connects anywhere: the whole process tree is watched through ingest, ask and brief."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from fixtures.chroma_server import chroma_server

from measure.terminal import Terminal
from qa.errors import ExitCode
from qa.resources import resource_folder

ROOT = Path(__file__).resolve().parent.parent
TALKS = "Where are the US-Iran talks expected to take place?"
COMMANDS = (
    ("ingest", str(resource_folder("seeds"))),
    ("ask", TALKS, "--as-of", "2026-02-05", "--json"),
    ("ask", "Where are the talks?", "--index", "chroma", "--json"),
    ("brief", "--json"),
)
WATCH = """
import os, sys
_log = os.environ["CONNECTION_LOG"]
def _watch(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}:
        with open(_log, "a") as log:
            log.write(f"{event} {arguments[-1] if event != 'socket.getaddrinfo' else arguments[:2]!r}\\n")
with open(_log, "a") as log:
    log.write(f"started {os.getpid()}\\n")
sys.addaudithook(_watch)
"""
"""What every Python process of the tree runs first: it writes down every connection and every name looked up."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Keys, a proxy and settings lying about, and a hostile .env in the folder that commands run in."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / ".env").write_text(
        "chroma_api_impl=chromadb.api.fastapi.FastAPI\nchroma_server_host=192.0.2.1\nchroma_server_http_port=80\n"
        "chroma_product_telemetry_impl=pwn.X\nallow_reset=true\nOPENAI_BASE_URL=http://192.0.2.1/v1\n"
        "NEWSDESK_MODEL=gpt\n"
    )
    (tmp_path / "here" / "pwn.py").write_text("open('pwned', 'w')\nclass X: pass\n")
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    (tmp_path / "connections.log").touch()
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), str(ROOT)]),
        "CONNECTION_LOG": str(tmp_path / "connections.log"),
        "OPENAI_API_KEY": "sk-lying-about",
        "OPENAI_BASE_URL": "http://192.0.2.1/v1",
        "HTTP_PROXY": "http://192.0.2.1:3128",
        "HTTPS_PROXY": "http://192.0.2.1:3128",
        "ALL_PROXY": "socks5://192.0.2.1:1080",
        "HF_HOME": str(tmp_path / "nothing"),
    }


def command(library: Path, *arguments: str) -> list[str]:
    """The command line as its own process; the folder it runs in is not on its path, as when it is installed."""
    start = "import sys; sys.path[:] = [p for p in sys.path if p]; from tui.__main__ import main; sys.exit(main())"
    return [sys.executable, "-c", start, "--library", str(library), *arguments]


@contextmanager
def watched(number: int, seen: set[str]) -> Iterator[None]:
    """Meanwhile the connections of a process and its whole tree are noted, also those made outside Python."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.06):
            try:
                tree = [psutil.Process(number), *psutil.Process(number).children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in tree:
                try:
                    seen.update(str(connection) for connection in process.net_connections(kind="inet"))
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def finished(running: subprocess.Popen[str], seen: set[str]) -> tuple[str, str]:
    """Output of a process that is watched."""
    with watched(running.pid, seen):
        return running.communicate()


def logged(tmp_path: Path) -> list[str]:
    """What the processes wrote down, but for unix sockets, whose address is a path."""
    lines = (tmp_path / "connections.log").read_text().splitlines()
    assert any(line.startswith("started ") for line in lines)
    return [line for line in lines if not line.startswith("started ") and "'/" not in line]


@pytest.fixture
def traced(tmp_path: Path) -> list[str]:
    """What to put before a command so that its system calls are written down; nothing where strace cannot."""
    trace = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-e", "signal=none", "-o"]
    if shutil.which("strace") is None:
        return []
    tried = subprocess.run([*trace, os.devnull, "true"], capture_output=True, check=False)
    return [*trace, str(tmp_path / "trace")] if tried.returncode == 0 else []


def test_ingest_ask_and_brief_connect_to_nothing(
    tmp_path: Path, environment: dict[str, str], traced: list[str]
) -> None:
    """Watched from inside every Python process, from outside by psutil, and by system calls where there is strace."""
    seen: set[str] = set()
    calls: list[str] = []
    for arguments in COMMANDS:
        running = subprocess.Popen(
            [*traced, *command(tmp_path / "library", *arguments)],
            cwd=tmp_path / "here", env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        out, err = finished(running, seen)
        assert running.returncode == 0, err
        if traced:
            calls += (tmp_path / "trace").read_text().splitlines()
        if arguments[0] == "ask":
            assert json.loads(out)["mode"] == "extractive"
            assert "sk-lying-about" not in out + err
        if "chroma" in arguments:
            assert json.loads(out)["index"] == "chroma"
    assert logged(tmp_path) == []
    assert seen == set()
    assert [call for call in calls if re.search(r"sa_family=AF_INET6?\b", call)] == []
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [".env", "pwn.py"]
    starts = [line for line in (tmp_path / "connections.log").read_text().splitlines() if line.startswith("started ")]
    assert len(starts) > len(COMMANDS)  # the Chroma child was watched too


SESSION = (
    ("sources", "add", str(resource_folder("seeds"))),
    ("sources", "refresh"),
    ("search", "talks"),
    ("ask", TALKS, "--as-of", "2026-02-05"),
    ("ask", "And when?", "--continue"),
    ("quotes",),
    ("stories",),
    ("brief", "--since-last"),
    ("brief", "--show", "1", "--out", "{here}/briefing.html"),
    ("standing", "add", "the US-Iran talks: news?"),
    ("conversations", "export", "1", "-o", "{here}/talk.md"),
    ("recheck", "{here}/talk.md"),
    ("eval", "{fixtures}", "--html", "{here}/run.html", "--junit", "{here}/run.xml"),
    ("fixtures", "new", "--number", "3"),
    ("library", "export", "{here}/library.zip"),
    ("--library", "{here}/moved", "library", "import", "{here}/library.zip"),
    ("doctor", "--json"),
    ("config",),
)
DRIVER = """
import json, os, sys
sys.path[:] = [place for place in sys.path if place]
from tui.__main__ import main
print([main(arguments) for arguments in json.loads(sys.argv[1])], flush=True)
"""


def test_a_whole_session_of_commands_and_of_the_app_connects_to_nothing(
    tmp_path: Path, environment: dict[str, str], own_seeds: Path
) -> None:
    """Reading, asking, writing, evaluating, moving and looking it over; then the app, until it is left."""
    here = tmp_path / "here"
    fixtures = tmp_path / "cases.yaml"
    fixtures.write_text(f"- id: a\n  question: {TALKS}\n  as_of: 2026-02-05\n  expect: {{status: answered}}\n")
    filled = [[word.format(here=here, fixtures=fixtures) for word in one] for one in SESSION]
    lines = [one if one[0] == "--library" else ["--library", str(own_seeds), *one] for one in filled]
    seen: set[str] = set()
    running = subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(lines)],
        cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    out, err = finished(running, seen)
    codes = json.loads(out.splitlines()[-1])
    assert [one for one, code in zip(SESSION, codes, strict=True) if code not in (0, ExitCode.NEEDS_YOU)] == [], err
    start = f"import os; os.chdir({str(here)!r}); " + command(own_seeds)[2]
    app = [sys.executable, "-c", start, "--library", str(own_seeds), "--as-of", "2026-02-05"]
    with Terminal(app, {**environment, "TERM": "xterm-256color"}) as terminal, watched(terminal.process.pid, seen):
        for keys, words in (
            ("", "2 articles"),
            (f"{TALKS}\r", "● supported"),
            ("\x1bOR", "sentences supported"),
            ("x", "briefing-2026-02-04.md"),
            ("\r", "written to"),
        ):
            terminal.type(keys)
            assert terminal.until(lambda text, words=words: words in text) is not None, terminal.text  # type: ignore[misc]
        terminal.type("\x11")
        assert terminal.left() is not None, terminal.text
        assert terminal.process.returncode == 0
    assert logged(tmp_path) == []
    assert seen == set()
    assert not (here / "pwned").exists()
    assert {path.name for path in here.iterdir()} >= {"briefing-2026-02-04.md", "run.html", "library.zip", "moved"}


def test_the_watch_sees_what_connects(tmp_path: Path, environment: dict[str, str]) -> None:
    connects = (
        "import socket; socket.socket().connect_ex(('127.0.0.1', 9)); socket.socket().connect_ex(('127.0.0.1', 9))"
    )
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {connects!r}])"
    subprocess.run([sys.executable, "-c", child], env=environment, check=True)
    assert logged(tmp_path) == ["socket.connect ('127.0.0.1', 9)"] * 2


def test_with_a_shared_store_only_its_server_is_connected_to(tmp_path: Path, environment: dict[str, str]) -> None:
    """No proxy of the environment, no setting of the hostile .env, no telemetry."""
    with chroma_server(tmp_path / "chroma") as url:
        place = ("127.0.0.1", int(url.rpartition(":")[2]))
        seen: set[str] = set()
        for arguments in (("ingest", str(resource_folder("seeds"))), ("search", "talks", "--index", "chroma")):
            running = subprocess.Popen(
                command(tmp_path / "library", "--store", url, *arguments, "--json"),
                cwd=tmp_path / "here", env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            out, err = finished(running, seen)
            assert running.returncode == 0, err
        assert json.loads(out)["index"] == "store"
    connections = [line for line in logged(tmp_path) if line.startswith("socket.connect ")]
    assert set(connections) == {f"socket.connect {place!r}"}
    assert {line for line in logged(tmp_path) if "getaddrinfo" in line} <= {
        f"socket.getaddrinfo {(name, place[1])!r}" for name in ("127.0.0.1", b"127.0.0.1")
    }
    assert {line.split("raddr=")[1] for line in seen if "raddr=addr" in line} <= {
        line.split("raddr=")[1] for line in seen if f"port={place[1]}" in line
    }
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == [".env", "pwn.py"]
