"""Many clients at once: nothing is lost, and nothing changes places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from topchef_sdk.api.endpoints import jobs
from topchef_sdk.api.models import JobStatus

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

THREADS = 8
EACH = 25


def test_all_jobs_of_concurrent_clients_are_there(topchef: TopChef) -> None:
    service_id = topchef.register()

    posted = _post_from_threads(topchef, service_id)

    assert set(topchef.jobs_of(service_id)) == {job for jobs in posted for job in jobs}


@pytest.mark.not_on("1.0", "2.0", why="it promises no order")
def test_each_client_finds_its_jobs_in_its_own_order(topchef: TopChef) -> None:
    service_id = topchef.register()

    posted = _post_from_threads(topchef, service_id)

    listed = topchef.jobs_of(service_id)
    for mine in posted:
        assert [job for job in listed if job in mine] == mine


def test_reports_from_many_threads_all_arrive(topchef: TopChef) -> None:
    service_id = topchef.register()
    posted = [topchef.post(service_id, {"value": value}) for value in range(40)]

    def finish(job_id: UUID) -> None:
        value = topchef.client.send(jobs.get_job(job_id)).data.parameters["value"]
        topchef.report(job_id, JobStatus.COMPLETED, {"value": value + 1})

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(finish, posted))

    assert [topchef.results(job_id) for job_id in posted] == [
        {"value": value + 1} for value in range(40)
    ]
    assert topchef.queue(service_id) == []


def _post_from_threads(topchef: TopChef, service_id: UUID) -> list[list[UUID]]:
    def post_some(thread: int) -> list[UUID]:
        return [topchef.post(service_id, {"thread": thread, "n": n}) for n in range(EACH)]

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(post_some, range(THREADS)))
