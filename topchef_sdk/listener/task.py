"""One job, done: what goes to an executor, and the only code of the listener that runs there.

`perform` is importable and never raises, so an exception of its future always means that what runs
it broke. Whatever it takes and gives pickles, for executors in other processes.
"""

from __future__ import annotations

import contextlib
import traceback as tracebacks
from datetime import UTC, datetime
from typing import Final, Protocol

from attrs import evolve

from ..api import InvalidError, Json, JsonObject, codec
from ..errors import ProcessingError, SetupError
from ..report import MOST_TRACEBACK, ErrorKind
from .context import Context, in_context
from .outcome import HandlerFailure, Performed
from .workplace import prepare


class Handler(Protocol):
    """Does jobs, as far as an executor needs to know it."""

    @property
    def token(self) -> str:
        """The same for all copies of one handler, wherever they are."""
        ...

    @property
    def is_copy(self) -> bool:
        """Whether it has come from another process."""
        ...

    @property
    def reports_tracebacks(self) -> bool:
        """Whether an error report tells where in the code it was raised."""
        ...

    def setup(self) -> None:
        """Called once in each process, before its first job."""
        ...

    def teardown(self) -> None:
        """Called once in each process, after its last job."""
        ...

    def do(self, parameters: JsonObject, context: Context) -> Json:
        """Do one job; raises `ParametersError` and `ResultsError`, and what the handler raises."""
        ...

    def unpicklable(self) -> list[str]:
        """The names of what keeps it from going to another process."""
        ...


class ParametersError(ValueError):
    """The parameters of a job cannot be read as what the handler takes."""


class ResultsError(ValueError):
    """What a handler gave is not what it says that it gives, or no JSON at all."""

    def __init__(self, message: str, kind: ErrorKind) -> None:
        super().__init__(message)
        self.kind: ErrorKind = kind


def perform(handler: Handler, parameters: JsonObject, context: Context) -> Performed:
    """Do one job; whatever goes wrong is in what this returns."""
    started = datetime.now(UTC)
    results: Json = None
    failure: HandlerFailure | None = None
    was_interrupted = False
    try:
        ready = prepare(handler)
        with in_context(context):
            results = ready.do(parameters, context)
    except BaseException as error:
        # Also SystemExit, which programs made for a command line raise, and KeyboardInterrupt.
        failure = _failure(error, is_cancelled=context.cancelled)
        if handler.reports_tracebacks and not isinstance(error, ParametersError):
            failure = _with_traceback(failure, error)
        was_interrupted = isinstance(error, KeyboardInterrupt)
    return Performed(results, failure, started, datetime.now(UTC), was_interrupted)


def preparation(handler: Handler) -> HandlerFailure | None:
    """Set a handler up where an executor runs this; returns why that failed, if it did."""
    try:
        prepare(handler)  # and leave it there: often what `setup` makes cannot travel
    except SetupError as error:
        return _with_traceback(_failure(error), error)
    return None


def interrupted(detail: str) -> HandlerFailure:
    """A job that was ended from outside while it ran."""
    return HandlerFailure(ErrorKind.CANCELLED, "Interrupted", detail, is_retryable=True)


_OF_RESULTS: Final = {
    ErrorKind.RESULT_INVALID: "Invalid results",
    ErrorKind.SERIALIZATION: "Results are not JSON",
}


def _failure(error: BaseException, *, is_cancelled: bool = False) -> HandlerFailure:
    title, detail = type(error).__name__, _text(error)
    match error:
        case KeyboardInterrupt():
            return interrupted(f"{title} ended the job while it ran")
        case SetupError(__cause__=BaseException() as cause):
            # In another process it may go right.
            told = f"{type(cause).__name__}: {_text(cause)}"
            kind = ErrorKind.INFRASTRUCTURE
            return HandlerFailure(kind, "The setup failed", told, is_retryable=True)
        case ProcessingError():
            return _processing_failure(error)
        case ParametersError():
            return HandlerFailure(ErrorKind.VALIDATION, "Invalid parameters", detail)
        case ResultsError():
            return HandlerFailure(error.kind, _OF_RESULTS[error.kind], detail)
        case _ if is_cancelled:
            return HandlerFailure(ErrorKind.CANCELLED, title, detail, is_retryable=True)
        case TimeoutError():
            return HandlerFailure(ErrorKind.TIMEOUT, title, detail)
        case _:
            return HandlerFailure(ErrorKind.HANDLER, title, detail)


def _processing_failure(error: ProcessingError) -> HandlerFailure:
    """What a handler said in its own words, as far as they are what they should be."""
    try:
        kind = ErrorKind(error.kind)
    except ValueError:
        kind = ErrorKind.HANDLER
    return HandlerFailure(
        kind, "ProcessingError", _text(error), _plain(error.data), error.retryable is True
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:  # the error is the handler's own, and so may be its text
        return "(its text cannot be told)"


def _plain(data: object) -> Json:
    """Data as JSON, or what it looks like: whatever else it is may not pickle."""
    with contextlib.suppress(InvalidError):
        return codec.unstructure(data)
    with contextlib.suppress(BaseException):
        return repr(data)
    return "(it cannot be told)"


def _with_traceback(failure: HandlerFailure, error: BaseException) -> HandlerFailure:
    trace = error.__traceback__ and error.__traceback__.tb_next  # without `perform` itself
    with contextlib.suppress(BaseException):  # errors of the handler's own may have any attributes
        text = "".join(tracebacks.format_exception(type(error), error, trace))
        return evolve(failure, traceback=text[-MOST_TRACEBACK:])
    return failure
