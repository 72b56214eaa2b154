"""`Urllib3Transport`: carries requests over HTTP/1.1 with urllib3.

The only module that knows urllib3, sockets and TLS; none of their types or errors leaves it.

It holds to what urllib3 and http.client leave open: one deadline binds the connecting, the
sending and every single arrival of bytes, so that a server that drips cannot outlast it; an
answer that is cut short is an error wherever it is cut; the bytes that are read are bounded
before and after decompression; and `TransportError.sent` goes by the bytes that a socket took,
not by the kind of the failure.

It repeats nothing, follows no redirect, and ignores the environment's proxies. What it cannot
bound is the system's name resolution, which knows no timeout.
"""

from __future__ import annotations

import http.client
import io
import os
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from attrs import evolve, frozen
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util.response import assert_header_parsing

from .deadline import Deadline
from .errors import Facts, TransportError, Unrepeatable
from .http import Headers, OpenResponse, Request, Response

if TYPE_CHECKING:
    from typing_extensions import Buffer

_PIECE: Final = 64 * 1024
"""Bytes that are read, sent or decompressed at once."""

_OVERHEAD: Final = 1024 * 1024
"""Bytes that status line, header fields and chunk sizes may take beside the body."""

_CLOCK_GRAIN: Final = 0.05
"""Seconds by which a socket may be early at the deadline."""

_BODILESS: Final = (204, 304)
"""Answers without a body, whatever their fields say (RFC 9110, section 6.4.1)."""


class Urllib3Transport:
    """Carries requests over pooled, kept-alive connections; safe to share between threads.

    At most `pool_size` connections are open to each server; a `send` that finds all of them in
    use waits for one until its deadline. `ssl_context` says whom to trust and which certificate
    to show; by default, servers are verified against the system's authorities.
    """

    def __init__(self, *, pool_size: int = 10, ssl_context: ssl.SSLContext | None = None) -> None:
        if pool_size < 1:
            raise ValueError(f"pool_size is {pool_size}; it has to be 1 or more")
        self._pool_size = pool_size
        self._ssl_context = ssl_context
        self._pools: dict[tuple[int, _Origin], _Pool] = {}
        self._lock = threading.Lock()

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
        progress = _Progress(request)
        origin, target = _address(request.url, progress)
        pool = self._pool(origin)
        connection = pool.take(progress)
        try:
            answer = _converse(connection, request, target, progress)
        except BaseException:
            # Half an answer may still be on its way: no other request may read it.
            pool.discard(connection)
            raise
        has_body = request.method != "HEAD" and answer.status not in _BODILESS
        return _OpenAnswer(answer, pool, connection, progress, has_body=has_body)

    def close(self) -> None:
        """Close idle connections now and busy ones after their answer."""
        with self._lock:
            pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def _pool(self, origin: _Origin) -> _Pool:
        # A forked process inherits the sockets: sharing one would mix up the answers.
        key = (os.getpid(), origin)
        with self._lock:
            if key not in self._pools:
                self._pools[key] = _Pool(origin, self._pool_size, self._ssl_context)
            return self._pools[key]


