"""What a handler knows of the job that it does, beside its parameters."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator
from contextvars import ContextVar
from pathlib import Path
from threading import Event
from uuid import UUID

from attrs import field, frozen

_log = logging.getLogger(__name__)

ProgressHook = Callable[[UUID, float, str], None]
"""Is told a job's id, the fraction of it that is done, and what it is about."""


class Cancellation:
    """Whether the running jobs are to end early; also seen by other processes of this machine.

    An event does for the threads of this process. For others a file stands for it, where there is
    a `flag` to put one.
    """

    def __init__(self, flag: Path | None = None) -> None:
        self._event = Event()
        self._flag = flag

    def set(self) -> None:
        """Ask the running jobs to end."""
        self._event.set()
        if self._flag is not None:
            with contextlib.suppress(OSError):  # of a full disk: threads have the event
                self._flag.touch()

    def clear(self) -> None:
        """Ask no longer."""
        self._event.clear()
        if self._flag is not None:
            with contextlib.suppress(OSError):
                self._flag.unlink(missing_ok=True)

    def is_set(self) -> bool:
        """Whether the running jobs are asked to end; a flag that cannot be seen is none."""
        if self._event.is_set() or self._flag is None:
            return self._event.is_set()
        with contextlib.suppress(OSError):
            return self._flag.exists()
        return False

    def __reduce__(self) -> tuple[type[Cancellation], tuple[Path | None]]:
        return Cancellation, (self._flag,)


@frozen
class Context:
    """The job that a handler is doing."""

    job_id: UUID
    attempt: int = 1
    """1 at first; more where a job whose listener died is run again (`on_crash="retry"`)."""
    _cancellation: Cancellation = field(factory=Cancellation)
    _on_progress: ProgressHook | None = None

    @property
    def cancelled(self) -> bool:
        """Whether the job is to end early: the listener was told twice to stop.

        Handlers that take long should look from time to time, tidy up, and raise. It is seen in
        other processes of the same machine too, where the listener has a journal.
        """
        return self._cancellation.is_set()

    def progress(self, fraction: float, message: str = "") -> None:
        """Tell whoever watches the listener how much is done, from 0 to 1.

        Never fails, and costs no request. From other processes it goes to their own log.
        """
        done = min(max(0.0, fraction), 1.0)  # in this order not a number is 0
        _log.debug("job %s: %.0f %% %s", self.job_id, 100 * done, message)
        if self._on_progress is not None:
            self._on_progress(self.job_id, done, message)

    def __reduce__(self) -> tuple[type[Context], tuple[UUID, int, Cancellation]]:
        # Whoever is told of progress stays behind in the listener's process.
        return Context, (self.job_id, self.attempt, self._cancellation)


_current: ContextVar[Context] = ContextVar("topchef_job")


def current_context() -> Context:
    """The context of the job that this thread is doing; raises `LookupError` outside of one."""
    try:
        return _current.get()
    except LookupError:
        raise LookupError("there is a context only while a job is being done") from None


@contextlib.contextmanager
def in_context(context: Context) -> Generator[None]:
    """Make a context the current one of this thread."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
