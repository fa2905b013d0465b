"""The child in which strangers' documents are parsed: hostile ones end it or are refused, and the next one is read."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.sources.confined import Confined
from qa.sources.draft import RefusedError

SAVED = Path(__file__).parent / "fixtures" / "sources"
PAGE = (SAVED / "wget.html").read_bytes()


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    one = Confined()
    yield one
    one.close()


def bomb() -> bytes:
    """A PDF whose one page unpacks to 200 MB."""
    packed = zlib.compress(b"BT /F1 9 Tf (words) Tj ET " + b" " * 200_000_000, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Root 1 0 R/Size 5>>startxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("html", b"<a " * 10_000),
        ("html", b"<html><body>" + b"<div>" * 100_000 + b"x"),
        ("html", b"<p>" * 200_000),
        ("html", b"<table><tr><td>" * 20_000 + b"x"),
        ("html", b"\x00" * 100_000),
        ("html", b"<html><head><script type='application/ld+json'>" + b"[" * 100_000 + b"</script>"),
        ("pdf", b"%PDF-1.4\n%%EOF"),
        ("pdf", b"%PDF-1.7\n" + b"1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n" * 3),
        ("feed", b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><rss><channel>&lol;</channel></rss>'),
        ("feed", "<!DOCTYPE x [<!ENTITY a 'b'>]><rss/>".encode("utf-16")),
        ("opml", b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body/></opml>'),
        ("opml", b"<html></html>"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_hostile_document_is_refused_and_the_next_one_read(confined: Confined, kind: str, data: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        confined.ask(kind, data)
    assert "; " in str(refused.value) or ":" in str(refused.value)
    assert confined.ask("html", PAGE)["title"] == "Harbour reopens after storm repairs"


def test_a_document_that_fills_the_memory_ends_only_its_reader(confined: Confined) -> None:
    with pytest.raises(RefusedError):
        confined.ask("pdf", bomb())
    assert confined.ask("html", PAGE)["site"] == "The Lindau Courier"


def test_one_child_reads_many_documents(confined: Confined) -> None:
    confined.ask("html", PAGE)
    before = confined.pid
    for _ in range(5):
        confined.ask("html", PAGE)
    assert confined.pid == before


def test_a_process_that_is_large_itself_has_a_child_that_stays(confined: Confined) -> None:
    """What a process used at most is inherited by those it starts (Linux), and no measure of theirs."""
    large = bytearray(400 << 20)
    large[:: 4 << 10] = b"x" * len(large[:: 4 << 10])
    confined.close()
    for _ in range(3):
        confined.ask("opml", b"<opml><body><outline xmlUrl='https://a.example/'/></body></opml>")
        assert confined.pid is not None
    assert large[0]


def test_a_child_that_was_killed_is_replaced(confined: Confined) -> None:
    confined.ask("html", PAGE)
    before = confined.pid
    assert before is not None
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    assert confined.ask("html", PAGE)["title"]
    assert confined.pid != before


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="an environment is read where Linux shows it")
def test_no_key_is_in_the_environment_of_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    one = Confined()
    try:
        one.ask("html", PAGE)
        assert b"sk-planted" not in Path(f"/proc/{one.pid}/environ").read_bytes()
    finally:
        one.close()
