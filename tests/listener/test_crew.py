"""Slots on an executor, whatever that does: break, refuse, or take its time."""

from __future__ import annotations

import logging
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from functools import partial
from multiprocessing import get_context
from typing import Any, NoReturn, ParamSpec, TypeVar, cast
from uuid import UUID, uuid4

import pytest

from tests.listener.handlers_of_tests import Acting, echo, own_process
from tests.server.eventually import eventually
from topchef_sdk.api import JsonObject
from topchef_sdk.errors import ExecutorError, SetupError
from topchef_sdk.listener.context import Context
from topchef_sdk.listener.crew import Crew, Result
from topchef_sdk.listener.executors import InThisThread, JobThreads
from topchef_sdk.listener.outcome import Performed
from topchef_sdk.listener.pacing import LONGEST_RETRY
from topchef_sdk.listener.workplace import is_ready, prepare

P = ParamSpec("P")
T = TypeVar("T")

LONG = 60
"""Seconds after which something that should happen has not."""

SHORT = 5
"""The same, for what takes no time at all."""


class Manual(Executor):
    """Does what it was given when the test says so."""

    def __init__(self) -> None:
        self.given: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.refusal: Exception | None = None
        self.was_shut_down: list[bool] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Take a task, or refuse it."""
        if self.refusal is not None:
            raise self.refusal
        future: Future[T] = Future()
        self.given.append((future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True) -> None:  # type: ignore[override]  # as dask has it
        """Note that this was asked for."""
        self.was_shut_down.append(wait)

    def do_next(self) -> None:
        """Do the oldest task."""
        future, task = self.given.pop(0)
        future.set_running_or_notify_cancel()
        future.set_result(task())

    def break_down(self) -> None:
        """Fail all tasks, and take no more."""
        self.refusal = BrokenExecutor("a process was killed")
        for future, _ in self.given:
            future.set_exception(self.refusal)
        self.given.clear()


class LikePools(Manual):
    """Breaks under its own lock when it is given a second task, as pools do since Python 3.12."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self.deadlocks: list[str] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Take a task, while another thread tells of the first one that the pool broke."""
        if self.given:
            telling = threading.Thread(target=self.break_down, daemon=True)
            telling.start()
            telling.join(SHORT)
            if telling.is_alive():
                self.deadlocks.append("it cannot tell that it broke while it is given a task")
        return super().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True) -> None:  # type: ignore[override]  # as dask has it
        """Note that this was asked for."""
        if not self._lock.acquire(timeout=SHORT):
            self.deadlocks.append("it cannot be shut down by whom it tells that it broke")
        else:
            self._lock.release()
        super().shutdown(wait)

    def break_down(self) -> None:
        """Fail all tasks, and take no more."""
        with self._lock:
            super().break_down()


class Making:
    """A factory that keeps what it has made."""

    def __init__(self, *executors: Manual) -> None:
        self._left = [*executors]
        self.made: list[Manual] = []

    def __call__(self) -> Executor:
        self.made.append(self._left.pop(0) if self._left else Manual())
        return self.made[-1]


class Ticking:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Results:
    """What a crew says of its jobs."""

    def __init__(self) -> None:
        self.of: dict[UUID, Result] = {}

    def __call__(self, job_id: UUID, result: Result) -> None:
        assert job_id not in self.of
        self.of[job_id] = result


def begin(
    crew: Crew, on_result: Callable[[UUID, Result], None], handler: Acting | None = None
) -> UUID:
    job_id = uuid4()
    crew.start(handler or Acting(), {"value": 1}, Context(job_id), on_result)
    return job_id


# Slots.


def test_a_job_is_done_and_what_came_of_it_is_told() -> None:
    results = Results()

    job_id = begin(Crew(InThisThread(), 1), results)

    result = results.of[job_id]
    assert isinstance(result, Performed)
    assert {"value": 1} == result.results


def test_as_many_jobs_run_as_there_are_slots() -> None:
    executor, results = Manual(), Results()
    crew = Crew(executor, 2)

    assert crew.has_free_slot()
    begin(crew, results)
    assert crew.has_free_slot()
    begin(crew, results)
    assert (2, False, False) == (crew.running, crew.has_free_slot(), crew.is_idle)
    executor.do_next()
    assert (1, True, False) == (crew.running, crew.has_free_slot(), crew.is_idle)
    executor.do_next()
    assert crew.wait_until_idle(0)


