"""The bytes of an answer's body as they arrive: unpacked, bounded, and refused where they lie.

Pure: `Decoder` is given what arrives and gives what it means, whoever reads the wire. It holds
no more of a body than one piece, so that neither a body without end nor one that unpacks into
gigabytes takes more memory than it may.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

PIECE: Final = 64 * 1024
"""Bytes that are unpacked at once."""

_GZIP: Final = zlib.MAX_WBITS | 16
"""What zlib calls gzip."""


class BodyError(Exception):
    """A body that is not what it claims to be: another try may bring it."""


class RefusedBodyError(BodyError):
    """A body that is not read, however often it is sent."""


class Decoder:
    """Unpacks one body; `limit` bounds its decoded bytes, None does not.

    Raises `RefusedBodyError` for a coding that is neither none nor gzip (RFC 9110, section 8.4),
    and for a `length`, the `Content-Length` if there is one, that is over the limit already.
    """

    def __init__(self, coding: str, limit: int | None, length: int | None = None) -> None:
        name = coding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise RefusedBodyError(f"the answer has the unknown content coding {name[:40]!r}")
        self._limit = limit
        self._left = limit
        self._inflater = zlib.decompressobj(_GZIP) if "gzip" in name else None
        self._is_whole = True
        if self._inflater is None and limit is not None and (length or 0) > limit:
            raise RefusedBodyError(f"the answer has {length} bytes; at most {limit} are read")

    def decoded(self, data: bytes) -> Iterator[bytes]:
        """What some more bytes of the body stand for, in pieces; to be taken whole.

        Raises `BodyError` for what is not gzip, `RefusedBodyError` for more than the limit.
        """
        pieces = [data] if self._inflater is None else self._inflated(data)
        for piece in pieces:
            if self._left is not None:
                self._left -= len(piece)
                if self._left < 0:
                    limit = self._limit
                    raise RefusedBodyError(
                        f"the answer has more than the {limit} bytes that are read"
                    )
            if piece:
                yield piece

    def end(self) -> None:
        """Note that no more will come; raises `BodyError` where some is missing."""
        if not self._is_whole:
            raise BodyError("the gzip of the answer is cut short")

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        """The bytes that gzip packed (RFC 1952), in pieces of at most `PIECE` bytes."""
        has_more = bool(data)
        while has_more:
            if self._inflater is None or self._inflater.eof:  # another member follows
                self._inflater = zlib.decompressobj(_GZIP)
            inflater = self._inflater
            try:
                piece = inflater.decompress(data, PIECE)
            except zlib.error as error:
                raise BodyError("the answer is not the gzip that it claims to be") from error
            yield piece
            data = inflater.unused_data or inflater.unconsumed_tail
            self._is_whole = inflater.eof
            # A full piece may leave output behind after all input is taken.
            has_more = bool(data) or (len(piece) == PIECE and not inflater.eof)
