"""The one function that fetches: what it refuses, where it stops, and that it connects to what it checked."""

from __future__ import annotations

import ast
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_server import Web, serving

from qa.errors import FetchError
from qa.fetch import checked_address, fetch, is_public
from qa.types import Cancel

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving() as one:
        yield one


def refused(url: str, **told: Any) -> FetchError:
    with pytest.raises(FetchError) as error:
        fetch(url, **told)
    assert error.value.hint or told.get("cancel")
    return error.value


# what may be fetched at all


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fec0::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://224.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://[::]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:0:7f00:1]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[2001:0:1::]/",
        "http://[ff0e::1]/",
        "http://[100::1]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[4000::1]/",
        "http://192.0.0.8/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://①27.0.0.1/",
        "http://127。0。0。1/",
        "http://localhost./",
        "http://127.0.0.1./",
    ],
)
def test_an_address_of_this_machine_or_its_network_is_refused(url: str) -> None:
    error = refused(url)
    assert "private network" in error.message or "not found" in error.message


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "http:///x",
        "http://user:secret@example.com/",
        "http://example.com:99999/",
        "http://exa mple.com/",
        "http://[::1/",
        "//example.com/",
        "http://" + "a" * 5_000 + ".com/",
        "http://example.com\r\nX: y/",
    ],
)
def test_what_is_no_address_of_the_web_is_refused_before_a_name_is_looked_up(url: str) -> None:
    def never(*_: Any, **__: Any) -> list[Any]:
        raise AssertionError("a name was looked up")

    assert "secret" not in refused(url, resolve=never, private=True).message


def test_addresses_are_asked_for_as_servers_read_them() -> None:
    assert checked_address(" HTTPS://Bücher.example:8443/a b/ü?q=ö&x=%20#part ") == (
        "https://xn--bcher-kva.example:8443/a%20b/%C3%BC?q=%C3%B6&x=%20"
    )
    assert checked_address("http://example.com") == "http://example.com/"
    assert checked_address("http://[2001:db8::1]:80/") == "http://[2001:db8::1]:80/"


