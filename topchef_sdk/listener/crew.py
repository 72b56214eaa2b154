"""Where jobs run: slots of a `concurrent.futures.Executor`, and a new one when it breaks."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from functools import partial
from pickle import PicklingError
from typing import Final, TypeVar
from uuid import UUID

from ..api import JsonObject
from ..errors import ExecutorError, SetupError
from ..one_line import one_line
from .context import Context
from .outcome import Performed
from .pacing import Clock, RetryPauses
from .task import Handler, perform, preparation
from .workplace import finish, is_ready

T = TypeVar("T")

_log = logging.getLogger(__name__)

ExecutorFactory = Callable[[], Executor]

Result = Performed | BaseException
"""What came of a job: what its handler gave, or what broke the executor."""

_SLICE: Final = 0.2
"""Seconds after which a wait looks whether it still makes sense."""


class Crew:
    """Runs at most `size` jobs at a time on an executor.

    A factory makes an executor when it is needed, and another in the place of one that broke; it
    is shut down in the end. An executor that is given ready-made stays its owner's, and cannot be
    replaced. After one job or more were lost with an executor, the next is not begun at once, so
    that a queue is not used up by a cluster that is gone.

    One thread at a time may begin jobs; the others may ask. No lock is held while an executor does
    anything: pools report that they broke while they hold their own.
    """

    def __init__(
        self, executor: Executor | ExecutorFactory, size: int, clock: Clock = time.monotonic
    ) -> None:
        self._make = None if isinstance(executor, Executor) else executor
        self._executor = executor if isinstance(executor, Executor) else None
        self._size = size
        self._clock = clock
        self._running: dict[UUID, Future[Performed] | None] = {}
        self._changed = threading.Condition()
        self._pauses = RetryPauses()
        self._closed_until = clock()

    @property
    def running(self) -> int:
        """How many jobs are running."""
        return len(self._running)

    @property
    def is_idle(self) -> bool:
        """Whether no job is running."""
        return not self._running

    def has_free_slot(self, within: float = 0.0) -> bool:
        """Whether one more job can run; waits up to so many seconds for a free slot."""
        with self._changed:
            self._changed.wait_for(self._is_open, within)
            return self._is_open()

    def wait_until_idle(self, within: float) -> bool:
        """Wait up to so many seconds for the last job; says whether none is running."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, within)

    def prepare(self, handler: Handler, unless: threading.Event | None = None) -> bool:
        """Set the handler up where jobs run, in one of the places; says whether that was done.

        It was not if the event was set before the executor had room for it. Raises `SetupError`
        for what `setup` raised, `ExecutorError`, and what else the executor raises.
        """
        try:
            future = self._submit(partial(preparation, handler))
            while not wait([future], _SLICE).done:
                if unless is not None and unless.is_set() and _is_withdrawn(future):
                    return False
            failure = future.result()
        except (PicklingError, TypeError, AttributeError, ImportError) as error:
            # None of the handler's own: what `setup` raises is returned.
            raise ExecutorError(_why_it_stays(handler, error)) from None
        if failure is not None:
            raise SetupError(f"{failure.detail}\n{failure.traceback or ''}")
        return True

    def finish(self, handler: Handler) -> None:
        """Tear the handler down if it was set up in this process; others do so when they end."""
        if not is_ready(handler):
            return
        try:
            future = self._submit(partial(finish, handler))
        except (RuntimeError, ExecutorError):  # at the end of the program threads take no more
            finish(handler)
        else:
            future.result()

    def start(
        self,
        handler: Handler,
        parameters: JsonObject,
        context: Context,
        on_result: Callable[[UUID, Result], None],
    ) -> None:
        """Run a job; `on_result` is called when it has ended, from any thread, and must not raise.

        Raises what the executor raises when it takes no more jobs.
        """
        job_id = context.job_id
        self._running[job_id] = None
        try:
            # Jobs of equal parameters differ by their context: some executors merge equal calls.
            future = self._submit(partial(perform, handler, parameters, context))
        except BaseException:
            self._is_over(job_id)
            raise
        self._running[job_id] = future
        future.add_done_callback(partial(self._ended, job_id, on_result))

    def abandon(self) -> Iterable[UUID]:
        """Stop caring about what is running, which may go on; the ids of those jobs."""
        with self._changed:
            left = dict(self._running)
            self._running.clear()
            self._changed.notify_all()
        for future in filter(None, left.values()):
            _is_withdrawn(future)
        return [*left]

    def shutdown(self, *, wait: bool) -> None:
        """Let go of an executor that this crew has made."""
        if self._make is not None and self._executor is not None:
            _dismiss(self._executor, wait=wait)
            self._executor = None

    def _is_open(self) -> bool:
        return len(self._running) < self._size and self._clock() >= self._closed_until

    def _submit(self, task: Callable[[], T]) -> Future[T]:
        """Submit a task; where the executor has broken, to one that takes its place."""
        try:
            return _submitted(self._hired(), task)
        except RuntimeError as error:
            if self._make is None:
                raise ExecutorError(f"the executor takes no more jobs: {error}") from error
            if not isinstance(error, BrokenExecutor):
                raise
        _log.warning("the executor has broken; a new one takes its place")
        self.shutdown(wait=False)
        return _submitted(self._hired(), task)

    def _hired(self) -> Executor:
        if self._executor is None:
            assert self._make is not None
            self._executor = self._make()
        return self._executor

    def _ended(
        self,
        job_id: UUID,
        on_result: Callable[[UUID, Result], None],
        future: Future[Performed],
    ) -> None:
        result = _result(future)
        try:
            if isinstance(result, CancelledError) and self._running.get(job_id) is not future:
                return  # it was abandoned, and nothing came of it
            self._note_losses(result)
            # The slot is free when what came of the job is safe, and not before.
            on_result(job_id, result)
        finally:
            if self._running.get(job_id) is future:
                self._is_over(job_id)

    def _note_losses(self, result: Result) -> None:
        with self._changed:
            if isinstance(result, Performed):
                self._pauses.reset()
            elif self._clock() >= self._closed_until:
                self._closed_until = self._clock() + self._pauses.after_failure()

    def _is_over(self, job_id: UUID) -> None:
        with self._changed:
            self._running.pop(job_id, None)
            self._changed.notify_all()


