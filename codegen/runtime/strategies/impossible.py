"""What cannot be made, and what is made anew until it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .distinct import distinct

T = TypeVar("T")

NOTHING: Final[SearchStrategy[Any]] = st.nothing()
"""The values of what has none."""

MISFIT: Final = object()
"""What an attempt comes to that does not fit."""

_MOST_ATTEMPTS: Final = 12
"""How often a value is made anew that does not fit."""


def any_of(strategies: Iterable[SearchStrategy[Any]]) -> SearchStrategy[Any]:
    """What any of some strategies makes."""
    possible = [one for one in strategies if one is not NOTHING]
    return st.one_of(possible) if possible else NOTHING


def fitting(strategy: SearchStrategy[T], fits: Callable[[T], bool]) -> SearchStrategy[T]:
    """What of a few attempts fits."""

    def fit(draw: st.DrawFn) -> T:
        attempts = (draw(strategy) for _ in range(_MOST_ATTEMPTS))
        found: Any = next((value for value in attempts if fits(value)), MISFIT)
        assume(found is not MISFIT)
        value: T = found
        return value

    return distinct(fit)