@given(st.text(max_size=60))
def test_no_text_brings_anything_but_an_address_or_a_refusal(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.com/{text}"):
        try:
            checked = checked_address(url)
        except FetchError:
            continue
        assert checked.isascii()
        assert not any(character.isspace() for character in checked)
        assert checked_address(checked) == checked


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
    assert not is_public("nonsense")


def test_a_name_that_means_the_own_network_is_refused() -> None:
    asked = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.7", port))]

    assert "private network" in refused("http://news.example/", resolve=resolve).message
    assert asked == ["news.example"]


def test_of_a_name_with_public_and_private_addresses_no_private_one_is_tried() -> None:
    """The public one is reached by nobody here: what is told is that, and not what answered in the own network."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]

        def resolve(host: str, port: int, **_: Any) -> list[Any]:
            both = [("93.184.216.34", port), ("127.0.0.1", port)]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in both]

        assert (
            "a test tried to reach ('93.184.216.34'" in refused(f"http://news.example:{port}/", resolve=resolve).message
        )
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_name_is_looked_up_once_and_connected_to_as_it_was_checked(web: Web) -> None:
    web.put("/rebound", "words")
    port = int(web.url.rpartition(":")[2])
    answers = iter(["127.0.0.1", "10.0.0.1"])

    def rebinding(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    reply = fetch(f"http://news.example:{port}/rebound", private=True, resolve=rebinding)
    assert reply.data == b"words"
    assert next(answers) == "10.0.0.1"  # never asked for
    assert web.headers[-1]["Host"] == f"news.example:{port}"


def test_a_redirect_is_checked_as_the_first_address_was(web: Web) -> None:
    web.put("/inward", "", status=302, headers={"Location": "http://169.254.169.254/latest/"})
    web.put("/file", "", status=302, headers={"Location": "file:///etc/passwd"})
    for place in ("javascript:alert(1)", "data:text/html,x", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://"):
        web.put(f"/{place[:4]}", "", status=302, headers={"Location": place})
        assert refused(f"{web.url}/{place[:4]}", private=True).status is None
    port = int(web.url.rpartition(":")[2])

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return socket.getaddrinfo("127.0.0.1" if host == "news.example" else host, port, type=socket.SOCK_STREAM)

    assert "neither http nor https" in refused(f"{web.url}/file", private=True).message

    def only_news(host: str, port: int, **_: Any) -> list[Any]:
        found = resolve(host, port)
        return found if host == "news.example" else []

    asked = f"http://news.example:{port}/inward"
    assert "169.254.169.254" in refused(asked, private=True, resolve=only_news).message


# what a server may do


def test_what_a_server_sends(web: Web) -> None:
    address = web.put("/a", "wörter", media="Text/HTML; Charset=UTF-8", etag='"1"')
    reply = fetch(address, private=True)
    assert (reply.url, reply.status, reply.data.decode(), reply.media, reply.charset, reply.etag) == (
        address,
        200,
        "wörter",
        "text/html",
        "utf-8",
        '"1"',
    )
    again = fetch(address, private=True, etag=reply.etag)
    assert (again.status, again.data) == (304, b"")
    assert web.headers[-1]["User-Agent"].startswith("Newsdesk/")
    assert not {"Cookie", "Authorization", "Referer"} & set(web.headers[-1])


def test_redirects_are_followed_to_where_they_end_and_not_for_ever(web: Web) -> None:
    web.put("/end", "there")
    web.put("/once", "", status=301, headers={"Location": "/end"})
    web.put("/round", "", status=302, headers={"Location": "/round"})
    assert fetch(f"{web.url}/once", private=True).url == f"{web.url}/end"
    assert "redirects" in refused(f"{web.url}/round", private=True).message


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 503])
def test_a_status_that_is_no_success_is_told(web: Web, status: int) -> None:
    web.put("/failing", "no", status=status, headers={"Retry-After": "120"})
    error = refused(f"{web.url}/failing", private=True)
    assert (error.status, error.retry_after) == (status, 120.0)
    assert str(status) in error.message


def test_packed_words_are_unpacked(web: Web) -> None:
    for path, body, packing in (
        ("/gzip", gzip.compress(b"words" * 1_000), "gzip"),
        ("/deflate", zlib.compress(b"words" * 1_000), "deflate"),
    ):
        web.put(path, body, headers={"Content-Encoding": packing})
        assert fetch(web.url + path, private=True).data == b"words" * 1_000
    web.put("/br", b"x", headers={"Content-Encoding": "br"})
    assert "br" in refused(f"{web.url}/br", private=True).message
    web.put("/broken", b"not packed", headers={"Content-Encoding": "gzip"})
    assert "unpacked" in refused(f"{web.url}/broken", private=True).message
    web.put("/cut", gzip.compress(b"words" * 1_000)[:-20], headers={"Content-Encoding": "gzip"})
    assert "broke off" in refused(f"{web.url}/cut", private=True).message


def test_a_bomb_and_a_page_without_end_stop_at_the_limit(web: Web) -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(packed.compress(bytes(1 << 20)) for _ in range(300)), packed.flush()])
    web.put("/bomb", bomb, headers={"Content-Encoding": "gzip"})
    assert "more than 1,000,000 bytes" in refused(f"{web.url}/bomb", private=True, most=1_000_000).message

    def endless(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            handler.close_connection = True

    web.put("/endless", "", act=endless)
    assert "more than" in refused(f"{web.url}/endless", private=True, most=1_000_000).message


def test_a_server_that_drips_or_is_silent_is_left_at_the_deadline(web: Web) -> None:
    stop = threading.Event()

    def dripping(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not stop.wait(0.05):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            handler.close_connection = True

    def slow_headers(handler: Any) -> None:
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.05):
                handler.wfile.write(b"X")
                handler.wfile.flush()
        except OSError:
            handler.close_connection = True

    def for_ever(line: bytes) -> Any:
        def act(handler: Any) -> None:
            try:
                while not stop.is_set():
                    handler.wfile.write(line)
            except OSError:
                handler.close_connection = True

        return act

    web.put("/drip", "", act=dripping)
    web.put("/continue", "", act=for_ever(b"HTTP/1.1 100 Continue\r\n\r\n"))
    web.put("/many", "", act=for_ever(b"X: y\r\n"))
    web.put("/line", "", act=for_ever(b"x" * 65_536))
    web.put("/headers", "", act=slow_headers)
    web.put("/silent", "", act=lambda handler: stop.wait(30))
    try:
        for path in ("/drip", "/headers", "/silent"):
            assert "took too long" in refused(web.url + path, private=True, seconds=0.6).message
        for path in ("/continue", "/many", "/line"):  # headers without end
            refused(web.url + path, private=True, seconds=0.6)
    finally:
        stop.set()


def test_what_breaks_off_is_no_page(web: Web) -> None:
    def cut(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        handler.close_connection = True

    web.put("/cut-off", "", act=cut)
    assert "broke off" in refused(f"{web.url}/cut-off", private=True).message
    web.put("/garbage", "", act=lambda handler: handler.wfile.write(b"\x00\xff" * 100))
    refused(f"{web.url}/garbage", private=True)


def test_a_cancelled_fetch_ends(web: Web) -> None:
    cancel, begun, stop = Cancel(), threading.Event(), threading.Event()

    def waiting(handler: Any) -> None:
        begun.set()
        stop.wait(30)

    web.put("/wait", "", act=waiting)
    threading.Thread(target=lambda: (begun.wait(30), cancel.cancel()), daemon=True).start()
    try:
        assert "stopped" in refused(f"{web.url}/wait", private=True, cancel=cancel).message
    finally:
        stop.set()


def test_proxy_variables_change_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    address = web.put("/direct", "words")
    assert fetch(address, private=True).data == b"words"


def test_what_nobody_listens_at_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert "cannot be reached" in refused(f"http://127.0.0.1:{taken.getsockname()[1]}/", private=True).message


# https


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("a certificate is made with openssl")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=news.example",
         "-addext", "subjectAltName=DNS:news.example", "-keyout", str(path), "-out", f"{path}.crt"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_the_certificate_must_be_that_of_the_name_whatever_address_it_has(
    certified: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified)
    listening = socket.create_server(("127.0.0.1", 0))
    names: list[str | None] = []
    context.sni_callback = lambda _connection, name, _context: names.append(name)

    def serve() -> None:
        while True:
            try:
                accepted, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(accepted, server_side=True) as connection:
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwords")
            except OSError:
                accepted.close()

    threading.Thread(target=serve, daemon=True).start()
    port = listening.getsockname()[1]

    def here(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    try:
        assert "certificate" in refused(f"https://news.example:{port}/", private=True, resolve=here).message
        monkeypatch.setenv("SSL_CERT_FILE", f"{certified}.crt")
        assert fetch(f"https://news.example:{port}/", private=True, resolve=here).data == b"words"
        assert names[-1] == "news.example"
        assert "certificate" in refused(f"https://other.example:{port}/", private=True, resolve=here).message
    finally:
        listening.close()


# nothing else connects


def test_nothing_else_fetches_an_address_that_a_text_names() -> None:
    """Vendors that connect have their own contracts; of the standard library, one module of ours may."""
    connecting = {"socket", "http", "urllib", "ssl", "ftplib", "xmlrpc", "webbrowser"}
    allowed = {"qa/fetch.py", "qa/library/knock.py", "qa/endpoint.py"}  # the store and the model, which are settings
    found = set()
    for path in sorted((ROOT / "qa").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in connecting and name not in ("urllib.parse", "http") for name in modules):
                found.add(str(path.relative_to(ROOT)))
    assert found == allowed
