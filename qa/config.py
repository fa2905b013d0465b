"""Settings: a TOML file in the platform's configuration folder, the table of the library in it, then ``NEWSDESK_*``,
then the command line.

A model is used only when it is configured *for Newsdesk* (``model`` here, ``NEWSDESK_MODEL`` or ``--model``; likewise
``embedder``): with a model, articles leave the machine. ``OPENAI_API_KEY`` is read only once one is so configured.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa.errors import ConfigError
from qa.setting import READ, briefing, table
from qa.tables import NONE, REFUSABLE, Named, read_tables, table_of

Rerank = Literal["off", "llm"]
Verify = Literal["code", "llm"]
Failed = Literal["strike", "drop"]
Role = Literal["model", "embedder", "store"]
OPENAI_URL = "https://api.openai.com/v1"
_EXAMPLE = "Give the address that ends in /v1, for example http://localhost:11434/v1."
_ENVIRONMENT = {
    "library": "NEWSDESK_LIBRARY",
    "model": "NEWSDESK_MODEL",
    "base_url": "NEWSDESK_BASE_URL",
    "timezone": "NEWSDESK_TIMEZONE",
    "rerank": "NEWSDESK_RERANK",
    "embedder": "NEWSDESK_EMBEDDER",
    "embedder_url": "NEWSDESK_EMBEDDER_URL",
    "store": "NEWSDESK_STORE",
    "fetch_private": "NEWSDESK_FETCH_PRIVATE",
    "journal": "NEWSDESK_JOURNAL",
    "verify": "NEWSDESK_VERIFY",
    "repair": "NEWSDESK_REPAIR",
    "failed": "NEWSDESK_FAILED",
    "daily_budget": "NEWSDESK_DAILY_BUDGET",
    "context_tokens": "NEWSDESK_CONTEXT_TOKENS",
    "reply_tokens": "NEWSDESK_REPLY_TOKENS",
    "stories_at_once": "NEWSDESK_STORIES_AT_ONCE",
    "cases_at_once": "NEWSDESK_CASES_AT_ONCE",
}
_PATHS = frozenset({"library", "api_key_file", "store_token_file", "record", "replay"})
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):\s*(\S.*)")


class Secret:
    """A key that shows itself in no repr, log or traceback; ``reveal`` is called where the request is made."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Recipient:
    """A server that the reader's words are sent to."""

    role: Role
    url: str
    model: str = ""
    """What it is asked for; a store has none."""

    @property
    def host(self) -> str:
        """Host (and port)."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_local(self) -> bool:
        """Whether it is this machine, so that nothing leaves it."""
        return _is_loopback(self.url)

    @property
    def is_encrypted(self) -> bool:
        """Whether the words travel encrypted."""
        return self.url.lower().startswith("https:")


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """A Chroma server that several libraries share, and what it wants to be asked with."""

    url: str
    """http or https, without a slash at the end."""
    token: Secret | None = None
    """Sent as ``Authorization: Bearer TOKEN``, or, where it reads ``Name: value``, as that header."""
    tenant: str = "default_tenant"
    database: str = "default_database"

    @property
    def host(self) -> str:
        """Host (and port) that articles are sent to."""
        return urlsplit(self.url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the server is this machine."""
        return _is_loopback(self.url)

    @property
    def is_encrypted(self) -> bool:
        """Whether articles and the token travel encrypted."""
        return self.url.startswith("https:")

    @property
    def headers(self) -> dict[str, str]:
        """The header that authorises; to be called where the request is made."""
        if self.token is None:
            return {}
        given = self.token.reveal()
        if match := _HEADER.fullmatch(given):
            return {match.group(1): match.group(2)}
        return {"Authorization": f"Bearer {given}"}


def default_library() -> Path:
    """The library in the platform's data folder."""
    from platformdirs import user_data_path

    return user_data_path("newsdesk", appauthor=False) / "library"


