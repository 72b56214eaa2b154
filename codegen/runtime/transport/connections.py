"""One connection: how it comes to stand, and what is written to it."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from typing import Final, cast

from attrs import evolve
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from ..deadline import Deadline
from ..errors import ConnectError, ProxyError, ProxyRefused, TransportError, Unrepeatable
from ..http import Headers, Request, Upload
from ..progress import Progress, settable
from ..proxies import Proxy
from ..request_head import is_chunked, request_head
from .answers import PIECE, Answer
from .failures import cause_of, reason_of, translated
from .origins import USUAL_PORTS, Origin

_NO_HEADERS: Final = Headers()

_PROXY_AUTHENTICATION: Final = 407

_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST")
"""What OpenSSL says of a peer that answers in plain text."""

_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
"""Where a socket connects to, in the form of its address family."""


class Connection(HTTPConnection):
    """A connection that keeps the deadline of the request that it carries."""

    progress: Progress
    origin: Origin
    """The server."""
    proxy_to_ask: Proxy | None = None
    """The proxy that it leads to, if it does not lead to the server itself."""

    def converse(self, request: Request, target: str, progress: Progress) -> Answer:
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
            raise translated(error, progress) from cause_of(error)
        if answer.status == _PROXY_AUTHENTICATION and self.proxy_to_ask is not None:
            answer.close()
            raise _refused(self.proxy_to_ask, answer.status, progress)
        progress.facts = evolve(progress.facts, status=answer.status, headers=answer.fields)
        return answer

    def _answer(self, method: str) -> Answer:
        """The answer, once its head was read."""
        answer = Answer(self.progress, self.sock, method=method)
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
        if len(body) <= PIECE:
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
                reason = reason_of(error)
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
            raise self._unreached(reason_of(error)) from error
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
            rest = rest[self._send_some(rest[:PIECE]) :]

    def _send_some(self, data: memoryview) -> int:
        progress = self.progress
        try:
            self.sock.settimeout(progress.patience())
            count = self.sock.send(data)
        except TimeoutError as error:
            raise progress.late("the whole request was sent") from error
        except OSError as error:
            if not progress.sent:
                raise progress.failure(f"the connection broke: {reason_of(error)}") from error
            progress.cut_off = reason_of(error)
            return 0
        progress.sent = True
        return count


class TlsConnection(Connection, HTTPSConnection):
    """The same over TLS, through a tunnel where there is a proxy."""

    def connect(self) -> None:
        """Connect and shake hands, within one connect timeout."""
        if self.proxy_to_ask is not None:
            self.set_tunnel(self.origin.host, self.origin.port or USUAL_PORTS["https"])
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            raise self._distrusted(error.verify_message) from error
        except OSError as error:
            reason = reason_of(error)
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
            with closing(Answer(self.progress, sock, method="CONNECT")) as answer:
                answer.begin()
        except (http.client.HTTPException, OSError, TransportError) as error:
            lost = error if isinstance(error, TransportError) else translated(error, self.progress)
            message = f"the proxy {proxy} did not connect to {self._server}: {lost.message}"
            raise self.progress.error(ProxyError, message) from cause_of(error)
        if not 200 <= answer.status < 300:
            raise _refused(proxy, answer.status, self.progress)
        self.progress.ended = self.progress.surplus = False
        sock.settimeout(settable(patience))  # a TLS handshake comes next

    @property
    def _server(self) -> str:
        return self.origin.with_port

    def _distrusted(self, reason: str) -> Unrepeatable:
        return self.progress.final(f"cannot connect safely to {self._server}: {reason}")


def new_connection(
    origin: Origin, proxy: Proxy | None, context: ssl.SSLContext | None
) -> Connection:
    """A connection to a server, not yet open."""
    at = origin if proxy is None else proxy
    if origin.scheme == "http":
        connection = Connection(at.host, at.port)
    else:
        connection = TlsConnection(at.host, at.port, ssl_context=context)
    connection.origin, connection.proxy_to_ask = origin, proxy
    return connection


# What both have in common.


class _UnreadableUploadError(Exception):
    """The body of a request could not be read, which is no failure of the network."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(reason)
        self.reason = reason


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


def _proxy_headers(proxy: Proxy) -> dict[str, str]:
    """What a proxy is told and no server is."""
    known = proxy.authorization
    return {} if known is None else {"Proxy-Authorization": known}


def _refused(proxy: Proxy, status: int, progress: Progress) -> ProxyRefused:
    wants = ": it wants other credentials" if status == _PROXY_AUTHENTICATION else ""
    progress.sent = False
    return progress.error(ProxyRefused, f"the proxy {proxy} refuses, with {status}{wants}")
