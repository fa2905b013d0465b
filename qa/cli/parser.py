"""The options of every command. The same name means the same everywhere."""

from __future__ import annotations

import argparse
from typing import NoReturn, TypeAlias

from qa.errors import UsageError
from qa.version import __version__

SHOWN = 20
"""Quotations shown in a terminal unless -k says otherwise."""
_EPILOG = "Without a command the app opens. Exit codes, settings and examples: README.md"


class _Parser(argparse.ArgumentParser):
    """Mistakes are errors like all others, with the way to help instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"Try: {self.prog} --help")


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def build_parser() -> argparse.ArgumentParser:
    """The parser of ``newsdesk``."""
    parser = _Parser(
        prog="newsdesk",
        description="Questions and cited briefings over your own dated news articles.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"newsdesk {__version__}")
    _settings(parser, default=None)
    parser.add_argument("--as-of", metavar="DAY", help="use nothing published after DAY (default: today)")
    _rerank(parser, default=None)
    parser.add_argument("--json", action="store_true", help="print JSON on stdout")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _ingest(_command(commands, "ingest", "read files and folders of articles into the library"))
    _search(_command(commands, "search", "find passages or articles"))
    _ask(_command(commands, "ask", "answer a question from the articles, every sentence cited and checked"))
    _quotes(_command(commands, "quotes", "list who said what: the quotations of your articles, newest first"))
    _brief(_command(commands, "brief", "write the briefing of a day or a window, or show those kept"))
    _stories(_command(commands, "stories", "list which articles are of one event, and how many outlets have it"))
    _schedule(
        _command(commands, "schedule", "print a crontab line and a systemd timer for a briefing; install nothing")
    )
    _verify(_command(commands, "verify", "check claims of a file, each against the evidence given with it"))
    _eval(_command(commands, "eval", "evaluate retrieval, answers, citations and abstention against fixtures"))
    _fixtures(
        _command(commands, "fixtures", "what an evaluation expects: draft it from your articles, check a file of it")
    )
    _library(_command(commands, "library", "list, show, count, remove and share articles; rebuild the indexes"))
    _sources(_command(commands, "sources", "feeds, pages and folders that you follow: add, list, remove, refresh"))
    _standing(_command(commands, "standing", "questions that every briefing answers: add, list, remove, restore"))
    _conversations(_command(commands, "conversations", "list, show, rename, delete and export what you asked"))
    _recheck(
        _command(commands, "recheck", "check an exported answer or briefing again: what changed in the library since")
    )
    _chat(_command(commands, "chat", "ask question after question: the app, or with --linear plain lines"))
    _serve(_command(commands, "serve", "the app in a browser on this machine, for one visitor at a time"))
    _doctor(_command(commands, "doctor", "check library, indexes, servers and settings, and say what to do"))
    _command(commands, "config", "show the settings in force and where each comes from")
    _command(commands, "keys", "list the keys of the app, and how to change them")
    return parser


def _command(commands: _Commands, name: str, what: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", allow_abbrev=False)
    _settings(parser, default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON on stdout")
    return parser


def _settings(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--library",
        metavar="NAME_OR_DIR",
        default=default,
        help="the library's name in the settings, or its folder (else NEWSDESK_LIBRARY, else your data folder)",
    )
    parser.add_argument(
        "--model", metavar="NAME", default=default, help="write with this model (articles go to its server)"
    )
    parser.add_argument("--base-url", metavar="URL", default=default, help="an OpenAI-compatible server's address")
    parser.add_argument(
        "--store", metavar="URL", default=default, help="a Chroma server to share articles through (they go there)"
    )


def _rerank(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--rerank",
        choices=("off", "llm"),
        default=default,
        help="llm: the model re-scores the first 30 passages found (they go to its server)",
    )


def _scope(parser: argparse.ArgumentParser) -> None:
    _days(parser)
    parser.add_argument(
        "--index",
        choices=("auto", "chroma", "exact"),
        default="auto",
        help="which index searches by meaning (default: auto)",
    )


def _days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day of publication")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day of publication")
    parser.add_argument(
        "--as-of", metavar="DAY", default=argparse.SUPPRESS, help="use nothing published after DAY (default: today)"
    )
    parser.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="only this source (again for more)"
    )


def _articles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--article", action="append", default=[], metavar="ID", help="only this article (again for more)"
    )


def _question(parser: argparse.ArgumentParser, k: int) -> None:
    parser.add_argument("question", nargs="*", help="the question, quoted or not")
    parser.add_argument(
        "--questions", metavar="FILE", help='JSON lines of {"id", "question", "as_of"?}: one JSON line each'
    )
    _scope(parser)
    _articles(parser)
    parser.add_argument(
        "--all-days", action="store_true", help="search all days, also when words of the question mean some"
    )
    _rerank(parser, default=argparse.SUPPRESS)
    _money(parser)
    parser.add_argument("-k", type=int, default=k, metavar="N", help=f"how many passages (default: {k})")


def _recorded(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--record", metavar="FILE", help="add the model's replies to FILE; what it has is not asked")
    either.add_argument("--replay", metavar="FILE", help="take the model's replies from FILE, and send nothing")


def _money(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-cost", metavar="DOLLARS", help="stop before a request that could bring this run's cost above DOLLARS"
    )


def _ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH|URL",
        help="files, folders, patterns, addresses of pages and feeds; - reads standard input",
    )
    parser.add_argument(
        "--format",
        choices=("txt", "md", "html", "pdf", "jsonl", "csv", "feed", "json"),
        help="what standard input holds (default: what it looks like)",
    )
    parser.add_argument("--prune", action="store_true", help="remove articles that vanished from under PATH")
    parser.add_argument("--yes", action="store_true", help="let --prune remove more than a tenth of them")
    parser.add_argument("--again", action="store_true", help="bring back what you removed, where it is met again")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done; record nothing")
    parser.add_argument("--words-only", action="store_true", help="make no vectors yet: searchable by words at once")
    _money(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 4 when anything could not be read")


def _search(parser: argparse.ArgumentParser) -> None:
    _question(parser, k=10)
    parser.add_argument(
        "--by", choices=("passage", "article"), default="passage", help="what -k counts (default: passage)"
    )
    parser.add_argument("--words-only", action="store_true", help="search by words alone, without embedder and model")


def _ask(parser: argparse.ArgumentParser) -> None:
    _question(parser, k=10)
    _recorded(parser)
    parser.add_argument("--strict", action="store_true", help="exit with 3 when the articles do not answer")
    parser.add_argument(
        "--continue",
        dest="continued",
        nargs="?",
        const="",
        metavar="ID",
        help="as the next question of the last conversation, or of conversation ID",
    )
    parser.add_argument(
        "--no-followup", action="store_true", help="with --continue: search the question as it is typed"
    )


def _quotes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by", default="", metavar="NAME", help="only of this speaker: any part of the name or office, in any spelling"
    )
    parser.add_argument(
        "--about", default="", metavar="WORDS", help="only those with all these words in them or in their sentence"
    )
    _days(parser)
    _articles(parser)
    parser.add_argument(
        "--all", action="store_true", help="also words that are only marked (“wet market”) and titles of works"
    )
    parser.add_argument("--csv", action="store_true", help="print a table for spreadsheets (UTF-8, RFC 4180)")
    parser.add_argument(
        "-k", type=_count, default=None, metavar="N", help=f"at most N (default: {SHOWN}; with --csv or --json all)"
    )


def _brief(parser: argparse.ArgumentParser) -> None:
    _brief_making(parser)
    _recorded(parser)
    _brief_writing(parser)
    kept = parser.add_argument_group("briefings that are kept")
    _kept_list(kept, "the latest days first")
    kept.add_argument("--show", metavar="DAY|ID", help="show one again, as it was made")
    kept.add_argument(
        "--compare", nargs=2, metavar="DAY|ID", help="what the second has that the first has not; ID.N is a revision"
    )
    kept.add_argument("--delete", metavar="DAY|ID", help="delete one; it can be restored")
    kept.add_argument("--restore", type=_count, metavar="ID", help="bring a deleted one back")


def _brief_making(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--date", metavar="DAY", help="the day (default: the newest that has articles)")
    parser.add_argument(
        "--week", nargs="?", const="", metavar="DAY", help="the week up to DAY, from Monday (default: the newest day)"
    )
    parser.add_argument("--since-last", action="store_true", help="the days since the last briefing, however many")
    parser.add_argument(
        "--length", metavar="SIZE", help="short, medium, long, or a number of stories (default: medium)"
    )
    parser.add_argument(
        "--topic", metavar="WORDS", help="only what is about this, over all days or those given, oldest first"
    )
    parser.add_argument("--no-standing", action="store_true", help="leave your standing questions unanswered")
    _scope(parser)
    _money(parser)


def _brief_writing(parser: argparse.ArgumentParser) -> None:
    written = parser.add_argument_group("how it is written")
    written.add_argument(
        "--format", choices=("md", "html", "json", "text"), help="default: by the ending of --out, else md"
    )
    written.add_argument(
        "--out",
        metavar="FILE",
        help="write it to FILE (default: print it); {day} in its name is the briefing's last day",
    )
    written.add_argument("--force", action="store_true", help="overwrite FILE")


def _schedule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", default="07:00", metavar="HH:MM", help="when, in the library's time zone (default: 07:00)"
    )
    parser.add_argument(
        "--on", metavar="WEEKDAY", help="on one day of the week (default: every day; with --week on Monday)"
    )
    _brief_making(parser)
    _brief_writing(parser)


def _stories(parser: argparse.ArgumentParser) -> None:
    _days(parser)
    parser.add_argument("--undated", action="store_true", help="also articles without a date")
    parser.add_argument(
        "--online",
        action="store_true",
        help="article by article as they were published, each compared with those before it alone",
    )


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help='JSON lines of {"claim", "evidence": [{"text", …}]}')


def _eval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FIXTURES", nargs="?", help="a file of fixtures, YAML or JSON lines; with --set a folder"
    )
    parser.add_argument(
        "--index",
        choices=("auto", "chroma", "exact"),
        default="exact",
        help="which index searches by meaning (default: exact)",
    )
    _rerank(parser, default=argparse.SUPPRESS)
    _money(parser)
    _recorded(parser)
    parser.add_argument("--judge", metavar="MODEL", help="have MODEL say which answers are right, apart")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="how many passages (default: 10)")
    parser.add_argument("--drafts", action="store_true", help="also fixtures that nobody has accepted yet")
    parser.add_argument("--retrieval-only", action="store_true", help="search only; answer nothing")
    parser.add_argument(
        "--at-once", type=_count, metavar="N", help="cases at a time (default: 1; with a model, cases_at_once)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the same run where it was broken off")
    parser.add_argument("--no-journal", action="store_true", help="keep nothing of this run")
    _eval_set(parser)
    _eval_told(parser)
    _eval_kept(parser)


def _eval_set(parser: argparse.ArgumentParser) -> None:
    held = parser.add_argument_group("public sets that you hold (docs/evaluation.md)")
    held.add_argument(
        "--set",
        metavar="NAME",
        help="FIXTURES is the folder of this set (beir, ecbplus, faithbench, multihop, qags, realsumm, realtimeqa; "
        "NAME:PART for a part of it); its articles are read once, into a library of their own (--library: another)",
    )
    held.add_argument("--sample", type=_count, metavar="N", help="N of its questions, and as many articles")
    held.add_argument("--words-only", action="store_true", help="make no vectors of its articles: search by words")


def _eval_told(parser: argparse.ArgumentParser) -> None:
    told = parser.add_argument_group("what is told of it")
    told.add_argument(
        "--against", metavar="RUN", help="compare with another: a kept run's number, last, or a file of --out"
    )
    told.add_argument("--gate", metavar="FILE", help="exit with 14 unless the run holds to this gate (TOML)")
    told.add_argument("--cases", action="store_true", help="every case in full, those that failed first")
    told.add_argument("--case", metavar="ID", help="only this case, in full")
    told.add_argument("--out", metavar="FILE", help="write the run as JSON: a baseline for later ones")
    told.add_argument("--html", metavar="FILE", help="write a report with charts that opens by itself")
    told.add_argument("--junit", metavar="FILE", help="write test results as JUnit XML")
    told.add_argument("--run-file", metavar="FILE", help="write what was found as TREC's tools read it")
    told.add_argument("--write-gate", metavar="FILE", help="draft a gate that this run just passes")
    told.add_argument("--force", action="store_true", help="overwrite these files")


def _kept_list(kept: argparse._ArgumentGroup, order: str) -> None:
    kept.add_argument(
        "--list",
        nargs="?",
        const="kept",
        choices=("kept", "deleted"),
        help=f"list them, {order} (deleted: those that can be restored)",
    )


def _eval_kept(parser: argparse.ArgumentParser) -> None:
    kept = parser.add_argument_group("runs that are kept")
    _kept_list(kept, "the latest first")
    kept.add_argument("--show", metavar="RUN", help="tell of a kept run (its number, last, or a file of --out)")
    kept.add_argument("--delete", type=_count, metavar="RUN", help="delete one; it can be restored")
    kept.add_argument("--restore", type=_count, metavar="RUN", help="bring a deleted one back")
    kept.add_argument("--erase", type=_count, metavar="RUN", help="remove one for good")


def _fixtures(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    new = _action(actions, "new", "draft questions, a briefing and claims from your articles, to be read and accepted")
    new.add_argument("--out", metavar="FILE", help="write them to a new FILE, .yaml or .jsonl (default: print them)")
    new.add_argument("--number", type=_count, default=20, metavar="N", help="how many questions (default: 20)")
    new.add_argument("--date", metavar="DAY", help="only of articles of this day")
    new.add_argument("--from", dest="first", metavar="DAY", help="first day of publication")
    new.add_argument("--to", dest="last", metavar="DAY", help="last day of publication")
    new.add_argument("--source", action="append", default=[], metavar="NAME", help="only this source (again for more)")
    _money(new)
    checked = _action(actions, "check", "name all that is wrong with a file of fixtures, each with its line")
    checked.add_argument("file", metavar="FILE", help="fixtures, YAML or JSON lines")
    checked.add_argument(
        "--founded", action="store_true", help="also what they name and the library has not (so does --library)"
    )
    example = _action(actions, "example", "print an example of every kind")
    example.add_argument("--format", choices=("yaml", "jsonl"), default="yaml", help="default: yaml")


def _library(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    listed = _action(actions, "list", "list the articles, newest first")
    _listed(listed)
    shown = _action(actions, "show", "show an article with its text")
    shown.add_argument("id", metavar="ID")
    shown.add_argument(
        "--version", type=int, default=None, metavar="N", dest="article_version", help="an earlier version"
    )
    shown.add_argument("--versions", action="store_true", help="list its versions")
    shown.add_argument("--diff", action="store_true", help="what is otherwise since --version N (the last before)")
    _action(actions, "stats", "count articles, passages, days and sources")
    edited = _action(actions, "edit", "correct date, title or source of an article; kept through later ingests")
    edited.add_argument("id", metavar="ID")
    edited.add_argument("--date", metavar="DAY", help='2026-02-04, also with a time; "" for no date')
    edited.add_argument("--title", metavar="WORDS", help="its headline")
    edited.add_argument("--source", metavar="NAME", help='who published it; "" for nobody known')
    edited.add_argument("--as-in-file", action="store_true", help="take your corrections back")
    removed = _action(actions, "remove", "remove articles; they stay away until restored")
    restored = _action(actions, "restore", "bring removed articles back")
    forgotten = _action(actions, "forget", "erase articles for good: text, versions, indexes and every quote of them")
    for action in (removed, restored, forgotten):
        action.add_argument("ids", nargs="+", metavar="ID")
    exported = _action(actions, "export", "write the whole library into one file, to keep or to move it")
    imported = _action(actions, "import", "make a library from such a file, in a new folder (--library)")
    for action in (exported, imported):
        action.add_argument("file", metavar="FILE")
    _action(actions, "problems", "list what was refused or dropped of each file when it was last read")
    _action(actions, "sync", "share articles with the other libraries of the store (--store)")
    _action(actions, "rebuild", "make the word index and the Chroma index again from the record")


def _doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repair", action="store_true", help="make again what is derived from the record and damaged")
    parser.add_argument(
        "--read-data",
        action="store_true",
        help="read and compare every text, vector and quote (embeds everything again)",
    )


def _listed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs="*", metavar="WORD", help="only with each WORD in title, source or day")
    parser.add_argument("--from", dest="first", metavar="DAY", help="first day of publication")
    parser.add_argument("--to", dest="last", metavar="DAY", help="last day of publication")
    parser.add_argument(
        "--source", action="append", default=[], metavar="NAME", help="only this source (again for more)"
    )
    parser.add_argument(
        "--sort", choices=("date", "title", "source", "passages"), default="date", help="(default: date)"
    )
    parser.add_argument("--up", action="store_true", help="lowest first (default for titles and sources)")
    parser.add_argument("--down", action="store_true", help="highest first (default for dates and passages)")
    parser.add_argument("--limit", type=_count, default=None, metavar="N", help="at most N articles")
    parser.add_argument("--offset", type=_count, default=0, metavar="N", help="leave out the first N")
    parser.add_argument("--removed", action="store_true", help="list what was removed and can be restored")


def _sources(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    added = _action(actions, "add", "follow a feed, a page, a list of feeds (OPML), a file or a folder")
    added.add_argument("what", metavar="URL|FILE|FOLDER")
    added.add_argument("--name", metavar="NAME", help="what its source is called in its articles")
    _action(actions, "list", "list what is followed, with when it was read and what was wrong")
    removed = _action(actions, "remove", "follow a source no more; its articles stay")
    removed.add_argument("number", type=_count, metavar="N")
    refreshed = _action(actions, "refresh", "read what is followed again: only what has changed is fetched")
    refreshed.add_argument("numbers", nargs="*", type=_count, metavar="N", help="only these (default: all)")
    refreshed.add_argument("--words-only", action="store_true", help="make no vectors yet: searchable by words at once")
    refreshed.add_argument("--strict", action="store_true", help="exit with 4 when anything could not be read")
    refreshed.set_defaults(dry_run=False)
    _money(refreshed)


def _standing(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    added = _action(actions, "add", "keep a question, or a subject: each briefing says what is new")
    added.add_argument("question", nargs="+", metavar="QUESTION", help='quoted or not: "the customs union: news?"')
    listed = _action(actions, "list", "list the questions, with when they were answered")
    listed.add_argument("--removed", action="store_true", help="list those that were removed and can be restored")
    removed = _action(actions, "remove", "ask a question no more; it can be restored")
    removed.add_argument("--for-good", action="store_true", help="erase it, also one that was removed before")
    restored = _action(actions, "restore", "ask a removed question again")
    for action in (removed, restored):
        action.add_argument("number", type=_count, metavar="N")


def _conversations(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_Parser)
    listed = _action(actions, "list", "list the conversations, newest first")
    listed.add_argument("--deleted", action="store_true", help="list those that were deleted and can be restored")
    shown = _action(actions, "show", "show a conversation")
    renamed = _action(actions, "rename", "give a conversation another title")
    deleted = _action(actions, "delete", "delete a conversation; it can be restored")
    deleted.add_argument("--for-good", action="store_true", help="erase it, also one that was deleted before")
    restored = _action(actions, "restore", "bring a deleted conversation back")
    exported = _action(actions, "export", "write a conversation as Markdown, HTML or JSON")
    for action in (shown, renamed, deleted, restored, exported):
        action.add_argument("id", type=_count, metavar="ID")
    renamed.add_argument("title", nargs="+", metavar="TITLE")
    exported.add_argument("--format", choices=("md", "html", "json"), default="md", help="default: md")
    exported.add_argument("-o", "--output", metavar="FILE", help="write to FILE (default: print it)")
    exported.add_argument("--force", action="store_true", help="overwrite FILE")


def _chat(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--linear",
        action="store_true",
        help="plain lines for screen readers and scripts: nothing is drawn, moved or coloured",
    )
    parser.add_argument(
        "--continue",
        dest="continued",
        nargs="?",
        const="",
        metavar="ID",
        help="go on with the last conversation, or ID",
    )
    parser.add_argument(
        "--as-of", metavar="DAY", default=argparse.SUPPRESS, help="use nothing published after DAY (default: today)"
    )
    _rerank(parser, default=argparse.SUPPRESS)
    _money(parser)


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="of this machine (default: 127.0.0.1)")
    parser.add_argument("--port", type=_count, default=8765, metavar="N", help="default: 8765; 0 takes a free one")
    parser.add_argument(
        "--as-of", metavar="DAY", default=argparse.SUPPRESS, help="use nothing published after DAY (default: today)"
    )
    _rerank(parser, default=argparse.SUPPRESS)


def _recheck(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a conversation or briefing as Markdown or JSON, or `ask --json`")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 up")
    return int(text)


def _action(actions: _Commands, name: str, what: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", allow_abbrev=False)
    _settings(parser, default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON on stdout")
    return parser
