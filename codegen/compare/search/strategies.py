"""Candidates as Hypothesis strategies, made of what generated strategies are made of.

Only this module of the comparison knows Hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeAlias

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, InvalidArgument, NoSuchExample, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from ...ir import NO_LIMITS, Limits, ScalarKind
from ...runtime.strategies import formats
from ...runtime.strategies.containers import arrays, maps
from ...runtime.strategies.free import limited_json, numeric, textual, whole_or_not
from ...runtime.strategies.impossible import NOTHING, any_of, fitting
from ...runtime.strategies.nesting import nested, unless_deep
from ...runtime.strategies.numbers import integers, numbers
from ...runtime.strategies.schemas import described, names_its_values
from ...runtime.strategies.texts import strings
from ...tree import Json
from ...values import field, frozen
from ..membership import constraints_of, is_within
from .effort import Effort, SpentError

Values: TypeAlias = SearchStrategy[Any]

_ALL_WELL: Final = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
"""Types of documents are what they are: a search that finds little is no fault of anybody."""

_FORMATTED: Final[Mapping[ScalarKind, Values]] = {
    ScalarKind.DATE_TIME: formats.WIRE_DATE_TIMES,
    ScalarKind.DATE: formats.WIRE_DATES,
    ScalarKind.UUID: formats.WIRE_UUIDS,
    ScalarKind.BYTES: formats.WIRE_BYTES,
}


class Strategies:
    """Makes strategies, which count what they make."""

    most_characters: ClassVar = 1_000
    most_items: ClassVar = 30
    """What is longer takes long to make at random."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort

    def nothing(self) -> Values:
        """The strategy of no values."""
        return NOTHING

    def constants(self, values: Sequence[Json]) -> Values:
        """These values."""
        return st.sampled_from(list(values)) if values else NOTHING

    def scalars(self, kind: ScalarKind, limits: Limits) -> Values:
        """Values of a kind; of its limits, those that speak of it."""
        match kind:
            case ScalarKind.STRING | ScalarKind.FILE:
                return _texts(limits).map(self.effort.made)
            case ScalarKind.INTEGER:
                return whole_or_not(integers(**numeric(constraints_of(limits))))
            case ScalarKind.NUMBER:
                return whole_or_not(numbers(**numeric(constraints_of(limits))))
            case ScalarKind.BOOLEAN:
                return st.booleans()
            case _:
                return _FORMATTED[kind]

    def anything(self, limits: Limits) -> Values:
        """Values of all types."""
        return limited_json(constraints_of(limits)).map(self.effort.made)

    def arrays(self, items: Values, limits: Limits) -> Values:
        """Arrays of items."""
        if (limits.min_items or 0) > self.most_items:
            return NOTHING
        made = arrays(
            items,
            min_items=limits.min_items or 0,
            max_items=limits.max_items,
            unique_items=limits.unique_items,
        )
        return made.map(self.effort.made)

    def twice(self, items: Values) -> Values:
        """Arrays that hold an item two times."""
        return items.map(lambda one: [one, one])

    def maps(self, values: Values, limits: Limits) -> Values:
        """Objects whose properties have any names."""
        if (limits.min_properties or 0) > self.most_items:
            return NOTHING
        made = maps(
            values,
            min_properties=limits.min_properties or 0,
            max_properties=limits.max_properties,
        )
        return made.map(self.effort.made)

    def objects(
        self,
        required: Mapping[str, Values],
        optional: Mapping[str, Callable[[], Values]],
        others: Callable[[], Values] | None,
        least: int,
    ) -> Values:
        """Objects of named properties, and of others if there are any."""
        if any(made is NOTHING for made in required.values()):
            return NOTHING
        made = {name: make() for name, make in optional.items()}
        made = {name: one for name, one in made.items() if one is not NOTHING}
        usual = st.fixed_dictionaries(dict(required), optional=made)
        if others is not None:
            known = {*required, *optional}
            more = maps(others()).map(lambda found: _without(found, known))
            usual = st.builds(_joined, st.just(_NO_PROPERTIES) | more, usual)
        least_of_it = st.fixed_dictionaries(dict(required)) if not least else usual
        return unless_deep(usual.map(self.effort.made), least_of_it.map(self.effort.made))

    def any_of(self, parts: Sequence[Values]) -> Values:
        """Values of any of some kinds; where they are nested deeply, of the first."""
        possible = [one for one in parts if one is not NOTHING]
        if len(possible) < 2:
            return possible[0] if possible else NOTHING
        return unless_deep(any_of(possible), possible[0])

    def named(self, objects: Values, wire_name: str, names: Sequence[str | int]) -> Values:
        """Objects that say one of some names."""
        return st.builds(_said, objects, st.just(wire_name), st.sampled_from(list(names)))

    def kept(self, values: Values, limits: Limits) -> Values:
        """Those of some values that keep limits, and what a schema among these describes."""
        if limits == NO_LIMITS or values is NOTHING:
            return values
        if limits.schema is None:
            return values.filter(lambda value: is_within(limits, value))
        schema = limits.schema.reveal()
        made = described(schema)
        if made is NOTHING:
            return NOTHING
        if not names_its_values(schema):
            made = any_of([made, values])
        return fitting(made.map(self.effort.made), lambda value: is_within(limits, value))

    def later(self, make: Callable[[], Values]) -> Values:
        """A strategy one level deeper."""
        return nested(make)


