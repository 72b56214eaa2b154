"""`File`: what a part of a multipart body holds that is a file."""

from __future__ import annotations

from attrs import field, frozen

from .errors import RequestError
from .http import Upload
from .uploads import ByteSource, body_from, whole


@frozen
class File:
    """A file to send, or one that came."""

    data: ByteSource = field(repr=False)
    """Its bytes, or what they are read from while the call is sent: an open file, from where it
    stands, or an iterable of bytes."""
    name: str = "file"
    """What the receiver is told it is called."""
    media_type: str | None = None
    """None sends what the document says, or else `application/octet-stream`."""

    @property
    def body(self) -> bytes | Upload:
        """The bytes, or what reads them; raises `RequestError` for data that gives no bytes."""
        body = body_from(self.data)
        if body is None:
            kind = type(self.data).__name__
            raise RequestError(f"the file {self.name!r} has data that is no bytes but a {kind}")
        return body

    def read(self) -> bytes:
        """The bytes; a stream gives them only once."""
        return whole(self.body) or b""