@dataclass(frozen=True, slots=True)
class Config:
    """What a reader can set. ``origins`` says where each setting came from."""

    library: Path = field(default_factory=default_library)
    """Folder of the library."""
    name: str = ""
    """What the settings call it, where they do."""
    libraries: tuple[tuple[str, Path], ...] = ()
    """Name and folder of every library that the settings name."""
    model: str | None = None
    """Model that writes prose; without one, answers are quotations."""
    base_url: str | None = None
    """OpenAI-compatible endpoint; OpenAI's own when a model is set and this is not."""
    api_key_file: Path | None = None
    """File whose first line is the key; readable by its owner only."""
    timezone: str | None = None
    """IANA name; the system's time zone otherwise."""
    rerank: Rerank = "off"
    """``llm``: the model re-scores the first thirty passages found (it is sent them with each search, too)."""
    verify: Verify = "code"
    """``llm``: the model gives a second opinion on each sentence that the checks found supported; it can only lower."""
    repair: bool = True
    """Whether the model is asked once more for sentences that failed their check."""
    failed: Failed = "strike"
    """What becomes of a model's sentences that still fail: shown struck out, or dropped and counted."""
    daily_budget: float | None = None
    """Dollars that all of the reader's processes may spend in a day of theirs."""
    max_cost: float | None = None
    """Dollars that this run may spend; given on the command line only."""
    context_tokens: int = 8192
    """Tokens that the model reads and writes at once, as its server is set up."""
    reply_tokens: int = 1024
    """Tokens of it kept free for a reply, its thinking included."""
    stories_at_once: int = 4
    """Stories of a briefing that the model tells side by side; one after the other where a budget may not do."""
    cases_at_once: int = 4
    """Cases of an evaluation that go on side by side where a model is asked; likewise."""
    record: Path | None = None
    """File that the model's replies are recorded into, those that it lacks; given on the command line only."""
    replay: Path | None = None
    """File that replies are replayed from: nothing is sent to a model, and it names the model where ``model`` does not;
    given on the command line only."""
    judge: str | None = None
    """Model of the same server that judges the answers of an evaluation; given on the command line only."""
    embedder: str | None = None
    """Embedding model of an OpenAI-compatible server, which is sent all articles; the shipped one when not set."""
    embedder_url: str | None = None
    """The server of ``embedder``; ``base_url`` when not set, else OpenAI's own."""
    api_key: Secret | None = None
    store: str | None = None
    """Address of a Chroma server that several libraries share; articles go there."""
    store_token_file: Path | None = None
    """File whose first line is the store's token, or a header ``Name: value``; readable by its owner only."""
    store_tenant: str | None = None
    store_database: str | None = None
    store_token: Secret | None = None
    fetch_private: bool = False
    """Whether addresses of this machine and of private networks may be fetched, too."""
    journal: bool = True
    """Whether questions and answers are kept as conversations, in the library's folder."""
    briefing_topics: tuple[str, ...] = ()
    """What the reader wants to read of: stories on it come before others (table ``[briefing]``)."""
    briefing_sources: tuple[str, ...] = ()
    """Sources whose stories the reader wants before others of equal weight."""
    briefing_length: str | int = "medium"
    """short, medium, long, or how many stories a briefing tells."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the app by the id of what they do, several with commas between; the front end knows which there are."""
    stray_key: bool = False
    """A key lies in the environment but no model is configured: worth a hint, nothing else."""
    origins: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rerank != "off" and self.model is None and self.replay is None:
            raise ConfigError(
                f'rerank = "{self.rerank}" needs a model',
                'Name one with model, NEWSDESK_MODEL or --model, or set rerank = "off".',
            )
        if self.verify != "code" and self.model is None and self.replay is None:
            raise ConfigError(
                f'verify = "{self.verify}" needs a model',
                'Name one with model, NEWSDESK_MODEL or --model, or set verify = "code".',
            )
        if self.reply_tokens > self.context_tokens // 2:
            raise ConfigError(
                f"reply_tokens {self.reply_tokens} leaves too little of context_tokens {self.context_tokens}",
                "Set reply_tokens to half of context_tokens at most.",
            )

    @property
    def model_refused(self) -> bool:
        """Whether no model is used because the settings say so."""
        return self.model is None and "model" in self.origins

    @property
    def endpoint(self) -> str:
        """The base URL in use."""
        return (self.base_url or OPENAI_URL).rstrip("/")

    @property
    def host(self) -> str:
        """Host (and port) that articles are sent to when a model is configured."""
        return urlsplit(self.endpoint).netloc.rpartition("@")[2]

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is this machine, so that nothing leaves it."""
        return _is_loopback(self.endpoint)

    @property
    def embedding(self) -> Config | None:
        """These settings with the server and the model that embed, None when the shipped model does."""
        if self.embedder is None:
            return None
        return replace(self, model=self.embedder, base_url=self.embedder_url or self.base_url)

    @property
    def store_address(self) -> StoreAddress | None:
        """The shared store, None when none is configured."""
        if self.store is None:
            return None
        named = {"tenant": self.store_tenant, "database": self.store_database}
        return StoreAddress(
            self.store.rstrip("/"), self.store_token, **{name: value for name, value in named.items() if value}
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The models that something is sent to: the one that writes, the one that judges; none when replies are
        replayed."""
        return () if self.replay else tuple(filter(None, dict.fromkeys((self.model, self.judge))))

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Every server that words are sent to with these settings, on this machine or not."""
        named: list[Recipient] = []
        if self.embedding and self.embedder:
            named.append(Recipient("embedder", self.embedding.endpoint, self.embedder))
        if self.asked:
            named.append(Recipient("model", self.endpoint, self.asked[0]))
        if self.store_address:
            named.append(Recipient("store", self.store_address.url))
        return tuple(named)

    @property
    def hash(self) -> str:
        """Short digest of what changes an answer (no key, no paths; no address where replies are recorded or replayed,
        because a recording knows none)."""
        told: dict[str, str | int | None] = {
            "model": self.model,
            "base_url": None if self.record or self.replay else self.base_url,
            "timezone": self.timezone,
            "rerank": self.rerank,
        }
        if self.model:
            told |= {"verify": self.verify, "repair": self.repair, "failed": self.failed}
            told |= {"context_tokens": self.context_tokens, "reply_tokens": self.reply_tokens}
        if self.embedder is not None:
            told |= {"embedder": self.embedder, "embedder_url": self.embedder_url}
        wanted = {"topics": self.briefing_topics, "sources": self.briefing_sources, "length": self.briefing_length}
        if self.briefing_topics or self.briefing_sources or self.briefing_length != "medium":
            told["briefing"] = json.dumps(wanted)
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def carried(config: Config) -> dict[str, str]:
    """The variables of this process's environment by which its settings hold, no key among them: what another process
    needs that has no environment of the reader's."""
    environ = os.environ
    names = {name for name, origin in config.origins.items() if _ENVIRONMENT.get(name) == origin}
    found = {_ENVIRONMENT[name]: environ[_ENVIRONMENT[name]] for name in sorted(names - {"library"})}
    if environ.get("NEWSDESK_CONFIG_DIR") or environ.get("XDG_CONFIG_HOME"):
        found["NEWSDESK_CONFIG_DIR"] = str(config_folder().absolute())
    return found


