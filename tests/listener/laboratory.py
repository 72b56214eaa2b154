"""A server with one service, and listeners for it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Unpack

from attrs import define

from topchef_sdk import Client, Job, ListenerOptions, Outcome, RetryPolicy, Service, ServiceListener
from topchef_sdk.api import JsonObject, Transport
from topchef_sdk.server import in_process_transport

URL = "http://topchef.invalid"
VALUE: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer"}},
    "required": ["value"],
    "additionalProperties": False,
}
ONCE = RetryPolicy(attempts=1)

Action = Callable[[JsonObject], Any]


class Doing(ServiceListener):
    """Does what the test says."""

    action: Action | None = None
    told: Callable[[Outcome], None] | None = None

    def run(self, parameters: JsonObject) -> JsonObject:
        assert self.action is not None
        found: JsonObject = self.action(parameters)
        return found

    def on_outcome(self, outcome: Outcome) -> None:
        if self.told is not None:
            self.told(outcome)


def add_one(parameters: JsonObject) -> JsonObject:
    return {"value": parameters["value"] + 1}


@define
class Laboratory:
    """A server with one service, and a client of it."""

    server: Transport
    client: Client
    service: Service

    def post(self, value: int) -> Job:
        return self.service.new_job({"value": value})

    def listener(
        self,
        action: Action = add_one,
        carrier: Transport | None = None,
        timeout: float = 30,
        **options: Unpack[ListenerOptions],
    ) -> Doing:
        """A listener that keeps its journal in memory, unless told otherwise."""
        client = Client(URL, transport=self.server if carrier is None else carrier, retry=ONCE)
        told: ListenerOptions = {"journal": None, **options}
        listener = Doing(client, self.service.id, timeout, **told)
        listener.action = action
        return listener


@contextmanager
def laboratory(results: JsonObject = VALUE) -> Generator[Laboratory]:
    """A laboratory in this process, with a service that adds one."""
    with in_process_transport() as server:
        client = Client(URL, transport=server)
        made = Doing.new_service(client, "Add one", "adds one", VALUE, results, journal=None)
        yield Laboratory(server, client, client.services[made.service_id])
