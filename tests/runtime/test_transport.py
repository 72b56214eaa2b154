"""`Urllib3Transport` on real sockets: what it sends, and when nothing was sent.

Waiting is bounded by the client's own timeouts; where a test says how long something may
take, the bound is far from both what is right and what would be wrong.
"""

from __future__ import annotations

import gzip
import os
import socket
import ssl

import pytest

from codegen.runtime.errors import ConnectError, Unrepeatable
from codegen.runtime.http import Headers, Request, Response, Timeout
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.exchanges import CERTIFICATE, GENEROUS, failure, get, post
from tests.runtime.sockets import HEAD, OK, Peer, Serve, answers, answers_for_ever

# --- what goes out and what comes back ---------------------------------------------------------


def test_a_request_goes_out_as_it_is_told(serve: Serve, transport: Urllib3Transport) -> None:
    server = serve(answers(OK))
    request = Request(
        method="PATCH",
        url=f"{server.url}/a%2Fb?x=1%202&y=",
        headers=Headers({"Content-Type": "application/json", "If-Match": '"v1"'}),
        body=b'{"a": 1}',
        timeout=GENEROUS,
    )
    transport.send(request)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"PATCH /thing/a%2Fb?x=1%202&y= HTTP/1.1"
    assert f"Host: 127.0.0.1:{server.port}".encode() in lines
    assert b'If-Match: "v1"' in lines
    assert b"Content-Length: 8" in lines
    assert b"Accept-Encoding: gzip" in lines
    assert body == b'{"a": 1}'


