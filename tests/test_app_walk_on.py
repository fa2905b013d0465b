"""The walk of ``test_app_walk`` from other seeds, in a file of its own so that both run side by side."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_app_walk import walk_from


@pytest.mark.skipif("WALK_SEED" in os.environ, reason="one seed was asked for")
@pytest.mark.parametrize("seed", [3, 4])
def test_no_key_breaks_the_app(seed: int, own_seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk_from(seed, own_seeds, tmp_path, monkeypatch)
