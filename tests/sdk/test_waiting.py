"""`Waiting`: how often to look, and when time is up, on a clock that only the test moves."""

from __future__ import annotations

from uuid import UUID

import pytest
from attrs import define

from topchef_sdk.waiting import LONGEST_PAUSE, SHORTEST_LOOK, Waiting

JOB = UUID(int=7)


@define
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def test_pauses_grow_up_to_a_bound() -> None:
    waiting = Waiting(JOB, None, Clock())
    pauses = [waiting.pause() for _ in range(20)]

    assert 0.1 == pauses[0]
    assert sorted(pauses) == pauses
    assert LONGEST_PAUSE == pauses[-1]
    assert waiting.within is None


def test_neither_a_pause_nor_a_look_goes_beyond_the_time_that_is_left() -> None:
    clock = Clock()
    waiting = Waiting(JOB, 5, clock)
    assert 5 == waiting.within
    clock.now += 4.95
    assert 0.05 == pytest.approx(waiting.pause())
    assert SHORTEST_LOOK == waiting.within  # a look may take a moment all the same


def test_time_is_up_after_the_last_look() -> None:
    clock = Clock()
    waiting = Waiting(JOB, 5, clock)
    clock.now += 5
    with pytest.raises(TimeoutError, match=f"job {JOB} has not ended after 5 s"):
        waiting.pause()


def test_a_look_that_fails_once_time_is_up_is_a_timeout() -> None:
    clock = Clock()
    waiting = Waiting(JOB, 5, clock)
    failure = ConnectionError("gone")
    assert failure is waiting.failed(failure)
    clock.now += 6
    assert isinstance(waiting.failed(failure), TimeoutError)
    assert failure is Waiting(JOB, None, clock).failed(failure)
