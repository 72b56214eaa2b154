"""Properties with a default that nobody has given.

They read as their defaults, and are absent when the object is written, until somebody sets them,
or changes a list or map that one was read as: what a server did not say is not said back to it, and
a PATCH changes only what it was given. To look at an object changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeVar
from weakref import ReferenceType, ref

import attrs

from .defining import decorate_later, is_unmade
from .unset import UNSET

Model = TypeVar("Model")

_MARK = "__getattr__"
_CONSTANT = "constant"
_TAG = "tag"

_defaults: Final[dict[type[Any], dict[str, Any]]] = {}
"""What the fields of each class read as."""

_made: Final[dict[int, tuple[ReferenceType[object], dict[str, Any]]]] = {}
"""What empty fields were read as where that can be changed, by the identity of their objects."""

_FACTORY: Any = attrs.Factory
"""To type checkers a function; at run time the class of defaults that are made anew."""


def with_defaults(cls: type[Model]) -> type[Model]:
    """Keep the absence of a model's properties, all of which are given by name."""
    setattr(cls, _MARK, _default_of)
    if is_unmade(cls):
        decorate_later(cls, _with_defaults)
        return cls
    return _with_defaults(cls)


def _with_defaults(cls: type[Model]) -> type[Model]:
    known: Any = cls
    names = frozenset(
        one.name
        for one in attrs.fields(known)
        if has_default(one.default) and not (is_constant(one.metadata) or is_tag(one.metadata))
    )
    arguments = {one.name: one.alias or one.name for one in attrs.fields(known)}
    make = known.__init__

    def given_state(self: object) -> dict[str, Any]:
        return {name: getattr(self, name) for name in arguments if is_there(self, name)}

    @wraps(make)
    def make_absent(self: object, **given: Any) -> None:
        make(self, **given)
        for name in names:
            if arguments[name] not in given:
                leave_out(self, name)

    known.__init__ = make_absent
    known.__getstate__ = given_state  # for copies and pickles
    return cls


def has_default(default: object) -> bool:
    """Whether being absent is not the same as the default of a field."""
    return default is not None and default is not UNSET and default is not attrs.NOTHING


def constant(more: Mapping[str, object] | None = None) -> dict[str, object]:
    """Field metadata: the property is required, and its default the one value that it may have.

    Nobody has to say it to a constructor; JSON without it is invalid. `more` is other metadata.
    """
    return {**(more or {}), _CONSTANT: True}


def is_constant(metadata: Mapping[Any, Any]) -> bool:
    """Whether a field is so marked."""
    return _CONSTANT in metadata


def tag(more: Mapping[str, object] | None = None) -> dict[str, object]:
    """Field metadata: unions tell the model from others by the property.

    So what a constructor makes always has it, for without it nobody could tell what was sent. JSON
    may do without where it is read as nothing but the model. `more` is other metadata.
    """
    return {**(more or {}), _TAG: True}


def is_tag(metadata: Mapping[Any, Any]) -> bool:
    """Whether a field is so marked."""
    return _TAG in metadata


def keeps_absence(cls: type[Any]) -> bool:
    """Whether a class is so marked."""
    return vars(cls).get(_MARK) is _default_of


def is_there(instance: object, name: str) -> bool:
    """Whether a field holds anything of its own."""
    try:
        getattr(type(instance), name).__get__(instance)
    except AttributeError:
        return changed(instance, name) is not UNSET
    return True


def changed(instance: object, name: str) -> Any:
    """What an empty field was read as, if that is no longer its default; UNSET otherwise."""
    known = _made.get(id(instance))
    if known is None or name not in known[1]:
        return UNSET
    value = known[1][name]
    return UNSET if value == _defaults[type(instance)][name].factory() else value


def leave_out(instance: object, name: str) -> None:
    """Leave a field without a value of its own."""
    object.__delattr__(instance, name)


def _default_of(self: object, name: str) -> Any:
    """What an empty field reads as; Python asks only when a field is empty."""
    cls: type[Any] = type(self)
    if cls not in _defaults:
        _defaults[cls] = {one.name: one.default for one in attrs.fields(cls)}
    default: Any = _defaults[cls].get(name, attrs.NOTHING)
    if default is attrs.NOTHING:
        raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")
    return _made_once(self, name, default.factory) if isinstance(default, _FACTORY) else default


def _made_once(instance: object, name: str, make: Callable[[], Any]) -> Any:
    """The value that a field reads as from now on, for it may be changed."""
    key = id(instance)
    known = _made.get(key)
    if known is None:
        gone = ref(instance, lambda _: _made.pop(key, None))
        known = _made.setdefault(key, (gone, {}))
    values = known[1]
    if name not in values:
        values.setdefault(name, make())  # another thread may have been here
    return values[name]
