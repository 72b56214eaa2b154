"""Strategies that Hypothesis tells apart when it makes new examples of old ones.

It puts a part of an example in the place of another one that the same strategy made, and takes all strategies of one `@composite`
function for the same, whatever its arguments. An amount in the place of an address shifts all that is drawn after it, and where
that fits no choice, the simplest is made: four of five large models had none of what is optional.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

_numbers: Final = count()


def distinct(compose: Callable[[st.DrawFn], T]) -> SearchStrategy[T]:
    """What a function draws, as a strategy like no other: functions differ by their defaults."""

    def drawn(draw: st.DrawFn, number: int = next(_numbers)) -> T:
        return compose(draw)

    return st.composite(drawn)()
