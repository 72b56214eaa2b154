"""`ApiClient.stream`: over real sockets, and over transports that give what they are told.

Where the order of events matters a server waits for the test, so that nothing hangs on time.
"""

from __future__ import annotations

import gzip
import logging
import pickle
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest
from attrs import define, field, frozen

from codegen.runtime.auth import Credential, bearer, present
from codegen.runtime.call import Call, bytes_body, error, json_body, no_body
from codegen.runtime.client import ApiClient
from codegen.runtime.errors import (
    ClientError,
    DecodeError,
    OutcomeUnknown,
    ServerError,
    StatusError,
    TransportError,
    Unrepeatable,
)
from codegen.runtime.http import (
    Headers,
    OpenResponse,
    Request,
    Response,
    StreamingTransport,
    Timeout,
)
from codegen.runtime.retry import RetryPolicy
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.sockets import HEAD, OK, Peer, Script, Serve, answers, answers_for_ever

CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GENEROUS = Timeout(connect=10, read=10, total=10)
ONCE = RetryPolicy(attempts=1)


def call(method: str = "GET") -> Call[bytes | None]:
    return Call(
        method,
        "/events",
        security=(("token",),),
        answers={200: bytes_body, 204: no_body, "4XX": error(dict[str, int])},
    )


def client_of(url: str, *, retry: RetryPolicy = ONCE, timeout: Timeout = GENEROUS) -> ApiClient:
    return ApiClient(url, retry=retry, timeout=timeout, max_response_bytes=100_000)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


# --- as it arrives -----------------------------------------------------------------------------


def gzipped(*pieces: bytes) -> tuple[bytes, ...]:
    """Pieces of one gzip, each of which can be unpacked when it arrives."""
    packer = zlib.compressobj(wbits=31)
    *sent, last = [packer.compress(one) + packer.flush(zlib.Z_SYNC_FLUSH) for one in pieces]
    return (*sent, last + packer.flush())


FRAMED = {
    "length": (HEAD + b"Content-Length: 11\r\n\r\n", b"first", b"second"),
    "chunked": (CHUNKED, chunk(b"first"), chunk(b"second") + b"0\r\n\r\n"),
    "half a chunk": (CHUNKED, b"b\r\nfirst", b"second\r\n0\r\n\r\n"),
    "unbounded": (HEAD + b"\r\n", b"first", b"second"),
    "gzip": (HEAD + b"Content-Encoding: gzip\r\n\r\n", *gzipped(b"first", b"second")),
}


@pytest.mark.parametrize(("head", "first", "second"), FRAMED.values(), ids=FRAMED.keys())
def test_each_piece_is_there_before_the_next_is_sent(
    serve: Serve, head: bytes, first: bytes, second: bytes
) -> None:
    steps = threading.Semaphore(0)

    def waits_for_the_reader(peer: Peer) -> None:
        peer.takes()
        for piece in (head, first, second):
            peer.sends(piece)
            assert steps.acquire(timeout=20)

    client = client_of(serve(waits_for_the_reader).url)
    with client, client.stream(call()) as stream:
        assert (200, True) == (stream.status, len(stream.headers) < 2)
        steps.release()
        pieces = stream.iter_bytes()
        assert next(pieces) == b"first"
        steps.release()
        assert next(pieces) == b"second"
        steps.release()
        assert list(pieces) == []


def test_a_request_is_the_one_that_send_makes(serve: Serve) -> None:
    @frozen
    class Token:
        def given(self) -> Mapping[str, Credential]:
            return present({"token": bearer("secret")})

    server = serve(answers_for_ever(OK))
    with ApiClient(server.url, credentials=Token(), headers={"X-Who": "me"}) as client:
        assert client.send(call("POST")) == b"ok"
        with client.stream(call("POST")) as stream:
            assert stream.read() == b"ok"
    sent, streamed = server.requests
    assert sent == streamed
    assert b"Authorization: Bearer secret" in streamed


def test_pieces_are_no_longer_than_asked(serve: Serve) -> None:
    client = client_of(serve(answers(HEAD + b"Content-Length: 5\r\n\r\nabcde")).url)
    with client, client.stream(call()) as stream:
        assert list(stream.iter_bytes(2)) == [b"ab", b"cd", b"e"]


