"""What `ApiClient` can, `AsyncApiClient` can: their arguments and methods do not drift apart."""

from __future__ import annotations

import inspect

import pytest

from codegen.runtime.async_client import AsyncApiClient
from codegen.runtime.async_streaming import AsyncStream
from codegen.runtime.async_transport import AnyioTransport
from codegen.runtime.client import ApiClient
from codegen.runtime.streaming import Stream
from codegen.runtime.transport import Urllib3Transport
from topchef_sdk import AsyncClient, AsyncJob, AsyncService, Client, Job, Service
from topchef_sdk.async_connection import AsyncConnection
from topchef_sdk.connection import Connection

PAIRS: list[tuple[type, type]] = [
    (ApiClient, AsyncApiClient),
    (Urllib3Transport, AnyioTransport),
    (Stream, AsyncStream),
    (Connection, AsyncConnection),
    (Client, AsyncClient),
    (Service, AsyncService),
    (Job, AsyncJob),
]

OTHERWISE = {
    "close": "aclose",
    "job_id": "id",
    "service_id": "id",
    "result": "results",
    "job_details": "refresh",
    "topchef_url": "connection",
    "new_job_endpoint": "connection",
    "job_details_endpoint": "connection",
    "services_url": "url",
}
"""What has another name with tasks; most of it are second names that the first client had."""


def public(cls: type) -> set[str]:
    return {name for name in vars(cls) if not name.startswith("_")}


@pytest.mark.parametrize(("threads", "tasks"), PAIRS, ids=lambda one: one.__name__)
def test_whatever_the_one_offers_the_other_does(threads: type, tasks: type) -> None:
    offered = {OTHERWISE.get(name, name) for name in public(threads)}
    assert set() == offered - public(tasks)


@pytest.mark.parametrize(("threads", "tasks"), PAIRS, ids=lambda one: one.__name__)
def test_methods_of_one_name_take_the_same(threads: type, tasks: type) -> None:
    for name in public(threads) & public(tasks):
        mine, theirs = vars(threads)[name], vars(tasks)[name]
        if inspect.isfunction(mine) and inspect.isfunction(theirs) and name != "wait":
            assert (name, taken(mine)) == (name, taken(theirs))


def taken(function: object) -> list[tuple[str, object]]:
    """The parameters of a function, with whether they can be left out."""
    assert callable(function)
    found = inspect.signature(function).parameters.values()
    return [(one.name, one.default is not inspect.Parameter.empty) for one in found]


@pytest.mark.parametrize(
    ("threads", "tasks"),
    [(ApiClient, AsyncApiClient), (Urllib3Transport, AnyioTransport), (Client, AsyncClient)],
    ids=lambda one: one.__name__,
)
def test_both_are_made_of_the_same(threads: type, tasks: type) -> None:
    assert taken(threads) == taken(tasks)


def test_waiting_with_tasks_shows_no_progress() -> None:
    assert [("self", False), ("timeout", True)] == taken(AsyncJob.wait)
    assert [*taken(AsyncJob.wait), ("progress", True)] == taken(Job.wait)
