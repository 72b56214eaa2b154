"""Where inside of a value something is: the steps from a body to one of its parts."""

from __future__ import annotations

from typing import TypeAlias

from ..ir import Text, Type
from ..values import frozen


@frozen
class Property:
    """Into a property of an object."""

    name: Text


@frozen
class Entry:
    """Into a property whose name is data."""


@frozen
class Item:
    """Into an item of an array."""


@frozen
class Alternative:
    """Into an alternative of a union, as the side that sends has it."""

    type: Type
    index: int


Step: TypeAlias = Property | Entry | Item | Alternative
Steps: TypeAlias = tuple[Step, ...]