def test_whoever_waits_for_a_slot_is_told_when_there_is_one() -> None:
    executor, results = Manual(), Results()
    crew = Crew(executor, 1)
    begin(crew, results)

    threading.Timer(0.05, executor.do_next).start()

    assert crew.has_free_slot(within=LONG)
    assert crew.wait_until_idle(within=LONG)


def test_a_slot_is_free_when_what_came_of_its_job_is_safe_and_not_before() -> None:
    executor = Manual()
    crew = Crew(executor, 1)
    seen: list[bool] = []
    begin(crew, lambda _id, _result: seen.append(crew.has_free_slot() or crew.is_idle))

    executor.do_next()

    assert [False] == seen
    assert crew.has_free_slot()


def test_a_slot_is_free_again_whatever_becomes_of_what_came_of_its_job(
    caplog: pytest.LogCaptureFixture,
) -> None:
    executor = Manual()
    crew = Crew(executor, 1)

    def fail(_job_id: UUID, _result: Result) -> NoReturn:
        raise ZeroDivisionError

    begin(crew, fail)
    with caplog.at_level(logging.CRITICAL, "concurrent.futures"):
        executor.do_next()

    assert crew.has_free_slot()


def test_a_job_that_runs_within_the_call_is_running() -> None:
    crew = Crew(InThisThread(), 1)
    seen: list[bool] = []

    begin(crew, Results(), Acting(lambda _parameters, _context: seen.append(crew.is_idle)))

    assert [False] == seen
    assert crew.is_idle


def test_a_job_that_is_not_taken_takes_no_slot() -> None:
    executor = Manual()
    executor.refusal = RuntimeError("it rains")
    crew = Crew(lambda: executor, 1)

    with pytest.raises(RuntimeError, match="it rains"):
        begin(crew, Results())

    assert crew.is_idle
    assert crew.has_free_slot()


# Executors that break.


def test_an_executor_that_breaks_is_replaced_for_the_next_job() -> None:
    make, results = Making(), Results()
    crew = Crew(make, 2, Ticking())

    lost = begin(crew, results)
    make.made[0].break_down()
    next_job = begin(crew, results)
    make.made[1].do_next()

    assert isinstance(results.of[lost], BrokenExecutor)
    assert isinstance(results.of[next_job], Performed)
    assert [[False], []] == [one.was_shut_down for one in make.made]


def test_an_executor_that_broke_while_nothing_ran_is_replaced_at_once() -> None:
    make, results = Making(), Results()
    crew = Crew(make, 1, Ticking())
    done = begin(crew, results)
    make.made[0].do_next()
    make.made[0].break_down()

    again = begin(crew, results)
    make.made[1].do_next()

    assert {done, again} == set(results.of)
    assert all(isinstance(result, Performed) for result in results.of.values())


def test_all_jobs_of_an_executor_are_lost_with_it_and_one_takes_its_place() -> None:
    make, results = Making(), Results()
    crew = Crew(make, 3, Ticking())
    lost = {begin(crew, results) for _ in range(3)}

    make.made[0].break_down()
    begin(crew, results)
    begin(crew, results)

    assert lost == set(results.of)
    assert 2 == len(make.made)


def test_an_executor_that_takes_the_place_of_one_that_broke_may_break_too() -> None:
    broken = Manual()
    broken.refusal = BrokenExecutor("born broken")
    make = Making(broken)
    crew = Crew(make, 1, Ticking())

    begin(crew, Results())

    assert 2 == len(make.made)
    assert 1 == len(make.made[1].given)


def test_a_factory_of_nothing_but_broken_executors_is_given_up() -> None:
    executors = [Manual() for _ in range(3)]
    for one in executors:
        one.refusal = BrokenExecutor("born broken")
    make = Making(*executors)

    with pytest.raises(BrokenExecutor, match="born broken"):
        begin(Crew(make, 1, Ticking()), Results())

    assert 2 == len(make.made)


def test_an_executor_may_hold_its_lock_while_it_tells_that_it_broke() -> None:
    pool, results = LikePools(), Results()
    make = Making(pool)
    crew = Crew(make, 2, Ticking())
    lost = begin(crew, results)

    begin(crew, results)  # meanwhile it breaks
    crew.shutdown(wait=True)

    assert [] == pool.deadlocks
    assert [lost] == [*results.of]
    assert [[False], [True]] == [one.was_shut_down for one in make.made]


