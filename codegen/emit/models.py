"""Models: attrs classes with nothing but fields and docstrings, enumerations, aliases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..ir import (
    Alias,
    Api,
    Enumeration,
    Field,
    Identifier,
    ListOf,
    Literal,
    MapOf,
    Model,
    NoDefault,
    Nullable,
    Others,
    Presence,
    Record,
    Text,
    Type,
    UnionOf,
)
from ..uses import Uses, all_parts, choices, named_in
from .annotations import Annotations, limit_items
from .defaults import default_option, members_of, plain_default
from .homes import Home, homes_of
from .lazy_packages import lazy_package
from .source import (
    INDENT,
    Doc,
    Imports,
    Quoted,
    assignment,
    call,
    declaration,
    docstring,
    is_plain,
    keyword,
    layout,
    literal,
    module,
)

DEPRECATED = "Deprecated."


def models_files(api: Api, uses: Uses) -> Iterator[tuple[str, str]]:
    """The file names and texts of the package of models."""
    homes = homes_of(api, uses)
    modules = {str(model.name): str(home.name) for home in homes for model in home.models}
    doc = "The models of the API, each loaded when it is first used."
    yield "__init__.py", lazy_package(doc, modules, runtime=".._runtime")
    for home in homes:
        yield f"{home.name}.py", _Writer(home).module()


def documented(doc: Text | None, otherwise: str, *, is_deprecated: bool) -> Text | str:
    """What to say of a thing: its text, and whether it is deprecated."""
    if not is_deprecated:
        return otherwise if doc is None else doc
    text = otherwise if doc is None else doc.reveal().strip()
    return Text(text if "deprecated" in text.lower() else f"{text}\n\n{DEPRECATED}")


class _Writer:
    """Writes one module of models."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._imports = Imports()
        self._annotations = Annotations(
            self._imports,
            runtime=".._runtime",
            models="..models as _models" if _shadows_models(home) else "..models",
            own=[model.name for model in home.models],
        )
        self._hoisted: dict[str, Doc] = {}

    def module(self) -> str:
        """The text of the module."""
        classes: list[str] = []
        aliases: list[str] = []
        for model in _in_order(self._home.models):
            match model:
                case Record():
                    classes.append(self._record(model))
                case Enumeration():
                    classes.append(self._enumeration(model))
                case Alias():
                    aliases.append(self._alias(model))
        head, *parts = self._home.models
        doc = f"`{head.name}`{', and the models that only it uses' if parts else ''}."
        constants = [self._constant(name, value) for name, value in self._hoisted.items()]
        if constants:
            aliases.insert(0, "\n".join(constants))
        # Aliases are evaluated where they stand, so all classes come before them.
        return module(doc, self._imports, [*classes, *aliases])

    def _record(self, record: Record) -> str:
        decorators = [f"@{self._annotations.runtime('defining', 'define')}(kw_only=True)"]
        if any(_has_default(one) for one in record.fields):
            decorators.insert(0, f"@{self._annotations.runtime('absence', 'with_defaults')}")
        if record.is_closed:
            decorators.insert(0, f"@{self._annotations.runtime('record', 'closed')}")
        if record.untyped is not None:
            of_others = self._annotations.constraints_of(limit_items(record.untyped))
            mark = self._annotations.runtime("record", "untyped")
            decorators.insert(0, layout("@", call(mark, *([of_others] if of_others else []))))
        limits = self._annotations.constraints_of(limit_items(record.limits))
        if limits is not None:
            check = self._annotations.runtime("record", "checked")
            decorators.append(layout("@", call(check, limits)))
        doc = documented(record.doc, "", is_deprecated=record.is_deprecated)
        fields = [self._field(field) for field in record.fields]
        if record.others is not None:
            fields.append(self._others(record.others))
        head = [*decorators, f"class {record.name}:", docstring(doc, indent=INDENT)]
        return "\n".join([*head, "", *fields] if fields else head)

    def _field(self, field: Field) -> str:
        annotation = self._annotations.field_annotation(field)
        line = declaration(field.name, annotation, self._value(field), indent=INDENT)
        if field.doc is None and not field.is_deprecated:
            return line
        doc = documented(field.doc, DEPRECATED, is_deprecated=field.is_deprecated)
        return f"{line}\n{docstring(doc, indent=INDENT)}"

    def _value(self, field: Field) -> Doc | None:
        """What stands behind the equals sign, if anything does."""
        options = self._options(field)
        if isinstance(field.ungiven, NoDefault):
            value = self._absent(field)
            default = None if value is None else keyword("default", value)
        else:
            value = plain_default(field.ungiven, self._annotations)
            default = default_option(field.ungiven, self._annotations)
        if not options and (value is not None or default is None):
            return value
        return call(
            self._annotations.runtime("defining", "field"),
            *([default] if default else []),
            *options,
        )

    def _absent(self, field: Field) -> Doc | None:
        """What stands for a property that is not given."""
        match field.presence:
            case Presence.REQUIRED:
                return literal(field.type.value) if isinstance(field.type, Literal) else None
            case Presence.OPTIONAL:
                return "None"
            case Presence.OPTIONAL_NULLABLE:
                return self._annotations.runtime("unset", "UNSET")

    def _options(self, field: Field) -> list[Doc]:
        options: list[Doc] = []
        constraints = self._annotations.constraints(field.type)
        if constraints is not None:
            options.append(keyword("validator", constraints))
        metadata: list[Doc] = []
        if field.wire_name.reveal() != field.name:
            name = literal(field.wire_name)
            metadata.append(call(self._annotations.runtime("record", "wire_name"), name))
        if field.is_constant:
            metadata = [call(self._annotations.runtime("absence", "constant"), *metadata)]
        elif field.is_tag:
            metadata = [call(self._annotations.runtime("absence", "tag"), *metadata)]
        options.extend(keyword("metadata", one) for one in metadata)
        return options

    def _others(self, others: Others) -> str:
        type_ = MapOf(others.value)
        metadata = call(self._annotations.runtime("record", "other_properties"))
        options: list[Doc] = [keyword("factory", "dict"), keyword("metadata", metadata)]
        constraints = self._annotations.constraints(type_)
        if constraints is not None:
            options.insert(1, keyword("validator", constraints))
        value = call(self._annotations.runtime("defining", "field"), *options)
        annotation = self._annotations.annotation(type_)
        line = declaration(others.name, annotation, value, indent=INDENT)
        doc = docstring("Properties that have no field of their own.", indent=INDENT)
        return f"{line}\n{doc}"

    def _enumeration(self, enumeration: Enumeration) -> str:
        kind = "OpenStrEnum" if enumeration.is_textual else "OpenIntEnum"
        base = self._annotations.runtime("enums", kind)
        doc = documented(enumeration.doc, "", is_deprecated=enumeration.is_deprecated)
        members = [
            assignment(member.name, literal(member.value), indent=INDENT)
            for member in enumeration.members
        ]
        head = f"class {enumeration.name}({base}):\n{docstring(doc, indent=INDENT)}"
        return "\n".join([head, "", *members])

    def _alias(self, alias: Alias) -> str:
        if alias.is_recursive or named_in(alias.type) or has_choice(alias.type):
            line = self._lazy_alias(alias)
        else:
            declared = f"{alias.name}: {self._imports.use('typing', 'TypeAlias')}"
            line = assignment(declared, self._annotations.annotation(alias.type))
        if alias.doc is None and not alias.is_deprecated:
            return line
        doc = documented(alias.doc, DEPRECATED, is_deprecated=alias.is_deprecated)
        return f"{line}\n{docstring(doc, indent='')}"

    def _lazy_alias(self, alias: Alias) -> str:
        """An alias of other models, which are loaded when somebody asks for its value."""
        make = self._imports.use("typing_extensions", "TypeAliasType")
        quoted = Quoted(self._annotations.in_quotes(self._hoisted).annotation(alias.type))
        return layout(f"{alias.name} = ", call(make, literal(alias.name), quoted))

    def _constant(self, name: str, value: Doc) -> str:
        kind = "Final" if is_plain(value) else "TypeAlias"
        return layout(f"{name}: {self._imports.use('typing', kind)} = ", value)


