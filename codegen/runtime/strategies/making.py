"""What generated models say of themselves, as strategies: types and constraints to values.

The codec reads the same marks (`record_of`), so nothing is said of a model twice. A `Maker` makes
values for Python, JSON that a server may send, or JSON that a document allows to the letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Final, TypeAlias, Union, get_args
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..choice import Choice, UnknownVariant
from ..codec import codec, server_codec
from ..constraints import FREE, ConstraintError, Constraints
from ..enums import OpenIntEnum, OpenStrEnum
from ..files import File
from ..json_types import Json
from ..namespaces import value_of_alias
from ..record import Property, Record, record_of
from ..shapes import (
    is_alias,
    is_enum,
    is_list,
    is_literal,
    is_map,
    is_record,
    is_typed_dict,
    is_union,
    meaning,
    members,
)
from ..unset import Unset
from ..violations import InvalidError
from . import formats
from .containers import arrays, maps, objects_of
from .distinct import distinct
from .exclusive import Alternatives, exclusive_json, exclusive_values
from .formatted import bounded, limits_in, texts_in_format
from .free import ANY_JSON, limited_json, numeric, textual, whole_or_not
from .heights import height_of
from .impossible import MISFIT, NOTHING, any_of, fitting
from .nesting import nested, unless_deep
from .numbers import integers, numbers
from .regular import CHARACTERS
from .schemas import described, names_its_values, names_of_properties, says_names_alone
from .telling import Telling, new_names, unknown_objects
from .texts import strings

_FORMATS: Final[dict[Any, tuple[SearchStrategy[Any], SearchStrategy[Json]]]] = {
    datetime: (formats.DATE_TIMES, formats.WIRE_DATE_TIMES),
    date: (formats.DATES, formats.WIRE_DATES),
    UUID: (formats.UUIDS, formats.WIRE_UUIDS),
    bytes: (formats.BYTES, formats.WIRE_BYTES),
    File: (formats.FILES, NOTHING),
    bool: (st.booleans(), st.booleans()),
    NoneType: (st.none(), st.none()),
}
"""Types without limits of their own: their values, and these in JSON, in which no file is."""

Tellings: TypeAlias = tuple[Telling, ...]
"""The unions that a value is told apart in, the outermost first."""

_MOST_LISTED: Final = 64
"""Up to how many integers a range is listed, where items have to be unique."""


class Maker:
    """Makes strategies of types."""

    def __init__(self, *, is_wire: bool, is_open: bool = False) -> None:
        self._is_wire = is_wire
        """Whether JSON is made, and not what Python has for it."""
        self._is_open = is_open
        """Whether JSON may have what only reading allows: nulls for what is absent, new names."""
        self._records: dict[type[Any], SearchStrategy[Any]] = {}
        self._aliases: dict[tuple[int, Constraints], SearchStrategy[Any]] = {}

    def of(self, form: Any, constraints: Constraints = FREE) -> SearchStrategy[Any]:
        """The values of a type that keep constraints."""
        if constraints.schema is None:
            return self._limited(form, constraints)
        if says_names_alone(constraints.schema):
            return fitting(
                self._limited(form, constraints), lambda one: self._fits(one, form, constraints)
            )
        made = described(constraints.schema)
        if made is NOTHING:
            return NOTHING
        if not self._is_wire:
            made = made.map(lambda value: _read(value, form, constraints))
        if not names_its_values(constraints.schema):
            made = any_of([made, self._limited(form, constraints)])
        return fitting(made, lambda value: self._fits(value, form, constraints))

    def _fits(self, value: Any, form: Any, constraints: Constraints) -> bool:
        if self._is_wire:
            return _read(value, form, constraints, is_open=self._is_open) is not MISFIT
        return value is not MISFIT and not list(constraints.problems(value))

    def record(
        self, cls: type[Any], given: Mapping[str, SearchStrategy[Any]] | None = None
    ) -> SearchStrategy[Any]:
        """The instances of a model, or their JSON; what is given stands in for fields, by name."""
        if given:
            return nested(lambda: self._record(record_of(cls), given))
        if cls not in self._records:
            self._records[cls] = nested(lambda: self._record(record_of(cls), {}))
        return self._records[cls]

    # Types.

    def _limited(self, form: Any, constraints: Constraints) -> SearchStrategy[Any]:
        """The values of a type that keep constraints but for a schema among them."""
        if is_alias(form):
            return self._named(form, constraints)
        inner, choice = meaning(form)
        if inner in _FORMATS:
            return _FORMATS[inner][self._is_wire]
        if inner is Any or inner is object:
            return limited_json(constraints)
        if choice is not None or is_union(inner):
            return self._union(form, choice or Choice(), constraints)
        if is_record(inner) or is_typed_dict(inner):
            return self.record(inner)
        if is_list(inner) or is_map(inner):
            return self._container(inner, constraints)
        if is_enum(inner):
            return self._members(inner, constraints)
        if is_literal(inner):
            return st.sampled_from(get_args(inner))
        return self._scalar(inner, constraints)

    def _named(self, alias: Any, constraints: Constraints) -> SearchStrategy[Any]:
        """The values of another name, which may be that of what it is a part of."""
        key = (id(alias), constraints)
        if key not in self._aliases:
            later = nested if _holds_itself(alias) else st.deferred
            self._aliases[key] = later(lambda: self._limited(value_of_alias(alias), constraints))
        return self._aliases[key]

    def _scalar(self, form: Any, constraints: Constraints) -> SearchStrategy[Any]:
        if form is str:
            is_open = self._is_wire and self._is_open
            return texts_in_format(constraints, strings(**textual(constraints)), is_open=is_open)
        if form in (int, float):
            made = _integers(constraints) if form is int else numbers(**numeric(constraints))
            return whole_or_not(made) if self._is_wire else made
        return NOTHING if self._is_wire else st.from_type(form)

    def _members(self, cls: type[Enum], constraints: Constraints) -> SearchStrategy[Any]:
        """The documented members, and values that a newer server might send."""
        known = [member for member in cls if not list(constraints.problems(member))]
        if not known:
            return NOTHING
        if not self._is_wire:
            return st.sampled_from(known)
        named = st.sampled_from([member.value for member in known])
        if not self._is_open or constraints != FREE:
            return named
        if issubclass(cls, OpenIntEnum):
            return named | st.integers(-(2**31), 2**31)
        return named | st.text(CHARACTERS, max_size=8) if issubclass(cls, OpenStrEnum) else named

    def _container(self, form: Any, constraints: Constraints) -> SearchStrategy[Any]:
        part = get_args(form)[-1] if get_args(form) else Any
        if is_map(form):
            return maps(
                self.of(part, constraints.values or FREE),
                min_properties=constraints.min_properties or 0,
                max_properties=constraints.max_properties,
                names=names_of_properties(constraints.schema),
            )
        inner = constraints.items or FREE
        return arrays(
            self.of(part, inner),
            min_items=constraints.min_items or 0,
            max_items=constraints.max_items,
            unique_items=constraints.unique_items,
            domain=self._domain(part, inner) if constraints.unique_items else None,
        )

    def _domain(self, form: Any, constraints: Constraints) -> list[Any] | None:
        """All values of a type, where these are few and easy to list."""
        found: list[Any] = []
        for one in members(form):
            if is_enum(one):
                found += [member.value if self._is_wire else member for member in one]
            elif is_literal(one):
                found += get_args(one)
            elif one is bool:
                found += [False, True]
            elif one is NoneType:
                found.append(None)
            elif one is int and (listed := _listed(constraints)) is not None:
                found += listed
            else:
                return None
        return [value for value in found if not list(constraints.problems(value))]

    # Unions.

    def _union(
        self, form: Any, choice: Choice, constraints: Constraints, above: Tellings = ()
    ) -> SearchStrategy[Any]:
        """The values of a union, which is an alternative of others `above`."""
        known = [one for one in members(form) if one not in (NoneType, Unset, UnknownVariant)]
        # Where values are nested deeply already, the first is made: it ends soonest.
        known.sort(key=lambda one: height_of(one, constraints))
        parts = [self._alternative(one, choice, constraints, above) for one in known]
        possible = [
            (one, part) for one, part in zip(known, parts, strict=True) if part is not NOTHING
        ]
        if not possible:
            return st.none() if NoneType in members(form) else NOTHING
        made = any_of(part for _, part in possible)
        compound = [one for one in known if _is_compound(one)]
        if choice.one_of and choice.tag is None and len(compound) > 1:
            made = self._exclusive(possible, compound, form, constraints, above)
        elif len(possible) > 1:
            made = unless_deep(made, possible[0][1])
        if self._is_wire and choice.hint is not None and not above:
            parts = [self._hinted(choice.hint, *one, constraints) for one in choice.types.items()]
            made = any_of([made, *parts])
        takes_new = choice.tag and UnknownVariant in members(form) and not above
        if self._is_wire and self._is_open and takes_new:
            made = any_of([made, _unknown(choice)])
        return unless_deep(st.none() | made, st.none()) if NoneType in members(form) else made

    def _exclusive(
        self,
        possible: Alternatives,
        compound: list[Any],
        form: Any,
        constraints: Constraints,
        above: Tellings,
    ) -> SearchStrategy[Any]:
        if self._is_wire:
            return exclusive_json(possible, compound)
        kinds = [one for one in members(form) if one is not NoneType]
        if len(kinds) < len(members(form)):
            return exclusive_values(possible, compound, st.none())
        choice = meaning(form)[1]
        told_apart = _either(kinds, choice)
        if above:
            json = STRICT._union(told_apart, choice or Choice(), constraints, above)
        else:
            json = STRICT.of(told_apart, constraints)
        read = json.map(lambda value: codec.structure(value, form))
        return exclusive_values(possible, compound, read)

    def _alternative(
        self, form: Any, choice: Choice, constraints: Constraints, above: Tellings
    ) -> SearchStrategy[Any]:
        """The values of an alternative, which has to say its name where there are names."""
        inner, within = meaning(form)
        tellings = above if choice.tag is None else (*above, Telling(choice, form))
        if tellings and is_record(inner):
            return self._telling(inner, tellings)
        if tellings and (within is not None or is_union(inner)):
            return self._union(form, within or Choice(), constraints, tellings)
        return self._limited(form, constraints)

    def _telling(self, cls: type[Any], tellings: Tellings) -> SearchStrategy[Any]:
        """The values of a record that say what they are in all the unions around it."""
        given: dict[str, SearchStrategy[Any]] = {}
        for one in tellings:
            tag = one.choice.tag
            known = next((known for known in record_of(cls).properties if known.wire == tag), None)
            if known is None:
                return NOTHING  # it cannot say its name, so it could not be read again
            names = one.names(known, is_wire=self._is_wire)
            if names is None:
                continue
            if not names:
                return NOTHING
            given[known.name] = st.sampled_from(names)
            if self._is_wire and self._is_open and one.takes_new(known):
                given[known.name] |= new_names(one.choice)
        return self.record(cls, given)

    def _hinted(
        self, hint: str, name: object, form: Any, constraints: Constraints
    ) -> SearchStrategy[Any]:
        """JSON of an alternative that says which one it is, beside all that it has."""
        made = self._limited(form, constraints)
        return made if made is NOTHING else made.map(lambda value: {**value, hint: name})

    # Records.

    def _record(
        self, record: Record, given: Mapping[str, SearchStrategy[Any]]
    ) -> SearchStrategy[Any]:
        limits = record.limits or FREE
        objects = self._objects(record, given, limits)
        if objects is NOTHING:
            return NOTHING
        made = objects if self._is_wire else _instances(objects, record)
        if limits.schema is None:
            return made if self._is_wire else fitting(made, lambda value: value is not MISFIT)
        if not given:
            named = described(limits.schema)
            if not self._is_wire and named is not NOTHING:
                named = named.map(lambda value: _read(value, record.cls, FREE))
            made = any_of([made, named])
        if self._is_wire:
            is_open = self._is_open
            return fitting(
                made, lambda json: _read(json, record.cls, FREE, is_open=is_open) is not MISFIT
            )
        return fitting(made, _can_be_sent)

    def _objects(
        self, record: Record, given: Mapping[str, SearchStrategy[Any]], limits: Constraints
    ) -> SearchStrategy[dict[str, Any]]:
        """The properties of objects by their names in JSON, or as arguments of the class."""
        is_counted = limits.min_properties is not None or limits.max_properties is not None
        required: dict[str, SearchStrategy[Any]] = {}
        optional: dict[str, SearchStrategy[Any]] = {}
        for known in record.properties:
            name = known.wire if self._is_wire else known.argument
            made = given.get(known.name)
            if made is not None or known.is_required:
                required[name] = self._of_property(known, record) if made is None else made
            else:
                optional[name] = self._of_property(known, record, is_there=is_counted)
        if any(made is NOTHING for made in required.values()):
            return NOTHING
        optional = {name: made for name, made in optional.items() if made is not NOTHING}
        others = self._others(record)
        if is_counted:
            if others is NOTHING and (limits.min_properties or 0) > len(required) + len(optional):
                return NOTHING
            return _counted(required, optional, self._spread(record, others), limits)
        usual = objects_of(required, optional)
        if others is not NOTHING:
            usual = st.builds(
                _joined, st.just(dict[str, Any]()) | self._spread(record, others)(0, None), usual
            )
        return unless_deep(usual, objects_of(required, {}))

    def bare_objects(self, record: Record) -> SearchStrategy[dict[str, Any]]:
        """Objects of a model's properties, whatever holds for them as a whole."""
        return self._objects(record, {}, FREE)

    def _of_property(
        self, known: Property, record: Record, *, is_there: bool = False
    ) -> SearchStrategy[Any]:
        """The values of a property that is there; null may stand for one that is not."""
        form, constraints = known.form, limits_in(record.cls, known.name, known.constraints or FREE)
        if known.default is None and (is_there or not (self._is_wire and self._is_open)):
            kinds = [one for one in members(form) if one is not NoneType]
            if kinds and len(kinds) < len(members(form)):
                return self.of(_either(kinds, meaning(form)[1]), constraints)
        return self.of(form, constraints)

    def _others(self, record: Record) -> SearchStrategy[Any]:
        """The values of properties without a field of their own."""
        if record.others is not None:
            part = get_args(record.others.form)[-1]
            limits = limits_in(record.cls, record.others.name, record.others.constraints or FREE)
            return self.of(part, limits.values or FREE)
        return ANY_JSON if self._is_wire and not record.is_closed else NOTHING

    def _spread(
        self, record: Record, others: SearchStrategy[Any]
    ) -> Callable[[int, int | None], SearchStrategy[dict[str, Any]]]:
        """So many properties without a field, beside the others or in the field that keeps them."""
        said = names_of_properties(None if record.limits is None else record.limits.schema)
        names = said.filter(lambda name: name not in record.wire_names)
        keeper = "" if self._is_wire or record.others is None else record.others.argument

        def between(least: int, most: int | None) -> SearchStrategy[dict[str, Any]]:
            made = maps(others, min_properties=least, max_properties=most, names=names)
            if not keeper or made is NOTHING:
                return made
            return made.map(lambda found: {keeper: found} if found else {})

        return between