def test_a_ready_made_executor_that_broke_cannot_be_replaced() -> None:
    executor, results = Manual(), Results()
    crew = Crew(executor, 1, Ticking())
    lost = begin(crew, results)

    executor.break_down()

    assert isinstance(results.of[lost], BrokenExecutor)
    with pytest.raises(ExecutorError, match="takes no more jobs: a process was killed"):
        begin(crew, results)
    with pytest.raises(ExecutorError):
        crew.prepare(Acting())
    assert crew.is_idle


def test_a_ready_made_executor_that_was_shut_down_is_unusable() -> None:
    with ThreadPoolExecutor(1) as executor:
        pass

    with pytest.raises(ExecutorError, match="after shutdown"):
        begin(Crew(executor, 1), Results())


def test_after_a_loss_the_next_job_has_to_wait_longer_and_longer() -> None:
    make, clock = Making(), Ticking()
    crew = Crew(make, 3, clock)
    waited: list[float] = []

    for _ in range(12):
        for _ in range(3):
            begin(crew, Results())
        make.made[-1].break_down()
        began = clock.now
        while not crew.has_free_slot():
            clock.now += 0.1
        waited.append(clock.now - began)

    assert all(wait > 0 for wait in waited)
    assert all(wait <= min(2.0**n, LONGEST_RETRY) + 0.2 for n, wait in enumerate(waited))
    assert max(waited[6:]) > 2


def test_a_job_that_comes_right_ends_the_waiting() -> None:
    make, clock = Making(), Ticking()
    crew = Crew(make, 1, clock)
    for _ in range(8):
        begin(crew, Results())
        make.made[-1].break_down()
        clock.now += LONGEST_RETRY

    begin(crew, Results())
    make.made[-1].do_next()
    assert crew.has_free_slot()
    begin(crew, Results())
    make.made[-1].break_down()
    assert not crew.has_free_slot()
    clock.now += 1.1

    assert crew.has_free_slot()


def test_a_lost_job_of_an_executor_that_goes_on_does_not_replace_it() -> None:
    make, results = Making(), Results()
    crew = Crew(make, 1, Ticking())
    lost = begin(crew, results)

    # As dask tells that a worker died: no BrokenExecutor.
    make.made[0].given.pop()[0].set_exception(OSError("a worker was killed"))
    begin(crew, results)

    assert isinstance(results.of[lost], OSError)
    assert 1 == len(make.made)


# Giving up.


class Stubborn(Future[Any]):
    """Cannot be cancelled, as Parsl's cannot."""

    def cancel(self) -> bool:
        """Refuse."""
        raise NotImplementedError


class OfStubborn(Manual):
    """Gives futures that cannot be cancelled."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Take a task."""
        future = Stubborn()
        self.given.append((future, partial(fn, *args, **kwargs)))
        return cast("Future[T]", future)


def test_jobs_that_were_given_up_take_no_slots_and_may_end_later() -> None:
    executor, results = OfStubborn(), Results()
    crew = Crew(executor, 2)
    jobs = {begin(crew, results), begin(crew, results)}

    assert jobs == set(crew.abandon())
    assert crew.is_idle
    assert crew.has_free_slot()
    executor.do_next()

    assert 1 == len(results.of)
    assert crew.is_idle


def test_of_a_job_that_never_began_nothing_is_told_when_it_is_given_up() -> None:
    executor, results = Manual(), Results()
    crew = Crew(executor, 1)
    job_id = begin(crew, results)
    future = executor.given[0][0]

    assert [job_id] == [*crew.abandon()]

    assert future.cancelled()
    assert {} == results.of


def test_a_job_that_somebody_else_cancels_is_lost() -> None:
    executor, results = Manual(), Results()
    crew = Crew(executor, 1)
    job_id = begin(crew, results)

    executor.given[0][0].cancel()

    assert "CancelledError" == type(results.of[job_id]).__name__
    assert crew.is_idle


# The end.


def test_an_executor_that_the_crew_made_is_shut_down_by_it() -> None:
    make = Making()
    crew = Crew(make, 1)
    begin(crew, Results())

    crew.shutdown(wait=True)
    crew.shutdown(wait=True)

    assert [True] == make.made[0].was_shut_down