# --- how long and how much ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timeout", "words"),
    [
        (Timeout(connect=10, read=10, total=1), "deadline"),
        (Timeout(connect=10, read=1, total=None), "nothing moved for 1 s"),
    ],
)
def test_a_body_that_takes_too_long_is_left(serve: Serve, timeout: Timeout, words: str) -> None:
    has_ended = threading.Event()

    def drips_and_stalls(peer: Peer) -> None:
        peer.takes()
        peer.sends(CHUNKED)
        if timeout.total is None:
            peer.sends(chunk(b"x"))
            peer.waits()
        peer.drips(chunk(b"x"))
        has_ended.set()

    client = client_of(serve(drips_and_stalls).url, timeout=timeout)
    with client, client.stream(call()) as stream:
        pieces = stream.iter_bytes()
        assert next(pieces) == b"x"
        with pytest.raises(TransportError, match=words):
            list(pieces)
        assert not has_ended.is_set()


def test_an_answer_without_end_takes_no_memory_and_is_left_at_will(serve: Serve) -> None:
    left = threading.Event()

    def floods(peer: Peer) -> None:
        peer.takes()
        peer.sends(CHUNKED)
        with suppress(OSError):
            while True:
                peer.sends(chunk(bytes(8000)) * 8)
        left.set()

    client = client_of(serve(floods).url)
    received = 0
    tracemalloc.start()
    with client, client.stream(call()) as stream:
        for piece in stream.iter_bytes():
            received += len(piece)
            if received > 20_000_000:
                break
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
    assert left.wait(10)


