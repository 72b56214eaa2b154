"""`AnyioTransport`: carries requests over HTTP/1.1 without keeping other tasks waiting.

The only module that knows h11, which reads and writes messages; `async_io` has the connections.
It keeps the promises of `Urllib3Transport`: one deadline binds the connecting, the sending and
every single arrival of bytes; an answer that is cut short or leaves open where it ends is an
error; what is read is bounded before and after decompression; `TransportError.sent` goes by
whether bytes were given to a socket; a connection that anything was wrong with is never used
again, nor is one that brought more than one answer.

It repeats nothing and follows no redirect. What it cannot bound is the system's name resolution,
which goes on in its thread.
"""

from __future__ import annotations

import os
import re
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from typing import Final
from urllib.parse import urlsplit

import h11
from attrs import evolve, frozen

from .async_http import AsyncOpenResponse
from .async_io import PIECE, Slots, Wire, alongside, connect, in_thread, running_loop
from .bodies import BodyError, Decoder, RefusedBodyError
from .deadline import Deadline
from .errors import (
    ConnectError,
    Facts,
    PoolExhausted,
    ProxyError,
    ProxyRefused,
    TransportError,
    Unrepeatable,
)
from .http import Headers, Request, Response
from .proxies import NO_PROXIES, Proxies, Proxy, proxies_for_all, proxies_of
from .uploads import Upload

_LONGEST_HEAD: Final = 64 * 1024
"""Bytes that status line and header fields may take."""

_CLOCK_GRAIN: Final = 0.05
"""Seconds by which a wait may be early at the deadline."""

_PORTS: Final = {"http": 80, "https": 443}

_HOST: Final = re.compile("[!-~]+")
"""A host in ASCII; a name in other letters has to come in its `xn--` form."""


class AnyioTransport:
    """Carries requests over pooled, kept-alive connections; safe to share between tasks.

    At most `pool_size` connections are open to each server; a `send` that finds all of them in
    use waits for one until its deadline. `ssl_context` says whom to trust and which certificate
    to show; by default, servers are verified against the system's authorities. `proxy` is the URL
    of one for all servers; by default those of the environment are used, and `proxy=None` uses
    none. Raises `RequestError` for a proxy that cannot be used.

    Connections belong to the event loop that they were made in: close it there.
    """

    def __init__(
        self,
        *,
        pool_size: int = 10,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | None = "environment",
    ) -> None:
        if pool_size < 1:
            raise ValueError(f"pool_size is {pool_size}; it has to be 1 or more")
        self._pool_size = pool_size
        self._ssl_context = ssl_context
        self._proxies = _proxies(proxy)
        self._loop: object = None
        self._process = 0
        self._pools: dict[_Route, _Pool] = {}

    async def send(self, request: Request) -> Response:
        """Send the request once and return the whole answer, whatever its status.

        Raises `TransportError` when there is none, and `Unrepeatable` when there never will be:
        a URL that is none, a certificate that does not verify, an answer over
        `max_response_bytes` or in an unknown coding.
        """
        answer = await self.open(request)
        try:
            body = b"".join([piece async for piece in answer.pieces(request.max_response_bytes)])
            return Response(status=answer.status, headers=answer.headers, body=body)
        finally:
            await answer.aclose()

    async def open(self, request: Request) -> AsyncOpenResponse:
        """Send the request once and return its answer as soon as its head is there.

        Its connection is busy until the whole body was read, or the answer is closed.
        """
        progress = _Progress(request)
        route, target = self._address(request.url, progress)
        pool = self._pool(route)
        connection = await pool.take(progress)
        try:
            head = await connection.converse(request, target, progress)
        except BaseException:
            # Half an answer may still be on its way: no other request may read it.
            await pool.discard(connection)
            raise
        return _OpenAnswer(head, pool, connection, progress)

    async def aclose(self) -> None:
        """Close idle connections now and busy ones after their answer."""
        pools = self._current()
        self._pools = {}
        for pool in pools.values():
            await pool.close()

    def _address(self, url: str, progress: _Progress) -> tuple[_Route, str]:
        """The way to the server of a URL, and the request target for it."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise progress.final("the URL of the request cannot be read") from None
        if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
            raise progress.final("the URL of the request is not an absolute http or https URL")
        proxy = self._proxies.proxy_to(parts.scheme, host, port)
        route = _Route(parts.scheme == "https", host, port or _PORTS[parts.scheme], proxy)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if proxy is not None and not route.is_secure:
            target = f"http://{route}{target}"  # RFC 9112, section 3.2.2
        return route, target

    def _pool(self, route: _Route) -> _Pool:
        pools = self._current()
        if route not in pools:
            pools[route] = _Pool(route, self._pool_size, self._ssl_context)
        return pools[route]

    def _current(self) -> dict[_Route, _Pool]:
        """The pools of this process and this event loop."""
        # A forked process inherits the sockets: sharing one would mix up the answers. Those of a
        # loop that has ended ended with it.
        loop, process = running_loop(), os.getpid()
        if (self._loop, self._process) != (loop, process):
            self._loop, self._process, self._pools = loop, process, {}
        return self._pools


def _proxies(proxy: str | None) -> Proxies:
    if proxy is None:
        return NO_PROXIES
    return proxies_of(os.environ) if proxy == "environment" else proxies_for_all(proxy)


@frozen
class _Route:
    """The way to a server."""

    is_secure: bool
    host: str
    port: int
    proxy: Proxy | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def scheme(self) -> str:
        return "https" if self.is_secure else "http"

    @property
    def authority(self) -> str:
        """The server, always with its port (RFC 9110, section 9.3.6)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class _Progress:
    """How far one request has come, and how long it still may take."""

    def __init__(self, request: Request) -> None:
        self.timeout = request.timeout
        self.deadline = Deadline.after(request.timeout.total)
        self.facts = Facts(method=request.method, url=request.url.partition("?")[0])
        self.sent = False
        """Whether any byte of the request was given to a socket."""
        self.cut_off: str | None = None
        """Why the server stopped taking the request."""
        self._moved = 0.0

    def note_move(self) -> None:
        """Note that bytes have left or arrived."""
        self._moved = time.monotonic()

    def patience(self) -> float | None:
        """Seconds that the next arrival or departure of bytes may take."""
        if self.deadline.is_past:
            raise self.late("the answer")
        read = self.timeout.read
        left = None if read is None else max(0.001, self._moved + read - time.monotonic())
        return self.deadline.within(left)

    def late(self, awaited: str) -> TransportError:
        """The error for a time that is up."""
        left, read = self.deadline.left, self.timeout.read
        if read is None or (left is not None and left < _CLOCK_GRAIN):
            return self.failure(f"the deadline passed before {awaited} was there")
        return self.failure(f"nothing moved for {read:g} s before {awaited} was there")

    def failure(self, message: str) -> TransportError:
        """The error for an answer that did not arrive."""
        return TransportError(message, self.facts, sent=self.sent)

    def final(self, message: str) -> Unrepeatable:
        """The error for an answer that will not arrive another time either."""
        return Unrepeatable(message, self.facts, sent=self.sent)


