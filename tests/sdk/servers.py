"""What tests of the façade speak to: servers, and answers that no server should give."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import UUID

from attrs import define, field

from topchef_sdk import Client, RetryPolicy, Service
from topchef_sdk.api import Headers, Json, JsonObject, Request, Response, Transport
from topchef_sdk.api.models import NewService

URL = "http://topchef.invalid"
NOBODY = UUID(int=0)
"""An id that names nothing."""

ADD_ONE: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 1, "maximum": 10}},
    "required": ["value"],
}
ANY_OBJECT: JsonObject = {"type": "object"}
ONCE = RetryPolicy(attempts=1)


class Recording:
    """Keeps the requests that another transport carries."""

    def __init__(self, carrier: Transport) -> None:
        self._carrier = carrier
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        """Note and carry a request."""
        self.requests.append(request)
        return self._carrier.send(request)

    def close(self) -> None:
        """Close the carrier."""
        self._carrier.close()


@define
class Server:
    """A server of one generation, and a client of it."""

    generation: str
    carrier: Recording
    client: Client = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.client = Client(URL, transport=self.carrier, retry=ONCE)

    @property
    def is_1_0(self) -> bool:
        return self.generation == "1.0"

    def register(
        self,
        *,
        name: str = "Add one",
        parameters: JsonObject = ADD_ONE,
        results: JsonObject = ANY_OBJECT,
    ) -> Service:
        """Register a service, of which nothing is known yet."""
        service_id = self.client.connection.create_service(
            NewService(
                name=name,
                description="adds one",
                job_registration_schema=parameters,
                job_result_schema=results,
            )
        )
        return Service(service_id, self.client)

    @contextmanager
    def sent(self) -> Generator[list[str]]:
        """The requests of a block, such as `GET /services`."""
        before = len(self.carrier.requests)
        seen: list[str] = []
        yield seen
        for request in self.carrier.requests[before:]:
            seen.append(f"{request.method} {urlsplit(request.url).path}")


class Answering:
    """A transport that gives the answers it is told to, the last of them again and again."""

    def __init__(self, *answers: Response | Callable[[Request], Response]) -> None:
        self._answers = list(answers)
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        """Give the next answer."""
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, Response) else answer(request)

    def close(self) -> None:
        """Nothing to let go of."""


def json_answer(status: int, body: Json, **headers: str) -> Response:
    """An answer in JSON."""
    fields = {"Content-Type": "application/json", **headers}
    return Response(status=status, headers=Headers(fields), body=json.dumps(body).encode())


def client_of(*answers: Response | Callable[[Request], Response]) -> Client:
    """A client whose server gives these answers."""
    return Client(URL, transport=Answering(*answers), retry=ONCE)
