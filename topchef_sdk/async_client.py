"""`AsyncClient`: where a program of tasks that uses TopChef begins.

    async with AsyncClient("http://127.0.0.1:8080") as client:
        service = await client.services[service_id]
        job = await service.new_job({"value": 41})
        print(await job.wait(timeout=30))

It is `Client` for tasks, under asyncio or trio, and needs the extra `async`. What has to ask the
server is a coroutine; nothing else is.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from .api import AsyncTransport, RetryPolicy, Timeout
from .api.models import Api
from .async_connection import AsyncConnection
from .async_job import AsyncJob
from .async_service import AsyncService
from .connection import DEFAULT_RETRY, DEFAULT_TIMEOUT
from .errors import RequestError, ServiceNotFoundError
from .exchanges import description_of, id_of

T = TypeVar("T")


class AsyncServices:
    """The services that a server has, asked for each time: a mapping whose values are awaited.

    `await services[id]` gives a service, `async for` its ids, `values()` and `items()` the
    rest; iterating makes one request.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<AsyncServices of {self._client.url}>"

    def __getitem__(self, service_id: UUID | str) -> Awaitable[AsyncService]:
        """The service of an id, to be awaited.

        That raises `ServiceNotFoundError`, which is a `KeyError`.
        """
        return self._get(service_id)

    def __aiter__(self) -> AsyncGenerator[UUID]:
        return self.keys()

    async def get(self, service_id: UUID | str, default: T) -> AsyncService | T:
        """The service of an id, or the default if there is none."""
        try:
            return await self[service_id]
        except ServiceNotFoundError:
            return default

    async def contains(self, service_id: UUID | str) -> bool:
        """Whether there is a service of this id."""
        return await self.get(service_id, None) is not None

    async def count(self) -> int:
        """How many services there are."""
        return len(await self._client.connection.list_services())

    async def keys(self) -> AsyncGenerator[UUID]:
        """The ids of all services, in one request."""
        for summary in await self._client.connection.list_services():
            yield summary.id

    async def values(self) -> AsyncGenerator[AsyncService]:
        """All services, in one request; their details are asked for when read."""
        for summary in await self._client.connection.list_services():
            yield AsyncService.listed(self._client, summary)

    async def items(self) -> AsyncGenerator[tuple[UUID, AsyncService]]:
        """All ids and services, in one request."""
        for summary in await self._client.connection.list_services():
            yield summary.id, AsyncService.listed(self._client, summary)

    async def _get(self, service_id: UUID | str) -> AsyncService:
        try:
            key = id_of(service_id)
        except RequestError:
            raise ServiceNotFoundError(service_id) from None
        details = await self._client.connection.get_service(key)
        return AsyncService.known(self._client, details)


class AsyncClient:
    """A TopChef server of either generation; safe to share between the tasks of one event loop.

    `transport` carries the requests in place of HTTP over sockets, for tests; it stays open.
    `timeout` bounds each call: a number is its most seconds. `retry` says how often what may be
    repeated is. Use it in an `async with` statement, or `aclose` it. Raises `RequestError` for a
    URL that is none.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: AsyncTransport | None = None,
        timeout: Timeout | float = DEFAULT_TIMEOUT,
        retry: RetryPolicy = DEFAULT_RETRY,
    ) -> None:
        self._connection = AsyncConnection(url, transport=transport, timeout=timeout, retry=retry)

    def __repr__(self) -> str:
        return f"<AsyncClient of {self.url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._connection.aclose()

    @property
    def connection(self) -> AsyncConnection:
        """The server, for the parts of this SDK that speak to it."""
        return self._connection

    @property
    def url(self) -> str:
        """The server's base URL, without a final slash."""
        return self._connection.url

    @property
    def services(self) -> AsyncServices:
        """The services of the server, by id."""
        return AsyncServices(self)

    async def jobs(self) -> list[AsyncJob]:
        """All jobs of all services, in one request."""
        return [AsyncJob.listed(self, job) for job in await self._connection.list_jobs()]

    async def metadata(self) -> Api:
        """The API's own description: its version, maintainer, documentation and source.

        Servers of generation 1.0 tell it under other names, which are translated.
        """
        return description_of(await self._connection.get_api())
