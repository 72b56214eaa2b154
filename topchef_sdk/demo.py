"""A demonstration on one machine: a server with its database, a listener, and a client."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from attrs import frozen

from .api import JsonObject, Request, Response, Transport, Urllib3Transport
from .client import Client
from .errors import JobFailedError
from .job import Job
from .listener import ServiceListener

PARAMETERS: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer"}},
    "required": ["value"],
}

LONGEST = 600.0
"""Seconds after which the demonstration takes jobs that have not ended for wrong."""


class AddOne(ServiceListener):
    """The service of the demonstration."""

    def run(self, parameters: JsonObject) -> JsonObject:
        """Add one to the value."""
        return {"value": parameters["value"] + 1}


@frozen
class Demonstration:
    """What was shown."""

    url: str
    jobs: int
    right: int
    seconds: float
    listener_requests: int


class CountingTransport:
    """Counts the requests that another transport carries."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.requests: int = 0

    def send(self, request: Request) -> Response:
        """Carry a request."""
        self.requests += 1
        return self._transport.send(request)

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()


def run_demo(
    count: int, *, on_submitted: Callable[[], None], on_finished: Callable[[], None]
) -> Demonstration:
    """Send `count` jobs through a real server over HTTP and see what comes back.

    The callbacks are called once a job. Whatever ends this, nothing is left running.
    """
    from .server import TopChefServer

    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="topchef-demo-") as folder,
        TopChefServer(Path(folder) / "topchef.db") as server,
        Client(server.url) as client,
        closing(CountingTransport(Urllib3Transport())) as carried,
    ):
        listener = AddOne.new_service(
            server.url,
            "Add one",
            "Adds one to a value.",
            PARAMETERS,
            PARAMETERS,
            transport=carried,
            journal=Path(folder) / "journal.sqlite",
        )
        carried.requests = 0
        deadline = began + LONGEST
        with listener:
            jobs = _submit(client, listener, count, on_submitted)
            right = 0
            for value, job in enumerate(jobs):
                right += _is_right(job, value, deadline)
                on_finished()
        seconds = time.monotonic() - began
        return Demonstration(server.url, count, right, seconds, carried.requests)


def _submit(
    client: Client, listener: ServiceListener, count: int, on_submitted: Callable[[], None]
) -> list[Job]:
    service = client.services[listener.service_id]
    jobs: list[Job] = []
    for value in range(count):
        jobs.append(service.new_job({"value": value}))
        on_submitted()
    return jobs


def _is_right(job: Job, value: int, deadline: float) -> bool:
    """Whether the job has its own result, that of no other, before the deadline."""
    try:
        return job.wait(timeout=max(0, deadline - time.monotonic())) == {"value": value + 1}
    except (JobFailedError, TimeoutError):
        return False
