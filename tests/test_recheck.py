"""Recheck: an export is verified again, and what changed in the library or in the file is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_llm import FakeLLM, Reply
from fixtures.newsroom import AS_OF, engine_at, jsonl, take_in, told

from qa.cli import main
from qa.converse import converse
from qa.engine import Engine
from qa.errors import ExitCode, InputError
from qa.recheck import recheck
from qa.render import dumps, exported_json, exported_markdown, turn_json
from qa.types import Cancel, Rechecked, RecheckReport, Turn, Verdict

OLD = "Mayor Ana Reyes opened the harbour of Valletta on Monday. It cost 300 million euros. Ships arrive in May."
QUESTION = "Who opened the harbour of Valletta?"
FORMATS = {"md": exported_markdown, "json": lambda *told: dumps(exported_json(*told))}


def library(folder: Path, text: str = OLD, title: str = "A harbour is opened") -> Path:
    others = [told(n, f"Story {n}", f"The council of town {n} repaired bridge {n} after the floods.") for n in (2, 3)]
    take_in(folder / "library", jsonl(folder / "a.jsonl", [told(1, title, text), *others]))
    return folder / "library"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with engine_at(library(tmp_path)) as made:
        yield made


def asked(engine: Engine, question: str = QUESTION, **more: Any) -> Turn:
    *_, turn = converse(engine, question, as_of=AS_OF, **more)
    assert isinstance(turn, Turn)
    return turn


def exported(engine: Engine, file: Path) -> Path:
    """The last conversation as a file, in the format of its name."""
    talk = engine.journal.last()
    assert talk is not None
    file.write_text(FORMATS[file.suffix[1:]](talk, engine.journal.turns(talk.id)), encoding="utf-8")
    return file


def checked(engine: Engine, file: Path) -> tuple[list[Rechecked], RecheckReport]:
    *found, report = recheck(engine, file)
    assert isinstance(report, RecheckReport)
    return [one for one in found if isinstance(one, Rechecked)], report


@pytest.fixture(params=["md", "json"])
def export(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Path:
    turn = asked(engine)
    assert "Reyes" in turn.answer.text
    return exported(engine, tmp_path / f"talk.{request.param}")


def test_nothing_has_changed_when_nothing_has(engine: Engine, export: Path) -> None:
    found, report = checked(engine, export)
    assert report == RecheckReport(len(found), 0, 0, True)
    assert found
    assert all(one.now is one.was is Verdict.SUPPORTED and not one.changes for one in found)


def test_an_article_that_is_gone_is_said_and_its_sentence_has_nothing_to_rest_on(engine: Engine, export: Path) -> None:
    engine.library.remove(["n1"])
    found, report = checked(engine, export)
    assert report.changed == len(found)
    assert "the article “A harbour is opened” (n1) is not in the library any more" in found[0].changes
    assert found[0].now is Verdict.UNCITED
    assert "it was supported and is uncited now" in found[0].changes


def test_a_newer_version_that_keeps_the_words_is_said_and_the_verdict_stays(
    engine: Engine, export: Path, tmp_path: Path
) -> None:
    library(tmp_path, f"Updated on Tuesday, with more details. {OLD}", "A harbour")
    found, report = checked(engine, export)
    assert report.changed == len(found)
    (change,) = found[0].changes
    assert "has a newer version (2 after 1, now “A harbour”)" in change
    assert "the quoted words are still there, at 39" in change
    assert found[0].now is Verdict.SUPPORTED


def test_a_newer_version_without_the_words_turns_the_verdict(engine: Engine, export: Path, tmp_path: Path) -> None:
    library(tmp_path, OLD.replace("Mayor Ana Reyes", "Governor Tom Borg"))
    found, _ = checked(engine, export)
    assert found[0].was is Verdict.SUPPORTED
    assert found[0].now is not Verdict.SUPPORTED
    assert any("the quoted words are gone from it" in change for change in found[0].changes)
    assert any(change.startswith("it was supported and is ") for change in found[0].changes)
    assert found[0].reasons


def test_a_sentence_that_a_person_changed_is_verified_anew(engine: Engine, tmp_path: Path) -> None:
    asked(engine)
    file = exported(engine, tmp_path / "talk.md")
    text = file.read_text(encoding="utf-8")
    head, _, notes = text.partition("\n[^1]: ")
    file.write_text(f"{head.replace('Ana Reyes', 'Tom Borg')}\n[^1]: {notes}", encoding="utf-8")
    found, report = checked(engine, file)
    changed = next(one for one in found if "Tom Borg" in one.text)
    assert changed.changes[0] == "this sentence is not as it was exported"
    assert changed.now is Verdict.UNSUPPORTED
    assert "Tom Borg" in " ".join(changed.reasons)
    assert report.changed >= 1


def test_a_quote_that_a_person_changed_is_not_in_the_article(engine: Engine, tmp_path: Path) -> None:
    asked(engine)
    file = exported(engine, tmp_path / "talk.md")
    text = file.read_text(encoding="utf-8")
    head, mark, notes = text.partition("\n[^1]: ")
    file.write_text(head + mark + notes.replace("Ana Reyes", "Tom Borg", 1), encoding="utf-8")
    found, _ = checked(engine, file)
    assert any("the quoted words are not in “A harbour is opened” (version 1" in change for change in found[0].changes)


def test_offsets_that_do_not_hold_are_said_with_the_place_where_the_words_are(engine: Engine, tmp_path: Path) -> None:
    asked(engine)
    file = exported(engine, tmp_path / "talk.json")
    text = json.loads(file.read_text(encoding="utf-8"))
    citation = text["conversation"]["turns"][0]["claims"][0]["citations"][0]
    start = citation["start"]
    citation["start"], citation["end"] = start + 7, citation["end"] + 7
    file.write_text(json.dumps(text), encoding="utf-8")
    found, _ = checked(engine, file)
    assert any(f"but at text {start}" in change for change in found[0].changes)
    assert found[0].now is Verdict.SUPPORTED


def test_a_sentence_taken_out_of_the_file_counts_as_changed(engine: Engine, tmp_path: Path) -> None:
    asked(engine)
    file = exported(engine, tmp_path / "talk.md")
    lines = file.read_text(encoding="utf-8").split("\n")
    first = next(n for n, line in enumerate(lines) if "Reyes" in line and line.endswith("*(supported)*"))
    file.write_text("\n".join(lines[:first] + lines[first + 1 :]), encoding="utf-8")
    _, report = checked(engine, file)
    assert (report.removed, report.changed) == (1, 1)


def test_prose_of_a_model_has_the_same_verdicts_again_good_and_bad(tmp_path: Path) -> None:
    folder = library(tmp_path)
    with FakeLLM() as server, engine_at(folder, url=server.url) as engine:
        server.default = lambda body: Reply(
            ["Ana Reyes opened the harbour of Valletta [1]. It cost 900 million euros [1]. Nobody came."]
        )
        verdicts = [claim.verdict for claim in asked(engine).answer.claims]
        assert verdicts[1] is Verdict.UNSUPPORTED
        found, report = checked(engine, exported(engine, tmp_path / "talk.md"))
        assert [one.now for one in found] == verdicts
        assert report.changed == 0


def test_what_ask_json_prints_can_be_checked_again(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_text(dumps(turn_json(asked(engine))), encoding="utf-8")
    found, report = checked(engine, file)
    assert found
    assert report.changed == 0


def test_cancelled_it_says_that_it_is_not_complete(engine: Engine, export: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    assert list(recheck(engine, export, cancel=cancel)) == [RecheckReport(0, 0, 0, False)]


@pytest.mark.parametrize("content", [b"# My notes\n", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_export_is_refused(engine: Engine, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "notes.md").write_bytes(content)
    with pytest.raises(InputError, match=r"notes\.md"):
        list(recheck(engine, tmp_path / "notes.md"))
    with pytest.raises(InputError, match="No such file"):
        list(recheck(engine, tmp_path / "nothing.md"))


@pytest.mark.parametrize(
    ("field", "value"), [("version", 10**30), ("start", -1), ("article_id", "\ud800"), ("quote", "\ud800")]
)
def test_a_citation_that_no_export_has_is_refused(engine: Engine, tmp_path: Path, field: str, value: object) -> None:
    told_json = turn_json(asked(engine))
    told_json["claims"][0]["citations"][0][field] = value
    (tmp_path / "told.json").write_text(json.dumps(told_json), encoding="utf-8")
    with pytest.raises(InputError, match=r"told\.json is no answer"):
        list(recheck(engine, tmp_path / "told.json"))


def test_a_number_of_a_question_without_end_is_refused(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text(json.dumps({**turn_json(asked(engine)), "n": float("inf")}), encoding="utf-8")
    with pytest.raises(InputError, match=r"told\.json is no answer"):
        list(recheck(engine, tmp_path / "told.json"))


# The commands


def run(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["--library", str(folder), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_conversation_from_the_first_question_to_the_recheck(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, file = library(tmp_path), tmp_path / "talk.md"
    code, _, err = run(folder, capsys, "ask", QUESTION, "--as-of", AS_OF)
    assert (code, err) == (0, "kept as question 1 of conversation 1\n")
    code, out, err = run(folder, capsys, "ask", "--continue", "and", "what", "did", "it", "cost?", "--json")
    told_ = json.loads(out)
    assert (code, told_["question"], told_["conversation"]) == (0, "and what did it cost?", {"id": 1, "turn": 2})
    assert told_["followup"]["asked_as"] == "What did the harbour of Valletta cost?"
    assert told_["as_of"] == AS_OF
    code, out, _ = run(folder, capsys, "ask", "--continue", "1", "why?", "--no-followup", "--json")
    assert (json.loads(out)["followup"], json.loads(out)["conversation"]["turn"]) == (None, 3)
    assert [
        one["questions"]
        for one in json.loads(run(folder, capsys, "conversations", "list", "--json")[1])["conversations"]
    ] == [3]
    assert run(folder, capsys, "conversations", "export", "1", "-o", str(file))[0] == 0
    assert file.stat().st_mode & 0o077 == 0
    code, out, _ = run(folder, capsys, "conversations", "export", "1", "-o", str(file), "--json")
    assert (code, json.loads(out)["error"]["code"]) == (ExitCode.INPUT, "input")
    code, out, _ = run(folder, capsys, "recheck", str(file))
    assert code == 0
    assert out.endswith("sentence(s) checked again: nothing has changed\n")
    library(tmp_path, OLD.replace("Ana Reyes", "Tom Borg"))
    code, out, _ = run(folder, capsys, "recheck", str(file), "--json")
    report = json.loads(out)
    assert code == ExitCode.CHANGED
    assert report["changed"] >= 1
    assert any("newer version" in change for one in report["sentences"] for change in one["changes"])


def test_conversations_are_shown_renamed_deleted_restored_and_erased(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = library(tmp_path)
    assert run(folder, capsys, "ask", "--continue", QUESTION)[0] == ExitCode.USAGE
    assert run(folder, capsys, "ask", "--continue", "9" * 30, QUESTION)[0] == ExitCode.USAGE
    assert run(folder, capsys, "ask", "--continue", "7", QUESTION)[0] == ExitCode.INPUT
    run(folder, capsys, "ask", QUESTION)
    assert "1. Who opened the harbour" in run(folder, capsys, "conversations", "show", "1")[1]
    assert "“Harbour”" in run(folder, capsys, "conversations", "rename", "1", "Harbour")[1]
    assert run(folder, capsys, "conversations", "rename", "1", " ")[0] == ExitCode.USAGE
    assert "restore 1" in run(folder, capsys, "conversations", "delete", "1")[1]
    code, _, err = run(folder, capsys, "conversations", "show", "1")
    assert (code, "was deleted" in err) == (ExitCode.INPUT, True)
    assert run(folder, capsys, "conversations", "list")[1] == "0 conversations\n"
    assert "Harbour" in run(folder, capsys, "conversations", "list", "--deleted")[1]
    assert "back" in run(folder, capsys, "conversations", "restore", "1")[1]
    assert "for good" in run(folder, capsys, "conversations", "delete", "1", "--for-good")[1]
    assert run(folder, capsys, "conversations", "restore", "1")[0] == ExitCode.INPUT


def test_questions_of_a_file_begin_no_conversations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = library(tmp_path), jsonl(tmp_path / "q.jsonl", [{"id": 1, "question": QUESTION}])
    assert run(folder, capsys, "ask", "--questions", str(file))[0] == 0
    assert run(folder, capsys, "conversations", "list")[1] == "0 conversations\n"
    assert run(folder, capsys, "ask", "--continue", "--questions", str(file))[0] == ExitCode.USAGE


def test_the_setting_journal_keeps_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = library(tmp_path)
    monkeypatch.setenv("NEWSDESK_JOURNAL", "false")
    code, out, err = run(folder, capsys, "ask", QUESTION, "--json")
    assert (code, json.loads(out)["conversation"], err) == (0, None, "")
    monkeypatch.setenv("NEWSDESK_JOURNAL", "perhaps")
    assert run(folder, capsys, "ask", QUESTION)[0] == ExitCode.CONFIG