def _texts(limits: Limits) -> Values:
    if (limits.min_length or 0) > Strategies.most_characters:
        return NOTHING
    said = textual(constraints_of(limits))
    made: Values = strings(**said)
    try:
        made.validate()
    except InvalidArgument:
        return NOTHING  # such as a pattern that no text matches
    return made


_NO_PROPERTIES: Final[dict[str, Json]] = {}


def _without(found: dict[str, Json], known: set[str]) -> dict[str, Json]:
    return {name: value for name, value in found.items() if name not in known}


def _joined(others: dict[str, Json], named: dict[str, Json]) -> dict[str, Json]:
    return {**others, **named}


def _said(value: Json, wire_name: str, name: str) -> Json:
    """An object that says its name; what is none stays as it is."""
    return {**value, wire_name: name} if isinstance(value, dict) else value


def samples(limits: Limits, most: int) -> tuple[Json, ...]:
    """A text within limits, if one is found with so much effort; none otherwise."""
    found = first(
        _texts(limits), lambda value: is_within(limits, value), Effort(most), attempts=most
    )
    return () if found is None else found


@frozen
class _Held:
    """A value that Hypothesis does not write out when it is found, and warn that it is large."""

    value: Json = field(repr=False)


_NOTHING_HELD: Final = _Held(None)


def first(
    values: Values, proves: Callable[[Json], bool], effort: Effort, *, attempts: int
) -> tuple[Json] | None:
    """The first of some values that proves something, alike in each run; it is not shrunk.

    `attempts` is how many values are looked at. The effort is one for each of them, and what else
    it is told of: strategies tell one of each JSON value that they make.
    """

    @st.composite
    def counted(draw: st.DrawFn) -> _Held:
        # A search is left by finding something: what else ends it, Hypothesis takes for a fault.
        if effort.is_spent:
            return _NOTHING_HELD
        effort.spent += 1
        try:
            return _Held(draw(values))
        except SpentError:
            return _NOTHING_HELD

    try:
        found: _Held = find(
            counted(),
            lambda held: held is _NOTHING_HELD or proves(held.value),
            settings=settings(
                database=None,
                deadline=None,
                derandomize=True,
                max_examples=attempts,
                phases=(Phase.generate,),
                suppress_health_check=_ALL_WELL,
            ),
        )
    except (InvalidArgument, NoSuchExample, Unsatisfiable):
        return None
    except Flaky:
        if not effort.is_spent:
            raise
        return None  # it made the same once more, of which not all was made
    return None if found is _NOTHING_HELD else (found.value,)
