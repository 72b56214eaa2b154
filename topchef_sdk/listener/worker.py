"""The jobs of one service on their way from the queue to the outbox, without threads of its own.

`run_iteration` of a listener walks it once; `threads` walk all of it at the same time.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from uuid import UUID

from attrs import evolve, frozen

from ..api import JsonObject
from ..api.models import Job, JobStatus, JobSummary
from ..connection import Connection
from ..contract import Contract, InvalidSchemaError
from ..errors import JournalError
from ..exchanges import Polled
from ..report import ErrorKind, Origin
from ..result_schema import without_reports
from ..service import Service
from .claims import Claims
from .context import Cancellation, Context, ProgressHook
from .crew import Crew, Result
from .journal import Journal
from .ledger import Ledger, LiveJob
from .options import Options
from .outbox import Outbox
from .outcome import HandlerFailure, Outcome, Performed, Verdict, judge
from .states import Entry, Event, State, after, finished
from .task import Handler, interrupted

_log = logging.getLogger(__name__)


@frozen
class Contracts:
    """What a service promises."""

    parameters: Contract
    results: Contract
    """Of the handler's own results, without the error reports that the service may admit."""
    reported: Contract
    """Of all that may be reported."""


class Worker:
    """One service's jobs, its journal and its executor."""

    def __init__(
        self,
        connection: Connection,
        service: Service,
        handler: Handler,
        crew: Crew,
        journal: Journal,
        options: Options,
        *,
        on_outcome: Callable[[Outcome], None],
        on_progress: ProgressHook,
    ) -> None:
        self._connection = connection
        self._service = service
        self._handler = handler
        self._options = options
        self._on_progress = on_progress
        self.crew = crew
        self.ledger: Ledger = Ledger(journal, clock=options.clock)
        self.claims: Claims = Claims(
            connection, service.id, self.ledger, shard=options.shard, clock=options.clock
        )
        self.outbox: Outbox = Outbox(
            connection,
            self.ledger,
            on_outcome=on_outcome,
            audit_seconds=options.in_flight,
            clock=options.clock,
        )
        self.has_news: threading.Event = threading.Event()
        """Set when a verdict is waiting to be sent."""
        self.is_called: threading.Event = threading.Event()
        """Set when whoever takes jobs need not wait for the queue: one is to run again."""
        self.cancellation: Cancellation = Cancellation(_flag_of(journal))
        self._contracts: Contracts | HandlerFailure | None = None

    # From the begin to the end.

    def open(self) -> None:
        """Lock the journal and take over what the listener before left; raises `JournalError`."""
        if self.ledger.is_open:
            return
        left = self.ledger.open(self._crash_of, self._options.in_flight)
        self.cancellation.clear()
        for live in left:
            _log.info("job %s was left; it is %s now", live.entry.job_id, live.entry.state.value)

    def close(self) -> None:
        """Let go of the journal."""
        self.cancellation.clear()
        self.ledger.close()

    # Taking and running.

    def take(self, poll: Callable[[], Polled | None]) -> LiveJob | None:
        """The next job, claimed; None where there is none.

        `poll` reads the queue when nothing is left of what it said before. Raises `NetworkError`,
        and `JournalError` while the journal cannot be written: then nothing is claimed.
        """
        self.contracts()  # a job must not be claimed that cannot be judged
        if not self.ledger.write_rest():
            raise JournalError("the journal cannot be written")
        live = self.claims.take()
        if live is not None:
            return live
        polled = poll()
        if polled is None or not self.claims.add(polled):
            return None
        return self.claims.take()

    def start(self, live: LiveJob) -> None:
        """Run a job that was claimed; raises `JournalError` when that cannot be written down.

        Also raises what an executor raises that takes no jobs; then the job is claimed again.
        """
        details = _details_of(live)
        self.ledger.demand(live, after(live.entry, Event.TAKEN), synced=True)
        failure = self._refusal(details.parameters)
        if failure is not None:
            self._finished(live, Verdict.failed(failure, self._origin(live)))
            return
        context = Context(
            live.entry.job_id, live.entry.attempt, self.cancellation, self._on_progress
        )
        try:
            self.crew.start(self._handler, details.parameters, context, self._ended)
        except BaseException:
            again = evolve(after(live.entry, Event.REPEATED), attempt=live.entry.attempt)
            self.ledger.note(live, again)
            raise

    def contracts(self) -> Contracts | HandlerFailure:
        """What the service promises, asked for once; raises `NetworkError`.

        2.0 registers services with invalid schemas; their jobs cannot come right.
        """
        if self._contracts is None:
            self._contracts = _contracts_of(self._service)
            self._tell_of_orphans(self._service.details.jobs or [])
            if isinstance(self._contracts, Contracts):
                self.outbox.reports = self._contracts.reported
        return self._contracts

    def give_up_running(self) -> bool:
        """End what still runs as cancelled, or hand it back; says whether there was any."""
        given_up = [*self.crew.abandon()]
        for job_id in given_up:
            live = self.ledger.get(job_id)
            if live is None or live.entry.state is not State.RUNNING:
                continue
            is_back = self._options.on_interrupt == "requeue" and self.claims.hand_back(live)
            if not is_back:
                failure = interrupted("the listener was stopped, and did not wait for the job")
                self._finished(live, Verdict.failed(failure, self._origin(live)))
        return bool(given_up)

    def hand_back_claims(self) -> None:
        """Put into the queue again what was claimed and not begun."""
        for live in self.ledger.in_state(State.CLAIMING):
            if live.entry.is_ours or live.entry.is_in_doubt:
                self.claims.hand_back(live)

    def _tell_of_orphans(self, jobs: Iterable[JobSummary]) -> None:
        """Tell of jobs that are WORKING, and not here: their listener may have died.

        Or it works elsewhere; nobody can tell, so none is touched.
        """
        for job in jobs:
            is_mine = self._options.shard.has(job.id)
            if is_mine and job.status is JobStatus.WORKING and self.ledger.get(job.id) is None:
                _log.warning("job %s is WORKING, but not here; it is left alone", job.id)

    # What came of a job.

    def _refusal(self, parameters: JsonObject) -> HandlerFailure | None:
        """Why a job is not even run."""
        contracts = self.contracts()
        if isinstance(contracts, HandlerFailure):
            return contracts
        violations = contracts.parameters.violations(parameters)
        if not violations:
            return None
        return HandlerFailure(ErrorKind.VALIDATION, "Invalid parameters", "; ".join(violations))

    def _ended(self, job_id: UUID, result: Result) -> None:
        """A job has ended in the executor, or the executor has; called from any thread."""
        live = self.ledger.get(job_id)
        if live is None or live.entry.state is not State.RUNNING:
            _log.warning("job %s has ended after it was given up", job_id)
            return
        try:
            if isinstance(result, BaseException):
                self._broke(live, result)
            else:
                live.run_seconds, live.was_interrupted = result.seconds, result.was_interrupted
                self._finished(live, self._judged(live, result))
        except Exception as error:
            _log.exception("job %s cannot be judged", job_id)
            self._finished(live, self._infrastructure(live, error))

    def _judged(self, live: LiveJob, performed: Performed) -> Verdict:
        contracts = self.contracts()
        origin = self._origin(live, performed)
        if isinstance(contracts, HandlerFailure):
            return Verdict.failed(contracts, origin)
        return judge(performed, contracts.results, origin)

    def _broke(self, live: LiveJob, error: BaseException) -> None:
        """What ran the job has broken; whether the job came to its end, nobody knows."""
        if self._is_repeated(live.entry):
            _log.warning("job %s runs again: its executor broke: %r", live.entry.job_id, error)
            self.ledger.note(live, after(live.entry, Event.REPEATED), synced=True)
            self.is_called.set()
            return
        self._finished(live, self._infrastructure(live, error), Event.CRASHED)

    def _finished(self, live: LiveJob, verdict: Verdict, event: Event = Event.FINISHED) -> None:
        self.ledger.note(live, finished(live.entry, verdict, event), synced=True)
        live.due = 0.0
        self.has_news.set()

    # Crashes.

    def _is_repeated(self, entry: Entry) -> bool:
        policy = self._options.on_crash
        if callable(policy):
            policy = policy(entry.job_id, entry.attempt)
        return policy == "retry" and entry.attempt < self._options.max_attempts

    def _crash_of(self, entry: Entry) -> Verdict | None:
        """What to report of a job that was running when the listener before died, if anything."""
        if self._is_repeated(entry):
            return None
        failure = HandlerFailure(
            ErrorKind.WORKER_CRASH,
            "The worker died",
            "the listener died while the job ran, and nobody knows how far it came",
            is_retryable=True,
        )
        return Verdict.failed(failure, Origin(_worker(), entry.attempt))

    def _infrastructure(self, live: LiveJob, error: BaseException) -> Verdict:
        failure = HandlerFailure(
            ErrorKind.INFRASTRUCTURE, type(error).__name__, str(error), is_retryable=True
        )
        return Verdict.failed(failure, self._origin(live))

    def _origin(self, live: LiveJob, performed: Performed | None = None) -> Origin:
        if performed is None:
            return Origin(_worker(), live.entry.attempt)
        return Origin(_worker(), live.entry.attempt, performed.started, performed.finished)


def _details_of(live: LiveJob) -> Job:
    if live.details is None:
        raise ValueError(f"job {live.entry.job_id} was not claimed")
    return live.details


def _contracts_of(service: Service) -> Contracts | HandlerFailure:
    details = service.details
    try:
        return Contracts(
            parameters=Contract(details.job_registration_schema),
            results=Contract(without_reports(details.job_result_schema)),
            reported=Contract(details.job_result_schema),
        )
    except InvalidSchemaError as error:
        return HandlerFailure(ErrorKind.VALIDATION, "Invalid schema", str(error))


def _flag_of(journal: Journal) -> Path | None:
    """The file that stands for a cancellation where other processes can see it."""
    return None if journal.path is None else Path(f"{journal.path}.cancel")


@cache
def _worker() -> JsonObject:
    """Who says so, in error reports."""
    try:
        sdk = version("topchef-sdk")
    except PackageNotFoundError:  # run from a source tree that is not installed
        sdk = "unknown"
    return {"host": platform.node(), "pid": os.getpid(), "sdk": sdk}
