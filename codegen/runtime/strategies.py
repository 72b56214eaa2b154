"""What generated Hypothesis strategies are made of. Only this module knows Hypothesis.

Every function takes JSON Schema's keywords under their Python names and meets them by
construction: nothing is filtered but what a pattern and lengths demand together.
"""

from __future__ import annotations

import base64
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .constraints import Constraints, compiled, identity
from .enums import OpenIntEnum
from .json_types import Json
from .unset import UNSET, Unset

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_Number = int | float
_LEAST, _MOST = -(2**53), 2**53
"""Integers that every JSON implementation reads alike (RFC 8259, section 6)."""

_CHARACTERS = st.characters(codec="utf-8")
_MOST_ITEMS = 4
"""How many more items than needed an array gets: documents nest them."""

_MOST_DEEP = 2
"""From how many models inside each other on only what is required is made, or there is no end."""


class _Depth(threading.local):
    """How many models the one that is being made is inside of."""

    value = 0


_depth = _Depth()


def given(strategy: SearchStrategy[T] | None, default: SearchStrategy[T]) -> SearchStrategy[T]:
    """The strategy that a caller gave for a field, or else the field's own."""
    return default if strategy is None else strategy


def deferred(make: Callable[[], SearchStrategy[T]]) -> SearchStrategy[T]:
    """A strategy that is made on first use, so that models may contain themselves."""
    return _inside(st.deferred(make))


@st.composite
def _inside(draw: st.DrawFn, strategy: SearchStrategy[T]) -> T:
    _depth.value += 1
    try:
        return draw(strategy)
    finally:
        _depth.value -= 1


@st.composite
def _unless_deep(draw: st.DrawFn, usual: SearchStrategy[T], least: SearchStrategy[T]) -> T:
    return draw(least if _depth.value > _MOST_DEEP else usual)


def instances(cls: Callable[..., T], /, **fields: SearchStrategy[Any]) -> SearchStrategy[T]:
    """Instances of a model."""
    return st.builds(cls, **fields)


def optional(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """None or a value."""
    return _unless_deep(st.none() | strategy, st.none())


def unset_or(strategy: SearchStrategy[T]) -> SearchStrategy[T | Unset]:
    """UNSET or a value."""
    return _unless_deep(st.just(UNSET) | strategy, st.just(UNSET))


def nulls() -> SearchStrategy[None]:
    """Null."""
    return st.none()


def constants(value: T) -> SearchStrategy[T]:
    """One constant."""
    return st.just(value)


def booleans() -> SearchStrategy[bool]:
    """True and false."""
    return st.booleans()


def strings(
    *, min_length: int = 0, max_length: int | None = None, pattern: str | None = None
) -> SearchStrategy[str]:
    """Text; lengths are in characters."""
    if pattern is None:
        return st.text(_CHARACTERS, min_size=min_length, max_size=max_length)
    matching = st.from_regex(compiled(pattern), alphabet=_CHARACTERS)
    if not min_length and max_length is None:
        return matching
    limits = Constraints(min_length=min_length, max_length=max_length)
    return matching.filter(lambda text: not list(limits.problems(text)))


def integers(
    *,
    minimum: _Number | None = None,
    maximum: _Number | None = None,
    exclusive_minimum: _Number | None = None,
    exclusive_maximum: _Number | None = None,
    multiple_of: _Number | None = None,
) -> SearchStrategy[int]:
    """Integers within their bounds."""
    # The integers among the multiples of a fraction are the multiples of its numerator.
    step = 1 if multiple_of is None else Fraction(repr(multiple_of)).numerator
    lowest = [] if minimum is None else [math.ceil(minimum)]
    lowest += [] if exclusive_minimum is None else [math.floor(exclusive_minimum) + 1]
    highest = [] if maximum is None else [math.floor(maximum)]
    highest += [] if exclusive_maximum is None else [math.ceil(exclusive_maximum) - 1]
    least = max(lowest, default=min([_LEAST, *highest]))
    most = min(highest, default=max([_MOST, *lowest]))
    multiples = st.integers(-(-least // step), most // step)
    return multiples.map(lambda count: count * step)


def numbers(
    *,
    minimum: _Number | None = None,
    maximum: _Number | None = None,
    exclusive_minimum: _Number | None = None,
    exclusive_maximum: _Number | None = None,
    multiple_of: _Number | None = None,
) -> SearchStrategy[float]:
    """Finite numbers within their bounds."""
    if multiple_of is not None:
        return _multiples(multiple_of, minimum, maximum, exclusive_minimum, exclusive_maximum)
    least, excludes_least = _tighter(minimum, exclusive_minimum, max)
    most, excludes_most = _tighter(maximum, exclusive_maximum, min)
    return st.floats(
        least,
        most,
        exclude_min=excludes_least,
        exclude_max=excludes_most,
        allow_nan=False,
        allow_infinity=False,
    )


def arrays(
    item: SearchStrategy[T],
    *,
    min_items: int = 0,
    max_items: int | None = None,
    unique_items: bool = False,
) -> SearchStrategy[list[T]]:
    """Arrays; unique items differ as JSON values."""
    most = min_items + _MOST_ITEMS if max_items is None else min(max_items, min_items + _MOST_ITEMS)
    key = identity if unique_items else None
    return _unless_deep(
        st.lists(item, min_size=min_items, max_size=most, unique_by=key),
        st.lists(item, min_size=min_items, max_size=min_items, unique_by=key),
    )


def objects(
    value: SearchStrategy[T], *, min_properties: int = 0, max_properties: int | None = None
) -> SearchStrategy[dict[str, T]]:
    """Objects whose property names are data."""
    most = min_properties + _MOST_ITEMS
    if max_properties is not None:
        most = min(most, max_properties)
    names = st.text(_CHARACTERS, max_size=8)
    return _unless_deep(
        st.dictionaries(names, value, min_size=min_properties, max_size=most),
        st.dictionaries(names, value, min_size=min_properties, max_size=min_properties),
    )


def other_properties(
    value: SearchStrategy[T], known: Sequence[str]
) -> SearchStrategy[dict[str, T]]:
    """Objects without the known properties."""
    return objects(value).map(
        lambda made: {name: item for name, item in made.items() if name not in known}
    )


def json_values(**limits: Any) -> SearchStrategy[Json]:
    """Any JSON values; limits speak of those of their own type."""
    scalars = (
        st.none()
        | st.booleans()
        | st.integers(_LEAST, _MOST)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(_CHARACTERS, max_size=12)
    )
    values = st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(_CHARACTERS, max_size=8), inner, max_size=3)
        ),
        max_leaves=6,
    )
    if not limits:
        return values
    constraints = Constraints(**limits)
    return values.filter(lambda value: not list(constraints.problems(value)))


