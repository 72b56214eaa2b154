"""Types of the IR at random, and the same as JSON Schemas for a judge that is not ours."""

from __future__ import annotations

from functools import cache
from typing import Any, assert_never

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from codegen.compare.membership import Models
from codegen.ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Discriminator,
    Enumeration,
    Field,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Member,
    Model,
    Named,
    Null,
    Nullable,
    Others,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)

RECORDS = tuple(Identifier(name) for name in ("Ada", "Bob", "Eve"))
ENUMERATIONS = (Identifier("Choice"),)
PROPERTIES = ("a", "b", "kind")
WORDS = ("x", "y", "z")

_COUNTS = st.integers(0, 3)


@frozen
class World:
    """Two sides with models of the same names, which differ or do not."""

    sent: Models
    accepted: Models


def _maybe(values: SearchStrategy[int]) -> SearchStrategy[int | None]:
    return st.none() | values


@cache
def text_limits() -> SearchStrategy[Limits]:
    return st.builds(
        Limits,
        min_length=_maybe(_COUNTS),
        max_length=_maybe(_COUNTS),
        pattern=st.sampled_from([None, None, Text("^x"), Text("y$")]),
    )


@cache
def number_limits() -> SearchStrategy[Limits]:
    bounds = _maybe(st.integers(-3, 3))
    return st.builds(
        Limits,
        minimum=bounds,
        maximum=bounds,
        exclusive_minimum=bounds,
        exclusive_maximum=bounds,
        multiple_of=st.sampled_from([None, None, 1, 2, 0.5]),
    )


@cache
def scalars() -> SearchStrategy[Type]:
    return st.one_of(
        st.builds(Scalar, st.just(ScalarKind.STRING), st.just(NO_LIMITS) | text_limits()),
        st.builds(
            Scalar,
            st.sampled_from([ScalarKind.INTEGER, ScalarKind.NUMBER]),
            st.just(NO_LIMITS) | number_limits(),
        ),
        st.sampled_from(
            [
                Scalar(ScalarKind.BOOLEAN),
                Scalar(ScalarKind.DATE),
                Scalar(ScalarKind.UUID),
                Null(),
                Anything(),
                Literal(True),
                Literal(1),
                *(Literal(Text(word)) for word in WORDS),
            ]
        ),
    )


@cache
def types() -> SearchStrategy[Type]:
    return st.recursive(
        scalars() | st.sampled_from([Named(name) for name in (*RECORDS, *ENUMERATIONS)]),
        lambda inner: st.one_of(
            st.builds(
                ListOf,
                inner,
                st.builds(
                    Limits,
                    min_items=_maybe(_COUNTS),
                    max_items=_maybe(_COUNTS),
                    unique_items=st.booleans(),
                ),
            ),
            st.builds(MapOf, inner, st.builds(Limits, max_properties=_maybe(_COUNTS))),
            inner.filter(lambda one: not isinstance(one, Null | Nullable)).map(Nullable),
            st.lists(inner, min_size=2, max_size=3).map(_union),
        ),
        max_leaves=4,
    )


def _union(parts: list[Type]) -> Type:
    flat = [one for part in parts for one in _flat(part)]
    distinct = tuple(dict.fromkeys(one for one in flat if not isinstance(one, Null | Nullable)))
    if len(distinct) < 2:
        return parts[0]
    return UnionOf(alternatives=distinct)


def _flat(type_: Type) -> tuple[Type, ...]:
    return type_.alternatives if isinstance(type_, UnionOf) else (type_,)


@st.composite
def records(draw: DrawFn, name: Identifier, *, says_all: bool) -> Record:
    names = draw(st.lists(st.sampled_from(PROPERTIES), max_size=3, unique=True))
    fields = tuple(
        Field(
            name=Identifier(one),
            wire_name=Text(one),
            type=draw(types()),
            presence=draw(st.sampled_from([Presence.REQUIRED, Presence.OPTIONAL])),
        )
        for one in names
    )
    others = draw(st.none() | types()) if not says_all else None
    is_closed = others is None and (says_all or draw(st.booleans()))
    return Record(
        name=name,
        wire_name=Text(name),
        fields=fields,
        others=None if others is None else Others(name=Identifier("others"), value=others),
        is_closed=is_closed,
        limits=draw(st.just(NO_LIMITS) | st.builds(Limits, min_properties=_maybe(_COUNTS))),
    )


@st.composite
def models(draw: DrawFn, *, says_all: bool = False) -> Models:
    found: dict[Identifier, Model] = {
        name: draw(records(name, says_all=says_all)) for name in RECORDS
    }
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
    for name in ENUMERATIONS:
        members = tuple(Member(name=Identifier(word), value=Text(word)) for word in words)
        found[name] = Enumeration(name=name, wire_name=Text(name), members=members)
    return found


