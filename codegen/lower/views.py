"""What requests and answers see of a model: `readOnly` properties never go, `writeOnly` never come.

A pure pass over the finished `Api`. Only this module knows which models the two directions use,
directly or inside of others, and which of them have to be two for it. Those that answers hold keep
their names; what requests send instead is called `…Request`. Each step is linear in the API.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import is_
from typing import Final, TypeVar, assert_never, cast

from ..ir import (
    NO_LIMITS,
    Access,
    Alias,
    Answer,
    Anything,
    Api,
    Body,
    Content,
    Default,
    Discriminator,
    Endpoint,
    Entries,
    Enumeration,
    Field,
    Header,
    Identifier,
    Instance,
    Items,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    NoDefault,
    Note,
    Null,
    Nullable,
    Parameter,
    Record,
    Scalar,
    Text,
    Type,
    UnionOf,
)
from ..names import Names, followed
from ..structure import Kind, Walk
from ..tree import Json, pointer_to
from ..uses import (
    Models,
    named_in,
    reached,
    received_by,
    sent_by,
    types_of,
)
from ..values import evolve, field, frozen
from .residue import json_text
from .union_tags import tags_of


def views(api: Api) -> Api:
    """Give each direction its own models, where both use one and differ in what they see of it."""
    models = {model.name: model for model in api.models}
    if not any(_has_views(model) for model in api.models):
        return api
    tags = tags_of(api.models)
    asked = _Sight(Access.READ_ONLY, models, tags)
    answered = _Sight(Access.WRITE_ONLY, models, tags)
    in_requests = asked.reach(one for each in api.endpoints for one in sent_by(each))
    in_answers = answered.reach(one for each in api.endpoints for one in received_by(each))
    split = _differing(models, in_requests & in_answers, asked)
    notes: list[Note] = []
    requests = _View(asked, _request_names(split, models), notes)
    answers = _View(answered, {}, notes)
    seen: list[Model] = []
    for model in api.models:
        if model.name in split:
            seen.append(answers.model(model))
            seen.append(_as_sent(requests.model(model), model.name))
        elif model.name in in_requests and model.name not in in_answers:
            seen.append(requests.model(model))
        elif model.name in in_answers and model.name not in in_requests:
            seen.append(answers.model(model))
        else:
            seen.append(model)
    return evolve(
        api,
        models=tuple(seen),
        endpoints=tuple(_endpoint(each, requests, answers) for each in api.endpoints),
        notes=(*api.notes, *notes),
    )


def _has_views(model: Model) -> bool:
    return isinstance(model, Record) and any(
        each.access is not Access.BOTH for each in model.fields
    )


# --- who uses what ------------------------------------------------------------------------------


@frozen
class _Sight:
    """What one direction sees of models."""

    hidden: Access
    models: Models
    tags: Mapping[Identifier, Collection[Text]]

    def fields(self, record: Record) -> tuple[Field, ...]:
        """The fields of a record that go in this direction."""
        if all(each.access is not self.hidden for each in record.fields):
            return record.fields
        tags = self.tags.get(record.name, ())
        return tuple(
            each
            for each in record.fields
            if each.access is not self.hidden or each.wire_name in tags
        )

    def dropped(self, record: Record) -> set[Text]:
        """The properties of a record that do not go in this direction."""
        fields = self.fields(record)
        if fields is record.fields:
            return set()
        return {each.wire_name for each in record.fields} - {each.wire_name for each in fields}

    def types_of(self, model: Model) -> Iterable[Type]:
        """The types that a model is made of in this direction."""
        if isinstance(model, Record):
            return types_of(_with(model, fields=self.fields(model)))
        return types_of(model)

    def reach(self, types: Iterable[Type]) -> set[Identifier]:
        """The models that types of this direction hold, directly or inside of others."""
        return reached(types, self.models, self.types_of)


def _differing(
    models: Models, in_both: Collection[Identifier], sight: _Sight
) -> Collection[Identifier]:
    """The models of both directions that are not the same in both, in the order of the API."""
    holders: dict[Identifier, list[Identifier]] = defaultdict(list)
    for name in in_both:
        # A property that goes in one direction only makes its own record differ as it is.
        for type_ in sight.types_of(models[name]):
            for used in named_in(type_):
                holders[used].append(name)
    ahead = [name for name in in_both if _differs(models[name], sight)]
    differing: set[Identifier] = set()
    while ahead:
        name = ahead.pop()
        if name not in differing:
            differing.add(name)
            ahead.extend(holders[name])
    return dict.fromkeys(name for name in models if name in differing)


def _differs(model: Model, sight: _Sight) -> bool:
    if not isinstance(model, Record):
        return False
    tags = sight.tags.get(model.name, ())
    return any(
        each.access is not Access.BOTH and each.wire_name not in tags for each in model.fields
    )


def _request_names(split: Iterable[Identifier], models: Models) -> dict[Identifier, Identifier]:
    names = Names(gap="")
    for name in models:
        names.take(name)
    return {name: names.take(followed(name, "Request")) for name in split}


# --- what they see of it ------------------------------------------------------------------------


@frozen
class _View:
    """Rewrites what one direction holds as that direction sees it."""

    sight: _Sight
    names: Mapping[Identifier, Identifier]
    """What the models are called here that are called otherwise."""
    notes: list[Note]
    _loosened: list[Limits] = field(factory=list[Limits])
    """The limits that ask for less here, since it was last noted."""
    _contents: dict[int, tuple[Content, ...]] = field(factory=dict[int, tuple[Content, ...]])
    _headers: dict[int, tuple[Header, ...]] = field(factory=dict[int, tuple[Header, ...]])
    """What answers hold that many operations share, by its identity."""

    def name(self, name: Identifier) -> Identifier:
        """What a model is called here."""
        return self.names.get(name, name)

    def model(self, model: Model) -> Model:
        """The model as it is seen here."""
        seen = self._model(model)
        self.note_loosened(pointer_to("components", "schemas", model.wire_name.reveal()), seen.name)
        return seen

    def note_loosened(self, pointer: str, name: str) -> None:
        """Note at a place that checks in it ask for less, if any do."""
        if self._loosened:
            what = f"{name} has no {self.sight.hidden.value} properties, so checks of all together"
            self.notes.append(Note(pointer=pointer, what=f"{what} are loosened"))
            self._loosened.clear()

    def _model(self, model: Model) -> Model:
        match model:
            case Record():
                return self._record(model)
            case Alias():
                return _with(model, name=self.name(model.name), type=self.type(model.type))
            case Enumeration():
                return model
            case _:
                assert_never(model)

    def type(self, type_: Type) -> Type:
        """The type as it is seen here."""
        match type_:
            case Named():
                limits = self._limits(type_.limits, type_)
                return _with(type_, name=self.name(type_.name), limits=limits)
            case ListOf():
                limits = self._limits(type_.limits, type_.item)
                return _with(type_, item=self.type(type_.item), limits=limits)
            case MapOf():
                limits = self._limits(type_.limits, type_.value)
                return _with(type_, value=self.type(type_.value), limits=limits)
            case Nullable():
                return _with(type_, inner=self.type(type_.inner))
            case UnionOf():
                return _with(
                    type_,
                    alternatives=_each(type_.alternatives, self.type),
                    discriminator=self._discriminator(type_.discriminator),
                    hint=self._discriminator(type_.hint),
                    limits=self._limits(type_.limits, type_),
                )
            case Scalar() | Anything() | Null() | Literal():
                return type_
            case _:
                assert_never(type_)

    def contents(self, contents: tuple[Content, ...]) -> tuple[Content, ...]:
        """The contents of an answer as they are seen here."""
        if id(contents) not in self._contents:
            self._contents[id(contents)] = _each(contents, self.content)
        return self._contents[id(contents)]

    def headers(self, headers: tuple[Header, ...]) -> tuple[Header, ...]:
        """The header fields of an answer as they are seen here."""
        if id(headers) not in self._headers:
            self._headers[id(headers)] = _each(headers, self.header)
        return self._headers[id(headers)]

    def content(self, content: Content) -> Content:
        """The content as it is seen here, without what is said of properties that are not."""
        encodings = content.encodings
        if encodings:
            dropped = self._dropped_in(content.type)
            encodings = tuple(one for one in encodings if one.wire_name not in dropped)
        return _with(content, type=self.type(content.type), encodings=encodings)

    def parameter(self, parameter: Parameter) -> Parameter:
        """The parameter as it is seen here."""
        return _with(parameter, type=self.type(parameter.type))

    def header(self, header: Header) -> Header:
        """The header field as it is seen here."""
        return _with(header, type=self.type(header.type))

    def _record(self, record: Record) -> Record:
        fields = self.sight.fields(record)
        others = record.others
        name = self.name(record.name)
        limits = _without(record.limits, self.sight.dropped(record))
        limits = self._noted(record.limits, _fewer(limits, len(record.fields) - len(fields)))
        return _with(
            record,
            name=name,
            fields=_each(fields, self._field),
            others=None if others is None else _with(others, value=self.type(others.value)),
            limits=limits,
        )

    def _field(self, field: Field) -> Field:
        default = field.default
        if not isinstance(default, NoDefault):
            default = self._default(default)
        return _with(field, type=self.type(field.type), default=default)

    def _default(self, default: Default) -> Default:
        match default:
            case Instance(record):
                return Instance(self.name(record))
            case Items(items):
                return Items(tuple(map(self._default, items)))
            case Entries(entries):
                return Entries(tuple((key, self._default(value)) for key, value in entries))
            case _:
                return default  # a value that no model is part of, or a member: these never differ

    def _discriminator(self, discriminator: Discriminator | None) -> Discriminator | None:
        if discriminator is None:
            return None
        otherwise = discriminator.otherwise
        return evolve(
            discriminator,
            names=tuple((value, self.name(name)) for value, name in discriminator.names),
            otherwise=None if otherwise is None else self.name(otherwise),
        )

    def _limits(self, limits: Limits, type_: Type) -> Limits:
        if limits.schema is None:
            return limits
        return self._noted(limits, _without(limits, self._dropped_in(type_)))

    def _noted(self, limits: Limits, seen: Limits) -> Limits:
        if seen != limits:
            self._loosened.append(limits)
        return seen

    def _dropped_in(self, type_: Type) -> set[Text]:
        """The properties of records in a type that are not seen here."""
        dropped: set[Text] = set()
        for name in named_in(type_):
            record = self.sight.models.get(name)
            if isinstance(record, Record):
                dropped |= self.sight.dropped(record)
        return dropped


def _endpoint(endpoint: Endpoint, requests: _View, answers: _View) -> Endpoint:
    seen = _with(
        endpoint,
        parameters=_each(endpoint.parameters, requests.parameter),
        body=None if endpoint.body is None else _body(endpoint.body, requests),
        answers=_each(endpoint.answers, lambda answer: _answer(answer, answers)),
    )
    pointer = pointer_to("paths", endpoint.path.template.reveal(), endpoint.method.lower())
    for view in (requests, answers):
        view.note_loosened(pointer, endpoint.name)
    return seen


def _body(body: Body, requests: _View) -> Body:
    return _with(body, contents=_each(body.contents, requests.content))


def _answer(answer: Answer, answers: _View) -> Answer:
    return _with(
        answer,
        contents=answers.contents(answer.contents),
        headers=answers.headers(answer.headers),
    )


def _as_sent(model: Model, received: Identifier) -> Model:
    """A model of requests, which says what it is beside its other half."""
    said = "" if model.doc is None else f"{model.doc.reveal().rstrip()}\n\n"
    return evolve(model, doc=Text(f"{said}As requests hold it; answers hold `{received}`."))


# --- most of it is as it was --------------------------------------------------------------------

_Thing = TypeVar("_Thing")
_Part = TypeVar("_Part")


def _with(part: _Part, **members: object) -> _Part:
    """The same with other members; itself where these are what it has, for copies take time."""
    for name, value in members.items():
        if getattr(part, name) is not value:
            break
    else:
        return part
    copy = cast("Callable[..., _Part]", evolve)  # mypy's own idea of it knows no type variables
    return copy(part, **members)


def _each(things: tuple[_Thing, ...], seen: Callable[[_Thing], _Thing]) -> tuple[_Thing, ...]:
    """The things as they are seen; the same tuple where all are as they were."""
    changed = tuple(map(seen, things))
    return things if all(map(is_, changed, things)) else changed


# --- checks of whole objects ---------------------------------------------------------------------


def _without(limits: Limits, dropped: Collection[Text]) -> Limits:
    """The limits with a schema that does not require properties which are not there.

    Where anything in it is narrower for what is wider, the schema goes.
    """
    if limits.schema is None or not dropped:
        return limits
    names = {name.reveal() for name in dropped}
    schema: Json = json.loads(limits.schema.reveal())
    walk = Walk()
    walk.begin(Kind.SCHEMA, schema, "")
    parts = [part.value for part in walk]
    asking = [(part, fewer) for part in parts if (fewer := _asking_less(part, names))]
    if not asking:
        return limits
    if any(not _CONTRARY.isdisjoint(part) for part in parts):
        return evolve(limits, schema=None)
    for part, fewer in asking:
        part |= fewer
    return evolve(limits, schema=json_text(schema))


_CONTRARY: Final = frozenset({"contains", "if", "not", "oneOf"})


def _asking_less(schema: dict[str, Json], names: Collection[str]) -> dict[str, Json]:
    """The keywords of a schema that require some properties, without these."""
    found: dict[str, Json] = {"required": _but(schema.get("required"), names)}
    each = schema.get("dependentRequired")
    if isinstance(each, dict):
        found["dependentRequired"] = {name: _but(asked, names) for name, asked in each.items()}
    return {key: fewer for key, fewer in found.items() if fewer != schema.get(key)}


def _but(asked: Json, names: Collection[str]) -> Json:
    """A list of names without some of them."""
    return [one for one in asked if one not in names] if isinstance(asked, list) else asked


def _fewer(limits: Limits, dropped: int) -> Limits:
    """The limits with as many properties fewer as were dropped."""
    if limits == NO_LIMITS or not dropped or not limits.min_properties:
        return limits
    return evolve(limits, min_properties=max(limits.min_properties - dropped, 0) or None)
