"""Required properties of which an enumeration leaves one value.

A pure pass over the finished `Api`. OpenAPI 3.0 has no `const`, so documents say it by an `enum` of
one value, which means the same (JSON Schema 2020-12, validation, section 6.1.3).
"""

from __future__ import annotations

from collections.abc import Mapping

from ..ir import Api, Enumeration, Field, Identifier, MemberOf, Model, Named, Presence, Record
from ..values import evolve


def with_only_members(api: Api) -> Api:
    """Mark the required properties of which nobody has to say the value."""
    only = {
        model.name: MemberOf(model.name, model.members[0].name)
        for model in api.models
        if isinstance(model, Enumeration) and len(model.members) == 1
    }
    return evolve(api, models=tuple(_marked(one, only) for one in api.models)) if only else api


def _marked(model: Model, only: Mapping[Identifier, MemberOf]) -> Model:
    if not isinstance(model, Record):
        return model
    fields = tuple(_of_one_value(one, only) for one in model.fields)
    return model if fields == model.fields else evolve(model, fields=fields)


def _of_one_value(field: Field, only: Mapping[Identifier, MemberOf]) -> Field:
    if field.presence is Presence.REQUIRED and isinstance(field.type, Named):
        member = only.get(field.type.name)
        return field if member is None else evolve(field, only=member)
    return field
