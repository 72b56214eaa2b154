"""A listener in the background: its threads, what they cost, and how they fail and end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.listener.laboratory import Laboratory, add_one, laboratory
from tests.listener.plain import Plain
from tests.sdk.carriers import Counting
from topchef_sdk import Ending, JobFailedError, JobStatus, JournalError, Outcome
from topchef_sdk.api import JsonObject, Request, Response, Transport, TransportError
from topchef_sdk.listener import Journal
from topchef_sdk.listener.states import Entry, State

LONG = 60
"""Seconds after which something that should happen has not."""


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with laboratory() as made:
        yield made


class Failing:
    """Raises for some requests what no carrier should raise."""

    def __init__(self, carrier: Transport, fails: Callable[[Request], bool]) -> None:
        self._carrier = carrier
        self._fails = fails
        self.failures = 0
        self.has_failed = threading.Semaphore(0)

    def send(self, request: Request) -> Response:
        """Carry a request, or fail."""
        if self._fails(request):
            self.failures += 1
            self.has_failed.release()
            raise ZeroDivisionError("a bug that nobody foresaw")
        return self._carrier.send(request)

    def close(self) -> None:
        """Close the carrier."""
        self._carrier.close()


def is_poll(request: Request) -> bool:
    return urlsplit(request.url).path.endswith("/queue")


def is_check_in(request: Request) -> bool:
    return request.method == "PATCH" and "/services/" in request.url


def is_report(request: Request) -> bool:
    return request.method == "PATCH" and b"COMPLETED" in request.whole_body


def no_wait(event: threading.Event, seconds: float) -> bool:
    return event.wait(min(seconds, 0.01))


# At work.


def test_jobs_are_done_in_the_background(lab: Laboratory) -> None:
    with lab.listener() as listener:
        jobs = [lab.post(value) for value in range(5)]
        found = [job.wait(timeout=LONG) for job in jobs]
        was_running = listener.is_running

    assert [{"value": value + 1} for value in range(5)] == found
    assert (True, False) == (was_running, listener.is_running)
    assert 0 == listener.exit_code


def test_several_jobs_run_at_a_time(lab: Laboratory) -> None:
    together = threading.Barrier(3)

    def action(parameters: JsonObject) -> JsonObject:
        together.wait(timeout=LONG)
        return add_one(parameters)

    jobs = [lab.post(value) for value in range(6)]
    with lab.listener(action, concurrency=3):
        found = [job.wait(timeout=LONG) for job in jobs]

    assert [{"value": value + 1} for value in range(6)] == found


def test_a_post_wakes_a_listener_whose_server_can_wait(lab: Laboratory) -> None:
    polled = threading.Event()

    class Polled(Counting):
        def send(self, request: Request) -> Response:
            if is_poll(request):
                polled.set()
            return super().send(request)

    with lab.listener(carrier=Polled(lab.server)):
        polled.wait(LONG)
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)


def test_a_listener_that_waits_for_a_job_stops_at_once(lab: Laboratory) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    class Waits(Counting):
        def send(self, request: Request) -> Response:
            if is_poll(request):
                asked.set()
                may_answer.wait(LONG)
            return super().send(request)

    listener = lab.listener(carrier=Waits(lab.server))
    listener.start()
    asked.wait(LONG)
    listener.stop()
    listener.join(timeout=LONG / 2)
    job = lab.post(1)
    may_answer.set()

    assert JobStatus.REGISTERED is job.status


def test_a_listener_cannot_be_started_twice_but_again(lab: Laboratory) -> None:
    listener = lab.listener()
    with listener, pytest.raises(RuntimeError, match="runs already"):
        listener.start()
    with listener:
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)


def test_a_listener_at_work_is_not_driven_as_well(lab: Laboratory) -> None:
    with lab.listener() as listener, pytest.raises(RuntimeError, match="by itself"):
        listener.run_iteration()


def test_a_second_listener_with_the_same_journal_is_told_of_the_first(
    lab: Laboratory, tmp_path: Path
) -> None:
    told = "another listener works for this service"
    with lab.listener(journal=tmp_path / "one"), pytest.raises(JournalError, match=told):
        lab.listener(journal=tmp_path / "one").start()
    with lab.listener(journal=tmp_path / "one"):
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)


# Who works for what.


@pytest.mark.parametrize("count", [2, 4])
def test_listeners_of_one_service_never_run_the_same_job(lab: Laboratory, count: int) -> None:
    runs: list[int] = []

    def action(parameters: JsonObject) -> JsonObject:
        runs.append(parameters["value"])
        return add_one(parameters)

    jobs = [lab.post(value) for value in range(40)]
    listeners = [lab.listener(action) for _ in range(count)]
    for listener in listeners:
        listener.start()
    found = [job.wait(timeout=LONG) for job in jobs]
    for listener in listeners:
        listener.stop()
        listener.join(timeout=LONG)

    assert [{"value": value + 1} for value in range(40)] == found
    assert list(range(40)) == sorted(runs)


def test_shards_share_the_jobs_of_a_server_without_versions(lab: Laboratory) -> None:
    runs: list[tuple[str, int]] = []

    def action_of(shard: str) -> Callable[[JsonObject], JsonObject]:
        def action(parameters: JsonObject) -> JsonObject:
            runs.append((shard, parameters["value"]))
            return add_one(parameters)

        return action

    jobs = [lab.post(value) for value in range(30)]
    plain = Plain(lab.server)
    with (
        lab.listener(action_of("1/2"), plain, shard="1/2"),
        lab.listener(action_of("2/2"), plain, shard="2/2"),
    ):
        found = [job.wait(timeout=LONG) for job in jobs]

    expected = [("1/2" if job.id.int % 2 == 0 else "2/2", n) for n, job in enumerate(jobs)]
    assert sorted(expected) == sorted(runs)
    assert [{"value": value + 1} for value in range(30)] == found


def test_orphans_are_reported_and_never_stolen(
    lab: Laboratory, caplog: pytest.LogCaptureFixture
) -> None:
    orphan = lab.post(1)
    orphan.report(JobStatus.WORKING)
    with lab.listener():
        lab.post(2).wait(timeout=LONG)

    assert f"job {orphan.id} is WORKING, but not here" in caplog.text
    assert JobStatus.WORKING is orphan.status


# What is told.


def test_a_hook_gets_the_facts_of_each_outcome(lab: Laboratory) -> None:
    told: list[Outcome] = []

    def action(parameters: JsonObject) -> JsonObject:
        if parameters["value"] == 2:
            raise ValueError("no sample")
        return add_one(parameters)

    listener = lab.listener(action)
    listener.told = told.append
    with listener:
        jobs = [lab.post(1), lab.post(2)]
        jobs[0].wait(timeout=LONG)
        with pytest.raises(JobFailedError):
            jobs[1].wait(timeout=LONG)

    right, wrong = told
    assert (Ending.COMPLETED, jobs[0].id, None, 1) == (
        right.ending,
        right.job_id,
        right.kind,
        right.sends,
    )
    assert (Ending.FAILED, "ValueError: no sample") == (wrong.ending, wrong.message)
    assert wrong.kind is not None
    assert "handler" == wrong.kind.value
    assert 0 <= wrong.run_seconds <= wrong.seconds


def test_a_hook_that_fails_changes_nothing(
    lab: Laboratory, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_outcome: Outcome) -> None:
        raise ZeroDivisionError("a metrics library that is not there")

    listener = lab.listener()
    listener.told = broken
    with listener:
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)

    assert "a metrics library that is not there" in caplog.text
    assert 0 == listener.exit_code


# What it costs.


class VirtualTime:
    """Lets the poller and the heartbeat live through some seconds in no time."""

    def __init__(self, seconds: float) -> None:
        self._end = seconds
        self._lived: dict[str, float] = {}
        self._both = threading.Barrier(2)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        name = threading.current_thread().name
        if "outbox" in name:
            return event.wait(seconds)
        self._lived[name] = self._lived.get(name, 0.0) + seconds
        if self._lived[name] < self._end:
            return event.is_set()
        self._both.wait(timeout=LONG)
        if "heartbeat" in name:
            return event.wait(timeout=LONG)
        event.set()
        return True


def test_an_idle_listener_makes_at_most_18_requests_a_minute(lab: Laboratory) -> None:
    minutes = 10
    carrier = Counting(Plain(lab.server))
    listener = lab.listener(carrier=carrier, wait=VirtualTime(60 * minutes).wait)

    listener.start()
    listener.join(timeout=LONG)

    assert 30 == lab.service.timeout
    assert carrier.total <= 18 * minutes
    assert carrier.requests["PATCH"] >= 6 * minutes - 6


def test_a_listener_need_not_check_in(lab: Laboratory) -> None:
    carrier = Counting(Plain(lab.server))
    listener = lab.listener(carrier=carrier)
    listener.start(should_poll=False)
    lab.post(1).wait(timeout=LONG)
    listener.stop()
    listener.join(timeout=LONG)

    # The claim and the outcome, but no check-in.
    assert 2 == carrier.requests["PATCH"]


# How it ends.


def test_the_job_at_hand_is_finished_when_the_listener_stops(lab: Laboratory) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def action(parameters: JsonObject) -> JsonObject:
        begun.set()
        may_end.wait(timeout=LONG)
        return add_one(parameters)

    job, next_job = lab.post(1), lab.post(2)
    listener = lab.listener(action)
    listener.start()
    begun.wait(timeout=LONG)
    listener.stop()
    with pytest.raises(TimeoutError):
        listener.join(timeout=0.01)
    may_end.set()
    listener.join(timeout=LONG)

    assert {"value": 2} == job.results
    assert JobStatus.REGISTERED is next_job.status


def test_the_heartbeat_goes_on_until_the_last_outcome_is_delivered(lab: Laboratory) -> None:
    beats, begun, stopped = threading.Semaphore(0), threading.Event(), threading.Event()

    class Beating(Counting):
        def send(self, request: Request) -> Response:
            response = super().send(request)
            if is_check_in(request):
                beats.release()
            return response

    def action(parameters: JsonObject) -> JsonObject:
        begun.set()
        # Stopped already, and yet the service still looks alive.
        stopped.wait(timeout=LONG)
        while beats.acquire(blocking=False):
            pass
        assert all(beats.acquire(timeout=LONG) for _ in range(3))
        return add_one(parameters)

    job = lab.post(1)
    listener = lab.listener(action, Beating(lab.server), timeout=0.01)
    listener.start()
    begun.wait(timeout=LONG)
    listener.stop()
    stopped.set()
    listener.join(timeout=LONG)

    assert {"value": 2} == job.results


def test_jobs_that_are_cancelled_see_it(lab: Laboratory) -> None:
    begun = threading.Event()

    def action(_parameters: JsonObject) -> JsonObject:
        begun.set()
        assert threading.Event().wait(0.01) or wait_for(lambda: listener.context.cancelled)
        raise RuntimeError("tidied up")

    job = lab.post(1)
    listener = lab.listener(action)
    listener.start()
    begun.wait(timeout=LONG)
    listener.cancel()
    listener.join(timeout=LONG)

    with pytest.raises(JobFailedError, match="tidied up") as caught:
        job.wait(timeout=1)
    assert caught.value.report is not None
    assert "cancelled" == caught.value.report["kind"]
    assert 0 == listener.exit_code  # it has ended in time


def wait_for(condition: Callable[[], bool]) -> bool:
    deadline = threading.Event()
    return any(condition() or deadline.wait(0.01) for _ in range(100 * LONG))


def test_what_cannot_be_delivered_stays_in_the_journal(
    lab: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Down(Counting):
        is_down = False

        def send(self, request: Request) -> Response:
            if self.is_down:
                refused.set()
                raise TransportError("connection refused", sent=False)
            return super().send(request)

    refused = threading.Event()
    carrier = Down(lab.server)

    def action(parameters: JsonObject) -> JsonObject:
        carrier.is_down = True
        return add_one(parameters)

    monkeypatch.setattr("topchef_sdk.listener.threads.FLUSH", 0.0)
    job = lab.post(1)
    first = lab.listener(action, carrier, journal=tmp_path / "journal")
    with first:
        refused.wait(timeout=LONG)
    carrier.is_down = False
    with lab.listener(carrier=carrier, journal=tmp_path / "journal"):
        assert {"value": 2} == job.wait(timeout=LONG)

    assert 75 == first.exit_code


# How it fails.


def test_no_exception_ends_the_poller(lab: Laboratory, caplog: pytest.LogCaptureFixture) -> None:
    carrier = Failing(lab.server, lambda request: is_poll(request) and carrier.failures < 3)

    with lab.listener(carrier=carrier, wait=no_wait):
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)

    assert 3 == carrier.failures
    assert "the poller failed; it begins anew" in caplog.text


def test_no_exception_ends_the_outbox(lab: Laboratory, caplog: pytest.LogCaptureFixture) -> None:
    carrier = Failing(lab.server, lambda request: is_report(request) and carrier.failures < 3)

    with lab.listener(carrier=carrier, wait=no_wait):
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)

    assert 3 == carrier.failures
    assert "the outbox failed; it begins anew" in caplog.text


def test_no_exception_ends_the_heartbeat(lab: Laboratory) -> None:
    carrier = Failing(lab.server, is_check_in)

    with lab.listener(carrier=carrier, timeout=0.01) as listener:
        assert all(carrier.has_failed.acquire(timeout=LONG) for _ in range(10))
        assert {"value": 2} == lab.post(1).wait(timeout=LONG)

    assert 0 == listener.exit_code


@pytest.mark.parametrize(("fails", "role"), [(is_poll, "poller"), (is_report, "outbox")])
def test_a_thread_that_fails_again_and_again_ends_the_listener(
    lab: Laboratory,
    fails: Callable[[Request], bool],
    role: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = lab.post(1)
    carrier = Failing(lab.server, fails)
    listener = lab.listener(carrier=carrier, wait=no_wait, journal=tmp_path / "journal")
    listener.start()
    listener.join(timeout=LONG)

    assert 70 == listener.exit_code
    assert f"the {role} fails again and again; it is given up" in caplog.text
    with lab.listener(journal=tmp_path / "journal"):
        assert {"value": 2} == job.wait(timeout=LONG)  # nothing is lost


def test_a_listener_whose_poller_is_dead_looks_dead(lab: Laboratory) -> None:
    begun, may_end, beats = threading.Event(), threading.Event(), threading.Semaphore(0)

    def fails(request: Request) -> bool:
        if is_check_in(request):
            beats.release()
        return is_poll(request) and begun.is_set()

    def action(parameters: JsonObject) -> JsonObject:
        begun.set()
        assert may_end.wait(timeout=LONG)
        return add_one(parameters)

    lab.post(1)
    listener = lab.listener(
        action, Failing(lab.server, fails), timeout=0.01, wait=no_wait, concurrency=2
    )
    listener.start()
    assert begun.wait(timeout=LONG)
    assert wait_for(lambda: bool(listener.threads_that_died))
    while beats.acquire(blocking=False):
        pass
    # One that was on its way may still come; two do not.
    lied = beats.acquire(timeout=0.2) and beats.acquire(timeout=0.2)
    may_end.set()
    listener.join(timeout=LONG)

    assert not lied


class FullDisk(Journal):
    """A journal whose disk is full while a test says so."""

    is_full = False

    def __init__(self, path: Path, blocked: State) -> None:
        super().__init__(path)
        self.blocked = blocked
        self.has_refused = threading.Event()

    def write(self, entry: Entry, *, synced: bool = False) -> None:
        if self.is_full and entry.state is self.blocked:
            self.has_refused.set()
            raise JournalError("journal: database or disk is full")
        super().write(entry, synced=synced)


@pytest.mark.parametrize("state", [State.CLAIMING, State.RUNNING])
def test_nothing_is_run_that_cannot_be_journaled(
    lab: Laboratory, state: State, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[int] = []

    def action(parameters: JsonObject) -> JsonObject:
        runs.append(parameters["value"])
        return add_one(parameters)

    journal = FullDisk(tmp_path / "journal", state)
    journal.is_full = True
    job = lab.post(1)
    with lab.listener(action, journal=journal, wait=no_wait):
        assert journal.has_refused.wait(timeout=LONG)
        assert [] == runs
        journal.is_full = False
        assert {"value": 2} == job.wait(timeout=LONG)

    assert [1] == runs
    assert "disk is full" in caplog.text


def test_a_result_that_cannot_be_journaled_is_sent_and_no_more_jobs_are_taken(
    lab: Laboratory, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = FullDisk(tmp_path / "journal", State.DONE)

    def action(parameters: JsonObject) -> JsonObject:
        journal.is_full = parameters["value"] == 1
        return add_one(parameters)

    first, second = lab.post(1), lab.post(2)
    with lab.listener(action, journal=journal, wait=no_wait):
        assert {"value": 2} == first.wait(timeout=LONG)
        assert "no more jobs are taken until that works" in caplog.text
        journal.is_full = False
        assert {"value": 3} == second.wait(timeout=LONG)
