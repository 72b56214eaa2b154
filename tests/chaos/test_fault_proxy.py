"""The proxy on real sockets: what the client sees of each fault, and what the server saw."""

from __future__ import annotations

import gc
import http.client
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.faults import BAD, Blackouts, Draw, Fault, PlannedFaults, SeededFaults
from topchef_sdk import Client, Timeout
from topchef_sdk.api import RetryPolicy, TransportError

GENEROUS = 20.0
"""Seconds for what happens at once on any machine."""

SHORT = 0.2
"""Seconds after which a client gives up whose request is never answered before."""


class Upstream(ThreadingHTTPServer):
    """A server that notes what it saw and answers with the number of the request."""

    daemon_threads = False  # closing it waits for them

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.seen: list[str] = []
        self.if_match: str | None = None
        """The field of the last request."""
        self.has_been_asked = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: that clients go away is what these tests are about."""


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        upstream = self.server
        assert isinstance(upstream, Upstream)
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) if length else b""
        if self.headers.get("Transfer-Encoding"):
            while (line := self.rfile.readline()) != b"0\r\n":
                body += self.rfile.readline() if line else b""
            self.rfile.readline()
        upstream.seen.append(f"{self.command} {self.path} {body.decode()}".rstrip())
        upstream.if_match = self.headers["If-Match"]
        upstream.has_been_asked.set()
        assert upstream.may_answer.wait(GENEROUS)
        self._answer(f"answer {len(upstream.seen)}".encode())

    do_PATCH = do_HEAD = do_POST = do_GET  # noqa: N815 -- named so by http.server

    def _answer(self, body: bytes) -> None:
        if self.path == "/nothing":
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("ETag", '"1"')
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(b"%x\r\n%c\r\n" % (1, each) for each in body) + b"0\r\n\r\n"
        elif self.path == "/endless":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with serving() as server:
        yield server


@contextmanager
def serving() -> Generator[Upstream, None, None]:
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.may_answer.set()
            server.shutdown()
            thread.join()


class Caller:
    """A client over one connection, which stays open for as long as both sides let it."""

    def __init__(self, url: str, timeout: float = GENEROUS) -> None:
        host, _, port = url.removeprefix("http://").rpartition(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=timeout)

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, path: str = "/", method: str = "GET", body: bytes | None = None) -> str:
        """The status and body of the answer."""
        self._connection.request(method, path, body)
        with self._connection.getresponse() as response:
            return f"{response.status} {response.read().decode()}".rstrip()

    @property
    def own_port(self) -> int:
        """The client's end of the connection."""
        connected: socket.socket = self._connection.sock
        return int(connected.getsockname()[1])

    def say(self, data: bytes) -> str:
        """Everything that comes back for some bytes until the connection ends."""
        self._connection.close()
        self._connection.connect()
        connected: socket.socket = self._connection.sock
        connected.sendall(data)
        return b"".join(iter(lambda: connected.recv(65536), b"")).decode()


def eventually(happened: Callable[[], object]) -> bool:
    """Whether something happens within a generous time."""
    deadline = time.monotonic() + GENEROUS
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def faulty(upstream: Upstream, *faults: Fault, hold: float = GENEROUS) -> FaultProxy:
    return FaultProxy(upstream.url, PlannedFaults(faults), longest_hold=hold)


@contextmanager
def reset() -> Generator[None, None, None]:
    """Expects a reset, which is no orderly end: that is a kind of it to http.client."""
    with pytest.raises(ConnectionResetError) as caught:
        yield
    assert caught.type is ConnectionResetError


# Exchanges that go right.


def test_a_right_exchange_is_passed_on_as_it_is(upstream: Upstream) -> None:
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        assert "200 answer 1" == caller.ask("/jobs/1?a=b", "PATCH", b'{"status": "WORKING"}')

    assert ['PATCH /jobs/1?a=b {"status": "WORKING"}'] == upstream.seen


def test_one_connection_carries_many_exchanges(upstream: Upstream) -> None:
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        answers = [caller.ask("/1")]
        port = caller.own_port
        answers += [caller.ask("/nothing"), caller.ask("/chunked"), caller.ask("/4")]

        assert ["200 answer 1", "204", "200 answer 3", "200 answer 4"] == answers
        assert port == caller.own_port


def test_a_chunked_request_is_passed_on_whole(upstream: Upstream) -> None:
    sent = (
        b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
    )
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        assert caller.say(sent).endswith("\r\n\r\nanswer 1")

    assert ["POST /a abc\r\nd"] == upstream.seen


