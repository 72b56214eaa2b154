"""Hypothesis strategies: for each model, valid instances and valid JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, assert_never

from ..ir import (
    NO_LIMITS,
    Alias,
    Anything,
    Api,
    Discriminator,
    Enumeration,
    Field,
    Identifier,
    Limits,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    NoDefault,
    Null,
    Nullable,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Text,
    Type,
    UnionOf,
)
from .annotations import Annotations, limit_items
from .heights import height_of, heights_of
from .source import (
    INDENT,
    Declared,
    Doc,
    Imports,
    Subscript,
    any_of,
    assignment,
    call,
    docstring,
    exports,
    keyword,
    layout,
    listing,
    literal,
    mapping,
    module,
    signature,
)

_MAKERS = {
    ScalarKind.STRING: "strings",
    ScalarKind.INTEGER: "integers",
    ScalarKind.NUMBER: "numbers",
    ScalarKind.BOOLEAN: "booleans",
    ScalarKind.DATE_TIME: "date_times",
    ScalarKind.DATE: "dates",
    ScalarKind.UUID: "uuids",
    ScalarKind.BYTES: "byte_strings",
    ScalarKind.FILE: "files",
}

_SCHEMA = "schema="
"""The keyword of a limit that nothing can be made to keep by construction."""

_Limited: TypeAlias = Scalar | Anything | ListOf | MapOf

_SAME_ON_THE_WIRE = {ScalarKind.STRING, ScalarKind.BOOLEAN}


def strategies_module(api: Api, names: dict[Identifier, Identifier]) -> str:
    """The module of the strategies of all models; `names` are those of their functions."""
    imports = Imports()
    models = [model for model in api.models if model.name in names]
    functions = [names[model.name] for model in models]
    blocks = [exports([*functions, *(f"{name}_wire" for name in functions)])]
    if models:
        annotations = Annotations(imports, runtime="._runtime", models=_models_of(models))
        writer = _Writer(annotations, names, api)
        for model in models:
            blocks += [writer.models(model), writer.wire(model)]
        blocks.append("\n".join(line for model in models for line in writer.deferred(model)))
    doc = (
        "Hypothesis strategies for every model: valid instances (`jobs()`) and valid JSON "
        "(`jobs_wire()`).\n\nFields may be overridden: `jobs(status=just(JobStatus.WORKING))`."
    )
    return module(doc, imports, blocks)


def _models_of(models: Iterable[Model]) -> str:
    """What the package of models is imported as: a field of that name would hide it."""
    records = (model for model in models if isinstance(model, Record))
    is_hidden = any(field.name == "models" for record in records for field in record.fields)
    return ".models as _models" if is_hidden else ".models"


class _Writer:
    def __init__(
        self, annotations: Annotations, names: dict[Identifier, Identifier], api: Api
    ) -> None:
        self._annotations = annotations
        self._names = names
        self._models = {model.name: model for model in api.models}
        self._heights = heights_of(api.models)
        self._strategy = annotations.use("hypothesis.strategies", "SearchStrategy")
        self._make = annotations.use("._runtime", "strategies as _make")

    def models(self, model: Model) -> str:
        """The function that makes instances of a model."""
        name = self._names[model.name]
        result = Subscript(self._strategy, (self._annotations.annotation(Named(model.name)),))
        overrides: list[Doc] = []
        match model:
            case Record():
                overrides = [self._override(field) for field in model.fields]
                made: Doc = self._record(model)
            case Enumeration():
                made = call(f"{self._make}.members", self._annotations.model(model.name))
            case Alias():
                made = self.strategy(model.type)
        return "\n".join(
            [
                signature(name, [], overrides, result),
                docstring(f"Valid `{model.name}` models.", indent=INDENT),
                layout("return ", made, indent=INDENT),
            ]
        )

    def wire(self, model: Model) -> str:
        """The function that makes the JSON of a model."""
        match model:
            case Record():
                made: Doc = self._wire_record(model)
            case Enumeration():
                made = call(f"{self._make}.wire_members", self._annotations.model(model.name))
            case Alias():
                made = self.wire_strategy(model.type)
        json = self._annotations.runtime("json_types", "Json")
        return "\n".join(
            [
                signature(f"{self._names[model.name]}_wire", [], [], f"{self._strategy}[{json}]"),
                docstring(f"Valid JSON of `{model.name}`.", indent=INDENT),
                layout("return ", made, indent=INDENT),
            ]
        )

    def deferred(self, model: Model) -> list[str]:
        """How other models refer to this one: late, so that all may refer to each other."""
        name = self._names[model.name]
        return [
            assignment(f"_{made}", call(f"{self._make}.deferred", made))
            for made in (name, f"{name}_wire")
        ]

    def _override(self, field: Field) -> Doc:
        inner = Subscript(self._strategy, (self._annotations.field_annotation(field),))
        return Declared(field.name, any_of(inner, "None"), " = None")

    def _record(self, record: Record) -> Doc:
        items: list[Doc] = [self._annotations.model(record.name)]
        for field in record.fields:
            made = call(f"{self._make}.given", field.name, self._field(field))
            items.append(keyword(field.name, made))
        if record.others is not None:
            known = [literal(field.wire_name) for field in record.fields]
            others = call(
                f"{self._make}.other_properties",
                self.strategy(record.others.value),
                listing(known),
            )
            items.append(keyword(record.others.name, others))
        maker = "instances" if record.limits == NO_LIMITS else "checked_instances"
        return call(f"{self._make}.{maker}", *items)

    def _field(self, field: Field) -> Doc:
        inner = self.strategy(field.type)
        if not isinstance(field.default, NoDefault):
            is_null = field.default is None and not isinstance(field.type, Nullable)
            return call(f"{self._make}.optional", inner) if is_null else inner
        match field.presence:
            case Presence.REQUIRED:
                return inner
            case Presence.OPTIONAL:
                return call(f"{self._make}.optional", inner)
            case Presence.OPTIONAL_NULLABLE:
                return call(f"{self._make}.unset_or", inner)

    def _wire_record(self, record: Record) -> Doc:
        required: list[tuple[str, Doc]] = []
        optional: list[tuple[str, Doc]] = []
        for field in record.fields:
            made = self.wire_strategy(field.type)
            if field.presence is Presence.REQUIRED:
                required.append((literal(field.wire_name), made))
                continue
            if field.presence is Presence.OPTIONAL and (
                field.default is None or isinstance(field.default, NoDefault)
            ):
                made = call(f"{self._make}.optional", made)
            optional.append((literal(field.wire_name), made))
        others = "None"
        options: list[Doc] = []
        if record.others is not None:
            options.append(keyword("others", self.wire_strategy(record.others.value)))
        elif record.is_closed:
            options.append(keyword("others", others))
        made = call(f"{self._make}.wire_objects", mapping(required), mapping(optional), *options)
        whole = Named(record.name, record.limits)
        return self._fitting(made, whole, record.limits, is_wire=True)

    def strategy(self, type_: Type) -> Doc:
        """The expression that makes values of a type."""
        match type_:
            case Scalar(kind):
                return self._limited(type_, _MAKERS[kind], is_wire=False)
            case Anything():
                return self._limited(type_, "json_values", is_wire=False)
            case Null():
                return f"{self._make}.nulls()"
            case Named(name, limits):
                return self._fitting(f"_{self._names[name]}", type_, limits, is_wire=False)
            case ListOf(item):
                return self._limited(type_, "arrays", self.strategy(item), is_wire=False)
            case MapOf(value):
                return self._limited(type_, "objects", self.strategy(value), is_wire=False)
            case Nullable(inner):
                return call(f"{self._make}.optional", self.strategy(inner))
            case Literal(value):
                return call(f"{self._make}.constants", literal(value))
            case UnionOf():
                return self._union(type_, is_wire=False)
            case _:
                assert_never(type_)

    def wire_strategy(self, type_: Type) -> Doc:
        """The expression that makes the JSON of a type."""
        match type_:
            case Scalar(kind):
                prefix = "" if kind in _SAME_ON_THE_WIRE else "wire_"
                return self._limited(type_, f"{prefix}{_MAKERS[kind]}", is_wire=True)
            case Anything():
                return self._limited(type_, "json_values", is_wire=True)
            case Named(name, limits):
                return self._fitting(f"_{self._names[name]}_wire", type_, limits, is_wire=True)
            case ListOf(item):
                return self._limited(type_, "arrays", self.wire_strategy(item), is_wire=True)
            case MapOf(value):
                return self._limited(type_, "objects", self.wire_strategy(value), is_wire=True)
            case Nullable(inner):
                return call(f"{self._make}.optional", self.wire_strategy(inner))
            case UnionOf():
                return self._union(type_, is_wire=True)
            case _:
                return self.strategy(type_)

    def _limited(self, type_: _Limited, maker: str, *items: Doc, is_wire: bool) -> Doc:
        """What meets its limits by construction, but for what only a schema can say."""
        said = limit_items(type_.limits)
        by_construction = [one for one in said if one.label != _SCHEMA]
        made = call(f"{self._make}.{maker}", *items, *by_construction)
        if type_.limits.schema is None:
            return made
        return self._described(made, type_, is_wire=is_wire)

    def _fitting(self, made: Doc, type_: Type, limits: Limits, *, is_wire: bool) -> Doc:
        """What meets the limits of a type, which is made without them."""
        if limits.schema is not None:
            return self._described(made, type_, is_wire=is_wire)
        said = limit_items(limits)
        return call(f"{self._make}.fitting", made, *said) if said else made

    def _described(self, made: Doc, type_: Type, *, is_wire: bool) -> Doc:
        """What fits the schema that belongs to the limits of a type."""
        maker = "wire_described" if is_wire else "described"
        form = self._annotations.annotation(type_)
        constraints = self._annotations.constraints(type_)
        if constraints is None:
            raise TypeError("a type with a schema has constraints")
        return call(f"{self._make}.{maker}", made, form, constraints)

    # Unions.

    def _union(self, union: UnionOf, *, is_wire: bool) -> Doc:
        # Where values are nested deeply already, the first is made: it ends soonest.
        alternatives = sorted(union.alternatives, key=lambda one: height_of(one, self._heights))
        parts = [
            self._alternative(one, union.discriminator, is_wire=is_wire) for one in alternatives
        ]
        made: Doc = call(f"{self._make}.one_of", *(part for part in parts if part is not None))
        compound = [one for one in union.alternatives if _is_compound(one)]
        if union.is_exclusive and union.discriminator is None and len(compound) > 1:
            forms = listing(self._annotations.annotation(one) for one in compound)
            made = call(f"{self._make}.exclusive", made, forms)
        return self._fitting(made, union, union.limits, is_wire=is_wire)

    def _alternative(
        self, type_: Type, discriminator: Discriminator | None, *, is_wire: bool
    ) -> Doc | None:
        """What makes an alternative, which has to say its name where there are names."""
        made = self.wire_strategy(type_) if is_wire else self.strategy(type_)
        record = self._models.get(type_.name) if isinstance(type_, Named) else None
        if discriminator is None or not isinstance(record, Record):
            return made
        wire_name = discriminator.wire_name
        field = next((one for one in record.fields if one.wire_name == wire_name), None)
        if field is None:
            return None  # it cannot say its name, so it could not be read again
        tags = self._tags(field.type, record, discriminator, is_wire=is_wire)
        if tags is None:
            return made
        if not tags:
            return None
        named = call(f"{self._make}.one_of", *tags) if len(tags) > 1 else tags[0]
        if is_wire:
            return call(f"{self._make}.wire_tagged", made, literal(wire_name), named)
        return call(f"{self._make}.tagged", made, literal(field.name), named)

    def _tags(
        self, type_: Type, record: Record, discriminator: Discriminator, *, is_wire: bool
    ) -> list[Doc] | None:
        """What makes the names of a record; None where it makes good ones itself."""
        all_names = {tag for tag, _ in discriminator.names}
        own = [tag for tag, name in discriminator.names if name == record.name]
        match type_:
            case Nullable(inner):
                return self._tags(inner, record, discriminator, is_wire=is_wire)
            case Literal(value):
                is_own = value in own or (not own and value not in all_names)
                return None if is_own else []
            case Named(name):
                model = self._models[name]
                if isinstance(model, Alias):
                    return self._tags(model.type, record, discriminator, is_wire=is_wire)
                if isinstance(model, Enumeration):
                    return self._member_tags(model, own, all_names, is_wire=is_wire)
                return []
            case Scalar(ScalarKind.STRING) | Anything() | UnionOf() if own:
                return [call(f"{self._make}.constants", literal(tag)) for tag in own]
            case Scalar(ScalarKind.STRING):
                return None  # any other name, which is not likely to be a known one
            case _:
                return []

    def _member_tags(
        self, model: Enumeration, own: list[Text], all_names: set[Text], *, is_wire: bool
    ) -> list[Doc]:
        enumeration = self._annotations.model(model.name)
        return [
            call(
                f"{self._make}.constants",
                literal(member.value) if is_wire else f"{enumeration}.{member.name}",
            )
            for member in model.members
            if (member.value in own if own else member.value not in all_names)
        ]


def _is_compound(type_: Type) -> bool:
    return isinstance(type_, Named | ListOf | MapOf | Anything)
