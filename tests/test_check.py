"""`newsdesk verify`: a verdict a line, in order, with offsets into the evidence as given; wrong lines are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa.check import check
from qa.cli import main
from qa.errors import ExitCode, InputError
from qa.types import Cancel, Checked, CheckReport, Verdict

TEXT = "Prices were flat in May.  The ministry said 53 ships left Odesa on Wednesday. Grain was cheaper."
EVIDENCE = {"text": TEXT, "title": "Grain Ships Leave Odesa", "date": "2026-02-05", "source": "AFP"}


def file_of(folder: Path, *lines: object) -> Path:
    path = folder / "claims.jsonl"
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines) + "\n", encoding="utf-8")
    return path


def claim(text: str, *evidence: object) -> dict[str, Any]:
    return {"claim": text, "evidence": list(evidence)}


def test_each_line_has_its_verdict_in_order_with_quotes_where_they_stand(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        claim("The ministry said 53 ships left Odesa on Wednesday.", EVIDENCE),
        claim("The ministry said 35 ships left Odesa on Wednesday.", {"text": "Nothing of the kind."}, EVIDENCE),
        claim("The ministry said 53 ships left Odesa on 4 February.", EVIDENCE),
        claim("Ships left."),
    )
    *events, report = check(path)
    assert report == CheckReport(4, 0, True)
    found = [event for event in events if isinstance(event, Checked)]
    assert [one.verdict for one in found] == [
        Verdict.SUPPORTED,
        Verdict.UNSUPPORTED,
        Verdict.SUPPORTED,
        Verdict.UNCITED,
    ]
    assert "35" in found[1].reasons[0]
    quotes = [(q.evidence, q.field, TEXT[q.start : q.end]) for one in found for q in one.quotes]
    sentence = "The ministry said 53 ships left Odesa on Wednesday."
    assert quotes == [(0, "text", sentence), (1, "text", sentence), (0, "text", sentence)]


def test_a_claim_that_only_the_headline_carries_quotes_the_headline(tmp_path: Path) -> None:
    evidence = {"text": "It was a calm morning.", "title": "Grain Ships Leave Odesa"}
    (found, _) = check(file_of(tmp_path, claim("Grain ships leave Odesa.", evidence)))
    assert isinstance(found, Checked)
    assert [(q.field, q.start, q.end) for q in found.quotes] == [("title", 0, 23)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("[1]", "no claim"),
        ('{"claim": " ", "evidence": []}', "no claim"),
        ('{"claim": 5, "evidence": []}', "no claim"),
        ('{"claim": "x"}', "evidence is not a list"),
        ('{"claim": "x", "evidence": ["text"]}', "evidence 0 has no text"),
        ('{"claim": "x", "evidence": [{"text": "a"}, {"text": 1}]}', "evidence 1 has no text"),
        ('{"claim": "x", "evidence": [{"text": "a", "title": 7}]}', "the title of evidence 0 is not a text"),
        ('{"claim": "x", "evidence": [{"text": "a", "date": "2026-02-30"}]}', "the date of evidence 0"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_are_checked(tmp_path: Path, line: str, why: str) -> None:
    path = file_of(tmp_path, claim("x"), line, claim("y"))
    first, wrong, last, report = check(path)
    assert isinstance(first, Checked)
    assert isinstance(last, Checked)
    assert isinstance(wrong, InputError)
    assert wrong.message.startswith(f"{path}:2: ")
    assert why in wrong.message
    assert report == CheckReport(2, 1, True)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe"])
def test_a_file_without_claims_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError):
        list(check(path))
    with pytest.raises(InputError):
        list(check(tmp_path / "missing"))


def test_cancelled_it_ends_with_what_was_checked(tmp_path: Path) -> None:
    cancel = Cancel()
    events = check(file_of(tmp_path, claim("x"), claim("y")), cancel=cancel)
    assert isinstance(next(events), Checked)
    cancel.cancel()
    assert list(events) == [CheckReport(1, 0, False)]


def test_the_command_prints_one_json_line_each_and_exits_by_what_was_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(tmp_path, claim("Grain was cheaper.", EVIDENCE), "{", claim("Nobody knows."))
    assert main(["verify", str(path), "--json"]) == ExitCode.INPUT
    first, wrong, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    start = TEXT.index("Grain was")
    quote = {"evidence": 0, "field": "text", "start": start, "end": len(TEXT)}
    assert first == {"verdict": "supported", "reasons": [], "quotes": [quote]}
    assert wrong["error"]["code"] == "input"
    assert ":2: not JSON" in wrong["error"]["message"]
    assert last == {"verdict": "uncited", "reasons": ["it cites nothing"], "quotes": []}


def test_the_command_tells_a_person_line_verdict_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, "", claim("Grain was\x07 7 % cheaper.", EVIDENCE))
    assert main(["verify", str(path)]) == ExitCode.OK
    out = capsys.readouterr().out
    assert out.startswith("✗ 2: Grain was")
    assert "unsupported: the number 7 is not" in out
    assert "\x07" not in out
