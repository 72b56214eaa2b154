"""From the JSON of a job to a typed `run`, and from what that returns back to JSON."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ..api import InvalidError, Json, JsonObject
from ..handler_types import HandlerTypes, read_parameters, written_results
from ..report import ErrorKind
from .context import Context
from .task import ParametersError, ResultsError

if TYPE_CHECKING:
    from .service_listener import ServiceListener


@frozen
class RunOfListener:
    """A listener as an executor needs it: a `task.Handler`."""

    _listener: ServiceListener[Any, Any]
    _types: HandlerTypes
    token: str
    reports_tracebacks: bool
    is_copy: bool = False

    def setup(self) -> None:
        """Set the listener up where it runs."""
        self._listener.setup()

    def teardown(self) -> None:
        """Tear it down there."""
        self._listener.teardown()

    def do(self, parameters: JsonObject, context: Context) -> Json:
        """Do one job; raises `ParametersError` and `ResultsError` for what has other types."""
        try:
            read = read_parameters(parameters, self._types.parameters)
        except InvalidError as error:
            raise ParametersError(str(error)) from None
        results = self._listener.run(read)
        try:
            return written_results(results, self._types.results)
        except InvalidError as error:
            is_json = self._types.results == JsonObject
            kind = ErrorKind.SERIALIZATION if is_json else ErrorKind.RESULT_INVALID
            raise ResultsError(str(error), kind) from None

    def unpicklable(self) -> list[str]:
        """The names of the listener's attributes that do not pickle."""
        return [
            name for name, value in self._listener.__getstate__().items() if not _pickles(value)
        ]

    def __reduce__(self) -> tuple[type[RunOfListener], tuple[Any, ...]]:
        own = (self._listener, self._types, self.token, self.reports_tracebacks)
        return RunOfListener, (*own, True)


def _pickles(value: object) -> bool:
    try:
        pickle.dumps(value)
    except Exception:  # whatever its `__reduce__` raises
        return False
    return True
