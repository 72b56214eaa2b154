"""Who waits for jobs to come: only this module knows, and wakes them.

A request that finds no job may wait here until one is registered through this process, without
looking again and again. Each that waits takes one thread of the server, so only some may: the
others are told at once that there is nothing. A job that another process registers in the same
database wakes nobody, and is found when the wait is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Condition, Event
from typing import Final, Generic, TypeVar
from uuid import UUID

from attrs import frozen

T = TypeVar("T")

MOST_WAITING: Final = 32
"""How many requests may wait at a time unless told otherwise."""

_LEAVING_SECONDS: Final = 1.0
"""How long an end waits for those that it woke; each has at most one look to finish."""


@frozen
class Awaited(Generic[T]):
    """What a request found that was ready to wait."""

    items: list[T]
    is_wait_kept: bool
    """False where nothing was found and the request was not let wait for it, or not to the end."""


class Arrivals:
    """The requests that wait for jobs of one store; safe to share between threads."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        # It may be entered again: a signal handler may call `end` wherever its own thread is.
        self._turn = Condition()
        self._waiting: dict[Event, UUID] = {}
        self._has_ended = False

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def announce(self, service_id: UUID) -> None:
        """Wake those who wait for jobs of a service: one is there, and can be read."""
        with self._turn:
            for woken, awaited_id in list(self._waiting.items()):
                if awaited_id == service_id:
                    woken.set()

    def end(self) -> None:
        """Wake all who wait, and let nobody wait any more; returns when they have left."""
        with self._turn:
            self._has_ended = True
            for woken in list(self._waiting):
                woken.set()
            self._turn.wait_for(lambda: not self._waiting, _LEAVING_SECONDS)

    def first(self, service_id: UUID, look: Callable[[], list[T]], seconds: float) -> Awaited[T]:
        """What `look` finds, now or after the next arrivals, within so many seconds."""
        found = look()
        if found:
            return Awaited(found, is_wait_kept=True)
        with self._place(service_id) as woken:
            if woken is None:
                return Awaited([], is_wait_kept=False)
            return self._awaited(woken, look, time.monotonic() + seconds)

    def _awaited(self, woken: Event, look: Callable[[], list[T]], deadline: float) -> Awaited[T]:
        while not self._has_ended:
            # Looking comes after taking a place, so that no arrival is missed in between.
            found = look()
            left = deadline - time.monotonic()
            if found or left <= 0:
                return Awaited(found, is_wait_kept=True)
            woken.wait(left)
            woken.clear()
        return Awaited([], is_wait_kept=False)

    @contextmanager
    def _place(self, service_id: UUID) -> Generator[Event | None, None, None]:
        """A place among those who wait, or None where there is none left."""
        woken = Event()
        with self._turn:
            is_free = len(self._waiting) < self._most_waiting
            if is_free:
                self._waiting[woken] = service_id
        try:
            yield woken if is_free else None
        finally:
            with self._turn:
                self._waiting.pop(woken, None)
                self._turn.notify_all()
