"""``newsdesk eval --set``: a public set over a library of its own, read once and kept in the cache."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from qa.cli.session import result_of, settings_of
from qa.config import load_config
from qa.engine import Engine, open_engine
from qa.errors import UsageError
from qa.sets import read_set, sampled
from qa.stocking import Stocked, ready, shelved, stock
from qa.types import Cancel


@contextmanager
def opened_set(options: argparse.Namespace, cancel: Cancel) -> Iterator[tuple[Engine, Stocked]]:
    """An engine over the set's library, with what can be asked of it; its runs are kept in the journal of the reader's
    library, where there is one. ``--library`` is asked as it is. Raises NewsdeskError."""
    data = read_set(options.set, Path(options.file))
    if options.sample is not None:
        data = sampled(data, options.sample)
    config = load_config(**settings_of(options))
    if options.library:
        with open_engine(config, create=False) as engine:
            yield engine, result_of(ready(engine, data), Stocked)
        return
    with open_engine(shelved(config, data)) as engine:
        stocked = result_of(stock(engine, data, words_only=options.words_only, cancel=cancel), Stocked)
        yield replace(engine, records=config.library if config.library.is_dir() else None), stocked


def check_options(options: argparse.Namespace) -> None:
    """Raise UsageError for options that do not go together, before anything is read."""
    if options.set is None:
        given = {"--sample": options.sample is not None, "--words-only": options.words_only}
        if name := next((name for name, is_given in given.items() if is_given), None):
            raise UsageError(f"{name} is for sets", "Name one with --set.")
    elif options.file is None:
        raise UsageError(f"--set {options.set} without its folder", "Name the folder that the set lies in.")
    elif options.sample == 0:
        raise UsageError("--sample 0 asks nothing", "Sample at least 1.")
    elif options.words_only and options.library:
        raise UsageError("--words-only is for a library that is made here", "Leave out --library or --words-only.")