def keys_outside(config: Config) -> tuple[str, ...]:
    """Names of the variables of this process's environment that hold a key or token in use."""
    names = [("NEWSDESK_API_KEY", config.api_key), ("OPENAI_API_KEY", config.api_key)]
    names.append(("NEWSDESK_STORE_TOKEN", config.store_token))
    return tuple(name for name, secret in names if secret and os.environ.get(name, "").strip() == secret.reveal())


def config_folder() -> Path:
    """The platform's configuration folder (``NEWSDESK_CONFIG_DIR`` overrides it)."""
    from platformdirs import user_config_path

    override = os.environ.get("NEWSDESK_CONFIG_DIR")
    return Path(override).expanduser() if override else user_config_path("newsdesk", appauthor=False)


def load_config(**given: str | None) -> Config:
    """Settings from file, the library's table in it, environment and ``given`` (command line), later ones winning; but
    where the table says that there is no model, embedder or store for this library, only ``given`` says otherwise.
    ``library`` is a name in the settings, or a folder.

    Raises ConfigError for an unreadable file, an unknown or ill-typed setting, or an unusable key.
    """
    environ = os.environ
    path = config_folder() / "config.toml"
    values, origins, tables = _from_file(path)
    outside = {name: environ[variable] for name, variable in _ENVIRONMENT.items() if environ.get(variable)}
    given_here = {name: value for name, value in given.items() if value is not None}
    library = ({**values, **outside, **given_here}).get("library") or str(default_library())
    its_own = table_of(library, tables)
    if its_own is not None:
        values |= its_own.settings
        origins |= dict.fromkeys(its_own.settings, f"{path} [libraries.{its_own.name}]")
    refused = its_own.refused if its_own else ()
    for name, value in outside.items():
        if name not in refused:
            values[name], origins[name] = value, _ENVIRONMENT[name]
    for name, value in given_here.items():
        values[name], origins[name] = value, f"--{name.replace('_', '-')}"
    if its_own is not None:
        values["library"] = str(its_own.path)
    config = _checked(_without_none(values, origins), origins)
    named = tuple((one.name, one.path) for one in tables)
    config = replace(config, name=its_own.name if its_own else "", libraries=named)
    return _with_token(_with_key(config, environ), environ)


