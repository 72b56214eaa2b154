"""What can go wrong, under one root.

    TopChefError                 everything that this SDK raises on purpose
    ├── RequestError             the call could not be written; nothing was sent
    ├── NetworkError             an exchange with the server failed
    │   ├── TransportError       no whole answer arrived
    │   │   └── OutcomeUnknown   … and the server may have acted
    │   ├── StatusError          the server refused
    │   │   ├── ClientError      4xx
    │   │   └── ServerError      5xx
    │   ├── DecodeError          the answer is not what the document describes
    │   ├── ServiceNotFoundError no service has this id; also a KeyError
    │   └── JobNotFoundError     no job has this id; also a KeyError
    ├── ValidationError          a value breaks its schema; also a ValueError
    ├── ProcessingError          a job cannot be done: for `run` to raise
    ├── JournalError             a listener's journal cannot be used
    ├── SetupError               a listener's `setup` raised
    ├── ExecutorError            a listener's executor can run no job, now or ever
    └── JobFailedError           a job that was waited for ended in ERROR

`TopChefError` and `NetworkError` are the names that the façade has for the generated runtime's
`SdkError` and `ExchangeError`. All pickle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from .api import (
    ClientError,
    DecodeError,
    Facts,
    JsonObject,
    OutcomeUnknown,
    RequestError,
    ServerError,
    StatusError,
    TransportError,
)
from .api import ExchangeError as NetworkError
from .api import SdkError as TopChefError
from .one_line import one_line
from .report import ErrorKind

__all__ = [
    "ClientError",
    "DecodeError",
    "ExecutorError",
    "JobFailedError",
    "JobNotFoundError",
    "JournalError",
    "NetworkError",
    "OutcomeUnknown",
    "ProcessingError",
    "RequestError",
    "ServerError",
    "ServiceNotFoundError",
    "SetupError",
    "StatusError",
    "TopChefError",
    "TransportError",
    "ValidationError",
]


class _NotFoundError(NetworkError, KeyError):
    """Nothing has the id that was asked for."""

    kind = "thing"

    def __init__(self, id: object, facts: Facts | None = None) -> None:
        shown = id if isinstance(id, UUID) else one_line(repr(id))
        super().__init__(f"no {self.kind} has the id {shown}", facts)
        self.id = id

    def __str__(self) -> str:
        # KeyError's own would be the bare id in quotes.
        return self.message

    def __reduce__(
        self,
    ) -> tuple[Callable[..., _NotFoundError], tuple[Any, ...], dict[str, Any]]:
        return type(self), (self.id, self.facts), self.__dict__


class ServiceNotFoundError(_NotFoundError):
    """No service has the id; `id` says which."""

    kind = "service"


class JobNotFoundError(_NotFoundError):
    """No job has the id; `id` says which."""

    kind = "job"


class ValidationError(TopChefError, ValueError):
    """A value breaks its schema."""

    def __init__(self, message: str, context: Iterable[str] = ()) -> None:
        self.message = message
        """What is wrong, in one line."""
        self.context: tuple[str, ...] = tuple(context)
        """Each violation, with the path of the value that breaks the schema."""
        super().__init__(message, self.context)

    def __str__(self) -> str:
        return self.message


class ProcessingError(TopChefError):
    """A job cannot be done: raised by `ServiceListener.run` to say so in its own words.

    `data` is JSON that goes into the error report beside the message. `kind` is `REJECTED` for a
    job that will not be done, and `retryable` tells the client that posting it again may help.
    """

    def __init__(
        self,
        message: str,
        data: JsonObject | None = None,
        *,
        kind: ErrorKind = ErrorKind.HANDLER,
        retryable: bool = False,
    ) -> None:
        self.message = message
        self.data = data
        self.kind = kind
        self.retryable = retryable
        super().__init__(message, data)

    def __str__(self) -> str:
        return self.message

    def __reduce__(
        self,
    ) -> tuple[Callable[..., ProcessingError], tuple[Any, ...], dict[str, Any]]:
        return type(self), (self.message, self.data), self.__dict__


class JournalError(TopChefError):
    """A listener's journal cannot be used: it is locked, broken, or its disk is full."""


class SetupError(TopChefError):
    """A listener's `setup` raised, which is the cause of this: no job can run."""


class ExecutorError(TopChefError):
    """No job can ever run: the executor is gone for good, or the handler cannot go there."""


class JobFailedError(TopChefError):
    """A job that was waited for did not come right."""

    def __init__(self, job_id: UUID, message: str, report: JsonObject | None = None) -> None:
        super().__init__(message)
        self.job_id = job_id
        self.message = message
        self.report = report
        """The error report among the job's results, or None where the service gave none."""

    def __str__(self) -> str:
        return f"job {self.job_id} failed: {self.message}"

    def __reduce__(
        self,
    ) -> tuple[Callable[..., JobFailedError], tuple[Any, ...], dict[str, Any]]:
        return type(self), (self.job_id, self.message, self.report), self.__dict__
