"""One way to speak to servers of both generations, whoever carries what is said.

Only this module knows where they differ: where ids are, `results` or `result`, PATCH or PUT,
and the shapes of their errors. It also knows which offers servers may make beyond both (ETags,
idempotency keys, waiting), and how each is asked for.

It does no I/O: each doing is a generator of steps, each a call to be sent, that is given the
answers. `Connection` and `AsyncConnection` carry them out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice
from typing import Any, TypeAlias, TypeVar, cast
from uuid import UUID

from attrs import evolve, frozen

from .api import (
    UNSET,
    Call,
    ClientError,
    DecodeError,
    Exchange,
    Facts,
    Json,
    JsonObject,
    OutcomeUnknown,
    RequestError,
    StatusError,
    Timeout,
    is_array,
    is_object,
)
from .api.endpoints import api as api_endpoints
from .api.endpoints import jobs, services, validator
from .api.models import (
    Api,
    ApiAnswer,
    CreatedJob,
    Job,
    JobReplacement,
    JobStatus,
    JobSummary,
    JobUpdate,
    NewJob,
    NewService,
    Service,
    ServiceSummary,
    ServiceUpdate,
    ValidationRequest,
)
from .errors import JobNotFoundError, ServiceNotFoundError, ValidationError
from .one_line import one_line
from .report import BARE_REPORT, ErrorKind, error_report, failure_in

T = TypeVar("T")

_MOST_MESSAGES = 20
"""How many of the messages of an error are told."""

_DEEPEST = 16
"""How deep the messages of an error may be nested; servers nest them 3 deep."""

_PROBE = '"topchef-probe"'
"""An ETag that no job has."""

_ROOM = 10.0
"""Seconds that a call may take beyond those for which the server was asked to wait."""


@frozen
class TaggedJob:
    """A job, and the ETag that names its version."""

    job: Job
    etag: str | None
    """As `change_job` takes it for `if_match`; None from servers that send none."""


@frozen
class Polled:
    """What a poll of a queue brought."""

    jobs: list[JobSummary]
    has_waited: bool
    """Whether the server waits when asked to, so that the next poll needs no pause before it."""


@frozen
class Ask:
    """A call to be sent."""

    call: Call[object]
    timeout: Timeout | None = None
    """Instead of the client's."""


Steps: TypeAlias = Generator[Ask, Exchange[Any], T]
"""The calls of one doing, each of which is given its answer or the error that it ends in."""


def asked(call: Call[T], timeout: Timeout | None = None) -> Steps[Exchange[T]]:
    """The answer to a call."""
    return cast("Exchange[T]", (yield Ask(call, timeout)))


