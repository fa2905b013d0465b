"""The comparison's table, its pairing, and the environments it asks for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import bench_peers
from bench_peers import ALL, PEERS, Trial
from measure.corpus import Question
from measure.figures import Figure
from measure.metrics import Marks

ROOT = Path(__file__).resolve().parent.parent
GOOD, BAD = Marks(1.0, 1.0, 1.0, 1.0, 1.0, 1.0), Marks(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
QUESTIONS = [Question("1", "One?"), Question("2", "Two?", kind="two-part"), Question("3", "Three?", kind="two-part")]


def test_differences_are_ours_minus_theirs_and_two_part_questions_stand_apart() -> None:
    ours, theirs = Trial("Newsdesk", (), (GOOD, GOOD, GOOD)), Trial("peer", (), (GOOD, BAD, BAD))
    told = bench_peers.differences(ours, theirs, QUESTIONS)
    assert told["MRR@10"].value == 2 / 3
    pairs = told["all evidence of two-part questions among ten"]
    assert (pairs.value, pairs.low, pairs.high, pairs.n) == (1.0, 1.0, 1.0, 2)
    row = bench_peers.differences_table({"peer": told}).splitlines()[2]
    assert row.startswith("| peer | +0.667 [")
    assert row.endswith("+1.000 [+1.000, +1.000] |")


def test_every_system_is_a_row() -> None:
    figure = Figure("questions", "median", "CPU ms", 16.0, n=3)
    lines = bench_peers.table([Trial("Newsdesk", (figure,), ()), Trial("peer", (figure,), ())]).splitlines()
    assert lines == ["|  | questions median, CPU ms |", "| --- | ---: |", "| Newsdesk | 16.0 |", "| peer | 16.0 |"]


def test_every_peer_has_a_script_and_exact_pins() -> None:
    locked = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.M))
    for peer in ALL:
        assert (PEERS / f"{peer.name}_peer.py").exists()
        pins = [line for line in (PEERS / f"{peer.name}.txt").read_text().splitlines() if not line.startswith("#")]
        assert all(re.fullmatch(r"[\w-]+==[\w.]+", pin) for pin in pins)
        for name in ("onnxruntime", "tokenizers"):
            assert f"{name}=={locked[name]}" in pins  # the same weights, run by the same code


def test_without_evidence_nothing_is_installed() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "bench_peers.py"), "--articles", "x.jsonl"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
    assert ran.returncode == 2
    assert "make bench-peers" in ran.stderr
