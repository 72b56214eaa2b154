"""Models: attrs classes with nothing but fields and docstrings, enumerations, aliases."""

from __future__ import annotations

from ..ir import (
    Alias,
    Api,
    Enumeration,
    Field,
    MapOf,
    Others,
    Presence,
    Record,
    Text,
)
from .annotations import Annotations
from .source import (
    INDENT,
    Doc,
    Imports,
    assignment,
    call,
    declaration,
    docstring,
    exports,
    keyword,
    literal,
    module,
)

DEPRECATED = "Deprecated."


def models_module(api: Api) -> str:
    """The module of all models."""
    imports = Imports()
    annotations = Annotations(imports, runtime="._runtime", models=None)
    classes: list[str] = []
    aliases: list[str] = []
    for model in api.models:
        match model:
            case Record():
                classes.append(_record(model, imports, annotations))
            case Enumeration():
                classes.append(_enumeration(model, annotations))
            case Alias():
                aliases.append(_alias(model, imports, annotations))
    names = exports(model.name for model in api.models)
    # Aliases are evaluated where they stand, so all classes come before them.
    return module("The models of the API.", imports, [names, *classes, *aliases])


def documented(doc: Text | None, otherwise: str, *, is_deprecated: bool) -> Text | str:
    """What to say of a thing: its text, and whether it is deprecated."""
    if not is_deprecated:
        return otherwise if doc is None else doc
    text = otherwise if doc is None else doc.reveal().strip()
    return Text(text if "deprecated" in text.lower() else f"{text}\n\n{DEPRECATED}")


def _record(record: Record, imports: Imports, annotations: Annotations) -> str:
    decorators = f"@{imports.use('attrs', 'define')}(kw_only=True)\n"
    if record.is_closed:
        decorators = f"@{annotations.runtime('record', 'closed')}\n{decorators}"
    doc = documented(
        record.doc, "A model without a description.", is_deprecated=record.is_deprecated
    )
    fields = [_field(field, imports, annotations) for field in record.fields]
    if record.others is not None:
        fields.append(_others(record.others, imports, annotations))
    head = f"{decorators}class {record.name}:\n{docstring(doc, indent=INDENT)}"
    return "\n".join([head, "", *fields]) if fields else head


def _field(field: Field, imports: Imports, annotations: Annotations) -> str:
    value: Doc | None = None
    if field.presence is Presence.OPTIONAL:
        value = "None"
    elif field.presence is Presence.OPTIONAL_NULLABLE:
        value = annotations.runtime("unset", "UNSET")
    options = _options(field, annotations)
    if options:
        if value is not None:
            options.insert(0, keyword("default", value))
        value = call(imports.use("attrs", "field"), *options)
    line = declaration(field.name, annotations.field_annotation(field), value, indent=INDENT)
    if field.doc is None and not field.is_deprecated:
        return line
    doc = documented(field.doc, DEPRECATED, is_deprecated=field.is_deprecated)
    return f"{line}\n{docstring(doc, indent=INDENT)}"


def _options(field: Field, annotations: Annotations) -> list[Doc]:
    options: list[Doc] = []
    constraints = annotations.constraints(field.type)
    if constraints is not None:
        options.append(keyword("validator", constraints))
    if field.wire_name.reveal() != field.name:
        name = call(annotations.runtime("record", "wire_name"), literal(field.wire_name))
        options.append(keyword("metadata", name))
    return options


def _others(others: Others, imports: Imports, annotations: Annotations) -> str:
    type_ = MapOf(others.value)
    annotation = annotations.annotation(type_)
    options: list[Doc] = [
        keyword("factory", "dict"),
        keyword("metadata", call(annotations.runtime("record", "other_properties"))),
    ]
    constraints = annotations.constraints(type_)
    if constraints is not None:
        options.insert(1, keyword("validator", constraints))
    value = call(imports.use("attrs", "field"), *options)
    line = declaration(others.name, annotation, value, indent=INDENT)
    return f"{line}\n{docstring('Properties that have no field of their own.', indent=INDENT)}"


def _enumeration(enumeration: Enumeration, annotations: Annotations) -> str:
    base = annotations.runtime("enums", "OpenStrEnum" if enumeration.is_textual else "OpenIntEnum")
    doc = documented(
        enumeration.doc, "A choice of values.", is_deprecated=enumeration.is_deprecated
    )
    members = [
        assignment(member.name, literal(member.value), indent=INDENT)
        for member in enumeration.members
    ]
    head = f"class {enumeration.name}({base}):\n{docstring(doc, indent=INDENT)}"
    return "\n".join([head, "", *members])


def _alias(alias: Alias, imports: Imports, annotations: Annotations) -> str:
    declared = f"{alias.name}: {imports.use('typing', 'TypeAlias')}"
    line = assignment(declared, annotations.annotation(alias.type))
    return line if alias.doc is None else f"{line}\n{docstring(alias.doc, indent='')}"
