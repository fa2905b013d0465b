"""Prompt files: found, checked, filled."""

from __future__ import annotations

import hashlib
from pathlib import Path
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import ConfigError
from qa.prompts import Prompt, load_prompt
from qa.resources import resource_folder

COMMON = {"as_of", "window", "evidence", "fence", "refusal"}
RERANK = {"as_of", "evidence", "fence", "highest", "question"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    (tmp_path / "prompts").mkdir()
    return tmp_path / "prompts"


def own(folder: Path, text: str | bytes) -> Prompt:
    (folder / "mine.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_prompt("mine")


@pytest.mark.parametrize(("name", "asked"), [("answer", {"question"}), ("brief", {"headline", "told", "added"})])
def test_a_shipped_prompt_takes_its_variables_and_no_other(name: str, asked: set[str]) -> None:
    prompt = load_prompt(name)
    assert prompt.variables == COMMON | asked
    values = {variable: f"<{variable}>" for variable in prompt.variables}
    system, user = prompt.fill(**values)
    assert "<fence>" in system
    assert "<refusal>" in system
    assert "<evidence>" not in system
    assert all(value in user for value in values.values())
    raw = (resource_folder("prompts") / f"{name}.md").read_bytes()
    assert prompt.hash == hashlib.sha256(raw).hexdigest()[:12]


def test_the_prompt_for_scores_takes_its_variables_and_no_other() -> None:
    prompt = load_prompt("rerank")
    assert prompt.variables == RERANK
    system, user = prompt.fill(**{variable: f"<{variable}>" for variable in RERANK})
    assert "<fence>" in system
    assert "<highest>" in system
    assert "<evidence>" not in system
    assert all(f"<{variable}>" in user for variable in RERANK)


def test_the_readers_own_file_wins(folder: Path) -> None:
    shipped = load_prompt("answer")
    (folder / "answer.md").write_text("Mine, $refusal\n---\n$question", encoding="utf-8")
    mine = load_prompt("answer")
    assert mine.path == folder / "answer.md"
    assert mine.hash != shipped.hash
    assert mine.fill(refusal="No", question="Who?") == ("Mine, No", "Who?")


def test_a_missing_and_an_unused_variable_are_named(folder: Path) -> None:
    prompt = own(folder, "a $one\n---\nb $two ${three}")
    with pytest.raises(ConfigError, match=r"unknown variable \$three"):
        prompt.fill(one="1", two="2")
    with pytest.raises(ConfigError, match=r"\$four is not used"):
        prompt.fill(one="1", two="2", three="3", four="4")
    assert prompt.fill(one="1", two="2", three="3") == ("a 1", "b 2 3")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no separator", "no line '---'"),
        ("a\n ---\nb", "no line '---'"),
        ("---\nuser", "before the line '---' is empty"),
        ("system\n---\n \n", "after the line '---' is empty"),
        ("costs $5\n---\nb", "begins no variable"),
        (b"caf\xe9\n---\nb", "utf-8"),
    ],
)
def test_what_is_no_prompt_is_refused_with_its_path(folder: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        own(folder, text)
    assert str(folder / "mine.md") in caught.value.message
    assert "delete it" in caught.value.hint


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    (folder / "answer.md").mkdir()
    with pytest.raises(ConfigError, match=r"answer\.md"):
        load_prompt("answer")


@pytest.mark.parametrize("name", ["nothing", "../answer", "Answer", ""])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(ConfigError):
        load_prompt(name)


def test_only_the_first_separator_counts(folder: Path) -> None:
    prompt = own(folder, b"\xef\xbb\xbfsystem\r\n--- \r\nuser\r\n---\r\nmore")
    assert prompt.fill() == ("system", "user\n---\nmore")


@given(st.dictionaries(st.sampled_from(["one", "two", "three"]), st.text(), min_size=3))
def test_a_value_is_put_in_once_and_as_it_is(values: dict[str, str]) -> None:
    prompt = Prompt("p", Path("p.md"), "$one|$two", "$three|$one $$", "0" * 12)
    system, user = prompt.fill(**values)
    assert system == f"{values['one']}|{values['two']}"
    assert user == f"{values['three']}|{values['one']} $"


@given(st.sets(st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)), st.sets(st.sampled_from("abcdef")))
def test_filling_works_exactly_when_the_names_agree(used: set[str], given_: set[str]) -> None:
    text = " ".join(f"${name}" for name in sorted(used)) or "plain"
    prompt = Prompt("p", Path("p.md"), "system", text, "0" * 12)
    values = dict.fromkeys(given_, "x")
    if used == given_:
        assert prompt.fill(**values)[1] == Template(text).substitute(values)
        return
    with pytest.raises(ConfigError) as caught:
        prompt.fill(**values)
    assert any(f"${name}" in caught.value.message for name in used ^ given_)
