"""The queue: what waits for a listener, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from topchef_sdk.api.endpoints import jobs
from topchef_sdk.api.models import JobStatus

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

NO_ORDER = "it promises no order"
WITHOUT_PARAMETERS = "it lists jobs without their parameters"


def test_an_empty_queue_has_no_body(topchef: TopChef, service_id: UUID) -> None:
    for path in (f"/services/{service_id}/queue", f"/services/{service_id}/jobs/next"):
        response = topchef.send_raw("GET", path)
        assert (response.status, response.body) == (204, b"")

    assert topchef.client.send(jobs.get_queue(service_id)) is None
    assert topchef.client.send(jobs.get_next_job(service_id)) is None


@pytest.mark.not_on("1.0", why=WITHOUT_PARAMETERS)
def test_the_queue_lists_jobs_in_full(topchef: TopChef, service_id: UUID, job_id: UUID) -> None:
    answer = topchef.client.send(jobs.get_queue(service_id))

    assert answer is not None
    (job,) = answer.data
    assert (job.id, job.status) == (job_id, JobStatus.REGISTERED)
    assert (job.parameters, job.results) == ({"value": 3}, None)


def test_the_next_job_is_told_with_its_parameters(
    topchef: TopChef, service_id: UUID, job_id: UUID
) -> None:
    answer = topchef.client.send(jobs.get_next_job(service_id))

    assert answer is not None
    assert (answer.data.id, answer.data.parameters) == (job_id, {"value": 3})


def test_reading_the_queue_takes_nothing_from_it(
    topchef: TopChef, service_id: UUID, job_id: UUID
) -> None:
    for _ in range(3):
        assert topchef.queue(service_id) == [job_id]
        assert topchef.next_job(service_id) == job_id


@pytest.mark.parametrize("status", [JobStatus.WORKING, JobStatus.COMPLETED, JobStatus.ERROR])
def test_only_registered_jobs_wait(
    topchef: TopChef, service_id: UUID, job_id: UUID, status: JobStatus
) -> None:
    if topchef.is_1_0 and status is JobStatus.ERROR:
        pytest.skip("1.0: it knows no ERROR")
    waiting = topchef.post(service_id, {"value": 4})

    topchef.report(job_id, status)

    assert topchef.queue(service_id) == [waiting]
    assert topchef.next_job(service_id) == waiting


def test_the_queue_is_empty_when_no_job_is_left(
    topchef: TopChef, service_id: UUID, job_id: UUID
) -> None:
    topchef.report(job_id, JobStatus.WORKING)

    assert (topchef.queue(service_id), topchef.next_job(service_id)) == ([], None)


@pytest.mark.not_on("1.0", "2.0", why=NO_ORDER)
def test_the_queue_is_first_in_first_out(topchef: TopChef, service_id: UUID) -> None:
    posted = [topchef.post(service_id, {"value": value}) for value in (3, 1, 2)]

    while posted:
        assert topchef.queue(service_id) == posted
        assert topchef.next_job(service_id) == posted[0]
        topchef.report(posted.pop(0), JobStatus.WORKING)


@pytest.mark.not_on("1.0", "2.0", why=NO_ORDER)
def test_a_job_keeps_its_place_in_the_queue(topchef: TopChef, service_id: UUID) -> None:
    first, second, third = [topchef.post(service_id, {"value": value}) for value in (1, 2, 3)]
    topchef.report(first, JobStatus.WORKING)
    topchef.report(second, JobStatus.WORKING)

    topchef.report(second, JobStatus.REGISTERED)
    assert topchef.queue(service_id) == [second, third]

    topchef.report(first, JobStatus.REGISTERED)
    assert topchef.queue(service_id) == [first, second, third]


@pytest.mark.not_on("1.0", why="its queue lists all")
def test_the_queue_lists_at_most_ten_jobs(topchef: TopChef, service_id: UUID) -> None:
    posted = [topchef.post(service_id, {"value": 1}) for _ in range(12)]

    assert len(topchef.queue(service_id)) == 10
    assert set(topchef.queue(service_id)) <= set(posted)
    assert set(topchef.jobs_of(service_id)) == set(posted)


@pytest.mark.not_on("1.0", "2.0", why=NO_ORDER)
def test_the_oldest_ten_jobs_are_listed(topchef: TopChef, service_id: UUID) -> None:
    posted = [topchef.post(service_id, {"value": 1}) for _ in range(12)]

    assert topchef.queue(service_id) == posted[:10]


def test_services_do_not_share_a_queue(topchef: TopChef, service_id: UUID, job_id: UUID) -> None:
    other = topchef.register()

    assert (topchef.queue(service_id), topchef.queue(other)) == ([job_id], [])


def test_a_service_that_does_not_exist_has_no_queue(topchef: TopChef, unknown_id: UUID) -> None:
    assert topchef.refusal(jobs.get_queue(unknown_id)).status == 404
    assert topchef.refusal(jobs.get_next_job(unknown_id)).status == 404
    assert topchef.refusal(jobs.list_service_jobs(unknown_id)).status == 404


@pytest.mark.not_on("2.0", why="it has no such path")
def test_the_next_job_can_be_asked_of_any_job(
    topchef: TopChef, service_id: UUID, job_id: UUID
) -> None:
    topchef.report(job_id, JobStatus.WORKING)
    following = topchef.post(service_id, {"value": 4})

    answer = topchef.client.send(jobs.get_next_job_by_job(job_id))

    assert answer is not None
    assert answer.data.id == following


@pytest.mark.not_on("1.0", "2.0", why="not recorded")
def test_no_job_is_next_when_none_is_left(topchef: TopChef, job_id: UUID) -> None:
    topchef.report(job_id, JobStatus.WORKING)

    assert topchef.client.send(jobs.get_next_job_by_job(job_id)) is None
