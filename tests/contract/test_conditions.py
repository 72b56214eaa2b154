"""ETags, conditional reports and named ones, on servers that offer them; real ones do not."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from topchef_sdk.api import ClientError, Exchange
from topchef_sdk.api.endpoints import jobs
from topchef_sdk.api.models import Job, JobReplacement, JobStatus, JobUpdate, NewJob

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

REGISTERED, WORKING = JobStatus.REGISTERED, JobStatus.WORKING
NO_PUT = "it takes no PUT of a job"
NOBODYS = '"nobody\'s"'
"""A tag that no job has."""

THREADS = 8


def changed(
    topchef: TopChef,
    job_id: UUID,
    status: str | None,
    *,
    if_match: str | None = None,
    key: str | None = None,
) -> Exchange[Job]:
    """Report a status, on condition, under a name."""
    update = JobUpdate() if status is None else JobUpdate(status=status)
    call = jobs.update_job(job_id, update, if_match=if_match, idempotency_key=key)
    return topchef.client.exchange(call)


def answered(
    topchef: TopChef,
    job_id: UUID,
    status: str | None,
    *,
    if_match: str | None = None,
    key: str | None = None,
) -> int | None:
    """The status of the answer to such a report."""
    try:
        return changed(topchef, job_id, status, if_match=if_match, key=key).status
    except ClientError as error:
        return error.status


def tag_in(exchange: Exchange[Job]) -> str:
    tag = jobs.E_TAG.read(exchange.headers)
    assert tag is not None
    return tag


@pytest.fixture
def tag(topchef: TopChef, job_id: UUID) -> str:
    """The first ETag of the job, on a server that heeds it."""
    etag = topchef.etag(job_id)
    is_offered = etag is not None and 412 == answered(topchef, job_id, None, if_match=NOBODYS)
    topchef.must_offer("If-Match", is_offered=is_offered)
    assert etag is not None
    return etag


@pytest.fixture
def claimed(topchef: TopChef, job_id: UUID, tag: str) -> str:
    """The ETag of the job after a claim by `key "ours"`, on a server that knows repeats."""
    claimed = tag_in(changed(topchef, job_id, "WORKING", if_match=tag, key='"ours"'))
    repeat = answered(topchef, job_id, "WORKING", if_match=tag, key='"ours"')
    topchef.must_offer("Idempotency-Key", is_offered=repeat == 200)
    return claimed


def whole(topchef: TopChef, job_id: UUID, status: JobStatus) -> JobReplacement:
    """The record that replaces a job by one of another status."""
    job = topchef.client.send(jobs.get_job(job_id)).data
    return JobReplacement(
        id=job_id,
        status=status,
        parameters=job.parameters,
        result={},
        date_submitted=job.date_submitted,
    )


# ETags.


def test_a_tag_is_strong_and_stays_while_a_job_does(
    topchef: TopChef, job_id: UUID, tag: str
) -> None:
    assert tag.startswith('"')
    assert tag == topchef.etag(job_id)
    assert tag == tag_in(changed(topchef, job_id, None)) == topchef.etag(job_id)


def test_a_posted_job_comes_with_its_tag(topchef: TopChef, service_id: UUID, tag: str) -> None:
    call = jobs.create_job(service_id, NewJob(parameters={"value": 1}))
    exchange = topchef.client.exchange(call)

    posted = UUID(exchange.headers["Location"].rpartition("/")[2])
    assert jobs.E_TAG.read(exchange.headers) == topchef.etag(posted)


@pytest.mark.not_on("1.0", "2.0", why="it is not known to take HEAD")
def test_head_tells_the_tag(topchef: TopChef, job_id: UUID, tag: str) -> None:
    assert tag == topchef.send_raw("HEAD", f"/jobs/{job_id}").headers["ETag"]


def test_each_report_gives_a_job_another_tag(topchef: TopChef, job_id: UUID, tag: str) -> None:
    tags = [tag]
    for status in ("WORKING", "WORKING", "REGISTERED", "WORKING", "COMPLETED"):
        tags.append(tag_in(changed(topchef, job_id, status)))
        assert tags[-1] == topchef.etag(job_id)
    topchef.report(job_id, None, {"value": 4})
    tags.append(topchef.etag(job_id) or "")

    assert len(tags) == len(set(tags))


# If-Match.


def test_a_change_of_the_named_version_is_made(topchef: TopChef, job_id: UUID, tag: str) -> None:
    exchange = changed(topchef, job_id, "WORKING", if_match=tag)

    assert (200, WORKING) == (exchange.status, exchange.value.status)
    following = changed(topchef, job_id, "COMPLETED", if_match=tag_in(exchange))
    assert JobStatus.COMPLETED is following.value.status


def test_a_change_that_comes_too_late_is_refused(topchef: TopChef, job_id: UUID, tag: str) -> None:
    current = tag_in(changed(topchef, job_id, "WORKING", if_match=tag))

    call = jobs.update_job(job_id, JobUpdate(status="ERROR", results={}), if_match=tag)
    refused = topchef.refusal(call)

    assert 412 == refused.status
    assert (WORKING, None) == (topchef.status(job_id), topchef.results(job_id))
    assert current == topchef.etag(job_id)


def test_a_change_of_nothing_is_refused_as_well(topchef: TopChef, job_id: UUID, tag: str) -> None:
    assert 412 == answered(topchef, job_id, None, if_match=NOBODYS)
    assert 200 == answered(topchef, job_id, None, if_match=tag)

    assert (REGISTERED, tag) == (topchef.status(job_id), topchef.etag(job_id))


@pytest.mark.parametrize("form", ["{}", "*", '"x", {}', '{},"x"', 'W/"x" , {},', ',"a,b",{}'])
def test_one_of_several_tags_is_enough(topchef: TopChef, job_id: UUID, tag: str, form: str) -> None:
    assert 200 == answered(topchef, job_id, "WORKING", if_match=form.format(tag))


@pytest.mark.parametrize("form", ["W/{}", "x{}", '{}"', "{} {}", '"x" {}', "{}, *", "", "x"])
def test_a_weak_tag_or_none_at_all_is_not(
    topchef: TopChef, job_id: UUID, tag: str, form: str
) -> None:
    response = topchef.send_raw(
        "PATCH",
        f"/jobs/{job_id}",
        b'{"status": "WORKING"}',
        If_Match=form.replace("{}", tag),
    )

    assert 412 == response.status
    assert (REGISTERED, tag) == (topchef.status(job_id), topchef.etag(job_id))


def test_a_post_that_stands_for_a_patch_has_its_condition(
    topchef: TopChef, job_id: UUID, tag: str
) -> None:
    for if_match, status in ((NOBODYS, 412), (tag, 200), (tag, 412)):
        override = {"X_HTTP_Method_Override": "PATCH", "If_Match": if_match}
        response = topchef.send_raw("POST", f"/jobs/{job_id}", b'{"status": "WORKING"}', **override)
        assert status == response.status


def test_what_is_wrong_with_a_request_is_told_before_its_condition(
    topchef: TopChef, tag: str, unknown_id: UUID
) -> None:
    service_id = topchef.register(results={"type": "object", "required": ["value"]})
    job_id = topchef.post(service_id, {})

    assert 404 == answered(topchef, unknown_id, "WORKING", if_match="*")
    for body in (b'{"status": "x"}', b"{", b'{"results": {}}'):
        response = topchef.send_raw("PATCH", f"/jobs/{job_id}", body, If_Match=NOBODYS)
        assert 400 == response.status
    valid = b'{"results": {"value": 1}}'
    response = topchef.send_raw("PATCH", f"/jobs/{job_id}", valid, If_Match=NOBODYS)
    assert 412 == response.status


@pytest.mark.not_on("2.0", why=NO_PUT)
def test_a_record_replaces_only_the_named_version(topchef: TopChef, job_id: UUID, tag: str) -> None:
    record = whole(topchef, job_id, WORKING)
    late = jobs.replace_job(job_id, record, if_match=NOBODYS)
    assert 412 == topchef.refusal(late).status
    assert (REGISTERED, tag) == (topchef.status(job_id), topchef.etag(job_id))

    exchange = topchef.client.exchange(jobs.replace_job(job_id, record, if_match=tag))

    assert jobs.E_TAG.read(exchange.headers) == topchef.etag(job_id) != tag


@pytest.mark.not_on("2.0", why=NO_PUT)
def test_a_record_through_the_service_does_so_too(
    topchef: TopChef, service_id: UUID, job_id: UUID, tag: str
) -> None:
    record = whole(topchef, job_id, WORKING)
    late = jobs.replace_service_job(service_id, job_id, record, if_match=NOBODYS)
    assert 412 == topchef.refusal(late).status
    assert tag == topchef.etag(job_id)

    call = jobs.replace_service_job(service_id, job_id, record, if_match=tag)
    exchange = topchef.client.exchange(call)

    assert jobs.E_TAG.read(exchange.headers) == topchef.etag(job_id) != tag


def test_of_all_who_claim_a_job_at_once_one_gets_it(
    topchef: TopChef, service_id: UUID, tag: str
) -> None:
    posted = [topchef.post(service_id, {"value": 1}) for _ in range(20)]
    tags = {job_id: topchef.etag(job_id) for job_id in posted}
    start = Barrier(THREADS)

    def claim_all(_: int) -> list[int | None]:
        answers: list[int | None] = []
        for job_id in posted:
            start.wait(60)
            answers.append(answered(topchef, job_id, "WORKING", if_match=tags[job_id]))
        return answers

    with ThreadPoolExecutor(THREADS) as pool:
        by_thread = list(pool.map(claim_all, range(THREADS)))

    for answers in zip(*by_thread, strict=True):
        assert {200: 1, 412: THREADS - 1} == Counter(answers)


# Idempotency-Key.


def test_a_repeat_is_told_that_the_change_was_made(
    topchef: TopChef, job_id: UUID, tag: str, claimed: str
) -> None:
    """As after a claim whose answer was lost."""
    repeat = changed(topchef, job_id, "WORKING", if_match=tag, key='"ours"')

    assert (200, WORKING) == (repeat.status, repeat.value.status)
    assert claimed == tag_in(repeat) == topchef.etag(job_id)


def test_the_claim_of_another_is_told_from_a_repeat(
    topchef: TopChef, job_id: UUID, tag: str, claimed: str
) -> None:
    assert 412 == answered(topchef, job_id, "WORKING", if_match=tag, key='"theirs"')
    assert claimed == topchef.etag(job_id)


@pytest.mark.usefixtures("claimed")
def test_a_repeat_changes_nothing_whatever_it_says(topchef: TopChef, job_id: UUID) -> None:
    body = JobUpdate(status="ERROR", results={"value": 1})
    job = topchef.client.send(jobs.update_job(job_id, body, idempotency_key='"ours"'))

    assert (WORKING, None) == (job.status, job.results)
    assert job == topchef.client.send(jobs.get_job(job_id)).data


@pytest.mark.usefixtures("claimed")
@pytest.mark.parametrize("key", ['"next"', None])
def test_a_job_remembers_the_key_of_its_last_change_alone(
    topchef: TopChef, job_id: UUID, tag: str, key: str | None
) -> None:
    handed_back = changed(topchef, job_id, "REGISTERED", key=key)

    assert 412 == answered(topchef, job_id, "WORKING", if_match=tag, key='"ours"')
    again = changed(topchef, job_id, "WORKING", if_match=tag_in(handed_back), key='"ours"')
    assert WORKING is again.value.status


@pytest.mark.not_on("1.0", "2.0", why=NO_PUT)
def test_a_record_makes_a_job_forget_its_key(
    topchef: TopChef, job_id: UUID, tag: str, claimed: str
) -> None:
    record = whole(topchef, job_id, WORKING)
    topchef.client.send(jobs.replace_job(job_id, record, if_match=claimed))

    assert 412 == answered(topchef, job_id, "WORKING", if_match=tag, key='"ours"')


def test_what_changes_nothing_leaves_the_key_that_a_job_remembers(
    topchef: TopChef, job_id: UUID, tag: str, claimed: str
) -> None:
    assert 200 == answered(topchef, job_id, None, key='"other"')
    assert 412 == answered(topchef, job_id, "ERROR", if_match=tag, key='"other"')

    assert 200 == answered(topchef, job_id, "WORKING", if_match=tag, key='"ours"')
    assert claimed == topchef.etag(job_id)


@pytest.mark.usefixtures("claimed")
def test_each_job_remembers_its_own_key(topchef: TopChef, service_id: UUID) -> None:
    other = topchef.post(service_id, {"value": 4})

    assert WORKING is changed(topchef, other, "WORKING", key='"ours"').value.status


@pytest.mark.usefixtures("claimed")
def test_a_change_that_is_sent_many_times_at_once_is_made_once(
    topchef: TopChef, job_id: UUID
) -> None:
    start = Barrier(THREADS)
    keys = [f'"{uuid4()}"' for _ in range(10)]

    def send_all(_: int) -> list[str]:
        tags: list[str] = []
        for key in keys:
            start.wait(60)
            tags.append(tag_in(changed(topchef, job_id, "WORKING", key=key)))
            start.wait(60)
        return tags

    with ThreadPoolExecutor(THREADS) as pool:
        by_thread = list(pool.map(send_all, range(THREADS)))

    assert len(keys) == len({tag for tags in by_thread for tag in tags})
    assert [by_thread[0]] * THREADS == by_thread


@pytest.mark.usefixtures("claimed")
@pytest.mark.not_on("1.0", "2.0", why="what it takes for a key is not known")
@pytest.mark.parametrize("key", ["", "x" * 256], ids=len)
def test_a_key_that_is_none_is_refused(topchef: TopChef, job_id: UUID, key: str) -> None:
    response = topchef.send_raw(
        "PATCH", f"/jobs/{job_id}", b'{"status": "ERROR"}', Idempotency_Key=key
    )

    assert 400 == response.status
    assert json.loads(response.body)["errors"][0]["detail"].startswith("Idempotency-Key: ")
    assert WORKING is topchef.status(job_id)
