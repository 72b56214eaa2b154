"""`Connection`: HTTP/1.1 messages on one connection, read and written by h11.

The only module that knows h11; `async_io` moves the bytes. An answer is taken at its word or not
at all: a head that leaves open where the answer ends is refused, and so is a body that ends
before it should. `TransportError.sent` goes by whether bytes were given to a socket.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from functools import partial
from typing import Final

import h11
from attrs import evolve, frozen

from .async_io import PIECE, Wire, alongside, give_way, in_thread
from .deadline import Deadline
from .errors import TransportError
from .http import Headers, Request, Upload
from .progress import Progress, settable

_LONGEST_HEAD: Final = 64 * 1024
"""Bytes that status line and header fields may take."""

_SHOWN: Final = 60
"""How much is told of what is no HTTP."""

_BEGINNING: Final = b"HTTP/"
"""How each answer begins."""

_CLOCK_GRAIN: Final = 0.05
"""Seconds by which a wait may be early."""

_WITH_BODY: Final = ("POST", "PUT", "PATCH")
"""Methods whose requests say that their body is empty (RFC 9110, section 8.6)."""


@frozen
class Head:
    """The head of an answer."""

    status: int
    headers: Headers
    has_two_lengths: bool
    """Whether it says in two ways how long its body is, so that one is a lie."""


class Connection:
    """A connection, and the messages on it, one exchange after another."""

    def __init__(self, wire: Wire, host: str) -> None:
        self._wire = wire
        self._host = host
        """What `Host` is."""
        self._messages = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._first = b""
        """How what has arrived begins."""
        self._moved = 0.0
        """When bytes left or arrived last."""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come since the last answer, not even the end."""
        return self._wire.is_quiet

    async def close(self) -> None:
        """Close it at once."""
        await self._wire.close()

    def renew(self) -> bool:
        """Stand ready for another request; False if the connection cannot carry one."""
        messages = self._messages
        if messages.our_state is not h11.DONE or messages.their_state is not h11.DONE:
            return False
        if messages.trailing_data != (b"", False):
            return False  # what nobody asked for may be meant as the answer to what comes next
        messages.start_next_cycle()
        return True

    # Requests.

    async def converse(
        self, request: Request, target: str, more: Headers, progress: Progress
    ) -> Head:
        """Send the request, with some more fields, and read the head of its answer.

        Raises `TransportError`, and what the body of the request raises while it is read.
        """
        self._first = b""
        self._moved = time.monotonic()
        head = self._head_of(request, target, more, progress)
        body = b"" if request.body is None else request.body
        if isinstance(body, bytes) and len(body) <= PIECE:
            await self._send(head + self._framed(body), progress)
            return await self._answered(progress)
        return await self._answered_meanwhile(head, body, progress)

    async def _answered_meanwhile(
        self, head: bytes, body: bytes | Upload, progress: Progress
    ) -> Head:
        """The head of an answer that may come before the whole body was sent.

        A server may refuse a long body before it has read it, and then takes no more.
        """
        failures: list[Exception] = []

        async def send() -> None:
            try:
                await self._send_long(head, body, progress)
            except Exception as error:
                failures.append(error)

        def has_failed() -> bool:
            return bool(failures)

        try:
            answer = await alongside(send, partial(self._answered, progress), has_failed)
        except TransportError:
            if failures:
                raise failures[0] from None
            raise
        if answer is None:
            raise failures[0]
        if self._messages.our_state is not h11.DONE:
            progress.cut_off = "it has answered already"
        return answer

    def _head_of(self, request: Request, target: str, more: Headers, progress: Progress) -> bytes:
        own = {"Host": self._host, "Accept-Encoding": "gzip"}
        body = b"" if request.body is None else request.body
        length = len(body) if isinstance(body, bytes) else body.length
        if length is None:
            own["Transfer-Encoding"] = "chunked"
        elif request.body is not None or request.method in _WITH_BODY:
            own["Content-Length"] = str(length)
        try:
            fields = [
                (name.encode("ascii"), value.encode("latin-1"))
                for name, value in Headers(own).merged(request.headers).merged(more).items()
            ]
            event = h11.Request(method=request.method, target=target, headers=fields)
            return self._messages.send(event) or b""
        except (h11.LocalProtocolError, UnicodeError):
            # Their texts quote header values, which may be secrets.
            raise progress.final(
                "the method, the URL or a header field holds characters that HTTP forbids"
            ) from None

    def _framed(self, piece: bytes, *, is_last: bool = True) -> bytes:
        """A piece of the body as it goes over the wire."""
        data = (self._messages.send(h11.Data(data=piece)) or b"") if piece else b""
        return data + (self._messages.send(h11.EndOfMessage()) or b"") if is_last else data

    async def _send_long(self, head: bytes, body: bytes | Upload, progress: Progress) -> None:
        await self._send(head, progress)
        async with aclosing(_pieces(body)) as pieces:
            async for piece in pieces:
                # To send to a server that has reset the connection would lose what it said before.
                while not self._wire.is_quiet:
                    await give_way()
                if progress.cut_off is not None:
                    return
                await self._send(self._framed(piece, is_last=False), progress)
        if progress.cut_off is None:
            await self._send(self._framed(b""), progress)

    async def _send(self, data: bytes, progress: Progress) -> None:
        """Send bytes of the request.

        That the server takes no more is no failure yet: it may have answered early, such as 413
        to a body that is too large.
        """
        if not data:
            return
        seconds = self._patience(progress)
        progress.sent = True
        try:
            await self._wire.send(data, seconds)
        except TimeoutError as error:
            raise progress.late("the whole request was sent") from error
        except OSError as error:
            progress.cut_off = reason_of(error)
        self._moved = time.monotonic()

    # Answers.

    async def _answered(self, progress: Progress) -> Head:
        """The head of the answer, past any interim ones (RFC 9110, section 15.2)."""
        length = 0
        while True:
            try:
                event = self._messages.next_event()
            except h11.RemoteProtocolError as error:
                raise self._garbled(error, progress) from error
            if event is h11.NEED_DATA:
                data = await self._receive(progress)
                self._first = (self._first + data[:_SHOWN])[:_SHOWN]
                if not data:
                    raise self._ended(progress)
                self._messages.receive_data(data)
                length += len(data)
                continue
            rest = len(self._messages.trailing_data[0])
            if length - rest > _LONGEST_HEAD:  # h11 itself bounds only what arrives in pieces
                raise progress.final(f"the head of the answer has over {_LONGEST_HEAD} bytes")
            length = rest
            if isinstance(event, h11.Response):
                return _noted(event, progress)

    def _ended(self, progress: Progress) -> TransportError:
        if progress.cut_off is not None:
            return progress.failure(f"the server stopped taking the request: {progress.cut_off}")
        if not self._first:
            return progress.failure("the server closed the connection without an answer")
        return self._foreign(progress) or progress.failure(
            "the connection ended within the head of the answer"
        )

    def _foreign(self, progress: Progress) -> TransportError | None:
        """The error for what does not begin as an answer does."""
        if self._first.startswith(_BEGINNING[: len(self._first)]):
            return None
        shown = self._first.partition(b"\r\n")[0].decode("latin-1")
        return progress.failure(f"the server does not answer in HTTP: {shown!r}")

    def _garbled(self, error: h11.RemoteProtocolError, progress: Progress) -> TransportError:
        return self._foreign(progress) or progress.final(
            f"the head of the answer is not accepted: {_named(error)}"
        )

    async def body(self, progress: Progress) -> AsyncGenerator[bytes]:
        """The body of the answer as it arrives, still encoded."""
        while True:
            try:
                event = self._messages.next_event()
            except h11.RemoteProtocolError as error:
                message = f"the body of the answer is cut short or garbled: {_named(error)}"
                raise progress.failure(message) from error
            if isinstance(event, h11.Data):
                progress.note_piece()
                yield bytes(event.data)
            elif event is h11.NEED_DATA:
                self._messages.receive_data(await self._receive(progress))
            else:
                return

    async def _receive(self, progress: Progress) -> bytes:
        """What arrives next; none at the end."""
        while True:
            try:
                data = await self._wire.receive(self._patience(progress))
            except TimeoutError as error:
                if (self._patience(progress) or _CLOCK_GRAIN) > _CLOCK_GRAIN:
                    continue  # bytes of the request have left since
                raise progress.late("the whole answer") from error
            except OSError as error:
                if progress.cut_off is not None:
                    raise self._ended(progress) from error
                raise progress.failure(f"the connection broke: {reason_of(error)}") from error
            break
        self._moved = time.monotonic()
        progress.arrivals_left -= len(data)
        if progress.arrivals_left < 0:
            raise progress.final("the server sends far more than the answer may have")
        return data

    def _patience(self, progress: Progress) -> float | None:
        """Seconds that the next arrival or departure of bytes may take, since the last one."""
        whole, read = progress.patience(), progress.timeout.read
        if whole is None or read is None:
            return whole
        return settable(min(whole, self._moved + read - time.monotonic()))


