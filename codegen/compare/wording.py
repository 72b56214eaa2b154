"""How types are called in reports: in the words of JSON Schema, as the document has them."""

from __future__ import annotations

import json
import re
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


_MOST_SAID: Final = 160
_MOST_NAMED: Final = 3


def shortened(what: str) -> str:
    """What changed in a line, of whose long unions there is left what is not on both sides.

    For eyes alone: fingerprints are of the whole.
    """
    now, between, was = what.partition(_AND_WAS)
    if len(what) <= _MOST_SAID or not between:
        return what
    sides = [_SIDE.fullmatch(side) for side in (now, was)]
    if sides[0] is None or sides[1] is None:
        return what
    for separator in (" or ", " | "):
        news, olds = (side[2].split(separator) for side in sides if side is not None)
        if max(len(news), len(olds)) > _MOST_NAMED:
            new, old = _of_union(news, olds, "new"), _of_union(olds, news, "gone")
            return f"{sides[0][1]}{new}{sides[0][3]}{_AND_WAS}{sides[1][1]}{old}{sides[1][3]}"
    return what


_AND_WAS: Final = ", and was "
_SIDE: Final = re.compile(r"((?:is )?(?:list\[|array of )?)(.*?)(\]?(?: in Python)?)", re.DOTALL)
"""One side of such a sentence: in the middle is a union, or what arrays hold."""


def _of_union(parts: list[str], others: list[str], verb: str) -> str:
    """The alternatives of one side that the other has not."""
    if len(parts) == 1:
        return parts[0]
    known = set(others)
    own = [one for one in parts if one not in known]
    named = " or ".join(own[:_MOST_NAMED])
    if len(own) > _MOST_NAMED:
        named += f" or {len(own) - _MOST_NAMED} more"
    return f"one of {len(parts)} types ({verb}: {named or 'none'})"


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
