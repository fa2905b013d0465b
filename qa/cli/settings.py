"""``newsdesk config``: the settings in force, where each is from, and what they send elsewhere."""

from __future__ import annotations

import argparse

from qa.cli.session import put_result, settings_of
from qa.config import Config, load_config
from qa.errors import ExitCode
from qa.in_use import settings_files
from qa.render import show_line
from qa.types import Cancel


def config(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Print the settings; a settings file that is wrong is told after them. Raises NewsdeskError."""
    config = load_config(**settings_of(options))
    values = {
        "library": str(config.library),
        "model": config.model,
        "base_url": config.base_url,
        "api_key_file": str(config.api_key_file) if config.api_key_file else None,
        "api_key": "set (not shown)" if config.api_key else None,
        "timezone": config.timezone,
        "rerank": config.rerank,
        "verify": config.verify,
        "repair": str(config.repair).lower(),
        "failed": config.failed,
        "daily_budget": None if config.daily_budget is None else f"{config.daily_budget:g}",
        "context_tokens": str(config.context_tokens),
        "reply_tokens": str(config.reply_tokens),
        "stories_at_once": str(config.stories_at_once),
        "cases_at_once": str(config.cases_at_once),
        "embedder": config.embedder,
        "embedder_url": config.embedder_url,
        "store": config.store,
        "store_token_file": str(config.store_token_file) if config.store_token_file else None,
        "store_token": "set (not shown)" if config.store_token else None,
        "store_tenant": config.store_tenant,
        "store_database": config.store_database,
        "journal": str(config.journal).lower(),
        "briefing_topics": ", ".join(config.briefing_topics) or None,
        "briefing_sources": ", ".join(config.briefing_sources) or None,
        "briefing_length": str(config.briefing_length),
    }
    values["keys"] = ", ".join(f"{name} = {key}" for name, key in config.keys.items()) or None
    told = {name: {"value": value, "from": config.origins.get(name, "default")} for name, value in values.items()}
    lines = (
        f"{name:>16}  {show_line(value or '–')}  ({show_line(told[name]['from'] or '')})\n"
        for name, value in values.items()
    )
    told["libraries"] = {name: str(folder) for name, folder in config.libraries}
    named = "".join(
        f"{'[libraries]':>16}  {name}: {show_line(str(folder))}{' (this one)' * (name == config.name)}\n"
        for name, folder in config.libraries
    )
    files = {one.name: one for one in settings_files()}
    told |= {name: {"value": str(one.path), "from": "yours" if one.own else "default"} for name, one in files.items()}
    listed = "".join(f"{one.name:>16}  {show_line(str(one.path))}  ({one.says})\n" for one in files.values())
    put_result(options, told, "".join(lines) + named + listed + _where_articles_go(config))
    wrong = next((one.wrong for one in files.values() if one.wrong), None)
    if wrong:
        raise wrong
    return ExitCode.OK


def _where_articles_go(config: Config) -> str:
    """What leaves this machine with these settings, a line for each place."""
    sent = {
        "embedder": ("all your articles", "when you ingest, and each of your questions"),
        "model": ("passages of your articles", "when it writes"),
        "store": ("all your articles", "when you ingest or sync"),
    }
    lines = []
    for one in config.recipients:
        if not one.is_local:
            (what, when), how = sent[one.role], "encrypted" if one.is_encrypted else "not encrypted"
            lines.append(f"{what} are sent to {one.host} ({how}) {when}")
    return "".join(f"{show_line(line)}\n" for line in lines or ["nothing leaves this machine"])
