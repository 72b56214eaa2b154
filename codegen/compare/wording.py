"""How types are called in reports: in the words of JSON Schema, as the document has them."""

from __future__ import annotations

import json
from typing import Final, assert_never

from ..ir import (
    Anything,
    ListOf,
    Literal,
    MapOf,
    Named,
    Null,
    Nullable,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from ..tree import Json

KEYWORDS: Final = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "exclusive_maximum": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_items": "minItems",
    "max_items": "maxItems",
    "unique_items": "uniqueItems",
    "min_properties": "minProperties",
    "max_properties": "maxProperties",
}
"""What the IR's limits are called in documents."""

_FORMATS: Final = frozenset(
    {
        ScalarKind.DATE_TIME,
        ScalarKind.DATE,
        ScalarKind.UUID,
        ScalarKind.BYTES,
        ScalarKind.FILE,
    }
)


def told(type_: Type) -> str:
    """A type in a few words."""
    match type_:
        case Scalar(kind):
            return f"string ({kind.value})" if kind in _FORMATS else kind.value
        case Anything():
            return "anything"
        case Null():
            return "null"
        case Named(name):
            return name
        case ListOf(item):
            return f"array of {told(item)}"
        case MapOf(value):
            return f"map of {told(value)}"
        case Nullable(inner):
            return f"{told(inner)} or null"
        case Literal(value):
            return f"constant {constant(value)}"
        case UnionOf():
            return " or ".join(told(one) for one in type_.alternatives)
        case _:
            assert_never(type_)


def constant(value: Text | int | bool) -> str:
    """A constant as JSON."""
    return as_json(value.reveal() if isinstance(value, Text) else value)


def as_json(value: Json) -> str:
    """A value as JSON in a line: in JSON's own escapes, what nobody would see."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def quoted(name: Text) -> str:
    """A name of the document, as it is quoted in a sentence."""
    return f"'{name.reveal()}'"


def limit(value: object) -> str:
    """The value of a limit, or that there is none."""
    if value is None or value is False:
        return "none"
    return constant(value) if isinstance(value, Text) else json.dumps(value)


def default(value: Json) -> str:
    """A default of a document, or that there is none."""
    return "nothing" if value is None else as_json(value)
