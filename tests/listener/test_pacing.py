from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topchef_sdk.listener.pacing import (
    FIRST_RESEND,
    LONGEST_POLL,
    LONGEST_RETRY,
    SHORTEST_POLL,
    PollPauses,
    RetryPauses,
    beat_pause,
)

CHANCES = st.floats(0, 1, exclude_max=True)


def test_pauses_between_polls_grow_to_five_seconds() -> None:
    pauses = PollPauses(chance=lambda: 0.0)

    found = [pauses.after_empty(0.0) for _ in range(9)]

    assert [0.25, 0.4, 0.64, 1.024] == pytest.approx(found[:4])
    assert [5.0, 5.0] == found[-2:]


def test_a_job_makes_polls_quick_again() -> None:
    pauses = PollPauses(chance=lambda: 0.0)
    for _ in range(9):
        pauses.after_empty(0.0)

    pauses.reset()

    assert SHORTEST_POLL == pauses.after_empty(0.0)


def test_a_slow_queue_is_polled_no_faster_than_ten_times_its_latency() -> None:
    pauses = PollPauses(chance=lambda: 0.0)

    assert 8.0 == pauses.after_empty(0.8)


@given(CHANCES, st.integers(1, 40))
def test_polls_pause_for_five_seconds_and_a_little_at_most(chance: float, polls: int) -> None:
    pauses = PollPauses(chance=lambda: chance)

    found = [pauses.after_empty(0.0) for _ in range(polls)]

    assert all(SHORTEST_POLL <= pause <= 1.2 * LONGEST_POLL for pause in found)


@given(CHANCES)
def test_pauses_after_failures_double_up_to_a_minute(chance: float) -> None:
    pauses = RetryPauses(chance=lambda: chance)

    found = [pauses.after_failure() for _ in range(10)]

    bounds = [min(2.0**n, LONGEST_RETRY) for n in range(10)]
    assert all(0.1 * bound <= pause <= bound for pause, bound in zip(found, bounds, strict=True))
    pauses.reset()
    assert pauses.after_failure() <= 1.0


@given(CHANCES)
def test_an_outcome_is_sent_again_after_half_a_second_at_first(chance: float) -> None:
    pauses = RetryPauses(chance=lambda: chance, first=FIRST_RESEND)

    found = [pauses.after_failure() for _ in range(2)]

    assert found[0] <= 0.5
    assert found[1] <= 1.0
    pauses.reset()
    assert pauses.after_failure() <= 0.5


@given(st.floats(0.1, 1000), st.floats(1, 1000), CHANCES)
def test_check_ins_are_never_further_apart_than_asked(
    most: float, service_timeout: float, chance: float
) -> None:
    pause = beat_pause(most, service_timeout, lambda: chance)

    assert 0 < pause <= most
    # Two check-ins may be lost before the server gives the service up.
    assert 2 * pause < service_timeout


def test_an_idle_minute_has_at_most_eighteen_requests_at_a_timeout_of_thirty_seconds() -> None:
    chances = itertools.cycle([0.0, 0.25, 0.5, 0.75, 0.999])
    polls = PollPauses(chance=lambda: next(chances))
    for _ in range(10):
        polls.after_empty(0.0)

    polls_a_minute = 600 / sum(polls.after_empty(0.0) for _ in range(10))
    beats_a_minute = 600 / sum(beat_pause(30, 30, lambda: next(chances)) for _ in range(10))

    assert polls_a_minute + beats_a_minute <= 18