def date_times() -> SearchStrategy[datetime]:
    """Aware times."""
    offsets = st.integers(-14 * 60, 14 * 60).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    )
    return st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(UTC) | offsets)


def dates() -> SearchStrategy[date]:
    """Days."""
    return st.dates()


def uuids() -> SearchStrategy[UUID]:
    """UUIDs."""
    return st.uuids()


def byte_strings() -> SearchStrategy[bytes]:
    """Bytes."""
    return st.binary(max_size=40)


def members(cls: type[E]) -> SearchStrategy[E]:
    """The documented members of an enumeration."""
    return st.sampled_from(list(cls))


def wire_integers(**limits: Any) -> SearchStrategy[Json]:
    """Integers as JSON may write them: 1.0 is one."""
    made = integers(**limits)
    return made | made.filter(lambda value: abs(value) <= _MOST).map(float)


def wire_numbers(**limits: Any) -> SearchStrategy[Json]:
    """Numbers as JSON may write them: 1 is one."""
    return numbers(**limits).map(
        lambda value: int(value) if value.is_integer() and abs(value) <= _MOST else value
    )


def wire_date_times() -> SearchStrategy[Json]:
    """Times in RFC 3339."""
    return date_times().map(datetime.isoformat)


def wire_dates() -> SearchStrategy[Json]:
    """Days in RFC 3339."""
    return dates().map(date.isoformat)


def wire_uuids() -> SearchStrategy[Json]:
    """UUIDs in RFC 9562."""
    return uuids().map(str)


def wire_byte_strings() -> SearchStrategy[Json]:
    """Bytes in base64 (RFC 4648)."""
    return byte_strings().map(lambda value: base64.b64encode(value).decode("ascii"))


def wire_members(cls: type[Enum]) -> SearchStrategy[Json]:
    """Values of an enumeration, and some that a newer server might send."""
    unknown: SearchStrategy[Any] = (
        st.integers(-(2**31), 2**31) if issubclass(cls, OpenIntEnum) else st.text(max_size=8)
    )
    return st.sampled_from([member.value for member in cls]) | unknown


_ANY_JSON = json_values()


def wire_objects(
    required: Mapping[str, SearchStrategy[Any]],
    optional: Mapping[str, SearchStrategy[Any]],
    *,
    others: SearchStrategy[Any] | None = _ANY_JSON,
) -> SearchStrategy[Json]:
    """Objects with named properties, and others unless the schema forbids them (None)."""
    known = st.fixed_dictionaries(dict(required), optional=dict(optional))
    if others is None:
        return known
    more = other_properties(others, [*required, *optional])
    return st.builds(_joined, st.builds(dict[str, Any]) | more, known)


def _joined(others: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    return {**others, **named}


def _tighter(
    bound: _Number | None, exclusive: _Number | None, choose: Callable[[_Number, _Number], _Number]
) -> tuple[_Number | None, bool]:
    """The tighter of two bounds, and whether it excludes itself."""
    if bound is None or exclusive is None:
        return (bound, False) if exclusive is None else (exclusive, True)
    return (exclusive, True) if choose(bound, exclusive) == exclusive else (bound, False)


def _multiples(
    multiple_of: _Number,
    minimum: _Number | None,
    maximum: _Number | None,
    exclusive_minimum: _Number | None,
    exclusive_maximum: _Number | None,
) -> SearchStrategy[float]:
    """Multiples, as the decimals that a document would write."""
    step = Fraction(repr(multiple_of))
    limits = Constraints(
        minimum=minimum,
        maximum=maximum,
        exclusive_minimum=exclusive_minimum,
        exclusive_maximum=exclusive_maximum,
        multiple_of=multiple_of,
    )
    least, _ = _tighter(minimum, exclusive_minimum, max)
    most, _ = _tighter(maximum, exclusive_maximum, min)
    low = -1000 if least is None else int(-(-Fraction(repr(least)) // step))
    high = low + 2000 if most is None else int(Fraction(repr(most)) // step)
    counts = st.integers(min(low, high) if least is None else low, high)
    # Few decimals have no exact float, and only bounds that exclude themselves remain.
    return counts.map(lambda count: float(count * step)).filter(
        lambda value: not list(limits.problems(value))
    )
