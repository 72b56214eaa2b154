"""`Connection`: where the generations differ, and answers that no server should give."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sdk.carriers import Fault, Faulty
from tests.sdk.servers import NOBODY, ONCE, URL, Answering, Server, client_of, json_answer
from topchef_sdk import Client, Job, JobStatus, Service, Timeout, TopChefError, Validator
from topchef_sdk.api import UNSET, Headers, Json, JsonObject, Request, Response, RetryPolicy
from topchef_sdk.api.models import Job as JobDetails
from topchef_sdk.api.models import NewService
from topchef_sdk.connection import Connection, connection_to
from topchef_sdk.errors import (
    ClientError,
    DecodeError,
    JobNotFoundError,
    OutcomeUnknown,
    RequestError,
    ServerError,
    ServiceNotFoundError,
    TransportError,
)
from topchef_sdk.exchanges import Polled, TaggedJob, id_of, messages_of, results_of
from topchef_sdk.report import ErrorKind, error_report

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
        "result": error_report(ErrorKind.HANDLER, "No", "sample"),
    }
    job = client_of(json_answer(200, {"data": record})).connection.get_job(NOBODY)

    assert JobStatus.ERROR is job.status


# Conditions and keys.

FREELY = RetryPolicy(backoff=0)
"""Repeats without waiting."""

ETAG = '"7"'
TAGGED = TaggedJob(_job(JobStatus.REGISTERED), ETAG)
RECORD: JsonObject = {
    "id": str(NOBODY),
    "status": "WORKING",
    "parameters": {},
    "results": None,
    "date_submitted": "2026-01-01T00:00:00Z",
}


def _posted(connection: Connection) -> TaggedJob:
    """A new job, as it is read."""
    job_id, _ = connection.create_job(connection.create_service(NEW), {"value": 3})
    return connection.get_tagged_job(job_id)


def _scripted(*answers: Response) -> tuple[Connection, Answering]:
    carrier = Answering(*answers)
    return Connection(URL, transport=carrier, retry=ONCE), carrier


@pytest.mark.parametrize(("etag", "expected"), [(ETAG, ETAG), ("", None), (None, None)])
def test_a_job_is_told_with_its_tag_where_there_is_one(
    etag: str | None, expected: str | None
) -> None:
    fields = {} if etag is None else {"ETag": etag}
    reading, _ = _scripted(json_answer(200, {"data": RECORD}, **fields))
    changing, _ = _scripted(json_answer(200, RECORD, **fields))

    assert TaggedJob(_job(WORKING, results=None), expected) == reading.get_tagged_job(NOBODY)
    assert TaggedJob(_job(WORKING, results=None), expected) == changing.change_job(NOBODY, WORKING)
    assert reading.get_job(NOBODY) == reading.get_tagged_job(NOBODY).job


def test_condition_and_key_are_sent_when_they_are_given() -> None:
    connection, carrier = _scripted(json_answer(200, RECORD))

    connection.change_job(NOBODY, WORKING)
    connection.update_job(NOBODY, WORKING)
    connection.change_job(NOBODY, WORKING, if_match=ETAG, key="a claim")
    connection.change_job(NOBODY, WORKING, key='a "\\" b')

    sent = [
        (request.headers.get("If-Match"), request.headers.get("Idempotency-Key"))
        for request in carrier.requests
    ]
    assert [(None, None)] * 2 + [(ETAG, '"a claim"'), (None, '"a \\"\\\\\\" b"')] == sent


@pytest.mark.parametrize("key", ["a\nb", "ä", "\x7f", "x" * 254])
def test_a_key_that_cannot_be_sent_is_refused(key: str) -> None:
    connection, carrier = _scripted(json_answer(200, RECORD))

    with pytest.raises(RequestError):
        connection.change_job(NOBODY, WORKING, key=key)
    assert [] == carrier.requests


def test_a_change_on_condition_is_made_once(server_2: Server) -> None:
    connection = server_2.client.connection
    read = _posted(connection)

    claimed = connection.change_job(read.job.id, WORKING, if_match=read.etag)

    assert WORKING is claimed.job.status
    assert None is not claimed.etag != read.etag
    assert claimed == connection.get_tagged_job(read.job.id)
    with pytest.raises(ClientError) as late:
        connection.change_job(read.job.id, COMPLETED, {}, if_match=read.etag)
    assert 412 == late.value.status
    assert claimed == connection.get_tagged_job(read.job.id)
    with pytest.raises(JobNotFoundError):
        connection.change_job(NOBODY, WORKING, if_match="*")


def test_a_claim_whose_answer_was_lost_is_known_by_its_key(server_2: Server) -> None:
    read = _posted(server_2.client.connection)
    lossy = Faulty(server_2.carrier, [Fault.LOST_REPLY, Fault.LOST_REPLY])
    connection = Connection(URL, transport=lossy, retry=FREELY)

    claimed = connection.change_job(read.job.id, WORKING, if_match=read.etag, key="ours")

    assert WORKING is claimed.job.status
    assert claimed == connection.get_tagged_job(read.job.id)


def test_a_claim_without_a_key_does_not_know_what_came_of_it(server_2: Server) -> None:
    read = _posted(server_2.client.connection)
    lossy = Faulty(server_2.carrier, [Fault.LOST_REPLY])
    connection = Connection(URL, transport=lossy, retry=FREELY)

    with pytest.raises(OutcomeUnknown) as unknown:
        connection.change_job(read.job.id, WORKING, if_match=read.etag)

    assert 412 == unknown.value.status


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.LOST_REPLY, Fault.LOST_REQUEST])
def test_generation_1_is_sent_neither_condition_nor_key(server_1: Server, fault: Fault) -> None:
    read = _posted(server_1.client.connection)
    lossy = Faulty(server_1.carrier, [fault])
    connection = Connection(URL, transport=lossy, retry=FREELY)

    with server_1.sent() as sent:
        first = connection.change_job(read.job.id, WORKING, known=read.job, key="k")
        connection.change_job(read.job.id, COMPLETED, {"value": 4}, known=read.job, key="l")

    job = f"/jobs/{read.job.id}"
    patches = [f"PATCH {job}"] * (2 if fault is Fault.LOST_REPLY else 1)
    assert [*patches, f"PUT {job}", f"PUT {job}"] == sent
    for request in server_1.carrier.requests[-2:]:
        assert {"If-Match", "Idempotency-Key"}.isdisjoint(request.headers)
    assert (WORKING, None) == (first.job.status, first.etag)
    assert COMPLETED is connection.get_job(read.job.id).status


def test_a_record_has_the_condition_of_the_change() -> None:
    replaced: JsonObject = {"message": "done", "job_schema": {**RECORD, "result": {}}}
    connection, carrier = _scripted(
        Response(status=405), json_answer(200, {"data": replaced}, Location="/", ETag='"8"')
    )

    changed = connection.change_job(NOBODY, WORKING, known=TAGGED.job, if_match=ETAG, key="k")

    assert '"8"' == changed.etag
    assert [("PATCH", ETAG), ("PUT", ETAG)] == [
        (request.method, request.headers["If-Match"]) for request in carrier.requests
    ]


# The probe.


def test_a_server_that_refuses_a_stranger_s_tag_honours_conditions(server_2: Server) -> None:
    connection = server_2.client.connection
    read = _posted(connection)

    assert connection.is_if_match_honoured(read)

    assert read == connection.get_tagged_job(read.job.id)


def test_a_server_that_takes_a_stranger_s_tag_does_not() -> None:
    connection, carrier = _scripted(json_answer(200, RECORD))

    assert not connection.is_if_match_honoured(TAGGED)

    (probe,) = carrier.requests
    assert ("PATCH", b"{}") == (probe.method, probe.body)
    assert '"topchef-probe"' == probe.headers["If-Match"]


def test_generation_1_is_asked_once_and_never_sent_a_record(server_1: Server) -> None:
    connection = server_1.client.connection
    read = _posted(connection)
    assert not connection.is_if_match_honoured(read)
    tagged = TaggedJob(read.job, ETAG)  # as a proxy may add one

    with server_1.sent() as sent:
        assert not connection.is_if_match_honoured(tagged)
        assert not connection.is_if_match_honoured(tagged)

    assert [f"PATCH /jobs/{read.job.id}"] == sent


@pytest.mark.parametrize("etag", [None, 'W/"7"'])
def test_nothing_is_tried_without_a_tag_that_could_match(etag: str | None) -> None:
    connection, carrier = _scripted(Response(status=412))

    assert not connection.is_if_match_honoured(TaggedJob(TAGGED.job, etag))
    assert [] == carrier.requests


def test_a_probe_may_be_repeated() -> None:
    def lose(request: Request) -> Response:
        raise TransportError("reset", sent=True)

    carrier = Answering(lose, Response(status=412))
    connection = Connection(URL, transport=carrier, retry=FREELY)

    assert connection.is_if_match_honoured(TAGGED)
    assert 2 == len(carrier.requests)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, ClientError), (404, JobNotFoundError), (409, ClientError), (500, ServerError)],
)
def test_what_a_probe_cannot_make_sense_of_is_raised(
    status: int, expected: type[Exception]
) -> None:
    connection, _ = _scripted(Response(status=status))

    with pytest.raises(expected):
        connection.is_if_match_honoured(TAGGED)


def test_a_probe_that_is_never_answered_tells_nothing() -> None:
    def lose(request: Request) -> Response:
        raise TransportError("reset", sent=True)

    connection = Connection(URL, transport=Answering(lose), retry=FREELY)

    with pytest.raises(OutcomeUnknown):
        connection.is_if_match_honoured(TAGGED)


# Polling.


def test_a_poll_that_need_not_wait_is_a_look_at_the_queue(server: Server) -> None:
    connection = server.client.connection
    service_id = connection.create_service(NEW)
    assert Polled([], has_waited=False) == connection.poll_queue(service_id)

    job_id, _ = connection.create_job(service_id, {})

    polled = connection.poll_queue(service_id)
    assert [job_id] == [job.id for job in polled.jobs]
    assert polled == Polled(connection.get_queue(service_id), has_waited=False)
    assert all("Prefer" not in request.headers for request in server.carrier.requests)


def test_a_server_that_waits_is_told_from_one_that_does_not(server: Server) -> None:
    connection = server.client.connection
    service_id = connection.create_service(NEW)
    job_id, _ = connection.create_job(service_id, {})

    polled = connection.poll_queue(service_id, wait=20)

    assert "wait=20" == server.carrier.requests[-1].headers["Prefer"]
    assert (not server.is_1_0, [job_id]) == (polled.has_waited, [job.id for job in polled.jobs])


def test_a_poll_waits_for_a_job(server_2: Server) -> None:
    connection = server_2.client.connection
    service_id = connection.create_service(NEW)
    assert Polled([], has_waited=True) == connection.poll_queue(service_id, wait=1)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(connection.poll_queue, service_id, wait=50)
        job_id, _ = connection.create_job(service_id, {})
        assert [job_id] == [job.id for job in waiting.result(40).jobs]


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize(
    ("applied", "has_waited"),
    [
        ("wait=20", True),
        ("wait", True),
        ("WAIT = 5", True),
        ("respond-async, wait=5", True),
        ("respond-async", False),
        ("await=5, wait-for=5, x=wait", False),
        ("", False),
        (None, False),
    ],
)
def test_a_server_says_that_it_waits(status: int, applied: str | None, has_waited: bool) -> None:
    fields = {} if applied is None else {"Preference-Applied": applied}
    connection, _ = _scripted(json_answer(status, {"data": []}, **fields))

    assert Polled([], has_waited) == connection.poll_queue(NOBODY, wait=20)
    assert Polled([], has_waited=False) == connection.poll_queue(NOBODY)


@pytest.mark.parametrize(
    ("timeout", "wait", "read", "total"),
    [
        (Timeout(), 0, 30, 60),
        (Timeout(), 20, 30, 60),
        (Timeout(), 25, 35, 60),
        (Timeout(), 60, 70, 70),
        (Timeout(read=1, total=2), 20, 30, 30),
        (Timeout(read=1, total=2), 0, 1, 2),
        (Timeout(read=None, total=None), 20, None, None),
        (Timeout(read=None, total=100), 20, None, 100),
    ],
)
def test_a_poll_leaves_room_for_the_wait(
    timeout: Timeout, wait: int, read: int | None, total: int | None
) -> None:
    carrier = Answering(Response(status=204))
    connection = Connection(URL, transport=carrier, timeout=timeout, retry=ONCE)

    connection.poll_queue(NOBODY, wait=wait)

    (request,) = carrier.requests
    used = request.timeout
    assert (timeout.connect, read) == (used.connect, used.read)
    assert total == (None if used.total is None else round(used.total))


def test_a_poll_of_nothing_is_not_found(server: Server) -> None:
    for wait in (0, 1):
        with pytest.raises(ServiceNotFoundError):
            server.client.connection.poll_queue(NOBODY, wait=wait)


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
    "claim": lambda client: (
        client.connection.change_job(NOBODY, WORKING, if_match=ETAG, key="k").etag
    ),
    "probe": lambda client: client.connection.is_if_match_honoured(TAGGED),
    "poll": lambda client: client.connection.poll_queue(NOBODY, wait=1),
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