async def tunnel_status(wire: Wire, server: str, fields: Headers, within: Deadline) -> int:
    """What a proxy answers that is asked to connect (RFC 9110, section 9.3.6).

    Raises `OSError` where it does not, with a reason.
    """
    messages = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
    headers = list(Headers({"Host": server}).merged(fields).items())
    request = h11.Request(method="CONNECT", target=server, headers=headers)
    try:
        await wire.send(messages.send(request) or b"", settable(within.left))
        while True:
            event = messages.next_event()
            if isinstance(event, h11.Response):
                return event.status_code
            if event is h11.NEED_DATA:
                data = await wire.receive(settable(within.left))
                if not data:
                    raise ConnectionError("it closed the connection")
                messages.receive_data(data)
    except h11.RemoteProtocolError as error:
        raise ConnectionError("it does not answer in HTTP") from error


async def _pieces(body: bytes | Upload) -> AsyncGenerator[bytes]:
    """A body in pieces; those of an upload are read in a thread, since that may take a while."""
    if isinstance(body, bytes):
        view = memoryview(body)
        for start in range(0, len(body), PIECE):
            yield bytes(view[start : start + PIECE])
        return
    pieces = iter(body.pieces())
    while True:
        piece = await in_thread(partial(next, pieces, None))
        if piece is None:
            return
        if piece:
            yield piece


def _noted(event: h11.Response, progress: Progress) -> Head:
    fields: Iterable[tuple[bytes, bytes]] = event.headers.raw_items()
    headers = Headers([(name.decode("ascii"), value.decode("latin-1")) for name, value in fields])
    progress.facts = evolve(progress.facts, status=event.status_code, headers=headers)
    has_two_lengths = "Transfer-Encoding" in headers and "Content-Length" in headers
    return Head(event.status_code, headers, has_two_lengths)


def _named(error: h11.RemoteProtocolError) -> str:
    """What h11 finds wrong, in one line that is not too long."""
    return " ".join(str(error).split())[:120]


def reason_of(error: Exception) -> str:
    """What the system says of a failure, without numbers and addresses of objects."""
    if isinstance(error, TimeoutError):
        return "nothing answered in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
