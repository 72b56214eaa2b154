"""A listener is killed, at random and at each write of its journal, and loses no job.

The long run is `python -m tests.chaos.chaos`.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from tests.chaos.chaos import run, settings, settle, worker_arguments
from tests.chaos.crash_points import Deaths, single_deaths
from tests.chaos.fault_proxy import Figures
from tests.chaos.faults import Fault
from tests.chaos.judgement import Ended, Policy, Trial, problems
from tests.chaos.laboratory import Laboratory
from tests.chaos.ledger import Run, append, read
from tests.chaos.patience import OverdueError, wait_until_none
from tests.chaos.run_report import Report, Setting
from tests.chaos.service import results_for
from tests.chaos.timeline import Action, timeline
from tests.chaos.traces import Traces
from tests.chaos.worker_process import WorkerProcess
from topchef_sdk import JobStatus
from topchef_sdk.api import JsonObject
from topchef_sdk.report import ErrorKind, error_report

POLICIES = list(Policy)

# Killed at random.


@pytest.mark.parametrize(("policy", "has_versions"), [(POLICIES[0], False), (POLICIES[1], True)])
def test_a_listener_that_is_killed_behind_a_bad_network_loses_nothing(
    policy: Policy, has_versions: bool
) -> None:
    setting = Setting(
        seed=21, jobs=12, kills=2, policy=policy, concurrency=2, has_versions=has_versions
    )
    report = run(setting)

    assert not report.problems, report.whole
    assert report.figures.bad > 0


# Killed at each write of the journal.

FEWEST_WRITES = 3
"""For each job, which is claimed, run and done."""


@pytest.mark.parametrize(("policy", "jobs"), [(Policy.ERROR, 2), (Policy.RETRY, 1)])
def test_a_listener_may_die_after_any_write_of_its_journal(policy: Policy, jobs: int) -> None:
    # Of two jobs, it also dies while one is done and the other is not, whatever the policy.
    assert_all_right(list(single_deaths(policy, is_before=False, jobs=jobs)), jobs * FEWEST_WRITES)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_listener_may_die_before_any_write_of_its_journal(policy: Policy) -> None:
    assert_all_right(list(single_deaths(policy, is_before=True, jobs=1)), FEWEST_WRITES)


def assert_all_right(told: list[Deaths], fewest: int) -> None:
    assert [] == [str(each) for each in told if each.problems]
    assert len(told) > fewest
    assert [True] * (len(told) - 1) + [False] == [each.have_all_died for each in told]


# What the harness would find.

RIGHT = Ended(3, JobStatus.COMPLETED, results_for(3))
CRASHED = Ended(3, JobStatus.ERROR, error_report(ErrorKind.WORKER_CRASH, "The listener died", ""))
OTHERS = [Ended(number, JobStatus.COMPLETED, results_for(number)) for number in range(3)]
OTHERS_RUNS = [Run(number, 1, 1) for number in range(3)]


def found(
    last: Ended | None, *runs: Run, policy: Policy = Policy.ERROR, kills: int = 1
) -> list[str]:
    """What is wrong with the last of four jobs."""
    trial = Trial(policy, jobs=4, kills=kills)
    return problems(trial, OTHERS if last is None else [*OTHERS, last], [*OTHERS_RUNS, *runs])


def test_what_is_right_is_no_problem() -> None:
    assert [] == found(RIGHT, Run(3, 1, 1))
    assert [] == found(CRASHED, Run(3, 1, 1))
    assert [] == found(CRASHED)
    assert [] == found(RIGHT, Run(3, 1, 1), Run(3, 2, 2), policy=Policy.RETRY)
    assert [] == found(RIGHT, Run(3, 2, 2), policy=Policy.RETRY)


def test_a_job_that_is_not_at_its_end_is_lost() -> None:
    for status in (JobStatus.REGISTERED, JobStatus.WORKING):
        assert [f"job 3 is lost: it is still {status.value}"] == found(Ended(3, status, None))


def test_a_job_that_is_gone_is_lost() -> None:
    assert ["4 jobs were posted; the server has [0, 1, 2]"] == found(None)


def test_a_job_may_not_be_run_twice_unless_it_is_to_be() -> None:
    assert ["job 3 was run 2 times"] == found(RIGHT, Run(3, 1, 1), Run(3, 2, 2))


def test_an_attempt_may_not_be_made_twice() -> None:
    assert ["job 3 was run more than once in one attempt: [1, 1]"] == found(
        RIGHT, Run(3, 1, 1), Run(3, 1, 2), policy=Policy.RETRY
    )


def test_there_may_not_be_more_attempts_than_kills() -> None:
    assert ["job 3 was run in attempt 3 after 1 kills"] == found(
        RIGHT, Run(3, 3, 1), policy=Policy.RETRY
    )


def test_results_have_to_be_those_of_the_job() -> None:
    ended = Ended(3, JobStatus.COMPLETED, results_for(2))

    assert ["job 3 is COMPLETED with {'value': 4}, another's results"] == found(ended, Run(3, 1, 1))


def test_a_job_may_not_be_completed_without_a_run() -> None:
    assert ["job 3 is COMPLETED and was never run"] == found(RIGHT)


@pytest.mark.parametrize("results", [None, error_report(ErrorKind.HANDLER, "ValueError", "")])
def test_an_error_has_to_be_that_of_a_crash(results: JsonObject | None) -> None:
    ended = Ended(3, JobStatus.ERROR, results)

    assert [f"job 3 is in ERROR with {results}"] == found(ended, Run(3, 1, 1))


def test_a_job_that_is_to_be_run_again_may_not_end_in_an_error() -> None:
    assert ["job 3 is in ERROR and was to be run again"] == found(
        CRASHED, Run(3, 1, 1), policy=Policy.RETRY
    )


def test_no_more_jobs_may_crash_than_were_running() -> None:
    assert ["1 jobs ended with their worker; 0 can have been running"] == found(CRASHED, kills=0)


def test_a_job_that_was_never_posted_may_not_be_run() -> None:
    assert ["job 7 was run and never posted"] == found(RIGHT, Run(3, 1, 1), Run(7, 1, 1))


# The parts of the harness.


def test_a_ledger_keeps_the_runs_of_all_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    runs = [Run(1, 1, 10), Run(2, 1, 11), Run(1, 2, 12)]

    assert [] == read(path)
    for each in runs:
        append(path, each)
    assert runs == read(path)


def test_a_seed_says_what_happens_and_when() -> None:
    moments = timeline(3, jobs=80, kills=12)
    actions = [moment.action for moment in moments]

    assert moments == timeline(3, jobs=80, kills=12)
    assert moments != timeline(4, jobs=80, kills=12)
    assert sorted(moment.at for moment in moments) == [moment.at for moment in moments]
    assert {
        Action.POST: 80,
        Action.KILL: 12,
        Action.PAUSE: 3,
        Action.RESUME: 3,
        Action.RESTART: 2,
    } == {action: actions.count(action) for action in Action}


def test_the_runs_take_turns_with_policies_servers_and_executors() -> None:
    made = settings(14, jobs=1, kills=1, seed=5)
    ways = [
        (each.executor, each.concurrency, each.has_versions, each.policy.value) for each in made
    ]

    assert list(range(5, 19)) == [each.seed for each in made]
    assert 12 == len(set(ways))
    assert ways[:2] == ways[12:]
    assert [
        ("thread", 1, True, "error"),
        ("thread", 1, True, "retry"),
        ("thread", 1, False, "error"),
        ("thread", 1, False, "retry"),
        ("thread", 4, True, "error"),
    ] == ways[:5]


def test_a_report_is_one_line_and_one_for_each_problem() -> None:
    setting = Setting(seed=1, jobs=4, kills=2, policy=Policy.ERROR)
    figures = Figures(40, {Fault.RESET: 3, Fault.TRUNCATED: 7}, cut=1, unreachable=2)
    right = Report(
        setting=setting, figures=figures, seconds=1.25, runs=4, crash_errors=1, problems=[]
    )
    wrong = Report(
        setting=setting,
        figures=figures,
        seconds=1.25,
        runs=4,
        crash_errors=1,
        problems=["job 3 was run 2 times"],
        folder=Path("/tmp/x"),
    )

    line = (
        "seed 1, error, thread × 1, versions, 4 jobs, 2 kills, 1.2 s, 4 runs, 1 crash errors, "
        "10.0 requests a job; 10 of 40 exchanges bad (reply truncated 7, reset before "
        "forwarding 3), 1 connections cut, 2 times no server"
    )
    assert f"right: {line}" == right.whole
    assert f"FAILED: {line}\n  job 3 was run 2 times\n  its files are in /tmp/x" == wrong.whole


def test_what_does_not_happen_is_said_to_be_in_the_way() -> None:
    with pytest.raises(OverdueError, match=r"^after 0 s there is still: a, b$"):
        wait_until_none(lambda: ["a", "b"], 0)


def test_a_worker_that_does_not_begin_is_no_riddle(tmp_path: Path) -> None:
    with (
        WorkerProcess(["--nonsense"], tmp_path / "log") as worker,
        pytest.raises(OverdueError, match=r"(?s)did not say that it begins.*--url"),
    ):
        worker.start()


def test_a_worker_that_ends_by_itself_is_not_waited_for(tmp_path: Path) -> None:
    traces = Traces(tmp_path)
    with Laboratory(traces.db) as laboratory:
        arguments = worker_arguments(laboratory.url, laboratory, traces, Policy.ERROR)
        laboratory.post()
        with WorkerProcess([*arguments, f"--service={NOBODY}"], traces.log) as worker:
            worker.start()
            with pytest.raises(OverdueError, match="the worker ended by itself with 78"):
                settle(laboratory, worker, traces)


NOBODY = UUID(int=0)
"""The id of no service."""