class Exchanges:
    """What is exchanged with a server of either generation, and what is known of it by now.

    Each method gives the steps of one doing, whose result is what it returns; see `Steps`.
    """

    def __init__(self, url: str, timeout: Timeout) -> None:
        self._url = url
        self._timeout = timeout
        self._takes_patch = True

    def get_api(self) -> Steps[ApiAnswer]:
        """The API's own description."""
        return (yield from asked(api_endpoints.get_api())).value

    # Services.

    def list_services(self) -> Steps[list[ServiceSummary]]:
        """All services, in one request."""
        return (yield from asked(services.list_services())).value.data

    def get_service(self, service_id: UUID) -> Steps[Service]:
        """A service; raises `ServiceNotFoundError`."""
        return (
            yield from self._of_service(service_id, services.get_service(service_id))
        ).value.data

    def create_service(self, new: NewService) -> Steps[UUID]:
        """Register a service and return its id, which 2.0 tells in `Location` alone."""
        call = services.create_service(new)
        exchange = yield from asked(call)
        details = exchange.value.data.service_details
        told = None if details is None else details.id
        return self._created(call, exchange, services.LOCATION.read(exchange.headers), told)

    def update_service(self, service_id: UUID, update: ServiceUpdate) -> Steps[None]:
        """Change a service, which checks it in as well; 1.0 only checks it in."""
        yield from self._of_service(service_id, services.update_service(service_id, update))

    def check_in(self, service_id: UUID, *, timeout: Timeout | None = None) -> Steps[None]:
        """Say that the service is alive."""
        yield from self._of_service(service_id, services.check_in(service_id), timeout=timeout)

    # Jobs.

    def list_jobs(self) -> Steps[list[JobSummary]]:
        """All jobs of all services, in brief."""
        return (yield from asked(jobs.list_jobs())).value.data

    def list_service_jobs(self, service_id: UUID) -> Steps[list[JobSummary]]:
        """All jobs of a service."""
        call = jobs.list_service_jobs(service_id)
        return (yield from self._of_service(service_id, call)).value.data

    def get_queue(self, service_id: UUID) -> Steps[list[JobSummary]]:
        """The first registered jobs of a service; 2.0 gives at most ten."""
        return (yield from self.poll_queue(service_id)).jobs

    def poll_queue(self, service_id: UUID, *, wait: int = 0) -> Steps[Polled]:
        """The same; where there are none, the server is asked to wait for one, in seconds.

        Few servers do so, and they may wait for less. The call's timeout leaves room for it.
        """
        if wait <= 0:
            exchange = yield from self._of_service(service_id, jobs.get_queue(service_id))
        else:
            call = jobs.get_queue(service_id, prefer=f"wait={wait}")
            exchange = yield from self._of_service(
                service_id, call, timeout=self._with_room_for(wait)
            )
        applied = jobs.PREFERENCE_APPLIED.read(exchange.headers) or ""
        answer = exchange.value
        return Polled([] if answer is None else answer.data, wait > 0 and _names_wait(applied))

    def create_job(
        self, service_id: UUID, parameters: JsonObject
    ) -> Steps[tuple[UUID, Job | None]]:
        """Post a job; returns its id and, where the server tells it, the job."""
        call = jobs.create_job(service_id, NewJob(parameters=parameters))
        exchange = yield from self._of_service(service_id, call)
        created = exchange.value.data
        known = created.job_details or _whole_job(created)
        told = None if known is None else known.id
        job_id = self._created(call, exchange, jobs.LOCATION.read(exchange.headers), told)
        return job_id, known if job_id == told else None

    def get_job(self, job_id: UUID, *, within: float | None = None) -> Steps[Job]:
        """A job with its parameters and results; raises `JobNotFoundError`.

        `within` bounds the call, in seconds, where that is less than its timeout.
        """
        return (yield from self.get_tagged_job(job_id, within=within)).job

    def get_tagged_job(self, job_id: UUID, *, within: float | None = None) -> Steps[TaggedJob]:
        """The same, with the ETag of what was read."""
        try:
            exchange = yield from asked(jobs.get_job(job_id), self._within(within))
        except ClientError as error:
            raise _not_found(error, JobNotFoundError(job_id, error.facts)) from error
        return _tagged(exchange.value.data, jobs.E_TAG.read(exchange.headers))

    def update_job(
        self,
        job_id: UUID,
        status: JobStatus | None,
        results: JsonObject | None = None,
        *,
        known: Job | None = None,
    ) -> Steps[Job]:
        """Report a status, results, or both, in one request; returns the job as it now is.

        A server that answers 405 is of generation 1.0 and gets the whole record by PUT, there
        and from then on: that of `known`, or else asked for first. Raises `JobNotFoundError`;
        `ClientError` when the results are refused; `RequestError` for an unknown status.
        """
        return (yield from self.change_job(job_id, status, results, known=known)).job

    def change_job(
        self,
        job_id: UUID,
        status: JobStatus | None,
        results: JsonObject | None = None,
        *,
        known: Job | None = None,
        if_match: str | None = None,
        key: str | None = None,
    ) -> Steps[TaggedJob]:
        """The same, on condition; returns the job as it now is with its ETag.

        `if_match` is the ETag that the job must still have, or a list of them: `ClientError` of
        status 412 tells that it has not, and nothing was changed; `OutcomeUnknown` of status 412
        that it has not after a try whose answer was lost. `key`, ASCII that names no other
        change, lets the server tell a repeat of this change, which then succeeds. Only servers
        that offer them heed either, see `is_if_match_honoured`; 1.0 is not sent the key.
        """
        if status is not None and status.is_unknown:
            raise RequestError(f"{one_line(repr(status.value))} is no status that can be reported")
        if self._takes_patch:
            update = JobUpdate(
                status=UNSET if status is None else status,
                results=UNSET if results is None else results,
            )
            name = None if key is None else _quoted(key)
            call = jobs.update_job(job_id, update, if_match=if_match, idempotency_key=name)
            exchange = yield from self._patched(job_id, call)
            if exchange is not None:
                return _tagged(exchange.value, jobs.E_TAG.read(exchange.headers))
        if known is None or status is None:
            known = yield from self.get_job(job_id)
        status = known.status if status is None else status
        return (yield from self._replace_job(known, status, results, if_match))

    def is_if_match_honoured(self, tagged: TaggedJob) -> Steps[bool]:
        """Whether a change that comes too late for an ETag would be refused, by trying one.

        What is tried changes nothing where the server takes it: 2.0 ignores the condition, and
        an empty PATCH leaves the job as it is. A weak ETag, such as proxies make of strong ones,
        matches nothing (RFC 9110, section 8.8.3.2), so that it is as good as none.
        """
        if tagged.etag is None or tagged.etag.startswith("W/") or not self._takes_patch:
            return False
        job_id = tagged.job.id
        try:
            yield from self._patched(job_id, jobs.update_job(job_id, JobUpdate(), if_match=_PROBE))
        except (ClientError, OutcomeUnknown) as error:
            # After a lost answer, too: whichever try the server saw, it refused this one.
            if error.status == 412:
                return True
            raise
        return False

    def _patched(self, job_id: UUID, call: Call[Job]) -> Steps[Exchange[Job] | None]:
        """The answer to a PATCH of a job; None, there and from then on, if there is no PATCH."""
        try:
            return (yield from asked(call))
        except (ClientError, OutcomeUnknown) as error:
            if error.status == 405:  # so that an earlier try, if its answer was lost, did nothing
                self._takes_patch = False
                return None
            if isinstance(error, ClientError):
                raise _not_found(error, JobNotFoundError(job_id, error.facts)) from error
            raise

    def _replace_job(
        self, known: Job, status: JobStatus, results: JsonObject | None, if_match: str | None
    ) -> Steps[TaggedJob]:
        if status is JobStatus.ERROR:
            # 1.0 knows no ERROR: there the report among the results is what tells it.
            status, results = JobStatus.COMPLETED, _as_report(results)
        record = JobReplacement(
            id=known.id,
            status=status,
            parameters=known.parameters,
            result=(known.result or {}) if results is None else results,
            date_submitted=known.date_submitted,
        )
        try:
            exchange = yield from asked(jobs.replace_job(known.id, record, if_match=if_match))
        except ClientError as error:
            raise _not_found(error, JobNotFoundError(known.id, error.facts)) from error
        return _tagged(exchange.value.data.job_schema, jobs.E_TAG.read(exchange.headers))

    # Validation.

    def validate(self, instance: Json, schema: JsonObject) -> Steps[tuple[str, ...]]:
        """What the server's validator finds wrong with an instance; empty if nothing."""
        try:
            yield from asked(validator.validate(ValidationRequest(object=instance, schema=schema)))
        except ClientError as error:
            if error.status != 400:
                raise
            return messages_of(error) or ("the server refused it without saying why",)
        return ()

    def _within(self, seconds: float | None) -> Timeout:
        """The timeout of a call that may take no more than `seconds`."""
        bounds = [bound for bound in (seconds, self._timeout.total) if bound is not None]
        return evolve(self._timeout, total=min(bounds, default=None))

    def _with_room_for(self, wait: int) -> Timeout:
        """The timeout of a call that the server is asked to answer only after a while."""
        return evolve(
            self._timeout,
            read=_at_least(self._timeout.read, wait + _ROOM),
            total=_at_least(self._timeout.total, wait + _ROOM),
        )

    def _created(
        self, call: Call[T], exchange: Exchange[T], location: str | None, told: UUID | None
    ) -> UUID:
        """The id of what was made: from `Location`, or else from the body."""
        try:
            return UUID((location or "").rstrip("/").rpartition("/")[2])
        except ValueError:
            if told is not None:
                return told
        facts = Facts(
            method=call.method,
            url=self._url + call.path,
            status=exchange.status,
            headers=exchange.headers,
        )
        raise DecodeError("the server made something but does not say its id", facts)

    def _of_service(
        self, service_id: UUID, call: Call[T], *, timeout: Timeout | None = None
    ) -> Steps[Exchange[T]]:
        try:
            return (yield from asked(call, timeout))
        except ClientError as error:
            raise _not_found(error, ServiceNotFoundError(service_id, error.facts)) from error


