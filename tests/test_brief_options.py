"""What ``newsdesk brief`` is asked for: files and forms, subjects, weeks, lengths, kept ones compared, bad input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fixtures.newsroom import jsonl, take_in, told

from qa.cli import main
from qa.errors import ExitCode

QUAKE = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye, and 35 people were killed in Balikesir, the "
    "disaster agency AFAD said. Rescue teams from Izmir reached the town of Sindirgi."
)
GREW = (
    "The earthquake in Balikesir in western Türkiye has become deadlier: 53 people were killed in Balikesir, the "
    "disaster agency AFAD said. Rescue teams from Izmir still searched the town of Sindirgi."
)
ARTICLES = [
    told(1, "Brussels and Ankara modernise their customs union", "The European Commission and Türkiye agreed to open "
         "their customs union to farm goods, Commissioner Maros Sefcovic said in Ankara.", "2026-01-12"),
    told(2, "Customs union of Chile and Peru is signed", "Chile and Peru signed the treaty on their customs union in "
         "Santiago, President Gabriel Boric announced.", "2026-01-29", "Gazette"),
    told(3, "Quake kills 35 in Balikesir", QUAKE, "2026-02-02"),
    told(4, "Snow halts trains to Kanazawa", "Trains between Kanazawa and Toyama were halted by heavy snow, Governor "
         "Hiroshi Hase said.", "2026-02-02"),
    told(5, "Balikesir quake toll rises to 53", GREW, "2026-02-03", "Gazette"),
    told(6, "Mongolia raises its pensions", "Mongolia raised pensions by a tenth, Finance Minister Bold Javkhlan said.",
         "2026-02-03"),
    told(7, "Undated", "The old bridge of Mostar was painted by forty volunteers on a quiet day.", None),
    told(8, "Still to come", "The last bridge of Mostar will be painted by sixty volunteers.", "2031-01-01"),
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    take_in(folder / "library", jsonl(folder / "news.jsonl", ARTICLES))
    return folder / "library"


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "library"))


@pytest.fixture
def run(library: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``newsdesk brief`` over a library of its own, seen from 5 February 2026, in a folder of its own."""
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path / "files")

    def ran(*arguments: str, command: str = "brief", where: Path = library) -> tuple[int, str, str]:
        day = ["--as-of", "2026-02-05"] if command == "brief" else []
        code = main(["--library", str(where), *day, command, *arguments])
        return code, *capsys.readouterr()

    return ran


def titles(run: Any, *arguments: str) -> list[str]:
    code, out, _ = run(*arguments, "--json")
    assert code == ExitCode.OK
    return [story["title"] for story in json.loads(out)["stories"]]


# files and forms


@pytest.mark.parametrize(
    ("file", "options", "holds"),
    [
        ("a.md", [], "<!-- newsdesk briefing, form 1 -->\n# Briefing, 2026-02-03"),
        ("a.html", [], "<!DOCTYPE html>"),
        ("a.HTM", [], "<!DOCTYPE html>"),
        ("a.json", [], '{"newsdesk": '),
        ("a.txt", [], "Briefing, 2026-02-03\n"),
        ("{day}.md", ["--format", "text"], "Briefing, 2026-02-03\n"),
    ],
)
def test_the_ending_of_a_file_chooses_its_form_unless_one_is_named(
    run: Any, tmp_path: Path, file: str, options: list[str], holds: str
) -> None:
    code, out, _ = run("--date", "2026-02-03", "--out", file, *options)
    path = tmp_path / "files" / file.replace("{day}", "2026-02-03")
    assert (code, out) == (ExitCode.OK, f"briefing of 2026-02-03 written to {path.name}\n")
    assert path.read_text(encoding="utf-8").startswith(holds)
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]  # nothing half-written beside it


