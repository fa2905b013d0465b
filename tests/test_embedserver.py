"""The embedder of a server: requests in their limits, replies checked, failures told; changing from one to another."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures.commands import command

from qa.config import Config, Secret
from qa.embedserver import EmbedServer
from qa.engine import Engine
from qa.errors import EndpointError
from qa.ingest import ingest
from qa.prices import price_of
from qa.retrieve import notices, resolve, retrieve
from qa.tokens import count_tokens
from qa.types import Cancel, IngestReport, Notice, Progress
from tests.fake_llm import Failure, FakeLLM, Raw, Vectors, vector_of

OpenFn = Callable[..., Engine]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as server:
        yield server


@pytest.fixture
def embedder(server: FakeLLM) -> Iterator[EmbedServer]:
    made = EmbedServer(Config(model="test", base_url=server.url, api_key=Secret("sk-1")), count=count_tokens)
    yield made
    made.close()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for n in range(12):
        (folder / f"{n:02}.txt").write_text(f"Ship {n} left harbour {n} on Monday.")
    return folder


def embedded(embedder: EmbedServer, texts: Sequence[str], cancel: Cancel | None = None) -> dict[bytes, np.ndarray]:
    found: dict[bytes, np.ndarray] = {}
    passages = ((str(n).encode(), text) for n, text in enumerate(texts))
    for event in embedder.embed(passages, cancel or Cancel()):
        if not isinstance(event, Notice):
            digests, reply, _ = event
            found |= dict(zip(digests, reply.vectors, strict=True))
    return found


def run(engine: Engine, *paths: Path, cancel: Cancel | None = None) -> tuple[list[str], IngestReport]:
    """What an ingest up to the Chroma index tells, and its report."""
    cancel, told = cancel or Cancel(), []
    for event in ingest(engine, list(paths), cancel=cancel):
        if isinstance(event, Notice):
            told.append(event.text)
        if isinstance(event, Progress) and event.stage == "indexing":
            cancel.cancel()
    assert isinstance(event, IngestReport)
    return told, event


def remote(opened: OpenFn, server: FakeLLM, **settings: Any) -> Engine:
    return opened(embedder="test", embedder_url=server.url, **settings)


def lengths(engine: Engine) -> set[int]:
    """Dimensions of the vectors that searches see."""
    catalogue = engine.library.catalogue
    numbers = sorted(place[0] for place in catalogue.vector_places())
    return {len(vector) // 4 for _, vector in catalogue.vectors_at(numbers)}


# requests


def test_vectors_come_back_to_their_texts_whatever_the_order(server: FakeLLM, embedder: EmbedServer) -> None:
    server.vectors = Vectors(change=lambda body: body["data"].reverse())
    found = embedded(embedder, ["One ship.", "Two boats left.", "Bread is dear."])
    for n, text in enumerate(["One ship.", "Two boats left.", "Bread is dear."]):
        assert found[str(n).encode()] == pytest.approx(np.asarray(vector_of(text)) / 2, abs=1e-6)
    (request,) = server.requests
    assert request.path == "/v1/embeddings"
    assert request.headers["authorization"] == "Bearer sk-1"
    assert (request.body["encoding_format"], request.body["model"]) == ("float", "test")


def test_requests_keep_within_the_limits_of_the_api(server: FakeLLM, embedder: EmbedServer) -> None:
    texts = [*(f"Ship {n} left." for n in range(2_500)), "\U0001f600" * 20_000, " ", *["word " * 780] * 200]
    assert len(embedded(embedder, texts)) == len(texts)
    sent = [body["input"] for body in server.bodies]
    assert sorted(text for request in sent for text in request if text.startswith("Ship")) == sorted(texts[:2_500])
    assert max(len(request) for request in sent) <= 2_048
    assert max(sum(map(count_tokens, request)) for request in sent) <= 300_000
    assert max(count_tokens(text) for request in sent for text in request) <= 8_192
    assert all(text.strip() for request in sent for text in request)


def test_only_a_few_requests_are_under_way_at_once(server: FakeLLM, embedder: EmbedServer) -> None:
    lock, inside, most = threading.Lock(), 0, 0
    all_in = threading.Event()

    def reply(body: dict[str, Any]) -> Vectors:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        all_in.wait(1.0 if most < 4 else 0.05)
        with lock:
            inside -= 1
        return Vectors()

    server.vectors = reply
    assert len(embedded(embedder, [f"{n} " + "x " * 100 for n in range(3_000)])) == 3_000
    assert 2 <= most <= 4


BAD: dict[str, tuple[Any, str]] = {
    "short": (lambda body: body["data"].pop(), "1 vectors for 2 texts"),
    "long": (lambda body: body["data"].append(body["data"][0]), "3 vectors for 2 texts"),
    "twice the same": (lambda body: body["data"][1].update(index=0), "which text"),
    "beyond": (lambda body: body["data"][1].update(index=7), "which text"),
    "no index": (lambda body: body["data"][1].pop("index"), "which text"),
    "NaN": (lambda body: body["data"][0].update(embedding=[float("nan")] * 8), "not finite"),
    "infinite": (lambda body: body["data"][0].update(embedding=[1e308] * 8), "not finite"),
    "whole numbers beyond reason": (lambda body: body["data"][0].update(embedding=[10**400] * 8), "not finite"),
    "zero": (lambda body: body["data"][0].update(embedding=[0.0] * 8), "zeros"),
    "dimensions": (lambda body: body["data"][0].update(embedding=[1.0] * 7), "different lengths"),
    "empty": (lambda body: [item.update(embedding=[]) for item in body["data"]], "different lengths"),
    "base64": (lambda body: body["data"][0].update(embedding=base64.b64encode(bytes(32)).decode()), "base64"),
    "texts": (lambda body: body["data"][0].update(embedding=["1"] * 8), "other than numbers"),
    "booleans": (lambda body: body["data"][0].update(embedding=[True] * 8), "other than numbers"),
    "no data": (lambda body: body.pop("data"), "no list"),
    "a text as data": (lambda body: body.update(data="x"), "no list"),
}  # fmt: skip


@pytest.mark.parametrize("change", BAD)
def test_a_bad_reply_is_refused(server: FakeLLM, embedder: EmbedServer, change: str) -> None:
    spoil, why = BAD[change]
    server.vectors = Vectors(change=spoil)
    with pytest.raises(EndpointError, match=why) as refused:
        embedded(embedder, ["One.", "Two."])
    assert "embedder" in refused.value.hint


@pytest.mark.parametrize("body", [b"", b"<html>sign in</html>", b"[]", b"[" * 100_000, b"{}", b'{"error": "x"}'])
def test_what_is_no_reply_is_refused(server: FakeLLM, embedder: EmbedServer, body: bytes) -> None:
    server.vectors = Raw(body, "application/json")
    with pytest.raises(EndpointError):
        embedded(embedder, ["One."])


def test_a_busy_server_is_asked_again_and_an_empty_account_is_not(server: FakeLLM, embedder: EmbedServer) -> None:
    server.queue(Failure(429, retry_after="0"), Failure(500))
    assert len(embedded(embedder, ["One."])) == 1
    assert len(server.requests) == 3
    server.vectors = Failure(429, "You exceeded your current quota", code="insufficient_quota")
    with pytest.raises(EndpointError, match="no credit"):
        embedded(embedder, ["One."])
    assert len(server.requests) == 4


def test_a_wait_is_told(server: FakeLLM, embedder: EmbedServer) -> None:
    server.queue(Failure(503, retry_after="0"))
    events = list(embedder.embed([(b"1", "One.")], Cancel()))
    assert isinstance(events[0], Notice)
    assert "trying again" in events[0].text


def test_cancelled_it_ends_at_once(server: FakeLLM, embedder: EmbedServer) -> None:
    server.vectors = Failure(429, retry_after="50")
    cancel = Cancel()
    for event in embedder.embed([(b"1", "One.")], cancel):
        assert isinstance(event, Notice)
        threading.Timer(0.05, cancel.cancel).start()


def test_closed_it_says_so(embedder: EmbedServer) -> None:
    embedder.close()
    with pytest.raises(EndpointError, match="closed"):
        embedded(embedder, ["One."])


# ingest


def test_an_ingest_tells_where_passages_go_and_what_it_cost(opened: OpenFn, server: FakeLLM, news: Path) -> None:
    engine = remote(opened, server)
    told, report = run(engine, news)
    assert (report.embedded, report.waiting, lengths(engine)) == (12, 0, {8})
    before, after = told
    assert before.startswith(f"12 passages go to {server.host} (test): about ")
    assert after == f"{server.host} embedded 12 passages: {12 * 7} tokens"
    sent = len(server.requests)
    told, report = run(engine, news)
    assert (told, report.unchanged, report.embedded) == ([], 12, 0)
    assert len(server.requests) == sent
    found = retrieve(engine, resolve(engine, "Ship 3 left harbour 3"), 3)
    assert (found.index, found.hits[0].how.meaning, found.embedder) == ("exact", 1, "")


def test_a_cost_is_known_where_a_price_is_published() -> None:
    price = price_of("api.openai.com", "text-embedding-3-small", is_local=False)
    openai = EmbedServer(Config(model="text-embedding-3-small"), count=count_tokens, price=price)
    other = EmbedServer(Config(model="text-embedding-3-small", base_url="https://example.com/v1"), count=count_tokens)
    assert openai.cost(50_000_000) == pytest.approx(1.0)
    assert other.cost(50_000_000) is None
    assert openai.fingerprint != other.fingerprint


def test_a_failure_loses_nothing_and_the_next_run_goes_on(opened: OpenFn, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "Ship {n} left."}}\n' for n in range(300)))
    engine = remote(opened, server)
    server.queue(Vectors(), Failure(400, "no"))
    with pytest.raises(EndpointError):
        run(engine, path)
    stats = engine.library.stats()
    assert (stats.articles, stats.waiting) in ((300, 300), (300, 44), (300, 256))  # either request may be refused
    assert retrieve(engine, resolve(engine, "ship 7 left"), 3).hits[0].how.words == 1
    _, report = run(engine, path)
    assert (report.embedded, report.waiting) == (stats.waiting, 0)


def test_longer_vectors_from_the_same_name_are_refused(opened: OpenFn, server: FakeLLM, news: Path) -> None:
    engine = remote(opened, server)
    run(engine, news)
    (news / "more.txt").write_text("Another ship.")
    server.vectors = Vectors(dimensions=9)
    with pytest.raises(EndpointError, match="vectors of 9 numbers; earlier ones have 8"):
        run(engine, news)
    assert lengths(engine) == {8}


# changing over


def test_the_old_vectors_answer_until_the_new_ones_are_complete(
    opened: OpenFn, server: FakeLLM, news: Path, tmp_path: Path
) -> None:
    local = opened()
    run(local, news)
    engine = remote(opened, server)
    server.queue(Failure(400, "no"))
    with pytest.raises(EndpointError):
        run(engine, news)
    asked = len(server.requests)
    found = retrieve(engine, resolve(engine, "Ship 3 left harbour 3"), 3)
    assert (found.hits[0].how.meaning, lengths(engine), len(server.requests)) == (1, {384}, asked)
    assert any("test@" in notice.text and "0% so far" in notice.text for notice in notices(found))
    assert "0% so far" in engine.examine_embedder().says
    _, report = run(engine, news)
    assert (report.embedded, lengths(engine), engine.library.embedder) == (12, {8}, f"test@{server.host}")
    assert engine.library.catalogue.vector_ids(engine.embedder.fingerprint) == frozenset()
    found = retrieve(engine, resolve(engine, "Ship 3 left harbour 3"), 3)
    assert (found.hits[0].how.meaning, found.embedder, len(server.requests)) == (1, "", asked + 2)
    assert engine.examine_embedder().fine
    assert engine.provenance().embedder == f"test@{server.host}"


def test_back_to_the_shipped_one_half_way_and_on_again(opened: OpenFn, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "Ship {n} left."}}\n' for n in range(300)))
    local, engine = opened(), remote(opened, server)
    run(local, path)
    cancel = Cancel()
    for event in ingest(engine, [path], cancel=cancel):
        if isinstance(event, Progress) and event.stage == "embedding":
            cancel.cancel()
    half = engine.library.catalogue.share_embedded(engine.configured)
    assert 0 < half < 1
    _, back = run(local, path)
    assert (back.embedded, lengths(local), local.library.embedder) == (0, {384}, local.embedder.fingerprint)
    assert local.library.catalogue.share_embedded(engine.configured) == half
    _, on = run(engine, path)
    assert (on.embedded, lengths(engine)) == (round(300 * (1 - half)), {8})
    _, home = run(local, path)
    assert (home.embedded, lengths(local), home.waiting) == (300, {384}, 0)


def test_vectors_of_a_server_that_is_not_configured_are_not_searched(
    opened: OpenFn, server: FakeLLM, news: Path
) -> None:
    run(remote(opened, server), news)
    asked = len(server.requests)
    local = opened()
    found = retrieve(local, resolve(local, "Ship 3 left harbour 3"), 3)
    assert (found.index, found.hits[0].how.words, found.hits[0].how.meaning) == ("words", 1, None)
    (notice,) = notices(found)
    assert "not configured" in notice.text
    assert 'set embedder to "test"' in notice.text
    assert not local.examine_embedder().fine
    assert len(server.requests) == asked


def test_while_the_server_is_down_words_answer(opened: OpenFn, server: FakeLLM, news: Path) -> None:
    engine = remote(opened, server)
    run(engine, news)
    server.vectors = Failure(401, "no such key")
    found = retrieve(engine, resolve(engine, "Ship 3 left harbour 3"), 3)
    assert (found.index, found.hits[0].how.words, found.hits[0].how.meaning) == ("words", 1, None)
    assert any("searched by words alone" in notice.text for notice in notices(found))


def test_a_vector_made_before_the_change_finds_nothing(opened: OpenFn, server: FakeLLM, news: Path) -> None:
    local = opened()
    run(local, news)
    meant = local.meaning_of(["Ship 3"])
    run(remote(opened, server), news)
    scope = local.library.scope(resolve(local, "Ship 3"))
    assert local.library.by_meaning(meant.vectors, scope, 5, "auto", meant.embedder) == ([()], "words")


INGEST = """
import sys
from pathlib import Path
from qa.config import Config
from qa.engine import open_engine
from qa.ingest import ingest
url, library, path = sys.argv[1:]
engine = open_engine(Config(library=Path(library), timezone="UTC", embedder="test", embedder_url=url))
for event in ingest(engine, [Path(path)]):
    print(getattr(event, "stage", ""), flush=True)
    if getattr(event, "stage", "") == "indexing":
        break
