"""What must be so in the end, whatever went wrong: pure judgement of jobs and of what was run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from attrs import frozen

from tests.chaos.ledger import Run
from topchef_sdk import JobStatus
from topchef_sdk.api import JsonObject
from topchef_sdk.report import failure_in


class Policy(Enum):
    """What a listener is told to do with jobs that ran when it was killed."""

    ERROR = "error"
    RETRY = "retry"


@frozen
class Ended:
    """A job as the server has it in the end."""

    number: int
    status: JobStatus
    results: JsonObject | None

    @property
    def is_crash(self) -> bool:
        """Whether it was reported as one that its worker died with."""
        failure = failure_in(self.results) if self.status is JobStatus.ERROR else None
        return failure is not None and failure.report.get("kind") == "worker-crash"


@frozen
class Trial:
    """What was done to the listener."""

    policy: Policy
    jobs: int
    """How many were posted, numbered from 0."""
    kills: int
    concurrency: int = 1
    """How many jobs ran at a time."""


def problems(trial: Trial, ended: Sequence[Ended], runs: Sequence[Run]) -> list[str]:
    """All that should not be so, one line each."""
    attempts: dict[int, list[int]] = defaultdict(list)
    for run in runs:
        attempts[run.number].append(run.attempt)
    return [
        *_numbers_wrong(trial, [job.number for job in ended], attempts),
        *(line for job in ended for line in _wrong_end(trial.policy, job, attempts[job.number])),
        *(line for number in sorted(attempts) for line in _wrong_runs(trial, number, attempts)),
        *_too_many_crashes(trial, ended),
    ]


def _numbers_wrong(trial: Trial, numbers: Sequence[int], run: Iterable[int]) -> Iterator[str]:
    posted = range(trial.jobs)
    if sorted(numbers) != list(posted):
        yield f"{trial.jobs} jobs were posted; the server has {sorted(numbers)}"
    for number in sorted(set(run) - set(posted)):
        yield f"job {number} was run and never posted"


def _wrong_end(policy: Policy, job: Ended, attempts: Sequence[int]) -> Iterator[str]:
    match job.status:
        case JobStatus.COMPLETED:
            if job.results != {"value": job.number * 2}:
                yield f"job {job.number} is COMPLETED with {job.results}, another's results"
            if not attempts:
                yield f"job {job.number} is COMPLETED and was never run"
        case JobStatus.ERROR:
            if not job.is_crash:
                yield f"job {job.number} is in ERROR with {job.results}"
            if policy is Policy.RETRY:
                yield f"job {job.number} is in ERROR and was to be run again"
        case _:
            yield f"job {job.number} is lost: it is still {job.status.value}"


def _wrong_runs(trial: Trial, number: int, runs: dict[int, list[int]]) -> Iterator[str]:
    attempts = runs[number]
    if trial.policy is Policy.ERROR and len(attempts) > 1:
        yield f"job {number} was run {len(attempts)} times"
    if len(set(attempts)) < len(attempts):
        yield f"job {number} was run more than once in one attempt: {attempts}"
    if attempts and max(attempts) > 1 + trial.kills:
        yield f"job {number} was run in attempt {max(attempts)} after {trial.kills} kills"


def _too_many_crashes(trial: Trial, ended: Sequence[Ended]) -> Iterator[str]:
    """A worker that is killed takes with it the jobs that it runs, and no others."""
    crashes = sum(job.is_crash for job in ended)
    most = trial.kills * trial.concurrency
    if crashes > most:
        yield f"{crashes} jobs ended with their worker; {most} can have been running"
