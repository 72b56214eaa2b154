"""Waiting for what has to happen, with limits that no machine is too slow for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 180.0
"""Seconds for a worker to catch up once nobody but the proxy disturbs it any more."""

_GLANCE: Final = 0.1
"""Seconds between two looks."""


class OverdueError(Exception):
    """What had to happen did not; the message says what is in the way."""


def wait_until_none(in_the_way: Callable[[], list[str]], seconds: float = PATIENCE) -> None:
    """Wait until nothing is in the way; raises `OverdueError` with what is."""
    deadline = time.monotonic() + seconds
    while found := in_the_way():
        if time.monotonic() > deadline:
            raise OverdueError(f"after {seconds:g} s there is still: {', '.join(found)}")
        time.sleep(_GLANCE)
