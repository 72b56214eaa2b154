"""Threads that do not die in silence."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from .pacing import Clock, RetryPauses

_log = logging.getLogger(__name__)

MOST_FAILURES = 5
"""How often a thread may begin anew in so many seconds, before it is given up."""
WITHIN = 60.0


def supervised(
    role: str,
    body: Callable[[], None],
    *,
    pause: Callable[[float], None],
    clock: Clock,
    on_death: Callable[[str], None],
) -> threading.Thread:
    """A thread that does `body`, which is begun anew when it raises anything at all.

    When that happens more than five times in a minute the thread is given up, and `on_death` is
    told its role.
    """

    def run() -> None:
        failures: deque[float] = deque()
        pauses = RetryPauses()
        while True:
            try:
                body()
            except BaseException:
                # Not even a KeyboardInterrupt may pass: Ctrl-C goes to the main thread, so this
                # came from a handler or a hook.
                failures.append(clock())
                while failures[0] < failures[-1] - WITHIN:
                    failures.popleft()
                if len(failures) > MOST_FAILURES:
                    _log.critical("the %s fails again and again; it is given up", role)
                    on_death(role)
                    return
                _log.exception("the %s failed; it begins anew", role)
                pause(pauses.after_failure())
            else:
                return

    return threading.Thread(target=run, name=f"topchef-{role}", daemon=False)
