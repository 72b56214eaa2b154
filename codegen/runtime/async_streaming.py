"""`AsyncStream`: an answer whose body is read as it arrives, without keeping other tasks waiting.

The asynchronous form of `streaming`: which answers are streamed is decided there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from attrs import define, field, frozen

from .async_http import AsyncOpenResponse, AsyncStreamingTransport, AsyncTransport
from .call import Call
from .errors import Facts, Unrepeatable
from .http import Headers, Request, Response
from .lines import Lines, Texts
from .media_types import charset_of
from .streaming import CHUNK_SIZE, is_streamed


class AsyncStream:
    """An answer whose body is still to come; only within `async with client.stream(...)`.

    The body is read once, in one of the four ways. Each of them raises `TransportError` where it
    is cut short or too late, and `ValueError` once it was read or the stream was closed. For one
    task at a time.
    """

    def __init__(self, answer: AsyncOpenResponse, pieces: AsyncIterator[bytes]) -> None:
        self._answer = answer
        self._pieces = pieces
        self._is_read = False
        self._is_closed = False

    def __repr__(self) -> str:
        return f"AsyncStream(status={self.status})"

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._answer.status

    @property
    def headers(self) -> Headers:
        """The header fields."""
        return self._answer.headers

    def iter_bytes(self, chunk_size: int = CHUNK_SIZE) -> AsyncGenerator[bytes]:
        """The decoded bytes as they arrive: never empty, and at most `chunk_size` at once."""
        if chunk_size < 1:
            raise ValueError(f"chunk_size is {chunk_size}; it has to be 1 or more")
        return _cut(self._begun(), chunk_size)

    def iter_text(self) -> AsyncGenerator[str]:
        """The text as it arrives, with U+FFFD for what is none.

        In the encoding that `Content-Type` names, or else UTF-8.
        """
        return _text(self._begun(), Texts(charset_of(self.headers.get("Content-Type", ""))))

    def iter_lines(self) -> AsyncGenerator[str]:
        """The lines of the text as they arrive, without their ends: CR LF, LF or CR."""
        return _lines(self.iter_text(), Lines())

    async def read(self) -> bytes:
        """The whole body, however large."""
        return b"".join([piece async for piece in self._begun()])

    async def aclose(self) -> None:
        """Let go of the answer; what is still to come of it is lost, with its connection."""
        self._is_closed = True
        await self._answer.aclose()

    def _begun(self) -> AsyncGenerator[bytes]:
        """The pieces of the body, for the one who reads it."""
        if self._is_closed:
            raise ValueError("the stream is closed")
        if self._is_read:
            raise ValueError("the body of the stream is read only once")
        self._is_read = True
        return self._arriving()

    async def _arriving(self) -> AsyncGenerator[bytes]:
        # A closed answer would look like one that ended.
        while not self._is_closed:
            piece = await anext(self._pieces, None)
            if piece is None:
                return
            if piece:
                yield piece
        raise ValueError("the stream is closed")


async def _cut(pieces: AsyncIterator[bytes], size: int) -> AsyncGenerator[bytes]:
    async for piece in pieces:
        for start in range(0, len(piece), size):
            yield piece[start : start + size]


async def _text(pieces: AsyncIterator[bytes], texts: Texts) -> AsyncGenerator[str]:
    async for piece in pieces:
        text = texts.feed(piece)
        if text:
            yield text
    rest = texts.end()
    if rest:
        yield rest


async def _lines(pieces: AsyncIterator[str], lines: Lines) -> AsyncGenerator[str]:
    async for piece in pieces:
        for line in lines.feed(piece):
            yield line
    for line in lines.end():
        yield line


@define
class AsyncOpening:
    """Carries the requests of a call until there is an answer whose body is streamed."""

    transport: AsyncTransport
    call: Call[object]
    _opened: AsyncOpenResponse | None = field(default=None, init=False)

    async def send(self, request: Request) -> Response:
        """The answer; of one that is streamed, what is there before its body."""
        if not isinstance(self.transport, AsyncStreamingTransport):
            return await self.transport.send(request)
        answer = await self.transport.open(request)
        if is_streamed(self.call, answer.status):
            self._opened = answer
            return Response(status=answer.status, headers=answer.headers)
        try:
            body = b"".join([piece async for piece in answer.pieces(request.max_response_bytes)])
            return Response(status=answer.status, headers=answer.headers, body=body)
        finally:
            await answer.aclose()

    def answer(self, response: Response, *, lenient: bool) -> AsyncOpenResponse:
        """The answer to stream; raises what another one means to `Call.decode`."""
        if self._opened is not None:
            return self._opened
        if not is_streamed(self.call, response.status):
            self.call.decode(response, lenient=lenient)
        return _WholeAnswer(response)

    async def aclose(self) -> None:
        """Let go of the answer to stream, if there is one."""
        if self._opened is not None:
            await self._opened.aclose()


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

    async def pieces(self, limit: int | None) -> AsyncGenerator[bytes]:
        """The body in one piece; raises `Unrepeatable` where it is too long."""
        body = self.response.body
        if limit is not None and len(body) > limit:
            facts = Facts(status=self.status, headers=self.headers)
            message = f"the answer has {len(body)} bytes; at most {limit} are read"
            raise Unrepeatable(message, facts)
        yield body

    async def aclose(self) -> None:
        """Nothing: all of it is there."""
