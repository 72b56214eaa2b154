"""`AsyncApiClient` and `AnyioTransport` over real sockets, under asyncio and trio.

What faults of the network do is in tests/faults; here is what tasks do: share, wait, and go away.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import os
import pickle
import random
import ssl
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path

import anyio
import pytest
from attrs import define

from codegen.runtime.async_client import AsyncApiClient
from codegen.runtime.async_http import AsyncTransport
from codegen.runtime.async_middleware import AsyncSend
from codegen.runtime.async_threads import ThreadTransport
from codegen.runtime.async_transport import AnyioTransport
from codegen.runtime.auth import Credential, bearer, present
from codegen.runtime.call import Call, bytes_body, error, json_body
from codegen.runtime.client import ApiClient
from codegen.runtime.contents import Content
from codegen.runtime.errors import (
    ClientError,
    DecodeError,
    PoolExhausted,
    ProxyRefused,
    RequestError,
    ServerError,
    TransportError,
    Unrepeatable,
)
from codegen.runtime.http import Headers, Request, Response, Timeout
from codegen.runtime.items import Event, Items, event_stream, json_lines
from codegen.runtime.retry import RetryPolicy
from codegen.runtime.transport import Urllib3Transport
from codegen.runtime.uploads import body_from
from tests.runtime.sockets import HEAD, OK, Peer, Script, Serve, Server, answers, answers_for_ever

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).with_name("localhost.pem")
GENEROUS = Timeout(connect=10, read=10, total=10)
ONCE = RetryPolicy(attempts=1)
QUICK = RetryPolicy(attempts=3, backoff=0.001)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def transport() -> AsyncGenerator[AnyioTransport]:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    made = AnyioTransport(ssl_context=context, proxy=False)
    yield made
    await made.aclose()


def get(path: str = "/thing") -> Call[bytes]:
    return Call("GET", path, answers={200: bytes_body, "4XX": error(dict[str, int])})


def post(data: object = b"{}") -> Call[bytes]:
    content = Content(data, "application/json")  # type: ignore[arg-type]  # anything that can be sent
    return Call("POST", "/thing", content=content, answers={200: bytes_body})


def client_of(url: str, transport: AsyncTransport, retry: RetryPolicy = ONCE) -> AsyncApiClient:
    return AsyncApiClient(
        url.removesuffix("/thing"), transport=transport, timeout=GENEROUS, retry=retry
    )


def chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# --- what goes out and what comes back ---------------------------------------------------------


async def test_both_clients_send_the_same_request(serve: Serve, transport: AnyioTransport) -> None:
    server = serve(answers_for_ever())
    call = Call(
        "PATCH",
        "/a%2Fb",
        query=(("x", "1 2"),),
        headers=(("If-Match", '"v1"'),),
        content=Content(b'{"a": 1}', "application/json"),
        answers={200: bytes_body},
    )
    base = server.url.removesuffix("/thing")

    assert b"ok" == await AsyncApiClient(base, transport=transport).send(call)
    with closing(Urllib3Transport(proxy=False)) as carrier:
        await anyio.to_thread.run_sync(ApiClient(base, transport=carrier).send, call)
    by_tasks, by_threads = (_parts(request) for request in server.requests)
    assert by_threads == by_tasks


def _parts(request: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    fields = (line.partition(b": ") for line in lines)
    return first, {name.lower(): value for name, _, value in fields}, body


async def test_a_connection_is_used_again(serve: Serve, transport: AnyioTransport) -> None:
    server = serve(answers_for_ever())
    client = client_of(server.url, transport)
    for _ in range(3):
        assert b"ok" == await client.send(get())

    assert 1 == server.connections


async def test_an_exchange_tells_how_it_went(serve: Serve, transport: AnyioTransport) -> None:
    unavailable = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
    server = serve(answers(unavailable, OK))
    exchange = await client_of(server.url, transport, QUICK).exchange(get())

    assert (b"ok", 200, 2) == (exchange.value, exchange.status, exchange.attempts)
    assert 0 < exchange.seconds < 10


async def test_tls_is_verified(
    serve: Serve, transport: AnyioTransport, tls: ssl.SSLContext
) -> None:
    server = serve(answers_for_ever(), tls=tls)

    assert b"ok" == await client_of(server.url, transport).send(get())
    with pytest.raises(Unrepeatable, match="certificate"):
        async with AsyncApiClient(server.url) as strict:
            await strict.send(get())


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_a_proxy_is_asked_for_the_whole_url(serve: Serve) -> None:
    proxy = serve(answers_for_ever())
    transport = AnyioTransport(proxy=f"http://someone:secret@127.0.0.1:{proxy.port}")
    client = AsyncApiClient("http://far.invalid/base", transport=transport, timeout=GENEROUS)

    assert b"ok" == await client.send(get())
    first, fields, _ = _parts(proxy.requests[0])
    assert b"GET http://far.invalid/base/thing HTTP/1.1" == first
    assert b"far.invalid" == fields[b"host"]
    assert b"Basic c29tZW9uZTpzZWNyZXQ=" == fields[b"proxy-authorization"]
    await transport.aclose()


async def test_a_proxy_may_refuse(serve: Serve) -> None:
    proxy = serve(answers(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"))
    transport = AnyioTransport(proxy=f"http://someone:secret@127.0.0.1:{proxy.port}")
    client = AsyncApiClient("http://far.invalid", transport=transport, retry=QUICK)

    with pytest.raises(ProxyRefused, match="it wants other credentials") as caught:
        await client.send(get())
    assert "secret" not in repr(caught.value)
    assert (1, False) == (caught.value.attempts, caught.value.sent)
    await transport.aclose()


async def test_what_http_forbids_is_refused_without_quoting_it(
    serve: Serve, transport: AnyioTransport
) -> None:
    headers = Headers({"X": "secret\nvalue"})
    request = Request(method="GET", url=serve(answers(OK)).url, headers=headers, timeout=GENEROUS)
    with pytest.raises(Unrepeatable) as caught:
        await transport.send(request)
    assert "secret" not in str(caught.value)
    assert not caught.value.sent


# --- sharing connections -----------------------------------------------------------------------


async def test_tasks_share_a_bounded_number_of_connections(serve: Serve) -> None:
    server = serve(answers_for_ever())
    transport = AnyioTransport(pool_size=3, proxy=False)
    client = client_of(server.url, transport)
    values: list[bytes] = []

    async def ask() -> None:
        for _ in range(5):
            values.append(await client.send(get()))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask)

    assert 100 * [b"ok"] == values
    assert server.connections <= 3
    await transport.aclose()


async def test_a_pool_may_be_exhausted(serve: Serve) -> None:
    server = serve(Peer.waits)
    transport = AnyioTransport(pool_size=1, pool_wait=0.05, proxy=False)
    client = client_of(server.url, transport)
    async with anyio.create_task_group() as group:
        group.start_soon(_until_cancelled, client)
        await _connected(server, 1)
        with pytest.raises(PoolExhausted, match="all 1 are in use") as caught:
            await client.send(post())
        assert not caught.value.sent
        group.cancel_scope.cancel()
    await transport.aclose()


async def _until_cancelled(client: AsyncApiClient) -> None:
    await client.send(get())


async def _connected(server: Server, count: int) -> None:
    with anyio.fail_after(10):
        while server.connections < count:
            await anyio.sleep(0.005)


def test_a_client_may_serve_one_event_loop_after_another(serve: Serve) -> None:
    server = serve(answers_for_ever())
    client = AsyncApiClient(server.url.removesuffix("/thing"), timeout=GENEROUS)

    async def ask() -> bytes:
        async with client:
            return await client.send(get())

    assert [b"ok", b"ok"] == [asyncio.run(ask()), asyncio.run(ask())]
    assert 2 == server.connections


# --- going away --------------------------------------------------------------------------------


def open_sockets() -> int:
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    return sum(os.path.exists(link) and "socket" in os.readlink(link) for link in links)


def stalls(gone: threading.Event, part: bytes) -> Script:
    """Answer the first request in part, and tell when the client has gone."""

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(part)
        peer.waits()
        gone.set()

    return script


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200 OK\r\n", HEAD + b"Content-Length: 9\r\n\r\nabc"]
)
async def test_a_cancelled_task_leaves_no_connection(
    serve: Serve, transport: AnyioTransport, part: bytes
) -> None:
    gone = threading.Event()
    server = serve(stalls(gone, part), answers_for_ever())
    client = client_of(server.url, transport)
    before = open_sockets()
    async with anyio.create_task_group() as group:
        group.start_soon(_until_cancelled, client)
        await _asked(server)
        group.cancel_scope.cancel()

    assert await anyio.to_thread.run_sync(gone.wait, 10)
    assert b"ok" == await client.send(get())
    await transport.aclose()
    await _settled(lambda: open_sockets() <= before)


async def _settled(is_so: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not is_so():
            await anyio.sleep(0.005)


async def _asked(server: Server) -> None:
    with anyio.fail_after(10):
        while not server.requests:
            await anyio.sleep(0.005)


async def test_a_task_that_is_cancelled_while_it_waits_for_a_connection_takes_none(
    serve: Serve,
) -> None:
    server = serve(stalls(threading.Event(), b""), answers_for_ever())
    transport = AnyioTransport(pool_size=1, proxy=False)
    client = client_of(server.url, transport)
    async with anyio.create_task_group() as group:
        group.start_soon(_until_cancelled, client)
        await _asked(server)
        async with anyio.create_task_group() as waiting:
            waiting.start_soon(_until_cancelled, client)
            await anyio.sleep(0)
            waiting.cancel_scope.cancel()
        group.cancel_scope.cancel()

    assert b"ok" == await client.send(get())
    await transport.aclose()


async def test_tasks_that_are_cancelled_anywhere_leave_the_pool_whole(serve: Serve) -> None:
    """Wherever a task is when it is cancelled: waiting, connecting, sending or reading."""
    server = serve(answers_for_ever())
    transport = AnyioTransport(pool_size=4, proxy=False)
    client = client_of(server.url, transport)
    before = open_sockets()
    chances = random.Random(6)
    values: list[bytes] = []

    async def ask(patience: float) -> None:
        with anyio.move_on_after(patience):
            values.append(await client.send(get()))

    for _ in range(10):
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(ask, chances.choice([0, 0.0005, 0.001, 0.002, 0.005, 10]))
    assert {b"ok"} == set(values)

    values.clear()
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(ask, 10)
    assert 20 * [b"ok"] == values  # all places of the pool are there
    await transport.aclose()
    await _settled(lambda: open_sockets() <= before)


async def test_a_cancelled_post_says_that_the_server_may_have_acted(
    serve: Serve, transport: AnyioTransport
) -> None:
    server = serve(stalls(threading.Event(), b""))
    client = client_of(server.url, transport)
    notes: list[str] = []

    async def send() -> None:
        try:
            await client.send(post())
        except BaseException as broken:
            notes.extend(broken.__notes__)
            raise

    async with anyio.create_task_group() as group:
        group.start_soon(send)
        await _asked(server)
        group.cancel_scope.cancel()

    assert [f"POST {server.url} was broken off; the server may have acted on it"] == notes


async def test_a_pause_between_tries_can_be_cancelled(
    serve: Serve, transport: AnyioTransport
) -> None:
    later = b"HTTP/1.1 429 Later\r\nRetry-After: 9\r\nContent-Length: 0\r\n\r\n"
    server = serve(answers(later, OK))
    client = client_of(server.url, transport, QUICK)
    async with anyio.create_task_group() as group:
        group.start_soon(_until_cancelled, client)
        await _asked(server)
        group.cancel_scope.cancel()
    assert 1 == len(server.requests)


# --- streams -----------------------------------------------------------------------------------


async def test_a_body_is_read_as_it_arrives(serve: Serve, transport: AnyioTransport) -> None:
    may_go_on = threading.Event()

    def script(peer: Peer) -> None:
        peer.takes()
        peer.sends(CHUNKED + b"3\r\none\r\n")
        may_go_on.wait(10)
        peer.sends(b"3\r\ntwo\r\n0\r\n\r\n")
        peer.waits()

    client = client_of(serve(script).url, transport)
    pieces: list[bytes] = []
    async with client.stream(get()) as stream:
        async for piece in stream.iter_bytes():
            pieces.append(piece)
            may_go_on.set()

    assert [b"one", b"two"] == pieces
    assert (200, "AsyncStream(status=200)") == (stream.status, repr(stream))


async def test_a_stream_is_text_and_lines(serve: Serve, transport: AnyioTransport) -> None:
    body = "erste\r\nzweite\rgrün\nletzte".encode("latin-1")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=latin-1\r\n"
    raw = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(*(bytes([one]) for one in body))
    client = client_of(serve(answers_for_ever(raw)).url, transport)

    async with client.stream(get()) as stream:
        assert ["erste", "zweite", "grün", "letzte"] == [line async for line in stream.iter_lines()]
    async with client.stream(get()) as stream:
        text = "".join([piece async for piece in stream.iter_text()])
    assert "erste\r\nzweite\rgrün\nletzte" == text


async def test_a_gzipped_stream_is_unpacked(serve: Serve, transport: AnyioTransport) -> None:
    body = gzip.compress(b"a" * 100_000)
    raw = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    client = client_of(serve(answers_for_ever(raw)).url, transport)

    async with client.stream(get()) as stream:
        assert b"a" * 100_000 == await stream.read()
    with pytest.raises(Unrepeatable, match="more than the 10 bytes"):
        async with client.stream(get(), max_response_bytes=10) as stream:
            await stream.read()


async def test_a_stream_is_read_once_and_only_while_it_is_open(
    serve: Serve, transport: AnyioTransport
) -> None:
    client = client_of(serve(answers_for_ever()).url, transport)
    async with client.stream(get()) as stream:
        assert b"ok" == await stream.read()
        with pytest.raises(ValueError, match="only once"):
            stream.iter_text()
        with pytest.raises(ValueError, match="chunk_size is 0"):
            stream.iter_bytes(0)
    with pytest.raises(ValueError, match="closed"):
        await stream.read()


async def test_a_stream_that_is_left_early_lets_its_connection_go(
    serve: Serve, transport: AnyioTransport
) -> None:
    gone = threading.Event()
    server = serve(stalls(gone, CHUNKED + b"3\r\none\r\n"), answers_for_ever())
    client = client_of(server.url, transport)
    async with client.stream(get()) as stream:
        async for piece in stream.iter_bytes():
            assert b"one" == piece
            break

    assert await anyio.to_thread.run_sync(gone.wait, 10)
    assert b"ok" == await client.send(get())


async def test_a_stream_that_breaks_says_what_all_errors_say(
    serve: Serve, transport: AnyioTransport
) -> None:
    client = client_of(serve(answers(CHUNKED + b"3\r\none\r\n")).url, transport)
    with pytest.raises(TransportError, match="cut short") as caught:
        async with client.stream(get()) as stream:
            await stream.read()
    failure = caught.value
    assert ("GET", 1, 200) == (failure.method, failure.attempts, failure.status)
    assert str(failure) == str(pickle.loads(pickle.dumps(failure)))


async def test_an_error_is_not_streamed(serve: Serve, transport: AnyioTransport) -> None:
    refused = b'HTTP/1.1 404 No\r\nContent-Length: 8\r\n\r\n{"e": 1}'
    client = client_of(serve(answers_for_ever(refused)).url, transport)
    with pytest.raises(ClientError) as caught:
        async with client.stream(get()):
            pass
    assert {"e": 1} == caught.value.error


async def test_a_stream_is_saved(serve: Serve, transport: AnyioTransport, tmp_path: Path) -> None:
    client = client_of(serve(answers(OK, OK, CHUNKED + b"3\r\none\r\n")).url, transport)
    place, buffer = tmp_path / "saved", BytesIO()
    async with client.stream(get()) as stream:
        assert 2 == await stream.save(place)
    async with client.stream(get()) as stream:
        assert 2 == await stream.save(buffer)
    assert (b"ok", b"ok") == (place.read_bytes(), buffer.getvalue())

    with pytest.raises(TransportError):
        async with client.stream(get()) as stream:
            await stream.save(place)
    assert b"ok" == place.read_bytes()
    assert [place] == list(tmp_path.iterdir())


@define
class Tick:
    n: int


async def test_items_come_one_by_one(serve: Serve, transport: AnyioTransport) -> None:
    lines = b"HTTP/1.1 200 OK\r\nContent-Type: application/jsonl\r\n"
    body = b'{"n": 1}\n{"n": 2}\n{"n": "three"}\n'
    raw = lines + b"Content-Length: %d\r\n\r\n" % len(body) + body
    client = client_of(serve(answers(raw)).url, transport)
    ticks: Call[Items[Tick]] = Call("GET", "/ticks", answers={200: json_lines(Tick)})
    found: list[int] = []

    async def read() -> None:
        async with client.items(ticks) as items:
            async for tick in items:
                found.append(tick.n)

    with pytest.raises(DecodeError, match="item 3 of the answer") as caught:
        await read()
    assert [1, 2] == found
    assert ("GET", 1) == (caught.value.method, caught.value.attempts)


async def test_events_come_one_by_one(serve: Serve, transport: AnyioTransport) -> None:
    stream_head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    body = b'id: 7\nevent: tick\ndata: {"n": 1}\n\ndata: {"n": 2}\n\n'
    raw = stream_head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    client = client_of(serve(answers(raw, raw)).url, transport)
    ticks: Call[Items[Event[Tick]]] = Call("GET", "/ticks", answers={200: event_stream(Tick)})

    async with client.items(ticks) as events:
        found = [event async for event in events]
    assert [Event(Tick(1), event="tick", id="7"), Event(Tick(2), id="7")] == found
    async with client.stream(ticks) as stream:
        texts = [event.data async for event in stream.iter_events()]
    assert ['{"n": 1}', '{"n": 2}'] == texts


# --- bodies that are read while they are sent ----------------------------------------------------


@pytest.mark.parametrize("size", [0, 10, 300_000])
async def test_a_file_is_sent_as_it_is_read(
    serve: Serve, transport: AnyioTransport, size: int, tmp_path: Path
) -> None:
    place = tmp_path / "data"
    place.write_bytes(os.urandom(size))
    server = serve(answers(OK))
    with place.open("rb") as file:
        request = Request(method="POST", url=server.url, body=body_from(file), timeout=GENEROUS)
        assert b"ok" == (await transport.send(request)).body
    _, fields, body = _parts(server.requests[0])
    assert (str(size).encode(), place.read_bytes()) == (fields[b"content-length"], body)


async def test_a_body_of_unknown_length_is_sent_in_chunks(
    serve: Serve, transport: AnyioTransport
) -> None:
    received: list[bytes] = []

    def script(peer: Peer) -> None:
        peer.takes()
        received.append(peer.takes_until(b"0\r\n\r\n"))
        peer.sends(OK)
        peer.waits()

    request = Request(
        method="POST",
        url=serve(script).url,
        body=body_from(iter([b"one", b"", b"two"])),
        timeout=GENEROUS,
    )
    assert b"ok" == (await transport.send(request)).body
    assert [chunks(b"one", b"two")] == received


async def test_a_body_that_cannot_be_read_is_no_failure_of_the_network(
    serve: Serve, transport: AnyioTransport
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise RuntimeError("the disk is gone")

    request = Request(
        method="POST", url=serve(Peer.waits).url, body=body_from(pieces()), timeout=GENEROUS
    )
    with pytest.raises(RuntimeError, match="the disk is gone"):
        await transport.send(request)


# --- credentials, middleware, threads ------------------------------------------------------------


@define
class Tokens:
    """Gives one token after another, each after a while, and only in threads of its own."""

    given_out: int = 0

    def given(self) -> Mapping[str, Credential]:
        return present({"token": bearer(self._next)})

    def _next(self) -> str:
        assert threading.current_thread() is not threading.main_thread()
        self.given_out += 1
        return f"token-{self.given_out}"


async def test_a_refused_token_is_asked_for_again_in_a_thread(
    serve: Serve, transport: AnyioTransport
) -> None:
    server = serve(answers(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", OK))
    client = AsyncApiClient(
        server.url.removesuffix("/thing"),
        transport=transport,
        timeout=GENEROUS,
        credentials=Tokens(),
    )
    call: Call[bytes] = Call(
        "GET", "/thing", security=(("token",),), answers={200: bytes_body, "4XX": error()}
    )

    assert b"ok" == await client.send(call)
    sent = [_parts(request)[1][b"authorization"] for request in server.requests]
    assert [b"Bearer token-1", b"Bearer token-2"] == sent


async def test_a_token_may_come_from_another_task(serve: Serve, transport: AnyioTransport) -> None:
    async def fetched() -> str:
        await anyio.sleep(0)
        return "from-a-task"

    @define
    class Fetched:
        def given(self) -> Mapping[str, Credential]:
            return present({"token": bearer(lambda: anyio.from_thread.run(fetched))})

    server = serve(answers(OK))
    call: Call[bytes] = Call("GET", "/thing", security=(("token",),), answers={200: bytes_body})
    client = client_of(server.url, transport)

    assert b"ok" == await client.send(call, credentials=Fetched())
    assert b"Bearer from-a-task" == _parts(server.requests[0])[1][b"authorization"]


async def test_middleware_is_around_each_try(serve: Serve, transport: AnyioTransport) -> None:
    seen: list[str] = []

    async def outer(request: Request, send: AsyncSend) -> Response:
        seen.append("outer")
        response = await send(request)
        seen.append(str(response.status))
        return response

    async def inner(request: Request, send: AsyncSend) -> Response:
        seen.append("inner")
        return await send(request)

    server = serve(answers(b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", OK))
    client = AsyncApiClient(
        server.url.removesuffix("/thing"),
        transport=transport,
        retry=QUICK,
        middleware=[outer, inner],
    )

    assert b"ok" == await client.send(get())
    assert ["outer", "inner", "503", "outer", "inner", "200"] == seen


async def test_a_transport_that_blocks_is_carried_by_threads() -> None:
    both_are_there = threading.Barrier(2, timeout=10)

    class Blocking:
        def send(self, request: Request) -> Response:
            both_are_there.wait()
            return Response(status=200, body=request.url.encode())

        def close(self) -> None:
            raise AssertionError("who gave the transport closes it")

    client = AsyncApiClient("http://test", transport=ThreadTransport(Blocking()))
    async with client, anyio.create_task_group() as group:
        group.start_soon(partial(client.send, get("/one")))
        assert b"http://test/two" == await client.send(get("/two"))


async def test_one_line_is_logged_for_a_call(
    serve: Serve, transport: AnyioTransport, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(serve(answers(OK)).url, transport)
    with caplog.at_level(logging.DEBUG, "codegen.runtime.async_client"):
        await client.send(get())

    [line] = [one.getMessage() for one in caplog.records if "async_client" in one.name]
    assert line.startswith("GET /thing: status 200, done, 1 attempts")


async def test_a_server_error_and_what_follows_is_told_apart(
    serve: Serve, transport: AnyioTransport
) -> None:
    broken = (
        b'HTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"e": 1}'
    )
    call: Call[dict[str, int]] = Call(
        "GET", "/thing", answers={200: json_body(dict[str, int]), "5XX": error(dict[str, int])}
    )
    client = client_of(serve(answers_for_ever(broken)).url, transport)
    with pytest.raises(ServerError) as caught:
        await client.send(call)
    assert ({"e": 1}, 500) == (caught.value.error, caught.value.status)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="pool_size is 0"):
        AnyioTransport(pool_size=0)
    with pytest.raises(RequestError, match="proxy"):
        AnyioTransport(proxy="ftp://127.0.0.1")
    with pytest.raises(RequestError, match="absolute http"):
        AsyncApiClient("nowhere")
