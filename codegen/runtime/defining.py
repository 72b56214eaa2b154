"""`define` and `field` of attrs for models, of which attrs makes the methods when they are used.

For each class attrs writes and compiles half a dozen methods, which is most of what a model costs at
import, and a program that reads models calls few of them. Here a class gets its slots at once, and
in the place of all else what asks attrs for it. From then on the class is as attrs made it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

Model = TypeVar("Model")

_BY_ATTRS: Final = (
    "__attrs_attrs__",
    "__attrs_props__",
    "__eq__",
    "__getstate__",
    "__init__",
    "__ne__",
    "__repr__",
    "__setstate__",
    *(("__replace__",) if sys.version_info >= (3, 13) else ()),
)
"""What attrs adds to each class."""

_IF_CHECKED: Final = "__setattr__"
"""What it adds where there is something to do when a field is set."""

_NOT_KEPT: Final = frozenset({"__dict__", "__weakref__"})
"""Slots of a class that a copy of it has anew."""

making: Final = RLock()
"""Held while attrs makes the methods of a class."""


class _Options:
    """What a field was told."""

    __slots__ = ("of_attrs",)

    def __init__(self, of_attrs: dict[str, Any]) -> None:
        self.of_attrs = of_attrs


class UnmadeField:
    """A field of a class that attrs has not made yet, as `attrs.Attribute` has it."""

    __slots__ = ("alias", "converter", "default", "init", "metadata", "name", "type", "validator")

    def __init__(self, name: str, form: object, options: Mapping[str, Any]) -> None:
        self.name = name
        self.alias: str = options.get("alias") or name.lstrip("_")
        self.type: Any = form
        self.default: Any = options.get("default", attrs.NOTHING)
        if "factory" in options:
            self.default = attrs.Factory(options["factory"])
        self.validator: object = options.get("validator")
        self.converter: object = options.get("converter")
        self.metadata: Mapping[str, Any] = options.get("metadata") or {}
        self.init: bool = options.get("init", True)


class _Unmade:
    """What attrs will need."""

    __slots__ = ("body", "later")

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        """The class as it was written."""
        self.later: list[Callable[[type[Any]], type[Any]]] = []
        """Decorators that wait for attrs."""


_unmade: dict[type[Any], _Unmade] = {}


def is_unmade(cls: type[Any]) -> bool:
    """Whether attrs has still to make the methods of a class."""
    return cls in _unmade


def decorate_later(cls: type[Any], decorator: Callable[[type[Any]], type[Any]]) -> None:
    """Let a decorator, which returns the class that it is given, wait until attrs has made it."""
    _unmade[cls].later.append(decorator)


def unmade_fields(cls: type[Any]) -> tuple[UnmadeField, ...] | None:
    """The fields of a class with their types as they stand there; None if attrs has made it."""
    unmade = _unmade.get(cls)
    return None if unmade is None else tuple(_fields(unmade.body))


def _fields(body: Mapping[str, Any]) -> Iterator[UnmadeField]:
    for name, form in body.get("__annotations__", {}).items():
        value = body.get(name, attrs.NOTHING)
        options = value.of_attrs if isinstance(value, _Options) else {"default": value}
        yield UnmadeField(name, form, options)


class _ByAttrs:
    """Stands in the place of what attrs will make."""

    __slots__ = ("_cls", "_name")

    def __set_name__(self, cls: type[Any], name: str) -> None:
        self._cls, self._name = cls, name

    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        with making:
            if self._cls in _unmade:
                _make(self._cls)
        made: Any = vars(self._cls)[self._name]
        bind = getattr(made, "__get__", None)
        return made if bind is None else bind(instance, owner)


def _make(cls: type[Any]) -> None:
    """Let attrs make a class of the same body, and take from it what the class lacks."""
    unmade = _unmade[cls]
    body = {
        name: attrs.field(**value.of_attrs) if isinstance(value, _Options) else value
        for name, value in unmade.body.items()
    }
    made: type[Any] = attrs.define(kw_only=True)(type(cls.__name__, cls.__bases__, body))
    for decorate in unmade.later:
        made = decorate(made)
    there = vars(cls)
    for name, value in vars(made).items():
        if name not in there or isinstance(there[name], _ByAttrs):
            setattr(cls, name, value)
    del _unmade[cls]


def _field(**options: Any) -> Any:
    return _Options(options)


def _define(**options: Any) -> Callable[[type[Model]], type[Model]]:
    def made(cls: type[Model]) -> type[Model]:
        # Others than models are made by attrs at once.
        if options == {"kw_only": True} and type(cls) is type and cls.__bases__ == (object,):
            return _unmade_class(cls)
        for name, value in [*vars(cls).items()]:
            if isinstance(value, _Options):
                setattr(cls, name, attrs.field(**value.of_attrs))
        by_attrs: type[Model] = attrs.define(**options)(cls)
        return by_attrs

    return made


def _unmade_class(cls: type[Model]) -> type[Model]:
    body = {name: value for name, value in vars(cls).items() if name not in _NOT_KEPT}
    names = body.get("__annotations__", {})
    whole = {name: value for name, value in body.items() if name not in names}
    whole |= {name: _ByAttrs() for name in _BY_ATTRS}
    if any(_does_more_than_set(body.get(name)) for name in names):
        whole[_IF_CHECKED] = _ByAttrs()
    whole |= {
        "__slots__": (*names, "__weakref__"),
        "__hash__": None,
        "__match_args__": (),
        "__attrs_own_setattr__": _IF_CHECKED in whole,
    }
    made: Any = type(cls.__name__, cls.__bases__, whole)
    _unmade[made] = _Unmade(body)
    model: type[Model] = made
    return model


def _does_more_than_set(value: object) -> bool:
    return isinstance(value, _Options) and not {"validator", "converter"}.isdisjoint(value.of_attrs)


if TYPE_CHECKING:
    from attrs import define as define
    from attrs import field as field
else:
    define, field = _define, _field
