"""One job, done where an executor runs it: whatever goes wrong is in what that gives."""

from __future__ import annotations

import pickle
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.listener.handlers_of_tests import Acting, Action, Noting
from topchef_sdk import ErrorKind, ProcessingError
from topchef_sdk.api import JsonObject
from topchef_sdk.listener.context import Cancellation, Context, current_context
from topchef_sdk.listener.outcome import HandlerFailure, Performed
from topchef_sdk.listener.task import (
    ParametersError,
    ResultsError,
    interrupted,
    perform,
    preparation,
)
from topchef_sdk.listener.workplace import finish, is_ready, prepare
from topchef_sdk.report import MOST_TRACEBACK


class SilentError(Exception):
    def __str__(self) -> str:
        raise SystemExit("not even this")


class StubbornError(Exception):
    def __reduce__(self) -> NoReturn:
        raise TypeError("does not pickle")


class HollowError(Exception):
    @property
    def __cause__(self) -> NoReturn:  # type: ignore[override]  # an error as nobody should write it
        raise KeyboardInterrupt


class OpaqueData:
    def __repr__(self) -> str:
        raise ZeroDivisionError


def raising(error: BaseException) -> Action:
    def action(_parameters: JsonObject, _context: Context) -> NoReturn:
        raise error

    return action


def done(action: Action, *, is_cancelled: bool = False, tracebacks: bool = False) -> Performed:
    cancellation = Cancellation()
    if is_cancelled:
        cancellation.set()
    handler = Acting(action, reports_tracebacks=tracebacks)
    return perform(handler, {"value": 1}, Context(uuid4(), 1, cancellation))


def failure_of(error: BaseException, *, is_cancelled: bool = False) -> HandlerFailure:
    failure = done(raising(error), is_cancelled=is_cancelled).failure
    assert failure is not None
    return failure


# What a job gives.


def test_results_are_given_with_their_times() -> None:
    performed = done(lambda parameters, _context: parameters)

    assert ({"value": 1}, None, False) == (
        performed.results,
        performed.failure,
        performed.was_interrupted,
    )
    assert performed.started is not None
    assert performed.finished is not None
    assert performed.started <= performed.finished
    assert performed.seconds >= 0


def test_the_context_of_the_job_is_the_current_one() -> None:
    seen: list[bool] = []
    done(lambda _parameters, context: seen.append(current_context() is context))

    assert [True] == seen


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no sample"),
        SystemExit(3),
        KeyboardInterrupt(),
        GeneratorExit(),
        SilentError(),
        StubbornError("x", lambda: None),
        HollowError("x"),
        BaseExceptionGroup("two", [ValueError("a"), KeyboardInterrupt()]),
        ProcessingError("no sample", data={"sample": OpaqueData()}),
        ProcessingError(None, kind=None, retryable=object()),  # type: ignore[arg-type]  # wrong use
        ParametersError("no value"),
        ResultsError("no value", ErrorKind.RESULT_INVALID),
        MemoryError(),
        RecursionError(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("tracebacks", [True, False])
def test_whatever_is_raised_is_given_as_data_that_pickles(
    error: BaseException, tracebacks: bool
) -> None:
    performed = done(raising(error), tracebacks=tracebacks)

    assert performed.failure is not None
    assert performed == pickle.loads(pickle.dumps(performed))


@pytest.mark.parametrize(
    ("error", "kind", "title", "detail"),
    [
        (ValueError("no sample"), "handler", "ValueError", "no sample"),
        (SystemExit(3), "handler", "SystemExit", "3"),
        (GeneratorExit(), "handler", "GeneratorExit", ""),
        (SilentError(), "handler", "SilentError", "(its text cannot be told)"),
        (TimeoutError("too slow"), "timeout", "TimeoutError", "too slow"),
        (ParametersError("$: no"), "validation", "Invalid parameters", "$: no"),
        (
            ResultsError("$: no", ErrorKind.RESULT_INVALID),
            "result-invalid",
            "Invalid results",
            "$: no",
        ),
        (
            ResultsError("$: no", ErrorKind.SERIALIZATION),
            "serialization",
            "Results are not JSON",
            "$: no",
        ),
    ],
)
def test_errors_are_told_by_kind_title_and_detail(
    error: BaseException, kind: str, title: str, detail: str
) -> None:
    failure = failure_of(error)

    assert (kind, title, detail) == (failure.kind.value, failure.title, failure.detail)
    assert not failure.is_retryable


def test_timeouts_of_all_libraries_are_of_kind_timeout() -> None:
    class OwnTimeout(TimeoutError):
        pass

    assert ErrorKind.TIMEOUT is failure_of(OwnTimeout()).kind


@pytest.mark.parametrize("kind", [*ErrorKind])
def test_a_processing_error_is_told_in_its_own_words(kind: ErrorKind) -> None:
    error = ProcessingError("no sample", {"slot": 7}, kind=kind, retryable=True)

    expected = HandlerFailure(kind, "ProcessingError", "no sample", {"slot": 7}, True)
    assert expected == failure_of(error)
    assert expected == failure_of(error, is_cancelled=True)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(None, None), ({"a": {1, 2}}, "{'a': {1, 2}}"), (OpaqueData(), "(it cannot be told)")],
)
def test_data_that_is_no_json_is_told_as_it_looks(data: Any, expected: object) -> None:
    assert expected == failure_of(ProcessingError("x", data)).data


