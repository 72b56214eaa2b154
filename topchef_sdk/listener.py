"""`ServiceListener`: the program at the instrument, which takes jobs and reports results.

One thread takes jobs, one after the other; another checks in, whatever the first is doing, and
stops last. A job is held from the moment it is taken until the server has its outcome.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self
from uuid import UUID

from .api import Json, JsonObject, Timeout, Transport
from .api.models import NewService
from .api.models import Service as ServiceDetails
from .connection import Connection, HasConnection, connection_to, refused
from .contract import Contract, InvalidSchemaError
from .delivery import Delivery
from .errors import ClientError, NetworkError, ServiceNotFoundError, ValidationError
from .intake import Intake
from .job import Job
from .outcome import Ending, Outcome, Verdict, judge
from .pacing import Clock, PollPauses, RetryPauses, beat_pause
from .service import Service
from .validator import Validator

_log = logging.getLogger(__name__)

PATIENCE = 600.0
"""Seconds for which an outcome that cannot be delivered is sent again, unless told otherwise."""

ANY_OBJECT: JsonObject = {"type": "object"}

_SLICE = 0.5
"""Seconds after which the idle worker looks whether the program still runs."""

Wait = Callable[[threading.Event, float], bool]
"""Waits for an event for some seconds, and says whether it is set."""


class ServiceListener(ABC):
    """Takes the jobs of one service, runs them and reports their results.

    Subclasses say in `run` what to do. `timeout` is the most seconds between check-ins; they
    are sent more often where a third of the service's own timeout is less. Only one listener
    may work for a service: servers of both generations hand one job to all who ask.
    `transport` carries the requests in place of HTTP over sockets. `patience` is for how many
    seconds an outcome that cannot be delivered is sent again; `wait` and `clock` are for tests.
    """

    def __init__(
        self,
        address: str | HasConnection,
        service_id: UUID | str,
        timeout: float = 30,
        *,
        transport: Transport | None = None,
        patience: float = PATIENCE,
        wait: Wait = threading.Event.wait,
        clock: Clock = time.monotonic,
    ) -> None:
        self._connection = connection_to(address, transport)
        self._id = service_id if isinstance(service_id, UUID) else UUID(service_id)
        self.timeout = timeout
        self._service = Service(self._id, self)
        self._known_contracts: tuple[Contract, Contract] | None = None
        self._current: Job | None = None
        self._wait = wait
        self._clock = clock
        self._intake = Intake(self, self._id, clock=clock)
        self._delivery = Delivery(patience=patience, pause=self._pause, clock=clock)
        self._is_stopping = threading.Event()
        self._has_drained = threading.Event()
        self._threads: list[threading.Thread] = []

    # What a subclass says.

    @abstractmethod
    def run(self, parameters: JsonObject) -> JsonObject:
        """Do one job: valid parameters in, valid results out.

        Whatever it raises is reported as the job's ERROR; `ProcessingError` in its own words.
        """

    # Setting up.

    @classmethod
    def new_service(
        cls,
        address: str | HasConnection,
        name: str,
        description: str,
        job_registration_schema: JsonObject,
        job_result_schema: JsonObject = ANY_OBJECT,
        *,
        transport: Transport | None = None,
    ) -> Self:
        """Register a service and return a listener for it; its id is `service_id`.

        Raises `ValidationError` for a schema that is invalid in draft 4, and `NetworkError`.
        Not idempotent: each call registers one more service.
        """
        connection = connection_to(address, transport)
        for schema in (job_registration_schema, job_result_schema):
            _contract(schema)
        new = NewService(
            name=name,
            description=description,
            job_registration_schema=job_registration_schema,
            job_result_schema=job_result_schema,
        )
        try:
            service_id = connection.create_service(new)
        except ClientError as error:
            raise refused(error) from error
        return cls(address, service_id, transport=transport)

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
        """The job that is being worked on, or None."""
        return self._current

    @property
    def job_registration_schema(self) -> JsonObject:
        """The JSON Schema of a job's parameters."""
        return self._service.job_registration_schema

    @property
    def job_result_schema(self) -> JsonObject:
        """The JSON Schema of a job's results."""
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
        return any(thread.is_alive() for thread in self._threads)

    def validate_schema(self, instance: Json, schema: JsonObject) -> None:
        """Have the API judge an instance; raises `ValidationError` or `NetworkError`."""
        Validator(self).assert_instance_matches_schema(instance, schema)

    # Working.

    def start(self, should_poll: bool = True) -> None:
        """Work in the background until `stop`; `should_poll=False` sends no check-ins.

        The threads are no daemons: at the end of the program the job at hand is finished and
        reported, and then they end. Raises `RuntimeError` if the listener runs already.
        """
        if self.is_running:
            raise RuntimeError(f"{self!r} runs already")
        self._is_stopping.clear()
        self._has_drained.clear()
        self._threads = [self._thread("worker", self._work_until_stopped)]
        if should_poll:
            self._threads.append(self._thread("heartbeat", self._beat_until_drained))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs; the one at hand is finished and reported. `join` waits for that."""
        self._is_stopping.set()

    def join(self, timeout: float | None = None) -> None:
        """Wait until the listener has stopped; `timeout` is in seconds.

        Raises `TimeoutError` when it has not by then.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        for thread in self._threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        if self.is_running:
            raise TimeoutError(f"{self!r} has not stopped after {timeout} s")

    def work(self) -> None:
        """Work until Ctrl-C or `stop`; then the job at hand is finished and reported first.

        A second Ctrl-C raises `KeyboardInterrupt` and leaves that to the background.
        """
        with self:
            try:
                self.join()
            except KeyboardInterrupt:
                _log.info("%r takes no more jobs", self)

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
        """Do at most one job and say how it went, for programs that drive the listener.

        What `run` raises is reported to the server and told in the outcome, and so is a server
        that cannot be reached. Raises `ServiceNotFoundError`.
        """
        began = self._clock()
        try:
            # The schemas first: a job must not be claimed that cannot be judged.
            details = self._service.details
            job = self._intake.take()
        except ServiceNotFoundError:
            raise
        except NetworkError as error:
            return Outcome(Ending.NO_CONTACT, message=str(error))
        if job is None:
            return Outcome(Ending.NO_JOB)
        self._current = job
        try:
            ending, message = self._do(job, details)
        finally:
            self._current = None
        outcome = Outcome(ending, job.id, message, self._clock() - began)
        _log.info("%s", outcome)
        return outcome

    def _do(self, job: Job, details: ServiceDetails) -> tuple[Ending, str]:
        """Run a claimed job and deliver its outcome."""
        try:
            verdict = self._judged(job, details)
        except BaseException as error:
            # An interrupt: the job will not be run again, so its end has to be told.
            self._delivery.deliver(job, Verdict.interrupted(error))
            raise
        return self._delivery.deliver(job, verdict)

    def _judged(self, job: Job, details: ServiceDetails) -> Verdict:
        try:
            parameters, results = self._contracts(details)
        except ValidationError as error:
            # 2.0 registers services with invalid schemas; their jobs cannot come right.
            return Verdict.failed("validation", "Invalid schema", error.message)
        return judge(self.run, job.parameters, parameters, results)

    def _contracts(self, details: ServiceDetails) -> tuple[Contract, Contract]:
        if self._known_contracts is None:
            self._known_contracts = (
                _contract(details.job_registration_schema),
                _contract(details.job_result_schema),
            )
        return self._known_contracts

    # The threads.

    def _thread(self, role: str, target: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=target, name=f"topchef-{role}-{self._id}", daemon=False)

    def _work_until_stopped(self) -> None:
        polls, retries = PollPauses(), RetryPauses()
        try:
            while not self._should_stop():
                ending = self._guarded_iteration()
                if ending is Ending.NO_JOB:
                    retries.reset()
                    self._idle(polls.after_empty(self._intake.latency))
                elif ending is Ending.NO_CONTACT:
                    self._idle(retries.after_failure())
                else:
                    retries.reset()
                    polls.reset()
        finally:
            self._has_drained.set()

    def _guarded_iteration(self) -> Ending:
        """One iteration that nothing can end the thread by."""
        try:
            outcome = self.run_iteration()
        except BaseException:
            # Not even a KeyboardInterrupt: Ctrl-C reaches the main thread, this came from `run`.
            _log.exception("%r cannot work; it will try again", self)
            return Ending.NO_CONTACT
        if outcome.ending is Ending.NO_CONTACT:
            _log.warning("%r has no contact; it will try again: %s", self, outcome.message)
        return outcome.ending

    def _idle(self, seconds: float) -> None:
        """Wait until there is something to do again, or a reason to stop."""
        while seconds > 0 and not self._should_stop():
            self._wait(self._is_stopping, min(seconds, _SLICE))
            seconds -= _SLICE

    def _should_stop(self) -> bool:
        """Whether to take no more jobs: after `stop`, or when the program has come to its end."""
        return self._is_stopping.is_set() or not threading.main_thread().is_alive()

    def _beat_until_drained(self) -> None:
        """Check in until the last outcome is delivered, however often that fails."""
        while True:
            pause = self._beat_pause()
            try:
                # A check-in that takes longer would hold up the next.
                self._connection.check_in(self._id, timeout=Timeout(total=max(1.0, pause / 2)))
            except Exception as error:
                _log.warning("%r could not check in: %s", self, error)
            if self._wait(self._has_drained, pause):
                return

    def _beat_pause(self) -> float:
        try:
            service_timeout = self._service.details.timeout
        except NetworkError:
            service_timeout = None
        return beat_pause(self.timeout, service_timeout)

    def _pause(self, seconds: float) -> None:
        """Let time pass, whatever has stopped: outcomes are delivered then, too."""
        self._wait(threading.Event(), seconds)


def _contract(schema: JsonObject) -> Contract:
    try:
        return Contract(schema)
    except InvalidSchemaError as error:
        raise ValidationError(f"the schema is invalid: {error}", [str(error)]) from None
