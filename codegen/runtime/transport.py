"""`Urllib3Transport`: carries requests over HTTP/1.1 with urllib3.

The only module that knows urllib3, sockets and TLS; none of their types or errors leaves it.

It holds to what urllib3 and http.client leave open: one deadline binds the connecting, the
sending and every single arrival of bytes, so that a server that drips cannot outlast it; an
answer that is cut short is an error wherever it is cut; the bytes that are read are bounded
before and after decompression; and `TransportError.sent` goes by the bytes that a socket took,
not by the kind of the failure.

It repeats nothing and follows no redirect. What it cannot bound is the system's name resolution,
which knows no timeout.
"""

from __future__ import annotations

import http.client
import io
import os
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, cast
from urllib.parse import urlsplit

from attrs import evolve, frozen
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.response import assert_header_parsing

from .bodies import BodyError, Decoder, RefusedBodyError
from .deadline import Deadline
from .errors import (
    ConnectError,
    PoolExhausted,
    ProxyError,
    ProxyRefused,
    TransportError,
    Unrepeatable,
)
from .http import Headers, OpenResponse, Request, Response, Upload
from .locks import ForkSafeLock
from .pool import Place, Pool
from .progress import Progress, settable
from .proxies import NO_PROXIES, Proxy, proxies_for_all, proxies_of
from .request_head import is_chunked, request_head

if TYPE_CHECKING:
    from typing_extensions import Buffer

_PIECE: Final = 64 * 1024
"""Bytes that are read or sent at once."""

_NO_HEADERS: Final = Headers()

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
        self._pools: dict[tuple[int, _Origin], Pool[_Connection]] = {}
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
        origin, target = _address(request.url, progress)
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

    def _pool(self, origin: _Origin) -> Pool[_Connection]:
        # A forked process inherits the sockets: sharing one would mix up the answers.
        key = (os.getpid(), origin)
        known = self._pools.get(key)
        if known is not None:
            return known
        with self._lock.held:
            pool = self._pools.get(key)
            if pool is None:
                proxy = self._proxies.proxy_to(origin.scheme, origin.host, origin.port)
                new = partial(_new_connection, origin, proxy, self._context(origin))
                pool = self._pools[key] = Pool(self._pool_size, new)
            return pool

    def _context(self, origin: _Origin) -> ssl.SSLContext | None:
        if origin.scheme == "https" and self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        return self._ssl_context

    def _place(self, pool: Pool[_Connection], origin: _Origin, progress: Progress) -> Place:
        """The right to use a connection; raises `PoolExhausted` where there is none in time."""
        place = pool.enter(settable(progress.deadline.within(self._pool_wait)))
        if place is None:
            size = self._pool_size
            message = f"no connection to {origin} became free in time: all {size} are in use"
            raise progress.error(PoolExhausted, message)
        return place


def _new_connection(
    origin: _Origin, proxy: Proxy | None, context: ssl.SSLContext | None
) -> _Connection:
    """A connection to a server, not yet open."""
    at = origin if proxy is None else proxy
    if origin.scheme == "http":
        connection = _Connection(at.host, at.port)
    else:
        connection = _TlsConnection(at.host, at.port, ssl_context=context)
    connection.origin, connection.proxy_to_ask = origin, proxy
    return connection


@frozen
class _Origin:
    """Where connections lead to."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        return self.bracketed if self.port is None else f"{self.bracketed}:{self.port}"

    @property
    def bracketed(self) -> str:
        """The host as URLs have it."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def as_host(self) -> str:
        """The `Host` field (RFC 9110, section 7.2): without the usual port, or the zone of IPv6."""
        host = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        is_usual = self.port is None or self.port == _PORTS[self.scheme]
        return host if is_usual else f"{host}:{self.port}"

    @property
    def with_port(self) -> str:
        """Host and port, whether it is the usual one or not."""
        return f"{self.bracketed}:{self.port or _PORTS[self.scheme]}"


