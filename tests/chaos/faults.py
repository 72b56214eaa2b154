"""What can go wrong with an exchange, and when: drawn from a seed, planned, or by the clock."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterable
from enum import Enum
from typing import Final, Protocol

from attrs import frozen


class Fault(Enum):
    """What happens to one exchange."""

    NONE = "none"
    RESET = "reset before forwarding"
    REPLY_LOST = "reply lost"
    ERROR_PAGE = "HTML 500 before forwarding"
    LATE_ERROR_PAGE = "HTML 500 after forwarding"
    UNAVAILABLE = "503"
    TRUNCATED = "reply truncated"
    LATE_WRITE = "request late"
    LATE_REPLY = "reply late"
    DUPLICATE = "duplicate"


BAD: Final = tuple(fault for fault in Fault if fault is not Fault.NONE)


@frozen
class Draw:
    """What happens to one exchange, and how late what is late of it comes."""

    fault: Fault
    lag: float = 0.0
    """Seconds between the client's giving up and the request's arrival at the server."""


class Faults(Protocol):
    """Says what happens to each exchange; asked by one thread at a time."""

    def draw(self) -> Draw:
        """What happens to the next exchange."""
        ...


class SeededFaults:
    """Lets a share of the exchanges fail, each kind as often as any other."""

    def __init__(self, seed: int, *, rate: float = 0.25, longest_lag: float = 1.0) -> None:
        self._random = random.Random(seed)
        self._rate = rate
        self._longest_lag = longest_lag

    def draw(self) -> Draw:
        """Draw a fault, or none."""
        # All three numbers each time, so that a rate changes which exchanges fail, not how.
        chance, kind, lag = (self._random.random() for _ in range(3))
        fault = BAD[int(kind * len(BAD))] if chance < self._rate else Fault.NONE
        return Draw(fault, lag * self._longest_lag)


class PlannedFaults:
    """Lets exchanges fail in a given order; then all go right."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = deque(faults)

    def draw(self) -> Draw:
        """Take the next fault of the plan."""
        return Draw(self._faults.popleft() if self._faults else Fault.NONE)


@frozen
class Blackouts:
    """The last `last` of every `every` seconds, when nobody can be reached."""

    every: float = 10.0
    last: float = 1.0

    def is_dark(self, elapsed: float) -> bool:
        """Whether it is dark after so many seconds."""
        return elapsed % self.every >= self.every - self.last

    def until_change(self, elapsed: float) -> float:
        """Seconds until it gets dark or light."""
        light = self.every - self.last
        begun = math.floor(elapsed / self.every) * self.every
        return begun + (self.every if self.is_dark(elapsed) else light) - elapsed
