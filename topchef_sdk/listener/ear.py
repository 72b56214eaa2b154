"""Waiting for an answer that may take long, without being held up by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Final, TypeVar

T = TypeVar("T")

_SLICE: Final = 0.2
"""Seconds after which whoever waits looks whether they are called away."""


def heard(ask: Callable[[], T], called_away: threading.Event) -> T | None:
    """What `ask` returns, or None when called away before that; raises what it raises.

    It runs in a daemon thread: a question whose answer nobody waits for any more holds up nothing.
    """
    answer: Future[T] = Future()
    threading.Thread(target=_answer, args=(ask, answer), name="topchef-ear", daemon=True).start()
    while not wait([answer], timeout=_SLICE).done:
        if called_away.is_set():
            return None
    return answer.result()


def _answer(ask: Callable[[], T], answer: Future[T]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:
        answer.set_exception(error)
