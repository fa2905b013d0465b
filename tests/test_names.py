"""Names that mean the same: what a reader writes down is read so, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.check import verdict_on
from qa.cli import main
from qa.errors import ConfigError
from qa.names import SHIPPED, alike, names_file, names_in_use, read_names
from qa.types import Verdict
from qa.verify import Verifier

GROUPS = (("Bank of Arcady", "BoA", "Arcadian Bank"), ("Türkiye", "Turkey"))


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "names.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_name_becomes_the_shortest_of_its_group_and_positions_hold() -> None:
    one = alike(GROUPS)
    text = "The Arcadian Bank and Türkiye met the Bank of Arcady; BoA, Bank of Arcadyland and türkiye stay."
    told = one(text)
    assert len(told) == len(text)
    assert told.split() == "The BoA and Turkey met the BoA ; BoA, Bank of Arcadyland and türkiye stay.".split()
    assert alike(())("Türkiye") == "Türkiye"


def test_a_claim_in_other_names_is_supported_and_a_quotation_is_still_verbatim() -> None:
    evidence = [{"text": 'The Bank of Arcady cut its rate on Monday. A spokesman said "the Bank of Arcady will act".'}]
    plain, told = Verifier(), Verifier(alike=alike(GROUPS))
    claim = "The BoA cut its rate on Monday."
    assert verdict_on(claim, evidence, plain).verdict is not Verdict.SUPPORTED
    assert verdict_on(claim, evidence, told).verdict is Verdict.SUPPORTED
    assert verdict_on("The BoA cut its rate on Friday.", evidence, told).verdict is Verdict.UNSUPPORTED
    wrong = verdict_on('A spokesman said "the BoA will act".', evidence, told)
    assert wrong.verdict is Verdict.UNSUPPORTED
    assert "is not verbatim" in wrong.reasons[0]


def test_a_file_has_a_group_a_line_with_remarks(tmp_path: Path) -> None:
    file = written(tmp_path, "# mine\n\n  Bank  of Arcady = BoA # the bank\n")
    assert read_names(file) == (("Bank of Arcady", "BoA"),)
    assert read_names(tmp_path / "none.txt") == ()
    assert ("Türkiye", "Turkey") in read_names(SHIPPED)


@pytest.mark.parametrize("line", ["Arcady", "Arcady =", "= Arcady", "A = ! = B"])
def test_a_wrong_line_is_named_with_the_form(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"names\.txt:2") as caught:
        read_names(written(tmp_path, f"A = B\n{line}\n"))
    assert "Türkiye = Turkey" in caught.value.hint


def test_the_readers_own_names_come_with_those_that_ship(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    names_file().write_text("Arcady = Arcadia\n", encoding="utf-8")
    assert names_in_use()[0] == ("Arcady", "Arcadia")
    assert len(names_in_use()) > 10
    assert main(["config"]) == 0
    assert "names.txt" in capsys.readouterr().out
