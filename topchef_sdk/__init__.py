"""A typed client and worker for the TopChef job API.

Names are loaded when they are first used: a program that only asks for jobs never loads the
listener, and `import topchef_sdk` alone loads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .api import RetryPolicy as RetryPolicy
    from .api import Timeout as Timeout
    from .api.models import JobStatus as JobStatus
    from .async_client import AsyncClient as AsyncClient
    from .async_client import AsyncServices as AsyncServices
    from .async_job import AsyncJob as AsyncJob
    from .async_service import AsyncService as AsyncService
    from .client import AbstractServicesGetter as AbstractServicesGetter
    from .client import Client as Client
    from .client import Services as Services
    from .errors import ClientError as ClientError
    from .errors import DecodeError as DecodeError
    from .errors import ExecutorError as ExecutorError
    from .errors import JobFailedError as JobFailedError
    from .errors import JobNotFoundError as JobNotFoundError
    from .errors import JournalError as JournalError
    from .errors import NetworkError as NetworkError
    from .errors import OutcomeUnknown as OutcomeUnknown
    from .errors import ProcessingError as ProcessingError
    from .errors import RequestError as RequestError
    from .errors import ServerError as ServerError
    from .errors import ServiceNotFoundError as ServiceNotFoundError
    from .errors import SetupError as SetupError
    from .errors import StatusError as StatusError
    from .errors import TopChefError as TopChefError
    from .errors import TransportError as TransportError
    from .errors import ValidationError as ValidationError
    from .job import Job as Job
    from .listener import Context as Context
    from .listener import Ending as Ending
    from .listener import FunctionListener as FunctionListener
    from .listener import ListenerOptions as ListenerOptions
    from .listener import Outcome as Outcome
    from .listener import ServiceListener as ServiceListener
    from .listener import listen as listen
    from .report import ErrorKind as ErrorKind
    from .service import Service as Service
    from .validator import AbstractValidator as AbstractValidator
    from .validator import LocalSchemaValidator as LocalSchemaValidator
    from .validator import RemoteSchemaValidator as RemoteSchemaValidator
    from .validator import Validator as Validator
else:
    from .api._runtime.lazy import lazy_names

    __all__, __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "AbstractServicesGetter": "client",
            "AbstractValidator": "validator",
            "Client": "client",
            "ClientError": "errors",
            "Context": "listener",
            "DecodeError": "errors",
            "Ending": "listener",
            "ErrorKind": "report",
            "ExecutorError": "errors",
            "FunctionListener": "listener",
            "Job": "job",
            "JobFailedError": "errors",
            "JobNotFoundError": "errors",
            "JobStatus": "api.models",
            "JournalError": "errors",
            "ListenerOptions": "listener",
            "LocalSchemaValidator": "validator",
            "NetworkError": "errors",
            "Outcome": "listener",
            "OutcomeUnknown": "errors",
            "ProcessingError": "errors",
            "RemoteSchemaValidator": "validator",
            "RequestError": "errors",
            "RetryPolicy": "api",
            "ServerError": "errors",
            "Service": "service",
            "ServiceListener": "listener",
            "ServiceNotFoundError": "errors",
            "Services": "client",
            "SetupError": "errors",
            "StatusError": "errors",
            "Timeout": "api",
            "TopChefError": "errors",
            "TransportError": "errors",
            "ValidationError": "errors",
            "Validator": "validator",
            "listen": "listener",
        },
        modules=["api", "errors", "listener"],
        extras={
            "AsyncClient": "async_client",
            "AsyncJob": "async_job",
            "AsyncService": "async_service",
            "AsyncServices": "async_client",
        },
    )
