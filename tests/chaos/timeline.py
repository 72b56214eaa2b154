"""What happens in a run of the harness, and when: drawn from its seed."""

from __future__ import annotations

import random
from enum import Enum
from typing import Final

from attrs import frozen

BETWEEN_KILLS: Final = (0.1, 3.5)
"""Seconds from the moment when the worker begins to its end."""

PAUSE: Final = (1.0, 3.0)
"""Seconds for which the worker is stopped."""


class Action(Enum):
    """What can happen."""

    POST = "a job is posted"
    KILL = "the worker is killed, and starts again"
    PAUSE = "the worker is stopped"
    RESUME = "the worker goes on"
    RESTART = "the server is restarted over its database"


@frozen(order=True)
class Moment:
    """When something happens."""

    at: float
    """Seconds since the beginning, without those in which the worker starts."""
    action: Action = Action.POST

    def __str__(self) -> str:
        return f"{self.at:.2f} s: {self.action.value}"


def timeline(seed: int, *, jobs: int, kills: int) -> list[Moment]:
    """All that happens, in order.

    Jobs come in over the whole time of the kills. For four kills, the worker is stopped once, for
    six the server is restarted once; both at least once, unless nobody is killed.
    """
    chance = random.Random(seed)
    moments: list[Moment] = []
    end = 0.0
    for _ in range(kills):
        end += chance.uniform(*BETWEEN_KILLS)
        moments.append(Moment(end, Action.KILL))
    for _ in range(min(kills, max(1, kills // 4))):
        at = chance.uniform(0, end)
        moments += [Moment(at, Action.PAUSE), Moment(at + chance.uniform(*PAUSE), Action.RESUME)]
    for _ in range(min(kills, max(1, kills // 6))):
        moments.append(Moment(chance.uniform(0, end), Action.RESTART))
    moments += [Moment(chance.uniform(0, end)) for _ in range(jobs)]
    return sorted(moments, key=lambda moment: moment.at)
