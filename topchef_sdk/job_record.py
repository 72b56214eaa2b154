"""What a job's record means: for clients of any kind."""

from __future__ import annotations

from typing import Final

from .api import UNSET, JsonObject
from .api.models import Job, JobStatus, JobSummary
from .errors import JobFailedError
from .exchanges import results_of
from .report import failure_in

_ENDINGS: Final = (JobStatus.COMPLETED, JobStatus.ERROR)


def has_ended(job: Job) -> bool:
    """Whether it has ended, right or wrong."""
    return job.status in _ENDINGS


def outcome_of(job: Job) -> JsonObject:
    """The results of a job that has ended; raises `JobFailedError` with the report on ERROR."""
    results = results_of(job)
    failure = failure_in(results)
    if failure is not None:
        raise JobFailedError(job.id, failure.message, failure.report)
    if job.status is JobStatus.ERROR:
        raise JobFailedError(
            job.id, "the service reported ERROR and no reason; its own log may tell", results
        )
    return {} if results is None else results


def whole_record(summary: JobSummary) -> Job | None:
    """The record of a job from a list, if the list leaves nothing out."""
    if summary.parameters is None or summary.results is UNSET:
        return None
    return Job(
        id=summary.id,
        status=summary.status,
        parameters=summary.parameters,
        date_submitted=summary.date_submitted,
        results=summary.results,
    )
