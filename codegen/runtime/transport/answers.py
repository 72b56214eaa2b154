"""What arrives on a connection, within its time and its bytes, and taken at its word or not at all."""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

from attrs import frozen
from urllib3.exceptions import HTTPError
from urllib3.util.response import assert_header_parsing

from ..bodies import BodyError, Decoder, RefusedBodyError
from ..errors import TransportError
from ..http import Headers
from ..progress import Progress
from .failures import reason_of

if TYPE_CHECKING:
    from typing_extensions import Buffer

PIECE: Final = 64 * 1024
"""Bytes that are read or sent at once."""

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
                    f"the server refuses the certificate that it is shown: {reason_of(error)}"
                ) from error
            raise progress.failure(f"the connection broke: {reason_of(error)}") from error
        progress.arrivals_left -= count
        progress.ended = count == 0
        return count


class _Arrivals(io.BufferedReader):
    """The same, buffered; tells at the end whether more came than was read."""

    def __init__(self, wire: _Wire, progress: Progress) -> None:
        super().__init__(wire, PIECE)
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


_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class Answer(http.client.HTTPResponse):
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

    @property
    def fields(self) -> Headers:
        """The header fields, each in one line."""
        return Headers([(name, _unfolded(value)) for name, value in self.headers.items()])

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


def decoded(answer: Answer, limit: int | None, progress: Progress) -> Iterator[bytes]:
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


def _encoded_pieces(answer: Answer, progress: Progress) -> Iterator[bytes]:
    """The body as it arrives, never waiting for a piece to be full."""
    while piece := answer.read1(PIECE):
        progress.note_piece()
        yield piece
    if answer.chunked and progress.ended:
        raise progress.failure("the connection ended before the last chunk of the answer")
    if answer.length:
        raise progress.failure("the body of the answer is cut short or garbled")


def _unfolded(value: str) -> str:
    """The value of a field that was folded, as one line (RFC 9112, section 5.2)."""
    return " ".join(line.strip() for line in value.splitlines()) if "\n" in value else value