def _without_none(values: Mapping[str, Any], origins: Mapping[str, str]) -> dict[str, Any]:
    """``values`` without servers that are called "none", and without what is of use with them only."""
    none = [name for name in REFUSABLE if values.get(name, "x").strip().lower() in NONE]
    needless = {"model": ("rerank", "verify"), "embedder": ("embedder_url",), "store": ()}
    gone = {*none, *(one for name in none for one in needless[name] if not origins.get(one, "").startswith("--"))}
    return {name: value for name, value in values.items() if name not in gone}


def _from_file(path: Path) -> tuple[dict[str, Any], dict[str, str], tuple[Named, ...]]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, {}, ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}", 'Correct the file; it is TOML, one `name = "value"` a line.') from None
    known = {"library", "model", "base_url", "api_key_file", "timezone", "rerank", "embedder", "embedder_url"}
    known |= {"store", "store_token_file", "store_tenant", "store_database"}
    known |= READ.keys() - {"max_cost"}
    keys = {"keys": table(str(path), raw.pop("keys"))} if "keys" in raw else {}
    wanted = briefing(str(path), raw.pop("briefing")) if "briefing" in raw else {}
    tables = raw.pop("libraries", {})
    if unknown := sorted(set(raw) - known):
        hint = f"Known settings: {', '.join(sorted(known))}, and the tables [keys], [briefing] and [libraries.NAME]."
        if "api_key" in unknown:
            hint = "Put the key in a file of its own and name it with api_key_file, so that this file can be shown."
        raise ConfigError(f"{path}: unknown setting {unknown[0]!r}", hint)
    raw = _as_texts(raw)
    for name, value in raw.items():
        if not isinstance(value, str) or not value.strip():
            raise ConfigError(f"{path}: {name} must be a text that is not empty", f'Write {name} = "…".')
    named = read_tables(tables, path, sorted(known - {"library"}), _as_texts)
    tabled = {**keys, **wanted}
    return {**raw, **tabled}, dict.fromkeys([*raw, *tabled], str(path)), named


def _as_texts(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_text(value) if name in READ else value for name, value in raw.items()}


