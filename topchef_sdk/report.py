"""The error report that a listener puts among a failed job's results.

    {"$topchef": {"v": 1,
                  "error": {"kind": "handler", "title": "ValueError",
                            "detail": "no sample in the magnet", "retryable": false},
                  "worker": {"host": "nmr-1", "pid": 4711, "sdk": "0.1.0"},
                  "attempt": 1,
                  "times": {"started": "…", "finished": "…"}}}

Title and detail follow RFC 9457. Only this module knows the shape.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import frozen

from .api import Json, JsonObject, is_object
from .one_line import one_line

KEY = "$topchef"
VERSION = 1

MOST_TRACEBACK = 16_000
"""Characters of a traceback that a report has at most; the end of it, which tells most."""


class ErrorKind(Enum):
    """What kind of thing went wrong with a job."""

    HANDLER = "handler"
    """The handler raised."""
    VALIDATION = "validation"
    """The parameters are not what the service takes."""
    RESULT_INVALID = "result-invalid"
    """The results are not what the service promises."""
    SERIALIZATION = "serialization"
    """The results are not JSON."""
    TOO_LARGE = "too-large"
    """The server takes no results of this size."""
    WORKER_CRASH = "worker-crash"
    """The listener died while the job ran."""
    TIMEOUT = "timeout"
    """Something took too long: the handler raised `TimeoutError`."""
    CANCELLED = "cancelled"
    """The job was ended from outside."""
    REJECTED = "rejected"
    """The handler will not do the job."""
    INFRASTRUCTURE = "infrastructure"
    """What runs the handler broke: a process that was killed, a cluster that is gone."""


@frozen
class Failure:
    """What an error report says."""

    message: str
    """Its title and detail, in one line."""
    report: JsonObject
    """All that it says of the error."""


@frozen
class Origin:
    """Where and when a job failed, as far as it is known."""

    worker: JsonObject | None = None
    attempt: int | None = None
    started: datetime | None = None
    finished: datetime | None = None


NOWHERE = Origin()


def error_report(
    kind: ErrorKind,
    title: str,
    detail: str,
    *,
    retryable: bool = False,
    data: Json = None,
    traceback: str | None = None,
    origin: Origin = NOWHERE,
) -> JsonObject:
    """The results of a job that failed."""
    error: JsonObject = {
        "kind": kind.value,
        "title": title,
        "detail": detail,
        "retryable": retryable,
    }
    if traceback is not None:
        error["traceback"] = traceback[-MOST_TRACEBACK:]
    if data is not None:
        error["data"] = data
    report: JsonObject = {"v": VERSION, "error": error}
    if origin.worker is not None:
        report["worker"] = origin.worker
    if origin.attempt is not None:
        report["attempt"] = origin.attempt
    times = {"started": origin.started, "finished": origin.finished}
    known = {name: time.isoformat() for name, time in times.items() if time is not None}
    if known:
        report["times"] = known
    return {KEY: report}


BARE_REPORT = error_report(ErrorKind.HANDLER, "Error", "the service gave no reason")
"""For servers that have no other way to say that a job failed."""


def failure_in(results: JsonObject | None) -> Failure | None:
    """The failure that results report, or None where they are results."""
    body = (results or {}).get(KEY)
    error = body.get("error") if is_object(body) else None
    if not is_object(error):
        return None
    parts = [one_line(str(error[key])) for key in ("title", "detail") if error.get(key)]
    return Failure(": ".join(parts) or "no reason given", error)
