"""`Stream`: an answer whose body is read as it arrives, and how a call comes to one.

Only this module knows which answers are streamed; `lines` and `items` know what their bytes make.
It holds no more of a body than one piece, and of text no more than one line or one item.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final, TypeVar, cast

from attrs import define, field, frozen

from .call import Call
from .codec import Codec, codec
from .errors import DecodeError, ExchangeError, Facts, Unrepeatable
from .http import (
    DEFAULT_MAX_RESPONSE_BYTES,
    Headers,
    OpenResponse,
    Request,
    Response,
    StreamingTransport,
    Transport,
)
from .items import Event, EventsAnswer, ItemReader, Items
from .lines import Lines, Texts
from .media_types import charset_of

T = TypeVar("T")

CHUNK_SIZE: Final = 64 * 1024
"""The most bytes that come at once unless told otherwise."""


def as_it_is(error: ExchangeError) -> ExchangeError:
    """The error itself, where nobody knows more of it."""
    return error


class Stream:
    """An answer whose body is still to come; only within `with client.stream(...)`.

    The body is read once, in one of the ways below. Each of them raises `TransportError` where it
    is cut short or too late, and `ValueError` once it was read or the stream was closed. Not safe
    to share between threads.
    """

    def __init__(
        self,
        answer: OpenResponse,
        pieces: Iterator[bytes],
        told: Callable[[ExchangeError], ExchangeError] = as_it_is,
    ) -> None:
        self._answer = answer
        self._pieces = pieces
        self._told = told
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

    def save(self, target: str | PathLike[str] | BinaryIO) -> int:
        """Write the body to a file as it arrives; returns how many bytes there were.

        A file that is named has the whole body or is left as it was: what arrives is written
        beside it, under the same name with `.part`, and put in its place at the end.
        """
        if not isinstance(target, (str, PathLike)):
            return _write(self._begun(), target)
        with at_once(Path(target)) as file:
            return _write(self._begun(), file)

    def iter_events(self) -> Iterator[Event[str]]:
        """The server-sent events as they arrive, their data as text.

        For answers of which the document does not say that they are events; `client.items` reads
        the others.
        """
        reader = EventsAnswer(str).reader(self._head, Facts(), codec)
        return self._read_by(reader)

    def items(
        self,
        call: Call[Items[T]],
        *,
        codec: Codec = codec,
        limit: int = DEFAULT_MAX_RESPONSE_BYTES,
    ) -> Iterator[T]:
        """The items of the answer to a call as they arrive, each of at most `limit` bytes."""
        try:
            reader = call.item_reader(self._head, codec=codec, limit=limit)
        except DecodeError as error:
            raise self._told(error) from None
        return self._read_by(cast("ItemReader[T]", reader))

    def _read_by(self, reader: ItemReader[T]) -> Iterator[T]:
        pieces = self._begun()
        return self._items(reader, pieces)

    def _items(self, reader: ItemReader[T], pieces: Iterator[bytes]) -> Iterator[T]:
        try:
            for piece in pieces:
                yield from reader.feed(piece)
            yield from reader.end()
        except DecodeError as error:
            raise self._told(error) from None

    @property
    def _head(self) -> Response:
        return Response(status=self.status, headers=self.headers)

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


def _write(pieces: Iterator[bytes], file: BinaryIO) -> int:
    size = 0
    for piece in pieces:
        file.write(piece)
        size += len(piece)
    return size


def _cut(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), size):
            yield piece[start : start + size]


def _text(pieces: Iterator[bytes], charset: str) -> Iterator[str]:
    texts = Texts(charset)
    for piece in pieces:
        text = texts.feed(piece)
        if text:
            yield text
    rest = texts.end()
    if rest:
        yield rest


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    lines = Lines()
    for piece in pieces:
        yield from lines.feed(piece)
    yield from lines.end()


@contextmanager
def at_once(path: Path) -> Generator[BinaryIO, None, None]:
    """A file that gets its name when it is whole; until then, and if it fails, all stays as it was."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


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

    def answer(self, response: Response, *, codec: Codec) -> OpenResponse:
        """The answer to stream; raises what another one means to `Call.decode`."""
        if self._opened is not None:
            return self._opened
        if not is_streamed(self.call, response.status):
            self.call.decode(response, codec=codec)
        return _WholeAnswer(response)

    def close(self) -> None:
        """Let go of the answer to stream, if there is one."""
        if self._opened is not None:
            self._opened.close()


def is_streamed(call: Call[object], status: int) -> bool:
    """Whether the body of such an answer to a call is left for who reads the stream."""
    # An error may be followed by another try, so it is read at once.
    return call.gives_value(status)


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
