"""`File`: what a part of a multipart body holds that is a file."""

from __future__ import annotations

from typing import BinaryIO

from attrs import field, frozen


@frozen
class File:
    """A file to send, or one that came."""

    data: bytes | BinaryIO = field(repr=False)
    """Its bytes, or what they are read from when the call is made, from where it stands."""
    name: str = "file"
    """What the receiver is told it is called."""
    media_type: str | None = None
    """None sends what the document says, or else `application/octet-stream`."""

    def read(self) -> bytes:
        """The bytes; a stream gives them only once."""
        return self.data if isinstance(self.data, bytes) else self.data.read()
