"""A dozen pictures of the app, drawn as the README's are, are what they were."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest
import textual

from pictures import FOLDER, draw

PINNED = "8.2.8"
"""The version of Textual in the locks, by which the pictures were drawn."""
_SCORE = re.compile(r"\d\.\d{3}")  # the last digits of a score depend on the processor


@pytest.mark.skipif(textual.__version__ != PINNED, reason="another Textual draws other pictures")
def test_the_app_looks_as_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDESK_STATE_DIR", "")  # draw sets its own; this puts the test's back
    drawn = {path.name: path for path in draw(tmp_path)}
    kept = {path.name: path for path in FOLDER.glob("*.svg")}
    assert sorted(drawn) == sorted(kept)
    changed = []
    for name, path in drawn.items():
        before, now = (_SCORE.sub("0.000", one.read_text(encoding="utf-8")) for one in (kept[name], path))
        if before != now:
            changed.append(f"{name}:\n" + "\n".join(list(difflib.unified_diff(_told(before), _told(now), n=0))[:40]))
    assert not changed, "python scripts/pictures.py draws them anew; look at them:\n" + "\n".join(changed)


def test_no_picture_fetches_anything_and_the_readme_shows_only_what_there_is() -> None:
    readme = (FOLDER.parent.parent / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"\(docs/pictures/([^)]+)\)", readme)
    assert shown
    assert set(shown) <= {path.name for path in FOLDER.glob("*.svg")}
    for path in FOLDER.glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:href|src)=|url\((?!#)|@import|<script", svg), path.name
        assert "/tmp" not in svg


def _told(svg: str) -> list[str]:
    return re.findall(r">([^<>]+)</text>", svg)