def test_a_kind_may_be_given_by_name_and_one_that_is_none_is_the_handlers() -> None:
    named = ProcessingError("x", kind="rejected")  # type: ignore[arg-type]  # as untyped code does
    wrong = ProcessingError("x", kind="whatever")  # type: ignore[arg-type]  # as untyped code does

    assert ErrorKind.REJECTED is failure_of(named).kind
    assert ErrorKind.HANDLER is failure_of(wrong).kind


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), TimeoutError("x")])
def test_what_is_raised_after_a_cancellation_is_of_kind_cancelled(error: BaseException) -> None:
    failure = failure_of(error, is_cancelled=True)

    assert (ErrorKind.CANCELLED, True) == (failure.kind, failure.is_retryable)


def test_results_count_although_the_job_was_cancelled() -> None:
    performed = done(lambda _parameters, _context: {"value": 2}, is_cancelled=True)

    assert ({"value": 2}, None) == (performed.results, performed.failure)


def test_wrong_parameters_are_wrong_although_the_job_was_cancelled() -> None:
    assert ErrorKind.VALIDATION is failure_of(ParametersError("no"), is_cancelled=True).kind


def test_an_interrupt_is_told_to_whoever_runs_the_job() -> None:
    performed = done(raising(KeyboardInterrupt()))

    assert performed.was_interrupted
    assert interrupted("KeyboardInterrupt ended the job while it ran") == performed.failure


# Tracebacks.


def test_a_traceback_tells_where_the_handler_raised() -> None:
    def fail_deep_down(_parameters: JsonObject, _context: Context) -> NoReturn:
        raise ValueError("no sample")

    failure = done(fail_deep_down, tracebacks=True).failure

    assert failure is not None
    assert failure.traceback is not None
    assert failure.traceback.endswith("ValueError: no sample\n")
    assert "in fail_deep_down" in failure.traceback
    assert "in perform" not in failure.traceback


def test_a_listener_may_keep_its_tracebacks() -> None:
    failure = done(raising(ValueError("no sample")), tracebacks=False).failure

    assert failure is not None
    assert failure.traceback is None


def test_wrong_parameters_need_no_traceback() -> None:
    failure = done(raising(ParametersError("no")), tracebacks=True).failure

    assert failure is not None
    assert failure.traceback is None


@given(st.integers(0, 3 * MOST_TRACEBACK))
def test_a_traceback_has_16000_characters_at_most_and_its_end_is_kept(length: int) -> None:
    failure = done(raising(ValueError("x" * length + "the end")), tracebacks=True).failure

    assert failure is not None
    assert failure.traceback is not None
    assert len(failure.traceback) <= MOST_TRACEBACK
    assert failure.traceback.endswith("the end\n")


# Where handlers are set up.


