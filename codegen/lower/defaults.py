"""What properties are when they are absent, checked to be what their types say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from ..ir import (
    NO_DEFAULT,
    NO_LIMITS,
    Alias,
    Anything,
    Default,
    Entries,
    Enumeration,
    Identifier,
    Instance,
    Items,
    ListOf,
    Literal,
    MapOf,
    MemberOf,
    Named,
    NoDefault,
    Null,
    Nullable,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Spelled,
    Text,
    Type,
    UnionOf,
)
from ..tree import Json
from .limits import is_within
from .node import Node

if TYPE_CHECKING:
    from .schemas import Schemas

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class _NotOneError(Exception):
    """A value is not one of a type."""


class _NoLiteralError(Exception):
    """A value may be one of a type, but no default can be written for it."""


def default_of(schemas: Schemas, node: Node, type_: Type) -> Default | NoDefault:
    """The default that a schema gives, or none where it gives none that can be used."""
    described = node.get("default") if node.is_object and "default" in node.names else None
    if described is None:
        return NO_DEFAULT
    value: Json = described.value
    if value is None:
        return NO_DEFAULT  # absent is as good
    try:
        return _default(schemas, value, type_)
    except _NotOneError:
        schemas.notes.warn(described, "the default is none of the values allowed; it is left out")
    except _NoLiteralError:
        schemas.notes.remark(described, "the default is too rich for a field; it is only described")
    return NO_DEFAULT


def _default(schemas: Schemas, value: Json, type_: Type) -> Default:
    limits = NO_LIMITS if isinstance(type_, Null | Nullable | Literal) else type_.limits
    if not is_within(value, limits):
        raise _NotOneError
    match type_:
        case Nullable(inner):
            return None if value is None else _default(schemas, value, inner)
        case Null():
            return _if(value is None, None)
        case Scalar(kind):
            return _scalar(value, kind)
        case Literal(constant):
            expected = constant.reveal() if isinstance(constant, Text) else constant
            is_same = type(value) is type(expected) and value == expected
            return _if(is_same, constant)
        case Anything():
            return _anything(value)
        case ListOf(item):
            if not isinstance(value, list):
                raise _NotOneError
            return Items(tuple(_default(schemas, one, item) for one in value))
        case MapOf(inner):
            if not isinstance(value, dict):
                raise _NotOneError
            entries = value.items()
            return Entries(tuple((Text(k), _default(schemas, one, inner)) for k, one in entries))
        case UnionOf():
            return _first(schemas, value, type_.alternatives)
        case Named(name):
            return _of_model(schemas, value, name)
        case _:
            assert_never(type_)


def _of_model(schemas: Schemas, value: Json, name: Identifier) -> Default:
    match schemas.model(name):
        case Enumeration(members=members):
            for member in members:
                known = member.value.reveal() if isinstance(member.value, Text) else member.value
                if type(known) is type(value) and known == value:
                    return MemberOf(name, member.name)
            raise _NotOneError
        case Alias():
            raise _NoLiteralError  # a choice, or a component that is not lowered yet
        case Record(fields=fields):
            if not isinstance(value, dict):
                raise _NotOneError
            if value or any(one.presence is Presence.REQUIRED for one in fields):
                raise _NoLiteralError
            return Instance(name)


def _first(schemas: Schemas, value: Json, types: tuple[Type, ...]) -> Default:
    is_possible = False
    for type_ in types:
        try:
            return _default(schemas, value, type_)
        except _NoLiteralError:
            is_possible = True
        except _NotOneError:
            pass
    raise _NoLiteralError if is_possible else _NotOneError


def _if(is_one: bool, value: Default) -> Default:
    if not is_one:
        raise _NotOneError
    return value


def _scalar(value: Json, kind: ScalarKind) -> Default:
    match kind:
        case ScalarKind.BOOLEAN:
            return value if isinstance(value, bool) else _no()
        case ScalarKind.INTEGER:
            is_whole = isinstance(value, float) and value.is_integer()
            if isinstance(value, bool) or not (isinstance(value, int) or is_whole):
                raise _NotOneError
            return int(value) if isinstance(value, int | float) else _no()
        case ScalarKind.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _NotOneError
            return _float(value)
        case ScalarKind.FILE | ScalarKind.BYTES:
            raise _NoLiteralError
        case _:
            return _text(value, kind) if isinstance(value, str) else _no()


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer beyond all floats
        raise _NoLiteralError from None


def _text(value: str, kind: ScalarKind) -> Default:
    if kind is ScalarKind.STRING:
        return Text(value)
    # Few defaults are such, and these take their time to import.
    from datetime import date, datetime
    from uuid import UUID

    try:
        if kind is ScalarKind.DATE:
            return Spelled(kind, Text(date.fromisoformat(value).isoformat()))
        if kind is ScalarKind.UUID:
            return Spelled(kind, Text(str(UUID(value)))) if _UUID.fullmatch(value) else _no()
        if not _DATE_TIME.fullmatch(value):
            raise _NotOneError
        return Spelled(kind, Text(datetime.fromisoformat(value.upper()).isoformat()))
    except ValueError:
        raise _NotOneError from None


def _no() -> Default:
    raise _NotOneError


def _anything(value: Json) -> Default:
    match value:
        case str():
            return Text(value)
        case list():
            return Items(tuple(_anything(one) for one in value))
        case dict():
            return Entries(tuple((Text(key), _anything(one)) for key, one in value.items()))
        case _:
            return value
