"""Proxies: which one leads to a server, and what is said to it, on real sockets."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator

import pytest

from codegen.runtime.errors import ProxyError, ProxyRefused, RequestError, Unrepeatable
from codegen.runtime.http import Request, Timeout
from codegen.runtime.proxies import NO_PROXIES, proxies_for_all, proxies_of, proxy_from
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.exchanges import CERTIFICATE, GENEROUS, failure
from tests.runtime.sockets import OK, Peer, Serve, Server, answers, answers_for_ever

LOGIN = base64.b64encode(b"me:hu/sh").decode()


def get(url: str, timeout: Timeout = GENEROUS) -> Request:
    return Request(method="GET", url=url, timeout=timeout)


# --- which proxy ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "scheme", "expected"),
    [
        ({}, "http", None),
        ({"http_proxy": "http://a:1"}, "http", "a:1"),
        ({"http_proxy": "http://a:1"}, "https", None),
        ({"HTTPS_PROXY": "b:2"}, "https", "b:2"),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:2"}, "https", "a:1"),
        ({"ALL_PROXY": "http://c"}, "http", "c:80"),
        ({"all_proxy": "http://c", "http_proxy": "http://a:1"}, "http", "a:1"),
        ({"HTTP_PROXY": "http://a:1"}, "http", "a:1"),
        ({"HTTP_PROXY": "http://evil:1", "REQUEST_METHOD": "GET"}, "http", None),
        ({"http_proxy": ""}, "http", None),
        ({"http_proxy": "http://[::1]:3128"}, "http", "[::1]:3128"),
    ],
)
def test_the_environment_names_proxies(
    environment: dict[str, str], scheme: str, expected: str | None
) -> None:
    proxy = proxies_of(environment).proxy_to(scheme, "api.test", None)
    assert expected == (None if proxy is None else str(proxy))


@pytest.mark.parametrize(
    ("no_proxy", "host", "port", "expected"),
    [
        ("", "api.test", None, False),
        ("*", "api.test", None, True),
        ("api.test", "api.test", None, True),
        ("api.test", "API.Test", None, True),
        ("api.test", "api.test.", None, True),
        ("api.test", "v2.api.test", None, True),
        (".api.test", "api.test", None, True),
        ("*.api.test", "v2.api.test", None, True),
        ("api.test", "myapi.test", None, False),
        ("other, api.test", "api.test", None, True),
        ("api.test:8080", "api.test", 8080, True),
        ("api.test:8080", "api.test", None, False),
        ("api.test:443", "api.test", None, True),
        ("127.0.0.1", "127.0.0.1", None, True),
        ("127.0.0.0/8", "127.9.9.9", None, True),
        ("10.0.0.0/8", "127.0.0.1", None, False),
        ("10.0.0.0/8", "api.test", None, False),
        ("::1", "::1", None, True),
        ("[::1]:443", "::1", None, True),
        ("[::1]:80", "::1", None, False),
        ("fe80::/10", "fe80::1", None, True),
        (",,", "api.test", None, False),
        ("/", "api.test", None, False),
    ],
)
def test_some_servers_are_reached_without(
    no_proxy: str, host: str, port: int | None, expected: bool
) -> None:
    proxies = proxies_for_all("http://proxy:3128", no_proxy)
    assert expected is (proxies.proxy_to("https", host, port) is None)


@pytest.mark.parametrize(
    "url", ["socks5://a:1", "https://a:1", "http://", "http://a:0", "http://a:b", "http://caf\u00e9", "http://["]
)  # fmt: skip
def test_what_is_no_proxy_is_refused_unquoted(url: str) -> None:
    with pytest.raises(RequestError) as caught:
        proxy_from(url.replace("a:", "me:hush@a:"))
    assert "hush" not in str(caught.value)


def test_a_proxys_password_is_not_shown() -> None:
    proxy = proxy_from("http://me:hu%2Fsh@a:1")
    assert (f"Basic {LOGIN}", "a:1") == (proxy.authorization, str(proxy))
    assert LOGIN not in repr(proxies_for_all("http://me:hu%2Fsh@a:1"))


def test_there_may_be_none_at_all() -> None:
    assert None is NO_PROXIES.proxy_to("http", "api.test", None)


# --- what is said to it --------------------------------------------------------------------------


@pytest.fixture
def transports() -> Iterator[list[Urllib3Transport]]:
    made: list[Urllib3Transport] = []
    yield made
    for one in made:
        one.close()


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def through(proxy: Server, transports: list[Urllib3Transport]) -> Urllib3Transport:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    url = f"http://me:hu%2Fsh@127.0.0.1:{proxy.port}"
    transports.append(Urllib3Transport(proxy=url, ssl_context=context))
    return transports[-1]


def test_a_proxy_is_asked_for_the_whole_url(
    serve: Serve, transports: list[Urllib3Transport]
) -> None:
    proxy = serve(answers_for_ever())
    transport = through(proxy, transports)
    for _ in range(2):
        assert b"ok" == transport.send(get("http://api.test:8080/a?b=c")).body
    request = proxy.requests[1].decode()
    assert request.startswith("GET http://api.test:8080/a?b=c HTTP/1.1\r\nHost: api.test:8080\r\n")
    assert f"Proxy-Authorization: Basic {LOGIN}\r\n" in request
    assert (2, 1) == (len(proxy.requests), proxy.connections)


def test_a_server_behind_tls_is_reached_through_a_tunnel_and_learns_nothing_of_the_proxy(
    serve: Serve, transports: list[Urllib3Transport], tls: ssl.SSLContext
) -> None:
    inner: list[bytes] = []

    def tunnels(peer: Peer) -> None:
        peer.takes()
        peer.sends(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with tls.wrap_socket(peer.hands_over(), server_side=True) as secured:
            for _ in range(2):
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += secured.recv(65536)
                inner.append(request)
                secured.sendall(OK)

    proxy = serve(tunnels)
    transport = through(proxy, transports)
    for _ in range(2):
        assert b"ok" == transport.send(get("https://localhost:8443/secret?b=c")).body
    (asked,) = proxy.requests
    assert (
        "CONNECT localhost:8443 HTTP/1.1\r\nHost: localhost:8443\r\n"
        f"Proxy-Authorization: Basic {LOGIN}\r\n\r\n"
    ) == asked.decode()
    assert 2 == len(inner)
    assert inner[0].startswith(b"GET /secret?b=c HTTP/1.1\r\nHost: localhost:8443\r\n")
    assert b"proxy" not in inner[0].lower()


@pytest.mark.parametrize(
    ("status", "hint"), [(407, ": it wants other credentials"), (502, ""), (403, "")]
)
def test_a_proxy_that_refuses_is_not_asked_again(
    serve: Serve, transports: list[Urllib3Transport], status: int, hint: str
) -> None:
    page = b"HTTP/1.1 %d No\r\nContent-Length: 5\r\n\r\nhello" % status
    proxy = serve(answers(page))
    error = failure(through(proxy, transports), get("https://localhost/"))
    assert (ProxyRefused, False) == (type(error), error.sent)
    assert isinstance(error, Unrepeatable)
    assert f"the proxy 127.0.0.1:{proxy.port} refuses, with {status}{hint}" == error.message
    assert "hu" not in error.message


def test_a_proxy_that_wants_credentials_for_a_plain_request_says_so(
    serve: Serve, transports: list[Urllib3Transport]
) -> None:
    proxy = serve(answers(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"))
    error = failure(through(proxy, transports), get("http://api.test/"))
    assert ProxyRefused is type(error)


@pytest.mark.parametrize("url", ["http://api.test/", "https://api.test/"])
def test_a_proxy_that_is_not_there_is_named(url: str, transports: list[Urllib3Transport]) -> None:
    with_nobody = Urllib3Transport(proxy="http://127.0.0.1:9")
    transports.append(with_nobody)
    error = failure(with_nobody, get(url))
    assert (ProxyError, False) == (type(error), error.sent)
    assert error.message.startswith("cannot connect to the proxy 127.0.0.1:9: ")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nX", b"SSH-2.0\r\n"])
def test_a_proxy_that_breaks_off_sent_nothing_to_the_server(
    serve: Serve, transports: list[Urllib3Transport], said: bytes
) -> None:
    error = failure(through(serve(answers(said)), transports), get("https://localhost/"))
    assert (ProxyError, False) == (type(error), error.sent)


def test_the_connect_timeout_holds_against_a_proxy_that_says_nothing(
    serve: Serve, transports: list[Urllib3Transport]
) -> None:
    def stalls(peer: Peer) -> None:
        peer.takes()
        peer.waits()

    timeout = Timeout(connect=0.2, read=0.2, total=10)
    error = failure(through(serve(stalls), transports), get("https://localhost/", timeout))
    assert (ProxyError, False) == (type(error), error.sent)


def test_the_environment_is_heeded_unless_told_otherwise(
    serve: Serve, transports: list[Urllib3Transport], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(answers_for_ever()), serve(answers_for_ever())
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "")
    transports += [Urllib3Transport(), Urllib3Transport(proxy=False)]
    for transport in transports:
        assert b"ok" == transport.send(get(server.url)).body
    assert (1, 1) == (len(proxy.requests), len(server.requests))
    monkeypatch.setenv("no_proxy", "127.0.0.0/8")
    transports.append(Urllib3Transport())
    assert b"ok" == transports[-1].send(get(server.url)).body
    assert (1, 2) == (len(proxy.requests), len(server.requests))
