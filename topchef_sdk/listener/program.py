"""A listener as a program of its own: signals, and how it ends.

    first SIGINT or SIGTERM   no more jobs; those at hand are finished and reported
    second, 1 s later         they are asked to end (`context.cancelled`), and given up after 10 s
    third, 1 s later          the process ends at once; the journal has what was computed

    0    all is done and delivered
    70   a thread failed again and again, or an executor that cannot be replaced
    75   outcomes are still waiting in the journal for a server
    78   the service, or the listener's own settings, are wrong
    130  jobs were cut short

These are the codes of sysexits.h. SIGTERM is the same as Ctrl-C, for whoever supervises services.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self, TypeAlias

from ..errors import (
    ExecutorError,
    JournalError,
    NetworkError,
    ServiceNotFoundError,
    SetupError,
)
from .answers import is_the_servers_own
from .ear import heard
from .outcome import Ending, Outcome
from .pacing import Clock
from .threads import CUT_SHORT, STILL_WAITING, THREAD_DIED

if TYPE_CHECKING:
    from .service_listener import ServiceListener

    AnyListener: TypeAlias = ServiceListener[Any, Any]

CONFIGURATION: Final = 78

Tell: TypeAlias = Callable[[int, str], None]
"""Is told what happens, for people: a level of `logging`, and a line."""

_APART: Final = 1.0
"""Seconds between two signals that count as two: supervisors and terminals send some twice."""

_SLICE: Final = 0.5
"""Seconds for which the main thread waits at a time: on Windows a wait hides Ctrl-C."""

_STOPPING: Final = "no more jobs are taken; Ctrl-C again cancels those that run"
_CANCELLING: Final = "the running jobs are cancelled; Ctrl-C again ends the process at once"
_LAST_WORDS: Final = {
    0: "the listener has stopped",
    THREAD_DIED: "the listener has stopped, because a part of it failed again and again",
    STILL_WAITING: "the listener has stopped; outcomes are not delivered yet",
    CUT_SHORT: "the listener has stopped; jobs were cut short",
}

_log = logging.getLogger(__name__)


def work(listener: AnyListener) -> int:
    """Work until told to stop, and return the exit code.

    Signals are heeded in the main thread alone. Where jobs do not end although they were
    cancelled, this does not return but ends the process.
    """
    code = work_until_told(listener)
    end_if_held_up(listener)
    return code


def work_until_told(
    listener: AnyListener,
    *,
    tell: Tell = _log.log,
    watch: Callable[[], None] = lambda: None,
    clock: Clock = time.monotonic,
) -> int:
    """The same for programs that show how it goes: `watch` is called twice a second.

    `end_if_held_up` is to follow.
    """
    with _Voice(tell) as voice, _Signals(clock).heeded() as signals:
        signals.first = _said(listener.stop, voice, _STOPPING)
        signals.second = _said(listener.cancel, voice, _CANCELLING)
        try:
            service = heard(lambda: _name_of(listener, voice), signals.has_come)
            if service is None:
                return 0
            listener.start()
        except (ServiceNotFoundError, JournalError) as error:
            voice.say(logging.ERROR, str(error))
            return CONFIGURATION
        voice.say(
            logging.INFO, f"listening for jobs of {service} at {listener.address}; Ctrl-C ends it"
        )
        if signals.has_come.is_set():  # when there was nothing to stop yet
            listener.stop()
        while listener.is_running:
            watch()
            with suppress(TimeoutError):
                listener.join(_SLICE)
        voice.say(logging.INFO, _LAST_WORDS[listener.exit_code])
    return listener.exit_code


def work_once(listener: AnyListener, *, tell: Tell = _log.log) -> int:
    """Do at most one job, in this thread, and return the exit code.

    The first signal leaves a job that runs alone, and the second interrupts it.
    """
    with _Voice(tell) as voice, _Signals().heeded() as signals:

        def interrupt_unless_at_work() -> None:
            if listener.current_job is None:
                raise KeyboardInterrupt
            voice.say(logging.INFO, "the job is finished first; Ctrl-C again interrupts it")

        signals.first, signals.second = interrupt_unless_at_work, _interrupt
        try:
            outcome = listener.run_iteration()
            if outcome.ending in _TOLD:
                voice.say(logging.INFO, _TOLD[outcome.ending].format(outcome))
            return _code_of_iteration(listener, outcome)
        except JournalError as error:
            voice.say(logging.ERROR, str(error))
            return CONFIGURATION
        except (SetupError, ExecutorError) as error:
            voice.say(logging.ERROR, str(error))
            return THREAD_DIED
        except ServiceNotFoundError as error:
            voice.say(logging.ERROR, str(error))
            return CONFIGURATION if _is_unknown(error) else STILL_WAITING
        except KeyboardInterrupt:
            if listener.current_job is not None:
                _end_process(CUT_SHORT)  # it runs in an executor that this program would wait for
            return STILL_WAITING if listener.tally.undelivered else CUT_SHORT
        finally:
            listener.close()


_TOLD: Final = {
    Ending.NO_JOB: "no job waits",
    Ending.NO_CONTACT: "no job was done: {0.message}",
    Ending.UNDELIVERED: "job {0.job_id} is done, but not delivered: {0.message}",
}
"""How iterations went that are no outcomes of jobs, which are in the log."""


def _code_of_iteration(listener: AnyListener, outcome: Outcome) -> int:
    is_waiting = outcome.ending in (Ending.UNDELIVERED, Ending.NO_CONTACT)
    return STILL_WAITING if is_waiting or listener.tally.undelivered else 0


def _name_of(listener: AnyListener, voice: _Voice) -> str:
    """What to call the service; raises `ServiceNotFoundError` where the server has none."""
    try:
        return repr(listener.service.name)
    except NetworkError as error:
        if _is_unknown(error):
            raise
        # A laboratory's machine may be up before its server.
        voice.say(logging.WARNING, f"no contact yet; it will be tried again: {error}")
        return f"service {listener.service_id}"


def _is_unknown(error: NetworkError) -> bool:
    """Whether the server itself has no such service; a proxy that lost its server says 404, too."""
    return isinstance(error, ServiceNotFoundError) and is_the_servers_own(error.__cause__)


# Signals.


class _Voice:
    """Says lines in a thread of its own: a signal may come amid a print, which is not begun twice."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._lines: SimpleQueue[tuple[int, str] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._say_all, name="topchef-voice", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lines.put(None)
        self._thread.join()

    def say(self, level: int, line: str) -> None:
        """Say a line soon; fit for signal handlers."""
        self._lines.put((level, line))

    def _say_all(self) -> None:
        while (said := self._lines.get()) is not None:
            self._tell(*said)


