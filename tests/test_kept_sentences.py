"""Vectors of sentences that are kept: the same bits, made once, and never in the way."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.library.sentences import KeptVectors

Embed = Callable[[str], "np.ndarray"]


def made(calls: list[str]) -> Embed:
    def embed(text: str) -> np.ndarray:
        calls.append(text)
        return np.array([len(text), 1 / 3, -0.1], dtype=np.float32)

    return embed


def test_a_vector_is_made_once_and_comes_back_bit_for_bit(tmp_path: Path) -> None:
    calls: list[str] = []
    kept = KeptVectors(tmp_path / "s.sqlite")
    one = kept.by("m", made(calls))
    first = one("Ruse")
    assert one("Ruse").tobytes() == first.tobytes()
    kept.close()
    again = KeptVectors(tmp_path / "s.sqlite")
    found = again.by("m", made(calls))("Ruse")
    assert (found.tobytes(), found.shape, found.dtype) == (first.tobytes(), (3,), np.float32)
    found[0] = 7.0  # whoever has it may write to it
    assert calls == ["Ruse"]
    again.by("another", made(calls))("Ruse")
    assert len(calls) == 2
    again.close()


def test_vectors_of_pieces_keep_their_shape_in_half_the_room(tmp_path: Path) -> None:
    pieces = np.random.default_rng(1).random((5, 4), dtype=np.float32)
    kept = KeptVectors(tmp_path / "s.sqlite")
    one = kept.by("m", lambda _: pieces, "<f2")
    fresh, found = one("a"), one("a")
    assert fresh.tobytes() == found.tobytes() == pieces.astype(np.float16).astype(np.float32).tobytes()
    assert found.shape == (5, 4)
    kept.close()


def test_no_text_is_in_the_file(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path / "s.sqlite")
    kept.by("m", made([]))("a secret sentence \udcff")
    kept.close()
    assert b"secret" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"\0" * 100])
def test_a_file_that_is_damaged_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    calls: list[str] = []
    for _ in range(2):
        kept = KeptVectors(path)
        assert kept.by("m", made(calls))("Ruse")[0] == 4
        kept.close()
    assert calls == ["Ruse"]


def test_a_file_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    calls: list[str] = []
    kept = KeptVectors(tmp_path / "file" / "s.sqlite")
    for _ in range(2):
        assert kept.by("m", made(calls))("Ruse")[0] == 4
    kept.close()
    assert calls == ["Ruse", "Ruse"]


def test_a_file_that_has_grown_too_large_grows_no_more(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path / "s.sqlite", most=1)
    kept.by("m", made([]))("Ruse")
    kept.close()
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        assert db.execute("SELECT count(*) FROM vectors").fetchone() == (0,)


def test_threads_and_closing_meanwhile_do_no_harm(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path / "s.sqlite")
    one = kept.by("m", made([]))
    wrong: list[str] = []

    def work(n: int) -> None:
        wrong.extend(text for text in (f"{n % 3} {i}" for i in range(300)) if one(text)[0] != len(text))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    kept.close()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_engine_that_keeps_vectors_embeds_alike_and_removing_an_article_forgets_them(tmp_path: Path) -> None:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [told(1, "Ruse", "A bridge opened in Ruse.")]))
    file = tmp_path / "library" / "sentences.sqlite"
    with engine_at(tmp_path / "library") as engine:
        keeping = engine.keeping_vectors()
        for text in ("A bridge opened.", "Who opened it?"):
            assert keeping.embed(text).tobytes() == keeping.embed(text).tobytes() == engine.embed(text).tobytes()
        meaning, plain = keeping.verifier.meaning, engine.verifier.meaning
        assert meaning is not None
        assert plain is not None
        assert meaning("A bridge opened.").tobytes() == plain("A bridge opened.").tobytes()
        engine.library.sentences().flush()
        assert file.exists()
        engine.library.remove(["n1"])
        assert not file.exists()
        assert keeping.embed("A bridge opened.").tobytes() == engine.embed("A bridge opened.").tobytes()
    assert "sentences.sqlite" not in os.listdir(tmp_path / "library")
