"""Hypothesis strategies for models and endpoints: names and types, for the runtime makes the values.

What a model and a call say of themselves is not said again here (docs/decisions/0040).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..ir import Alias, Api, Endpoint, Enumeration, Field, Model, Named, Record
from .annotations import Annotations
from .arguments import parameter_places
from .contents import accepted_types, body_formats, types_by_status
from .endpoints import result_annotation, successes
from .formats import FormattedAnnotations, formats_of_models
from .source import (
    INDENT,
    Declared,
    Doc,
    Imports,
    Subscript,
    any_of,
    call,
    docstring,
    exports,
    keyword,
    layout,
    mapping,
    module,
    signature,
)
from .strategy_names import StrategyNames


def strategies_module(api: Api, names: StrategyNames) -> str:
    """The module of the strategies of all models and endpoints."""
    imports = Imports()
    models = [model for model in api.models if model.name in names.models]
    annotations = FormattedAnnotations(imports, runtime="._runtime", models=_models_of(models))
    writer = _Writer(annotations, names)
    blocks = [exports([*_PUBLIC, "register", *names.all]), *writer.formats(models)]
    for model in models:
        blocks += [writer.models(model), writer.wire(model), writer.invalid(model)]
    for endpoint in api.endpoints:
        blocks += [writer.calls(endpoint), writer.responses(endpoint)]
    blocks.append(writer.register())
    doc = (
        "Hypothesis strategies. For each model: valid instances (`jobs()`), valid JSON "
        "(`jobs_wire()`), and JSON with one fault (`jobs_invalid()`); for each endpoint: calls "
        "(`get_job_calls()`) and answers (`get_job_responses()`).\n\n"
        "Fields may be given: `jobs(status=just(JobStatus.WORKING))`. `register()` lets "
        "`from_type(Job)` make valid models too, and `register_format()` says what texts of a "
        "format are."
    )
    return module(doc, imports, blocks)


def _models_of(models: Iterable[Model]) -> str:
    """What the package of models is imported as: a field of that name would hide it."""
    records = (model for model in models if isinstance(model, Record))
    is_hidden = any(field.name == "models" for record in records for field in record.fields)
    return ".models as _models" if is_hidden else ".models"


_PUBLIC = ("Invalid", "ServedResponse", "register_format")
"""What users will want to name, and nothing here depends on the API."""


class _Writer:
    def __init__(self, annotations: Annotations, names: StrategyNames) -> None:
        self._annotations = annotations
        self._names = names
        self._make = annotations.use("._runtime", "strategies as _make")
        for name in _PUBLIC:
            annotations.runtime("strategies", name)

    def formats(self, models: Iterable[Model]) -> list[str]:
        """The formats of fields, which models do not say; nothing where there are none."""
        found = formats_of_models(models)
        if not found:
            return []
        noted = call(f"{self._make}.note_formats", 'f"{__package__}.models"', mapping(found))
        return [layout("", noted)]

    def models(self, model: Model) -> str:
        """The function that makes instances of a model."""
        made = self._strategy(self._annotations.annotation(Named(model.name)))
        given: list[Doc] = []
        items: list[Doc] = [self._annotations.model(model.name)]
        maker = "values"
        if isinstance(model, Record):
            maker = "instances"
            given = [self._override(field) for field in model.fields]
            items += [keyword(field.name, field.name) for field in model.fields]
        else:
            items += self._limits(model)
        return self._function(
            self._names.models[model.name],
            f"Valid `{model.name}` models.",
            made,
            call(f"{self._make}.{maker}", *items),
            given,
        )

    def wire(self, model: Model) -> str:
        """The function that makes the JSON of a model."""
        json = self._annotations.runtime("json_types", "Json")
        return self._function(
            f"{self._names.models[model.name]}_wire",
            f"Valid JSON of `{model.name}`.",
            self._strategy(json),
            self._of_form("wire", model),
        )

    def invalid(self, model: Model) -> str:
        """The function that makes JSON which a model refuses."""
        return self._function(
            f"{self._names.models[model.name]}_invalid",
            f"JSON of `{model.name}` with one fault.",
            self._strategy("Invalid"),
            self._of_form("invalid", model),
        )

    def calls(self, endpoint: Endpoint) -> str:
        """The function that makes calls of an endpoint."""
        result = Subscript(
            self._annotations.runtime("call", "Call"),
            (result_annotation(endpoint, self._annotations),),
        )
        endpoints = self._annotations.use(".", "endpoints")
        items: list[Doc] = [f"{endpoints}.{endpoint.tag}.{endpoint.name}"]
        places = parameter_places(endpoint, self._annotations)
        if places:
            items.append(mapping(places))
        if endpoint.body is not None:
            items.append(keyword("body", body_formats(endpoint.body, self._annotations)))
        return self._function(
            f"{self._names.endpoints[endpoint.name]}_calls",
            f"Calls of `{endpoint.name}`.",
            self._strategy(result),
            call(f"{self._make}.calls", *items),
        )

    def responses(self, endpoint: Endpoint) -> str:
        """The function that makes answers to an endpoint."""
        name = self._names.endpoints[endpoint.name]
        return self._function(
            f"{name}_responses",
            f"Answers to `{endpoint.name}`, described and not.",
            self._strategy("ServedResponse"),
            call(f"{self._make}.responses", f"{name}_calls()", *self._media_types(endpoint)),
        )

    def _media_types(self, endpoint: Endpoint) -> list[Doc]:
        """Those of answers by status, where they differ, so that calls do not tell which is whose."""
        answers = successes(endpoint)
        is_same = len({accepted_types([one]) for one in answers if one.contents}) < 2
        return [] if is_same else [mapping(types_by_status(answers))]

    def register(self) -> str:
        """The function that lets Hypothesis make models by their types."""
        return "\n".join(
            [
                signature("register", [], [], "None"),
                docstring(
                    "Let `from_type` make valid models, each when it is loaded.", indent=INDENT
                ),
                f'{INDENT}{self._make}.register(f"{{__package__}}.models")',
            ]
        )

    def _function(
        self, name: str, doc: str, result: Doc, made: Doc, given: list[Doc] | None = None
    ) -> str:
        return "\n".join(
            [
                signature(name, [], given or [], result),
                docstring(doc, indent=INDENT),
                layout("return ", made, indent=INDENT),
            ]
        )

    def _strategy(self, made: Doc) -> Doc:
        """The type of a strategy of something."""
        return Subscript(self._annotations.use("hypothesis.strategies", "SearchStrategy"), (made,))

    def _of_form(self, maker: str, model: Model) -> Doc:
        form = self._annotations.model(model.name)
        return call(f"{self._make}.{maker}", form, *self._limits(model))

    def _limits(self, model: Model) -> list[Doc]:
        """What an alias says of its values and its type does not."""
        match model:
            case Alias(type=type_):
                constraints = self._annotations.constraints(type_)
                return [] if constraints is None else [constraints]
            case Record() | Enumeration():
                return []

    def _override(self, field: Field) -> Doc:
        inner = self._strategy(self._annotations.field_annotation(field))
        return Declared(field.name, any_of(inner, "None"), " = None")
