"""The recorded exchanges of real servers of both generations, through the generated SDK."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from attrs import frozen

from topchef_sdk.api import (
    Call,
    ClientError,
    DecodeError,
    Headers,
    Json,
    Response,
    ServerError,
    StatusError,
    codec,
)
from topchef_sdk.api.endpoints import api, jobs, services, validator
from topchef_sdk.api.models import (
    Errors,
    JobReplacement,
    JobUpdate,
    NewJob,
    NewService,
    ServiceUpdate,
    ValidationRequest,
)

DATA = Path(__file__).parents[1] / "data"
SOME_ID = "(?P<id>[^/]+)"

AnyCall: TypeAlias = Call[Any]
Builder: TypeAlias = Callable[[dict[str, str], Json], AnyCall]


@frozen
class Recorded:
    """One recorded exchange."""

    generation: str
    name: str
    method: str
    path: str
    request_headers: Headers
    request_body: Json
    status: int
    response_headers: Headers
    response_body: Json

    @property
    def response(self) -> Response:
        """The response as it came over the wire."""
        body = self.response_body
        text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        return Response(status=self.status, headers=self.response_headers, body=text.encode())

    @property
    def is_json(self) -> bool:
        """Whether the body was JSON; a recorded string was not."""
        return not isinstance(self.response_body, (str, type(None)))

    def __str__(self) -> str:
        return f"{self.generation}-{self.name}"


def _exchanges() -> list[Recorded]:
    found: list[Recorded] = []
    for generation in ("1.0", "2.0"):
        recording = json.loads((DATA / f"topchef-{generation}.json").read_text("utf-8"))
        for one in recording["exchanges"]:
            request, response = one["request"], one["response"]
            found.append(
                Recorded(
                    generation=generation,
                    name=one["name"],
                    method=request["method"],
                    path=request["path"],
                    request_headers=Headers(request["headers"]),
                    request_body=request["body"],
                    status=response["status"],
                    response_headers=Headers(response["headers"]),
                    response_body=response["body"],
                )
            )
    return found


EXCHANGES = _exchanges()


def _model(form: type[Any], body: Json) -> Any:
    return codec.structure(body, form)


BUILDERS: list[tuple[str, str, Builder]] = [
    ("GET", "/", lambda _path, _body: api.get_api()),
    ("POST", "/echo", lambda _path, body: api.echo(body)),
    ("GET", "/services", lambda _path, _body: services.list_services()),
    ("HEAD", "/services", lambda _path, _body: services.list_services()),
    ("OPTIONS", "/services", lambda _path, _body: services.list_service_methods()),
    ("POST", "/services", lambda _path, body: services.create_service(_model(NewService, body))),
    ("GET", f"/services/{SOME_ID}", lambda path, _body: services.get_service(UUID(path["id"]))),
    ("DELETE", f"/services/{SOME_ID}", lambda path, _b: services.get_service(UUID(path["id"]))),
    (
        "POST",
        f"/services/{SOME_ID}",
        lambda path, _body: services.check_in_by_post(UUID(path["id"])),
    ),
    (
        "PATCH",
        f"/services/{SOME_ID}",
        lambda path, body: (
            services.check_in(UUID(path["id"]))
            if body is None
            else services.update_service(UUID(path["id"]), _model(ServiceUpdate, body))
        ),
    ),
    ("GET", f"/services/{SOME_ID}/queue", lambda path, _body: jobs.get_queue(UUID(path["id"]))),
    (
        "GET",
        f"/services/{SOME_ID}/jobs",
        lambda path, _body: jobs.list_service_jobs(UUID(path["id"])),
    ),
    (
        "POST",
        f"/services/{SOME_ID}/jobs",
        lambda path, body: jobs.create_job(UUID(path["id"]), _model(NewJob, body)),
    ),
    (
        "GET",
        f"/services/{SOME_ID}/jobs/next",
        lambda path, _body: jobs.get_next_job(UUID(path["id"])),
    ),
    (
        "PUT",
        f"/services/{SOME_ID}/jobs/(?P<job>[^/]+)",
        lambda path, body: jobs.replace_service_job(
            UUID(path["id"]), UUID(path["job"]), _model(JobReplacement, body)
        ),
    ),
    ("GET", "/jobs", lambda _path, _body: jobs.list_jobs()),
    ("GET", f"/jobs/{SOME_ID}", lambda path, _body: jobs.get_job(UUID(path["id"]))),
    ("DELETE", f"/jobs/{SOME_ID}", lambda path, _body: jobs.get_job(UUID(path["id"]))),
    (
        "PUT",
        f"/jobs/{SOME_ID}",
        lambda path, body: jobs.replace_job(UUID(path["id"]), _model(JobReplacement, body)),
    ),
    (
        "PATCH",
        f"/jobs/{SOME_ID}",
        lambda path, body: jobs.update_job(UUID(path["id"]), _model(JobUpdate, body)),
    ),
    (
        "GET",
        f"/jobs/{SOME_ID}/next",
        lambda path, _body: jobs.get_next_job_by_job(UUID(path["id"])),
    ),
    ("GET", "/validator", lambda _path, _body: validator.describe_validator()),
    (
        "POST",
        "/validator",
        lambda _path, body: validator.validate(_model(ValidationRequest, body)),
    ),
    # No endpoint is here: any call reads the answer that tells so.
    ("GET", "/nope", lambda _path, _body: services.list_services()),
]

VALID: dict[str, Json] = {
    "/services": {"name": "", "description": "", "job_registration_schema": {}},
    "/services/*": {},
    "/services/*/jobs": {"parameters": {}},
    "/jobs/*": {},
    "/validator": {"object": {}, "schema": {}},
}
"""Bodies for calls whose recorded bodies were wrong on purpose, to read their answers with."""

JOB_RECORD: Json = {
    "id": str(UUID(int=0)),
    "status": "WORKING",
    "parameters": {},
    "result": {},
    "date_submitted": "2026-01-01T00:00:00Z",
}


def _call(exchange: Recorded, body: Json) -> AnyCall:
    for method, pattern, build in BUILDERS:
        found = re.fullmatch(pattern, exchange.path)
        if method == exchange.method and found is not None:
            ids = found.groupdict()
            return build({key: _uuid_or_any(text) for key, text in ids.items()}, body)
    raise AssertionError(f"no endpoint for {exchange}")


def _uuid_or_any(text: str) -> str:
    """Endpoint functions take no ids that are none; the recorded server did."""
    return text if re.fullmatch(r"[0-9a-f-]{36}", text) else str(UUID(int=0))


def _reader(exchange: Recorded) -> AnyCall:
    """The call whose answer this is, with a valid body where the recorded one was not."""
    try:
        return _call(exchange, exchange.request_body)
    except (ValueError, TypeError):
        kind = re.sub(r"/[^/]{36}|(?<=/jobs)/[^/]+|(?<=/services)/[^/]+", "/*", exchange.path)
        return _call(exchange, JOB_RECORD if exchange.method == "PUT" else VALID[kind])


def _is_refused_method(exchange: Recorded) -> bool:
    return exchange.method in ("HEAD", "DELETE") or exchange.path == "/nope"


SUCCESSFUL = [one for one in EXCHANGES if one.status < 400]
FAILED = [one for one in EXCHANGES if one.status >= 400]


def test_there_are_103_recorded_exchanges() -> None:
    assert 103 == len(SUCCESSFUL) + len(FAILED)
    assert 4 == sum(_is_refused_method(one) for one in FAILED if one.generation == "2.0")


@pytest.mark.parametrize("exchange", SUCCESSFUL, ids=str)
def test_the_request_of_a_successful_call_is_rebuilt(exchange: Recorded) -> None:
    body = None if exchange.request_body == "" else exchange.request_body
    request = _call(exchange, body).request

    assert (exchange.method, exchange.path) == (request.method, request.url)
    assert exchange.request_headers == request.headers
    sent = None if request.body is None else json.loads(request.whole_body)
    assert body == sent


@pytest.mark.parametrize("exchange", SUCCESSFUL, ids=str)
def test_a_successful_answer_decodes_to_its_documented_value(exchange: Recorded) -> None:
    value = _reader(exchange).decode(exchange.response)

    if not exchange.is_json:
        assert value is None
        return
    # What the model keeps, it keeps as it was; and it keeps all but what the document leaves out.
    assert exchange.response_body == codec.unstructure(value)


@pytest.mark.parametrize("exchange", FAILED, ids=str)
def test_a_refusal_decodes_to_its_typed_error(exchange: Recorded) -> None:
    expected: type[StatusError] = ClientError if exchange.status < 500 else ServerError
    with pytest.raises(expected) as caught:
        _reader(exchange).decode(exchange.response)

    assert exchange.status == caught.value.status
    if exchange.is_json:
        assert Errors(errors=exchange.response_body["errors"]) == caught.value.error
    else:
        page = exchange.response.body.decode()  # HTML, which not every status has in the document
        assert caught.value.error in (None, page)


WITH_BODY = [one for one in SUCCESSFUL if one.is_json]


@pytest.mark.parametrize("exchange", WITH_BODY, ids=str)
def test_half_an_answer_is_never_taken_for_a_value(exchange: Recorded) -> None:
    half = exchange.response.body[: len(exchange.response.body) // 2]
    damaged = Response(status=exchange.status, headers=exchange.response_headers, body=half)
    with pytest.raises(DecodeError):
        _reader(exchange).decode(damaged)
