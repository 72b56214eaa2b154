"""`Laboratory`: an embedded server on a file and one service of it, to be restarted at will."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self
from uuid import UUID

from tests.chaos.judgement import Ended
from tests.chaos.service import DESCRIPTION, NAME, PARAMETERS, RESULTS
from tests.chaos.worker import Appending
from topchef_sdk import Client, JobStatus
from topchef_sdk.server import TopChefServer

ENDS: Final = (JobStatus.COMPLETED, JobStatus.ERROR)


class Laboratory:
    """A server and its one service, whose jobs have numbers.

    Use it in a `with` statement. Only one thread may use it.
    """

    def __init__(self, db: Path) -> None:
        self._db = db
        self._posted: dict[UUID, int] = {}

    def __enter__(self) -> Self:
        self._start()
        made = Appending.new_service(self._client, NAME, DESCRIPTION, PARAMETERS, RESULTS)
        self.service_id: UUID = made.service_id
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.stop()

    @property
    def url(self) -> str:
        """Where the server is; another place after each restart."""
        return self._server.url

    def restart(self) -> None:
        """Stop the server and start it again over its database."""
        self.__exit__()
        self._start()

    def post(self) -> None:
        """Post a job with the next number."""
        number = len(self._posted)
        job = self._client.services[self.service_id].new_job({"number": number})
        self._posted[job.id] = number

    def jobs(self) -> list[Ended]:
        """All jobs as they stand."""
        found = self._client.connection.list_service_jobs(self.service_id)
        return [Ended(self._posted[job.id], job.status, job.results or None) for job in found]

    def unfinished(self) -> list[str]:
        """The jobs that are not at their end."""
        return [
            f"job {job.number} {job.status.value}" for job in self.jobs() if job.status not in ENDS
        ]

    def _start(self) -> None:
        self._server = TopChefServer(self._db)
        self._server.start()
        self._client = Client(self._server.url)
