"""What an attrs class or a TypedDict says about its JSON object: names, presence, constraints.

The marks that generated models carry for the codec are made and read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import (
    Annotated,
    Any,
    NotRequired,
    Required,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
    get_origin,
)

import attrs
from typing_extensions import ReadOnly

from .absence import has_default, is_constant, is_tag, keeps_absence, leave_out
from .constraints import FREE, Constraints, is_absent, written
from .defining import UnmadeField
from .json_types import JsonObject
from .namespaces import resolve_fields, resolve_keys
from .shapes import is_typed_dict
from .unset import UNSET
from .violations import Problem

Model = TypeVar("Model")

_WIRE_NAME = "wire_name"
_OTHERS = "other_properties"
_CLOSED = "__closed__"
_LIMITS = "__limits__"
_UNTYPED = "__untyped__"


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


def untyped(constraints: Constraints = FREE) -> Callable[[type[Model]], type[Model]]:
    """Mark a model whose schema has no type: also what is no object fits it, within constraints."""

    def mark(cls: type[Model]) -> type[Model]:
        setattr(cls, _UNTYPED, constraints)
        return cls

    return mark


def checked(constraints: Constraints) -> Callable[[type[Model]], type[Model]]:
    """Say what holds for a model's object as a whole; stands under `@define`, which runs it."""

    def mark(cls: type[Model]) -> type[Model]:
        setattr(cls, _LIMITS, constraints)
        setattr(cls, _AFTER_INIT, _check_whole)
        return cls

    return mark


_AFTER_INIT = "__attrs_post_init__"


def _check_whole(self: object) -> None:
    limits: Constraints = getattr(self, _LIMITS)
    limits.require(written(self), type(self).__name__)


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

    def when_absent(self) -> Any:
        """What the field holds where the object has no such property."""
        factory = cast("type[Any]", attrs.Factory)  # attrs says that it is a function
        return self.default.factory() if isinstance(self.default, factory) else self.default


