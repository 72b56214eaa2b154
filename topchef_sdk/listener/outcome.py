"""How a job ends: what its handler gave, how that is judged, and what is told of it.

Nothing here does any I/O. `Performed` comes from whoever ran the handler, `Verdict` goes to the
server, `Outcome` to whoever watches the listener.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

from attrs import evolve, frozen

from ..api import InvalidError, Json, JsonObject, codec, is_object
from ..api.models import JobStatus
from ..contract import Contract
from ..report import KEY, ErrorKind, Origin, error_report


class Ending(Enum):
    """How an iteration of a listener went, or a job ended."""

    COMPLETED = "completed"
    """A job came right, and the server has its results."""
    FAILED = "failed"
    """A job did not come right, and the server knows."""
    GONE = "gone"
    """A job was done, but the server has none of its id any more."""
    OVERRULED = "overruled"
    """A job was done, but on the server it has ended in another way. The journal has ours."""
    REFUSED = "refused"
    """A job was done, but the server takes nothing for it. The journal has its outcome."""
    UNDELIVERED = "undelivered"
    """A job was done, but its outcome is not delivered yet. The journal has it."""
    HANDED_BACK = "handed back"
    """A job was taken and not done; it is in the queue again."""
    NO_JOB = "no job"
    """Nothing waits in the queue."""
    NO_CONTACT = "no contact"
    """The server cannot be reached, or not understood, or the journal not written; nothing was
    run."""


@frozen
class Outcome:
    """What became of one job, or of one iteration; with the facts that a metrics library needs."""

    ending: Ending
    job_id: UUID | None = None
    message: str = ""
    """Why it did not come right; empty if it did."""
    seconds: float = 0.0
    """From the claim to the answer to the report."""
    kind: ErrorKind | None = None
    """The kind of a failure, as in its error report."""
    attempt: int = 1
    """How many times the job was run, this one included."""
    run_seconds: float = 0.0
    """From the begin to the end of the handler, by the clock of whoever ran it."""
    sends: int = 0
    """How many exchanges with the server it took to report it."""

    def __str__(self) -> str:
        subject = "" if self.job_id is None else f"job {self.job_id} "
        reason = f": {self.message}" if self.message else ""
        return f"{subject}{self.ending.value} after {self.seconds:.3f} s{reason}"


@frozen
class HandlerFailure:
    """Why a handler gave no results."""

    kind: ErrorKind
    title: str
    detail: str
    data: Json = None
    is_retryable: bool = False
    traceback: str | None = None


@frozen
class Performed:
    """What a handler gave: results, or a failure. Travels between processes."""

    results: Json = None
    failure: HandlerFailure | None = None
    started: datetime | None = None
    finished: datetime | None = None
    was_interrupted: bool = False
    """Whether it was an interrupt, such as Ctrl-C, that ended the handler."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        if self.started is None or self.finished is None:
            return 0.0
        return (self.finished - self.started).total_seconds()


@frozen
class Verdict:
    """What is to be reported of a job."""

    is_right: bool
    results: JsonObject | None
    """The results, or an error report, or None for an ERROR without one."""
    kind: ErrorKind | None = None
    message: str = ""
    """Why it did not come right, in one line."""
    computed: JsonObject | None = None
    """Results that are not reported, because the service does not promise such: for the journal."""

    @staticmethod
    def failed(failure: HandlerFailure, origin: Origin) -> Verdict:
        """A job that did not come right."""
        title, detail = _told(failure.title), _told(failure.detail)
        report = error_report(
            failure.kind,
            title,
            detail,
            retryable=failure.is_retryable,
            data=_as_json(failure.data),
            traceback=failure.traceback and _told(failure.traceback),
            origin=origin,
        )
        message = f"{title}: {detail}" if detail else title
        return Verdict(False, report, failure.kind, message)

    @property
    def status(self) -> JobStatus:
        """The status to report."""
        return JobStatus.COMPLETED if self.is_right else JobStatus.ERROR

    @property
    def is_bare(self) -> bool:
        """Whether it is an ERROR without a report."""
        return not self.is_right and self.results is None

    def bare(self) -> Verdict:
        """The same failure without its report."""
        return Verdict(False, None, self.kind, self.message)

    def refused(self, reason: str, is_too_large: bool) -> Verdict:
        """The failure that it is when the server refuses results."""
        title = "The results are too large" if is_too_large else "The server refused the results"
        kind = ErrorKind.TOO_LARGE if is_too_large else ErrorKind.RESULT_INVALID
        return Verdict.failed(HandlerFailure(kind, title, reason), Origin())

    def is_reported_by(self, status: JobStatus, results: JsonObject | None) -> bool:
        """Whether a job with this status and these results has this verdict."""
        return status is self.status and (self.is_bare or results == self.results)


def judge(performed: Performed, expected: Contract, origin: Origin) -> Verdict:
    """Judge what a handler gave by the schema of results."""
    if performed.failure is not None:
        return Verdict.failed(performed.failure, origin)
    results = performed.results
    try:
        # What is sent, kept and compared later is the value that the text has, not the object.
        written = codec.decode(codec.encode(results), object)
    except InvalidError as error:
        failure = HandlerFailure(ErrorKind.SERIALIZATION, "Results are not JSON", str(error))
        return Verdict.failed(failure, origin)
    if not is_object(written):
        title, detail = "Results are not an object", f"got {type(written).__name__}"
        return Verdict.failed(HandlerFailure(ErrorKind.RESULT_INVALID, title, detail), origin)
    problems = _problems(written, expected)
    if not problems:
        return Verdict(True, written)
    failure = HandlerFailure(ErrorKind.RESULT_INVALID, "Invalid results", "; ".join(problems))
    return evolve(Verdict.failed(failure, origin), computed=written)


def _problems(results: JsonObject, expected: Contract) -> tuple[str, ...]:
    if KEY in results:
        return (f"{KEY!r} is for error reports",)
    return expected.violations(results)


def _told(text: str) -> str:
    """A text as UTF-8 can tell it: errors quote whatever they were given."""
    return text.encode("utf-8", "backslashreplace").decode()


def _as_json(value: Json) -> Json:
    """A value as JSON, or what it looks like where it is none: a report must not fail."""
    try:
        return codec.decode(codec.encode(value), object)
    except InvalidError:
        return _told(repr(value))