def description_of(answer: ApiAnswer) -> Api:
    """The API's own description; 1.0 tells it under other names, which are translated."""
    told: JsonObject = answer.meta if is_object(answer.meta) else {}
    data = answer.data
    return evolve(
        data,
        version=data.version or _text(told.get("version")),
        maintainer_name=data.maintainer_name or _text(told.get("author")),
        maintainer_email=data.maintainer_email or _text(told.get("email")),
        source_code_repository_url=data.source_code_repository_url
        or _text(told.get("source_repository")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def id_of(value: UUID | str) -> UUID:
    """The id that a text stands for; raises `RequestError`, a `ValueError`, for none."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise RequestError(f"{one_line(repr(value))} is no id: ids are UUIDs") from None


def results_of(job: Job) -> JsonObject | None:
    """The results of a job, or None until some were reported; 1.0 says {} until then."""
    if is_object(job.results):
        return job.results
    if job.results is None and job.result is None:
        return None
    return job.result or ({} if job.status is JobStatus.COMPLETED else None)


def _at_least(bound: float | None, seconds: float) -> float | None:
    return None if bound is None else max(bound, seconds)


def _names_wait(applied: str) -> bool:
    """Whether `wait` is among the preferences that were applied (RFC 7240, section 3)."""
    names = (preference.partition("=")[0] for preference in applied.split(","))
    return any(name.strip().lower() == "wait" for name in names)


def _quoted(key: str) -> str:
    """A key as the header has it: a string of RFC 8941, section 3.3.3."""
    if not all(" " <= character <= "~" for character in key):
        raise RequestError(f"{one_line(repr(key))} is no key: keys are printable ASCII")
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tagged(job: Job, etag: str | None) -> TaggedJob:
    return TaggedJob(_as_it_ended(job), etag or None)


def _as_it_ended(job: Job) -> Job:
    """The job, in ERROR where 1.0 can only say so by the report among its results."""
    is_failed = job.status is JobStatus.COMPLETED and failure_in(results_of(job)) is not None
    return evolve(job, status=JobStatus.ERROR) if is_failed else job


def _as_report(results: JsonObject | None) -> JsonObject:
    """What tells 1.0 that a job failed."""
    if not results:
        return BARE_REPORT
    if failure_in(results) is not None:
        return results
    return error_report(ErrorKind.HANDLER, "Error", "the service gave no reason", data=results)


def messages_of(error: StatusError) -> tuple[str, ...]:
    """What a server says is wrong, in any of the shapes that the two generations have."""
    told = _messages(getattr(error.error, "errors", None), _DEEPEST)
    return tuple(one_line(message) for message in islice(told, _MOST_MESSAGES))


def _messages(errors: Json, deepest: int) -> Iterator[str]:
    if isinstance(errors, str):
        yield errors
    elif deepest and is_array(errors):
        for item in errors:
            yield from _messages(item, deepest - 1)
    elif deepest and is_object(errors):
        yield from _messages_of_object(errors, deepest - 1)


def _messages_of_object(errors: JsonObject, deepest: int) -> Iterator[str]:
    """2.0's error objects, and 1.0's messages with their context or their field names."""
    told = errors.get("detail", errors.get("message"))
    if isinstance(told, str):
        yield told
    for field, messages in errors.items():
        if field in ("detail", "message", "title", "status_code"):
            continue
        prefix = "" if field in ("context", "serializer_errors") else f"{field}: "
        yield from (f"{prefix}{message}" for message in _messages(messages, deepest))


def refused(error: ClientError) -> ClientError | ValidationError:
    """The error to raise for a refused call: with 400 the server found a value wrong."""
    if error.status != 400:
        return error
    messages = messages_of(error)
    return ValidationError("; ".join(messages) or "the server refused the request", messages)


def _not_found(
    error: ClientError, named: ServiceNotFoundError | JobNotFoundError
) -> ClientError | ServiceNotFoundError | JobNotFoundError:
    return named if error.status == 404 else error


def _whole_job(created: CreatedJob) -> Job | None:
    """2.0's answer to a new job, which is the job itself."""
    if created.id is None or created.date_submitted is None:
        return None
    return Job(
        id=created.id,
        status=created.status or JobStatus.REGISTERED,
        parameters=created.parameters or {},
        date_submitted=created.date_submitted,
        results=created.results,
    )