def test_an_executor_that_was_given_ready_made_is_its_owners() -> None:
    executor = Manual()
    crew = Crew(executor, 1)
    begin(crew, Results())

    crew.shutdown(wait=True)

    assert [] == executor.was_shut_down


def test_an_executor_that_cannot_be_shut_down_fails_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Unstoppable(Manual):
        def shutdown(self, wait: bool = True) -> NoReturn:  # type: ignore[override]  # as above
            raise ZeroDivisionError

    crew = Crew(Making(Unstoppable()), 1)
    begin(crew, Results())

    crew.shutdown(wait=False)

    assert "could not be shut down" in caplog.text


# Setting up.


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as made:
        yield made


def test_a_handler_is_set_up_and_torn_down_where_its_jobs_run() -> None:
    told: list[str] = []
    handler = Acting(
        lambda _parameters, _context: told.append(f"job in {thread()}"),
        lambda: told.append(f"setup in {thread()}"),
        lambda: told.append(f"teardown in {thread()}"),
    )
    crew, results = Crew(partial(JobThreads, 1), 1), Results()

    assert crew.prepare(handler)
    begin(crew, results, handler)
    assert crew.wait_until_idle(LONG)
    crew.finish(handler)
    crew.shutdown(wait=True)

    assert [f"{word} in topchef-job-1" for word in ("setup", "job", "teardown")] == told


def thread() -> str:
    return threading.current_thread().name


def test_what_setup_raises_is_raised_with_its_traceback() -> None:
    def open_the_instrument() -> NoReturn:
        raise OSError("it is off")

    crew = Crew(partial(JobThreads, 1), 1)

    with pytest.raises(SetupError, match=r"OSError: it is off(.|\n)*in open_the_instrument"):
        crew.prepare(Acting(at_setup=open_the_instrument))

    crew.shutdown(wait=True)


def test_a_handler_that_cannot_travel_is_told_in_one_line(pool: Executor) -> None:
    crew = Crew(pool, 1)

    with pytest.raises(ExecutorError) as raised:
        crew.prepare(Acting(baggage=threading.Lock()))

    assert (
        "jobs cannot go to this executor: cannot pickle '_thread.lock' object (in baggage); let "
        "`setup` make what does not pickle, and give functions that a module has by name"
    ) == str(raised.value)


def test_a_lambda_cannot_go_to_another_process(pool: Executor) -> None:
    with pytest.raises(ExecutorError) as raised:
        Crew(pool, 1).prepare(Acting(lambda parameters, _context: parameters))

    assert "Can't" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_it_is_also_told_by_executors_that_find_it_out_at_once() -> None:
    class Pickling(Manual):
        def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
            pickle.dumps(fn)
            return super().submit(fn, *args, **kwargs)

    with pytest.raises(ExecutorError, match=r"\(in baggage\)"):
        Crew(Pickling(), 1).prepare(Acting(baggage=threading.Lock()))


def test_a_setup_that_kills_its_process_breaks_the_executor() -> None:
    class Mortal(Manual):
        def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
            future = super().submit(fn, *args, **kwargs)
            self.break_down()
            return future

    with pytest.raises(BrokenExecutor):
        Crew(Mortal(), 1).prepare(Acting())


def test_a_setup_that_has_not_begun_is_not_waited_for_when_it_is_not_wanted() -> None:
    executor, unwanted = Manual(), threading.Event()
    unwanted.set()

    assert not Crew(executor, 1).prepare(Acting(), unless=unwanted)
    assert executor.given[0][0].cancelled()


def test_nor_is_one_that_cannot_be_cancelled() -> None:
    unwanted = threading.Event()
    unwanted.set()

    assert not Crew(OfStubborn(), 1).prepare(Acting(), unless=unwanted)


def test_a_setup_that_has_begun_comes_to_its_end() -> None:
    unwanted, ended = threading.Event(), threading.Event()

    def setup() -> None:
        unwanted.set()
        assert not ended.wait(0.5)  # longer than the crew takes to look
        ended.set()

    crew = Crew(partial(JobThreads, 1), 1)

    assert crew.prepare(Acting(at_setup=setup), unless=unwanted)
    assert ended.is_set()
    crew.shutdown(wait=True)


