"""Asks an address whether a Chroma server answers there, before Chroma's own client (1.5 s of imports) is loaded.

Chroma's client waits for ever and says little; this says within seconds what is wrong: nothing there, a name nobody
knows, a certificate, no authorisation, another kind of server, a version that speaks another protocol.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from qa.library.frames import Fault

VERSION = re.compile(r"1\.\d{1,4}\.\d{1,4}\S{0,20}")
"""Versions of Chroma's protocol that are understood: what ``/api/v2/version`` says, not the release."""

_MOST = 1 << 16


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes

    @property
    def value(self) -> Any:
        """The JSON of the body, None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def beats(self) -> bool:
        """Whether it is the heartbeat of a Chroma server."""
        return self.status == 200 and isinstance(self.value, dict) and "nanosecond heartbeat" in self.value


class Unwelcome(Exception):  # noqa: N818 - a state of affairs
    """The server cannot be used: ``fault`` says how, ``reason`` why, in a few words."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason


def knock(url: str, headers: Mapping[str, str], seconds: float) -> str:
    """The version of the Chroma server at ``url``. Raises Unwelcome; waits ``seconds`` at most for each step."""
    beat = _get(url, "/api/v2/heartbeat", headers, seconds)
    if beat.status in (401, 403):
        raise Unwelcome(Fault.DENIED, f"it refuses the token (status {beat.status})" if headers else "it wants a token")
    if beat.status >= 500:
        raise Unwelcome(Fault.UNREACHABLE, f"it answers with status {beat.status}")
    if not beat.beats:
        if beat.status in (404, 405, 410) and _get(url, "/api/v1/heartbeat", headers, seconds).beats:
            raise Unwelcome(Fault.FOREIGN, "it is a Chroma server older than 1.0")
        raise Unwelcome(Fault.FOREIGN, f"what answers there is no Chroma server (status {beat.status})")
    version = _get(url, "/api/v2/version", headers, seconds).value
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise Unwelcome(Fault.FOREIGN, f"it speaks version {str(version)[:20]!r} of Chroma's protocol, not 1")
    return version


def _get(url: str, path: str, headers: Mapping[str, str], seconds: float) -> _Reply:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path.rstrip("/") + path, headers=dict(headers))
        response = connection.getresponse()
        return _Reply(response.status, response.read(_MOST))
    except ConnectionRefusedError:
        raise Unwelcome(Fault.UNREACHABLE, "nothing listens there") from None
    except socket.gaierror:
        raise Unwelcome(Fault.UNREACHABLE, "no machine of that name is known") from None
    except TimeoutError:
        raise Unwelcome(Fault.UNREACHABLE, f"it did not answer within {seconds:.0f} s") from None
    except ssl.SSLCertVerificationError as error:
        raise Unwelcome(Fault.UNREACHABLE, f"its certificate is not trusted ({error.verify_message})") from None
    except ssl.SSLError:
        raise Unwelcome(Fault.UNREACHABLE, "it does not speak TLS: try http") from None
    except (http.client.HTTPException, ValueError):
        raise Unwelcome(Fault.FOREIGN, "what answers there does not speak HTTP") from None
    except OSError as error:
        raise Unwelcome(Fault.UNREACHABLE, error.strerror or str(error)) from None
    finally:
        connection.close()
