"""What users do with models: they make them, read them, and match what may be one of several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..ir import (
    Alias,
    Api,
    Enumeration,
    Field,
    Identifier,
    MapOf,
    Model,
    Presence,
    Record,
    Text,
)
from ..uses import Uses
from ..values import frozen
from .contract_functions import (
    BODY,
    Argument,
    FunctionNames,
    Item,
    call_of,
    comment,
    function,
    returned_call_of,
)
from .held_types import Copy, ExactTypes, HeldTypes, ReadTypes, copied, missing_of
from .homes import module_name
from .models import has_choice
from .source import INDENT, WIDTH, Imports, columns

CALLERS: Final = "callers"
OTHERS: Final = "servers and tests"
"""Who makes what answers hold, and reads what requests hold."""

_IN_CASE: Final = BODY + INDENT * 2


def model_functions(
    api: Api, uses: Uses, imports: Imports, names: FunctionNames, *, models: str
) -> Iterator[str]:
    """The functions of all models, in the order of the document."""
    writer = _Writer(
        uses=uses,
        held=HeldTypes(imports, runtime="._runtime", models=models),
        read=ReadTypes(imports, runtime="._runtime", models=models),
        exact=ExactTypes(imports, runtime="._runtime", models=models),
        names=names,
    )
    for model in api.models:
        yield from writer.functions(model)


@frozen(kw_only=True)
class _Writer:
    uses: Uses
    held: HeldTypes
    read: ReadTypes
    exact: ExactTypes
    names: FunctionNames

    def functions(self, model: Model) -> Iterator[str]:
        match model:
            case Record():
                yield from self._record(model)
            case Enumeration():
                yield self._enumeration(model)
            case Alias(is_recursive=True):
                yield from self._alias(model)
            case Alias() if has_choice(model.type):
                yield from self._alias(model)
            case Alias():
                yield self._plain_alias(model)

    # Requests are made by callers, answers are read by them; the other way where the API calls.

    def _makers(self, name: Identifier) -> str:
        made, read = self.uses.made_by_callers, self.uses.read_by_callers
        is_only_received = name in read and name not in made
        return OTHERS if is_only_received else CALLERS

    def _readers(self, name: Identifier) -> str:
        made, read = self.uses.made_by_callers, self.uses.read_by_callers
        is_only_sent = name in made and name not in read
        return OTHERS if is_only_sent else CALLERS

    # Records.

    def _record(self, record: Record) -> Iterator[str]:
        model = self.held.model(record.name)
        arguments = [self._argument(one) for one in record.fields]
        if record.others is not None:
            type_ = MapOf(record.others.value)
            copy = copied(record.others.name, type_)
            annotation = self.held.annotation(type_)
            arguments.append(Argument(record.others.name, annotation, copy, is_required=False))
        required = [one for one in arguments if one.is_required]
        made = [one.by_name for one in arguments]
        statements = [returned_call_of(model, made)]
        if len(required) < len(arguments):
            statements.insert(0, call_of(model, [one.by_name for one in required]))
        make = self.names.take("make", module_name(record.name))
        doc = _doc(record, f"made by {self._makers(record.name)}")
        yield function(make, arguments, model, doc, statements)
        if arguments:
            yield self._read(record, make)

    def _read(self, record: Record, make: str) -> str:
        model = self.held.model(record.name)
        read = [_reading(one.name) for one in record.fields]
        comments = [comment(one.wire_name, one.name) for one in record.fields]
        if record.others is not None:
            read.append(_reading(record.others.name))
        return function(
            self.names.take("read", module_name(record.name)),
            [Argument("model", model, Copy("model"), is_positional=True)],
            model,
            _doc(record, f"read by {self._readers(record.name)}"),
            [returned_call_of(make, read, comments)],
        )

    def _argument(self, described: Field) -> Argument:
        missing = missing_of(described)
        copy = copied(described.name, described.type, missing)
        if "UNSET" in copy.missing:
            self.held.runtime("unset", "UNSET")
        return Argument(
            described.name,
            self.held.field_annotation(described),
            copy,
            is_required=described.presence is Presence.REQUIRED and not described.is_constant,
        )

    # Enumerations and aliases.

    def _enumeration(self, enumeration: Enumeration) -> str:
        model = self.held.model(enumeration.name)
        value = "str" if enumeration.is_textual else "int"
        lines = [f"{BODY}match member:"]
        for member in enumeration.members:
            lines.append(_case(f"{model}.{member.name}"))
            lines.append(f"{_IN_CASE}return member.value")
        never = self.held.use_typing("assert_never")
        lines += [f"{BODY}{INDENT}case _:", f"{_IN_CASE}{never}(member)"]
        return function(
            self.names.take("match", module_name(enumeration.name)),
            [Argument("member", model, Copy("member"), is_positional=True)],
            value,
            _doc(enumeration, f"matched by {CALLERS}"),
            lines,
        )

    def _alias(self, alias: Alias) -> Iterator[str]:
        model = self.held.model(alias.name)
        returned = [f"{BODY}return value"]
        yield function(
            self.names.take("make", module_name(alias.name)),
            [
                Argument(
                    "value", self.exact.annotation(alias.type), Copy("value"), is_positional=True
                )
            ],
            model,
            _doc(alias, f"made by {self._makers(alias.name)}"),
            returned,
        )
        yield function(
            self.names.take("read", module_name(alias.name)),
            [Argument("value", model, Copy("value"), is_positional=True)],
            self.read.annotation(alias.type),
            _doc(alias, f"read by {self._readers(alias.name)}"),
            returned,
        )

    def _plain_alias(self, alias: Alias) -> str:
        """Only its name, for whoever uses it is judged by what it stands for."""
        return function(
            self.names.take("name", module_name(alias.name)),
            [Argument("value", self.held.model(alias.name), Copy("value"), is_positional=True)],
            "object",
            _doc(alias, f"named by {CALLERS}"),
            [f"{BODY}return value"],
        )


def _reading(name: str) -> Item:
    return f"{name}=model.{name}"


def _case(value: str) -> str:
    """The line of a case, in brackets where only they make it fit."""
    start = f"{BODY}{INDENT}case "
    if columns(f"{start}{value}:") <= WIDTH or columns(f"{_IN_CASE}{value}") > WIDTH:
        return f"{start}{value}:"
    return f"{start}(\n{_IN_CASE}{value}\n{BODY}{INDENT}):"


def _doc(model: Model, use: str) -> Text:
    return Text(f'Schema "{model.wire_name.reveal()}", {use}.')
