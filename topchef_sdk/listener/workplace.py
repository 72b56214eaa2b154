"""The process in which jobs are done, the listener's own or another: what is set up there.

Only this module knows which handlers are, and how a process that was made for jobs has to behave.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from ..errors import SetupError

if TYPE_CHECKING:
    from .task import Handler

_ready: WeakValueDictionary[str, Handler] = WeakValueDictionary()
"""The handlers that are set up here: what `setup` has made stays with its copy."""

_turn = threading.RLock()

_BEFORE_ALL: Final = 100
"""The priority of what is done before multiprocessing ends what a handler has made with it."""


def prepare(handler: Handler) -> Handler:
    """The copy of a handler that is set up in this process; raises `SetupError`."""
    ready = _ready.get(handler.token)
    if ready is not None:
        return ready
    with _turn:
        return _ready.get(handler.token) or _set_up(handler)


def is_ready(handler: Handler) -> bool:
    """Whether a handler is set up in this process."""
    return handler.token in _ready


def finish(handler: Handler) -> None:
    """Tear down what `prepare` has set up in this process; raises what `teardown` raises."""
    with _turn:
        ready = _ready.pop(handler.token, None)
    if ready is not None:
        ready.teardown()


def _set_up(handler: Handler) -> Handler:
    if handler.is_copy:
        _become_a_worker()
    try:
        handler.setup()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise SetupError from error
    _ready[handler.token] = handler
    if handler.is_copy:
        # Unlike atexit, this also happens in processes that were forked. It also keeps the copy,
        # which nobody else does: each job brings another.
        Finalize(None, finish, (handler,), exitpriority=_BEFORE_ALL)
    return handler


def _become_a_worker() -> None:
    """In a process that was made to do jobs: Ctrl-C is for the listener, with which it ends.

    Pools of processes run jobs in the main thread. Other executors (dask) do not, and look after
    their processes themselves.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # which `crew` has blocked
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """Wait for the listener's end: a pool that was left alone would go on for ever."""
    parent.join()
    os._exit(1)
