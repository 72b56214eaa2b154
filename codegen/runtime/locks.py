"""`ForkSafeLock`: a lock that nobody holds in a process that was just forked.

A fork copies a lock as it is, but not the thread that holds it: in the new process, nobody would
ever let go of it.
"""

from __future__ import annotations

import os
from threading import Lock
from weakref import WeakSet


class ForkSafeLock:
    """A lock, for `with lock.held`.

    What `with` enters is the interpreter's own lock: a method of ours could be interrupted after
    it took the lock and before `with` would know that it has to let go of it.
    """

    def __init__(self) -> None:
        self.held = Lock()
        _ALL.add(self)

    def renew(self) -> None:
        """Be free, whoever held it: for a process that has no other thread yet."""
        self.held = Lock()


_ALL: WeakSet[ForkSafeLock] = WeakSet()


def _renew_all() -> None:
    for lock in list(_ALL):
        lock.renew()


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_renew_all)
