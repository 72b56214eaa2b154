"""What properties are when they are absent: the defaults of fields."""

from __future__ import annotations

from typing import assert_never

from ..ir import (
    Default,
    Entries,
    Identifier,
    Instance,
    Items,
    MemberOf,
    NoDefault,
    ScalarKind,
    Spelled,
    Text,
)
from .annotations import Annotations
from .source import Doc, Labelled, call, keyword, listing, literal, mapping


def default_option(default: Default, annotations: Annotations) -> Labelled:
    """The option of `field` that gives a default; what can be changed is made each time anew."""
    match default:
        case Items(items=()):
            return keyword("factory", "list")
        case Entries(entries=()):
            return keyword("factory", "dict")
        case Items() | Entries() | Instance():
            return Labelled("factory=lambda: ", _value(default, annotations))
        case _:
            return keyword("default", _value(default, annotations))


def plain_default(default: Default | NoDefault, annotations: Annotations) -> Doc | None:
    """The default as it may stand without `field`, where it may."""
    match default:
        case NoDefault() | Items() | Entries() | Instance() | Spelled():
            return None
        case _:
            return _value(default, annotations)


def _value(default: Default, annotations: Annotations) -> Doc:
    match default:
        case None:
            return "None"
        case Text() | bool() | int() | float():
            return literal(default)
        case MemberOf(enumeration, member):
            return f"{annotations.model(enumeration)}.{member}"
        case Spelled(kind, text):
            return call(annotations.runtime("formats", _READERS[kind]), literal(text))
        case Items(items):
            return listing(_value(item, annotations) for item in items)
        case Entries(entries):
            return mapping((literal(key), _value(value, annotations)) for key, value in entries)
        case Instance(record):
            return call(annotations.model(record))
        case _:
            assert_never(default)


_READERS = {
    ScalarKind.DATE_TIME: "parsed_date_time",
    ScalarKind.DATE: "parsed_date",
    ScalarKind.UUID: "parsed_uuid",
    ScalarKind.BYTES: "parsed_bytes",
}


def members_of(default: object) -> frozenset[Identifier]:
    """The enumerations that have to be there when the class is made."""
    return frozenset({default.enumeration}) if isinstance(default, MemberOf) else frozenset()
