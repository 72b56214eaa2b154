"""Which JSON values a type of the IR has, asked of one value: the judge of every example.

This knows nothing of `subschema`, which decides without values; that the two agree is a law.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias, assert_never

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
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..runtime.constraints import Constraints
from ..runtime.formats import parsed_bytes, parsed_date, parsed_date_time, parsed_uuid
from ..tree import Json
from ..values import field, frozen, names_of

Models: TypeAlias = Mapping[Identifier, Model]

Shape: TypeAlias = Type | Record | Enumeration
"""A type, or a class by itself: what two of are compared."""

_PARSERS: Final = {
    ScalarKind.BYTES: parsed_bytes,
    ScalarKind.DATE: parsed_date,
    ScalarKind.DATE_TIME: parsed_date_time,
    ScalarKind.UUID: parsed_uuid,
}


@frozen
class _Fields:
    """What is asked of a record again and again."""

    record: Record
    """It is kept, so that no other object has its identity."""
    types: Mapping[str, Type]
    required: frozenset[str]


@frozen
class Membership:
    """Tells the values of types whose models are these."""

    models: Models
    _known: dict[int, _Fields] = field(init=False, factory=dict[int, _Fields], repr=False)

    def holds(self, shape: Shape, value: Json) -> bool:
        """Whether a value is one of a type."""
        match shape:
            case Scalar(kind, limits):
                return _is_scalar(kind, value) and is_within(limits, value)
            case Anything(limits):
                return is_within(limits, value)
            case Null():
                return value is None
            case Literal(constant):
                return is_same(constant, value)
            case Named(name, limits):
                return self._holds_model(self.models[name], value) and is_within(limits, value)
            case ListOf(item, limits):
                is_list = isinstance(value, list) and all(self.holds(item, one) for one in value)
                return is_list and is_within(limits, value)
            case MapOf(inner, limits):
                is_map = isinstance(value, dict) and all(
                    self.holds(inner, one) for one in value.values()
                )
                return is_map and is_within(limits, value)
            case Nullable(inner):
                return value is None or self.holds(inner, value)
            case UnionOf():
                return self._is_one_of(shape, value) and is_within(shape.limits, value)
            case Record() | Enumeration():
                return self._holds_model(shape, value)
            case _:
                assert_never(shape)

    def _holds_model(self, model: Model, value: Json) -> bool:
        match model:
            case Record():
                if not isinstance(value, dict):
                    return model.untyped is not None and is_within(model.untyped, value)
                return self._is_record(model, value) and is_within(model.limits, value)
            case Enumeration(members=members):
                return any(is_same(member.value, value) for member in members)
            case Alias():
                return self.holds(model.type, value)
            case _:
                assert_never(model)

    def _is_record(self, record: Record, value: dict[str, Json]) -> bool:
        fields = self._fields_of(record)
        if not fields.required <= value.keys():  # the cheapest question first
            return False
        types = fields.types
        for name, inner in value.items():
            if name in types and not self.holds(types[name], inner):
                return False
        others = [inner for name, inner in value.items() if name not in types]
        if record.others is not None:
            return all(self.holds(record.others.value, one) for one in others)
        return not (others and record.is_closed)

    def _fields_of(self, record: Record) -> _Fields:
        """The fields of a record by their names; a record is told by being that object."""
        known = self._known.get(id(record))
        if known is None:
            types = {one.wire_name.reveal(): one.type for one in record.fields}
            needed = (one for one in record.fields if one.presence is Presence.REQUIRED)
            required = frozenset(one.wire_name.reveal() for one in needed)
            known = self._known[id(record)] = _Fields(record, types, required)
        return known

    def _is_one_of(self, union: UnionOf, value: Json) -> bool:
        if union.discriminator is not None and isinstance(value, dict):
            return self._is_named(union, value)
        if union.hint is not None and isinstance(value, dict):
            said = _tag_of(value.get(union.hint.wire_name.reveal()))
            for tag, record in union.hint.names:
                if tag == said:
                    return self._holds_model(self.models[record], value)
        fitting = [one for one in union.alternatives if self.holds(one, value)]
        if union.is_exclusive and isinstance(value, dict | list):
            return len(fitting) == 1
        return bool(fitting)

    def _is_named(self, union: UnionOf, value: dict[str, Json]) -> bool:
        """Whether an object is what it says that it is, as the runtime reads it."""
        told = union.discriminator
        if told is None:
            return False
        name = _tag_of(value.get(told.wire_name.reveal()))
        for tag, record in told.names:
            if tag == name:
                return self._holds_model(self.models[record], value)
        named = {record for _, record in told.names} | {told.otherwise}
        unnamed = [
            one
            for one in union.alternatives
            if not (isinstance(one, Named) and one.name in named) and self._is_of_objects(one)
        ]
        if unnamed:
            return any(self.holds(one, value) for one in unnamed)
        return told.otherwise is not None and self._holds_model(self.models[told.otherwise], value)

    def _is_of_objects(self, type_: Type) -> bool:
        if isinstance(type_, Named):
            model = self.models[type_.name]
            return isinstance(model, Record) or (
                isinstance(model, Alias) and self._is_of_objects(model.type)
            )
        return isinstance(type_, MapOf)


def is_within(limits: Limits, value: Json) -> bool:
    """Whether a value keeps to limits, which speak of values of their own type only."""
    return limits == NO_LIMITS or constraints_of(limits).breaks_nothing(value)


@lru_cache(maxsize=4096)
def constraints_of(limits: Limits) -> Constraints:
    """Limits as the runtime checks them."""
    said: dict[str, Any] = {name: getattr(limits, name) for name in names_of(Limits)}
    said = {name: one.reveal() if isinstance(one, Text) else one for name, one in said.items()}
    return Constraints(**said)


def is_same(constant: Text | int | bool, value: Json) -> bool:
    """Whether a value is a constant; to Python, True is 1."""
    expected = constant.reveal() if isinstance(constant, Text) else constant
    return isinstance(value, bool) == isinstance(expected, bool) and value == expected


def _tag_of(value: Json) -> Literal | None:
    """What a value of a property that tells alternatives apart is among its names."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        return Literal(Text(value))
    return Literal(value) if isinstance(value, int) else None


def _is_scalar(kind: ScalarKind, value: Json) -> bool:
    match kind:
        case ScalarKind.BOOLEAN:
            return isinstance(value, bool)
        case ScalarKind.INTEGER:
            is_whole = isinstance(value, float) and value.is_integer()
            return (isinstance(value, int) and not isinstance(value, bool)) or is_whole
        case ScalarKind.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ScalarKind.STRING | ScalarKind.FILE:
            return isinstance(value, str)
        case _:
            return isinstance(value, str) and _parses(kind, value)


def _parses(kind: ScalarKind, text: str) -> bool:
    try:
        _PARSERS[kind](text)
    except ValueError:
        return False
    return True
