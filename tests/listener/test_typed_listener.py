"""Listeners whose `run` takes and gives attrs classes and TypedDicts, end to end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypedDict, TypeVar

import pytest
from attrs import field, frozen, validators

from topchef_sdk import Client, Ending, Job, JobFailedError, Outcome, ServiceListener
from topchef_sdk.api import JsonObject
from topchef_sdk.server import in_process_transport

ANY: JsonObject = {"type": "object"}


@frozen
class Sample:
    """What is in the magnet."""

    name: str
    grams: float = field(default=1.0, validator=validators.gt(0))


@frozen
class Measurement:
    """What to measure."""

    samples: list[Sample]
    scans: int = 1


class Spectrum(TypedDict):
    """What was measured."""

    names: list[str]
    total: float


class Measures(ServiceListener[Measurement, Spectrum]):
    def run(self, parameters: Measurement) -> Spectrum:
        total = parameters.scans * sum(one.grams for one in parameters.samples)
        return {"names": [one.name for one in parameters.samples], "total": total}


class GivesWhatItIsTold(ServiceListener[JsonObject, Spectrum]):
    def run(self, parameters: JsonObject) -> Spectrum:
        found: Spectrum = parameters["results"]
        return found


class Plain(ServiceListener):
    def run(self, parameters: JsonObject) -> Any:
        return {1, 2} if parameters.get("set") else parameters


T = TypeVar("T")


class Repeating(ServiceListener[T, T], Generic[T]):
    def run(self, parameters: T) -> T:
        return parameters


class RepeatsSamples(Repeating[Sample]):
    pass


class Wrong(ServiceListener[int, str]):  # whatever a type checker may think of it
    def run(self, parameters: int) -> str:
        return str(parameters)


@pytest.fixture
def client() -> Iterator[Client]:
    with (
        in_process_transport() as transport,
        Client("http://topchef.invalid", transport=transport) as made,
    ):
        yield made


def outcome_of(listener: ServiceListener[Any, Any], parameters: JsonObject) -> tuple[Job, Outcome]:
    job = listener.service.new_job(parameters)
    outcome = listener.run_iteration()
    assert job.id == outcome.job_id
    return job, outcome


def report_of(job: Job) -> JsonObject:
    with pytest.raises(JobFailedError) as raised:
        job.wait(timeout=30)
    assert raised.value.report is not None
    return raised.value.report


def test_parameters_are_read_and_results_are_written(client: Client) -> None:
    listener = Measures.new_service(client, "Measure", "measures", journal=None)

    job, outcome = outcome_of(
        listener, {"samples": [{"name": "sugar", "grams": 2}, {"name": "salt"}], "scans": 3}
    )

    assert Ending.COMPLETED is outcome.ending
    assert {"names": ["sugar", "salt"], "total": 9.0} == job.wait(timeout=30)


def test_the_schemas_of_a_service_are_those_of_its_types(client: Client) -> None:
    service = Measures.new_service(client, "Measure", "measures", journal=None).service

    assert {"samples", "scans"} == service.job_registration_schema["properties"].keys()
    assert ["samples"] == service.job_registration_schema["required"]
    own, report = service.job_result_schema["anyOf"]
    assert {"names", "total"} == own["properties"].keys()
    assert ["$topchef"] == report["required"]


def test_a_result_schema_may_be_raw(client: Client) -> None:
    listener = Measures.new_service(
        client, "Measure", "measures", raw_result_schema=True, journal=None
    )

    assert {"names", "total"} == listener.service.job_result_schema["properties"].keys()


def test_schemas_that_are_given_are_taken_even_if_they_say_nothing(client: Client) -> None:
    listener = Measures.new_service(client, "Measure", "measures", {}, {}, journal=None)

    assert ({}, {}) == (listener.job_registration_schema, listener.job_result_schema)


@pytest.mark.parametrize(
    ("parameters", "where"),
    [
        ({}, "$"),
        ({"samples": "sugar"}, "$.samples"),
        ({"samples": [{"name": 5}]}, "$.samples[0].name"),
        ({"samples": [{"name": "sugar"}, {"name": "salt", "grams": "two"}]}, "$.samples[1].grams"),
        ({"samples": [], "scan": 1}, "$.scan"),
    ],
)
def test_wrong_parameters_are_reported_with_their_place(
    client: Client, parameters: JsonObject, where: str
) -> None:
    # The service promised to take more than its listener does.
    listener = Measures.new_service(client, "Measure", "measures", ANY, journal=None)

    job, outcome = outcome_of(listener, parameters)
    report = report_of(job)

    assert (Ending.FAILED, "validation") == (outcome.ending, report["kind"])
    assert report["detail"].startswith(f"{where}: ")
    assert "traceback" not in report


def test_what_a_class_refuses_of_its_own_accord_are_wrong_parameters(client: Client) -> None:
    listener = Measures.new_service(client, "Measure", "measures", journal=None)

    job, _ = outcome_of(listener, {"samples": [{"name": "sugar", "grams": -1}]})

    assert "validation" == report_of(job)["kind"]
    assert "$.samples[0]" in report_of(job)["detail"]


@pytest.mark.parametrize(
    ("results", "where"),
    [
        ({"names": ["sugar"]}, "$"),
        ({"names": ["sugar"], "total": "much"}, "$.total"),
        ({"names": [1], "total": 1.0}, "$.names[0]"),
        ([], "$"),
        (None, "$"),
    ],
)
def test_wrong_results_are_reported_with_their_place(
    client: Client, results: Any, where: str
) -> None:
    listener = GivesWhatItIsTold.new_service(client, "Give", "gives", ANY, ANY, journal=None)

    job, outcome = outcome_of(listener, {"results": results})
    report = report_of(job)

    assert (Ending.FAILED, "result-invalid") == (outcome.ending, report["kind"])
    assert "Invalid results" == report["title"]
    assert report["detail"].startswith(f"{where}: ")


def test_plain_results_that_are_no_json_are_reported(client: Client) -> None:
    listener = Plain.new_service(client, "Plain", "repeats", journal=None)

    job, _ = outcome_of(listener, {"set": True})

    assert ("serialization", "Results are not JSON") == (
        report_of(job)["kind"],
        report_of(job)["title"],
    )


def test_plain_json_needs_no_types(client: Client) -> None:
    listener = Plain.new_service(client, "Plain", "repeats", journal=None)

    job, _ = outcome_of(listener, {"a": [1, None, {"b": "c"}]})

    assert (ANY, ANY) == (listener.job_registration_schema, listener.job_result_schema)
    assert {"a": [1, None, {"b": "c"}]} == job.wait(timeout=30)


def test_types_may_be_those_of_a_generic_class_between(client: Client) -> None:
    listener = RepeatsSamples.new_service(client, "Repeat", "repeats", journal=None)

    job, _ = outcome_of(listener, {"name": "sugar"})

    assert {"name": "sugar", "grams": 1.0} == job.wait(timeout=30)


def test_a_listener_of_what_no_object_is_read_as_says_so_before_it_registers(
    client: Client,
) -> None:
    with pytest.raises(TypeError, match="Wrong: int is none of attrs class, TypedDict"):
        Wrong.new_service(client, "Wrong", "wrong")

    assert 0 == len(client.services)
