"""Bodies of requests that are read while they are sent, never held as a whole.

Files and iterators give bytes once, where they stand when the call is made. What can be read
again from there can also be sent again, after a failure or a redirect; what cannot is sent once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import TextIOBase
from typing import BinaryIO, Final, TypeGuard

from .errors import RequestError
from .files import ByteSource as ByteSource
from .http import Upload

PIECE: Final = 64 * 1024
"""Bytes of a file that are read and sent at once."""


class FileUpload:
    """The rest of a file, from where it stands."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_begun = False
        self._start: int | None = None
        self._length: int | None = None
        try:
            if file.seekable():
                self._start = file.tell()
                self._length = file.seek(0, 2) - self._start
                file.seek(self._start)
        except OSError:  # a pipe that claims to be more
            self._start = self._length = None

    @property
    def length(self) -> int | None:
        """The bytes from where the file stood; None for pipes and the like."""
        return self._length

    @property
    def can_restart(self) -> bool:
        """Whether the file can go back, or was not read yet."""
        return self._start is not None or not self._is_begun

    def pieces(self) -> Iterator[bytes]:
        """As many bytes as there were when the call was made; raises `RequestError` for fewer."""
        if not self.can_restart:
            raise RequestError("the file of the body can be read only once")
        self._is_begun = True
        if self._start is not None:
            self._file.seek(self._start)
        left = self._length
        while left is None or left > 0:
            piece = self._file.read(PIECE if left is None else min(PIECE, left))
            if not piece:
                break
            yield piece
            left = None if left is None else left - len(piece)
        if left:
            raise RequestError(f"the file of the body ended {left} bytes early")


class IterableUpload:
    """What an iterable gives; one that is an iterator itself gives it once."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = source
        self._is_begun = False

    @property
    def length(self) -> int | None:
        """Nobody knows."""
        return None

    @property
    def can_restart(self) -> bool:
        """Whether it gives a new iterator each time, or was not begun yet."""
        return not (self._is_begun and isinstance(self._source, Iterator))

    def pieces(self) -> Iterator[bytes]:
        """What the iterable gives; raises `RequestError` for what is not bytes."""
        if not self.can_restart:
            raise RequestError("the iterator of the body can be read only once")
        self._is_begun = True
        for piece in self._source:
            if not is_bytes(piece):
                raise RequestError(f"the body has a piece that is not bytes but {_name(piece)}")
            yield bytes(piece)


class JoinedUpload:
    """Bytes and other uploads, one after another."""

    def __init__(self, parts: Iterable[bytes | Upload]) -> None:
        self._parts = tuple(parts)

    @property
    def length(self) -> int | None:
        """The sum, where it is known of all."""
        lengths = [len(one) if isinstance(one, bytes) else one.length for one in self._parts]
        known = [length for length in lengths if length is not None]
        return sum(known) if len(known) == len(lengths) else None

    @property
    def can_restart(self) -> bool:
        """Whether all can."""
        return all(isinstance(one, bytes) or one.can_restart for one in self._parts)

    def pieces(self) -> Iterator[bytes]:
        """Those of all of them."""
        for one in self._parts:
            if isinstance(one, bytes):
                yield one
            else:
                yield from one.pieces()


def body_from(source: object) -> bytes | Upload | None:
    """The body that a `ByteSource` is; None for what is none.

    Raises `RequestError` for a file that is open as text.
    """
    if is_bytes(source):
        return bytes(source)
    if isinstance(source, TextIOBase):
        raise RequestError("a file of the body is open as text; open it with mode 'rb'")
    if _is_file(source):
        return FileUpload(source)
    if _is_iterable(source):
        return IterableUpload(source)
    return None


def whole(body: bytes | Upload | None) -> bytes | None:
    """The same as bytes, for who needs all of it at once."""
    return b"".join(body.pieces()) if isinstance(body, Upload) else body


def is_bytes(value: object) -> TypeGuard[bytes | bytearray | memoryview]:
    """Whether a value is bytes of any kind."""
    return isinstance(value, (bytes, bytearray, memoryview))


def _is_file(value: object) -> TypeGuard[BinaryIO]:
    return callable(getattr(value, "read", None)) and callable(getattr(value, "seekable", None))


def _is_iterable(value: object) -> TypeGuard[Iterable[bytes]]:
    """Whether it may give bytes; what it gives is looked at while it is sent."""
    return isinstance(value, Iterable) and not isinstance(value, (str, Mapping))


def _name(value: object) -> str:
    return type(value).__name__
