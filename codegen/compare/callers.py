"""What changes mean for Python code: whether a line that type-checked still does.

Types here are the annotations that the emitter writes. Who gives a value needs the new annotation
to take what the old one took; who reads one needs the new one to hold nothing that the old did not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, assert_never

from ..ir import (
    Alias,
    Anything,
    Enumeration,
    Field,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Named,
    NoDefault,
    Null,
    Nullable,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..values import define, frozen
from .membership import Models

_SPELLED: Final = {
    ScalarKind.STRING: "str",
    ScalarKind.INTEGER: "int",
    ScalarKind.NUMBER: "float",
    ScalarKind.BOOLEAN: "bool",
    ScalarKind.DATE_TIME: "datetime",
    ScalarKind.DATE: "date",
    ScalarKind.UUID: "UUID",
    ScalarKind.BYTES: "bytes",
    ScalarKind.FILE: "File",
}

_SAMPLES: Final = {
    "str": '"..."',
    "int": "1",
    "float": "1.5",
    "bool": "True",
    "bytes": 'b"..."',
    "datetime": "datetime.now(UTC)",
    "date": "date.today()",
    "UUID": "uuid4()",
    "None": "None",
    "Unset": "UNSET",
}

_WIDER: Final = {
    ("bool", "int"),
    ("bool", "float"),
    ("int", "float"),
    ("datetime", "date"),
}
"""What type checkers take for something else (PEP 484, and `datetime` is a subclass)."""


@frozen
class Plain:
    """A class that is not generated."""

    name: str


@frozen(eq=False)
class Model:
    """A generated class; of two SDKs it is the same where the new one calls it the same."""

    name: Identifier
    """What the new SDK calls it."""
    written: Identifier
    """What the SDK calls it from which the annotation is."""
    base: str = ""
    """`str` or `int`, of an enumeration."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and (self.name, self.base) == (other.name, other.base)

    def __hash__(self) -> int:
        return hash((self.name, self.base))


@frozen
class Constant:
    """A `Literal`."""

    value: Text | int | bool


@frozen
class Listed:
    """A `list`."""

    item: Annotation


@frozen
class Mapped:
    """A `dict` with names as keys."""

    value: Annotation


@frozen
class Arriving:
    """The `Items` of an answer that is a sequence of them, as JSON lines or as events."""

    item: Annotation
    is_event: bool


@frozen
class Whatever:
    """`Json`, which checkers take for anything."""


Part: TypeAlias = Plain | Model | Constant | Listed | Mapped | Arriving | Whatever
Annotation: TypeAlias = "frozenset[Part]"
"""The types of a union."""

NONE: Final = Plain("None")
UNSET: Final = Plain("Unset")


@define
class Callers:
    """Annotations of two SDKs, and whether one takes the place of another."""

    old: Models
    new: Models
    renamed: Mapping[Identifier, Identifier]
    """New names of old models that are the same; each is told once, and not everywhere it stands."""

    def is_other_class(self, old: Identifier, new: Identifier) -> bool:
        """Whether one class took the place of another that is still there.

        What breaks then is whatever holds the one and held the other, but nothing of either.
        """
        return self.renamed.get(old, old) != new and old in self.new

    def of_old(self, type_: Type) -> Annotation:
        """The annotation of a type in the old SDK, in the words of the new one."""
        return frozenset(_parts(type_, self.old, self.renamed))

    def of_new(self, type_: Type) -> Annotation:
        """The annotation of a type in the new SDK."""
        return frozenset(_parts(type_, self.new, {}))

    def of_old_field(self, field: Field) -> Annotation:
        """The annotation of a field in the old SDK, in the words of the new one."""
        return self.of_old(field.type) | _absence(field)

    def of_new_field(self, field: Field) -> Annotation:
        """The annotation of a field in the new SDK."""
        return self.of_new(field.type) | _absence(field)


def fits(given: Annotation, wanted: Annotation) -> bool:
    """Whether a value of one annotation may stand where another one is wanted."""
    return all(any(_fits(one, other) for other in wanted) for one in given)


def _fits(one: Part, other: Part) -> bool:
    if one == other or Whatever() in (one, other):
        return True
    match one, other:
        case Plain(mine), Plain(theirs):
            return (mine, theirs) in _WIDER
        case Model(base=base), Plain(theirs) if base:
            return base == theirs or (base, theirs) in _WIDER
        case Constant(value), Plain(theirs):
            mine = _name_of(value)
            return mine == theirs or (mine, theirs) in _WIDER
        case Listed(mine), Listed(theirs):
            return fits(mine, theirs)
        case Mapped(mine), Mapped(theirs):
            return fits(mine, theirs)
        case Arriving(mine, is_event), Arriving(theirs, is_other):
            return is_event is is_other and fits(mine, theirs) and fits(theirs, mine)
        case Arriving(mine, False), Listed(theirs):
            return fits(mine, theirs)  # `Items` are a list
        case _:
            return False


