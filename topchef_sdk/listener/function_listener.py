"""A listener made of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeAlias, Unpack, cast
from uuid import UUID

from typing_extensions import TypeVar

from ..api import JsonObject, Transport
from ..connection import HasConnection, connection_to
from ..handler_types import HandlerTypes, schema_of, takes_context, types_of_function
from .context import Context
from .options import ListenerOptions
from .service_listener import ServiceListener, register

P = TypeVar("P", bound=Any, default=JsonObject)
R = TypeVar("R", bound=Any, default=JsonObject)

# The same once more, for functions. All are bound to Any, not to object: then pyright knows that
# the body of a lambda is right, of whose parameters it knows nothing.
Taken = TypeVar("Taken", bound=Any, default=JsonObject)
Given = TypeVar("Given", bound=Any, default=JsonObject)

HandlerFunction: TypeAlias = Callable[[P], R] | Callable[[P, Context], R]
"""Takes a job's parameters, and its context if it has a place for one; returns the results."""


class FunctionListener(ServiceListener[P, R]):
    """Does jobs by calling a function, whose annotations say what it takes and returns.

    Raises `TypeError` for annotations that no JSON objects are read as.
    """

    def __init__(
        self,
        address: str | HasConnection,
        service_id: UUID | str,
        handler: HandlerFunction[P, R],
        timeout: float = 30,
        *,
        transport: Transport | None = None,
        **options: Unpack[ListenerOptions],
    ) -> None:
        super().__init__(address, service_id, timeout, transport=transport, **options)
        self._function = handler
        self._function_types = types_of_function(handler)
        self._takes_context = takes_context(handler)

    def run(self, parameters: P) -> R:
        """Call the function."""
        if self._takes_context:
            return cast("Callable[[P, Context], R]", self._function)(parameters, self.context)
        return cast("Callable[[P], R]", self._function)(parameters)

    def _types(self) -> HandlerTypes:
        return self._function_types

    @classmethod
    def new_service(cls, *_arguments: object, **_options: object) -> NoReturn:
        """Not for functions: see `new_service_for`; raises `TypeError`."""
        raise TypeError("services for functions are registered by `new_service_for`")

    @staticmethod
    def new_service_for(
        handler: HandlerFunction[Taken, Given],
        address: str | HasConnection,
        name: str,
        description: str,
        job_registration_schema: JsonObject | None = None,
        job_result_schema: JsonObject | None = None,
        *,
        raw_result_schema: bool = False,
        transport: Transport | None = None,
        **options: Unpack[ListenerOptions],
    ) -> FunctionListener[Taken, Given]:
        """Register a service and return a listener for it that calls a function.

        Schemas that are left out are those of what the function is annotated with; for the rest see
        `ServiceListener.new_service`.
        """
        types = types_of_function(handler)
        service_id = register(
            connection_to(address, transport),
            name,
            description,
            schema_of(types.parameters)
            if job_registration_schema is None
            else job_registration_schema,
            schema_of(types.results) if job_result_schema is None else job_result_schema,
            raw_result_schema=raw_result_schema,
        )
        return FunctionListener(address, service_id, handler, transport=transport, **options)


def listen(
    address: str | HasConnection,
    service_id: UUID | str,
    handler: HandlerFunction[Taken, Given],
    timeout: float = 30,
    *,
    transport: Transport | None = None,
    **options: Unpack[ListenerOptions],
) -> int:
    """Work for a service with a function until Ctrl-C or SIGTERM; returns the exit code.

    The function takes a job's parameters and returns its results, as plain JSON or as attrs classes
    or TypedDicts, whatever it is annotated with; a second parameter gets the job's `Context`.
    """
    return FunctionListener(
        address, service_id, handler, timeout, transport=transport, **options
    ).work()
