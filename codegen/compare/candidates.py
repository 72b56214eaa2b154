"""Values that may prove a break, as Hypothesis strategies: what one type has and another may not.

They are made from the types of the IR by what generated strategies are made of, and aim at the
differences: just below a minimum, one item too many, a property left out. Whether a candidate
proves anything is for `membership` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias, assert_never

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, NoSuchExample, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from ..emit.heights import height_of, heights_of
from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Enumeration,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Others,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..tree import Json
from ..values import define, evolve, field
from . import value_strategies as make
from .bounds import NOTHING
from .faults import Fault, Instead, With, WithOther, Without
from .membership import Membership, Models, Shape, constraints_of
from .paths import Alternative, Entry, Item, Property, Steps

Values: TypeAlias = SearchStrategy[Any]

_MOST_CHARACTERS: Final = 1_000
_MOST_ITEMS: Final = 30
"""Longer texts and arrays are not made: an example is there to be read."""

_MOST_DEEP: Final = 3
"""Through how many models differences are looked for; `subschema` looks through all of them."""

_ALL_WELL: Final = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
"""Types of documents are what they are: a search that finds little is no fault of anybody."""

_NO_ITEMS: Final[Json] = []
_NO_PROPERTIES: Final[Json] = {}

_TEXT_LIMITS: Final = ("min_length", "max_length", "pattern")
_NUMBER_LIMITS: Final = (
    *("minimum", "maximum", "exclusive_minimum", "exclusive_maximum", "multiple_of"),
)
_ARRAY_LIMITS: Final = ("min_items", "max_items", "unique_items")
_OBJECT_LIMITS: Final = ("min_properties", "max_properties")

_MAKERS: Final = {
    ScalarKind.DATE_TIME: make.wire_date_times,
    ScalarKind.DATE: make.wire_dates,
    ScalarKind.UUID: make.wire_uuids,
    ScalarKind.BYTES: make.wire_byte_strings,
}


@define
class Candidates:
    """Makes values that one side sends, whose models are these, and the other may refuse."""

    sent: Models
    accepted: Models
    _heights: dict[Identifier, int] = field(init=False)
    _models: dict[Identifier, Values] = field(init=False, factory=dict[Identifier, "Values"])

    def __post_init__(self) -> None:
        self._heights = heights_of(self.sent.values())

    def around(self, root: Shape, steps: Steps, fault: Fault) -> Iterator[Values]:
        """Values of a type with a fault at some place in them, the most likely first."""
        for part in self._faulty(self._shape_at(root, steps), fault):
            yield self._inside(root, steps, part)

    def between(self, sent: Shape, accepted: Shape) -> Iterator[Values]:
        """Values of one type that may not be of another, the most likely first."""
        yield from self._between(sent, accepted, 0)
        yield self.values(sent)

    # What is sent.

    def values(self, shape: Shape) -> Values:
        """Values of a type, as they are sent."""
        match shape:
            case Scalar(kind, limits):
                return self._scalars(kind, limits)
            case Anything(limits):
                return _kept(make.json_values(), limits)
            case Null():
                return st.none()
            case Literal(value):
                return st.just(_plain(value))
            case Named(name, limits):
                return _kept(self._named(name), limits)
            case ListOf(item, limits):
                return self._arrays(self.values(item), limits)
            case MapOf(value, limits):
                made = _made("objects", self.values(value), limits=_set_in(limits, _OBJECT_LIMITS))
                return _kept(made, limits)
            case Nullable(inner):
                return make.optional(self.values(inner))
            case UnionOf():
                ordered = sorted(
                    self._alternatives(shape), key=lambda one: height_of(one[0], self._heights)
                )
                return _kept(make.one_of(*(made for _, made in ordered)), shape.limits)
            case Record():
                return self._objects(shape, {})
            case Enumeration(members=members):
                return st.sampled_from([_plain(member.value) for member in members])
            case _:
                assert_never(shape)

    def _named(self, name: Identifier) -> Values:
        if name not in self._models:
            model = self.sent[name]
            self._models[name] = make.deferred(lambda: self._of_model(model))
        return self._models[name]

    def _of_model(self, model: Model) -> Values:
        return self.values(model.type if isinstance(model, Alias) else model)

    def _scalars(self, kind: ScalarKind, limits: Limits) -> Values:
        match kind:
            case ScalarKind.STRING | ScalarKind.FILE:
                made = _made("strings", limits=_set_in(limits, _TEXT_LIMITS))
            case ScalarKind.INTEGER | ScalarKind.NUMBER:
                maker = "integers" if kind is ScalarKind.INTEGER else "wire_numbers"
                made = _made(maker, limits=_set_in(limits, _NUMBER_LIMITS))
            case ScalarKind.BOOLEAN:
                made = st.booleans()
            case _:
                made = _MAKERS[kind]()
                return _kept(made, limits)
        return _kept(made, limits)

    def _arrays(self, items: Values, limits: Limits) -> Values:
        return _kept(_made("arrays", items, limits=_set_in(limits, _ARRAY_LIMITS)), limits)

    def _objects(self, record: Record, given: dict[str, Values]) -> Values:
        """Objects of a record, with some properties that are surely there."""
        required = dict(given)
        optional: dict[str, Values] = {}
        for one in record.fields:
            name = one.wire_name.reveal()
            if name not in given:
                place = required if one.presence is Presence.REQUIRED else optional
                place[name] = self.values(one.type)
        others = None if record.others is None else self.values(record.others.value)
        return _kept(make.wire_objects(required, optional, others=others), record.limits)

    def _least(self, record: Record, given: dict[str, Values]) -> Values:
        """Objects of a record with no more than they need, and some properties that are given."""
        if record.limits != NO_LIMITS:
            return self._objects(record, given)
        needed = tuple(one for one in record.fields if one.presence is Presence.REQUIRED)
        return self._objects(evolve(record, fields=needed, others=None), given)

    def _alternatives(self, union: UnionOf) -> Iterator[tuple[Type, Values]]:
        """The alternatives of a union, which say their names where there are names."""
        for one in union.alternatives:
            yield one, self._named_in(union, one, self.values(one))

    def _named_in(self, union: UnionOf, alternative: Type, values: Values) -> Values:
        """Values of an alternative, which say its name where the union tells them apart by one."""
        told = union.discriminator
        if told is None or not isinstance(alternative, Named):
            return values
        own = [tag.reveal() for tag, name in told.names if name == alternative.name]
        if not own:
            return values
        return st.builds(_said, values, st.just(told.wire_name.reveal()), st.sampled_from(own))

    # What has a fault at some place.

    def _shape_at(self, root: Shape, steps: Steps) -> Shape:
        shape = self._unnamed(root)
        for step in steps:
            shape = self._unnamed(self._part(shape, step))
        return shape

    def _unnamed(self, shape: Shape) -> Shape:
        """A type without names or null around it."""
        while True:
            match shape:
                case Nullable(inner):
                    shape = inner
                case Named(name):
                    model = self.sent[name]
                    shape = model.type if isinstance(model, Alias) else model
                case _:
                    return shape

    def _part(self, shape: Shape, step: Property | Entry | Item | Alternative) -> Shape:
        match shape, step:
            case Record(), Property(name):
                found = next((one.type for one in shape.fields if one.wire_name == name), None)
                if found is not None:
                    return found
            case Record(), Entry() if shape.others is not None:
                return shape.others.value
            case MapOf(value), _:
                return value
            case ListOf(item), Item():
                return item
            case UnionOf(), Alternative(type_, _):
                return type_
            case _:
                pass
        raise LookupError(f"{type(shape).__name__} has no {type(step).__name__}")

    def _inside(self, shape: Shape, steps: Steps, part: Values) -> Values:
        """Values of a type with a part that is given."""
        if not steps:
            return part
        outer = self._unnamed(shape)
        step, *rest = steps
        inner = self._inside(self._part(outer, step), tuple(rest), part)
        match outer, step:
            case Record(), Property(name):
                return self._least(outer, {name.reveal(): inner})
            case Record(), _:
                return self._least(outer, {unnamed_in(outer): inner})
            case ListOf(_, limits), _:
                least = limits.min_items or 1
                return make.arrays(inner, min_items=max(least, 1), max_items=max(least, 1))
            case MapOf(), _:
                return make.objects(inner, min_properties=1, max_properties=1)
            case UnionOf(), Alternative(type_, _):
                return self._named_in(outer, type_, inner)
            case _:
                return inner

    def _faulty(self, shape: Shape, fault: Fault) -> Iterator[Values]:
        match fault:
            case Instead(sent, accepted):
                yield from self.between(sent, accepted)
            case Without(name) if isinstance(shape, Record):
                yield self._least(_less(shape, name), {})
            case With(name) if isinstance(shape, Record):
                inner = next((one.type for one in shape.fields if one.wire_name == name), None)
                if inner is not None:
                    yield self._least(shape, {name.reveal(): self.values(inner)})
            case WithOther(accepted) if isinstance(shape, Record):
                others = Anything() if shape.others is None else shape.others.value
                for made in self.between(others, accepted or Anything()):
                    yield self._least(shape, {unnamed_in(shape): made})
            case _:
                yield self.values(shape)

    # What one type has and another may not.

    def _between(self, sent: Shape, accepted: Shape, depth: int) -> Iterator[Values]:
        mine = self._unnamed(sent)
        theirs = Candidates(self.accepted, self.accepted)._unnamed(accepted)
        if isinstance(sent, Nullable):
            yield st.none()
        if isinstance(mine, Record) and mine.untyped is not None:
            yield _kept(st.sampled_from(["", 0, True]), mine.untyped)
        match mine, theirs:
            case Scalar(), (Scalar() | Anything()):
                for limits in _beyond(mine.limits, theirs.limits):
                    yield self._scalars(mine.kind, limits)
            case ListOf(), (ListOf() | Anything()):
                wanted = theirs if isinstance(theirs, ListOf) else ListOf(theirs, theirs.limits)
                yield from self._between_lists(mine, wanted, depth)
            case UnionOf(), _:
                for one, made in self._alternatives(mine):
                    yield made
                    for inner in self._between(one, accepted, depth):
                        yield self._named_in(mine, one, inner)
            case _, UnionOf():
                for one in theirs.alternatives:
                    yield from self._between(sent, one, depth)
            case Record(), (Record() | MapOf()) if depth < _MOST_DEEP:
                yield from self._between_objects(mine, theirs, depth + 1)
            case ((Record() | MapOf()), Anything(limits)):
                yield from self._counted(mine, limits)
                yield self.values(sent)
            case MapOf(value), MapOf(other):
                for inner in self._between(value, other, depth):
                    yield make.objects(inner, min_properties=1, max_properties=1)
                for limits in _beyond(mine.limits, theirs.limits):
                    yield self.values(MapOf(value, limits))
            case Anything(), _:
                for kind in (ScalarKind.STRING, ScalarKind.NUMBER, ScalarKind.BOOLEAN):
                    yield self.values(Scalar(kind, mine.limits))
                yield st.sampled_from([None, _NO_ITEMS, _NO_PROPERTIES])
            case _:
                yield self.values(sent)

    def _counted(self, mine: Record | MapOf, limits: Limits) -> Iterator[Values]:
        """Objects of too few and of too many properties."""
        record = _as_record(mine)
        required = tuple(one for one in record.fields if one.presence is Presence.REQUIRED)
        if limits.min_properties is not None:
            yield self._objects(evolve(record, fields=required), {})
        if limits.max_properties is not None and limits.max_properties < _MOST_ITEMS:
            given = {one.wire_name.reveal(): self.values(one.type) for one in record.fields}
            others = Anything() if record.others is None else record.others.value
            for number in range(0 if record.is_closed else limits.max_properties + 1):
                if len(given) <= limits.max_properties:
                    given[f"{unnamed_in(record)}_{number}"] = self.values(others)
            yield self._objects(record, given)

    def _between_lists(self, mine: ListOf, theirs: ListOf, depth: int) -> Iterator[Values]:
        for limits in _beyond(mine.limits, theirs.limits):
            yield self._arrays(self.values(mine.item), limits)
        if theirs.limits.unique_items and not mine.limits.unique_items:
            yield self.values(mine.item).map(lambda one: [one, one])
        for inner in self._between(mine.item, theirs.item, depth):
            yield make.arrays(inner, min_items=1, max_items=max(mine.limits.min_items or 1, 1))

    def _between_objects(
        self, mine: Record, theirs: Record | MapOf, depth: int
    ) -> Iterator[Values]:
        theirs = _as_record(theirs)
        known = {one.wire_name: one for one in theirs.fields}
        if not mine.is_closed:
            others_of_mine = Anything() if mine.others is None else mine.others.value
            unnamed = unnamed_in(mine, theirs)
            if theirs.others is None:
                yield self._objects(mine, {unnamed: self.values(others_of_mine)})
            else:
                for inner in self._between(others_of_mine, theirs.others.value, depth):
                    yield self._objects(mine, {unnamed: inner})
        own = {one.wire_name for one in mine.fields}
        for wire_name, named in known.items():
            yield self._objects(_less(mine, wire_name), {})
            if mine.others is not None and wire_name not in own:
                for inner in self._between(mine.others.value, named.type, depth):
                    yield self._objects(mine, {wire_name.reveal(): inner})
        for one in mine.fields:
            given = one.wire_name.reveal()
            wanted = known.get(one.wire_name)
            accepted = None if wanted is None else wanted.type
            if accepted is None and theirs.others is not None:
                accepted = theirs.others.value
            if accepted is None:
                yield self._objects(mine, {given: self.values(one.type)})
                continue
            for inner in self._between(one.type, accepted, depth):
                yield self._objects(mine, {given: inner})


def _as_record(shape: Record | MapOf) -> Record:
    """An object of either kind as a record."""
    if isinstance(shape, Record):
        return shape
    others = Others(name=Identifier("others"), value=shape.value)
    return Record(name=Identifier("Map"), wire_name=Text(""), fields=(), others=others)


def unnamed_in(*records: Record) -> str:
    """A name that no property of some records has."""
    taken = {one.wire_name.reveal() for record in records for one in record.fields}
    name = "another"
    while name in taken:
        name += "_one"
    return name


def _said(value: Json, wire_name: str, name: str) -> Json:
    """An object that says its name; what is none stays as it is."""
    return {**value, wire_name: name} if isinstance(value, dict) else value


def _less(record: Record, name: Text) -> Record:
    """The record without a property, unless it cannot be without."""
    fields = tuple(
        one for one in record.fields if one.wire_name != name or one.presence is Presence.REQUIRED
    )
    return evolve(record, fields=fields)


def _beyond(mine: Limits, theirs: Limits) -> Iterator[Limits]:
    """Some limits, each with one bound by which the values break some others."""
    if theirs.min_length is not None and _is_looser(mine.min_length, theirs.min_length):
        yield evolve(mine, max_length=theirs.min_length - 1)
    if theirs.max_length is not None and theirs.max_length < _MOST_CHARACTERS:
        yield evolve(mine, min_length=max(theirs.max_length + 1, mine.min_length or 0))
    if theirs.min_items is not None and _is_looser(mine.min_items, theirs.min_items):
        yield evolve(mine, max_items=theirs.min_items - 1)
    if theirs.max_items is not None and theirs.max_items < _MOST_ITEMS:
        yield evolve(mine, min_items=max(theirs.max_items + 1, mine.min_items or 0))
    if theirs.min_properties is not None and _is_looser(mine.min_properties, theirs.min_properties):
        yield evolve(mine, max_properties=theirs.min_properties - 1)
    if theirs.max_properties is not None and theirs.max_properties < _MOST_ITEMS:
        yield evolve(mine, min_properties=max(theirs.max_properties + 1, mine.min_properties or 0))
    if theirs.minimum is not None:
        yield evolve(mine, exclusive_maximum=theirs.minimum)
    if theirs.maximum is not None:
        yield evolve(mine, exclusive_minimum=theirs.maximum)
    if theirs.exclusive_minimum is not None:
        yield evolve(mine, maximum=theirs.exclusive_minimum)
    if theirs.exclusive_maximum is not None:
        yield evolve(mine, minimum=theirs.exclusive_maximum)


def _is_looser(mine: int | None, theirs: int) -> bool:
    return theirs > 0 and (mine or 0) < theirs


def _plain(value: Text | int | bool) -> str | int | bool:
    return value.reveal() if isinstance(value, Text) else value


def _set_in(limits: Limits, names: tuple[str, ...]) -> dict[str, Any]:
    """The limits of some names that are set, as strategies take them."""
    said = {name: getattr(limits, name) for name in names}
    return {
        name: one.reveal() if isinstance(one, Text) else one
        for name, one in said.items()
        if one is not None and one is not False
    }


def _made(maker: str, *items: Values, limits: dict[str, Any]) -> Values:
    """What a maker makes; nothing where its limits contradict each other."""
    counts = [limits.get(name, 0) for name in ("min_items", "min_properties")]
    if limits.get("min_length", 0) > _MOST_CHARACTERS or max(counts) > _MOST_ITEMS:
        return st.nothing()
    try:
        made: Values = getattr(make, maker)(*items, **limits)
        made.validate()
    except InvalidArgument:
        return st.nothing()
    return made


def _kept(values: Values, limits: Limits) -> Values:
    """Values that keep to limits which they were not made for."""
    if limits == NO_LIMITS:
        return values
    if limits.schema is not None:
        if limits.schema.reveal() == NOTHING:
            return st.nothing()
        return make.wire_described(values, object, constraints_of(limits))
    judge = Membership({})
    return values.filter(lambda value: judge.holds(Anything(limits), value))


def first(values: Values, proves: Callable[[Json], bool], most: int) -> tuple[Json] | None:
    """The smallest of some values that proves something, alike in each run; None for none.

    `most` is how many values are looked at.
    """
    try:
        value: Json = find(
            values,
            proves,
            settings=settings(
                database=None,
                deadline=None,
                derandomize=True,
                max_examples=most,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=_ALL_WELL,
            ),
        )
    except (InvalidArgument, NoSuchExample, Unsatisfiable):
        return None
    return (value,)
