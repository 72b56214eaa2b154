"""What a handler knows of its job, in this process and in others."""

from __future__ import annotations

import math
import pickle
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.listener.laboratory import laboratory
from topchef_sdk.api import JsonObject
from topchef_sdk.listener.context import Cancellation, Context, current_context, in_context

JOB = uuid4()
LONG = 60
"""Seconds after which something that should happen has not."""


def test_jobs_are_not_cancelled_at_first() -> None:
    assert not Context(JOB).cancelled


def test_a_job_sees_that_it_is_cancelled() -> None:
    cancellation = Cancellation()
    context = Context(JOB, 1, cancellation)

    cancellation.set()

    assert context.cancelled


def test_a_cancellation_can_be_taken_back(tmp_path: Path) -> None:
    cancellation = Cancellation(tmp_path / "flag")

    cancellation.set()
    cancellation.clear()

    assert not cancellation.is_set()
    assert [] == [*tmp_path.iterdir()]


def test_a_context_in_another_process_sees_the_flag(tmp_path: Path) -> None:
    cancellation = Cancellation(tmp_path / "flag")
    context = Context(JOB, 1, cancellation)

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        before = pool.submit(getattr, context, "cancelled").result(60)
        cancellation.set()
        after = pool.submit(getattr, context, "cancelled").result(60)

    assert (False, True) == (before, after)


def test_without_a_flag_a_copy_is_never_cancelled() -> None:
    cancellation = Cancellation()
    cancellation.set()

    assert not pickle.loads(pickle.dumps(cancellation)).is_set()


def test_a_flag_that_cannot_be_seen_or_put_down_does_not_fail(tmp_path: Path) -> None:
    a_file = tmp_path / "file"
    a_file.touch()
    below_a_file = Cancellation(a_file / "flag")
    too_long = Cancellation(tmp_path / ("x" * 5000))

    for cancellation in (below_a_file, too_long):
        assert not cancellation.is_set()
        cancellation.set()
        assert cancellation.is_set()
        assert not pickle.loads(pickle.dumps(cancellation)).is_set()
        cancellation.clear()
        assert not cancellation.is_set()


def test_a_context_pickles_without_whoever_is_told_of_progress(tmp_path: Path) -> None:
    context = Context(JOB, 3, Cancellation(tmp_path / "flag"), lambda _id, _done, _text: None)

    copy = pickle.loads(pickle.dumps(context))
    copy.progress(0.5)

    assert (JOB, 3) == (copy.job_id, copy.attempt)


def test_progress_is_told_from_any_thread() -> None:
    told: list[tuple[UUID, float, str]] = []

    def hear(job_id: UUID, fraction: float, message: str) -> None:
        told.append((job_id, fraction, message))

    context = Context(JOB, 1, Cancellation(), hear)

    thread = threading.Thread(target=context.progress, args=(0.25, "a quarter"))
    thread.start()
    thread.join()
    context.progress(0.5)

    assert [(JOB, 0.25, "a quarter"), (JOB, 0.5, "")] == told


def test_progress_is_seen_from_outside_until_the_job_has_ended() -> None:
    told, seen = threading.Event(), threading.Event()

    def measure(parameters: JsonObject) -> JsonObject:
        current_context().progress(0.5, "half-way")
        told.set()
        assert seen.wait(LONG)
        return parameters

    with laboratory() as lab, lab.listener(measure) as listener:
        job = lab.post(1)
        assert told.wait(LONG)
        assert {job.id: (0.5, "half-way")} == listener.tally.running
        seen.set()
        assert {"value": 1} == job.wait(timeout=LONG)

    assert {} == listener.tally.running


@given(st.floats())
@example(math.nan)
def test_progress_is_a_number_from_0_to_1_whatever_is_said(fraction: float) -> None:
    told: list[float] = []
    context = Context(JOB, 1, Cancellation(), lambda _id, done, _message: told.append(done))

    context.progress(fraction)

    assert 0 <= told[0] <= 1


def test_the_context_is_there_while_its_job_is_being_done() -> None:
    context = Context(JOB)

    with in_context(context):
        assert context is current_context()

    with pytest.raises(LookupError, match="only while a job is being done"):
        current_context()


def test_each_thread_has_a_context_of_its_own() -> None:
    found: dict[UUID, UUID] = {}
    both = threading.Barrier(2)

    def do(context: Context) -> None:
        with in_context(context):
            both.wait(60)
            found[context.job_id] = current_context().job_id

    threads = [threading.Thread(target=do, args=(Context(UUID(int=n)),)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {UUID(int=1): UUID(int=1), UUID(int=2): UUID(int=2)} == found
