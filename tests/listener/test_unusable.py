"""A listener whose executor is gone for good: it hands back its jobs and ends, and does not spin."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest

from tests.listener.laboratory import laboratory
from tests.server.eventually import eventually
from topchef_sdk import JobFailedError, JobStatus, ServiceListener
from topchef_sdk.api import JsonObject
from topchef_sdk.listener import threads
from topchef_sdk.listener.crew import ExecutorFactory

P = ParamSpec("P")
T = TypeVar("T")

LONG = 60
"""Seconds after which something that should happen has not."""


class Dying(ServiceListener):
    """Its first attempt at a job kills the process that does it."""

    baggage: Any = None

    def run(self, parameters: JsonObject) -> JsonObject:
        if parameters["value"] == 0 and self.context.attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return {"value": parameters["value"] + 1}


class Refusing(ThreadPoolExecutor):
    """Takes a setup and no job, as if it had been shut down just then."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Take the first task alone."""
        future = super().submit(fn, *args, **kwargs)
        self.shutdown(wait=False)
        return future


def pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def test_a_job_that_was_claimed_when_the_executor_refused_is_handed_back(tmp_path: Path) -> None:
    with laboratory() as lab, Refusing(1) as executor:
        job = lab.post(1)
        listener = lab.listener(executor=executor, journal=tmp_path / "journal")

        listener.start()
        listener.join(LONG)

        assert (70, JobStatus.REGISTERED) == (listener.exit_code, job.status)


def test_a_ready_made_pool_that_broke_ends_the_listener(tmp_path: Path) -> None:
    with laboratory() as lab, pool() as executor:
        listener = Dying(
            lab.client, lab.service.id, executor=executor, journal=tmp_path / "journal"
        )
        killing = lab.post(0)
        listener.start()
        with pytest.raises(JobFailedError, match="BrokenProcessPool"):
            killing.wait(timeout=LONG)
        next_job = lab.post(1)
        listener.join(LONG)

        assert (70, JobStatus.REGISTERED) == (listener.exit_code, next_job.status)


def test_a_job_that_was_to_run_again_is_handed_back(tmp_path: Path) -> None:
    with laboratory() as lab, pool() as executor:
        listener = Dying(
            lab.client,
            lab.service.id,
            executor=executor,
            journal=tmp_path / "journal",
            on_crash="retry",
        )
        killing = lab.post(0)
        listener.start()
        listener.join(LONG)

        assert (70, JobStatus.REGISTERED) == (listener.exit_code, killing.status)


@pytest.mark.parametrize("executor", [pool, lambda: Refusing(1)])
def test_it_is_told_in_one_line_and_nothing_begins_anew(
    executor: ExecutorFactory, caplog: pytest.LogCaptureFixture
) -> None:
    with laboratory() as lab, executor() as made:
        job = lab.post(1)
        listener = Dying(lab.client, lab.service.id, executor=made, journal=None)
        listener.baggage = threading.Lock() if isinstance(made, ProcessPoolExecutor) else None

        with caplog.at_level(logging.WARNING, "topchef_sdk"):
            listener.start()
            listener.join(LONG)

        assert (70, JobStatus.REGISTERED) == (listener.exit_code, job.status)
        assert 1 == len(caplog.records)
        assert "executor" in caplog.records[0].getMessage()
        assert "\n" not in caplog.text.strip()


def test_a_job_that_is_to_run_again_does_not_wait_for_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "LONG_POLL", LONG)
    with laboratory() as lab:
        job = lab.post(0)
        with Dying(
            lab.client,
            lab.service.id,
            executor=pool,
            journal=tmp_path / "journal",
            on_crash="retry",
        ):
            assert {"value": 1} == job.wait(timeout=LONG - 10)


def test_a_stop_does_not_wait_until_an_executor_has_room() -> None:
    class Full(Executor):
        submitted = threading.Event()

        def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
            self.submitted.set()
            return Future()

    with laboratory() as lab:
        listener = lab.listener(executor=Full())
        listener.start()
        eventually(Full.submitted.is_set)

        listener.stop()
        listener.join(LONG)

        assert 0 == listener.exit_code
