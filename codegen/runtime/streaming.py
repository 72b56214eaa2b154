"""`Stream`: an answer whose body is read as it arrives, and how a call comes to one.

Only this module knows which answers are streamed, and how arriving bytes become text and lines.
It holds no more of a body than one piece, and of text no more than one line.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import closing
from io import IncrementalNewlineDecoder
from typing import Final

from attrs import define, field, frozen

from .call import Call
from .errors import Facts, Unrepeatable
from .http import Headers, OpenResponse, Request, Response, StreamingTransport, Transport
from .media_types import charset_of

CHUNK_SIZE: Final = 64 * 1024
"""The most bytes that come at once unless told otherwise."""


class Stream:
    """An answer whose body is still to come; only within `with client.stream(...)`.

    The body is read once, in one of the four ways. Each of them raises `TransportError` where it
    is cut short or too late, and `ValueError` once it was read or the stream was closed. Not safe
    to share between threads.
    """

    def __init__(self, answer: OpenResponse, pieces: Iterator[bytes]) -> None:
        self._answer = answer
        self._pieces = pieces
        self._is_read = False
        self._is_closed = False

    def __repr__(self) -> str:
        return f"Stream(status={self.status})"

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._answer.status

    @property
    def headers(self) -> Headers:
        """The header fields."""
        return self._answer.headers

    def iter_bytes(self, chunk_size: int = CHUNK_SIZE) -> Iterator[bytes]:
        """The decoded bytes as they arrive: never empty, and at most `chunk_size` at once."""
        if chunk_size < 1:
            raise ValueError(f"chunk_size is {chunk_size}; it has to be 1 or more")
        return _cut(self._begun(), chunk_size)

    def iter_text(self) -> Iterator[str]:
        """The text as it arrives, with U+FFFD for what is none.

        In the encoding that `Content-Type` names, or else UTF-8.
        """
        return _text(self._begun(), charset_of(self.headers.get("Content-Type", "")))

    def iter_lines(self) -> Iterator[str]:
        """The lines of the text as they arrive, without their ends: CR LF, LF or CR."""
        return _lines(self.iter_text())

    def read(self) -> bytes:
        """The whole body, however large."""
        return b"".join(self._begun())

    def close(self) -> None:
        """Let go of the answer; what is still to come of it is lost, with its connection."""
        self._is_closed = True
        self._answer.close()

    def _begun(self) -> Iterator[bytes]:
        """The pieces of the body, for the one who reads it."""
        if self._is_closed:
            raise ValueError("the stream is closed")
        if self._is_read:
            raise ValueError("the body of the stream is read only once")
        self._is_read = True
        return self._arriving()

    def _arriving(self) -> Iterator[bytes]:
        # A closed answer would look like one that ended.
        while not self._is_closed:
            piece = next(self._pieces, None)
            if piece is None:
                return
            if piece:
                yield piece
        raise ValueError("the stream is closed")


def _cut(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), size):
            yield piece[start : start + size]


def _text(pieces: Iterator[bytes], charset: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(charset)("replace")
    for piece in pieces:
        text = decoder.decode(piece)
        if text:
            yield text
    rest = decoder.decode(b"", final=True)
    if rest:
        yield rest


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    # `str.splitlines` would end lines at eight more characters, which JSON may hold.
    begun: list[str] = []
    for piece in _with_plain_ends(pieces):
        rest, *others = piece.split("\n")
        begun.append(rest)
        for other in others:
            yield "".join(begun)
            begun = [other]
    if any(begun):
        yield "".join(begun)


def _with_plain_ends(pieces: Iterator[str]) -> Iterator[str]:
    """The same with LF at the end of every line."""
    newlines = IncrementalNewlineDecoder(None, translate=True)
    for piece in pieces:
        yield newlines.decode(piece)
    yield newlines.decode("", final=True)


@define
class Opening:
    """Carries the requests of a call until there is an answer whose body is streamed."""

    transport: Transport
    call: Call[object]
    _opened: OpenResponse | None = field(default=None, init=False)

    def send(self, request: Request) -> Response:
        """The answer; of one that is streamed, what is there before its body."""
        if not isinstance(self.transport, StreamingTransport):
            return self.transport.send(request)
        answer = self.transport.open(request)
        if is_streamed(self.call, answer.status):
            self._opened = answer
            return Response(status=answer.status, headers=answer.headers)
        with closing(answer):
            body = b"".join(answer.pieces(request.max_response_bytes))
            return Response(status=answer.status, headers=answer.headers, body=body)

    def answer(self, response: Response, *, lenient: bool) -> OpenResponse:
        """The answer to stream; raises what another one means to `Call.decode`."""
        if self._opened is not None:
            return self._opened
        if not is_streamed(self.call, response.status):
            self.call.decode(response, lenient=lenient)
        return _WholeAnswer(response)

    def close(self) -> None:
        """Let go of the answer to stream, if there is one."""
        if self._opened is not None:
            self._opened.close()


def is_streamed(call: Call[object], status: int) -> bool:
    """Whether the body of such an answer to a call is left for who reads the stream."""
    # An error may be followed by another try, so it is read whatever its description says.
    return status < 400 and call.gives_value(status)


@frozen
class _WholeAnswer:
    """An answer that is there already."""

    response: Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def headers(self) -> Headers:
        """The header fields."""
        return self.response.headers

    def pieces(self, limit: int | None) -> Iterator[bytes]:
        """The body in one piece; raises `Unrepeatable` where it is too long."""
        body = self.response.body
        if limit is not None and len(body) > limit:
            facts = Facts(status=self.status, headers=self.headers)
            message = f"the answer has {len(body)} bytes; at most {limit} are read"
            raise Unrepeatable(message, facts)
        yield body

    def close(self) -> None:
        """Nothing: all of it is there."""
