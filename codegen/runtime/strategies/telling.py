"""What objects say where unions tell them apart by a property."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..choice import Choice
from ..constraints import FREE
from ..json_types import Json
from ..record import Property
from ..shapes import is_enum, is_literal, meaning, members
from ..unset import Unset
from .impossible import NOTHING, any_of
from .regular import CHARACTERS


@frozen(eq=False)
class Telling:
    """A union that goes by a property, and one of its alternatives."""

    choice: Choice
    form: Any

    def names(self, known: Property, *, is_wire: bool) -> list[Any] | None:
        """What names the alternative in its property; None where any value does."""
        kinds = [one for one in members(known.form) if one not in (NoneType, Unset)]
        if len(kinds) == 1 and is_literal(kinds[0]):
            return [tag for tag in kinds[0].__args__ if self._fits(tag)]
        if len(kinds) == 1 and is_enum(kinds[0]):
            fit = [member for member in kinds[0] if self._fits(member.value)]
            return [member.value for member in fit] if is_wire else fit
        own = self._own
        if own:
            return [tag for tag in own if len(kinds) > 1 or _is_of(kinds[0], tag)]
        if kinds == [str]:
            return None
        return self._unused(known, kinds)

    def takes_new(self, known: Property) -> bool:
        """Whether the alternative has the objects that say something new."""
        return meaning(self.form)[0] is self.choice.otherwise and str in members(known.form)

    @property
    def _own(self) -> list[Any]:
        forms = (self.form, meaning(self.form)[0])
        return [tag for tag, one in self.choice.types.items() if any(one is form for form in forms)]

    def _fits(self, tag: object) -> bool:
        own = self._own
        if own:
            return tag in own
        return self.choice.named_by(tag) is None

    def _unused(self, known: Property, kinds: Sequence[Any]) -> list[Any]:
        """Some values that name nothing, of a property that is no text."""
        numbers = range(len(self.choice.types) + 2)
        some = [
            *(numbers if int in kinds or float in kinds else ()),
            *((False, True) if bool in kinds else ()),
        ]
        limits = known.constraints or FREE
        return [one for one in some if self._fits(one) and not list(limits.problems(one))]


def _is_of(form: Any, tag: object) -> bool:
    if form is float:
        return type(tag) in (int, float)
    return form in (Any, object) or type(tag) is form


def unknown_objects(choice: Choice) -> SearchStrategy[Json]:
    """What objects say that are something new, in their property alone."""
    names = new_names(choice)
    return names if names is NOTHING else st.fixed_dictionaries({choice.tag or "": names})


def new_names(choice: Choice) -> SearchStrategy[Any]:
    """What a later server may call something new."""
    made: dict[str, SearchStrategy[Any]] = {
        "string": st.text(CHARACTERS, max_size=8),
        "number": st.integers(-(2**31), 2**31),
    }
    new = [made[kind] for kind in sorted(choice.kinds & made.keys())]
    truths = [one for one in (False, True) if "boolean" in choice.kinds]
    left = [one for one in truths if choice.named_by(one) is None]
    return any_of(
        [
            *(one.filter(lambda name: choice.named_by(name) is None) for one in new),
            *([st.sampled_from(left)] if left else []),
        ]
    )
