"""The assets that ship are the files that NOTICE describes, and nothing else ships unnamed."""

from __future__ import annotations

import hashlib
import re

import pytest

from qa.resources import resource_folder

ASSETS = resource_folder("assets")
NOTICE = (ASSETS / "NOTICE").read_text(encoding="utf-8")
HASHES = {name: digest for digest, name in re.findall(r"^SHA-256 ([0-9a-f]{64}) (\S+)$", NOTICE, re.M)}


@pytest.mark.parametrize("name", sorted(HASHES))
def test_an_asset_is_the_file_its_notice_describes(name: str) -> None:
    with (ASSETS / name).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == HASHES[name]


def test_every_asset_is_in_the_notice() -> None:
    shipped = {path.name for path in ASSETS.iterdir()}
    licences = {name for name in shipped if name.startswith("LICENSE-")}
    assert shipped - licences - {"NOTICE"} == set(HASHES)
    assert all(name in NOTICE for name in licences)


def test_the_licences_are_whole() -> None:
    apache = (ASSETS / "LICENSE-APACHE-2.0").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in apache
    assert "END OF TERMS AND CONDITIONS" in apache
    assert "Permission is hereby granted" in (ASSETS / "LICENSE-MIT-tiktoken").read_text(encoding="utf-8")
