"""What an attrs class or a TypedDict says about its JSON object: names, presence, constraints.

The marks that generated models carry for the codec are made and read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, Required, TypeVar, get_args, get_origin

import attrs
from typing_extensions import ReadOnly, get_type_hints

from .constraints import Constraints
from .shapes import is_typed_dict
from .unset import UNSET
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
    argument: str
    """What the constructor calls it."""
    wire: str
    form: Any
    default: Any
    """What an absent property reads as; `attrs.NOTHING` where it is required."""
    constraints: Constraints | None = None

    @property
    def is_required(self) -> bool:
        """Whether an object without it is invalid."""
        return self.default is attrs.NOTHING


@attrs.frozen(kw_only=True)
class Record:
    """A model's JSON object."""

    cls: type[Any]
    properties: tuple[Property, ...]
    others: Property | None = None
    """The field of the properties that have no field of their own, if they are kept."""
    is_closed: bool = False
    """Whether properties without a field are forbidden."""
    is_plain: bool = False
    """Whether an instance is its properties as they are, and nothing more."""
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

    def make(self, values: Mapping[str, Any]) -> Any:
        """An instance; raises what the class raises."""
        known = self.properties if self.others is None else (*self.properties, self.others)
        return self.cls(**{one.argument: values[one.name] for one in known if one.name in values})

    def make_unchecked(self, values: Mapping[str, Any]) -> Any:
        """An instance that never met its validators, for lenient reading."""
        if is_typed_dict(self.cls):
            return self.make(values)
        instance: Any = object.__new__(self.cls)
        for known in self.properties:
            object.__setattr__(instance, known.name, values.get(known.name, known.default))
        if self.others is not None:
            object.__setattr__(instance, self.others.name, values.get(self.others.name, {}))
        return instance


_records: dict[type[Any], Record] = {}


def record_of(cls: type[Any]) -> Record:
    """The fields and marks of an attrs class, or the keys of a TypedDict, read once.

    Fields that the constructor does not take (`init=False`) are no part of the JSON. Raises
    `NameError` where an annotation cannot be evaluated.
    """
    known = _records.get(cls)
    if known is None:
        known = _records[cls] = _of_typed_dict(cls) if is_typed_dict(cls) else _of_attrs_class(cls)
    return known


def _of_attrs_class(cls: type[Any]) -> Record:
    fields = attrs.fields(attrs.resolve_types(cls, include_extras=True))
    attributes = [one for one in fields if one.init]
    named = tuple(_property(one) for one in attributes if _OTHERS not in one.metadata)
    others = (_property(one) for one in attributes if _OTHERS in one.metadata)
    return Record(
        cls=cls,
        properties=named,
        others=next(others, None),
        is_closed=_CLOSED in vars(cls),
        is_plain=len(attributes) == len(fields) and all(one.converter is None for one in fields),
        wire_names=frozenset(known.wire for known in named),
    )


def _property(attribute: attrs.Attribute[Any]) -> Property:
    validator: object = attribute.validator
    return Property(
        name=attribute.name,
        argument=attribute.alias or attribute.name,
        wire=attribute.metadata.get(_WIRE_NAME, attribute.alias or attribute.name),
        form=Any if attribute.type is None else attribute.type,
        default=attribute.default,
        constraints=validator if isinstance(validator, Constraints) else None,
    )


def _of_typed_dict(cls: type[Any]) -> Record:
    keys = get_type_hints(cls, include_extras=True)
    return Record(
        cls=cls,
        properties=tuple(_key(cls, name, form) for name, form in keys.items()),
        wire_names=frozenset(keys),
    )


def _key(cls: Any, name: str, form: Any) -> Property:
    # Where annotations are text, the class took `NotRequired[int]` for a type like others.
    is_required = name in cls.__required_keys__
    while (origin := get_origin(form)) in (Required, NotRequired, ReadOnly, Annotated):
        is_required = {Required: True, NotRequired: False}.get(origin, is_required)
        form = get_args(form)[0]
    default = attrs.NOTHING if is_required else UNSET
    return Property(name=name, argument=name, wire=name, form=form, default=default)