class _Signals:
    """Heeds the first, the second and the third signal, each in its way."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self.has_come = threading.Event()
        self.first: Callable[[], None] = _interrupt
        self.second: Callable[[], None] = _interrupt
        self._count = 0
        self._last = 0.0

    @contextmanager
    def heeded(self) -> Generator[Self]:
        """Heed signals; nobody can outside of the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        earlier = [(one, signal.signal(one, self._heed)) for one in (signal.SIGINT, signal.SIGTERM)]
        try:
            yield self
        finally:
            for number, handler in earlier:
                signal.signal(number, handler)

    def _heed(self, _number: int, _frame: FrameType | None) -> None:
        now = self._clock()
        if self._count and now - self._last < _APART:
            return
        self._count += 1
        self._last = now
        self.has_come.set()
        match self._count:
            case 1:
                self.first()
            case 2:
                self.second()
            case _:
                _end_at_once(CUT_SHORT)


def _said(action: Callable[[], None], voice: _Voice, line: str) -> Callable[[], None]:
    """An action that is announced."""

    def act() -> None:
        action()
        voice.say(logging.INFO, line)

    return act


def _interrupt() -> None:
    raise KeyboardInterrupt


# Ends that nothing can hold up.


def end_if_held_up(listener: AnyListener) -> None:
    """End the process if jobs go on that were given up: at its end Python would wait for them."""
    if listener.was_cut_short:
        _end_process(listener.exit_code)


def _end_process(code: int) -> NoReturn:
    """End the process although threads run that nothing else can end."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    _end_at_once(code)


def _end_at_once(code: int) -> NoReturn:
    """End the process, and those that it made to do jobs: nobody else would end them."""
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(code)
