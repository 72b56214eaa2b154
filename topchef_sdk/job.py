"""`Job`: one piece of work for a service, as a client sees it."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from .api import JsonObject, Transport
from .api.models import Job as JobDetails
from .api.models import JobStatus, JobSummary
from .connection import Connection, HasConnection, connection_to, refused, results_of
from .errors import ClientError, JobFailedError
from .report import failure_in
from .status_line import StatusLine

FIRST_PAUSE = 0.1
"""Seconds between the first two looks of `wait`."""
LONGEST_PAUSE = 2.0
"""Seconds between two looks of `wait` at most."""

_ENDINGS = (JobStatus.COMPLETED, JobStatus.ERROR)


class Job:
    """A job of a TopChef server.

    What cannot change is asked for once; `status` and `results` are asked for anew until the
    job has ended. Reading may raise `JobNotFoundError` or another `NetworkError`.
    """

    def __init__(
        self,
        topchef_url: str | HasConnection,
        job_id: UUID | str,
        transport: Transport | None = None,
    ) -> None:
        self._connection: Connection = connection_to(topchef_url, transport)
        self._id = job_id if isinstance(job_id, UUID) else UUID(job_id)
        self._known: JobDetails | None = None

    @classmethod
    def known(cls, topchef: HasConnection, details: JobDetails) -> Job:
        """A job whose details have just come from the server."""
        job = cls(topchef, details.id)
        job._known = details
        return job

    @classmethod
    def listed(cls, topchef: HasConnection, summary: JobSummary) -> Job:
        """A job from a list, which on 1.0 tells no parameters."""
        job = cls(topchef, summary.id)
        if summary.parameters is not None:
            job._known = JobDetails(
                id=summary.id,
                status=summary.status,
                parameters=summary.parameters,
                date_submitted=summary.date_submitted,
                results=summary.results,
            )
        return job

    def __repr__(self) -> str:
        status = "not asked for" if self._known is None else self._known.status
        return f"<Job {self._id} ({status})>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Job):
            return NotImplemented
        return (self._id, self._connection.url) == (other._id, other._connection.url)

    def __hash__(self) -> int:
        return hash((self._id, self._connection.url))

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self._id

    @property
    def job_id(self) -> UUID:
        """The same, under the name that it had in the first client."""
        return self._id

    @property
    def job_details_endpoint(self) -> str:
        """Where the job is."""
        return f"{self._connection.url}/jobs/{self._id}"

    @property
    def status(self) -> JobStatus:
        """Where the job is: REGISTERED, WORKING, COMPLETED or ERROR."""
        return self._latest().status

    @property
    def last_status(self) -> JobStatus:
        """Where the job was when the server was last asked."""
        return self._details().status

    @property
    def parameters(self) -> JsonObject:
        """What the job was posted with."""
        return self._details().parameters

    @property
    def date_submitted(self) -> datetime:
        """When it was posted; 2.0 gives every job the time when the server was started."""
        return self._details().date_submitted

    @property
    def results(self) -> JsonObject | None:
        """What the service reported, or None until it has."""
        return results_of(self._latest())

    @property
    def result(self) -> JsonObject | None:
        """The same, under the name that servers of generation 1.0 give it; setting reports it."""
        return self.results

    @result.setter
    def result(self, results: JsonObject) -> None:
        self.report(self.status, results)

    @property
    def is_done(self) -> bool:
        """Whether the job has ended, right or wrong."""
        return self.status in _ENDINGS

    @property
    def is_complete(self) -> bool:
        """Whether the job has come right."""
        return self.status is JobStatus.COMPLETED

    @property
    def job_details(self) -> JobDetails:
        """The whole record, asked for anew. Setting it reports its status and results."""
        self.refresh()
        return self._details()

    @job_details.setter
    def job_details(self, details: JobDetails) -> None:
        self.report(details.status, results_of(details))

    def report(self, status: JobStatus, results: JsonObject | None = None) -> None:
        """Report a status, and results with it, in one request.

        Raises `ValidationError` when the results break the service's schema.
        """
        try:
            self._known = self._connection.update_job(self._id, status, results, known=self._known)
        except ClientError as error:
            raise refused(error) from error

    def refresh(self) -> None:
        """Ask the server for the job, whatever is known of it."""
        self._known = self._connection.get_job(self._id)

    def wait(self, timeout: float | None = None, progress: bool = False) -> JsonObject:
        """Wait until the job has ended and return its results.

        `timeout` is in seconds; None waits without limit. `progress` shows the job's status on a terminal.
        Raises `JobFailedError` with the error report on ERROR, `TimeoutError` when time is up.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        pause = FIRST_PAUSE
        with StatusLine(is_shown=progress) as line:
            while (status := self.status) not in _ENDINGS:
                line.show(f"job {self._id}: {status}")
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError(f"job {self._id} has not ended after {timeout} s")
                time.sleep(pause if left is None else min(pause, left))
                pause = min(pause * 1.5, LONGEST_PAUSE)
            line.show(f"job {self._id}: {status}")
        return self._outcome()

    def _outcome(self) -> JsonObject:
        details = self._details()
        results = results_of(details)
        failure = failure_in(results)
        if failure is not None:
            raise JobFailedError(self._id, failure.message, failure.report)
        if details.status is JobStatus.ERROR:
            raise JobFailedError(self._id, "the service reported ERROR and no reason", results)
        return {} if results is None else results

    def _details(self) -> JobDetails:
        """What is known of the job, asked for if nothing is."""
        if self._known is None:
            self._known = self._connection.get_job(self._id)
        return self._known

    def _latest(self) -> JobDetails:
        """The job as it is now; one that has ended stays as it was."""
        if self._known is None or self._known.status not in _ENDINGS:
            self.refresh()
        return self._details()
