"""The executors that a listener uses untold: threads for jobs alone, and the caller's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Generic, ParamSpec, TypeVar

from attrs import field, frozen

P = ParamSpec("P")
T = TypeVar("T")


@frozen(eq=False)
class _Task(Generic[T]):
    _call: Callable[[], T]
    future: Future[T] = field(init=False, factory=Future)

    def run(self) -> None:
        """Do it, unless it was cancelled."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            self.future.set_result(self._call())
        except BaseException as error:
            self.future.set_exception(error)


class InThisThread(Executor):
    """Runs what it is given at once, in the thread that gives it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function and return its future, which has ended."""
        task = _Task(partial(fn, *args, **kwargs))
        task.run()
        return task.future


class JobThreads(Executor):
    """So many threads, which live until they are told to end.

    A `ThreadPoolExecutor` takes nothing more once the main thread has come to its end, and while
    jobs run in one nobody can see that it has. A listener has to: it finishes its jobs after that.
    """

    def __init__(self, count: int) -> None:
        self._is_over = False
        self._tasks: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        # A listener waits for its jobs. Only those that it has given up end with the program.
        self._threads = [
            threading.Thread(target=self._work, name=f"topchef-job-{number}", daemon=True)
            for number in range(1, count + 1)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a function run by the next thread that has nothing to do."""
        if self._is_over:
            raise RuntimeError("the threads have been told to end")
        task = _Task(partial(fn, *args, **kwargs))
        self._tasks.put(task)
        return task.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end when they have done what they were given."""
        self._is_over = True
        if cancel_futures:
            with suppress(Empty):
                while (task := self._tasks.get_nowait()) is not None:
                    task.future.cancel()
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task.run()
            del task  # with what it has given, which may be large
