"""Endpoints: pure functions, each of which describes one call."""

from __future__ import annotations

from ..ir import (
    Answer,
    Api,
    Body,
    ContentKind,
    Endpoint,
    Header,
    Identifier,
    Literal,
    Location,
    Parameter,
    Segment,
    Tag,
    Text,
    Type,
)
from .annotations import Annotations
from .models import documented
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
    grouping,
    keyword,
    layout,
    literal,
    mapping,
    module,
    signature,
)


def endpoints_module(api: Api, tag: Tag) -> str:
    """The module of one tag's endpoints."""
    imports = Imports()
    annotations = Annotations(imports, runtime=".._runtime", models="..models")
    endpoints = [endpoint for endpoint in api.endpoints if endpoint.tag == tag.name]
    headers = {header.name: header for endpoint in endpoints for header in headers_of(endpoint)}
    constants = [_header(header, imports, annotations) for header in headers.values()]
    functions = [_function(endpoint, annotations) for endpoint in endpoints]
    names = exports([*headers, *(endpoint.name for endpoint in endpoints)])
    blocks = [names, *(["\n\n".join(constants)] if constants else []), *functions]
    return module(tag.doc or tag.wire_name, imports, blocks)


def endpoints_package(api: Api) -> str:
    """The package of the endpoint modules."""
    imports = Imports()
    for tag in api.tags:
        imports.use(".", tag.name)
    names = exports(tag.name for tag in api.tags)
    return module("The endpoints of the API, a module for each tag.", imports, [names])


def headers_of(endpoint: Endpoint) -> tuple[Header, ...]:
    """The header fields that an endpoint's answers carry, each once."""
    return tuple(
        {header.name: header for answer in endpoint.answers for header in answer.headers}.values()
    )


def result_annotation(endpoint: Endpoint, annotations: Annotations) -> Doc:
    """What a successful call gives."""
    kinds = [
        annotation_of(answer.content, annotations)
        for answer in endpoint.answers
        if not is_raised(answer, endpoint)
    ]
    return any_of(*kinds) if kinds else annotations.use_typing("Never")


def annotation_of(content: Type | ContentKind, annotations: Annotations) -> Doc:
    """The annotation of what an answer holds."""
    match content:
        case ContentKind.TEXT:
            return "str"
        case ContentKind.EMPTY:
            return "None"
        case _:
            return annotations.annotation(content)


def is_raised(answer: Answer, endpoint: Endpoint) -> bool:
    """Whether an answer is an error; `default` is none where nothing else succeeds."""
    if answer.status != "default":
        return answer.is_error
    return any(not other.is_error for other in endpoint.answers)


def doc_of(endpoint: Endpoint) -> Text | str:
    """What to say of an endpoint: its text, the request line, and its parameters."""
    line = f"`{endpoint.method} {endpoint.path.template.reveal()}`"
    doc = documented(endpoint.doc, line, is_deprecated=endpoint.is_deprecated)
    text = doc.reveal().strip() if isinstance(doc, Text) else doc
    parts = [text] if line in text else [text, line]
    described = [
        f"`{parameter.name}`: {parameter.doc.reveal().strip()}"
        for parameter in endpoint.arguments
        if parameter.doc is not None
    ]
    if endpoint.body is not None and endpoint.body.doc is not None:
        described.append(f"`body`: {endpoint.body.doc.reveal().strip()}")
    return Text("\n\n".join([*parts, *described]))


def arguments(
    endpoint: Endpoint, annotations: Annotations, *, with_defaults: bool
) -> tuple[list[Doc], list[Doc]]:
    """The positional and the keyword-only parameters of an endpoint's function."""
    positional: list[Doc] = []
    by_keyword: list[Doc] = []
    default = " = None" if with_defaults else ""
    for parameter in endpoint.arguments:
        annotation = annotations.annotation(parameter.type)
        if parameter.location is Location.PATH:
            positional.append(Declared(parameter.name, annotation))
        elif parameter.is_required:
            by_keyword.append(Declared(parameter.name, annotation))
        else:
            by_keyword.append(Declared(parameter.name, any_of(annotation, "None"), default))
    if endpoint.body is not None:
        annotation = annotations.annotation(endpoint.body.type)
        if endpoint.body.is_required:
            positional.append(Declared("body", annotation))
        else:
            positional.append(Declared("body", any_of(annotation, "None"), default))
    return positional, by_keyword


