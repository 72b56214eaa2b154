"""`Urllib3Transport` against servers that misbehave, on real sockets.

Waiting is bounded by the client's own timeouts; where a test says how long something may
take, the bound is far from both what is right and what would be wrong.
"""

from __future__ import annotations

import gc
import gzip
import os
import pickle
import socket
import ssl
import sys
import threading
import time
import tracemalloc
import warnings
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType

import pytest

from codegen.runtime.errors import ConnectError, PoolExhausted, TransportError, Unrepeatable
from codegen.runtime.http import Headers, Request, Response, Timeout
from codegen.runtime.locks import ForkSafeLock
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.sockets import HEAD, OK, Peer, Script, Serve, answers, answers_for_ever

CERTIFICATE = Path(__file__).with_name("localhost.pem")

GENEROUS = Timeout(connect=10, read=10, total=10)
"""For exchanges that end by themselves."""


@pytest.fixture
def transport() -> Iterator[Urllib3Transport]:
    made = Urllib3Transport(ssl_context=ssl.create_default_context(cafile=str(CERTIFICATE)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def get(url: str, timeout: Timeout = GENEROUS, limit: int = 1_000_000) -> Request:
    return Request(method="GET", url=url, timeout=timeout, max_response_bytes=limit)


def post(url: str, body: bytes = b"{}", timeout: Timeout = GENEROUS) -> Request:
    return Request(method="POST", url=url, body=body, timeout=timeout)


def failure(transport: Urllib3Transport, request: Request) -> TransportError:
    """The error that a request ends in, which has to survive pickling like any other."""
    with pytest.raises(TransportError) as raised:
        transport.send(request)
    error = raised.value
    copy = pickle.loads(pickle.dumps(error))
    assert (str(error), error.sent, error.facts) == (str(copy), copy.sent, copy.facts)
    assert "\n" not in str(error)
    return error


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


# --- connections -------------------------------------------------------------------------------


def test_a_connection_is_kept_and_used_again(serve: Serve, transport: Urllib3Transport) -> None:
    server = serve(answers_for_ever())
    for _ in range(5):
        transport.send(post(server.url))
    assert (len(server.requests), server.connections) == (5, 1)


def test_a_connection_that_was_closed_while_idle_is_replaced(
    serve: Serve, transport: Urllib3Transport
) -> None:
    ended = threading.Event()

    def answers_once(peer: Peer) -> None:
        answers(OK)(peer)
        peer.resets()
        ended.set()

    server = serve(answers_once, answers_for_ever())
    transport.send(post(server.url))
    assert ended.wait(10)
    assert transport.send(post(server.url)).body == b"ok"
    assert (len(server.requests), server.connections) == (2, 2)


def test_a_connection_that_the_server_wants_closed_is_not_used_again(
    serve: Serve, transport: Urllib3Transport
) -> None:
    raw = HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nok"
    server = serve(answers_for_ever(raw))
    for _ in range(2):
        assert transport.send(get(server.url)).body == b"ok"
    assert server.connections == 2


def test_an_answer_that_nobody_asked_for_answers_nothing(
    serve: Serve, transport: Urllib3Transport
) -> None:
    smuggled = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    server = serve(answers(OK + smuggled, OK), answers_for_ever())
    assert [transport.send(get(server.url)).body for _ in range(2)] == [b"ok", b"ok"]
    assert server.connections == 2


def test_an_answer_with_two_lengths_is_the_last_of_its_connection(
    serve: Serve, transport: Urllib3Transport
) -> None:
    raw = HEAD + b"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    server = serve(answers_for_ever(raw))
    assert [transport.send(get(server.url)).body for _ in range(2)] == [b"ok", b"ok"]
    assert server.connections == 2


def test_a_connection_with_half_an_answer_is_not_used_again(
    serve: Serve, transport: Urllib3Transport
) -> None:
    raw = HEAD + b"Content-Length: 2000000\r\n\r\n" + bytes(1000)
    server = serve(answers_for_ever(raw), answers_for_ever())
    failure(transport, get(server.url))
    assert transport.send(get(server.url)).body == b"ok"


def test_threads_share_connections_but_not_answers(serve: Serve) -> None:
    def echoes(peer: Peer) -> None:
        while True:
            body = peer.takes().partition(b"\r\n\r\n")[2]
            peer.sends(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    server = serve(echoes)
    transport = Urllib3Transport(pool_size=4)
    bodies = [b"%d" % number for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        echoed = pool.map(transport.send, [post(server.url, body) for body in bodies])
        assert [response.body for response in echoed] == bodies
    assert server.connections <= 4
    transport.close()


def test_a_full_pool_is_waited_for_until_the_deadline(serve: Serve) -> None:
    asked, released = threading.Event(), threading.Event()

    def answers_late(peer: Peer) -> None:
        peer.takes()
        asked.set()
        assert released.wait(10)
        peer.sends(OK)
        peer.waits()

    server = serve(answers_late)
    transport = Urllib3Transport(pool_size=1)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(transport.send, get(server.url))
        assert asked.wait(10)
        error = failure(transport, post(server.url, timeout=Timeout(total=0.2)))
        released.set()
        assert busy.result().body == b"ok"
    assert isinstance(error, PoolExhausted)
    assert not error.sent
    assert error.message.endswith("became free in time: all 1 are in use")
    assert len(server.requests) == 1
    transport.close()


def test_a_closed_transport_opens_new_connections(
    serve: Serve, transport: Urllib3Transport
) -> None:
    server = serve(answers_for_ever())
    transport.send(get(server.url))
    transport.close()
    transport.send(get(server.url))
    assert server.connections == 2


def test_closing_while_an_answer_is_awaited_does_not_lose_it(serve: Serve) -> None:
    asked, closed = threading.Event(), threading.Event()

    def answers_late(peer: Peer) -> None:
        peer.takes()
        asked.set()
        assert closed.wait(10)
        peer.sends(OK)
        peer.waits()

    server = serve(answers_late)
    transport = Urllib3Transport()
    with ThreadPoolExecutor(1) as pool:
        awaited = pool.submit(transport.send, get(server.url))
        assert asked.wait(10)
        transport.close()
        closed.set()
        assert awaited.result().body == b"ok"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="forking beside threads warns there")
def test_a_forked_process_has_connections_of_its_own(
    serve: Serve, transport: Urllib3Transport
) -> None:
    server = serve(answers_for_ever())
    transport.send(get(server.url))
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os._exit(0 if transport.send(get(server.url)).body == b"ok" else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    transport.send(get(server.url))
    assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
def test_a_lock_that_is_held_while_a_process_is_forked_is_free_there() -> None:
    lock = ForkSafeLock()
    with lock.held:
        child = os.fork()
        if child == 0:
            os._exit(0 if lock.held.acquire(timeout=5) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_pool_may_be_waited_for_less_long_than_for_an_answer(serve: Serve) -> None:
    asked, released = threading.Event(), threading.Event()

    def answers_late(peer: Peer) -> None:
        peer.takes()
        asked.set()
        assert released.wait(10)
        peer.sends(OK)

    server = serve(answers_late)
    transport = Urllib3Transport(pool_size=1, pool_wait=0)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(transport.send, get(server.url))
        assert asked.wait(10)
        began = time.monotonic()
        error = failure(transport, get(server.url))
        assert time.monotonic() - began < 5
        released.set()
        assert busy.result().body == b"ok"
    assert isinstance(error, PoolExhausted)
    transport.close()


def test_32_threads_share_a_client_and_leave_nothing_behind(serve: Serve) -> None:
    def echoes(peer: Peer) -> None:
        while True:
            body = peer.takes().partition(b"\r\n\r\n")[2]
            peer.sends(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    before = (threading.active_count(), open_files())
    server = serve(echoes)
    transport = Urllib3Transport(pool_size=8)
    bodies = [b"%d" % number for number in range(640)]
    with ThreadPoolExecutor(32) as pool:
        echoed = pool.map(transport.send, [post(server.url, body) for body in bodies])
        assert [response.body for response in echoed] == bodies
    assert server.connections <= 8
    transport.close()
    server.close()
    assert before == (threading.active_count(), open_files())


def open_files() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


@pytest.mark.filterwarnings(  # generators of the standard library that end half-way
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("is_kept", [False, True], ids=["new connection", "kept connection"])
def test_an_interrupt_in_any_phase_leaves_no_connection_and_no_place_behind(
    serve: Serve, is_kept: bool
) -> None:
    server = serve(answers_for_ever())
    transport = Urllib3Transport(pool_size=1)
    step = 1
    is_interrupted = True
    while is_interrupted:
        step += 3  # whatever is missed lies between two that are not
        if is_kept:
            transport.send(get(server.url))
        else:
            transport.close()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # sockets that end with their owner
            is_interrupted = _interrupted_at(step, lambda: transport.send(get(server.url)))
        # With one place in the pool, a lost one would leave none.
        assert transport.send(get(server.url, Timeout(total=5))).body == b"ok"
    assert step > 50
    assert len([one for one in gc.get_objects() if _is_open_to(server.port, one)]) <= 1
    transport.close()


def _is_open_to(port: int, thing: object) -> bool:
    """Whether something is a socket of this process that leads to a port."""
    if type(thing) is not socket.socket or thing.fileno() < 0:
        return False
    with suppress(OSError):
        return bool(thing.getpeername()[1] == port)
    return False


def _is_within(frame: FrameType | None, *names: str) -> bool:
    while frame is not None:
        if frame.f_code.co_name in names:
            return True
        frame = frame.f_back
    return False


def _interrupted_at(step: int, send: Callable[[], object]) -> bool:
    """Raise `KeyboardInterrupt` where it may come for the n-th time; False where it came never.

    The interpreter looks for signals when a function of Python's begins and when one of C's has
    returned. Not within a destructor, which hides what it raises, and not within the few steps
    of `Place.leave` themselves.
    """
    left = step

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left
        if event in ("call", "c_return") and not _is_within(frame, "__del__", "leave"):
            left -= 1
            if left == 0:
                raise KeyboardInterrupt

    try:
        sys.setprofile(profile)
        send()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(None)
    return False


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
    server = serve(Peer.resets)
    error = failure(transport, post(server.url.replace("http:", "https:")))
    assert type(error) is ConnectError
    assert not error.sent
