"""A typed client and worker for the TopChef job API."""

from __future__ import annotations

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

__all__ = [
    "AbstractServicesGetter",
    "AbstractValidator",
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
