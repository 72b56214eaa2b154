"""Endpoints: pure functions, each of which describes one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..ir import Answer, Api, ContentKind, Endpoint, Header, Identifier, Tag, Text
from .annotations import Annotations
from .arguments import parameter_declarations, parameter_docs, parameter_items
from .contents import (
    accepted_types,
    answer_reader,
    answer_type,
    body_declarations,
    body_item,
    error_reader,
)
from .keys import key_items
from .models import documented
from .security import scope_docs, security_items
from .servers import server_docs
from .shared_limits import SharedLimits
from .source import (
    INDENT,
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
    literal,
    mapping,
    module,
    signature,
)


def endpoints_modules(api: Api) -> Iterator[tuple[str, str]]:
    """The file names and texts of the endpoints, a module for each tag."""
    of_tags: dict[Identifier, list[Endpoint]] = {tag.name: [] for tag in api.tags}
    for endpoint in api.endpoints:
        of_tags[endpoint.tag].append(endpoint)
    for tag in api.tags:
        yield f"{tag.name}.py", _module(api, tag, of_tags[tag.name])


def _module(api: Api, tag: Tag, endpoints: Sequence[Endpoint]) -> str:
    imports = Imports()
    annotations = Annotations(imports, runtime=".._runtime", models="..models")
    headers: dict[Identifier, Header] = {}
    for endpoint in endpoints:
        for name, header in endpoint.headers:
            headers.setdefault(name, header)
    limits = SharedLimits(endpoints, annotations)
    names = exports([*headers, *(endpoint.name for endpoint in endpoints)])
    fields = "\n\n".join(_header(*one, imports, annotations) for one in headers.items())
    constants = [block for block in (fields, "\n".join(limits.constants())) if block]
    functions = [_function(endpoint, api, annotations, limits) for endpoint in endpoints]
    return module(tag.doc or tag.wire_name, imports, [names, *constants, *functions])


def result_annotation(endpoint: Endpoint, annotations: Annotations) -> Doc:
    """What a successful call gives."""
    kinds = [answer_type(answer, annotations) for answer in successes(endpoint)]
    return any_of(*kinds) if kinds else annotations.use_typing("Never")


def successes(endpoint: Endpoint) -> list[Answer]:
    """The answers that are no errors."""
    return [answer for answer in endpoint.answers if not is_raised(answer, endpoint)]


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
    parts = [text] if line in text.split("\n\n") else [text, line]
    described = [*server_docs(endpoint), *parameter_docs(endpoint)]
    if endpoint.body is not None and endpoint.body.doc is not None:
        described.append(f"`body`: {endpoint.body.doc.reveal().strip()}")
    return Text("\n\n".join([*parts, *described, *scope_docs(endpoint)]))


def arguments(
    endpoint: Endpoint, annotations: Annotations, *, with_defaults: bool
) -> tuple[list[Doc], list[Doc]]:
    """The positional and the keyword-only parameters of an endpoint's function."""
    positional, by_keyword = parameter_declarations(
        endpoint, annotations, with_defaults=with_defaults
    )
    if endpoint.body is not None:
        body, chosen = body_declarations(endpoint.body, annotations, with_defaults=with_defaults)
        positional.append(body)
        by_keyword.extend(chosen)
    return positional, by_keyword


def _call_doc(endpoint: Endpoint) -> Text | str:
    """What to say of an endpoint to whoever calls it."""
    doc = doc_of(endpoint)
    kinds = {one.kind for answer in successes(endpoint) for one in answer.contents}
    hints = [hint for hint, about in _HINTS.items() if kinds & about]
    if endpoint.header_names:
        constants = ", ".join(f"`{name}`" for name in endpoint.header_names)
        hints.append(f"Header fields of answers: {constants}.")
    if not hints:
        return doc
    text = doc.reveal() if isinstance(doc, Text) else doc
    return Text("\n\n".join([text, *hints]))


_HINTS: Final = {
    "Large answers: `client.stream(...)`.": {ContentKind.BINARY},
    "Item by item as they arrive: `client.items(...)`.": {
        ContentKind.JSON_LINES,
        ContentKind.EVENTS,
    },
}
"""What to say of answers that one may not want to have whole."""


def _function(endpoint: Endpoint, api: Api, annotations: Annotations, limits: SharedLimits) -> str:
    positional, by_keyword = arguments(endpoint, annotations, with_defaults=True)
    result = Subscript(
        annotations.runtime("call", "Call"), (result_annotation(endpoint, annotations),)
    )
    return "\n".join(
        [
            signature(endpoint.name, positional, by_keyword, result),
            docstring(_call_doc(endpoint), indent=INDENT),
            layout("return ", _call(endpoint, api, annotations, limits), indent=INDENT),
        ]
    )


def _call(endpoint: Endpoint, api: Api, annotations: Annotations, limits: SharedLimits) -> Doc:
    items: list[Doc] = [literal(endpoint.method), *parameter_items(endpoint, annotations, limits)]
    if endpoint.body is not None:
        items.append(body_item(endpoint.body, annotations))
    items.extend(security_items(endpoint, api, annotations))
    items.extend(key_items(endpoint))
    accepted = accepted_types(successes(endpoint))
    if accepted:
        items.append(keyword("accept", literal(_accept(accepted))))
    answers = [
        (literal(answer.status), _answer(answer, endpoint, annotations))
        for answer in endpoint.answers
    ]
    items.append(keyword("answers", mapping(answers)))
    return call(annotations.runtime("call", "Call"), *items)


def _accept(media_types: tuple[str, ...]) -> Text:
    """The `Accept` field for any of these, but the first rather (RFC 9110, section 12.5.1)."""
    first, *others = media_types
    return Text(", ".join([first, *(f"{other};q=0.9" for other in others)]))


def _answer(answer: Answer, endpoint: Endpoint, annotations: Annotations) -> Doc:
    if is_raised(answer, endpoint):
        return error_reader(answer, annotations)
    return answer_reader(answer, annotations)


def _header(name: Identifier, header: Header, imports: Imports, annotations: Annotations) -> str:
    final = imports.use("typing", "Final")
    describe = annotations.runtime("parameters", "ResponseHeader")
    items = [literal(header.wire_name), annotations.annotation(header.type)]
    if header.is_json or header.explode:
        items.append(literal("json" if header.is_json else "simple*"))
    line = assignment(f"{name}: {final}", call(describe, *items))
    return line if header.doc is None else f"{line}\n{docstring(header.doc, indent='')}"
