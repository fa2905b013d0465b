"""What ``newsdesk schedule`` prints runs as cron and systemd read it, and installs nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from fixtures.newsroom import jsonl, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.cli import main
from qa.errors import ExitCode
from qa.render import Timetable, show, timetable_json, timetable_text

ECHO = "#!{python}\nimport json, os, sys\nprint(json.dumps([sys.argv[1:], os.environ.get('NEWSDESK_MODEL')]))\n"
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)


def table(*words: str, **more: Any) -> Timetable:
    return Timetable(**{"command": words, "environment": {}, "at": time(7, 5), "on": None, "timezone": None, **more})


def as_cron_reads(line: str) -> tuple[str, str]:
    """Schedule and command of a crontab's line, as crontab(5) says: % ends the command unless it is escaped."""
    when, command = re.fullmatch(r"((?:\S+ ){5})(.*)\n", line).groups()  # type: ignore[union-attr]
    assert not re.search(r"(?<!\\)%", command)
    return when.strip(), command.replace("\\%", "%")


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program whose path wants quoting, and that says what it was given."""
    program = tmp_path_factory.mktemp("100% of") / "new's desk"
    program.write_text(ECHO.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o700)
    return program


@pytest.mark.parametrize(
    "words", [["brief", "--topic", 'the "$cost" of 100% `x`\'s\\'], ["--out", "~/a b/{day}.html", ";", "#", "*"]]
)
def test_the_line_for_cron_gives_the_command_its_words_and_its_environment(echo: Path, words: list[str]) -> None:
    made = table(str(echo), *words, environment={"NEWSDESK_MODEL": 'a\'b "c" 5%'})
    when, command = as_cron_reads(str(timetable_json(made)["crontab"]))
    assert when == "5 7 * * *"
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [words, 'a\'b "c" 5%']


@given(st.lists(WORDS, max_size=4))
def test_no_word_ends_a_line_or_a_command(words: list[str]) -> None:
    import shlex

    made = timetable_json(table("/usr/bin/newsdesk", *words))
    _, command = as_cron_reads(str(made["crontab"]))
    assert shlex.split(command) == ["/usr/bin/newsdesk", *words]
    (line,) = re.findall(r"^ExecStart=(.*)$", str(made["service"]), re.M)
    assert as_systemd_reads(line) == ["/usr/bin/newsdesk", *words]


def as_systemd_reads(line: str) -> list[str]:
    """The words of a command line as systemd.service(5) says: quoted or plain, %% and $$ stand for themselves."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"(?: |$)|([^ "]+)(?: |$)', line)
    plain = [re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in words]
    assert not [word for word in plain if re.search(r"(?<!%)(?:%%)*%(?!%)|(?<!\$)(?:\$\$)*\$(?!\$)", word)]
    return [word.replace("%%", "%").replace("$$", "$") for word in plain]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not here")
@pytest.mark.parametrize("weird", [True, False])
def test_systemd_finds_nothing_wrong_with_the_units(echo: Path, tmp_path: Path, weird: bool) -> None:
    program = echo if weird else shutil.copy(echo, tmp_path / "news desk")
    made = timetable_json(
        table(
            str(program), "brief", "--topic", "the \"$cost\" of 100% `x`'s\\", "--out", "/a b/{day}.html",
            environment={"NEWSDESK_MODEL": "a'b \"c\" 5%"}, on=0, timezone="Europe/Istanbul",
        )
    )  # fmt: skip
    for kind in ("service", "timer"):
        (tmp_path / f"newsdesk-brief.{kind}").write_text(str(made[kind]), encoding="utf-8")
    units = [str(tmp_path / f"newsdesk-brief.{kind}") for kind in ("service", "timer")]
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert [line for line in ran.stderr.splitlines() if "newsdesk-brief" in line] == []
    (when,) = re.findall(r"^OnCalendar=(.*)$", str(made["timer"]), re.M)
    assert when == "Mon *-*-* 07:05:00 Europe/Istanbul"
    subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, check=True)


def test_comments_cannot_be_broken_out_of() -> None:
    shown = timetable_text(table("/usr/bin/newsdesk", remarks=("a\n* * * * * rm -rf /\x1b]52;c;x\x07",)))
    assert "\n* * * * * rm" not in shown
    assert show(shown) == shown


# the command


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    take_in(folder / "library", jsonl(folder / "news.jsonl", [told(1, "Quake", "A quake struck Izmir on Tuesday.")]))
    return folder / "library"


@pytest.fixture
def run(library: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def ran(*arguments: str) -> tuple[int, str, str]:
        code = main(["--library", str(library), *arguments])
        return code, *capsys.readouterr()

    return ran


def words_of(run: Any, *arguments: str) -> list[str]:
    """The words behind the command and its library."""
    code, out, _ = run("schedule", *arguments, "--json")
    assert code == ExitCode.OK
    words = json.loads(out)["command"]
    at = words.index("--library")
    return list(words[at + 2 :])


def test_it_says_what_this_briefing_needs_and_nothing_that_was_not_set(
    run: Any, library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = sorted(path.name for path in library.iterdir())
    code, out, err = run("schedule")
    assert (code, err) == (ExitCode.OK, "")
    assert "\n0 7 * * * NEWSDESK_CONFIG_DIR=" in out  # where the tests' settings are
    assert out.count(f"--library {library} brief\n") == 2
    assert "CRON_TZ" not in out
    assert "NEWSDESK_MODEL" not in out
    assert "loginctl enable-linger" in out
    assert sorted(path.name for path in library.iterdir()) == before
    monkeypatch.setenv("NEWSDESK_MODEL", "small")
    monkeypatch.setenv("NEWSDESK_BASE_URL", "http://localhost:9/v1")
    monkeypatch.setenv("NEWSDESK_API_KEY", "sk-not-to-be-seen")
    monkeypatch.setenv("NEWSDESK_TIMEZONE", "Pacific/Kiritimati")
    code, out, _ = run("schedule", "--at", "18:30", "--on", "fri")
    assert "NEWSDESK_MODEL=small" in out
    assert "\n30 18 * * 5 " in out
    assert "CRON_TZ=Pacific/Kiritimati\n" in out
    assert "OnCalendar=Fri *-*-* 18:30:00 Pacific/Kiritimati\n" in out
    assert "sk-not-to-be-seen" not in out
    assert "The key in NEWSDESK_API_KEY is not written here" in out


def test_the_options_of_a_briefing_are_carried(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["--source", "agency", "--topic", "customs union", "--from", "2026-01-01", "--max-cost", "0.5"]
    assert words_of(run, *given, "--out", "news/{day}.html", "--model", "m") == [
        "brief", "--model", "m", "--max-cost", "0.5", "--topic", "customs union", "--from", "2026-01-01", "--source",
        "agency", "--out", str(tmp_path / "news/{day}.html"),
    ]  # fmt: skip
    assert words_of(run, "--date", "yesterday", "--out", "a.md", "--force")[:3] == ["brief", "--date", "yesterday"]
    assert words_of(run, "--week") == ["brief", "--week", "yesterday"]
    assert words_of(run, "--week", "--on", "sunday")[:3] == ["brief", "--week", "today"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--at", "25:00"],
        ["--at", "soon"],
        ["--on", "someday"],
        ["--date", "2026-02-04"],
        ["--week", "2026-02-04"],
        ["--from", "2026-02-01", "--to", "2026-02-04"],
        ["--as-of", "2026-02-05"],
        ["--out", "brief.html"],
        ["--out", "{day}.pdf"],
        ["--force"],
        ["--source", "Nobody"],
        ["--out", "a\nb{day}.md"],
    ],
)
def test_what_would_be_the_same_each_day_or_could_not_be_written_is_refused(run: Any, arguments: list[str]) -> None:
    code, out, err = run("schedule", *arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert len(err.splitlines()) >= 2  # the remedy


def test_the_program_is_named_by_its_absolute_path(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "newsdesk"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "schedule"])
    _, out, _ = run("schedule", "--json")
    assert json.loads(out)["command"][0] == str(program)
