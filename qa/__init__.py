"""Newsdesk's engine: questions, briefings and evaluation over dated news articles, without a user interface.

>>> from qa import open_engine
>>> from qa.ask import ask
>>> with open_engine(library="my-library") as engine:
...     *_, answer = ask(engine, "Where are the talks expected to take place?")
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from qa.version import __version__

if TYPE_CHECKING:
    from qa.engine import open_engine

__all__ = ["__version__", "open_engine"]

# Read when numpy is loaded: its OpenBLAS would keep a thread a core spinning for products that take some milliseconds,
# which doubles what a question costs and takes the time from embedding.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def __getattr__(name: str) -> Any:
    if name == "open_engine":
        from qa.engine import open_engine

        return open_engine
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
