"""`Deadline`: a moment on a monotonic clock, and how far off it is.

Only monotonic clocks are asked: a wall clock that jumps neither stretches nor cuts a call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf

from attrs import field, frozen

Clock = Callable[[], float]
"""Seconds since some fixed moment; never goes back."""


@frozen
class Deadline:
    """A moment by which something is over; None means never."""

    at: float | None
    clock: Clock = field(default=time.monotonic, repr=False)

    @classmethod
    def after(cls, seconds: float | None, clock: Clock = time.monotonic) -> Deadline:
        """The moment so many seconds from now; never, for None and for infinity."""
        return cls(None if seconds is None or seconds == inf else clock() + seconds, clock)

    @property
    def left(self) -> float | None:
        """Seconds until then, zero or less once it is past; None without an end."""
        return None if self.at is None else self.at - self.clock()

    @property
    def is_past(self) -> bool:
        """Whether the moment has come."""
        left = self.left
        return left is not None and left <= 0

    def within(self, seconds: float | None) -> float | None:
        """The shorter of `seconds` and what is left; None if neither has an end."""
        left = self.left
        if seconds is None or left is None:
            return left if seconds is None else seconds
        return min(seconds, left)
