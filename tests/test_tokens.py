"""Token counts are tiktoken's, from the shipped file, whatever the text."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from qa.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [  # o200k_base: the counts of tiktoken's own tests and cookbook
        ("", 0),
        ("hello world", 2),
        ("tiktoken is great!", 6),
        ("antidisestablishmentarianism", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 8),
    ],
)
def test_known_counts(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_text_that_looks_like_a_special_token_is_ordinary() -> None:
    assert count_tokens("<|endoftext|>") > 3
    assert count_tokens("a <|endofprompt|> b") > 5


def test_a_text_longer_than_a_thousand_spaces_is_counted_whole() -> None:
    once = count_tokens("Talks in Istanbul.\n")
    assert count_tokens("Talks in Istanbul.\n" * 50) == 50 * once


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\u00a0"])
def test_a_million_spaces_and_a_letter(space: str) -> None:
    assert count_tokens(space * 1_100_000 + "x") > 1_000


def test_a_million_letters() -> None:
    assert count_tokens("a" * 10**6) > 10_000


def test_lone_surrogates_are_counted() -> None:
    assert count_tokens("\ud800") == 1
    assert count_tokens("good \udfff day") >= 3


def test_counting_writes_no_file_and_needs_no_cache_folder(tmp_path: object) -> None:
    folder = str(tmp_path)
    code = "from qa.tokens import count_tokens; print(count_tokens('hello world'))"
    environment = os.environ | {"TMPDIR": folder, "TIKTOKEN_CACHE_DIR": os.path.join(folder, "missing", "\0"[:0])}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "2\n"
    assert os.listdir(folder) == []
