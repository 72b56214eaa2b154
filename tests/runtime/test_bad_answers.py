"""Answers that `Urllib3Transport` does not take: late, cut short, unclear or too large.

Waiting is bounded by the client's own timeouts; where a test says how long something may
take, the bound is far from both what is right and what would be wrong.
"""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import tracemalloc
import zlib

import pytest

from codegen.runtime.errors import TransportError, Unrepeatable
from codegen.runtime.http import Request, Timeout
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.exchanges import GENEROUS, failure, get, post
from tests.runtime.sockets import HEAD, Peer, Script, Serve, answers

# --- answers that never come, or never end -----------------------------------------------------


def test_a_server_that_says_nothing_is_left_at_the_read_timeout(
    serve: Serve, transport: Urllib3Transport
) -> None:
    def says_nothing(peer: Peer) -> None:
        peer.takes()
        peer.waits()

    server = serve(says_nothing)
    error = failure(transport, post(server.url, timeout=Timeout(read=0.2, total=30)))
    assert error.sent
    assert "nothing moved for 0.2 s" in error.message


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", b"H"),
        (HEAD + b"X-A: ", b"a"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a"),
        (HEAD + b"\r\n", b" "),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status", "field", "body", "chunk", "chunk size", "trailer", "unbounded", "interim"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_deadline_holds_against_a_server_that_drips(
    serve: Serve,
    transport: Urllib3Transport,
    tls: ssl.SSLContext,
    first: bytes,
    piece: bytes,
    scheme: str,
) -> None:
    has_ended = threading.Event()

    def drips(peer: Peer) -> None:
        peer.takes()
        peer.sends(first)
        peer.drips(piece)
        has_ended.set()

    server = serve(drips, tls=tls if scheme == "https" else None)
    request = post(server.url, timeout=Timeout(connect=10, read=10, total=1))
    begun = time.monotonic()
    error = failure(transport, request)
    assert not has_ended.is_set()
    assert time.monotonic() - begun > 0.9
    assert error.sent
    assert "deadline" in error.message


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_deadline_holds_against_a_server_that_reads_slowly(
    serve: Serve, transport: Urllib3Transport, tls: ssl.SSLContext, scheme: str
) -> None:
    gone, has_ended = threading.Event(), threading.Event()

    def reads_slowly(peer: Peer) -> None:
        if not gone.wait(10):
            has_ended.set()

    server = serve(reads_slowly, tls=tls if scheme == "https" else None)
    begun = time.monotonic()
    error = failure(transport, post(server.url, bytes(50_000_000), Timeout(read=10, total=1)))
    assert not has_ended.is_set()
    gone.set()
    assert time.monotonic() - begun > 0.9
    assert error.sent


def test_a_tls_handshake_that_stalls_is_left_at_the_connect_timeout(
    serve: Serve, transport: Urllib3Transport
) -> None:
    server = serve(Peer.waits)
    url = server.url.replace("http:", "https:")
    begun = time.monotonic()
    error = failure(transport, post(url, timeout=Timeout(connect=0.3, total=60)))
    assert time.monotonic() - begun < 30
    assert not error.sent


# --- answers that are cut short ----------------------------------------------------------------

CUT_SHORT = {
    "nothing": b"",
    "status": b"HTTP/1.",
    "status line": b"HTTP/1.1 200 OK\r\n",
    "field": b"HTTP/1.1 200 OK\r\nContent-Le",
    "fields": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
    "interim": b"HTTP/1.1 103 Early Hints\r\n",
    "after interim": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "body": HEAD + b"Content-Length: 100\r\n\r\n{}",
    "chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n32\r\n{}",
    "last chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "chunk size": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0",
    "gzip": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}" * 99)[:-9],
    "no gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "second gzip": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}") * 2 + b"\x1f",
}


@pytest.mark.parametrize("raw", CUT_SHORT.values(), ids=CUT_SHORT.keys())
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_is_cut_short_is_an_error(
    serve: Serve, transport: Urllib3Transport, raw: bytes, method: str
) -> None:
    server = serve(answers(raw))
    error = failure(transport, Request(method=method, url=server.url, timeout=GENEROUS))
    assert type(error) is TransportError
    assert error.sent
    assert len(server.requests) == 1


@pytest.mark.parametrize("raw", CUT_SHORT.values(), ids=CUT_SHORT.keys())
def test_an_answer_that_is_reset_is_an_error(
    serve: Serve, transport: Urllib3Transport, raw: bytes
) -> None:
    def resets(peer: Peer) -> None:
        answers(raw)(peer)
        peer.resets()

    error = failure(transport, post(serve(resets).url))
    assert error.sent


def test_a_status_that_came_before_the_cut_is_told(
    serve: Serve, transport: Urllib3Transport
) -> None:
    raw = b"HTTP/1.1 201 Created\r\nLocation: /jobs/1\r\nContent-Length: 100\r\n\r\n{}"
    error = failure(transport, post(serve(answers(raw)).url))
    assert (error.status, error.headers["Location"]) == (201, "/jobs/1")


