"""The JSON Schemas that answers carry in `meta`, as 2.0 sends them: only this module knows them.

They tell people with a browser what an answer holds and what may be sent. Programs read the
OpenAPI document instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ..api import JsonObject

_DRAFT_4: Final = "http://json-schema.org/draft-04/schema#"

_TEXT: Final[JsonObject] = {"type": "string"}
_FLAG: Final[JsonObject] = {"type": "boolean"}
_OBJECT: Final[JsonObject] = {"type": "object"}
_ID: Final[JsonObject] = {"type": "string", "format": "uuid"}
_TIME: Final[JsonObject] = {"type": "string", "format": "date-time"}
_STATUS: Final[JsonObject] = {
    "type": "string",
    "enum": ["REGISTERED", "WORKING", "COMPLETED", "ERROR"],
}


def _record(
    title: str, properties: Mapping[str, JsonObject], required: Iterable[str] | None = None
) -> JsonObject:
    """The schema of an object; all of its properties are required unless told otherwise."""
    return {
        "$schema": _DRAFT_4,
        "title": title,
        "type": "object",
        "properties": dict(properties),
        # Draft 4 takes no empty list here (validation, section 5.4.3.1); 2.0 sends one.
        "required": sorted(properties if required is None else required),
    }


def _list_of(title: str, item: JsonObject) -> JsonObject:
    return {"$schema": _DRAFT_4, "title": title, "type": "array", "items": item}


_NEW_SERVICE: Final = _record(
    "New Service Schema",
    {
        "name": _TEXT,
        "description": _TEXT,
        "job_registration_schema": _OBJECT,
        "job_result_schema": _OBJECT,
    },
)
_SERVICE_ENTRY: Final = _record(
    "Service overview schema", {"id": _ID, "name": _TEXT, "description": _TEXT}
)
_JOB_ENTRY: Final = _record(
    "Job overview schema", {"id": _ID, "status": _STATUS, "date_submitted": _TIME}
)
_JOB: Final = _record(
    "Job Schema",
    {
        "id": _ID,
        "status": _STATUS,
        "parameters": _OBJECT,
        "results": {"type": ["object", "null"]},
        "date_submitted": _TIME,
    },
)
_SERVICE: Final = _record(
    "Detailed Service Schema",
    {
        **_NEW_SERVICE["properties"],
        "id": _ID,
        "is_service_available": _FLAG,
        "has_timed_out": _FLAG,
        "timeout": {"type": "integer"},  # 2.0 says that it is a string, and sends an integer
        "jobs": _list_of("Jobs", _JOB_ENTRY),
    },
)
_JOB_UPDATE: Final[JsonObject] = {
    "$schema": _DRAFT_4,
    "title": "Job Update Schema",
    "type": "object",
    "properties": {"status": _STATUS, "results": _OBJECT},
}

API: Final[JsonObject] = {
    "schema": _record("API Metadata", {"version": _TEXT, "maintainer_name": _TEXT})
}
SERVICES: Final[JsonObject] = {
    "new_service_schema": _NEW_SERVICE,
    "service_schema": _SERVICE_ENTRY,
}
SERVICE: Final[JsonObject] = {"service_schema": _SERVICE}
JOBS: Final[JsonObject] = {"data_schema": _list_of("Job Endpoint Schema", _JOB_ENTRY)}
JOB: Final[JsonObject] = {"job_info_schema": _JOB, "patch_request_schema": _JOB_UPDATE}
QUEUE: Final[JsonObject] = {"data_schema": _list_of("Job List Schema", _JOB)}
NEXT_JOB: Final[JsonObject] = {"job_schema": _JOB}
VALIDATOR: Final[JsonObject] = {
    "validator_schema": _record("JSON Schema Validator", {"object": _OBJECT, "schema": _OBJECT})
}


def jobs_of_service(job_registration_schema: JsonObject) -> JsonObject:
    """What the jobs of a service look like, and what a new one must be."""
    return {
        "data_schema": _list_of("Data Schema", _JOB),
        "new_job_schema": _record("New Job Schema", {"parameters": job_registration_schema}),
    }
