"""Who waits, who wakes them, and who may not wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import UUID

import pytest

from tests.server.eventually import PATIENCE, eventually
from topchef_sdk.server.arrivals import Arrivals, Awaited

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
LONG = 2 * PATIENCE
"""Seconds that nobody gets to wait: whoever is woken by time alone is too late for the test."""

FOUND, NOT_KEPT = Awaited(["job"], is_wait_kept=True), Awaited[str]([], is_wait_kept=False)
NOTHING = Awaited[str]([], is_wait_kept=True)


class Board:
    """What can be found."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.looks = 0

    def look(self) -> list[str]:
        self.looks += 1
        return list(self.items)


def test_what_is_there_is_found_without_a_wait() -> None:
    arrivals, board = Arrivals(most_waiting=0), Board()
    board.items.append("job")

    assert FOUND == arrivals.first(HERE, board.look, LONG)
    assert 1 == board.looks


def test_who_waits_is_woken_by_an_arrival() -> None:
    arrivals, board = Arrivals(), Board()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(arrivals.first, HERE, board.look, LONG)
        eventually(lambda: arrivals.waiting == 1)
        board.items.append("job")
        arrivals.announce(HERE)

        assert FOUND == waiting.result(PATIENCE)
    assert 0 == arrivals.waiting


def test_an_arrival_right_after_the_first_look_is_not_missed() -> None:
    arrivals, board = Arrivals(), Board()

    def look() -> list[str]:
        found = board.look()
        if board.looks == 1:  # nobody waits yet whom this could wake
            board.items.append("job")
            arrivals.announce(HERE)
        return found

    with ThreadPoolExecutor(1) as pool:
        assert FOUND == pool.submit(arrivals.first, HERE, look, LONG).result(PATIENCE)


def test_an_arrival_during_a_look_is_not_missed() -> None:
    arrivals, board = Arrivals(), Board()

    def look() -> list[str]:
        found = board.look()
        if board.looks == 2:  # the place is taken, but the wait has not begun
            board.items.append("job")
            arrivals.announce(HERE)
        return found

    with ThreadPoolExecutor(1) as pool:
        assert FOUND == pool.submit(arrivals.first, HERE, look, LONG).result(PATIENCE)


def test_a_job_that_is_taken_by_another_does_not_end_the_wait() -> None:
    arrivals, board = Arrivals(), Board()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(arrivals.first, HERE, board.look, LONG)
        eventually(lambda: board.looks == 2)
        arrivals.announce(HERE)
        eventually(lambda: board.looks == 3)
        assert not waiting.done()
        board.items.append("job")
        arrivals.announce(HERE)

        assert FOUND == waiting.result(PATIENCE)


def test_an_arrival_elsewhere_wakes_nobody_here() -> None:
    arrivals, board, other = Arrivals(), Board(), Board()
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(arrivals.first, HERE, board.look, LONG)
        elsewhere = pool.submit(arrivals.first, ELSEWHERE, other.look, LONG)
        eventually(lambda: (board.looks, other.looks) == (2, 2))
        other.items.append("job")
        arrivals.announce(ELSEWHERE)
        assert FOUND == elsewhere.result(PATIENCE)
        assert (2, 1) == (board.looks, arrivals.waiting)

        arrivals.end()
        assert NOT_KEPT == waiting.result(PATIENCE)


def test_all_who_wait_for_a_service_are_woken() -> None:
    arrivals, board = Arrivals(), Board()
    with ThreadPoolExecutor(5) as pool:
        waiting = _waiting(pool, arrivals, board.look, 5)
        board.items.append("job")
        arrivals.announce(HERE)

        assert [FOUND] * 5 == [one.result(PATIENCE) for one in waiting]


def test_a_wait_ends_in_time_and_not_before() -> None:
    arrivals, board = Arrivals(), Board()
    began = time.monotonic()

    assert NOTHING == arrivals.first(HERE, board.look, 0.2)

    assert time.monotonic() - began >= 0.2
    assert 0 == arrivals.waiting


def test_what_comes_unannounced_is_found_when_time_is_up() -> None:
    """Another process may have the same database."""
    arrivals, board = Arrivals(), Board()

    def look() -> list[str]:
        found = board.look()
        if board.looks == 2:
            board.items.append("job")
        return found

    assert FOUND == arrivals.first(HERE, look, 0.05)


def test_only_so_many_may_wait() -> None:
    arrivals, board = Arrivals(most_waiting=2), Board()
    with ThreadPoolExecutor(2) as pool:
        waiting = _waiting(pool, arrivals, board.look, 2)
        assert NOT_KEPT == arrivals.first(HERE, Board().look, LONG)
        assert NOT_KEPT == arrivals.first(ELSEWHERE, Board().look, LONG)

        board.items.append("job")
        arrivals.announce(HERE)
        assert [FOUND] * 2 == [one.result(PATIENCE) for one in waiting]
    assert NOTHING == arrivals.first(HERE, Board().look, 0.01), "a place is free again"


def test_the_end_wakes_all_and_lets_nobody_wait_any_more() -> None:
    arrivals, board = Arrivals(), Board()
    with ThreadPoolExecutor(5) as pool:
        waiting = _waiting(pool, arrivals, board.look, 5)
        arrivals.end()

        assert 0 == arrivals.waiting
        assert [NOT_KEPT] * 5 == [one.result(PATIENCE) for one in waiting]
    assert NOT_KEPT == arrivals.first(HERE, Board().look, LONG)
    arrivals.end()


def test_after_the_end_nobody_looks() -> None:
    """The store may be closed."""
    arrivals, board = Arrivals(), Board()

    def look() -> list[str]:
        found = board.look()
        if board.looks == 1:
            arrivals.end()
        return found

    assert NOT_KEPT == arrivals.first(HERE, look, LONG)
    assert 1 == board.looks


def test_a_look_that_fails_gives_its_place_back() -> None:
    arrivals, board = Arrivals(most_waiting=1), Board()

    def look() -> list[str]:
        if board.look() == [] and board.looks == 2:
            raise LookupError("the database is locked")
        return []

    with pytest.raises(LookupError):
        arrivals.first(HERE, look, LONG)

    assert 0 == arrivals.waiting


def _waiting(
    pool: ThreadPoolExecutor, arrivals: Arrivals, look: Callable[[], list[str]], count: int
) -> list[Future[Awaited[str]]]:
    """So many who wait."""
    futures = [pool.submit(arrivals.first, HERE, look, LONG) for _ in range(count)]
    eventually(lambda: arrivals.waiting == count)
    return futures
