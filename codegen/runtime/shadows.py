"""Shadows: attrs classes as msgspec can read them, whatever their properties are called.

msgspec decodes JSON straight into the slots of attrs classes, several times faster than Python code
could, but takes the names of properties from the class, knows no defaults that stay absent, and
raises and swallows an exception for each property that is absent. A shadow is a subclass
with the same slots under the names of the wire. msgspec makes an instance of it, puts defaults in
before it reads and calls it when it is done, when the instance becomes one of the class itself:
the layout in memory is the same, which Python checks. Where nothing is left to be done then, msgspec
makes an instance of the class itself to begin with (`templates`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MemberDescriptorType
from typing import Any, Final, cast

import attrs

from .straight_lines import function_of, is_attribute
from .templates import Template, are_heeded

ABSENT: Final = object()
"""Stands in a slot where the object that is read has no such property."""

FACTORY: Final = cast("type[Any]", attrs.Factory)
"""To type checkers a function; at run time the class of defaults that are made anew."""


class UnfitError(ValueError):
    """A value that the strict hooks have to judge."""


class ShadowField:
    """One property of an object as a shadow reads it."""

    __slots__ = ("default", "finish", "form", "holds", "stays_absent", "wire")

    def __init__(
        self,
        wire: str,
        form: Any,
        default: Any,
        *,
        stays_absent: bool,
        finish: Callable[[Any], Any] | None,
        holds: Callable[[Any], bool] | None,
    ) -> None:
        self.wire = wire
        self.form = form
        """What msgspec reads."""
        self.default = default
        """`attrs.NOTHING` where the property is required."""
        self.stays_absent = stays_absent
        """Whether the slot stays empty where the property is absent."""
        self.finish = finish
        """Makes the value of what msgspec has read."""
        self.holds = holds
        """What the value has to meet."""

    @property
    def is_required(self) -> bool:
        """Whether an object without it is invalid."""
        return self.default is attrs.NOTHING

    @property
    def is_marked(self) -> bool:
        """Whether absence has to be noticed, and is more than a default that msgspec puts in."""
        return not self.is_required and (self.finish is not None or self.stays_absent)


def can_have_shadow(cls: type[Any], names: Iterable[str], wires: Iterable[str]) -> bool:
    """Whether a class has a slot for each field, and nobody would notice a subclass of it.

    `names` are those of its fields, and `wires` those of its properties, of which none may be one
    of Python's own.
    """
    return (
        type(cls) is type
        and not any(wire.startswith("__") and wire.endswith("__") for wire in wires)
        and all("__init_subclass__" not in vars(base) for base in cls.__mro__[:-1])
        and all(_slot(cls, name) is not None for name in names)
    )


def _slot(cls: type[Any], name: str) -> MemberDescriptorType | None:
    found = vars(cls).get(name)
    if found is None:
        found = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), None)
    return found if isinstance(found, MemberDescriptorType) else None


def new_shadow(cls: type[Any], wires: Mapping[str, str]) -> Template:
    """The shadow of a class, still without types of its fields, so that these may hold itself.

    `wires` are the names of its fields and what these are called on the wire.
    """
    body: dict[str, Any] = {"__slots__": (), "__module__": cls.__module__, "__parameters__": ()}
    prefix = _prefix(wires.values())
    for position, (name, wire) in enumerate(wires.items()):
        body[sys.intern(wire)] = body[f"{prefix}{position}"] = _slot(cls, name)
    body["__setattr__"] = object.__setattr__
    return Template(type(cls.__name__, (cls,), body))


def _prefix(wires: Collection[str]) -> str:
    """What makes names of positions that are no names on the wire."""
    prefix = "_"
    while any(name.startswith(prefix) and name[len(prefix) :].isdecimal() for name in wires):
        prefix += "_"
    return prefix


def give_types(template: Template, cls: type[Any], fields: Sequence[ShadowField]) -> None:
    """Tell msgspec what a shadow consists of."""
    shadow = template.shadow
    marks: dict[str, Any] = {
        "__annotations__": {one.wire: one.form for one in fields},
        "__attrs_attrs__": tuple(_Attribute(one) for one in fields),
    }
    if _is_ready_when_read(shadow, cls, fields):
        template.made = cls
        marks["__attrs_pre_init__"] = _before(fields, [one.wire for one in fields])
    else:
        prefix = _prefix([one.wire for one in fields])
        slots = [f"{prefix}{position}" for position in range(len(fields))]
        marks["__attrs_pre_init__"] = _before(fields, slots)
        marks["__attrs_post_init__"] = _after(fields, slots, cls)
    for name, mark in marks.items():
        setattr(shadow, name, mark)


class _Attribute:
    """What msgspec asks of an attribute of attrs."""

    validator = None

    def __init__(self, field: ShadowField) -> None:
        self.name = sys.intern(field.wire)
        self.default: object = ABSENT if field.is_marked else field.default


def _is_ready_when_read(shadow: type[Any], cls: type[Any], fields: Iterable[ShadowField]) -> bool:
    """Whether msgspec may make instances of the class itself, which has slots of the same names."""
    return (
        are_heeded()
        and all("__setattr__" not in vars(base) for base in cls.__mro__[:-1])
        and all(
            vars(cls).get(one.wire) is vars(shadow)[one.wire]
            and is_attribute(one.wire)
            and one.finish is None
            and one.holds is None
            and not one.stays_absent
            and not isinstance(one.default, FACTORY)
            for one in fields
        )
    )


def _before(fields: Iterable[ShadowField], slots: Iterable[str]) -> Callable[[Any], Any] | None:
    """Puts in defaults before anything is read.

    msgspec would, too, but looks for each property before, and an empty slot is an exception.
    """
    lines: list[str] = []
    names: dict[str, object] = {"ABSENT": ABSENT}
    for position, (one, slot) in enumerate(zip(fields, slots, strict=True)):
        if one.is_marked:
            lines.append(f"o.{slot} = ABSENT")
        elif not one.is_required and not isinstance(one.default, FACTORY):
            lines.append(f"o.{slot} = default{position}")
            names[f"default{position}"] = one.default
    return function_of(lines, names) if lines else None


def _after(
    fields: Iterable[ShadowField], slots: Iterable[str], cls: type[Any]
) -> Callable[[Any], Any]:
    """Finishes and checks what was read, and makes the instance one of the class."""
    lines: list[str] = []
    names: dict[str, object] = {"ABSENT": ABSENT, "UnfitError": UnfitError, "cls": cls}
    for position, (one, slot) in enumerate(zip(fields, slots, strict=True)):
        lines.extend(_finishing(position, one, f"o.{slot}"))
        names |= {f"finish{position}": one.finish, f"holds{position}": one.holds}
        names[f"default{position}"] = (
            one.default.factory if isinstance(one.default, FACTORY) else one.default
        )
    return function_of([*lines, "o.__class__ = cls"], names)


def _finishing(position: int, field: ShadowField, slot: str) -> Iterator[str]:
    if field.finish is None and field.holds is None and not field.stays_absent:
        return
    yield f"x = {slot}"
    indent = ""
    if field.is_marked:
        yield "if x is ABSENT:"
        made = "()" if isinstance(field.default, FACTORY) else ""
        absent = f"{slot} = default{position}{made}"
        yield f"    del {slot}" if field.stays_absent else f"    {absent}"
        if field.finish is None and field.holds is None:
            return
        yield "else:"
        indent = "    "
    if field.finish is not None:
        yield f"{indent}{slot} = x = finish{position}(x)"
    if field.holds is not None:
        yield f"{indent}if not holds{position}(x):"
        yield f"{indent}    raise UnfitError"
