"""Bringing the outcome of a job to the server, through failures that pass."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from .api import JsonObject
from .api.models import JobStatus
from .errors import ClientError, JobNotFoundError, NetworkError, ValidationError
from .job import Job
from .outcome import Ending, Verdict
from .pacing import Clock, RetryPauses

_log = logging.getLogger(__name__)

_TRANSIENT = (408, 429)
"""Statuses of refusals that pass (RFC 9110, section 15.5.9; RFC 6585, section 4)."""


class Delivery:
    """Sends outcomes, again and again for `patience` seconds where that may help."""

    def __init__(self, *, patience: float, pause: Callable[[float], None], clock: Clock) -> None:
        self._patience = patience
        self._pause = pause
        self._clock = clock

    def deliver(self, job: Job, verdict: Verdict) -> tuple[Ending, str]:
        """Report a verdict in one request, and say what the server has in the end.

        Status and results go together. What the service's schema refuses is reported as an
        error, and an error report that it refuses as a bare ERROR.
        """
        try:
            return self._deliver(job, verdict)
        except JobNotFoundError as error:
            return Ending.GONE, str(error)
        except NetworkError as error:
            # Nobody else has these results, so the log keeps them.
            _log.error("job %s: undelivered: %s", job.id, json.dumps(verdict.results))
            return Ending.UNDELIVERED, str(error)

    def _deliver(self, job: Job, verdict: Verdict) -> tuple[Ending, str]:
        if verdict.is_right:
            try:
                self._send(job, JobStatus.COMPLETED, verdict.results)
            except ValidationError as error:
                title = "The server refused the results"
                verdict = Verdict.failed("result-invalid", title, error.message)
            else:
                return Ending.COMPLETED, ""
        try:
            self._send(job, JobStatus.ERROR, verdict.results)
        except ValidationError as error:
            _log.warning("job %s: the error report was refused: %s", job.id, error)
            self._send(job, JobStatus.ERROR, None)
        return Ending.FAILED, verdict.message

    def _send(self, job: Job, status: JobStatus, results: JsonObject | None) -> None:
        """Send a report until it is answered; the same report twice does no harm."""
        pauses = RetryPauses()
        deadline = self._clock() + self._patience
        while True:
            try:
                job.report(status, results)
            except JobNotFoundError:
                raise
            except NetworkError as error:
                if isinstance(error, ClientError) and error.status not in _TRANSIENT:
                    # 413 and others: sending it again would not help, another report may.
                    raise ValidationError(str(error)) from error
                if self._clock() >= deadline:
                    raise
                _log.warning("job %s: will be reported again: %s", job.id, error)
            else:
                return
            self._pause(pauses.after_failure())
