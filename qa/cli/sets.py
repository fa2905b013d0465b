"""``newsdesk eval --set``: a public set over a library of its own, read once and kept in the cache."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qa.config import load_config
from qa.engine import Engine, open_engine
from qa.errors import UsageError
from qa.sets import read_set, sampled
from qa.stocking import Stocked, ready, shelved, stock
from qa.types import Cancel

Narrate = Callable[[Iterable[object], type[Stocked]], Stocked]
"""Tells the events of a verb and returns its result."""


@contextmanager
def opened_set(
    options: argparse.Namespace, settings: Mapping[str, str | None], narrate: Narrate, cancel: Cancel
) -> Iterator[tuple[Engine, Stocked]]:
    """An engine over the set's library, with what can be asked of it. ``--library`` is asked as it is.

    Raises NewsdeskError.
    """
    data = read_set(options.set, Path(options.file))
    if options.sample is not None:
        if options.sample < 1:
            raise UsageError(f"--sample {options.sample} is out of range", "Sample at least 1.")
        data = sampled(data, options.sample)
    config, its_own = load_config(**settings), not settings.get("library")
    with open_engine(shelved(config, data) if its_own else config, create=its_own) as engine:
        if its_own:
            yield engine, narrate(stock(engine, data, words_only=options.words_only, cancel=cancel), Stocked)
        else:
            yield engine, narrate(ready(engine, data), Stocked)
