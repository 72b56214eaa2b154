"""A typed client and worker for the TopChef job API."""

from __future__ import annotations

from .api import RetryPolicy, Timeout
from .api.models import JobStatus
from .client import AbstractServicesGetter, Client, Services
from .errors import (
    ClientError,
    DecodeError,
    JobFailedError,
    JobNotFoundError,
    NetworkError,
    OutcomeUnknown,
    ProcessingError,
    RequestError,
    ServerError,
    ServiceNotFoundError,
    StatusError,
    TopChefError,
    TransportError,
    ValidationError,
)
from .job import Job
from .listener import ServiceListener
from .outcome import Ending, Outcome
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
    "DecodeError",
    "Ending",
    "Job",
    "JobFailedError",
    "JobNotFoundError",
    "JobStatus",
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
    "StatusError",
    "Timeout",
    "TopChefError",
    "TransportError",
    "ValidationError",
    "Validator",
]
