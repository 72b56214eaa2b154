"""The servers that the contract is held against, and how to speak to each.

Without options these are the embedded server in process and over HTTP. With `--topchef-url` it is
that server alone: whichever generation it is of, its tests are those that it can pass. Nothing
here presumes that a server is empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast
from uuid import UUID, uuid4

import pytest
from attrs import frozen

from topchef_sdk.api import (
    ApiClient,
    Call,
    ClientError,
    Exchange,
    Headers,
    Json,
    JsonObject,
    Request,
    Response,
    RetryPolicy,
    Transport,
    Urllib3Transport,
)
from topchef_sdk.api.endpoints import api, jobs, services
from topchef_sdk.api.endpoints.jobs import E_TAG
from topchef_sdk.api.models import (
    Errors,
    JobReplacement,
    JobStatus,
    JobSummary,
    JobUpdate,
    NewJob,
    NewService,
)
from topchef_sdk.server import MAINTAINER, TopChefServer, in_process_transport

ADD_ONE: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 1, "maximum": 10}},
    "required": ["value"],
}
ANY_OBJECT: JsonObject = {"type": "object"}

EMBEDDED, V2, V1 = "embedded", "2.0", "1.0"


@frozen
class TopChef:
    """A server under test."""

    client: ApiClient
    transport: Transport
    generation: str

    @property
    def is_1_0(self) -> bool:
        return self.generation == V1

    def register(
        self,
        *,
        name: str = "Add one",
        description: str = "adds one",
        parameters: JsonObject = ANY_OBJECT,
        results: JsonObject = ANY_OBJECT,
    ) -> UUID:
        """Register a service and return its id."""
        service = NewService(
            name=name,
            description=description,
            job_registration_schema=parameters,
            job_result_schema=results,
        )
        return _created(self.client.exchange(services.create_service(service)))

    def post(self, service_id: UUID, parameters: JsonObject) -> UUID:
        """Post a job and return its id."""
        call = jobs.create_job(service_id, NewJob(parameters=parameters))
        return _created(self.client.exchange(call))

    def report(
        self, job_id: UUID, status: JobStatus | None, results: JsonObject | None = None
    ) -> None:
        """Report on a job in the way of the server's generation."""
        if not self.is_1_0:
            update = JobUpdate(status=None if status is None else status.value, results=results)
            self.client.send(jobs.update_job(job_id, update))
            return
        job = self.client.send(jobs.get_job(job_id)).data
        whole = JobReplacement(
            id=job_id,
            status=status or job.status,
            parameters=job.parameters,
            result=job.result or {} if results is None else results,
            date_submitted=job.date_submitted,
        )
        self.client.send(jobs.replace_job(job_id, whole))

    def etag(self, job_id: UUID) -> str | None:
        """The ETag of a job, None from servers that send none."""
        return E_TAG.read(self.client.exchange(jobs.get_job(job_id)).headers)

    def must_offer(self, what: str, *, is_offered: bool) -> None:
        """Go on only with a server that offers something, as it was asked; ours has to."""
        if not is_offered:
            assert self.generation != EMBEDDED, f"the embedded server has to offer {what}"
            pytest.skip(f"{self.generation}: it does not offer {what}, as it showed when asked")

    def status(self, job_id: UUID) -> JobStatus:
        """The status of a job."""
        return self.client.send(jobs.get_job(job_id)).data.status

    def results(self, job_id: UUID) -> JsonObject | None:
        """The results of a job, None before there are any."""
        job = self.client.send(jobs.get_job(job_id)).data
        return job.results or job.result or None

    def queue(self, service_id: UUID) -> list[UUID]:
        """The ids of the jobs that a queue lists."""
        answer = self.client.send(jobs.get_queue(service_id))
        return [] if answer is None else ids(answer.data)

    def next_job(self, service_id: UUID) -> UUID | None:
        """The id of the next job."""
        answer = self.client.send(jobs.get_next_job(service_id))
        return None if answer is None else answer.data.id

    def jobs_of(self, service_id: UUID) -> list[UUID]:
        """The ids of all jobs of a service."""
        return ids(self.client.send(jobs.list_service_jobs(service_id)).data)

    def send_raw(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        content_type: str | None = "application/json",
        **headers: str,
    ) -> Response:
        """Send what the SDK would not."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and content_type is not None:
            fields["Content-Type"] = content_type
        request = Request(
            method=method, url=self.client.base_url + path, headers=Headers(fields), body=body
        )
        return self.transport.send(request)

    def refusal(self, call: Call[object]) -> ClientError:
        """The refusal of a call, in the documented form."""
        with pytest.raises(ClientError) as refused:
            self.client.send(call)
        assert isinstance(refused.value.error, Errors)
        if not self.is_1_0:
            assert refused.value.status is not None
            check_errors(refused.value.status, refused.value.error.errors)
        return refused.value

    def refusal_raw(self, method: str, path: str, body: bytes | None = None) -> list[str]:
        """The details of the refusal of a raw request, in the documented form."""
        response = self.send_raw(method, path, body)
        assert 400 <= response.status < 500, response
        value = json_of(response)
        if self.is_1_0:
            return [json.dumps(value["errors"])]
        return check_errors(response.status, value["errors"])


def check_errors(status: int, errors: Json) -> list[str]:
    """The details of errors, which must have the form of 2.0."""
    assert isinstance(errors, list)
    details: list[str] = []
    for error in cast("list[JsonObject]", errors):
        assert error.keys() == {"status_code", "title", "detail"}
        assert error["status_code"] == status
        assert error["title"]
        details.append(error["detail"])
    assert details
    return details


def json_of(response: Response) -> Json:
    """The JSON of an answer, which must say that it is JSON."""
    assert response.headers["Content-Type"] == "application/json", response
    return json.loads(response.body)


def ids(entries: list[JobSummary]) -> list[UUID]:
    """The ids of listed jobs."""
    return [entry.id for entry in entries]


def _created(exchange: Exchange[object]) -> UUID:
    return UUID(exchange.headers["Location"].rpartition("/")[2])


def _generation(client: ApiClient) -> str:
    about = client.send(api.get_api()).data
    if about.maintainer_name == MAINTAINER:
        return EMBEDDED
    return V1 if about.version is None else V2


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "topchef" in metafunc.fixturenames:
        url = metafunc.config.getoption("topchef_url")
        kinds = ["live"] if url else ["in process", "http"]
        metafunc.parametrize("topchef_anywhere", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def topchef_anywhere(request: pytest.FixtureRequest) -> Iterator[TopChef]:
    """The server, whatever it can do."""
    if request.param == "in process":
        with in_process_transport() as transport:
            yield _topchef("http://topchef", transport)
    elif request.param == "http":
        with TopChefServer() as server:
            yield from _over_http(server.url)
    else:
        yield from _over_http(cast("str", request.config.getoption("topchef_url")))


@pytest.fixture
def topchef(request: pytest.FixtureRequest, topchef_anywhere: TopChef) -> TopChef:
    """The server, for a test that it can pass."""
    for mark in request.node.iter_markers("not_on"):
        if topchef_anywhere.generation in mark.args:
            pytest.skip(f"{topchef_anywhere.generation}: {mark.kwargs['why']}")
    return topchef_anywhere


@pytest.fixture
def service_id(topchef: TopChef) -> UUID:
    """A new service that adds one to values from 1 to 10."""
    return topchef.register(parameters=ADD_ONE)


@pytest.fixture
def job_id(topchef: TopChef, service_id: UUID) -> UUID:
    """A new job of the service."""
    return topchef.post(service_id, {"value": 3})


@pytest.fixture
def unknown_id() -> UUID:
    """An id that names nothing."""
    return uuid4()


def _over_http(url: str) -> Iterator[TopChef]:
    transport = Urllib3Transport()
    try:
        yield _topchef(url, transport)
    finally:
        transport.close()


def _topchef(url: str, transport: Transport) -> TopChef:
    client = ApiClient(url, transport=transport, retry=RetryPolicy(attempts=1))
    return TopChef(client, transport, _generation(client))
