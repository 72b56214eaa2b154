"""What each endpoint does: the 2.0 behaviour, and the 1.0 endpoints that 2.0 dropped.

Where real servers are broken this one is not: schemas are checked when a service is registered,
a job has the time of its own submission, jobs keep their order, and no input is answered with
500 or with HTML. Beyond 2.0, jobs have ETags, changes can be conditional and named, and who finds
no job may wait for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from uuid import UUID

from attrs import frozen

from ..api import ErrorReply, Json, JsonObject, Refusal, Reply, is_object
from ..api.models import (
    Api,
    ApiAnswer,
    CheckedIn,
    CreatedJob,
    CreatedService,
    Echo,
    Job,
    JobAnswer,
    JobCreated,
    JobListAnswer,
    JobReplaced,
    JobReplacement,
    JobStatus,
    JobSummary,
    JobUpdate,
    NewJob,
    NewService,
    ReplacedJob,
    Service,
    ServiceAnswer,
    ServiceCreated,
    ServiceListAnswer,
    ServiceSummary,
    ServiceUpdate,
    ServiceUpdated,
    Validated,
    ValidationAnswer,
    ValidationRequest,
    ValidatorAnswer,
)
from ..api.server import Handlers
from ..contract import check_schema, is_too_deep, violations
from . import meta
from .entity_tags import ANY_VERSION, IfMatch, entity_tag, if_match_of
from .errors import NO_HEADERS, error_reply, errors
from .preferences import applied_wait, wait_preferred
from .store import (
    LONGEST_TIMEOUT,
    JobChangedError,
    JobEntry,
    Store,
    StoredJob,
    StoredService,
)

MAINTAINER: Final = "topchef-sdk"
"""What `GET /` names, so that a client can tell this server from others."""

QUEUE_LENGTH: Final = 10
"""How many jobs a queue lists at most, as on 2.0."""

_INVALID: Final = "JSONSchema Validation Error"
_UNREADABLE: Final = "Deserialization Error From Client Data"


@frozen
class TopChefHandlers(Handlers):
    """The endpoints on a store, for requests to one base URL."""

    _store: Store
    _base_url: str = ""
    """Where the links of answers start, without a final slash."""

    # The API.

    def get_api(self) -> Reply[ApiAnswer]:
        """Say what this server is."""
        data = Api(version=_version(), maintainer_name=MAINTAINER)
        return Reply(ApiAnswer(data=data, links=self._links("/"), meta=meta.API))

    def echo(self, body: Json) -> Reply[Echo]:
        """Answer what was sent, as 1.0 does."""
        if is_too_deep(body):
            raise error_reply(400, _UNREADABLE, "$: is nested too deeply")
        return Reply(Echo(data=body))

    # Services.

    def list_services(self) -> Reply[ServiceListAnswer]:
        """List services in the order of their registration."""
        entries = [
            ServiceSummary(id=service.id, name=service.name, description=service.description)
            for service in self._store.services()
        ]
        return Reply(
            ServiceListAnswer(data=entries, links=self._links("/services"), meta=meta.SERVICES)
        )

    def create_service(self, body: NewService) -> Reply[ServiceCreated]:
        """Register a service; its schemas must be of draft 4 and complete in themselves."""
        if body.job_result_schema is None:
            raise error_reply(400, _UNREADABLE, "$: 'job_result_schema' is required")
        _refuse_any(
            *_below("job_registration_schema", check_schema(body.job_registration_schema)),
            *_below("job_result_schema", check_schema(body.job_result_schema)),
            title="Invalid JSON Schema",
        )
        service = self._store.add_service(
            name=body.name,
            description=body.description,
            job_registration_schema=body.job_registration_schema,
            job_result_schema=body.job_result_schema,
        )
        data = CreatedService(message="service successfully created")
        return Reply(
            ServiceCreated(data=data, links=self._links("/services")),
            status=201,
            headers={"Location": self._url(f"/services/{service.id}")},
        )

    def list_service_methods(self) -> Reply[None]:
        """Name the methods of the list of services."""
        return Reply(None, headers={"Allow": _allowed("GET, POST")})

    def get_service(self, service_id: UUID) -> Reply[ServiceAnswer]:
        """Answer a service with all its jobs in short."""
        service = self._known(service_id)
        path = f"/services/{service_id}"
        return Reply(
            ServiceAnswer(data=self._whole(service), links=self._links(path), meta=meta.SERVICE)
        )

    def check_in_by_post(self, service_id: UUID) -> Reply[CheckedIn]:
        """Check in, where a proxy lets no PATCH through."""
        return self.check_in(service_id)

    def check_in(self, service_id: UUID) -> Reply[CheckedIn]:
        """Note that a service is alive."""
        service = self._changed(service_id, ServiceUpdate())
        return Reply(CheckedIn(meta=f"Service checked in at {service.checked_in.isoformat()}"))

    def update_service(self, service_id: UUID, body: ServiceUpdate) -> Reply[ServiceUpdated]:
        """Change a service, and check it in."""
        if body.timeout is not None and body.timeout > LONGEST_TIMEOUT:
            detail = f"$.timeout: is greater than {LONGEST_TIMEOUT}"
            raise error_reply(400, _UNREADABLE, detail)
        service = self._changed(service_id, body)
        path = f"/services/{service_id}"
        return Reply(
            ServiceUpdated(data=self._whole(service), links=self._links(path), meta=meta.SERVICE)
        )

    # Jobs of a service.

    def get_queue(
        self, service_id: UUID, *, prefer: str | None = None
    ) -> Reply[JobListAnswer | None]:
        """List the oldest registered jobs; 204 when there is none, after a wait if preferred."""
        self._known(service_id)
        jobs, headers = self._awaited(service_id, QUEUE_LENGTH, prefer)
        if not jobs:
            return Reply(None, status=204, headers=headers)
        links = self._links(f"/services/{service_id}/queue")
        answer = JobListAnswer(data=_summaries(jobs), links=links, meta=meta.QUEUE)
        return Reply(answer, headers=headers)

    def list_service_jobs(self, service_id: UUID) -> Reply[JobListAnswer]:
        """List all jobs of a service in full."""
        schema = self._known(service_id).job_registration_schema
        return Reply(
            JobListAnswer(
                data=_summaries(self._store.jobs(service_id)),
                links=self._links(f"/services/{service_id}/jobs"),
                meta=meta.jobs_of_service(schema),
            )
        )

    def create_job(self, service_id: UUID, body: NewJob) -> Reply[JobCreated]:
        """Put a job at the end of the queue."""
        service = self._known(service_id)
        broken = violations(body.parameters, service.job_registration_schema)
        _refuse_any(*_below("parameters", broken))
        job = self._store.add_job(service_id, body.parameters)
        data = CreatedJob(
            id=job.id,
            status=job.status,
            parameters=job.parameters,
            results=None,
            date_submitted=job.date_submitted,
        )
        return Reply(
            JobCreated(data=data, meta=f"new job ID is {job.id}"),
            status=201,
            headers={"Location": self._url(f"/jobs/{job.id}"), **_tag(job)},
        )

    def get_next_job(
        self, service_id: UUID, *, prefer: str | None = None
    ) -> Reply[JobAnswer | None]:
        """Answer the oldest registered job; 204 when there is none, after a wait if preferred."""
        self._known(service_id)
        return self._next_of(service_id, f"/services/{service_id}/jobs/next", prefer)

    # Jobs.

    def list_jobs(self) -> Reply[JobListAnswer]:
        """List all jobs in short."""
        entries = _entries(self._store.job_entries())
        return Reply(JobListAnswer(data=entries, links=self._links("/jobs"), meta=meta.JOBS))

    def get_job(self, job_id: UUID) -> Reply[JobAnswer]:
        """Answer a job."""
        job = self._known_job(job_id)
        answer = JobAnswer(data=_job(job), links=self._links(f"/jobs/{job_id}"), meta=meta.JOB)
        return Reply(answer, headers=_tag(job))

    def update_job(
        self,
        job_id: UUID,
        body: JobUpdate,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
    ) -> Reply[Job]:
        """Note a status, results, or both; the one answer that is not under `data`."""
        change = _Change(
            status=_status(body.status) if body.status else None,
            results=body.results if is_object(body.results) else None,
            presupposed=if_match_of(if_match),
            key=idempotency_key,
        )
        job = self._reported(job_id, change, member="results")
        return Reply(_job(job), headers=_tag(job))

    def replace_job(
        self, job_id: UUID, body: JobReplacement, *, if_match: str | None = None
    ) -> Reply[JobReplaced]:
        """Note status and results as 1.0 takes them: in a record that is otherwise the same."""
        job = self._known_job(job_id)
        _refuse_any(
            *(["$.id: is another job's"] if body.id != job.id else ()),
            *(["$.parameters: cannot be changed"] if body.parameters != job.parameters else ()),
            title=_UNREADABLE,
        )
        # To 1.0 an empty result is none yet, unless the job is done.
        is_result = bool(body.result) or body.status is JobStatus.COMPLETED
        change = _Change(
            status=body.status,
            results=body.result if is_result else None,
            presupposed=if_match_of(if_match),
        )
        changed = self._reported(job_id, change, member="result")
        data = ReplacedJob(
            message=f"Job {job_id} updated successfully", job_schema=_job_of_1_0(changed)
        )
        headers = {"Location": self._url(f"/jobs/{job_id}"), **_tag(changed)}
        return Reply(JobReplaced(data=data), headers=headers)

    def replace_service_job(
        self,
        service_id: UUID,
        job_id: UUID,
        body: JobReplacement,
        *,
        if_match: str | None = None,
    ) -> Reply[JobReplaced]:
        """Do the same for a job that must be the service's."""
        self._known(service_id)
        if self._known_job(job_id).service_id != service_id:
            raise _no_job(job_id)
        return self.replace_job(job_id, body, if_match=if_match)

    def get_next_job_by_job(self, job_id: UUID) -> Reply[JobAnswer | None]:
        """Answer the oldest registered job of the service that a job belongs to."""
        return self._next_of(self._known_job(job_id).service_id, f"/jobs/{job_id}/next")

    # The validator.

    def describe_validator(self) -> Reply[ValidatorAnswer]:
        """Say what `validate` takes."""
        return Reply(ValidatorAnswer(data={}, links=self._links("/validator"), meta=meta.VALIDATOR))

    def validate(self, body: ValidationRequest) -> Reply[ValidationAnswer]:
        """Judge an object by a schema, which is judged first."""
        _refuse_any(*_below("schema", check_schema(body.schema)), title="Invalid JSON Schema")
        _refuse_any(*_below("object", violations(body.object, body.schema)))
        data = Validated(status="Validation was successful")
        return Reply(ValidationAnswer(data=data, links=self._links("/validator")))

    # What reaches no endpoint.

    def refuse(self, refusal: Refusal) -> Reply[object]:
        """Answer in the form of all other errors."""
        if refusal.title == "Missing Parameter":
            # Only X-HTTP-Method-Override can be: without it a POST is what it says.
            details = "POST is not allowed here without X-HTTP-Method-Override: PATCH"
            headers = {"Allow": _allowed("GET, PATCH")}
            return Reply(errors(405, "Method Not Allowed", details), 405, headers)
        headers = dict(refusal.headers)
        if "Allow" in headers:
            headers["Allow"] = _allowed(headers["Allow"])
        value = errors(refusal.status, refusal.title, *refusal.details)
        return Reply(value, refusal.status, headers)

    # What endpoints share.

    def _url(self, path: str) -> str:
        return self._base_url + path

    def _links(self, path: str) -> dict[str, str]:
        return {"self": self._url(path)}

    def _known(self, service_id: UUID) -> StoredService:
        service = self._store.service(service_id)
        if service is None:
            raise _no_service(service_id)
        return service

    def _known_job(self, job_id: UUID) -> StoredJob:
        job = self._store.job(job_id)
        if job is None:
            raise _no_job(job_id)
        return job

    def _changed(self, service_id: UUID, changes: ServiceUpdate) -> StoredService:
        service = self._store.change_service(
            service_id,
            name=changes.name,
            description=changes.description,
            is_available=changes.is_available,
            timeout=changes.timeout,
        )
        if service is None:
            raise _no_service(service_id)
        return service

    def _reported(self, job_id: UUID, change: _Change, *, member: str) -> StoredJob:
        """The job after a report, whose results break no promise whatever the status.

        What is wrong with the report itself is said before its condition is looked at (RFC 9110,
        section 13.2.1), which must stand in one transaction with the change.
        """
        job = self._known_job(job_id)
        if change.results is not None:
            schema = self._known(job.service_id).job_result_schema
            _refuse_any(*_below(member, violations(change.results, schema)))
        try:
            changed = self._store.change_job(
                job_id,
                status=change.status,
                results=change.results,
                presupposed=change.presupposed.holds_for,
                key=change.key,
            )
        except JobChangedError as error:
            raise _job_changed(error.version) from None
        if changed is None:
            raise _no_job(job_id)
        return changed

    def _next_of(
        self, service_id: UUID, path: str, prefer: str | None = None
    ) -> Reply[JobAnswer | None]:
        jobs, headers = self._awaited(service_id, 1, prefer)
        for job in jobs:
            answer = JobAnswer(data=_job(job), links=self._links(path), meta=meta.NEXT_JOB)
            return Reply(answer, headers=headers)
        return Reply(None, status=204, headers=headers)

    def _awaited(
        self, service_id: UUID, most: int, prefer: str | None
    ) -> tuple[list[StoredJob], Mapping[str, str]]:
        """The head of the queue, and what to say of the wait that was preferred for it."""
        look = partial(self._store.queue, service_id, most)
        seconds = wait_preferred(prefer)
        if not seconds:
            return look(), NO_HEADERS
        found = self._store.arrivals.first(service_id, look, seconds)
        return found.items, applied_wait(seconds) if found.is_wait_kept else NO_HEADERS

    def _whole(self, service: StoredService) -> Service:
        return Service(
            id=service.id,
            name=service.name,
            description=service.description,
            job_registration_schema=service.job_registration_schema,
            job_result_schema=service.job_result_schema,
            has_timed_out=service.has_timed_out(self._store.now()),
            is_service_available=service.is_available,
            timeout=service.timeout,
            jobs=_entries(self._store.job_entries(service.id)),
        )


