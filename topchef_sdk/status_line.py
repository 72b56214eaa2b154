"""One line on standard error that changes in place, where a person can see it."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self, TextIO


class StatusLine:
    """Shows a text and the seconds since it began; nothing where the stream is no terminal."""

    def __init__(self, *, is_shown: bool = True, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._is_shown = is_shown and self._stream.isatty()
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_shown:
            self._stream.write("\n")
            self._stream.flush()

    def show(self, text: str) -> None:
        """Put a text in the place of the one before."""
        if self._is_shown:
            # ECMA-48: carriage return, then erase to the end of the line.
            self._stream.write(f"\r\x1b[K{text} {time.monotonic() - self._began:.0f} s")
            self._stream.flush()