def _submitted(executor: Executor, task: Callable[[], T]) -> Future[T]:
    """Submit a task; Ctrl-C does not reach processes that a pool makes for it.

    A terminal sends it to all of them, but it is for the listener. From their first instruction
    on they block what the thread that makes them blocks; `workplace` says what becomes of that.
    """
    if sys.platform == "win32" or not isinstance(executor, ProcessPoolExecutor):
        return executor.submit(task)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return executor.submit(task)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _dismiss(executor: Executor, *, wait: bool) -> None:
    try:
        executor.shutdown(wait=wait)  # without `cancel_futures`, which dask does not know
    except Exception:
        _log.exception("the executor could not be shut down")


def _is_withdrawn(future: Future[T]) -> bool:
    """Take back what was submitted; says whether it does not run."""
    # Not every executor can (Parsl raises NotImplementedError), and dask says that it did when it
    # did not.
    with contextlib.suppress(Exception):
        return future.cancel()
    return not future.running()


def _result(future: Future[Performed]) -> Result:
    try:
        return future.result()
    except BaseException as error:  # a process may send any
        return error


def _why_it_stays(handler: Handler, error: Exception) -> str:
    names = ", ".join(handler.unpicklable())
    place = f" (in {names})" if names else ""
    return (
        f"jobs cannot go to this executor: {one_line(str(error))}{place}; let `setup` make what "
        "does not pickle, and give functions that a module has by name"
    )
