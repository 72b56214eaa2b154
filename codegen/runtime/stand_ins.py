"""What is no object where a schema describes objects without saying that it means these alone.

`properties` and `required` say nothing of strings or numbers (JSON Schema 2020-12, validation,
section 6.5), so a schema without a `type` allows them. Hardly a document means it, and its models
are what it means. Such a value reads as a stand-in: an instance of the model that has none of its
fields, and is written as it came.
"""

from __future__ import annotations

from typing import Any, NoReturn

from .json_types import Json

_STOOD_FOR = "_stood_for"

_classes: dict[type[Any], type[Any]] = {}


def stand_in(cls: type[Any], value: Json) -> Any:
    """An instance of a model in the place of a value that is no object."""
    instance: Any = object.__new__(_class_of(cls))
    object.__setattr__(instance, _STOOD_FOR, value)
    return instance


def is_stand_in(value: object) -> bool:
    """Whether a model is only in the place of a value that is no object."""
    return hasattr(type(value), _STOOD_FOR)


def stood_for(value: object) -> Json:
    """The value in whose place a model is."""
    json: Json = getattr(value, _STOOD_FOR)
    return json


def _class_of(cls: type[Any]) -> type[Any]:
    known = _classes.get(cls)
    if known is None:
        known = _classes[cls] = _new_class(cls)
    return known


def _new_class(cls: type[Any]) -> type[Any]:
    members = {
        "__slots__": (_STOOD_FOR,),
        "__doc__": cls.__doc__,
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__eq__": _is_same,
        "__hash__": None,
        "__repr__": _repr,
        "__reduce__": _reduce,
        "__getattr__": _refuse,
    }
    return type(cls.__name__, (cls,), members)


def _is_same(self: object, other: object) -> bool:
    return type(other) is type(self) and bool(stood_for(self) == stood_for(other))


def _repr(self: object) -> str:
    return f"<{type(self).__qualname__}: {stood_for(self)!r}>"


def _reduce(self: object) -> tuple[object, ...]:
    return stand_in, (type(self).__bases__[0], stood_for(self))


def _refuse(self: object, name: str) -> NoReturn:
    kind = type(stood_for(self)).__name__
    raise AttributeError(
        f"this {type(self).__name__} has no {name!r}: the server sent no object but a {kind}"
    )
