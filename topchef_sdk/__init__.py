"""A typed client and worker for the TopChef job API."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .api import RetryPolicy, Timeout
from .api.models import JobStatus
from .client import AbstractServicesGetter, Client, Services
from .errors import (
    ClientError,
    DecodeError,
    ExecutorError,
    JobFailedError,
    JobNotFoundError,
    JournalError,
    NetworkError,
    OutcomeUnknown,
    ProcessingError,
    RequestError,
    ServerError,
    ServiceNotFoundError,
    SetupError,
    StatusError,
    TopChefError,
    TransportError,
    ValidationError,
)
from .job import Job
from .listener import (
    Context,
    Ending,
    FunctionListener,
    ListenerOptions,
    Outcome,
    ServiceListener,
    listen,
)
from .report import ErrorKind
from .service import Service
from .validator import (
    AbstractValidator,
    LocalSchemaValidator,
    RemoteSchemaValidator,
    Validator,
)

if TYPE_CHECKING:
    from .async_client import AsyncClient, AsyncServices
    from .async_job import AsyncJob
    from .async_service import AsyncService

__all__ = [
    "AbstractServicesGetter",
    "AbstractValidator",
    "AsyncClient",
    "AsyncJob",
    "AsyncService",
    "AsyncServices",
    "Client",
    "ClientError",
    "Context",
    "DecodeError",
    "Ending",
    "ErrorKind",
    "ExecutorError",
    "FunctionListener",
    "Job",
    "JobFailedError",
    "JobNotFoundError",
    "JobStatus",
    "JournalError",
    "listen",
    "ListenerOptions",
    "LocalSchemaValidator",
    "NetworkError",
    "Outcome",
    "OutcomeUnknown",
    "ProcessingError",
    "RemoteSchemaValidator",
    "RequestError",
    "RetryPolicy",
    "ServerError",
    "Service",
    "ServiceListener",
    "ServiceNotFoundError",
    "Services",
    "SetupError",
    "StatusError",
    "Timeout",
    "TopChefError",
    "TransportError",
    "ValidationError",
    "Validator",
]

_HOMES = {
    "AsyncClient": "async_client",
    "AsyncServices": "async_client",
    "AsyncJob": "async_job",
    "AsyncService": "async_service",
}
"""Names that are loaded when they are first used: they need the extra `async`."""


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