def _function(endpoint: Endpoint, annotations: Annotations) -> str:
    positional, by_keyword = arguments(endpoint, annotations, with_defaults=True)
    result = Subscript(
        annotations.runtime("call", "Call"), (result_annotation(endpoint, annotations),)
    )
    return "\n".join(
        [
            signature(endpoint.name, positional, by_keyword, result),
            docstring(doc_of(endpoint), indent=INDENT),
            layout("return ", _call(endpoint, annotations), indent=INDENT),
        ]
    )


def limits(type_: Type, annotations: Annotations) -> tuple[Doc, ...]:
    """The constraints of a body, as one more argument where there are some."""
    constraints = annotations.constraints(type_)
    return () if constraints is None else (constraints,)


def _call(endpoint: Endpoint, annotations: Annotations) -> Doc:
    items: list[Doc] = [literal(endpoint.method), _path(endpoint, annotations)]
    for location, name, writer in (
        (Location.QUERY, "query", "query_fields"),
        (Location.HEADER, "headers", "header_fields"),
    ):
        fields = [
            _pair(one, annotations) for one in endpoint.parameters if one.location is location
        ]
        if fields:
            items.append(keyword(name, call(annotations.runtime("parameters", writer), *fields)))
    if endpoint.body is not None:
        items.append(keyword("content", _content(endpoint.body, annotations)))
    answers = [
        (_status(answer.status), _answer(answer, endpoint, annotations))
        for answer in endpoint.answers
    ]
    items.append(keyword("answers", mapping(answers)))
    return call(annotations.runtime("call", "Call"), *items)


def _path(endpoint: Endpoint, annotations: Annotations) -> Doc:
    path = endpoint.path
    writer = annotations.runtime("parameters", "path")
    values = {one.name: _value(one, annotations) for one in endpoint.parameters}
    segments = [_segment(segment, values) for segment in path.segments]
    if path.has_trailing_slash:
        segments.append(keyword("trailing_slash", "True"))
    return call(writer, *segments)


def _segment(segment: Segment, values: dict[Identifier, Doc]) -> Doc:
    parts = [values[part] if isinstance(part, Identifier) else literal(part) for part in segment]
    return parts[0] if len(parts) == 1 else grouping(parts)


def _pair(parameter: Parameter, annotations: Annotations) -> Doc:
    """A query or header field: its wire name and its value."""
    return grouping([literal(parameter.wire_name), _value(parameter, annotations)])


def _value(parameter: Parameter, annotations: Annotations) -> Doc:
    """The value of a parameter, checked where its schema limits it."""
    if parameter.is_fixed and isinstance(parameter.type, Literal):
        return literal(parameter.type.value)
    constraints = annotations.constraints(parameter.type)
    if constraints is None:
        return parameter.name
    check = annotations.runtime("parameters", "checked")
    return call(check, literal(parameter.name), parameter.name, constraints)


def _content(body: Body, annotations: Annotations) -> Doc:
    writer = "json_content" if body.is_required else "optional_json_content"
    return call(annotations.runtime("call", writer), "body", *limits(body.type, annotations))


def _status(status: int | str) -> str:
    return literal(status)


def _answer(answer: Answer, endpoint: Endpoint, annotations: Annotations) -> Doc:
    if is_raised(answer, endpoint):
        form: list[Doc] = []
        if not isinstance(answer.content, ContentKind):
            form.append(annotations.annotation(answer.content))
        return call(annotations.runtime("call", "error"), *form)
    match answer.content:
        case ContentKind.TEXT:
            return annotations.runtime("call", "text_body")
        case ContentKind.EMPTY:
            return annotations.runtime("call", "no_body")
        case _:
            described = annotations.annotation(answer.content)
            reader = annotations.runtime("call", "json_body")
            return call(reader, described, *limits(answer.content, annotations))


def _header(header: Header, imports: Imports, annotations: Annotations) -> str:
    final = imports.use("typing", "Final")
    describe = annotations.runtime("parameters", "ResponseHeader")
    line = assignment(
        f"{header.name}: {final}",
        call(describe, literal(header.wire_name), annotations.annotation(header.type)),
    )
    return line if header.doc is None else f"{line}\n{docstring(header.doc, indent='')}"