class _Pool:
    """The connections to one server, the last used first."""

    def __init__(self, route: _Route, size: int, context: ssl.SSLContext | None) -> None:
        self._route = route
        self._context = context
        if route.is_secure and context is None:
            self._context = ssl.create_default_context()
        self._slots = Slots(size)
        self._idle: list[_Connection] = []
        self._is_closed = False

    async def take(self, progress: _Progress) -> _Connection:
        """A connection that nobody else uses; waits until one is free."""
        try:
            await self._slots.take(progress.deadline.left)
        except TimeoutError as error:
            message = f"no connection to {self._route} became free in time"
            raise PoolExhausted(message, progress.facts, sent=False) from error
        try:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_fresh:
                    return connection
                await connection.close()
            return await _connected(self._route, self._context, progress)
        except BaseException:
            self._slots.give_back()
            raise

    async def give_back(self, connection: _Connection) -> None:
        """Keep a connection for the next request."""
        if self._is_closed:
            await self.discard(connection)
        else:
            self._idle.append(connection)
            self._slots.give_back()

    async def discard(self, connection: _Connection) -> None:
        """Close a connection that must not be used again."""
        self._slots.give_back()
        await connection.close()

    async def close(self) -> None:
        """Close what is idle, and everything else once it is given back."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()


# --- connections -------------------------------------------------------------------------------


async def _connected(
    route: _Route, context: ssl.SSLContext | None, progress: _Progress
) -> _Connection:
    """A new connection; raises `ConnectError` or `Unrepeatable`, since nothing was sent yet."""
    within = Deadline.after(progress.deadline.within(progress.timeout.connect))
    wire = await _reached(route, within, progress)
    if context is None or not route.is_secure:
        return _Connection(wire, route)
    if route.proxy is not None:
        await _tunnel(wire, route, route.proxy, within, progress)
    try:
        secure = await wire.start_tls(context, route.host, _left(within))
    except ssl.SSLCertVerificationError as error:
        raise _distrusted(route, error.verify_message, progress) from error
    except OSError as error:
        if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
            reason = "it does not speak TLS there; is it an http URL?"
            raise _distrusted(route, reason, progress) from error
        raise _unreached(route, f"the TLS handshake failed: {_reason(error)}", progress) from error
    return _Connection(secure, route)


async def _reached(route: _Route, within: Deadline, progress: _Progress) -> Wire:
    """A connection to the server, or to the proxy that leads to it."""
    proxy = route.proxy
    try:
        if proxy is None:
            return await connect(route.host, route.port, _left(within))
        return await connect(proxy.host, proxy.port, _left(within))
    except (OSError, UnicodeError) as error:
        if proxy is None:
            raise _unreached(route, _reason(error), progress) from error
        message = f"cannot connect to the proxy {proxy}: {_reason(error)}"
        raise ProxyError(message, progress.facts, sent=False) from error


async def _tunnel(
    wire: Wire, route: _Route, proxy: Proxy, within: Deadline, progress: _Progress
) -> None:
    """Let a proxy connect to the server (RFC 9110, section 9.3.6)."""
    fields = [("Host", route.authority)]
    if proxy.authorization is not None:
        fields.append(("Proxy-Authorization", proxy.authorization))
    messages = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
    wanted = h11.Request(method="CONNECT", target=route.authority, headers=fields)
    try:
        await wire.send(messages.send(wanted) or b"", _left(within))
        status = await _tunnel_status(wire, messages, within)
    except (OSError, h11.RemoteProtocolError) as error:
        await wire.close()
        reason = _reason(error) if isinstance(error, OSError) else "it does not answer in HTTP"
        message = f"the proxy {proxy} makes no connection to {route.authority}: {reason}"
        raise ProxyError(message, progress.facts, sent=False) from error
    except BaseException:
        await wire.close()
        raise
    if not 200 <= status < 300:
        await wire.close()
        message = f"the proxy {proxy} refuses to connect to {route.authority}: it answers {status}"
        raise ProxyRefused(message, progress.facts, sent=False)


async def _tunnel_status(wire: Wire, messages: h11.Connection, within: Deadline) -> int:
    while True:
        event = messages.next_event()
        if isinstance(event, h11.Response):
            return event.status_code
        if event is h11.NEED_DATA:
            data = await wire.receive(_left(within))
            if not data:
                raise ConnectionError("it closed the connection")
            messages.receive_data(data)


def _unreached(route: _Route, reason: str, progress: _Progress) -> ConnectError:
    message = f"cannot connect to {route.authority}: {reason}"
    return ConnectError(message, progress.facts, sent=False)


def _distrusted(route: _Route, reason: str, progress: _Progress) -> Unrepeatable:
    return progress.final(f"cannot connect safely to {route.authority}: {reason}")


def _left(deadline: Deadline) -> float | None:
    """What is left of it, which is a moment at least."""
    left = deadline.left
    return None if left is None else max(left, 0.001)


_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
"""What OpenSSL says of a peer that answers in plain text."""


# --- messages ----------------------------------------------------------------------------------


@frozen
class _Head:
    """The head of an answer."""

    status: int
    headers: Headers
    has_two_lengths: bool
    """Whether it says in two ways how long its body is, so that one is a lie."""


class _Connection:
    """A connection, and the messages on it."""

    def __init__(self, wire: Wire, route: _Route) -> None:
        self._wire = wire
        self._route = route
        self._messages = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._first = b""
        """How what has arrived begins."""

    @property
    def is_fresh(self) -> bool:
        """Whether it may carry another request, for all that has come since the last."""
        return self._wire.is_quiet

    async def close(self) -> None:
        """Close it at once."""
        await self._wire.close()

    async def converse(self, request: Request, target: str, progress: _Progress) -> _Head:
        """Send the request and read the answer's head; raises `TransportError` for what fails."""
        self._first = b""
        progress.note_move()
        head, body = self._written(request, target, progress)
        if isinstance(body, bytes) and len(body) <= PIECE:
            data = b"".join([head, *self._framed([body] if body else [])])
            await self._send([data], progress)
            return await self._head(progress)
        # A server may answer a long body before it has read it, and then take no more.
        failures: list[Exception] = []

        async def send() -> None:
            try:
                await self._send_long(head, body, progress)
            except Exception as error:  # raised below, if there is no answer that matters more
                failures.append(error)

        try:
            answer = await alongside(send, lambda: self._head(progress))
        except TransportError:
            if failures:
                raise failures[0] from None
            raise
        if self._messages.our_state is not h11.DONE:
            progress.cut_off = "it has answered already"
        return answer

    def _written(
        self, request: Request, target: str, progress: _Progress
    ) -> tuple[bytes, bytes | Upload]:
        """The head of the request, and what follows it."""
        body: bytes | Upload = b"" if request.body is None else request.body
        length = len(body) if isinstance(body, bytes) else body.length
        own = {"Host": str(self._route), "Accept-Encoding": "gzip"}
        if length is None:
            own["Transfer-Encoding"] = "chunked"
        elif request.body is not None or request.method in _WITH_BODY:
            own["Content-Length"] = str(length)
        proxy = self._route.proxy
        if proxy is not None and proxy.authorization and not self._route.is_secure:
            own["Proxy-Authorization"] = proxy.authorization
        try:
            fields = [
                (name.encode("ascii"), value.encode("latin-1"))
                for name, value in Headers(own).merged(request.headers).items()
            ]
            event = h11.Request(method=request.method, target=target, headers=fields)
            return self._messages.send(event) or b"", body
        except (h11.LocalProtocolError, UnicodeError):
            # Their texts quote header values, which may be secrets.
            raise progress.final(
                "the method, the URL or a header field holds characters that HTTP forbids"
            ) from None

    def _framed(self, pieces: list[bytes]) -> Iterator[bytes]:
        """The whole body as it goes over the wire."""
        for piece in pieces:
            yield self._messages.send(h11.Data(data=piece)) or b""
        yield self._messages.send(h11.EndOfMessage()) or b""

    async def _send_long(self, head: bytes, body: bytes | Upload, progress: _Progress) -> None:
        await self._send([head], progress)
        async for piece in _pieces(body):
            if progress.cut_off is not None:
                return
            await self._send([self._messages.send(h11.Data(data=piece)) or b""], progress)
        if progress.cut_off is None:
            await self._send([self._messages.send(h11.EndOfMessage()) or b""], progress)

    async def _send(self, pieces: list[bytes], progress: _Progress) -> None:
        """Send bytes of the request, as many as the server takes.

        That it takes no more is no failure yet: it may have answered early, such as 413 to a
        body that is too large.
        """
        for piece in pieces:
            seconds = progress.patience()
            progress.sent = True
            try:
                await self._wire.send(piece, seconds)
            except TimeoutError as error:
                raise progress.late("the whole request was sent") from error
            except OSError as error:
                progress.cut_off = _reason(error)
                return
            progress.note_move()

    async def _head(self, progress: _Progress) -> _Head:
        """The head of the answer, past any interim ones (RFC 9110, section 15.2)."""
        while True:
            try:
                event = self._messages.next_event()
            except h11.RemoteProtocolError as error:
                raise self._garbled_head(error, progress) from error
            if isinstance(event, h11.Response):
                return self._noted(event, progress)
            if event is h11.NEED_DATA:
                await self._receive_head(progress)
            elif not isinstance(event, h11.InformationalResponse):
                raise progress.failure("the server closed the connection without an answer")

    def _noted(self, event: h11.Response, progress: _Progress) -> _Head:
        headers = Headers(
            [
                (name.decode("ascii"), value.decode("latin-1"))
                for name, value in event.headers.raw_items()
            ]
        )
        progress.facts = evolve(progress.facts, status=event.status_code, headers=headers)
        has_two_lengths = "Transfer-Encoding" in headers and "Content-Length" in headers
        return _Head(event.status_code, headers, has_two_lengths)

    async def _receive_head(self, progress: _Progress) -> None:
        data = await self._receive(progress)
        self._first = (self._first + data[:_SHOWN])[:_SHOWN]
        if not data and not self._first:
            raise progress.failure("the server closed the connection without an answer")
        if not data:
            raise progress.failure("the connection ended within the head of the answer")
        self._messages.receive_data(data)

    def _garbled_head(self, error: h11.RemoteProtocolError, progress: _Progress) -> TransportError:
        if not self._first.startswith(b"HTTP/"[: len(self._first)]):
            shown = self._first.partition(b"\r")[0].decode("latin-1")
            return progress.failure(f"the server does not answer in HTTP: {shown!r}")
        return progress.final(f"the head of the answer is not accepted: {_named(error)}")

    async def _receive(self, progress: _Progress) -> bytes:
        """What arrives next; while a request is still being sent, that has its time too."""
        while True:
            try:
                data = await self._wire.receive(progress.patience())
            except TimeoutError as error:
                left = progress.patience()
                if left is not None and left > _CLOCK_GRAIN:
                    continue  # bytes have left since
                raise progress.late("the whole answer") from error
            except OSError as error:
                raise self._broken(error, progress) from error
            progress.note_move()
            return data

    def _broken(self, error: OSError, progress: _Progress) -> TransportError:
        if progress.cut_off is not None:
            return progress.failure(f"the server stopped taking the request: {progress.cut_off}")
        return progress.failure(f"the connection broke: {_reason(error)}")

    async def body(self, progress: _Progress) -> AsyncIterator[bytes]:
        """The body of the answer as it arrives, still encoded."""
        while True:
            try:
                event = self._messages.next_event()
            except h11.RemoteProtocolError as error:
                message = f"the body of the answer is cut short or garbled: {_named(error)}"
                raise progress.failure(message) from error
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif event is h11.NEED_DATA:
                self._messages.receive_data(await self._receive(progress))
            else:
                return

    def renew(self) -> bool:
        """Stand ready for another request; False if the connection cannot carry one."""
        messages = self._messages
        if messages.our_state is not h11.DONE or messages.their_state is not h11.DONE:
            return False
        if messages.trailing_data != (b"", False):
            return False
        messages.start_next_cycle()
        return True


