"""The properties by which unions tell their records apart.

A pure pass over the finished `Api`. OpenAPI leaves open what an object without such a property is
(3.1, section 4.8.25), so what is made of a model has it, also where the document says that it is
optional, as documents do whose servers fill it in by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from ..ir import Api, Field, Identifier, Literal, Model, NoDefault, Presence, Record, Text
from ..uses import choices, discriminators_in, types_of
from ..values import evolve


def tags_of(models: Iterable[Model]) -> Mapping[Identifier, Collection[Text]]:
    """The properties by which records are told apart, by the names of the records."""
    tags: dict[Identifier, set[Text]] = defaultdict(set)
    for model in models:
        for type_ in types_of(model):
            for discriminator in discriminators_in(type_):
                for name in choices(discriminator):
                    tags[name].add(discriminator.wire_name)
    return tags


def with_tags(api: Api) -> Api:
    """Mark the tags that may be absent, but say themselves what they are."""
    tags = tags_of(api.models)
    if not tags:
        return api
    return evolve(api, models=tuple(_tagged(one, tags.get(one.name, ())) for one in api.models))


def _tagged(model: Model, tags: Collection[Text]) -> Model:
    if not isinstance(model, Record) or not tags:
        return model
    fields = tuple(_as_tag(one) if one.wire_name in tags else one for one in model.fields)
    return model if fields == model.fields else evolve(model, fields=fields)


def _as_tag(field: Field) -> Field:
    if field.presence is Presence.REQUIRED:
        return field
    if isinstance(field.default, NoDefault):
        if not isinstance(field.type, Literal):
            return field
        field = evolve(field, default=field.type.value)
    return evolve(field, is_tag=field.default is not None)
