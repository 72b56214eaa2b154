"""`Waiting`: how long to wait for the end of a job, and how often to look.

It does no I/O and sleeps nowhere: clients of any kind look and sleep as it says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

FIRST_PAUSE = 0.1
"""Seconds between the first two looks."""
LONGEST_PAUSE = 2.0
"""Seconds between two looks at most."""
SHORTEST_LOOK = 1.0
"""Seconds that a look may take even when less time is left."""


class Waiting:
    """The wait for one job: `timeout` is in seconds, None without limit, and 0 looks once."""

    def __init__(
        self, job_id: UUID, timeout: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job_id = job_id
        self._timeout = timeout
        self._clock = clock
        self._deadline = None if timeout is None else clock() + timeout
        self._pause = FIRST_PAUSE

    @property
    def within(self) -> float | None:
        """Seconds that the next look may take; None for as long as any call."""
        left = self._left
        return None if left is None else max(left, SHORTEST_LOOK)

    def failed(self, error: Exception) -> Exception:
        """The error to raise for a look that failed: `TimeoutError` once time is up."""
        left = self._left
        if left is None or left > 0:
            return error
        return TimeoutError(f"job {self._job_id}: time is up: {error}")

    def pause(self) -> float:
        """Seconds until the next look; raises `TimeoutError` once time is up."""
        left, pause = self._left, self._pause
        if left is not None and left <= 0:
            raise TimeoutError(f"job {self._job_id} has not ended after {self._timeout} s")
        self._pause = min(pause * 1.5, LONGEST_PAUSE)
        return pause if left is None else min(pause, left)

    @property
    def _left(self) -> float | None:
        return None if self._deadline is None else self._deadline - self._clock()
