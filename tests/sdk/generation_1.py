"""A TopChef server of generation 1.0 in memory, as a transport.

It answers as the recorded one does (tests/data/topchef-1.0.json, held against it by
test_generation_1.py): ids in `Location` and `job_details`, no PATCH of jobs, no status ERROR, whole
records by PUT, errors in many shapes, and HTML where it stumbles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from attrs import define, frozen

from topchef_sdk.api import Headers, Json, JsonObject, Request, Response, is_object
from topchef_sdk.contract import Contract

STATUSES: Final = ("REGISTERED", "WORKING", "COMPLETED")
BEGINNING: Final = datetime(2017, 3, 1, 12, tzinfo=UTC)
SOME_ID: Final = "([^/]+)"

META: Final[JsonObject] = {
    "author": "Maintainer Name",
    "email": "maintainer@topchef.example",
    "source_repository": "https://topchef.example/source",
    "version": "0.1dev",
}
POST_SCHEMA: Final[JsonObject] = {
    "properties": {
        "description": {"title": "description", "type": "string"},
        "has_timed_out": {"default": False, "title": "has_timed_out", "type": "boolean"},
        "id": {"title": "id", "type": "string"},
        "job_registration_schema": {"title": "job_registration_schema", "type": "object"},
        "job_result_schema": {"title": "job_result_schema", "type": "object"},
        "name": {"title": "name", "type": "string"},
    },
    "required": ["description", "job_registration_schema", "name"],
    "type": "object",
}
VALIDATION_SCHEMA: Final[JsonObject] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "properties": {"object": {"type": "object"}, "schema": {"type": "object"}},
    "required": ["object", "schema"],
    "type": "object",
}
MISSING: Final = ["Missing data for required field."]


@frozen
class Service:
    id: UUID
    name: str
    description: str
    job_registration_schema: JsonObject
    job_result_schema: JsonObject


@define
class Job:
    id: UUID
    service: Service
    parameters: JsonObject
    date_submitted: str
    status: str = "REGISTERED"
    result: JsonObject | None = None


class _RefusedError(Exception):
    def __init__(self, status: int, errors: Json) -> None:
        super().__init__(status, errors)
        self.response = _json(status, {"errors": errors})


class _StumbledError(Exception):
    """What the real server does not expect of its clients: it answers 500 in HTML."""


class Generation1:
    """The server; safe to share between threads."""

    def __init__(self) -> None:
        self.services: dict[UUID, Service] = {}
        self.jobs: dict[UUID, Job] = {}
        self.timed_out: set[UUID] = set()
        """The services that are to count as timed out."""
        self._lock = Lock()

    def close(self) -> None:
        """Nothing to let go of."""

    def send(self, request: Request) -> Response:
        """Answer a request."""
        with self._lock:
            try:
                return self._routed(request)
            except _RefusedError as refused:
                return refused.response
            except _StumbledError:
                return _html(500, "Internal Server Error")

    def _routed(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        base_url, path = f"{parts.scheme}://{parts.netloc}", parts.path or "/"
        method = request.headers.get("X-HTTP-Method-Override", request.method)
        routes: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", "/", self._root),
            ("POST", "/echo", self._echo),
            ("GET", "/services", self._list_services),
            ("POST", "/services", self._create_service),
            ("GET", f"/services/{SOME_ID}", self._get_service),
            ("PATCH", f"/services/{SOME_ID}", self._check_in),
            ("GET", f"/services/{SOME_ID}/queue", self._queue),
            ("GET", f"/services/{SOME_ID}/jobs", self._jobs_of_service),
            ("POST", f"/services/{SOME_ID}/jobs", self._create_job),
            ("GET", f"/services/{SOME_ID}/jobs/next", self._next),
            ("PUT", f"/services/{SOME_ID}/jobs/{SOME_ID}", self._replace_service_job),
            ("GET", "/jobs", self._list_jobs),
            ("GET", f"/jobs/{SOME_ID}", self._get_job),
            ("PUT", f"/jobs/{SOME_ID}", self._replace_job),
            ("GET", f"/jobs/{SOME_ID}/next", self._next_by_job),
            ("GET", "/validator", self._describe_validator),
            ("POST", "/validator", self._validate),
        ]
        here = [(one[0], one[2], found) for one in routes if (found := re.fullmatch(one[1], path))]
        for its_method, answer, found in here:
            if its_method == method:
                return answer(_Received(base_url, request), *found.groups())
        if not here:
            return _html(404, "Not Found")
        allowed = ", ".join(["OPTIONS", "HEAD", *(its_method for its_method, _, _ in here)])
        return _html(405, "Method Not Allowed", {"Allow": allowed})

    # The API.

    def _root(self, received: _Received) -> Response:
        return _json(200, {"data": {}, "meta": META})

    def _echo(self, received: _Received) -> Response:
        return _json(200, {"data": received.json()})

    # Services.

    def _list_services(self, received: _Received) -> Response:
        listed = [
            {
                "id": str(service.id),
                "name": service.name,
                "has_timed_out": service.id in self.timed_out,
                "url": f"{received.base_url}/services/{service.id}",
            }
            for service in self.services.values()
        ]
        return _json(200, {"data": listed, "meta": {"POST_schema": POST_SCHEMA}})

    def _create_service(self, received: _Received) -> Response:
        body = received.json()
        missing = {key: MISSING for key in POST_SCHEMA["required"] if key not in body}
        if missing:
            message = "Invalid request, serializer produced errors."
            raise _RefusedError(400, {"message": message, "serializer_errors": missing})
        service = Service(
            uuid4(),
            body["name"],
            body["description"],
            body["job_registration_schema"],
            body.get("job_result_schema", {"type": "object"}),
        )
        self.services[service.id] = service
        url = f"{received.base_url}/services/{service.id}"
        details = self._details(service, url)
        message = f"Service {service} successfully registered"
        data = {"message": message, "service_details": details}
        return _json(201, {"data": data}, {"Location": url})

    def _get_service(self, received: _Received, service_id: str) -> Response:
        service = self._service(service_id)
        url = f"{received.base_url}/services/{service.id}"
        return _json(200, {"data": self._details(service, url)})

    def _check_in(self, received: _Received, service_id: str) -> Response:
        service = self._service(service_id)
        self.timed_out.discard(service.id)
        now = BEGINNING.replace(tzinfo=None).isoformat()
        if received.request.body:
            return _json(200, {"meta": f"service {service.id} has heartbeated at {now}"})
        return _json(200, {"data": f"service {service.id} checked in at {now}"})

    # Jobs.

    def _queue(self, received: _Received, service_id: str) -> Response:
        service = self._service(service_id)
        waiting = [job for job in self._jobs(service) if job.status == "REGISTERED"]
        if not waiting:
            return Response(status=204, headers=Headers({"Content-Type": "application/json"}))
        return _json(200, {"data": [_brief(job) for job in waiting]})

    def _jobs_of_service(self, received: _Received, service_id: str) -> Response:
        service = self._service(service_id)
        return _json(200, {"data": [_brief(job) for job in self._jobs(service)]})

    def _create_job(self, received: _Received, service_id: str) -> Response:
        service = self._service(service_id)
        body = received.json()
        if "parameters" not in body:
            raise _RefusedError(400, "The request body is not JSON")
        if Contract(service.job_registration_schema).violations(body["parameters"]):
            raise _StumbledError
        date = BEGINNING + timedelta(microseconds=len(self.jobs))
        job = Job(uuid4(), service, body["parameters"], date.isoformat(timespec="microseconds"))
        self.jobs[job.id] = job
        data = {"message": f"Job {job} successfully created", "job_details": _job(job)}
        return _json(201, {"data": data}, {"Location": f"{received.base_url}/jobs/{job.id}"})

    def _next(self, received: _Received, service_id: str) -> Response:
        job = self._newest(self._service(service_id))
        return _nothing() if job is None else _json(200, {"data": _job(job)})

    def _next_by_job(self, received: _Received, job_id: str) -> Response:
        job = self._newest(self._job(job_id).service)
        return _nothing() if job is None else _json(200, {"data": _whole(job)})

    def _list_jobs(self, received: _Received) -> Response:
        return _json(200, {"data": [_job(job) for job in self.jobs.values()]})

    def _get_job(self, received: _Received, job_id: str) -> Response:
        return _json(200, {"data": _whole(self._job(job_id))})

    def _replace_service_job(self, received: _Received, service_id: str, job_id: str) -> Response:
        self._service(service_id)
        return self._replace_job(received, job_id)

    def _replace_job(self, received: _Received, job_id: str) -> Response:
        job = self._job(job_id)
        body = received.json()
        if "parameters" not in body:
            raise _RefusedError(400, {"parameters": MISSING})
        if not {"id", "date_submitted", "status"} <= body.keys():
            raise _StumbledError
        if body["status"] not in STATUSES:
            message = f"The status {body['status']} is not REGISTERED, WORKING, or COMPLETED"
            raise _RefusedError(400, {"status": [message]})
        # Results are not held against the service's schema.
        job.status, job.result = body["status"], body.get("result", {})
        data = {"message": f"Job {job.id} updated successfully", "job_schema": _whole(job)}
        return _json(200, {"data": data}, {"Location": f"{received.base_url}/jobs/{job.id}"})

    # The validator.

    def _describe_validator(self, received: _Received) -> Response:
        return _json(200, {"data": {}, "meta": {"validation_schema": VALIDATION_SCHEMA}})

    def _validate(self, received: _Received) -> Response:
        body = received.json()
        if not (is_object(body.get("object")) and is_object(body.get("schema"))):
            raise _StumbledError
        for violation in Contract(body["schema"]).violations(body["object"]):
            message = violation.partition(": ")[2]
            raise _RefusedError(400, {"context": [], "message": message})
        return _json(200, {"data": {}})

    # What endpoints share.

    def _service(self, text: str) -> Service:
        service_id = _uuid(text)
        if service_id is None:
            message = f"The service id {text} is not a UUID. No service with this id exists"
            raise _RefusedError(404, message)
        if service_id not in self.services:
            raise _RefusedError(404, f"service with id={text} does not exist")
        return self.services[service_id]

    def _job(self, text: str) -> Job:
        job_id = _uuid(text)
        if job_id is None:
            raise _RefusedError(404, f"Could not parse job_id={text} as a UUID")
        if job_id not in self.jobs:
            raise _RefusedError(404, f"A job with id {text} was not found")
        return self.jobs[job_id]

    def _jobs(self, service: Service) -> list[Job]:
        return [job for job in self.jobs.values() if job.service is service]

    def _newest(self, service: Service) -> Job | None:
        waiting = [job for job in self._jobs(service) if job.status == "REGISTERED"]
        return waiting[-1] if waiting else None

    def _details(self, service: Service, url: str) -> JsonObject:
        return {
            "id": str(service.id),
            "name": service.name,
            "description": service.description,
            "has_timed_out": service.id in self.timed_out,
            "job_registration_schema": service.job_registration_schema,
            "job_result_schema": service.job_result_schema,
            "url": url,
        }


@frozen
class _Received:
    base_url: str
    request: Request

    def json(self) -> Json:
        if self.request.headers.get("Content-Type") != "application/json":
            raise _RefusedError(400, "The request body is not JSON")
        try:
            return json.loads(self.request.whole_body)
        except ValueError:
            refused = _RefusedError(400, None)
            refused.response = _html(400, "Bad Request")
            raise refused from None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _brief(job: Job) -> JsonObject:
    return {"id": str(job.id), "status": job.status, "date_submitted": job.date_submitted}


def _job(job: Job) -> JsonObject:
    return {**_brief(job), "parameters": job.parameters}


def _whole(job: Job) -> JsonObject:
    return {**_job(job), "result": {} if job.result is None else job.result}


def _nothing() -> Response:
    return Response(status=204, headers=Headers({"Content-Type": "text/html; charset=utf-8"}))


def _json(status: int, body: Json, headers: dict[str, str] | None = None) -> Response:
    fields = {"Content-Type": "application/json", **(headers or {})}
    return Response(status=status, headers=Headers(fields), body=json.dumps(body).encode())


def _html(status: int, title: str, headers: dict[str, str] | None = None) -> Response:
    fields = {"Content-Type": "text/html; charset=utf-8", **(headers or {})}
    page = f"<!DOCTYPE HTML>\n<title>{status} {title}</title>\n<h1>{title}</h1>\n"
    return Response(status=status, headers=Headers(fields), body=page.encode())
