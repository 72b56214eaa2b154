"""Whether two objects surely have no value in common: what tells the alternatives of a union apart.

One asks for a property that the other never has, or both have one whose types share nothing, such
as two constants. A property that the sender does not name, and the accepting side does, is one that
it never sends: the same as everywhere in `subschema`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from ..ir import (
    Field,
    ListOf,
    Literal,
    MapOf,
    Null,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
)
from .atoms import NUMERIC, Atom, Core, atoms_of, record_of
from .membership import Models

_TEXTS: Final = frozenset(ScalarKind) - {*NUMERIC, ScalarKind.BOOLEAN}


def are_apart(mine: Atom, theirs: Atom, sent: Models, accepted: Models) -> bool:
    """Whether no object that is sent as the one is one of the other; False where nobody knows."""
    if not isinstance(mine.core, Record | MapOf) or not isinstance(theirs.core, Record | MapOf):
        return False
    left, right = record_of(mine.core), record_of(theirs.core)
    return (
        any(_lacks(left, one) for one in right.fields if _is_needed(one))
        or any(_is_needed(one) and right.is_closed and _lacks(right, one) for one in left.fields)
        or any(
            _share_nothing(one.type, other.type, sent, accepted)
            for one, other in _both(left, right)
        )
    )


def _is_needed(field: Field) -> bool:
    return field.presence is Presence.REQUIRED


def _lacks(record: Record, wanted: Field) -> bool:
    """Whether a record neither names a property nor keeps others."""
    is_named = any(one.wire_name == wanted.wire_name for one in record.fields)
    return not is_named and record.others is None


def _both(left: Record, right: Record) -> Iterator[tuple[Field, Field]]:
    """The properties that both name, and that are there in each value of both."""
    theirs = {one.wire_name: one for one in right.fields}
    for mine in left.fields:
        other = theirs.get(mine.wire_name)
        if other is not None and (_is_needed(mine) or _is_needed(other)):
            yield mine, other


def _share_nothing(one: Type, other: Type, sent: Models, accepted: Models) -> bool:
    """Whether two types are of constants and of kinds of JSON of which no two meet."""
    mine, theirs = list(atoms_of(one, sent)), list(atoms_of(other, accepted))
    return all(_differ(left.core, right.core) for left, right in product(mine, theirs))


def _differ(one: Core, other: Core) -> bool:
    if isinstance(one, Literal) and isinstance(other, Literal):
        return (type(one.value), one.value) != (type(other.value), other.value)
    kinds = _kind(one), _kind(other)
    return "" not in kinds and kinds[0] != kinds[1]


def _kind(core: Core) -> str:
    """The kind of JSON that all values are; nothing where they are of several, or nobody knows."""
    match core:
        case Null():
            return "null"
        case ListOf():
            return "array"
        case MapOf() | Record():
            return "object"
        case Literal(Text()):
            return "text"
        case Literal(bool()) | Scalar(ScalarKind.BOOLEAN):
            return "boolean"
        case Literal():
            return "number"
        case Scalar(kind):
            return "text" if kind in _TEXTS else "number"
        case _:
            return ""
