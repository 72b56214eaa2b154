"""`AsyncService`: a program at an instrument or a simulation computer, as a task sees it."""

from __future__ import annotations

from uuid import UUID

from .api import JsonObject
from .api.models import Service as ServiceDetails
from .api.models import ServiceSummary, ServiceUpdate
from .async_connection import AsyncConnection, HasAsyncConnection
from .async_job import AsyncJob
from .contract import Contract
from .errors import ClientError, ServiceNotFoundError
from .exchanges import id_of, refused
from .service_record import (
    check_object,
    check_parameters,
    promise_of,
    takes_jobs,
    update_of,
)


class AsyncService:
    """A service of a TopChef server; safe to share between tasks.

    Names and schemas are asked for once; what changes by itself is asked for each time. What is
    asked for may raise `ServiceNotFoundError` or another `NetworkError`.

    Raises `RequestError` for an id that is no UUID.
    """

    def __init__(self, topchef: HasAsyncConnection, service_id: UUID | str) -> None:
        self._id = id_of(service_id)
        self._connection = topchef.connection
        self._known: ServiceDetails | None = None
        self._listed: ServiceSummary | None = None
        self._contract: Contract | None = None

    @classmethod
    def known(cls, topchef: HasAsyncConnection, details: ServiceDetails) -> AsyncService:
        """A service whose details have just come from the server."""
        service = cls(topchef, details.id)
        service._known = details
        return service

    @classmethod
    def listed(cls, topchef: HasAsyncConnection, summary: ServiceSummary) -> AsyncService:
        """A service from the list, which tells its name, and on 2.0 its description."""
        service = cls(topchef, summary.id)
        service._listed = summary
        return service

    def __repr__(self) -> str:
        known = self._known or self._listed
        return f"<AsyncService {self._id}{'' if known is None else f' {known.name!r}'}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AsyncService):
            return NotImplemented
        return (self._id, self._connection.url) == (other._id, other._connection.url)

    def __hash__(self) -> int:
        return hash((self._id, self._connection.url))

    @property
    def connection(self) -> AsyncConnection:
        """The server that the service is registered at."""
        return self._connection

    @property
    def id(self) -> UUID:
        """The service's id."""
        return self._id

    async def details(self) -> ServiceDetails:
        """The whole record as it was when it was last asked for."""
        return self._known or await self.refresh()

    async def refresh(self) -> ServiceDetails:
        """Ask the server for the service, whatever is known of it."""
        details = await self._connection.get_service(self._id)
        self._known = details
        return details

    async def name(self) -> str:
        """What people call it."""
        return (self._known or self._listed or await self.refresh()).name

    async def description(self) -> str:
        """What it does, in its own words."""
        listed = self._listed
        if self._known is None and listed is not None and listed.description is not None:
            return listed.description
        return (await self.details()).description

    async def job_registration_schema(self) -> JsonObject:
        """The JSON Schema (draft 4) of a job's parameters."""
        return (await self.details()).job_registration_schema

    async def job_result_schema(self) -> JsonObject:
        """The JSON Schema (draft 4) of a job's results."""
        return (await self.details()).job_result_schema

    async def is_available(self) -> bool:
        """Whether it says that it takes jobs; on 1.0, whether it checks in."""
        return takes_jobs(await self.refresh())

    async def has_timed_out(self) -> bool:
        """Whether its last check-in is longer ago than its timeout."""
        return (await self.refresh()).has_timed_out

    async def timeout(self) -> int | None:
        """The most seconds between check-ins of a service that is alive; None on 1.0."""
        return (await self.refresh()).timeout

    async def does_service_exist(self) -> bool:
        """Whether the server knows the service."""
        try:
            await self.refresh()
        except ServiceNotFoundError:
            return False
        return True

    async def jobs(self) -> list[AsyncJob]:
        """All its jobs, in one request."""
        found = await self._connection.list_service_jobs(self._id)
        return [AsyncJob.listed(self, job) for job in found]

    async def queue(self) -> list[AsyncJob]:
        """The first of its registered jobs, in one request; 2.0 gives at most ten."""
        return [AsyncJob.listed(self, job) for job in await self._connection.get_queue(self._id)]

    async def new_job(self, parameters: JsonObject) -> AsyncJob:
        """Post a job.

        Raises `ValidationError` when the parameters break the service's schema, which is
        checked here before anything is sent, and `RequestError` when they are not JSON.
        """
        check_object(parameters)
        check_parameters(parameters, await self._promise())
        try:
            job_id, details = await self._connection.create_job(self._id, parameters)
        except ClientError as error:
            raise refused(error) from error
        return AsyncJob(self, job_id) if details is None else AsyncJob.known(self, details)

    async def check_in(self) -> None:
        """Say that the service is alive."""
        await self._connection.check_in(self._id)

    async def update(
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
            await self.check_in()  # a body, even an empty one, has megabytes for an answer
            return
        try:
            await self._connection.update_service(self._id, update)
        except ClientError as error:
            raise refused(error) from error
        self._known = self._listed = None

    async def _promise(self) -> Contract:
        """The schema of parameters, which no server changes."""
        if self._contract is None:
            self._contract = promise_of(await self.details())
        return self._contract
