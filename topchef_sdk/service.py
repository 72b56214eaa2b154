"""`Service`: a program at an instrument or a simulation computer, as a client sees it."""

from __future__ import annotations

from uuid import UUID

from .api import JsonObject, Transport
from .api.models import Service as ServiceDetails
from .api.models import ServiceSummary, ServiceUpdate
from .connection import Connection, HasConnection, connection_to
from .contract import Contract
from .errors import ClientError, ServiceNotFoundError
from .exchanges import id_of, refused
from .job import Job
from .service_record import check_object, check_parameters, promise_of, takes_jobs, update_of


class Service:
    """A service of a TopChef server; safe to share between threads.

    Names and schemas are asked for once; what changes by itself is asked for each time. Reading
    may raise `ServiceNotFoundError` or another `NetworkError`.

    `transport` carries the requests to a URL in place of HTTP over sockets. Raises `RequestError`
    for an id that is no UUID.
    """

    def __init__(
        self,
        service_id: UUID | str,
        topchef_url: str | HasConnection,
        transport: Transport | None = None,
    ) -> None:
        self._id = id_of(service_id)
        self._connection = connection_to(topchef_url, transport)
        self._known: ServiceDetails | None = None
        self._listed: ServiceSummary | None = None
        self._contract: Contract | None = None

    @classmethod
    def known(cls, topchef: HasConnection, details: ServiceDetails) -> Service:
        """A service whose details have just come from the server."""
        service = cls(details.id, topchef)
        service._known = details
        return service

    @classmethod
    def listed(cls, topchef: HasConnection, summary: ServiceSummary) -> Service:
        """A service from the list, which tells its name, and on 2.0 its description."""
        service = cls(summary.id, topchef)
        service._listed = summary
        return service

    def __repr__(self) -> str:
        known = self._known or self._listed
        return f"<Service {self._id}{'' if known is None else f' {known.name!r}'}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Service):
            return NotImplemented
        return (self._id, self._connection.url) == (other._id, other._connection.url)

    def __hash__(self) -> int:
        return hash((self._id, self._connection.url))

    @property
    def connection(self) -> Connection:
        """The server that the service is registered at."""
        return self._connection

    @property
    def id(self) -> UUID:
        """The service's id."""
        return self._id

    @property
    def service_id(self) -> UUID:
        """The same, under the name that it had in the first client."""
        return self._id

    @property
    def topchef_url(self) -> str:
        """The base URL of the server."""
        return self._connection.url

    @property
    def new_job_endpoint(self) -> str:
        """Where its jobs are posted."""
        return f"{self._connection.url}/services/{self._id}/jobs"

    @property
    def details(self) -> ServiceDetails:
        """The whole record as it was when it was last asked for."""
        return self._details()

    @property
    def name(self) -> str:
        """What people call it."""
        return (self._known or self._listed or self._details()).name

    @property
    def description(self) -> str:
        """What it does, in its own words."""
        listed = self._listed
        if self._known is None and listed is not None and listed.description is not None:
            return listed.description
        return self._details().description

    @property
    def job_registration_schema(self) -> JsonObject:
        """The JSON Schema (draft 4) of a job's parameters."""
        return self._details().job_registration_schema

    @property
    def job_result_schema(self) -> JsonObject:
        """The JSON Schema (draft 4) of a job's results."""
        return self._details().job_result_schema

    @property
    def is_available(self) -> bool:
        """Whether it says that it takes jobs; on 1.0, whether it checks in."""
        return takes_jobs(self._latest())

    @property
    def has_timed_out(self) -> bool:
        """Whether its last check-in is longer ago than its timeout."""
        return self._latest().has_timed_out

    @property
    def timeout(self) -> int | None:
        """The most seconds between check-ins of a service that is alive; None on 1.0."""
        return self._latest().timeout

    @property
    def does_service_exist(self) -> bool:
        """Whether the server knows the service."""
        try:
            self._latest()
        except ServiceNotFoundError:
            return False
        return True

    @property
    def jobs(self) -> list[Job]:
        """All its jobs, in one request."""
        return [Job.listed(self, job) for job in self._connection.list_service_jobs(self._id)]

    @property
    def queue(self) -> list[Job]:
        """The first of its registered jobs, in one request; 2.0 gives at most ten."""
        return [Job.listed(self, job) for job in self._connection.get_queue(self._id)]

    def new_job(self, parameters: JsonObject) -> Job:
        """Post a job.

        Raises `ValidationError` when the parameters break the service's schema, which is
        checked here before anything is sent, and `RequestError` when they are not JSON.
        """
        check_object(parameters)
        check_parameters(parameters, self._promise())
        try:
            job_id, details = self._connection.create_job(self._id, parameters)
        except ClientError as error:
            raise refused(error) from error
        return Job(self, job_id) if details is None else Job.known(self, details)

    def check_in(self) -> None:
        """Say that the service is alive."""
        self._connection.check_in(self._id)

    def update(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        is_available: bool | None = None,
        timeout: int | None = None,
    ) -> None:
        """Change what is given, and check in; `timeout` is in seconds, at least 1.

        Servers of generation 1.0 only check in. Raises `ValidationError` for a timeout below 1
        and for what the server finds wrong.
        """
        update = update_of(
            name=name, description=description, is_available=is_available, timeout=timeout
        )
        if update == ServiceUpdate():
            self.check_in()  # a body, even an empty one, has megabytes for an answer
            return
        try:
            self._connection.update_service(self._id, update)
        except ClientError as error:
            raise refused(error) from error
        self._known = self._listed = None

    def _promise(self) -> Contract:
        """The schema of parameters, which no server changes."""
        if self._contract is None:
            self._contract = promise_of(self._details())
        return self._contract

    def _details(self) -> ServiceDetails:
        """What is known of the service, asked for if nothing is."""
        return self._known or self._latest()

    def _latest(self) -> ServiceDetails:
        """The service as it is now."""
        details = self._connection.get_service(self._id)
        self._known = details
        return details
