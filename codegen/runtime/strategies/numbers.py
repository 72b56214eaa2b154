"""Integers and numbers within bounds, also the multiples of something."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .impossible import NOTHING

Number: TypeAlias = int | float

LEAST, MOST = -(2**53), 2**53
"""Integers that every JSON implementation reads alike (RFC 8259, section 6)."""

_MULTIPLES: Final = 1000
"""How many multiples are made on either side where there is no bound."""

_LARGEST: Final = sys.float_info.max

_EXACT: Final = 10**15
"""Decimals of up to so many digits have a float that is written the same."""


def integers(
    *,
    minimum: Number | None = None,
    maximum: Number | None = None,
    exclusive_minimum: Number | None = None,
    exclusive_maximum: Number | None = None,
    multiple_of: Number | None = None,
) -> SearchStrategy[int]:
    """Integers within their bounds."""
    # The integers among the multiples of a fraction are the multiples of its numerator.
    step = 1 if multiple_of is None else Fraction(repr(multiple_of)).numerator
    lowest = [] if minimum is None else [math.ceil(minimum)]
    lowest += [] if exclusive_minimum is None else [math.floor(exclusive_minimum) + 1]
    highest = [] if maximum is None else [math.floor(maximum)]
    highest += [] if exclusive_maximum is None else [math.ceil(exclusive_maximum) - 1]
    least = max(lowest, default=min([LEAST, *highest]))
    most = min(highest, default=max([MOST, *lowest]))
    low, high = -(-least // step), most // step
    if low > high:
        return NOTHING
    made = st.integers(low, high)
    edges = [low] * bool(lowest) + [high] * bool(highest)
    made = made | st.sampled_from(edges) if edges else made
    return made.map(lambda count: count * step)


def numbers(
    *,
    minimum: Number | None = None,
    maximum: Number | None = None,
    exclusive_minimum: Number | None = None,
    exclusive_maximum: Number | None = None,
    multiple_of: Number | None = None,
) -> SearchStrategy[float]:
    """Finite numbers within their bounds."""
    least, excludes_least = _tighter(minimum, exclusive_minimum, max)
    most, excludes_most = _tighter(maximum, exclusive_maximum, min)
    # Bounds may be integers beyond all floats.
    if (least is not None and least > _LARGEST) or (most is not None and most < -_LARGEST):
        return NOTHING
    if least is not None and least < -_LARGEST:
        least, excludes_least = None, False
    if most is not None and most > _LARGEST:
        most, excludes_most = None, False
    if multiple_of is not None:
        low = None if least is None else _count(least, multiple_of, math.ceil)
        high = None if most is None else _count(most, multiple_of, math.floor)
        low = (
            low
            if low is None or not excludes_least or not _is_at(least, low, multiple_of)
            else low + 1
        )
        high = (
            high
            if high is None or not excludes_most or not _is_at(most, high, multiple_of)
            else high - 1
        )
        return _multiples(multiple_of, low, high)
    low_edge = (
        -math.inf if least is None else math.nextafter(least, math.inf) if excludes_least else least
    )
    high_edge = (
        math.inf if most is None else math.nextafter(most, -math.inf) if excludes_most else most
    )
    if low_edge > high_edge:
        return NOTHING
    usual = st.floats(
        least,
        most,
        exclude_min=excludes_least,
        exclude_max=excludes_most,
        allow_nan=False,
        allow_infinity=False,
    )
    edges = [float(edge) for edge in (low_edge, high_edge) if math.isfinite(edge)]
    return usual | st.sampled_from(edges) if edges else usual


def odd_numbers(
    multiple_of: Number, *, minimum: Number | None = None, maximum: Number | None = None
) -> SearchStrategy[float]:
    """Numbers within bounds that lie in the middle between two multiples."""
    step = Fraction(repr(multiple_of))
    low = -_MULTIPLES if minimum is None else _count(minimum, multiple_of, math.ceil)
    high = low + 2 * _MULTIPLES if maximum is None else _count(maximum, multiple_of, math.floor) - 1
    if low > high:
        return NOTHING
    return st.integers(low, high).map(lambda count: float((count + Fraction(1, 2)) * step))


def _count(bound: Number, multiple_of: Number, rounded: Callable[[Fraction], int]) -> int:
    return rounded(Fraction(repr(bound)) / Fraction(repr(multiple_of)))


def _is_at(bound: Number | None, count: int, multiple_of: Number) -> bool:
    return bound is not None and Fraction(repr(bound)) == count * Fraction(repr(multiple_of))


def _multiples(multiple_of: Number, low: int | None, high: int | None) -> SearchStrategy[float]:
    """Multiples, as the decimals that a document would write."""
    step = Fraction(repr(multiple_of))
    first = min(-_MULTIPLES, high or 0) if low is None else low
    last = max(first + 2 * _MULTIPLES, 0) if high is None else high
    if first > last:
        return NOTHING
    # Beyond that the nearest float may be written as another decimal.
    room = max(_EXACT // step.numerator, 1)
    first, last = (
        (max(first, -room), min(last, room)) if first <= room and last >= -room else (first, last)
    )
    if first * step > _LARGEST or last * step < -_LARGEST:
        return NOTHING
    if step > _LARGEST:
        return st.just(0.0)
    return st.integers(first, last).map(lambda count: float(count * step))


def _tighter(
    bound: Number | None, exclusive: Number | None, choose: Callable[[Number, Number], Number]
) -> tuple[Number | None, bool]:
    """The tighter of two bounds, and whether it excludes itself."""
    if bound is None or exclusive is None:
        return (bound, False) if exclusive is None else (exclusive, True)
    return (exclusive, True) if choose(bound, exclusive) == exclusive else (bound, False)
