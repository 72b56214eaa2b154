"""`AsyncJob`: one piece of work for a service, as a task sees it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from .api import JsonObject
from .api.models import Job as JobDetails
from .api.models import JobStatus, JobSummary
from .async_connection import AsyncConnection, HasAsyncConnection
from .errors import ClientError, TransportError
from .exchanges import id_of, refused, results_of
from .job_record import has_ended, outcome_of, whole_record
from .waiting import Waiting


class AsyncJob:
    """A job of a TopChef server; safe to share between tasks.

    What cannot change is asked for once, if the list that the job is from did not tell it;
    `status` and `results` are asked for anew until the job has ended. What is asked for may
    raise `JobNotFoundError` or another `NetworkError`.

    Raises `RequestError` for an id that is no UUID.
    """

    def __init__(self, topchef: HasAsyncConnection, job_id: UUID | str) -> None:
        self._connection: AsyncConnection = topchef.connection
        self._id = id_of(job_id)
        self._known: JobDetails | None = None
        self._listed: JobSummary | None = None

    @classmethod
    def known(cls, topchef: HasAsyncConnection, details: JobDetails) -> AsyncJob:
        """A job whose details have just come from the server."""
        job = cls(topchef, details.id)
        job._known = details
        return job

    @classmethod
    def listed(cls, topchef: HasAsyncConnection, summary: JobSummary) -> AsyncJob:
        """A job from a list, which may leave out parameters and results."""
        job = cls(topchef, summary.id)
        job._listed = summary
        job._known = whole_record(summary)
        return job

    def __repr__(self) -> str:
        known = self._known or self._listed
        return f"<AsyncJob {self._id} ({'not asked for' if known is None else known.status})>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AsyncJob):
            return NotImplemented
        return (self._id, self._connection.url) == (other._id, other._connection.url)

    def __hash__(self) -> int:
        return hash((self._id, self._connection.url))

    @property
    def connection(self) -> AsyncConnection:
        """The server that the job is at."""
        return self._connection

    @property
    def id(self) -> UUID:
        """The job's id."""
        return self._id

    async def status(self) -> JobStatus:
        """Where the job stands: REGISTERED, WORKING, COMPLETED or ERROR."""
        return (await self._latest()).status

    async def last_status(self) -> JobStatus:
        """Where the job stood when the server was last asked."""
        return (self._known or self._listed or await self.refresh()).status

    async def parameters(self) -> JsonObject:
        """What the job was posted with."""
        listed = self._listed
        if self._known is None and listed is not None and listed.parameters is not None:
            return listed.parameters
        return (await self._details()).parameters

    async def date_submitted(self) -> datetime:
        """When it was posted; 2.0 gives every job the time when the server was started."""
        return (self._known or self._listed or await self.refresh()).date_submitted

    async def results(self) -> JsonObject | None:
        """What the service reported, or None until it has."""
        return results_of(await self._latest())

    async def is_done(self) -> bool:
        """Whether the job has ended, right or wrong."""
        return has_ended(await self._latest())

    async def is_complete(self) -> bool:
        """Whether the job has come right."""
        return await self.status() is JobStatus.COMPLETED

    async def report(self, status: JobStatus | None, results: JsonObject | None = None) -> None:
        """Report a status, results, or both, in one request.

        What is None stays as it is. Raises `ValidationError` when the server finds that the
        results break the service's schema.
        """
        try:
            self._known = await self._connection.update_job(
                self._id, status, results, known=self._known
            )
        except ClientError as error:
            raise refused(error) from error

    async def refresh(self, *, within: float | None = None) -> JobDetails:
        """Ask the server for the job, whatever is known of it; `within` bounds that, in seconds."""
        details = await self._connection.get_job(self._id, within=within)
        self._known = details
        return details

    async def wait(self, timeout: float | None = None) -> JsonObject:
        """Wait until the job has ended and return its results.

        `timeout` is in seconds; None waits without limit, and 0 looks once. Raises
        `JobFailedError` with the error report on ERROR, `TimeoutError` when time is up.
        """
        waiting = Waiting(self._id, timeout)
        while True:
            details = await self._look(waiting)
            if has_ended(details):
                return outcome_of(details)
            await self._connection.sleep(waiting.pause())

    async def _look(self, waiting: Waiting) -> JobDetails:
        """The job as it is now, asked for in the time that is left, but for a moment at least."""
        try:
            return await self._latest(within=waiting.within)
        except TransportError as error:
            known = waiting.failed(error)
            if known is error:
                raise
            raise known from error

    async def _details(self) -> JobDetails:
        """What is known of the job, asked for if nothing is."""
        return self._known or await self.refresh()

    async def _latest(self, *, within: float | None = None) -> JobDetails:
        """The job as it is now; one that has ended stays as it was."""
        known = self._known
        return known if known and has_ended(known) else await self.refresh(within=within)
