"""The server side: a `Handlers` Protocol, and a pure `dispatch` of requests to it."""

from __future__ import annotations

from ..ir import Api, Endpoint, Identifier, Location, Parameter, Path, Style
from .annotations import Annotations
from .arguments import parameter_expected, parameter_read, style_name
from .contents import body_read, types_by_status
from .endpoints import arguments, doc_of, result_annotation
from .servers import servers_of, url_of
from .source import (
    INDENT,
    Doc,
    Imports,
    Subscript,
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


def server_module(api: Api) -> str:
    """The module that routes requests to handlers."""
    imports = Imports()
    annotations = Annotations(imports, runtime="._runtime", models=".models")
    blocks = [
        exports(["Handlers", "dispatch", "in_process"]),
        _protocol(api, annotations),
        _dispatch(annotations),
        _in_process(api, annotations),
        *(_route_function(endpoint, annotations) for endpoint in api.endpoints),
        _router(api, annotations),
    ]
    doc = (
        "The server side of the API: implement `Handlers`, and `dispatch` does the rest.\n\n"
        "`dispatch` is pure: it finds the endpoint of a request, decodes and checks what came, "
        "calls the handler and encodes its reply. `in_process` makes a test double of handlers."
    )
    return module(doc, imports, blocks)


def _protocol(api: Api, annotations: Annotations) -> str:
    protocol = annotations.use_typing("Protocol")
    reply = annotations.runtime("server", "Reply")
    refusal = annotations.runtime("server", "Refusal")
    methods = [_method(endpoint, annotations) for endpoint in api.endpoints]
    refuse = "\n".join(
        [
            signature(
                "refuse", ["self", f"refusal: {refusal}"], [], f"{reply}[object]", indent=INDENT
            ),
            docstring("Say why a request never reached its handler.", indent=INDENT * 2),
            f"{INDENT * 2}...",
        ]
    )
    head = f"class {'Handlers'}({protocol}):"
    doc = docstring("What a server of the API does: one method for each endpoint.", indent=INDENT)
    return "\n\n".join([f"{head}\n{doc}", *methods, refuse])


def _method(endpoint: Endpoint, annotations: Annotations) -> str:
    positional, by_keyword = arguments(endpoint, annotations, with_defaults=False)
    reply = annotations.runtime("server", "Reply")
    result = Subscript(reply, (result_annotation(endpoint, annotations),))
    return "\n".join(
        [
            signature(endpoint.name, ["self", *positional], by_keyword, result, indent=INDENT),
            docstring(doc_of(endpoint), indent=INDENT * 2),
            f"{INDENT * 2}...",
        ]
    )


def _dispatch(annotations: Annotations) -> str:
    request = annotations.runtime("http", "Request")
    response = annotations.runtime("http", "Response")
    positional = ["handlers: Handlers", f"request: {request}"]
    doc = (
        "Answer a request.\n\nA handler refuses by raising `ErrorReply`; any other exception of "
        "it is the server's fault and answered as such by whoever calls this."
    )
    return "\n".join(
        [
            signature("dispatch", positional, [], response),
            docstring(doc, indent=INDENT),
            f"{INDENT}return _ROUTER.dispatch(handlers, request)",
        ]
    )


def _in_process(api: Api, annotations: Annotations) -> str:
    transport = annotations.runtime("in_process", "InProcessTransport")
    found = [
        f"{annotations.use('.', 'servers')}.{url_of(server)}"
        for server in servers_of(api)
        if all(variable.default is not None for variable in server.variables)
    ]
    where = "`urls` and of the document's servers" if found else "`urls`"
    doc = (
        "A transport to handlers without a network, for tests.\n\n"
        f"They are found at every host, and below the paths of {where}. "
        "What a handler raises, but for `ErrorReply`, is raised to the caller."
    )
    urls = "found_at" if found else "urls"
    answer = f"lambda request: dispatch(handlers, _ROUTER.below(request, {urls}))"
    return "\n".join(
        [
            signature("in_process", ["handlers: Handlers", "*urls: str"], [], transport),
            docstring(doc, indent=INDENT),
            *([layout("found_at = ", listing(["*urls", *found]), indent=INDENT)] if found else []),
            layout("return ", call(transport, answer), indent=INDENT),
        ]
    )


def _route_function(endpoint: Endpoint, annotations: Annotations) -> str:
    incoming = annotations.runtime("server", "Incoming")
    reply = annotations.runtime("server", "Reply")
    positional = ["handlers: Handlers", f"incoming: {incoming}"]
    fixed = [
        layout("", parameter_expected(parameter), indent=INDENT)
        for parameter in endpoint.parameters
        if parameter.is_fixed
    ]
    handled = call(f"handlers.{endpoint.name}", *_arguments_read(endpoint, annotations))
    return "\n".join(
        [
            signature(f"_{endpoint.name}", positional, [], f"{reply}[object]"),
            *fixed,
            layout("return ", handled, indent=INDENT),
        ]
    )


def _arguments_read(endpoint: Endpoint, annotations: Annotations) -> list[Doc]:
    """What a handler is given: path parameters, the body, and the others by keyword."""
    in_path = [one for one in endpoint.arguments if one.location is Location.PATH]
    others = [one for one in endpoint.arguments if one.location is not Location.PATH]
    items: list[Doc] = [parameter_read(one, endpoint, annotations) for one in in_path]
    chosen: list[Doc] = []
    if endpoint.body is not None:
        body, chosen = body_read(endpoint.body, annotations)
        items.append(body)
    items.extend(keyword(one.name, parameter_read(one, endpoint, annotations)) for one in others)
    return [*items, *chosen]


def _router(api: Api, annotations: Annotations) -> str:
    router = annotations.runtime("server", "Router")
    routes = [_route(endpoint, annotations) for endpoint in api.endpoints]
    return layout(
        f"_ROUTER: {annotations.use_typing('Final')} = ", call(f"{router}[Handlers]", *routes)
    )


def _route(endpoint: Endpoint, annotations: Annotations) -> Doc:
    body = "None"
    if endpoint.body is None:
        body = "False"
    elif endpoint.body.is_required:
        body = "True"
    items: list[Doc] = [
        literal(endpoint.method),
        literal(_template(endpoint.path, endpoint.parameters)),
        f"_{endpoint.name}",
    ]
    items.append(keyword("takes_body", body))
    described = types_by_status(endpoint.answers)
    if described:
        items.append(keyword("replies", mapping(described)))
    styles = [
        (literal(parameter.wire_name), literal(style))
        for parameter in endpoint.parameters
        if parameter.location is Location.PATH
        and parameter.style in (Style.LABEL, Style.MATRIX)
        and (style := style_name(parameter)) is not None
    ]
    if styles:
        items.append(keyword("styles", mapping(styles)))
    return call(annotations.runtime("server", "Route"), *items)


def _template(path: Path, parameters: tuple[Parameter, ...]) -> str:
    """The path as the router reads it: parameters in braces, by their names on the wire."""
    wire_names = {parameter.name: parameter.wire_name.reveal() for parameter in parameters}
    pieces = [
        "".join(
            f"{{{wire_names[part]}}}" if isinstance(part, Identifier) else part.reveal()
            for part in segment
        )
        for segment in path.segments
    ]
    return "/" + "/".join(pieces) + ("/" if path.has_trailing_slash else "")
