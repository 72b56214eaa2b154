"""`Prefer: wait` on the queue, on servers that offer it; real ones do not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from attrs import frozen

from topchef_sdk.api import Exchange, Timeout
from topchef_sdk.api.endpoints import jobs
from topchef_sdk.api.models import JobAnswer, JobListAnswer

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

PATIENT = Timeout(read=90, total=90)
"""Longer than any server waits."""


@frozen
class Asker:
    """Asks for the next job, or for the queue."""

    is_for_queue: bool

    def exchange(
        self, topchef: TopChef, service_id: UUID, prefer: str | None
    ) -> Exchange[JobListAnswer | None] | Exchange[JobAnswer | None]:
        if self.is_for_queue:
            call = jobs.get_queue(service_id, prefer=prefer)
            return topchef.client.exchange(call, timeout=PATIENT)
        return topchef.client.exchange(
            jobs.get_next_job(service_id, prefer=prefer), timeout=PATIENT
        )

    def ask(
        self, topchef: TopChef, service_id: UUID, prefer: str | None
    ) -> tuple[list[UUID], str | None]:
        """The ids of the jobs that were found, and the preference that was kept."""
        exchange = self.exchange(topchef, service_id, prefer)
        assert (200 if exchange.value else 204) == exchange.status
        found = exchange.value.data if exchange.value else []
        ids = [job.id for job in (found if isinstance(found, list) else [found])]
        return ids, exchange.headers.get("Preference-Applied")


@pytest.fixture(params=["queue", "next"])
def asker(request: pytest.FixtureRequest, topchef: TopChef) -> Asker:
    """Who asks, on a server that waits."""
    asker = Asker(request.param == "queue")
    service_id = topchef.register()
    topchef.post(service_id, {})
    _, applied = asker.ask(topchef, service_id, "wait=1")
    topchef.must_offer("Prefer: wait", is_offered=applied is not None)
    return asker


def test_a_job_that_is_there_is_answered_at_once(
    topchef: TopChef, service_id: UUID, job_id: UUID, asker: Asker
) -> None:
    assert ([job_id], "wait=30") == asker.ask(topchef, service_id, "wait=30")


def test_a_job_that_comes_is_answered_to_who_waits(
    topchef: TopChef, service_id: UUID, asker: Asker
) -> None:
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(asker.ask, topchef, service_id, "wait=30")
        job_id = topchef.post(service_id, {"value": 3})

        assert ([job_id], "wait=30") == answer.result(90)


def test_who_waits_in_vain_is_told_so_in_the_end(
    topchef: TopChef, service_id: UUID, asker: Asker
) -> None:
    began = time.monotonic()

    assert ([], "wait=1") == asker.ask(topchef, service_id, "wait=1")

    assert time.monotonic() - began >= 1


@pytest.mark.parametrize("prefer", ["respond-async, wait=1", 'WAIT = "1"; a=b, wait=9'])
def test_the_wait_is_found_among_other_preferences(
    topchef: TopChef, service_id: UUID, job_id: UUID, asker: Asker, prefer: str
) -> None:
    assert ([job_id], "wait=1") == asker.ask(topchef, service_id, prefer)


@pytest.mark.parametrize(
    "prefer", [None, "wait=0", "wait", "wait=-1", "wait=soon", 'wait="1', "respond-async", "="]
)
def test_a_preference_that_is_none_is_ignored(
    topchef: TopChef, service_id: UUID, asker: Asker, prefer: str | None
) -> None:
    assert ([], None) == asker.ask(topchef, service_id, prefer)
    job_id = topchef.post(service_id, {"value": 3})
    assert ([job_id], None) == asker.ask(topchef, service_id, prefer)


def test_no_server_waits_for_ever(
    topchef: TopChef, service_id: UUID, job_id: UUID, asker: Asker
) -> None:
    _, applied = asker.ask(topchef, service_id, "wait=" + "9" * 40)

    assert applied is not None
    assert int(applied.removeprefix("wait=")) < 10**6


def test_nobody_waits_for_jobs_of_a_service_that_does_not_exist(
    topchef: TopChef, unknown_id: UUID, asker: Asker
) -> None:
    assert 404 == topchef.refusal(jobs.get_queue(unknown_id, prefer="wait=30")).status
    assert 404 == topchef.refusal(jobs.get_next_job(unknown_id, prefer="wait=30")).status
