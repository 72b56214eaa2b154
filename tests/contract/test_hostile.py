"""What is not JSON, or no request that anyone means: refused in the documented form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from topchef_sdk.api import JsonObject

if TYPE_CHECKING:
    from tests.contract.conftest import TopChef

WRITING = [
    ("POST", "/services"),
    ("POST", "/services/{service_id}/jobs"),
    ("PATCH", "/services/{service_id}"),
    ("PATCH", "/jobs/{job_id}"),
    ("PUT", "/jobs/{job_id}"),
    ("POST", "/validator"),
    ("POST", "/echo"),
]
NO_JSON = [
    b"{",
    b"not json",
    b"{'a': 1}",
    b"\xff\xfe{\x00}\x00",
    b'{"a": 1}{"a": 2}',
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": 1e999}',
    b'"\\ud800"',
    b"[" * 5000 + b"]" * 5000,
    b" ",
]
OTHERWISE = "it answers such requests with HTML pages, or not at all"


@pytest.mark.not_on("1.0", "2.0", why=OTHERWISE)
@pytest.mark.parametrize("body", NO_JSON, ids=lambda body: repr(body[:12]))
@pytest.mark.parametrize(("method", "path"), WRITING)
def test_a_body_that_is_no_json_is_refused(
    topchef: TopChef, service_id: UUID, job_id: UUID, method: str, path: str, body: bytes
) -> None:
    target = path.format(service_id=service_id, job_id=job_id)

    response = topchef.send_raw(method, target, body)

    assert response.status == 400
    assert topchef.refusal_raw(method, target, body)


@pytest.mark.not_on("1.0", why="it answers with HTML pages")
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "", None])
def test_a_body_that_does_not_say_that_it_is_json_is_refused(
    topchef: TopChef, content_type: str | None
) -> None:
    response = topchef.send_raw("POST", "/services", b"{}", content_type=content_type)

    assert response.status == 400
    assert json.loads(response.body)["errors"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_the_media_type_may_be_written_in_other_ways(topchef: TopChef, content_type: str) -> None:
    body = json.dumps(
        {
            "name": "é",
            "description": "d",
            "job_registration_schema": {},
            "job_result_schema": {"type": "object"},
        },
        ensure_ascii=False,
    ).encode()

    response = topchef.send_raw("POST", "/services", body, content_type=content_type)

    assert response.status == 201


@pytest.mark.not_on("1.0", "2.0", why=OTHERWISE)
@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity"])
def test_numbers_that_are_no_json_never_get_in(
    topchef: TopChef, service_id: UUID, value: bytes
) -> None:
    body = b'{"parameters": {"value": 1, "x": %s}}' % value

    assert topchef.refusal_raw("POST", f"/services/{service_id}/jobs", body)
    assert topchef.jobs_of(service_id) == []


@pytest.mark.not_on("1.0", "2.0", why="what it takes it cannot always answer")
@pytest.mark.parametrize("depth", [10, 99, 100, 101, 150, 300, 900])
def test_what_is_taken_can_be_read_again_however_deep(topchef: TopChef, depth: int) -> None:
    service_id = topchef.register()
    arrays = depth - 1  # the parameters themselves are the outermost
    body = b'{"parameters": {"a": ' + b"[" * arrays + b"]" * arrays + b"}}"

    response = topchef.send_raw("POST", f"/services/{service_id}/jobs", body)

    assert response.status == (201 if depth <= 100 else 400)
    for path in ("queue", "jobs", "jobs/next"):
        assert topchef.send_raw("GET", f"/services/{service_id}/{path}").status in (200, 204)


TRIPPING: list[tuple[JsonObject, JsonObject]] = [
    ({"properties": {"a": {"multipleOf": 0.1}}}, {"a": 10**400}),
    ({"properties": {"a": {"multipleOf": 1e-300}}}, {"a": 1e300}),
    ({"properties": {"a": {"minLength": 10**30}}}, {"a": "x"}),
    ({"properties": {"a": {"uniqueItems": True}}}, {"a": [{"b": []}, {"b": []}]}),
    ({"patternProperties": {"^(?P<x>a)(?P=x)": {"type": "null"}}}, {"aa": 1}),
]


@pytest.mark.not_on("1.0", "2.0", why="it registers such schemas, and answers 500 later")
@pytest.mark.parametrize(
    ("schema", "parameters"),
    TRIPPING,
    ids=lambda value: str(value)[:40],
)
def test_parameters_that_trip_a_validator_are_refused(
    topchef: TopChef, schema: JsonObject, parameters: JsonObject
) -> None:
    service_id = topchef.register(parameters=schema)
    body = json.dumps({"parameters": parameters}).encode()

    assert topchef.refusal_raw("POST", f"/services/{service_id}/jobs", body)


@pytest.mark.not_on("1.0", "2.0", why=OTHERWISE)
def test_a_body_beyond_8_mib_is_refused_with_413(topchef: TopChef) -> None:
    response = topchef.send_raw("POST", "/echo", b'"' + b"a" * (8 * 1024 * 1024) + b'"')

    assert response.status == 413
    assert json.loads(response.body)["errors"][0]["status_code"] == 413


@pytest.mark.not_on("1.0", "2.0", why=OTHERWISE)
def test_a_body_of_almost_8_mib_is_taken(topchef: TopChef) -> None:
    body = b'"' + b"a" * (8 * 1024 * 1024 - 2) + b'"'

    response = topchef.send_raw("POST", "/echo", body)

    assert response.status == 200
    assert len(response.body) == len(body) + len(b'{"data":}')


@pytest.mark.not_on("1.0", "2.0", why="pages are what it answers")
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nope",
        "/services",
        "/services/abc",
        "/services/{service_id}",
        "/services/{service_id}/jobs",
        "/services/{service_id}/queue",
        "/services/{service_id}/jobs/next",
        "/jobs",
        "/jobs/{job_id}",
        "/jobs/{job_id}/next",
        "/validator",
        "/echo",
    ],
)
def test_no_answer_is_ever_html(
    topchef: TopChef, service_id: UUID, job_id: UUID, method: str, path: str
) -> None:
    target = path.format(service_id=service_id, job_id=job_id)

    response = topchef.send_raw(method, target, b"{}" if method in ("POST", "PATCH") else None)

    assert response.status < 500
    if response.body:
        assert response.headers["Content-Type"] == "application/json"
        json.loads(response.body)
