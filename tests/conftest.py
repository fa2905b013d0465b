"""What all tests share: no settings, keys or network of this machine, and a library of the seeds made once."""

from __future__ import annotations

import gc
import importlib
import ipaddress
import os
import shutil
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import settings

from qa.config import Config
from qa.engine import Engine, open_engine
from qa.ingest import ingest
from qa.resources import resource_folder

NOW = datetime(2026, 2, 5, 12, 0, tzinfo=UTC)
"""What the clock says: Thursday, the day after the newer seed article."""

settings.register_profile(
    "newsdesk", deadline=None, print_blob=True, max_examples=60
)  # no deadline: machines are shared
settings.register_profile("thorough", settings.get_profile("newsdesk"), max_examples=1_000)
settings.load_profile("newsdesk")

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _is_here(socket_: socket.socket, address: Any) -> bool:
    if socket_.family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = str(address[0])
    return host == "localhost" or ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def connect_here(self: socket.socket, address: Any) -> Any:
        if not _is_here(self, address):
            raise PermissionError(f"a test tried to reach {address!r}")
        return connect(self, address)

    return connect_here


_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Temporary files are held in memory where there is room: a library waits for the disk at every commit."""
    if not hasattr(config, "workerinput") and _MEMORY.is_dir():
        room = min(psutil.virtual_memory().available, shutil.disk_usage(_MEMORY).free)
        if room >= _ROOM and os.access(_MEMORY, os.W_OK):
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Ctrl-C reaches the processes that tests start, also where a pipeline runs the tests with it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse connections to any other machine."""
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]


_states = count()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hide this machine's settings and keys, also from the processes that tests start."""
    for name in list(os.environ):
        if name.startswith(("NEWSDESK_", "OPENAI_", "CHROMA_", "TIKTOKEN_")) or name in {"NO_COLOR", "COLORTERM"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path_factory.getbasetemp() / "no-config"))
    monkeypatch.setenv("NEWSDESK_STATE_DIR", str(tmp_path_factory.getbasetemp() / "state" / str(next(_states))))
    monkeypatch.setenv("NEWSDESK_LOG_DIR", str(tmp_path_factory.getbasetemp() / "log"))


@pytest.fixture(scope="module", autouse=True)
def small_heap() -> None:
    """What stays for good (modules, what all tests share) is not looked through again at each collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def seeds_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the seeds, complete with both indexes. Read it; copy it to change it (``own_seeds``)."""
    folder = tmp_path_factory.mktemp("seeds") / "library"
    with open_engine(Config(library=folder, timezone="UTC"), clock=lambda: NOW) as engine:
        *_, report = ingest(engine, [resource_folder("seeds")])
        assert report.complete
    return folder


@pytest.fixture(scope="session")
def seeds_engine(seeds_library: Path) -> Iterator[Engine]:
    """The engine over the seeds, its clock at NOW; for tests that only read."""
    with open_engine(Config(library=seeds_library, timezone="UTC"), clock=lambda: NOW) as engine:
        yield engine


@pytest.fixture
def own_seeds(seeds_library: Path, tmp_path: Path) -> Path:
    """A copy of the seeds' library to change or damage, without what other tests asked there."""
    unasked = shutil.ignore_patterns("journal.sqlite*")
    return Path(shutil.copytree(seeds_library, tmp_path / "library", ignore=unasked))


OpenFn = Callable[..., Engine]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenFn]:
    """Opens engines over a library (``tmp_path / "library"`` unless named), and closes them after the test."""
    engines: list[Engine] = []

    def open_(library: Path | None = None, **settings: Any) -> Engine:
        config = Config(library=library or tmp_path / "library", **({"timezone": "UTC"} | settings))
        engines.append(open_engine(config, clock=lambda: NOW))
        return engines[-1]

    yield open_
    for engine in engines:
        engine.close()


_LONGEST = """
    crash shared_store embedserver library journal chroma_index offline serve app_walk bench doctor apart ingest
    versions app_library app_consent app_briefing app_scope app_sizes app_conversations app_terminal app_inspector
    app_pictures
""".split()
"""Files that take longest, those that mostly wait for servers and processes before all others: begun last, they would
keep one core busy and the others waiting."""
_PLACES = {f"test_{name}.py": place for place, name in enumerate(_LONGEST)}


def pytest_collection(session: pytest.Session) -> None:
    """Workers begin to import the tests at different files: pytest works long on each before it can be compiled, and
    what one worker has compiled the others find."""
    config, here = session.config, Path(__file__).parent
    if not hasattr(config, "workerinput") or config.args != config.getini("testpaths"):
        return
    names = sorted(path.stem for path in here.glob("test_*.py"))
    place, workers = int(config.workerinput["workerid"].removeprefix("gw")), config.workerinput["workercount"]
    begin = len(names) * (place % workers) // workers
    for name in names[begin:] + names[:begin]:
        with suppress(Exception, pytest.skip.Exception):  # told when it is collected
            importlib.import_module(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that take longest come first."""
    items.sort(key=lambda item: _PLACES.get(item.path.name, len(_PLACES)))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the tests of the app and of servers wait much of their time."""
    return (os.cpu_count() or 1) + 1
