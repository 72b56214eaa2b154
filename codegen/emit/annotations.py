"""Types as annotations, and their limits as constraints."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import assert_never

from ..ir import (
    NO_LIMITS,
    Anything,
    Field,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Named,
    NoDefault,
    Null,
    Nullable,
    Presence,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..values import names_of
from .source import (
    Doc,
    Group,
    Imports,
    Labelled,
    Subscript,
    any_of,
    call,
    keyword,
    literal,
    mapping,
)

_IMPORTED = {
    ScalarKind.DATE: ("datetime", "date"),
    ScalarKind.UUID: ("uuid", "UUID"),
}

_OF_THE_RUNTIME = {
    ScalarKind.DATE_TIME: ("json_text", "AwareDatetime"),
    ScalarKind.FILE: ("files", "File"),
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

    def __init__(
        self,
        imports: Imports,
        *,
        runtime: str,
        models: str,
        own: Iterable[Identifier] = (),
    ) -> None:
        self._imports = imports
        self._runtime = runtime
        name = models.lstrip(".")
        self._models = (models.removesuffix(name), name)
        """The package that models are found in, as it is imported."""
        self._own = frozenset(own)
        """The models that live in this module."""
        self._annotations: dict[int, tuple[Type, Doc]] = {}
        self._constraints: dict[int, tuple[Type, Group | None]] = {}
        # By the identities of types, which hold as long as these are kept.

    def in_quotes(self, hoisted: dict[str, Doc]) -> QuotedAnnotations:
        """The same for the inside of quotes; what cannot stand there goes to the constants."""
        quoted = QuotedAnnotations(
            self._imports,
            runtime=self._runtime,
            models="".join(self._models),
            own=self._own,
        )
        quoted.hoisted = hoisted
        return quoted

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
        known = self._annotations.get(id(type_))
        if known is None:
            known = self._annotations[id(type_)] = (type_, self._annotation(type_))
        return known[1]

    def exact(self, type_: Type) -> Doc:
        """The annotation of a type where no other one will do, such as within `Items`."""
        return self.annotation(type_)

    def _annotation(self, type_: Type) -> Doc:
        match type_:
            case Scalar(kind):
                return self._scalar(kind)
            case Anything():
                return self.runtime("json_types", "Json")
            case Null():
                return "None"
            case Named(name):
                return self.model(name)
            case ListOf(item):
                return Subscript("list", (self.annotation(item),))
            case MapOf(Anything(limits)) if limits == NO_LIMITS:
                return self.runtime("json_types", "JsonObject")
            case MapOf(value):
                return Subscript("dict", ("str", self.annotation(value)))
            case Nullable(inner):
                return any_of(self.annotation(inner), "None")
            case Literal(value):
                return self.constant(value)
            case UnionOf():
                return self._union(type_)
            case _:
                assert_never(type_)

    def model(self, name: Identifier) -> str:
        """A model, as this module refers to it."""
        return name if name in self._own else f"{self._imports.use(*self._models)}.{name}"

    def constant(self, value: Text | int | bool) -> Doc:
        """The type of one constant."""
        return Subscript(self.use_typing("Literal"), (literal(value),))

    def text(self, value: Text | int | bool) -> str:
        """A constant in a type."""
        return literal(value)

    def _union(self, union: UnionOf) -> Doc:
        parts = [self.annotation(one) for one in union.alternatives]
        discriminator = union.discriminator
        if discriminator is not None and discriminator.otherwise is None:
            parts.append(self.runtime("choice", "UnknownVariant"))
        choice = self._choice(union)
        if choice is None:
            return any_of(*parts)
        return Subscript(self.use_typing("Annotated"), (any_of(*parts), choice))

    def _choice(self, union: UnionOf) -> Doc | None:
        """How the alternatives of a union are told apart, where that is said."""
        items: list[Doc] = []
        discriminator = union.discriminator or union.hint
        if discriminator is not None:
            types = [(self.text(tag.value), self.model(name)) for tag, name in discriminator.names]
            name = "hint" if union.discriminator is None else "tag"
            items.append(keyword(name, self.text(discriminator.wire_name)))
            items.append(keyword("types", mapping(types)))
            if discriminator.otherwise is not None:
                items.append(keyword("otherwise", self.model(discriminator.otherwise)))
        if union.is_exclusive:
            items.append(keyword("one_of", "True"))
        return call(self.runtime("choice", "Choice"), *items) if items else None

    def field_annotation(self, field: Field) -> Doc:
        """The annotation of a field, with what it is when absent."""
        inner = self.annotation(field.type)
        if not isinstance(field.default, NoDefault):
            may_be_null = field.presence is Presence.OPTIONAL_NULLABLE or field.default is None
            return any_of(inner, "None") if may_be_null else inner
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
        if kind in _IMPORTED:
            return self._imports.use(*_IMPORTED[kind])
        return self.runtime(*_OF_THE_RUNTIME[kind])

    def constraints(self, type_: Type) -> Group | None:
        """The `Constraints(…)` that enforce a type's limits, or None where it has none."""
        known = self._constraints.get(id(type_))
        if known is None:
            known = (type_, self.constraints_of(self._items(type_)))
            self._constraints[id(type_)] = known
        return known[1]

    def constraints_of(self, items: tuple[Labelled, ...]) -> Group | None:
        """The `Constraints(…)` of keywords, or None where there are none."""
        return call(self.runtime("constraints", "Constraints"), *items) if items else None

    def _items(self, type_: Type) -> tuple[Labelled, ...]:
        match type_:
            case Scalar(_, limits) | Anything(limits) | Named(_, limits):
                return limit_items(limits)
            case ListOf(item, limits):
                return (*limit_items(limits), *self._nested("items", item))
            case MapOf(value, limits):
                return (*limit_items(limits), *self._nested("values", value))
            case Nullable(inner):
                return self._items(inner)
            case UnionOf():
                parts = [self._items(one) for one in type_.alternatives]
                return _merged([*parts, limit_items(type_.limits)])
            case Null() | Literal():
                return ()
            case _:
                assert_never(type_)

    def _nested(self, name: str, type_: Type) -> tuple[Labelled, ...]:
        constraints = self.constraints_of(self._items(type_))
        return () if constraints is None else (keyword(name, constraints),)


