"""Jobs: how they are posted, read, and reported on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from topchef_sdk.api import Json, JsonObject, is_object
from topchef_sdk.api.endpoints import jobs
from topchef_sdk.api.models import JobReplacement, JobStatus, JobUpdate, NewJob

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

REGISTERED, WORKING = JobStatus.REGISTERED, JobStatus.WORKING
COMPLETED, ERROR = JobStatus.COMPLETED, JobStatus.ERROR

NO_PATCH = "it takes no PATCH of a job"
NO_PUT = "it takes no PUT of a job"


def test_a_posted_job_reads_back(topchef: TopChef, service_id: UUID) -> None:
    job_id = topchef.post(service_id, {"value": 3, "note": "λ🔬\u0000"})

    job = topchef.client.send(jobs.get_job(job_id)).data
    assert job.id == job_id
    assert job.status is REGISTERED
    assert job.parameters == {"value": 3, "note": "λ🔬\u0000"}
    assert not job.results
    assert not job.result


def test_a_posted_job_is_told_in_an_absolute_location(topchef: TopChef, service_id: UUID) -> None:
    call = jobs.create_job(service_id, NewJob(parameters={"value": 3}))

    exchange = topchef.client.exchange(call)

    assert exchange.status == 201
    start, _, name = exchange.headers["Location"].rpartition("/")
    assert start == f"{topchef.client.base_url}/jobs"
    answered = exchange.value.data.job_details if topchef.is_1_0 else exchange.value.data
    assert answered is not None
    assert (answered.id, answered.parameters) == (UUID(name), {"value": 3})
    assert answered.status is REGISTERED


@pytest.mark.not_on("1.0", why="it says so in `data`")
def test_a_posted_job_is_announced_in_meta(topchef: TopChef, service_id: UUID) -> None:
    answer = topchef.client.send(jobs.create_job(service_id, NewJob(parameters={"value": 3})))

    assert answer.meta == f"new job ID is {answer.data.id}"
    assert answer.data.results is None


@pytest.mark.not_on("2.0", why="all jobs have the time at which the server was started")
def test_a_job_has_the_time_of_its_submission(topchef: TopChef, job_id: UUID) -> None:
    submitted = topchef.client.send(jobs.get_job(job_id)).data.date_submitted

    assert abs(submitted - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.not_on("1.0", why="it answers 500 to parameters that break the schema")
@pytest.mark.parametrize("parameters", [{"value": 11}, {"value": "a"}, {}], ids=repr)
def test_parameters_that_break_their_schema_are_refused(
    topchef: TopChef, service_id: UUID, parameters: JsonObject
) -> None:
    error = topchef.refusal(jobs.create_job(service_id, NewJob(parameters=parameters)))

    assert error.status == 400
    assert topchef.jobs_of(service_id) == []


@pytest.mark.not_on("1.0", "2.0", why="it names no places")
def test_each_violation_is_told_with_its_place(topchef: TopChef) -> None:
    schema: JsonObject = {
        "required": ["a"],
        "properties": {"b": {"items": {"type": "integer"}}, "c d": {"maximum": 1}},
    }
    service_id = topchef.register(parameters=schema)
    body = json.dumps({"parameters": {"b": [1, "two"], "c d": 3}}).encode()

    assert set(topchef.refusal_raw("POST", f"/services/{service_id}/jobs", body)) == {
        "$.parameters.b[1]: 'two' is not of type 'integer'",
        "$.parameters['c d']: 3 is greater than the maximum of 1",
        "$.parameters: 'a' is a required property",
    }


@pytest.mark.parametrize("body", [{}, {"parameters": 3}, {"parameters": None}, [], 5], ids=repr)
def test_a_job_without_parameters_is_refused(
    topchef: TopChef, service_id: UUID, body: Json
) -> None:
    if topchef.is_1_0 and body != {}:
        pytest.skip("1.0: it answers 500 to parameters that are no object")

    assert topchef.refusal_raw("POST", f"/services/{service_id}/jobs", json.dumps(body).encode())


def test_a_job_needs_a_service(topchef: TopChef, unknown_id: UUID) -> None:
    call = jobs.create_job(unknown_id, NewJob(parameters={"value": 3}))

    assert topchef.refusal(call).status == 404


def test_a_job_that_does_not_exist_is_not_found(topchef: TopChef, unknown_id: UUID) -> None:
    assert topchef.refusal(jobs.get_job(unknown_id)).status == 404


@pytest.mark.not_on("1.0", why=NO_PATCH)
def test_a_job_that_does_not_exist_cannot_be_changed(topchef: TopChef, unknown_id: UUID) -> None:
    call = jobs.update_job(unknown_id, JobUpdate(status="WORKING"))

    assert topchef.refusal(call).status == 404


def test_a_job_goes_from_registered_to_completed(topchef: TopChef, job_id: UUID) -> None:
    topchef.report(job_id, WORKING)
    assert (topchef.status(job_id), topchef.results(job_id)) == (WORKING, None)

    topchef.report(job_id, COMPLETED, {"value": 4})
    assert (topchef.status(job_id), topchef.results(job_id)) == (COMPLETED, {"value": 4})


@pytest.mark.not_on("1.0", why="it knows no ERROR")
def test_a_job_can_end_in_error_with_a_report(topchef: TopChef, job_id: UUID) -> None:
    topchef.report(job_id, ERROR, {"error": "the shutter is stuck"})

    assert topchef.status(job_id) is ERROR
    assert topchef.results(job_id) == {"error": "the shutter is stuck"}


@pytest.mark.not_on("1.0", why=NO_PATCH)
def test_a_report_is_answered_with_the_bare_job(topchef: TopChef, job_id: UUID) -> None:
    update = JobUpdate(status="COMPLETED", results={"value": 4})

    job = topchef.client.send(jobs.update_job(job_id, update))

    assert job == topchef.client.send(jobs.get_job(job_id)).data
    assert (job.status, job.results) == (COMPLETED, {"value": 4})


@pytest.mark.not_on("1.0", why="it knows no ERROR and no way back")
@pytest.mark.parametrize("before", list(JobStatus), ids=str)
@pytest.mark.parametrize("after", list(JobStatus), ids=str)
def test_any_status_may_follow_any_other(
    topchef: TopChef, job_id: UUID, before: JobStatus, after: JobStatus
) -> None:
    topchef.report(job_id, before)
    topchef.report(job_id, after)

    assert topchef.status(job_id) is after


@pytest.mark.not_on("1.0", why=NO_PATCH)
@pytest.mark.parametrize("name", ["working", "completed", "error", "registered"])
def test_a_status_may_be_in_lower_case(topchef: TopChef, job_id: UUID, name: str) -> None:
    job = topchef.client.send(jobs.update_job(job_id, JobUpdate(status=name)))

    assert job.status == name.upper()


@pytest.mark.not_on("1.0", why=NO_PATCH)
@pytest.mark.parametrize("name", ["DONE", "", "WORKING ", "Ⅻ"], ids=repr)
def test_a_status_that_is_none_is_refused(topchef: TopChef, job_id: UUID, name: str) -> None:
    body = json.dumps({"status": name}).encode()

    assert topchef.refusal_raw("PATCH", f"/jobs/{job_id}", body)
    assert topchef.status(job_id) is REGISTERED


@pytest.mark.not_on("1.0", "2.0", why="it is not known to look at the end of the line")
def test_a_status_with_a_line_feed_is_refused(topchef: TopChef, job_id: UUID) -> None:
    assert topchef.refusal_raw("PATCH", f"/jobs/{job_id}", b'{"status": "WORKING\\n"}')
    assert topchef.status(job_id) is REGISTERED


@pytest.mark.not_on("1.0", why=NO_PATCH)
@pytest.mark.parametrize("body", [b"{}", b'{"status": null, "results": null}', b'{"colour": 1}'])
def test_what_is_null_or_left_out_stays(topchef: TopChef, job_id: UUID, body: bytes) -> None:
    topchef.report(job_id, COMPLETED, {"value": 4})

    response = topchef.send_raw("PATCH", f"/jobs/{job_id}", body)

    assert response.status == 200
    assert (topchef.status(job_id), topchef.results(job_id)) == (COMPLETED, {"value": 4})


@pytest.mark.not_on("1.0", why=NO_PATCH)
def test_results_may_be_replaced(topchef: TopChef, job_id: UUID) -> None:
    topchef.report(job_id, COMPLETED, {"value": 4})
    topchef.report(job_id, None, {"value": 5})

    assert topchef.results(job_id) == {"value": 5}


@pytest.mark.not_on("1.0", why=NO_PATCH)
@pytest.mark.parametrize("results", [[1], 4, "x", True], ids=repr)
def test_results_must_be_an_object(topchef: TopChef, job_id: UUID, results: Json) -> None:
    body = json.dumps({"results": results}).encode()

    assert topchef.refusal_raw("PATCH", f"/jobs/{job_id}", body)


@pytest.mark.not_on("1.0", why=NO_PATCH)
@pytest.mark.parametrize("status", list(JobStatus), ids=str)
def test_results_that_break_their_schema_are_refused_whatever_the_status(
    topchef: TopChef, status: JobStatus
) -> None:
    service_id = topchef.register(results={"type": "object", "required": ["value"]})
    job_id = topchef.post(service_id, {})

    update = JobUpdate(status=status.value, results={"error": "x"})
    error = topchef.refusal(jobs.update_job(job_id, update))

    assert error.status == 400
    assert (topchef.status(job_id), topchef.results(job_id)) == (REGISTERED, None)


@pytest.mark.not_on("1.0", why=NO_PATCH)
def test_a_status_needs_no_results(topchef: TopChef) -> None:
    service_id = topchef.register(results={"type": "object", "required": ["value"]})
    job_id = topchef.post(service_id, {})

    topchef.report(job_id, ERROR)

    assert topchef.status(job_id) is ERROR


@pytest.mark.not_on("1.0", "2.0", why="an empty result cannot be told from none")
def test_an_empty_result_is_a_result(topchef: TopChef, job_id: UUID) -> None:
    topchef.report(job_id, COMPLETED, {})

    assert topchef.client.send(jobs.get_job(job_id)).data.results == {}


def test_jobs_of_a_service_are_listed_whatever_their_status(
    topchef: TopChef, service_id: UUID
) -> None:
    first, second, third = [topchef.post(service_id, {"value": value}) for value in (1, 2, 3)]
    topchef.report(first, COMPLETED, {"value": 2})
    topchef.report(second, WORKING)

    listed = topchef.client.send(jobs.list_service_jobs(service_id)).data

    assert {job.id: job.status for job in listed} == {
        first: COMPLETED,
        second: WORKING,
        third: REGISTERED,
    }


@pytest.mark.not_on("1.0", why="it lists jobs without results")
def test_jobs_of_a_service_are_listed_in_full(topchef: TopChef, service_id: UUID) -> None:
    job_id = topchef.post(service_id, {"value": 1})
    topchef.report(job_id, COMPLETED, {"value": 2})

    answer = topchef.client.send(jobs.list_service_jobs(service_id))

    (job,) = answer.data
    assert (job.parameters, job.results) == ({"value": 1}, {"value": 2})
    assert is_object(answer.meta)
    assert answer.meta["new_job_schema"]["properties"]["parameters"]["required"] == ["value"]


def test_jobs_of_one_service_are_not_those_of_another(topchef: TopChef) -> None:
    first, second = topchef.register(), topchef.register()
    job_id = topchef.post(first, {})

    assert (topchef.jobs_of(first), topchef.jobs_of(second)) == ([job_id], [])


def test_all_jobs_of_all_services_are_listed(topchef: TopChef) -> None:
    posted = {topchef.post(topchef.register(), {}) for _ in range(3)}

    listed = topchef.client.send(jobs.list_jobs()).data

    assert posted <= {job.id for job in listed}


@pytest.mark.not_on("1.0", "2.0", why="it promises no order")
def test_jobs_keep_the_order_of_their_submission_in_every_list(topchef: TopChef) -> None:
    service_id, other = topchef.register(), topchef.register()
    posted: list[UUID] = []
    for value in range(25):
        posted.append(topchef.post(service_id, {"value": value}))
        topchef.post(other, {})
    topchef.report(posted[3], COMPLETED, {})
    topchef.report(posted[7], WORKING)

    everything = [job.id for job in topchef.client.send(jobs.list_jobs()).data]
    assert [job for job in everything if job in posted] == posted
    assert topchef.jobs_of(service_id) == posted


@pytest.mark.not_on("2.0", why=NO_PUT)
def test_a_whole_record_replaces_a_job(topchef: TopChef, job_id: UUID) -> None:
    job = topchef.client.send(jobs.get_job(job_id)).data
    whole = JobReplacement(
        id=job_id,
        status=COMPLETED,
        parameters=job.parameters,
        result={"value": 4},
        date_submitted=job.date_submitted,
    )

    exchange = topchef.client.exchange(jobs.replace_job(job_id, whole))

    assert exchange.headers["Location"].endswith(f"/jobs/{job_id}")
    replaced = exchange.value.data.job_schema
    assert (replaced.status, replaced.result) == (COMPLETED, {"value": 4})
    assert (topchef.status(job_id), topchef.results(job_id)) == (COMPLETED, {"value": 4})


@pytest.mark.not_on("2.0", why=NO_PUT)
def test_a_partial_record_replaces_nothing(topchef: TopChef, job_id: UUID) -> None:
    body = b'{"status": "COMPLETED", "result": {"v": 1}}'

    assert topchef.refusal_raw("PUT", f"/jobs/{job_id}", body)
    assert topchef.status(job_id) is REGISTERED


@pytest.mark.not_on("2.0", why=NO_PUT)
def test_an_empty_result_in_a_record_is_none_yet(topchef: TopChef) -> None:
    service_id = topchef.register(results={"type": "object", "required": ["value"]})
    job_id = topchef.post(service_id, {})
    job = topchef.client.send(jobs.get_job(job_id)).data
    whole = JobReplacement(
        id=job_id,
        status=WORKING,
        parameters=job.parameters,
        result={},
        date_submitted=job.date_submitted,
    )

    if topchef.is_1_0:
        pytest.skip("1.0: not recorded")
    topchef.client.send(jobs.replace_job(job_id, whole))

    assert (topchef.status(job_id), topchef.results(job_id)) == (WORKING, None)


@pytest.mark.not_on("1.0", "2.0", why="it is not known to compare records")
@pytest.mark.parametrize(
    ("member", "value"), [("id", "9bba294d-5507-43f1-a129-33cb17452c15"), ("parameters", {"x": 1})]
)
def test_a_record_of_another_job_replaces_nothing(
    topchef: TopChef, job_id: UUID, member: str, value: Json
) -> None:
    job = json.loads(topchef.send_raw("GET", f"/jobs/{job_id}").body)["data"]
    whole = {**job, "status": "COMPLETED", "result": {"value": 4}, member: value}

    body = json.dumps(whole).encode()

    (detail,) = topchef.refusal_raw("PUT", f"/jobs/{job_id}", body)
    assert detail.startswith(f"$.{member}: ")
    assert topchef.status(job_id) is REGISTERED


@pytest.mark.not_on("2.0", why=NO_PUT)
def test_a_job_may_be_replaced_through_its_service(
    topchef: TopChef, service_id: UUID, job_id: UUID
) -> None:
    job = topchef.client.send(jobs.get_job(job_id)).data
    whole = JobReplacement(
        id=job_id,
        status=COMPLETED,
        parameters=job.parameters,
        result={"value": 4},
        date_submitted=job.date_submitted,
    )

    topchef.client.send(jobs.replace_service_job(service_id, job_id, whole))

    assert topchef.results(job_id) == {"value": 4}


@pytest.mark.not_on("1.0", "2.0", why="it is not known to compare services")
def test_a_job_may_not_be_replaced_through_another_service(topchef: TopChef, job_id: UUID) -> None:
    job = topchef.client.send(jobs.get_job(job_id)).data
    whole = JobReplacement(
        id=job_id,
        status=COMPLETED,
        parameters=job.parameters,
        result={"value": 4},
        date_submitted=job.date_submitted,
    )

    call = jobs.replace_service_job(topchef.register(), job_id, whole)

    assert topchef.refusal(call).status == 404


def test_parameters_of_a_megabyte_come_back_whole(topchef: TopChef) -> None:
    parameters: JsonObject = {"samples": [index / 7 for index in range(50_000)], "λ": "é" * 100_000}
    job_id = topchef.post(topchef.register(), parameters)

    assert topchef.client.send(jobs.get_job(job_id)).data.parameters == parameters


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**53 + 1, 0.1, 1e300, 5e-324, "", '\\"/\b\f\n\r\t', "𝒳", [], [[]], {}, None, False],
    ids=repr,
)
def test_every_kind_of_json_comes_back_as_it_was(topchef: TopChef, value: Json) -> None:
    job_id = topchef.post(topchef.register(), {"value": value, "": value})

    returned = topchef.client.send(jobs.get_job(job_id)).data.parameters
    assert returned == {"value": value, "": value}
    assert type(returned["value"]) is type(value)


@pytest.mark.not_on("1.0", "2.0", why="numbers this long are not known to be kept")
def test_a_number_of_a_thousand_digits_comes_back_as_it_was(topchef: TopChef) -> None:
    job_id = topchef.post(topchef.register(), {"value": 10**1000 + 1})

    response = topchef.send_raw("GET", f"/jobs/{job_id}")

    assert json.loads(response.body)["data"]["parameters"] == {"value": 10**1000 + 1}
