"""Where models live: a module for each, together with the models that it alone consists of.

Whoever loads a model will need what it consists of, so a module holds nothing that is not needed.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..ir import Api, Entries, Identifier, Instance, Items, MemberOf, Model, NoDefault, Record
from ..source_file import NO_FILE_NAMES
from ..uses import Uses
from ..values import frozen
from ..words import apart


@frozen
class Home:
    """A module of models, of which the first is what the others belong to."""

    name: Identifier
    models: tuple[Model, ...]


def homes_of(api: Api, uses: Uses) -> tuple[Home, ...]:
    """The modules of all models, each in the order of the document."""
    heads = _heads(_owners(api, uses))
    families: dict[Identifier, list[Model]] = {}
    for model in api.models:
        families.setdefault(heads.get(model.name, model.name), []).append(model)
    names = _module_names(families)
    return tuple(Home(names[head], _head_first(head, of)) for head, of in families.items())


def _head_first(head: Identifier, models: list[Model]) -> tuple[Model, ...]:
    return tuple(sorted(models, key=lambda model: model.name != head))


def _owners(api: Api, uses: Uses) -> dict[Identifier, Identifier]:
    """The only model that refers to a model, for those that no endpoint uses."""
    users: dict[Identifier, set[Identifier | None]] = {model.name: set() for model in api.models}
    for model in api.models:
        for name in (*uses.by_models[model.name], *_in_defaults(model)):
            users[name].add(model.name)
    for name in uses.by_endpoints:
        users[name].add(None)
    owners: dict[Identifier, Identifier] = {}
    for name, found in users.items():
        others = found - {name}
        owner = next(iter(others), None)
        if len(others) == 1 and owner is not None:
            owners[name] = owner
    return owners


def _heads(owners: dict[Identifier, Identifier]) -> dict[Identifier, Identifier]:
    """The models that owned ones belong to in the end; in a ring, the first by name.

    No way is gone twice: thousands of models may own each other in a row.
    """
    heads: dict[Identifier, Identifier] = {}
    for name in owners:
        way: dict[Identifier, int] = {}
        at = name
        while at in owners and at not in way and at not in heads:
            way[at] = len(way)
            at = owners[at]
        head = min(list(way)[way[at] :]) if at in way else heads.get(at, at)
        heads.update(dict.fromkeys(way, head))
    return heads


def _module_names(heads: Iterable[Identifier]) -> dict[Identifier, Identifier]:
    names: dict[Identifier, Identifier] = {}
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for head in heads:
        wanted = module_name(head)
        name = wanted
        while name in taken:
            number = numbers[wanted] = numbers.get(wanted, 1) + 1
            name = f"{wanted}_{number}"
        taken.add(name)
        names[head] = Identifier(name)
    return names


def snaked(name: str) -> str:
    """The name of a class with its words apart: `JobStatus` gives `job_status`."""
    return apart(name, "_").lower()


@lru_cache(maxsize=20_000)  # the contract asks for them again
def module_name(name: str) -> str:
    """A file name: ASCII, as module names should be (PEP 8)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    snake = snaked(plain)
    if not snake.isidentifier():
        snake = f"model_{snake}".rstrip("_")
    return f"{snake}_" if keyword.iskeyword(snake) or snake in NO_FILE_NAMES else snake


def _in_defaults(model: Model) -> set[Identifier]:
    if not isinstance(model, Record):
        return set()
    return {
        name
        for field in model.fields
        if not isinstance(field.ungiven, NoDefault)
        for name in named_by_default(field.ungiven)
    }


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
