"""Values as JSON and back: what is kept for years must be read by versions that have other fields.

A field that the JSON lacks takes its default; one that the value does not know is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")


def encoded(value: Any) -> Any:
    """A value (a dataclass of texts, numbers, days, enumerations, tuples, dicts and other such dataclasses) as JSON."""
    if is_dataclass(value):
        return {f.name: encoded(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        return {name: encoded(item) for name, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def decoded(kind: type[_T], raw: Any) -> _T:
    """The value of dataclass ``kind`` that ``raw`` was made from. Raises ValueError where it cannot be one."""
    made: _T = _decoded(kind, raw)
    return made


def _decoded(kind: Any, raw: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _one_of(get_args(kind), raw)
    if origin is tuple:
        return _items(get_args(kind), raw)
    if origin is dict:
        return _by_name(get_args(kind)[1], raw)
    if origin is Literal:
        return raw if raw in get_args(kind) else _wrong(kind, raw)
    return _dataclass(kind, raw) if is_dataclass(kind) else _plain(kind, raw)


def _plain(kind: Any, raw: Any) -> Any:
    if issubclass(kind, Enum):
        return kind(raw)
    if issubclass(kind, date):
        return kind.fromisoformat(raw) if isinstance(raw, str) else _wrong(kind, raw)
    if kind is float and type(raw) is int:
        return float(raw)
    return raw if type(raw) is kind else _wrong(kind, raw)


def _one_of(kinds: tuple[Any, ...], raw: Any) -> Any:
    if raw is None and type(None) in kinds:
        return None
    (kind,) = (one for one in kinds if one is not type(None))
    return _decoded(kind, raw)


def _items(kinds: tuple[Any, ...], raw: Any) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        _wrong(tuple, raw)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_decoded(kinds[0], item) for item in raw)
    return tuple(_decoded(kind, item) for kind, item in zip(kinds, raw, strict=True))


def _by_name(kind: Any, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        _wrong(dict, raw)
    return {name: _decoded(kind, item) for name, item in raw.items()}


def _dataclass(kind: Any, raw: Any) -> Any:
    if not isinstance(raw, dict):
        _wrong(kind, raw)
    known = _hints(kind)
    lacking = [f.name for f in fields(kind) if f.name not in raw and f.default is MISSING is f.default_factory]
    if lacking:
        raise ValueError(f"{kind.__name__} lacks {', '.join(lacking)}")
    return kind(**{name: _decoded(hint, raw[name]) for name, hint in known.items() if name in raw})


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)}


def _wrong(kind: Any, raw: Any) -> Any:
    raise ValueError(f"{str(raw)[:40]!r} is no {getattr(kind, '__name__', kind)}")