def test_an_answer_comes_back_with_its_status_fields_and_body(
    serve: Serve, transport: Urllib3Transport
) -> None:
    raw = b"HTTP/1.1 418 Teapot\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\ntea"
    response = transport.send(get(serve(answers(raw)).url))
    assert response == Response(
        status=418, headers=Headers([("X-A", "1, 2"), ("Content-Length", "3")]), body=b"tea"
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(
    serve: Serve, transport: Urllib3Transport, status: int
) -> None:
    raw = b"HTTP/1.1 %d Go\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n" % status
    server = serve(answers_for_ever(raw))
    response = transport.send(get(server.url))
    assert (status, "/else", 1) == (
        response.status,
        response.headers["Location"],
        len(server.requests),
    )


def test_nothing_is_repeated_by_the_transport(serve: Serve, transport: Urllib3Transport) -> None:
    raw = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    server = serve(answers_for_ever(raw))
    assert transport.send(get(server.url)).status == 503
    assert len(server.requests) == 1


def test_a_chunked_body_is_put_together(serve: Serve, transport: Urllib3Transport) -> None:
    raw = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"
    assert transport.send(get(serve(answers(raw)).url)).body == b"abcde"


def test_a_body_without_a_length_ends_with_the_connection(
    serve: Serve, transport: Urllib3Transport
) -> None:
    assert transport.send(get(serve(answers(HEAD + b"\r\nabc")).url)).body == b"abc"


@pytest.mark.parametrize("sizes", [(0,), (1,), (100_000,), (70_000, 0, 5, 70_000)])
def test_a_gzipped_body_is_unpacked(
    serve: Serve, transport: Urllib3Transport, sizes: tuple[int, ...]
) -> None:
    bodies = [os.urandom(size // 2) + bytes(size - size // 2) for size in sizes]
    packed = b"".join(map(gzip.compress, bodies))
    raw = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    assert transport.send(get(serve(answers(raw)).url)).body == b"".join(bodies)


def test_an_empty_body_need_not_be_gzip(serve: Serve, transport: Urllib3Transport) -> None:
    raw = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"
    assert transport.send(get(serve(answers(raw)).url)).body == b""


@pytest.mark.parametrize(
    ("method", "raw"),
    [
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
        ("HEAD", HEAD + b"Content-Length: 9\r\nContent-Encoding: gzip\r\n\r\n"),
    ],
)
def test_an_answer_that_has_no_body_is_not_waited_for(
    serve: Serve, transport: Urllib3Transport, method: str, raw: bytes
) -> None:
    server = serve(answers(raw, OK))
    request = Request(method=method, url=server.url, timeout=GENEROUS)
    assert transport.send(request).body == b""
    assert transport.send(get(server.url)).body == b"ok"
    assert server.connections == 1


@pytest.mark.parametrize("status", [100, 102, 103])
def test_interim_answers_are_passed_over(
    serve: Serve, transport: Urllib3Transport, status: int
) -> None:
    interim = b"HTTP/1.1 %d Wait\r\nLink: </a>\r\n\r\n" % status
    server = serve(answers(interim * 50 + OK, OK))
    response = transport.send(get(server.url))
    assert (response.status, response.body, "Link" in response.headers) == (200, b"ok", False)
    assert transport.send(get(server.url)).body == b"ok"
    assert server.connections == 1


# --- failures before anything is sent ----------------------------------------------------------


def test_a_refused_connection_sent_nothing(transport: Urllib3Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(transport, post(f"http://127.0.0.1:{port}/"))
    assert not error.sent
    assert error.message == f"cannot connect to 127.0.0.1:{port}: Connection refused"


def test_a_name_without_an_address_sent_nothing(transport: Urllib3Transport) -> None:
    error = failure(transport, post("http://nowhere.invalid/"))
    assert not error.sent
    assert error.message.startswith("cannot connect to nowhere.invalid:80: ")


def test_a_name_that_cannot_be_one_sent_nothing(transport: Urllib3Transport) -> None:
    error = failure(transport, post(f"http://{'a' * 70}.test/"))
    assert not error.sent


def test_a_connection_that_is_never_accepted_times_out(transport: Urllib3Transport) -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        error = failure(transport, post(url, timeout=Timeout(connect=0.3)))
    assert not error.sent
    assert "nothing answered in time" in error.message


def test_a_timeout_may_be_none_or_beyond_all_bounds(
    serve: Serve, transport: Urllib3Transport
) -> None:
    for seconds in (None, float("inf"), 1e300):
        timeout = Timeout(connect=seconds, read=seconds, total=seconds)
        assert transport.send(get(serve(answers(OK)).url, timeout)).body == b"ok"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/",
        "/only/a/path",
        "http://",
        "http://host:port/",
        "http://[::1/",
        "http://a b/",
        "http://tést/",
    ],
)
def test_an_impossible_url_is_not_tried(transport: Urllib3Transport, url: str) -> None:
    error = failure(transport, get(url))
    assert isinstance(error, Unrepeatable)
    assert not error.sent


def test_a_forbidden_header_value_is_neither_sent_nor_quoted(
    serve: Serve, transport: Urllib3Transport
) -> None:
    server = serve(answers_for_ever())
    for value in ("secret\r\nX-Evil: 1", "sécret €"):
        request = Request(method="GET", url=server.url, headers=Headers({"X-Key": value}))
        error = failure(transport, request)
        assert isinstance(error, Unrepeatable)
        assert not error.sent
        assert "cret" not in str(error)
    assert server.requests == []


# --- TLS ---------------------------------------------------------------------------------------


def test_tls_connections_are_kept_too(
    serve: Serve, transport: Urllib3Transport, tls: ssl.SSLContext
) -> None:
    server = serve(answers_for_ever(), tls=tls)
    for _ in range(3):
        assert transport.send(post(server.url, bytes(300_000))).body == b"ok"
    assert (len(server.requests), server.connections) == (3, 1)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    serve: Serve, tls: ssl.SSLContext
) -> None:
    server = serve(answers_for_ever(), tls=tls)
    transport = Urllib3Transport()
    error = failure(transport, post(server.url))
    assert isinstance(error, Unrepeatable)
    assert not error.sent
    assert error.message.startswith(f"cannot connect safely to localhost:{server.port}: ")
    assert server.requests == []
    transport.close()


def test_a_certificate_for_another_name_is_not_trusted(
    serve: Serve, transport: Urllib3Transport, tls: ssl.SSLContext
) -> None:
    server = serve(answers_for_ever(), tls=tls)
    error = failure(transport, post(server.url.replace("localhost", "127.0.0.1")))
    assert isinstance(error, Unrepeatable)
    assert not error.sent
    assert server.requests == []


@pytest.fixture
def wary(tls: ssl.SSLContext) -> ssl.SSLContext:
    """A server's context that wants to see a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.load_verify_locations(CERTIFICATE)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_a_client_shows_the_certificate_of_its_context(serve: Serve, wary: ssl.SSLContext) -> None:
    server = serve(answers_for_ever(), tls=wary)
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    context.load_cert_chain(CERTIFICATE)
    transport = Urllib3Transport(ssl_context=context)
    assert transport.send(post(server.url)).body == b"ok"
    transport.close()


def test_a_client_without_a_certificate_is_told_so(
    serve: Serve, transport: Urllib3Transport, wary: ssl.SSLContext
) -> None:
    server = serve(answers_for_ever(), tls=wary)
    error = failure(transport, post(server.url))
    assert server.requests == []
    if isinstance(error, Unrepeatable):
        assert not error.sent
        assert error.message.startswith("the server refuses the certificate that it is shown: ")
    else:  # the alert was overtaken by the end of the connection, which tells nothing
        assert "broke" in error.message or "closed" in error.message


def test_a_server_without_tls_is_named_as_such(serve: Serve, transport: Urllib3Transport) -> None:
    def speaks_plainly(peer: Peer) -> None:
        peer.sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = serve(speaks_plainly)
    error = failure(transport, post(server.url.replace("http:", "https:")))
    assert isinstance(error, Unrepeatable)
    assert not error.sent
    assert error.message.endswith("it does not speak TLS there; is it an http URL?")


def test_a_handshake_that_breaks_sent_nothing(serve: Serve, transport: Urllib3Transport) -> None:
    def breaks(peer: Peer) -> None:
        # Once the handshake has begun: of a connection that is broken before, Python 3.11 leaves
        # its socket to the garbage collector, with a warning.
        peer.hands_over().recv(1)
        peer.resets()

    server = serve(breaks)
    error = failure(transport, post(server.url.replace("http:", "https:")))
    assert type(error) is ConnectError
    assert not error.sent
