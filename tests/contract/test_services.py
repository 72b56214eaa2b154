"""Services: how they are registered, read, changed, and kept alive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from topchef_sdk.api import Json, JsonObject
from topchef_sdk.api.endpoints import services
from topchef_sdk.api.models import NewService, ServiceUpdate

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

SCHEMA: JsonObject = {"type": "object", "properties": {"value": {"type": "integer"}}}
COMPLETE: JsonObject = {
    "name": "x",
    "description": "d",
    "job_registration_schema": {},
    "job_result_schema": {},
}


def without(name: str) -> JsonObject:
    return {key: value for key, value in COMPLETE.items() if key != name}


def test_a_registered_service_reads_back(topchef: TopChef) -> None:
    service_id = topchef.register(
        name="Spektrometer №1 — λ",
        description="zählt\nPhotonen 🔬",
        parameters=SCHEMA,
        results={"type": "object", "required": ["λ"]},
    )

    service = topchef.client.send(services.get_service(service_id)).data
    assert service.id == service_id
    assert service.name == "Spektrometer №1 — λ"
    assert service.description == "zählt\nPhotonen 🔬"
    assert service.job_registration_schema == SCHEMA
    assert service.job_result_schema == {"type": "object", "required": ["λ"]}
    assert service.has_timed_out is False


@pytest.mark.not_on("1.0", why="it tells neither availability, timeout nor jobs")
def test_a_new_service_is_unavailable_and_has_30_seconds(topchef: TopChef) -> None:
    service = topchef.client.send(services.get_service(topchef.register())).data

    assert (service.is_service_available, service.timeout, service.jobs) == (False, 30, [])


def test_a_registration_tells_the_id_in_an_absolute_location(topchef: TopChef) -> None:
    response = topchef.send_raw("POST", "/services", json.dumps(COMPLETE).encode())

    assert response.status == 201
    start, _, name = response.headers["Location"].rpartition("/")
    assert start == f"{topchef.client.base_url}/services"
    assert topchef.client.send(services.get_service(UUID(name))).data.name == "x"
    assert json.loads(response.body)["data"]["message"]


def test_services_are_listed_in_the_order_of_their_registration(topchef: TopChef) -> None:
    registered = [topchef.register(name=f"number {number}") for number in range(5)]

    listed = topchef.client.send(services.list_services()).data
    ours = [service for service in listed if service.id in registered]
    assert [service.name for service in ours] == [f"number {number}" for number in range(5)]
    assert [service.id for service in ours] == registered


def test_a_repeated_registration_registers_another_service(topchef: TopChef) -> None:
    assert topchef.register() != topchef.register()


def test_members_that_nobody_knows_are_taken_and_dropped(topchef: TopChef) -> None:
    body = json.dumps({**COMPLETE, "colour": "blue"}).encode()

    response = topchef.send_raw("POST", "/services", body)

    assert response.status == 201
    path = "/services/" + response.headers["Location"].rpartition("/")[2]
    assert "colour" not in json.loads(topchef.send_raw("GET", path).body)["data"]


@pytest.mark.parametrize("name", ["name", "description", "job_registration_schema"])
def test_a_service_without_a_required_member_is_refused(topchef: TopChef, name: str) -> None:
    details = topchef.refusal_raw("POST", "/services", json.dumps(without(name)).encode())

    assert any(name in detail for detail in details)


@pytest.mark.not_on("1.0", why="it takes any object for a missing result schema")
def test_a_service_without_a_result_schema_is_refused(topchef: TopChef) -> None:
    body = json.dumps(without("job_result_schema")).encode()

    assert any(
        "job_result_schema" in each for each in topchef.refusal_raw("POST", "/services", body)
    )


@pytest.mark.not_on("1.0", "2.0", why="it tells one thing at a time, or takes such values")
def test_all_that_is_wrong_with_a_service_is_told_at_once(topchef: TopChef) -> None:
    body = json.dumps({"name": 5, "job_registration_schema": [], "job_result_schema": {}}).encode()

    assert topchef.refusal_raw("POST", "/services", body) == [
        "$.name: expected a string, got an integer",
        "$: 'description' is required",
        "$.job_registration_schema: expected an object, got an array",
    ]


@pytest.mark.not_on("1.0", "2.0", why="it registers invalid schemas, and answers 500 later")
@pytest.mark.parametrize("member", ["job_registration_schema", "job_result_schema"])
@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"type": "nope"}, ".type"),
        ({"properties": {"a": {"minimum": "low"}}}, ".properties.a.minimum"),
        ({"pattern": "("}, ".pattern"),
        ({"required": []}, ".required"),
        ({"$ref": "http://topchef.example/schema.json"}, ".$ref"),
        ({"items": [{"$ref": "file:///etc/passwd"}]}, ".items[0].$ref"),
        ({"properties": {"a": {"$ref": "#/definitions/b"}}}, ".properties.a.$ref"),
        ({"$ref": "#"}, ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_invalid_schema_is_refused_with_its_place(
    topchef: TopChef, member: str, schema: JsonObject, path: str
) -> None:
    service = {**COMPLETE, member: schema}

    details = topchef.refusal_raw("POST", "/services", json.dumps(service).encode())

    assert [detail.partition(": ")[0] for detail in details] == [f"$.{member}{path}"]


@pytest.mark.not_on("1.0", "2.0", why="it looks at no references when a service is registered")
def test_a_remote_reference_is_refused_in_plain_words(topchef: TopChef) -> None:
    service = NewService(
        name="x",
        description="d",
        job_registration_schema={"$ref": "http://topchef.example/schema.json"},
        job_result_schema={},
    )

    error = topchef.refusal(services.create_service(service))

    assert b"no other document is fetched" in error.body


def test_references_within_a_schema_are_followed(topchef: TopChef) -> None:
    tree: JsonObject = {
        "definitions": {
            "node": {"type": "object", "properties": {"child": {"$ref": "#/definitions/node"}}}
        },
        "properties": {"root": {"$ref": "#/definitions/node"}},
        "type": "object",
    }
    service_id = topchef.register(parameters=tree)

    job_id = topchef.post(service_id, {"root": {"child": {"child": {}}}})

    assert topchef.jobs_of(service_id) == [job_id]


def test_a_service_that_does_not_exist_is_not_found(topchef: TopChef, unknown_id: UUID) -> None:
    assert topchef.refusal(services.get_service(unknown_id)).status == 404
    assert topchef.refusal(services.check_in(unknown_id)).status == 404


@pytest.mark.not_on("1.0", why="it takes any body for a check-in, of any service")
def test_a_service_that_does_not_exist_cannot_be_changed(topchef: TopChef) -> None:
    call = services.update_service(uuid4(), ServiceUpdate(name="x"))

    assert topchef.refusal(call).status == 404


def test_a_check_in_is_answered_in_words_alone(topchef: TopChef, service_id: UUID) -> None:
    answer = topchef.client.send(services.check_in(service_id))

    assert "checked in at" in ((answer.data if topchef.is_1_0 else answer.meta) or "")


def test_a_check_in_by_post_is_a_check_in(topchef: TopChef, service_id: UUID) -> None:
    answer = topchef.client.send(services.check_in_by_post(service_id))

    assert "checked in at" in ((answer.data if topchef.is_1_0 else answer.meta) or "")


@pytest.mark.not_on("1.0", "2.0", why="it answers with an HTML page")
def test_a_post_that_stands_for_no_other_method_is_not_allowed(
    topchef: TopChef, service_id: UUID
) -> None:
    response = topchef.send_raw("POST", f"/services/{service_id}", b"{}")

    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"


@pytest.mark.not_on("1.0", why="it changes nothing")
def test_a_post_can_stand_for_a_patch_with_a_body(topchef: TopChef, service_id: UUID) -> None:
    response = topchef.send_raw(
        "POST", f"/services/{service_id}", b'{"name": "new"}', X_HTTP_Method_Override="PATCH"
    )

    assert response.status == 200
    assert topchef.client.send(services.get_service(service_id)).data.name == "new"


@pytest.mark.not_on("1.0", why="it changes nothing")
def test_a_change_is_answered_with_the_whole_service(topchef: TopChef, service_id: UUID) -> None:
    job_id = topchef.post(service_id, {"value": 1})
    update = ServiceUpdate(name="Add 1", description="new", is_available=True, timeout=60)

    changed = topchef.client.send(services.update_service(service_id, update)).data

    assert changed is not None
    assert (changed.name, changed.description) == ("Add 1", "new")
    assert (changed.is_service_available, changed.timeout) == (True, 60)
    assert [job.id for job in changed.jobs or []] == [job_id]
    assert changed == topchef.client.send(services.get_service(service_id)).data


@pytest.mark.not_on("1.0", why="it changes nothing")
def test_a_change_leaves_the_rest_as_it_was(topchef: TopChef, service_id: UUID) -> None:
    before = topchef.client.send(services.get_service(service_id)).data

    topchef.client.send(services.update_service(service_id, ServiceUpdate(timeout=90)))

    after = topchef.client.send(services.get_service(service_id)).data
    assert after.timeout == 90
    assert (after.name, after.description) == (before.name, before.description)
    assert after.is_service_available == before.is_service_available


@pytest.mark.not_on("1.0", why="it changes nothing")
@pytest.mark.parametrize("value", [-1, "x", 1.5, [], True], ids=repr)
def test_a_timeout_that_is_none_is_refused(topchef: TopChef, service_id: UUID, value: Json) -> None:
    body = json.dumps({"timeout": value}).encode()

    if topchef.generation == "2.0" and value in (1.5, True):
        pytest.skip("2.0: it takes any number")
    assert topchef.refusal_raw("PATCH", f"/services/{service_id}", body)
    assert topchef.client.send(services.get_service(service_id)).data.timeout == 30


@pytest.mark.not_on("1.0", "2.0", why="it changes nothing, or answers 500")
@pytest.mark.parametrize("seconds", [0, 2**31, 10**30], ids=str)
def test_a_timeout_beyond_measure_is_refused(
    topchef: TopChef, service_id: UUID, seconds: int
) -> None:
    body = json.dumps({"timeout": seconds}).encode()

    assert topchef.refusal_raw("PATCH", f"/services/{service_id}", body)


@pytest.mark.not_on("1.0", why="it changes nothing")
def test_a_refused_change_changes_nothing(topchef: TopChef, service_id: UUID) -> None:
    body = b'{"name": "half", "timeout": "x"}'

    assert topchef.refusal_raw("PATCH", f"/services/{service_id}", body)
    assert topchef.client.send(services.get_service(service_id)).data.name == "Add one"


@pytest.mark.not_on("1.0", why="it tells no jobs there")
def test_a_service_tells_its_jobs_in_short(topchef: TopChef, service_id: UUID) -> None:
    posted = [topchef.post(service_id, {"value": value}) for value in (1, 2, 3)]

    listed = topchef.client.send(services.get_service(service_id)).data.jobs

    assert listed is not None
    assert {job.id for job in listed} == set(posted)
    assert all(job.parameters is None for job in listed)
