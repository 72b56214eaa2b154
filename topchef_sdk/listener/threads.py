"""A listener at work: its threads, and how they end.

    poller      takes jobs while there is a free slot, until told to stop
    outbox      brings verdicts to the server, until the last one is there
    heartbeat   checks the service in, and stops last
    conductor   begins the others and ends them in this order: poller, jobs, outbox, heartbeat

Jobs themselves run in the executor. Every thread is supervised: what it raises is logged and it
begins anew; one that keeps failing ends the listener, which then looks dead from outside too.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from ..api import Timeout
from ..connection import Connection
from ..errors import ExecutorError, JournalError, NetworkError, ServiceNotFoundError
from ..exchanges import Polled
from ..service import Service
from .ear import heard
from .options import Options
from .pacing import PollPauses, RetryPauses, beat_pause
from .supervision import supervised
from .task import Handler
from .worker import Worker

_log = logging.getLogger(__name__)

THREAD_DIED: Final = 70
STILL_WAITING: Final = 75
CUT_SHORT: Final = 130
"""Exit codes: EX_SOFTWARE and EX_TEMPFAIL of sysexits.h, and that of an interrupt."""

LONG_POLL: Final = 20
"""Seconds that a server which can is asked to wait for a job."""

GRACE: Final = 10.0
"""Seconds that jobs get to end after they were cancelled."""

FLUSH: Final = 30.0
"""Seconds that a stop waits for verdicts which the journal keeps anyway."""

STUCK: Final = 180.0
"""Seconds without a sign of the poller after which it is taken for dead: no call takes so long."""

_SLICE: Final = 0.2
"""Seconds after which threads look whether anything has changed that nobody tells them."""

_LONGEST_IDLE: Final = 3600.0
"""Seconds that the outbox waits for news when nothing is due."""


class Threads:
    """The threads of one listener, from `start` to the end of `join`."""

    def __init__(
        self,
        connection: Connection,
        service: Service,
        handler: Handler,
        worker: Worker,
        options: Options,
        beat_seconds: float,
    ) -> None:
        self._connection = connection
        self._service = service
        self._handler = handler
        self._worker = worker
        self._options = options
        self._beat_seconds = beat_seconds
        self._stopping = threading.Event()
        self._draining = threading.Event()
        self._drained = threading.Event()
        self._ticked = options.clock()
        self._conductor: threading.Thread | None = None
        self._others: dict[str, threading.Thread] = {}
        self._flush_until = float("inf")
        self.dead: list[str] = []
        """The roles of threads that were given up."""
        self.undelivered: int = 0
        """How many verdicts the journal still had at the end."""
        self.was_cut_short: bool = False
        """Whether jobs were given up because they did not end in time."""

    @property
    def is_alive(self) -> bool:
        """Whether the listener has not come to its end."""
        return self._conductor is not None and self._conductor.is_alive()

    @property
    def exit_code(self) -> int:
        """What a program that ran this listener to its end exits with; see `program`."""
        if self.dead:
            return THREAD_DIED
        if self.undelivered:
            return STILL_WAITING
        return CUT_SHORT if self.was_cut_short else 0

    def start(self, *, should_beat: bool) -> None:
        """Begin; the journal is open."""
        self._others = {"poller": self._thread("poller", self._poll)}
        self._others["outbox"] = self._thread("outbox", self._deliver)
        if should_beat:
            self._others["heartbeat"] = self._thread("heartbeat", self._beat)
        self._conductor = self._thread("conductor", self._conduct)
        for thread in (*self._others.values(), self._conductor):
            thread.start()

    def stop(self) -> None:
        """Take no more jobs; fit for signal handlers."""
        self._stopping.set()
        self._worker.is_called.set()

    def cancel(self) -> None:
        """Ask the running jobs to end, too; those that do not are given up after a while."""
        self.stop()
        self._worker.cancellation.set()
        if self._draining.is_set():
            self._flush_until = min(self._flush_until, self._options.clock() + GRACE)
            self._worker.has_news.set()

    def join(self, timeout: float | None) -> None:
        """Wait for the end, so many seconds at most."""
        if self._conductor is not None:
            self._conductor.join(timeout)

    # What the threads do.

    def _conduct(self) -> None:
        while not self._should_stop():
            self._stopping.wait(_SLICE)
        self.stop()
        self._end_poller()
        self._end_jobs()
        self._flush_until = self._options.clock() + self._flush_seconds()
        self._draining.set()
        self._worker.has_news.set()
        self._others["outbox"].join()
        self._drained.set()
        if "heartbeat" in self._others:
            self._others["heartbeat"].join()
        self._tidy_up()

    def _poll(self) -> None:
        try:
            if self._worker.crew.prepare(self._handler, unless=self._stopping):
                self._take_jobs()
        except ExecutorError as error:
            _log.critical("%s", error)  # to begin anew would not help
            self._died("poller")

    def _take_jobs(self) -> None:
        crew, polls, retries = self._worker.crew, PollPauses(), RetryPauses()
        is_cut_off = False
        while not self._should_stop():
            self._ticked = self._options.clock()
            if not crew.has_free_slot(within=_SLICE) or self._should_stop():
                continue
            try:
                pause = self._take_one(polls)
            except (NetworkError, JournalError) as error:
                _log.warning("no job can be taken now; it will be tried again: %s", error)
                pause, is_cut_off = retries.after_failure(), True
            else:
                if is_cut_off:
                    _log.info("jobs can be taken again")
                retries.reset()
                is_cut_off = False
            self._options.wait(self._stopping, pause)

    def _take_one(self, polls: PollPauses) -> float:
        """Take and begin a job, if there is one; returns how long to wait for the next."""
        self._worker.is_called.clear()
        if self._should_stop():  # just now: that was a call, too
            return 0.0
        began = self._options.clock()
        has_waited = False

        def poll() -> Polled | None:
            nonlocal has_waited
            polled = heard(lambda: self._worker.claims.poll(LONG_POLL), self._worker.is_called)
            has_waited = polled is not None and polled.has_waited
            return polled

        live = self._worker.take(poll)
        if live is not None:
            polls.reset()
            self._worker.start(live)
            return 0.0
        latency = self._options.clock() - began
        # A server that says that it waits, and does not, is polled like one that cannot.
        return 0.0 if has_waited and latency >= 1.0 else polls.after_empty(latency)

    def _deliver(self) -> None:
        """Bring verdicts to the server, each when it is due, until told that none will come."""
        outbox, has_news, clock = self._worker.outbox, self._worker.has_news, self._options.clock
        while True:
            has_news.clear()
            is_draining = self._draining.is_set()
            if is_draining and (not outbox.undelivered or clock() >= self._flush_until):
                return
            live = outbox.next_due()
            pause = _LONGEST_IDLE if live is None else live.due - clock()
            if is_draining:
                pause = min(pause, self._flush_until - clock())
            is_called = pause > 0 and self._options.wait(has_news, pause)
            self._worker.ledger.write_rest()
            if live is not None and not is_called:
                outbox.attend(live)

    def _beat(self) -> None:
        """Check in until the last verdict is delivered, however often that fails."""
        while True:
            pause = self._beat_pause()
            if self._looks_alive():
                try:
                    # A check-in that takes longer would hold up the next.
                    timeout = Timeout(total=max(1.0, pause / 2))
                    self._connection.check_in(self._service.id, timeout=timeout)
                except ServiceNotFoundError as error:
                    _log.error("no more check-ins: %s", error)
                    return
                except Exception as error:
                    # Whatever it is: a service that works must not look dead.
                    _log.warning("could not check in: %s", error)
            if self._options.wait(self._drained, pause):
                return

    # How they end.

    def _end_poller(self) -> None:
        """Wait for the poller, unless a `setup` without end holds it up although cancelled."""
        poller, clock = self._others["poller"], self._options.clock
        until = float("inf")
        while poller.is_alive() and clock() < until:
            poller.join(_SLICE)
            if self._worker.cancellation.is_set():
                until = min(until, clock() + GRACE)
        self.was_cut_short = poller.is_alive()

    def _end_jobs(self) -> None:
        """Wait for the running jobs; when that takes too long, cancel them and give them up."""
        crew, clock = self._worker.crew, self._options.clock
        limit = self._options.drain_timeout
        until = None if limit is None else clock() + limit
        while not crew.wait_until_idle(_SLICE):
            if until is not None and clock() >= until:
                _log.warning("the jobs have not ended after %s s; they are cancelled", limit)
                self.cancel()
            if self._worker.cancellation.is_set():
                break
        if self._worker.cancellation.is_set():
            crew.wait_until_idle(GRACE)
            self.was_cut_short |= self._worker.give_up_running()
            self._worker.hand_back_claims()
        elif self.dead or not self._worker.ledger.is_durable:
            self._worker.hand_back_claims()

    def _flush_seconds(self) -> float:
        """How long to go on with verdicts that cannot be delivered."""
        if self._worker.cancellation.is_set():
            return GRACE
        return FLUSH if self._worker.ledger.is_durable else float("inf")

    def _tidy_up(self) -> None:
        if not self.was_cut_short:
            try:
                self._worker.crew.finish(self._handler)
            except Exception:
                _log.exception("the teardown failed")
        self._worker.crew.shutdown(wait=not self.was_cut_short)
        self.undelivered = self._worker.outbox.tell_of_undelivered()
        self._worker.close()

    # What they share.

    def _should_stop(self) -> bool:
        """Whether to take no more jobs: when told so, or at the end of the program."""
        return self._stopping.is_set() or not threading.main_thread().is_alive()

    def _thread(self, role: str, body: Callable[[], None]) -> threading.Thread:
        return supervised(
            role, body, pause=self._pause, clock=self._options.clock, on_death=self._died
        )

    def _died(self, role: str) -> None:
        self.dead.append(role)
        self.stop()

    def _pause(self, seconds: float) -> None:
        """Let time pass, whatever has stopped."""
        self._options.wait(threading.Event(), seconds)

    def _looks_alive(self) -> bool:
        """Whether a check-in would be the truth: jobs are taken, or done."""
        if self.dead:
            return False
        is_polling = self._options.clock() - self._ticked < STUCK
        return is_polling or self._stopping.is_set() or not self._worker.crew.is_idle

    def _beat_pause(self) -> float:
        try:
            service_timeout = self._service.details.timeout
        except NetworkError:
            service_timeout = None
        return beat_pause(self._beat_seconds, service_timeout)
