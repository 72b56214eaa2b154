"""The server on real sockets: what it says to requests that are none, and how it stops."""

from __future__ import annotations

import gc
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from topchef_sdk.api import ApiClient
from topchef_sdk.api.endpoints import api, services
from topchef_sdk.api.models import NewService
from topchef_sdk.server import StoreError, TopChefServer, serve
from topchef_sdk.server.http_server import HttpServer

SERVICE = NewService(name="x", description="d", job_registration_schema={}, job_result_schema={})
LIMIT = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def server() -> Iterator[TopChefServer]:
    with TopChefServer() as server:
        yield server


def address_of(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host.strip("[]"), int(port)


def exchange_raw(url: str, sent: bytes) -> bytes:
    """Everything that the server says until it closes the connection."""
    with socket.create_connection(address_of(url), timeout=60) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def refusal(received: bytes) -> tuple[int, list[dict[str, Any]]]:
    """The status and the errors of an answer, which must be JSON."""
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert "Content-Type: application/json" in lines
    assert f"Content-Length: {len(body)}" in lines
    return int(lines[0].split()[1]), json.loads(body)["errors"]


# Requests that are none.


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", 400),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: ".ljust(256 * 1024, b"a"), 431),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: <x>\r\nConnection: close\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        (b"GET /../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
        (b"GET http://x/nope HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    ],
    ids=lambda value: repr(value[:60]) if isinstance(value, bytes) else "",
)
def test_a_malformed_request_is_refused_in_the_documented_form(
    server: TopChefServer, sent: bytes, status: int
) -> None:
    received, errors = refusal(exchange_raw(server.url, sent))

    assert received == status
    assert [error["status_code"] for error in errors] == [status]
    assert all(error["title"] and error["detail"] for error in errors)


def test_http_1_0_is_spoken_as_well(server: TopChefServer) -> None:
    head, _, body = exchange_raw(server.url, b"GET / HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.0 200 OK\r\n")
    assert json.loads(body)["links"]["self"] == f"{server.url}/"


def test_a_chunked_body_is_read_whole(server: TopChefServer) -> None:
    sent = (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n3\r\n,3]\r\n0\r\n\r\n"
    )

    assert exchange_raw(server.url, sent).endswith(b'\r\n\r\n{"data":[1,2,3]}')


def test_pipelined_requests_are_answered_in_their_order(server: TopChefServer) -> None:
    paths = [f"/{number}" for number in range(20)]
    sent = b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths)
    last = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    received = exchange_raw(server.url, sent + last).decode()

    places = [received.index(f"there is nothing at {path}") for path in [*paths, "/last"]]
    assert places == sorted(places)


@pytest.mark.parametrize("beyond", [1, 20 * 1024 * 1024])
def test_a_body_beyond_the_limit_is_refused_and_the_connection_goes_on(
    server: TopChefServer, beyond: int
) -> None:
    connection = http.client.HTTPConnection(*address_of(server.url), timeout=30)
    connection.request("POST", "/echo", b"x" * (LIMIT + beyond))
    refused = connection.getresponse()
    errors = json.loads(refused.read())["errors"]
    connection.request("GET", "/")
    after = connection.getresponse()
    after.read()
    connection.close()

    assert (refused.status, errors[0]["status_code"], after.status) == (413, 413, 200)


def test_a_body_beyond_all_measure_is_refused_unread(server: TopChefServer) -> None:
    sent = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"

    assert refusal(exchange_raw(server.url, sent))[0] == 413


def test_head_leaves_the_connection_in_step(server: TopChefServer) -> None:
    connection = http.client.HTTPConnection(*address_of(server.url), timeout=60)
    statuses: list[tuple[int, bytes]] = []
    for method in ["HEAD", "HEAD", "GET"]:
        connection.request(method, "/nope")
        response = connection.getresponse()
        statuses.append((response.status, response.read()[:9]))
    connection.close()

    assert statuses == [(404, b""), (404, b""), (404, b'{"errors"')]


# Starting and stopping.


def test_a_stopped_server_leaves_no_thread_and_no_socket_behind() -> None:
    before = set(threading.enumerate())
    gc.collect()
    descriptors = open_descriptors()

    with TopChefServer() as server, ApiClient(server.url) as client:
        client.send(api.get_api())
        assert set(threading.enumerate()) > before

    assert set(threading.enumerate()) == before
    assert open_descriptors() <= descriptors
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address_of(server.url)).close()


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0


def test_a_server_that_was_never_started_lets_go_of_its_address() -> None:
    server = TopChefServer()
    server.stop()

    with TopChefServer(port=address_of(server.url)[1]) as another:
        assert another.url == server.url


def test_a_server_may_be_stopped_more_than_once() -> None:
    with TopChefServer() as server:
        server.stop()
        server.stop()


def test_an_address_that_is_taken_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with TopChefServer() as server:
        threads = set(threading.enumerate())
        with pytest.raises(OSError, match="in use"):
            TopChefServer(tmp_path / "topchef.db", port=address_of(server.url)[1])
        assert set(threading.enumerate()) == threads
    assert set(threading.enumerate()) == before


def test_a_database_that_cannot_be_used_is_refused_before_the_address_is_taken(
    tmp_path: Path,
) -> None:
    with pytest.raises(StoreError, match="cannot use the database"):
        TopChefServer(tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", ""])
def test_the_url_is_one_that_a_client_can_use(host: str) -> None:
    with TopChefServer(host=host) as server, ApiClient(server.url) as client:
        assert client.send(api.get_api()).links == {"self": f"{server.url}/"}


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_ipv6_address_is_served() -> None:
    try:
        server = TopChefServer(host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server, ApiClient(server.url) as client:
        assert server.url.startswith("http://[::1]:")
        client.send(api.get_api())


class Slow:
    """A WSGI application that answers when it is told."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self.has_begun.set()
        assert self.may_end.wait(60)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


def test_a_request_that_has_begun_is_answered_before_the_server_stops() -> None:
    slow = Slow()
    server = HttpServer(slow, host="127.0.0.1", port=0)
    running = threading.Thread(target=server.run)
    running.start()
    with ThreadPoolExecutor(1) as pool:
        sent = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        answer = pool.submit(exchange_raw, server.url, sent)
        assert slow.has_begun.wait(60)
        server.stop()
        slow.may_end.set()
        received = answer.result(10)
    running.join(60)

    assert received.startswith(b"HTTP/1.1 200 OK")
    assert received.endswith(b"done")
    assert not running.is_alive()


def test_what_was_answered_is_in_the_file_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "topchef.db"
    with served(path) as (process, url), ApiClient(url) as client:
        for _ in range(5):
            client.send(services.create_service(SERVICE))
        process.kill()

    with TopChefServer(path) as server, ApiClient(server.url) as client:
        assert len(client.send(services.list_services()).data) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_with_a_signal_and_without_an_error(
    tmp_path: Path, number: signal.Signals
) -> None:
    with served(tmp_path / "topchef.db") as (process, url):
        with ApiClient(url) as client:
            client.send(services.create_service(SERVICE))
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")
    # The last connection to a database that closes in order takes its log away.
    assert [path.name for path in tmp_path.iterdir()] == ["topchef.db"]


@contextmanager
def served(path: Path) -> Generator[tuple[subprocess.Popen[str], str], None, None]:
    """`serve` in a process of its own, and its URL."""
    program = (
        "import sys; from topchef_sdk.server import serve; "
        "serve('127.0.0.1', 0, sys.argv[1], started=lambda url: print(url, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_signal_handlers_are_put_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    def stop(url: str) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    serve("127.0.0.1", 0, started=stop)

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
