"""`AsyncConnection`: a TopChef server of either generation, for tasks.

What is said to it is in `exchanges`, as for `Connection`; here is who says it.
"""

from __future__ import annotations

from typing import Protocol, TypeVar
from uuid import UUID

from .api import (
    AsyncApiClient,
    AsyncTransport,
    ExchangeError,
    Json,
    JsonObject,
    RetryPolicy,
    Timeout,
)
from .api.models import (
    ApiAnswer,
    Job,
    JobStatus,
    JobSummary,
    NewService,
    Service,
    ServiceSummary,
    ServiceUpdate,
)
from .connection import DEFAULT_RETRY, DEFAULT_TIMEOUT
from .exchanges import Exchanges, Polled, Steps, TaggedJob

T = TypeVar("T")


class AsyncConnection:
    """A TopChef server of either generation; safe to share between the tasks of one event loop.

    Its methods do what those of `Exchanges` of the same names say.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: AsyncTransport | None = None,
        timeout: Timeout | float = DEFAULT_TIMEOUT,
        retry: RetryPolicy = DEFAULT_RETRY,
    ) -> None:
        bounds = timeout if isinstance(timeout, Timeout) else Timeout(total=timeout)
        # Neither generation heeds a key: a repeat that carries one would act twice.
        self._client = AsyncApiClient(
            url, transport=transport, timeout=bounds, retry=retry, make_keys=False
        )
        self._exchanges = Exchanges(self._client.base_url, bounds)

    def __repr__(self) -> str:
        return f"<AsyncConnection to {self.url}>"

    @property
    def url(self) -> str:
        """The server's base URL, without a final slash."""
        return self._client.base_url

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def sleep(self, seconds: float) -> None:
        """Wait, as the event loop does that runs."""
        await self._client.sleep(seconds)

    async def _done(self, steps: Steps[T]) -> T:
        """Send one call after another, and return what comes of all."""
        try:
            ask = next(steps)
            while True:
                try:
                    exchange = await self._client.exchange(ask.call, timeout=ask.timeout)
                except ExchangeError as error:
                    ask = steps.throw(error)
                else:
                    ask = steps.send(exchange)
        except StopIteration as end:
            result: T = end.value
            return result

    async def get_api(self) -> ApiAnswer:
        """The API's own description."""
        return await self._done(self._exchanges.get_api())

    async def list_services(self) -> list[ServiceSummary]:
        """All services, in one request."""
        return await self._done(self._exchanges.list_services())

    async def get_service(self, service_id: UUID) -> Service:
        """A service; raises `ServiceNotFoundError`."""
        return await self._done(self._exchanges.get_service(service_id))

    async def create_service(self, new: NewService) -> UUID:
        """Register a service and return its id, which 2.0 tells in `Location` alone."""
        return await self._done(self._exchanges.create_service(new))

    async def update_service(self, service_id: UUID, update: ServiceUpdate) -> None:
        """Change a service, which checks it in as well; 1.0 only checks it in."""
        return await self._done(self._exchanges.update_service(service_id, update))

    async def check_in(self, service_id: UUID, *, timeout: Timeout | None = None) -> None:
        """Say that the service is alive."""
        return await self._done(self._exchanges.check_in(service_id, timeout=timeout))

    async def list_jobs(self) -> list[JobSummary]:
        """All jobs of all services, in brief."""
        return await self._done(self._exchanges.list_jobs())

    async def list_service_jobs(self, service_id: UUID) -> list[JobSummary]:
        """All jobs of a service."""
        return await self._done(self._exchanges.list_service_jobs(service_id))

    async def get_queue(self, service_id: UUID) -> list[JobSummary]:
        """The first registered jobs of a service; 2.0 gives at most ten."""
        return await self._done(self._exchanges.get_queue(service_id))

    async def poll_queue(self, service_id: UUID, *, wait: int = 0) -> Polled:
        """The same; where there are none, the server is asked to wait for one, in seconds."""
        return await self._done(self._exchanges.poll_queue(service_id, wait=wait))

    async def create_job(self, service_id: UUID, parameters: JsonObject) -> tuple[UUID, Job | None]:
        """Post a job; returns its id and, where the server tells it, the job."""
        return await self._done(self._exchanges.create_job(service_id, parameters))

    async def get_job(self, job_id: UUID, *, within: float | None = None) -> Job:
        """A job with its parameters and results; raises `JobNotFoundError`."""
        return await self._done(self._exchanges.get_job(job_id, within=within))

    async def get_tagged_job(self, job_id: UUID, *, within: float | None = None) -> TaggedJob:
        """The same, with the ETag of what was read."""
        return await self._done(self._exchanges.get_tagged_job(job_id, within=within))

    async def update_job(
        self,
        job_id: UUID,
        status: JobStatus | None,
        results: JsonObject | None = None,
        *,
        known: Job | None = None,
    ) -> Job:
        """Report a status, results, or both, in one request; returns the job as it now is."""
        return await self._done(self._exchanges.update_job(job_id, status, results, known=known))

    async def change_job(
        self,
        job_id: UUID,
        status: JobStatus | None,
        results: JsonObject | None = None,
        *,
        known: Job | None = None,
        if_match: str | None = None,
        key: str | None = None,
    ) -> TaggedJob:
        """The same, on condition; returns the job as it now is with its ETag."""
        return await self._done(
            self._exchanges.change_job(
                job_id, status, results, known=known, if_match=if_match, key=key
            )
        )

    async def is_if_match_honoured(self, tagged: TaggedJob) -> bool:
        """Whether a change that comes too late for an ETag would be refused, by trying one."""
        return await self._done(self._exchanges.is_if_match_honoured(tagged))

    async def validate(self, instance: Json, schema: JsonObject) -> tuple[str, ...]:
        """What the server's validator finds wrong with an instance; empty if nothing."""
        return await self._done(self._exchanges.validate(instance, schema))


class HasAsyncConnection(Protocol):
    """An `AsyncClient`, as far as others need to know it."""

    @property
    def connection(self) -> AsyncConnection:
        """The server that the client speaks to."""
        ...
