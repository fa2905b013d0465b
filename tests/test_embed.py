"""A text's vector is the same bits alone, in any order, on any thread, in any process."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

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
    under_way = [embedder.submit(embedder.ids_of(TEXTS[i])) for i in order]
    together = [future.result().tobytes() for future in under_way]
    assert together == [alone[i] for i in order]
    assert [embedder.embed(TEXTS[i]).tobytes() for i in reversed(order)] == [alone[i] for i in reversed(order)]


def test_a_sentence_has_the_same_vector_and_keeps_it(embedder: Embedder, alone: list[bytes]) -> None:
    kept = [embedder.embed_sentence(text) for text in TEXTS]
    assert [vector.tobytes() for vector in kept] == alone
    again = [Embedder(threads=1).embed_sentence(text) for text in TEXTS]
    assert all(one is other for one, other in zip(kept, again, strict=True))
    with pytest.raises(ValueError, match="read-only"):
        kept[0] += 1


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


def test_the_runtime_reports_to_nobody(tmp_path: Path) -> None:
    """It would keep a device's id below the home folder, and send what it saw to its maker."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    subprocess.run(
        [sys.executable, "-c", "from qa.embed import Embedder; Embedder().embed('x')"],
        env=environment | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []


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
    assert embedder.count(full) == LIMIT == WINDOW - 2
    assert np.array_equal(embedder.embed(full), embedder.embed(full + "bread " * 500))
    assert not np.array_equal(embedder.embed(full), embedder.embed("bread " + full))


def test_lone_surrogates_are_taken(embedder: Embedder) -> None:
    assert np.array_equal(embedder.embed("bad \ud800 byte"), embedder.embed("bad \ufffd byte"))
    assert embedder.ids_of("\ud800x") == embedder.ids_of("\ufffdx")


def test_a_question_is_embedded_while_passages_wait(embedder: Embedder) -> None:
    under_way = [embedder.submit(embedder.ids_of("talks " * 200)) for _ in range(20)]
    question = embedder.embed("Where are the talks?")
    assert not under_way[-1].done()
    assert {future.result().tobytes() for future in under_way} == {embedder.embed("talks " * 200).tobytes()}
    assert np.array_equal(question, embedder.embed("Where are the talks?"))


def test_closed_it_embeds_nothing_more_and_can_be_used_again() -> None:
    embedder = Embedder(threads=1)
    under_way = [embedder.submit(embedder.ids_of("talks " * 200)) for _ in range(10)]
    embedder.close()
    embedder.close()
    assert all(future.done() for future in under_way)
    assert under_way[-1].cancelled()
    assert embedder.submit(embedder.ids_of("x")).result().tobytes() == embedder.embed("x").tobytes()
    embedder.close()


def test_the_fingerprint_names_the_model(embedder: Embedder) -> None:
    assert embedder.fingerprint.startswith("all-MiniLM-L6-v2-int8-")
    assert Embedder().fingerprint == embedder.fingerprint
