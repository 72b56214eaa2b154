"""The error report that a listener puts among a failed job's results.

    {"$topchef": {"v": 1, "error": {"kind": "handler", "title": "ValueError",
                                    "detail": "no sample in the magnet"}}}

Title and detail follow RFC 9457. Only this module knows the shape.
"""

from __future__ import annotations

from attrs import frozen

from .api import Json, JsonObject, is_object
from .one_line import one_line

KEY = "$topchef"
VERSION = 1


@frozen
class Failure:
    """What an error report says."""

    message: str
    """Its title and detail, in one line."""
    report: JsonObject
    """All of it."""


def error_report(
    kind: str, title: str, detail: str, *, retryable: bool = False, data: Json = None
) -> JsonObject:
    """The results of a job that failed.

    `kind` is one of handler, validation, result-invalid, serialization and cancelled.
    """
    error = {"kind": kind, "title": title, "detail": detail, "retryable": retryable}
    if data is not None:
        error["data"] = data
    return {KEY: {"v": VERSION, "error": error}}


BARE_REPORT = error_report("handler", "Error", "the service gave no reason")
"""For servers that have no other way to say that a job failed."""


def failure_in(results: JsonObject | None) -> Failure | None:
    """The failure that results report, or None where they are results."""
    body = (results or {}).get(KEY)
    error = body.get("error") if is_object(body) else None
    if not is_object(error):
        return None
    parts = [one_line(str(error[key])) for key in ("title", "detail") if error.get(key)]
    return Failure(": ".join(parts) or "no reason given", error)
