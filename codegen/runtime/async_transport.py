"""`AnyioTransport`: carries requests over HTTP/1.1 without keeping other tasks waiting.

It keeps the promises of `Urllib3Transport`: one deadline binds the connecting, the sending and
every single arrival of bytes; what is read is bounded before and after decompression; a
connection that anything was wrong with is never used again, nor is one that brought more than
one answer. A task that is cancelled leaves no connection behind.

It repeats nothing and follows no redirect. What it cannot bound is the system's name resolution,
which goes on in its thread.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final, Literal
from urllib.parse import urlsplit

from attrs import frozen

from .async_connection import Connection, Head, reason_of, tunnel_status
from .async_http import AsyncOpenResponse
from .async_io import Slots, Wire, connect, running_loop
from .bodies import BodyError, Decoder, RefusedBodyError
from .deadline import Deadline
from .errors import ConnectError, PoolExhausted, ProxyError, ProxyRefused, Unrepeatable
from .http import Headers, Request, Response
from .progress import Progress, settable
from .proxies import NO_PROXIES, Proxy, proxies_for_all, proxies_of

_PORTS: Final = {"http": 80, "https": 443}

_HOST: Final = re.compile("[!-~]+")
"""A host in ASCII; a name in other letters has to come in its `xn--` form."""

_BODILESS: Final = (204, 304)
"""Answers without a body, whatever their fields say (RFC 9110, section 6.4.1)."""

_PROXY_AUTHENTICATION: Final = 407


class AnyioTransport:
    """Carries requests over pooled, kept-alive connections; safe to share between tasks.

    At most `pool_size` connections are open to each server; a `send` that finds all of them in
    use waits for one, for `pool_wait` seconds at most where that is a number and else until its
    deadline, and then raises `PoolExhausted`.

    `ssl_context`, `proxy` and `no_proxy` are as in `Urllib3Transport`. Raises `RequestError` for
    a proxy that is no http URL.

    Connections belong to the event loop that they were made under: close it there.
    """

    def __init__(
        self,
        *,
        pool_size: int = 10,
        pool_wait: float | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: str | Literal[False] | None = None,
        no_proxy: str = "",
    ) -> None:
        if pool_size < 1:
            raise ValueError(f"pool_size is {pool_size}; it has to be 1 or more")
        self._pool_size = pool_size
        self._pool_wait = pool_wait
        self._ssl_context = ssl_context
        if proxy is None:
            self._proxies = proxies_of(os.environ)
        else:
            self._proxies = proxies_for_all(proxy, no_proxy) if proxy else NO_PROXIES
        self._owner: tuple[int, object] | None = None
        self._pools: dict[_Route, _Pool] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(pool_size={self._pool_size})"

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
        progress = Progress(request)
        route, target = self._address(request.url, progress)
        pool = self._pool(route)
        connection = await pool.take(progress, self._pool_wait)
        try:
            head = await connection.converse(request, target, route.fields, progress)
            if head.status == _PROXY_AUTHENTICATION and route.proxy is not None:
                raise _refused(route.proxy, head.status, progress)
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

    def _address(self, url: str, progress: Progress) -> tuple[_Route, str]:
        """The way to the server of a URL, and the request target for it."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise progress.final("the URL of the request cannot be read") from None
        if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
            raise progress.final("the URL of the request is not an absolute http or https URL")
        proxy = self._proxies.proxy_to(parts.scheme, host, port)
        route = _Route(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, proxy)
        if proxy is not None and not route.is_secure:
            return route, url.partition("#")[0]  # RFC 9112, section 3.2.2
        return route, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _pool(self, route: _Route) -> _Pool:
        pools = self._current()
        if route not in pools:
            pools[route] = _Pool(route, self._pool_size, self._context(route))
        return pools[route]

    def _context(self, route: _Route) -> ssl.SSLContext | None:
        if route.is_secure and self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        return self._ssl_context

    def _current(self) -> dict[_Route, _Pool]:
        """The pools of this process and of the loop that runs it.

        Those of a loop that has ended ended with it, and those of a parent are the parent's.
        """
        owner = (os.getpid(), running_loop())
        if self._owner != owner:
            self._owner, self._pools = owner, {}
        return self._pools


@frozen
class _Route:
    """The way to a server."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None

    @property
    def is_secure(self) -> bool:
        """Whether the server speaks TLS."""
        return self.scheme == "https"

    @property
    def server(self) -> str:
        """The server with its port, as a proxy is asked for it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def name(self) -> str:
        """The server as `Host` has it: without the port that its scheme implies."""
        suffix = f":{_PORTS[self.scheme]}"
        return self.server.removesuffix(suffix)

    @property
    def fields(self) -> Headers:
        """What a proxy is told that sees the requests."""
        known = None if self.proxy is None or self.is_secure else self.proxy.authorization
        return _NO_FIELDS if known is None else Headers({"Proxy-Authorization": known})


_NO_FIELDS: Final = Headers()


