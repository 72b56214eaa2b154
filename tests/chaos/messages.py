"""HTTP/1.1 messages as the bytes that they are: where one ends (RFC 9112, section 6.3).

Only this module knows how messages are framed. They are passed on as they came.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from http.client import HTTPMessage, parse_headers
from typing import Final, Protocol

from attrs import evolve, frozen

_LONGEST_LINE: Final = 64 * 1024
"""Bytes; a line beyond that is none of ours."""


class BrokenMessageError(Exception):
    """The bytes are no HTTP message, or it ended too early."""


class Readable(Protocol):
    """What messages are read from."""

    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...


@frozen
class Message:
    """A request or a reply."""

    head: bytes
    """Start line and fields, up to and with the empty line."""
    body: bytes = b""
    """As it was framed, with the sizes of its chunks."""
    ends_connection: bool = False
    """Whether nothing comes after it on its connection."""

    @property
    def whole(self) -> bytes:
        """All of its bytes."""
        return self.head + self.body

    @property
    def method(self) -> str:
        """The method of a request."""
        return self.head.partition(b" ")[0].decode("latin-1")

    @property
    def status(self) -> int:
        """The status of a reply."""
        return _status(self.head)

    def without(self, names: Collection[str]) -> Message:
        """The same without the fields of some names, which are in small letters."""
        start, *lines = self.head.splitlines(keepends=True)
        kept = [
            line for line in lines if line.partition(b":")[0].lower().decode("latin-1") not in names
        ]
        return evolve(self, head=b"".join([start, *kept]))


def read_request(source: Readable) -> Message | None:
    """The next request, or None when there is no more."""
    head = _read_head(source)
    if not head:
        return None
    fields = _fields(head)
    body = b"".join(_framed_body(source, fields) or ())
    return Message(head, body, _ends_connection(head, fields))


def read_reply(source: Readable, method: str) -> Message:
    """The reply to a request of a method; informational ones before it are passed over."""
    while True:
        head = _read_head(source)
        if not head:
            raise BrokenMessageError("the connection ended before a reply")
        status = _status(head)
        if status >= 200:
            break
    fields = _fields(head)
    ends_connection = _ends_connection(head, fields)
    if method == "HEAD" or status in (204, 304):
        return Message(head, b"", ends_connection)
    pieces = _framed_body(source, fields)
    if pieces is None:
        return Message(head, source.read(), True)
    return Message(head, b"".join(pieces), ends_connection)


def _status(head: bytes) -> int:
    try:
        return int(head.split(None, 2)[1])
    except (IndexError, ValueError):
        raise BrokenMessageError(f"no status line: {head[:60]!r}") from None


def _read_head(source: Readable) -> bytes:
    """Start line and fields, or nothing where the connection has ended."""
    lines: list[bytes] = []
    while not lines or lines[-1].strip():
        line = source.readline(_LONGEST_LINE)
        if not line and not lines:
            return b""
        lines.append(_whole_line(line))
    return b"".join(lines)


def _whole_line(line: bytes) -> bytes:
    if not line.endswith(b"\n"):
        raise BrokenMessageError(f"not a whole line: {line[:60]!r}")
    return line


def _fields(head: bytes) -> HTTPMessage:
    return parse_headers(io.BytesIO(head.partition(b"\n")[2]))


def _framed_body(source: Readable, fields: HTTPMessage) -> Iterator[bytes] | None:
    """The pieces of a body whose end can be told from what came before it, else None."""
    if "chunked" in fields.get("Transfer-Encoding", "").lower():
        return _chunks(source)
    length = fields.get("Content-Length")
    if length is None:
        return None
    if not length.isdecimal():
        raise BrokenMessageError(f"no length: {length!r}")
    return iter([_exactly(source, int(length))])


def _chunks(source: Readable) -> Iterator[bytes]:
    size = None
    while size != 0:
        line = _whole_line(source.readline(_LONGEST_LINE))
        yield line
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            raise BrokenMessageError(f"no size of a chunk: {line[:60]!r}") from None
        if size:
            yield _exactly(source, size + len(b"\r\n"))
    yield _trailer(source)


def _trailer(source: Readable) -> bytes:
    """What follows the last chunk, up to and with the empty line."""
    lines = [_whole_line(source.readline(_LONGEST_LINE))]
    while lines[-1].strip():
        lines.append(_whole_line(source.readline(_LONGEST_LINE)))
    return b"".join(lines)


def _exactly(source: Readable, count: int) -> bytes:
    data = source.read(count)
    if len(data) < count:
        raise BrokenMessageError(f"{len(data)} of {count} bytes came")
    return data


def _ends_connection(head: bytes, fields: HTTPMessage) -> bool:
    """Whether one side says that the connection ends (RFC 9112, section 9.3)."""
    options = [option.strip().lower() for option in fields.get("Connection", "").split(",")]
    start = head.partition(b"\n")[0]
    return "close" in options or (b"HTTP/1.0" in start and "keep-alive" not in options)
