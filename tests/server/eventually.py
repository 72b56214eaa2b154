"""Waiting in tests for what other threads do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 120.0
"""Seconds that a test waits for what ought to happen at once; only a failure takes so long."""


def eventually(condition: Callable[[], bool]) -> None:
    """Return when something has come to hold; fail if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.002)
