"""``newsdesk library``: list, show, correct, remove and restore articles."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict

from qa.cli.output import put, put_json, say
from qa.cli.session import put_result
from qa.dates import parse_day
from qa.engine import Engine
from qa.errors import ExitCode, LibraryError, NotFoundError, UsageError
from qa.forget import forget_all
from qa.render import article_json, article_text, differing, problems_text, show_line
from qa.types import Article, Cancel, Heading, Listing, RemovedBy, SortBy, Window


def _list(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    if options.removed:
        return _list_removed(engine, options)
    chosen = _chosen(engine, options)
    rows = engine.library.list(options.offset, -1 if options.limit is None else options.limit, chosen)
    total, listed = engine.library.stats().articles, engine.library.count(chosen)
    if options.json:
        articles = [article_json(row.article, row.passages, edited=row.edited) for row in rows]
        put_json({"articles": articles, "listed": listed, "total": total})
        return ExitCode.OK
    for row in rows:
        put(f"{_listed(row.article)}{'  (corrected by you)' if row.edited else ''}\n")
    put(f"{total} article(s)\n" if listed == total else f"{listed} of {total} article(s)\n")
    return ExitCode.OK


def _chosen(engine: Engine, options: argparse.Namespace) -> Listing:
    if options.up and options.down:
        raise UsageError("--up and --down exclude each other", "Leave one of them out.")
    first, last = (
        parse_day(typed, engine.today, option) if typed is not None else None
        for typed, option in ((options.first, "--from"), (options.last, "--to"))
    )
    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}", "Exchange them.")
    by = SortBy(options.sort)
    down = options.down or (not options.up and by in (SortBy.DATE, SortBy.PASSAGES))
    return Listing(" ".join(options.words), Window(first, last), tuple(options.source), by, down)


def _list_removed(engine: Engine, options: argparse.Namespace) -> ExitCode:
    found = engine.library.removed()
    told = [article_json(one.article) | {"removed_by": one.why.value} for one in found]
    by = {RemovedBy.READER: "", RemovedBy.PRUNE: "  (--prune)", RemovedBy.STORE: "  (by the shared store)"}
    lines = [f"{_listed(one.article)}{by[one.why]}\n" for one in found]
    put_result(options, {"removed": told}, "".join([*lines, f"{len(found)} removed article(s)\n"]))
    return ExitCode.OK


def _listed(article: Article) -> str:
    published = article.published.iso[:10] if article.published else "undated   "
    source = show_line(article.source or "unknown source")
    return f"{published}  {show_line(article.id)}  {source}  {show_line(article.title)}"


def _show(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    if options.versions:
        return _show_versions(engine, options)
    if options.diff:
        return _show_diff(engine, options)
    article = engine.library.article(options.id, options.article_version)
    correction = engine.library.correction(article.id)
    put_result(options, article_json(article, text=True, correction=correction), article_text(article, correction))
    return ExitCode.OK


def _show_versions(engine: Engine, options: argparse.Namespace) -> ExitCode:
    versions = engine.library.versions(options.id)
    told = [article_json(one) | {"characters": len(one.text), "digest": one.digest} for one in versions]
    lines = [f"{one.version:>3}  {_listed(one)}  {len(one.text):,} characters\n" for one in versions]
    put_result(options, {"versions": told}, "".join(lines))
    return ExitCode.OK


def _show_diff(engine: Engine, options: argparse.Namespace) -> ExitCode:
    """What the current version says otherwise than an earlier one, the last before it unless another is named."""
    *_, now = versions = engine.library.versions(options.id)
    earlier = [one for one in versions[:-1] if options.article_version in (None, one.version)]
    if not earlier:
        if options.article_version not in (None, now.version):
            engine.library.article(options.id, options.article_version)  # says that there is none
        put_result(options, {"from": None, "to": now.version, "diff": []}, "there is no earlier version\n")
        return ExitCode.OK
    before = earlier[-1]
    lines = [show_line(line) for line in differing(before, now)]
    put_result(
        options, {"from": before.version, "to": now.version, "diff": lines}, "".join(f"{one}\n" for one in lines)
    )
    return ExitCode.OK


def _forget(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    gone = forget_all(engine, options.ids)
    for one in gone:
        for place in one.places:
            say(f"{show_line(place)} is untouched: read again, {show_line(one.id)} is back")
        if one.same:
            say(f"says the same, and stays: {', '.join(map(show_line, one.same))}")
    kept = sum(one.kept for one in gone)
    said = f"{len(gone)} article(s) forgotten; {kept} kept answer(s), briefing(s) and case(s) now say so\n"
    if engine.config.store:
        said += "the shared store still has it until the next `newsdesk library sync`\n"
    put_result(options, {"forgotten": [one.id for one in gone], "kept_changed": kept}, said)
    return ExitCode.OK


def _edit(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    typed = {heading: value for heading in Heading if (value := getattr(options, heading)) is not None}
    if bool(typed) == options.as_in_file:
        raise UsageError("say what to correct", "--date DAY, --title WORDS or --source NAME; or --as-in-file alone.")
    before = engine.library.article(options.id)
    library = engine.library
    article = library.as_filed(options.id) if options.as_in_file else library.correct(options.id, typed)
    correction = engine.library.correction(article.id)
    fields = ", ".join(sorted(correction.fields)) if correction else ""
    kept = f"your {fields} is kept through later ingests" if fields else "as in its file"
    said = f"{_listed(article)}\n{kept}\n" if article != before else f"{_listed(article)}\nnothing changed\n"
    put_result(options, article_json(article, correction=correction), said)
    return ExitCode.OK


def _restore(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    there = {one.article.id for one in engine.library.removed()}
    if unknown := [one for one in options.ids if one not in there]:
        hint = "`newsdesk library list --removed` shows what can be restored."
        raise NotFoundError(f"no removed article {unknown[0]!r}", hint)
    back = engine.library.restore(options.ids)
    if taken := [one for one in options.ids if one not in back]:
        hint = "Remove that one first."
        raise LibraryError(f"another article has taken the id or the file of {taken[0]!r} since it was removed", hint)
    put_result(options, {"restored": len(back)}, f"{len(back)} article(s) restored\n")
    return ExitCode.OK


def _problems(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    files = engine.library.problems()
    put_result(options, {"files": [asdict(file) for file in files]}, problems_text(files))
    return ExitCode.OK


def _stats(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    stats = engine.library.stats()
    told = {
        "articles": stats.articles,
        "passages": stats.passages,
        "waiting": stats.waiting,
        "undated": stats.undated,
        "first": stats.first_day.isoformat() if stats.first_day else None,
        "last": stats.last_day.isoformat() if stats.last_day else None,
        "sources": len(engine.library.sources()),
    }
    put_result(
        options, told, "".join(f"{name:>9}  {'–' if value is None else value}\n" for name, value in told.items())
    )
    return ExitCode.OK


def _remove(engine: Engine, options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    for article_id in options.ids:
        engine.library.article(article_id)
    removed = engine.library.remove(options.ids)
    shared = "; the shared store is told with the next sync" if engine.config.store else ""
    said = f"{removed} article(s) removed; their files are untouched{shared}. `library restore` undoes it\n"
    put_result(options, {"removed": removed}, said)
    return ExitCode.OK


ACTIONS: Mapping[str, Callable[[Engine, argparse.Namespace, Cancel], ExitCode]] = {
    "list": _list,
    "show": _show,
    "stats": _stats,
    "edit": _edit,
    "remove": _remove,
    "restore": _restore,
    "forget": _forget,
    "problems": _problems,
}
"""What ``newsdesk library`` does with articles."""
