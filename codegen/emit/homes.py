"""Where models live: a module for each, together with the models that it alone consists of.

Whoever loads a model will need what it consists of, so a module holds nothing that is not needed.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..ir import (
    Alias,
    Anything,
    Api,
    Endpoint,
    Entries,
    Enumeration,
    Identifier,
    Instance,
    Items,
    ListOf,
    Literal,
    MapOf,
    MemberOf,
    Model,
    Named,
    Null,
    Nullable,
    Record,
    Scalar,
    Type,
    UnionOf,
)
from ..values import frozen

_NO_FILE_NAMES = frozenset(
    {"aux", "con", "nul", "prn"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""Names that Windows keeps for devices, with any ending."""


@frozen
class Home:
    """A module of models, of which the first is what the others belong to."""

    name: Identifier
    models: tuple[Model, ...]


def homes_of(api: Api) -> tuple[Home, ...]:
    """The modules of all models, each in the order of the document."""
    owners = _owners(api)
    families: dict[Identifier, list[Model]] = {}
    for model in api.models:
        families.setdefault(_head(model.name, owners), []).append(model)
    names = _module_names(families)
    return tuple(Home(names[head], _head_first(head, of)) for head, of in families.items())


def _head_first(head: Identifier, models: list[Model]) -> tuple[Model, ...]:
    return tuple(sorted(models, key=lambda model: model.name != head))


def _owners(api: Api) -> dict[Identifier, Identifier]:
    """The only model that refers to a model, for those that no endpoint uses."""
    users: dict[Identifier, set[Identifier | None]] = {model.name: set() for model in api.models}
    for model in api.models:
        for name in referred(model):
            users[name].add(model.name)
    for endpoint in api.endpoints:
        for name in _used(endpoint):
            users[name].add(None)
    owners: dict[Identifier, Identifier] = {}
    for name, found in users.items():
        others = found - {name}
        owner = next(iter(others), None)
        if len(others) == 1 and owner is not None:
            owners[name] = owner
    return owners


def _head(name: Identifier, owners: dict[Identifier, Identifier]) -> Identifier:
    """The model that a model belongs to in the end; in a ring, the first by name."""
    seen = [name]
    while (owner := owners.get(seen[-1])) is not None:
        if owner in seen:
            return min(seen[seen.index(owner) :])
        seen.append(owner)
    return seen[-1]


def _module_names(heads: Iterable[Identifier]) -> dict[Identifier, Identifier]:
    names: dict[Identifier, Identifier] = {}
    taken: set[str] = set()
    for head in heads:
        wanted = module_name(head)
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name)
        names[head] = Identifier(name)
    return names


_ACRONYM_END = re.compile(r"(?<=[^\W\d_])(?=[A-Z][a-z])")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")


@lru_cache(maxsize=20_000)  # the contract asks for them again
def module_name(name: str) -> str:
    """A file name: ASCII, as module names should be (PEP 8)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    snake = _HUMP.sub("_", _ACRONYM_END.sub("_", plain)).lower()
    if not snake.isidentifier():
        snake = f"model_{snake}".rstrip("_")
    return f"{snake}_" if keyword.iskeyword(snake) or snake in _NO_FILE_NAMES else snake


def referred(model: Model) -> set[Identifier]:
    """The models that a model refers to."""
    return {name for type_ in _types_of(model) for name in named(type_)} | _in_defaults(model)


def _types_of(model: Model) -> Iterator[Type]:
    match model:
        case Record():
            yield from (field.type for field in model.fields)
            if model.others is not None:
                yield model.others.value
        case Alias():
            yield model.type
        case Enumeration():
            pass


def _in_defaults(model: Model) -> set[Identifier]:
    if not isinstance(model, Record):
        return set()
    return {name for field in model.fields for name in named_by_default(field.default)}


def named_by_default(default: object) -> Iterator[Identifier]:
    """The enumerations and records that a default is made of."""
    match default:
        case MemberOf(enumeration=name) | Instance(record=name):
            yield name
        case Items(items):
            for item in items:
                yield from named_by_default(item)
        case Entries(entries):
            for _, value in entries:
                yield from named_by_default(value)
        case _:
            pass


def named(type_: Type) -> Iterator[Identifier]:
    """The models that a type names."""
    match type_:
        case Named(name):
            yield name
        case ListOf(inner) | MapOf(inner) | Nullable(inner):
            yield from named(inner)
        case UnionOf():
            for one in type_.alternatives:
                yield from named(one)
            if type_.discriminator is not None:
                yield from (name for _, name in type_.discriminator.names)
                if type_.discriminator.otherwise is not None:
                    yield type_.discriminator.otherwise
        case Scalar() | Anything() | Null() | Literal():
            pass


def _used(endpoint: Endpoint) -> Iterator[Identifier]:
    """The models that stand in an endpoint itself."""
    for type_ in _types_in(endpoint):
        yield from named(type_)


def _types_in(endpoint: Endpoint) -> Iterator[Type]:
    yield from (parameter.type for parameter in endpoint.parameters)
    contents = () if endpoint.body is None else endpoint.body.contents
    for answer in endpoint.answers:
        contents += answer.contents
        yield from (header.type for header in answer.headers)
    for content in contents:
        yield content.type
        yield from (header.type for one in content.encodings for header in one.headers)
