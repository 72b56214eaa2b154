"""Which models hold which: the edges between models, and what the two sides of endpoints begin with.

Only this module walks through types in search of names, so a new kind of type is added here once
for all passes over the finished `Api`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias, assert_never

from .ir import (
    Alias,
    Anything,
    Content,
    Discriminator,
    Endpoint,
    Enumeration,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Record,
    Scalar,
    Type,
    UnionOf,
)

Models: TypeAlias = Mapping[Identifier, Model]


def types_of(model: Model) -> Iterator[Type]:
    """The types that a model is made of."""
    match model:
        case Record():
            yield from (each.type for each in model.fields)
            if model.others is not None:
                yield model.others.value
        case Alias():
            yield model.type
        case Enumeration():
            pass
        case _:
            assert_never(model)


def named_in(type_: Type) -> Iterator[Identifier]:
    """The models that a type names itself."""
    for part in all_parts(type_):
        if isinstance(part, Named):
            yield part.name
        elif isinstance(part, UnionOf) and part.discriminator is not None:
            yield from choices(part.discriminator)


def discriminators_in(type_: Type) -> Iterator[Discriminator]:
    """The discriminators of the unions that a type is made of."""
    for part in all_parts(type_):
        if isinstance(part, UnionOf) and part.discriminator is not None:
            yield part.discriminator


def choices(discriminator: Discriminator) -> Iterator[Identifier]:
    """The models that a discriminator chooses from."""
    yield from (name for _, name in discriminator.names)
    if discriminator.otherwise is not None:
        yield discriminator.otherwise


def sent_by(endpoint: Endpoint) -> Iterator[Type]:
    """The types of what a request holds."""
    yield from (parameter.type for parameter in endpoint.parameters)
    if endpoint.body is not None:
        for content in endpoint.body.contents:
            yield from _types_of_content(content)


def received_by(endpoint: Endpoint) -> Iterator[Type]:
    """The types of what answers hold."""
    for answer in endpoint.answers:
        for content in answer.contents:
            yield from _types_of_content(content)
        yield from (header.type for header in answer.headers)


def reached(
    types: Iterable[Type],
    models: Models,
    parts_of: Callable[[Model], Iterable[Type]] = types_of,
) -> set[Identifier]:
    """The models that types hold, directly or inside of others."""
    ahead = [name for type_ in types for name in named_in(type_)]
    found: set[Identifier] = set()
    while ahead:
        name = ahead.pop()
        if name not in found and name in models:
            found.add(name)
            ahead.extend(inner for type_ in parts_of(models[name]) for inner in named_in(type_))
    return found


def _types_of_content(content: Content) -> Iterator[Type]:
    yield content.type
    for encoding in content.encodings:
        yield from (header.type for header in encoding.headers)


def all_parts(type_: Type) -> Iterator[Type]:
    """The type and the types that it is made of."""
    yield type_
    match type_:
        case ListOf():
            yield from all_parts(type_.item)
        case MapOf():
            yield from all_parts(type_.value)
        case Nullable():
            yield from all_parts(type_.inner)
        case UnionOf():
            for one in type_.alternatives:
                yield from all_parts(one)
        case Named() | Scalar() | Anything() | Null() | Literal():
            pass
        case _:
            assert_never(type_)
