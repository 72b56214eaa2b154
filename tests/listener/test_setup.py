"""`setup` and `teardown` of a listener: where, when, and what becomes of what they raise."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Unpack

import pytest

from tests.listener.laboratory import URL, VALUE
from topchef_sdk import (
    Client,
    Ending,
    JobStatus,
    ListenerOptions,
    Service,
    ServiceListener,
)
from topchef_sdk.api import JsonObject
from topchef_sdk.errors import ExecutorError, SetupError
from topchef_sdk.server import in_process_transport

LONG = 60
"""Seconds after which something that should happen has not."""


class Prepared(ServiceListener):
    """Does what the test says when it is set up and torn down."""

    at_setup: Callable[[], None] | None = None
    at_teardown: Callable[[], None] | None = None
    baggage: Any = None

    def setup(self) -> None:
        if self.at_setup is not None:
            self.at_setup()

    def teardown(self) -> None:
        if self.at_teardown is not None:
            self.at_teardown()

    def run(self, parameters: JsonObject) -> JsonObject:
        return {"value": parameters["value"] + 1}


@pytest.fixture
def service() -> Iterator[Service]:
    with in_process_transport() as server, Client(URL, transport=server) as client:
        made = Prepared.new_service(client, "Add one", "adds one", VALUE, VALUE, journal=None)
        yield client.services[made.service_id]


def listener_of(service: Service, **options: Unpack[ListenerOptions]) -> Prepared:
    told: ListenerOptions = {"journal": None, "wait": hardly, **options}
    return Prepared(service, service.id, **told)


def hardly(event: threading.Event, seconds: float) -> bool:
    """Wait a hundredth of the time."""
    return event.wait(seconds / 100)


def where() -> str:
    return threading.current_thread().name


def test_an_iteration_sets_up_once_in_this_thread_and_close_tears_down(service: Service) -> None:
    told: list[str] = []
    listener = listener_of(service)
    listener.at_setup = lambda: told.append(f"setup in {where()}")
    listener.at_teardown = lambda: told.append(f"teardown in {where()}")
    for value in range(2):
        service.new_job({"value": value})

    assert Ending.COMPLETED is listener.run_iteration().ending
    assert Ending.COMPLETED is listener.run_iteration().ending
    assert [f"setup in {where()}"] == told
    listener.close()
    listener.close()

    assert [f"setup in {where()}", f"teardown in {where()}"] == told


def test_an_iteration_raises_what_setup_raises_and_takes_no_job(
    service: Service, tmp_path: Path
) -> None:
    listener = listener_of(service, journal=tmp_path / "journal")
    listener.at_setup = lambda: (tmp_path / "no" / "file").touch()
    job = service.new_job({"value": 1})

    with pytest.raises(SetupError, match="FileNotFoundError"):
        listener.run_iteration()

    assert JobStatus.REGISTERED is job.status
    listener.at_setup = None
    assert Ending.COMPLETED is listener.run_iteration().ending


def test_in_the_background_all_is_done_in_the_thread_of_the_jobs(service: Service) -> None:
    told: list[str] = []
    listener = listener_of(service)
    listener.at_setup = lambda: told.append(f"setup in {where()}")
    listener.at_teardown = lambda: told.append(f"teardown in {where()}")

    with listener:
        assert {"value": 2} == service.new_job({"value": 1}).wait(timeout=LONG)

    assert ["setup in topchef-job-1", "teardown in topchef-job-1"] == told
    assert 0 == listener.exit_code


def test_a_listener_that_is_started_again_is_set_up_again(service: Service) -> None:
    told: list[str] = []
    listener = listener_of(service)
    listener.at_setup = lambda: told.append("setup")
    listener.at_teardown = lambda: told.append("teardown")

    for value in range(2):
        with listener:
            service.new_job({"value": value}).wait(timeout=LONG)

    assert ["setup", "teardown"] * 2 == told


def test_a_setup_that_raises_is_tried_again_and_no_job_is_taken_before(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    job = service.new_job({"value": 1})
    seen: list[JobStatus] = []

    def setup() -> None:
        seen.append(job.status)
        if len(seen) < 3:
            raise OSError("the instrument is off")

    listener = listener_of(service)
    listener.at_setup = setup

    with listener:
        assert {"value": 2} == job.wait(timeout=LONG)

    assert [JobStatus.REGISTERED] * 3 == seen
    assert "OSError: the instrument is off" in caplog.text


def test_a_setup_that_always_raises_ends_the_listener(service: Service) -> None:
    def setup() -> None:
        raise OSError("the instrument is off")

    job = service.new_job({"value": 1})
    listener = listener_of(service)
    listener.at_setup = setup

    listener.start()
    listener.join(LONG)

    assert (70, JobStatus.REGISTERED) == (listener.exit_code, job.status)


def test_a_teardown_that_raises_is_logged(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    def teardown() -> None:
        raise OSError("the instrument is gone")

    listener = listener_of(service)
    listener.at_teardown = teardown

    with listener:
        service.new_job({"value": 1}).wait(timeout=LONG)

    assert 0 == listener.exit_code
    assert "OSError: the instrument is gone" in caplog.text


def test_a_teardown_that_raises_does_not_keep_the_journal_locked(
    service: Service, tmp_path: Path
) -> None:
    def teardown() -> None:
        raise OSError("the instrument is gone")

    listener = listener_of(service, journal=tmp_path / "journal")
    listener.at_teardown = teardown
    listener.run_iteration()

    with pytest.raises(OSError, match="is gone"):
        listener.close()

    assert (
        Ending.NO_JOB is listener_of(service, journal=tmp_path / "journal").run_iteration().ending
    )


# In other processes.


class Keeping:
    """A factory that keeps the pool that it has made."""

    pool: ProcessPoolExecutor

    def __call__(self) -> Executor:
        self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        return self.pool


def test_close_shuts_down_the_pool_that_an_iteration_has_made(service: Service) -> None:
    keeping = Keeping()
    listener = listener_of(service, executor=keeping)
    service.new_job({"value": 1})

    assert Ending.COMPLETED is listener.run_iteration().ending
    listener.close()

    with pytest.raises(RuntimeError, match="after shutdown"):
        keeping.pool.submit(where)


def test_a_listener_that_cannot_travel_says_so_before_it_takes_a_job(service: Service) -> None:
    job = service.new_job({"value": 1})
    listener = listener_of(service, executor=Keeping())
    listener.baggage = threading.Lock()
    listener.at_setup = lambda: None

    with pytest.raises(ExecutorError) as raised:
        listener.run_iteration()

    assert "(in baggage, at_setup)" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert JobStatus.REGISTERED is job.status


def test_a_copy_of_a_listener_has_what_is_its_own(service: Service) -> None:
    listener = listener_of(service, executor=Keeping(), concurrency=7)
    listener.baggage = {"slot": 7}
    listener.run_iteration()

    copy = pickle.loads(pickle.dumps(listener))
    listener.close()

    assert (listener.id, listener.address, listener.timeout, {"slot": 7}) == (
        copy.id,
        copy.address,
        copy.timeout,
        copy.baggage,
    )
    assert {"value": 2} == copy.run({"value": 1})