def _as_text(value: object) -> object:
    """A switch or a number as it would be written in the environment."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _checked(values: Mapping[str, Any], origins: Mapping[str, str]) -> Config:
    config = Config(origins=dict(origins))
    typed: dict[str, Any] = {}
    for name in (f.name for f in fields(Config)):
        if name in READ and name in values:
            typed[name] = READ[name](name, values[name])
        elif (name == "keys" or name.startswith("briefing_")) and name in values:
            typed[name] = values[name]
        elif name in values:
            typed[name] = _path(name, values[name]) if name in _PATHS else values[name].strip()
    config = replace(config, **typed)
    if config.base_url is not None:
        _check_address("base_url", config.base_url, _EXAMPLE, "Put the key into api_key_file instead.")
    if config.embedder_url is not None:
        _check_address("embedder_url", config.embedder_url, _EXAMPLE, "Put the key into api_key_file instead.")
        if config.embedder is None:
            raise ConfigError("embedder_url is set, but no embedder", "Name the embedding model with embedder.")
    if config.store is not None:
        example = "Give the address of a Chroma server, for example http://localhost:8000."
        _check_address("store", config.store, example, "Put the token into store_token_file instead.")
        if urlsplit(config.store).query or urlsplit(config.store).fragment:
            raise ConfigError(f"store {config.store!r} has more than an address in it", example)
    if config.timezone is not None:
        try:
            ZoneInfo(config.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ConfigError(
                f"unknown time zone {config.timezone!r}", "Use an IANA name such as Europe/Istanbul."
            ) from None
    return config


def _check_address(name: str, address: str, example: str, instead: str) -> None:
    """Refuse what is no http or https address, and one with a password in it."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port beyond 65535
        usable = False
    if not usable or not address.isprintable() or " " in address:
        raise ConfigError(f"{name} {address!r} is not an http or https address", example)
    if parts.password or parts.username:
        raise ConfigError(f"{name} holds a user name or password", instead)


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _path(name: str, text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise ConfigError(f"{name} {text!r} names the home of an unknown user", "Write the path out.") from None
    if not text.strip() or "\x00" in text:
        raise ConfigError(f"{name} is empty or not a path", "Name a folder or a file.")
    return path


def _with_key(config: Config, environ: Mapping[str, str]) -> Config:
    if not config.asked and config.embedder is None:
        lies_there = bool(environ.get("OPENAI_API_KEY") or environ.get("NEWSDESK_API_KEY"))
        stray = lies_there and not (config.model_refused or config.replay)
        return replace(config, stray_key=stray)
    if environ.get("NEWSDESK_API_KEY"):
        return replace(config, api_key=_usable_key(environ["NEWSDESK_API_KEY"], "NEWSDESK_API_KEY"))
    if config.api_key_file is not None:
        return replace(
            config, api_key=_usable_key(_first_line("api_key_file", config.api_key_file), str(config.api_key_file))
        )
    if environ.get("OPENAI_API_KEY"):
        return replace(config, api_key=_usable_key(environ["OPENAI_API_KEY"], "OPENAI_API_KEY"))
    return config


def _with_token(config: Config, environ: Mapping[str, str]) -> Config:
    """The store's token, read only once a store is configured."""
    if config.store is None:
        return config
    if environ.get("NEWSDESK_STORE_TOKEN"):
        return replace(config, store_token=_usable_token(environ["NEWSDESK_STORE_TOKEN"], "NEWSDESK_STORE_TOKEN"))
    if config.store_token_file is not None:
        path = config.store_token_file
        return replace(config, store_token=_usable_token(_first_line("store_token_file", path), str(path)))
    return config


def _usable_token(raw: str, where: str) -> Secret:
    header = _HEADER.fullmatch(raw.strip())
    if header and header.group(2).isascii() and header.group(2).isprintable():
        return Secret(raw.strip())
    return _usable_key(raw, where)


def _first_line(name: str, path: Path) -> str:
    """The first line of a file that only its owner can read. Raises ConfigError."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} {path}: {error}", "Name a text file whose first line is the key.") from None
    if stat.S_IMODE(mode) & 0o077:
        raise ConfigError(f"{name} {path} can be read by others", f"Run: chmod 600 {path}")
    return text.strip().splitlines()[0] if text.strip() else ""


def _usable_key(raw: str, where: str) -> Secret:
    key = raw.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(
            f"the key from {where} is empty or holds characters no key has", "Copy the key again, in one line."
        )
    return Secret(key)