_SHOWN: Final = 60
"""How much is told of what is no HTTP."""

_WITH_BODY: Final = ("POST", "PUT", "PATCH")
"""Methods whose requests say that their body is empty (RFC 9110, section 8.6)."""


async def _pieces(body: bytes | Upload) -> AsyncIterator[bytes]:
    """A body in pieces; those of a file are read in a thread."""
    if isinstance(body, bytes):
        view = memoryview(body)
        for start in range(0, len(body), PIECE):
            yield bytes(view[start : start + PIECE])
        return
    pieces = body.pieces()
    while True:
        piece = await in_thread(lambda: next(pieces, None))
        if piece is None:
            return
        if piece:
            yield piece


class _OpenAnswer:
    """An answer whose head is there, and the connection that its body comes on."""

    def __init__(
        self, head: _Head, pool: _Pool, connection: _Connection, progress: _Progress
    ) -> None:
        self.status = head.status
        self.headers = head.headers
        self._head = head
        self._pool = pool
        self._connection = connection
        self._progress = progress
        self._is_whole = False
        self._is_closed = False

    async def pieces(self, limit: int | None) -> AsyncIterator[bytes]:
        """The decoded body as it arrives; raises `TransportError` and nothing else."""
        progress = self._progress
        try:
            decoder = Decoder(self._coding, limit, self._length)
            async for data in self._connection.body(progress):
                for piece in decoder.decoded(data):
                    yield piece
            decoder.end()
        except RefusedBodyError as error:
            raise progress.final(str(error)) from error
        except BodyError as error:
            raise progress.failure(str(error)) from error
        self._is_whole = True
        await self.aclose()

    @property
    def _coding(self) -> str:
        # What has no body may name the coding that it would have.
        return "" if self._is_bodiless else self.headers.get("Content-Encoding", "")

    @property
    def _length(self) -> int | None:
        if self._is_bodiless or self._head.has_two_lengths:
            return None
        text = self.headers.get("Content-Length", "").partition(",")[0].strip()
        return int(text) if text.isdecimal() else None

    @property
    def _is_bodiless(self) -> bool:
        """Answers without a body, whatever their fields say (RFC 9110, section 6.4.1)."""
        return self._progress.facts.method == "HEAD" or self.status in (204, 304)

    async def aclose(self) -> None:
        """Keep the connection after a whole answer; drop it, and with it what is still to come."""
        if self._is_closed:
            return
        self._is_closed = True
        may_go_on = self._is_whole and not self._head.has_two_lengths
        if may_go_on and self._progress.cut_off is None and self._connection.renew():
            await self._pool.give_back(self._connection)
        else:
            await self._pool.discard(self._connection)


def _named(error: h11.RemoteProtocolError) -> str:
    """What h11 finds wrong, in one line and not too long."""
    return " ".join(str(error).split())[:120]


def _reason(error: Exception) -> str:
    """What the system says of a failure, without numbers and addresses of objects."""
    if isinstance(error, TimeoutError):
        return "nothing answered in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
