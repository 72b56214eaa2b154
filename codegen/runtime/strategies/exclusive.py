"""Values of which exactly one alternative may be read (`oneOf`), where several could.

Two open objects fit each other's schemas unless something tells them apart. So a value that fits
several alternatives is spoiled for all but one: it gets a property that only the others speak of,
with a value that they refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias, get_args

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..codec import codec
from ..constraints import written
from ..json_types import Json, JsonObject, is_array, is_object
from ..record import record_of
from ..shapes import is_map, is_record, meaning
from ..violations import InvalidError
from .impossible import any_of

Alternatives: TypeAlias = Sequence[tuple[Any, SearchStrategy[Any]]]
"""Types, and what makes values of each."""

_MOST_ATTEMPTS: Final = 12

_ODD: Final[tuple[Json, ...]] = ("", 0.5, True, [], {}, None, "\x00", [0.5], {"": 0.5})
"""Values of which most types refuse some."""


@st.composite
def exclusive_json(draw: st.DrawFn, alternatives: Alternatives, compound: Sequence[Any]) -> Json:
    """JSON of alternatives that fits none of the others."""
    for _ in range(_MOST_ATTEMPTS):
        form, strategy = draw(st.sampled_from(alternatives))
        value: Json = draw(strategy)
        if _fits_one(value, compound):
            return value
        if is_object(value):
            others = [one for one in compound if one is not form]
            for more in _spoiling(value, form, others):
                value = {**value, **more}
            if _fits_one(value, compound):
                return value
    return reject()


@st.composite
def exclusive_values(
    draw: st.DrawFn,
    alternatives: Alternatives,
    compound: Sequence[Any],
    otherwise: SearchStrategy[Any],
) -> Any:
    """Values that are written as nothing that fits several alternatives.

    Where such do not turn up, what tells them apart may have no field to stay in. What is made
    otherwise is null where that is allowed, or read from JSON that fits one alternative only.
    """
    strategy = any_of(one for _, one in alternatives)
    for _ in range(_MOST_ATTEMPTS // 2):
        value = draw(strategy)
        if _fits_one(written(value), compound):
            return value
    return draw(otherwise)


def _fits_one(value: Json, compound: Sequence[Any]) -> bool:
    """Whether a value is no object or array, or is read as one type only."""
    if not (is_object(value) or is_array(value)):
        return True
    return sum(reads(value, one) for one in compound) == 1


def reads(value: Json, form: Any) -> bool:
    """Whether a type takes a JSON value."""
    try:
        codec.structure(value, form)
    except InvalidError:
        return False
    return True


def _spoiling(value: JsonObject, form: Any, others: Sequence[Any]) -> Iterator[JsonObject]:
    """Properties that an object of a type may have, and that other types refuse."""
    for other in others:
        if reads(value, other):
            for name, wanted in _spoken_of(other):
                more = next(_refused(value, form, other, name, wanted), None)
                if more is not None:
                    yield more
                    break


def _spoken_of(form: Any) -> Iterator[tuple[str, Any]]:
    """The properties that a type says something of, and what it says."""
    inner, _ = meaning(form)
    if is_record(inner):
        yield from ((known.wire, known.form) for known in record_of(inner).properties)
    elif is_map(inner):
        yield "other", (get_args(inner) or (Any,))[-1]


def _refused(
    value: JsonObject, form: Any, other: Any, name: str, wanted: Any
) -> Iterator[JsonObject]:
    if name in value:
        return
    for odd in _ODD:
        spoiled = {**value, name: odd}
        if not reads(odd, wanted) and reads(spoiled, form) and not reads(spoiled, other):
            yield {name: odd}