@attrs.frozen(kw_only=True)
class Record:
    """A model's JSON object."""

    cls: type[Any]
    properties: tuple[Property, ...]
    others: Property | None = None
    """The field of the properties that have no field of their own, if they are kept."""
    is_closed: bool = False
    """Whether properties without a field are forbidden."""
    untyped: Constraints | None = None
    """What holds of values that are no objects, where these fit too."""
    is_whole: bool = False
    """Whether an instance is made of its properties as they are, and of nothing more."""
    has_constants: bool = False
    """Whether constructors know a property by themselves that JSON must have."""
    has_only_constraints: bool = False
    """Whether nothing but `Constraints` looks at new instances."""
    limits: Constraints | None = None
    """What holds for the object as a whole."""
    defaulted: frozenset[str] = frozenset()
    """The fields whose absence is kept apart from their defaults."""
    tags: frozenset[str] = frozenset()
    """Those of them that constructors give all the same."""
    wire_names: frozenset[str]

    @property
    def field_names(self) -> list[str]:
        """The names of all fields that the JSON is about."""
        return [one.name for one in self.properties] + [one.name for one in self._rest]

    @property
    def _rest(self) -> tuple[Property, ...]:
        return () if self.others is None else (self.others,)

    @property
    def is_plain(self) -> bool:
        """Whether an instance is its properties as they are, and nothing more."""
        return self.is_whole and not keeps_absence(self.cls)

    @property
    def counts_unnamed(self) -> bool:
        """Whether properties without a field count for the object as a whole."""
        limits = self.limits
        return limits is not None and (limits.has_schema or limits.min_properties is not None)

    @property
    def needs_json(self) -> bool:
        """Whether its constraints look at the JSON itself, and not only at the field values."""
        known = self.properties if self.others is None else (*self.properties, self.others)
        constraints = [one.constraints for one in known if one.constraints is not None]
        return self.limits is not None or any(one.has_schema for one in constraints)

    def constraint_problems(self, values: Mapping[str, Any], json: JsonObject) -> list[Problem]:
        """The constraints that field values break, named by their properties.

        `json` is the object that the values were read from, or are written as.
        """
        problems: list[Problem] = [
            ((known.wire, *steps), keyword, message)
            for known in self.properties
            if known.constraints is not None and known.name in values and known.wire in json
            if not is_absent(values[known.name], known.default)
            for steps, keyword, message in known.constraints.first_problems(
                values[known.name], json[known.wire]
            )
        ]
        others = self.others
        if others is not None and others.constraints is not None and others.name in values:
            of_others = {name: json[name] for name in json.keys() - self.wire_names}
            problems.extend(others.constraints.first_problems(values[others.name], of_others))
        return problems

    def whole_problems(self, json: JsonObject) -> list[Problem]:
        """What is wrong with the object as a whole, without nulls that read as absent."""
        if self.limits is None:
            return []
        absent = {one.wire for one in self.properties if one.default is None}
        there = {
            name: item for name, item in json.items() if item is not None or name not in absent
        }
        return self.limits.first_problems(there, there)

    def make(self, values: Mapping[str, Any]) -> Any:
        """An instance; raises what the class raises."""
        known = self.properties if self.others is None else (*self.properties, self.others)
        given = {one.argument: values[one.name] for one in known if one.name in values}
        instance: Any = self.cls(**given)
        for name in self.tags.difference(values):
            leave_out(instance, name)
        return instance

    def make_unchecked(self, values: Mapping[str, Any]) -> Any:
        """An instance that never met its validators: lenient, or checked before."""
        if is_typed_dict(self.cls):
            return self.make(values)
        instance: Any = object.__new__(self.cls)
        for known in self.properties:
            if known.name in self.defaulted and known.name not in values:
                continue
            value = values[known.name] if known.name in values else known.when_absent()
            object.__setattr__(instance, known.name, value)
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
    fields = resolve_fields(cls)
    attributes = [one for one in fields if one.init]
    named = tuple(_property(one) for one in attributes if _OTHERS not in one.metadata)
    others = (_property(one) for one in attributes if _OTHERS in one.metadata)
    return Record(
        cls=cls,
        properties=named,
        others=next(others, None),
        is_closed=_CLOSED in vars(cls),
        untyped=vars(cls).get(_UNTYPED),
        is_whole=len(attributes) == len(fields) and not any(map(_is_converted, fields)),
        has_constants=any(is_constant(one.metadata) for one in fields),
        has_only_constraints=_has_only_constraints(cls, fields),
        limits=getattr(cls, _LIMITS, None),
        defaulted=_defaulted(cls, named),
        tags=frozenset(one.name for one in attributes if is_tag(one.metadata)),
        wire_names=frozenset(known.wire for known in named),
    )


def _defaulted(cls: type[Any], properties: Iterable[Property]) -> frozenset[str]:
    if not keeps_absence(cls):
        return frozenset()
    return frozenset(one.name for one in properties if has_default(one.default))


_Attribute: TypeAlias = "attrs.Attribute[Any] | UnmadeField"


def _is_converted(attribute: _Attribute) -> bool:
    one: Any = attribute  # what a converter takes and gives is of no matter
    return one.converter is not None


def _has_only_constraints(cls: type[Any], fields: Iterable[_Attribute]) -> bool:
    after_init: object = getattr(cls, _AFTER_INIT, _check_whole)
    before_init = getattr(cls, "__attrs_pre_init__", None)
    validators: list[object] = [one.validator for one in fields]
    return (
        after_init is _check_whole
        and before_init is None
        and "__attrs_init__" not in vars(cls)
        and all(one is None or isinstance(one, Constraints) for one in validators)
    )


def _property(attribute: _Attribute) -> Property:
    validator: object = attribute.validator
    return Property(
        name=attribute.name,
        argument=attribute.alias or attribute.name,
        wire=attribute.metadata.get(_WIRE_NAME, attribute.alias or attribute.name),
        form=Any if attribute.type is None else attribute.type,
        default=attrs.NOTHING if is_constant(attribute.metadata) else attribute.default,
        constraints=validator if isinstance(validator, Constraints) else None,
    )


def _of_typed_dict(cls: type[Any]) -> Record:
    keys = resolve_keys(cls)
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