def test_a_file_is_never_written_over_unless_told_and_what_was_made_is_not_lost(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "files" / "a.md"
    file.write_text("mine", encoding="utf-8")
    code, out, err = run("--out", "a.md")
    assert (code, out) == (ExitCode.INPUT, "")
    assert "is there already" in err
    assert "kept as briefing" not in err  # said before anything is done
    assert file.read_text(encoding="utf-8") == "mine"
    (tmp_path / "files" / "2026-02-03.md").write_text("mine", encoding="utf-8")
    code, _, err = run("--out", "{day}.md")
    assert code == ExitCode.INPUT
    assert "`newsdesk brief --show 1 --out FILE` writes it" in err
    assert run("--show", "1", "--out", "b.html")[0] == ExitCode.OK
    assert run("--out", "a.md", "--force")[0] == ExitCode.OK
    assert "# Briefing, 2026-02-03" in file.read_text(encoding="utf-8")
    assert "# Briefing, 2026-02-03" in run("--show", "2026-02-03")[1]
    assert run("--show", "1", "--format", "text")[1].startswith("Briefing, 2026-02-03\n")


def test_with_json_a_written_file_is_told_as_json(run: Any) -> None:
    code, out, _ = run("--out", "a.html", "--json")
    assert code == ExitCode.OK
    assert {"number": 1, "format": "html", "file": "a.html"}.items() <= json.loads(out).items()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--out", "a.pdf"], "its ending names no form"),
        (["--out", "a"], "its ending names no form"),
        (["--force"], "--force goes with --out"),
        (["--format", "pdf"], "invalid choice"),
        (["--length", "endless"], "is no length of a briefing"),
        (["--length", "0"], "is no length of a briefing"),
        (["--length", "-3"], "is no length of a briefing"),
        (["--topic", "  "], "--topic is empty"),
        (["--week", "--date", "2026-02-03"], "--date and --week were both given"),
        (["--week", "2026-02-30"], "is not a day"),
        (["--since-last", "--date", "2026-02-03"], "were both given"),
        (["--since-last", "--week"], "were both given"),
        (["--list", "--out", "a.md"], "--list writes no file"),
        (["--delete", "1", "--format", "md"], "--delete writes no file"),
        (["--show", "1", "--week"], "--show stands alone"),
        (["--show", "1", "--length", "short"], "--show stands alone"),
        (["--compare", "1", "2", "--topic", "x"], "--compare stands alone"),
        (["--compare", "1"], "expected 2 arguments"),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_remedy(run: Any, arguments: list[str], says: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert says in err
    assert len(err.splitlines()) == 2


def test_json_and_another_form_on_stdout_are_refused(run: Any) -> None:
    code, out, _ = run("--json", "--format", "html")
    assert code == ExitCode.USAGE
    assert json.loads(out)["error"]["message"] == "--json and --format html were both given"


def test_a_folder_that_is_not_there_is_said_before_anything_is_done(run: Any) -> None:
    code, _, err = run("--out", "nowhere/a.md")
    assert code == ExitCode.INPUT
    assert "nowhere is no folder" in err
    assert run("--list")[1] == "0 briefings\n"


# which articles


def test_a_subject_is_told_over_time_oldest_first(run: Any) -> None:
    assert titles(run, "--topic", "customs union") == [
        "Brussels and Ankara modernise their customs union", "Customs union of Chile and Peru is signed",
    ]  # fmt: skip
    assert titles(run, "--topic", "customs union", "--from", "2026-01-20") == [
        "Customs union of Chile and Peru is signed"
    ]
    _, out, err = run("--topic", "customs union")
    assert "# Briefing on “customs union”, all days up to 2026-02-05" in out
    assert titles(run, "--topic", "customs union") == titles(run, "--topic", "customs union")
    assert {story["status"] for story in json.loads(run("--topic", "customs union", "--json")[1])["stories"]} == {"new"}
    assert "kept as briefing" in err
    assert "customs union" in run("--list")[1]
    run("--date", "2026-02-03")  # what was told of a subject is no news of a day, and the other way round
    assert "customs union" not in run("--show", "2026-02-03")[1]


def test_a_subject_of_which_nothing_is_told_says_so(run: Any) -> None:
    code, out, _ = run("--topic", "chess olympiad")
    assert code == ExitCode.OK
    assert "no article of these days is about “chess olympiad”" in out


def test_a_week_is_from_monday_and_is_compared_with_what_was_told_before_it(run: Any) -> None:
    run("--date", "2026-01-29")
    run("--date", "2026-02-02")
    told_ = json.loads(run("--week", "2026-02-04", "--json")[1])
    assert (told_["window"]["from"], told_["window"]["to"]) == ("2026-02-02", "2026-02-04")
    assert {story["status"] for story in told_["stories"]} == {"new"}  # though Monday's briefing told some
    assert told_["since"]["day"] == "2026-01-29"
    code, _, err = run("--week")
    assert code == ExitCode.OK
    assert "briefing on 2026-02-02 to 2026-02-03" in err


def test_since_the_last_briefing_is_from_the_day_after_it(run: Any) -> None:
    run("--date", "2026-01-29")
    told_ = json.loads(run("--since-last", "--json")[1])
    assert (told_["window"]["from"], told_["window"]["to"]) == ("2026-01-30", "2026-02-05")


def test_the_length_chooses_how_many_stories_are_told(run: Any) -> None:
    everything = ("--from", "2026-01-01", "--to", "2026-02-05")
    assert len(titles(run, *everything, "--length", "2")) == 2
    assert len(titles(run, *everything, "--length", "long")) == 5
    _, out, _ = run(*everything, "--length", "2", "--format", "text")
    assert "not in the 2 most important stories" in out


# kept ones


def test_two_kept_briefings_are_compared_story_by_story(run: Any) -> None:
    run("--date", "2026-02-02")
    run("--date", "2026-02-03")
    code, out, _ = run("--compare", "2026-02-02", "2026-02-03")
    assert code == ExitCode.OK
    assert out.startswith("briefing 2 of 2026-02-03, revision 1, against briefing 1 of 2026-02-02, revision 1\n")
    assert "New: 1\n  – Mongolia raises its pensions\n" in out
    assert "▲ Balikesir quake toll rises to 53 (update: 1 new article since 2026-02-02)" in out
    assert "deaths 35 → 53" in out
    assert "and 35 people were killed in Balikesir" in " ".join(out.split())
    assert "Not told again: 1\n  – Snow halts trains to Kanazawa\n" in out
    compared = json.loads(run("--compare", "1", "2.1", "--json")[1])
    assert {story["title"]: story["status"] for story in compared["stories"]} == {
        "Balikesir quake toll rises to 53": "update", "Mongolia raises its pensions": "new",
    }  # fmt: skip
    assert [one["title"] for one in compared["since"]["over"]] == ["Snow halts trains to Kanazawa"]
    assert run("--compare", "2", "2")[0] == ExitCode.USAGE
    assert run("--compare", "2", "7")[0] == ExitCode.INPUT
    assert run("--compare", "2", "2.9")[0] == ExitCode.INPUT


def test_revisions_of_a_day_are_shown_and_compared(run: Any, library: Path, tmp_path: Path) -> None:
    run("--date", "2026-02-03")
    late = told(9, "Drought ends in Aydintepe", "Rain ended the drought of Aydintepe, farmers said.", "2026-02-03")
    take_in(library, jsonl(tmp_path / "late.jsonl", [late]))
    run("--date", "2026-02-03")
    _, out, _ = run("--compare", "1.1", "1.2")
    assert "New: 1\n  – Drought ends in Aydintepe\n" in out
    assert "Not told again" not in out
    assert "Aydintepe" not in run("--show", "1.1")[1]
    assert "Aydintepe" in run("--show", "1")[1]
    code, _, err = run("--delete", "1.1")
    assert (code, "a revision cannot be deleted alone" in err) == (ExitCode.USAGE, True)


# checked again


@pytest.mark.parametrize("form", ["md", "json"])
def test_a_written_briefing_is_checked_again(run: Any, tmp_path: Path, form: str) -> None:
    run("--date", "2026-02-02")
    file = tmp_path / "files" / f"a.{form}"
    run("--date", "2026-02-03", "--out", file.name)
    code, out, _ = run(file.name, command="recheck")
    assert (code, out.rpartition(": ")[2]) == (ExitCode.OK, "nothing has changed\n")
    text = file.read_text(encoding="utf-8")
    assert text.count("53 people were killed") >= 2  # the sentence, and the side of a change
    file.write_text(text.replace("53 people were killed", "54 people were killed"), encoding="utf-8")
    code, out, _ = run(file.name, "--json", command="recheck")
    found = json.loads(out)
    assert code == ExitCode.CHANGED
    assert found["edited"]
    changed = [one for one in found["sentences"] if "54" in one["text"]]
    assert changed
    assert all("this sentence is not as it was exported" in one["changes"] for one in changed)
    file.write_text(text.replace("Gazette", "Gazelle"), encoding="utf-8")  # nothing of a sentence
    code, out, _ = run(file.name, command="recheck")
    assert (code, out.rpartition(": ")[2]) == (ExitCode.CHANGED, "the file is not as it was written\n")
    file.write_text(text, encoding="utf-8")
    run("remove", "n5", command="library")
    code, out, _ = run(file.name, command="recheck")
    assert code == ExitCode.CHANGED
    assert "(n5) is not in the library any more" in out


# bad input


def test_days_without_articles_name_the_nearest_that_have_some(run: Any) -> None:
    code, out, _ = run("--date", "2026-01-20")
    assert code == ExitCode.OK
    assert "No articles were published in these days." in out
    assert "the nearest days that have articles: 2026-01-12 (1 article) and 2026-01-29 (1 article)" in out
    assert run("--list")[1] == "0 briefings\n"
    _, out, _ = run("--date", "2026-01-20", "--source", "Gazette")
    assert "the nearest days that have articles: 2026-01-29 (1 article)" in out
    _, out, _ = run("--date", "2026-02-05")
    assert "the nearest days that have articles: 2026-02-03 (2 articles)" in out  # not 2031, which is to come


def test_articles_of_days_to_come_and_of_none_are_left_out_and_said(run: Any) -> None:
    _, out, _ = run("--from", "2026-02-01", "--to", "2031-12-31", "--format", "text")
    assert "Left out: 2 articles (1 undated; 1 newer than 2026-02-05)." in out


def library_of(folder: Path, articles: list[dict[str, Any]]) -> Path:
    take_in(folder / "other", jsonl(folder / "other.jsonl", articles))
    return folder / "other"


def test_articles_of_one_line_of_several_languages_and_copies_make_a_briefing(run: Any, tmp_path: Path) -> None:
    greek = "Ο σεισμός στη Λέσβο σκότωσε τρεις ανθρώπους την Τρίτη, είπε η πυροσβεστική. Οι δρόμοι έκλεισαν."
    arabic = "ضرب زلزال جزيرة لسبوس يوم الثلاثاء وقتل ثلاثة أشخاص، قالت فرق الإطفاء. أغلقت الطرق."
    german = "Ein Erdbeben auf Lesbos hat am Dienstag drei Menschen getötet, teilte die Feuerwehr mit."
    some = [told(1, "Snow", "Snow."), told(2, "Σεισμός", greek), told(3, "زلزال", arabic), told(4, "Erdbeben", german)]
    copies = [told(10 + n, "Quake kills three", QUAKE, source=f"Paper {n}") for n in range(300)]
    where = library_of(tmp_path, [*some, *copies])
    for form, closes in (("md", " -->\n"), ("html", "</html>\n"), ("text", "\n"), ("json", "}\n")):
        code, out, _ = run("--format", form, where=where)
        assert (code, out[-len(closes) :]) == (ExitCode.OK, closes)
    told_ = json.loads(out)
    assert told_["counts"]["copies"] >= 299
    largest = max(told_["stories"], key=lambda story: len(story["articles"]))
    assert len(largest["articles"]) >= 300
    _, out, _ = run("--format", "text", where=where)
    assert "more copies of “Quake kills three”" in out
    assert len(out.splitlines()) < 80  # and not a line for each copy


def test_an_article_of_two_megabytes_is_told_by_its_beginning(run: Any, tmp_path: Path) -> None:
    body = " ".join(f"Paragraph {n} of the report says that bridge {n} was inspected." for n in range(30_000))
    assert len(body) > 1_900_000
    file = jsonl(tmp_path / "long.jsonl", [told(1, "Quake kills 35", f"{QUAKE} {body}"[:2_000_000])])
    where = tmp_path / "long"
    assert run(str(file), "--words-only", command="ingest", where=where)[0] == ExitCode.OK  # vectors are not needed
    code, out, _ = run("--format", "text", where=where)
    assert code == ExitCode.OK
    assert "35 people were killed" in out
    assert len(out) < 5_000


def test_a_library_whose_articles_have_no_date_says_so(run: Any, tmp_path: Path) -> None:
    where = library_of(
        tmp_path, [told(n, f"Undated {n}", f"Bridge {n} was painted by volunteers.", None) for n in (1, 2)]
    )
    code, out, err = run(where=where)
    assert code == ExitCode.OK
    assert "no dated article to brief on" in err
    assert "Left out: 2 articles (2 undated)." in out