class QuotedAnnotations(Annotations):
    """Annotations for the inside of quotes, where no text can be escaped once more."""

    hoisted: dict[str, Doc]
    """What such annotations refer to by the names of constants."""

    def annotation(self, type_: Type) -> Doc:
        """The annotation of a type."""
        return self._annotation(type_)  # each time anew, for each has constants of its own

    def text(self, value: Text | int | bool) -> str:
        """A constant in a type, or the name of one."""
        source = literal(value)
        return source if _is_quotable(source) else self._hoist("_TEXT", source)

    def constant(self, value: Text | int | bool) -> Doc:
        """The type of one constant, or the name of that type."""
        inner = super().constant(value)
        return inner if _is_quotable(literal(value)) else self._hoist("_CONSTANT", inner)

    def _hoist(self, kind: str, doc: Doc) -> str:
        name = f"{kind}_{len(self.hoisted) + 1}"
        self.hoisted[name] = doc
        return name


def _is_quotable(source: str) -> bool:
    return {"\\", "'", '"'}.isdisjoint(source[1:-1])


_LIMIT_NAMES = names_of(Limits)
_LIMIT_VALUES = attrgetter(*_LIMIT_NAMES)


def limit_items(limits: Limits) -> tuple[Labelled, ...]:
    """Limits as keyword arguments, which have the runtime's names."""
    if limits is NO_LIMITS:  # as most are
        return ()
    values: tuple[Text | int | float | bool | None, ...] = _LIMIT_VALUES(limits)
    return tuple(
        keyword(name, literal(value))
        for name, value in zip(_LIMIT_NAMES, values, strict=True)
        if value is not None and value is not False
    )


def _merged(parts: Iterable[tuple[Labelled, ...]]) -> tuple[Labelled, ...]:
    """The keywords of alternatives, each of which speaks only of values of its own type."""
    merged: dict[str, Labelled] = {}
    for item in (item for part in parts for item in part):
        if merged.setdefault(item.label, item) != item:
            raise ValueError(f"alternatives of a union disagree about {item.label}")
    return tuple(merged.values())