def _shadows_models(home: Home) -> bool:
    """Whether a class has a field of the name of the package."""
    return any("models" in _field_names(model) for model in home.models)


def _field_names(model: Model) -> list[Identifier]:
    if not isinstance(model, Record):
        return []
    names = [field.name for field in model.fields]
    return names if model.others is None else [*names, model.others.name]


def _has_default(field: Field) -> bool:
    """Whether an absent property reads as something, which being absent is not the same as."""
    return not isinstance(field.default, NoDefault) and field.default is not None


def has_choice(type_: Type) -> bool:
    """Whether a type says how the alternatives of a union are told apart."""
    match type_:
        case UnionOf():
            told = (type_.discriminator, type_.hint)
            return type_.is_exclusive or told != (None, None)
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            return has_choice(inner)
        case _:
            return False


def _in_order(models: Iterable[Model]) -> list[Model]:
    """The models, but enumerations before the classes that take a member for a default.

    To type checkers, what the values of a discriminator name is evaluated where that stands, so
    aliases among them come before.
    """
    models = list(models)
    early = {name for model in models for name in _defaults(model)}
    ahead = sorted(models, key=lambda model: model.name not in early)
    aliases = {model.name: model for model in ahead if isinstance(model, Alias)}
    found: dict[Identifier, Model] = {}
    while ahead:
        model = ahead[0]
        missing = [
            aliases.pop(name)
            for name in _named_by_values(model)
            if name in aliases and name != model.name
        ]
        if missing:
            ahead[:0] = missing  # each of them once, so that no circle is endless
        else:
            found.setdefault(model.name, ahead.pop(0))
    return list(found.values())


def _named_by_values(model: Model) -> Iterator[Identifier]:
    """What the values of discriminators name."""
    for part in all_parts(model.type) if isinstance(model, Alias) else ():
        told = (part.discriminator or part.hint) if isinstance(part, UnionOf) else None
        yield from () if told is None else choices(told)


def _defaults(model: Model) -> frozenset[Identifier]:
    fields = model.fields if isinstance(model, Record) else ()
    return frozenset(name for field in fields for name in members_of(field.ungiven))
