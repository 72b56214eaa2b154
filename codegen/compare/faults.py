"""How a value may differ from what is accepted."""

from __future__ import annotations

from typing import TypeAlias

from ..ir import Text, Type
from ..values import frozen
from .membership import Shape


@frozen
class Instead:
    """By a value of one type that is none of another."""

    sent: Shape
    accepted: Shape


@frozen
class Without:
    """By a property that is not there."""

    name: Text


@frozen
class With:
    """By a property that is there."""

    name: Text


@frozen
class WithOther:
    """By a property that nobody names."""

    accepted: Type | None
    """What it has to be; None where there may be none."""


Fault: TypeAlias = Instead | Without | With | WithOther
