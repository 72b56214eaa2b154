"""What is being written out, inside of what: how a schema is found to contain itself."""

from __future__ import annotations

from ..values import field, frozen
from .node import Node

_MOST_NESTED = 50
"""How many schemas without a class may be written out inside each other."""

_INSIDE = ""
"""Stands where a value is in another one's inside."""

_BESIDE = "-"
"""Stands where another schema holds of the same value."""


@frozen
class Nesting:
    """The schemas that are being written out, the outermost first."""

    _steps: list[str] = field(factory=list[str])

    def inside(self, place: Node) -> Step:
        """Say for a while that a value is inside another one."""
        return Step(self._steps, place, _INSIDE)

    def beside(self, place: Node) -> Step:
        """Say for a while that another schema is written out for the same value."""
        return Step(self._steps, place, _BESIDE)

    def of(self, place: Node, target: Node) -> Step:
        """Say for a while that a schema is written out where it is referred to."""
        return Step(self._steps, place, target.pointer)

    def contains(self, target: Node) -> bool:
        """Whether a schema is being written out."""
        return target.pointer in self._steps

    def is_inside(self, target: Node) -> bool:
        """Whether a value is inside that of a schema that is being written out."""
        return _INSIDE in self._steps[self._steps.index(target.pointer) :]


class Step:
    """A context in which a schema is being written out; refuses too deep a nesting."""

    __slots__ = ("_place", "_step", "_steps")

    def __init__(self, steps: list[str], place: Node, step: str) -> None:
        self._steps = steps
        self._place = place
        self._step = step

    def __enter__(self) -> None:
        if len(self._steps) >= 3 * _MOST_NESTED:
            raise self._place.refusal(
                f"more than {_MOST_NESTED} schemas without properties are nested"
            )
        self._steps.append(self._step)

    def __exit__(self, *_: object) -> None:
        self._steps.pop()