def test_an_early_refusal_of_a_long_body_is_heard(
    serve: Serve, transport: Urllib3Transport
) -> None:
    raw = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"

    def refuses(peer: Peer) -> None:
        peer.sends(raw)
        time.sleep(0.2)
        peer.resets()

    response = transport.send(post(serve(refuses).url, bytes(20_000_000)))
    assert (response.status, response.body) == (413, b"no")


# --- answers that are not accepted -------------------------------------------------------------

UNACCEPTABLE = {
    "long field": HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "many fields": HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(1000)) + b"\r\n",
    "no colon": HEAD + b"X-A: 1\r\nJUNK\r\nContent-Length: 2\r\n\r\n{}",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 1\r\n\r\n{}",
    "list of lengths": HEAD + b"Content-Length: 2, 2\r\n\r\n{}",
    "odd length": HEAD + b"Content-Length: +2\r\n\r\n{}",
    "negative length": HEAD + b"Content-Length: -2\r\n\r\n{}",
    "endless length": HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n{}",
    "transfer coding": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "content coding": HEAD + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}",
    "codings": HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\n{}",
}


@pytest.mark.parametrize("raw", UNACCEPTABLE.values(), ids=UNACCEPTABLE.keys())
def test_an_answer_that_can_be_read_in_two_ways_is_not_read(
    serve: Serve, transport: Urllib3Transport, raw: bytes
) -> None:
    error = failure(transport, get(serve(answers(raw)).url))
    assert isinstance(error, Unrepeatable)
    assert error.sent


@pytest.mark.parametrize("size", [b"zz", b"-5", b"-1", b"FFFFFFFFFFFFFFFFF"])
def test_a_chunk_of_an_odd_size_is_an_error(
    serve: Serve, transport: Urllib3Transport, size: bytes
) -> None:
    raw = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\n{}\r\n0\r\n\r\n"
    assert failure(transport, get(serve(answers(raw)).url)).sent


def test_what_is_not_http_is_shown_escaped(serve: Serve, transport: Urllib3Transport) -> None:
    error = failure(transport, get(serve(answers(b"SSH-2.0-\x1b[31m\r\n")).url))
    assert error.message == r"the answer is not HTTP: 'SSH-2.0-\x1b[31m\r\n'"
    assert error.__cause__ is None  # for its text is the server's, and tracebacks print it


# --- answers that are too large ----------------------------------------------------------------

LIMIT = 500_000
LONG_FIELD = b"X: " + b"a" * 10_000 + b"\r\n"


def floods(first: bytes, piece: bytes) -> Script:
    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(first)
        while True:
            peer.sends(piece)

    return script


def bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    nothing = bytes(1 << 20)
    return b"".join(packer.compress(nothing) for _ in range(mebibytes)) + packer.flush()


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: %d\r\n\r\n" % LIMIT + bytes(LIMIT),
        b"\r\n" + bytes(LIMIT),
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % LIMIT + bytes(LIMIT) + b"\r\n0\r\n\r\n",
        b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(LIMIT)),
    ],
    ids=["length", "unbounded", "chunked", "gzip"],
)
def test_an_answer_of_exactly_the_limit_is_read(
    serve: Serve, transport: Urllib3Transport, body: bytes
) -> None:
    url = serve(answers(HEAD + b"Connection: close\r\n" + body)).url
    assert len(transport.send(get(url, limit=LIMIT)).body) == LIMIT
    error = failure(transport, get(url, limit=LIMIT - 1))
    assert isinstance(error, Unrepeatable)
    assert (error.sent, error.status) == (True, 200)
    assert str(LIMIT - 1) in error.message


def test_a_length_over_the_limit_is_enough_to_refuse(
    serve: Serve, transport: Urllib3Transport
) -> None:
    def promises_much(peer: Peer) -> None:
        peer.takes()
        peer.sends(HEAD + b"Content-Length: 1000000000000\r\n\r\n")
        peer.waits()

    error = failure(transport, get(serve(promises_much).url, limit=LIMIT))
    assert error.message == "the answer has 1000000000000 bytes; at most 500000 are read"


@pytest.mark.parametrize(
    "script",
    [
        floods(HEAD + b"\r\n", bytes(65536)),
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"100\r\n" + bytes(256) + b"\r\n"),
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", bytes(65536)),
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1" * 65536),
        floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", LONG_FIELD),
        floods(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 1000),
        floods(b"", b"HTTP/1.1 100 Continue\r\n" + LONG_FIELD + b"\r\n"),
        answers(HEAD + b"Content-Encoding: gzip\r\n\r\n" + bomb(256)),
    ],
    ids=[
        "body",
        "chunks",
        "negative chunk",
        "chunk size",
        "trailers",
        "gzip members",
        "interim",
        "gzip bomb",
    ],
)
def test_an_answer_without_end_takes_bounded_memory(
    serve: Serve, transport: Urllib3Transport, script: Script
) -> None:
    server = serve(script)
    timeout = Timeout(connect=60, read=60, total=60)
    tracemalloc.start()
    try:
        error = failure(transport, get(server.url, timeout, limit=LIMIT))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.sent
    assert "deadline" not in error.message
    assert peak < 16_000_000
