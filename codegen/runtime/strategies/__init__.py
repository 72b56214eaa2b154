"""Hypothesis strategies for models and endpoints, as generated code calls them.

Only this package knows Hypothesis. It derives everything from what generated models and calls say
of themselves, as the codec does, and meets constraints by construction where that can be done.

    making        types to strategies: records, unions, arrays
    texts, regular, numbers, formats, containers, free    what values consist of
    formatted, well_known    formats that nothing checks
    exclusive     one of several types that overlap
    schemas       what only a JSON Schema says
    faults        one thing wrong
    calls, responses    what goes to servers, and what comes back
    nesting, heights    where recursion ends
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis.strategies import SearchStrategy

from ..constraints import FREE, Constraints
from ..json_types import Json
from ..registration import register
from .calls import calls
from .faults import Invalid, accepts_all_json, invalid_json
from .formatted import Formatted, note_formats, register_format
from .making import STRICT, VALUES, WIRE
from .responses import ServedResponse, responses

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

__all__ = [
    "accepts_all_json",
    "calls",
    "Formatted",
    "instances",
    "Invalid",
    "invalid",
    "note_formats",
    "register",
    "register_format",
    "responses",
    "ServedResponse",
    "strict_wire",
    "values",
    "wire",
]


def instances(cls: Callable[..., T], /, **fields: SearchStrategy[Any] | None) -> SearchStrategy[T]:
    """Valid instances of a model; a strategy that is given stands in for that of a field."""
    given = {name: strategy for name, strategy in fields.items() if strategy is not None}
    model: Any = cls
    return VALUES.record(model, given)


def values(form: TypeForm[T], constraints: Constraints = FREE) -> SearchStrategy[T]:
    """Valid values of a type."""
    return VALUES.of(form, constraints)


def wire(form: TypeForm[object], constraints: Constraints = FREE) -> SearchStrategy[Json]:
    """Valid JSON of a type, also such as a newer server might send."""
    return WIRE.of(form, constraints)


def strict_wire(form: TypeForm[object], constraints: Constraints = FREE) -> SearchStrategy[Json]:
    """JSON of a type that its document allows to the letter."""
    return STRICT.of(form, constraints)


def invalid(form: TypeForm[object], constraints: Constraints = FREE) -> SearchStrategy[Invalid]:
    """JSON of a type with one fault in it, which is labelled."""
    return invalid_json(form, constraints)
