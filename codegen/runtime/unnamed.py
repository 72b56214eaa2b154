"""Properties that a model does not name, kept where a codec is told to keep them.

A model that has met any is an instance of a class of its own, derived from the model's, with one
field more. So such properties are compared, shown, pickled, evolved and written like all others.
"""

from __future__ import annotations

from typing import Any, cast

import attrs

from .absence import keeps_absence, with_defaults
from .json_types import JsonObject
from .record import Record, other_properties, record_of
from .shapes import is_record

_NAME = "additional_properties"

_classes: dict[type[Any], type[Any]] = {}


def can_keep(record: Record) -> bool:
    """Whether a model has no place for properties without a name, and does not forbid them."""
    return record.others is None and not record.is_closed and is_record(record.cls)


def keeping(record: Record) -> Record:
    """The same record with a place for them."""
    return record_of(_class_of(record.cls))


def unnamed_properties(model: object) -> JsonObject:
    """The properties of a model that its schema does not name, if they were kept."""
    record = record_of(type(model))
    kept: JsonObject = {} if record.others is None else getattr(model, record.others.name)
    return kept


def with_unnamed(model: object, more: JsonObject) -> object:
    """A model that has been read, with properties that its schema does not name."""
    cls = cast("type[Any]", type(model))
    if record_of(cls).others is None:
        made = _class_of(cls)
        state: dict[str, Any] = cast("Any", model).__getstate__()
        model = _restored(cls, {**state, _field_of(made): {}})
    unnamed_properties(model).update(more)
    return model


def _field_of(cls: type[Any]) -> str:
    """The field of a class in which such properties are kept."""
    others = record_of(cls).others
    return _NAME if others is None else others.name


def _class_of(cls: type[Any]) -> type[Any]:
    known = _classes.get(cls)
    if known is None:
        known = _classes[cls] = _new_class(cls)
    return known


def _new_class(cls: type[Any]) -> type[Any]:
    taken = {one.name for one in attrs.fields(cls)}
    name = next(name for name in (_NAME, f"{_NAME}_", f"{_NAME}_2") if name not in taken)
    namespace: dict[str, Any] = {
        name: attrs.field(factory=dict[str, Any], metadata=other_properties()),
        "__annotations__": {name: JsonObject},
        "__doc__": cls.__doc__,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__reduce__": _reduce,
    }
    made: type[Any] = attrs.define(kw_only=True)(type(cls.__name__, (cls,), namespace))
    return with_defaults(made) if keeps_absence(cls) else made


def _reduce(self: object) -> tuple[object, ...]:
    cls = cast("type[Any]", type(self))
    return _restored, (cls.__mro__[1], self.__getstate__())


def _restored(cls: type[Any], state: dict[str, Any]) -> Any:
    instance: Any = object.__new__(_class_of(cls))
    for name, value in state.items():
        object.__setattr__(instance, name, value)
    return instance
