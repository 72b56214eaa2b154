"""`ServiceListener`: the program at the instrument, as those who write it see it."""

from __future__ import annotations

import logging
import weakref
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import cached_property, partial
from threading import Event
from types import TracebackType
from typing import Any, Generic, Self, Unpack
from uuid import UUID, uuid4

from attrs import frozen
from typing_extensions import TypeVar

from ..api import Json, JsonObject, Transport, Unset
from ..api.models import NewService
from ..connection import Connection, HasConnection, connection_to
from ..contract import Contract, InvalidSchemaError
from ..errors import (
    ClientError,
    JournalError,
    NetworkError,
    ServiceNotFoundError,
    ValidationError,
)
from ..exchanges import id_of, refused
from ..handler_types import HandlerTypes, schema_of, types_of_class
from ..job import Job
from ..result_schema import admitting_reports
from ..service import Service
from ..validator import Validator
from .context import Context, current_context
from .crew import Crew, ExecutorFactory
from .executors import InThisThread, JobThreads
from .handlers import RunOfListener
from .journal import Journal, default_path
from .ledger import LiveJob
from .options import ListenerOptions, Options
from .outcome import Ending, Outcome
from .states import State
from .threads import Threads
from .worker import Worker

P = TypeVar("P", default=JsonObject)
R = TypeVar("R", default=JsonObject)

_log = logging.getLogger(__name__)


@frozen
class Tally:
    """What a listener is doing at the moment, and has done since it was made."""

    running: Mapping[UUID, tuple[float, str]]
    """The jobs that run, with the fraction and the message that `context.progress` told last."""
    undelivered: int
    """How many outcomes the server has not got yet."""
    endings: Mapping[Ending, int]
    """How many jobs have ended in each way."""


