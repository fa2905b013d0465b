"""The table of prices: the one that ships, the reader's own over it, and what is wrong with a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.errors import ConfigError
from qa.prices import FREE, SHIPPED, Price, price_of, prices_file, read_prices

OPENAI = "api.openai.com"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    return tmp_path


def test_the_table_that_ships_can_be_read_and_costs_something() -> None:
    table = read_prices(SHIPPED)
    assert all(price.input > 0 for models in table.values() for price in models.values())
    assert price_of(OPENAI, "gpt-4o-mini", is_local=False) == Price(0.15, 0.60)
    assert Price(0.15, 0.60).cost(1_000_000, 500_000) == pytest.approx(0.45)


def test_a_price_that_nobody_wrote_down_is_not_guessed() -> None:
    assert price_of(OPENAI, "gpt-4o-mini-2031-01-01", is_local=False) is None
    assert price_of("models.example", "gpt-4o-mini", is_local=False) is None
    assert price_of("127.0.0.1:11434", "qwen3:8b", is_local=True) == FREE


def test_the_readers_own_table_wins_model_by_model_and_may_name_any_host() -> None:
    prices_file().write_text(
        f'["{OPENAI}"]\n"gpt-4o-mini" = {{ input = 1, output = 2.5 }}\n["box:8000"]\n"*" = {{ input = 0.5 }}\n'
        '["127.0.0.1:1"]\n"m" = { input = 3, output = 4 }\n'
    )
    assert price_of(OPENAI, "gpt-4o-mini", is_local=False) == Price(1, 2.5)
    assert price_of(OPENAI, "gpt-4o", is_local=False) == Price(2.5, 10)
    assert price_of("box:8000", "anything", is_local=False) == Price(0.5, 0)
    assert price_of("127.0.0.1:1", "m", is_local=True) == Price(3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        '"host" = 3',
        "[host]\nm = 3",
        "[host]\nm = {}",
        "[host]\nm = { input = -1 }",
        "[host]\nm = { input = nan }",
        "[host]\nm = { input = true }",
        '[host]\nm = { input = "1" }',
        "[host]\nm = { input = 1, cached = 2 }",
    ],
)
def test_a_wrong_table_is_refused_by_name_with_the_form(text: str) -> None:
    prices_file().write_text(text)
    with pytest.raises(ConfigError) as caught:
        price_of(OPENAI, "gpt-4o", is_local=False)
    assert str(prices_file()) in caught.value.message
    assert "input = 0.15" in caught.value.hint
