"""ECB+ (Cybulska and Vossen 2014): short news stories, each with the event it reports."""

from __future__ import annotations

from pathlib import Path

from qa.errors import FixtureError
from qa.fixtures import GroupingFixture
from qa.sets.data import SetData, suite_of
from qa.sets.rows import json_lines, located

FORM = 'ecbplus.articles.jsonl ({"id", "text", "cluster", "date"?}; cluster names the event)'
_HINT = f"ECB+ is a folder with {FORM}."


def read(folder: Path, part: str) -> SetData:
    """All stories to be grouped at once, or those of the topic ``part``."""
    path = located(folder, ["ecbplus.articles.jsonl", "articles.jsonl"], _HINT)
    texts: dict[str, str] = {}
    days: dict[str, str] = {}
    events: dict[str, str] = {}
    for row in json_lines(path):
        name, event = row.text("id"), row.text("cluster")
        if part and (row.maybe("topic") or event.rpartition("_")[0]) != part:
            continue
        if name in texts:
            raise row.wrong(f"id {name!r} stands twice")
        texts[name], events[name] = row.text("text"), event
        if day := row.maybe("date"):
            days[name] = day
    if not texts:
        raise FixtureError(f"{path}: holds no stories" + (f" of topic {part!r}" if part else ""), _HINT)
    name = f"ecbplus:{part}" if part else "ecbplus"
    return SetData(suite_of(name, [GroupingFixture(id=name, line=1, texts=texts, days=days, events=events)]))
