"""Requests that wait, on real sockets and in process: what they hold up, and what ends them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPResponse
from uuid import UUID

import pytest
from attrs import frozen

from tests.server.eventually import PATIENCE, eventually
from topchef_sdk.api import ApiClient, Json, is_array
from topchef_sdk.api.endpoints import jobs, services
from topchef_sdk.api.endpoints.jobs import PREFERENCE_APPLIED
from topchef_sdk.api.models import JobStatus, JobUpdate, NewJob, NewService
from topchef_sdk.server import (
    Store,
    TopChefServer,
    WsgiApplication,
    application_on,
    in_process_transport,
)
from topchef_sdk.server.arrivals import MOST_WAITING
from topchef_sdk.server.http_server import STOP_SECONDS, THREADS, HttpServer
from topchef_sdk.server.preferences import LONGEST_WAIT

LONG = {"Prefer": f"wait={LONGEST_WAIT}"}
"""A wait that is over long after the test has lost its patience."""

KEPT = f"wait={LONGEST_WAIT}"
PATHS = ["queue", "jobs/next"]
SERVICE = NewService(name="x", description="d", job_registration_schema={}, job_result_schema={})


@frozen
class Served:
    """A server on a socket, and its store."""

    store: Store
    url: str
    http: HttpServer

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host, int(port)

    def service(self) -> UUID:
        """A new service."""
        return service_in(self.store)

    def connect(self) -> HTTPConnection:
        return HTTPConnection(*self.address, timeout=PATIENCE)


def service_in(store: Store) -> UUID:
    """A new service."""
    return store.add_service(
        name="x", description="d", job_registration_schema={}, job_result_schema={}
    ).id


@contextmanager
def serving() -> Generator[Served, None, None]:
    with Store() as store:
        application = WsgiApplication(application_on(store))
        http = HttpServer(application, host="127.0.0.1", port=0, stopping=store.arrivals.end)
        running = threading.Thread(target=http.run)
        running.start()
        try:
            yield Served(store, http.url, http)
        finally:
            http.stop()
            running.join(PATIENCE)
        assert not running.is_alive()


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@contextmanager
def waiting(served: Served, service_id: UUID, path: str, count: int = 1) -> Generator[Waiting]:
    """So many requests that wait, once they do."""
    before = served.store.arrivals.waiting
    with ExitStack() as stack:
        connections = [served.connect() for _ in range(count)]
        for connection in connections:
            stack.callback(connection.close)
            connection.request("GET", f"/services/{service_id}/{path}", headers=LONG)
        eventually(lambda: served.store.arrivals.waiting == before + count)
        yield Waiting(connections)


@frozen
class Waiting:
    """Requests that wait for their answers."""

    connections: list[HTTPConnection]

    def answers(self) -> list[tuple[int, str | None, bytes]]:
        """The status, the applied preference and the body of each."""
        return [_told(connection.getresponse()) for connection in self.connections]


def _told(answer: HTTPResponse) -> tuple[int, str | None, bytes]:
    return answer.status, answer.headers.get("Preference-Applied"), answer.read()


def ids_in(body: bytes) -> list[str]:
    data: Json = json.loads(body)["data"]
    return [job["id"] for job in (data if is_array(data) else [data])]


@pytest.mark.parametrize("path", PATHS)
def test_a_post_answers_all_who_wait_for_a_job_of_the_service(served: Served, path: str) -> None:
    service_id = served.service()
    with waiting(served, service_id, path, 3) as waiters, ApiClient(served.url) as client:
        client.send(jobs.create_job(served.service(), NewJob(parameters={})))
        posted = client.send(jobs.create_job(service_id, NewJob(parameters={}))).data

        for status, applied, body in waiters.answers():
            assert (200, KEPT, [str(posted.id)]) == (status, applied, ids_in(body))


@pytest.mark.parametrize("path", PATHS)
def test_a_job_that_is_handed_back_answers_them_too(served: Served, path: str) -> None:
    service_id = served.service()
    job_id = served.store.add_job(service_id, {}).id
    served.store.change_job(job_id, status=JobStatus.WORKING)
    with waiting(served, service_id, path) as waiters, ApiClient(served.url) as client:
        client.send(jobs.update_job(job_id, JobUpdate(status="REGISTERED")))

        ((status, applied, body),) = waiters.answers()
        assert (200, KEPT, [str(job_id)]) == (status, applied, ids_in(body))


def test_no_more_may_wait_than_leave_the_server_free_for_others(served: Served) -> None:
    service_id = served.service()
    with waiting(served, service_id, "queue", MOST_WAITING) as waiters:
        with ApiClient(served.url) as client, ThreadPoolExecutor(THREADS - MOST_WAITING) as pool:
            call = services.get_service(served.service())
            assert 50 == len(list(pool.map(client.send, [call] * 50)))

            beyond = client.exchange(jobs.get_queue(service_id, prefer=KEPT))
            assert (204, None) == (beyond.status, PREFERENCE_APPLIED.read(beyond.headers))
            ready = served.service()
            client.send(jobs.create_job(ready, NewJob(parameters={})))
            found = client.exchange(jobs.get_next_job(ready, prefer=KEPT))
            assert (200, KEPT) == (
                found.status,
                PREFERENCE_APPLIED.read(found.headers),
            )

            client.send(jobs.create_job(service_id, NewJob(parameters={})))
        assert [200] * MOST_WAITING == [status for status, _, _ in waiters.answers()]


def test_who_goes_away_holds_a_place_no_longer_than_it_would_have_waited(served: Served) -> None:
    service_id = served.service()
    connection = served.connect()
    connection.request("GET", f"/services/{service_id}/queue", headers={"Prefer": "wait=1"})
    eventually(lambda: served.store.arrivals.waiting == 1)

    connection.close()

    eventually(lambda: served.store.arrivals.waiting == 0)


def test_head_waits_as_get_does_and_has_its_fields(served: Served) -> None:
    service_id = served.service()
    connection = served.connect()
    connection.request("HEAD", f"/services/{service_id}/queue", headers=LONG)
    eventually(lambda: served.store.arrivals.waiting == 1)
    served.store.add_job(service_id, {})

    assert (200, KEPT, b"") == _told(connection.getresponse())
    connection.close()


# Stopping.


def test_a_server_that_stops_answers_all_who_wait() -> None:
    with serving() as served:
        service_id = served.service()
        with (
            waiting(served, service_id, "queue", 3) as first,
            waiting(served, service_id, "jobs/next", 3) as second,
        ):
            began = time.monotonic()
            served.http.stop()

            assert [(204, None, b"")] * 6 == [*first.answers(), *second.answers()]
            assert time.monotonic() - began < STOP_SECONDS, "they were woken, not given up"


def test_a_topchef_server_stops_although_somebody_waits() -> None:
    with TopChefServer() as server, ApiClient(server.url) as client:
        created = client.exchange(services.create_service(SERVICE))
        service_id = UUID(created.headers["Location"].rpartition("/")[2])
        store = server._store  # pyright: ignore[reportPrivateUsage]  # nobody else knows who waits
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(client.exchange, jobs.get_queue(service_id, prefer=KEPT))
            eventually(lambda: store.arrivals.waiting == 1)

            server.stop()

            ended = answer.result(PATIENCE)
    assert (204, None) == (ended.status, PREFERENCE_APPLIED.read(ended.headers))


def test_a_server_that_breaks_off_lets_nobody_wait() -> None:
    with Store() as store:
        application = WsgiApplication(application_on(store))
        http = HttpServer(application, host="127.0.0.1", port=0, stopping=store.arrivals.end)

        http.close()

        found = store.arrivals.first(UUID(int=1), list[object], LONGEST_WAIT)
        assert not found.is_wait_kept


def test_a_server_in_process_that_is_closed_wakes_all_who_wait() -> None:
    with in_process_transport() as server, ThreadPoolExecutor(2) as pool:
        client = ApiClient("http://topchef", transport=server)
        created = client.exchange(services.create_service(SERVICE))
        service_id = UUID(created.headers["Location"].rpartition("/")[2])
        store = server._store  # pyright: ignore[reportPrivateUsage]  # nobody else knows who waits
        queue = pool.submit(client.exchange, jobs.get_queue(service_id, prefer=KEPT))
        next_job = pool.submit(client.exchange, jobs.get_next_job(service_id, prefer=KEPT))
        eventually(lambda: store.arrivals.waiting == 2)

        server.close()

        for ended in (queue.result(PATIENCE), next_job.result(PATIENCE)):
            assert (204, False) == (ended.status, "Preference-Applied" in ended.headers)
