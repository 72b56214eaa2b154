"""The connections of `Urllib3Transport`: kept, shared, waited for, and lost with nothing left."""

from __future__ import annotations

import gc
import os
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import FrameType

import pytest

from codegen.runtime.errors import PoolExhausted
from codegen.runtime.http import Timeout
from codegen.runtime.locks import ForkSafeLock
from codegen.runtime.transport import Urllib3Transport
from tests.runtime.exchanges import failure, get, post
from tests.runtime.sockets import HEAD, OK, Peer, Serve, answers, answers_for_ever


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
