"""`File`: what a part of a multipart body holds that is a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os.path import basename
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from attrs import Factory, field, frozen

if TYPE_CHECKING:
    from .http import Upload

ByteSource: TypeAlias = bytes | BinaryIO | Iterable[bytes]
"""Bytes, a binary file, or what gives bytes one piece after another."""


def _name_of(data: ByteSource) -> str:
    """What an open file is called in its folder."""
    path: object = getattr(data, "name", None)  # of a pipe, a number
    return basename(path) or "file" if isinstance(path, str) else "file"


@frozen
class File:
    """A file to send, or one that came."""

    data: ByteSource = field(repr=False)
    """Its bytes, or what they are read from while the call is sent: an open file, from where it
    stands, or an iterable of bytes."""
    name: str = Factory(lambda self: _name_of(self.data), takes_self=True)
    """What the receiver is told it is called: as an open file is, or else `file`."""
    media_type: str | None = None
    """None sends what the document says, of several what `name` stands for, or else
    `application/octet-stream`."""
    headers: Mapping[str, str] = field(factory=dict[str, str], hash=False)
    """The header fields of its part besides `Content-Disposition` and `Content-Type`."""

    @property
    def body(self) -> bytes | Upload:
        """The bytes, or what reads them; raises `RequestError` for data that gives no bytes."""
        # The codec knows this class, and does without what sending calls needs.
        from .errors import RequestError
        from .uploads import body_from

        body = body_from(self.data)
        if body is None:
            kind = type(self.data).__name__
            raise RequestError(f"the file {self.name!r} has data that is no bytes but a {kind}")
        return body

    def read(self) -> bytes:
        """The bytes; a stream gives them only once."""
        from .uploads import whole

        return whole(self.body) or b""