VALUES: Final = Maker(is_wire=False)
"""Makes what Python has."""

WIRE: Final = Maker(is_wire=True, is_open=True)
"""Makes JSON as servers may send it."""

STRICT: Final = Maker(is_wire=True)
"""Makes JSON as the document allows it to the letter."""


@st.composite
def _counted(
    draw: st.DrawFn,
    required: dict[str, SearchStrategy[Any]],
    optional: dict[str, SearchStrategy[Any]],
    others: Callable[[int, int | None], SearchStrategy[dict[str, Any]]],
    limits: Constraints,
) -> dict[str, Any]:
    """Objects of so many properties."""
    least = max((limits.min_properties or 0) - len(required), 0)
    most = None if limits.max_properties is None else limits.max_properties - len(required)
    names = list(optional)
    room = len(names) if most is None else max(min(most, len(names)), 0)
    chosen: list[str] = []
    if names:
        some = st.lists(
            st.sampled_from(names), unique=True, min_size=min(least, room), max_size=room
        )
        chosen = draw(unless_deep(some, st.just(names[: min(least, room)])))
    named = draw(st.fixed_dictionaries({**required, **{name: optional[name] for name in chosen}}))
    missing = max(least - len(chosen), 0)
    left = None if most is None else max(most - len(chosen), missing)
    more = draw(others(missing, left))
    return {**more, **named}


