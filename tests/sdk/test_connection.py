"""`Connection`: where the generations differ, and answers that no server should give."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sdk.servers import NOBODY, ONCE, URL, Answering, client_of, json_answer
from topchef_sdk import Client, Job, JobStatus, Service, Timeout, TopChefError, Validator
from topchef_sdk.api import UNSET, Headers, Json, JsonObject, Request, Response
from topchef_sdk.api.models import Job as JobDetails
from topchef_sdk.api.models import NewService
from topchef_sdk.connection import Connection, connection_to, id_of, messages_of, results_of
from topchef_sdk.errors import ClientError, DecodeError
from topchef_sdk.report import error_report

NEW = NewService(name="n", description="d", job_registration_schema={}, job_result_schema={})


def _created(location: str | None, told: UUID | None = None) -> UUID:
    details: JsonObject = {
        "id": str(told),
        "name": "n",
        "description": "d",
        "job_registration_schema": {},
        "job_result_schema": {},
        "has_timed_out": False,
    }
    data: JsonObject = {"message": "made"}
    if told is not None:
        data["service_details"] = details
    headers = {} if location is None else {"Location": location}
    answer = json_answer(201, {"data": data}, **headers)
    return client_of(answer).connection.create_service(NEW)


# Ids.

SOME_ID = UUID("c78ac84a-b6d5-4be4-98c6-7544e5e7b3de")


@pytest.mark.parametrize(
    "location",
    [
        f"http://topchef.example/services/{SOME_ID}",
        f"http://topchef.example/services/{SOME_ID}/",
        f"/services/{str(SOME_ID).upper()}",
        str(SOME_ID),
    ],
)
def test_an_id_is_read_from_the_location(location: str) -> None:
    assert SOME_ID == _created(location)
    assert SOME_ID == _created(location, told=uuid4())


@pytest.mark.parametrize("location", [None, "", "/", "http://topchef.example/services/abc", "é"])
def test_an_id_is_read_from_the_body_where_the_location_tells_none(location: str | None) -> None:
    assert SOME_ID == _created(location, told=SOME_ID)
    with pytest.raises(DecodeError) as caught:
        _created(location)

    message = "the server made something but does not say its id"
    assert f"POST {URL}/services: {message}" == str(caught.value)
    assert 201 == caught.value.status


def test_a_posted_job_is_the_one_at_the_location() -> None:
    record = {
        "id": str(uuid4()),
        "status": "REGISTERED",
        "parameters": {"value": 1},
        "date_submitted": "2026-01-01T00:00:00Z",
    }
    location = {"Location": f"/jobs/{SOME_ID}"}
    connection = client_of(json_answer(201, {"data": record}, **location)).connection

    assert (SOME_ID, None) == connection.create_job(NOBODY, {"value": 1})


def test_ids_are_uuids_in_any_spelling() -> None:
    assert SOME_ID == id_of(SOME_ID) == id_of(str(SOME_ID).upper()) == id_of(f"{{{SOME_ID}}}")


# Results.


def _job(status: JobStatus, **results: Any) -> JobDetails:
    return JobDetails(id=NOBODY, status=status, parameters={}, date_submitted=DATE, **results)


DATE = datetime(2026, 1, 1, tzinfo=UTC)

WORKING, COMPLETED = JobStatus.WORKING, JobStatus.COMPLETED
RESULTS: list[tuple[JobDetails, Json]] = [
    (_job(WORKING, results=None), None),
    (_job(WORKING, results={}), {}),
    (_job(WORKING, results={"a": 1}), {"a": 1}),
    (_job(COMPLETED, results=None), None),
    (_job(WORKING, result={}), None),
    (_job(WORKING, result={"a": 1}), {"a": 1}),
    (_job(COMPLETED, result={}), {}),
    (_job(COMPLETED), {}),
    (_job(WORKING), None),
    (_job(WORKING, results=None, result={"a": 1}), {"a": 1}),
    (_job(WORKING, results={"b": 2}, result={"a": 1}), {"b": 2}),
]


@pytest.mark.parametrize(("job", "expected"), RESULTS)
def test_results_are_found_under_either_name(job: JobDetails, expected: Json) -> None:
    assert expected == results_of(job)


def test_generation_1_tells_a_failure_by_the_report_alone() -> None:
    record = {
        "id": str(NOBODY),
        "status": "COMPLETED",
        "parameters": {},
        "date_submitted": "2026-01-01T00:00:00Z",
        "result": error_report("handler", "No", "sample"),
    }
    job = client_of(json_answer(200, {"data": record})).connection.get_job(NOBODY)

    assert JobStatus.ERROR is job.status


# What servers say.

MESSAGES: list[tuple[Json, tuple[str, ...]]] = [
    ("no", ("no",)),
    ([{"status_code": 400, "title": "T", "detail": "a"}, {"detail": "b"}], ("a", "b")),
    (
        {"message": "no", "serializer_errors": {"name": ["missing"], "x": ["y", "z"]}},
        ("no", "name: missing", "x: y", "x: z"),
    ),
    ({"status": ["The status ERROR is not known"]}, ("status: The status ERROR is not known",)),
    ({"message": "no", "context": []}, ("no",)),
    ({"message": "no", "context": ["at", "last"]}, ("no", "at", "last")),
    ("two\n lines\x1b[2J", ("two lines\\x1b[2J",)),
    (None, ()),
    (5, ()),
    ([1, None, [True]], ()),
    ({"detail": {"a": 1}}, ()),
    (["x"] * 100, ("x",) * 20),
]


@pytest.mark.parametrize(("errors", "expected"), MESSAGES)
def test_messages_are_found_in_every_shape(errors: Json, expected: tuple[str, ...]) -> None:
    with pytest.raises(ClientError) as caught:
        client_of(json_answer(400, {"errors": errors})).connection.create_service(NEW)

    assert expected == messages_of(caught.value)


def test_messages_that_are_nested_without_end_are_left_out() -> None:
    body = b'{"errors":' + b"[" * 50_000 + b'"x"' + b"]" * 50_000 + b"}"
    with pytest.raises(ClientError) as caught:
        client_of(Response(status=400, body=body)).connection.create_service(NEW)
    assert () == messages_of(caught.value)

    deep: Json = "x"
    for _ in range(100):
        deep = {"a": [deep]}
    with pytest.raises(ClientError) as caught:
        client_of(json_answer(400, {"errors": deep})).connection.create_service(NEW)
    assert () == messages_of(caught.value)


# Everything that the façade asks, answered in every way.

OPERATIONS: dict[str, Callable[[Client], object]] = {
    "metadata": lambda client: client.metadata(),
    "jobs": lambda client: [(job.last_status, job.date_submitted) for job in client.jobs],
    "len": lambda client: len(client.services),
    "values": lambda client: [(one.name, repr(one)) for one in client.services.values()],
    "service": lambda client: client.services[NOBODY].is_available,
    "exists": lambda client: Service(NOBODY, client).does_service_exist,
    "new job": lambda client: repr(Service(NOBODY, client).new_job({})),
    "service's jobs": lambda client: Service(NOBODY, client).jobs,
    "queue": lambda client: [one.parameters for one in Service(NOBODY, client).queue],
    "check in": lambda client: Service(NOBODY, client).check_in(),
    "update": lambda client: Service(NOBODY, client).update(name="x"),
    "wait": lambda client: Job(client, NOBODY).wait(timeout=0),
    "results": lambda client: Job(client, NOBODY).results,
    "details": lambda client: Job(client, NOBODY).job_details,
    "report": lambda client: Job(client, NOBODY).report(JobStatus.ERROR),
    "validate": lambda client: Validator(client).assert_instance_matches_schema({}, {}),
    "register": lambda client: client.connection.create_service(NEW),
}

Jsons: TypeAlias = st.SearchStrategy[Json]


def _one_of(*values: Json) -> Jsons:
    return st.sampled_from(values)


def _record(required: dict[str, Jsons], optional: dict[str, Jsons]) -> Jsons:
    return st.fixed_dictionaries(required, optional=optional)


def _answer(status: int, body: bytes, location: str) -> Response:
    return Response(status=status, headers=Headers({"Location": location}), body=body)


def _encoded(body: Json) -> bytes:
    return json.dumps(body).encode()


JOBS = _record(
    {
        "id": _one_of(str(NOBODY), 5),
        "status": _one_of("REGISTERED", "COMPLETED", "ERROR", "x", None),
        "parameters": _one_of({}, None, []),
        "date_submitted": _one_of("2026-01-01T00:00:00Z", "yesterday", 5),
    },
    {
        "results": _one_of(None, {}, {"$topchef": {}}, {"$topchef": {"error": []}}, 5),
        "result": _one_of(None, {}, {"$topchef": {"error": {"title": []}}}, "x"),
        "job_details": _one_of(None, {}),
        "job_schema": _one_of(None, {}),
        "message": _one_of(None, "x"),
    },
)
SERVICES = _record(
    {
        "id": _one_of(str(NOBODY)),
        "name": _one_of("n", None),
        "description": _one_of("d", None),
        "job_registration_schema": _one_of({}, {"type": "nope"}, {"$ref": "#/x"}, []),
        "job_result_schema": _one_of({}, None),
        "has_timed_out": _one_of(False, "no"),
    },
    {"jobs": _one_of(None, [], [{}]), "timeout": _one_of(None, 30, 0, "x")},
)
SIMPLE: Jsons = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
ITEMS = JOBS | SERVICES | SIMPLE
DATA: Jsons = ITEMS | st.lists(ITEMS)
BODIES = (_record({"data": DATA}, {"meta": DATA, "errors": DATA}) | DATA).map(_encoded)
ANSWERS = st.builds(
    _answer,
    st.sampled_from([200, 201, 204, 302, 400, 404, 405, 409, 500, 503]),
    BODIES | st.binary(max_size=20),
    st.sampled_from(["", f"/x/{NOBODY}", "x"]),
)


@pytest.mark.parametrize("operation", OPERATIONS)
@given(answers=st.lists(ANSWERS, min_size=1, max_size=3))
def test_any_answer_gives_a_value_or_an_error_of_ours(
    operation: str, answers: list[Response]
) -> None:
    message = ""
    try:
        OPERATIONS[operation](client_of(*answers))
    except (TopChefError, TimeoutError) as error:
        message = str(error)

    assert message.isprintable()


# Connections.


def test_a_connection_is_made_from_a_url_or_taken_from_a_client() -> None:
    client = Client(URL)

    assert client.connection is connection_to(client)
    assert URL == connection_to(URL + "/").url
    assert f"<Connection to {URL}>" == repr(client.connection)


def test_a_look_can_be_bounded_but_not_extended() -> None:
    def forbid(request: Request) -> Response:
        return json_answer(404, {"errors": "no"})

    carrier = Answering(forbid)
    connection = Connection(URL, transport=carrier, timeout=Timeout(total=5), retry=ONCE)
    for within in (None, 1.0, 60.0):
        with pytest.raises(TopChefError):
            connection.get_job(NOBODY, within=within)
    totals = [request.timeout.total for request in carrier.requests]

    assert [5, 1, 5] == [round(total or 0) for total in totals]


def test_a_record_without_results_has_them_unset() -> None:
    assert UNSET is _job(WORKING).results
