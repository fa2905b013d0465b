"""What a model's server declares of its models: which it has, and how many tokens prompt and reply may take together.

What it says is untrusted: anything unexpected counts as not said.
"""

from __future__ import annotations

import json
from typing import Any

_LENGTHS = ("loaded_context_length", "max_model_len", "context_length", "context_window", "max_context_length", "n_ctx")
"""Fields of a model's entry, what is in force before what could be: LM Studio, vLLM, OpenRouter, Groq, llama.cpp."""
_MOST = 100_000_000


def models(said: bytes) -> tuple[str, ...] | None:
    """The names in the reply to ``GET /v1/models``; None where it is no such reply."""
    entries = _entries(said)
    return None if entries is None else tuple(str(one["id"])[:200] for one in entries if isinstance(one.get("id"), str))


def length_of(said: bytes, model: str) -> int | None:
    """The context length of ``model`` in that reply; None where it is not told."""
    for one in _entries(said) or ():
        if one.get("id") == model:
            meta = one.get("meta")
            return _first(one) or (_first(meta) if isinstance(meta, dict) else None)
    return None


def length_in_props(said: bytes) -> int | None:
    """The context length in the reply of llama.cpp's ``GET /props``."""
    value = _json(said)
    settings = value.get("default_generation_settings") if isinstance(value, dict) else None
    return _first(settings) if isinstance(settings, dict) else None


def length_in_use(said: bytes, model: str) -> int | None:
    """The context length that ``model`` was loaded with, in the reply of Ollama's ``GET /api/ps``."""
    value = _json(said)
    loaded = value.get("models") if isinstance(value, dict) else None
    for one in loaded if isinstance(loaded, list) else ():
        if isinstance(one, dict) and model in (one.get("name"), one.get("model"), str(one.get("name")).split(":")[0]):
            return _first(one)
    return None


def _entries(said: bytes) -> list[dict[str, Any]] | None:
    value = _json(said)
    data = value.get("data") if isinstance(value, dict) else None
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else None


def _first(entry: dict[str, Any]) -> int | None:
    return next((n for name in _LENGTHS if type(n := entry.get(name)) is int and 0 < n < _MOST), None)


def _json(said: bytes) -> Any:
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return None
