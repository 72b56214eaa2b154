"""How deep values are made: recursion ends soon, wherever it begins.

Models may contain themselves. From a few models inside each other on, only what is required is
made, of alternatives the one that ends soonest, and of arrays the shortest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .distinct import distinct

T = TypeVar("T")

MOST_DEEP: Final = 2
"""From how many models inside each other on only what is required is made."""


class _Depth(threading.local):
    """How many models the one that is being made is inside of."""

    value = 0


_depth = _Depth()


def nested(make: Callable[[], SearchStrategy[T]]) -> SearchStrategy[T]:
    """A strategy one level deeper, which is made on first use: what it is of may hold itself.

    Not by `st.deferred`, which Hypothesis looks through before anything is drawn.
    """
    made = cache(make)

    def inside(draw: st.DrawFn) -> T:
        _depth.value += 1
        try:
            return draw(made())
        finally:
            _depth.value -= 1

    return distinct(inside)


def unless_deep(usual: SearchStrategy[T], least: SearchStrategy[T]) -> SearchStrategy[T]:
    """What is usually made, or else the least that can be."""
    return distinct(lambda draw: draw(least if _depth.value > MOST_DEEP else usual))
