"""Planting: a function of the product is replaced wherever it was imported, in this process alone."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import numpy as np

import qa
from qa.embed import Embedder

Function = Callable[..., Any]


def everywhere(original: Function, other: Function) -> None:
    """``other`` in the place of a function, in every module of the product that has it. Raises LookupError where no
    module has: a fault that is not planted would pass for one that the gate does not see."""
    places = [(module, name) for module in _modules() for name, value in vars(module).items() if value is original]
    if not places:
        raise LookupError(f"{original} is in no module of qa")
    for module, name in places:
        setattr(module, name, wraps(original)(other))


def within(owner: type, name: str, made: Callable[[Function], Function]) -> None:
    """A method as ``made`` makes it of the one that is there."""
    setattr(owner, name, made(getattr(owner, name)))


def changed(original: Function, change: Callable[[Any], Any]) -> None:
    """What a function returns as ``change`` makes it, everywhere."""
    everywhere(original, lambda *given, **named: change(original(*given, **named)))


def _modules() -> list[ModuleType]:
    """All modules of the product, imported."""
    for found in pkgutil.walk_packages(qa.__path__, "qa."):
        importlib.import_module(found.name)
    return [module for name, module in sorted(sys.modules.items()) if name == "qa" or name.startswith("qa.")]


def tremble(most: float) -> None:
    """Vectors as of another kind of processor, which rounds the shipped model's integers otherwise: each turned a
    little, its own way, to a cosine of about ``1 - most``."""

    def turned(embed: Function) -> Function:
        def embedded(self: Embedder, text: str) -> Any:
            vector = embed(self, text)
            seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8])
            noise = np.random.default_rng(seed).standard_normal(vector.shape).astype(np.float32)
            size = np.sqrt(2 * most) * np.linalg.norm(vector, axis=-1, keepdims=True)
            moved = vector + noise / np.linalg.norm(noise, axis=-1, keepdims=True) * size
            return moved / np.linalg.norm(moved, axis=-1, keepdims=True)

        return embedded

    within(Embedder, "embed", turned)
    within(Embedder, "embed_pieces", turned)
