"""Free-form JSON, and numbers as JSON may write them."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..constraints import FREE, Constraints
from ..json_types import Json
from .containers import NAMES, arrays, maps
from .impossible import NOTHING, any_of
from .numbers import LEAST, MOST, integers, numbers
from .regular import CHARACTERS
from .texts import strings

_SCALARS: Final[SearchStrategy[Json]] = (
    st.none()
    | st.booleans()
    | st.integers(LEAST, MOST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS, max_size=12)
)

ANY_JSON: Final[SearchStrategy[Json]] = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
"""Any JSON value."""


def limited_json(constraints: Constraints) -> SearchStrategy[Json]:
    """Any JSON values, of which each keeps the limits that speak of its type."""
    if constraints == FREE:
        return ANY_JSON
    items = ANY_JSON if constraints.items is None else limited_json(constraints.items)
    values = ANY_JSON if constraints.values is None else limited_json(constraints.values)
    return any_of(
        [
            st.none(),
            st.booleans(),
            whole_or_not(integers(**numeric(constraints))),
            whole_or_not(numbers(**numeric(constraints))),
            strings(**textual(constraints)),
            arrays(
                items,
                min_items=constraints.min_items or 0,
                max_items=constraints.max_items,
                unique_items=constraints.unique_items,
            ),
            maps(
                values,
                min_properties=constraints.min_properties or 0,
                max_properties=constraints.max_properties,
            ),
        ]
    )


def numeric(constraints: Constraints) -> dict[str, int | float | None]:
    """What constraints say of numbers."""
    return {
        "minimum": constraints.minimum,
        "maximum": constraints.maximum,
        "exclusive_minimum": constraints.exclusive_minimum,
        "exclusive_maximum": constraints.exclusive_maximum,
        "multiple_of": constraints.multiple_of,
    }


def textual(constraints: Constraints) -> dict[str, Json]:
    """What constraints say of text."""
    return {
        "min_length": constraints.min_length or 0,
        "max_length": constraints.max_length,
        "pattern": constraints.pattern,
    }


def whole_or_not(made: SearchStrategy[int] | SearchStrategy[float]) -> SearchStrategy[Json]:
    """Numbers as JSON may write them: 1.0 for 1, and 1 for 1.0."""
    if made is NOTHING:
        return NOTHING
    return made | made.map(_spelled_otherwise)


def _spelled_otherwise(number: float) -> float:
    if not float(number).is_integer() or abs(number) > MOST:
        return number
    return float(number) if type(number) is int else int(number)