def test_a_handler_is_set_up_once_and_torn_down_once() -> None:
    told: list[str] = []
    handler = Acting(
        at_setup=lambda: told.append("setup"), at_teardown=lambda: told.append("teardown")
    )

    for _ in range(3):
        perform(handler, {}, Context(uuid4()))
    finish(handler)
    finish(handler)

    assert ["setup", "teardown"] == told


def test_jobs_that_begin_at_once_share_one_setup() -> None:
    told: list[int] = []
    all_there = threading.Barrier(4)

    def begin(_number: int) -> Performed:
        all_there.wait(60)
        return perform(handler, {}, Context(uuid4()))

    handler = Acting(at_setup=lambda: told.append(1))
    with ThreadPoolExecutor(4) as pool:
        performed = [*pool.map(begin, range(4))]

    assert [None] * 4 == [one.failure for one in performed]
    assert [1] == told


def test_a_handler_can_be_set_up_again_after_it_was_torn_down() -> None:
    told: list[int] = []
    handler = Acting(at_setup=lambda: told.append(1))

    prepare(handler)
    finish(handler)
    prepare(handler)
    finish(handler)

    assert [1, 1] == told


def test_a_setup_that_raises_fails_the_job_and_is_tried_again_with_the_next() -> None:
    chances: list[Any] = [OSError("the instrument is off"), SystemExit("no"), None]

    def setup() -> None:
        error = chances.pop(0)
        if error is not None:
            raise error

    handler = Acting(at_setup=setup)

    first, second, third = (perform(handler, {}, Context(uuid4())) for _ in range(3))

    assert first.failure is not None
    assert (ErrorKind.INFRASTRUCTURE, "The setup failed", "OSError: the instrument is off") == (
        first.failure.kind,
        first.failure.title,
        first.failure.detail,
    )
    assert first.failure.is_retryable
    assert "in setup" in str(first.failure.traceback)
    assert "SystemExit: no" == (second.failure and second.failure.detail)
    assert (None, {}) == (third.failure, third.results)


def test_a_preparation_returns_why_it_failed() -> None:
    failure = preparation(Acting(at_setup=lambda: 1 / 0))

    assert failure is not None
    assert "ZeroDivisionError: division by zero" == failure.detail
    assert preparation(Acting()) is None


def test_ctrl_c_ends_a_setup_and_not_the_job_alone() -> None:
    def setup() -> NoReturn:
        raise KeyboardInterrupt

    handler = Acting(at_setup=setup)

    assert perform(handler, {}, Context(uuid4())).was_interrupted
    with pytest.raises(KeyboardInterrupt):
        preparation(handler)


def test_a_handler_that_is_gone_is_forgotten() -> None:
    handler = Acting()
    token = Acting(token=handler.token)

    prepare(handler)
    assert is_ready(token)
    del handler

    assert not is_ready(token)


def test_this_process_stays_as_it_is() -> None:
    before = signal.getsignal(signal.SIGINT)

    perform(Acting(), {}, Context(uuid4()))

    assert before is signal.getsignal(signal.SIGINT)


# In other processes.


def heeds_ctrl_c(*_: object) -> bool:
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


def test_a_process_sets_a_handler_up_once_ignores_ctrl_c_and_tears_it_down_at_its_end(
    tmp_path: Path,
) -> None:
    diary = tmp_path / "diary"
    handler = Acting(heeds_ctrl_c, Noting(diary, "setup"), Noting(diary, "teardown"))

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        heeding = [
            pool.submit(perform, handler, {}, Context(uuid4())).result(60).results for _ in range(3)
        ]

    words = [line.split() for line in diary.read_text().splitlines()]
    assert [False] * 3 == heeding
    assert ["setup", "teardown"] == [word for word, _pid in words]
    assert 1 == len({pid for _word, pid in words})


def test_errors_travel_between_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        performed = pool.submit(perform, Acting(raise_stubborn), {}, Context(uuid4())).result(60)

    assert performed.failure is not None
    assert "StubbornError" == performed.failure.title


def raise_stubborn(*_: object) -> NoReturn:
    raise StubbornError("x", lambda: None)
