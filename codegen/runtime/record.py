"""What an attrs class says about its JSON object: names, presence, constraints.

The marks that generated models carry for the codec are made and read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from .constraints import Constraints
from .violations import Problem

Model = TypeVar("Model")

_WIRE_NAME = "wire_name"
_OTHERS = "other_properties"
_CLOSED = "__closed__"


def wire_name(name: str) -> dict[str, str]:
    """Field metadata: the name of a property in JSON where Python needs another."""
    return {_WIRE_NAME: name}


def other_properties() -> dict[str, bool]:
    """Field metadata: this field keeps the properties which no other field names."""
    return {_OTHERS: True}


def closed(cls: type[Model]) -> type[Model]:
    """Mark a model whose schema forbids properties that it does not name."""
    setattr(cls, _CLOSED, True)
    return cls


@attrs.frozen(kw_only=True)
class Property:
    """One property of a JSON object and the field that holds it."""

    name: str
    wire: str
    form: Any
    default: Any
    """What an absent property reads as; `attrs.NOTHING` where it is required."""
    constraints: Constraints | None

    @property
    def is_required(self) -> bool:
        """Whether an object without it is invalid."""
        return self.default is attrs.NOTHING


@attrs.frozen(kw_only=True)
class Record:
    """A model's JSON object."""

    cls: type[Any]
    properties: tuple[Property, ...]
    others: Property | None
    """The field of the properties that have no field of their own, if they are kept."""
    is_closed: bool
    """Whether properties without a field are forbidden."""
    wire_names: frozenset[str]

    def constraint_problems(self, values: Mapping[str, Any]) -> list[Problem]:
        """The constraints that field values break, named by their properties."""
        problems: list[Problem] = [
            ((known.wire, *steps), keyword, message)
            for known in self.properties
            if known.constraints is not None and known.name in values
            for steps, keyword, message in known.constraints.problems(values[known.name])
        ]
        others = self.others
        if others is not None and others.constraints is not None and others.name in values:
            problems.extend(others.constraints.problems(values[others.name]))
        return problems

    def make_unchecked(self, values: Mapping[str, Any]) -> Any:
        """An instance that never met its validators, for lenient reading."""
        instance: Any = object.__new__(self.cls)
        for known in self.properties:
            object.__setattr__(instance, known.name, values.get(known.name, known.default))
        if self.others is not None:
            object.__setattr__(instance, self.others.name, values.get(self.others.name, {}))
        return instance


_records: dict[type[Any], Record] = {}


def record_of(cls: type[Any]) -> Record:
    """The fields and marks of an attrs class, read once."""
    known = _records.get(cls)
    if known is None:
        known = _records[cls] = _read_record(cls)
    return known


def _read_record(cls: type[Any]) -> Record:
    attributes = attrs.fields(attrs.resolve_types(cls, include_extras=True))
    named = tuple(_property(one) for one in attributes if _OTHERS not in one.metadata)
    others = (_property(one) for one in attributes if _OTHERS in one.metadata)
    return Record(
        cls=cls,
        properties=named,
        others=next(others, None),
        is_closed=_CLOSED in vars(cls),
        wire_names=frozenset(known.wire for known in named),
    )


def _property(attribute: attrs.Attribute[Any]) -> Property:
    validator: object = attribute.validator
    return Property(
        name=attribute.name,
        wire=attribute.metadata.get(_WIRE_NAME, attribute.name),
        form=Any if attribute.type is None else attribute.type,
        default=attribute.default,
        constraints=validator if isinstance(validator, Constraints) else None,
    )
