"""The listener against the embedded server, in process."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from attrs import define

from tests.listener.plain import Plain
from tests.sdk.carriers import Counting, Fault, Faulty
from topchef_sdk import (
    Client,
    Ending,
    Job,
    JobFailedError,
    JobStatus,
    Outcome,
    ProcessingError,
    RetryPolicy,
    Service,
    ServiceListener,
    ServiceNotFoundError,
    ValidationError,
)
from topchef_sdk.api import JsonObject, Response, Transport
from topchef_sdk.listener.journal import records_of
from topchef_sdk.server import in_process_transport

URL = "http://topchef.invalid"
VALUE: JsonObject = {
    "type": "object",
    "properties": {"value": {"type": "integer"}},
    "required": ["value"],
    "additionalProperties": False,
}
ONCE = RetryPolicy(attempts=1)


class AddOne(ServiceListener):
    def run(self, parameters: JsonObject) -> JsonObject:
        return {"value": parameters["value"] + 1}


class Doing(ServiceListener):
    """Does what the test says."""

    action: Callable[[JsonObject], Any] | None = None

    def run(self, parameters: JsonObject) -> JsonObject:
        assert self.action is not None
        found: JsonObject = self.action(parameters)
        return found


@define
class Laboratory:
    """A server with one service, a client of it, and a carrier for its listener."""

    server: Transport
    client: Client
    service: Service

    def post(self, value: int) -> Job:
        return self.service.new_job({"value": value})

    def listener(
        self, action: Callable[[JsonObject], Any] | None = None, carrier: Transport | None = None
    ) -> Doing:
        transport = self.server if carrier is None else carrier
        client = Client(URL, transport=transport, retry=ONCE)
        listener = Doing(client, self.service.id, journal=None, patience=60, wait=no_wait)
        listener.action = action
        return listener


def no_wait(event: threading.Event, _seconds: float) -> bool:
    return event.is_set()


def add_one(parameters: JsonObject) -> JsonObject:
    return {"value": parameters["value"] + 1}


@pytest.fixture
def server() -> Iterator[Transport]:
    with in_process_transport() as transport:
        yield transport


def laboratory(
    server: Transport,
    results: JsonObject = VALUE,
    parameters: JsonObject = VALUE,
    *,
    raw: bool = False,
) -> Laboratory:
    client = Client(URL, transport=server)
    made = AddOne.new_service(
        client, "Add one", "adds one", parameters, results, raw_result_schema=raw
    )
    return Laboratory(server, client, client.services[made.service_id])


@pytest.fixture
def lab(server: Transport) -> Laboratory:
    return laboratory(server)


@pytest.fixture
def lenient_lab(server: Transport) -> Laboratory:
    """A laboratory whose service takes any object as results, so that reports fit in."""
    return laboratory(server, {"type": "object"})


def reported(job: Job) -> JsonObject:
    with pytest.raises(JobFailedError) as caught:
        job.wait(timeout=1)
    assert caught.value.report is not None
    return caught.value.report


# One job.


def test_a_job_comes_right(lab: Laboratory) -> None:
    job = lab.post(1)

    outcome = lab.listener(add_one).run_iteration()

    assert (Ending.COMPLETED, job.id) == (outcome.ending, outcome.job_id)
    assert (JobStatus.COMPLETED, {"value": 2}) == (job.status, job.results)


def test_jobs_are_done_in_the_order_of_their_submission(lab: Laboratory) -> None:
    seen: list[int] = []

    def action(parameters: JsonObject) -> JsonObject:
        seen.append(parameters["value"])
        return parameters

    listener = lab.listener(action)
    for value in range(25):
        lab.post(value)

    while listener.run_iteration().ending is not Ending.NO_JOB:
        pass

    assert list(range(25)) == seen


def test_an_empty_queue_is_normal(lab: Laboratory) -> None:
    assert Outcome(Ending.NO_JOB) == lab.listener().run_iteration()


def test_a_job_is_working_while_it_runs(lab: Laboratory) -> None:
    job = lab.post(1)
    seen: list[tuple[JobStatus, object]] = []

    def action(parameters: JsonObject) -> JsonObject:
        seen.append((job.status, listener.current_job))
        return parameters

    listener = lab.listener(action)
    listener.run_iteration()

    assert [(JobStatus.WORKING, job)] == seen
    assert listener.current_job is None


def test_a_job_that_somebody_else_took_is_left_alone(lab: Laboratory) -> None:
    first, second = lab.post(1), lab.post(2)
    listener = lab.listener(add_one)
    listener.run_iteration()
    second.report(JobStatus.ERROR)

    # The queue still held the second job, which a listener of its own would not take.
    assert Ending.NO_JOB is lab.listener(add_one).run_iteration().ending
    assert {"value": 2} == first.results


# What goes wrong in a job.


def test_a_failing_handler_reports_error(lenient_lab: Laboratory) -> None:
    def action(_parameters: JsonObject) -> JsonObject:
        raise ZeroDivisionError("no sample in the magnet")

    job = lenient_lab.post(1)
    outcome = lenient_lab.listener(action).run_iteration()

    assert Ending.FAILED is outcome.ending
    assert "ZeroDivisionError: no sample in the magnet" == outcome.message
    report = reported(job)
    assert ("handler", "ZeroDivisionError") == (report["kind"], report["title"])
    assert "no sample in the magnet" == report["detail"]


def test_a_processing_error_is_reported_in_its_own_words(lenient_lab: Laboratory) -> None:
    def action(_parameters: JsonObject) -> JsonObject:
        raise ProcessingError("the coil is too hot", {"kelvin": 400})

    job = lenient_lab.post(1)
    lenient_lab.listener(action).run_iteration()

    report = reported(job)
    assert ("the coil is too hot", {"kelvin": 400}) == (report["detail"], report["data"])


@pytest.mark.parametrize(
    ("results", "kind"),
    [
        ({"value": "text"}, "result-invalid"),
        ({}, "result-invalid"),
        ({"value": 1, "more": 2}, "result-invalid"),
        (None, "result-invalid"),
        ([1], "result-invalid"),
        ("text", "result-invalid"),
        ({"value": math.nan}, "serialization"),
        ({"value": object()}, "serialization"),
        ({1: 2}, "serialization"),
    ],
)
def test_wrong_results_are_an_error(server: Transport, results: object, kind: str) -> None:
    admits_reports: JsonObject = {"anyOf": [VALUE, {"required": ["$topchef"]}]}
    lab = laboratory(server, admits_reports)
    job = lab.post(1)

    outcome = lab.listener(lambda _parameters: results).run_iteration()

    assert Ending.FAILED is outcome.ending
    assert JobStatus.ERROR is job.status
    assert kind == reported(job)["kind"]


def test_a_schema_that_refuses_the_report_gets_a_bare_error(server: Transport) -> None:
    lab = laboratory(server, raw=True)
    job = lab.post(1)

    outcome = lab.listener(lambda _parameters: {"wrong": True}).run_iteration()

    assert Ending.FAILED is outcome.ending
    assert (JobStatus.ERROR, None) == (job.status, job.results)
    with pytest.raises(JobFailedError, match="no reason"):
        job.wait(timeout=1)


def test_a_handler_that_exits_reports_error(lenient_lab: Laboratory) -> None:
    def action(_parameters: JsonObject) -> JsonObject:
        raise SystemExit(3)

    job = lenient_lab.post(1)
    outcome = lenient_lab.listener(action).run_iteration()

    assert Ending.FAILED is outcome.ending
    assert "SystemExit" == reported(job)["title"]


def test_an_interrupt_in_a_job_is_reported_and_goes_on(lenient_lab: Laboratory) -> None:
    def action(_parameters: JsonObject) -> JsonObject:
        raise KeyboardInterrupt

    job = lenient_lab.post(1)
    with pytest.raises(KeyboardInterrupt):
        lenient_lab.listener(action).run_iteration()

    assert "cancelled" == reported(job)["kind"]


def test_results_that_are_changed_after_a_job_do_not_change_what_was_sent(lab: Laboratory) -> None:
    kept: JsonObject = {"value": 7}
    job = lab.post(1)
    lab.listener(lambda _parameters: kept).run_iteration()
    kept["value"] = 8

    assert {"value": 7} == job.results


# What goes wrong on the way.


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
@pytest.mark.parametrize("position", range(5))
def test_no_single_fault_loses_a_job_or_its_result(
    lab: Laboratory, fault: Fault, position: int
) -> None:
    jobs = [lab.post(value) for value in range(3)]
    runs: list[int] = []

    def action(parameters: JsonObject) -> JsonObject:
        runs.append(parameters["value"])
        return add_one(parameters)

    listener = lab.listener(action, Faulty(lab.server, [Fault.NONE] * position + [fault]))
    for _ in range(10):
        listener.run_iteration()

    assert [{"value": value + 1} for value in range(3)] == [job.results for job in jobs]
    assert [0, 1, 2] == runs


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.GARBLED_REPLY])
def test_a_claim_whose_answer_was_lost_is_recognised_much_later(
    lab: Laboratory, fault: Fault
) -> None:
    job, clock = lab.post(1), Clock()
    carrier = Faulty(lab.server, [Fault.NONE, Fault.NONE, fault])
    client = Client(URL, transport=carrier, retry=ONCE)
    listener = AddOne(client, lab.service.id, wait=no_wait, clock=clock)
    first = listener.run_iteration()
    clock.now += 60
    second = listener.run_iteration()

    assert (Ending.NO_CONTACT, Ending.COMPLETED) == (first.ending, second.ending)
    assert {"value": 2} == job.results


def test_a_job_that_waited_long_in_the_listener_is_looked_at_again(lab: Laboratory) -> None:
    jobs = [lab.post(value) for value in range(3)]
    clock = Clock()
    listener = AddOne(lab.client, lab.service.id, wait=no_wait, clock=clock)
    listener.run_iteration()
    jobs[1].report(JobStatus.WORKING)  # by somebody else
    clock.now += 60
    outcome = listener.run_iteration()

    assert jobs[2].id == outcome.job_id
    assert JobStatus.WORKING is jobs[1].status


def test_a_job_that_the_server_has_forgotten_does_not_hold_up_the_next(server: Transport) -> None:
    lab = laboratory(server)
    jobs = [lab.post(value) for value in range(3)]

    class Forgetful(Counting):
        def send(self, request: Any) -> Any:
            if request.method == "GET" and request.url.endswith(str(jobs[1].id)):
                return Response(status=404, body=b'{"errors": []}')
            return super().send(request)

    clock = Clock()
    client = Client(URL, transport=Forgetful(server), retry=ONCE)
    listener = AddOne(client, lab.service.id, wait=no_wait, clock=clock)
    listener.run_iteration()
    clock.now += 60
    outcome = listener.run_iteration()

    assert (Ending.COMPLETED, jobs[2].id) == (outcome.ending, outcome.job_id)


def test_a_server_without_contact_is_told_and_nothing_is_run(lab: Laboratory) -> None:
    lab.post(1)
    listener = lab.listener(add_one, Faulty(lab.server, [Fault.REFUSED]))

    outcome = listener.run_iteration()

    assert Ending.NO_CONTACT is outcome.ending
    assert "connection refused" in outcome.message


def test_an_outcome_that_cannot_be_delivered_is_told_and_logged(
    lab: Laboratory, caplog: pytest.LogCaptureFixture
) -> None:
    job = lab.post(1)
    carrier = Faulty(lab.server)

    def action(parameters: JsonObject) -> JsonObject:
        carrier.faults.extend([Fault.REFUSED] * 5)
        return add_one(parameters)

    client = Client(URL, transport=carrier, retry=ONCE)
    listener = Doing(client, lab.service.id, journal=None, patience=0, wait=no_wait)
    listener.action = action
    outcome = listener.run_iteration()

    assert (Ending.UNDELIVERED, job.id) == (outcome.ending, outcome.job_id)
    assert '{"value": 2}' in caplog.text


def test_deliveries_pause_between_tries(lab: Laboratory) -> None:
    paused: list[float] = []

    def wait(_event: threading.Event, seconds: float) -> bool:
        paused.append(seconds)
        return False

    carrier = Faulty(lab.server, [*[Fault.NONE] * 5, Fault.REFUSED, Fault.REFUSED])
    client = Client(URL, transport=carrier, retry=ONCE)
    listener = Doing(client, lab.service.id, journal=None, wait=wait)
    listener.action = add_one
    lab.post(1)
    outcome = listener.run_iteration()

    assert (Ending.COMPLETED, 2) == (outcome.ending, len(paused))
    assert all(0.04 <= seconds <= 1.0 for seconds in paused)


def test_a_service_that_is_gone_is_an_error(lab: Laboratory) -> None:
    listener = AddOne(lab.client, UUID(int=1))

    with pytest.raises(ServiceNotFoundError):
        listener.run_iteration()


# Budgets.


@pytest.mark.parametrize(("is_plain", "most"), [(True, 2.2), (False, 3.2)])
def test_what_a_job_costs_of_a_full_queue(lab: Laboratory, is_plain: bool, most: float) -> None:
    for value in range(50):
        lab.post(value)
    carrier = Counting(Plain(lab.server) if is_plain else lab.server)
    listener = lab.listener(add_one, carrier)

    for _ in range(50):
        assert Ending.COMPLETED is listener.run_iteration().ending

    assert carrier.total <= most * 50


def test_low_load_costs_at_most_3_2_requests_a_job(lab: Laboratory) -> None:
    carrier = Counting(Plain(lab.server))
    listener = lab.listener(add_one, carrier)

    for value in range(20):
        lab.post(value)
        assert Ending.COMPLETED is listener.run_iteration().ending

    assert carrier.total <= 3.2 * 20


# What can be asked.


def test_what_a_listener_tells_of_itself(lab: Laboratory) -> None:
    listener = AddOne(lab.client, str(lab.service.id), timeout=12)

    assert (URL, lab.service.id, 12) == (listener.address, listener.id, listener.timeout)
    assert VALUE == listener.job_registration_schema
    assert VALUE in listener.job_result_schema["anyOf"]  # beside error reports
    assert listener.is_server_alive
    assert f"<AddOne for service {lab.service.id} at {URL}>" == repr(listener)


def test_a_listener_tells_whether_a_job_waits(lab: Laboratory) -> None:
    listener = lab.listener(add_one)
    seen = [listener.is_queue_empty]
    lab.post(1)
    seen.append(listener.is_queue_empty)
    listener.run_iteration()
    seen.append(listener.is_queue_empty)

    assert [True, False, True] == seen


def test_a_server_that_does_not_answer_is_not_alive(lab: Laboratory) -> None:
    carrier = Faulty(lab.server, [Fault.REFUSED])

    assert not lab.listener(carrier=carrier).is_server_alive


def test_a_service_can_be_checked_in_without_a_listener(lab: Laboratory) -> None:
    AddOne.check_in_to_server(lab.client, lab.service.id)

    assert not lab.service.has_timed_out
    with pytest.raises(ServiceNotFoundError):
        AddOne.check_in_to_server(lab.client, UUID(int=1))


def test_an_invalid_schema_is_not_registered(server: Transport) -> None:
    client = Client(URL, transport=server)

    with pytest.raises(ValidationError, match=r"\$\.type"):
        AddOne.new_service(client, "x", "y", {"type": "nonsense"})
    assert 0 == len(client.services)


def test_the_api_can_judge_an_instance(lab: Laboratory) -> None:
    listener = lab.listener()

    listener.validate_schema({"value": 1}, VALUE)
    with pytest.raises(ValidationError):
        listener.validate_schema({"value": "x"}, VALUE)


def test_results_that_the_service_does_not_promise_stay_in_the_journal(
    lab: Laboratory, tmp_path: Path
) -> None:
    lab.post(1)
    client = Client(URL, transport=lab.server, retry=ONCE)
    listener = Doing(client, lab.service.id, journal=tmp_path / "journal")
    listener.action = lambda _parameters: {"value": "a text"}
    outcome = listener.run_iteration()
    listener.close()

    assert Ending.FAILED is outcome.ending
    (kept,) = records_of(tmp_path / "journal")
    assert kept.entry.verdict is not None
    assert {"value": "a text"} == kept.entry.verdict.computed
