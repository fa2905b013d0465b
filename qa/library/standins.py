"""What Chroma imports and a process of ours never uses: left out, it starts in half the time.

The command of httpx, the sending of traces, the check (of Chroma's own methods, at every start) that what overrides is
declared so, and the schemas of embedding functions, which we hand none. What is left out is known of one version of
Chroma; any other is imported whole.
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

KNOWN = "1.5.9"
"""The version of chromadb that was looked through."""


class _Unchecked:
    """In the place of ``overrides.EnforceOverrides``: a base class that enforces nothing."""


def _as_it_is(method: Any) -> Any:
    return method


def leave_out(*, schemas: bool) -> None:
    """Put empty modules in the place of what a process that only asks Chroma does not need, before it is imported.

    ``schemas`` says that no collection which others made is opened, so that no schema of their embedding functions is
    needed either.
    """
    if "chromadb" in sys.modules or not _is_known():
        return
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # httpx does without
    _put("opentelemetry.exporter.otlp.proto.grpc.trace_exporter", OTLPSpanExporter=None)
    _put("overrides", override=_as_it_is, overrides=_as_it_is, EnforceOverrides=_Unchecked)
    if schemas:
        _put("jsonschema", ValidationError=ValueError)


def _is_known() -> bool:
    try:
        return version("chromadb") == KNOWN
    except PackageNotFoundError:
        return False


def _put(name: str, **holds: Any) -> None:
    module = ModuleType(name)
    vars(module).update(holds)
    sys.modules.setdefault(name, module)