def _joined(others: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    return {**others, **named}


def _instances(objects: SearchStrategy[dict[str, Any]], record: Record) -> SearchStrategy[Any]:
    """Instances of properties; not by `map`, of which a test that fails would show the function."""

    def instance(draw: st.DrawFn) -> Any:
        values = draw(objects)
        try:
            return record.cls(**values)
        except ConstraintError:
            if record.limits is None:
                raise  # each field was made as its constraints say, so they contradict themselves
            return MISFIT

    return distinct(instance)


def _read(value: Json, form: Any, constraints: Constraints, *, is_open: bool = True) -> Any:
    """What JSON reads as; `MISFIT` where it is refused."""
    try:
        return (codec if is_open else server_codec).structure(value, form, constraints)
    except InvalidError:
        return MISFIT


def _can_be_sent(value: object) -> bool:
    """Whether a value keeps what made it valid when it was read."""
    if value is MISFIT:
        return False
    try:
        codec.unstructure(value)
    except InvalidError:
        return False
    return True


def _holds_itself(alias: Any) -> bool:
    """Whether a type is a part of itself, not counting what is in models."""
    ahead, seen = [value_of_alias(alias)], list[Any]()
    while ahead:
        form = ahead.pop()
        if form is alias:
            return True
        if not any(form is one for one in seen):
            seen.append(form)
            ahead += [value_of_alias(form)] if is_alias(form) else get_args(form)
    return False


def _integers(constraints: Constraints) -> SearchStrategy[int]:
    """Integers, within the bounds of their format where there are some."""
    made = integers(**numeric(bounded(constraints)))
    return integers(**numeric(constraints)) if made is NOTHING else made


def _listed(constraints: Constraints) -> list[int] | None:
    """The integers between bounds, if they are few."""
    lows = [one for one in (constraints.minimum, constraints.exclusive_minimum) if one is not None]
    highs = [one for one in (constraints.maximum, constraints.exclusive_maximum) if one is not None]
    if not lows or not highs or min(highs) - max(lows) > _MOST_LISTED:
        return None
    return list(range(int(max(lows)) - 1, int(min(highs)) + 2))


def _unknown(choice: Choice) -> SearchStrategy[Json]:
    """Objects that say that they are something new."""
    said = unknown_objects(choice)
    return said if said is NOTHING else st.builds(_joined, maps(ANY_JSON), said)


def _either(forms: list[Any], choice: Choice | None) -> Any:
    """One of some types, told apart in a certain way."""
    union: Any = Union[tuple(forms)]  # noqa: UP007 - how many there are is known at run time only
    return union if choice is None else Annotated[union, choice]


def _is_compound(form: Any) -> bool:
    inner, _ = meaning(form)
    is_free = inner in (Any, object) or is_union(inner)
    return is_record(inner) or is_typed_dict(inner) or is_list(inner) or is_map(inner) or is_free
