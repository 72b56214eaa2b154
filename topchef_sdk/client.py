"""`Client`: where a program that uses TopChef begins."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from types import TracebackType
from typing import Self
from uuid import UUID

from .api import RetryPolicy, Timeout, Transport
from .api.models import Api, ServiceSummary
from .connection import DEFAULT_RETRY, DEFAULT_TIMEOUT, Connection
from .errors import RequestError, ServiceNotFoundError
from .exchanges import description_of, id_of
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
        self._latest: list[ServiceSummary] = []

    def __repr__(self) -> str:
        return f"<Services of {self._client.url}>"

    def __getitem__(self, service_id: UUID | str) -> Service:
        try:
            key = id_of(service_id)
        except RequestError:
            raise ServiceNotFoundError(service_id) from None
        return Service.known(self._client, self._client.connection.get_service(key))

    def __iter__(self) -> Iterator[UUID]:
        return (summary.id for summary in self._each(self._latest))

    def __len__(self) -> int:
        return len(self._ask())

    def __contains__(self, service_id: object) -> bool:
        return isinstance(service_id, (UUID, str)) and super().__contains__(service_id)

    def keys(self) -> KeysView[UUID]:
        """The ids of all services, in one request."""
        return _Keys(self)

    def values(self) -> ValuesView[Service]:
        """All services, in one request; their details are asked for when read."""
        return _Values(self)

    def items(self) -> ItemsView[UUID, Service]:
        """All ids and services, in one request."""
        return _Items(self)

    def listed(self) -> Iterator[Service]:
        """All services, as `values` iterates over them."""
        return (Service.listed(self._client, summary) for summary in self._each(self._latest))

    def _ask(self) -> list[ServiceSummary]:
        self._latest = self._client.connection.list_services()
        return self._latest

    def _each(self, earlier: list[ServiceSummary]) -> Iterator[ServiceSummary]:
        # `list` and `sorted` make an iterator, ask for `len`, and only then iterate: what came
        # since the iterator was made will do for it, and saves the second request.
        yield from self._ask() if self._latest is earlier else self._latest


class _Keys(KeysView[UUID]):
    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._services = services

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._services)


class _Values(ValuesView[Service]):
    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._services = services

    def __iter__(self) -> Iterator[Service]:
        return self._services.listed()

    def __contains__(self, value: object) -> bool:
        # The inherited one would ask for every service by itself.
        return any(service == value for service in self)


class _Items(ItemsView[UUID, Service]):
    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._services = services

    def __iter__(self) -> Iterator[tuple[UUID, Service]]:
        return ((service.id, service) for service in self._services.listed())


class Client:
    """A TopChef server of either generation; safe to share between threads.

    `transport` carries the requests in place of HTTP over sockets, for tests; it stays open.
    `timeout` bounds each call: a number is its most seconds. `retry` says how often what may be
    repeated is. Use it in a `with` statement, or `close` it. Raises `RequestError` for a URL that
    is none.
    """

    def __init__(
        self,
        url: str,
        *,
        transport: Transport | None = None,
        timeout: Timeout | float = DEFAULT_TIMEOUT,
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
        return [Job.listed(self, job) for job in self._connection.list_jobs()]

    def metadata(self) -> Api:
        """The API's own description: its version, maintainer, documentation and source.

        Servers of generation 1.0 tell it under other names, which are translated.
        """
        return description_of(self._connection.get_api())
