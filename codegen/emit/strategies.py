"""Hypothesis strategies: for each model, valid instances and valid JSON."""

from __future__ import annotations

from typing import assert_never

from ..ir import (
    Alias,
    Anything,
    Api,
    Enumeration,
    Field,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Model,
    Named,
    Null,
    Nullable,
    Presence,
    Record,
    Scalar,
    ScalarKind,
    Type,
)
from .annotations import Annotations, limit_items
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
}

_SAME_ON_THE_WIRE = {ScalarKind.STRING, ScalarKind.BOOLEAN}


def strategies_module(api: Api, names: dict[Identifier, Identifier]) -> str:
    """The module of the strategies of all models; `names` are those of their functions."""
    imports = Imports()
    models = [model for model in api.models if not isinstance(model, Alias)]
    functions = [names[model.name] for model in models]
    blocks = [exports([*functions, *(f"{name}_wire" for name in functions)])]
    if models:
        writer = _Writer(Annotations(imports, runtime="._runtime", models=".models"), names)
        for model in models:
            blocks += [writer.models(model), writer.wire(model)]
        blocks.append("\n".join(line for model in models for line in writer.deferred(model)))
    doc = (
        "Hypothesis strategies for every model: valid instances (`jobs()`) and valid JSON "
        "(`jobs_wire()`).\n\nFields may be overridden: `jobs(status=just(JobStatus.WORKING))`."
    )
    return module(doc, imports, blocks)


class _Writer:
    def __init__(self, annotations: Annotations, names: dict[Identifier, Identifier]) -> None:
        self._annotations = annotations
        self._names = names
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
                made = call(f"{self._make}.members", model.name)
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
                made = call(f"{self._make}.wire_members", model.name)
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
        items: list[Doc] = [self._annotations.annotation(Named(record.name))]
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
        return call(f"{self._make}.instances", *items)

    def _field(self, field: Field) -> Doc:
        inner = self.strategy(field.type)
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
            if field.presence is Presence.OPTIONAL:
                made = call(f"{self._make}.optional", made)
            optional.append((literal(field.wire_name), made))
        others = "None"
        options: list[Doc] = []
        if record.others is not None:
            options.append(keyword("others", self.wire_strategy(record.others.value)))
        elif record.is_closed:
            options.append(keyword("others", others))
        return call(f"{self._make}.wire_objects", mapping(required), mapping(optional), *options)

    def strategy(self, type_: Type) -> Doc:
        """The expression that makes values of a type."""
        match type_:
            case Scalar(kind, limits):
                return call(f"{self._make}.{_MAKERS[kind]}", *limit_items(limits))
            case Anything(limits):
                return call(f"{self._make}.json_values", *limit_items(limits))
            case Null():
                return f"{self._make}.nulls()"
            case Named(name):
                return f"_{self._names[name]}"
            case ListOf(item, limits):
                return call(f"{self._make}.arrays", self.strategy(item), *limit_items(limits))
            case MapOf(value, limits):
                return call(f"{self._make}.objects", self.strategy(value), *limit_items(limits))
            case Nullable(inner):
                return call(f"{self._make}.optional", self.strategy(inner))
            case Literal(value):
                return call(f"{self._make}.constants", literal(value))
            case _:
                assert_never(type_)

    def wire_strategy(self, type_: Type) -> Doc:
        """The expression that makes the JSON of a type."""
        match type_:
            case Scalar(kind, limits) if kind not in _SAME_ON_THE_WIRE:
                return call(f"{self._make}.wire_{_MAKERS[kind]}", *limit_items(limits))
            case Named(name):
                return f"_{self._names[name]}_wire"
            case ListOf(item, limits):
                return call(f"{self._make}.arrays", self.wire_strategy(item), *limit_items(limits))
            case MapOf(value, limits):
                return call(
                    f"{self._make}.objects", self.wire_strategy(value), *limit_items(limits)
                )
            case Nullable(inner):
                return call(f"{self._make}.optional", self.wire_strategy(inner))
            case _:
                return self.strategy(type_)
