"""Which models hold which: the edges between models, and what the two sides of endpoints begin with.

Only this module walks through types in search of names, so a new kind of type is added here once
for all passes over the finished `Api`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, assert_never

from .ir import (
    Alias,
    Anything,
    Api,
    Callback,
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
from .values import frozen

Models: TypeAlias = Mapping[Identifier, Model]


@frozen(kw_only=True)
class Uses:
    """Which models are used by whom in an API."""

    by_models: Mapping[Identifier, Collection[Identifier]]
    """The models that each model names itself, by its name."""
    by_endpoints: Collection[Identifier]
    """The models that endpoints name themselves."""
    in_requests: Collection[Identifier]
    """The models of requests, directly or inside of others."""
    in_answers: Collection[Identifier]
    made_by_callers: Collection[Identifier]
    """The models of requests, and of answers to what the API calls."""
    read_by_callers: Collection[Identifier]


def uses_of(api: Api) -> Uses:
    """Find out who uses which models, once for all that asks."""
    by_models = {
        model.name: [name for type_ in types_of(model) for name in named_in(type_)]
        for model in api.models
    }
    sent = {name for one in api.endpoints for type_ in sent_by(one) for name in named_in(type_)}
    received = {
        name for one in api.endpoints for type_ in received_by(one) for name in named_in(type_)
    }
    answered = {
        name for one in api.callbacks for type_ in received_by(one) for name in named_in(type_)
    }
    heard = {name for one in api.callbacks for type_ in sent_by(one) for name in named_in(type_)}
    return Uses(
        by_models=by_models,
        by_endpoints=sent | received,
        in_requests=_reached(sent, by_models.__getitem__),
        in_answers=_reached(received, by_models.__getitem__),
        made_by_callers=_reached(sent | answered, by_models.__getitem__),
        read_by_callers=_reached(received | heard, by_models.__getitem__),
    )


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


def named_in(type_: Type) -> Sequence[Identifier]:
    """The models that a type names itself."""
    match type_:
        case Named():  # these two are most of all types
            return (type_.name,)
        case Scalar():
            return ()
        case _:
            return [name for part in all_parts(type_) for name in _named_by(part)]


def _named_by(part: Type) -> Iterable[Identifier]:
    if isinstance(part, Named):
        return (part.name,)
    told = (part.discriminator or part.hint) if isinstance(part, UnionOf) else None
    return () if told is None else choices(told)


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


def sent_by(endpoint: Endpoint | Callback) -> Iterator[Type]:
    """The types of what a request holds."""
    yield from (parameter.type for parameter in endpoint.parameters)
    if endpoint.body is not None:
        for content in endpoint.body.contents:
            yield content.type


def received_by(endpoint: Endpoint | Callback) -> Iterator[Type]:
    """The types of what answers hold."""
    for answer in endpoint.answers:
        for content in answer.contents:
            yield content.type
        yield from (header.type for header in answer.headers)


def reached(
    types: Iterable[Type],
    models: Models,
    parts_of: Callable[[Model], Iterable[Type]] = types_of,
) -> set[Identifier]:
    """The models that types hold, directly or inside of others."""
    named = {name for type_ in types for name in named_in(type_)} & models.keys()
    return _reached(
        named,
        lambda name: [
            inner
            for type_ in parts_of(models[name])
            for inner in named_in(type_)
            if inner in models
        ],
    )


def _reached(
    names: Iterable[Identifier], named_by: Callable[[Identifier], Iterable[Identifier]]
) -> set[Identifier]:
    ahead = list(names)
    found: set[Identifier] = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(named_by(name))
    return found


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