def bomb(mebibytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    nothing = bytes(1 << 20)
    return b"".join(packer.compress(nothing) for _ in range(mebibytes)) + packer.flush()


def test_a_gzip_bomb_comes_in_small_pieces(serve: Serve) -> None:
    client = client_of(
        serve(answers(HEAD + b"Content-Encoding: gzip\r\n\r\n" + bomb(64))).url,
        timeout=Timeout(read=60, total=60),
    )
    tracemalloc.start()
    with client, client.stream(call()) as stream:
        assert sum(map(len, stream.iter_bytes())) == 64 << 20
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize(
    "piece", [b"1" * 65536, b"0\r\n" + b"X: " + b"a" * 60_000 + b"\r\n"], ids=["size", "trailer"]
)
def test_what_is_not_body_stays_bounded_in_an_answer_without_end(
    serve: Serve, piece: bytes
) -> None:
    def floods(peer: Peer) -> None:
        peer.takes()
        peer.sends(CHUNKED + chunk(b"x") + piece)
        while True:
            peer.sends(piece[3:])

    client = client_of(serve(floods).url, timeout=Timeout(read=60, total=60))
    with client, client.stream(call()) as stream:
        pieces = stream.iter_bytes()
        assert next(pieces) == b"x"
        with pytest.raises(TransportError) as raised:
            list(pieces)
    assert "deadline" not in str(raised.value)


@pytest.mark.parametrize("framing", [b"Content-Length: 10\r\n\r\n", b"\r\n"])
def test_a_limit_holds_where_one_is_given(serve: Serve, framing: bytes) -> None:
    server = serve(answers(HEAD + b"Connection: close\r\n" + framing + bytes(10)))
    with client_of(server.url) as client:
        with client.stream(call(), max_response_bytes=10) as stream:
            assert stream.read() == bytes(10)
        with (
            client.stream(call(), max_response_bytes=9) as stream,
            pytest.raises(Unrepeatable, match="9"),
        ):
            stream.read()


# --- cut short, and left early -----------------------------------------------------------------

CUT_SHORT = {
    "length": HEAD + b"Content-Length: 100\r\n\r\nbegun",
    "chunk": CHUNKED + b"64\r\nbegun",
    "last chunk": CHUNKED + chunk(b"begun"),
    "after the last chunk": CHUNKED + chunk(b"begun") + b"0\r\n",
    "gzip": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzipped(b"begun", b"more")[0],
}


@pytest.mark.parametrize("raw", CUT_SHORT.values(), ids=CUT_SHORT.keys())
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_is_cut_short_is_an_error_and_never_sent_for_again(
    serve: Serve, raw: bytes, method: str
) -> None:
    server = serve(answers(raw))
    with (
        client_of(server.url, retry=RetryPolicy()) as client,
        client.stream(call(method)) as stream,
    ):
        pieces = stream.iter_bytes()
        assert next(pieces) == b"begun"
        with pytest.raises(TransportError) as raised:
            next(pieces)
    failed = raised.value
    assert type(failed) is TransportError
    assert (method, f"{server.url}/events", 1) == (failed.method, failed.url, failed.attempts)
    assert (200, 1) == (failed.status, len(server.requests))
    copy = pickle.loads(pickle.dumps(failed))
    assert (str(failed), failed.facts) == (str(copy), copy.facts)


def test_a_chunk_of_negative_size_is_no_body(serve: Serve) -> None:
    raw = CHUNKED + chunk(b"begun") + b"-5\r\nforged\r\n0\r\n\r\n"
    with client_of(serve(answers(raw)).url) as client, client.stream(call()) as stream:
        pieces = stream.iter_bytes()
        assert next(pieces) == b"begun"
        with pytest.raises(TransportError, match="negative size"):
            next(pieces)


def test_a_stream_that_is_left_early_takes_its_connection_along(serve: Serve) -> None:
    left = threading.Event()

    def sends_and_watches(peer: Peer) -> None:
        peer.takes()
        peer.sends(HEAD + b"Content-Length: 100\r\n\r\nbegun")
        peer.waits()
        left.set()

    server = serve(sends_and_watches, answers(OK))
    with client_of(server.url) as client:
        with client.stream(call()) as stream:
            assert next(stream.iter_bytes()) == b"begun"
        assert left.wait(10)
        assert client.send(call()) == b"ok"
    assert server.connections == 2


def test_a_stream_that_an_exception_leaves_is_closed(serve: Serve) -> None:
    server = serve(answers_for_ever(HEAD + b"Content-Length: 100\r\n\r\nbegun"))
    transport = Urllib3Transport(pool_size=1)
    client = ApiClient(server.url, transport=transport, timeout=GENEROUS)
    for _ in range(3):  # each would wait for the only connection of the pool
        with pytest.raises(KeyError), client.stream(call()):
            raise KeyError
    transport.close()


def test_a_stream_that_was_read_gives_its_connection_back(serve: Serve) -> None:
    server = serve(answers_for_ever())
    with client_of(server.url) as client:
        for _ in range(3):
            with client.stream(call()) as stream:
                assert stream.read() == b"ok"
    assert server.connections == 1


def test_an_answer_without_a_body_gives_its_connection_back_unread(serve: Serve) -> None:
    server = serve(answers_for_ever(b"HTTP/1.1 204 No Content\r\n\r\n"))
    with client_of(server.url) as client:
        with client.stream(call()) as stream:
            assert stream.status == 204
        with client.stream(call()) as stream:
            assert list(stream.iter_bytes()) == []
    assert server.connections == 1


# --- errors, and other tries -------------------------------------------------------------------


def test_an_error_is_raised_with_its_model_and_keeps_the_connection(serve: Serve) -> None:
    raw = b'HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\n{"no":1}'
    server = serve(answers_for_ever(raw))
    with client_of(server.url) as client:
        with pytest.raises(ClientError), client.stream(call()):
            pass
        with pytest.raises(ClientError) as raised, client.stream(call()):
            pass
    failed = raised.value
    assert ({"no": 1}, 404) == (failed.error, failed.status)
    assert (failed.url, failed.attempts) == (f"{server.url}/events", 1)
    assert server.connections == 1


def test_the_body_of_an_error_is_bounded(serve: Serve) -> None:
    raw = b"HTTP/1.1 404 Not Found\r\nContent-Length: 100001\r\n\r\n"
    client = client_of(serve(answers(raw)).url)
    with client, pytest.raises(Unrepeatable, match="at most 100000"), client.stream(call()):
        pass


def test_a_server_that_refuses_for_now_is_asked_again(serve: Serve) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    server = serve(answers(busy, b"HTTP/1.1 50"), answers(OK))
    retry = RetryPolicy(attempts=3, backoff=0)
    with client_of(server.url, retry=retry) as client, client.stream(call()) as stream:
        assert stream.read() == b"ok"
    assert len(server.requests) == 3


def test_a_server_that_always_refuses_is_an_error_in_the_end(serve: Serve) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    server = serve(answers_for_ever(busy))
    retry = RetryPolicy(attempts=2, backoff=0)
    with (
        client_of(server.url, retry=retry) as client,
        pytest.raises(ServerError) as raised,
        client.stream(call()),
    ):
        pass
    assert (raised.value.attempts, len(server.requests)) == (2, 2)


def test_a_refusal_is_followed_by_another_try_also_where_it_is_described(serve: Serve) -> None:
    wanted: Call[bytes] = Call("GET", "/", answers={"default": bytes_body})
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    server = serve(answers(busy, OK))
    retry = RetryPolicy(attempts=2, backoff=0)
    with client_of(server.url, retry=retry) as client, client.stream(wanted) as stream:
        assert (200, b"ok") == (stream.status, stream.read())


def test_a_post_whose_answer_is_lost_is_sent_once(serve: Serve) -> None:
    server = serve(answers(b""))
    with (
        client_of(server.url, retry=RetryPolicy()) as client,
        pytest.raises(OutcomeUnknown),
        client.stream(call("POST")),
    ):
        pass
    assert len(server.requests) == 1


# --- over other transports ---------------------------------------------------------------------


@define
class Pieces:
    """A transport, and its answer, that comes in these pieces."""

    given: list[bytes]
    status: int = 200
    headers: Headers = field(factory=Headers)
    is_open: bool = False

    def send(self, request: Request) -> Response:
        return Response(status=self.status, headers=self.headers, body=b"".join(self.given))

    def open(self, request: Request) -> OpenResponse:
        self.is_open = True
        return self

    def pieces(self, limit: int | None) -> Iterator[bytes]:
        yield from self.given

    def close(self) -> None:
        self.is_open = False


@define
class Whole:
    """A transport that gives whole answers only."""

    response: Response

    def send(self, request: Request) -> Response:
        return self.response

    def close(self) -> None:
        pass


def over(transport: Pieces | Whole) -> ApiClient:
    return ApiClient("http://test", transport=transport, retry=ONCE)


def test_only_a_transport_that_opens_answers_streams() -> None:
    assert isinstance(Urllib3Transport(), StreamingTransport)
    assert isinstance(Pieces([]), StreamingTransport)
    assert not isinstance(Whole(Response(status=200)), StreamingTransport)


def test_text_is_put_together_from_parts_of_characters() -> None:
    data = "aäߐ€😀".encode()
    with over(Pieces([data[at : at + 1] for at in range(len(data))])).stream(call()) as stream:
        assert list(stream.iter_text()) == ["a", "ä", "ߐ", "€", "😀"]


@pytest.mark.parametrize(
    ("content_type", "data", "expected"),
    [
        ("text/plain", b"\xc3\xa4\xff", "ä\ufffd"),
        ("text/plain", b"\xc3", "\ufffd"),
        ("text/plain; charset=latin-1", b"\xe4", "ä"),
        ("text/plain; charset=hex", b"61", "61"),
        ("text/plain; charset=idna", b"61", "61"),
        ("text/plain; charset=nonsense", b"61", "61"),
    ],
)
def test_text_is_in_the_encoding_that_send_takes(
    content_type: str, data: bytes, expected: str
) -> None:
    transport = Pieces([data], headers=Headers({"Content-Type": content_type}))
    with over(transport).stream(call()) as stream:
        assert "".join(stream.iter_text()) == expected


LINES = {
    "": [],
    "a": ["a"],
    "a\n": ["a"],
    "a\r\nb\rc\nd": ["a", "b", "c", "d"],
    "\n\r\n\r": ["", "", ""],
    "data: 1\n\ndata: 2\n\n": ["data: 1", "", "data: 2", ""],
    '{"a": "\x85\u2028\x0b"}\n{}\n': ['{"a": "\x85\u2028\x0b"}', "{}"],
}


@pytest.mark.parametrize(("text", "lines"), LINES.items())
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_lines_are_put_together_from_pieces(text: str, lines: list[str], size: int) -> None:
    data = text.encode()
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    with over(Pieces(cut)).stream(call()) as stream:
        assert list(stream.iter_lines()) == lines


def test_a_long_line_takes_time_in_proportion() -> None:
    with over(Pieces([b"x" * 100] * 100_000)).stream(call()) as stream:
        begun = time.process_time()
        assert [10_000_000] == [len(line) for line in stream.iter_lines()]
    assert time.process_time() - begun < 10


def test_empty_pieces_are_not_handed_on() -> None:
    with over(Pieces([b"", b"a", b"", b"b"])).stream(call()) as stream:
        assert list(stream.iter_bytes()) == [b"a", b"b"]


def test_a_body_is_read_once() -> None:
    with over(Pieces([b"a"])).stream(call()) as stream:
        assert stream.read() == b"a"
        with pytest.raises(ValueError, match="read only once"):
            stream.iter_lines()


def test_a_piece_has_a_size() -> None:
    with (
        over(Pieces([b"a"])).stream(call()) as stream,
        pytest.raises(ValueError, match="chunk_size is 0"),
    ):
        stream.iter_bytes(0)


def test_a_closed_stream_does_not_look_like_one_that_ended() -> None:
    transport = Pieces([b"a", b"b"])
    with over(transport).stream(call()) as stream:
        pieces = stream.iter_bytes()
        assert (next(pieces), transport.is_open) == (b"a", True)
    assert not transport.is_open
    with pytest.raises(ValueError, match="closed"):
        next(pieces)
    with pytest.raises(ValueError, match="closed"):
        stream.read()


@pytest.mark.parametrize("status", [200, 404, 500, 302, 201])
def test_a_whole_answer_is_taken_as_send_takes_it(status: int) -> None:
    response = Response(status=status, headers=Headers({"X-A": "1"}), body=b"{}")
    outcomes = {200: None, 404: ClientError, 500: ServerError, 302: DecodeError, 201: DecodeError}
    expected = outcomes[status]
    for transport in (Whole(response), Pieces([b"{}"], status, response.headers)):
        if expected is not None:
            with pytest.raises(expected), over(transport).stream(call()):
                pass
        else:
            with over(transport).stream(call()) as stream:
                assert (b"{}", "1") == (stream.read(), stream.headers["X-A"])


def test_an_answer_that_is_described_as_an_error_is_one_whatever_its_status() -> None:
    wanted: Call[bytes] = Call("GET", "/", answers={200: bytes_body, "default": error()})
    with pytest.raises(StatusError), over(Pieces([b""], 202)).stream(wanted):
        pass


def test_an_error_is_one_also_where_nothing_but_default_is_described() -> None:
    wanted: Call[dict[str, int]] = Call("GET", "/", answers={"default": json_body(dict[str, int])})
    for transport in (Pieces([b'{"a":1}'], 503), Whole(Response(status=503, body=b'{"a":1}'))):
        with pytest.raises(ServerError) as raised, over(transport).stream(wanted):
            pass
        assert (503, {"a": 1}) == (raised.value.status, raised.value.error)


def test_a_limit_holds_for_whole_answers() -> None:
    client = over(Whole(Response(status=200, body=b"abc")))
    with client.stream(call(), max_response_bytes=3) as stream:
        assert stream.read() == b"abc"
    with (
        client.stream(call(), max_response_bytes=2) as stream,
        pytest.raises(Unrepeatable, match="at most 2 are read") as raised,
    ):
        stream.read()
    assert (raised.value.url, raised.value.method) == ("http://test/events", "GET")


def test_the_error_of_another_call_is_left_alone() -> None:
    client = over(Pieces([b"a"]))
    other = over(Whole(Response(status=404)))
    wanted: Call[bytes] = Call("DELETE", "/other", answers={200: bytes_body})
    with pytest.raises(ClientError) as raised, client.stream(call()):
        other.send(wanted)
    assert (raised.value.method, raised.value.url) == ("DELETE", "http://test/other")


def test_a_stream_leaves_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    client = over(Pieces([b"a"]))
    with caplog.at_level(logging.DEBUG, "codegen.runtime.client"):
        with client.stream(call()) as stream:
            stream.read()
        with client.stream(call()):
            pass
    lines = [record.getMessage().rpartition(", 1 attempts")[0] for record in caplog.records]
    assert lines == ["GET /events: status 200, done", "GET /events: status 200, interrupted"]


def test_a_gzip_of_several_members_is_one_text(serve: Serve) -> None:
    packed = gzip.compress(b"a\n") + gzip.compress(b"b\n")
    script: Script = answers(HEAD + b"Content-Encoding: gzip\r\n\r\n" + packed)
    with client_of(serve(script).url) as client, client.stream(call()) as stream:
        assert list(stream.iter_lines()) == ["a", "b"]