class _Pool:
    """The connections to one server, the last used first."""

    def __init__(self, route: _Route, size: int, context: ssl.SSLContext | None) -> None:
        self._route = route
        self._size = size
        self._context = context
        self._slots = Slots(size)
        self._idle: list[Connection] = []
        self._is_closed = False

    async def take(self, progress: Progress, wait: float | None) -> Connection:
        """A connection that nobody else uses; raises `PoolExhausted` where none is free in time."""
        try:
            await self._slots.take(settable(progress.deadline.within(wait)))
        except TimeoutError as error:
            all_ = f"all {self._size} are in use"
            message = f"no connection to {self._route.name} became free in time: {all_}"
            raise progress.error(PoolExhausted, message) from error
        try:
            while self._idle:
                connection = self._idle.pop()
                if connection.is_quiet:
                    return connection
                await connection.close()
            return await _connected(self._route, self._context, progress)
        except BaseException:
            self._slots.give_back()
            raise

    async def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request."""
        if self._is_closed:
            await self.discard(connection)
        else:
            self._idle.append(connection)
            self._slots.give_back()

    async def discard(self, connection: Connection) -> None:
        """Close a connection that must not be used again."""
        self._slots.give_back()
        await connection.close()

    async def close(self) -> None:
        """Close what is idle, and everything else once it is given back."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()


# --- connecting --------------------------------------------------------------------------------


async def _connected(
    route: _Route, context: ssl.SSLContext | None, progress: Progress
) -> Connection:
    """A new connection; raises `ConnectError` or `Unrepeatable`, since nothing was sent yet."""
    within = Deadline.after(progress.deadline.within(progress.timeout.connect))
    wire = await _reached(route, within, progress)
    if context is None or not route.is_secure:
        return Connection(wire, route.name)
    if route.proxy is not None:
        await _tunnel(wire, route, route.proxy, within, progress)
    try:
        secure = await wire.start_tls(context, route.host, settable(within.left))
    except ssl.SSLCertVerificationError as error:
        raise _distrusted(route, error.verify_message, progress) from error
    except OSError as error:
        if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
            reason = "it does not speak TLS there; is it an http URL?"
            raise _distrusted(route, reason, progress) from error
        message = f"cannot connect to {route.server}: the TLS handshake failed: {reason_of(error)}"
        raise progress.error(ConnectError, message) from error
    return Connection(secure, route.name)


async def _reached(route: _Route, within: Deadline, progress: Progress) -> Wire:
    """A connection to the server, or to the proxy that leads to it."""
    proxy = route.proxy
    host, port = (route.host, route.port) if proxy is None else (proxy.host, proxy.port)
    try:
        return await connect(host, port, settable(within.left))
    except (OSError, UnicodeError) as error:
        kind = ConnectError if proxy is None else ProxyError
        place = route.server if proxy is None else f"the proxy {proxy}"
        message = f"cannot connect to {place}: {reason_of(error)}"
        raise progress.error(kind, message) from error


async def _tunnel(
    wire: Wire, route: _Route, proxy: Proxy, within: Deadline, progress: Progress
) -> None:
    """Have a proxy connect to the server."""
    known = proxy.authorization
    fields = _NO_FIELDS if known is None else Headers({"Proxy-Authorization": known})
    try:
        status = await tunnel_status(wire, route.server, fields, within)
    except OSError as error:
        await wire.close()
        message = f"the proxy {proxy} did not connect to {route.server}: {reason_of(error)}"
        raise progress.error(ProxyError, message) from error
    except BaseException:
        await wire.close()
        raise
    if not 200 <= status < 300:
        await wire.close()
        raise _refused(proxy, status, progress)


def _refused(proxy: Proxy, status: int, progress: Progress) -> ProxyRefused:
    wants = ": it wants other credentials" if status == _PROXY_AUTHENTICATION else ""
    progress.sent = False
    return progress.error(ProxyRefused, f"the proxy {proxy} refuses, with {status}{wants}")


def _distrusted(route: _Route, reason: str, progress: Progress) -> Unrepeatable:
    return progress.final(f"cannot connect safely to {route.server}: {reason}")


_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
"""What OpenSSL says of a peer that answers in plain text."""


# --- answers -----------------------------------------------------------------------------------


class _OpenAnswer:
    """An answer whose head is there, and the connection that its body comes on."""

    def __init__(self, head: Head, pool: _Pool, connection: Connection, progress: Progress) -> None:
        self.status = head.status
        self.headers = head.headers
        self._head = head
        self._pool = pool
        self._connection = connection
        self._progress = progress
        self._is_whole = False
        self._is_closed = False

    async def pieces(self, limit: int | None) -> AsyncGenerator[bytes]:
        """The decoded body as it arrives; raises `TransportError` and nothing else."""
        progress = self._progress
        progress.expect(limit)
        try:
            decoder = Decoder(self._coding, limit, self._length)
            async with aclosing(self._connection.body(progress)) as body:
                async for data in body:
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
        text = self.headers.get("Content-Length", "").partition(",")[0].strip()
        if self._is_bodiless or self._head.has_two_lengths or not text.isdecimal():
            return None
        return int(text)

    @property
    def _is_bodiless(self) -> bool:
        return self._progress.facts.method == "HEAD" or self.status in _BODILESS

    async def aclose(self) -> None:
        """Keep the connection after a whole answer; drop it, and with it what is still to come."""
        if self._is_closed:
            return
        self._is_closed = True
        may_go_on = self._is_whole and not self._head.has_two_lengths
        if may_go_on and self._progress.reusable and self._connection.renew():
            await self._pool.give_back(self._connection)
        else:
            await self._pool.discard(self._connection)
