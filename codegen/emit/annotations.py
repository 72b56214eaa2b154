"""Types as annotations, and their limits as constraints."""

from __future__ import annotations

from typing import assert_never

from attrs import asdict

from ..ir import (
    NO_LIMITS,
    Anything,
    Field,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Named,
    Null,
    Nullable,
    Presence,
    Scalar,
    ScalarKind,
    Text,
    Type,
)
from .source import Doc, Group, Imports, Subscript, any_of, call, keyword, literal

_IMPORTED = {
    ScalarKind.DATE_TIME: ("json_text", "AwareDatetime"),
    ScalarKind.DATE: ("datetime", "date"),
    ScalarKind.UUID: ("uuid", "UUID"),
}

_BUILTIN = {
    ScalarKind.STRING: "str",
    ScalarKind.INTEGER: "int",
    ScalarKind.NUMBER: "float",
    ScalarKind.BOOLEAN: "bool",
    ScalarKind.BYTES: "bytes",
}


class Annotations:
    """Writes the annotations of one module, which lies `runtime` away from the runtime."""

    def __init__(self, imports: Imports, *, runtime: str, models: str | None) -> None:
        self._imports = imports
        self._runtime = runtime
        self._models = models
        """Where models are imported from; None in their own module."""

    def use(self, module: str, name: str) -> str:
        """Import a name; `x as y` gives `y`."""
        return self._imports.use(module, name)

    def use_typing(self, name: str) -> str:
        """Import a name of `typing`."""
        return self._imports.use("typing", name)

    def runtime(self, module: str, name: str) -> str:
        """Import a name of the runtime."""
        return self._imports.use(f"{self._runtime}.{module}", name)

    def annotation(self, type_: Type) -> Doc:
        """The annotation of a type."""
        match type_:
            case Scalar(kind):
                return self._scalar(kind)
            case Anything():
                return self.runtime("json_types", "Json")
            case Null():
                return "None"
            case Named(name):
                return name if self._models is None else self._imports.use(self._models, name)
            case ListOf(item):
                return Subscript("list", (self.annotation(item),))
            case MapOf(Anything(limits)) if limits == NO_LIMITS:
                return self.runtime("json_types", "JsonObject")
            case MapOf(value):
                return Subscript("dict", ("str", self.annotation(value)))
            case Nullable(inner):
                return any_of(self.annotation(inner), "None")
            case Literal(value):
                return Subscript(self.use_typing("Literal"), (literal(value),))
            case _:
                assert_never(type_)

    def field_annotation(self, field: Field) -> Doc:
        """The annotation of a field, with what it is when absent."""
        inner = self.annotation(field.type)
        match field.presence:
            case Presence.REQUIRED:
                return inner
            case Presence.OPTIONAL:
                return any_of(inner, "None")
            case Presence.OPTIONAL_NULLABLE:
                return any_of(inner, self.runtime("unset", "Unset"), "None")

    def _scalar(self, kind: ScalarKind) -> str:
        if kind in _BUILTIN:
            return _BUILTIN[kind]
        module, name = _IMPORTED[kind]
        return (
            self.runtime(module, name) if module == "json_text" else self._imports.use(module, name)
        )

    def constraints(self, type_: Type) -> Group | None:
        """The `Constraints(…)` that enforce a type's limits, or None where it has none."""
        items = _constraint_items(type_, self)
        if not items:
            return None
        return call(self.runtime("constraints", "Constraints"), *items)


def limit_items(limits: Limits) -> tuple[Doc, ...]:
    """Limits as keyword arguments, which have the runtime's names."""
    kept: dict[str, Text | int | float | bool | None] = asdict(limits, recurse=False)
    return tuple(
        keyword(name, literal(value))
        for name, value in kept.items()
        if value is not None and value is not False
    )


def _constraint_items(type_: Type, annotations: Annotations) -> tuple[Doc, ...]:
    match type_:
        case Scalar(_, limits) | Anything(limits):
            return limit_items(limits)
        case ListOf(item, limits):
            return (*limit_items(limits), *_nested("items", annotations.constraints(item)))
        case MapOf(value, limits):
            return (*limit_items(limits), *_nested("values", annotations.constraints(value)))
        case Nullable(inner):
            return _constraint_items(inner, annotations)
        case Named() | Null() | Literal():
            return ()
        case _:
            assert_never(type_)


def _nested(name: str, constraints: Group | None) -> tuple[Doc, ...]:
    return () if constraints is None else (keyword(name, constraints),)
