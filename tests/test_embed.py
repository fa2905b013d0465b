"""A text's vector is the same bits alone, in any order, on any thread, in any process."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys

import numpy as np
import pytest

from qa.embed import DIMENSIONS, LIMIT, WINDOW, Embedder

TEXTS = [
    "",
    "x",
    "Fidan and Barrot discussed Syria, Gaza and the Customs Union in Ankara.",
    "Talks are expected to take place in Istanbul on Friday.",
    "A much longer passage about something else. " * 12,
    "中文 and العربية and \U0001f600",
    "word " * 400,
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(threads=2)


@pytest.fixture(scope="module")
def alone(embedder: Embedder) -> list[bytes]:
    return [embedder.embed(text).tobytes() for text in TEXTS]


def test_a_vector_is_bit_equal_in_any_order_and_in_company(embedder: Embedder, alone: list[bytes]) -> None:
    order = list(range(len(TEXTS))) * 3
    random.Random(5).shuffle(order)
    together = [vector.tobytes() for vector in embedder.embed_many(TEXTS[i] for i in order)]
    assert together == [alone[i] for i in order]
    assert [embedder.embed(TEXTS[i]).tobytes() for i in reversed(order)] == [alone[i] for i in reversed(order)]


def test_a_vector_is_bit_equal_in_another_process(alone: list[bytes]) -> None:
    code = (
        "import sys, hashlib, json\nfrom qa.embed import Embedder\nembedder = Embedder(threads=1)\n"
        "for text in reversed(json.load(sys.stdin)): print(hashlib.sha256(embedder.embed(text).tobytes()).hexdigest())"
    )
    import json

    ran = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(TEXTS), capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [hashlib.sha256(raw).hexdigest() for raw in reversed(alone)]


def test_vectors_are_unit_vectors(embedder: Embedder) -> None:
    for text in TEXTS:
        vector = embedder.embed(text)
        assert vector.shape == (DIMENSIONS,)
        assert vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_near_is_nearer_than_far(embedder: Embedder) -> None:
    question = embedder.embed("Where will the negotiations be held?")
    near, far = (embedder.embed(text) for text in ("The talks take place in Istanbul.", "Bread prices rose in May."))
    assert question @ near > question @ far + 0.2


def test_what_exceeds_the_window_is_not_seen(embedder: Embedder) -> None:
    full = "talks " * LIMIT
    assert len(embedder.offsets(full)) == LIMIT == WINDOW - 2
    assert np.array_equal(embedder.embed(full), embedder.embed(full + "bread " * 500))
    assert not np.array_equal(embedder.embed(full), embedder.embed("bread " + full))


def test_offsets_are_character_positions(embedder: Embedder) -> None:
    text = "Türkiye \U0001f600 hosts"
    assert [text[a:b] for a, b in embedder.offsets(text)][-1] == "hosts"


def test_lone_surrogates_are_taken(embedder: Embedder) -> None:
    assert np.array_equal(embedder.embed("bad \ud800 byte"), embedder.embed("bad \ufffd byte"))
    assert embedder.offsets("\ud800x") == embedder.offsets("\ufffdx")


def test_an_error_in_the_texts_reaches_the_reader(embedder: Embedder) -> None:
    def texts() -> object:
        yield "one"
        raise OSError("the record is gone")

    with pytest.raises(OSError, match="the record is gone"):
        list(embedder.embed_many(texts()))  # type: ignore[arg-type]


def test_leaving_early_ends_the_threads(embedder: Embedder) -> None:
    vectors = embedder.embed_many("text" for _ in iter(int, 1))  # type: ignore[attr-defined]
    next(vectors)
    vectors.close()  # type: ignore[attr-defined]


def test_the_fingerprint_names_the_model(embedder: Embedder) -> None:
    assert embedder.fingerprint.startswith("all-MiniLM-L6-v2-int8-")
    assert Embedder().fingerprint == embedder.fingerprint
