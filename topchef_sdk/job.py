"""`Job`: one piece of work for a service, as a client sees it."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from .api import JsonObject, Transport
from .api.models import Job as JobDetails
from .api.models import JobStatus, JobSummary
from .connection import Connection, HasConnection, connection_to
from .errors import ClientError, TransportError
from .exchanges import id_of, refused, results_of
from .job_record import has_ended, outcome_of, whole_record
from .status_line import StatusLine
from .waiting import Waiting


class Job:
    """A job of a TopChef server; safe to share between threads.

    What cannot change is asked for once, if the list that the job is from did not tell it;
    `status` and `results` are asked for anew until the job has ended. Reading may raise
    `JobNotFoundError` or another `NetworkError`.

    `transport` carries the requests to a URL in place of HTTP over sockets. Raises `RequestError`
    for an id that is no UUID.
    """

    def __init__(
        self,
        topchef_url: str | HasConnection,
        job_id: UUID | str,
        transport: Transport | None = None,
    ) -> None:
        self._connection: Connection = connection_to(topchef_url, transport)
        self._id = id_of(job_id)
        self._known: JobDetails | None = None
        self._listed: JobSummary | None = None

    @classmethod
    def known(cls, topchef: HasConnection, details: JobDetails) -> Job:
        """A job whose details have just come from the server."""
        job = cls(topchef, details.id)
        job._known = details
        return job

    @classmethod
    def listed(cls, topchef: HasConnection, summary: JobSummary) -> Job:
        """A job from a list, which may leave out parameters and results."""
        job = cls(topchef, summary.id)
        job._listed = summary
        job._known = whole_record(summary)
        return job

    def __repr__(self) -> str:
        known = self._known or self._listed
        return f"<Job {self._id} ({'not asked for' if known is None else known.status})>"

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
        """Where the job stands: REGISTERED, WORKING, COMPLETED or ERROR."""
        return self._latest().status

    @property
    def last_status(self) -> JobStatus:
        """Where the job stood when the server was last asked."""
        return (self._known or self._listed or self._details()).status

    @property
    def parameters(self) -> JsonObject:
        """What the job was posted with."""
        listed = self._listed
        if self._known is None and listed is not None and listed.parameters is not None:
            return listed.parameters
        return self._details().parameters

    @property
    def date_submitted(self) -> datetime:
        """When it was posted; 2.0 gives every job the time when the server was started."""
        return (self._known or self._listed or self._details()).date_submitted

    @property
    def results(self) -> JsonObject | None:
        """What the service reported, or None until it has."""
        return results_of(self._latest())

    @property
    def result(self) -> JsonObject | None:
        """The same, under the name that it has on 1.0. Setting reports it, not the job's end."""
        return self.results

    @result.setter
    def result(self, results: JsonObject) -> None:
        self._report(None, results)

    @property
    def is_done(self) -> bool:
        """Whether the job has ended, right or wrong."""
        return has_ended(self._latest())

    @property
    def is_complete(self) -> bool:
        """Whether the job has come right."""
        return self.status is JobStatus.COMPLETED

    @property
    def job_details(self) -> JobDetails:
        """The whole record, asked for anew. Setting it reports its status and results."""
        return self.refresh()

    @job_details.setter
    def job_details(self, details: JobDetails) -> None:
        self.report(details.status, results_of(details))

    def report(self, status: JobStatus, results: JsonObject | None = None) -> None:
        """Report a status, and results with it, in one request.

        Results that were reported stay when none are given. Raises `ValidationError` when the
        server finds that they break the service's schema.
        """
        self._report(status, results)

    def _report(self, status: JobStatus | None, results: JsonObject | None) -> None:
        try:
            self._known = self._connection.update_job(self._id, status, results, known=self._known)
        except ClientError as error:
            raise refused(error) from error

    def refresh(self, *, within: float | None = None) -> JobDetails:
        """Ask the server for the job, whatever is known of it; `within` bounds that, in seconds."""
        details = self._connection.get_job(self._id, within=within)
        self._known = details
        return details

    def wait(self, timeout: float | None = None, progress: bool = False) -> JsonObject:
        """Wait until the job has ended and return its results.

        `timeout` is in seconds; None waits without limit, and 0 looks once. `progress` shows the
        job's status on standard error where that is a terminal. Raises `JobFailedError` with the
        error report on ERROR, `TimeoutError` when time is up.
        """
        waiting = Waiting(self._id, timeout)
        with StatusLine(is_shown=progress) as line:
            while True:
                details = self._look(waiting)
                line.show(f"job {self._id}: {details.status}")
                if has_ended(details):
                    return outcome_of(details)
                time.sleep(waiting.pause())

    def _look(self, waiting: Waiting) -> JobDetails:
        """The job as it is now, asked for in the time that is left, but for a moment at least."""
        try:
            return self._latest(within=waiting.within)
        except TransportError as error:
            known = waiting.failed(error)
            if known is error:
                raise
            raise known from error

    def _details(self) -> JobDetails:
        """What is known of the job, asked for if nothing is."""
        return self._known or self.refresh()

    def _latest(self, *, within: float | None = None) -> JobDetails:
        """The job as it is now; one that has ended stays as it was."""
        known = self._known
        return known if known and has_ended(known) else self.refresh(within=within)
