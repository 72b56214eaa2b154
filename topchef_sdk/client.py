"""`Client`: where a program that uses TopChef begins."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from types import TracebackType
from typing import Self
from uuid import UUID

from attrs import evolve

from .api import JsonObject, RetryPolicy, Timeout, Transport, is_object
from .api.models import Api
from .connection import DEFAULT_RETRY, DEFAULT_TIMEOUT, Connection
from .errors import ServiceNotFoundError
from .job import Job
from .service import Service


class AbstractServicesGetter(Mapping[UUID, Service]):
    """The services of a server, by id: the interface behind `Client.services`."""

    @abstractmethod
    def __getitem__(self, service_id: UUID | str) -> Service:
        """The service of an id; raises `ServiceNotFoundError`, which is a `KeyError`."""

    @abstractmethod
    def __iter__(self) -> Iterator[UUID]:
        """The ids of all services."""

    @abstractmethod
    def __len__(self) -> int:
        """How many services there are."""


class Services(AbstractServicesGetter):
    """The services that a server has, asked for each time.

    Iterating, also over `values()` and `items()`, and `len` make one request each.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<Services of {self._client.url}>"

    def __getitem__(self, service_id: UUID | str) -> Service:
        try:
            key = service_id if isinstance(service_id, UUID) else UUID(service_id)
        except ValueError:
            raise ServiceNotFoundError(service_id) from None
        return Service.known(self._client, self._client.connection.get_service(key))

    def __iter__(self) -> Iterator[UUID]:
        return (service.id for service in self._client.connection.list_services())

    def __len__(self) -> int:
        return len(self._client.connection.list_services())

    def __contains__(self, service_id: object) -> bool:
        return isinstance(service_id, (UUID, str)) and super().__contains__(service_id)

    def values(self) -> ValuesView[Service]:
        """All services, in one request; their details are asked for when read."""
        return _Values(self, self._client)

    def items(self) -> ItemsView[UUID, Service]:
        """All ids and services, in one request."""
        return _Items(self, self._client)


class _Values(ValuesView[Service]):
    def __init__(self, services: Services, client: Client) -> None:
        super().__init__(services)
        self._client = client

    def __iter__(self) -> Iterator[Service]:
        listed = self._client.connection.list_services()
        return (Service(service.id, self._client) for service in listed)


class _Items(ItemsView[UUID, Service]):
    def __init__(self, services: Services, client: Client) -> None:
        super().__init__(services)
        self._client = client

    def __iter__(self) -> Iterator[tuple[UUID, Service]]:
        listed = self._client.connection.list_services()
        return ((service.id, Service(service.id, self._client)) for service in listed)


class Client:
    """A TopChef server of either generation.

    `transport` carries the requests in place of HTTP over sockets, for tests; `timeout` bounds
    each call, in seconds; `retry` says how often what may be repeated is. Use it in a `with` statement, or `close` it. Safe to share between
    threads. Raises `RequestError` for a URL that is none.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: Transport | None = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        retry: RetryPolicy = DEFAULT_RETRY,
    ) -> None:
        self._connection = Connection(url, transport=transport, timeout=timeout, retry=retry)

    def __repr__(self) -> str:
        return f"<Client of {self.url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._connection.close()

    @property
    def connection(self) -> Connection:
        """The server, for the parts of this SDK that speak to it."""
        return self._connection

    @property
    def url(self) -> str:
        """The server's base URL, without a final slash."""
        return self._connection.url

    @property
    def services_url(self) -> str:
        """Where the list of services is."""
        return f"{self.url}/services"

    @property
    def services(self) -> Services:
        """The services of the server, by id."""
        return Services(self)

    @property
    def jobs(self) -> list[Job]:
        """All jobs of all services, in one request."""
        return [Job(self, job.id) for job in self._connection.list_jobs()]

    def metadata(self) -> Api:
        """The API's own description: its version, maintainer, documentation and source.

        Servers of generation 1.0 tell it under other names, which are translated.
        """
        answer = self._connection.get_api()
        told: JsonObject = answer.meta if is_object(answer.meta) else {}
        return evolve(
            answer.data,
            version=answer.data.version or told.get("version"),
            maintainer_name=answer.data.maintainer_name or told.get("author"),
            maintainer_email=answer.data.maintainer_email or told.get("email"),
            source_code_repository_url=answer.data.source_code_repository_url
            or told.get("source_repository"),
        )
