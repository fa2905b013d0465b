"""Starting is cheap: what a command does not need is not imported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from qa.version import __version__

ROOT = Path(__file__).resolve().parent.parent
VENDORS = {
    "feedparser",
    "lxml",
    "pypdf",
    "trafilatura",
    "chromadb",
    "numpy",
    "onnxruntime",
    "openai",
    "rich",
    "tantivy",
    "textual",
    "tiktoken",
    "tokenizers",
}
NEWSDESK = ["-m", "tui"]


def _imported(*arguments: str) -> set[str]:
    command = [sys.executable, "-X", "importtime", *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = re.findall(r"^import time:\s*\d+ \|\s*\d+ \|\s*([\w.]+)$", ran.stderr, re.M)
    assert names
    return {name.split(".")[0] for name in names}


def test_importing_qa_loads_no_vendor() -> None:
    assert not _imported("-c", "import qa") & VENDORS


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_saying_what_it_is_loads_no_vendor(option: str) -> None:
    assert not _imported(*NEWSDESK, option) & VENDORS


def test_the_version_is_that_of_the_package() -> None:
    said = subprocess.run(
        [sys.executable, *NEWSDESK, "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert __version__ in said


def test_a_command_never_loads_textual(tmp_path: Path) -> None:
    library = ["--library", str(tmp_path / "library")]
    read = _imported(*NEWSDESK, *library, "ingest", str(ROOT / "seeds"))
    assert not read & {"textual", "feedparser", "lxml", "pypdf", "trafilatura"}
    assert "textual" not in _imported(*NEWSDESK, *library, "library", "list")
    assert "chromadb" not in _imported(*NEWSDESK, *library, "ask", "Where are the talks?")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted where Linux lists them")
def test_products_of_vectors_take_one_thread() -> None:
    code = (
        "import qa, os, numpy as np\n"
        "np.ones((20_000, 384), dtype=np.float32) @ np.ones((384, 2), dtype=np.float32)\n"
        "print(len(os.listdir('/proc/self/task')))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert int(ran.stdout) == 1
