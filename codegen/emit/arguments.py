"""Parameters of endpoints: in signatures, docstrings, calls, and the server's reading of them.

Only this module knows how the runtime spells a style, and when it need not be spelled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from ..ir import (
    Endpoint,
    Identifier,
    Literal,
    Location,
    MapOf,
    Named,
    Parameter,
    Segment,
    Style,
    Text,
    Type,
    UnionOf,
)
from .annotations import Annotations
from .contents import format_of
from .shared_limits import SharedLimits
from .source import Declared, Doc, Group, any_of, call, grouping, keyword, listing, literal

_WRITERS: Final = (
    (Location.QUERY, "query", "query_fields"),
    (Location.HEADER, "headers", "header_fields"),
    (Location.COOKIE, "cookies", "cookie_fields"),
)
"""Which argument of a `Call` holds the parameters of a place, and what writes them."""

_READERS: Final = {
    Location.PATH: "path",
    Location.QUERY: "query",
    Location.HEADER: "header",
    Location.COOKIE: "cookie",
    Location.QUERYSTRING: "query_string",
}
"""How a server's `Incoming` calls the places."""

_USUAL: Final = {
    Location.PATH: "simple",
    Location.QUERY: "form*",
    Location.HEADER: "simple",
    Location.COOKIE: "form*",
    Location.QUERYSTRING: "form*",
}
"""The styles that need not be said."""

_LITERAL: Final = "!$&'()*+,;=:@"
"""Reserved characters that mean nothing in a path (RFC 3986, section 3.3)."""

_TRIPLETS: Final = re.compile("(%[0-9A-Fa-f]{2})")
"""What is percent-encoded already (RFC 3986, section 2.1)."""

_EXPLODED: Final = frozenset({Style.SIMPLE, Style.LABEL, Style.MATRIX, Style.FORM, Style.COOKIE})
"""The styles that there are in two ways."""


def style_name(parameter: Parameter) -> str | None:
    """A parameter's style as the runtime calls it; None for the usual one of its place."""
    name = "json" if parameter.style is Style.JSON else parameter.style.value
    if parameter.explode and parameter.style in _EXPLODED:
        name += "*"
    if parameter.allows_reserved and parameter.location is Location.QUERY:
        name += "+"
    return None if name == _USUAL[parameter.location] else name


