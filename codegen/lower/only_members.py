"""Properties of which an enumeration leaves one value.

A pure pass over the finished `Api`. OpenAPI 3.0 has no `const`, so documents say it by an `enum` of
one value, which means the same (JSON Schema 2020-12, validation, section 6.1.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from ..ir import (
    Api,
    Enumeration,
    Field,
    Identifier,
    MemberOf,
    Model,
    Named,
    Presence,
    Record,
    Type,
)
from ..values import evolve

Only: TypeAlias = Mapping[Identifier, MemberOf]
"""The members of the enumerations that name no other, by the names of these."""


def with_only_members(api: Api) -> Api:
    """Mark the required properties of which nobody has to say the value."""
    only = only_members(api.models)
    return evolve(api, models=tuple(_marked(one, only) for one in api.models)) if only else api


def only_members(models: Iterable[Model]) -> Only:
    """The members of enumerations that have no other."""
    return {
        model.name: MemberOf(model.name, model.members[0].name)
        for model in models
        if isinstance(model, Enumeration) and len(model.members) == 1
    }


def only_member(type_: Type, only: Only) -> MemberOf | None:
    """The one value of a type, where that is such an enumeration."""
    return only.get(type_.name) if isinstance(type_, Named) else None


def _marked(model: Model, only: Only) -> Model:
    if not isinstance(model, Record):
        return model
    fields = tuple(_of_one_value(one, only) for one in model.fields)
    return model if fields == model.fields else evolve(model, fields=fields)


def _of_one_value(field: Field, only: Only) -> Field:
    member = only_member(field.type, only)
    if field.presence is not Presence.REQUIRED or member is None:
        return field
    return evolve(field, only=member)
