"""Settings: file, environment, command line; keys that stay secret, and a model only where one is configured."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.config import Config, Secret, config_folder, load_config
from qa.errors import ConfigError

KEY = "sk-test-0123456789"
WriteFn = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteFn:
    """Writes config.toml into a configuration folder of its own."""
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))

    def write_(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return path

    return write_


def key_file(folder: Path, text: str = KEY, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_text(text)
    path.chmod(mode)
    return path


def refused(**given: str) -> ConfigError:
    with pytest.raises(ConfigError) as error:
        load_config(**given)
    assert error.value.hint
    assert error.value.exit_code == 7
    return error.value


def test_without_anything_set_nothing_leaves_the_machine() -> None:
    config = load_config()
    assert (config.model, config.base_url, config.api_key, config.stray_key) == (None, None, None, False)
    assert config.library.name == "library"
    assert dict(config.origins) == {}


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    write: WriteFn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write(
        'library = "/from/file"\nmodel = "file-model"\nbase_url = "http://file:1/v1"\ntimezone = "Asia/Tokyo"\n'
    )
    monkeypatch.setenv("NEWSDESK_MODEL", "environment-model")
    monkeypatch.setenv("NEWSDESK_BASE_URL", "http://environment:2/v1")
    monkeypatch.setenv("NEWSDESK_TIMEZONE", "")
    config = load_config(base_url="http://flag:3/v1", model=None)
    assert (config.library, config.model) == (Path("/from/file"), "environment-model")
    assert (config.base_url, config.timezone) == ("http://flag:3/v1", "Asia/Tokyo")
    assert dict(config.origins) == {
        "library": str(path),
        "model": "NEWSDESK_MODEL",
        "base_url": "--base-url",
        "timezone": str(path),
    }
    assert config_folder() == tmp_path


def test_a_home_folder_is_written_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_config(library="~/news").library == tmp_path / "news"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            'colour = "red"',
            "unknown setting 'colour'",
            "api_key_file, base_url, cases_at_once, context_tokens, daily_budget, embedder, embedder_url, failed, "
            "fetch_private, journal, ",
        ),
        (f'api_key = "{KEY}"', "unknown setting 'api_key'", "api_key_file"),
        ("model = 5", "model must be a text", 'model = "…"'),
        ('model = " "', "model must be a text", 'model = "…"'),
        ("[model]\nname = 'x'", "model must be a text", 'model = "…"'),
        ("model = unquoted", "config.toml", "TOML"),
        ('briefing = "short"', "briefing must be a table", "[briefing]"),
        ("[briefing]\ntopic = ['x']", "unknown setting 'topic'", "topics ="),
        ("[briefing]\ntopics = 'customs union'", "topics must be a list", "topics ="),
        ("[briefing]\nsources = ['CNN', ' ']", "sources must be a list", "sources"),
        ("[briefing]\nlength = 'endless'", "no length of a briefing", "short, medium, long"),
        ("[briefing]\nlength = 0", "no length of a briefing", "from 1 to 500"),
        ("[briefing]\nlength = true", "no length of a briefing", "short, medium, long"),
        ('timezone = "Mars/Olympus"', "unknown time zone 'Mars/Olympus'", "Europe/Istanbul"),
        ('timezone = "../../etc/passwd"', "unknown time zone", "IANA"),
        ('base_url = "localhost:11434"', "is not an http or https address", "/v1"),
        ('base_url = "ftp://example.com"', "is not an http or https address", "/v1"),
        ('base_url = "https://"', "is not an http or https address", "/v1"),
        ('base_url = "http://[::1"', "is not an http or https address", "/v1"),
        ('base_url = "http://localhost:99999/v1"', "is not an http or https address", "/v1"),
        ('library = "~nobody-of-this-name/x"', "unknown user", "Write the path out"),
        ('base_url = "https://me:secret@example.com/v1"', "user name or password", "api_key_file"),
        ('store = "localhost:8000"', "is not an http or https address", "http://localhost:8000"),
        ('store = "http://local host:8000"', "is not an http or https address", "http://localhost:8000"),
        ('store = "http://localhost:8000?tenant=a"', "more than an address", "http://localhost:8000"),
        ('store = "https://me:secret@chroma.example"', "user name or password", "store_token_file"),
    ],
)
def test_a_wrong_file_is_refused_with_a_remedy(write: WriteFn, text: str, message: str, hint: str) -> None:
    write(text)
    error = refused()
    assert message in error.message
    assert hint in error.hint
    assert KEY not in error.message + error.hint
    assert "secret" not in error.message + error.hint


def test_a_file_that_is_not_utf_8_is_refused(write: WriteFn) -> None:
    write("").write_bytes(b'model = "caf\xe9"')
    assert "config.toml" in refused().message


@pytest.mark.parametrize(
    ("url", "host", "local"),
    [
        ("http://localhost:11434/v1/", "localhost:11434", True),
        ("http://127.0.0.1:8000/v1", "127.0.0.1:8000", True),
        ("http://[::1]:8000/v1", "[::1]:8000", True),
        ("http://192.168.1.5:8000/v1", "192.168.1.5:8000", False),
        ("https://localhost.example.com/v1", "localhost.example.com", False),
        (None, "api.openai.com", False),
    ],
)
def test_where_articles_would_go(url: str | None, host: str, local: bool) -> None:
    config = load_config(model="m", base_url=url)
    assert (config.host, config.is_local) == (host, local)
    assert not config.endpoint.endswith("/")


# keys


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "NEWSDESK_API_KEY"])
def test_a_stray_key_changes_nothing_but_a_hint(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    before = load_config()
    monkeypatch.setenv(variable, KEY)
    after = load_config()
    assert (before.stray_key, after.stray_key) == (False, True)
    assert after.api_key is None
    assert after.hash == before.hash
    assert dict(after.origins) == dict(before.origins)


def test_openais_key_is_read_only_once_a_model_is_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk openai\nbroken")
    assert load_config().api_key is None  # not even looked at
    assert "OPENAI_API_KEY" in refused(model="m").message
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    assert revealed(load_config(model="m")) == "sk-openai"
    monkeypatch.setenv("NEWSDESK_API_KEY", "sk-newsdesk")
    config = load_config(model="m")
    assert (revealed(config), config.stray_key) == ("sk-newsdesk", False)


def revealed(config: Config) -> str | None:
    return config.api_key.reveal() if config.api_key else None


def test_a_key_file_is_read(write: WriteFn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = key_file(tmp_path, f"\n {KEY} \nsecond line\n")
    write(f'model = "m"\napi_key_file = "{path}"\n')
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    assert revealed(load_config()) == KEY


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, write: WriteFn, mode: int) -> None:
    path = key_file(tmp_path, mode=mode)
    write(f'model = "m"\napi_key_file = "{path}"\n')
    error = refused()
    assert "can be read by others" in error.message
    assert error.hint == f"Run: chmod 600 {path}"


def test_a_key_file_that_is_missing_or_no_text_is_refused(tmp_path: Path, write: WriteFn) -> None:
    write(f'model = "m"\napi_key_file = "{tmp_path / "nowhere"}"\n')
    assert "nowhere" in refused().message
    path = key_file(tmp_path)
    path.write_bytes(b"\xff\xfe\x00k")
    write(f'model = "m"\napi_key_file = "{path}"\n')
    assert str(path) in refused().message


@pytest.mark.parametrize(
    "key", ["sk-ab\ncd", "sk-ab cd", "sk-ключ", "sk-\x1b[31m", "“sk-quoted”", "   ", "sk-tab\tbed", "sk-\u200bzero"]
)
def test_a_key_that_can_be_none_is_refused_without_being_shown(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("NEWSDESK_API_KEY", key)
    error = refused(model="m")
    assert "NEWSDESK_API_KEY" in error.message
    assert key not in error.message + error.hint
    assert "sk-" not in error.message + error.hint


def test_white_space_around_a_key_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDESK_API_KEY", f" {KEY}\r\n")
    assert revealed(load_config(model="m")) == KEY


def test_a_key_shows_itself_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDESK_API_KEY", KEY)
    config = load_config(model="m")
    assert KEY not in f"{config!r} {config} {config.api_key} {config.api_key!r} {config.hash} {[config.api_key]}"
    assert not hasattr(Secret(KEY), "__dict__")
    assert KEY not in "".join(traceback.format_exception(ValueError(config.api_key, config)))


def test_the_hash_tells_settings_that_change_answers_apart(tmp_path: Path) -> None:
    plain = load_config(model="m")
    assert load_config(model="m", library=str(tmp_path)).hash == plain.hash
    assert (
        len({plain.hash, load_config(model="n").hash, load_config().hash, load_config(timezone="Asia/Tokyo").hash}) == 4
    )
    reading = {load_config(model="m", context_tokens="4096").hash, load_config(model="m", reply_tokens="512").hash}
    assert len(reading | {plain.hash}) == 3
    assert load_config(context_tokens="4096").hash == load_config().hash


def test_re_scoring_is_off_until_it_is_set_anywhere(write: WriteFn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_config(model="m").rerank == "off"
    path = write('model = "m"\nrerank = "llm"')
    config = load_config()
    assert (config.rerank, config.origins["rerank"]) == ("llm", str(path))
    assert config.hash != load_config(rerank="off").hash
    monkeypatch.setenv("NEWSDESK_RERANK", "off")
    assert load_config().rerank == "off"
    config = load_config(rerank=" llm ")
    assert (config.rerank, config.origins["rerank"]) == ("llm", "--rerank")


@pytest.mark.parametrize("value", ["on", "LLM", "true", "openai"])
def test_an_unknown_way_to_re_score_is_refused(value: str) -> None:
    error = refused(model="m", rerank=value)
    assert repr(value) in error.message
    assert '"llm"' in error.hint


def test_re_scoring_without_a_model_is_refused(write: WriteFn) -> None:
    write('rerank = "llm"')
    error = refused()
    assert "needs a model" in error.message
    assert "NEWSDESK_MODEL" in error.hint
    assert load_config(rerank="off").model is None


# the embedder


def test_an_embedder_has_a_server_of_its_own_or_the_models(write: WriteFn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_config().embedding is None
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert load_config().api_key is None
    write('embedder = "text-embedding-3-small"')
    config = load_config()
    assert (config.model, config.api_key is None) == (None, False)
    assert config.embedding is not None
    assert (config.embedding.host, config.embedding.model) == ("api.openai.com", "text-embedding-3-small")
    monkeypatch.setenv("NEWSDESK_BASE_URL", "http://localhost:1/v1")
    embedding = load_config().embedding
    assert embedding is not None
    assert (embedding.host, embedding.is_local) == ("localhost:1", True)
    monkeypatch.setenv("NEWSDESK_EMBEDDER_URL", "https://example.com/v1")
    config = load_config()
    assert config.embedding is not None
    assert (config.host, config.embedding.host) == ("localhost:1", "example.com")
    assert config.hash != load_config(embedder="other").hash


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('embedder = "x"\nembedder_url = "ftp://x"', "embedder_url 'ftp://x' is not an http or https address"),
        ('embedder = "x"\nembedder_url = "http://a:b@x/v1"', "embedder_url holds a user name or password"),
        ('embedder_url = "http://x/v1"', "embedder_url is set, but no embedder"),
    ],
)
def test_a_wrong_embedder_is_refused(write: WriteFn, text: str, message: str) -> None:
    write(text)
    with pytest.raises(ConfigError, match=message):
        load_config()


# the shared store


@pytest.mark.parametrize(
    ("url", "host", "local", "encrypted"),
    [
        ("http://localhost:8000/", "localhost:8000", True, False),
        ("http://10.0.0.5:8000", "10.0.0.5:8000", False, False),
        ("https://chroma.example/base/", "chroma.example", False, True),
    ],
)
def test_where_shared_articles_go(url: str, host: str, local: bool, encrypted: bool) -> None:
    address = load_config(store=url).store_address
    assert address is not None
    assert (address.host, address.is_local, address.is_encrypted) == (host, local, encrypted)
    assert address.url == url.rstrip("/")
    assert (address.tenant, address.database, address.headers) == ("default_tenant", "default_database", {})


def test_the_store_can_be_set_everywhere(write: WriteFn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_config().store_address is None
    write('store = "http://a:1"\nstore_tenant = "news"\nstore_database = "desk"\n')
    address = load_config().store_address
    assert address is not None
    assert (address.url, address.tenant, address.database) == ("http://a:1", "news", "desk")
    monkeypatch.setenv("NEWSDESK_STORE", "http://b:1")
    assert (load_config().store, load_config().origins["store"]) == ("http://b:1", "NEWSDESK_STORE")
    assert (load_config(store="http://c:1").store, load_config(store="http://c:1").origins["store"]) == (
        "http://c:1",
        "--store",
    )


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ("t0ken", {"Authorization": "Bearer t0ken"}),
        ("X-Chroma-Token: t0ken", {"X-Chroma-Token": "t0ken"}),
        ("Authorization: Basic bmV3cw==", {"Authorization": "Basic bmV3cw=="}),
    ],
)
def test_the_stores_token_is_read_from_a_file_of_its_owner(
    write: WriteFn, tmp_path: Path, written: str, headers: dict[str, str]
) -> None:
    path = key_file(tmp_path, f"{written}\n")
    write(f'store = "http://a:1"\nstore_token_file = "{path}"\n')
    config = load_config()
    assert config.store_address is not None
    assert config.store_address.headers == headers
    assert "t0ken" not in f"{config!r} {config.store_address!r}"
    path.chmod(0o644)
    error = refused()
    assert f"store_token_file {path} can be read by others" in error.message
    write(f'store_token_file = "{path}"\n')
    assert load_config().store_token is None  # without a store nobody asks for it


@pytest.mark.parametrize("token", ["two words", "X-Token: caf\xe9", "X-Token: a\nb: c", " "])
def test_a_token_that_can_be_none_is_refused(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("NEWSDESK_STORE_TOKEN", token)
    error = refused(store="http://a:1")
    assert "NEWSDESK_STORE_TOKEN" in error.message
    assert token not in error.message + error.hint or not token.strip()


# libraries with a name


def tables(write: WriteFn, tmp_path: Path, text: str = "", top: str = "") -> Path:
    """Settings that name two libraries, one of them with settings of its own."""
    return write(
        f'{top}\n[libraries.press]\npath = "{tmp_path}/press"\n'
        f'[libraries."My archive"]\npath = "{tmp_path}/archive"\n{text}\n'
    )


def test_a_library_is_named_or_its_folder_is_however_that_is_written(
    write: WriteFn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tables(write, tmp_path, 'timezone = "Asia/Tokyo"\njournal = false\nrepair = false', 'timezone = "UTC"')
    (tmp_path / "archive").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "archive")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for library in ("My archive", f"{tmp_path}/archive", "archive", "./archive/", "~/archive", "link"):
        config = load_config(library=library)
        assert (config.library, config.name) == (tmp_path / "archive", "My archive"), library
        assert (config.timezone, config.journal, config.repair) == ("Asia/Tokyo", False, False)
        assert config.origins["timezone"] == f"{path} [libraries.My archive]"
        assert config.origins["library"] == "--library"
    assert (load_config(library="press").timezone, load_config(library="press").name) == ("UTC", "press")
    assert load_config(library=f"{tmp_path}/elsewhere").name == ""
    assert load_config(library="elsewhere").library == Path("elsewhere")
    assert load_config().libraries == (("press", tmp_path / "press"), ("My archive", tmp_path / "archive"))
    monkeypatch.setenv("NEWSDESK_LIBRARY", "press")
    assert load_config().library == tmp_path / "press"
    monkeypatch.setenv("NEWSDESK_TIMEZONE", "Europe/Paris")
    assert load_config(library="My archive").timezone == "Europe/Paris"


@pytest.mark.parametrize("none", ["", "none", " None "])
def test_a_library_without_a_model_has_none_whatever_the_environment_says(
    write: WriteFn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, none: str
) -> None:
    top = 'model = "general"\nrerank = "llm"\nverify = "llm"\nstore = "http://shared:8000"\nembedder = "e"\n'
    top += 'embedder_url = "http://e:1/v1"'
    path = tables(write, tmp_path, f'model = "{none}"\nstore = "{none}"\nembedder = "{none}"', top)
    monkeypatch.setenv("NEWSDESK_MODEL", "environment")
    monkeypatch.setenv("NEWSDESK_STORE", "http://environment:8000")
    monkeypatch.setenv("NEWSDESK_EMBEDDER", "environment")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    config = load_config(library="My archive")
    assert config.recipients == ()
    assert (config.model, config.store, config.embedder, config.embedder_url) == (None, None, None, None)
    assert (config.rerank, config.verify, config.api_key, config.stray_key) == ("off", "code", None, False)
    assert config.model_refused
    assert config.origins["model"] == f"{path} [libraries.My archive]"
    asked = load_config(library="My archive", model="flag")
    assert (asked.model, asked.origins["model"], asked.rerank) == ("flag", "--model", "llm")
    assert not asked.model_refused
    assert load_config(library="press").model == "environment"


def test_none_is_no_model_wherever_it_is_written(write: WriteFn, monkeypatch: pytest.MonkeyPatch) -> None:
    write('model = "general"')
    assert load_config(model="none").model is None
    assert load_config(model="none").origins["model"] == "--model"
    assert refused(model="none", rerank="llm").message.startswith("rerank")
    monkeypatch.setenv("NEWSDESK_MODEL", "none")
    assert load_config().model_refused


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("libraries = 5", "libraries must be tables", "[libraries.NAME]"),
        ("[libraries]\npress = 5", "libraries must be tables", "[libraries.NAME]"),
        ("[libraries.press]", "path must name a folder", 'path = "~/news"'),
        ("[libraries.press]\npath = 5", "path must name a folder", 'path = "~/news"'),
        ('[libraries.press]\npath = "press"', "path must name a folder", "from / or ~ on"),
        ('[libraries.press]\npath = "~nobody-of-this-name/x"', "unknown user", "~/news"),
        ('[libraries.press]\npath = "/a"\ncolour = "red"', "unknown setting 'colour'", "base_url"),
        ('[libraries.press]\npath = "/a"\nlibrary = "/b"', "unknown setting 'library'", "base_url"),
        ('[libraries.press]\npath = "/a"\ntimezone = ""', "timezone must be a text", "timezone"),
        ('[libraries.press]\npath = "/a"\nmodel = 5', "model must be a text", "model"),
        ('[libraries."a/b"]\npath = "/a"', "no name for a library", "letters"),
        ('[libraries."\\u001b[2J"]\npath = "/a"', "no name for a library", "letters"),
        ('[libraries.a]\npath = "/x/../a"\n[libraries.b]\npath = "/a/"', "a and b are the same folder", "one name"),
    ],
)
def test_a_wrong_table_is_refused_with_a_remedy(write: WriteFn, text: str, message: str, hint: str) -> None:
    write(text)
    error = refused()
    assert message in error.message
    assert hint in error.hint


def test_a_path_that_is_none_is_refused_beside_tables_too(write: WriteFn, tmp_path: Path) -> None:
    tables(write, tmp_path)
    assert "not a path" in refused(library="\x00").message


def test_what_a_reader_wants_in_a_briefing(write: WriteFn) -> None:
    assert (load_config().briefing_topics, load_config().briefing_length) == ((), "medium")
    plain = load_config().hash
    path = write('[briefing]\ntopics = ["customs  union", "Sindirgi"]\nsources = ["CNN"]\nlength = 7\n')
    config = load_config()
    assert config.briefing_topics == ("customs union", "Sindirgi")
    assert (config.briefing_sources, config.briefing_length) == (("CNN",), 7)
    assert config.origins["briefing_topics"] == str(path)
    assert config.hash != plain
    write('[briefing]\nlength = "Long"\n')
    assert load_config().briefing_length == "long"
