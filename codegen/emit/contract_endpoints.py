"""What users do with endpoints: they call them, use what comes, and read its header fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..ir import Api, Body, ContentKind, Endpoint, Header, Identifier, Location, Parameter, Text
from ..values import frozen
from .contents import body_declarations
from .contract_functions import (
    BODY,
    Argument,
    FunctionNames,
    Item,
    call_of,
    function,
    returned_call_of,
)
from .endpoints import result_annotation
from .held_types import Copy, ExactTypes, HeldTypes, ReadTypes, copied
from .source import WIDTH, Declared, Imports, Subscript, any_of, columns

_WRITTEN_AS_DESCRIBED: Final = (ContentKind.JSON, ContentKind.FORM, ContentKind.MULTIPART)


def endpoint_functions(
    api: Api, imports: Imports, names: FunctionNames, *, models: str, endpoints: str
) -> Iterator[str]:
    """The functions of all endpoints; the packages are imported as is said."""
    if not api.endpoints:
        return
    writer = _Writer(
        imports=imports,
        package=imports.use(".", endpoints),
        held=HeldTypes(imports, runtime="._runtime", models=models),
        read=ReadTypes(imports, runtime="._runtime", models=models),
        exact=ExactTypes(imports, runtime="._runtime", models=models),
        names=names,
    )
    read: set[tuple[Identifier, Identifier]] = set()
    for endpoint in api.endpoints:
        yield writer.call(endpoint)
        for name, header in endpoint.headers:
            if (endpoint.tag, name) not in read:
                read.add((endpoint.tag, name))
                yield writer.header(endpoint.tag, name, header)


@frozen(kw_only=True)
class _Writer:
    imports: Imports
    package: str
    held: HeldTypes
    read: ReadTypes
    exact: ExactTypes
    names: FunctionNames

    def call(self, endpoint: Endpoint) -> str:
        """The function that calls an endpoint in each way that a user may."""
        arguments = self._arguments(endpoint)
        head = f"{self.package}.{endpoint.tag}.{endpoint.name}"
        value = result_annotation(endpoint, self.read)
        return function(
            self.names.take("call", endpoint.name),
            arguments,
            Subscript(self.imports.use("._runtime.call", "Call"), (value,)),
            Text(f"{_line(endpoint)}, called by callers."),
            [
                *(call_of(head, items) for items in _by_place(arguments)),
                returned_call_of(head, [one.by_name for one in arguments]),
            ],
        )

    def header(self, tag: Identifier, name: Identifier, header: Header) -> str:
        """The function that reads a header field of an answer."""
        headers = self.imports.use("._runtime.http", "Headers")
        read = f"{self.package}.{tag}.{name}.read"
        line = f"{BODY}return {read}(headers)"
        return function(
            self.names.take("read", f"{tag}_{name.lower()}"),
            [Argument("headers", headers, Copy("headers"), is_positional=True)],
            any_of(self.read.annotation(header.type), "None"),
            Text(f'Header "{header.wire_name.reveal()}" of `{tag}`, read by callers.'),
            [line if columns(line) <= WIDTH else returned_call_of(read, ["headers"])],
        )

    def _arguments(self, endpoint: Endpoint) -> list[Argument]:
        arguments = [self._parameter(one) for one in endpoint.arguments]
        if endpoint.body is not None:
            arguments.extend(self._body(endpoint.body))
        return sorted(arguments, key=lambda one: not one.is_positional)

    def _parameter(self, parameter: Parameter) -> Argument:
        annotation = self.held.annotation(parameter.type)
        if not parameter.is_required:
            annotation = any_of(annotation, "None")
        missing = () if parameter.is_required else ("None",)
        return Argument(
            parameter.name,
            annotation,
            copied(parameter.name, parameter.type, missing),
            is_required=parameter.is_required,
            is_positional=parameter.location is Location.PATH,
        )

    def _body(self, body: Body) -> list[Argument]:
        """The body, and its media type where that is to choose."""
        first, *others = body.contents
        is_held = not others and first.kind in _WRITTEN_AS_DESCRIBED
        types = self.held if is_held else self.exact
        declared, chosen = body_declarations(body, types, with_defaults=True)
        missing = () if body.is_required else ("None",)
        copy = copied(declared.name, first.type, missing) if is_held else Copy(declared.name)
        return [
            _declared(declared, copy, is_positional=True),
            *(_declared(one, Copy(one.name)) for one in chosen),
        ]


def _declared(declared: Declared, copy: Copy, *, is_positional: bool = False) -> Argument:
    return Argument(
        declared.name,
        declared.annotation,
        copy,
        is_required=not declared.default,
        is_positional=is_positional,
    )


def _by_place(arguments: Sequence[Argument]) -> Iterator[list[Item]]:
    """The calls with nothing that may be left out, and with what has a place in its place.

    Two that change places go unnoticed if they are of one type, unless the second has its name.
    """
    placed = [one for one in arguments if one.is_positional]
    required = [one for one in placed if one.is_required]
    if not placed and all(one.is_required for one in arguments):
        return
    are_alike = len({one.annotation for one in placed}) < len(placed)
    for count in range(1 if are_alike else len(required), len(placed) + 1):
        named = [one for one in arguments if one.is_required and one not in placed[:count]]
        yield [*(one.by_place for one in placed[:count]), *(one.by_name for one in named)]


def _line(endpoint: Endpoint) -> str:
    return f"`{endpoint.method} {endpoint.path.template.reveal()}`"
