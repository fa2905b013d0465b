"""Why a model's server did not take a request: whether to try again, and what to tell the reader."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from qa.errors import EndpointError

_FIRST_WAIT_S = 0.5
_TOO_LONG = re.compile(r"context[ _](length|window|size)|maximum context|too (large|long|many)|exceed", re.I)
_UNKNOWN_FIELD = re.compile(
    r"unknown|unsupported|unrecogni[sz]ed|unexpected|not (supported|permitted|allowed)|extra", re.I
)
_NO_CREDIT = re.compile(r"insufficient_quota|exceeded your current quota|credit balance|no credit", re.I)


@dataclass(frozen=True, slots=True)
class Rejection:
    """An answer that is no reply; ``status`` is None when the server could not be reached at all."""

    status: int | None
    said: str = ""
    """The server's own words, made safe to show."""
    code: str = ""
    param: str = ""
    """The field it objects to, when it names one."""
    retry_after: float | None = None
    """Seconds it asks to wait."""

    @property
    def is_too_long(self) -> bool:
        """Whether the prompt or the reply budget does not fit the model's context."""
        return self.status in (400, 413, 422) and bool(_TOO_LONG.search(f"{self.code} {self.said}"))

    @property
    def objects_to_a_field(self) -> bool:
        """Whether a field of the request is what the server does not know or take."""
        words = f"{self.code} {self.said}"
        return self.status in (400, 422) and not self.is_too_long and bool(_UNKNOWN_FIELD.search(words))

    @property
    def _is_out_of_credit(self) -> bool:
        return bool(_NO_CREDIT.search(f"{self.code} {self.said}"))

    def names(self, *fields: str) -> bool:
        """Whether the server objects to one of ``fields``, by name."""
        if self.status not in (400, 422) or self.is_too_long:
            return False
        return any(field in f"{self.param} {self.said}" for field in fields)

    def wait_s(self, failures: int, longest_s: float) -> float | None:
        """Seconds to wait before trying again after ``failures`` retries, or None: it is no use."""
        passing = self.status in (None, 429, 500, 502, 503, 504)
        if not passing or self._is_out_of_credit:
            return None
        if self.retry_after is None:
            return _FIRST_WAIT_S * 2.0**failures
        return self.retry_after if self.retry_after <= longest_s else None

    def error(self, host: str, model: str, has_key: bool) -> EndpointError:
        """What the reader is told."""
        return EndpointError(*self._words(host, model, has_key))

    def why(self, host: str) -> str:
        """The reason in a few words, for a notice while waiting."""
        if self.status is None:
            return f"{host} cannot be reached"
        return f"{host} is busy" if self.status in (429, 503) else f"{host} failed ({self.status})"

    def _words(self, host: str, model: str, has_key: bool) -> tuple[str, str]:
        """Message and hint."""
        said = f": {self.said}" if self.said else ""
        later = "Try again later; the server's own log may say more."
        unpaid = self.status == 402 or (self.status == 429 and self._is_out_of_credit)
        asked = "" if self.retry_after is None else f" and asks to wait {self.retry_after:.0f} s"
        told: dict[int | None, tuple[str, str]] = {
            None: (f"cannot reach {host}{said}", f"Is the server running at {host}? Check base_url."),
            401: (
                f"{host} {'does not accept the key' if has_key else 'asks for a key'}",
                "Put the right key into the file that api_key_file names, or into NEWSDESK_API_KEY.",
            ),
            403: (
                f"{host} refuses access{said}",
                f"The key in api_key_file or NEWSDESK_API_KEY may not use the model {model!r}.",
            ),
            404: (
                f"{host} does not know the model {model!r}, or not this address{said}",
                "Set model to one that the server offers; base_url usually ends in /v1.",
            ),
            429: (f"{host} is busy{asked}{said}", later),
        }
        if unpaid:
            return f"the account at {host} has no credit left{said}", "Add credit, or use another model."
        if self.is_too_long:
            return f"the request is too long for {model!r} at {host}{said}", "Use fewer passages (-k)."
        if self.status in told:
            return told[self.status]
        if self.status is not None and self.status < 400:
            hint = "Set base_url to the address it really has: Newsdesk follows no redirect with your key."
            return f"{host} redirects to another address ({self.status})", hint
        if self.status is not None and self.status >= 500:
            return f"{host} failed ({self.status}){said}", later
        return f"{host} refused the request ({self.status}){said}", "Check model and base_url."


def rejection_of(error: object, hide: Callable[[str], str]) -> Rejection:
    """What the SDK's ``error`` says; ``hide`` takes the key out of its words, should it be there."""
    response, body = getattr(error, "response", None), getattr(error, "body", None)
    if response is None:
        cause = getattr(error, "__cause__", None)
        return Rejection(None, said=safe(_words(body) or str(cause or error), hide))
    if isinstance(body, str) and body.lstrip().startswith("<"):
        body = None  # a web page: nothing in it is worth showing
    return Rejection(
        status=response.status_code,
        said=safe(_words(body), hide),
        code=f"{getattr(error, 'code', None) or ''} {getattr(error, 'type', None) or ''}",
        param=str(getattr(error, "param", None) or ""),
        retry_after=_retry_after_s(response.headers),
    )


def safe(said: object, hide: Callable[[str], str]) -> str:
    """The words of an error body (or a text) in one short printable line, without the key."""
    text = hide(_words(said))[:2000]
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


def _words(body: object) -> str:
    """The message in an error body: OpenAI's, FastAPI's (``detail``), a list of problems, or a bare text."""
    if isinstance(body, Mapping):
        return _words(body.get("message") or body.get("error") or body.get("detail") or "")
    if isinstance(body, list | tuple):
        return json.dumps(body, default=str)
    return body if isinstance(body, str) else ""


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that ``Retry-After`` asks to wait (RFC 9110, 10.2.3: seconds or a date), if it is usable."""
    raw = headers.get("retry-after", "").strip()
    try:
        seconds = float(raw)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(raw).timestamp() - time.time()
        except ValueError:
            return None
    return None if math.isnan(seconds) else max(0.0, seconds)