@st.composite
def told_apart(draw: DrawFn) -> UnionOf:
    """Unions of records that a discriminator tells apart, perhaps with one for other names."""
    tags = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True))
    named = [RECORDS[WORDS.index(one)] for one in tags]
    otherwise = draw(st.none() | st.sampled_from(RECORDS))
    alternatives = named if otherwise is None else [*named, otherwise]
    return UnionOf(
        alternatives=tuple(map(Named, dict.fromkeys(alternatives))),
        discriminator=Discriminator(
            wire_name=Text("kind"),
            names=tuple((Literal(Text(tag)), name) for tag, name in zip(tags, named, strict=True)),
            otherwise=otherwise,
        ),
    )


# --- the same as JSON Schema --------------------------------------------------------------------

_KEYWORDS = {
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

_SCALARS: dict[ScalarKind, dict[str, Any]] = {
    ScalarKind.STRING: {"type": "string"},
    ScalarKind.INTEGER: {"type": "integer"},
    ScalarKind.NUMBER: {"type": "number"},
    ScalarKind.BOOLEAN: {"type": "boolean"},
    ScalarKind.DATE: {"type": "string", "format": "date"},
    ScalarKind.UUID: {"type": "string", "format": "uuid"},
}


def json_schema(type_: Type, known: Models) -> dict[str, Any]:
    """A type as a JSON Schema that is complete in itself."""
    definitions = {name: _of_model(model) for name, model in known.items()}
    return {"allOf": [_of_type(type_)], "$defs": definitions}


def _of_type(type_: Type) -> dict[str, Any]:
    match type_:
        case Scalar(kind, limits):
            return {**_SCALARS[kind], **_of_limits(limits)}
        case Anything(limits):
            return _of_limits(limits)
        case Null():
            return {"type": "null"}
        case Literal(value):
            return {"const": value.reveal() if isinstance(value, Text) else value}
        case Named(name, limits):
            return {"$ref": f"#/$defs/{name}", **_of_limits(limits)}
        case ListOf(item, limits):
            return {"type": "array", "items": _of_type(item), **_of_limits(limits)}
        case MapOf(value, limits):
            said = _of_limits(limits)
            return {"type": "object", "additionalProperties": _of_type(value), **said}
        case Nullable(inner):
            return {"anyOf": [{"type": "null"}, _of_type(inner)]}
        case UnionOf():
            return {"anyOf": [_of_type(one) for one in type_.alternatives]}
        case _:
            assert_never(type_)


def _of_limits(limits: Limits) -> dict[str, Any]:
    said = {word: getattr(limits, name) for name, word in _KEYWORDS.items()}
    return {
        word: one.reveal() if isinstance(one, Text) else one
        for word, one in said.items()
        if one is not None and one is not False
    }


def _of_model(model: Model) -> dict[str, Any]:
    match model:
        case Record():
            others: Any = not model.is_closed
            if model.others is not None:
                others = _of_type(model.others.value)
            required = [
                one.wire_name.reveal() for one in model.fields if one.presence is Presence.REQUIRED
            ]
            return {
                "type": "object",
                "properties": {one.wire_name.reveal(): _of_type(one.type) for one in model.fields},
                "required": required,
                "additionalProperties": others,
                **_of_limits(model.limits),
            }
        case Enumeration(members=members):
            return {
                "enum": [
                    one.value.reveal() if isinstance(one.value, Text) else one.value
                    for one in members
                ]
            }
        case Alias():
            return _of_type(model.type)
        case _:
            assert_never(model)


# --- types that take more -----------------------------------------------------------------------


@st.composite
def looser(draw: DrawFn, type_: Type, known: Models) -> tuple[Type, Models]:
    """A type that takes all that another one takes, and models in whose words it does."""
    is_free = draw(st.booleans())
    wider = _freed(type_) if is_free else type_
    if draw(st.booleans()) and not isinstance(wider, Null | Nullable):
        wider = Nullable(wider)
    names = draw(st.sets(st.sampled_from(RECORDS)))
    return wider, {
        name: _loosened(model) if name in names and isinstance(model, Record) else model
        for name, model in known.items()
    }


def _freed(type_: Type) -> Type:
    """The type without limits, at any depth."""
    match type_:
        case Scalar(kind):
            return Scalar(kind)
        case ListOf(item):
            return ListOf(_freed(item))
        case MapOf(value):
            return MapOf(_freed(value))
        case Nullable(inner):
            return Nullable(_freed(inner))
        case UnionOf(discriminator=None):
            return _union([_freed(one) for one in type_.alternatives])
        case _:
            return type_


def _loosened(record: Record) -> Record:
    """A record of which nothing is required, and which may hold anything besides."""
    return Record(
        name=record.name,
        wire_name=record.wire_name,
        fields=tuple(
            Field(
                name=one.name,
                wire_name=one.wire_name,
                type=_freed(one.type),
                presence=Presence.OPTIONAL,
            )
            for one in record.fields
        ),
        others=Others(name=Identifier("others"), value=Anything()),
    )
