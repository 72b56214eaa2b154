"""Taking jobs from a service's queue: only this module knows what a claim is.

Servers of both generations hand one job to all who ask, and know no owner: a job is claimed by
setting it to WORKING, which promises something only while one listener works for the service.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from uuid import UUID

from attrs import define

from .api.models import JobStatus
from .connection import HasConnection
from .errors import ClientError, JobNotFoundError, NetworkError, ValidationError
from .job import Job
from .pacing import Clock

_log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which what the queue said of a job is believed without asking again."""


@define
class _Queued:
    """A job of the queue."""

    job: Job
    read: float
    """When the queue said so."""
    is_doubtful: bool = False
    """Whether a claim was sent whose answer was lost."""


class Intake:
    """The jobs of one service, taken one after the other.

    One look into the queue gives several jobs; these are kept until they are asked for.
    """

    def __init__(
        self, topchef: HasConnection, service_id: UUID, *, clock: Clock = time.monotonic
    ) -> None:
        self._topchef = topchef
        self._service_id = service_id
        self._clock = clock
        self._queue: deque[_Queued] = deque()
        self.latency: float = 0.0
        """Seconds that the last look into the queue took."""

    def take(self) -> Job | None:
        """The next job that can be claimed, claimed; None where there is none.

        Raises `NetworkError` while the server cannot be asked, or nobody knows whose a job is.
        """
        if not self._queue:
            self._read_queue()
        while self._queue:
            queued = self._queue[0]
            is_ours = self._claim(queued)
            self._queue.popleft()
            if is_ours:
                return queued.job
        return None

    def _claim(self, queued: _Queued) -> bool:
        """Claim a job of the queue; raises `NetworkError` while nobody knows whose it is."""
        try:
            if queued.is_doubtful or self._clock() - queued.read > FRESH:
                queued.job.refresh()
            status = queued.job.last_status
            if queued.is_doubtful and status is JobStatus.WORKING:
                return True  # the claim whose answer was lost has arrived
            if status is not JobStatus.REGISTERED:
                return False
            queued.job.report(JobStatus.WORKING)
        except (ClientError, JobNotFoundError, ValidationError) as error:
            _log.warning("job %s cannot be claimed: %s", queued.job.id, error)
            return False
        except NetworkError:
            queued.is_doubtful = True
            raise
        return True

    def _read_queue(self) -> None:
        began = self._clock()
        found = self._topchef.connection.get_queue(self._service_id)
        read = self._clock()
        self.latency = read - began
        self._queue.extend(_Queued(Job.listed(self._topchef, one), read) for one in found)
