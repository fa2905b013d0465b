"""The one function that fetches an address of the web. Nothing else in Newsdesk connects to a server a text names.

A text or a feed can name any address: one inside the reader's own network, one that never ends, one that unpacks to
a terabyte. So the address of a name is looked up once, refused where it is not of the public internet, and connected to
as it was checked, whatever the name means a moment later; after every redirect again. Size, time, redirects and
unpacking have limits. No proxy variable, cookie, password or ``.netrc`` is taken from the environment.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from qa.errors import FetchError
from qa.types import Cancel
from qa.version import __version__

USER_AGENT = f"Newsdesk/{__version__} (personal news reader)"
MOST_BYTES = 32 << 20
SECONDS = 30.0
"""For one address with all its redirects, from the first packet to the last byte."""
_REDIRECTS = 5
_CONNECT_SECONDS = 10.0
_ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,*/*;q=0.5"
_CHUNK = 1 << 16
_LONGEST = 4_000
"""Characters of an address."""
_SEE_OTHER = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_EMBEDDED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""IPv6 networks whose addresses hold one of IPv4: a way round a check of either."""
_SPECIAL = tuple(ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20"))
"""Networks that are nobody's in the internet (RFC 6890, 7526, 9637), which some releases of Python call global."""
_UNICAST = ipaddress.ip_network("2000::/3")
"""All IPv6 addresses that are given out in the internet (RFC 4291, 2.4; IANA)."""

Resolve = Callable[..., Sequence[Any]]
"""``socket.getaddrinfo``."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent."""

    url: str
    """Where it was in the end."""
    status: int
    """200, or 304 where nothing changed."""
    data: bytes
    media: str
    """Type without parameters, in lower case; empty when none was sent."""
    charset: str | None
    etag: str
    modified: str
    moved: str = ""
    """Where the address is from now on, by its server's word (301, 308: RFC 9110, section 15.4); empty where it said
    no such thing."""


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Where a server says that an address is, and whether for good."""

    place: str
    for_good: bool


@dataclass(frozen=True, slots=True)
class _Deadline:
    """When all must be over; and what ends a connection that waits for ever."""

    at: float
    url: str

    @property
    def left(self) -> float:
        """Seconds, more than none. Raises FetchError."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise FetchError(f"{self.url}: it took too long", "Try again later; nothing was read of it.")
        return left

    def check(self) -> None:
        """Raises FetchError when it has passed."""
        _ = self.left


def fetch(
    url: str,
    *,
    private: bool = False,
    etag: str = "",
    modified: str = "",
    most: int = MOST_BYTES,
    seconds: float = SECONDS,
    cancel: Cancel | None = None,
    resolve: Resolve = socket.getaddrinfo,
) -> Reply:
    """What stands at an http or https address. Given what its server sent before, status 304 and no data say that
    nothing has changed.

    ``private`` also allows addresses of this machine and of the local network. Raises FetchError: refused, not reached,
    too long, too large, or a status that is no success.
    """
    deadline = _Deadline(time.monotonic() + seconds, url)
    asked = {"User-Agent": USER_AGENT, "Accept": _ACCEPT, "Accept-Encoding": "gzip", "Connection": "close"}
    asked |= {"If-None-Match": etag} if etag else {}
    asked |= {"If-Modified-Since": modified} if modified else {}
    place, moved, for_good = url, "", True
    for _ in range(_REDIRECTS + 1):
        reply = _one(
            checked_address(place), asked, deadline, most=most, private=private, cancel=cancel, resolve=resolve
        )
        if isinstance(reply, Reply):
            return replace(reply, moved=moved)
        place = urljoin(place, reply.place)
        for_good = for_good and reply.for_good
        moved = place if for_good else moved
    raise FetchError(
        f"{url}: more than {_REDIRECTS} redirects", "Open it in a browser and give the address it ends at."
    )


def checked_address(url: str) -> str:
    """An address as it is asked for: http or https, a host, no password, only characters that addresses have.

    Raises FetchError.
    """
    hint = "Give an address that begins with https:// or http://."
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        name = host.encode("idna").decode("ascii") if not host.isascii() else host
    except (ValueError, UnicodeError):
        raise FetchError(f"{url[:200]!r} is no address", hint) from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise FetchError(f"{url[:200]!r} is neither http nor https", hint)
    if not name or re.search(r"[\x00-\x20\x7f<>\"\\^`{|}%]", name) or len(url) > _LONGEST:
        raise FetchError(f"{url[:200]!r} is no address", hint)
    if parts.username or parts.password or "@" in parts.netloc:
        raise FetchError("an address with a user name or password in it is not fetched", "Give it without them.")
    place = f"[{name}]" if ":" in name else name
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=-._~?[]")
    return urlunsplit((parts.scheme.lower(), f"{place}:{port}" if port else place, path, query, ""))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also where it is written inside another."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if found not in _UNICAST or any(found in net for net in _EMBEDDED):
            return False
    if any(found in net for net in _SPECIAL if net.version == found.version):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved and not found.is_unspecified


# one request


def _one(
    url: str,
    asked: dict[str, str],
    deadline: _Deadline,
    *,
    most: int,
    private: bool,
    cancel: Cancel | None,
    resolve: Resolve,
) -> Reply | _Elsewhere:
    """The reply of one address, or where it redirects to."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    connected = _connected(host, port, deadline, private=private, resolve=resolve)
    watch = threading.Timer(deadline.left, lambda: _hang_up(connected))  # whatever ``connected`` has become
    watch.daemon = True
    watch.start()
    if cancel:
        cancel.on_cancel(lambda: _hang_up(connected))
    try:
        if parts.scheme == "https":
            connected = ssl.create_default_context().wrap_socket(
                connected, server_hostname=host, do_handshake_on_connect=False
            )
            connected.do_handshake()
        connection = http.client.HTTPConnection(host, port, timeout=deadline.left)
        connection.sock = connected
        connection.request(
            "GET", urlunsplit(("", "", parts.path, parts.query, "")), headers=asked | {"Host": parts.netloc}
        )
        return _read(url, connection.getresponse(), deadline, most)
    except ssl.SSLCertVerificationError as error:
        raise FetchError(
            f"{host}: its certificate is not trusted ({error.verify_message})", "Open it in a browser, and save it."
        ) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        if cancel and cancel.cancelled:
            raise FetchError(f"{url}: stopped", "") from None
        deadline.check()
        told = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FetchError(f"{url}: {told[:200]}", "Check the address and the connection, and try again later.") from None
    finally:
        watch.cancel()
        with suppress(OSError):
            connected.close()


def _connected(host: str, port: int, deadline: _Deadline, *, private: bool, resolve: Resolve) -> socket.socket:
    """A connection to an address of a name that may be reached. It is looked up here, once."""
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"{host} is not found", "Check the address and the connection.") from None
    allowed = [one for one in found if private or is_public(str(one[4][0]))]
    if not allowed:
        raise FetchError(
            f"{host} is an address of this machine or of a private network, where pages of the web have no business",
            'If you mean it, set fetch_private = "true" in the settings, or NEWSDESK_FETCH_PRIVATE=true.',
        )
    failed = ""
    for family, kind, protocol, _, address in allowed[:4]:
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(min(_CONNECT_SECONDS, deadline.left))
            connected.connect(address)
        except OSError as error:
            connected.close()
            failed = error.strerror or str(error)
            continue
        connected.settimeout(deadline.left)
        return connected
    raise FetchError(
        f"{host} cannot be reached: {failed}", "Check the address and the connection, and try again later."
    )


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _read(url: str, response: http.client.HTTPResponse, deadline: _Deadline, most: int) -> Reply | _Elsewhere:
    headers, status = response.headers, response.status
    if status in _SEE_OTHER and (place := headers.get("Location")):
        return _Elsewhere(place, status in _FOR_GOOD)
    if status not in (200, 304):
        raise FetchError(
            f"{url}: the server answered {status} {response.reason[:60]}",
            "Open it in a browser; what can be read there can be saved and ingested as a file.",
            status=status,
            retry_after=_seconds(headers.get("Retry-After"), headers.get("Date")),
        )
    data = b"" if status == 304 else _body(url, response, deadline, most)
    return Reply(
        url,
        status,
        data,
        headers.get_content_type() if headers.get("Content-Type") else "",
        _charset(headers),
        (headers.get("ETag") or "")[:500],
        (headers.get("Last-Modified") or "")[:100],
    )


def _body(url: str, response: http.client.HTTPResponse, deadline: _Deadline, most: int) -> bytes:
    """The bytes of a reply, unpacked. Raises FetchError when there are more than ``most``, or they break off."""
    packing = (response.headers.get("Content-Encoding") or "identity").strip().lower()
    if packing not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise FetchError(f"{url}: packed as {packing[:30]!r}, which was not asked for", "Save it in a browser instead.")
    unpacking = None if packing == "identity" else zlib.decompressobj(47 if "gzip" in packing else 15)
    body = bytearray()
    came = False
    while part := response.read1(_CHUNK):
        came = True
        deadline.check()
        while part:
            body += part if unpacking is None else _unpacked(url, unpacking, part, most + 1 - len(body))
            part = b"" if unpacking is None else unpacking.unconsumed_tail
            if len(body) > most:
                raise FetchError(f"{url}: more than {most:,} bytes", "Save what you need of it as a file.")
    deadline.check()
    if response.length:
        raise FetchError(f"{url}: it broke off {response.length:,} bytes before its end", "Try again.")
    if unpacking is not None and not unpacking.eof and came:
        raise FetchError(f"{url}: it broke off before its end", "Try again.")
    return bytes(body)


def _unpacked(url: str, unpacking: Any, part: bytes, room: int) -> bytes:
    try:
        return bytes(unpacking.decompress(part, max(1, room)))
    except zlib.error:
        raise FetchError(f"{url}: it cannot be unpacked", "Try again, or save it in a browser.") from None


def _charset(headers: Message) -> str | None:
    named = headers.get_content_charset()
    return named[:40] if named else None


def _seconds(value: str | None, now: str | None) -> float | None:
    """Seconds to wait (RFC 9110, section 10.2.3): given as such, or as a moment by the server's own clock."""
    if value and value.isascii() and value.isdigit() and len(value) < 7:
        return float(value)
    try:
        left = (parsedate_to_datetime(value or "") - parsedate_to_datetime(now or "")).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return left if left > 0 else None
