"""`Service`, on servers of both generations."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from uuid import UUID

import pytest

from tests.sdk.generation_1 import Generation1
from tests.sdk.servers import (
    ADD_ONE,
    NOBODY,
    ONCE,
    URL,
    Answering,
    Recording,
    Server,
    client_of,
    json_answer,
)
from topchef_sdk import (
    Client,
    DecodeError,
    JobStatus,
    RequestError,
    Service,
    ServiceNotFoundError,
    ValidationError,
)
from topchef_sdk.api import JsonObject, Request, Response

# The constructor of the first client, and what it says of itself.


def test_a_service_is_made_from_an_id_and_a_url_or_a_client(server: Server) -> None:
    known = server.register()
    by_url = Service(str(known.id), URL + "/", server.carrier)
    by_client = Service(known.id, server.client)

    assert known == by_url == by_client
    assert "Add one" == by_url.name
    assert {known} == {known, by_url, by_client}
    assert known.id == by_url.id == by_url.service_id
    assert URL == by_url.topchef_url
    assert f"{URL}/services/{known.id}/jobs" == by_url.new_job_endpoint


def test_services_differ_by_id_and_by_server() -> None:
    service = Service(NOBODY, URL)

    assert service != Service(UUID(int=1), URL)
    assert service != Service(NOBODY, "http://other.invalid")
    assert service != NOBODY


def test_a_client_has_a_transport_already(server: Server) -> None:
    with pytest.raises(ValueError, match="a client, which has one already"):
        Service(NOBODY, server.client, server.carrier)


@pytest.mark.parametrize("service_id", ["", "abc", URL, None, 5, b"x"])
def test_an_id_that_is_none_is_refused_in_one_line(service_id: Any) -> None:
    with pytest.raises(RequestError) as caught:
        Service(service_id, URL)

    assert f"{service_id!r} is no id: ids are UUIDs" == str(caught.value)


def test_repr_tells_the_name_once_it_is_known(server: Server) -> None:
    service = server.register(name="it's\n1")
    assert f"<Service {service.id}>" == repr(service)
    assert service.name

    assert f'<Service {service.id} "it\'s\\n1">' == repr(service)


# What is asked for once, and what each time.


def test_names_and_schemas_are_asked_for_once(server: Server) -> None:
    service = server.register(results={"type": "object", "title": "results"})
    with server.sent() as sent:
        for _ in range(2):
            assert "Add one" == service.name
            assert "adds one" == service.description
            assert ADD_ONE == service.job_registration_schema
            assert {"type": "object", "title": "results"} == service.job_result_schema
            assert service.id == service.details.id

    assert [f"GET /services/{service.id}"] == sent


def test_what_changes_by_itself_is_asked_for_each_time(server: Server) -> None:
    service = server.register()
    with server.sent() as sent:
        for _ in range(2):
            assert not service.has_timed_out
            assert server.is_1_0 == service.is_available
            assert (None if server.is_1_0 else 30) == service.timeout
            assert service.does_service_exist

    assert [f"GET /services/{service.id}"] * 8 == sent


def test_a_service_of_generation_1_is_available_until_it_has_timed_out(server_1: Server) -> None:
    generation_1 = Generation1()
    client = Client(URL, transport=Recording(generation_1), retry=ONCE)
    service = Server("1.0", Recording(generation_1)).register()
    generation_1.timed_out.add(service.id)
    service = client.services[service.id]
    assert (True, False) == (service.has_timed_out, service.is_available)

    service.check_in()
    assert (False, True) == (service.has_timed_out, service.is_available)


def test_a_service_that_is_unknown_does_not_exist(server: Server) -> None:
    service = Service(NOBODY, server.client)

    assert not service.does_service_exist
    with pytest.raises(ServiceNotFoundError):
        _ = service.name
    with pytest.raises(ServiceNotFoundError):
        _ = service.jobs
    with pytest.raises(ServiceNotFoundError):
        _ = service.queue
    with pytest.raises(ServiceNotFoundError):
        service.check_in()
    with pytest.raises(ServiceNotFoundError):
        service.update(name="x")
    with pytest.raises(ServiceNotFoundError):
        service.new_job({})


# Its jobs.


def test_jobs_and_queue_are_one_request_each_and_tell_statuses(server: Server) -> None:
    service = server.register()
    first, second = (service.new_job({"value": value}) for value in (1, 2))
    first.report(JobStatus.WORKING)
    with server.sent() as sent:
        working, registered = service.jobs
        assert [first, second] == [working, registered]
        assert [JobStatus.WORKING, JobStatus.REGISTERED] == [
            working.last_status,
            registered.last_status,
        ]
        assert [second] == service.queue

    assert [f"GET /services/{service.id}/jobs", f"GET /services/{service.id}/queue"] == sent


def test_parameters_of_queued_jobs_are_asked_for_where_the_queue_lacks_them(
    server: Server,
) -> None:
    service = server.register()
    service.new_job({"value": 3})
    [job] = service.queue
    with server.sent() as sent:
        assert {"value": 3} == job.parameters
        assert UTC == job.date_submitted.tzinfo

    assert ([f"GET /jobs/{job.id}"] if server.is_1_0 else []) == sent


def test_an_empty_queue_is_an_empty_list(server: Server) -> None:
    service = server.register()

    assert [] == service.queue
    assert [] == service.jobs


# Posting.


def test_a_new_job_is_registered_with_its_parameters(server: Server) -> None:
    service = server.register()
    with server.sent() as sent:
        job = service.new_job({"value": 3})
        again = service.new_job({"value": 4})
        assert (job.parameters, again.parameters) == ({"value": 3}, {"value": 4})
        assert JobStatus.REGISTERED is job.last_status

    # The answer tells all of the job; the schema is asked for once.
    assert [f"GET /services/{service.id}", *[f"POST /services/{service.id}/jobs"] * 2] == sent
    assert [job, again] == service.jobs


def test_wrong_parameters_are_refused_here_and_nothing_is_sent(server: Server) -> None:
    service = server.register()
    assert service.name
    with server.sent() as sent, pytest.raises(ValidationError) as caught:
        service.new_job({"value": "a"})

    assert [] == sent
    assert "$.value: 'a' is not of type 'integer'" == str(caught.value)
    assert ("$.value: 'a' is not of type 'integer'",) == caught.value.context


def test_all_that_is_wrong_is_in_the_context(server: Server) -> None:
    schema: JsonObject = {"properties": {"a": {"type": "null"}, "b": {"type": "null"}}}
    service = server.register(parameters=schema)
    with pytest.raises(ValidationError) as caught:
        service.new_job({"a": 1, "b": 2})

    assert "$.a: 1 is not of type 'null' (and 1 more)" == caught.value.message
    assert (
        "$.a: 1 is not of type 'null'",
        "$.b: 2 is not of type 'null'",
    ) == caught.value.context


@pytest.mark.parametrize("parameters", [[1], None, "text", 3])
def test_parameters_must_be_an_object(server: Server, parameters: Any) -> None:
    service = server.register(parameters={})
    with server.sent() as sent, pytest.raises(ValidationError) as caught:
        service.new_job(parameters)

    assert [] == [one for one in sent if one.startswith("POST")]
    assert f"$: {parameters!r} is not of type 'object'" == str(caught.value)


@pytest.mark.parametrize("value", [float("nan"), object(), {1: 2}.keys()])
def test_parameters_must_be_json(server: Server, value: Any) -> None:
    service = server.register(parameters={})
    with server.sent() as sent, pytest.raises(RequestError):
        service.new_job({"value": value})

    assert [] == [one for one in sent if one.startswith("POST")]


def _service_with(schema: JsonObject, *more: Response) -> Service:
    details = {
        "id": str(NOBODY),
        "name": "n",
        "description": "d",
        "job_registration_schema": schema,
        "job_result_schema": {},
        "has_timed_out": False,
    }
    return Service(NOBODY, client_of(json_answer(200, {"data": details}), *more))


INVALID_SCHEMAS: list[JsonObject] = [
    {"type": "nope"},
    {"$ref": "http://127.0.0.1:9/never"},
    {"$ref": "file:///etc/passwd"},
    {"properties": {"value": {"$ref": "other.json#/definitions/x"}}},
]


@pytest.mark.parametrize("schema", INVALID_SCHEMAS, ids=str)
def test_a_service_with_an_invalid_schema_takes_no_jobs_and_nothing_is_fetched(
    schema: JsonObject,
) -> None:
    service = _service_with(schema)
    with pytest.raises(ValidationError) as caught:
        service.new_job({"value": 1})

    assert str(caught.value).startswith("the service's job_registration_schema is invalid: $")


def test_what_the_server_refuses_all_the_same_is_a_validation_error() -> None:
    errors = [{"status_code": 400, "title": "No", "detail": "too hot\n  today"}]
    service = _service_with({}, json_answer(400, {"errors": errors}))
    with pytest.raises(ValidationError) as caught:
        service.new_job({})

    assert "too hot today" == str(caught.value)
    assert ("too hot today",) == caught.value.context


def test_a_job_whose_id_is_not_told_is_an_answer_that_cannot_be_read() -> None:
    service = _service_with({}, json_answer(201, {"data": {"message": "done"}}))
    with pytest.raises(DecodeError) as caught:
        service.new_job({})

    assert (
        f"POST {URL}/services/{NOBODY}/jobs: the server made something but does not say its id"
        == str(caught.value)
    )


# Checking in, and changing.


def test_a_check_in_has_no_body_and_no_content_type(server: Server) -> None:
    service = server.register()
    service.check_in()
    request = server.carrier.requests[-1]

    assert ("PATCH", f"{URL}/services/{service.id}") == (request.method, request.url)
    assert request.body is None
    assert "Content-Type" not in request.headers


def test_an_update_changes_what_is_given(server_2: Server) -> None:
    service = server_2.register()
    assert "Add one" == service.name
    service.update(name="Add 1", is_available=True, timeout=60)

    assert ("Add 1", "adds one") == (service.name, service.description)
    assert service.is_available
    assert 60 == service.timeout


def test_a_listed_service_forgets_its_name_when_it_is_changed(server_2: Server) -> None:
    server_2.register()
    [service] = server_2.client.services.values()
    service.update(name="Add 1")

    assert "Add 1" == service.name


def test_an_update_of_generation_1_checks_in(server_1: Server) -> None:
    service = server_1.register()
    service.update(name="Add 1")

    assert "Add one" == service.name


def test_an_update_of_nothing_is_a_check_in_without_a_body(server: Server) -> None:
    service = server.register()
    service.update()

    assert server.carrier.requests[-1].body is None


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_timeout_below_1_is_refused_here(server: Server, timeout: int) -> None:
    service = server.register()
    with server.sent() as sent, pytest.raises(ValidationError, match="timeout: is less than 1"):
        service.update(timeout=timeout)

    assert [] == sent


# Threads.


@pytest.fixture
def often_switched() -> Iterator[None]:
    """Threads take turns fifty times as often: more of them meet in less time."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(interval / 50)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("often_switched")
def test_a_service_can_be_read_while_another_thread_changes_it(server_2: Server) -> None:
    service = server_2.register()
    is_over = threading.Event()
    failures: list[Exception] = []

    def read() -> None:
        try:
            while not is_over.is_set():
                assert service.name.startswith("Add")
                assert service.details.id == service.id
                assert repr(service).startswith("<Service")
        except Exception as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(50):
        service.update(name=f"Add {number}")
    is_over.set()
    for reader in readers:
        reader.join()

    assert [] == failures


def test_one_carrier_sees_only_what_was_sent() -> None:
    def answer(request: Request) -> Response:
        return json_answer(404, {"errors": "no"})

    carrier = Answering(answer)
    service = Service(NOBODY, URL, carrier)
    assert not service.does_service_exist
    assert [f"{URL}/services/{NOBODY}"] == [request.url for request in carrier.requests]