class ServiceListener(ABC, Generic[P, R]):
    """Takes the jobs of one service, runs them and reports their results.

    Subclasses say in `run` what to do, with plain JSON or, as `ServiceListener[Parameters,
    Results]`, with attrs classes or TypedDicts. `timeout` is the most seconds between check-ins;
    they are sent more often where a third of the service's own timeout is less. `transport`
    carries the requests in place of HTTP over sockets. For the rest see `ListenerOptions`.

    What was computed is in the journal before it is sent, and is sent until the server has it.
    On servers that keep versions of jobs (`ETag`) any number of listeners may work for a service.
    On others only one may, or one for each `shard`: such servers hand one job to all who ask.

    A listener pickles as what `run` needs: its own attributes, without what works around it.
    """

    def __init__(
        self,
        address: str | HasConnection,
        service_id: UUID | str,
        timeout: float = 30,
        *,
        transport: Transport | None = None,
        **options: Unpack[ListenerOptions],
    ) -> None:
        self._id = id_of(service_id)
        self.timeout = timeout
        self._furnish(connection_to(address, transport), Options(**options))

    def _furnish(self, connection: Connection, options: Options) -> None:
        """Give the listener what each copy of it has for itself: all of `_OWN`."""
        self._connection = connection
        self._service = Service(self._id, self)
        self._options = options
        self._token = uuid4().hex
        self._worker: Worker | None = None
        self._threads: Threads | None = None
        self._progress: dict[UUID, tuple[float, str]] = {}
        self._endings: Counter[Ending] = Counter()
        self._outcomes: dict[UUID, Outcome] = {}

    # What a subclass says.

    @abstractmethod
    def run(self, parameters: P) -> R:
        """Do one job: valid parameters in, valid results out.

        Whatever it raises is reported as the job's ERROR; `ProcessingError` in its own words.
        """

    def setup(self) -> None:
        """Called before the first job, where jobs run: once in each process."""

    def teardown(self) -> None:
        """Called after the last job where `setup` was called, unless the process is killed."""

    def on_outcome(self, outcome: Outcome) -> None:
        """Called once for each job that has come to its end, in the listener's own process."""

    @property
    def context(self) -> Context:
        """The job that `run` is doing in this thread; raises `LookupError` outside of `run`."""
        return current_context()

    # Setting up.

    @classmethod
    def new_service(
        cls,
        address: str | HasConnection,
        name: str,
        description: str,
        job_registration_schema: JsonObject | None = None,
        job_result_schema: JsonObject | None = None,
        *,
        raw_result_schema: bool = False,
        transport: Transport | None = None,
        **options: Unpack[ListenerOptions],
    ) -> Self:
        """Register a service and return a listener for it; its id is `service_id`.

        Schemas that are left out are those of the classes that `run` takes and returns. The
        service's result schema also admits error reports, unless it is to be `raw`.

        Raises `ValidationError` for a schema that is invalid in draft 4, `TypeError` for classes
        that none can say, and `NetworkError`. Not idempotent: each call registers one more.
        """
        types = types_of_class(cls, ServiceListener)
        service_id = register(
            connection_to(address, transport),
            name,
            description,
            schema_of(types.parameters)
            if job_registration_schema is None
            else job_registration_schema,
            schema_of(types.results) if job_result_schema is None else job_result_schema,
            raw_result_schema=raw_result_schema,
        )
        return cls(address, service_id, transport=transport, **options)

    @classmethod
    def check_in_to_server(
        cls,
        address: str | HasConnection,
        service_id: UUID | str,
        *,
        transport: Transport | None = None,
    ) -> None:
        """Say that a service is alive; raises `ServiceNotFoundError` or `NetworkError`."""
        Service(service_id, address, transport).check_in()

    # What can be asked.

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for service {self._id} at {self.address}>"

    @property
    def connection(self) -> Connection:
        """The server that the listener works for."""
        return self._connection

    @property
    def address(self) -> str:
        """The server's base URL."""
        return self._connection.url

    @property
    def id(self) -> UUID:
        """The id of the service."""
        return self._id

    @property
    def service_id(self) -> UUID:
        """The id of the service."""
        return self._id

    @property
    def service(self) -> Service:
        """The service that the listener works for."""
        return self._service

    @property
    def current_job(self) -> Job | None:
        """The job that is being worked on, or None; the first of them where there are several."""
        running = [] if self._worker is None else self._worker.ledger.in_state(State.RUNNING)
        for live in running:
            if live.details is not None:
                return Job.known(self, live.details)
        return None

    @property
    def tally(self) -> Tally:
        """What the listener is doing at the moment, and has done."""
        worker = self._worker
        running = [] if worker is None else worker.ledger.in_state(State.RUNNING)
        return Tally(
            {one.entry.job_id: self._progress.get(one.entry.job_id, (0.0, "")) for one in running},
            0 if worker is None else len(worker.outbox.undelivered),
            dict(self._endings),
        )

    @property
    def job_registration_schema(self) -> JsonObject:
        """The JSON Schema of a job's parameters."""
        return self._service.job_registration_schema

    @property
    def job_result_schema(self) -> JsonObject:
        """The JSON Schema of a job's results, and of error reports where it admits them."""
        return self._service.job_result_schema

    @property
    def is_server_alive(self) -> bool:
        """Whether the server answers."""
        try:
            self._connection.get_api()
        except NetworkError:
            return False
        return True

    @property
    def is_queue_empty(self) -> bool:
        """Whether no job of the service waits; raises `NetworkError`."""
        return not self._connection.get_queue(self._id)

    @property
    def is_running(self) -> bool:
        """Whether `start` was called and the threads have not ended yet."""
        return self._threads is not None and self._threads.is_alive

    @property
    def exit_code(self) -> int:
        """How the listener has ended, as a program tells it: see `program`."""
        return 0 if self._threads is None else self._threads.exit_code

    @property
    def was_cut_short(self) -> bool:
        """Whether jobs were given up, which did not end although they were cancelled."""
        return self._threads is not None and self._threads.was_cut_short

    @property
    def threads_that_died(self) -> tuple[str, ...]:
        """The threads that failed again and again, and were given up: then the listener ends."""
        return () if self._threads is None else tuple(self._threads.dead)

    def validate_schema(self, instance: Json, schema: JsonObject) -> None:
        """Have the API judge an instance; raises `ValidationError` or `NetworkError`."""
        Validator(self).assert_instance_matches_schema(instance, schema)

    # Working.

    def start(self, should_poll: bool = True) -> None:
        """Work in the background until `stop`; `should_poll=False` sends no check-ins.

        The threads are no daemons: at the end of the program the job at hand is finished and
        reported, and then they end. Raises `RuntimeError` if the listener runs already, and
        `JournalError` if another one works for the service on this machine.
        """
        if self.is_running:
            raise RuntimeError(f"{self!r} runs already")
        self.close()
        options = self._options
        executor = options.executor or partial(JobThreads, options.concurrency)
        worker = self._worker = self._opened(executor)
        self._threads = Threads(
            self._connection, self._service, self._handler, worker, options, self.timeout
        )
        self._threads.start(should_beat=should_poll)

    def stop(self) -> None:
        """Take no more jobs; those at hand are finished and reported. `join` waits for that."""
        if self._threads is not None:
            self._threads.stop()

    def cancel(self) -> None:
        """Stop, and ask the running jobs to end early (`context.cancelled`).

        Those that have not ended after 10 s are reported as cancelled, or handed back.
        """
        if self._threads is not None:
            self._threads.cancel()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the listener has stopped; `timeout` is in seconds.

        Raises `TimeoutError` when it has not by then.
        """
        if self._threads is not None:
            self._threads.join(timeout)
        if self.is_running:
            raise TimeoutError(f"{self!r} has not stopped after {timeout} s")

    def close(self) -> None:
        """Tear down and let go of the journal, after `run_iteration`; `stop` does so by itself."""
        if self._worker is None or self.is_running:
            return
        worker, self._worker = self._worker, None
        try:
            worker.crew.finish(self._handler)
        finally:
            worker.crew.shutdown(wait=True)
            worker.close()

    def work(self) -> int:
        """Work until Ctrl-C or SIGTERM, and return the exit code: see `program.work`."""
        from .program import work

        return work(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self.join()

    def run_iteration(self) -> Outcome:
        """Do at most one job in this thread and say how it went, for programs that drive it.

        What `run` raises is reported to the server and told in the outcome, and so is a server
        that cannot be reached. What cannot be delivered for `patience` seconds stays in the
        journal, and is tried again by the next iteration. Raises `ServiceNotFoundError`, and
        `JournalError` if another listener works for the service on this machine. The first
        iteration also raises, with its traceback as text, what `setup` raises.
        """
        if self.is_running:
            raise RuntimeError(f"{self!r} works by itself already")
        worker = self._opened_here()
        for left in worker.ledger.in_state(State.DONE, State.AUDIT):
            if left.due <= self._options.clock():
                worker.outbox.attend(left)
        try:
            live = worker.take(worker.claims.poll)
            if live is None:
                return Outcome(Ending.NO_JOB)
            worker.start(live)
        except ServiceNotFoundError:
            raise
        except (NetworkError, JournalError) as error:
            return Outcome(Ending.NO_CONTACT, message=str(error))
        while not worker.crew.wait_until_idle(within=1.0):
            pass
        outcome = self._delivered(worker, live)
        if live.was_interrupted:
            raise KeyboardInterrupt
        return outcome

    def _delivered(self, worker: Worker, live: LiveJob) -> Outcome:
        """What became of a job that has ended, once the server has it or patience has run out."""
        job_id, clock = live.entry.job_id, self._options.clock
        deadline = clock() + self._options.patience
        while live.entry.state is State.DONE:
            worker.outbox.attend(live)
            if live.entry.state is State.DONE:
                if clock() >= deadline:
                    return self._undelivered(worker, live)
                self._options.wait(Event(), max(0.0, live.due - clock()))
        if live.entry.state is State.CLAIMING:
            return Outcome(Ending.NO_CONTACT, job_id, "what ran it broke; it will run again")
        return self._outcomes.pop(job_id)

    def _undelivered(self, worker: Worker, live: LiveJob) -> Outcome:
        verdict = live.entry.to_send
        worker.outbox.tell_of_undelivered()
        message = "it is sent again with the next iteration"
        return Outcome(Ending.UNDELIVERED, live.entry.job_id, message, kind=verdict.kind)

    # The parts.

    def _opened_here(self) -> Worker:
        """The worker of `run_iteration`, which runs jobs in the thread of its caller."""
        if self._worker is None:
            self._worker = self._opened(self._options.executor or InThisThread())
            try:
                self._worker.crew.prepare(self._handler)
            except BaseException:
                self.close()
                raise
        return self._worker

    def _opened(self, executor: Executor | ExecutorFactory) -> Worker:
        """A worker with its journal; raises `JournalError`."""
        self._outcomes.clear()
        journal = self._journal()
        worker = Worker(
            self._connection,
            self._service,
            self._handler,
            Crew(executor, self._options.concurrency),
            journal,
            self._options,
            on_outcome=self._note_outcome,
            on_progress=self._note_progress,
        )
        worker.open()
        weakref.finalize(self, journal.close)  # of listeners that nobody closes
        return worker

    def _journal(self) -> Journal:
        place = self._options.journal
        if isinstance(place, Journal):
            return place
        if isinstance(place, Unset):
            return Journal(default_path(self._id, self._options.shard))
        return Journal(place)

    @cached_property
    def _handler(self) -> RunOfListener:
        return RunOfListener(self, self._types(), self._token, self._options.tracebacks)

    def _types(self) -> HandlerTypes:
        return types_of_class(type(self), ServiceListener)

    def _note_outcome(self, outcome: Outcome) -> None:
        _log.info("%s", outcome)
        self._endings[outcome.ending] += 1
        if outcome.job_id is not None:
            self._progress.pop(outcome.job_id, None)
            if self._threads is None or not self._threads.is_alive:
                self._outcomes[outcome.job_id] = outcome
        try:
            self.on_outcome(outcome)
        except Exception:
            _log.exception("on_outcome failed")

    def _note_progress(self, job_id: UUID, fraction: float, message: str) -> None:
        self._progress[job_id] = fraction, message

    # Copies for other processes.

    def __getstate__(self) -> dict[str, Any]:
        """What `run` needs elsewhere: all that is a subclass's own."""
        state = {name: value for name, value in vars(self).items() if name not in _OWN}
        return {**state, "_address": self.address}

    def __setstate__(self, state: dict[str, Any]) -> None:
        address: str = state.pop("_address")
        for name, value in state.items():
            setattr(self, name, value)
        self._furnish(Connection(address), Options(journal=None))


_OWN = frozenset(
    {
        "_connection",
        "_service",
        "_options",
        "_token",
        "_handler",
        "_worker",
        "_threads",
        "_progress",
        "_endings",
        "_outcomes",
    }
)
"""The attributes that a copy in another process has for itself."""


def register(
    connection: Connection,
    name: str,
    description: str,
    parameters: JsonObject,
    results: JsonObject,
    *,
    raw_result_schema: bool,
) -> UUID:
    """Register a service and return its id; raises `ValidationError` and `NetworkError`."""
    for schema in (parameters, results):
        try:
            Contract(schema)
        except InvalidSchemaError as error:
            raise ValidationError(f"the schema is invalid: {error}", [str(error)]) from None
    new = NewService(
        name=name,
        description=description,
        job_registration_schema=parameters,
        job_result_schema=results if raw_result_schema else admitting_reports(results),
    )
    try:
        return connection.create_service(new)
    except ClientError as error:
        raise refused(error) from error
