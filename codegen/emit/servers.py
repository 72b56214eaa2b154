"""Servers: constants and functions that give the URLs at which the API is found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..ir import Api, Endpoint, Identifier, Server, ServerVariable, Text
from .annotations import Annotations
from .source import (
    INDENT,
    WIDTH,
    Declared,
    Doc,
    Imports,
    Subscript,
    columns,
    declaration,
    docstring,
    exports,
    literal,
    module,
    signature,
)

_MODULE_DOC: Final = """Where the API is found: URLs for `ApiClient`.

The client sends everything to the one URL that it is given. A call that is found elsewhere says
so, and needs a client of its own.
"""


def servers_of(api: Api) -> tuple[Server, ...]:
    """All servers of an API and of its operations, each once."""
    everywhere = [*api.servers, *(one for endpoint in api.endpoints for one in endpoint.servers)]
    return tuple(dict.fromkeys(everywhere))


def server_docs(endpoint: Endpoint) -> list[str]:
    """What to say of an operation that is not found where the others are."""
    if not endpoint.servers:
        return []
    names = [f"`servers.{url_of(server)}`" for server in endpoint.servers]
    return [f"Found at {' or '.join(names)} only: send it with a client of that URL."]


def url_of(server: Server) -> str:
    """What gives the URL of a server, if its variables have defaults."""
    return f"{server.name}()" if server.variables else server.name


def servers_module(api: Api) -> str:
    """The module of the servers of an API that has some."""
    imports = Imports()
    annotations = Annotations(imports, runtime="._runtime", models=".models")
    servers = servers_of(api)
    constants = [_constant(one, imports) for one in servers if not one.variables]
    functions = [_function(one, annotations) for one in servers if one.variables]
    blocks = [
        exports(server.name for server in servers),
        *(["\n\n".join(constants)] if constants else []),
        *functions,
    ]
    return module(_MODULE_DOC, imports, blocks)


def _constant(server: Server, imports: Imports) -> str:
    url = "".join(part.reveal() for part in server.url if isinstance(part, Text))
    line = declaration(server.name, imports.use("typing", "Final"), literal(Text(url)))
    return f"{line}\n{docstring(_doc(server), indent='')}"


def _function(server: Server, annotations: Annotations) -> str:
    required = [_declared(one, annotations) for one in server.variables if one.default is None]
    others = [_declared(one, annotations) for one in server.variables if one.default is not None]
    return "\n".join(
        [
            signature(server.name, [], [*required, *others], "str"),
            docstring(_doc(server), indent=INDENT),
            _returned(server),
        ]
    )


def _declared(variable: ServerVariable, annotations: Annotations) -> Doc:
    annotation: Doc = "str"
    if variable.choices:
        choices = tuple(map(literal, variable.choices))
        annotation = Subscript(annotations.use_typing("Literal"), choices)
    default = "" if variable.default is None else f" = {literal(variable.default)}"
    return Declared(variable.name, annotation, default)


def _returned(server: Server) -> str:
    """The statement that puts the URL together, broken at the pluses where it is long."""
    parts = [part if isinstance(part, Identifier) else literal(part) for part in server.url]
    flat = f"{INDENT}return {' + '.join(parts)}"
    if columns(flat) <= WIDTH or len(parts) == 1:
        return flat
    deeper = f"\n{INDENT * 2}"
    return f"{INDENT}return ({deeper}{f'{deeper}+ '.join(parts)}\n{INDENT})"


def _doc(server: Server) -> Text:
    parts = [] if server.doc is None else [server.doc.reveal().strip()]
    parts.extend(_variable_docs(server.variables))
    if not server.url or not _is_absolute(server):
        parts.append(
            "Relative to where the document comes from: put a scheme and a host before it."
        )
    return Text("\n\n".join(parts) or "A server of the API.")


def _is_absolute(server: Server) -> bool:
    first = server.url[0]
    url = "".join(part.reveal() if isinstance(part, Text) else "x" for part in server.url)
    return isinstance(first, Identifier) or "://" in url


def _variable_docs(variables: Iterable[ServerVariable]) -> list[str]:
    return [
        f"`{variable.name}`: {variable.doc.reveal().strip()}"
        for variable in variables
        if variable.doc is not None
    ]
