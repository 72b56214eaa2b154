"""`Pool`: the connections to one server, shared between threads.

At most so many are in use at once; whoever needs another waits. Nothing is locked: what threads share
are a queue and a list, whose methods are atomic. A place that is taken comes back
even where whoever had it was interrupted between any two steps: it is an object, and comes back
when nobody holds it any more.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar
from weakref import ref


class Closable(Protocol):
    """A connection, as far as a pool needs to know it."""

    @property
    def is_closed(self) -> bool:
        """Whether it was closed and would have to be opened again."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


C = TypeVar("C", bound=Closable)


class Place:
    """The right to use one connection; lost by the last who holds it, or by `leave`."""

    _is_left = False

    def __init__(self, free: ref[SimpleQueue[Place]]) -> None:
        self._free = free

    def leave(self) -> None:
        """Let another have it."""
        if not self._is_left:
            self._is_left = True
            free = self._free()
            if free is not None:
                free.put(Place(self._free))

    def __del__(self) -> None:
        self.leave()


class Pool(Generic[C]):
    """The connections to one server, the last used first."""

    def __init__(self, size: int, new: Callable[[], C]) -> None:
        self._new = new
        self._free: SimpleQueue[Place] = SimpleQueue()
        for _ in range(size):
            self._free.put(Place(ref(self._free)))
        self._idle: list[C] = []
        self._is_closed = False

    def enter(self, seconds: float | None) -> Place | None:
        """A place, as soon as one is free; None if none is in time. None waits for ever."""
        try:
            if seconds is not None and seconds <= 0:
                return self._free.get_nowait()
            return self._free.get(timeout=seconds)
        except Empty:
            return None

    def take(self) -> C:
        """A connection that nobody else uses, not necessarily open; for who has a place."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._new()

    def give_back(self, connection: C) -> None:
        """Keep a connection for the next request."""
        if connection.is_closed:
            connection.close()
            return
        self._idle.append(connection)
        if self._is_closed:  # by another thread, before or after that
            self._drop_idle()

    def close(self) -> None:
        """Close what is idle, and everything else once it is given back."""
        self._is_closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                return
            connection.close()