def _address(url: str, progress: Progress) -> tuple[_Origin, str]:
    """The server of a URL, and the request target for it."""
    try:
        parts = urlsplit(url)
        origin = _Origin(parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        raise progress.final("the URL of the request cannot be read") from None
    if origin.scheme not in ("http", "https") or not _HOST.fullmatch(origin.host):
        raise progress.final("the URL of the request is not an absolute http or https URL")
    return origin, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


_HOST: Final = re.compile("[!-~]+")
"""A host in ASCII; a name in other letters has to come in its `xn--` form."""


class _Connection(HTTPConnection):
    """A connection that keeps the deadline of the request that it carries."""

    progress: Progress
    origin: _Origin
    """The server."""
    proxy_to_ask: Proxy | None = None
    """The proxy that it leads to, if it does not lead to the server itself."""

    def converse(self, request: Request, target: str, progress: Progress) -> _Answer:
        """Send the request and read the head of its answer.

        Raises `TransportError`, and what the body of the request raises while it is read.
        """
        try:
            self._prepare(progress)
            self._write(request, target)
            answer = self._answer(request.method)
        except _UnreadableUploadError as error:
            raise error.reason from None
        except (http.client.HTTPException, HTTPError, OSError) as error:
            raise _translated(error, progress) from error
        if answer.status == _PROXY_AUTHENTICATION and self.proxy_to_ask is not None:
            answer.close()
            raise _refused(self.proxy_to_ask, answer.status, progress)
        headers = Headers([(name, _unfolded(value)) for name, value in answer.headers.items()])
        progress.facts = evolve(progress.facts, status=answer.status, headers=headers)
        return answer

    def _answer(self, method: str) -> _Answer:
        """The answer, once its head was read."""
        answer = _Answer(self.progress, self.sock, method=method)
        try:
            answer.begin()
        except BaseException:
            answer.close()  # it holds the socket open
            raise
        return answer

    def _prepare(self, progress: Progress) -> None:
        """Stand ready to carry a request: open, and found alive where it was open before."""
        self.progress = progress
        if not self.is_connected:
            self.close()
            self.connect()

    def _write(self, request: Request, target: str) -> None:
        # Written here, not by http.client, which checks and joins each field by itself.
        more = _NO_HEADERS
        if self.proxy_to_ask is not None and self.origin.scheme == "http":
            target = request.url.partition("#")[0]
            more = Headers(_proxy_headers(self.proxy_to_ask))
        try:
            head = request_head(request, target, self.origin.as_host, more)
        except ValueError:
            raise self.progress.final(
                "the method, the URL or a header field holds characters that HTTP forbids"
            ) from None
        body = request.body
        if body is None or isinstance(body, bytes):
            self._write_known(head, body or b"")
        else:
            self.send(head)
            self._write_upload(body, is_chunked=is_chunked(request))

    def _write_known(self, head: bytes, body: bytes) -> None:
        if len(body) <= _PIECE:
            self.send(head + body)  # in one packet where it fits
        else:
            self.send(head)
            self.send(body)

    def _write_upload(self, upload: Upload, *, is_chunked: bool) -> None:
        for piece in self._taken(upload):
            if piece:  # an empty chunk would be the last
                self.send(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        if is_chunked:
            self.send(b"0\r\n\r\n")

    def _taken(self, upload: Upload) -> Iterator[bytes]:
        """The pieces of a body, as long as the server takes them."""
        pieces = iter(upload.pieces())
        while self.progress.cut_off is None:
            try:
                piece = next(pieces, None)
            except Exception as error:
                # No failure of the network, even where it is an OSError.
                raise _UnreadableUploadError(error) from None
            if piece is None:
                return
            yield piece

    def _new_conn(self) -> socket.socket:
        """Connect to the first address of the host that answers.

        Each address gets its share of the time, so that a dead one leaves some to the next.
        """
        deadline = Deadline.after(self.progress.deadline.within(self.progress.timeout.connect))
        addresses = self._addresses()
        reason = "it has no address"
        for tried, (family, address) in enumerate(addresses):
            left = deadline.left
            try:
                connected = _dial(
                    family, address, None if left is None else left / (len(addresses) - tried)
                )
            except OSError as error:
                reason = _reason(error)
                continue
            connected.settimeout(settable(deadline.left))  # a TLS handshake comes next
            return connected
        raise self._unreached(reason)

    def _addresses(self) -> list[tuple[int, _Address]]:
        """The addresses of the host, each with its family."""
        try:
            # The name with its final dot, if any; `host` has it cut off.
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise self._unreached(_reason(error)) from error
        return [(family, address) for family, _, _, _, address in found]

    def _unreached(self, reason: str) -> TransportError:
        kind = ConnectError if self.proxy_to_ask is None else ProxyError
        return self.progress.error(kind, f"cannot connect to {self._place_name}: {reason}")

    @property
    def _place_name(self) -> str:
        """What the connection leads to, for people."""
        proxy = self.proxy_to_ask
        return self.origin.with_port if proxy is None else f"the proxy {proxy}"

    def send(self, data: object) -> None:
        """Send bytes of the request, as many as the server takes.

        Once it has taken some, that it takes no more is no failure yet: it may have answered
        early, such as 413 to a body that is too large.
        """
        rest = memoryview(cast(bytes, data))
        while rest and self.progress.cut_off is None:
            rest = rest[self._send_some(rest[:_PIECE]) :]

    def _send_some(self, data: memoryview) -> int:
        progress = self.progress
        try:
            self.sock.settimeout(progress.patience())
            count = self.sock.send(data)
        except TimeoutError as error:
            raise progress.late("the whole request was sent") from error
        except OSError as error:
            if not progress.sent:
                raise progress.failure(f"the connection broke: {_reason(error)}") from error
            progress.cut_off = _reason(error)
            return 0
        progress.sent = True
        return count


class _UnreadableUploadError(Exception):
    """The body of a request could not be read, which is no failure of the network."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(reason)
        self.reason = reason


_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
"""Where a socket connects to, in the form of its address family."""


def _dial(family: int, address: _Address, seconds: float | None) -> socket.socket:
    """Connect a socket; raises `OSError`."""
    connected = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A request is written in few pieces, each worth sending at once.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.settimeout(settable(seconds))
        connected.connect(address)
    except BaseException:
        connected.close()
        raise
    return connected


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS, through a tunnel where there is a proxy."""

    def connect(self) -> None:
        """Connect and shake hands, within one connect timeout."""
        if self.proxy_to_ask is not None:
            self.set_tunnel(self.origin.host, self.origin.port or _PORTS["https"])
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            raise self._distrusted(error.verify_message) from error
        except OSError as error:
            reason = _reason(error)
            if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
                raise self._distrusted("it does not speak TLS there; is it an http URL?") from error
            message = f"cannot connect to {self._server}: the TLS handshake failed: {reason}"
            raise self.progress.error(ConnectError, message) from error

    def _tunnel(self) -> None:
        """Have the proxy connect to the server (RFC 9110, section 9.3.6)."""
        proxy, sock = self.proxy_to_ask, self.sock
        if proxy is None:
            return
        fields = {"Host": self._server, **_proxy_headers(proxy)}
        lines = [
            f"CONNECT {self._server} HTTP/1.1",
            *(f"{name}: {fields[name]}" for name in fields),
        ]
        patience = self.progress.deadline.within(self.progress.timeout.connect)
        sock.settimeout(settable(patience))
        try:
            sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
            with closing(_Answer(self.progress, sock, method="CONNECT")) as answer:
                answer.begin()
        except (http.client.HTTPException, OSError, TransportError) as error:
            lost = error if isinstance(error, TransportError) else _translated(error, self.progress)
            message = f"the proxy {proxy} did not connect to {self._server}: {lost.message}"
            raise self.progress.error(ProxyError, message) from error
        if not 200 <= answer.status < 300:
            raise _refused(proxy, answer.status, self.progress)
        self.progress.ended = self.progress.surplus = False
        sock.settimeout(settable(patience))  # a TLS handshake comes next

    @property
    def _server(self) -> str:
        return self.origin.with_port

    def _distrusted(self, reason: str) -> Unrepeatable:
        return self.progress.final(f"cannot connect safely to {self._server}: {reason}")


def _proxy_headers(proxy: Proxy) -> dict[str, str]:
    """What a proxy is told and no server is."""
    known = proxy.authorization
    return {} if known is None else {"Proxy-Authorization": known}


def _refused(proxy: Proxy, status: int, progress: Progress) -> ProxyRefused:
    wants = ": it wants other credentials" if status == _PROXY_AUTHENTICATION else ""
    progress.sent = False
    return progress.error(ProxyRefused, f"the proxy {proxy} refuses, with {status}{wants}")


_PROXY_AUTHENTICATION: Final = 407

_PORTS: Final = {"http": 80, "https": 443}


_CERTIFICATE_ALERTS: Final = frozenset(
    {
        "SSLV3_ALERT_BAD_CERTIFICATE",
        "SSLV3_ALERT_CERTIFICATE_EXPIRED",
        "SSLV3_ALERT_CERTIFICATE_REVOKED",
        "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
        "TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "TLSV1_ALERT_ACCESS_DENIED",
        "TLSV1_ALERT_UNKNOWN_CA",
    }
)
"""What OpenSSL calls the alerts of a server that does not take a client's certificate, or none."""

_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
"""What OpenSSL says of a peer that answers in plain text."""


class _Wire(io.RawIOBase):
    """The bytes that arrive on a socket, each arrival within the time and the bytes left."""

    def __init__(self, source: socket.socket, progress: Progress) -> None:
        self._source = source
        self._progress = progress
        self.is_shut = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Buffer, /) -> int | None:
        """Wait for bytes; 0 at the end of the connection, None once `is_shut`."""
        if self.is_shut:
            return None
        progress = self._progress
        room = memoryview(buffer)[: progress.arrivals_left]
        if not room:
            raise progress.final("the server sends far more than the answer may have")
        try:
            self._source.settimeout(progress.patience())
            count = self._source.recv_into(room)
        except TimeoutError as error:
            raise progress.late("the whole answer") from error
        except OSError as error:
            if isinstance(error, ssl.SSLError) and error.reason in _CERTIFICATE_ALERTS:
                # Since TLS 1.3 this comes after the handshake; the server read nothing before.
                progress.sent = False
                raise progress.final(
                    f"the server refuses the certificate that it is shown: {_reason(error)}"
                ) from error
            raise progress.failure(f"the connection broke: {_reason(error)}") from error
        progress.arrivals_left -= count
        progress.ended = count == 0
        return count


class _Arrivals(io.BufferedReader):
    """The same, buffered; tells at the end whether more came than was read."""

    def __init__(self, wire: _Wire, progress: Progress) -> None:
        super().__init__(wire, _PIECE)
        self._wire = wire
        self._progress = progress

    def read(self, size: int | None = -1, /) -> bytes:
        """So many bytes; a negative number is what a server called the size of a chunk."""
        if size is None or size < 0:
            raise self._negative()
        return super().read(size)

    def read1(self, size: int = -1, /) -> bytes:
        """At most so many bytes, as soon as there are any; the same of a negative number."""
        if size < 0:
            raise self._negative()
        return super().read1(size)

    def _negative(self) -> TransportError:
        return self._progress.failure("the answer has a chunk of negative size")

    def close(self) -> None:
        """Look for what nobody asked for, and let go of the socket."""
        if not self.closed:
            self._wire.is_shut = True
            self._progress.surplus = bool(self.peek(1))
        super().close()


@frozen
class _Source:
    """A socket, as far as http.client needs to know it."""

    sock: socket.socket
    progress: Progress

    def makefile(self, mode: str) -> _Arrivals:
        """The bytes that arrive."""
        return _Arrivals(_Wire(self.sock, self.progress), self.progress)


class _Answer(http.client.HTTPResponse):
    """An answer whose head is read whole and taken at its word, or not at all."""

    def __init__(
        self,
        progress: Progress,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
    ) -> None:
        # All that http.client does with a socket is to make a file of it.
        super().__init__(cast(socket.socket, _Source(sock, progress)), debuglevel, method)
        self._progress = progress

    def begin(self) -> None:
        """Read the head of the answer, past any interim ones (RFC 9110, section 15.2)."""
        super().begin()
        self._check_head()
        while 100 <= self.status < 200:  # http.client itself skips 100 only
            self.headers = self.msg = cast(http.client.HTTPMessage, None)
            super().begin()
            self._check_head()

    def _check_head(self) -> None:
        """Refuse a head that leaves open where the answer ends (RFC 9112, section 6.3)."""
        progress = self._progress
        if progress.ended:
            raise progress.failure("the connection ended within the head of the answer")
        try:
            if self.headers.defects or self.headers.get_payload():
                assert_header_parsing(self.headers)
        except HTTPError as error:
            raise progress.final("the header fields of the answer are malformed") from error
        coding = self.headers.get("Transfer-Encoding")
        if coding is not None and not self.chunked:
            raise progress.final(f"the answer has the unknown transfer coding {coding[:40]!r}")
        lengths = set(self.headers.get_all("Content-Length", []))
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise progress.final("the answer states no clear Content-Length")
        if self.chunked and lengths:
            self.will_close = True  # one of the two lies: do not look for another answer behind it


_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class _OpenAnswer:
    """An answer whose head is there, and the connection that its body comes on."""

    def __init__(
        self,
        answer: _Answer,
        pool: Pool[_Connection],
        place: Place,
        connection: _Connection,
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
                yield from _decoded(self._answer, limit, self._progress)
        except http.client.HTTPException as error:
            message = "the body of the answer is cut short or garbled"
            raise self._progress.failure(message) from error
        except OSError as error:
            raise _translated(error, self._progress) from error
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


def _translated(error: Exception, progress: Progress) -> TransportError:
    """Our error for one of http.client or urllib3 about an answer."""
    if progress.cut_off is not None:
        return progress.failure(f"the server stopped taking the request: {progress.cut_off}")
    if isinstance(error, http.client.RemoteDisconnected):
        return progress.failure("the connection was closed without an answer")
    if isinstance(error, http.client.BadStatusLine):
        return progress.failure(f"the answer is not HTTP: {str(error)[:60]!r}")
    if isinstance(error, http.client.HTTPException):
        return progress.final(f"the head of the answer is not accepted: {_reason(error)}")
    if isinstance(error, OSError):
        return progress.failure(f"the connection broke: {_reason(error)}")
    return progress.failure("the body of the answer is cut short or garbled")


def _decoded(answer: _Answer, limit: int | None, progress: Progress) -> Iterator[bytes]:
    """The decoded body as it arrives; reads no more than it may have."""
    coding = progress.facts.headers.get("Content-Encoding", "")
    try:
        decoder = Decoder(coding, limit, answer.length)
        for data in _encoded_pieces(answer, progress):
            yield from decoder.decoded(data)
        decoder.end()
    except RefusedBodyError as error:
        raise progress.final(str(error)) from error
    except BodyError as error:
        raise progress.failure(str(error)) from error


def _encoded_pieces(answer: _Answer, progress: Progress) -> Iterator[bytes]:
    """The body as it arrives, never waiting for a piece to be full."""
    while piece := answer.read1(_PIECE):
        progress.note_piece()
        yield piece
    if answer.chunked and progress.ended:
        raise progress.failure("the connection ended before the last chunk of the answer")
    if answer.length:
        raise progress.failure("the body of the answer is cut short or garbled")


def _unfolded(value: str) -> str:
    """The value of a field that was folded, as one line (RFC 9112, section 5.2)."""
    return " ".join(line.strip() for line in value.splitlines()) if "\n" in value else value


def _reason(error: Exception) -> str:
    """What the system says of a failure, without numbers and addresses of objects."""
    if isinstance(error, TimeoutError):
        return "nothing answered in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