def parameter_declarations(
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
    return positional, by_keyword


def parameter_docs(endpoint: Endpoint) -> list[str]:
    """What to say of each parameter of which there is something to say."""
    described: list[str] = []
    for parameter in endpoint.arguments:
        text = "" if parameter.doc is None else parameter.doc.reveal().strip()
        if parameter.is_deprecated and "deprecated" not in text.lower():
            text = f"Deprecated. {text}".strip()
        if text:
            described.append(f"`{parameter.name}`: {text}")
    return described


def parameter_items(
    endpoint: Endpoint, annotations: Annotations, limits: SharedLimits
) -> list[Doc]:
    """The arguments of a `Call` that hold parameters: its path, and all that there are besides."""
    items: list[Doc] = [_path(endpoint, annotations, limits)]
    items.extend(
        _whole_query(one, annotations)
        for one in endpoint.parameters
        if one.location is Location.QUERYSTRING
    )
    for location, name, writer in _WRITERS:
        fields = [
            _field(one, annotations, limits)
            for one in endpoint.parameters
            if one.location is location
        ]
        if fields:
            items.append(keyword(name, call(annotations.runtime("parameters", writer), *fields)))
    return items


def _whole_query(parameter: Parameter, annotations: Annotations) -> Doc:
    writer = annotations.runtime("query_strings", "query_string")
    value = (
        literal(parameter.type.value)
        if parameter.is_fixed and isinstance(parameter.type, Literal)
        else parameter.name
    )
    return keyword("query", call(writer, _format_of(parameter, annotations), value))


def _format_of(parameter: Parameter, annotations: Annotations) -> Doc:
    """How a whole query is written and read."""
    content = parameter.as_content
    if content is None:
        raise TypeError(f"{parameter.name} is no whole query")
    return format_of(content, annotations)


def parameter_read(parameter: Parameter, endpoint: Endpoint, annotations: Annotations) -> Group:
    """How a server takes a parameter from a request."""
    reader = _READERS[parameter.location]
    reads = f"incoming.{reader if parameter.is_required else f'optional_{reader}'}"
    if parameter.location is Location.QUERYSTRING:
        return call(reads, _format_of(parameter, annotations))
    items: list[Doc] = [literal(parameter.wire_name), annotations.annotation(parameter.type)]
    constraints = annotations.constraints(parameter.type)
    if constraints is not None:
        items.append(constraints)
    style = style_name(parameter)
    if style is not None:
        items.append(keyword("style", literal(style)))
    items.extend(_besides(parameter, endpoint, annotations))
    return call(reads, *items)


def parameter_places(endpoint: Endpoint, annotations: Annotations) -> list[tuple[str, Doc]]:
    """Where each argument goes, by its name, with its constraints where it has some."""
    places: list[tuple[str, Doc]] = []
    for parameter in endpoint.arguments:
        if parameter.location is Location.QUERYSTRING:
            places.append((literal(parameter.name), _format_of(parameter, annotations)))
            continue
        place = literal(parameter.location.value)
        constraints = annotations.constraints(parameter.type)
        told = place if constraints is None else grouping([place, constraints])
        places.append((literal(parameter.name), told))
    return places


def parameter_expected(parameter: Parameter) -> Group:
    """How a server refuses a request without the one value that a parameter may have."""
    if not isinstance(parameter.type, Literal):
        raise TypeError(f"{parameter.name} is not fixed")
    items = (literal(parameter.wire_name), literal(parameter.type.value))
    return call(f"incoming.expect_{_READERS[parameter.location]}", *items)


def _besides(parameter: Parameter, endpoint: Endpoint, annotations: Annotations) -> Sequence[Doc]:
    """The other parameters, for an object whose properties would be fields beside them."""
    is_spread = (
        parameter.location in (Location.QUERY, Location.COOKIE)
        and parameter.style is Style.FORM
        and parameter.explode
        and _is_open(parameter.type)
    )
    if not is_spread:
        return []
    beside = [
        one
        for one in endpoint.parameters
        if one.location is parameter.location and one is not parameter
    ]
    others: list[Doc] = [literal(one.wire_name) for one in beside]
    others.extend(
        annotations.annotation(one.type)
        for one in beside
        if one.style is Style.FORM and one.explode and isinstance(one.type, Named)
    )
    return [keyword("besides", listing(others))] if others else []


def _is_open(type_: Type) -> bool:
    """Whether a value may be an object whose property names are data."""
    if isinstance(type_, UnionOf):
        return any(map(_is_open, type_.alternatives))
    return isinstance(type_, MapOf)


def _path(endpoint: Endpoint, annotations: Annotations, limits: SharedLimits) -> Doc:
    path = endpoint.path
    writer = annotations.runtime("parameters", "path")
    values = {
        one.name: _segment_value(one, annotations, limits)
        for one in endpoint.parameters
        if one.location is Location.PATH
    }
    segments = [_segment(segment, values, annotations) for segment in path.segments]
    if path.has_trailing_slash:
        segments.append(keyword("trailing_slash", "True"))
    return call(writer, *segments)


def _segment(segment: Segment, values: dict[Identifier, Doc], annotations: Annotations) -> Doc:
    parts = [
        values[part] if isinstance(part, Identifier) else _literal(part, annotations)
        for part in segment
    ]
    return parts[0] if len(parts) == 1 else grouping(parts)


def _literal(part: Text, annotations: Annotations) -> Doc:
    """Text of the path itself: what is reserved or encoded in it stays as it is (RFC 6570, 3.1)."""
    pieces = _TRIPLETS.split(part.reveal())
    encoded = "".join(
        piece if place % 2 else quote(piece, safe=_LITERAL) for place, piece in enumerate(pieces)
    )
    if encoded == quote(part.reveal(), safe=""):
        return literal(part)
    return call(annotations.runtime("styles", "Encoded"), literal(encoded))


def _segment_value(parameter: Parameter, annotations: Annotations, limits: SharedLimits) -> Doc:
    style = style_name(parameter)
    value = _value(parameter, annotations, limits)
    if style is None:
        return value
    writer = annotations.runtime("parameters", "styled")
    return call(writer, literal(parameter.wire_name), value, literal(style))


def _field(parameter: Parameter, annotations: Annotations, limits: SharedLimits) -> Doc:
    """A field: its wire name, its value, and its style where that must be said."""
    items = [literal(parameter.wire_name), _value(parameter, annotations, limits)]
    style = style_name(parameter)
    return grouping(items if style is None else [*items, literal(style)])


def _value(parameter: Parameter, annotations: Annotations, limits: SharedLimits) -> Doc:
    """The value of a parameter, checked where its schema limits it."""
    if parameter.is_fixed and isinstance(parameter.type, Literal):
        return literal(parameter.type.value)
    constraints = limits.of(parameter)
    if constraints is None:
        return parameter.name
    check = annotations.runtime("parameters", "checked")
    return call(check, literal(parameter.name), parameter.name, constraints)
