"""The properties by which unions tell their records apart.

A pure pass over the finished `Api`. OpenAPI leaves open what an object without such a property is
(3.1, section 4.8.25), so what is made of a model has it, also where the document says that it is
optional, as documents do whose servers fill it in by themselves. An enumeration of one value says it
as a constant does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from ..ir import (
    Alias,
    Api,
    Default,
    Field,
    Identifier,
    Literal,
    Model,
    NoDefault,
    Presence,
    Record,
    Text,
    Type,
)
from ..uses import Models, choices, discriminators_in, named_in, types_of
from ..values import evolve
from .only_members import Only, only_member, only_members


def tags_of(models: Iterable[Model]) -> Mapping[Identifier, Collection[Text]]:
    """The properties by which records are told apart, by the names of the records."""
    known = {model.name: model for model in models}
    tags: dict[Identifier, set[Text]] = defaultdict(set)
    for model in known.values():
        for type_ in types_of(model):
            for discriminator in discriminators_in(type_):
                for name in _records_among(choices(discriminator), known):
                    tags[name].add(discriminator.wire_name)
    return tags


def _records_among(names: Iterable[Identifier], models: Models) -> Iterator[Identifier]:
    """The records that models are, or are told apart from by another property."""
    ahead, seen = list(names), set[Identifier]()
    while ahead:
        name = ahead.pop()
        model = models.get(name)
        if name in seen:
            continue
        seen.add(name)
        if isinstance(model, Alias):
            ahead.extend(named_in(model.type))
        else:
            yield name


def with_tags(api: Api) -> Api:
    """Mark the tags that may be absent, but say themselves what they are."""
    tags = tags_of(api.models)
    if not tags:
        return api
    only = only_members(api.models)
    models = tuple(_tagged(one, tags.get(one.name, ()), only) for one in api.models)
    return evolve(api, models=models)


def _tagged(model: Model, tags: Collection[Text], only: Only) -> Model:
    if not isinstance(model, Record) or not tags:
        return model
    fields = tuple(_as_tag(one, only) if one.wire_name in tags else one for one in model.fields)
    return model if fields == model.fields else evolve(model, fields=fields)


def _as_tag(field: Field, only: Only) -> Field:
    if field.presence is Presence.REQUIRED:
        return field
    if isinstance(field.default, NoDefault):
        constant = _only_value(field.type, only)
        if constant is None:
            return field
        field = evolve(field, default=constant)
    return evolve(field, is_tag=field.default is not None)


def _only_value(type_: Type, only: Only) -> Default:
    """The one value that a property may have; None where there are more."""
    return type_.value if isinstance(type_, Literal) else only_member(type_, only)
