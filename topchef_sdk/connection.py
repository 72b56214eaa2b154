"""`Connection`: a TopChef server of either generation, asked by one thread at a time or by many.

What is said to it is in `exchanges`; here is who says it.
"""

from __future__ import annotations

import weakref
from typing import Protocol, TypeVar
from uuid import UUID

from .api import ApiClient, ExchangeError, Json, JsonObject, RetryPolicy, Timeout, Transport
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
from .exchanges import Exchanges, Polled, Steps, TaggedJob

T = TypeVar("T")

DEFAULT_TIMEOUT = Timeout()
"""5 s to connect, 30 s between bytes, 60 s for a call."""

DEFAULT_RETRY = RetryPolicy()
"""Three tries of what may be repeated without harm."""


class Connection:
    """A TopChef server of either generation; safe to share between threads.

    Its methods do what those of `Exchanges` of the same names say.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: Transport | None = None,
        timeout: Timeout | float = DEFAULT_TIMEOUT,
        retry: RetryPolicy = DEFAULT_RETRY,
    ) -> None:
        bounds = timeout if isinstance(timeout, Timeout) else Timeout(total=timeout)
        # Neither generation heeds a key: a repeat that carries one would act twice.
        self._client = ApiClient(
            url, transport=transport, timeout=bounds, retry=retry, make_keys=False
        )
        self._exchanges = Exchanges(self._client.base_url, bounds)
        # A service or a job that was made from a URL has nothing to be closed with.
        weakref.finalize(self, self._client.close)

    def __repr__(self) -> str:
        return f"<Connection to {self.url}>"

    @property
    def url(self) -> str:
        """The server's base URL, without a final slash."""
        return self._client.base_url

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _done(self, steps: Steps[T]) -> T:
        """Send one call after another, and return what comes of all."""
        try:
            ask = next(steps)
            while True:
                try:
                    exchange = self._client.exchange(ask.call, timeout=ask.timeout)
                except ExchangeError as error:
                    ask = steps.throw(error)
                else:
                    ask = steps.send(exchange)
        except StopIteration as end:
            result: T = end.value
            return result

    def get_api(self) -> ApiAnswer:
        """The API's own description."""
        return self._done(self._exchanges.get_api())

    def list_services(self) -> list[ServiceSummary]:
        """All services, in one request."""
        return self._done(self._exchanges.list_services())

    def get_service(self, service_id: UUID) -> Service:
        """A service; raises `ServiceNotFoundError`."""
        return self._done(self._exchanges.get_service(service_id))

    def create_service(self, new: NewService) -> UUID:
        """Register a service and return its id, which 2.0 tells in `Location` alone."""
        return self._done(self._exchanges.create_service(new))

    def update_service(self, service_id: UUID, update: ServiceUpdate) -> None:
        """Change a service, which checks it in as well; 1.0 only checks it in."""
        return self._done(self._exchanges.update_service(service_id, update))

    def check_in(self, service_id: UUID, *, timeout: Timeout | None = None) -> None:
        """Say that the service is alive."""
        return self._done(self._exchanges.check_in(service_id, timeout=timeout))

    def list_jobs(self) -> list[JobSummary]:
        """All jobs of all services, in brief."""
        return self._done(self._exchanges.list_jobs())

    def list_service_jobs(self, service_id: UUID) -> list[JobSummary]:
        """All jobs of a service."""
        return self._done(self._exchanges.list_service_jobs(service_id))

    def get_queue(self, service_id: UUID) -> list[JobSummary]:
        """The first registered jobs of a service; 2.0 gives at most ten."""
        return self._done(self._exchanges.get_queue(service_id))

    def poll_queue(self, service_id: UUID, *, wait: int = 0) -> Polled:
        """The same; where there are none, the server is asked to wait for one, in seconds."""
        return self._done(self._exchanges.poll_queue(service_id, wait=wait))

    def create_job(self, service_id: UUID, parameters: JsonObject) -> tuple[UUID, Job | None]:
        """Post a job; returns its id and, where the server tells it, the job."""
        return self._done(self._exchanges.create_job(service_id, parameters))

    def get_job(self, job_id: UUID, *, within: float | None = None) -> Job:
        """A job with its parameters and results; raises `JobNotFoundError`."""
        return self._done(self._exchanges.get_job(job_id, within=within))

    def get_tagged_job(self, job_id: UUID, *, within: float | None = None) -> TaggedJob:
        """The same, with the ETag of what was read."""
        return self._done(self._exchanges.get_tagged_job(job_id, within=within))

    def update_job(
        self,
        job_id: UUID,
        status: JobStatus | None,
        results: JsonObject | None = None,
        *,
        known: Job | None = None,
    ) -> Job:
        """Report a status, results, or both, in one request; returns the job as it now is."""
        return self._done(self._exchanges.update_job(job_id, status, results, known=known))

    def change_job(
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
        return self._done(
            self._exchanges.change_job(
                job_id, status, results, known=known, if_match=if_match, key=key
            )
        )

    def is_if_match_honoured(self, tagged: TaggedJob) -> bool:
        """Whether a change that comes too late for an ETag would be refused, by trying one."""
        return self._done(self._exchanges.is_if_match_honoured(tagged))

    def validate(self, instance: Json, schema: JsonObject) -> tuple[str, ...]:
        """What the server's validator finds wrong with an instance; empty if nothing."""
        return self._done(self._exchanges.validate(instance, schema))


class HasConnection(Protocol):
    """A `Client`, as far as others need to know it."""

    @property
    def connection(self) -> Connection:
        """The server that the client speaks to."""
        ...


def connection_to(topchef: str | HasConnection, transport: Transport | None = None) -> Connection:
    """The connection of a client, or a new one to a URL."""
    if isinstance(topchef, str):
        return Connection(topchef, transport=transport)
    if transport is not None:
        raise ValueError("give a transport with a URL, or a client, which has one already")
    return topchef.connection
