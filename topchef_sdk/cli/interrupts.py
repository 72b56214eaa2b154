"""Ctrl-C and SIGTERM, alike, for commands that have nothing to finish first."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from .endings import INTERRUPTED


@contextmanager
def interrupted_by_signals() -> Generator[None]:
    """Raise `KeyboardInterrupt` at the first signal; the second ends the process there and then."""
    is_first = True

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_first
        if not is_first:
            os._exit(INTERRUPTED)  # threads may run that nothing else would end
        is_first = False
        raise KeyboardInterrupt

    earlier = [(one, signal.signal(one, interrupt)) for one in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in earlier:
            signal.signal(number, handler)
