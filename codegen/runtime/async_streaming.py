"""`AsyncStream`: an answer whose body is read as it arrives, without keeping other tasks waiting.

The asynchronous form of `streaming`: which answers are streamed is decided there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from attrs import define, field, frozen

from .async_http import AsyncOpenResponse, AsyncStreamingTransport, AsyncTransport
from .async_io import to_its_end_in_thread
from .call import Call
from .codec import Codec, codec
from .errors import DecodeError, ExchangeError, Facts, Unrepeatable
from .http import DEFAULT_MAX_RESPONSE_BYTES, Headers, Request, Response
from .items import Event, EventsAnswer, ItemReader, Items
from .lines import Lines, Texts
from .media_types import charset_of
from .streaming import CHUNK_SIZE, as_it_is, at_once, is_streamed

T = TypeVar("T")


class AsyncStream:
    """An answer whose body is still to come; only within `async with client.stream(...)`.

    The body is read once, in one of the ways below. Each of them raises `TransportError` where it
    is cut short or too late, and `ValueError` once it was read or the stream was closed. For one
    task at a time.
    """

    def __init__(
        self,
        answer: AsyncOpenResponse,
        pieces: AsyncIterator[bytes],
        told: Callable[[ExchangeError], ExchangeError] = as_it_is,
    ) -> None:
        self._answer = answer
        self._pieces = pieces
        self._told = told
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

    def iter_bytes(self, chunk_size: int = CHUNK_SIZE) -> AsyncIterator[bytes]:
        """The decoded bytes as they arrive: never empty, and at most `chunk_size` at once."""
        if chunk_size < 1:
            raise ValueError(f"chunk_size is {chunk_size}; it has to be 1 or more")

        def cut(piece: bytes) -> Iterator[bytes]:
            return (piece[at : at + chunk_size] for at in range(0, len(piece), chunk_size))

        return self._read_by(cut, _nothing)

    def iter_text(self) -> AsyncIterator[str]:
        """The text as it arrives, with U+FFFD for what is none.

        In the encoding that `Content-Type` names, or else UTF-8.
        """
        texts = self._texts

        def text(piece: bytes) -> Iterator[str]:
            return filter(None, [texts.feed(piece)])

        return self._read_by(text, lambda: filter(None, [texts.end()]))

    def iter_lines(self) -> AsyncIterator[str]:
        """The lines of the text as they arrive, without their ends: CR LF, LF or CR."""
        texts, lines = self._texts, Lines()

        def ended(piece: bytes) -> Iterator[str]:
            return iter(lines.feed(texts.feed(piece)))

        return self._read_by(ended, lambda: iter([*lines.feed(texts.end()), *lines.end()]))

    async def read(self) -> bytes:
        """The whole body, however large."""
        return b"".join([piece async for piece in self.iter_bytes()])

    async def save(self, target: str | PathLike[str] | BinaryIO) -> int:
        """Write the body to a file as it arrives; returns how many bytes there were.

        A file that is named has the whole body or is left as it was, as with `Stream.save`.
        """
        if not isinstance(target, (str, PathLike)):
            return await self._write(target)
        with at_once(Path(target)) as file:
            return await self._write(file)

    async def _write(self, file: BinaryIO) -> int:
        size = 0
        async for piece in self.iter_bytes():
            await to_its_end_in_thread(partial(file.write, piece))
            size += len(piece)
        return size

    def iter_events(self) -> AsyncIterator[Event[str]]:
        """The server-sent events as they arrive, their data as text.

        For answers of which the document does not say that they are events; `client.items` reads
        the others.
        """
        reader = EventsAnswer(str).reader(self._head, Facts(), codec)
        return self._read_by(reader.feed, reader.end)

    def items(
        self,
        call: Call[Items[T]],
        *,
        codec: Codec = codec,
        limit: int = DEFAULT_MAX_RESPONSE_BYTES,
    ) -> AsyncIterator[T]:
        """The items of the answer to a call as they arrive, each of at most `limit` bytes."""
        try:
            reader = call.item_reader(self._head, codec=codec, limit=limit)
        except DecodeError as error:
            raise self._told(error) from None
        known = cast("ItemReader[T]", reader)
        return self._read_by(known.feed, known.end)

    @property
    def _texts(self) -> Texts:
        return Texts(charset_of(self.headers.get("Content-Type", "")))

    @property
    def _head(self) -> Response:
        return Response(status=self.status, headers=self.headers)

    async def aclose(self) -> None:
        """Let go of the answer; what is still to come of it is lost, with its connection."""
        self._is_closed = True
        await self._answer.aclose()

    def _read_by(
        self, feed: Callable[[bytes], Iterator[T]], end: Callable[[], Iterator[T]]
    ) -> AsyncIterator[T]:
        """What the pieces of the body make, for the one who reads it."""
        if self._is_closed:
            raise ValueError("the stream is closed")
        if self._is_read:
            raise ValueError("the body of the stream is read only once")
        self._is_read = True
        return _Reading(self._next, feed, end, self._told)

    async def _next(self) -> bytes | None:
        """The next piece; None at the end."""
        if self._is_closed:  # a closed answer would look like one that ended
            raise ValueError("the stream is closed")
        return await anext(self._pieces, None)


def _nothing() -> Iterator[bytes]:
    return iter(())


class _Reading(AsyncIterator[T]):
    """What the pieces of a body make, one after another.

    No generator, since who leaves it early would have to close that.
    """

    def __init__(
        self,
        next_piece: Callable[[], Awaitable[bytes | None]],
        feed: Callable[[bytes], Iterator[T]],
        end: Callable[[], Iterator[T]],
        told: Callable[[ExchangeError], ExchangeError],
    ) -> None:
        self._next_piece = next_piece
        self._feed = feed
        self._end = end
        self._told = told
        self._made: Iterator[T] = iter(())
        self._is_done = False

    async def __anext__(self) -> T:
        while True:
            try:
                for value in self._made:
                    return value
            except DecodeError as error:
                raise self._told(error) from None
            if self._is_done:
                raise StopAsyncIteration
            piece = await self._next_piece()
            self._is_done = piece is None
            self._made = self._end() if piece is None else self._feed(piece)


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

    def answer(self, response: Response, *, codec: Codec) -> AsyncOpenResponse:
        """The answer to stream; raises what another one means to `Call.decode`."""
        if self._opened is not None:
            return self._opened
        if not is_streamed(self.call, response.status):
            self.call.decode(response, codec=codec)
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
