"""One line on standard error that changes in place, where a person can see it."""

from __future__ import annotations

import sys
import time
from shutil import get_terminal_size
from types import TracebackType
from typing import Self, TextIO


class StatusLine:
    """Shows a text and the seconds since it began; nothing where the stream is no terminal."""

    def __init__(self, *, is_shown: bool = True, stream: TextIO | None = None) -> None:
        # A program without a console has no sys.stderr at all.
        standard_error: TextIO | None = sys.stderr
        self._stream = standard_error if stream is None else stream
        self._is_shown = is_shown and self._stream is not None and self._stream.isatty()
        self._has_shown = False
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._has_shown:
            self._write("\n")

    def show(self, text: str) -> None:
        """Put a text in the place of the one before."""
        if self._is_shown:
            line = f"{text} {time.monotonic() - self._began:.0f} s"
            # A line that wraps could not be put in its own place; ECMA-48: carriage return, then
            # erase to the end of the line.
            self._write(f"\r\x1b[K{line[: get_terminal_size().columns - 1]}")
            self._has_shown = True

    def _write(self, text: str) -> None:
        if self._stream is not None:
            self._stream.write(text)
            self._stream.flush()