@pytest.mark.parametrize(("hidden", "is_there"), [((), True), (("if-match", "etag"), False)])
def test_fields_may_be_hidden_from_both_sides(
    upstream: Upstream, hidden: tuple[str, ...], is_there: bool
) -> None:
    sent = b'GET /a HTTP/1.1\r\nHost: x\r\nIF-match: "0"\r\nConnection: close\r\n\r\n'
    with (
        FaultProxy(upstream.url, PlannedFaults([]), hidden=hidden) as proxy,
        Caller(proxy.url) as caller,
    ):
        received = caller.say(sent)

    assert received.endswith("\r\n\r\nanswer 1")
    assert is_there is ('\r\nETag: "1"\r\n' in received)
    assert is_there is (upstream.if_match == '"0"')
    assert "\r\nContent-Length: 8\r\n" in received


def test_a_reply_that_the_end_of_the_connection_ends_is_passed_on_with_it(
    upstream: Upstream,
) -> None:
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        received = caller.say(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")

    assert received.endswith("\r\n\r\nanswer 1")


def test_a_head_request_leaves_the_connection_in_step(upstream: Upstream) -> None:
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        answers = [caller.ask("/", "HEAD"), caller.ask("/", "HEAD"), caller.ask()]

    assert ["200", "200", "200 answer 3"] == answers


def test_a_head_request_gets_no_page(upstream: Upstream) -> None:
    with faulty(upstream, Fault.ERROR_PAGE) as proxy, Caller(proxy.url) as caller:
        received = caller.say(b"HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert received.startswith("HTTP/1.1 500 ")
    assert received.endswith("\r\n\r\n")


def test_pipelined_requests_are_answered_in_their_order(upstream: Upstream) -> None:
    sent = b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in range(5))
    last = b"GET /5 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        received = caller.say(sent + last)

    places = [received.index(f"answer {number}") for number in range(1, 7)]
    assert sorted(places) == places
    assert [f"GET /{number}" for number in range(6)] == upstream.seen


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost",
        b"PATCH / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
        b"PATCH / HTTP/1.1\r\nContent-Length: five\r\n\r\n",
        b"PATCH / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\n",
    ],
)
def test_what_is_no_whole_request_is_not_forwarded(upstream: Upstream, sent: bytes) -> None:
    with faulty(upstream) as proxy:
        address = ("127.0.0.1", int(proxy.url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=GENEROUS) as connected:
            connected.sendall(sent)
            with suppress(OSError):  # the proxy was faster
                connected.shutdown(socket.SHUT_WR)
            with reset():
                connected.recv(1)

    assert [] == upstream.seen
    assert 0 == proxy.figures.exchanges


# Each fault.


def test_a_request_may_be_lost_in_a_reset(upstream: Upstream) -> None:
    with faulty(upstream, Fault.RESET) as proxy, Caller(proxy.url) as caller:
        with reset():
            caller.ask("/lost")
        assert "200 answer 1" == caller.ask("/after")

    assert ["GET /after"] == upstream.seen


def test_a_reply_may_be_lost_in_a_reset(upstream: Upstream) -> None:
    with faulty(upstream, Fault.REPLY_LOST) as proxy, Caller(proxy.url) as caller:
        with reset():
            caller.ask("/acted")

        assert ["GET /acted"] == upstream.seen
        assert "200 answer 2" == caller.ask("/after")


@pytest.mark.parametrize(
    ("fault", "seen"), [(Fault.ERROR_PAGE, []), (Fault.LATE_ERROR_PAGE, ["GET /a"])]
)
def test_an_error_page_may_come_before_and_after_the_server_has_acted(
    upstream: Upstream, fault: Fault, seen: list[str]
) -> None:
    with faulty(upstream, fault) as proxy, Caller(proxy.url) as caller:
        answer = caller.ask("/a")
        port = caller.own_port

        assert answer.startswith("500 <!doctype html>")
        assert seen == upstream.seen
        assert caller.ask("/b").startswith("200")
        assert port == caller.own_port


def test_a_request_may_be_put_off(upstream: Upstream) -> None:
    with faulty(upstream, Fault.UNAVAILABLE) as proxy, Caller(proxy.url) as caller:
        received = caller.say(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert received.startswith("HTTP/1.1 503 ")
    assert "\r\nRetry-After: 1\r\n" in received
    assert [] == upstream.seen


@pytest.mark.parametrize("path", ["/", "/chunked", "/endless"])
def test_a_reply_may_be_cut_short_within_its_body(upstream: Upstream, path: str) -> None:
    with faulty(upstream, Fault.TRUNCATED) as proxy, Caller(proxy.url) as caller:
        ask = b"GET %s HTTP/1.1\r\nConnection: close\r\n\r\n" % path.encode()
        cut_head, _, cut_body = caller.say(ask).partition("\r\n\r\n")
        assert [f"GET {path}"] == upstream.seen
        head, _, body = caller.say(ask).partition("\r\n\r\n")

    assert head.splitlines()[0] == cut_head.splitlines()[0]
    assert 0 < len(cut_body) < len(body)
    assert body.startswith(cut_body)


def test_a_reply_without_a_body_may_be_cut_short_within_its_head(upstream: Upstream) -> None:
    with faulty(upstream, Fault.TRUNCATED) as proxy, Caller(proxy.url) as caller:
        received = caller.say(b"GET /nothing HTTP/1.1\r\n\r\n")

    assert received.startswith("HTTP/1.1 204 ")
    assert "\r\n\r\n" not in received
    assert ["GET /nothing"] == upstream.seen


def test_a_request_may_arrive_after_its_client_gave_up(upstream: Upstream) -> None:
    with faulty(upstream, Fault.LATE_WRITE) as proxy:
        with Caller(proxy.url, timeout=SHORT) as caller:
            with pytest.raises(TimeoutError):
                caller.ask("/late", "PATCH")
            with Caller(proxy.url) as another:
                assert "200 answer 1" == another.ask("/after")
            assert not proxy.is_quiet

        assert upstream.has_been_asked.wait(GENEROUS)
        assert eventually(lambda: proxy.is_quiet)

    assert ["GET /after", "PATCH /late"] == upstream.seen


def test_a_client_that_does_not_give_up_gets_its_late_answer(upstream: Upstream) -> None:
    with faulty(upstream, Fault.LATE_WRITE, hold=SHORT) as proxy, Caller(proxy.url) as caller:
        assert "200 answer 1" == caller.ask("/patient")
        assert "200 answer 2" == caller.ask("/after")


def test_no_request_arrives_later_than_the_longest_hold(upstream: Upstream) -> None:
    class Lagging:
        def draw(self) -> Draw:
            return Draw(Fault.LATE_WRITE, lag=10 * GENEROUS)

    with FaultProxy(upstream.url, Lagging(), longest_hold=2 * SHORT) as proxy:
        with Caller(proxy.url, timeout=SHORT) as caller, suppress(TimeoutError):
            caller.ask("/late")

        assert upstream.has_been_asked.wait(GENEROUS)


def test_a_reply_may_come_after_its_client_gave_up(upstream: Upstream) -> None:
    with faulty(upstream, Fault.LATE_REPLY) as proxy:
        with Caller(proxy.url, timeout=SHORT) as caller:
            with pytest.raises(TimeoutError):
                caller.ask("/acted", "PATCH")
            assert ["PATCH /acted"] == upstream.seen
            assert not proxy.is_quiet

        assert eventually(lambda: proxy.is_quiet)


def test_a_late_reply_reaches_a_client_that_does_not_give_up(upstream: Upstream) -> None:
    with faulty(upstream, Fault.LATE_REPLY, hold=SHORT) as proxy, Caller(proxy.url) as caller:
        assert "200 answer 1" == caller.ask("/patient")


def test_a_request_may_arrive_twice(upstream: Upstream) -> None:
    with faulty(upstream, Fault.DUPLICATE) as proxy, Caller(proxy.url) as caller:
        assert "200 answer 2" == caller.ask("/twice", "PATCH", b"{}")

    assert ["PATCH /twice {}", "PATCH /twice {}"] == upstream.seen


def test_a_proxy_is_quiet_while_only_reads_are_under_way(upstream: Upstream) -> None:
    upstream.may_answer.clear()
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        assert proxy.is_quiet
        reading = asking_in_vain(caller)
        assert eventually(upstream.has_been_asked.is_set)
        assert proxy.is_quiet
        upstream.may_answer.set()
        reading.join()


def test_every_fault_has_a_course_of_its_own() -> None:
    with serving() as upstream, faulty(upstream, *Fault, hold=0.0) as proxy:
        for _ in Fault:
            with (
                Caller(proxy.url) as caller,
                suppress(ConnectionResetError, http.client.HTTPException),
            ):
                caller.ask()
        figures = proxy.figures

    assert len(Fault) == figures.exchanges
    assert dict.fromkeys(BAD, 1) == figures.faults
    assert len(BAD) == figures.bad


def test_the_sdk_takes_a_reset_for_a_request_that_may_have_been_acted_on(
    upstream: Upstream,
) -> None:
    once = RetryPolicy(attempts=1)
    with faulty(upstream, Fault.REPLY_LOST) as proxy:
        client = Client(proxy.url, timeout=Timeout(total=GENEROUS), retry=once)
        with client, pytest.raises(TransportError) as caught:
            client.metadata()

    assert caught.value.sent


# Blackouts.


def test_in_a_blackout_all_connections_are_reset(upstream: Upstream) -> None:
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        caller.ask("/before")
        proxy.darken()
        proxy.darken()

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            caller.ask("/during")
        with Caller(proxy.url) as another, pytest.raises((ConnectionResetError, BrokenPipeError)):
            another.ask("/during")
        proxy.lighten()
        with Caller(proxy.url) as another:
            assert "200 answer 2" == another.ask("/after")

        assert 2 == proxy.figures.cut
    assert ["GET /before", "GET /after"] == upstream.seen


def test_a_blackout_takes_the_answer_that_is_under_way(upstream: Upstream) -> None:
    upstream.may_answer.clear()
    with faulty(upstream) as proxy, Caller(proxy.url) as caller:
        darkening = darkening_when(proxy, upstream.has_been_asked.is_set)
        with reset():
            caller.ask("/acted")
        darkening.join()

    assert ["GET /acted"] == upstream.seen


def test_a_blackout_takes_an_answer_that_is_late(upstream: Upstream) -> None:
    with faulty(upstream, Fault.LATE_REPLY) as proxy, Caller(proxy.url) as caller:
        darkening = darkening_when(proxy, upstream.has_been_asked.is_set)
        with reset():
            caller.ask("/acted")
        darkening.join()


def test_a_late_request_may_arrive_in_a_blackout(upstream: Upstream) -> None:
    with faulty(upstream, Fault.LATE_WRITE) as proxy, Caller(proxy.url) as caller:
        darkening = darkening_when(proxy, lambda: not proxy.is_quiet)
        with reset():
            caller.ask("/late", "PATCH")
        darkening.join()
        assert upstream.has_been_asked.wait(GENEROUS)


def darkening_when(proxy: FaultProxy, happened: Callable[[], bool]) -> threading.Thread:
    """A thread that makes it dark once something has happened."""

    def darken() -> None:
        assert eventually(happened)
        proxy.darken()

    thread = threading.Thread(target=darken)
    thread.start()
    return thread


def test_blackouts_are_at_the_end_of_each_period() -> None:
    blackouts = Blackouts(every=10, last=1)

    assert [False, False, True, True, False, True] == [
        blackouts.is_dark(elapsed) for elapsed in (0, 8.9, 9, 9.9, 10, 29.5)
    ]
    assert [9, 0.5, 0.5, 9] == [
        pytest.approx(blackouts.until_change(elapsed)) for elapsed in (0, 8.5, 9.5, 30)
    ]


def test_blackouts_come_and_go_by_the_clock(upstream: Upstream) -> None:
    answers: set[str] = set()

    def have_seen_both() -> bool:
        try:
            with Caller(proxy.url) as caller:
                answers.add(caller.ask()[:3])
        except (ConnectionResetError, BrokenPipeError):
            answers.add("reset")
        return answers == {"200", "reset"}

    blackouts = Blackouts(every=0.4, last=0.2)
    with FaultProxy(upstream.url, PlannedFaults([]), blackouts=blackouts) as proxy:
        for _ in range(3):
            answers.clear()
            assert eventually(have_seen_both)


# The server behind it.


def test_where_the_server_is_gone_connections_are_reset(upstream: Upstream) -> None:
    with serving() as gone, faulty(gone) as proxy:
        pass
    with FaultProxy(gone.url, PlannedFaults([])) as proxy, Caller(proxy.url) as caller:
        with reset():
            caller.ask()
        assert 1 == proxy.figures.unreachable
        proxy.lead_to(upstream.url)
        assert "200 answer 1" == caller.ask()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'localhost' is no URL"):
        FaultProxy("localhost", PlannedFaults([]))


# Stopping.


def test_a_stopped_proxy_leaves_no_thread_and_no_socket_behind() -> None:
    before = set(threading.enumerate())
    gc.collect()
    descriptors = open_descriptors()

    with serving() as upstream:
        plan = (Fault.NONE, Fault.LATE_WRITE, Fault.LATE_REPLY, Fault.NONE)
        with faulty(upstream, *plan, hold=10 * GENEROUS) as proxy:
            callers = [Caller(proxy.url) for _ in plan]
            callers[0].ask("/idle")
            threads = [asking_in_vain(each) for each in callers[1:3]]
            assert eventually(lambda: len(upstream.seen) == 2)
            upstream.may_answer.clear()
            threads.append(asking_in_vain(callers[3]))
            assert eventually(lambda: len(upstream.seen) == 3)
        for thread in threads:
            thread.join(GENEROUS)
        for each in callers:
            each.__exit__()
        proxy.stop()
        seen = list(upstream.seen)

    assert ["GET /idle", "GET /in-vain", "GET /in-vain"] == seen
    assert before == set(threading.enumerate())
    assert open_descriptors() <= descriptors


def test_a_proxy_waits_for_all_of_its_threads(upstream: Upstream) -> None:
    with ExitStack() as stack:
        with faulty(upstream) as proxy:
            for _ in range(30):
                stack.enter_context(Caller(proxy.url)).ask()
        left = [each.name for each in threading.enumerate() if each.name.startswith("fault-proxy")]

    assert [] == left


def asking_in_vain(caller: Caller) -> threading.Thread:
    """A thread that asks and gets no answer."""

    def ask() -> None:
        with suppress(ConnectionResetError, http.client.HTTPException):
            caller.ask("/in-vain")

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0


def test_a_client_that_takes_no_bytes_does_not_hold_up_the_stop() -> None:
    body = b"x" * (32 * 1024 * 1024)  # more than the sockets between them hold

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connected, _ = listening.accept()
            with connected, suppress(OSError):
                connected.recv(65536)
                connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
                connected.sendall(body)

        server = threading.Thread(target=answer)
        server.start()
        target = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with FaultProxy(target, PlannedFaults([])) as proxy:
            address = ("127.0.0.1", int(proxy.url.rpartition(":")[2]))
            with socket.create_connection(address, timeout=GENEROUS) as deaf:
                deaf.sendall(b"GET / HTTP/1.1\r\n\r\n")
                assert deaf.recv(10, socket.MSG_PEEK)
                proxy.stop()
        server.join(GENEROUS)

    assert not server.is_alive()


# What goes wrong when.


def test_a_seed_says_what_goes_wrong() -> None:
    def draws(seed: int) -> list[Draw]:
        faults = SeededFaults(seed)
        return [faults.draw() for _ in range(50)]

    assert draws(1) == draws(1)
    assert draws(1) != draws(2)


def test_a_rate_says_how_much_goes_wrong_and_each_fault_gets_its_share() -> None:
    faults = SeededFaults(7, rate=0.25, longest_lag=2.0)
    draws = [faults.draw() for _ in range(9000)]
    kinds = Counter(draw.fault for draw in draws)

    assert set(Fault) == set(kinds)
    assert 0.25 == pytest.approx(1 - kinds[Fault.NONE] / 9000, abs=0.02)
    assert all(kinds[fault] == pytest.approx(250, abs=75) for fault in BAD)
    assert all(0 <= draw.lag < 2.0 for draw in draws)


@pytest.mark.parametrize(("rate", "expected"), [(0.0, 0), (1.0, 200)])
def test_a_rate_of_none_or_all_is_exact(rate: float, expected: int) -> None:
    faults = SeededFaults(3, rate=rate)

    assert expected == sum(faults.draw().fault is not Fault.NONE for _ in range(200))


def test_faults_are_counted_by_what_the_seed_drew(upstream: Upstream) -> None:
    expected = SeededFaults(11, rate=0.5, longest_lag=0.0)
    drawn = Counter(expected.draw().fault for _ in range(30))
    with FaultProxy(upstream.url, SeededFaults(11, rate=0.5), longest_hold=0.0) as proxy:
        for _ in range(30):
            with (
                Caller(proxy.url) as caller,
                suppress(ConnectionResetError, http.client.HTTPException),
            ):
                caller.ask()
        figures = proxy.figures

    assert 30 == figures.exchanges
    assert {fault: count for fault, count in drawn.items() if fault in BAD} == figures.faults
