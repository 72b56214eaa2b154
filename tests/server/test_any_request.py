"""Whatever is sent to whatever endpoint: an answer in JSON, and never the server's fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thoroughness import examples
from topchef_sdk.api import ApiClient, Headers, Json, Request
from topchef_sdk.api.endpoints import jobs, services
from topchef_sdk.api.models import NewJob, NewService
from topchef_sdk.server import in_process_transport
from topchef_sdk.server.in_process import InProcessServer
from topchef_sdk.server.preferences import wait_preferred

BASE = "http://topchef"
PATHS = [
    "/",
    "/echo",
    "/services",
    "/services/{service}",
    "/services/{service}/queue",
    "/services/{service}/jobs",
    "/services/{service}/jobs/next",
    "/services/{service}/jobs/{job}",
    "/jobs",
    "/jobs/{job}",
    "/jobs/{job}/next",
    "/validator",
]
METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]
MEMBERS = [
    "name",
    "description",
    "job_registration_schema",
    "job_result_schema",
    "is_available",
    "timeout",
    "parameters",
    "results",
    "result",
    "status",
    "id",
    "date_submitted",
    "object",
    "schema",
    "$ref",
    "type",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["WORKING", "error", "object", "#", "2026-11-23T12:00:00Z", "http://x/"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)
BODIES = st.none() | st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode())
SEGMENTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


class Lab:
    """A server with one service and one job."""

    def __init__(self, transport: InProcessServer) -> None:
        self._transport = transport
        client = ApiClient(BASE, transport=transport)
        service = NewService(
            name="x", description="d", job_registration_schema={}, job_result_schema={}
        )
        created = client.exchange(services.create_service(service))
        self.service = UUID(created.headers["Location"].rpartition("/")[2])
        posted = client.send(jobs.create_job(self.service, NewJob(parameters={})))
        self.job = posted.data.id

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Json:
        """The JSON of an answer that is no fault of the server."""
        target = path.format(service=self.service, job=self.job)
        response = self._transport.send(
            Request(method=method, url=BASE + target, headers=Headers(headers), body=body)
        )
        assert 200 <= response.status < 500
        assert b"Traceback" not in response.body
        if not response.body:
            assert method in ("HEAD", "OPTIONS") or response.status == 204
            return None
        assert response.headers["Content-Type"] == "application/json"
        value = json.loads(response.body)
        if response.status >= 400:
            assert {error["status_code"] for error in value["errors"]} == {response.status}
        return value


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with in_process_transport() as transport:
        yield Lab(transport)


@settings(max_examples=examples(300))
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS),
    body=BODIES,
    content_type=st.sampled_from(["application/json", "text/plain", ""]),
    override=st.sampled_from([None, "PATCH", "PUT", "x"]),
    offered=st.dictionaries(
        st.sampled_from(["If-Match", "Idempotency-Key", "Prefer"]),
        (
            st.text(max_size=8)
            | st.sampled_from(["*", '"1"', 'W/"1"', "wait=0", 'wait="', "wait=x", "a, b;c"])
        ).filter(lambda text: wait_preferred(text) == 0),
    ),
)
def test_any_body_is_answered_by_any_endpoint(
    lab: Lab,
    method: str,
    path: str,
    body: bytes | None,
    content_type: str,
    override: str | None,
    offered: dict[str, str],
) -> None:
    headers = {**offered, "Content-Type": content_type}
    if override is not None:
        headers["X-HTTP-Method-Override"] = override

    lab.send(method, path, body, headers)


@settings(max_examples=examples(200))
@given(members=st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=6), data=st.data())
def test_any_object_is_answered_by_any_endpoint_that_takes_one(
    lab: Lab, members: Json, data: st.DataObject
) -> None:
    method, path = data.draw(
        st.sampled_from(
            [
                ("POST", "/services"),
                ("PATCH", "/services/{service}"),
                ("POST", "/services/{service}/jobs"),
                ("PATCH", "/jobs/{job}"),
                ("PUT", "/jobs/{job}"),
                ("POST", "/validator"),
            ]
        )
    )

    lab.send(method, path, json.dumps(members).encode(), {"Content-Type": "application/json"})


@given(method=st.sampled_from(METHODS), segments=st.lists(SEGMENTS, max_size=5))
def test_any_path_is_answered(lab: Lab, method: str, segments: list[str]) -> None:
    path = "/" + "/".join(segments)

    lab.send(method, path.replace("{", "").replace("}", "").replace("[", ""), None, {})


def test_whatever_was_sent_all_lists_can_still_be_read(lab: Lab) -> None:
    for path in PATHS:
        if path not in ("/echo", "/services/{service}/jobs/{job}"):
            lab.send("GET", path, None, {})
