"""How a job ends: pure judgement of parameters, handler and results."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from uuid import UUID

from attrs import frozen

from .api import InvalidError, Json, JsonObject, codec, is_object
from .contract import Contract
from .errors import ProcessingError
from .report import error_report

Handler = Callable[[JsonObject], JsonObject]


class Ending(Enum):
    """How an iteration of a listener went."""

    COMPLETED = "completed"
    """A job came right, and the server has its results."""
    FAILED = "failed"
    """A job did not come right, and the server knows."""
    GONE = "gone"
    """A job was done, but the server has none of its id any more."""
    UNDELIVERED = "undelivered"
    """A job was done, but its outcome could not be delivered."""
    NO_JOB = "no job"
    """Nothing waits in the queue."""
    NO_CONTACT = "no contact"
    """The server cannot be reached, or not understood; nothing was run."""


@frozen
class Outcome:
    """What one iteration of a listener did."""

    ending: Ending
    job_id: UUID | None = None
    message: str = ""
    """Why it did not come right; empty if it did."""
    seconds: float = 0.0
    """From the look into the queue to the answer to the report."""

    def __str__(self) -> str:
        subject = "" if self.job_id is None else f"job {self.job_id} "
        reason = f": {self.message}" if self.message else ""
        return f"{subject}{self.ending.value} after {self.seconds:.3f} s{reason}"


@frozen
class Verdict:
    """What is to be reported of a job."""

    is_right: bool
    results: JsonObject
    """The results, or an error report."""
    message: str = ""

    @staticmethod
    def failed(kind: str, title: str, detail: str, data: Json = None) -> Verdict:
        """A job that did not come right."""
        message = f"{title}: {detail}" if detail else title
        return Verdict(False, error_report(kind, title, detail, data=data), message)

    @staticmethod
    def interrupted(error: BaseException) -> Verdict:
        """A job that was ended from outside while it ran."""
        detail = f"{type(error).__name__} ended the job while it ran"
        return Verdict.failed("cancelled", "Interrupted", detail)


def judge(
    handler: Handler, parameters: JsonObject, promised: Contract, expected: Contract
) -> Verdict:
    """Run a handler on parameters, if these are valid, and judge what it returns.

    What the handler raises is a verdict, also `SystemExit`; interrupts pass through.
    """
    violations = promised.violations(parameters)
    if violations:
        return Verdict.failed("validation", "Invalid parameters", "; ".join(violations))
    try:
        results: object = handler(parameters)
    except ProcessingError as error:
        return Verdict.failed("handler", "ProcessingError", error.message, error.data)
    except (Exception, SystemExit) as error:
        # Programs that were made for a command line end themselves; a listener goes on.
        return Verdict.failed("handler", type(error).__name__, str(error))
    return _judged(results, expected)


def _judged(results: object, expected: Contract) -> Verdict:
    try:
        written: Json = codec.unstructure(results)
    except InvalidError as error:
        return Verdict.failed("serialization", "Results are not JSON", str(error))
    if not is_object(written):
        kind = type(results).__name__
        return Verdict.failed("result-invalid", "Results are not an object", f"got {kind}")
    violations = expected.violations(written)
    if violations:
        return Verdict.failed("result-invalid", "Invalid results", "; ".join(violations))
    return Verdict(True, written)
