"""Listeners made of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, assert_type

import pytest
from attrs import frozen

from topchef_sdk import (
    Client,
    Context,
    Ending,
    FunctionListener,
    Job,
    JobFailedError,
    Service,
    ServiceListener,
    listen,
)
from topchef_sdk.api import JsonObject
from topchef_sdk.server import in_process_transport


@frozen
class Terms:
    """What to add."""

    a: int
    b: int = 1


class Total(TypedDict):
    """What it came to."""

    total: int


def add(terms: Terms) -> Total:
    return {"total": terms.a + terms.b}


def add_with_context(terms: Terms, context: Context) -> Total:
    context.progress(0.5)
    return {"total": terms.a + terms.b + context.attempt}


def add_plain(parameters: JsonObject) -> JsonObject:
    return {"total": parameters["a"] + 1}


def add_with_default(terms: Terms, scale: int = 3) -> Total:
    return {"total": scale * terms.a}


class Adds:
    """An object that can be called."""

    def __init__(self, more: int) -> None:
        self._more = more

    def __call__(self, terms: Terms) -> Total:
        return {"total": terms.a + self._more}

    def as_method(self, terms: Terms, context: Context) -> Total:
        return {"total": terms.a + self._more + context.attempt}


def add_three(more: int, terms: Terms) -> Total:
    return {"total": terms.a + more}


def no_object(value: int) -> int:
    return value


@pytest.fixture
def client() -> Iterator[Client]:
    with (
        in_process_transport() as transport,
        Client("http://topchef.invalid", transport=transport) as made,
    ):
        yield made


@pytest.fixture
def service(client: Client) -> Service:
    return FunctionListener.new_service_for(add_plain, client, "Add", "adds", journal=None).service


def done(listener: ServiceListener[Any, Any], parameters: JsonObject) -> Job:
    job = listener.service.new_job(parameters)
    assert job.id == listener.run_iteration().job_id
    return job


Handler = Callable[[Any], Any] | Callable[[Any, Context], Any]
HANDLERS: list[tuple[Handler, int]] = [
    (add, 42),
    (add_with_context, 43),
    (add_plain, 42),
    (add_with_default, 123),
    (Adds(2), 43),
    (Adds(2).as_method, 44),
    (partial(add_three, 3), 44),
    (lambda parameters: {"total": parameters["a"] + 1}, 42),
    (lambda parameters, context: {"total": parameters["a"] + context.attempt}, 42),
]


@pytest.mark.parametrize(("handler", "total"), HANDLERS)
def test_a_function_does_the_jobs(
    client: Client, service: Service, handler: Handler, total: int
) -> None:
    listener = FunctionListener(client, service.id, handler, journal=None)

    job = done(listener, {"a": 41})

    assert {"total": total} == job.wait(timeout=30)


@pytest.mark.parametrize(("handler", "total"), HANDLERS)
def test_a_service_is_registered_for_a_function(
    client: Client, handler: Handler, total: int
) -> None:
    listener = FunctionListener.new_service_for(handler, client, "Add", "adds", journal=None)

    assert ("Add", "adds") == (listener.service.name, listener.service.description)
    assert {"total": total} == done(listener, {"a": 41}).wait(timeout=30)


def test_its_schemas_are_those_of_what_the_function_is_annotated_with(client: Client) -> None:
    service = FunctionListener.new_service_for(add, client, "Add", "adds", journal=None).service

    assert {
        "a": {"type": "integer"},
        "b": {"type": "integer"},
    } == service.job_registration_schema["properties"]
    own, report = service.job_result_schema["anyOf"]
    assert {"total": {"type": "integer"}} == own["properties"]
    assert ["$topchef"] == report["required"]


def test_schemas_may_be_given(client: Client) -> None:
    taken: JsonObject = {"required": ["a"]}
    given: JsonObject = {"required": ["total"]}

    service = FunctionListener.new_service_for(
        add, client, "Add", "adds", taken, given, raw_result_schema=True, journal=None
    ).service

    assert (taken, given) == (service.job_registration_schema, service.job_result_schema)


def test_what_a_function_raises_is_reported(client: Client, service: Service) -> None:
    def fail(_parameters: JsonObject) -> JsonObject:
        raise TimeoutError("too slow")

    job = done(FunctionListener(client, service.id, fail, journal=None), {"a": 1})

    with pytest.raises(JobFailedError) as raised:
        job.wait(timeout=30)
    assert "timeout" == (raised.value.report or {})["kind"]


def test_a_function_of_what_is_no_object_is_refused_at_once(
    client: Client, service: Service
) -> None:
    with pytest.raises(TypeError, match="no_object: int is none of attrs class"):
        FunctionListener(client, service.id, no_object)
    with pytest.raises(TypeError, match="no_object: int is none of attrs class"):
        FunctionListener.new_service_for(no_object, client, "No", "no")
    with pytest.raises(TypeError, match="takes no parameters"):
        FunctionListener(client, service.id, lambda: {})  # type: ignore[arg-type]  # wrong use
    assert 1 == len(client.services)


def test_new_service_says_how_services_for_functions_are_registered(client: Client) -> None:
    with pytest.raises(TypeError, match="new_service_for"):
        FunctionListener.new_service(client, "Add", "adds")

    assert 0 == len(client.services)


def test_listen_works_until_it_is_told_to_stop(client: Client, service: Service) -> None:
    job = service.new_job({"a": 41})
    begun: list[Ending] = []

    class Stopping(FunctionListener[Any, Any]):
        def on_outcome(self, outcome: Any) -> None:
            begun.append(outcome.ending)
            self.stop()

    assert 0 == Stopping(client, service.id, add_plain, journal=None).work()
    assert [Ending.COMPLETED] == begun
    assert {"total": 42} == job.wait(timeout=30)


def test_listen_returns_the_exit_code_of_a_program(client: Client) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"

    assert 78 == listen(client, nobody, lambda parameters: parameters, journal=None)


# What type checkers infer; `make types` asks both.

if TYPE_CHECKING:
    URL = "http://topchef.invalid"
    ID = "00000000-0000-0000-0000-000000000000"

    class _Plain(ServiceListener):
        def run(self, parameters: JsonObject) -> JsonObject:
            return parameters

    class _Typed(ServiceListener[Terms, Total]):
        def run(self, parameters: Terms) -> Total:
            return {"total": parameters.a}

    class _HalfTyped(ServiceListener[Terms]):
        def run(self, parameters: Terms) -> JsonObject:
            return {"total": parameters.a}

    assert_type(_Plain.new_service(URL, "Add", "adds"), _Plain)
    assert_type(_Typed.new_service(URL, "Add", "adds"), _Typed)
    assert_type(_Typed(URL, ID).run(Terms(a=1)), Total)
    assert_type(_HalfTyped(URL, ID).run(Terms(a=1)), JsonObject)

    assert_type(FunctionListener(URL, ID, add), FunctionListener[Terms, Total])
    assert_type(FunctionListener(URL, ID, add_with_context), FunctionListener[Terms, Total])
    assert_type(FunctionListener(URL, ID, add_plain), FunctionListener[JsonObject, JsonObject])
    assert_type(
        FunctionListener.new_service_for(add_with_context, URL, "Add", "adds"),
        FunctionListener[Terms, Total],
    )
    FunctionListener(URL, ID, lambda parameters: {"total": parameters["a"] + 1})
    listen(URL, ID, lambda parameters: {"total": parameters["a"] + 1}, concurrency=3)
    listen(URL, ID, lambda parameters, context: {"total": parameters["a"] + context.attempt})
    listen(URL, ID, Adds(1))
    listen(URL, ID, Adds(1).as_method)
