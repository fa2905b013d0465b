"""What tokens cost: a table that ships, and the reader's own ``prices.toml`` in the configuration folder over it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.config import config_folder
from qa.errors import ConfigError

FORM = '["api.example.com"]\n"model" = { input = 0.15, output = 0.60 }'
_HINT = f"Write dollars for a million tokens, by host and model:\n{FORM}"
SHIPPED = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float = 0.0

    def cost(self, tokens_in: int, tokens_out: int = 0) -> float:
        """Dollars for so many tokens."""
        return (self.input * tokens_in + self.output * tokens_out) / 1e6


FREE = Price(0.0, 0.0)


def prices_file() -> Path:
    """Where the reader's own prices are, if there are any."""
    return config_folder() / "prices.toml"


def price_of(host: str, model: str, *, is_local: bool) -> Price | None:
    """The price of ``model`` at ``host``; nothing where that is this machine, unless a price is written down; None
    where nobody wrote one down. Raises ConfigError for a wrong file of prices."""
    for path in (prices_file(), SHIPPED):
        models = read_prices(path).get(host, {})
        if found := models.get(model) or models.get("*"):
            return found
    return FREE if is_local else None


def read_prices(path: Path) -> dict[str, dict[str, Price]]:
    """Prices by host and model; none where there is no such file. Raises ConfigError for a wrong one."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}", _HINT) from None
    return {host: _models(path, host, models) for host, models in raw.items()}


def _models(path: Path, host: str, models: Any) -> dict[str, Price]:
    if not isinstance(models, Mapping):
        raise ConfigError(f"{path}: {host!r} is no host with models", _HINT)
    return {name: _price(f"{path}: {name!r} at {host!r}", given) for name, given in models.items()}


def _price(where: str, given: Any) -> Price:
    if not isinstance(given, Mapping) or not given or set(given) - {"input", "output"}:
        raise ConfigError(f"{where} has no price with input and output", _HINT)
    for name, amount in given.items():
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not math.isfinite(amount) or amount < 0:
            raise ConfigError(f"{where}: {name} is not an amount of dollars", _HINT)
    return Price(float(given.get("input", 0.0)), float(given.get("output", 0.0)))