"""


def test_killed_while_it_changes_over_the_next_run_goes_on(opened: OpenFn, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"id": "{n}", "text": "Ship {n} left."}}\n' for n in range(1_500)))
    local = opened()
    list(ingest(local, [path], words_only=True))
    local.library.catalogue.use(local.embedder.fingerprint)
    waiting = local.library.catalogue.waiting(local.embedder.fingerprint)
    vector = local.embedder.embed("x").astype("<f4").tobytes()
    local.library.catalogue.store_vectors(local.embedder.fingerprint, [(digest, vector) for _, digest in waiting])
    shares = []
    for lines in (1, 2, 1):
        process = subprocess.Popen(
            [sys.executable, "-c", INGEST, server.url, str(tmp_path / "library"), str(path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        left = lines
        while left and (line := process.stdout.readline()):
            left -= line.strip() == "embedding"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert local.library.catalogue.damage() is None
        assert len(lengths(local)) == 1
        shares.append(local.library.catalogue.share_embedded(f"test@{server.host}"))
    assert shares == sorted(shares)
    engine = remote(opened, server)
    run(engine, path)
    assert (lengths(engine), engine.library.stats().waiting) == ({8}, 0)
    assert engine.library.embedder == f"test@{server.host}"
    assert engine.library.stats().passages == 1_500


# the command line


def test_commands_say_what_embeds_and_chroma_follows_the_change(server: FakeLLM, news: Path, tmp_path: Path) -> None:
    library, there = tmp_path / "library", {"NEWSDESK_EMBEDDER": "test", "NEWSDESK_EMBEDDER_URL": server.url}
    assert command(library, "ingest", str(news)).returncode == 0
    ran = command(library, "ingest", str(news), **there)
    assert ran.returncode == 0
    assert f"12 passages go to {server.host} (test)" in ran.stderr
    asked = command(library, "search", "Ship 3 left harbour 3", "--index", "chroma", "--json", **there)
    assert (asked.returncode, '"index": "chroma"' in asked.stdout) == (0, True)
    healthy = command(library, "doctor", **there)
    assert (healthy.returncode, f"ok  embedder: test@{server.host} in use" in healthy.stdout) == (0, True)
    ill = command(library, "doctor")
    assert (ill.returncode, "not configured" in ill.stdout) == (11, True)
    alone = command(library, "search", "Ship 3 left harbour 3")
    assert alone.returncode == 0
    assert "searched by words alone" in alone.stderr
    shown = command(library, "config", **there).stdout
    assert "NEWSDESK_EMBEDDER_URL" in shown
    assert server.url in shown


def test_a_server_that_fails_has_an_exit_code_and_loses_nothing(server: FakeLLM, news: Path, tmp_path: Path) -> None:
    there = {"NEWSDESK_EMBEDDER": "test", "NEWSDESK_EMBEDDER_URL": server.url}
    server.vectors = Failure(401, "wrong key")
    ran = command(tmp_path / "library", "ingest", str(news), **there)
    assert (ran.returncode, "asks for a key" in ran.stderr) == (6, True)
    assert command(tmp_path / "library", "search", "harbour 3", "--words-only").stdout.count("Ship") >= 1