@frozen(kw_only=True)
class _Change:
    """What a report changes of a job, and on which condition."""

    status: JobStatus | None
    results: JsonObject | None
    presupposed: IfMatch = ANY_VERSION
    key: str | None = None


# Records of the store as models of the API.


def _tag(job: StoredJob) -> dict[str, str]:
    return {"ETag": entity_tag(job.version)}


def _job(job: StoredJob) -> Job:
    return Job(
        id=job.id,
        status=job.status,
        parameters=job.parameters,
        results=job.results,
        date_submitted=job.date_submitted,
    )


def _job_of_1_0(job: StoredJob) -> Job:
    return Job(
        id=job.id,
        status=job.status,
        parameters=job.parameters,
        result=job.results or {},
        date_submitted=job.date_submitted,
    )


def _summaries(jobs: Iterable[StoredJob]) -> list[JobSummary]:
    return [
        JobSummary(
            id=job.id,
            status=job.status,
            date_submitted=job.date_submitted,
            parameters=job.parameters,
            results=job.results,
        )
        for job in jobs
    ]


def _entries(entries: Iterable[JobEntry]) -> list[JobSummary]:
    return [
        JobSummary(id=entry.id, status=entry.status, date_submitted=entry.date_submitted)
        for entry in entries
    ]


def _status(text: str) -> JobStatus:
    """The status of a name in either case."""
    status = JobStatus(text.upper())
    if status.is_unknown:
        raise error_reply(400, _UNREADABLE, f"$.status: {text!r} is no status of a job")
    return status


# Refusals.


def _refuse_any(*problems: str, title: str = _INVALID) -> None:
    """Answer 400 with all problems, if there are any."""
    if problems:
        raise error_reply(400, title, *problems)


def _below(member: str, problems: Iterable[str]) -> list[str]:
    """Problems of a member of the body, with their paths from the body's root."""
    return [f"$.{member}{problem.removeprefix('$')}" for problem in problems]


def _no_service(service_id: UUID) -> ErrorReply:
    detail = f"A service with UUID {service_id} does not exist"
    return error_reply(404, "Service Not Found", detail)


def _no_job(job_id: UUID) -> ErrorReply:
    return error_reply(404, "Job Not Found", f"A job with id {job_id} was not found")


def _job_changed(version: int) -> ErrorReply:
    detail = f"the job has changed, its ETag is {entity_tag(version)}"
    return error_reply(412, "Precondition Failed", detail)


def _allowed(methods: str) -> str:
    """The methods of a path as the application answers them: HEAD as GET, and OPTIONS."""
    names = set(methods.split(", ")) | {"OPTIONS"}
    return ", ".join(sorted(names | {"HEAD"} if "GET" in names else names))


@cache
def _version() -> str:
    try:
        return version("topchef-sdk")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "unknown"
