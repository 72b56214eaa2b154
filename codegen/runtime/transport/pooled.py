"""`Urllib3Transport`: a pool of connections to each server, and the answers on them."""

from __future__ import annotations

import http.client
import os
import ssl
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Final, Literal

from ..errors import PoolExhausted
from ..http import OpenResponse, Request, Response
from ..locks import ForkSafeLock
from ..pool import Place, Pool
from ..progress import Progress, settable
from ..proxies import NO_PROXIES, proxies_for_all, proxies_of
from .answers import Answer, decoded
from .connections import Connection, new_connection
from .failures import translated
from .origins import Origin, address_of

_BODILESS: Final = (204, 304)
"""Answers without a body, whatever their fields say (RFC 9110, section 6.4.1)."""


class Urllib3Transport:
    """Carries requests over pooled, kept-alive connections; safe to share between threads.

    At most `pool_size` connections are open to each server; a `send` that finds all of them in
    use waits for one, for `pool_wait` seconds at most where that is a number and else until its
    deadline, and then raises `PoolExhausted`.

    `ssl_context` says whom to trust and which certificate to show; by default, servers are
    verified against the system's authorities.

    `proxy` is the URL of a proxy for all servers but those of `no_proxy` (hosts, domains,
    addresses and networks, with commas between), False for none, and None for those of the
    environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), which is read now. Raises
    `RequestError` for a proxy that is no http URL.

    A process that is forked has connections of its own.
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
        self._pools: dict[tuple[int, Origin], Pool[Connection]] = {}
        self._lock = ForkSafeLock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(pool_size={self._pool_size})"

    def send(self, request: Request) -> Response:
        """Send the request once and return the whole answer, whatever its status.

        Raises `TransportError` when there is none, and `Unrepeatable` when there never will be:
        a URL that is none, a certificate that does not verify, an answer over
        `max_response_bytes` or in an unknown coding.
        """
        with closing(self.open(request)) as answer:
            body = b"".join(answer.pieces(request.max_response_bytes))
            return Response(status=answer.status, headers=answer.headers, body=body)

    def open(self, request: Request) -> OpenResponse:
        """Send the request once and return its answer as soon as its head is there.

        Its connection is busy until the whole body was read, or the answer is closed.
        """
        progress = Progress(request)
        origin, target = address_of(request.url, progress)
        pool = self._pool(origin)
        place = self._place(pool, origin, progress)
        connection = pool.take()
        try:
            answer = connection.converse(request, target, progress)
        except BaseException:
            # Half an answer may still be on its way: no other request may read it.
            connection.close()
            place.leave()
            raise
        has_body = request.method != "HEAD" and answer.status not in _BODILESS
        return _OpenAnswer(answer, pool, place, connection, progress, has_body=has_body)

    def close(self) -> None:
        """Close idle connections now and busy ones after their answer."""
        with self._lock.held:
            pools, self._pools = self._pools, {}
        for (process, _), pool in pools.items():
            if process == os.getpid():  # those of the parent are the parent's
                pool.close()

    def _pool(self, origin: Origin) -> Pool[Connection]:
        # A forked process inherits the sockets: sharing one would mix up the answers.
        key = (os.getpid(), origin)
        known = self._pools.get(key)
        if known is not None:
            return known
        with self._lock.held:
            pool = self._pools.get(key)
            if pool is None:
                proxy = self._proxies.proxy_to(origin.scheme, origin.host, origin.port)
                new = partial(new_connection, origin, proxy, self._context(origin))
                pool = self._pools[key] = Pool(self._pool_size, new)
            return pool

    def _context(self, origin: Origin) -> ssl.SSLContext | None:
        if origin.scheme == "https" and self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        return self._ssl_context

    def _place(self, pool: Pool[Connection], origin: Origin, progress: Progress) -> Place:
        """The right to use a connection; raises `PoolExhausted` where there is none in time."""
        place = pool.enter(settable(progress.deadline.within(self._pool_wait)))
        if place is None:
            size = self._pool_size
            message = f"no connection to {origin} became free in time: all {size} are in use"
            raise progress.error(PoolExhausted, message)
        return place


class _OpenAnswer:
    """An answer whose head is there, and the connection that its body comes on."""

    def __init__(
        self,
        answer: Answer,
        pool: Pool[Connection],
        place: Place,
        connection: Connection,
        progress: Progress,
        *,
        has_body: bool,
    ) -> None:
        self.status = answer.status
        self.headers = progress.facts.headers
        self._answer = answer
        self._pool = pool
        self._place = place
        self._connection = connection
        self._progress = progress
        self._is_whole = not has_body
        self._is_closed = False

    def pieces(self, limit: int | None) -> Iterator[bytes]:
        """The decoded body as it arrives; raises `TransportError` and nothing else."""
        self._progress.expect(limit)
        try:
            if not self._is_whole:
                yield from decoded(self._answer, limit, self._progress)
        except http.client.HTTPException as error:
            message = "the body of the answer is cut short or garbled"
            raise self._progress.failure(message) from error
        except OSError as error:
            raise translated(error, self._progress) from error
        self._is_whole = True
        self.close()

    def close(self) -> None:
        """Keep the connection after a whole answer; drop it, and with it what is still to come."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._answer.close()
        finally:
            is_over = self._answer.will_close or not self._progress.reusable
            if self._is_whole and not is_over:
                self._pool.give_back(self._connection)
            else:
                self._connection.close()
            self._place.leave()
