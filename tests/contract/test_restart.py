"""A server that is stopped and started again on its database goes on where it was."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from topchef_sdk.api import ApiClient
from topchef_sdk.api.endpoints import jobs, services
from topchef_sdk.api.models import JobUpdate, NewJob, NewService, ServiceUpdate
from topchef_sdk.server import TopChefServer


@pytest.fixture(autouse=True)
def _only_ours(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("topchef_url"):
        pytest.skip("a live server is not ours to restart")


def test_services_and_jobs_outlive_a_restart(tmp_path: Path) -> None:
    with TopChefServer(tmp_path / "topchef.db") as server, ApiClient(server.url) as client:
        service_id = _registered(client)
        posted = [_posted(client, service_id, value) for value in range(12)]
        client.send(jobs.update_job(posted[0], JobUpdate(status="COMPLETED", results={"v": 1})))
        update = ServiceUpdate(is_available=True, timeout=3600)
        client.send(services.update_service(service_id, update))
        service = client.send(services.get_service(service_id)).data
        job = client.send(jobs.get_job(posted[0])).data

    with TopChefServer(tmp_path / "topchef.db") as server, ApiClient(server.url) as client:
        assert client.send(services.get_service(service_id)).data == service
        assert client.send(jobs.get_job(posted[0])).data == job
        queue = client.send(jobs.get_queue(service_id))
        assert queue is not None
        assert [entry.id for entry in queue.data] == posted[1:11]


def test_jobs_posted_after_a_restart_come_last(tmp_path: Path) -> None:
    with TopChefServer(tmp_path / "topchef.db") as server, ApiClient(server.url) as client:
        service_id = _registered(client)
        before = _posted(client, service_id, 1)

    with TopChefServer(tmp_path / "topchef.db") as server, ApiClient(server.url) as client:
        after = _posted(client, service_id, 2)
        listed = client.send(jobs.list_service_jobs(service_id)).data
        assert [entry.id for entry in listed] == [before, after]


def _registered(client: ApiClient) -> UUID:
    service = NewService(
        name="x", description="d", job_registration_schema={}, job_result_schema={}
    )
    return _id_in(client.exchange(services.create_service(service)).headers["Location"])


def _posted(client: ApiClient, service_id: UUID, value: int) -> UUID:
    call = jobs.create_job(service_id, NewJob(parameters={"value": value}))
    return _id_in(client.exchange(call).headers["Location"])


def _id_in(location: str) -> UUID:
    return UUID(location.rpartition("/")[2])