@frozen
class _Origin:
    """Where connections lead to."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def _address(url: str, progress: _Progress) -> tuple[_Origin, str]:
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


class _Progress:
    """How far one request has come, and how long and how much it still may take."""

    def __init__(self, request: Request) -> None:
        self.timeout = request.timeout
        self.deadline = Deadline.after(request.timeout.total)
        self.arrivals_left = _OVERHEAD
        """Bytes that may still come off the wire."""
        self._is_endless = False
        self.facts = Facts(method=request.method, url=request.url.partition("?")[0])
        self.sent = False
        """Whether a socket took any byte of the request."""
        self.cut_off: str | None = None
        """Why the server stopped taking the request."""
        self.ended = False
        """Whether the server ended the connection."""
        self.surplus = False
        """Whether more came than one answer."""

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another request, for all that was seen of it."""
        return self.cut_off is None and not self.ended and not self.surplus

    def expect(self, limit: int | None) -> None:
        """Let a body of so many decoded bytes come; any number of them for None."""
        self.arrivals_left += 2 * (limit or 0)
        self._is_endless = limit is None

    def note_piece(self) -> None:
        """Let more of an endless body come, now that some of it has."""
        if self._is_endless:
            self.arrivals_left = _OVERHEAD

    def patience(self) -> float | None:
        """Seconds that the next arrival or departure of bytes may take."""
        if self.deadline.is_past:
            raise self.late("the answer")
        return _settable(self.deadline.within(self.timeout.read))

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

    def __init__(self, origin: _Origin, size: int, context: ssl.SSLContext | None) -> None:
        self._origin = origin
        self._context = context
        if origin.scheme == "https" and context is None:
            self._context = ssl.create_default_context()
        self._free = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._closed = False

    def take(self, progress: _Progress) -> _Connection:
        """A connection that nobody else uses, not necessarily open; waits until one is free."""
        if not self._free.acquire(timeout=_settable(progress.deadline.left)):
            raise progress.failure(f"no connection to {self._origin} became free in time")
        with self._lock:
            return self._idle.pop() if self._idle else self._new()

    def give_back(self, connection: _Connection) -> None:
        """Keep a connection for the next request."""
        with self._lock:
            keep = not self._closed and not connection.is_closed
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
        self._free.release()

    def discard(self, connection: _Connection) -> None:
        """Close a connection that must not be used again."""
        connection.close()
        self._free.release()

    def close(self) -> None:
        """Close what is idle, and everything else once it is given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _new(self) -> _Connection:
        if self._origin.scheme == "https":
            return _TlsConnection(self._origin.host, self._origin.port, ssl_context=self._context)
        return _Connection(self._origin.host, self._origin.port)


class _Connection(HTTPConnection):
    """A connection that keeps the deadline of the request that it carries."""

    progress: _Progress

    def prepare(self, progress: _Progress) -> None:
        """Stand ready to carry a request: open, and found alive where it was open before."""
        self.progress = progress
        # http.client only calls this, and gives it nothing that leads to the connection.
        self.response_class = cast(type[http.client.HTTPResponse], partial(_Answer, progress))
        if not self.is_connected:
            self.close()
            self.connect()

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
            connected.settimeout(_settable(deadline.left))  # a TLS handshake comes next
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
        return self.progress.failure(f"cannot connect to {self.host}:{self.port}: {reason}")

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


_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
"""Where a socket connects to, in the form of its address family."""


def _dial(family: int, address: _Address, seconds: float | None) -> socket.socket:
    """Connect a socket; raises `OSError`."""
    connected = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A request is written in few pieces, each worth sending at once.
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected.settimeout(_settable(seconds))
        connected.connect(address)
    except BaseException:
        connected.close()
        raise
    return connected


def _settable(seconds: float | None) -> float | None:
    """A timeout that the system takes: 0 would mean not to wait at all, centuries overflow."""
    return None if seconds is None or seconds > _AGES else max(seconds, 0.001)


_AGES: Final = 1e9
"""Seconds that nobody waits, thirty years."""


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS."""

    def connect(self) -> None:
        """Connect and shake hands, within one connect timeout."""
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            raise self._distrusted(error.verify_message) from error
        except OSError as error:
            reason = _reason(error)
            if isinstance(error, ssl.SSLError) and error.reason in _NOT_TLS:
                raise self._distrusted("it does not speak TLS there; is it an http URL?") from error
            raise self._unreached(f"the TLS handshake failed: {reason}") from error

    def _distrusted(self, reason: str) -> Unrepeatable:
        return self.progress.final(f"cannot connect safely to {self.host}:{self.port}: {reason}")


_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
"""What OpenSSL says of a peer that answers in plain text."""


class _Wire(io.RawIOBase):
    """The bytes that arrive on a socket, each arrival within the time and the bytes left."""

    def __init__(self, source: socket.socket, progress: _Progress) -> None:
        self._source = source
        self._stream = source.makefile("rb", buffering=0)
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
            count = self._stream.readinto(room) or 0
        except TimeoutError as error:
            raise progress.late("the whole answer") from error
        except OSError as error:
            raise progress.failure(f"the connection broke: {_reason(error)}") from error
        progress.arrivals_left -= count
        progress.ended = count == 0
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._stream.close()
        super().close()


class _Arrivals(io.BufferedReader):
    """The same, buffered; tells at the end whether more came than was read."""

    def __init__(self, wire: _Wire, progress: _Progress) -> None:
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


class _Answer(http.client.HTTPResponse):
    """An answer whose head is read whole and taken at its word, or not at all."""

    def __init__(
        self,
        progress: _Progress,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
    ) -> None:
        super().__init__(sock, debuglevel, method)
        self._progress = progress
        self.fp.close()
        self.fp = _Arrivals(_Wire(sock, progress), progress)

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
        answer: HTTPResponse,
        pool: _Pool,
        connection: _Connection,
        progress: _Progress,
        *,
        has_body: bool,
    ) -> None:
        self.status = answer.status
        self.headers = progress.facts.headers
        self._answer = answer
        self._pool = pool
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
        except (http.client.HTTPException, HTTPError, OSError) as error:
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
            if self._is_whole and self._progress.reusable:
                self._pool.give_back(self._connection)
            else:
                self._pool.discard(self._connection)


