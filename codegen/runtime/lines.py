"""Text and its lines out of bytes that arrive piece by piece, whoever waits for them.

Pure: each is given what came and gives what that makes. It holds of text no more than one line.
"""

from __future__ import annotations

import codecs
import sys
from io import IncrementalNewlineDecoder


class Texts:
    """Bytes as text, with U+FFFD for what is none."""

    def __init__(self, charset: str) -> None:
        self._charset = charset
        self._decoder = codecs.getincrementaldecoder(charset)("replace")

    def feed(self, data: bytes) -> str:
        """The text that the bytes make with those before; it may be empty."""
        return self._decoded(data, is_last=False)

    def end(self) -> str:
        """What is left: what was cut off."""
        return self._decoded(b"", is_last=True)

    def _decoded(self, data: bytes, *, is_last: bool) -> str:
        try:
            return self._decoder.decode(data, is_last)
        except UnicodeError:
            # UTF-16 and UTF-32 without a mark of their order: that of this machine, as for
            # `bytes.decode`, which Python's decoders of pieces do not take.
            kept = self._decoder.getstate()[0]
            self._decoder = codecs.getincrementaldecoder(f"{self._charset}-{_ORDER}")("replace")
            return self._decoder.decode(kept + data, is_last)


_ORDER = "le" if sys.byteorder == "little" else "be"


class Lines:
    """Text as lines without their ends: CR LF, LF or CR."""

    def __init__(self) -> None:
        # `str.splitlines` would end lines at eight more characters, which JSON may hold.
        self._newlines = IncrementalNewlineDecoder(None, translate=True)
        self._begun: list[str] = []

    def feed(self, text: str) -> list[str]:
        """The lines that the text ends."""
        return self._ended(self._newlines.decode(text))

    def end(self) -> list[str]:
        """What is left: a line that ends with the text, unless it is empty."""
        ended = self._ended(self._newlines.decode("", final=True))
        last, self._begun = "".join(self._begun), []
        return [*ended, last] if last else ended

    def _ended(self, text: str) -> list[str]:
        first, *others = text.split("\n")
        self._begun.append(first)
        ended: list[str] = []
        for other in others:
            ended.append("".join(self._begun))
            self._begun = [other]
        return ended
