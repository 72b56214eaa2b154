"""How long a listener waits: pure arithmetic, in seconds."""

from __future__ import annotations

import random
from collections.abc import Callable

from attrs import Factory, define, field

Clock = Callable[[], float]
"""Seconds that only ever grow."""

Chance = Callable[[], float]
"""A number from [0, 1)."""

SHORTEST_POLL = 0.25
LONGEST_POLL = 5.0
POLL_GROWTH = 1.6

LATENCIES_PER_POLL = 10
"""An empty poll costs a 2.0 server 0.5 s on a busy service: it must not be polled without pause."""

FIRST_RETRY = 1.0
FIRST_RESEND = 0.5
LONGEST_RETRY = 60.0

BEATS_PER_TIMEOUT = 3
"""Two check-ins may be lost before the server takes the service for dead."""

_JITTER = 0.1
_SPREAD = 0.2


@define
class PollPauses:
    """The pauses between polls of an empty queue, which grow until there is a job again."""

    chance: Chance = random.random
    _next: float = SHORTEST_POLL

    def reset(self) -> None:
        """Begin with short pauses again: there was a job."""
        self._next = SHORTEST_POLL

    def after_empty(self, latency: float) -> float:
        """The pause after an empty poll that took `latency` seconds."""
        pause = self._next
        self._next = min(self._next * POLL_GROWTH, LONGEST_POLL)
        return max(_spread(pause, self.chance), LATENCIES_PER_POLL * latency)


@define
class RetryPauses:
    """The pauses after failures: `first`, twice that, … 60 s, each with full jitter."""

    chance: Chance = random.random
    first: float = FIRST_RETRY
    _next: float = field(init=False, default=Factory(lambda self: self.first, takes_self=True))

    def reset(self) -> None:
        """Begin with short pauses again: something went right."""
        self._next = self.first

    def after_failure(self) -> float:
        """The pause after one more failure; never less than a tenth of its bound."""
        bound = self._next
        self._next = min(self._next * 2, LONGEST_RETRY)
        return bound * (0.1 + 0.9 * self.chance())


def beat_pause(most: float, service_timeout: float | None, chance: Chance = random.random) -> float:
    """The pause between check-ins: about a third of the service's own timeout, at most `most`."""
    if service_timeout is None:
        return most * (1 - _JITTER * chance())
    return min(most, service_timeout / BEATS_PER_TIMEOUT * (1 + _JITTER * (2 * chance() - 1)))


def _spread(pause: float, chance: Chance) -> float:
    """A little more than the pause, so that listeners do not march in step."""
    return pause * (1 + _SPREAD * chance())