def test_what_was_not_set_up_here_is_not_torn_down_and_no_executor_is_made_for_it() -> None:
    make = Making()

    Crew(make, 1).finish(Acting(at_teardown=lambda: 1 / 0))

    assert [] == make.made


def test_a_handler_is_torn_down_although_its_executor_takes_nothing_more() -> None:
    for executor in (Manual(), Making()):
        told: list[int] = []
        handler = Acting(at_teardown=partial(told.append, 1))
        prepare(handler)
        crew = Crew(executor, 1)
        if isinstance(executor, Making):
            begin(crew, Results())
            executor = executor.made[0]
        executor.refusal = RuntimeError("cannot schedule new futures after interpreter shutdown")

        crew.finish(handler)

        assert ([1], False) == (told, is_ready(handler))


def test_what_teardown_raises_is_raised() -> None:
    handler = Acting(at_teardown=lambda: 1 / 0)
    crew = Crew(InThisThread(), 1)
    crew.prepare(handler)

    with pytest.raises(ZeroDivisionError):
        crew.finish(handler)


# Ctrl-C.


class Masked(ProcessPoolExecutor):
    """Notes which signals are blocked while it would make processes, and makes none."""

    masks: list[set[Any]]

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Note the mask."""
        self.masks = [blocked()]
        return InThisThread().submit(fn, *args, **kwargs)


def blocked() -> set[Any]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def test_processes_are_made_with_ctrl_c_blocked_and_threads_are_not() -> None:
    before = blocked()
    with Masked(1, mp_context=get_context("spawn")) as pool:
        begin(Crew(pool, 1), Results())

        assert [before | {signal.SIGINT}] == pool.masks
    assert before == blocked()
    results = Results()
    job_id = begin(
        Crew(InThisThread(), 1),
        results,
        Acting(lambda _parameters, _context: [int(one) for one in blocked()]),
    )
    assert [int(one) for one in before] == cast("Performed", results.of[job_id]).results


def test_jobs_run_in_processes(pool: Executor) -> None:
    crew, results = Crew(pool, 1), Results()

    job_id = begin(crew, results, Acting(own_process))

    assert crew.wait_until_idle(LONG)
    found = cast("JsonObject", cast("Performed", results.of[job_id]).results)
    assert {"pid"} == found.keys()


# The executors that a listener uses untold.


def test_job_threads_do_as_many_things_at_once_as_there_are_of_them() -> None:
    both = threading.Barrier(3)
    threads = JobThreads(3)

    futures = [threads.submit(both.wait, LONG) for _ in range(3)]

    assert [0, 1, 2] == sorted(future.result(LONG) for future in futures)
    threads.shutdown()


@pytest.mark.parametrize("make", [partial(JobThreads, 1), InThisThread])
def test_whatever_is_raised_is_in_the_future(make: Callable[[], Executor]) -> None:
    executor = make()

    def leave() -> NoReturn:
        raise SystemExit(3)

    assert isinstance(executor.submit(leave).exception(LONG), SystemExit)
    assert 4 == executor.submit(lambda: 4).result(LONG)
    executor.shutdown()


def test_job_threads_finish_what_they_were_given_and_take_nothing_more() -> None:
    threads, go_on = JobThreads(1), threading.Event()
    held, last = threads.submit(go_on.wait, LONG), threads.submit(echo, {}, Context(uuid4()))

    threads.shutdown(wait=False)
    go_on.set()

    assert held.result(LONG)
    assert {} == last.result(LONG)
    with pytest.raises(RuntimeError, match="told to end"):
        threads.submit(lambda: None)


def test_job_threads_can_be_told_to_end_at_once() -> None:
    threads, go_on = JobThreads(1), threading.Event()
    held = threads.submit(go_on.wait, LONG)
    eventually(held.running)
    waiting = [threads.submit(lambda: None) for _ in range(3)]

    threads.shutdown(wait=False, cancel_futures=True)
    go_on.set()
    threads.shutdown(wait=True)

    assert held.result(LONG)
    assert all(future.cancelled() for future in waiting)


def test_a_future_that_was_cancelled_is_not_run() -> None:
    threads, go_on = JobThreads(1), threading.Event()
    threads.submit(go_on.wait, LONG)
    told: list[int] = []
    waiting = threads.submit(told.append, 1)

    assert waiting.cancel()
    go_on.set()
    threads.shutdown()

    assert [] == told