def _name_of(value: Text | int | bool) -> str:
    if isinstance(value, Text):
        return "str"
    return "bool" if isinstance(value, bool) else "int"


def _absence(field: Field) -> Annotation:
    """What a field is besides its type, when the property is absent."""
    if not isinstance(field.default, NoDefault):
        is_null = field.presence is Presence.OPTIONAL_NULLABLE or field.default is None
        return frozenset({NONE}) if is_null else frozenset()
    match field.presence:
        case Presence.REQUIRED:
            return frozenset()
        case Presence.OPTIONAL:
            return frozenset({NONE})
        case Presence.OPTIONAL_NULLABLE:
            return frozenset({NONE, UNSET})
        case _:
            assert_never(field.presence)


def _parts(type_: Type, models: Models, renamed: Mapping[Identifier, Identifier]) -> Iterator[Part]:
    match type_:
        case Scalar(kind):
            yield Plain(_SPELLED[kind])
        case Anything():
            yield Whatever()
        case Null():
            yield NONE
        case Named(name):
            yield from _of_model(name, models, renamed)
        case ListOf(item):
            yield Listed(frozenset(_parts(item, models, renamed)))
        case MapOf(value):
            yield Mapped(frozenset(_parts(value, models, renamed)))
        case Nullable(inner):
            yield NONE
            yield from _parts(inner, models, renamed)
        case Literal(value):
            yield Constant(value)
        case UnionOf():
            for one in type_.alternatives:
                yield from _parts(one, models, renamed)
            if type_.discriminator is not None and type_.discriminator.otherwise is None:
                yield Plain("UnknownVariant")
        case _:
            assert_never(type_)


def _of_model(
    name: Identifier, models: Models, renamed: Mapping[Identifier, Identifier]
) -> Iterator[Part]:
    model = models[name]
    match model:
        case Alias(is_recursive=True) | Record():
            yield Model(renamed.get(name, name), name)
        case Alias():
            yield from _parts(model.type, models, renamed)
        case Enumeration():
            yield Model(renamed.get(name, name), name, "str" if model.is_textual else "int")
        case _:
            assert_never(model)


# --- lines of user code -------------------------------------------------------------------------


def spelled(annotation: Annotation) -> str:
    """An annotation as people write it."""
    parts = sorted(annotation, key=lambda one: (one in (NONE, UNSET), _spelled(one)))
    return " | ".join(_spelled(one) for one in parts) or "Never"


def _spelled(part: Part) -> str:
    match part:
        case Plain(name):
            return name
        case Model(written=name):
            return f"models.{name}"
        case Constant(value):
            return f"Literal[{spelled_constant(value)}]"
        case Listed(item):
            return f"list[{spelled(item)}]"
        case Mapped(value):
            return f"dict[str, {spelled(value)}]"
        case Arriving(item, is_event):
            return f"Items[Event[{spelled(item)}]]" if is_event else f"Items[{spelled(item)}]"
        case Whatever():
            return "Json"
        case _:
            assert_never(part)


def spelled_constant(value: Text | int | bool) -> str:
    """A constant as people write it; escaped, for it is text of a document."""
    if isinstance(value, Text):
        return json.dumps(value.reveal())
    return repr(value)


def sample(annotation: Iterable[Part]) -> str:
    """An expression of an annotation."""
    for part in sorted(annotation, key=lambda one: (one in (NONE, UNSET), _spelled(one))):
        match part:
            case Plain(name):
                return _SAMPLES.get(name, f"{name}(...)")
            case Model(written=name, base=base):
                return f"{variable(name)}" if not base else f"models.{name}(...)"
            case Constant(value):
                return spelled_constant(value)
            case Listed(item):
                return f"[{sample(item)}]"
            case Mapped(value):
                return f'{{"...": {sample(value)}}}'
            case Arriving() | Whatever():
                return "..."
            case _:
                assert_never(part)
    return "..."


def variable(name: Identifier) -> str:
    """What people would call an instance of a class."""
    snake = "".join(
        f"_{letter.lower()}" if letter.isupper() and index else letter.lower()
        for index, letter in enumerate(name)
    )
    return snake.replace("__", "_")


def lost(given: Annotation, wanted: Annotation) -> Annotation:
    """The parts of an annotation that do not fit another one."""
    return frozenset(one for one in given if not any(_fits(one, other) for other in wanted))
