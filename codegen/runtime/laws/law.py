"""A law: a name, what it is about, and how it is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import frozen
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


@frozen
class Law(Generic[T]):
    """Holds for all examples of what it concerns."""

    name: str
    concerns: Callable[[T], bool]
    examples: Callable[[T], SearchStrategy[Any]]
    holds: Callable[[T], Callable[[Any], None]]
    """Gives what raises `AssertionError` for an example that breaks the law."""


class BrokenLawError(AssertionError):
    """An example for which a law does not hold."""


def require(is_so: bool, message: str) -> None:
    """Raise `BrokenLawError` unless something is so; an `assert` would be left out by `-O`."""
    if not is_so:
        raise BrokenLawError(message)