def _converse(
    connection: _Connection, request: Request, target: str, progress: _Progress
) -> HTTPResponse:
    """Send the request and read the answer's head; raises `TransportError` and nothing else."""
    try:
        connection.prepare(progress)
        _write(connection, request, target, progress)
        answer = connection.getresponse()
    except (http.client.HTTPException, HTTPError, OSError) as error:
        raise _translated(error, progress) from error
    headers = Headers(list(answer.headers.items()))
    progress.facts = evolve(progress.facts, status=answer.status, headers=headers)
    return answer


def _write(connection: _Connection, request: Request, target: str, progress: _Progress) -> None:
    try:
        connection.request(
            request.method,
            target,
            body=request.body,
            headers=Headers({"Accept-Encoding": "gzip"}).merged(request.headers),
            preload_content=False,
            decode_content=False,
        )
    except (ValueError, http.client.InvalidURL):
        # Their texts quote header values, which may be secrets.
        raise progress.final(
            "the method, the URL or a header field holds characters that HTTP forbids"
        ) from None


def _translated(error: Exception, progress: _Progress) -> TransportError:
    """Our error for one of http.client or urllib3 about an answer."""
    if progress.cut_off is not None:
        return progress.failure(f"the server stopped taking the request: {progress.cut_off}")
    if isinstance(error, http.client.RemoteDisconnected):
        return progress.failure("the server closed the connection without an answer")
    if isinstance(error, http.client.BadStatusLine):
        return progress.failure(f"the server does not answer in HTTP: {str(error)[:60]!r}")
    if isinstance(error, http.client.HTTPException):
        return progress.final(f"the head of the answer is not accepted: {_reason(error)}")
    if isinstance(error, OSError):
        return progress.failure(f"the connection broke: {_reason(error)}")
    return progress.failure("the body of the answer is cut short or garbled")


def _decoded(answer: HTTPResponse, limit: int | None, progress: _Progress) -> Iterator[bytes]:
    """The decoded body as it arrives; reads no more than it may have."""
    coding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    encoded = _encoded_pieces(answer, progress)
    if coding in ("gzip", "x-gzip"):
        decoded = _gunzipped(encoded, progress)
    elif coding in ("identity", ""):
        decoded = encoded
        if limit is not None and (answer.length_remaining or 0) > limit:
            raise progress.final(
                f"the answer has {answer.length_remaining} bytes; at most {limit} are read"
            )
    else:
        raise progress.final(f"the answer has the unknown content coding {coding[:40]!r}")
    return decoded if limit is None else _bounded(decoded, limit, progress)


def _bounded(pieces: Iterator[bytes], limit: int, progress: _Progress) -> Iterator[bytes]:
    """The same; raises `Unrepeatable` where there are more than `limit` bytes."""
    left = limit
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise progress.final(f"the answer has more than the {limit} bytes that are read")
        yield piece


def _encoded_pieces(answer: HTTPResponse, progress: _Progress) -> Iterator[bytes]:
    """The body as it arrives, never waiting for a piece to be full."""
    while piece := answer.read1(_PIECE, decode_content=False):
        progress.note_piece()
        yield piece
    if answer.chunked and progress.ended:
        raise progress.failure("the connection ended before the last chunk of the answer")


def _gunzipped(encoded: Iterator[bytes], progress: _Progress) -> Iterator[bytes]:
    """The bytes that gzip packed (RFC 1952), in pieces of at most `_PIECE` bytes."""
    inflater = zlib.decompressobj(_GZIP)
    is_whole = True
    try:
        for data in encoded:
            has_more = True
            while has_more:
                if inflater.eof:  # another member follows
                    inflater = zlib.decompressobj(_GZIP)
                piece = inflater.decompress(data, _PIECE)
                yield piece
                data = inflater.unused_data or inflater.unconsumed_tail
                is_whole = inflater.eof
                # A full piece may leave output behind after all input is taken.
                has_more = bool(data) or (len(piece) == _PIECE and not is_whole)
    except zlib.error as error:
        raise progress.failure("the answer is not the gzip that it claims to be") from error
    if not is_whole:
        raise progress.failure("the gzip of the answer is cut short")


_GZIP: Final = zlib.MAX_WBITS | 16
"""What zlib calls gzip."""


def _reason(error: Exception) -> str:
    """What the system says of a failure, without numbers and addresses of objects."""
    if isinstance(error, TimeoutError):
        return "nothing answered in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
